// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strings"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/web/page"
)

// A stopPage is what is filled in at a point or in a home.
type stopPage struct {
	page.Base
	Head     page.Head
	Action   string
	Content  string // the name of the entry: sent twice it is received once
	Home     bool
	Duties   []dutyLines
	Known    []page.Fact // of the home, once they were asked for
	Need     string
	Look     string // address by which they are asked for
	Why      string // what would be read
	End      string
	Category page.Field
	Item     page.Field // what somebody needs at home
	NeedsIt  bool       // that is what was being filled in
	Story    []page.Row // what was entered here before
	Open     []page.Row
	Card     page.Link
}

type dutyLines struct {
	Name, What string
	ID         string
	Due        bool
	Fields     []page.Field
}

var stopShown = page.New[stopPage](files, "stop.html")

// newContent is a name for an entry that this page sends.
func newContent() string { return "web-" + strings.ToLower(rand.Text()) }

func (c *Counter) point(w http.ResponseWriter, r *http.Request) error {
	v, err := c.pointPage(r, nil)
	if err != nil {
		return err
	}
	return stopShown.Show(w, r, v)
}

func (c *Counter) pointPage(r *http.Request, f *form.Form) (v stopPage, err error) {
	d, err := record(r, "patrol.point.none")
	if err != nil {
		return v, err
	}
	b := page.From(r)
	x, err := c.Patrol.Stop(r.Context(), b.Actor, patrol.Where{Point: d})
	if err != nil {
		return v, err
	}
	if f == nil {
		f = form.Of("code", r.URL.Query().Get("code"), "content", newContent())
	}
	b.Form = f
	return c.withItems(r, c.stopPage(b, x))
}

func (c *Counter) stopPage(b page.Base, x patrol.AtStop) stopPage {
	v := stopPage{Base: b, Content: b.Form.Get("content")}
	where := ""
	if x.Point.ID != 0 {
		v.Title, v.Action, where = x.Point.Name, "/patrol/points/"+x.Point.ID.String(), b.T("patrol.kind."+string(x.Point.Kind))
		v.Card = page.Link{Href: v.Action + "/rename", Text: b.T("patrol.point.rename"), Icon: "edit"}
	} else {
		v.Home, v.Title, v.Action, where = true, b.T("patrol.visit.row", x.Visit.Number), "/patrol/visits/"+x.Visit.ID.String(), b.T("patrol.visit.tag")
		v.End = v.Action + "/end"
		for _, d := range x.Duties {
			if len(d.Reads) > 0 {
				v.Why, v.Look = each(b, "people.field.", d.Reads), v.Action+"/look"
			}
		}
	}
	v.Crumbs = []page.Link{{Href: "/patrol", Text: b.T("patrol.today")}}
	v.Head = page.Head{Kicker: c.where(b, x.Path) + " · " + where, Title: v.Title}
	cats := []page.Option{{Value: "", Text: b.T("patrol.found.unsure")}}
	for _, d := range x.Duties {
		line := dutyLines{Name: d.Name.In(b.Lang), What: d.What, ID: d.ID.String(), Due: slices.Contains(x.Due, d.ID)}
		for _, f := range x.Asked(d) {
			line.Fields = append(line.Fields, c.answerField(b, d, f))
		}
		v.Duties = append(v.Duties, line)
		for _, code := range d.Categories {
			if k, ok := c.simple(code); ok && !slices.ContainsFunc(cats, func(o page.Option) bool { return o.Value == code }) {
				cats = append(cats, page.Option{Value: code, Text: k.Name.In(b.Lang)})
			}
		}
	}
	v.Category = page.NewField(b.Lang, b.Form, "category", "patrol.found.category").Need().Of(cats)
	v.Item = page.NewField(b.Lang, b.Form, "item", "visit.field.item").Example(b.T("visits.other"))
	v.NeedsIt = b.Form.Get("go") == "need"
	for _, e := range x.Story {
		v.Story = append(v.Story, page.Row{Title: b.T("patrol.result." + string(e.Result)), Meta: []string{i18n.When(b.Lang, b.Now, e.At), b.T("patrol.proof." + string(e.Proof)), e.Words}})
	}
	return v
}

