// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"net/http"
	"strings"

	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/web/page"
)

// noticesPage is the list of what a village has said.
type noticesPage struct {
	sheet
	Kinds []page.Tab
	Rows  []page.Row
	Dates []date
	Empty page.Empty
	Pager page.Pager
	Feed  string // the calendar
}

var noticesShown = page.New[noticesPage](files, "notices.html", "blocks.html", "booktable.html")

const noticesOnPage = 20

func (c *Counter) notices(w http.ResponseWriter, r *http.Request) error {
	p, err := c.placeOf(r)
	if err != nil {
		return err
	}
	b := page.From(r)
	f := form.Of("kind", r.URL.Query().Get("kind"), "before", r.URL.Query().Get("before"))
	kind := affairs.Kind(f.Choice("kind", kindNames()...))
	q := affairs.Query{Most: noticesOnPage + 1, Before: f.Moment("before")}
	if err := f.Err(); err != nil {
		return err
	}
	if kind != "" {
		q.Kinds = []affairs.Kind{kind}
	}
	ns, err := c.Affairs.ListNotices(r.Context(), b.Actor, p.ID, q)
	if err != nil {
		return err
	}
	v := noticesPage{sheet: c.sheetOf(b, p, "notices", b.T("village.notices.title"), b.T("village.notices.lead")),
		Empty: page.Empty{Icon: "bell", Title: b.T("village.notices.none"), Text: b.T("village.notices.none.text")}}
	v.Kinds = append(v.Kinds, page.Tab{Text: b.T("village.kind.all"), Href: At(p.ID) + "/notices", Count: -1, Current: kind == ""})
	for _, k := range affairs.Kinds {
		if k.Open() && p.Kind != places.Village {
			continue
		}
		v.Kinds = append(v.Kinds, page.Tab{Text: b.T(affairWord(k, p)), Href: At(p.ID) + "/notices?kind=" + string(k), Count: -1, Current: kind == k})
	}
	if len(ns) > noticesOnPage {
		ns = ns[:noticesOnPage]
		last := ns[len(ns)-1].PublishedAt.In(i18n.Zone).Format("2006-01-02T15:04")
		v.Pager.Older = At(p.ID) + "/notices?kind=" + string(kind) + "&before=" + last
	}
	if !q.Before.IsZero() {
		v.Pager.Newer = At(p.ID) + "/notices?kind=" + string(kind)
	}
	v.Rows = noticeRows(b, ns)
	if kind == affairs.Event {
		v.Feed = "/feeds/villages/" + p.ID.String() + ".ics"
		coming, err := c.Affairs.Coming(r.Context(), b.Actor, p.ID, b.Now, 30)
		if err != nil {
			return err
		}
		for _, n := range coming {
			v.Dates = append(v.Dates, dateOf(b, n))
		}
	}
	return noticesShown.Show(w, r, v)
}

func kindNames() (ks []string) {
	for _, k := range affairs.Kinds {
		ks = append(ks, string(k))
	}
	return ks
}

// noticePage is one notice; of a withdrawn one, its tombstone.
type noticePage struct {
	sheet
	Body      []string
	Facts     []page.Fact
	Pill      page.Pill
	Tomb      page.Note
	File      page.File
	Before    []text
	Statement statementView
	Acts      []page.Button
	Speaker   bool
	Talk      bool
	Members   bool  // its words are for members of the place alone
	At        id.ID // the place
	Voices    voices
}

var noticeShown = page.New[noticePage](files, "notice.html", "voices.html", "statement.html", "booktable.html")

func (c *Counter) notice(w http.ResponseWriter, r *http.Request) error {
	v, err := c.noticeView(r, nil)
	if err != nil {
		return err
	}
	if v.Talk && len(v.Body) > 0 && !v.Members { // public
		pg, err := c.Affairs.Page(r.Context(), v.At)
		if err != nil {
			return err
		}
		v.Base = c.share(w, r, v.Base, pg, v.Head.Title, cut(v.Body[0], 60))
	}
	return noticeShown.Show(w, r, v)
}

