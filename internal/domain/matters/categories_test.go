// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// The types below are the test's own reading of the file, so that the shape the
// file promises is checked even if the package reads less of it.
type catText struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

type catGroup struct {
	Code string  `json:"code"`
	Name catText `json:"name"`
	Icon string  `json:"icon"`
}

type catChoice struct {
	Value string  `json:"value"`
	Label catText `json:"label"`
}

type catQuestion struct {
	Key      string      `json:"key"`
	Type     string      `json:"type"`
	Label    catText     `json:"label"`
	Choices  []catChoice `json:"choices"`
	Required bool        `json:"required"`
	Max      *int64      `json:"max"`
	Min      *int64      `json:"min"`
}

type catStopper struct {
	When *struct {
		Question string `json:"question"`
		Is       string `json:"is"`
	} `json:"when"`
	Text  catText `json:"text"`
	Phone string  `json:"phone"`
}

type catLeaf struct {
	Code    string        `json:"code"`
	Group   string        `json:"group"`
	Kind    string        `json:"kind"`
	Number  string        `json:"number"`
	Name    catText       `json:"name"`
	Hint    catText       `json:"hint"`
	Icon    string        `json:"icon"`
	Words   []string      `json:"words"`
	Urgent  bool          `json:"urgent"`
	Filing  catText       `json:"filing"`
	Closing catText       `json:"closing"`
	Limits  Limits        `json:"limits"`
	Unit    string        `json:"unit"`
	Public  *bool         `json:"public"`
	Photo   string        `json:"photo"`
	Asked   []catQuestion `json:"questions"`
	Stopper *catStopper   `json:"stopper"`
}

type catFile struct {
	Groups     []catGroup `json:"groups"`
	Categories []catLeaf  `json:"categories"`
}

var (
	catIcons = strings.Fields(`road lamp water drop trash tree noise dog car fire shield people elder child
		school hospital house power phone document seed factory bus shop scale home pin`)
	catUnits = strings.Fields(`urban-management water housing transport police civil-affairs hr health education
		agriculture market ecology emergency power gas telecom natural-resources village street`)
	catKinds   = map[string]string{"part": "C", "event": "E", "request": "R"}
	catCode    = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	catNumber  = regexp.MustCompile(`^[CER](0[1-9]|[1-9][0-9])(0[1-9]|[1-9][0-9])$`)
	catPhone   = regexp.MustCompile(`^[0-9]{3,5}$`)
	catKey     = regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	catDialect = []string{"啥", "啷", "没得", "咋", "娃儿", "屋头"}
)

