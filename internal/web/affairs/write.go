// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"net/http"
	"slices"
	"time"

	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/web/page"
)

// writePage is the form of a notice.
type writePage struct {
	sheet
	Kind    affairs.Kind
	Fields  []field
	Action  string
	Button  string
	Version string
	Amended bool
	Is      kindIs
}

// kindIs says which fields a kind has.
type kindIs struct{ Open, Event, Speaker bool }

type field = page.Field

var writeShown = page.New[writePage](files, "write.html")

func (c *Counter) write(w http.ResponseWriter, r *http.Request) error {
	p, err := c.placeOf(r)
	if err != nil {
		return err
	}
	b := page.From(r)
	if err := mayEdit(b, p); err != nil {
		return err
	}
	q := r.URL.Query()
	f := form.Of("kind", q.Get("kind"), "item", q.Get("item"), "period", q.Get("period"))
	v, err := c.writeView(r, p, f)
	if err != nil {
		return err
	}
	return writeShown.Show(w, r, v)
}

// writeView is the form, for a kind that is in it.
func (c *Counter) writeView(r *http.Request, p places.Place, f *form.Form) (v writePage, err error) {
	b := page.From(r)
	kind := affairs.Kind(f.Get("kind"))
	if !slices.Contains(affairs.Kinds, kind) || kind.Open() && p.Kind != places.Village {
		kind = affairs.Plain
	}
	v = writePage{sheet: c.sheetOf(b, p, "edit", b.T("village.write.title", i18n.Key(affairWord(kind, p))), b.T("village.write.lead."+string(kind))), Kind: kind,
		Action: At(p.ID) + "/write", Button: b.T("village.write.save"), Is: kindIs{kind.Open(), kind == affairs.Event, kind == affairs.Speaker}}
	v.Form = f
	return v, c.writeFields(r, p, &v)
}

func (c *Counter) writeFields(r *http.Request, p places.Place, v *writePage) error {
	b, f := v.Base, v.Form
	add := func(x page.Field) { v.Fields = append(v.Fields, x) }
	if v.Is.Open {
		_, all, err := c.Affairs.Standings(r.Context(), p.ID, 6)
		if err != nil {
			return err
		}
		rs, err := c.Affairs.Rhythms(r.Context())
		if err != nil {
			return err
		}
		var items, periods []page.Option
		for _, x := range rs[0].Items {
			if x.Kind == v.Kind {
				items = append(items, page.Option{Value: x.Code, Text: x.Name.In(b.Lang), Help: paceWords(b, x)})
			}
		}
		for _, s := range all {
			if s.Item.Kind == v.Kind && s.Notice == 0 && s.Period.Pace() != affairs.AtOnce {
				o := page.Option{Value: string(s.Period), Text: s.Period.Say(b.Lang)}
				if !slices.ContainsFunc(periods, func(x page.Option) bool { return x.Value == o.Value }) {
					periods = append(periods, o)
				}
			}
		}
		add(page.NewField(b.Lang, f, "item", "village.write.item").Of(items).Need())
		add(page.NewField(b.Lang, f, "period", "village.write.period").Of(periods))
		add(page.NewField(b.Lang, f, "happened", "village.write.happened").As("date"))
	}
	add(page.NewField(b.Lang, f, "title", "village.write.name").Need().Max(affairs.MaxTitle))
	most := affairs.MaxBody
	if v.Is.Speaker {
		most = affairs.MaxSpeaker
	}
	add(page.NewField(b.Lang, f, "body", "village.write.body").Need().Max(most).Rows(8))
	if v.Is.Event {
		add(page.NewField(b.Lang, f, "starts", "village.write.starts").As("datetime-local").Need())
		add(page.NewField(b.Lang, f, "ends", "village.write.ends").As("datetime-local"))
		add(page.NewField(b.Lang, f, "spot", "village.write.spot").Max(affairs.MaxSpot))
	}
	if v.Amended {
		add(page.NewField(b.Lang, f, "why", "village.write.why").Need().Max(affairs.MaxWhy))
	}
	add(page.NewField(b.Lang, f, "file", "village.write.file").Files("image/*,application/pdf", 1))
	add(reachField(b, f, "village.write.reach"))
	return nil
}

