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
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// offersPage is what can be had for points.
type offersPage struct {
	page.Base
	Head  page.Head
	Tabs  []page.Tab
	Rows  []page.Row
	Empty page.Empty
}

var offered = page.New[offersPage](files, "offers.html")

func (c *Counter) offerRow(b page.Base, o volunteers.Offer, tail string) page.Row {
	row := page.Row{Href: "/volunteers/offers/" + o.ID.String() + tail, Title: o.Title, Meta: []string{c.unit(b, o.Unit), b.T("volunteers.points.n", o.Points), b.T("volunteers.offer.until.day", i18n.Date(b.Lang, o.Until))}, Left: b.T("volunteers.offer.left", o.Left())}
	if o.State != volunteers.OnOffer {
		row.Pill = page.Pill{Text: b.T("volunteer_offer.state." + string(o.State)), Tone: offerTone(o.State)}
	}
	return row
}

func offerTone(s volunteers.OfferState) page.Tone {
	switch s {
	case volunteers.Proposed:
		return page.ToneSoon
	case volunteers.OnOffer:
		return page.ToneDone
	case volunteers.Declined:
		return page.ToneLate
	case volunteers.Paused, volunteers.Ended:
	}
	return page.ToneQuiet
}

func (c *Counter) offers(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("volunteers.offers")
	os, err := c.Volunteers.ListOffers(r.Context(), b.Actor, false)
	if err != nil {
		return err
	}
	return offered.Show(w, r, c.offersPage(b, os, of(r, nil)))
}

func (c *Counter) offersPage(b page.Base, os []volunteers.Offer, whom id.ID) offersPage {
	v := offersPage{Base: b, Head: page.Head{Title: b.T("volunteers.offers"), Lead: b.T("volunteers.offers.lead")}, Tabs: tabs(b, "/volunteers/offers"),
		Empty: page.Empty{Icon: "shop", Title: b.T("volunteers.offers.none"), Text: b.T("volunteers.offers.none.text")}}
	if b.Actor.Has("offer") {
		v.Head.Action = page.Link{Href: "/volunteers/offers/add", Text: b.T("volunteers.offer.add"), Icon: "plus", Main: true}
	}
	for _, o := range os {
		v.Rows = append(v.Rows, c.offerRow(b, o, forWhom(whom)))
	}
	return v
}

// offerPage is one offer.
type offerPage struct {
	page.Base
	Head    page.Head
	Pill    page.Pill
	Body    string
	Facts   []page.Fact
	Note    page.Note
	Take    string // where the reader takes one, "" if they cannot
	Hidden  []page.Hidden
	Buttons []page.Button
}

var offerShown = page.New[offerPage](files, "offer.html")

func (c *Counter) showOffer(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	d, err := record(r, "volunteers.offer.none")
	if err != nil {
		return err
	}
	o, err := c.Volunteers.GetOffer(r.Context(), b.Actor, d)
	if err != nil {
		return err
	}
	whom := of(r, nil)
	points, member := int64(-1), false
	if whom != 0 || b.Actor.Resident != 0 {
		m, err := c.Volunteers.Mine(r.Context(), b.Actor, whom)
		if err == nil {
			points, member = m.Points, m.Volunteer.State == volunteers.Active
		} else if errs.KindOf(err) != errs.NotFound {
			return err
		}
	}
	v := c.offerPage(b, o, whom)
	if o.State == volunteers.OnOffer && (b.Anonymous() || b.Actor.Resident != 0 || whom != 0) {
		switch {
		case !member:
			v.Note = page.Note{Tone: page.ToneCalm, Text: b.T("volunteers.join_first"), Link: page.Link{Href: "/volunteers/me" + forWhom(whom), Text: b.T("volunteers.join")}}
		case points < o.Points:
			v.Note = page.Note{Tone: page.ToneSoon, Text: b.T("volunteers.offer.short", points)}
		default:
			v.Take = "/volunteers/offers/" + o.ID.String() + "/take"
			v.Note = page.Note{Tone: page.ToneCalm, Text: b.T("volunteers.offer.enough", points)}
		}
	}
	return offerShown.Show(w, r, v)
}

