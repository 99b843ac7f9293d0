// SPDX-License-Identifier: Apache-2.0

package i18n_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"yuanba/internal/kit/i18n"
	_ "yuanba/internal/locale"
)

func catalog(t *testing.T, zh, en string) (*i18n.Catalog, error) {
	t.Helper()
	return i18n.New(fstest.MapFS{"zh-CN/a.json": {Data: []byte(zh)}, "en/a.json": {Data: []byte(en)}})
}

func TestT(t *testing.T) {
	t.Parallel()
	c, err := catalog(t, `{"n":"{0} 件","two":"{1}给{0}","only":"只有中文","state":"办理中","in":"现在{0}"}`,
		`{"n":"{0} matters","n.one":"{0} matter","two":"{0} from {1}","state":"in hand","in":"now {0}"}`)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		lang i18n.Lang
		key  string
		args []any
		want string
	}{
		{i18n.ZH, "n", []any{1}, "1 件"},
		{i18n.EN, "n", []any{1}, "1 matter"},
		{i18n.EN, "n", []any{int64(1)}, "1 matter"},
		{i18n.EN, "n", []any{"1"}, "1 matter"},
		{i18n.EN, "n", []any{0}, "0 matters"},
		{i18n.EN, "n", []any{21}, "21 matters"},
		{i18n.ZH, "two", []any{"甲", "乙"}, "乙给甲"},
		{i18n.EN, "two", []any{i18n.Text{ZH: "甲", EN: "A"}, i18n.Text{ZH: "乙"}}, "A from 乙"},
		{i18n.EN, "in", []any{i18n.Key("state")}, "now in hand"},
		{i18n.ZH, "n", []any{"{0}"}, "{0} 件"}, // arguments are not read again
		{i18n.EN, "only", nil, "只有中文"},
		{i18n.EN, "nobody.wrote", nil, "⟦nobody.wrote⟧"},
		{i18n.ZH, "two", []any{"甲"}, "⟦1⟧给甲"},
		{"fr", "state", nil, "办理中"},
	} {
		if got := c.T(tc.lang, tc.key, tc.args...); got != tc.want {
			t.Errorf("T(%s, %s, %v) = %q, want %q", tc.lang, tc.key, tc.args, got, tc.want)
		}
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	c, err := catalog(t, `{"a":"甲","b":"乙{0}","c":"丙","e":"","g":"{0}和{1}"}`, `{"a":"A","b":"B","c":"","d":"D","g":"{1} and {0}","b.one":"one","x.one":"X","g.one":"{2}"}`)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(c.Faults(), "\n")
	for _, want := range []string{"b has placeholders", "c is empty in en", "d is not in zh-CN", "e is not in en", "e is empty in zh-CN", "x.one is not in zh-CN", "g.one has a placeholder"} {
		if !strings.Contains(got, want) {
			t.Errorf("not seen: %s", want)
		}
	}
	if strings.Count(got, "\n") != 6 {
		t.Errorf("more faults than there are:\n%s", got)
	}
}

func TestBrokenFiles(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{`{"a":"{x}"}`, `{"a":"{0"}`, `{"a":{"b":"c"}}`, `{`, `{"a":"{10}"}`, `{"a":"{-1}"}`} {
		if _, err := catalog(t, bad, `{}`); err == nil {
			t.Errorf("%s was loaded", bad)
		}
	}
	_, err := i18n.New(fstest.MapFS{"en/a.json": {Data: []byte(`{"k":"1"}`)}, "en/b.json": {Data: []byte(`{"k":"2"}`)}})
	if err == nil || !strings.Contains(err.Error(), "k is also in a.json") {
		t.Errorf("a key twice: %v", err)
	}
}

