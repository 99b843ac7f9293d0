// SPDX-License-Identifier: Apache-2.0

package matters

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
)

// A Category says what matters of one kind need. Towns edit it; the shipped ones
// are in categories.json.
type Category struct {
	Code      string     `json:"code"`
	Group     string     `json:"group"`
	Kind      string     `json:"kind"`   // part, event or request, as in GB/T 30428.2 and .3
	Number    string     `json:"number"` // the code of that standard, local ones counted down from 99
	Name      i18n.Text  `json:"name"`
	Hint      i18n.Text  `json:"hint"`
	Icon      string     `json:"icon"`
	Words     []string   `json:"words"` // words by which people search for it
	Urgent    bool       `json:"urgent"`
	Filing    i18n.Text  `json:"filing"`  // when such a matter is taken on
	Closing   i18n.Text  `json:"closing"` // what must be true before it is closed
	Limits    Limits     `json:"limits"`
	Unit      string     `json:"unit"` // the key of the unit that usually leads
	Public    bool       `json:"public"`
	Photo     string     `json:"photo"` // asked, optional or none
	Questions []Question `json:"questions"`
	Stopper   *Stopper   `json:"stopper"`
	Active    bool       `json:"-"`
	Version   int        `json:"-"`
}

// Limits are how long each stage may take; Urgent, if set, of what is urgent.
type Limits struct {
	StageLimits
	Urgent *StageLimits `json:"urgent,omitempty"`
}

// A Question is asked of everybody who raises a matter of the category.
type Question struct {
	Key      string    `json:"key"`
	Type     string    `json:"type"` // text, choice, number, date or yesno
	Label    i18n.Text `json:"label"`
	Choices  []Choice  `json:"choices"`
	Required bool      `json:"required"`
	Min      int       `json:"min"`
	Max      int       `json:"max"`
}

// A Choice is one answer that may be picked.
type Choice struct {
	Value string    `json:"value"`
	Label i18n.Text `json:"label"`
}

// A Stopper tells the reporter that the town is the wrong door, or, with When,
// that it is an emergency and whom to ring first: then the matter is taken once
// they say that they have. Without When it always stops.
type Stopper struct {
	When *struct {
		Question string `json:"question"`
		Is       string `json:"is"`
	} `json:"when"`
	Text  i18n.Text `json:"text"`
	Phone string    `json:"phone"`
}

// A Group is a heading over categories.
type Group struct {
	Code string    `json:"code"`
	Name i18n.Text `json:"name"`
	Icon string    `json:"icon"`
}

// A Catalogue is every category, as it stands at one moment. It is not changed
// once made.
type Catalogue struct {
	Groups     []Group
	Categories []Category
	byCode     map[string]*Category
}

//go:embed categories.json
var shippedJSON []byte

// Shipped returns the categories that come with the program.
func Shipped() (*Catalogue, error) {
	var c Catalogue
	if err := json.Unmarshal(shippedJSON, &c); err != nil {
		return nil, fmt.Errorf("shipped categories: %w", err)
	}
	for i := range c.Categories {
		c.Categories[i].Active = true
	}
	c.index()
	return &c, nil
}

func (c *Catalogue) index() {
	c.byCode = make(map[string]*Category, len(c.Categories))
	for i := range c.Categories {
		c.byCode[c.Categories[i].Code] = &c.Categories[i]
	}
}

// Get returns the category with the given code; ok is false if there is none.
func (c *Catalogue) Get(code string) (k Category, ok bool) {
	if p := c.byCode[code]; p != nil {
		return *p, true
	}
	return Category{}, false
}

// Name is the name of a category, or "not yet classified".
func (c *Catalogue) Name(lang i18n.Lang, code string) string {
	if k, ok := c.Get(code); ok {
		return k.Name.In(lang)
	}
	return i18n.T(lang, "matter.category.none")
}

// In returns the active categories of a group.
func (c *Catalogue) In(group string) []Category {
	var in []Category
	for _, k := range c.Categories {
		if k.Group == group && k.Active {
			in = append(in, k)
		}
	}
	return in
}

