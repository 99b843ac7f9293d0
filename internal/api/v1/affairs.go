// SPDX-License-Identifier: Apache-2.0

package v1

import (
	"net/http"
	"time"

	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// OpenAffairs are how it stands with what a village has to open.
type OpenAffairs struct {
	Place PlaceRef   `json:"place"`
	Since string     `json:"since,omitempty" doc:"The day its page was opened; nothing before is asked for."`
	Items []OpenItem `json:"items" nullable:"false"`
}

// An OpenItem is an item of open affairs in one period.
type OpenItem struct {
	Code   string     `json:"code"`
	Kind   string     `json:"kind" enum:"party,village,finance"`
	Name   string     `json:"name"`
	Basis  string     `json:"basis" doc:"The rule that asks for it."`
	Period string     `json:"period" doc:"2026, 2026-Q1, 2026-03, or, of a great matter, the day it happened."`
	Due    time.Time  `json:"due"`
	Opened *time.Time `json:"opened,omitempty"`
	Late   bool       `json:"late" doc:"It is overdue, or came after it was due."`
	Notice string     `json:"notice,omitempty" doc:"The id of the notice by which it was opened."`
}

// A Statement is what happened to a village's money in a period, in fen.
type Statement struct {
	Place  PlaceRef      `json:"place"`
	Period string        `json:"period"`
	Before int64         `json:"before" doc:"What was there at its beginning."`
	Income int64         `json:"income"`
	Outgo  int64         `json:"outgo"`
	After  int64         `json:"after"`
	Lines  []LedgerEntry `json:"lines" nullable:"false"`
}

// A LedgerEntry moves an amount from one account to another.
type LedgerEntry struct {
	ID       string `json:"id"`
	Number   int    `json:"number"`
	On       string `json:"on"`
	From     string `json:"from" doc:"The account it comes from."`
	To       string `json:"to" doc:"The account it goes to."`
	Amount   int64  `json:"amount" doc:"In fen, always more than nothing."`
	Words    string `json:"words"`
	Members  bool   `json:"members,omitempty" doc:"Its words, party and paper are for members of the place and are left out here."`
	Party    string `json:"party,omitempty"`
	Decided  string `json:"decided,omitempty"`
	Paper    string `json:"paper,omitempty" doc:"The address of the photo or PDF."`
	Counters string `json:"counters,omitempty" doc:"The id of the entry that this one undoes."`
	Balance  int64  `json:"balance" doc:"What the village has after it."`
}

// village is the place of the address, which must have a page.
func (c *call) village() (places.Place, error) {
	p, ok := c.placeOf(c.r.PathValue("place"))
	if !ok || p.Kind != places.Village {
		return p, errs.New(errs.NotFound, "affairs.none")
	}
	return p, nil
}

func (c *call) openAffairs(nothing) (out OpenAffairs, err error) {
	p, err := c.village()
	if err != nil {
		return out, err
	}
	pg, err := c.s.Affairs.Page(c.r.Context(), p.ID)
	if err != nil {
		return out, err
	}
	_, all, err := c.s.Affairs.Standings(c.r.Context(), p.ID, 8)
	if err != nil {
		return out, err
	}
	out = OpenAffairs{Place: c.placeRef(p.Path), Since: string(pg.Opened), Items: []OpenItem{}}
	for _, s := range all {
		out.Items = append(out.Items, OpenItem{Code: s.Item.Code, Kind: string(s.Item.Kind), Name: s.Item.Name.In(c.lang), Basis: s.Item.Basis.In(c.lang), Period: string(s.Period), Due: s.Due, Opened: at(s.At), Late: s.Late, Notice: idOf(s.Notice)})
	}
	return out, nil
}

// idOf is a record's number, "" for none.
func idOf(d id.ID) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

type periods struct {
	Period string `query:"period" doc:"2026, 2026-Q1 or 2026-03; this quarter if it is left out."`
}

func (c *call) statement(q periods) (out Statement, err error) {
	p, err := c.village()
	if err != nil {
		return out, err
	}
	period := affairs.Period(q.Period)
	if period == "" {
		period = affairs.PeriodOf(affairs.Quarterly, c.s.DB.Now())
	}
	st, err := c.s.Affairs.Statement(c.r.Context(), scope.Actor{Kind: scope.Anonymous}, p.ID, period)
	if err != nil {
		return out, err
	}
	out = Statement{Place: c.placeRef(p.Path), Period: string(st.Period), Before: int64(st.Before), Income: int64(st.Came), Outgo: int64(st.Went), After: int64(st.After), Lines: []LedgerEntry{}}
	for _, l := range st.Lines {
		x := LedgerEntry{ID: l.ID.String(), Number: l.Number, On: string(l.On), From: string(l.From), To: string(l.To), Amount: int64(l.Amount), Words: l.Words, Members: l.Closed, Party: l.Party, Decided: l.Decided, Counters: idOf(l.Counters), Balance: int64(l.Balance)}
		if l.Paper.Hash != "" {
			x.Paper = c.s.Address + "/papers/" + l.Paper.Hash
		}
		out.Lines = append(out.Lines, x)
	}
	return out, nil
}

// affairsOperations are what can be asked of the villages' pages.
func affairsOperations() []Operation {
	read := func(id, path string, more ...int) Operation {
		return Operation{ID: id, Path: path, Tag: "town", Errors: append(more, http.StatusNotFound)}
	}
	return []Operation{
		reads(read("getOpenAffairs", "/places/{place}/affairs"), (*call).openAffairs),
		reads(read("getLedger", "/places/{place}/ledger", http.StatusUnprocessableEntity), (*call).statement),
	}
}
