// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"html/template"
	"net/http"
	"slices"
	"strings"

	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/web/page"
)

// statementView is what happened to a village's money in a period, as pages show it.
type statementView struct {
	Title               string
	Before, Came, Went  string
	After               string
	In, Out             page.Table
	Lines               bookTable
	Print               string
	None                bool
	BeforeDay, AfterDay string
}

// statementOf shows a statement.
func statementOf(b page.Base, p places.Place, st affairs.Statement) statementView {
	from, to, _ := st.Period.Span()
	last := to.AddDate(0, 0, -1)
	if b.Now.Before(to) {
		last = b.Now
	}
	v := statementView{Title: b.T("village.statement.of", p.Name, st.Period), Before: yuan(b, st.Before), Came: yuan(b, st.Came), Went: yuan(b, st.Went), After: yuan(b, st.After),
		BeforeDay: b.T("village.statement.before", i18n.Date(b.Lang, from)), AfterDay: b.T("village.statement.after", i18n.Date(b.Lang, last)),
		Print: At(p.ID) + "/ledger/print?period=" + string(st.Period), None: len(st.Lines) == 0}
	v.Title = b.T("village.statement.of", p.Name, st.Period.Say(b.Lang))
	v.In, v.Out = sharesTable(b, "village.statement.in", st.In, st.Came), sharesTable(b, "village.statement.out", st.Out, st.Went)
	v.Lines = linesTable(b, b.T("village.statement.lines"), st.Lines)
	return v
}

func sharesTable(b page.Base, key string, shares []affairs.Share, sum affairs.Fen) page.Table {
	t := page.Table{Caption: b.T(key), Cols: []page.Col{{Text: b.T("village.statement.account")}, {Text: b.T("village.statement.yuan"), Num: true}}, Foot: []page.Cell{{Text: b.T("village.statement.sum")}, {Text: sum.String()}}}
	for _, s := range shares {
		t.Rows = append(t.Rows, []page.Cell{{Text: b.T(string(affairs.AccountName(s.Account)))}, {Text: s.Sum.String()}})
	}
	return t
}

// A bookTable is the entries of a ledger, line by line: a table at a desk, a list on a
// telephone.
type bookTable struct {
	Caption string
	Lines   []bookLine
}

type bookLine struct{ Day, What, With, Href, In, Out, Balance, Mark string }

// wordsOf says for what an entry is: to whom its words are closed, by its account.
func wordsOf(b page.Base, e affairs.Entry) string {
	if !e.Closed {
		return e.Words
	}
	if e.To.Holds() && !e.From.Holds() {
		return b.T(string(affairs.AccountName(e.From)))
	}
	return b.T(string(affairs.AccountName(e.To)))
}

// linesTable is the book: day, what, in, out, balance.
func linesTable(b page.Base, caption string, lines []affairs.Line) bookTable {
	t := bookTable{Caption: caption}
	for _, l := range lines {
		x := bookLine{Day: string(l.On), What: wordsOf(b, l.Entry), With: l.Party, Href: "/ledger/" + l.ID.String(), Balance: l.Balance.String()}
		switch m := l.Moved(); {
		case m > 0:
			x.In = m.String()
		case m < 0:
			x.Out = (-m).String()
		}
		switch {
		case l.Counters != 0:
			x.Mark = b.T("ledger.counter.mark")
		case l.Countered != 0:
			x.Mark = b.T("ledger.countered.mark")
		case l.Closed, l.Members:
			x.Mark = b.T("ledger.members.mark")
		}
		t.Lines = append(t.Lines, x)
	}
	return t
}

// ledgerPage is a village's ledger for a period.
type ledgerPage struct {
	sheet
	Has       string
	Parts     []page.Fact
	Since     string
	Filter    page.Filter
	Statement statementView
	Empty     page.Empty
	Edit      bool
	Book      string
	Closed    page.Note // some words are for members alone
	Reach     reachForm
}

var ledgerShown = page.New[ledgerPage](files, "ledger.html", "reach.html", "statement.html", "booktable.html")

// periodOf is the period that the address asks for: this quarter, unless another.
func periodOf(r *http.Request, now affairs.Period) (affairs.Period, error) {
	p := affairs.Period(r.URL.Query().Get("period"))
	if p == "" {
		return now, nil
	}
	if _, _, ok := p.Span(); !ok || p.Pace() == affairs.AtOnce {
		return "", errs.New(errs.Invalid, "affairs.period.unknown")
	}
	return p, nil
}

