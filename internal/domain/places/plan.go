// SPDX-License-Identifier: Apache-2.0

package places

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// maxName is how long a name may be, in characters of its language.
const maxName = 60

// A plan is what one act will do to the tree. Rules ask it for places and put
// changes into it; nothing is written before all rules have agreed.
type plan struct {
	tx      *sqldb.Tx
	by      scope.Actor
	tree    *Tree
	on      Day // the day on which it takes effect
	today   Day
	changes []change
	at      map[id.ID]int // where in changes a place's change is
}

// A change is one place's part of an act.
type change struct {
	act        Act
	now        Place
	was        *node    // nil for a new place
	shape      *outline // a new outline, if any
	shapeless  bool     // the outline there was has ended, and none follows
	successors []id.ID
	note       string
}

// get returns a place as it will be, or NotFound.
func (p *plan) get(d id.ID) (Place, error) {
	if i, ok := p.at[d]; ok {
		return p.changes[i].now, nil
	}
	if n := p.tree.places[d]; n != nil {
		return n.Place, nil
	}
	return Place{}, errs.New(errs.NotFound, "place.none")
}

// open returns an open place that the actor administers, as the caller saw it:
// a version other than 0 must be that of the place.
func (p *plan) open(d id.ID, version int64) (Place, error) {
	n := p.tree.places[d]
	if n == nil {
		return Place{}, errs.New(errs.NotFound, "place.none")
	}
	if err := p.allow(n.Path); err != nil {
		return Place{}, err
	}
	switch {
	case !n.Open():
		return Place{}, errs.New(errs.Conflict, "place.closed", n.Name, string(n.To))
	case version != 0 && version != n.Version:
		return Place{}, errs.New(errs.Conflict, "record.changed")
	}
	return n.Place, nil
}

// allow refuses unless the actor administers the place at path.
func (p *plan) allow(path scope.Path) error {
	if d := p.by.May(administer, scope.Target{Path: path, At: p.tx.Now()}); !d.OK {
		return errs.New(errs.Denied, d.Key, d.Args...)
	}
	return nil
}

// day settles the day of the act: today if none is given. It is Invalid unless
// it is a day, not to come, and not before the latest change of any of the
// places.
func (p *plan) day(places ...Place) error {
	if p.on == "" {
		p.on = p.today
	}
	if !p.on.valid() {
		return errs.At("on", "place.day.malformed")
	}
	if p.on > p.today {
		return errs.At("on", "place.day.future")
	}
	for _, x := range places {
		if last := max(x.From, x.Since); p.on < last {
			return errs.At("on", "place.day.before", x.Name, string(last))
		}
	}
	return nil
}

// put adds a change. A place is changed once in a plan.
func (p *plan) put(act Act, now Place, note string) *change {
	c := change{act: act, now: now, was: p.tree.places[now.ID], note: note}
	p.at[now.ID] = len(p.changes)
	p.changes = append(p.changes, c)
	return &p.changes[len(p.changes)-1]
}

// reword puts a change after which the place is otherwise than before from the
// plan's day on.
func (p *plan) reword(act Act, now Place, note string) {
	now.Since = p.on
	p.put(act, now, note)
}

// end puts a change that closes a place.
func (p *plan) end(act Act, now Place, note string, successors []id.ID) {
	now.To = p.on
	p.put(act, now, note).successors = successors
}

// check sees that the tree will be sound: no code twice, no name twice among
// brothers and sisters of one kind, one city.
func (p *plan) check() error {
	type code struct {
		scheme Scheme
		code   string
	}
	type name struct {
		parent id.ID
		kind   Kind
		zh     string
	}
	codes, names, cities := map[code]Place{}, map[name]bool{}, 0
	see := func(x Place) error {
		if !x.Open() {
			return nil
		}
		if x.Kind == City {
			if cities++; cities > 1 {
				return errs.New(errs.Conflict, "place.city.second")
			}
		}
		c, n := code{x.Scheme, x.Code}, name{x.Parent, x.Kind, x.Name.ZH}
		if other, taken := codes[c]; taken && x.Code != "" {
			return errs.At("code", "place.code.taken", x.Code, other.Name)
		}
		if names[n] {
			return errs.At("name", "place.name.taken", x.Name)
		}
		codes[c], names[n] = x, true
		return nil
	}
	for _, n := range p.tree.order {
		if _, ok := p.at[n.ID]; !ok {
			if err := see(n.Place); err != nil {
				return err
			}
		}
	}
	for _, c := range p.changes {
		if err := see(c.now); err != nil {
			return err
		}
	}
	return nil
}