func (c *Counter) noticeView(r *http.Request, f *form.Form) (v noticePage, err error) {
	n, p, before, err := c.get(r)
	if err != nil {
		return v, err
	}
	b := page.From(r)
	v = noticePage{sheet: c.sheetOf(b, p, "notices", n.Title, ""), File: fileOf(b, n.File), Speaker: n.Kind == affairs.Speaker}
	v.Head.Kicker = b.T(affairWord(n.Kind, p)) + " · " + p.Name.In(b.Lang)
	v.Head.Read = n.State == affairs.Published
	if n.Body != "" {
		v.Body = strings.Split(n.Body, "\n")
	}
	if n.State == affairs.Withdrawn {
		v.Tomb = page.Note{Tone: page.ToneQuiet, Text: b.T("village.tomb", n.Post, n.Why)}
	}
	if v.Members = n.Members; n.Closed && n.State == affairs.Published {
		v.Tomb = closedNote(b, p, "village.closed")
	}
	if n.Members && !n.Closed {
		v.Facts = append(v.Facts, page.Fact{Label: b.T("village.reach.who"), Value: b.T("village.reach.members")})
	}
	if n.State == affairs.Draft {
		v.Tomb = page.Note{Tone: page.ToneSoon, Text: b.T("village.draft")}
	}
	if err := c.facts(r, b, p, n, &v); err != nil {
		return v, err
	}
	for _, x := range before {
		v.Before = append(v.Before, text{Title: x.Title, Body: x.Body, Meta: b.T("village.before.meta", i18n.Date(b.Lang, x.At), x.Why)})
	}
	if edits(b, p) {
		v.Acts = noticeActs(b, n)
	}
	v.Form = f
	if n.State == affairs.Published {
		v.Talk, v.At = true, n.Place
		v.Voices, err = c.voicesOf(r, b, f, affairs.RemarkQuery{Notice: n.ID}, "/notices/"+n.ID.String()+"/say", affairs.Question, affairs.Comment)
	}
	return v, err
}

// facts says of a notice when and by whom, and of open affairs whether it was in time.
func (c *Counter) facts(r *http.Request, b page.Base, p places.Place, n affairs.Notice, v *noticePage) error {
	if !n.PublishedAt.IsZero() {
		v.Facts = append(v.Facts, page.Fact{Label: b.T("village.fact.published"), Value: i18n.Exact(b.Lang, n.PublishedAt)})
	}
	v.Facts = append(v.Facts, page.Fact{Label: b.T("village.fact.by"), Value: n.Post})
	if !n.Starts.IsZero() {
		v.Facts = append(v.Facts, page.Fact{Label: b.T("village.fact.when"), Value: i18n.Exact(b.Lang, n.Starts)})
		if n.Spot != "" {
			v.Facts = append(v.Facts, page.Fact{Label: b.T("village.fact.where"), Value: n.Spot})
		}
	}
	if n.Item == "" {
		return nil
	}
	_, all, err := c.Affairs.Standings(r.Context(), p.ID, 12)
	if err != nil {
		return err
	}
	v.Facts = append(v.Facts, page.Fact{Label: b.T("village.fact.period"), Value: n.Period.Say(b.Lang)})
	for _, s := range all {
		if s.Item.Code == n.Item && s.Notice == n.ID {
			v.Pill = standingPill(b, s)
			v.Facts = append(v.Facts, page.Fact{Label: b.T("village.fact.item"), Value: s.Item.Name.In(b.Lang)}, page.Fact{Label: b.T("village.fact.due"), Value: i18n.Date(b.Lang, s.Due)}, page.Fact{Label: b.T("village.rhythm.basis"), Value: s.Item.Basis.In(b.Lang)})
			break
		}
	}
	if n.Kind == affairs.Finance && n.Item == "finance_statement" && n.State != affairs.Withdrawn {
		st, err := c.Affairs.Statement(r.Context(), b.Actor, p.ID, n.Period)
		if err != nil {
			return err
		}
		v.Statement = statementOf(b, p, st)
	}
	return nil
}

