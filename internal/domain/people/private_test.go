// SPDX-License-Identifier: Apache-2.0

package people_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
)

func TestParseAndMask(t *testing.T) {
	t.Parallel()
	type text interface {
		Plain() string
		String() string
	}
	parse := map[string]func(string) (text, error){
		"name":      func(s string) (text, error) { return people.ParseName(s) },
		"phone":     func(s string) (text, error) { return people.ParsePhone(s) },
		"id_number": func(s string) (text, error) { return people.ParseIDNumber(s) },
		"address":   func(s string) (text, error) { return people.ParseAddress(s) },
	}
	for _, tc := range []struct{ kind, in, plain, mask, key string }{
		{"name", "陈芳", "陈芳", "陈*", ""},
		{"name", " 周小敏 ", "周小敏", "周**", ""},
		{"name", "欧阳锦秀", "欧阳锦秀", "欧***", ""},
		{"name", "吉克·阿衣", "吉克·阿衣", "吉***", ""},
		{"name", "John  Smith", "John Smith", "J***", ""},
		{"name", "陈", "陈", "*", ""},
		{"name", "𠮷田", "𠮷田", "𠮷*", ""},
		{"name", "", "", "", ""},
		{"name", "  ", "", "", ""},
		{"name", "陈<b>芳</b>", "", "", "people.name.malformed"},
		{"name", "陈\x00芳", "", "", "people.name.malformed"},
		{"name", "陈\xff", "", "", "people.name.malformed"},
		{"name", "13800001234", "", "", "people.name.malformed"},
		{"name", strings.Repeat("陈", 51), "", "", "people.name.long"},

		{"phone", "138 0000 1234", "13800001234", "138****1234", ""},
		{"phone", "+86-138-0000-1234", "13800001234", "138****1234", ""},
		{"phone", "0086 13800001234", "13800001234", "138****1234", ""},
		{"phone", "１３８００００１２３４", "13800001234", "138****1234", ""},
		{"phone", "(028)8879 1234", "02888791234", "028****1234", ""},
		{"phone", "0838-8791234", "08388791234", "083****1234", ""},
		{"phone", "88791234", "88791234", "88****34", ""},
		{"phone", "+1 (202) 555-0143", "+12025550143", "+12****0143", ""},
		{"phone", "", "", "", ""},
		{"phone", "1380000123", "", "", "people.phone.malformed"},
		{"phone", "138000012345", "", "", "people.phone.malformed"},
		{"phone", "12800001234", "", "", "people.phone.malformed"},
		{"phone", "110", "", "", "people.phone.malformed"},
		{"phone", "+", "", "", "people.phone.malformed"},
		{"phone", "--", "", "", "people.phone.malformed"},
		{"phone", "+86", "", "", "people.phone.malformed"},
		{"phone", "13800001234; DROP TABLE", "", "", "people.phone.malformed"},

		{"id_number", "11010519491231002X", "11010519491231002X", "110***********002X", ""}, // the example of GB 11643
		{"id_number", " 110105 19491231 002x", "11010519491231002X", "110***********002X", ""},
		{"id_number", "440524188001010014", "", "", "people.id_number.born"}, // the standard's other example, born in 1880
		{"id_number", "110105194912310021", "", "", "people.id_number.check"},
		{"id_number", "110105194912130028", "", "", "people.id_number.check"},
		{"id_number", "110105194902310020", "", "", "people.id_number.born"},
		{"id_number", "110105491231002", "", "", "people.id_number.length"},
		{"id_number", "1101051949123100XX", "", "", "people.id_number.malformed"},
		{"id_number", "11010519491231002Y", "", "", "people.id_number.malformed"},
		{"id_number", "", "", "", ""},

		{"address", "文君街道宝塔社区3组12号", "文君街道宝塔社区3组12号", "文君街道宝塔社区****", ""},
		{"address", "邛崃市羊安街道新村社区 三组", "邛崃市羊安街道新村社区 三组", "邛崃市羊安街道新村****", ""},
		{"address", "平乐镇花楸村王家院子", "平乐镇花楸村王家院子", "平乐镇花楸村****", ""},
		{"address", "文君街道南街12号5栋1单元", "文君街道南街12号5栋1单元", "文君街道****", ""},
		{"address", "5 Pagoda Lane", "5 Pagoda Lane", "****", ""},
		{"address", "12号宝塔社区", "12号宝塔社区", "****", ""},
		{"address", "村口", "村口", "****", ""},
		{"address", "", "", "", ""},
		{"address", "a\x07b", "", "", "people.address.malformed"},
		{"address", strings.Repeat("号", 201), "", "", "people.address.long"},
	} {
		got, err := parse[tc.kind](tc.in)
		if tc.key != "" {
			es := errs.Public(err)
			if len(es) != 1 || es[0].Key != tc.key || es[0].Field != tc.kind || es[0].Kind != errs.Invalid {
				t.Errorf("%s %q: %v, want %s", tc.kind, tc.in, err, tc.key)
			}
			if got.Plain() != "" {
				t.Errorf("%s %q: refused, but kept as %q", tc.kind, tc.in, got.Plain())
			}
			continue
		}
		if err != nil || got.Plain() != tc.plain || got.String() != tc.mask {
			t.Errorf("%s %q: %q shown as %q, %v; want %q shown as %q", tc.kind, tc.in, got.Plain(), got, err, tc.plain, tc.mask)
		}
	}
}

