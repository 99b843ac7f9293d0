// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"fmt"
	"math"
	"net/http"
	"strconv"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/share"
	"yuanba/internal/web/page"
)

// A coveragePage says what of the rounds of a place was covered in a week, and what was
// missed yesterday.
type coveragePage struct {
	page.Base
	Head   page.Head
	Ways   []page.Tab
	Facts  []page.Fact
	Missed []page.Row
	More   int // missed ones that are not listed
	Table  page.Table
	Pager  page.Pager
	Note   page.Note
	Empty  page.Empty
	Any    bool
}

var coverageShown = page.New[coveragePage](files, "coverage.html")

func (c *Counter) coverage(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("patrol.coverage")
	if !b.Staff() {
		return errs.New(errs.Denied, scope.DeniedSignIn)
	}
	place, err := c.place(r, b.Actor)
	if err != nil {
		return err
	}
	week := patrol.SlotAt(b.Now).Week()
	if s := r.URL.Query().Get("week"); s != "" {
		if week, err = slotIn(s); err != nil {
			return err
		}
		week = week.Week()
	}
	ws, err := c.Patrol.Covered(r.Context(), b.Actor, patrol.Span{In: place, From: week, To: week + 14})
	if err != nil {
		return err
	}
	from, to := patrol.Yesterday(b.Now)
	last, err := c.Patrol.Covered(r.Context(), b.Actor, patrol.Span{In: place, From: from, To: to})
	if err != nil {
		return err
	}
	var gaps []patrol.Gap
	for _, g := range last {
		gaps = append(gaps, g.Gaps...)
	}
	more := max(0, len(gaps)-mostMissed)
	gaps = gaps[:len(gaps)-more]
	names, err := c.Patrol.Names(r.Context(), gaps)
	if err != nil {
		return err
	}
	v := c.coveragePage(b, place, week, ws)
	v.More = more
	for _, g := range gaps {
		v.Missed = append(v.Missed, c.missedRow(b, g, names))
	}
	return coverageShown.Show(w, r, v)
}

// mostMissed is how many missed stops of yesterday are listed.
const mostMissed = 20

func (c *Counter) missedRow(b page.Base, g patrol.Gap, names map[id.ID]string) page.Row {
	name := names[g.Stop.Point]
	if g.Stop.Visit != 0 {
		name = b.T("patrol.visit.row", names[g.Stop.Visit])
	}
	return page.Row{Href: roundHref(g.Path, g.Slot), Title: name, Meta: []string{c.where(b, g.Path), i18n.Day(b.Lang, g.Slot.Date(), b.Now.Year()), b.T(half(g.Slot))}, Pill: page.Pill{Text: b.T("patrol.stop.missed"), Tone: page.ToneLate}}
}

func roundHref(p scope.Path, s patrol.Slot) string {
	return fmt.Sprintf("/patrol/grids/%s/rounds/%d", p[scope.Grid], s)
}

// place is the part of the town that is asked for, or where the reader's own posts are.
func (c *Counter) place(r *http.Request, by scope.Actor) (scope.Scope, error) {
	if s := r.URL.Query().Get("place"); s != "" {
		d, err := id.Parse(s)
		p, ok := c.Places.Tree().Get(d)
		if err != nil || !ok {
			return scope.Scope{}, errs.New(errs.NotFound, "patrol.place.none")
		}
		return scope.Of(p.Path), nil
	}
	best := scope.Scope{}
	for _, need := range []scope.Need{access.Patrol, access.Arrange, access.See, access.Audit} {
		for _, in := range by.Scopes(need, page.From(r).Now) {
			if best.Level == scope.City || in.Level < best.Level {
				best = in
			}
		}
		if best.Level != scope.City {
			break
		}
	}
	return best, nil
}