func noticeActs(b page.Base, n affairs.Notice) (bs []page.Button) {
	for _, m := range affairs.NoticeFlow.From(n.State) {
		x := page.Button{Text: b.T("notice.act." + string(m.Act)), Action: "/notices/" + n.ID.String() + "/" + string(m.Act)}
		switch m.Act {
		case affairs.Publish:
			x.Main = true
		case affairs.Amend:
			x.Link = true
		case affairs.Withdraw:
			x.Link, x.Danger = true, true
		case affairs.Discard, affairs.Restore:
		}
		bs = append(bs, x)
	}
	return bs
}

// get is the notice of the address, its place, and what it said before.
func (c *Counter) get(r *http.Request) (n affairs.Notice, p places.Place, before []affairs.Before, err error) {
	d, err := recordOf(r, "affairs.notice.none")
	if err != nil {
		return n, p, nil, err
	}
	if n, before, err = c.Affairs.Get(r.Context(), page.Actor(r), d); err != nil {
		return n, p, nil, err
	}
	p, err = c.Affairs.PlaceOf(n.Place)
	return n, p, before, err
}

// askPage asks for a reason before something is done.
type askPage struct {
	page.Base
	Confirm page.Confirm
}

var asked = page.New[askPage](files, "ask.html")

func (c *Counter) withdraw(w http.ResponseWriter, r *http.Request) error {
	v, err := c.withdrawView(r, nil)
	if err != nil {
		return err
	}
	return asked.Show(w, r, v)
}

func (c *Counter) withdrawView(r *http.Request, f *form.Form) (v askPage, err error) {
	n, p, _, err := c.get(r)
	if err != nil {
		return v, err
	}
	b := page.From(r)
	if err := mayEdit(b, p); err != nil {
		return v, err
	}
	b = b.Titled("village.withdraw.title")
	b.Form = f
	return askPage{Base: b, Confirm: page.Confirm{Title: b.T("village.withdraw.title"), Text: n.Title, Points: []string{b.T("village.withdraw.stays"), b.T("village.withdraw.late")}, Danger: true,
		Action: "/notices/" + n.ID.String() + "/withdraw", Yes: b.T("notice.act.withdraw"), No: b.T("village.no"), Back: "/notices/" + n.ID.String(),
		Field: page.NewField(b.Lang, f, "why", "village.withdraw.why").Need().Max(affairs.MaxWhy)}}, nil
}

func (c *Counter) withdrawn(w http.ResponseWriter, r *http.Request) error {
	n, _, _, err := c.get(r)
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	why := f.Line("why", affairs.MaxWhy)
	if err = f.Err(); err == nil {
		if err = c.Affairs.Withdraw(r.Context(), page.Actor(r), n.ID, why); err == nil {
			return page.Done(w, r, "/notices/"+n.ID.String(), "village.withdrawn")
		}
	}
	if errs.KindOf(err) != errs.Invalid {
		return err
	}
	v, verr := c.withdrawView(r, f)
	if verr != nil {
		return verr
	}
	return asked.Fail(w, r, v, err)
}

func (c *Counter) publish(w http.ResponseWriter, r *http.Request) error {
	d, err := recordOf(r, "affairs.notice.none")
	if err != nil {
		return err
	}
	if err := c.Affairs.Publish(r.Context(), page.Actor(r), d); err != nil {
		return err
	}
	return page.Done(w, r, "/notices/"+d.String(), "village.published")
}

func (c *Counter) discard(w http.ResponseWriter, r *http.Request) error {
	n, _, _, err := c.get(r)
	if err != nil {
		return err
	}
	if err := c.Affairs.Discard(r.Context(), page.Actor(r), n.ID); err != nil {
		return err
	}
	return page.Done(w, r, At(n.Place)+"/edit", "village.discarded")
}

func (c *Counter) restore(w http.ResponseWriter, r *http.Request) error {
	d, err := recordOf(r, "affairs.notice.none")
	if err != nil {
		return err
	}
	if err := c.Affairs.Restore(r.Context(), page.Actor(r), d); err != nil {
		return err
	}
	return page.Done(w, r, "/notices/"+d.String(), "village.restored")
}