// read reads a writing from a form.
func (c *Counter) read(r *http.Request, f *form.Form) (in affairs.Writing, err error) {
	in = affairs.Writing{Kind: affairs.Kind(f.Choice("kind", kindNames()...)), Title: f.Line("title", affairs.MaxTitle), Body: f.Text("body", affairs.MaxBody),
		Item: f.Line("item", 40), Period: affairs.Period(f.Line("period", 10)), Starts: f.Moment("starts"), Ends: f.Moment("ends"), Spot: f.Line("spot", affairs.MaxSpot)}
	if day := f.Date("happened"); !day.IsZero() && in.Period == "" {
		in.Period = affairs.PeriodOf(affairs.AtOnce, day)
	}
	in.Members = f.Choice("reach", reachAll, reachMembers) == reachMembers
	in.File, err = c.take(r, f, "file", blob.Photo, blob.Document)
	return in, err
}

func (c *Counter) written(w http.ResponseWriter, r *http.Request) error {
	p, f, err := c.editing(r)
	if err != nil {
		return err
	}
	in, err := c.read(r, f)
	if err != nil {
		return err
	}
	if err = f.Err(); err == nil {
		var d affairs.ID
		if d, err = c.Affairs.Write(r.Context(), page.Actor(r), p.ID, in); err == nil {
			return page.Done(w, r, "/notices/"+d.String(), "village.written")
		}
	}
	v, verr := c.writeView(r, p, f)
	if verr != nil {
		return verr
	}
	return writeShown.Fail(w, r, v, err)
}

// amend is the form of a notice that is there.
func (c *Counter) amend(w http.ResponseWriter, r *http.Request) error {
	n, p, _, err := c.get(r)
	if err != nil {
		return err
	}
	moment := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(i18n.Zone).Format("2006-01-02T15:04")
	}
	happened := ""
	if n.Period.Pace() == affairs.AtOnce {
		happened = string(n.Period)
	}
	f := form.Of("kind", string(n.Kind), "item", n.Item, "period", string(n.Period), "happened", happened, "title", n.Title, "body", n.Body, "starts", moment(n.Starts), "ends", moment(n.Ends), "spot", n.Spot, "reach", reachOf(n.Members))
	v, err := c.amendView(r, n, p, f)
	if err != nil {
		return err
	}
	return writeShown.Show(w, r, v)
}

func (c *Counter) amendView(r *http.Request, n affairs.Notice, p places.Place, f *form.Form) (v writePage, err error) {
	b := page.From(r)
	if err := mayEdit(b, p); err != nil {
		return v, err
	}
	v = writePage{sheet: c.sheetOf(b, p, "edit", b.T("village.amend.title"), b.T("village.amend.lead")), Kind: n.Kind, Action: "/notices/" + n.ID.String() + "/amend",
		Button: b.T("village.amend.save"), Version: itoa(int(n.Version)), Amended: n.State == affairs.Published,
		Is: kindIs{n.Kind.Open() && n.State == affairs.Draft, n.Kind == affairs.Event, n.Kind == affairs.Speaker}}
	v.Form = f
	return v, c.writeFields(r, p, &v)
}

func (c *Counter) amended(w http.ResponseWriter, r *http.Request) error {
	n, p, _, err := c.get(r)
	if err != nil {
		return err
	}
	if err := mayEdit(page.From(r), p); err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	in, err := c.read(r, f)
	if err != nil {
		return err
	}
	why, saw := f.Line("why", affairs.MaxWhy), f.Int("version", 1, 1<<40)
	if err = f.Err(); err == nil {
		if err = c.Affairs.Amend(r.Context(), page.Actor(r), n.ID, in, why, int64(saw)); err == nil {
			return page.Done(w, r, "/notices/"+n.ID.String(), "village.amended")
		}
	}
	v, verr := c.amendView(r, n, p, f)
	if verr != nil {
		return verr
	}
	return writeShown.Fail(w, r, v, err)
}
