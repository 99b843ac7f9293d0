// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"net/http"

	"yuanba/internal/domain/volunteers"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/web/page"
)

// mePage is a volunteer's own page, or that of the resident whom the desk serves.
type mePage struct {
	page.Base
	Head        page.Head
	Tabs        []page.Tab
	Whom        string // whose page it is, at a desk
	Member      bool
	Left        bool
	Promises    []string
	Reports     page.Field
	Shown       page.Field
	Hidden      []page.Hidden
	Figures     []figure
	Tasks       []page.Row
	Hours       []mine
	Honours     []thanks
	Redemptions []taken
	Statement   string
	Leave       string
	Tail        string
}

// mine are one's own hours.
type mine struct {
	Title   string
	Href    string
	Pill    page.Pill
	Lines   []string
	Buttons []page.Button
}

// taken is what one has taken of an offer, with the code.
type taken struct {
	Title  string
	Pill   page.Pill
	Code   string // while it is to be fetched
	Lines  []string
	Cancel page.Button
}

// shownTaken is how many of the latest redemptions are shown beside those to be fetched.
const shownTaken = 3

var mined = page.New[mePage](files, "me.html")

func (c *Counter) me(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("volunteers.me")
	whom := of(r, nil)
	if whom == 0 && b.Actor.Resident == 0 {
		return errs.New(errs.Denied, "volunteers.residents")
	}
	m, err := c.Volunteers.Mine(r.Context(), b.Actor, whom)
	if errs.KindOf(err) == errs.NotFound && errs.Public(err)[0].Key == "volunteers.none" {
		v := joining(b, nil, whom, volunteers.Joining{})
		return c.named(w, r, v, whom)
	}
	if err != nil {
		return err
	}
	v := c.mePage(b, m, whom)
	return c.named(w, r, v, whom)
}

// named shows the page with the name of whom the desk serves.
func (c *Counter) named(w http.ResponseWriter, r *http.Request, v mePage, whom id.ID) error {
	if whom != 0 {
		who, err := c.People.Get(r.Context(), whom)
		if err != nil {
			return err
		}
		v.Whom, v.Tabs = who.Name.String(), nil
		v.Crumbs = []page.Link{{Href: "/desk/residents/" + whom.String(), Text: v.Whom}}
		v.Head.Kicker = v.T("volunteers.for", v.Whom)
	}
	return mined.Show(w, r, v)
}

// joining is the page of who is no volunteer yet: what is promised, and the two choices.
func joining(b page.Base, f *form.Form, whom id.ID, in volunteers.Joining) mePage {
	b.Form = f
	v := mePage{Base: b, Head: page.Head{Title: b.T("volunteers.join.title"), Lead: b.T("volunteers.join.lead")}, Tabs: tabs(b, "/volunteers/me"), Hidden: carried(whom), Tail: forWhom(whom)}
	for _, key := range []string{"volunteers.promise.will", "volunteers.promise.less", "volunteers.promise.rank", "volunteers.promise.leave"} {
		v.Promises = append(v.Promises, b.T(key))
	}
	v.choices(in)
	return v
}

func (v *mePage) choices(in volunteers.Joining) {
	box := func(name, key string, on bool) page.Field {
		f := page.NewField(v.Lang, v.Form, name, key)
		if on {
			f = f.From("1")
		}
		return f
	}
	v.Reports, v.Shown = box("reports", "volunteers.choose.reports", in.Reports), box("shown", "volunteers.choose.shown", in.Shown)
}

func (c *Counter) mePage(b page.Base, m volunteers.Mine, whom id.ID) mePage {
	tail := forWhom(whom)
	v := mePage{Base: b, Head: page.Head{Title: b.T("volunteers.me"), Lead: b.T("volunteers.me.lead")}, Tabs: tabs(b, "/volunteers/me"), Member: true, Left: m.Volunteer.State == volunteers.Left, Hidden: carried(whom), Tail: tail,
		Statement: "/volunteers/me/statement" + tail, Leave: "/volunteers/leave" + tail}
	v.choices(volunteers.Joining{Reports: m.Volunteer.Reports, Shown: m.Volunteer.Shown})
	v.Figures = []figure{{page.Number(int(m.Points)), b.T("volunteers.me.points")}, {hours(b, m.Quarter), b.T("volunteers.me.quarter")}, {hours(b, m.Minutes), b.T("volunteers.me.hours")}}
	for _, x := range m.Tasks {
		if x.Task.Ends.Before(b.Now) && x.Task.State != volunteers.Running || x.SignUp.State == volunteers.Withdrawn {
			continue
		}
		row := c.taskRow(b, x.Task, tail)
		row.Left = ""
		if x.Task.State == volunteers.Open {
			tone := page.ToneDone
			if x.SignUp.State == volunteers.Waiting {
				tone = page.ToneSoon
			}
			row.Pill = page.Pill{Text: b.T("volunteer_signup.state." + string(x.SignUp.State)), Tone: tone}
		}
		v.Tasks = append(v.Tasks, row)
	}
	for _, x := range m.Hours {
		v.Hours = append(v.Hours, ownHours(b, x, tail))
	}
	for _, h := range m.Honours {
		v.Honours = append(v.Honours, thanks{h.Actor, said(b, h.Hours, h.Words), i18n.Date(b.Lang, h.At)})
	}
	for i, x := range m.Redemptions {
		if i >= shownTaken && x.State != volunteers.Taken {
			continue // the statement has all
		}
		v.Redemptions = append(v.Redemptions, c.takenOf(b, x, tail))
	}
	return v
}

