// SPDX-License-Identifier: Apache-2.0

package texts

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

// A Voice is the manner in which somebody writes.
type Voice string

// The voices.
const (
	Plain    Voice = "plain"    // most people
	Polite   Voice = "polite"   // long, careful, thanks beforehand
	Brief    Voice = "brief"    // one line from the telephone
	Angry    Voice = "angry"    // has said it before
	Elder    Voice = "elder"    // dictated, or typed by somebody younger
	Mother   Voice = "mother"   // a parent between two errands
	Villager Voice = "villager" // only in villages
	Shop     Voice = "shop"     // behind a counter
)

// Voices lists every voice.
func Voices() []Voice {
	return []Voice{Plain, Polite, Brief, Angry, Elder, Mother, Villager, Shop}
}

// Where says where in the county a situation happens.
type Where string

// The kinds of place.
const (
	Anywhere Where = ""
	Urban    Where = "urban" // communities in town
	Rural    Where = "rural" // villages
)

// A Body is one way to tell a situation.
type Body struct {
	Voice Voice    `json:"voice"`
	Text  Template `json:"text"`
}

// An Ask is what a clerk asks back and what the reporter answers.
type Ask struct {
	Question Template `json:"question"`
	Answer   Template `json:"answer"`
}

// A Situation is one thing that happens in the town and everything that is said
// about it. To what it says itself comes what its category says; where there is
// no word about its end, what everybody says.
type Situation struct {
	Key      string              `json:"-"` // category and number, such as "lamp.3"
	Category string              `json:"-"` // code in the catalogue of categories
	Titles   []Template          `json:"titles"`
	Bodies   []Body              `json:"bodies"`
	Details  []Template          `json:"details"`  // sentences that may follow, in any order
	Slots    map[string][]string `json:"slots"`    // words for slots of its own, such as "thing"
	Where    Where               `json:"where"`    // where it can happen
	Months   []int               `json:"months"`   // when it can happen; none: all year
	Channels []string            `json:"channels"` // how it usually comes in; none: any way
	Private  bool                `json:"private"`  // nobody would let strangers read it
	Urgent   bool                `json:"urgent"`

	Asks     []Ask      `json:"asks"`
	Handling []Template `json:"handling"` // what was done, as the worker reports it
	Notes    []Template `json:"notes"`    // internal
	Verify   []Template `json:"verify"`   // what the verifier saw
	Declines []Template `json:"declines"` // why it is not taken
	Returns  []Template `json:"returns"`  // why the unit is the wrong one
	Solved   []Template `json:"solved"`   // the reporter, content
	Unsolved []Template `json:"unsolved"` // the reporter, not content
}

// Suits says whether the situation can happen in such a place in that month
// (1 to 12).
func (s Situation) Suits(rural bool, month int) bool {
	if s.Where == Rural && !rural || s.Where == Urban && rural {
		return false
	}
	return len(s.Months) == 0 || slices.Contains(s.Months, month)
}

// In is the situation with only those texts that can be said in such a place:
// no staircase in a village, no villagers' group in town.
func (s Situation) In(rural bool) Situation {
	wrong := []string{"group", "othergroup"}
	if rural {
		wrong = []string{"courtyard", "block", "floor"}
	}
	return s.keep(func(t Template) bool {
		return !slices.ContainsFunc(t.slots, func(name string) bool { return slices.Contains(wrong, name) })
	}, func(v Voice) bool { return rural || v != Villager })
}

// with is the situation with only those texts that go with the telling.
func (s Situation) with(telling Template) Situation {
	return s.keep(telling.goesWith, func(Voice) bool { return true })
}

