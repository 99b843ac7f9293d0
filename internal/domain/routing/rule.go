// SPDX-License-Identifier: Apache-2.0

package routing

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/when"
)

// A Rule says where matters of some kind go. Of a list the first that fits fires.
type Rule struct {
	ID      id.ID  `json:"id"`      // stays when the rule is changed or moved
	Version int    `json:"version"` // counts what was changed about it
	Name    string `json:"name"`
	When    When   `json:"when"`
	Gives   Gives  `json:"gives"`
	AtOnce  bool   `json:"at_once,omitempty"` // the program dispatches, without a person
}

// When is what a rule asks of a matter. What is empty asks nothing.
type When struct {
	Places     []id.ID           `json:"places,omitempty"`     // in or below one of them
	Categories []string          `json:"categories,omitempty"` // codes
	Groups     []string          `json:"groups,omitempty"`     // of categories
	Kinds      []string          `json:"kinds,omitempty"`      // of categories, as in GB/T 30428.2 and .3: part, event, request
	Any        []string          `json:"any,omitempty"`        // one of these words stands in it
	All        []string          `json:"all,omitempty"`        // all of these
	None       []string          `json:"none,omitempty"`       // none of these
	Weekdays   []int             `json:"weekdays,omitempty"`   // raised on one of them, 1 is Monday
	From       string            `json:"from,omitempty"`       // raised at this time of day or later: 22:00
	To         string            `json:"to,omitempty"`         // and before this one, of the next day if that is earlier
	Hours      Hours             `json:"hours,omitempty"`      // raised while the town works, or not
	Channels   []matters.Channel `json:"channels,omitempty"`
	Urgency    Urgency           `json:"urgency,omitempty"`
}

// Hours says whether the town worked when a matter was raised.
type Hours string

// Urgency says whether a matter is urgent.
type Urgency string

// What a rule may ask about hours and urgency; "" asks nothing.
const (
	Working  Hours   = "working"
	Off      Hours   = "off"
	Urgent   Urgency = "urgent"
	Ordinary Urgency = "ordinary"
)

// CategoryKinds are the kinds of categories: parts 部件 are things that somebody owns, such
// as a lamp; events 事件 happen, such as rubbish left somewhere; requests 诉求 are
// what people ask of the town.
func CategoryKinds() []string { return []string{"part", "event", "request"} }

// Gives is what a rule settles.
type Gives struct {
	Lead     Target `json:"lead"`
	Category string `json:"category,omitempty"` // suggested to whoever classifies
	Assist   Target `json:"assist,omitzero"`    // that is to help; zero: nobody
}

// A Target names a unit, so that one rule serves every street.
type Target struct {
	Way  Way    `json:"way"`
	Unit id.ID  `json:"unit,omitempty"` // of Named
	Key  string `json:"key,omitempty"`  // of Nearest
}

// A Way is how a unit is found.
type Way string

// The ways. Owner is the unit of the whole town that is for the category: who a
// thing belongs to 属主. Place is the nearest unit below the town's that is for it
// 属地. Standard is the order of GB/T 30428: for things the owner before the place,
// for events, and for what people ask, the place before the owner.
const (
	Named    Way = "unit"
	Nearest  Way = "key" // the unit with the key that is nearest
	Owner    Way = "owner"
	Place    Way = "place"
	Standard Way = "standard"
	Street   Way = "street"  // the government of the street or town
	Village  Way = "village" // the committee of the village or community
)

// A Town is what rules are asked in.
type Town struct {
	Catalogue *matters.Catalogue
	Units     *orgs.Directory
	Places    *places.Tree
	Calendar  *when.Calendar
}

// Limits of a list and of a rule.
const (
	MostRules  = 200
	mostName   = 40 // characters
	mostListed = 40 // of words, places or categories in one condition
	mostWord   = 30 // characters
)