// withItems puts into the page what can be had at home.
func (c *Counter) withItems(r *http.Request, v stopPage) (stopPage, error) {
	items, err := c.AtHome(r.Context(), v.Lang)
	v.Item = v.Item.Of(items)
	return v, err
}

// simple is a category that asks for nothing that must be answered: what is found on a
// round is raised in one touch, and the desk asks the rest.
func (c *Counter) simple(code string) (k matters.Category, ok bool) {
	if c.Matters == nil {
		return k, false
	}
	k, ok = c.Matters.Catalogue().Get(code)
	return k, ok && k.Active && k.Stopper == nil && !slices.ContainsFunc(k.Questions, func(q matters.Question) bool { return q.Required })
}

func answerName(d id.ID, key string) string { return "a_" + d.String() + "_" + key }

func (c *Counter) answerField(b page.Base, d patrol.Duty, f patrol.Field) page.Field {
	x := page.NewField(b.Lang, b.Form, answerName(d.ID, f.Key), "patrol.answer").Labelled(f.Label.In(b.Lang))
	switch f.Kind {
	case patrol.YesNo:
		x = x.Of([]page.Option{{Value: "yes", Text: b.T("patrol.yes")}, {Value: "no", Text: b.T("patrol.no")}})
	case patrol.Number:
		x = x.As("number")
	case patrol.Words:
		x = x.Max(200)
	}
	return x
}

// entered takes in what was filled in, or shows the page again with what is wrong.
func (c *Counter) entered(w http.ResponseWriter, r *http.Request, again func(*form.Form) (stopPage, error), at patrol.Where) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	var receipt patrol.Receipt
	in, err := c.readEntry(r, f, at)
	if err == nil {
		receipt, err = c.Patrol.Enter(r.Context(), page.Actor(r), in)
	}
	if err != nil {
		if k := errs.KindOf(err); k != errs.Invalid {
			return err
		}
		v, perr := again(f)
		if perr != nil {
			return perr
		}
		return stopShown.Fail(w, r, v, found(err))
	}
	switch {
	case receipt.Need != "":
		return page.Done(w, r, "/patrol", "patrol.done.need", receipt.Need)
	case receipt.Number != "":
		return page.Done(w, r, "/patrol", "patrol.done.found", receipt.Number)
	case receipt.Proof == patrol.ByWord && at.Point != 0:
		return page.Done(w, r, "/patrol", "patrol.done.unproved")
	}
	return page.Done(w, r, "/patrol", "patrol.done.enter")
}

// found turns what is wrong with a matter into what is wrong with the form.
func found(err error) error {
	var l errs.List
	for _, e := range errs.Public(err) {
		x := *e
		if x.Field == "body" {
			x.Field = "found"
		}
		l = append(l, &x)
	}
	return l
}

func (c *Counter) readEntry(r *http.Request, f *form.Form, at patrol.Where) (in patrol.Entering, err error) {
	b := page.From(r)
	in = patrol.Entering{Content: f.Line("content", 64), Point: at.Point, Visit: at.Visit, MadeAt: b.Now, Code: f.Line("code", 20), Words: f.Text("note", patrol.MaxWhat), Absent: f.Get("go") == "absent"}
	x, err := c.Patrol.Stop(r.Context(), b.Actor, at)
	if err != nil {
		return in, err
	}
	for _, d := range x.Duties {
		did, answered := patrol.Did{Duty: d.ID}, false
		for _, field := range x.Asked(d) {
			if v := f.Line(answerName(d.ID, field.Key), 200); v != "" {
				if did.Answers == nil {
					did.Answers = map[string]string{}
				}
				did.Answers[field.Key], answered = v, true
			}
		}
		if answered || slices.Contains(x.Due, d.ID) || f.Has("did", d.ID.String()) {
			in.Did = append(in.Did, did)
		}
	}
	if f.Get("go") == "found" {
		in.Found = &patrol.Found{Words: f.Text("found", matters.MaxBody), Category: f.Line("category", 40), Settled: f.Text("settled", patrol.MaxWhat), Public: f.Bool("public"), Urgent: f.Bool("urgent")}
	}
	if f.Get("go") == "need" {
		in.Needs = &patrol.Need{Item: f.Line("item", 60), Words: f.Text("need", 1000), Name: f.Line("name", 40), Phone: f.Line("phone", 40), Address: f.Line("address", 100), Whose: f.Line("for_words", 60)}
	}
	for _, h := range f.Files("files", matters.MaxFiles) {
		file, err := h.Open()
		if err != nil {
			return in, err
		}
		k, err := c.Blobs.Take(r.Context(), file, blob.Default())
		file.Close()
		if err != nil {
			for _, e := range errs.Public(err) {
				f.Fault("files", e.Key, e.Args...)
			}
			if errs.Public(err) == nil {
				return in, err
			}
			return in, f.Err()
		}
		in.Files = append(in.Files, matters.NewFile{Hash: string(k.Hash), Type: string(k.Type), Size: k.Size, Width: k.Width, Height: k.Height})
	}
	return in, f.Err()
}