// Every wrong digit and every two neighbours exchanged are noticed.
func TestIDNumberNoticesSlips(t *testing.T) {
	t.Parallel()
	const right = "11010519491231002X"
	try := func(n string) {
		if n == right {
			return
		}
		if _, err := people.ParseIDNumber(n); err == nil {
			t.Errorf("%s passed", n)
		}
	}
	for i := range 17 {
		for d := byte('0'); d <= '9'; d++ {
			try(right[:i] + string(d) + right[i+1:])
		}
	}
	for i := range 16 {
		try(right[:i] + right[i+1:i+2] + right[i:i+1] + right[i+2:])
	}
}

func TestMasksHide(t *testing.T) {
	t.Parallel()
	n, _ := people.ParseName("陈秀珍")
	p, _ := people.ParsePhone("13896371234")
	d, _ := people.ParseIDNumber("11010519491231002X")
	a, _ := people.ParseAddress("文君街道宝塔社区3组12号")
	type record struct {
		Name    people.Name
		Phone   people.Phone
		ID      people.IDNumber
		Address people.Address
		name    people.Name
		phone   *people.Phone
		list    []people.IDNumber
		any     any
	}
	r := record{n, p, d, a, n, &p, []people.IDNumber{d}, a}
	shown := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		shown[verb] = fmt.Sprintf(verb, r) + fmt.Sprintf(verb, &r) + fmt.Sprintf(verb, []any{n, p, d, a}) // wrong verbs are the point
	}
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	shown["json"] = string(b)
	if want := `"Name":"陈**","Phone":"138****1234","ID":"110***********002X","Address":"文君街道宝塔社区****"`; !strings.Contains(string(b), want) {
		t.Errorf("json: %s", b)
	}
	var log bytes.Buffer
	for _, h := range []slog.Handler{slog.NewJSONHandler(&log, nil), slog.NewTextHandler(&log, nil)} {
		slog.New(h).Info("x", "n", n, "p", p, "d", d, "a", a, "r", r, "ptr", &r)
	}
	shown["slog"] = log.String()
	for how, s := range shown {
		for _, plain := range []string{"陈秀珍", "秀珍", "9637", "19491231", "3组", fmt.Sprintf("%x", "秀珍")} {
			if strings.Contains(s, plain) {
				t.Errorf("%s shows %s: %s", how, plain, s)
			}
		}
	}
}

func TestParsersKeepTheirPromises(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`[0-9+ ()-]{0,20}`), rapid.StringMatching(`[0-9]{17}[0-9Xx]`)).Draw(t, "s")
		p, err := people.ParsePhone(s)
		check(t, p.Plain(), p.String(), err)
		if again, err := people.ParsePhone(p.Plain()); err != nil || !again.Equal(p.Text) {
			t.Fatalf("phone %q is not in its normal form", p.Plain())
		}
		d, err := people.ParseIDNumber(s)
		check(t, d.Plain(), d.String(), err)
		n, err := people.ParseName(s)
		check(t, n.Plain(), n.String(), err)
		a, err := people.ParseAddress(s)
		check(t, a.Plain(), a.String(), err)
	})
}

func check(t *rapid.T, plain, shown string, err error) {
	switch {
	case err != nil && plain != "":
		t.Fatalf("refused but kept: %q", plain)
	case err == nil && !utf8.ValidString(plain):
		t.Fatalf("broken text kept: %q", plain)
	case plain != "" && (shown == plain || shown == ""):
		t.Fatalf("%q shows itself as %q", plain, shown)
	}
}

func FuzzParsePhone(f *testing.F) {
	f.Add("138 0000 1234")
	f.Add("+86")
	f.Fuzz(func(t *testing.T, s string) {
		if p, err := people.ParsePhone(s); err != nil && p.Plain() != "" {
			t.Fatal(p.Plain())
		}
	})
}

func FuzzParseIDNumber(f *testing.F) {
	f.Add("11010519491231002X")
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := people.ParseIDNumber(s); err == nil && s != "" && d.Plain() != "" && len(d.Plain()) != 18 {
			t.Fatal(d.Plain())
		}
	})
}

// FuzzParseWords: names, addresses and mailboxes are what people typed, tidied,
// and shown masked they are text still.
func FuzzParseWords(f *testing.F) {
	f.Add("周敏")
	f.Add("文君街道宝塔社区8栋")
	f.Add("min.zhou@example.cn")
	f.Add("Ｍ@例.cn\x00\xff")
	f.Fuzz(func(t *testing.T, s string) {
		n, nerr := people.ParseName(s)
		a, aerr := people.ParseAddress(s)
		m, merr := people.ParseEmail(s)
		for what, got := range map[string]struct {
			plain, shown string
			err          error
		}{"name": {n.Plain(), n.String(), nerr}, "address": {a.Plain(), a.String(), aerr}, "mailbox": {m.Plain(), m.String(), merr}} {
			switch {
			case got.err != nil && (got.plain != "" || errs.KindOf(got.err) != errs.Invalid):
				t.Errorf("%s: %q with %v", what, got.plain, got.err)
			case !utf8.ValidString(got.plain) || !utf8.ValidString(got.shown) || strings.ContainsRune(got.plain, 0):
				t.Errorf("%s of %q is no text: %q, %q", what, s, got.plain, got.shown)
			}
		}
	})
}
