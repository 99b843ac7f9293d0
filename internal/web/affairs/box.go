// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"net/http"

	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/web/page"
)

// boxPage is the secretary's box: a resident's own letters, or, to somebody of the
// village, those written to them.
type boxPage struct {
	sheet
	Rows   []page.Row
	None   string
	Write  bool
	SignIn string
	Fields []page.Field
	Action string
}

var boxShown = page.New[boxPage](files, "box.html")

func (c *Counter) box(w http.ResponseWriter, r *http.Request) error {
	p, err := c.placeOf(r)
	if err != nil {
		return err
	}
	v, err := c.boxView(r, p, nil)
	if err != nil {
		return err
	}
	return boxShown.Show(w, r, v)
}

func (c *Counter) boxView(r *http.Request, p places.Place, f *form.Form) (v boxPage, err error) {
	b := page.From(r)
	v = boxPage{sheet: c.sheetOf(b, p, "box", b.T("village.box.title"), b.T("village.box.lead")), Action: At(p.ID) + "/box", None: b.T("missive.none.mine")}
	v.Form = f
	switch b.Actor.Kind {
	case scope.Anonymous:
		v.SignIn = "/signin?next=" + At(p.ID) + "/box"
		return v, nil
	case scope.Resident:
		var to []page.Option
		for i, x := range c.Affairs.Addressees(p.ID) {
			to = append(to, page.Option{Value: string(x), Text: b.T("missive.to." + string(x)), On: i == 0})
		}
		if len(to) == 0 {
			v.None = b.T("missive.none.post")
			break
		}
		v.Write = true
		v.Fields = []page.Field{
			page.NewField(b.Lang, f, "to", "missive.to").Of(to).Need(),
			page.NewField(b.Lang, f, "body", "missive.body").Need().Max(affairs.MaxMissive).Rows(6)}
	case scope.Staff, scope.Outside, scope.Machine, scope.System:
		v.None = b.T("missive.none.yours")
	}
	ms, err := c.Affairs.ListMissives(r.Context(), b.Actor, p.ID)
	for _, m := range ms {
		v.Rows = append(v.Rows, missiveRow(b, m))
	}
	return v, err
}

// missiveRow is a letter in a list: to whom, when, until when, and never its words.
func missiveRow(b page.Base, m affairs.Missive) page.Row {
	row := page.Row{Href: "/missives/" + m.ID.String(), Title: b.T("missive.to." + string(m.To)), Meta: []string{i18n.When(b.Lang, b.Now, m.SentAt)}, Pill: missivePill(b, m)}
	if (m.State == affairs.Sent || m.State == affairs.Taken) && !m.Late(b.Now) {
		row.Meta = append(row.Meta, b.T("missive.due", i18n.When(b.Lang, b.Now, m.Due)))
	}
	return row
}

func missivePill(b page.Base, m affairs.Missive) page.Pill {
	x := page.Pill{Text: b.T("missive.state." + string(m.State)), Tone: page.ToneCalm}
	switch {
	case m.State == affairs.Replied:
		x.Tone = page.ToneDone
	case m.State == affairs.Recalled:
		x.Tone = page.ToneQuiet
	case m.Late(b.Now):
		x = page.Pill{Tone: page.ToneLate, Text: b.T("missive.late", i18n.Left(b.Lang, b.Now, m.Due))}
	}
	return x
}

func (c *Counter) send(w http.ResponseWriter, r *http.Request) error {
	p, err := c.placeOf(r)
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	to, body := affairs.Addressee(f.Choice("to", string(affairs.ToSecretary), string(affairs.ToCommittee))), f.Text("body", affairs.MaxMissive)
	if err = f.Err(); err == nil {
		var d affairs.ID
		if d, err = c.Affairs.Send(r.Context(), page.Actor(r), p.ID, to, body); err == nil {
			return page.Done(w, r, "/missives/"+d.String(), "missive.sent")
		}
	}
	if errs.KindOf(err) != errs.Invalid {
		return err
	}
	v, verr := c.boxView(r, p, f)
	if verr != nil {
		return verr
	}
	return boxShown.Fail(w, r, v, err)
}

