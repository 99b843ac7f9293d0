// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"net/http"
	"strconv"
	"time"

	"yuanba/internal/domain/volunteers"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// frontPage is what there is to help with, around the reader first.
type frontPage struct {
	page.Base
	Head   page.Head
	Tabs   []page.Tab
	Filter page.Filter
	Rows   []page.Row
	Empty  page.Empty
	Thanks []thanks
	Note   page.Note
}

// thanks are one honour as everybody sees it.
type thanks struct{ Name, Words, When string }

var fronted = page.New[frontPage](files, "front.html")

// around is the village around the reader, or the one that the address names; false
// for the whole town.
func (c *Counter) around(r *http.Request, b page.Base) (place id.ID, in scope.Scope) {
	words, chosen := r.URL.Query().Get("place"), r.URL.Query().Has("place")
	if chosen {
		d, err := id.Parse(words)
		if err != nil {
			return 0, scope.Scope{}
		}
		place = d
	} else {
		place = c.home(r, b)
	}
	p, ok := c.Places.Tree().Get(place)
	if _, level := p.Path.Last(); !ok || level == scope.City {
		return 0, scope.Scope{}
	}
	return place, scope.Of(p.Path)
}

// home is the village where a resident lives, or that a clerk's unit serves.
func (c *Counter) home(r *http.Request, b page.Base) id.ID {
	switch b.Actor.Kind {
	case scope.Resident:
		who, err := c.People.Get(r.Context(), b.Actor.Resident)
		if err != nil {
			return 0
		}
		return who.Place[scope.Village]
	case scope.Staff:
		u, _ := c.Orgs.Directory().Unit(b.Actor.Unit)
		return u.Path[scope.Village]
	case scope.Anonymous, scope.Outside, scope.Machine, scope.System:
	}
	return 0
}

// villages are all of them as options, by town.
func (c *Counter) villages(b page.Base, in scope.Scopes) []page.Option {
	tree := c.Places.Tree()
	city, _ := tree.City()
	var os []page.Option
	for _, t := range tree.Children(city.ID) {
		for _, v := range tree.Children(t.ID) {
			if v.Open() && in.Contains(v.Path) {
				os = append(os, page.Option{Value: v.ID.String(), Text: v.Name.In(b.Lang), Group: t.Name.In(b.Lang)})
			}
		}
	}
	return os
}

func (c *Counter) front(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("volunteers.title")
	place, in := c.around(r, b)
	ts, err := c.Volunteers.ListTasks(r.Context(), b.Actor, volunteers.TaskFilter{Place: in, From: b.Now})
	if err != nil {
		return err
	}
	hs, err := c.Volunteers.Thanked(r.Context(), in, 8)
	if err != nil {
		return err
	}
	v := c.frontPage(b, ts, hs)
	f := page.NewField(b.Lang, nil, "place", "volunteers.place").Of(c.villages(b, scope.All)).Quiet()
	f.Hold = b.T("volunteers.place.all")
	if place != 0 {
		f = f.From(place.String())
	}
	v.Filter = page.Filter{Action: "/volunteers", Fields: []page.Field{f}, Count: b.T("volunteers.tasks.count", len(ts))}
	if place != 0 {
		v.Filter.Reset = "/volunteers?place="
	}
	return fronted.Show(w, r, v)
}

func (c *Counter) frontPage(b page.Base, ts []volunteers.Task, hs []volunteers.Thanks) frontPage {
	v := frontPage{Base: b, Head: page.Head{Title: b.T("volunteers.title"), Lead: b.T("volunteers.lead")}, Tabs: tabs(b, "/volunteers"),
		Note:  page.Note{Tone: page.ToneCalm, Text: b.T("volunteers.promise")},
		Empty: page.Empty{Icon: "hand", Title: b.T("volunteers.tasks.none"), Text: b.T("volunteers.tasks.none.text"), Action: page.Link{Href: "/volunteers?place=", Text: b.T("volunteers.place.all")}}}
	switch {
	case b.Actor.Has("organise"):
		v.Head.Action = page.Link{Href: "/volunteers/draw", Text: b.T("volunteers.draw"), Icon: "plus", Main: true}
	case b.Actor.Kind == scope.Resident:
		v.Head.Action = page.Link{Href: "/volunteers/me", Text: b.T("volunteers.tab.me"), Icon: "hand", Main: true}
	case b.Anonymous():
		v.Head.Action = page.Link{Href: "/volunteers/me", Text: b.T("volunteers.join"), Icon: "hand", Main: true}
	}
	for _, t := range ts {
		v.Rows = append(v.Rows, c.taskRow(b, t, ""))
	}
	for _, h := range hs {
		v.Thanks = append(v.Thanks, thanks{h.Name, said(b, h.Hours, h.Words), i18n.Date(b.Lang, h.At)})
	}
	return v
}

