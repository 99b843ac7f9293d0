// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
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
		coming, err := c.Affairs.Coming(r.Context(), p.ID, b.Now, 30)
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
}

var noticeShown = page.New[noticePage](files, "notice.html", "statement.html", "booktable.html")

func (c *Counter) notice(w http.ResponseWriter, r *http.Request) error {
	n, p, before, err := c.get(r)
	if err != nil {
		return err
	}
	b := page.From(r)
	v := noticePage{sheet: c.sheetOf(b, p, "notices", n.Title, ""), File: fileOf(b, n.File), Speaker: n.Kind == affairs.Speaker}
	v.Head.Kicker = b.T(affairWord(n.Kind, p)) + " · " + p.Name.In(b.Lang)
	v.Head.Read = n.State == affairs.Published
	if n.Body != "" {
		v.Body = strings.Split(n.Body, "\n")
	}
	if n.State == affairs.Withdrawn {
		v.Tomb = page.Note{Tone: page.ToneQuiet, Text: b.T("village.tomb", n.Post, n.Why)}
	}
	if n.State == affairs.Draft {
		v.Tomb = page.Note{Tone: page.ToneSoon, Text: b.T("village.draft")}
	}
	if err := c.facts(r, b, p, n, &v); err != nil {
		return err
	}
	for _, x := range before {
		v.Before = append(v.Before, text{Title: x.Title, Body: x.Body, Meta: b.T("village.before.meta", i18n.Date(b.Lang, x.At), x.Why)})
	}
	if edits(b, p) {
		v.Acts = noticeActs(b, n)
	}
	return noticeShown.Show(w, r, v)
}

// facts says of a notice when and by whom, and of open affairs whether it was in time.
func (c *Counter) facts(r *http.Request, b page.Base, p places.Place, n affairs.Notice, v *noticePage) error {
	if !n.PublishedAt.IsZero() {
		v.Facts = append(v.Facts, page.Fact{Label: b.T("village.fact.published"), Value: i18n.Exact(b.Lang, n.PublishedAt)})
	}
	v.Facts = append(v.Facts, page.Fact{Label: b.T("village.fact.by"), Value: n.Post})
	if !n.Starts.IsZero() {
		v.Facts = append(v.Facts, page.Fact{Label: b.T("village.fact.when"), Value: i18n.Exact(b.Lang, n.Starts)}, page.Fact{Label: b.T("village.fact.where"), Value: n.Spot})
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
		st, err := c.Affairs.Statement(r.Context(), p.ID, n.Period)
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
	return nil
}

// read reads a writing from a form.
func (c *Counter) read(r *http.Request, f *form.Form) (in affairs.Writing, err error) {
	in = affairs.Writing{Kind: affairs.Kind(f.Choice("kind", kindNames()...)), Title: f.Line("title", affairs.MaxTitle), Body: f.Text("body", affairs.MaxBody),
		Item: f.Line("item", 40), Period: affairs.Period(f.Line("period", 10)), Starts: f.Moment("starts"), Ends: f.Moment("ends"), Spot: f.Line("spot", affairs.MaxSpot)}
	if day := f.Date("happened"); !day.IsZero() && in.Period == "" {
		in.Period = affairs.PeriodOf(affairs.AtOnce, day)
	}
	in.File, err = c.take(r, f, "file", blob.Photo, blob.Document)
	return in, err
}

func (c *Counter) written(w http.ResponseWriter, r *http.Request) error {
	p, err := c.placeOf(r)
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
	f := form.Of("kind", string(n.Kind), "item", n.Item, "period", string(n.Period), "happened", happened, "title", n.Title, "body", n.Body, "starts", moment(n.Starts), "ends", moment(n.Ends), "spot", n.Spot)
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
