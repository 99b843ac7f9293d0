// SPDX-License-Identifier: Apache-2.0

package routing

import (
	"slices"
	"strings"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/when"
)

// A Case is a matter as rules see it: nothing of who raised it.
type Case struct {
	Text     string // title and words, in small letters
	Category string // code, "" while nobody has classified it
	Path     scope.Path
	Channel  matters.Channel
	Urgent   bool
	At       time.Time // when it was raised
}

// CaseOf is a matter as rules see it.
func CaseOf(m matters.Matter) Case {
	return Case{Text: Words(m.Title, m.Body), Category: m.Category, Path: m.Path, Channel: m.Channel, Urgent: m.Urgent, At: m.RaisedAt}
}

// Words are a title and what was written as a Case has them.
func Words(title, body string) string { return strings.ToLower(title + "\n" + body) }

// A Miss is the first thing for which a rule does not fire: the name of a
// condition, or MissUnit if it fits and no unit is found for the place.
type Miss string

// The misses; "" is none.
const (
	MissPlace    Miss = "place"
	MissCategory Miss = "category"
	MissKind     Miss = "kind"
	MissAny      Miss = "any"
	MissAll      Miss = "all"
	MissNone     Miss = "none"
	MissDay      Miss = "day"
	MissClock    Miss = "clock"
	MissHours    Miss = "hours"
	MissChannel  Miss = "channel"
	MissUrgency  Miss = "urgency"
	MissUnit     Miss = "unit"
)

// Misses lists them.
func Misses() []Miss {
	return []Miss{MissPlace, MissCategory, MissKind, MissAny, MissAll, MissNone, MissDay, MissClock, MissHours, MissChannel, MissUrgency, MissUnit}
}

// Miss is the first condition that the case does not meet, "" if it meets all. It
// asks of the town only what the conditions need.
func (w When) Miss(c Case, t Town) Miss {
	holds := func(word string) bool { return strings.Contains(c.Text, word) }
	in := func(p id.ID) bool { return slices.Contains(c.Path[:], p) }
	switch {
	case len(w.Places) > 0 && !slices.ContainsFunc(w.Places, in):
		return MissPlace
	case !w.ofCategory(c, t):
		return MissCategory
	case len(w.Kinds) > 0 && !slices.Contains(w.Kinds, t.kind(c.Category)):
		return MissKind
	case len(w.Any) > 0 && !slices.ContainsFunc(w.Any, holds):
		return MissAny
	case slices.ContainsFunc(w.All, func(s string) bool { return !holds(s) }):
		return MissAll
	case slices.ContainsFunc(w.None, holds):
		return MissNone
	case len(w.Channels) > 0 && !slices.Contains(w.Channels, c.Channel):
		return MissChannel
	case w.Urgency == Urgent && !c.Urgent, w.Urgency == Ordinary && c.Urgent:
		return MissUrgency
	}
	return w.missTime(c, t)
}

func (w When) ofCategory(c Case, t Town) bool {
	if len(w.Categories)+len(w.Groups) == 0 || slices.Contains(w.Categories, c.Category) {
		return true
	}
	if len(w.Groups) == 0 {
		return false
	}
	k, ok := t.Catalogue.Get(c.Category)
	return ok && slices.Contains(w.Groups, k.Group)
}

func (w When) missTime(c Case, t Town) Miss {
	at := c.At.In(when.Zone)
	if len(w.Weekdays) > 0 && !slices.Contains(w.Weekdays, (int(at.Weekday())+6)%7+1) {
		return MissDay
	}
	if w.From != "" {
		from, _ := clock(w.From)
		to, _ := clock(w.To)
		now := at.Hour()*60 + at.Minute()
		if in := now >= from && now < to; from < to && !in || from >= to && now < from && now >= to {
			return MissClock
		}
	}
	if w.Hours != "" && t.Calendar.Open(c.At) != (w.Hours == Working) {
		return MissHours
	}
	return ""
}

// First is the place in the list of the first rule whose conditions the case meets,
// whatever unit it gives; -1 if there is none.
func (rs Rules) First(c Case, t Town) int {
	return slices.IndexFunc(rs, func(r Rule) bool { return r.When.Miss(c, t) == "" })
}

// A Passed is a rule before the one that fired, and why it did not.
type Passed struct {
	Rule Rule
	Miss Miss
}

// An Answer is what a list of rules says about a case.
type Answer struct {
	Fired  bool
	Rule   Rule
	Lead   id.ID
	Assist id.ID // 0: nobody
	Passed []Passed
}

// Ask goes through the rules in order. The first whose conditions the case meets
// and that names a unit serving its place fires.
func (rs Rules) Ask(c Case, t Town) (a Answer) {
	for _, r := range rs {
		miss := r.When.Miss(c, t)
		if miss == "" {
			category := c.Category
			if category == "" {
				category = r.Gives.Category
			}
			lead, ok := t.unit(r.Gives.Lead, category, c.Path)
			if ok {
				a.Fired, a.Rule, a.Lead = true, r, lead
				if d, ok := t.unit(r.Gives.Assist, category, c.Path); ok && d != lead {
					a.Assist = d
				}
				return a
			}
			miss = MissUnit
		}
		a.Passed = append(a.Passed, Passed{r, miss})
	}
	return a
}

// kind is that of a category, "" if it is not known.
func (t Town) kind(category string) string {
	k, _ := t.Catalogue.Get(category)
	return k.Kind
}

// unit finds the unit that a target names for a category and a place; ok is false
// if there is none that serves it.
func (t Town) unit(x Target, category string, at scope.Path) (d id.ID, ok bool) {
	nearest := func(key string, path scope.Path) (id.ID, bool) {
		if key == "" {
			return 0, false
		}
		u, ok := t.Units.Responsible(key, path)
		return u.ID, ok
	}
	k, _ := t.Catalogue.Get(category)
	switch x.Way {
	case Named:
		u, ok := t.Units.Unit(x.Unit)
		return u.ID, ok && u.Active && u.Serves().Contains(at)
	case Nearest:
		return nearest(x.Key, at)
	case Owner:
		return nearest(k.Unit, scope.Path{})
	case Place:
		d, ok = nearest(k.Unit, at)
		u, _ := t.Units.Unit(d)
		return d, ok && u.Serves().Level != scope.City
	case Standard:
		ways := []Way{Place, Owner}
		if k.Kind == "part" {
			ways = []Way{Owner, Place}
		}
		for _, way := range ways {
			if d, ok := t.unit(Target{Way: way}, category, at); ok {
				return d, true
			}
		}
		return 0, false
	case Street:
		return nearest("street", at)
	case Village:
		return nearest("village", at)
	}
	return 0, false
}
