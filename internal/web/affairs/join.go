// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"html/template"
	"net/http"

	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

func (c *Counter) join(w http.ResponseWriter, r *http.Request) error {
	p, err := c.placeOf(r)
	if err != nil {
		return err
	}
	if _, err := form.Read(r); err != nil {
		return err
	}
	m, err := c.Affairs.AskIn(r.Context(), page.Actor(r), p.ID)
	if err != nil {
		return err
	}
	if m.State == affairs.Joined {
		return page.Done(w, r, At(p.ID)+"/talk", "membership.done.joined")
	}
	return page.Done(w, r, At(p.ID)+"/talk", "membership.done.asked")
}

// codePage asks for a printed code.
type codePage struct {
	page.Base
	Head page.Head
}

var codeShown = page.New[codePage](files, "joincode.html")

func codeView(r *http.Request, f *form.Form) codePage {
	b := page.From(r).Titled("membership.code.title")
	b.Form = f
	return codePage{Base: b, Head: page.Head{Title: b.Title, Lead: b.T("membership.code.lead")}}
}

func (c *Counter) joinForm(w http.ResponseWriter, r *http.Request) error {
	return codeShown.Show(w, r, codeView(r, form.Of("code", r.URL.Query().Get("code"))))
}

func (c *Counter) joinByCode(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	code := f.Line("code", 20)
	if err = f.Err(); err == nil {
		var m affairs.Membership
		if m, err = c.Affairs.Join(r.Context(), page.Actor(r), code); err == nil {
			return page.Done(w, r, At(m.Place)+"/talk", "membership.done.joined")
		}
	}
	if errs.KindOf(err) != errs.Invalid {
		return err
	}
	return codeShown.Fail(w, r, codeView(r, f), err)
}

// membersPage is who waits to be let in: for neighbours to vouch, for the committee to say
// yes; and the codes that are good. There is no list of members.
type membersPage struct {
	sheet
	Asked   []member
	Vouched []member
	Edit    bool
	Codes   []member // the codes that are good, with the way to end each
	Code    string   // just made
	QR      template.HTML
	Make    string
}

type member struct {
	Name, When string
	Acts       []page.Button
}

var membersShown = page.New[membersPage](files, "members.html")

func (c *Counter) members(w http.ResponseWriter, r *http.Request) error {
	p, err := c.placeOf(r)
	if err != nil {
		return err
	}
	v, err := c.membersView(r, p, nil)
	if err != nil {
		return err
	}
	return membersShown.Show(w, r, v)
}

func (c *Counter) membersView(r *http.Request, p places.Place, f *form.Form) (v membersPage, err error) {
	b := page.From(r)
	v = membersPage{sheet: c.sheetOf(b, p, "talk", b.T("membership.title"), b.T("membership.lead")), Edit: edits(b, p), Make: At(p.ID) + "/codes"}
	v.Form = f
	for _, state := range []affairs.MemberState{affairs.AskedIn, affairs.Vouched} {
		ms, err := c.Affairs.ListMembers(r.Context(), b.Actor, p.ID, state)
		if err != nil {
			return v, err
		}
		for _, m := range ms {
			x := member{Name: m.Name, When: i18n.When(b.Lang, b.Now, m.AskedAt)}
			at := "/memberships/" + m.ID.String() + "/"
			switch {
			case state == affairs.Vouched:
				x.Acts = []page.Button{{Text: b.T("membership.act.admit"), Action: at + "admit", Main: true}, {Text: b.T("membership.act.refuse"), Action: at + "refuse", Link: true}}
			case v.Edit:
				x.Acts = []page.Button{{Text: b.T("membership.act.refuse"), Action: at + "refuse", Link: true}}
			case b.Actor.Resident != m.Resident:
				x.Acts = []page.Button{{Text: b.T("membership.act.vouch"), Action: at + "vouch"}}
			}
			if state == affairs.Vouched {
				v.Vouched = append(v.Vouched, x)
			} else {
				v.Asked = append(v.Asked, x)
			}
		}
	}
	cs, err := c.Affairs.Codes(r.Context(), b.Actor, p.ID)
	for _, k := range cs {
		v.Codes = append(v.Codes, codeOf(b, k))
	}
	return v, err
}

// codeOf is a code that is good, as the list shows it.
func codeOf(b page.Base, k affairs.Code) member {
	return member{Name: b.T("membership.code.row", k.Most, k.Used), When: b.T("membership.code.until", i18n.Date(b.Lang, k.Until)),
		Acts: []page.Button{{Text: b.T("membership.code.end"), Action: "/codes/" + k.ID.String() + "/end", Link: true}}}
}

