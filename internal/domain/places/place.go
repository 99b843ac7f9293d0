// SPDX-License-Identifier: Apache-2.0

package places

import (
	"time"

	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Noun is what the trail calls a place.
const Noun = "place"

// A Kind is a rank of the tree.
type Kind string

// The kinds, from the root down.
const (
	City      Kind = "city"
	Town      Kind = "town"      // a street or a town
	Village   Kind = "village"   // a village or a community
	Grid      Kind = "grid"      // part of one village
	Courtyard Kind = "courtyard" // in a village, perhaps in one of its grids
)

// Kinds lists the kinds, the root first: Kinds[l] is that of level l.
var Kinds = [...]Kind{City, Town, Village, Grid, Courtyard}

// Level is the rank of the kind in a [scope.Path], or -1 for no kind.
func (k Kind) Level() scope.Level {
	for l, kind := range Kinds {
		if k == kind {
			return scope.Level(l)
		}
	}
	return -1
}

// under reports whether a place of kind k may stand directly below one of kind p.
func (k Kind) under(p Kind) bool {
	return k == Courtyard && (p == Village || p == Grid) || k != Courtyard && k != City && p.Level() == k.Level()-1
}

// A Community is the sort of a village; other kinds of place have none.
type Community string

// The sorts of communities.
const (
	Urban      Community = "urban"
	Rural      Community = "rural"
	Industrial Community = "industrial"
)

// Communities lists the sorts.
var Communities = [...]Community{Urban, Rural, Industrial}

func (c Community) known() bool { return c == Urban || c == Rural || c == Industrial }

// A Day is a date of the town's calendar, 2026-03-05. Days compare as texts.
// The empty Day is open: as far back, or ahead, as the books go.
type Day string

// DayOf is the day on which t falls in the town.
func DayOf(t time.Time) Day { return Day(t.In(i18n.Zone).Format(time.DateOnly)) }

// valid reports whether d is a day, and not the open one.
func (d Day) valid() bool {
	t, err := time.Parse(time.DateOnly, string(d))
	return err == nil && t.Year() >= 1949
}

// An Accuracy says how a place's point on the map was come by.
type Accuracy string

// The accuracies.
const (
	Unknown     Accuracy = ""            // there is no point
	Approximate Accuracy = "approximate" // a guess, for a map to have something to show
	Exact       Accuracy = "exact"       // from an outline, or set by hand
)

// A Place is a node of the tree.
type Place struct {
	ID        id.ID
	Kind      Kind
	Scheme    Scheme
	Code      string // as the scheme has it; a courtyard may have none
	Name      i18n.Text
	Community Community // of a village, else empty
	Parent    id.ID     // 0 for the city
	From      Day       // its first day
	To        Day       // the first day without it; empty while it is open
	Since     Day       // the day from which it is as it says here
	Point     geo.Point // in WGS-84, if Accuracy is known
	Accuracy  Accuracy
	Version   int64

	// What follows is worked out by the tree, not kept in the row.

	Path       scope.Path // from the city down to the place itself
	Initials   string     // of its pinyin, "wjjd", for search
	Area       float64    // of its outline, in square metres; 0 if it has none
	Successors []id.ID    // who has its ground since it was merged or split
}

// Open reports whether the place has not been merged, split or closed.
func (p Place) Open() bool { return p.To == "" }

// A Span is what a place was for some time.
type Span struct {
	From, To  Day // To is the first day of the next
	Act       Act // the act that ended it; empty for what it is now
	Scheme    Scheme
	Code      string
	Name      i18n.Text
	Community Community
	Parent    id.ID
	Version   int64
}

func (s Span) holds(on Day) bool { return s.From <= on && (s.To == "" || on < s.To) }

// A Card is what other pages show of a place.
type Card struct {
	ID   id.ID
	Kind Kind
	Code string
	Name i18n.Text
	Full i18n.Text // with the places above it but for the city: 文君街道 宝塔社区
	Open bool
}

// An Act is something done to a place: the verb of the trail and the history.
type Act string

// The acts.
const (
	Add        Act = "add"
	Rename     Act = "rename"
	Recode     Act = "recode"
	Reclassify Act = "reclassify"
	Move       Act = "move" // to another parent, by a merger or a split
	Merge      Act = "merge"
	Split      Act = "split"
	Close      Act = "close"
	Shape      Act = "shape"
	Mark       Act = "mark" // put a point on the map
)

// Acts lists the acts.
var Acts = [...]Act{Add, Rename, Recode, Reclassify, Move, Merge, Split, Close, Shape, Mark}

// Digests returns, for the trail's check, what walks over all places in the order
// of their IDs, with the digest of each one's present state.
func Digests() map[string]func(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
	return map[string]func(*sqldb.Tx, func(id.ID, []byte) error) error{Noun: digests}
}
