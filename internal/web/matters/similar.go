// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"net/http"
	"slices"
	"strings"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// findSimilar looks for open public matters like the one being raised, and for
// those of the reporter's own that it repeats.
func (c *Counter) findSimilar(v *raisePage, r *http.Request, f *form.Form) {
	in := c.read(f)
	ls, err := c.Matters.Similar(r.Context(), v.Actor, in)
	if err != nil {
		c.Log.Warn("similar matters", "err", err)
		return // what cannot be found keeps nobody from raising
	}
	v.Similar = c.likeRows(v.Base, ls)
	again, err := c.Matters.AgainOf(r.Context(), v.Actor, in)
	if err != nil {
		c.Log.Warn("matters raised before", "err", err)
		return
	}
	v.Again = c.again(v.Base, again, "matter.again.yours")
}

// likeRows are matters with why they are thought to be alike.
func (c *Counter) likeRows(b page.Base, ls []matters.Likeness) []page.Row {
	cards := make([]matters.Card, len(ls))
	for i, l := range ls {
		cards[i] = l.Card
	}
	rows := c.rows(b, cards, false)
	for i, l := range ls {
		rows[i].Meta = append(rows[i].Meta, why(b, l)...)
	}
	return rows
}

// why says what two matters have in common.
func why(b page.Base, l matters.Likeness) (out []string) {
	if len(l.Words) > 0 {
		out = append(out, b.T("matter.like.words", strings.Join(l.Words, b.T("matter.like.and"))))
	}
	switch {
	case l.Metres >= 0:
		out = append(out, b.T("matter.like.metres", l.Metres))
	case l.Level >= scope.Grid:
		out = append(out, b.T("matter.like.grid"))
	}
	if l.Days == 0 {
		return append(out, b.T("matter.like.today"))
	}
	return append(out, b.T("matter.like.days", l.Days))
}

// again says how often the reporter has raised the same before, and when.
func (c *Counter) again(b page.Base, cards []matters.Card, key string) *page.Note {
	if len(cards) == 0 {
		return nil
	}
	var days []string
	for _, k := range cards[:min(5, len(cards))] {
		days = append(days, i18n.Date(b.Lang, k.RaisedAt))
	}
	return &page.Note{Tone: page.ToneCalm, Text: b.T(key, len(cards), strings.Join(days, b.T("matter.like.and"))), Link: page.Link{Href: "/matters/" + cards[0].Number, Text: b.T("matter.again.last")}}
}

// likes fills in, for who is to sort a matter, what it may be joined to, and for
// them and its reporter how often it came before.
func (c *Counter) likes(v *showPage, r *http.Request, whole matters.Whole) error {
	if slices.Contains(whole.Acts, matters.Join) && whole.Hindered[matters.Join] == nil {
		ls, err := c.Matters.SimilarTo(r.Context(), v.Actor, whole.Matter)
		if err != nil {
			return err
		}
		for _, l := range ls {
			v.Likes = append(v.Likes, like{Title: l.Card.Title, Href: "/matters/" + l.Card.Number, Why: strings.Join(why(v.Base, l), " · "),
				Join: "/matters/" + whole.Matter.Number + "/join?to=" + l.Card.Number})
		}
	}
	if !v.Inside && !v.Reporter {
		return nil
	}
	again, err := c.Matters.Again(r.Context(), v.Actor, whole.Matter)
	if n := c.again(v.Base, again, "matter.again"); n != nil {
		v.Notes = append(v.Notes, *n)
	}
	return err
}

// A like is a matter that another may be joined to.
type like struct{ Title, Href, Why, Join string }