// Suggest returns up to n active categories whose words stand in the text, those
// with more and longer ones first.
func (c *Catalogue) Suggest(text string, n int) []Category {
	type found struct {
		Category
		weight int
	}
	text = strings.ToLower(text)
	var fs []found
	for _, k := range c.Categories {
		if !k.Active {
			continue
		}
		w := 0
		for _, word := range append([]string{k.Name.ZH, strings.ToLower(k.Name.EN)}, k.Words...) {
			if word != "" && strings.Contains(text, strings.ToLower(word)) {
				w += utf8.RuneCountInString(word)
			}
		}
		if w > 0 {
			fs = append(fs, found{k, w})
		}
	}
	slices.SortStableFunc(fs, func(a, b found) int { return b.weight - a.weight })
	var out []Category
	for _, f := range fs[:min(n, len(fs))] {
		out = append(out, f.Category)
	}
	return out
}

// Check holds answers against the category's questions: types, choices, lengths,
// what is required. Fields at fault are named "q." and the question's key. What
// was not asked is dropped.
func (k Category) Check(answers map[string]string) (map[string]string, error) {
	var faults errs.List
	kept := map[string]string{}
	for _, q := range k.Questions {
		v := strings.TrimSpace(answers[q.Key])
		field := "q." + q.Key
		if v == "" {
			if q.Required {
				faults.Add(field, "matter.answer.missing")
			}
			continue
		}
		if key, args := q.fault(v); key != "" {
			faults.Add(field, key, args...)
			continue
		}
		kept[q.Key] = v
	}
	return kept, faults.Err()
}

func (q Question) fault(v string) (key string, args []any) {
	switch q.Type {
	case "text":
		most := q.Max
		if most == 0 {
			most = 200
		}
		if utf8.RuneCountInString(v) > most {
			return "matter.answer.long", []any{most}
		}
	case "number":
		n, err := strconv.Atoi(v)
		switch {
		case err != nil:
			return "matter.answer.number", nil
		case n < q.Min || q.Max > 0 && n > q.Max:
			return "matter.answer.range", []any{q.Min, q.Max}
		}
	case "date":
		if _, err := time.Parse(time.DateOnly, v); err != nil {
			return "matter.answer.date", nil
		}
	case "yesno":
		if v != "yes" && v != "no" {
			return "matter.answer.choice", nil
		}
	case "choice":
		if !slices.ContainsFunc(q.Choices, func(c Choice) bool { return c.Value == v }) {
			return "matter.answer.choice", nil
		}
	}
	return "", nil
}

// Say is an answer in the reader's words.
func (q Question) Say(lang i18n.Lang, v string) string {
	switch q.Type {
	case "yesno":
		return i18n.T(lang, "matter.answer."+v)
	case "choice":
		for _, c := range q.Choices {
			if c.Value == v {
				return c.Label.In(lang)
			}
		}
	}
	return v
}

// Stops returns the stopper that the answers run into, if any.
func (k Category) Stops(answers map[string]string) *Stopper {
	if k.Stopper == nil {
		return nil
	}
	if w := k.Stopper.When; w != nil && answers[w.Question] != w.Is {
		return nil
	}
	return k.Stopper
}

// Check holds an edited category against what every category needs.
func (k Category) check(c *Catalogue) error {
	var faults errs.List
	for field, t := range map[string]i18n.Text{"name": k.Name, "closing": k.Closing} {
		if strings.TrimSpace(t.ZH) == "" || strings.TrimSpace(t.EN) == "" {
			faults.Add(field, "category.both_languages")
		}
	}
	if !slices.ContainsFunc(c.Groups, func(g Group) bool { return g.Code == k.Group }) {
		faults.Add("group", "category.group")
	}
	k.Limits.check(&faults, "limit_")
	if k.Limits.Urgent != nil {
		k.Limits.Urgent.check(&faults, "urgent_")
	}
	return faults.Err()
}
