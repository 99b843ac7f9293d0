// SPDX-License-Identifier: Apache-2.0

package search_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"yuanba/internal/kit/search"
)

func TestFold(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                 "",
		"  路灯，， 不亮。":       "路灯 不亮",
		"ＱＬ－２０２６ Ｗi-Fi":    "ql 2026 wi fi",
		"ﬁ①㎡ｶﾞ":            "fi1m2ガ",
		"e\u0301É\u0301x":  "ééx",
		"か\u3099":          "が",
		"a\xffb\x00c":      "a b c",
		"\u0301路":          "路",
		"𠮷野家":              "𠮷野家",
		"ǅ ΣΑΣ Straße İ":   "dž σασ straße i",
		"1,234.50 元/㎡（含税）": "1 234 50 元 m2 含税",
		"한국어 한국어":          "한국어 한국어",
	} {
		if got := search.Fold(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzFold(f *testing.F) {
	f.Add("路灯 ＱＬ é\u0301", "灯")
	f.Add("\xff\xf0\x9f", "\x00")
	f.Fuzz(func(t *testing.T, text, query string) {
		once := search.Fold(text)
		if !utf8.ValidString(once) || strings.Contains(once, "  ") || strings.TrimSpace(once) != once {
			t.Fatalf("%q", once)
		}
		at := 0
		for _, s := range search.Highlight(text, query) {
			if s.From < at || s.To <= s.From || s.To > len(text) {
				t.Fatalf("%+v in %d bytes after %d", s, len(text), at)
			}
			at = s.To
		}
		for _, snip := range []string{search.Snippet(text, query, 10), string(search.HTML(text, query))} {
			if !utf8.ValidString(snip) {
				t.Fatalf("%q", snip)
			}
		}
		if n := utf8.RuneCountInString(search.Snippet(text, query, 10)); n > 12 {
			t.Fatalf("a snippet of %d letters", n)
		}
	})
}

func TestHighlight(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, query, want string }{
		{"宝塔社区的路灯不亮", "路灯", "宝塔社区的<mark>路灯</mark>不亮"},
		{"路灯坏了，路灯！", "路灯 坏", "<mark>路灯坏</mark>了，<mark>路灯</mark>！"},
		{"编号 ＱＬ－２０２６－００４２", "ql-2026-00", "编号 <mark>ＱＬ－２０２６－００</mark>４２"},
		{"Wi-Fi 与 unwifi wifi5", "wifi", "Wi-Fi 与 unwifi <mark>wifi</mark>5"},
		{"<script>灯</script>", "灯", "&lt;script&gt;<mark>灯</mark>&lt;/script&gt;"},
		{"a\"b'&", "b", "a&#34;<mark>b</mark>&#39;&amp;"},
		{"灯", "", "灯"},
		{"ﬁne", "f", "<mark>ﬁ</mark>ne"},
		{"灯灯灯", "灯灯", "<mark>灯灯</mark>灯"},
	} {
		if got := string(search.HTML(c.text, c.query)); got != c.want {
			t.Errorf("%q in %q: %s, want %s", c.query, c.text, got, c.want)
		}
	}
}

func TestSnippet(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("一二三四五", 10) + "路灯不亮" + strings.Repeat("六七八九十", 10)
	if got := search.Snippet(long, "路灯", 12); got != "…三四五路灯不亮六七八九十…" {
		t.Error(got)
	}
	if got := search.Snippet(long, "没有", 5); got != "一二三四五…" {
		t.Error(got)
	}
	if got := search.Snippet("短\n句", "短", 5); got != "短 句" {
		t.Error(got)
	}
}

func TestInitials(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"文君街道": "wjjd", "临邛街道": "lqjd", "Ａ3 栋": "a3d", "陈婆婆（79）": "cpp79", "": "", "！？": ""} {
		if got := search.Initials(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