func catRead(t *testing.T) catFile {
	t.Helper()
	f, err := os.Open("categories.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d := json.NewDecoder(f)
	d.DisallowUnknownFields()
	var c catFile
	if err := d.Decode(&c); err != nil {
		t.Fatal(err)
	}
	return c
}

// catBoth checks that a text is there in both languages, and that each is in its language.
func catBoth(t *testing.T, where string, x catText) {
	t.Helper()
	if strings.TrimSpace(x.ZH) == "" || strings.TrimSpace(x.EN) == "" {
		t.Errorf("%s: a language is missing: %+v", where, x)
	}
	if strings.IndexFunc(x.ZH, func(r rune) bool { return unicode.Is(unicode.Han, r) }) < 0 {
		t.Errorf("%s: %q is not Chinese", where, x.ZH)
	}
	if strings.IndexFunc(x.EN, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0 {
		t.Errorf("%s: %q is not English", where, x.EN)
	}
	for _, word := range catDialect {
		if strings.Contains(x.ZH, word) {
			t.Errorf("%s: a form speaks plain Chinese, not %q", where, x.ZH)
		}
	}
}

func TestCategoriesCatalogueGroups(t *testing.T) {
	t.Parallel()
	c := catRead(t)
	if n := len(c.Groups); n < 10 || n > 13 {
		t.Errorf("%d groups, want 10 to 13", n)
	}
	if n := len(c.Categories); n < 60 || n > 80 {
		t.Errorf("%d categories, want 60 to 80", n)
	}
	seen := map[string]int{}
	for _, g := range c.Groups {
		if _, twice := seen[g.Code]; twice || !catCode.MatchString(g.Code) {
			t.Errorf("group code %q is bad or used twice", g.Code)
		}
		seen[g.Code] = 0
		catBoth(t, "group "+g.Code, g.Name)
		if !slices.Contains(catIcons, g.Icon) {
			t.Errorf("group %s: unknown icon %q", g.Code, g.Icon)
		}
	}
	for _, l := range c.Categories {
		if _, known := seen[l.Group]; !known {
			t.Errorf("%s: no group %q", l.Code, l.Group)
		}
		seen[l.Group]++
	}
	for code, n := range seen {
		if n < 2 {
			t.Errorf("group %s holds %d categories", code, n)
		}
	}
}

func TestCategoriesCatalogueLeaves(t *testing.T) {
	t.Parallel()
	codes, numbers, names := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, l := range catRead(t).Categories {
		if codes[l.Code] || !catCode.MatchString(l.Code) {
			t.Errorf("code %q is bad or used twice", l.Code)
		}
		if numbers[l.Number] || !catNumber.MatchString(l.Number) || !strings.HasPrefix(l.Number, catKinds[l.Kind]) || catKinds[l.Kind] == "" {
			t.Errorf("%s: number %q is bad, used twice or not of kind %q", l.Code, l.Number, l.Kind)
		}
		if names[l.Name.ZH] {
			t.Errorf("%s: name %q used twice", l.Code, l.Name.ZH)
		}
		codes[l.Code], numbers[l.Number], names[l.Name.ZH] = true, true, true
		for what, x := range map[string]catText{"name": l.Name, "hint": l.Hint, "filing": l.Filing, "closing": l.Closing} {
			catBoth(t, l.Code+" "+what, x)
		}
		if n := utf8.RuneCountInString(l.Name.ZH); n > 12 {
			t.Errorf("%s: name of %d characters does not fit a button", l.Code, n)
		}
		if !slices.Contains(catIcons, l.Icon) {
			t.Errorf("%s: unknown icon %q", l.Code, l.Icon)
		}
		if !slices.Contains(catUnits, l.Unit) {
			t.Errorf("%s: unknown unit %q", l.Code, l.Unit)
		}
		if !slices.Contains([]string{"asked", "optional", "none"}, l.Photo) || l.Public == nil {
			t.Errorf("%s: photo %q, public %v", l.Code, l.Photo, l.Public)
		}
		if len(l.Words) < 5 || len(slices.Compact(slices.Sorted(slices.Values(l.Words)))) != len(l.Words) {
			t.Errorf("%s: fewer than five search words, or one twice: %v", l.Code, l.Words)
		}
		catCheckLimits(t, l)
		catCheckQuestions(t, l)
		catCheckStopper(t, l)
	}
}

// catCheckLimits holds that every step has a clock, and that the urgent clock is there exactly for the urgent.
func catCheckLimits(t *testing.T, l catLeaf) {
	t.Helper()
	if l.Urgent != (l.Limits.Urgent != nil) {
		t.Errorf("%s: limits are %v", l.Code, l.Limits)
	}
	for _, s := range Stages() {
		if l.Limits.Of(s).N < 1 || l.Limits.Urgent != nil && l.Limits.Urgent.Of(s).N < 1 {
			t.Errorf("%s: %s has no limit", l.Code, s)
		}
	}
}

func catCheckQuestions(t *testing.T, l catLeaf) {
	t.Helper()
	if len(l.Asked) > 3 {
		t.Errorf("%s: %d questions do not fit the minute a resident gives", l.Code, len(l.Asked))
	}
	keys := map[string]bool{}
	for _, q := range l.Asked {
		where := l.Code + " question " + q.Key
		if keys[q.Key] || !catKey.MatchString(q.Key) {
			t.Errorf("%s: key is bad or used twice", where)
		}
		keys[q.Key] = true
		catBoth(t, where, q.Label)
		if (q.Type == "choice") != (len(q.Choices) > 1) {
			t.Errorf("%s: type %s with %d choices", where, q.Type, len(q.Choices))
		}
		values := map[string]bool{}
		for _, x := range q.Choices {
			catBoth(t, where+" choice "+x.Value, x.Label)
			if values[x.Value] || !catKey.MatchString(x.Value) {
				t.Errorf("%s: choice %q is bad or there twice", where, x.Value)
			}
			values[x.Value] = true
		}
		switch q.Type {
		case "text":
			if q.Max == nil || *q.Max < 1 {
				t.Errorf("%s: a text needs a greatest length", where)
			}
		case "number":
			if q.Min == nil || q.Max == nil || *q.Min >= *q.Max {
				t.Errorf("%s: a number needs its bounds", where)
			}
		case "choice", "date", "yesno":
			if q.Min != nil || q.Max != nil {
				t.Errorf("%s: bounds on a %s", where, q.Type)
			}
		default:
			t.Errorf("%s: unknown type %q", where, q.Type)
		}
	}
}

// catCheckStopper holds that the way out is reachable: it hangs on a required question with that answer.
func catCheckStopper(t *testing.T, l catLeaf) {
	t.Helper()
	s := l.Stopper
	if s == nil {
		return
	}
	catBoth(t, l.Code+" stopper", s.Text)
	if !catPhone.MatchString(s.Phone) {
		t.Errorf("%s: stopper without a number to call: %q", l.Code, s.Phone)
	}
	if !strings.Contains(s.Text.ZH, s.Phone) && !strings.Contains(s.Text.ZH, "抢修电话") {
		t.Errorf("%s: the stopper's text does not say whom to call", l.Code)
	}
	if s.When == nil {
		return
	}
	i := slices.IndexFunc(l.Asked, func(q catQuestion) bool { return q.Key == s.When.Question })
	if i < 0 || !l.Asked[i].Required || l.Asked[i].Type != "yesno" || (s.When.Is != "yes" && s.When.Is != "no") {
		t.Errorf("%s: the stopper hangs on %q, which is no required yes-or-no question", l.Code, s.When.Question)
	}
}