// keep is the situation with only the texts and voices that are wanted.
func (s Situation) keep(text func(Template) bool, voice func(Voice) bool) Situation {
	for _, list := range []*[]Template{&s.Titles, &s.Details, &s.Handling, &s.Notes, &s.Verify, &s.Declines, &s.Returns, &s.Solved, &s.Unsolved} {
		*list = slices.DeleteFunc(slices.Clone(*list), func(t Template) bool { return !text(t) })
	}
	s.Bodies = slices.DeleteFunc(slices.Clone(s.Bodies), func(b Body) bool { return !text(b.Text) || !voice(b.Voice) })
	s.Asks = slices.DeleteFunc(slices.Clone(s.Asks), func(a Ask) bool { return !text(a.Question) || !text(a.Answer) })
	return s
}

// chapter is the part of a file about one category.
type chapter struct {
	Category   string      `json:"category"`
	Notes      []Template  `json:"notes"`
	Verify     []Template  `json:"verify"`
	Declines   []Template  `json:"declines"`
	Returns    []Template  `json:"returns"`
	Solved     []Template  `json:"solved"`
	Unsolved   []Template  `json:"unsolved"`
	Situations []Situation `json:"situations"`
}

//go:embed data/*.json
var files embed.FS

// All lists every situation, ordered by file and place in it. The list is
// shared: treat it as read only.
func All() []Situation { return library().situations }

// Of lists the situations of a category, none if it is unknown.
func Of(category string) []Situation { return library().byCategory[category] }

// Categories lists the codes of all categories there are situations for.
func Categories() []string { return library().categories }

type shelf struct {
	situations []Situation
	byCategory map[string][]Situation
	categories []string
	pools      Pools
	given      map[string][]string
}

// library reads the embedded files once. They are part of the program, so a
// fault in them is a fault of the build, which the tests of this package find.
var library = sync.OnceValue(func() *shelf {
	s, err := read(files)
	if err != nil {
		panic("texts: " + err.Error())
	}
	return s
})

func read(from fs.FS) (*shelf, error) {
	s := &shelf{byCategory: map[string][]Situation{}}
	names, err := fs.Glob(from, "data/*.json")
	if err != nil {
		return nil, err
	}
	if err := decode(from, "data/pools.json", &s.pools); err != nil {
		return nil, err
	}
	s.given = map[string][]string{}
	for key, names := range s.pools.Given {
		s.given[key] = strings.Fields(names)
	}
	for _, name := range names {
		if name == "data/pools.json" {
			continue
		}
		var chapters []chapter
		if err := decode(from, name, &chapters); err != nil {
			return nil, err
		}
		for _, c := range chapters {
			if err := s.add(c); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return s, nil
}

func decode(from fs.FS, name string, into any) error {
	b, err := fs.ReadFile(from, name)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// add puts the situations of a chapter on the shelf, each with what its category
// says for all of them.
func (l *shelf) add(c chapter) error {
	if _, twice := l.byCategory[c.Category]; twice || c.Category == "" {
		return fmt.Errorf("category %q is empty or there twice", c.Category)
	}
	l.byCategory[c.Category] = nil
	l.categories = append(l.categories, c.Category)
	for i, s := range c.Situations {
		s.Category, s.Key = c.Category, fmt.Sprintf("%s.%d", c.Category, i+1)
		s.Notes = append(s.Notes, c.Notes...)
		s.Verify = append(s.Verify, c.Verify...)
		s.Declines = append(s.Declines, c.Declines...)
		s.Returns = append(s.Returns, c.Returns...)
		s.Solved = append(s.Solved, c.Solved...)
		s.Unsolved = append(s.Unsolved, c.Unsolved...)
		orElse(&s.Verify, l.pools.Verify)
		orElse(&s.Solved, l.pools.Solved)
		orElse(&s.Unsolved, l.pools.Unsolved)
		l.situations = append(l.situations, s)
		l.byCategory[c.Category] = append(l.byCategory[c.Category], s)
	}
	return nil
}

// orElse gives an empty list what everybody says.
func orElse(list *[]Template, shared []Template) {
	if len(*list) == 0 {
		*list = shared
	}
}
