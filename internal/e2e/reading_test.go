//go:build e2e

// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"math"
	"strings"
	"testing"

	"yuanba/internal/domain/matters"
)

// The windows of those who read large: twice the size at a desk and on a phone
// (the pixels of a page are then half as many), and the town's own large type.
var largeWindows = []struct {
	name   string
	screen Screen
	large  bool
}{
	{"desk at 200 %", Screen{720, 450}, false},
	{"desk at 400 %", Screen{320, 256}, false},
	{"phone, large type", Phone, true},
	{"desk, large type", Desk, true},
}

// Nothing sticks out sideways, however large one reads.
func TestLargeWithoutSidewaysScroll(t *testing.T) {
	t.Parallel()
	p := town(t)
	number := p.handling("水管冻裂了，水流到路上，走路要滑倒。")
	for _, look := range largeWindows {
		t.Run(look.name, func(t *testing.T) {
			t.Parallel()
			q := &place{p.Town, t, p.url}
			for _, who := range []struct {
				login string
				pages []string
			}{
				{"", []string{"/", "/raise", "/query", "/matters", "/matters/" + number, "/places", "/units", "/signin", "/about", "/privacy", "/trail"}},
				{"sun", []string{"/inbox", "/matters/" + number, "/matters/" + number + "/whistle", "/account", "/news"}},
				{"admin", []string{"/admin", "/admin/units", "/admin/categories", "/admin/accounts/add"}},
			} {
				u := q.stranger("谁"+who.login, Options{Screen: look.screen})
				if who.login != "" {
					u = q.staff(who.login, who.login, Options{Screen: look.screen})
				}
				if look.large {
					u.Open("/account")
					u.Go("button[name=large]")
				}
				for _, at := range who.pages {
					u.Open(at)
					u.Fits()
				}
			}
		})
	}
}

// A slip is one sheet of A6 with number, code, square code and telephone; a
// matter's page prints its story and none of the buttons.
func TestPaper(t *testing.T) {
	t.Parallel()
	p := town(t)
	for _, o := range []Options{{}, {Screen: Phone, Lang: "en"}} {
		u := p.guestUser(o)
		u.Open("/raise")
		u.Fill("[name=body]", "宝塔社区老菜市场门口的路灯坏了三天，晚上黑得很，老人不敢出门，娃儿下晚自习也怕，请尽快来看。")
		next(u)
		u.Click(`input[name=category][value=unknown]`)
		next(u)
		u.Fill("[name=place_words]", "老菜市场门口，靠近三单元的那一盏")
		next(u)
		if u.Count("[name=who]") == 0 { // similar ones were shown first
			next(u)
		}
		next(u)
		sheets := u.Paper()
		if len(sheets) != 1 || math.Abs(sheets[0][0]-105) > 1 || math.Abs(sheets[0][1]-148) > 1 {
			t.Errorf("the slip is printed on %v mm, want one sheet of 105 × 148", sheets)
		}
		u.Print()
		for _, at := range []string{".slip-number", ".slip-code", ".slip-qr svg", ".slip-ask"} {
			if !u.Visible(at) {
				t.Errorf("%s is not on the printed slip", at)
			}
		}
		u.Unprint()
		number := u.Text(".slip-number")
		u.Open("/matters/" + number)
		if n := len(u.Paper()); n != 1 {
			t.Errorf("a new matter takes %d sheets", n)
		}
		u.Print()
		for _, at := range []string{".rail", ".top", ".foot", "button", ".head-acts", ".aside .acts"} {
			if u.Visible(at) {
				t.Errorf("%s is printed", at)
			}
		}
		for _, at := range []string{"h1", ".turn-who", ".said", ".timeline", ".facts"} {
			if !u.Visible(at) {
				t.Errorf("%s is not printed", at)
			}
		}
		u.Unprint()
	}
}