// missivePage is one letter.
type missivePage struct {
	sheet
	From, Body string
	Reply      string
	ReplyBy    string
	Pill       page.Pill
	Due        string
	Forms      []remarkForm
	Acts       []page.Button
}

var missiveShown = page.New[missivePage](files, "missive.html")

func (c *Counter) missive(w http.ResponseWriter, r *http.Request) error {
	v, err := c.missiveView(r, nil)
	if err != nil {
		return err
	}
	return missiveShown.Show(w, r, v)
}

func (c *Counter) missiveView(r *http.Request, f *form.Form) (v missivePage, err error) {
	d, err := recordOf(r, "missive.none")
	if err != nil {
		return v, err
	}
	b := page.From(r)
	m, err := c.Affairs.Read(r.Context(), b.Actor, d)
	if err != nil {
		return v, err
	}
	p, err := c.Affairs.PlaceOf(m.Place)
	if err != nil {
		return v, err
	}
	v = missivePage{sheet: c.sheetOf(b, p, "box", b.T("missive.to."+string(m.To)), b.T("missive.private")), From: b.T("missive.from", m.Name, i18n.When(b.Lang, b.Now, m.SentAt)), Body: m.Body, Reply: m.Reply, ReplyBy: m.RepliedPost, Pill: missivePill(b, m)}
	v.Form = f
	if m.State == affairs.Sent || m.State == affairs.Taken {
		v.Due = b.T("missive.due", i18n.When(b.Lang, b.Now, m.Due))
	}
	own := b.Actor.Kind == scope.Resident
	for _, x := range affairs.MissiveFlow.From(m.State) {
		action, text := "/missives/"+d.String()+"/"+string(x.Act), b.T("missive.act."+string(x.Act))
		if (x.Need == "writer") != own {
			continue
		}
		switch x.Act {
		case affairs.Reply, affairs.WriteOn:
			v.Forms = append(v.Forms, remarkForm{text, action, []page.Field{page.NewField(b.Lang, f, "body", "missive.body").Need().Max(affairs.MaxMissive).Rows(5)}, page.Button{Text: text, Main: true}})
		case affairs.Receive, affairs.Recall:
			v.Acts = append(v.Acts, page.Button{Text: text, Action: action})
		}
	}
	return v, nil
}

func (c *Counter) missiveAct(w http.ResponseWriter, r *http.Request) error {
	d, err := recordOf(r, "missive.none")
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	ctx, by, body := r.Context(), page.Actor(r), f.Text("body", affairs.MaxMissive)
	if err = f.Err(); err == nil {
		switch affairs.MissiveAct(r.PathValue("act")) {
		case affairs.Receive:
			err = c.Affairs.Receive(ctx, by, d)
		case affairs.Reply:
			err = c.Affairs.Reply(ctx, by, d, body)
		case affairs.WriteOn:
			err = c.Affairs.WriteOn(ctx, by, d, body)
		case affairs.Recall:
			err = c.Affairs.Recall(ctx, by, d)
		default:
			err = errs.New(errs.NotFound, "missive.none")
		}
	}
	if err == nil {
		return page.Done(w, r, "/missives/"+d.String(), "missive.done")
	}
	if errs.KindOf(err) != errs.Invalid {
		return err
	}
	v, verr := c.missiveView(r, f)
	if verr != nil {
		return verr
	}
	return missiveShown.Fail(w, r, v, err)
}

// dutyPage is the book of telephone numbers: the committee's posts, and who is on duty.
type dutyPage struct {
	sheet
	Posts  page.Table
	Shifts page.Table
	Unit   []page.Fact
	Edit   bool
	Action string
}

var dutyShown = page.New[dutyPage](files, "duty.html")