func TestFromAcceptLanguage(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]i18n.Lang{
		"": i18n.ZH, "*": i18n.ZH, "zh-CN,zh;q=0.9,en;q=0.8": i18n.ZH, "en-GB,en;q=0.9": i18n.EN, "en;q=0.5, zh;q=0.7": i18n.ZH,
		"zh;q=0, en;q=0.1": i18n.EN, "fr-FR,de;q=0.5": i18n.EN, "fr, zh-TW;q=0.2": i18n.ZH, ";;;,,,q=": i18n.EN, "EN-us": i18n.EN,
	} {
		if got := i18n.FromAcceptLanguage(header); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}

func FuzzFromAcceptLanguage(f *testing.F) {
	f.Add("zh-CN,zh;q=0.9,en;q=0.8")
	f.Fuzz(func(t *testing.T, header string) {
		if _, ok := i18n.Parse(string(i18n.FromAcceptLanguage(header))); !ok {
			t.Error("a language we do not speak")
		}
	})
}

func TestDates(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 0, 30, 0, 0, i18n.Zone)
	for _, tc := range []struct {
		at          time.Time
		when, ago   string
		whenE, agoE string
	}{
		{now.Add(16 * time.Hour), "今天 16:30", "今天 16:30", "today 16:30", "today 16:30"},
		{now.Add(-20 * time.Second), "今天 00:29", "刚刚", "today 00:29", "just now"},
		{now.Add(-time.Minute), "今天 00:29", "1 分钟前", "today 00:29", "1 minute ago"},
		{now.Add(-40 * time.Minute), "昨天 23:50", "40 分钟前", "yesterday 23:50", "40 minutes ago"},
		{now.Add(-2 * time.Hour), "昨天 22:30", "昨天", "yesterday 22:30", "yesterday"},
		{now.AddDate(0, 0, 1), "明天 00:30", "明天 00:30", "tomorrow 00:30", "tomorrow 00:30"},
		{now.AddDate(0, 0, -3), "11月20日", "3 天前", "20 November", "3 days ago"},
		{now.AddDate(0, -8, -18), "3月5日", "3月5日", "5 March", "5 March"},
		{now.AddDate(-1, -8, -18), "2025年3月5日", "2025年3月5日", "5 March 2025", "5 March 2025"},
		{time.Time{}, "", "", "", ""},
	} {
		at := tc.at.UTC() // the zone of the value must not matter
		if tc.at.IsZero() {
			at = tc.at
		}
		for _, got := range [][2]string{{i18n.When(i18n.ZH, now, at), tc.when}, {i18n.Ago(i18n.ZH, now, at), tc.ago},
			{i18n.When(i18n.EN, now, at), tc.whenE}, {i18n.Ago(i18n.EN, now, at), tc.agoE}} {
			if got[0] != got[1] {
				t.Errorf("%v: %q, want %q", tc.at, got[0], got[1])
			}
		}
	}
}

func TestLeft(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, i18n.Zone)
	for d, want := range map[time.Duration][2]string{
		50 * time.Hour: {"还剩 2 天", "2 days left"}, 100 * time.Minute: {"还剩 1 小时 40 分", "1 h 40 min left"}, time.Hour: {"还剩 1 小时", "1 hour left"},
		20 * time.Second: {"还剩 1 分钟", "1 minute left"}, -3 * time.Hour: {"已超 3 小时", "3 hours over"}, -49 * time.Hour: {"已超 2 天", "2 days over"},
		7*time.Hour + 59*time.Minute: {"还剩 7 小时", "7 hours left"},
	} {
		if zh, en := i18n.Left(i18n.ZH, now, now.Add(d)), i18n.Left(i18n.EN, now, now.Add(d)); zh != want[0] || en != want[1] {
			t.Errorf("%v: %q %q, want %q", d, zh, en, want)
		}
	}
	for n, want := range map[int]string{2: "还剩 2 个工作日", 0: "今天到期", -1: "已超 1 个工作日"} {
		if got := i18n.LeftDays(i18n.ZH, n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	if got := i18n.LeftDays(i18n.EN, 1); got != "1 working day left" {
		t.Error(got)
	}
}