// A resident's first view without a map weighs at most 60 KB over the wire,
// everything together.
func TestWeight(t *testing.T) {
	t.Parallel()
	p := town(t)
	s := p.raise(p.granny(), matters.Raising{Body: "巷口的井盖松了，车一过就响。", Public: true})
	for _, at := range []string{"/", "/raise", "/query", "/matters", "/matters/" + s.Number, "/units"} {
		for _, lang := range []string{"zh-CN", "en"} {
			u := p.stranger("路人", Options{Screen: Phone, Lang: lang}) // with an empty cache
			u.Open(at)
			n := u.Bytes()
			t.Logf("%s in %s: %d bytes", at, lang, n)
			if n > 60*1024 {
				t.Errorf("%s in %s weighs %d bytes", at, lang, n)
			}
			if n < 5000 {
				t.Errorf("%s in %s: only %d bytes were counted", at, lang, n)
			}
		}
	}
}

// At the desk a matter goes from the inbox to the unit by the keyboard alone.
func TestKeyboardAlone(t *testing.T) {
	t.Parallel()
	p := town(t)
	number := p.raise(p.granny(), matters.Raising{Body: "水管爆了，水往楼道里灌。", Public: true}).Number
	u := p.staff("zhao", "赵调度", Options{})
	u.Open("/inbox")
	u.Press("Tab")
	u.tabTo(`class="skip"`)
	u.Press("?")
	u.Wait("dialog.keys-help[open]")
	u.Press("Escape")
	reached := false
	for range 60 {
		u.Press("j")
		if reached = u.has(number); reached {
			break
		}
	}
	if !reached {
		t.Fatalf("j does not reach %s", number)
	}
	u.Press("x")
	u.See("已选 1 件")
	u.Press(".")
	u.keyed("受理", "Enter")
	u.See("1 件办好了")
	for range 60 {
		u.Press("j")
		if u.has(number) {
			break
		}
	}
	u.turned("Enter")
	if u.URL() != "/matters/"+number {
		t.Fatalf("Enter opened %s", u.URL())
	}
	u.Press(".")
	u.keyed("分类", "Enter")
	u.tabTo(`class="button main"`)
	u.turned("Enter")
	u.See("已分类")
	u.Press(".")
	u.keyed("派遣", "Enter")
	u.tabTo(`name="lead"`)
	u.Press("End")
	for range 80 {
		var chosen string
		u.JS(`document.activeElement.selectedOptions[0].label`, &chosen)
		if chosen == "邛崃市水务局" {
			break
		}
		u.Press("ArrowUp")
	}
	u.tabTo(`class="button main"`)
	var ring string
	u.JS(`getComputedStyle(document.activeElement).outlineWidth`, &ring)
	if ring != "3px" {
		t.Errorf("the focus ring is %s wide", ring)
	}
	u.turned("Enter")
	u.See("已派遣")
}

// has reports whether the row with the focus shows the text.
func (u *User) has(text string) (ok bool) {
	u.t.Helper()
	u.JS(`!!document.querySelector(".row.at")?.innerText.includes("`+text+`")`, &ok)
	return ok
}

// tabTo presses Tab until the focus is on something whose markup holds one of
// the texts.
func (u *User) tabTo(texts ...string) {
	u.t.Helper()
	for range 60 {
		f := u.Focused()
		for _, x := range texts {
			if strings.Contains(f, x) {
				return
			}
		}
		u.Press("Tab")
	}
	u.t.Fatalf("%s: Tab does not reach %q at %s", u.Name, texts, u.URL())
}

// turned presses a key that leads to another page.
func (u *User) turned(key string) { u.t.Helper(); u.do("turn", map[string]any{"text": key}, nil) }

// keyed checks on what the focus is, and presses a key that leads on.
func (u *User) keyed(on, key string) {
	u.t.Helper()
	var text string
	u.JS(`document.activeElement.innerText`, &text)
	if !strings.Contains(text, on) {
		u.t.Errorf("%s: the focus is on %q, not on %q", u.Name, text, on)
	}
	u.turned(key)
}