// Tidy writes a rule as it is compared and kept: words in small letters, in order,
// each once.
func (r Rule) Tidy() Rule {
	r.Name = strings.TrimSpace(r.Name)
	w := &r.When
	for _, list := range []*[]string{&w.Any, &w.All, &w.None, &w.Categories, &w.Groups, &w.Kinds} {
		var out []string
		for _, s := range *list {
			if s = strings.ToLower(strings.TrimSpace(s)); s != "" && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
		*list = out
	}
	slices.Sort(w.Places)
	w.Places = slices.Compact(w.Places)
	slices.Sort(w.Weekdays)
	w.Weekdays = slices.Compact(w.Weekdays)
	return r
}

// Check says what is wrong with a rule, beside the fields name, places, categories,
// kinds, any, all, none, weekdays, from, to, channels, lead, category and assist.
func (r Rule) Check(t Town) error {
	var faults errs.List
	if n := utf8.RuneCountInString(r.Name); n == 0 || n > mostName || strings.ContainsAny(r.Name, "\n\r\t") {
		faults.Add("name", "rule.name", mostName)
	}
	w := r.When
	w.check(t, &faults)
	t.checkTarget(&faults, "lead", r.Gives.Lead)
	if r.Gives.Assist != (Target{}) {
		t.checkTarget(&faults, "assist", r.Gives.Assist)
		if r.Gives.Assist == r.Gives.Lead {
			faults.Add("assist", "matter.assist.lead")
		}
	}
	if c := r.Gives.Category; c != "" {
		if k, ok := t.Catalogue.Get(c); !ok || !k.Active {
			faults.Add("category", "matter.category.unknown")
		}
	}
	return faults.Err()
}

func (w When) check(t Town, faults *errs.List) {
	for _, p := range w.Places {
		if _, ok := t.Places.Get(p); !ok {
			faults.Add("places", "matter.place.unknown")
			break
		}
	}
	for _, c := range w.Categories {
		if _, ok := t.Catalogue.Get(c); !ok {
			faults.Add("categories", "matter.category.unknown")
			break
		}
	}
	for _, g := range w.Groups {
		if !slices.ContainsFunc(t.Catalogue.Groups, func(x matters.Group) bool { return x.Code == g }) {
			faults.Add("categories", "category.group")
			break
		}
	}
	for _, k := range w.Kinds {
		if !slices.Contains(CategoryKinds(), k) {
			faults.Add("kinds", "rule.kind")
			break
		}
	}
	for field, words := range map[string][]string{"any": w.Any, "all": w.All, "none": w.None} {
		if slices.ContainsFunc(words, func(s string) bool { return utf8.RuneCountInString(s) > mostWord }) {
			faults.Add(field, "rule.word", mostWord)
		}
	}
	for field, n := range map[string]int{"any": len(w.Any), "all": len(w.All), "none": len(w.None), "places": len(w.Places), "categories": len(w.Categories)} {
		if n > mostListed {
			faults.Add(field, "rule.listed", mostListed)
		}
	}
	if slices.ContainsFunc(w.Weekdays, func(d int) bool { return d < 1 || d > 7 }) {
		faults.Add("weekdays", "rule.weekday")
	}
	for field, s := range map[string]string{"from": w.From, "to": w.To} {
		if _, ok := clock(s); s != "" && !ok {
			faults.Add(field, "rule.clock")
		}
	}
	switch {
	case w.From != "" && w.To == "":
		faults.Add("to", "rule.both")
	case w.To != "" && w.From == "":
		faults.Add("from", "rule.both")
	case w.From != "" && w.From == w.To:
		faults.Add("to", "rule.whole_day")
	}
	if slices.ContainsFunc(w.Channels, func(c matters.Channel) bool { return !slices.Contains(matters.Channels(), c) }) {
		faults.Add("channels", "rule.channel")
	}
	if !slices.Contains([]Hours{"", Working, Off}, w.Hours) {
		faults.Add("hours", "rule.hours")
	}
	if !slices.Contains([]Urgency{"", Urgent, Ordinary}, w.Urgency) {
		faults.Add("urgency", "rule.urgency")
	}
}

func (t Town) checkTarget(faults *errs.List, field string, x Target) {
	switch x.Way {
	case Named:
		if u, ok := t.Units.Unit(x.Unit); !ok || !u.Active {
			faults.Add(field, "matter.unit.unknown")
		}
	case Nearest:
		if !slices.Contains(t.Keys(), x.Key) {
			faults.Add(field, "matter.unit.unknown")
		}
	case Owner, Place, Standard, Street, Village:
	default:
		faults.Add(field, "rule.lead")
	}
}

// Keys are what units are for, of which the nearest can be named.
func (t Town) Keys() (keys []string) {
	for _, u := range t.Units.Units() {
		if u.Key != "" && u.Key != orgs.KeyCentre && !slices.Contains(keys, u.Key) {
			keys = append(keys, u.Key)
		}
	}
	return keys
}

// clock reads a time of day, in minutes.
func clock(s string) (int, bool) {
	t, err := time.Parse("15:04", s)
	return t.Hour()*60 + t.Minute(), err == nil
}

// Always reports whether a rule asks nothing: those after it are never reached, as
// far as it finds a unit.
func (r Rule) Always() bool {
	w := r.When
	return len(w.Places)+len(w.Categories)+len(w.Groups)+len(w.Kinds)+len(w.Any)+len(w.All)+len(w.None)+len(w.Weekdays)+len(w.Channels) == 0 &&
		w.From == "" && w.Hours == "" && w.Urgency == ""
}

// Rules are a list in order.
type Rules []Rule

// at is the place of a rule in the list, -1 if it is not in it.
func (rs Rules) at(d id.ID) int {
	return slices.IndexFunc(rs, func(r Rule) bool { return r.ID == d })
}

// Get returns the rule with the ID.
func (rs Rules) Get(d id.ID) (Rule, bool) {
	if i := rs.at(d); i >= 0 {
		return rs[i], true
	}
	return Rule{}, false
}

// check says what is wrong with a list as a whole, beside the field name: two rules
// of one name could not be told apart where they fired.
func (rs Rules) check() error {
	if len(rs) > MostRules {
		return errs.New(errs.Invalid, "rule.many", MostRules)
	}
	names := map[string]bool{}
	for _, r := range rs {
		if names[strings.ToLower(r.Name)] {
			return errs.At("name", "rule.twice", r.Name)
		}
		names[strings.ToLower(r.Name)] = true
	}
	return nil
}

// same reports whether two rules ask and give the same, whatever their version.
func (r Rule) same(o Rule) bool {
	r.Version = o.Version
	return string(encode(Rules{r})) == string(encode(Rules{o}))
}

// versioned gives the rules of a changed list their versions: one more than in the
// list in use where something about the rule was changed.
func (rs Rules) versioned(inUse Rules) Rules {
	out := slices.Clone(rs)
	for i, r := range out {
		old, ok := inUse.Get(r.ID)
		switch {
		case !ok:
			out[i].Version = 1
		case r.same(old):
			out[i].Version = old.Version
		default:
			out[i].Version = cmp.Or(old.Version, 1) + 1
		}
	}
	return out
}
