// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/people"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Noun is what the trail calls a duty.
const Noun = "duty"

// A Kind is where a duty is done.
type Kind string

// The kinds of duties.
const (
	AtPoint Kind = "point" // at points of some kinds
	AtHome  Kind = "home"  // with people who have agreed to be visited
)

// Kinds lists the kinds of duties.
var Kinds = []Kind{AtPoint, AtHome}

// An Often says how often a duty is due.
type Often string

// How often.
const (
	EachRound Often = "round"
	Daily     Often = "day"
	Weekly    Often = "week"
	Monthly   Often = "month"
	Quarterly Often = "quarter"
)

// Oftens lists them, the most frequent first.
var Oftens = []Often{EachRound, Daily, Weekly, Monthly, Quarterly}

// Slots is after how many slots it is due again; a month is thirty days.
func (o Often) Slots() Slot {
	switch o {
	case EachRound:
		return 1
	case Daily:
		return 2
	case Weekly:
		return 14
	case Monthly:
		return 60
	case Quarterly:
		return 182
	}
	return 1
}

// A FieldKind is what is answered in a field.
type FieldKind string

// The kinds of fields. None is a place: where somebody was is not asked.
const (
	YesNo  FieldKind = "yesno"
	Number FieldKind = "number"
	Words  FieldKind = "words"
)

// FieldKinds lists the kinds of fields.
var FieldKinds = []FieldKind{YesNo, Number, Words}

// A Field is one thing that is filled in when a duty is done.
type Field struct {
	Key   string    `json:"key"` // f1, f2 …
	Label i18n.Text `json:"label"`
	Kind  FieldKind `json:"kind"`
	Fact  string    `json:"fact"` // what it asks for, in the town's words: two fields with one fact ask twice
}

// A Spec is what is particular to a duty.
type Spec struct {
	Points     []PointKind    `json:"points,omitempty"` // of which kinds
	Fields     []Field        `json:"fields,omitempty"`
	Reads      []people.Field `json:"reads,omitempty"`      // of a home: which facts may be read
	Categories []string       `json:"categories,omitempty"` // what a round on it should see: see Miss
}

// A Duty is what a department wants grid workers to do.
type Duty struct {
	ID      id.ID
	State   State
	Unit    id.ID // the department
	Name    i18n.Text
	What    string
	Kind    Kind
	Often   Often
	Minutes int
	Basis   string
	Spec

	ProposedAt time.Time
	ProposedBy string
	DecidedAt  time.Time
	DecidedBy  string
	Reason     string
	Until      Day // of a limited one: the first day without it
	EndedAt    time.Time
	Version    int
}

// A Day counts the days since 1970 in the town.
type Day int64

// DayOf is the day of a moment.
func DayOf(t time.Time) Day { return Day(SlotAt(t) >> 1) }

// Date is its beginning.
func (d Day) Date() time.Time { return Slot(2 * d).Date() }

// At reports whether the duty may be asked of anybody on the day.
func (d Duty) At(day Day) bool {
	return d.State.Given() && (d.State != Limited || day < d.Until)
}

// Sees reports whether a round on the duty should see what is in the category.
func (d Duty) Sees(category string) bool {
	return category != "" && slices.Contains(d.Categories, category)
}

func (d Duty) digest(given []Giving) []byte {
	spec, err := json.Marshal(d.Spec)
	if err != nil {
		panic(err) // words can always be written
	}
	fields := []any{"duty/2", d.ID, string(d.State), d.Unit, d.Name.ZH, d.Name.EN, d.What, string(d.Kind), string(d.Often), d.Minutes, d.Basis, string(spec),
		d.ProposedAt, d.ProposedBy, d.DecidedAt, d.DecidedBy, d.Reason, int64(d.Until), d.EndedAt}
	for _, g := range given {
		fields = append(fields, g.ID, whole(g.Path), g.GivenAt, g.GivenBy, g.EndedAt, g.EndedBy)
	}
	return trail.Digest(fields...)
}

// note leaves a line about a duty in the trail, with what it is and where it is given.
func note(tx *sqldb.Tx, by scope.Actor, d Duty, e trail.Entry) error {
	given, err := givingsEver(tx, d.ID)
	if err != nil {
		return err
	}
	e.Noun, e.Record, e.Digest = Noun, d.ID, d.digest(given)
	return trail.Append(tx, by, e)
}

// whole is a place's whole path, for a digest: a record that is moved to another street is
// found as one whose grid is changed.
func whole(p scope.Path) []byte {
	return trail.Digest(p[scope.Town], p[scope.Village], p[scope.Grid], p[scope.Courtyard])
}

// Limits of what a department writes.
const (
	MaxName    = 40
	MaxWhat    = 500
	MaxBasis   = 200
	MaxMinutes = 240
	MaxFields  = 8
	maxFact    = 40
	minWords   = 4
)

// check says what is missing of a proposal, beside the fields of the form.
func (d *Duty) check() error {
	var l errs.List
	d.Name.ZH, d.Name.EN, d.What, d.Basis = strings.TrimSpace(d.Name.ZH), strings.TrimSpace(d.Name.EN), strings.TrimSpace(d.What), strings.TrimSpace(d.Basis)
	between(&l, "name", d.Name.ZH, 2, MaxName)
	between(&l, "name_en", d.Name.EN, 0, 3*MaxName)
	between(&l, "what", d.What, minWords, MaxWhat)
	between(&l, "basis", d.Basis, minWords, MaxBasis)
	if d.Minutes < 1 || d.Minutes > MaxMinutes {
		l.Add("minutes", "duty.minutes.wrong", MaxMinutes)
	}
	if !slices.Contains(Oftens, d.Often) {
		l.Add("often", "duty.often.wrong")
	}
	switch d.Kind {
	case AtPoint:
		if len(d.Points) == 0 || slices.ContainsFunc(d.Points, func(k PointKind) bool { return !slices.Contains(PointKinds, k) }) {
			l.Add("points", "duty.points.none")
		}
		if len(d.Reads) > 0 {
			l.Add("reads", "duty.reads.home")
		}
	case AtHome:
		if len(d.Points) > 0 {
			l.Add("points", "duty.points.home")
		}
		for _, f := range d.Reads {
			if !people.MayRead(people.KindResident, f, people.VisitAgreed) {
				l.Add("reads", "duty.reads.wrong")
				break
			}
		}
	default:
		l.Add("kind", "duty.kind.wrong")
	}
	d.checkFields(&l)
	return l.Err()
}

func (d *Duty) checkFields(l *errs.List) {
	if len(d.Fields) > MaxFields {
		l.Add("fields", "duty.fields.many", MaxFields)
		return
	}
	seen := map[string]bool{}
	for i := range d.Fields {
		f := &d.Fields[i]
		f.Label.ZH, f.Fact = strings.TrimSpace(f.Label.ZH), strings.TrimSpace(f.Fact)
		if f.Fact == "" {
			f.Fact = f.Label.ZH
		}
		between(l, "fields", f.Label.ZH, 2, maxFact)
		between(l, "fields", f.Fact, 2, maxFact)
		if !slices.Contains(FieldKinds, f.Kind) || f.Key == "" || len(f.Key) > 20 || seen[f.Key] {
			l.Add("fields", "duty.fields.wrong")
		}
		seen[f.Key] = true
	}
}

// between holds a text against its limits, in characters.
func between(l *errs.List, field, s string, least, most int) {
	switch n := utf8.RuneCountInString(s); {
	case !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' }):
		l.Add(field, "patrol.unreadable")
	case n < least:
		l.Add(field, "patrol.short", least)
	case n > most:
		l.Add(field, "patrol.long", most)
	}
}
