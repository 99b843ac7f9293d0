// SPDX-License-Identifier: Apache-2.0

package field

import (
	"net/http"
	"strconv"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/field"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/web/page"
)

// A handset is a phone as the page lists it.
type handset struct {
	ID    string
	Name  string
	Whose string
	Pill  page.Pill
	Meta  []string
	Lose  bool
	Find  bool
	Loses string // what would be lost with it, "" if nothing is known to be
}

type phonesPage struct {
	page.Base
	Head  page.Head
	All   bool
	Rows  []handset
	Older string // the address of those further down
}

var phones = page.New[phonesPage](files, "phones.html")

const onPage = 50

// phones lists one's own phones, or, for who administers, those of the town.
func (c *Counter) phones(w http.ResponseWriter, r *http.Request) error {
	by, b := page.Actor(r), page.From(r).Titled("field.phones.title")
	v := phonesPage{Base: b, Head: page.Head{Title: b.T("field.phones.title"), Lead: b.T("field.phones.lead")}, All: by.Has(access.Administer)}
	if !v.All {
		ps, err := c.Field.Phones(r.Context(), by, onPage)
		if err != nil {
			return err
		}
		for _, p := range ps {
			v.Rows = append(v.Rows, handsetOf(b, p, ""))
		}
		return phones.Show(w, r, v)
	}
	from, _ := strconv.Atoi(r.URL.Query().Get("from")) // what is no number is the beginning
	from = max(0, min(from, 100_000))
	ps, whose, err := c.Field.AllPhones(r.Context(), by, from, onPage+1)
	if err != nil {
		return err
	}
	if len(ps) > onPage {
		ps, v.Older = ps[:onPage], "/field/phones?from="+strconv.Itoa(from+onPage)
	}
	for _, p := range ps {
		v.Rows = append(v.Rows, handsetOf(b, p, whose[p.Account]))
	}
	return phones.Show(w, r, v)
}

var tones = map[field.PhoneState]page.Tone{field.InUse: page.ToneDone, field.Lost: page.ToneLate, field.Wiped: page.ToneQuiet, field.Left: page.ToneQuiet}

func handsetOf(b page.Base, p field.Phone, whose string) handset {
	x := handset{ID: p.ID.String(), Name: p.Name, Whose: whose, Pill: page.Pill{Text: b.T("field_phone.state." + string(p.State)), Tone: tones[p.State]}, Lose: p.State == field.InUse, Find: p.State == field.Lost}
	x.Meta = append(x.Meta, b.T("field.phones.seen", i18n.Ago(b.Lang, b.Now, p.SeenAt)))
	if p.Waits > 0 && (x.Lose || x.Find) {
		x.Loses = b.T("field.phones.waits", p.Waits)
	}
	if d := p.Ahead.Abs(); d.Minutes() >= 2 && x.Lose {
		x.Meta = append(x.Meta, b.T("field.phones.clock", int(d.Minutes())))
	}
	return x
}

func number(r *http.Request) (id.ID, error) {
	d, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return 0, errs.New(errs.NotFound, "field.phone.none")
	}
	return d, nil
}

func (c *Counter) lose(w http.ResponseWriter, r *http.Request) error {
	if _, err := form.Read(r); err != nil {
		return err
	}
	d, err := number(r)
	if err != nil {
		return err
	}
	if err := c.Field.Lose(r.Context(), page.Actor(r), d); err != nil {
		return err
	}
	return page.Undoable(w, r, "/field/phones", "/field/phones/"+d.String()+"/find", "field.phones.lost")
}

func (c *Counter) find(w http.ResponseWriter, r *http.Request) error {
	if _, err := form.Read(r); err != nil {
		return err
	}
	d, err := number(r)
	if err != nil {
		return err
	}
	if err := c.Field.Find(r.Context(), page.Actor(r), d); err != nil {
		return err
	}
	return page.Done(w, r, "/field/phones", "field.phones.found")
}

type conflictsPage struct {
	page.Base
	Head page.Head
	Rows []page.Row
}

var conflicts = page.New[conflictsPage](files, "conflicts.html")

func (c *Counter) conflicts(w http.ResponseWriter, r *http.Request) error {
	by, b := page.Actor(r), page.From(r).Titled("field.conflicts.title")
	if b.Anonymous() || !by.Has(access.RaiseFor) && !by.Has(access.Supervise) {
		return errs.New(errs.Denied, "access.no_post")
	}
	ks, err := c.Field.Turn(r.Context(), by, onPage)
	if err != nil {
		return err
	}
	v := conflictsPage{Base: b, Head: page.Head{Title: b.T("field.conflicts.title"), Lead: b.T("field.conflicts.lead")}}
	for _, k := range ks {
		v.Rows = append(v.Rows, page.Row{Href: "/field/conflicts/" + k.ID.String(), Title: k.Title(), Meta: []string{b.T("field.conflict.fields", len(k.Fields())), i18n.Ago(b.Lang, b.Now, k.MadeAt)},
			Pill: page.Pill{Text: b.T("field_conflict.state." + string(k.State)), Tone: page.ToneSoon}, Yours: k.Account == by.Account})
	}
	return conflicts.Show(w, r, v)
}