func (c *Counter) offerPage(b page.Base, o volunteers.Offer, whom id.ID) offerPage {
	b.Title = o.Title
	b.Crumbs = []page.Link{{Href: "/volunteers/offers" + forWhom(whom), Text: b.T("volunteers.offers")}}
	at := "/volunteers/offers/" + o.ID.String()
	v := offerPage{Base: b, Head: page.Head{Kicker: c.unit(b, o.Unit), Title: o.Title, Lead: b.T("volunteers.points.n", o.Points)}, Body: o.Body, Hidden: carried(whom),
		Pill: page.Pill{Text: b.T("volunteer_offer.state." + string(o.State)), Tone: offerTone(o.State)},
		Facts: []page.Fact{{Label: b.T("volunteers.offer.member"), Value: c.unit(b, o.Unit), Lines: []string{c.where(b, o.Path)}}, {Label: b.T("volunteers.points"), Value: page.Number(int(o.Points))},
			{Label: b.T("volunteers.offer.stock"), Value: b.T("volunteers.offer.left.of", o.Left(), o.Stock)}, {Label: b.T("volunteers.offer.until"), Value: i18n.Date(b.Lang, o.Until)}}}
	if o.Reason != "" {
		v.Facts = append(v.Facts, page.Fact{Label: b.T("volunteers.reason"), Value: o.Reason})
	}
	for _, act := range []volunteers.Act{volunteers.Approve, volunteers.Decline, volunteers.Amend, volunteers.Resume, volunteers.Pause, volunteers.End} {
		may := c.Volunteers == nil && act == volunteers.Approve
		if c.Volunteers != nil {
			may = b.Actor.Kind == scope.Staff && c.Volunteers.MayOffer(b.Actor, o, act, b.Now)
		}
		if may {
			v.Buttons = append(v.Buttons, page.Button{Text: b.T("volunteer_offer.act." + string(act)), Action: at + "/" + string(act), Main: act == volunteers.Approve, Link: act == volunteers.Decline || act == volunteers.Amend, Danger: act == volunteers.End})
		}
	}
	return v
}

// offerFormPage is the form of an offer.
type offerFormPage struct {
	page.Base
	Head   page.Head
	Action string
	Back   string
	Fields []page.Field
	Body   page.Field
}

var offerForm = page.New[offerFormPage](files, "offerform.html")

func offering(b page.Base, f *form.Form, key, action, back string) offerFormPage {
	b = front(b.Titled(key))
	b.Form = f
	field := func(name, key string) page.Field { return page.NewField(b.Lang, f, name, key).Need() }
	return offerFormPage{Base: b, Head: page.Head{Title: b.T(key), Lead: b.T("volunteers.offer.lead")}, Action: action, Back: back,
		Fields: []page.Field{field("title", "volunteers.offer.what").Max(60), field("points", "volunteers.offer.price").As("number"), field("stock", "volunteers.offer.stock").As("number"), field("until", "volunteers.offer.until").As("date")},
		Body:   page.NewField(b.Lang, f, "body", "volunteers.offer.more").Rows(3).Max(500)}
}

func offers(r *http.Request) error {
	if !page.Actor(r).Has("offer") {
		return errs.New(errs.Denied, scope.DeniedNeed)
	}
	return nil
}

func (c *Counter) offerForm(w http.ResponseWriter, r *http.Request) error {
	if err := offers(r); err != nil {
		return err
	}
	return offerForm.Show(w, r, offering(page.From(r), nil, "volunteers.offer.add", "/volunteers/offers/add", "/volunteers/shop"))
}

func readOffer(f *form.Form) volunteers.Offering {
	in := volunteers.Offering{Title: f.Line("title", 60), Body: f.Text("body", 500), Points: f.Int("points", 1, 10000), Stock: f.Int("stock", 1, 10000)}
	if day := f.Date("until"); !day.IsZero() {
		in.Until = day.Add(24*time.Hour - time.Second) // to the end of the day
	}
	return in
}

func (c *Counter) offer(w http.ResponseWriter, r *http.Request) error {
	if err := offers(r); err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	in := readOffer(f)
	v := offering(page.From(r), f, "volunteers.offer.add", "/volunteers/offers/add", "/volunteers/shop")
	if err := f.Err(); err != nil {
		return offerForm.Fail(w, r, v, err)
	}
	o, err := c.Volunteers.Offer(r.Context(), page.Actor(r), in)
	if err != nil {
		return offerForm.Fail(w, r, v, err)
	}
	return page.Done(w, r, "/volunteers/offers/"+o.ID.String(), "volunteers.done.offered")
}