func (c *Counter) ledger(w http.ResponseWriter, r *http.Request) error {
	p, err := c.village(r)
	if err != nil {
		return err
	}
	b := page.From(r)
	v := ledgerPage{sheet: c.sheetOf(b, p, "ledger", b.T("village.ledger.title"), b.T("village.ledger.lead")), Edit: edits(b, p), Book: At(p.ID) + "/book"}
	period, err := periodOf(r, affairs.PeriodOf(affairs.Quarterly, b.Now))
	if err != nil {
		return err
	}
	has, since, err := c.Affairs.At(r.Context(), p.ID)
	if err != nil {
		return err
	}
	if since == "" {
		v.Empty = page.Empty{Icon: "table", Title: b.T("village.ledger.none"), Text: b.T("village.ledger.none.text")}
		return ledgerShown.Show(w, r, v)
	}
	var all affairs.Fen
	for _, h := range has {
		all += h.Sum
		v.Parts = append(v.Parts, page.Fact{Label: b.T(string(affairs.AccountName(h.Account))), Value: yuan(b, h.Sum)})
	}
	v.Has, v.Since = all.String(), b.T("village.money.since", string(since))
	v.Filter = page.Filter{Action: At(p.ID) + "/ledger", Fields: []page.Field{page.NewField(b.Lang, form.Of("period", string(period)), "period", "village.ledger.period").Of(periodOptions(b, since)).Need().Quiet()}}
	st, err := c.Affairs.Statement(r.Context(), b.Actor, p.ID, period)
	if err != nil {
		return err
	}
	v.Statement = statementOf(b, p, st)
	if slices.ContainsFunc(st.Lines, func(l affairs.Line) bool { return l.Closed }) {
		v.Closed = closedNote(b, p, "ledger.closed.some")
	}
	if v.Edit {
		pg, err := c.Affairs.Page(r.Context(), p.ID)
		if err != nil {
			return err
		}
		if pg.Version > 0 {
			v.Reach = keepLedgerForm(b, p, pg)
		}
	}
	return ledgerShown.Show(w, r, v)
}

// village is the place of the address, which must be a village: a courtyard has no
// money of its own.
func (c *Counter) village(r *http.Request) (places.Place, error) {
	p, err := c.placeOf(r)
	if err == nil && p.Kind != places.Village {
		err = errs.New(errs.NotFound, "affairs.none")
	}
	return p, err
}

// periodOptions are the periods from the first entry on, the newest first.
func periodOptions(b page.Base, since places.Day) (os []page.Option) {
	first, _, _ := affairs.Period(since).Span()
	for _, pace := range []affairs.Pace{affairs.Yearly, affairs.Quarterly, affairs.Monthly} {
		at, most := b.Now, 36
		for most > 0 {
			p := affairs.PeriodOf(pace, at)
			from, to, _ := p.Span()
			if !to.After(first) {
				break
			}
			os = append(os, page.Option{Value: string(p), Text: p.Say(b.Lang), Group: b.T("affairs.pace." + string(pace) + ".of")})
			at = from.AddDate(0, 0, -1)
			most--
		}
	}
	return os
}

// printPage is a statement as it is hung on the board.
type printPage struct {
	page.Base
	Statement statementView
	Town      string
	Printed   string
	Check     string
	QR        template.HTML // leads to the ledger
}

var printed = page.New[printPage](files, "print.html", "statement.html", "booktable.html")

func (c *Counter) printLedger(w http.ResponseWriter, r *http.Request) error {
	p, err := c.village(r)
	if err != nil {
		return err
	}
	b := page.From(r)
	period, err := periodOf(r, affairs.PeriodOf(affairs.Quarterly, b.Now))
	if err != nil {
		return err
	}
	st, err := c.Affairs.Statement(r.Context(), b.Actor, p.ID, period)
	if err != nil {
		return err
	}
	b.Look = page.LookPrint
	b.Title = b.T("village.statement.of", p.Name, period.Say(b.Lang))
	qr, err := page.QR(c.Address + "/v/" + p.Code)
	if err != nil {
		return err
	}
	v := statementOf(b, p, st)
	v.Print = "" // this is it
	return printed.Show(w, r, printPage{Base: b, Statement: v, QR: qr, Town: c.Places.Tree().Words(p.Path, "").In(b.Lang),
		Printed: b.T("village.print.at", i18n.Exact(b.Lang, b.Now)), Check: b.T("village.print.check", c.Address+"/v/"+p.Code)})
}

