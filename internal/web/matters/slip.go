// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"net/http"
	"strings"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/web/page"
)

// slipPage shows and prints the slip of a matter just raised.
type slipPage struct {
	page.Base
	Slip   page.Slip
	Number string
	Code   string
	Mail   bool // the slip's holder may leave an address
}

var slipped = page.New[slipPage](files, "slip.html")

// slip shows the slip of the matter that this browser has just raised.
func (c *Counter) slip(w http.ResponseWriter, r *http.Request) error {
	s, ok := c.Slips.Seen(r)
	if !ok {
		return page.Redirect(w, r, "/mine")
	}
	return c.showSlip(w, r, s)
}

// printSlip prints the slip of a matter again, for those who may see it; the
// code is known to its holder alone.
func (c *Counter) printSlip(w http.ResponseWriter, r *http.Request) error {
	m, view, err := c.Matters.Matter(r.Context(), page.Actor(r), r.PathValue("number"))
	if err != nil {
		return err
	}
	if view < matters.Reporter {
		return errs.New(errs.NotFound, "matter.none")
	}
	s := matters.Slip{ID: m.ID, Number: m.Number, Due: m.Promised}
	if fresh, ok := c.Slips.Seen(r); ok && fresh.Number == s.Number {
		s.Code = fresh.Code
	}
	return c.showSlip(w, r, s)
}

func (c *Counter) showSlip(w http.ResponseWriter, r *http.Request, s matters.Slip) error {
	b := page.From(r).Titled("matter.slip.title")
	m, view, err := c.Matters.Matter(r.Context(), b.Actor, s.Number)
	if err != nil {
		return err
	}
	code, err := page.QR(c.Address + "/query?number=" + m.Number)
	if err != nil {
		return err
	}
	v := slipPage{Base: b, Number: m.Number, Code: s.Code, Mail: c.Mail && b.Anonymous() && view >= matters.Reporter, Slip: page.Slip{
		Town: b.Site.Town.In(b.Lang), Number: m.Number, Code: s.Code, Title: m.Title, QR: code, Phone: b.Site.Phone,
		Facts: []page.Fact{
			{Label: b.T("matter.fact.where"), Value: c.where(b.Lang, m.Path, m.PlaceWords, m.RaisedAt)},
			{Label: b.T("matter.fact.raised"), Value: i18n.Exact(b.Lang, m.RaisedAt)},
			{Label: b.T("matter.fact.promised"), Value: i18n.Date(b.Lang, m.Promised)},
		},
	}}
	return slipped.Show(w, r, v)
}

// queryPage asks for number and code.
type queryPage struct {
	page.Base
	Head page.Head
}

var queried = page.New[queryPage](files, "query.html")

func (c *Counter) queryPage(r *http.Request, f *form.Form) queryPage {
	b := page.From(r).Titled("matter.query.title")
	b.Form = f
	return queryPage{Base: b, Head: page.Head{Title: b.T("matter.query.title"), Lead: b.T("matter.query.lead")}}
}

func (c *Counter) query(w http.ResponseWriter, r *http.Request) error {
	var f *form.Form
	if n := r.URL.Query().Get("number"); n != "" {
		f = form.Of("number", n)
	}
	return queried.Show(w, r, c.queryPage(r, f))
}

// ask lets the holder of a slip in.
func (c *Counter) ask(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	number, code := f.Line("number", 30), f.Line("code", 20)
	if number == "" {
		f.Fault("number", "matter.query.number.missing")
	}
	if err = f.Err(); err == nil && !c.guesses.Allow(strings.ToUpper(number), page.From(r).Now) {
		f.Fault("code", "matter.code.many") // many machines may try one number, each within its own limit
		err = f.Err()
	}
	if err == nil {
		var d matters.ID
		if d, err = c.Matters.ByCode(r.Context(), number, code); err == nil {
			c.Slips.Hold(w, r, d)
			return page.Redirect(w, r, "/matters/"+strings.ToUpper(number))
		}
		if c.Also != nil {
			if d, href, other := c.Also(r.Context(), number, code); other == nil {
				c.Slips.Hold(w, r, d)
				return page.Redirect(w, r, href)
			}
		}
	}
	return queried.Fail(w, r, c.queryPage(r, f), err)
}