func (c *Counter) coveragePage(b page.Base, place scope.Scope, week patrol.Slot, ws []patrol.GridWeek) coveragePage {
	v := coveragePage{
		Base: b, Ways: ways(b, "/patrol/coverage"), Any: len(ws) > 0,
		Note:  page.Note{Tone: page.ToneCalm, Text: b.T("patrol.coverage.note")},
		Empty: page.Empty{Icon: "calendar", Title: b.T("patrol.coverage.none"), Text: b.T("patrol.coverage.none.text")},
	}
	path := c.pathOf(place)
	v.Head = page.Head{Kicker: c.where(b, path), Title: b.T("patrol.coverage"), Lead: b.T("patrol.week", i18n.Day(b.Lang, week.Date(), b.Now.Year()), i18n.Day(b.Lang, (week+12).Date(), b.Now.Year()))}
	at := "/patrol/coverage?"
	if place.Level != scope.City {
		at += "place=" + place.ID.String() + "&"
		if up := c.above(path); up != "" {
			v.Crumbs = append(v.Crumbs, page.Link{Href: up, Text: b.T("patrol.coverage.up")})
		}
	}
	v.Pager.Older = at + "week=" + strconv.Itoa(int(week-14))
	if week+14 <= patrol.SlotAt(b.Now) {
		v.Pager.Newer = at + "week=" + strconv.Itoa(int(week+14))
	}
	level := min(place.Level+1, scope.Grid)
	v.Table = page.Table{Caption: b.T("patrol.coverage.table"), Cols: []page.Col{{Text: b.T("patrol.coverage.place")}, {Text: b.T("patrol.coverage.rounds"), Num: true}, {Text: b.T("patrol.coverage.due"), Num: true}, {Text: b.T("patrol.coverage.done"), Num: true},
		{Text: b.T("patrol.coverage.share"), Num: true}, {Text: b.T("patrol.coverage.found"), Num: true}, {Text: b.T("patrol.coverage.settled"), Num: true}}}
	var all patrol.GridWeek
	var order []id.ID
	by := map[id.ID]*patrol.GridWeek{}
	for _, g := range ws {
		d := g.Path[level]
		if by[d] == nil {
			by[d] = &patrol.GridWeek{Path: g.Path}
			order = append(order, d)
		}
		for _, x := range []*patrol.GridWeek{by[d], &all} {
			x.Rounds, x.Coverage, x.Reported, x.Settled, x.Unproved = x.Rounds+g.Rounds, x.Coverage.Add(g.Coverage), x.Reported+g.Reported, x.Settled+g.Settled, x.Unproved+g.Unproved
		}
	}
	for _, d := range order {
		x := by[d]
		href := "/patrol/coverage?place=" + d.String() + "&week=" + strconv.Itoa(int(week))
		if level == scope.Grid {
			href = "/patrol/grids/" + d.String()
		}
		v.Table.Rows = append(v.Table.Rows, []page.Cell{{Text: c.placeName(b, d), Href: href}, {Text: strconv.Itoa(x.Rounds)}, {Text: strconv.Itoa(x.Due)}, {Text: strconv.Itoa(x.Done)}, {Text: portion(b, x.Done, x.Due)}, {Text: strconv.Itoa(x.Reported)}, {Text: strconv.Itoa(x.Settled)}})
	}
	v.Facts = []page.Fact{
		{Label: b.T("patrol.coverage.share"), Value: portion(b, all.Done, all.Due), Lines: []string{b.T("patrol.covered", all.Done, all.Due)}},
		{Label: b.T("patrol.coverage.rounds"), Value: strconv.Itoa(all.Rounds)},
		{Label: b.T("patrol.coverage.found"), Value: b.T("patrol.coverage.found.of", all.Reported, all.Settled)},
	}
	if all.Unproved > 0 {
		v.Facts = append(v.Facts, page.Fact{Label: b.T("patrol.coverage.unproved"), Value: strconv.Itoa(all.Unproved), Lines: []string{b.T("patrol.coverage.unproved.why")}})
	}
	return v
}

// portion is a share in words; of few cases with the interval that they leave.
func portion(b page.Base, done, of int) string {
	if of == 0 {
		return b.T("patrol.share.none")
	}
	s := b.T("patrol.share", percent(float64(done)/float64(of)))
	if of < share.Few {
		low, high := share.Wilson(int64(done), int64(of))
		between := b.T("patrol.share.between", percent(low), percent(high))
		s += " " + between
	}
	return s
}

// percent never says a whole of what lacks something.
func percent(x float64) string {
	p := math.Floor(1000*x) / 10
	return strconv.FormatFloat(p, 'f', -1, 64)
}

func (c *Counter) pathOf(s scope.Scope) scope.Path {
	if c.Places != nil {
		if p, ok := c.Places.Tree().Get(s.ID); ok && s.Level != scope.City {
			return p.Path
		}
	}
	return scope.Path{}
}

func (c *Counter) placeName(b page.Base, d id.ID) string {
	if c.Places != nil {
		if p, ok := c.Places.Tree().Get(d); ok {
			return p.Name.In(b.Lang)
		}
	}
	return b.T("patrol.city")
}

// above is the page of the place above one; "" if that is the city's.
func (c *Counter) above(p scope.Path) string {
	_, l := p.Last()
	for l--; l > scope.City; l-- {
		if p[l] != 0 {
			return "/patrol/coverage?place=" + p[l].String()
		}
	}
	return ""
}
