// SPDX-License-Identifier: Apache-2.0

package trail

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/web/page"
)

// nouns are the kinds of records that have lines in the trail, as the filter
// offers them.
var nouns = []string{
	"matter", "place", "unit", "post", "holding", "cover", "account", "resident", "contact",
	"proxy", "mailbox", "letter", "resident_search", "category", "template", "formula", "hot_issue", "duty",
	"patrol_point", "patrol_visit", "patrol_slot", "patrol_round", "patrol_assignment", "patrol_appeal", "patrol_formula", "field_phone", "field_conflict",
	"question", "answer", "desk_item", "desk_counter", "booking", "home_visit", "village_page", "village_rhythm", "village_duty",
	"notice", "ledger_entry", "membership", "membership_code", "missive", "remark", "volunteer", "volunteer_task", "volunteer_signup",
	"volunteer_hours", "volunteer_tariff", "volunteer_entry", "volunteer_offer", "volunteer_redemption", "volunteer_honour",
}

// aResident is how a domain writes into the trail that somebody acted for a
// resident, whose name does not belong there.
const aResident = "a resident"

const (
	perPage = 50
	window  = 1000 // rows read at once while looking for those of a filter
	windows = 20   // at most, before the auditor is asked whether to go on
)

// rowsPage is the trail as an auditor reads it, the newest first.
type rowsPage struct {
	page.Base
	Head   page.Head
	Filter page.Filter
	Table  page.Table
	Empty  page.Empty
	Pager  page.Pager
}

var listed = page.New[rowsPage](files, "rows.html")

// wanted is what an auditor asked for. Its zero value is everything.
type wanted struct {
	noun    string
	record  id.ID
	account id.ID
	act     string
}

func (q wanted) fits(r trail.Row) bool {
	return (q.noun == "" || r.Noun == q.noun) && (q.record == 0 || r.Record == q.record) && (q.account == 0 || r.Account == q.account) && (q.act == "" || r.Act == q.act)
}

// readWanted reads a filter from the address; f gets what is wrong with it.
func readWanted(r *http.Request) (q wanted, f *form.Form) {
	v := r.URL.Query()
	f = form.Of("noun", v.Get("noun"), "record", strings.TrimSpace(v.Get("record")), "account", strings.TrimSpace(v.Get("account")), "act", strings.TrimSpace(v.Get("act")))
	if n := f.Get("noun"); slices.Contains(nouns, n) {
		q.noun = n
	}
	q.record, q.account, q.act = f.ID("record"), f.ID("account"), f.Line("act", 40)
	return q, f
}

// rows shows the trail to those who audit. Reading it leaves nothing in it: no
// private fact stands there.
func (c *Counter) rows(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("trail.rows.title")
	if d := b.Actor.May("audit", scope.Target{At: b.Now}); !d.OK {
		return errs.New(errs.Denied, d.Key, d.Args...)
	}
	q, f := readWanted(r)
	if err := f.Err(); err != nil {
		return err
	}
	b.Crumbs = []page.Link{{Href: "/trail", Text: b.T("trail.page.title")}}
	v := rowsPage{Base: b, Head: page.Head{Title: b.T("trail.rows.title"), Lead: b.T("trail.rows.lead")}, Filter: filterBar(b, f, r.URL.Query()),
		Empty: page.Empty{Icon: "search", Title: b.T("trail.rows.none"), Text: b.T("trail.rows.none.text"), Action: page.Link{Href: "/trail/rows", Text: b.T("trail.rows.all")}}}
	before, err := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	if err != nil || before < 0 {
		before = 0
	}
	found, older, err := c.look(r, q, before)
	if err != nil {
		return err
	}
	v.Table = c.table(b, found)
	at := r.URL.Query()
	turn := func(to int64) string {
		at.Set("before", strconv.FormatInt(to, 10))
		return "/trail/rows?" + at.Encode()
	}
	if older > 0 {
		v.Pager.Older = turn(older)
	}
	if before > 0 {
		at.Del("before")
		v.Pager.Newer = "/trail/rows?" + at.Encode()
	}
	return listed.Show(w, r, v)
}

// look returns the newest rows that fit, from the first before the given Seq, and
// the Seq before which to go on; 0 if there is nothing before it.
func (c *Counter) look(r *http.Request, q wanted, before int64) (found []trail.Row, older int64, err error) {
	err = c.DB.Read(r.Context(), func(tx *sqldb.Tx) error {
		found = nil
		if q.noun != "" && q.record != 0 {
			found, older, err = ofRecord(tx, q, before)
			return err
		}
		if before == 0 {
			if before, err = top(tx); err != nil {
				return err
			}
		}
		for range windows {
			from := max(0, before-window)
			rows, err := trail.Since(tx, from-1, window)
			if err != nil {
				return err
			}
			for _, x := range slices.Backward(rows) {
				if x.Seq >= before || !q.fits(x) {
					continue
				}
				if len(found) == perPage {
					older = found[perPage-1].Seq
					return nil
				}
				found = append(found, x)
			}
			if before = from; before == 0 {
				return nil
			}
		}
		older = before
		return nil
	})
	return found, older, err
}