// A question is one field of a conflict.
type question struct {
	Choice page.Field
	Other  page.Field
	Label  string
	Was    string
}

type conflictPage struct {
	page.Base
	Head      page.Head
	Pill      page.Pill
	Action    string
	Saw       int64
	Questions []question
	Facts     []page.Fact
	Settle    bool
	Pass      bool
}

var conflict = page.New[conflictPage](files, "conflict.html")

func (c *Counter) conflict(w http.ResponseWriter, r *http.Request) error {
	v, err := c.shown(r, nil)
	if err != nil {
		return err
	}
	return conflict.Show(w, r, v)
}

// shown is the page of a conflict, with what was typed if it is shown again.
func (c *Counter) shown(r *http.Request, f *form.Form) (conflictPage, error) {
	b := page.From(r).Titled("field.conflict.title")
	v := conflictPage{Base: b}
	d, err := number(r)
	if err != nil {
		return v, err
	}
	x, err := c.Field.Get(r.Context(), page.Actor(r), d)
	if err != nil {
		return v, err
	}
	return conflictOf(b, f, x), nil
}

func conflictOf(b page.Base, f *form.Form, x field.Shown) conflictPage {
	v := conflictPage{Base: b, Head: page.Head{Kicker: b.T("field.conflict.title"), Title: x.Title(), Lead: b.T("field.conflict.lead")}, Action: "/field/conflicts/" + x.ID.String(), Saw: x.Leaf.Version,
		Pill: page.Pill{Text: b.T("field_conflict.state." + string(x.State)), Tone: page.ToneSoon}}
	if x.State == field.Settled {
		v.Pill.Tone, v.Head.Lead = page.ToneDone, ""
	}
	if f == nil {
		f = form.Of()
	}
	v.Form = f
	for _, a := range x.Acts {
		v.Settle, v.Pass = v.Settle || a == field.Settle, v.Pass || a == field.Pass
	}
	now := map[string]string{}
	for _, l := range x.Leaf.Fields {
		now[l.Name] = l.Value
	}
	or := func(s string) string {
		if s == "" {
			return b.T("field.conflict.empty")
		}
		return s
	}
	for _, d := range x.Fields() {
		label := d.Label.In(b.Lang)
		if !v.Settle {
			v.Facts = append(v.Facts, page.Fact{Label: label, Value: b.T("field.conflict.both", or(d.Mine), or(d.Theirs))})
			continue
		}
		q := question{Label: label, Was: b.T("field.conflict.was", or(d.Was))}
		q.Choice = page.NewField(b.Lang, f, "choice_"+d.Name, "field.conflict.which").Need().Labelled(label).Of([]page.Option{
			{Value: string(field.Mine), Text: b.T("field.conflict.mine", or(d.Mine))},
			{Value: string(field.Theirs), Text: b.T("field.conflict.theirs", or(now[d.Name]))},
			{Value: string(field.Other), Text: b.T("field.conflict.other")},
		})
		q.Other = page.NewField(b.Lang, f, "other_"+d.Name, "field.conflict.words").Apart(d.Name)
		v.Questions = append(v.Questions, q)
	}
	return v
}

func (c *Counter) settle(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	v, err := c.shown(r, f)
	if err != nil {
		return err
	}
	d, err := number(r)
	if err != nil {
		return err
	}
	x, err := c.Field.Get(r.Context(), page.Actor(r), d)
	if err != nil {
		return err
	}
	in := field.Settling{Choices: map[string]field.Choice{}, Words: map[string]string{}}
	in.Saw, _ = strconv.ParseInt(f.Get("saw"), 10, 64) // what is no number is no version
	for _, q := range x.Fields() {
		in.Choices[q.Name], in.Words[q.Name] = field.Choice(f.Get("choice_"+q.Name)), f.Get("other_"+q.Name)
	}
	if err := c.Field.Settle(r.Context(), page.Actor(r), d, in); err != nil {
		return conflict.Fail(w, r, v, err)
	}
	return page.Done(w, r, "/field/conflicts", "field.conflict.settled")
}

func (c *Counter) pass(w http.ResponseWriter, r *http.Request) error {
	if _, err := form.Read(r); err != nil {
		return err
	}
	d, err := number(r)
	if err != nil {
		return err
	}
	if err := c.Field.Pass(r.Context(), page.Actor(r), d); err != nil {
		return err
	}
	return page.Done(w, r, "/field/conflicts", "field.conflict.passed")
}