func (c *Counter) duty(w http.ResponseWriter, r *http.Request) error {
	p, err := c.placeOf(r)
	if err != nil {
		return err
	}
	v, err := c.dutyView(r, p, nil)
	if err != nil {
		return err
	}
	return dutyShown.Show(w, r, v)
}

func (c *Counter) dutyView(r *http.Request, p places.Place, f *form.Form) (v dutyPage, err error) {
	b := page.From(r)
	v = dutyPage{sheet: c.sheetOf(b, p, "duty", b.T("village.duty.title"), b.T("village.duty.lead")), Edit: edits(b, p), Action: At(p.ID) + "/duty"}
	if f == nil {
		f = form.Of("on", string(places.DayOf(b.Now)))
	}
	v.Form = f
	v.Posts = page.Table{Caption: b.T("village.duty.posts"), Cols: []page.Col{{Text: b.T("village.duty.post")}, {Text: b.T("village.duty.name")}}}
	dir := c.Orgs.Directory()
	if u, ok := dir.Responsible("village", p.Path); ok {
		if u.Phone != "" {
			v.Unit = append(v.Unit, page.Fact{Label: b.T("village.duty.phone"), Value: u.Phone, Href: "tel:" + u.Phone})
		}
		v.Unit = append(v.Unit, page.Fact{Label: b.T("village.duty.unit"), Value: u.Name.In(b.Lang), Href: "/units/" + u.ID.String()})
		if hours := u.Hours.In(b.Lang); hours != "" {
			v.Unit = append(v.Unit, page.Fact{Label: b.T("village.duty.open"), Value: hours})
		}
		for _, post := range dir.Posts(u.ID) {
			for _, h := range dir.Holders(post.ID, b.Now) {
				v.Posts.Rows = append(v.Posts.Rows, []page.Cell{{Text: post.Title.In(b.Lang)}, {Text: c.names(r, h.Account)}})
			}
		}
	}
	ss, err := c.Affairs.Shifts(r.Context(), p.ID, places.DayOf(b.Now), 14)
	v.Shifts = page.Table{Caption: b.T("village.duty.shifts"), Cols: []page.Col{{Text: b.T("ledger.col.day")}, {Text: b.T("village.duty.name")}, {Text: b.T("village.duty.phone")}, {Text: b.T("village.duty.hours")}}}
	for _, x := range ss {
		day, _, _ := affairs.Period(x.On).Span()
		v.Shifts.Rows = append(v.Shifts.Rows, []page.Cell{{Text: i18n.Day(b.Lang, day, b.Now.In(i18n.Zone).Year())}, {Text: x.Name}, {Text: x.Phone, Href: "tel:" + x.Phone}, {Text: x.Hours}})
	}
	return v, err
}

func (c *Counter) setDuty(w http.ResponseWriter, r *http.Request) error {
	p, f, err := c.editing(r)
	if err != nil {
		return err
	}
	in := affairs.Shift{Place: p.ID, On: places.Day(f.Line("on", 10)), Name: f.Line("name", 20), Phone: f.Line("phone", 20), Hours: f.Line("hours", 40)}
	if err = f.Err(); err == nil {
		if err = c.Affairs.SetShift(r.Context(), page.Actor(r), in); err == nil {
			return page.Done(w, r, At(p.ID)+"/duty", "village.duty.set")
		}
	}
	if errs.KindOf(err) != errs.Invalid {
		return err
	}
	v, verr := c.dutyView(r, p, f)
	if verr != nil {
		return verr
	}
	return dutyShown.Fail(w, r, v, err)
}

// names is the name of who holds an account, "" if it is not known.
func (c *Counter) names(r *http.Request, account id.ID) (name string) {
	_ = c.DB.Read(r.Context(), func(tx *sqldb.Tx) error {
		ns, err := c.Access.Names(tx, account)
		name = ns[account]
		return err
	})
	return name
}