// bookPage is the form of an entry.
type bookPage struct {
	sheet
	Fields []page.Field
	Action string
}

var bookShown = page.New[bookPage](files, "book.html")

func (c *Counter) book(w http.ResponseWriter, r *http.Request) error {
	p, err := c.village(r)
	if err != nil {
		return err
	}
	b := page.From(r)
	if err := mayEdit(b, p); err != nil {
		return err
	}
	return bookShown.Show(w, r, c.bookView(b, p, form.Of("on", string(places.DayOf(b.Now)))))
}

func (c *Counter) bookView(b page.Base, p places.Place, f *form.Form) bookPage {
	v := bookPage{sheet: c.sheetOf(b, p, "edit", b.T("village.book.title"), b.T("village.book.lead")), Action: At(p.ID) + "/book"}
	v.Form, v.Fields = f, bookFields(b, f)
	return v
}

func bookFields(b page.Base, f *form.Form) (fields []page.Field) {
	add := func(x page.Field) { fields = append(fields, x) }
	add(page.NewField(b.Lang, f, "what", "village.book.what").Of(bookOptions(b)).Need())
	add(page.NewField(b.Lang, f, "holds", "village.book.holds").Of([]page.Option{{Value: string(affairs.Bank), Text: b.T("ledger.account.bank")}, {Value: string(affairs.Cash), Text: b.T("ledger.account.cash")}}).Need())
	add(page.NewField(b.Lang, f, "amount", "village.book.amount").Need().Unit(b.T("village.book.yuan")).Max(16))
	add(page.NewField(b.Lang, f, "on", "village.book.on").As("date").Need())
	add(page.NewField(b.Lang, f, "words", "village.book.words").Need().Max(affairs.MaxWords))
	add(page.NewField(b.Lang, f, "party", "village.book.party").Max(affairs.MaxParty))
	add(page.NewField(b.Lang, f, "decided", "village.book.decided").Max(affairs.MaxDecided))
	add(page.NewField(b.Lang, f, "paper", "village.book.paper").Files("image/*,application/pdf", 1))
	add(reachField(b, f, "village.book.reach"))
	return fields
}

func bookOptions(b page.Base) (os []page.Option) {
	add := func(group string, as ...affairs.Account) {
		for _, a := range as {
			os = append(os, page.Option{Value: string(a), Text: b.T(string(affairs.AccountName(a))), Group: b.T(group)})
		}
	}
	add("village.statement.out", affairs.Outgoes...)
	add("village.statement.in", affairs.Incomes...)
	add("village.book.other", "to_cash", "to_bank", affairs.Opening)
	return os
}

// accounts are from where to where an entry moves, by what was chosen.
func accounts(what, holds affairs.Account) (from, to affairs.Account) {
	switch {
	case what == "to_cash":
		return affairs.Bank, affairs.Cash
	case what == "to_bank":
		return affairs.Cash, affairs.Bank
	case strings.HasPrefix(string(what), "out_"):
		return holds, what
	}
	return what, holds
}

func (c *Counter) booked(w http.ResponseWriter, r *http.Request) error {
	p, err := c.village(r)
	if err != nil {
		return err
	}
	b := page.From(r)
	if err := mayEdit(b, p); err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	in := affairs.Booking{On: places.Day(f.Line("on", 10)), Words: f.Line("words", affairs.MaxWords), Party: f.Line("party", affairs.MaxParty), Decided: f.Line("decided", affairs.MaxDecided)}
	in.From, in.To = accounts(affairs.Account(f.Line("what", 20)), affairs.Account(f.Choice("holds", string(affairs.Bank), string(affairs.Cash))))
	if in.Amount, err = affairs.ParseFen(f.Line("amount", 20)); err != nil {
		if err := f.Join(err); err != nil {
			return err
		}
	}
	in.Members = f.Choice("reach", reachAll, reachMembers) == reachMembers
	if in.Paper, err = c.take(r, f, "paper", blob.Photo, blob.Document); err != nil {
		return err
	}
	if err = f.Err(); err == nil {
		var d affairs.ID
		if d, err = c.Affairs.Book(r.Context(), b.Actor, p.ID, in); err == nil {
			return page.Done(w, r, "/ledger/"+d.String(), "village.booked")
		}
	}
	return bookShown.Fail(w, r, c.bookView(b, p, f), err)
}