func (c *Counter) enterPoint(w http.ResponseWriter, r *http.Request) error {
	d, err := record(r, "patrol.point.none")
	if err != nil {
		return err
	}
	return c.entered(w, r, func(f *form.Form) (stopPage, error) { return c.pointPage(r, f) }, patrol.Where{Point: d})
}

func (c *Counter) visit(w http.ResponseWriter, r *http.Request) error {
	v, err := c.visitPage(r, nil)
	if err != nil {
		return err
	}
	return stopShown.Show(w, r, v)
}

func (c *Counter) visitPage(r *http.Request, f *form.Form) (v stopPage, err error) {
	d, err := record(r, "patrol.visit.none")
	if err != nil {
		return v, err
	}
	b := page.From(r)
	x, err := c.Patrol.Stop(r.Context(), b.Actor, patrol.Where{Visit: d})
	if err != nil {
		return v, err
	}
	if f == nil {
		f = form.Of("content", newContent())
	}
	b.Form = f
	return c.withItems(r, c.stopPage(b, x))
}

func (c *Counter) enterVisit(w http.ResponseWriter, r *http.Request) error {
	d, err := record(r, "patrol.visit.none")
	if err != nil {
		return err
	}
	return c.entered(w, r, func(f *form.Form) (stopPage, error) { return c.visitPage(r, f) }, patrol.Where{Visit: d})
}

// look shows what the duty of a visit names of the home, once: each time is recorded.
func (c *Counter) look(w http.ResponseWriter, r *http.Request) error {
	d, err := record(r, "patrol.visit.none")
	if err != nil {
		return err
	}
	k, err := c.Patrol.Look(r.Context(), page.Actor(r), d)
	if err != nil {
		return err
	}
	v, err := c.visitPage(r, nil)
	if err != nil {
		return err
	}
	v.Need = v.T("patrol.need." + string(k.Need))
	plain := map[people.Field]string{people.FieldName: k.Facts.Name.Plain(), people.FieldPhone: k.Facts.Phone.Plain(), people.FieldAddress: k.Facts.Address.Plain()}
	for _, f := range k.Duty.Reads {
		value := plain[f]
		if value == "" {
			value = v.T("patrol.look.none")
		}
		v.Known = append(v.Known, page.Fact{Label: v.T(f.Key()), Value: value})
	}
	w.Header().Set("Cache-Control", "no-store")
	return stopShown.Show(w, r, v)
}

func (c *Counter) endVisit(w http.ResponseWriter, r *http.Request) error {
	d, err := record(r, "patrol.visit.none")
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	why := f.Text("words", patrol.MaxWhat)
	if err = f.Err(); err == nil {
		err = c.Patrol.EndVisit(r.Context(), page.Actor(r), d, why)
	}
	if err == nil {
		if page.Actor(r).Resident != 0 {
			return page.Done(w, r, "/patrol/mine", "patrol.done.visit.end")
		}
		return page.Done(w, r, "/patrol", "patrol.done.visit.end")
	}
	if errs.KindOf(err) != errs.Invalid || page.Actor(r).Resident != 0 {
		return err
	}
	f.Set("content", newContent())
	v, perr := c.visitPage(r, f)
	if perr != nil {
		return perr
	}
	return stopShown.Fail(w, r, v, err)
}
