// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"net/http"
	"strconv"
	"time"

	"yuanba/internal/domain/volunteers"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// drawPage is the form of a task.
type drawPage struct {
	page.Base
	Head   page.Head
	Action string
	Back   string
	Title2 page.Field
	Act    page.Field
	Place  page.Field
	Where  page.Field
	Begins page.Field
	Ends   page.Field
	Seats  page.Field
	Body   page.Field
	Repeat page.Field
	Until  page.Field
	Open   page.Field
	New    bool
}

var drawn = page.New[drawPage](files, "draw.html")

// grounds are the villages, grids and courtyards in which somebody organises.
func (c *Counter) grounds(b page.Base) []page.Option {
	in := b.Actor.Scopes("organise", b.Now)
	os := c.villages(b, in)
	if len(os) > 0 {
		return os
	}
	tree := c.Places.Tree()
	for _, s := range in { // a grid alone
		if p, ok := tree.Get(s.ID); ok {
			os = append(os, page.Option{Value: p.ID.String(), Text: tree.Words(p.Path, "").In(b.Lang)})
		}
	}
	return os
}

func (c *Counter) drawingPage(r *http.Request, f *form.Form, key string, t volunteers.Tariff, grounds []page.Option) drawPage {
	b := front(page.From(r).Titled(key))
	b.Form = f
	field := func(name, key string) page.Field { return page.NewField(b.Lang, f, name, key) }
	var acts []page.Option
	for _, l := range t.Lines {
		if l.By == volunteers.ByTask {
			acts = append(acts, page.Option{Value: l.Code, Text: l.Name.In(b.Lang), Help: worth(b, l)})
		}
	}
	often := []page.Option{{Value: "once", Text: b.T("volunteers.repeat.once"), On: true}}
	for _, x := range volunteers.Repeats {
		often = append(often, page.Option{Value: string(x), Text: b.T("volunteers.repeat." + string(x))})
	}
	v := drawPage{Base: b, Head: page.Head{Title: b.T(key), Lead: b.T("volunteers.draw.lead")}, Action: "/volunteers/draw", Back: "/volunteers/work", New: true,
		Title2: field("title", "volunteers.draw.title").Need().Max(60), Act: field("act", "volunteers.draw.act").Need().Of(acts), Place: field("place", "volunteers.draw.place").Need().Of(grounds),
		Where: field("place_words", "volunteers.draw.where").Need().Max(60), Begins: field("begins", "volunteers.draw.begins").As("datetime-local").Need(), Ends: field("ends", "volunteers.draw.ends").As("datetime-local").Need(),
		Seats: field("seats", "volunteers.draw.seats").As("number").Need().From("10"), Body: field("body", "volunteers.draw.body").Rows(4).Max(1000), Open: field("open", "volunteers.draw.open"),
		Repeat: field("repeat", "volunteers.repeat").Of(often).Need(), Until: field("until", "volunteers.repeat.until").As("date")}
	return v
}

// inForce is the tariff of today.
func (c *Counter) inForce(r *http.Request) (volunteers.Tariff, error) {
	es, err := c.Volunteers.Editions(r.Context())
	return volunteers.InForce(es, volunteers.DayOf(page.From(r).Now)).Tariff, err
}

// organises is Denied for who organises nowhere.
func organises(r *http.Request) error {
	if by := page.Actor(r); by.Kind != scope.Staff || !by.Has("organise") {
		return errs.New(errs.Denied, scope.DeniedNeed)
	}
	return nil
}

func (c *Counter) drawForm(w http.ResponseWriter, r *http.Request) error {
	if err := organises(r); err != nil {
		return err
	}
	t, err := c.inForce(r)
	if err != nil {
		return err
	}
	return drawn.Show(w, r, c.drawingPage(r, form.Of("open", "1"), "volunteers.draw", t, c.grounds(page.From(r))))
}

func drawing(f *form.Form) volunteers.Drawing {
	repeat, until := volunteers.Repeat(f.Line("repeat", 20)), volunteers.Day(0)
	if day := f.Date("until"); !day.IsZero() {
		until = volunteers.DayOf(day)
	}
	if repeat == "once" {
		repeat = volunteers.Once
	}
	return volunteers.Drawing{Repeat: repeat, Until: until, Title: f.Line("title", 60), Body: f.Text("body", 1000), Act: f.Line("act", 30), Place: f.ID("place"), PlaceWords: f.Line("place_words", 60),
		Begins: f.Moment("begins"), Ends: f.Moment("ends"), Seats: f.Int("seats", 1, 500), Open: f.Bool("open")}
}

func (c *Counter) draw(w http.ResponseWriter, r *http.Request) error {
	if err := organises(r); err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	t, err := c.inForce(r)
	if err != nil {
		return err
	}
	in := drawing(f)
	v := c.drawingPage(r, f, "volunteers.draw", t, c.grounds(page.From(r)))
	if err := f.Err(); err != nil {
		return drawn.Fail(w, r, v, err)
	}
	made, err := c.Volunteers.DrawUp(r.Context(), page.Actor(r), in)
	if errs.KindOf(err) == errs.Denied {
		return err
	}
	if err != nil {
		return drawn.Fail(w, r, v, err)
	}
	return page.Done(w, r, "/volunteers/tasks/"+made.ID.String(), "volunteers.done.drawn")
}

func (c *Counter) revising(r *http.Request, f *form.Form) (v drawPage, t volunteers.Task, err error) {
	b := page.From(r)
	d, err := record(r, "volunteers.task.none")
	if err != nil {
		return v, t, err
	}
	whole, err := c.Volunteers.GetTask(r.Context(), b.Actor, d)
	if err != nil {
		return v, t, err
	}
	t = whole.Task
	if !c.mayTask(b, t, volunteers.Revise) {
		return v, t, errs.New(errs.Denied, scope.DeniedNeed)
	}
	tariff, err := c.inForce(r)
	if err != nil {
		return v, t, err
	}
	if f == nil {
		place, _ := t.Path.Last()
		clock := func(at time.Time) string { return at.In(i18n.Zone).Format("2006-01-02T15:04") }
		f = form.Of("title", t.Title, "body", t.Body, "act", t.Act, "place", place.String(), "place_words", t.PlaceWords, "begins", clock(t.Begins), "ends", clock(t.Ends), "seats", strconv.Itoa(t.Seats))
	}
	v = c.drawingPage(r, f, "volunteer_task.act.revise", tariff, c.grounds(b))
	v.Back = "/volunteers/tasks/" + d.String()
	v.Action, v.New = v.Back+"/revise", false
	return v, t, nil
}

func (c *Counter) reviseForm(w http.ResponseWriter, r *http.Request) error {
	v, _, err := c.revising(r, nil)
	if err != nil {
		return err
	}
	return drawn.Show(w, r, v)
}

func (c *Counter) revise(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	in := drawing(f)
	v, t, err := c.revising(r, f)
	if err != nil {
		return err
	}
	if err := f.Err(); err != nil {
		return drawn.Fail(w, r, v, err)
	}
	if err := c.Volunteers.Revise(r.Context(), page.Actor(r), t.ID, in); err != nil {
		return drawn.Fail(w, r, v, err)
	}
	return page.Done(w, r, v.Back, "volunteers.done")
}