// entryPage is one entry of a ledger.
type entryPage struct {
	sheet
	Amount  string
	Sign    string
	Facts   []page.Fact
	Paper   page.File
	Large   string // address of the paper as a picture
	Note    page.Note
	Counter string
	Closed  bool
	Reach   reachForm
	Voices  voices
}

var entryShown = page.New[entryPage](files, "entry.html", "reach.html", "voices.html")

func (c *Counter) entry(w http.ResponseWriter, r *http.Request) error {
	v, err := c.entryView(r, nil)
	if err != nil {
		return err
	}
	return entryShown.Show(w, r, v)
}

func (c *Counter) entryView(r *http.Request, f *form.Form) (v entryPage, err error) {
	d, err := recordOf(r, "ledger.none")
	if err != nil {
		return v, err
	}
	b := page.From(r)
	e, err := c.Affairs.Entry(r.Context(), b.Actor, d)
	if err != nil {
		return v, err
	}
	p, err := c.Affairs.PlaceOf(e.Place)
	if err != nil {
		return v, err
	}
	v = entryPage{sheet: c.sheetOf(b, p, "ledger", wordsOf(b, e), ""), Amount: e.Amount.String(), Paper: fileOf(b, e.Paper)}
	v.Form = f
	v.Head.Kicker = b.T("ledger.number", e.Number) + " · " + p.Name.In(b.Lang)
	switch m := e.Moved(); {
	case m > 0:
		v.Sign = b.T("ledger.col.in")
	case m < 0:
		v.Sign = b.T("ledger.col.out")
	default:
		v.Sign = b.T("ledger.moved")
	}
	if v.Paper.Thumb != "" {
		v.Large = "/papers/" + string(blob.Hash(e.Paper.Hash).Medium())
	}
	fact := func(key, value string) {
		if value != "" {
			v.Facts = append(v.Facts, page.Fact{Label: b.T(key), Value: value})
		}
	}
	fact("ledger.fact.on", dayOf(b, e.On))
	fact("ledger.fact.from", b.T(string(affairs.AccountName(e.From))))
	fact("ledger.fact.to", b.T(string(affairs.AccountName(e.To))))
	fact("ledger.fact.party", e.Party)
	fact("ledger.fact.decided", e.Decided)
	fact("ledger.fact.by", e.Actor)
	fact("ledger.fact.at", i18n.Exact(b.Lang, e.At))
	switch {
	case e.Counters != 0:
		v.Note = page.Note{Tone: page.ToneCalm, Text: b.T("ledger.is.counter"), Link: page.Link{Href: "/ledger/" + e.Counters.String(), Text: b.T("ledger.see.first")}}
	case e.Countered != 0:
		v.Note = page.Note{Tone: page.ToneSoon, Text: b.T("ledger.is.countered"), Link: page.Link{Href: "/ledger/" + e.Countered.String(), Text: b.T("ledger.see.counter")}}
	case e.Late():
		v.Note = page.Note{Tone: page.ToneSoon, Text: b.T("ledger.is.late", i18n.Date(b.Lang, e.At))}
	}
	if e.Closed && v.Note.Text == "" {
		v.Note = closedNote(b, p, "ledger.closed.one")
	}
	v.Closed = e.Closed
	if edits(b, p) {
		v.Reach = keepEntryForm(b, e)
	}
	if edits(b, p) && e.Counters == 0 && e.Countered == 0 {
		v.Counter = "/ledger/" + e.ID.String() + "/counter"
	}
	v.Voices, err = c.voicesOf(r, b, f, affairs.RemarkQuery{Entry: e.ID}, "/ledger/"+e.ID.String()+"/say", affairs.Question)
	return v, err
}

func (c *Counter) counter(w http.ResponseWriter, r *http.Request) error {
	d, err := recordOf(r, "ledger.none")
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	why := f.Line("why", affairs.MaxWords)
	if err = f.Err(); err == nil {
		var n affairs.ID
		if n, err = c.Affairs.Counter(r.Context(), page.Actor(r), d, why); err == nil {
			return page.Done(w, r, "/ledger/"+n.String(), "village.countered")
		}
	}
	if errs.KindOf(err) != errs.Invalid {
		return err
	}
	v, verr := c.entryView(r, f)
	if verr != nil {
		return verr
	}
	return entryShown.Fail(w, r, v, err)
}