func ownHours(b page.Base, x volunteers.MyHours, tail string) mine {
	h := x.Hours
	out := mine{Title: x.Task.Title, Href: "/volunteers/tasks/" + x.Task.ID.String() + tail, Pill: page.Pill{Text: b.T("volunteer_hours.state." + string(h.State)), Tone: hoursTone(h.State)},
		Lines: []string{i18n.Date(b.Lang, x.Task.Begins) + " · " + hours(b, h.Minutes)}}
	switch {
	case h.State == volunteers.Confirmed && h.Limited:
		out.Lines = append(out.Lines, b.T("volunteers.hours.limited"))
	case h.State == volunteers.Confirmed:
		out.Lines = append(out.Lines, b.T("volunteers.earned", h.Points))
	}
	if h.Reason != "" {
		out.Lines = append(out.Lines, b.T("volunteers.reason.is", h.Reason))
	}
	if h.State == volunteers.Refused {
		out.Buttons = []page.Button{{Text: b.T("volunteer_hours.act.appeal"), Action: "/volunteers/hours/" + h.ID.String() + "/appeal" + tail, Link: true}}
	}
	return out
}

func (c *Counter) takenOf(b page.Base, x volunteers.MyRedemption, tail string) taken {
	out := taken{Title: x.Title, Pill: page.Pill{Text: b.T("volunteer_redemption.state." + string(x.State)), Tone: page.ToneQuiet},
		Lines: []string{c.unit(b, x.Unit) + " · " + b.T("volunteers.points.n", x.Points) + " · " + i18n.Date(b.Lang, x.TakenAt)}}
	if x.State == volunteers.Taken {
		out.Pill.Tone, out.Code = page.ToneSoon, x.Code[:4]+"-"+x.Code[4:]
		out.Cancel = page.Button{Text: b.T("volunteer_redemption.act.cancel"), Action: "/volunteers/redemptions/" + x.ID.String() + "/cancel" + tail, Link: true}
	}
	if x.Reason != "" {
		out.Lines = append(out.Lines, b.T("volunteers.reason.is", x.Reason))
	}
	return out
}

// self reads whose page a form is about.
func self(r *http.Request) (f *form.Form, whom id.ID, back string, err error) {
	if f, err = form.Read(r); err != nil {
		return nil, 0, "", err
	}
	whom = of(r, f)
	if whom == 0 && page.Actor(r).Resident == 0 {
		return f, 0, "", errs.New(errs.Denied, "volunteers.residents")
	}
	return f, whom, "/volunteers/me" + forWhom(whom), nil
}

func (c *Counter) join(w http.ResponseWriter, r *http.Request) error {
	f, whom, back, err := self(r)
	if err != nil {
		return err
	}
	if _, err := c.Volunteers.Join(r.Context(), page.Actor(r), volunteers.Joining{For: whom, Reports: f.Bool("reports"), Shown: f.Bool("shown")}); err != nil {
		return err
	}
	return page.Done(w, r, back, "volunteers.done.joined")
}

func (c *Counter) choose(w http.ResponseWriter, r *http.Request) error {
	f, whom, back, err := self(r)
	if err != nil {
		return err
	}
	if err := c.Volunteers.Choose(r.Context(), page.Actor(r), volunteers.Joining{For: whom, Reports: f.Bool("reports"), Shown: f.Bool("shown")}); err != nil {
		return err
	}
	return page.Done(w, r, back, "volunteers.done.chosen")
}

func (c *Counter) rejoin(w http.ResponseWriter, r *http.Request) error {
	_, whom, back, err := self(r)
	if err != nil {
		return err
	}
	if err := c.Volunteers.Rejoin(r.Context(), page.Actor(r), whom); err != nil {
		return err
	}
	return page.Done(w, r, back, "volunteers.done.joined")
}

// leavePage asks who leaves what becomes of what they have.
type leavePage struct {
	page.Base
	Head     page.Head
	Points   page.Note
	GiveBack page.Field
	Has      bool
	Keep     page.Field
	Hidden   []page.Hidden
	Back     string
}

var left = page.New[leavePage](files, "leave.html")