// apply writes one change, its history and its line in the trail.
func (p *plan) apply(c change) error {
	var earlier []Span
	var geojson string
	successors := slices.Clone(c.successors)
	if c.was == nil {
		c.now.Version = 1
		if err := insertPlace(p.tx, c.now); err != nil {
			return err
		}
	} else {
		earlier, successors = c.was.earlier(), append(successors, c.was.Successors...)
		c.now.Version = c.was.Version + 1
		if err := updatePlace(p.tx, c.now); err != nil {
			return err
		}
		if c.now.Open() && different(c.was.Place, c.now) {
			old := c.was.span()
			old.Act, old.To = c.act, p.on
			earlier = append(earlier, old)
			if err := insertSpan(p.tx, c.now.ID, old); err != nil {
				return err
			}
		}
		if c.was.shape != nil && !c.shapeless {
			geojson = c.was.shape.geojson
		}
	}
	for _, s := range c.successors {
		if err := insertSuccessor(p.tx, c.now.ID, s, p.on); err != nil {
			return err
		}
	}
	if c.shape != nil || c.shapeless {
		if err := endShape(p.tx, c.now.ID, p.on); err != nil {
			return err
		}
	}
	if c.shape != nil {
		c.shape.version, geojson = c.now.Version, c.shape.geojson
		if err := insertShape(p.tx, c.now.ID, p.on, c.shape); err != nil {
			return err
		}
	}
	to := ""
	if !c.now.Open() {
		to = "closed"
	}
	return trail.Append(p.tx, p.by, trail.Entry{
		Noun: Noun, Record: c.now.ID, Act: string(c.act), To: to, Note: c.note,
		Digest: digest(c.now, earlier, successors, geojson),
	})
}

func (n *node) earlier() []Span { return slices.Clone(n.spans[:len(n.spans)-1]) }

// different reports whether the place goes on as something else, so that what it
// was belongs in the history.
func different(was, now Place) bool {
	return was.Scheme != now.Scheme || was.Code != now.Code || was.Name != now.Name ||
		was.Community != now.Community || was.Parent != now.Parent
}

// digest is that of a place's whole state: what it is, what it was, who follows
// it, and its outline.
func digest(x Place, earlier []Span, successors []id.ID, geojson string) []byte {
	fields := []any{
		x.ID, string(x.Kind), string(x.Scheme), x.Code, x.Name.ZH, x.Name.EN, string(x.Community), x.Parent,
		string(x.From), string(x.To), string(x.Since), x.Point[0], x.Point[1], string(x.Accuracy), x.Version, geojson,
		len(earlier),
	}
	for _, s := range earlier {
		fields = append(fields, string(s.From), string(s.To), string(s.Act), string(s.Scheme), s.Code, s.Name.ZH, s.Name.EN, string(s.Community), s.Parent, s.Version)
	}
	slices.Sort(successors)
	for _, s := range slices.Compact(successors) {
		fields = append(fields, s)
	}
	return trail.Digest(fields...)
}

// named checks and completes a name: its English is made if none is given.
func named(n i18n.Text) (i18n.Text, error) {
	n = i18n.Text{ZH: strings.TrimSpace(n.ZH), EN: strings.Join(strings.Fields(n.EN), " ")}
	var l errs.List
	for _, one := range []struct{ field, text string }{{"name", n.ZH}, {"name_en", n.EN}} {
		switch {
		case one.text == "" && one.field == "name":
			l.Add(one.field, "place.name.empty")
		case !utf8.ValidString(one.text) || strings.ContainsFunc(one.text, unicode.IsControl):
			l.Add(one.field, "place.name.letters")
		case utf8.RuneCountInString(one.text) > maxName:
			l.Add(one.field, "place.name.long", maxName)
		}
	}
	if n.EN == "" && len(l) == 0 {
		n.EN = English(n.ZH)
	}
	return n, l.Err()
}

// outlineOf makes ready to keep what has been checked.
func outlineOf(s geo.Shape) *outline {
	b := geo.AppendShape(nil, s, 7)
	rounded, err := geo.ParseShape(b)
	if err != nil {
		rounded = s // cannot be: what was just written can be read
	}
	return &outline{shape: rounded, area: geo.Area(rounded), geojson: string(b)}
}