// amending is the offer that may still be said anew.
func (c *Counter) amending(r *http.Request, f *form.Form) (v offerFormPage, d id.ID, err error) {
	b := page.From(r)
	if d, err = record(r, "volunteers.offer.none"); err != nil {
		return v, d, err
	}
	o, err := c.Volunteers.GetOffer(r.Context(), b.Actor, d)
	if err != nil {
		return v, d, err
	}
	if !c.Volunteers.MayOffer(b.Actor, o, volunteers.Amend, b.Now) {
		return v, d, errs.New(errs.Denied, scope.DeniedNeed)
	}
	if f == nil {
		f = form.Of("title", o.Title, "body", o.Body, "points", strconv.Itoa(int(o.Points)), "stock", strconv.Itoa(o.Stock), "until", o.Until.In(i18n.Zone).Format(time.DateOnly))
	}
	at := "/volunteers/offers/" + d.String()
	return offering(b, f, "volunteer_offer.act.amend", at+"/amend", at), d, nil
}

func (c *Counter) amendForm(w http.ResponseWriter, r *http.Request) error {
	v, _, err := c.amending(r, nil)
	if err != nil {
		return err
	}
	return offerForm.Show(w, r, v)
}

func (c *Counter) amend(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	in := readOffer(f)
	v, d, err := c.amending(r, f)
	if err != nil {
		return err
	}
	if err := f.Err(); err != nil {
		return offerForm.Fail(w, r, v, err)
	}
	if err := c.Volunteers.Amend(r.Context(), page.Actor(r), d, in); err != nil {
		return offerForm.Fail(w, r, v, err)
	}
	return page.Done(w, r, v.Back, "volunteers.done")
}

func (c *Counter) declining(r *http.Request, d id.ID, f *form.Form) (v askPage, err error) {
	b := page.From(r)
	o, err := c.Volunteers.GetOffer(r.Context(), b.Actor, d)
	if err != nil {
		return v, err
	}
	if !c.Volunteers.MayOffer(b.Actor, o, volunteers.Decline, b.Now) {
		return v, errs.New(errs.Denied, scope.DeniedNeed)
	}
	at := "/volunteers/offers/" + d.String()
	return ask(b, f, "volunteer_offer.act.decline", o.Title, at+"/decline", at, true, true), nil
}

func (c *Counter) askDecline(w http.ResponseWriter, r *http.Request) error {
	d, err := record(r, "volunteers.offer.none")
	if err != nil {
		return err
	}
	v, err := c.declining(r, d, nil)
	if err != nil {
		return err
	}
	return asked.Show(w, r, v)
}

// offerAct carries out what is asked of an offer.
func (c *Counter) offerAct(w http.ResponseWriter, r *http.Request) error {
	d, err := record(r, "volunteers.offer.none")
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	s, ctx, by, whom := c.Volunteers, r.Context(), page.Actor(r), of(r, f)
	back := "/volunteers/offers/" + d.String()
	switch r.PathValue("act") {
	case "take":
		if by.Kind == scope.Anonymous {
			return errs.New(errs.Denied, scope.DeniedSignIn)
		}
		if _, err := s.Take(ctx, by, d, whom); err != nil {
			return err
		}
		return page.Done(w, r, "/volunteers/me"+forWhom(whom), "volunteers.done.taken")
	case "approve":
		err = s.Approve(ctx, by, d)
	case "pause":
		err = s.Pause(ctx, by, d)
	case "resume":
		err = s.Resume(ctx, by, d)
	case "end":
		err = s.End(ctx, by, d)
	case "decline":
		words := f.Text("words", 500)
		if err = f.Err(); err == nil {
			err = s.Decline(ctx, by, d, words)
		}
		if err != nil && errs.KindOf(err) == errs.Invalid {
			v, verr := c.declining(r, d, f)
			if verr != nil {
				return verr
			}
			return answer(w, r, v, err)
		}
	default:
		return errs.New(errs.NotFound, "volunteers.act")
	}
	if err != nil {
		return err
	}
	return page.Done(w, r, back, "volunteers.done")
}