func leavingPage(b page.Base, f *form.Form, points int64, whom id.ID) leavePage {
	b = front(b.Titled("volunteer.act.leave"))
	b.Form = f
	v := leavePage{Base: b, Head: page.Head{Title: b.T("volunteer.act.leave"), Lead: b.T("volunteers.leave.lead")}, Hidden: carried(whom), Back: "/volunteers/me" + forWhom(whom), Has: points > 0,
		Keep: page.NewField(b.Lang, f, "keep", "volunteers.leave.keep")}
	if v.Has {
		v.Points = page.Note{Tone: page.ToneSoon, Text: b.T("volunteers.leave.points", points), Link: page.Link{Href: "/volunteers/offers" + forWhom(whom), Text: b.T("volunteers.tab.offers")}}
		v.GiveBack = page.NewField(b.Lang, f, "give_back", "volunteers.leave.give_back")
	}
	return v
}

func (c *Counter) leavingFor(r *http.Request, f *form.Form, whom id.ID) (v leavePage, err error) {
	b := page.From(r)
	if whom == 0 && b.Actor.Resident == 0 {
		return v, errs.New(errs.Denied, "volunteers.residents")
	}
	m, err := c.Volunteers.Mine(r.Context(), b.Actor, whom)
	if err != nil {
		return v, err
	}
	return leavingPage(b, f, m.Points, whom), nil
}

func (c *Counter) leaving(w http.ResponseWriter, r *http.Request) error {
	v, err := c.leavingFor(r, nil, of(r, nil))
	if err != nil {
		return err
	}
	return left.Show(w, r, v)
}

func (c *Counter) leave(w http.ResponseWriter, r *http.Request) error {
	f, whom, back, err := self(r)
	if err != nil {
		return err
	}
	err = c.Volunteers.Leave(r.Context(), page.Actor(r), volunteers.Leaving{For: whom, GiveBack: f.Bool("give_back"), Keep: f.Bool("keep")})
	if errs.KindOf(err) == errs.Invalid {
		v, verr := c.leavingFor(r, f, whom)
		if verr != nil {
			return verr
		}
		return left.Fail(w, r, v, err)
	}
	if err != nil {
		return err
	}
	return page.Done(w, r, back, "volunteers.done.left")
}

// statementPage is the statement of a quarter, to be read or printed.
type statementPage struct {
	page.Base
	Head  page.Head
	Facts []page.Fact
	Table page.Table
	Back  string
	On    string
	Up    string
	Note  string
}

var statemented = page.New[statementPage](files, "statement.html")

func (c *Counter) statement(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("volunteers.statement")
	whom := of(r, nil)
	if whom == 0 && b.Actor.Resident == 0 {
		return errs.New(errs.Denied, "volunteers.residents")
	}
	q, err := quarterOf(r, b.Now)
	if err != nil {
		return err
	}
	st, err := c.Volunteers.Statement(r.Context(), b.Actor, whom, q)
	if err != nil {
		return err
	}
	es, err := c.Volunteers.Editions(r.Context())
	if err != nil {
		return err
	}
	return statemented.Show(w, r, showStatement(b, st, es[len(es)-1].Tariff, whom))
}

func showStatement(b page.Base, st volunteers.Statement, t volunteers.Tariff, whom id.ID) statementPage {
	address := func(q volunteers.Quarter) string {
		s := "/volunteers/me/statement?quarter=" + q.String()
		if whom != 0 {
			s += "&for=" + whom.String()
		}
		return s
	}
	v := statementPage{Base: b, Head: page.Head{Kicker: quarterName(b, st.Quarter), Title: b.T("volunteers.statement"), Lead: b.T("volunteers.statement.lead")}, Back: address(st.Quarter - 1), Up: "/volunteers/me" + forWhom(whom), Note: b.T("volunteers.statement.note"),
		Facts: []page.Fact{{Label: b.T("volunteers.statement.opening"), Value: page.Number(int(st.Opening))}, {Label: b.T("volunteers.statement.in"), Value: page.Number(int(st.In))}, {Label: b.T("volunteers.statement.out"), Value: page.Number(int(st.Out))},
			{Label: b.T("volunteers.statement.closing"), Value: page.Number(int(st.Closing))}, {Label: b.T("volunteers.statement.hours"), Value: hours(b, st.Minutes)}}}
	if st.Quarter < volunteers.QuarterOf(b.Now) {
		v.On = address(st.Quarter + 1)
	}
	v.Table = page.Table{Caption: b.T("volunteers.statement.lines"), Cols: []page.Col{{Text: b.T("volunteers.statement.day")}, {Text: b.T("volunteers.statement.what")}, {Text: b.T("volunteers.points"), Num: true}}}
	for _, l := range st.Lines {
		what := b.T("volunteers.entry." + string(l.Act))
		if line, ok := t.Line(l.Code); ok && l.Act == volunteers.Earn {
			what = line.Name.In(b.Lang)
		}
		if l.What != "" {
			what = b.T("volunteers.entry.of", what, l.What)
		}
		points := page.Number(int(l.Signed))
		if l.Signed > 0 {
			points = "+" + points
		}
		v.Table.Rows = append(v.Table.Rows, []page.Cell{{Text: i18n.Date(b.Lang, l.At)}, {Text: what}, {Text: points}})
	}
	return v
}