// ofRecord are the rows of one record, for which there is an index.
func ofRecord(tx *sqldb.Tx, q wanted, before int64) (found []trail.Row, older int64, err error) {
	rows, err := trail.Latest(tx, q.noun, q.record, before, perPage+1)
	if err != nil {
		return nil, 0, err
	}
	if len(rows) > perPage {
		rows = rows[:perPage]
		older = rows[perPage-1].Seq
	}
	return slices.DeleteFunc(rows, func(x trail.Row) bool { return !q.fits(x) }), older, nil
}

// top is the Seq after the newest row.
func top(tx *sqldb.Tx) (int64, error) {
	var at int64
	p, err := trail.LastCheckpoint(tx)
	switch {
	case err == nil:
		at = p.Seq
	case errs.KindOf(err) != errs.NotFound:
		return 0, err
	}
	for {
		rows, err := trail.Since(tx, at, window)
		if err != nil {
			return 0, err
		}
		if len(rows) == 0 {
			return at + 1, nil
		}
		at = rows[len(rows)-1].Seq
	}
}

func filterBar(b page.Base, f *form.Form, q url.Values) page.Filter {
	var os []page.Option
	for _, n := range nouns {
		os = append(os, page.Option{Value: n, Text: b.T("trail.noun." + n)})
	}
	field := func(name, key string) page.Field { return page.NewField(b.Lang, f, name, key) }
	bar := page.Filter{Action: "/trail/rows", Search: field("record", "trail.rows.record").Example(b.T("trail.rows.record.example")),
		Fields: []page.Field{field("noun", "trail.rows.noun").Of(os).Example(b.T("trail.rows.any")).Quiet()}}
	if len(q) > 0 {
		bar.Reset = "/trail/rows"
	}
	for _, name := range []string{"account", "act"} {
		if v := q.Get(name); v != "" {
			rest := url.Values{}
			for k, x := range q {
				if k != name && k != "before" {
					rest[k] = x
				}
			}
			bar.Hidden = append(bar.Hidden, page.Hidden{Name: name, Value: v})
			bar.Chips = append(bar.Chips, page.Chip{Text: b.T("trail.rows."+name, v), Without: "/trail/rows?" + rest.Encode()})
		}
	}
	return bar
}

// actWord names an act: by the domain's own word, else by that of the trail.
func actWord(b page.Base, noun, act string) string {
	for _, key := range []string{noun + ".act." + act, "trail.act." + act} {
		if i18n.Has(key) {
			return b.T(key)
		}
	}
	return act
}

// stateWord names a state, by the domain's own word if it has one.
func stateWord(b page.Base, noun, state string) string {
	if key := noun + ".state." + state; state != "" && i18n.Has(key) {
		return b.T(key)
	}
	return state
}

func (c *Counter) table(b page.Base, rows []trail.Row) page.Table {
	if len(rows) == 0 {
		return page.Table{}
	}
	t := page.Table{Caption: b.T("trail.rows.title"), Hide: true, Cols: []page.Col{{Text: b.T("trail.rows.seq")}, {Text: b.T("trail.rows.at")}, {Text: b.T("trail.rows.who")}, {Text: b.T("trail.rows.what")},
		{Text: b.T("trail.rows.of")}, {Text: b.T("trail.rows.states")}, {Text: b.T("trail.rows.note")}}}
	for _, x := range rows {
		who := page.Cell{Text: x.Actor}
		if x.Account != 0 {
			who.Href = "/trail/rows?account=" + x.Account.String()
		}
		if who.Text == "" {
			who.Text = b.T("trail.rows.nobody")
		}
		if x.Kind == scope.System {
			who.Text = b.T("trail.rows.program", x.Actor)
		}
		if x.For != "" {
			behalf := x.For
			if behalf == aResident {
				behalf = b.T("trail.noun.resident")
			}
			who.Text += " " + b.T("trail.rows.for", behalf)
		}
		noun := x.Noun
		if slices.Contains(nouns, noun) {
			noun = b.T("trail.noun." + noun)
		}
		states := stateWord(b, x.Noun, x.From)
		if x.To != "" && x.To != x.From {
			states += " → " + stateWord(b, x.Noun, x.To)
		}
		t.Rows = append(t.Rows, []page.Cell{{Text: strconv.FormatInt(x.Seq, 10)}, {Text: i18n.Exact(b.Lang, x.At)}, who, {Text: actWord(b, x.Noun, x.Act)},
			{Text: noun + " " + x.Record.String(), Href: "/trail/rows?noun=" + url.QueryEscape(x.Noun) + "&record=" + x.Record.String()}, {Text: states}, {Text: x.Note}})
	}
	return t
}
