// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"net/http"
	"strings"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

type todayPage struct {
	page.Base
	Head   page.Head
	Ways   []page.Tab
	Rounds []roundBlock
	Before []roundBlock // yesterday's, while there is none today
	Over   []handover
	Empty  page.Empty
}

// A roundBlock is one round on the page of the day.
type roundBlock struct {
	Title, When string
	Said        string // 8 of 9
	Pill        page.Pill
	Light       page.Light
	Rows        []page.Row
	Grid        page.Link
}

type handover struct{ Where, Words, By, Action string }

var todayShown = page.New[todayPage](files, "today.html", "block.html")

// home sends everybody to what of the grids' work is theirs: the rounds of who walks, what
// was covered to who arranges or sees it, the duty list to everybody else.
func (c *Counter) home(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	switch {
	case c.Patrol.Walks(b.Actor):
		return c.today(w, r)
	case b.Staff() && (b.Actor.Has(access.Arrange) || b.Actor.Has(access.See)):
		return page.Redirect(w, r, "/patrol/coverage")
	}
	return page.Redirect(w, r, "/patrol/duties")
}

func (c *Counter) today(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("patrol.today")
	walks, err := c.Patrol.Today(r.Context(), b.Actor)
	if err != nil {
		return err
	}
	v := c.todayPage(b, walks)
	if len(walks) == 0 {
		last, _ := patrol.Yesterday(b.Now)
		before, err := c.Patrol.On(r.Context(), b.Actor, last)
		if err != nil {
			return err
		}
		for _, x := range before {
			v.Before = append(v.Before, c.roundBlock(b, x))
		}
	}
	over, err := c.Patrol.Handovers(r.Context(), b.Actor)
	if err != nil {
		return err
	}
	for _, a := range over {
		v.Over = append(v.Over, handover{Where: c.where(b, a.Path), Words: a.Words, By: b.T("duty.by", a.BegunBy, i18n.Date(b.Lang, a.BegunAt)), Action: "/patrol/handovers/" + a.ID.String() + "/take"})
	}
	return todayShown.Show(w, r, v)
}

// begin draws the present round up before its hour.
func (c *Counter) begin(w http.ResponseWriter, r *http.Request) error {
	if _, err := c.Patrol.Begin(r.Context(), page.Actor(r)); err != nil {
		return err
	}
	return page.Redirect(w, r, "/patrol")
}

func (c *Counter) todayPage(b page.Base, walks []patrol.Walk) todayPage {
	v := todayPage{
		Base: b, Head: page.Head{Title: b.T("patrol.today"), Lead: i18n.Date(b.Lang, b.Now)}, Ways: ways(b, "/patrol"),
		Empty: page.Empty{Icon: "check", Title: b.T("patrol.today.none"), Text: b.T("patrol.today.none.text")},
	}
	for _, x := range walks {
		v.Rounds = append(v.Rounds, c.roundBlock(b, x))
	}
	return v
}

func (c *Counter) roundBlock(b page.Base, x patrol.Walk) roundBlock {
	from, to := x.Round.Window()
	v := roundBlock{
		Title: b.T("patrol.round.title", x.Grid.Name.In(b.Lang), b.T(half(x.Round.Slot))), When: b.T("patrol.window", clock(from), clock(to)),
		Said: b.T("patrol.covered", x.Cover.Done, x.Cover.Due), Grid: page.Link{Href: "/patrol/grids/" + x.Grid.ID.String(), Text: b.T("patrol.grid.open")},
	}
	switch {
	case x.Cover.Due == 0:
		v.Pill = page.Pill{Text: b.T("patrol.round.nothing"), Tone: page.ToneQuiet}
	case x.Cover.Done == x.Cover.Due:
		v.Pill = page.Pill{Text: b.T("patrol.round.whole"), Tone: page.ToneDone}
	case x.Round.Over(b.Now):
		v.Pill = page.Pill{Text: b.T("patrol.round.missed", x.Cover.Due-x.Cover.Done), Tone: page.ToneLate}
	default:
		v.Pill = page.Pill{Text: b.T("patrol.round.left", x.Cover.Due-x.Cover.Done), Tone: page.ToneSoon}
	}
	for i, s := range x.Round.Due {
		v.Rows = append(v.Rows, c.stopRow(b, x, s, i+1))
	}
	return v
}

func half(s patrol.Slot) string {
	if s.IsMorning() {
		return "patrol.half.morning"
	}
	return "patrol.half.afternoon"
}

func clock(t time.Time) string { return t.In(i18n.Zone).Format("15:04") }

