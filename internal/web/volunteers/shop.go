// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"net/http"

	"yuanba/internal/domain/volunteers"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// shopPage is what a member does: takes codes, and sees what it offers.
type shopPage struct {
	page.Base
	Head    page.Head
	Tabs    []page.Tab
	Code    page.Field
	Figures []figure
	Open    []taken
	Offers  []page.Row
	Done    page.Table
}

var shopped = page.New[shopPage](files, "shop.html")

func (c *Counter) shop(w http.ResponseWriter, r *http.Request) error {
	v, err := c.shopFor(r, nil)
	if err != nil {
		return err
	}
	return shopped.Show(w, r, v)
}

func (c *Counter) shopFor(r *http.Request, f *form.Form) (shopPage, error) {
	b := page.From(r).Titled("volunteers.shop")
	b.Form = f
	sh, err := c.Volunteers.Shop(r.Context(), b.Actor)
	return c.shopPage(b, sh), err
}

func (c *Counter) shopPage(b page.Base, sh volunteers.Shop) shopPage {
	v := shopPage{Base: b, Head: page.Head{Title: b.T("volunteers.shop"), Lead: b.T("volunteers.shop.lead"), Action: page.Link{Href: "/volunteers/offers/add", Text: b.T("volunteers.offer.add"), Icon: "plus"}}, Tabs: tabs(b, "/volunteers/shop"),
		Code:    page.NewField(b.Lang, b.Form, "code", "volunteers.code").Need().Max(12).Auto("off").Example("AB3D-7XYZ"),
		Figures: []figure{{page.Number(int(sh.Points)), b.T("volunteers.shop.points")}, {page.Number(len(sh.Open)), b.T("volunteers.shop.open")}}}
	for _, x := range sh.Open {
		v.Open = append(v.Open, taken{Title: x.Title, Pill: page.Pill{Text: b.T("volunteer_redemption.state." + string(x.State)), Tone: page.ToneSoon},
			Lines: []string{b.T("volunteers.points.n", x.Points) + " · " + i18n.When(b.Lang, b.Now, x.TakenAt)}, Cancel: page.Button{Text: b.T("volunteers.shop.cannot"), Action: "/volunteers/redemptions/" + x.ID.String() + "/cancel", Link: true}})
	}
	for _, o := range sh.Offers {
		row := c.offerRow(b, o, "")
		row.Pill = page.Pill{Text: b.T("volunteer_offer.state." + string(o.State)), Tone: offerTone(o.State)}
		v.Offers = append(v.Offers, row)
	}
	v.Done = page.Table{Caption: b.T("volunteers.shop.done"), Cols: []page.Col{{Text: b.T("volunteers.offer.what")}, {Text: b.T("volunteers.statement.day")}, {Text: b.T("volunteers.points"), Num: true}}}
	for _, x := range sh.Done {
		v.Done.Rows = append(v.Done.Rows, []page.Cell{{Text: x.Title}, {Text: i18n.Date(b.Lang, x.EndedAt)}, {Text: page.Number(int(x.Points))}})
	}
	return v
}

func (c *Counter) handOver(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	v, err := c.shopFor(r, f)
	if err != nil {
		return err
	}
	code := f.Line("code", 20)
	if err := f.Err(); err != nil {
		return shopped.Fail(w, r, v, err)
	}
	x, err := c.Volunteers.HandOver(r.Context(), page.Actor(r), code)
	if err != nil {
		return shopped.Fail(w, r, v, err)
	}
	return page.Done(w, r, "/volunteers/shop", "volunteers.done.handed_over", x.Title)
}

// cancelling is the page before a redemption is cancelled: by the member with a reason,
// by the volunteer without.
func cancelling(r *http.Request, d id.ID, f *form.Form) (v askPage, shop bool, err error) {
	b, whom := page.From(r), of(r, f)
	shop = b.Actor.Kind == scope.Staff && whom == 0
	if shop && !b.Actor.Has("offer") || !shop && whom == 0 && b.Actor.Resident == 0 {
		return v, shop, errs.New(errs.Denied, scope.DeniedNeed)
	}
	back := "/volunteers/me" + forWhom(whom)
	if shop {
		back = "/volunteers/shop"
	}
	v = ask(b, f, "volunteer_redemption.act.cancel", b.T("volunteers.cancel.text"), "/volunteers/redemptions/"+d.String()+"/cancel", back, shop, false)
	v.Confirm.Hidden = carried(whom)
	return v, shop, nil
}

func (c *Counter) askCancel(w http.ResponseWriter, r *http.Request) error {
	d, err := record(r, "volunteers.redemption.none")
	if err != nil {
		return err
	}
	v, _, err := cancelling(r, d, nil)
	if err != nil {
		return err
	}
	return asked.Show(w, r, v)
}

func (c *Counter) cancel(w http.ResponseWriter, r *http.Request) error {
	d, err := record(r, "volunteers.redemption.none")
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	v, shop, err := cancelling(r, d, f)
	if err != nil {
		return err
	}
	words := ""
	if shop {
		words = f.Text("words", 500)
	}
	if err = f.Err(); err == nil {
		err = c.Volunteers.Cancel(r.Context(), page.Actor(r), d, of(r, f), words)
	}
	if err != nil {
		return answer(w, r, v, err)
	}
	return page.Done(w, r, v.Confirm.Back, "volunteers.done.cancelled")
}

func (c *Counter) settle(w http.ResponseWriter, r *http.Request) error {
	if !page.Actor(r).Has("administer") {
		return errs.New(errs.Denied, scope.DeniedNeed)
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	unit, points, note := f.ID("unit"), f.Int("points", 1, 1<<30), f.Text("note", 500)
	if err = f.Err(); err == nil {
		if err = c.Volunteers.Settle(r.Context(), page.Actor(r), unit, points, note); err == nil {
			return page.Done(w, r, "/volunteers/pot", "volunteers.done.settled")
		}
	}
	v, verr := c.potFor(r)
	if verr != nil {
		return verr
	}
	v.Form = f
	ds, verr := c.Volunteers.Dues(r.Context(), v.Actor)
	if verr != nil {
		return verr
	}
	c.settling(&v, ds)
	return potted.Fail(w, r, v, err)
}