// endCodeForm asks whether a code is to end: it cannot be brought back.
func (c *Counter) endCodeForm(w http.ResponseWriter, r *http.Request) error {
	d, err := recordOf(r, "membership.code.none")
	if err != nil {
		return err
	}
	b := page.From(r).Titled("membership.code.end.title")
	k, err := c.Affairs.Code(r.Context(), b.Actor, d)
	if err != nil {
		return err
	}
	return asked.Show(w, r, askPage{Base: b, Confirm: page.Confirm{Title: b.Title, Text: b.T("membership.code.end.text", k.Used, i18n.Date(b.Lang, k.Until)), Action: "/codes/" + d.String() + "/end",
		Yes: b.T("membership.code.end"), No: b.T("village.back"), Back: At(k.Place) + "/members"}})
}

func (c *Counter) endCode(w http.ResponseWriter, r *http.Request) error {
	d, err := recordOf(r, "membership.code.none")
	if err != nil {
		return err
	}
	if _, err := form.Read(r); err != nil {
		return err
	}
	place, err := c.Affairs.EndCode(r.Context(), page.Actor(r), d)
	if err != nil {
		return err
	}
	return page.Done(w, r, At(place)+"/members", "membership.code.ended")
}

func (c *Counter) makeCode(w http.ResponseWriter, r *http.Request) error {
	p, f, err := c.editing(r)
	if err != nil {
		return err
	}
	most, days := f.Int("most", 1, 500), f.Int("days", 1, 90)
	var code string
	if err = f.Err(); err == nil {
		code, err = c.Affairs.MakeCode(r.Context(), page.Actor(r), p.ID, most, days)
	}
	v, verr := c.membersView(r, p, f)
	if verr != nil {
		return verr
	}
	if err != nil {
		return membersShown.Fail(w, r, v, err)
	}
	v.Code = code
	if v.QR, err = page.QR(c.Address + "/join?code=" + code); err != nil {
		return err
	}
	return membersShown.Show(w, r, v)
}

// refuseForm asks why somebody is not let in.
func (c *Counter) refuseForm(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	if !b.Actor.Has("publish") {
		return errs.New(errs.Denied, scope.DeniedNeed)
	}
	return asked.Show(w, r, refuseView(r, nil))
}

func refuseView(r *http.Request, f *form.Form) askPage {
	b := page.From(r).Titled("membership.refuse.title")
	b.Form = f
	return askPage{Base: b, Confirm: page.Confirm{Title: b.Title, Text: b.T("membership.refuse.text"), Action: "/memberships/" + r.PathValue("id") + "/refuse", Yes: b.T("membership.act.refuse"), No: b.T("village.back"), Back: "/affairs",
		Field: page.NewField(b.Lang, f, "why", "village.withdraw.why").Need().Max(affairs.MaxWhy)}}
}

// memberAct does what was asked to a membership.
func (c *Counter) memberAct(w http.ResponseWriter, r *http.Request) error {
	d, err := recordOf(r, "membership.missing")
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	ctx, by, why := r.Context(), page.Actor(r), f.Line("why", affairs.MaxWhy)
	if err = f.Err(); err == nil {
		switch affairs.MemberAct(r.PathValue("act")) {
		case affairs.Vouch:
			err = c.Affairs.Vouch(ctx, by, d)
		case affairs.Admit:
			err = c.Affairs.Admit(ctx, by, d)
		case affairs.Refuse:
			err = c.Affairs.Refuse(ctx, by, d, why)
		case affairs.Leave:
			err = c.Affairs.Leave(ctx, by, d)
		case affairs.AskIn, affairs.JoinAct:
			err = errs.New(errs.NotFound, "membership.missing")
		default:
			err = errs.New(errs.NotFound, "membership.missing")
		}
	}
	if errs.KindOf(err) == errs.Invalid && err != nil {
		return asked.Fail(w, r, refuseView(r, f), err)
	}
	if err != nil {
		return err
	}
	place, err := c.Affairs.PlaceOfMembership(ctx, d)
	if err != nil {
		return err
	}
	if affairs.MemberAct(r.PathValue("act")) == affairs.Leave {
		return page.Done(w, r, At(place)+"/talk", "membership.done")
	}
	return page.Done(w, r, At(place)+"/members", "membership.done")
}
