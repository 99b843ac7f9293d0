// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"net/http"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/feeds"
	"yuanba/internal/web/page"
)

// deskFeedPage asks whether somebody at the desk is to have a secret address, and
// prints the slip with it.
type deskFeedPage struct {
	page.Base
	Head page.Head
	How  []string
	Post string    // the address that makes one; "" when it is made
	Slip page.Slip // once it is made
	Back string
}

var deskFeedShown = page.New[deskFeedPage](files, "deskfeed.html")

// atDesk is the resident in the address, for whoever serves them.
func (c *Counter) atDesk(r *http.Request) (d id.ID, at string, err error) {
	by := page.Actor(r)
	if !by.Has("desk") {
		return 0, "", errs.New(errs.Denied, scope.DeniedNeed)
	}
	if d, err = id.Parse(r.PathValue("id")); err != nil {
		return 0, "", errs.New(errs.NotFound, "people.none")
	}
	return d, "/desk/residents/" + d.String(), c.Letters.People.MayServe(r.Context(), by, d)
}

func (c *Counter) deskFeed(w http.ResponseWriter, r *http.Request) error {
	d, at, err := c.atDesk(r)
	if err != nil {
		return err
	}
	return deskFeedShown.Show(w, r, deskFeedOf(page.From(r), d, at))
}

func deskFeedOf(b page.Base, d id.ID, at string) deskFeedPage {
	b = b.Titled("desk.feed.title")
	b.Crumbs = []page.Link{{Href: at, Text: b.T("desk.title")}}
	return deskFeedPage{Base: b, Head: page.Head{Title: b.T("desk.feed.title"), Lead: b.T("desk.feed.lead")},
		How: []string{"desk.feed.how.anywhere", "desk.feed.how.secret", "desk.feed.how.earlier"}, Post: "/desk/residents/" + d.String() + "/feed", Back: at}
}

// makeDeskFeed makes the address and shows the slip, this once.
func (c *Counter) makeDeskFeed(w http.ResponseWriter, r *http.Request) error {
	d, at, err := c.atDesk(r)
	if err != nil {
		return err
	}
	if _, err := form.Read(r); err != nil { // it has no field, and what is no form is not one
		return err
	}
	who, err := c.Letters.People.Get(r.Context(), d)
	if err != nil {
		return err
	}
	b := page.From(r)
	token, err := c.Letters.NewFeedFor(r.Context(), b.Actor, d, who.Lang)
	if err != nil {
		return err
	}
	v, err := deskSlip(b, d, at, c.Letters.Address+feeds.MinePage(token))
	if err != nil {
		return err
	}
	return deskFeedShown.Show(w, r, v)
}

func deskSlip(b page.Base, d id.ID, at, address string) (deskFeedPage, error) {
	v := deskFeedOf(b, d, at)
	code, err := page.QR(address)
	if err != nil {
		return v, err
	}
	v.Head, v.Post, v.How = page.Head{Title: b.T("desk.feed.made"), Lead: b.T("desk.feed.made.lead")}, "", nil
	v.Slip = page.Slip{Town: v.Site.Town.In(b.Lang), Title: b.T("desk.feed.slip"), QR: code, Address: address, Phone: v.Site.Phone,
		Facts: []page.Fact{{Label: b.T("desk.feed.day"), Value: i18n.Date(b.Lang, b.Now)}, {Label: b.T("desk.feed.keep"), Value: b.T("desk.feed.keep.text")}}}
	return v, nil
}