// stopRow is one stop of the way.
func (c *Counter) stopRow(b page.Base, x patrol.Walk, s patrol.Stop, n int) page.Row {
	row := page.Row{Number: b.T("patrol.stop.n", n)}
	var names []string
	for _, d := range s.Duties {
		names = append(names, x.Duties[d].Name.In(b.Lang))
	}
	if s.Point != 0 {
		p := x.Points[s.Point]
		row.Title, row.Href = p.Name, "/patrol/points/"+p.ID.String()
		row.Meta = append(row.Meta, b.T("patrol.kind."+string(p.Kind)))
	} else {
		row.Title, row.Href = b.T("patrol.visit.row", x.Visits[s.Visit].Number), "/patrol/visits/"+s.Visit.String()
		row.Tags = append(row.Tags, b.T("patrol.visit.tag"))
	}
	if len(names) > 0 {
		row.Meta = append(row.Meta, strings.Join(names, b.T("when.comma")))
	}
	if len(s.Matters) > 0 {
		row.Tags = append(row.Tags, b.T("patrol.stop.matters", len(s.Matters)))
	}
	done, proved := false, false
	for _, e := range x.Entries {
		if e.Point == s.Point && e.Visit == s.Visit {
			row.Pill, done = page.Pill{Text: b.T("patrol.result." + string(e.Result)), Tone: resultTone(e)}, true
			proved = proved || e.Proved()
		}
	}
	missed := false
	for _, m := range x.Cover.Missed {
		missed = missed || m.Point == s.Point && m.Visit == s.Visit
	}
	switch {
	case done && missed && proved: // entered before or after the window
		row.Pill = page.Pill{Text: b.T("patrol.stop.outside"), Tone: page.ToneSoon}
	case done && missed: // entered, and not shown that somebody was there
		row.Pill = page.Pill{Text: b.T("patrol.stop.unproved"), Tone: page.ToneSoon}
	case done:
	case !s.Counts():
		row.Pill = page.Pill{Text: b.T("patrol.stop.passing"), Tone: page.ToneQuiet}
	case x.Round.Over(b.Now):
		row.Pill = page.Pill{Text: b.T("patrol.stop.missed"), Tone: page.ToneLate}
	default:
		row.Pill, row.Yours = page.Pill{Text: b.T("patrol.stop.due"), Tone: page.ToneCalm}, true
	}
	return row
}

func resultTone(e patrol.Entry) page.Tone {
	switch e.Result {
	case patrol.Finding, patrol.NobodyIn, patrol.Needed:
		return page.ToneSoon
	case patrol.Nothing, patrol.Settled:
	}
	return page.ToneDone
}

func (c *Counter) takeOver(w http.ResponseWriter, r *http.Request) error {
	d, err := record(r, "patrol.assignment.none")
	if err != nil {
		return err
	}
	if err := c.Patrol.TakeOver(r.Context(), page.Actor(r), d); err != nil {
		return err
	}
	return page.Done(w, r, "/patrol", "patrol.done.take")
}

// account is the name of who has an account, by their posts and name.
func (c *Counter) account(r *http.Request, d id.ID) string {
	if d == 0 || c.Names == nil {
		return ""
	}
	name, err := c.Names(r.Context(), d)
	if err != nil {
		return d.String()
	}
	return name
}

// roundOf shows one round of any day, to who sees the rounds of its grid.
func (c *Counter) roundOf(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	d, err := record(r, "patrol.grid.none")
	if err != nil {
		return err
	}
	slot, err := slotIn(r.PathValue("slot"))
	if err != nil {
		return err
	}
	x, err := c.Patrol.Walk(r.Context(), b.Actor, d, slot)
	if err != nil {
		return err
	}
	return roundShown.Show(w, r, c.roundPage(b, x))
}

type roundPage struct {
	page.Base
	Head  page.Head
	Block roundBlock
	Said  []page.Event
	Note  page.Note
}

var roundShown = page.New[roundPage](files, "round.html", "block.html")

func (c *Counter) roundPage(b page.Base, x patrol.Walk) roundPage {
	block := c.roundBlock(b, x)
	b.Title = block.Title
	b.Crumbs = []page.Link{{Href: "/patrol", Text: b.T("patrol.title")}}
	title, when := block.Title, block.When
	block.Title, block.When = "", "" // the head says them
	v := roundPage{Base: b, Head: page.Head{Kicker: c.where(b, x.Grid.Path), Title: title, Lead: i18n.Day(b.Lang, x.Round.Slot.Date(), b.Now.Year()) + " · " + when}, Block: block,
		Note: page.Note{Tone: page.ToneQuiet, Text: b.T("patrol.round.note")}}
	for _, e := range x.Entries {
		name := ""
		if e.Point != 0 {
			name = x.Points[e.Point].Name
		} else {
			name = b.T("patrol.visit.row", x.Visits[e.Visit].Number)
		}
		if name == "" {
			name = b.T("patrol.entry.extra")
		}
		ev := page.Event{At: e.At, Who: name, What: b.T("patrol.result."+string(e.Result)) + " · " + b.T("patrol.proof."+string(e.Proof)), Note: e.Words, Tone: resultTone(e), Files: c.filesOf(b, e)}
		v.Said = append(v.Said, ev)
	}
	return v
}

// sees reports whether the actor sees the rounds of some place.
func sees(by scope.Actor) bool {
	return by.Has(access.Patrol) || by.Has(access.Arrange) || by.Has(access.See) || by.Has(access.Audit)
}