// said is what an honour is for.
func said(b page.Base, hours int64, words string) string {
	if hours > 0 {
		return b.T("volunteers.honour.hours", hours)
	}
	return words
}

// potPage is what everybody may know of the points.
type potPage struct {
	page.Base
	Head    page.Head
	Tabs    []page.Tab
	Figures []figure
	Notes   []string
	Back    string
	On      string
	Dues    page.Table
	Settle  bool
	Unit    page.Field
	Points  page.Field
	Note    page.Field
}

// figure is one large number with its word.
type figure struct{ Number, Word string }

var potted = page.New[potPage](files, "pot.html")

// quarterOf is the one in the address, or the present one.
func quarterOf(r *http.Request, now time.Time) (volunteers.Quarter, error) {
	words := r.URL.Query().Get("quarter")
	if words == "" {
		return volunteers.QuarterOf(now), nil
	}
	return volunteers.ParseQuarter(words)
}

func quarterName(b page.Base, q volunteers.Quarter) string {
	return b.T("volunteers.quarter.name", strconv.Itoa(q.Year()), q.Number())
}

func (c *Counter) pot(w http.ResponseWriter, r *http.Request) error {
	v, err := c.potFor(r)
	if err != nil {
		return err
	}
	return potted.Show(w, r, v)
}

func (c *Counter) potFor(r *http.Request) (v potPage, err error) {
	b := page.From(r).Titled("volunteers.pot")
	q, err := quarterOf(r, b.Now)
	if err != nil {
		return v, err
	}
	p, err := c.Volunteers.PotOf(r.Context(), q)
	if err != nil {
		return v, err
	}
	v = showPot(b, p)
	if !b.Actor.Has("administer") && !b.Actor.Has("audit") {
		return v, nil
	}
	ds, err := c.Volunteers.Dues(r.Context(), b.Actor)
	if err != nil {
		return v, err
	}
	c.settling(&v, ds)
	return v, nil
}

// settling is what the city does on the page of the pot.
func (c *Counter) settling(v *potPage, ds []volunteers.Due) {
	v.Dues = page.Table{Caption: v.T("volunteers.settle.dues"), Cols: []page.Col{{Text: v.T("volunteers.offer.member")}, {Text: v.T("volunteers.points"), Num: true}}}
	os := []page.Option{}
	for _, d := range ds {
		v.Dues.Rows = append(v.Dues.Rows, []page.Cell{{Text: c.unit(v.Base, d.Unit)}, {Text: page.Number(int(d.Points))}})
		os = append(os, page.Option{Value: d.Unit.String(), Text: c.unit(v.Base, d.Unit)})
	}
	if v.Settle = len(ds) > 0 && v.Actor.Has("administer"); v.Settle {
		v.Unit = page.NewField(v.Lang, v.Form, "unit", "volunteers.offer.member").Need().Of(os)
		v.Points = page.NewField(v.Lang, v.Form, "points", "volunteers.points").As("number").Need()
		v.Note = page.NewField(v.Lang, v.Form, "note", "volunteers.settle.note").Need().Rows(2).Max(500)
	}
}

// totalled is a total in words: hidden, if it is of so few that it would tell of one.
func totalled(b page.Base, t volunteers.Total) string {
	if t.Hidden {
		return b.T("volunteers.pot.few", volunteers.Few)
	}
	return page.Number(int(t.Points))
}

func showPot(b page.Base, p volunteers.Pot) potPage {
	b = front(b)
	v := potPage{Base: b, Head: page.Head{Kicker: quarterName(b, p.Quarter), Title: b.T("volunteers.pot"), Lead: b.T("volunteers.pot.lead")}, Tabs: tabs(b, "/volunteers/pot"),
		Back: "/volunteers/pot?quarter=" + (p.Quarter - 1).String()}
	if p.Quarter < volunteers.QuarterOf(b.Now) {
		v.On = "/volunteers/pot?quarter=" + (p.Quarter + 1).String()
	}
	add := func(key, number string) { v.Figures = append(v.Figures, figure{number, b.T(key)}) }
	add("volunteers.pot.issued", totalled(b, p.Issued))
	add("volunteers.pot.redeemed", totalled(b, p.Redeemed))
	add("volunteers.pot.given_back", totalled(b, p.GivenBack))
	add("volunteers.pot.corrected", totalled(b, p.Corrected))
	add("volunteers.pot.settled", totalled(b, p.Settled))
	add("volunteers.pot.outstanding", totalled(b, p.Outstanding))
	add("volunteers.pot.members", page.Number(int(p.Members)))
	v.Notes = []string{b.T("volunteers.pot.zero"), b.T("volunteers.pot.hidden", volunteers.Few)}
	return v
}
