// SPDX-License-Identifier: Apache-2.0

package texts

import (
	"maps"
	"math/rand/v2"
	"slices"
)

// Pools are the words that all situations share. Lists are read only.
type Pools struct {
	// Openings and Closings by voice; "plain/rural" and "plain/urban" are said only there,
	// those of strand p only in public matters.
	Openings map[string][]Template `json:"openings"`
	Closings map[string][]Template `json:"closings"`
	// Particulars by "urban", "rural" and "reach": where the writer lives, and when to be reached.
	Particulars map[string][]Template `json:"particulars"`
	// Words for slots by the slot's name; "road/rural" are those for villages.
	Slots      map[string][]Template `json:"slots"`
	UrbanSpots []Template            `json:"urban_spots"`
	RuralSpots []Template            `json:"rural_spots"`
	Whens      []When                `json:"whens"`

	Exact map[string]string `json:"exact"` // the figure a clerk finds where a neighbour says 七八

	Roads      []string `json:"roads"`
	Courtyards []string `json:"courtyards"`
	Shops      []string `json:"shops"`

	Surnames []string          `json:"surnames"` // common ones stand several times
	Reserved []string          `json:"reserved"` // names of the cast, which nobody else bears
	Given    map[string]string `json:"given"`    // by generation and sex, such as "old-f"; separated by spaces

	Extensions   []Template  `json:"extensions"`   // why a unit asks for more time
	Suspensions  []Template  `json:"suspensions"`  // why the clock has to stop
	Urgings      []Template  `json:"urgings"`      // a reporter or supervisor asks how far it is
	Supervisions []Template  `json:"supervisions"` // why the command room looks after it
	Reopenings   []Template  `json:"reopenings"`   // why it is taken up again
	Withdrawals  []Template  `json:"withdrawals"`  // why the reporter takes it back
	Joins        []Template  `json:"joins"`        // why two matters are one
	Supporters   []Template  `json:"supporters"`   // "me too"
	Whistles     []Whistle   `json:"whistles"`
	Moderated    []Moderated `json:"moderated"`
	Callbacks    []Template  `json:"callbacks"` // what a clerk notes after calling a reporter
	Verify       []Template  `json:"verify"`    // what a verifier notes about anything
	Solved       []Template  `json:"solved"`
	Unsolved     []Template  `json:"unsolved"`
}

// A When is a moment lately gone by, as people say it, and the hours of the day
// (0 to 24) between which it can be said.
type When struct {
	Text  string `json:"text"`
	After int    `json:"after"`
	Until int    `json:"until"`
}

// A Whistle is a case for which a street calls several departments at once.
type Whistle struct {
	Topic   Template   `json:"topic"`
	Reason  Template   `json:"reason"`
	Units   []string   `json:"units"`   // keys of units as in the catalogue of categories
	Answers []Template `json:"answers"` // what those who come say
}

// Moderated is a public text that could not stay as it was.
type Moderated struct {
	Before Template `json:"before"`
	After  Template `json:"after"`
	Reason string   `json:"reason"`
}

// Shared gives the pools.
func Shared() *Pools { return &library().pools }

// A Generation is roughly how old somebody is; given names follow it.
type Generation string

// The generations.
const (
	Old    Generation = "old"    // over sixty
	Middle Generation = "middle" // thirty-five to sixty
	Young  Generation = "young"  // grown up, under thirty-five
	Child  Generation = "child"
)

// Name puts together the name of a resident. It is nobody's in particular.
func Name(rnd *rand.Rand, g Generation, female bool) string {
	sex := "-m"
	if female {
		sex = "-f"
	}
	l := library()
	for {
		name := pick(rnd, l.pools.Surnames) + pick(rnd, l.given[string(g)+sex])
		if !slices.Contains(l.pools.Reserved, name) {
			return name
		}
	}
}

// Worker puts together how a clerk names the person who did the work: a surname
// and 师傅 or the like.
func Worker(rnd *rand.Rand) string {
	return pick(rnd, Shared().Surnames) + pick(rnd, []string{"师傅", "师傅", "师傅", "工", "老师", "同志"})
}

// Say makes one text of a template as a clerk would: said holds the words that
// were used before in the same matter (see Written.Said) and still hold, slots
// what the caller knows now, above all who handles it and when. Rough figures
// (七八) become the exact one (7), always the same.
func Say(rnd *rand.Rand, t Template, said map[string]string, slots Slots) string {
	r := resolver{rnd: rnd, slots: slots, said: map[string]string{}, used: map[string]bool{}}
	r.known()
	now := maps.Clone(r.said)
	maps.Copy(r.said, said)
	for _, name := range []string{"unit", "worker", "date"} {
		if now[name] != "" {
			r.said[name] = now[name]
		}
	}
	return t.fill(rnd, func(name string) string {
		v := r.value(name)
		if exact, rough := Shared().Exact[v]; rough {
			return exact
		}
		return v
	})
}

func pick[T any](rnd *rand.Rand, from []T) T { return from[rnd.IntN(len(from))] }
