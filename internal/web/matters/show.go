// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"net/http"
	"slices"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/web/page"
)

// showPage is one matter: whose turn it is, what it is, what happened.
type showPage struct {
	page.Base
	Head      page.Head
	Pill      page.Pill
	Turn      page.Turn
	Matter    matters.Matter
	Photos    []page.File
	Facts     []page.Fact
	Map       page.Map
	Place     page.Link // to the page of the place
	Timeline  page.Timeline
	Supports  []matters.Support
	Others    []page.Row // parts, joined ones, the one it was joined to
	Whistles  []whistle
	Invited   []invited
	Assists   []assist
	Dispute   *dispute     // what units said that returned it
	Changes   []moderation // of what the public reads
	Inside    bool
	Reporter  bool
	More      []page.Button // acts beside the turn's
	Followed  bool
	CanFollow bool
	CanWrite  bool        // the slip's holder may leave an address
	MeToo     *page.Field // nil if it makes no sense for this reader
	Said      bool        // the reader has said "me too", and may take it back
	Public    page.Field
	Notes     []page.Note
	Likes     []like // what it may be joined to, for who is to sort it
}

type whistle struct {
	matters.Whistle
	Done, Of int // how many have answered
	Answers  []answer
}

// An invited is an outside party that was asked by a link.
type invited struct {
	matters.Invitation
	Pill   page.Pill
	Revoke string // "" if it is not to be revoked, or not by the reader
}

type answer struct {
	Unit, Who, Words string
	At               time.Time
	Pill             page.Pill
}

type assist struct {
	Unit, Words, Answer string
	At                  time.Time
	Pill                page.Pill
}

// A moderation is a change to what the public reads, with the way to undo it.
type moderation struct {
	matters.Moderation
	What string
	Undo string // "" if it was undone, or is not the reader's to undo
}

var shown = page.New[showPage](files, "show.html", "dispute.html")

func (c *Counter) show(w http.ResponseWriter, r *http.Request) error {
	v, err := c.showFor(r, nil)
	if err != nil {
		return err
	}
	if v.MeToo != nil && v.Anonymous() {
		c.Slips.mark(w, r)
	}
	return shown.Show(w, r, v)
}

func (c *Counter) showFor(r *http.Request, f *form.Form) (v showPage, err error) {
	b := page.From(r)
	whole, err := c.Matters.Get(r.Context(), b.Actor, r.PathValue("number"))
	if err != nil {
		return v, err
	}
	m, name := whole.Matter, ""
	if m.NamedToAll() {
		if name, err = c.Matters.PublicName(r.Context(), b.Actor, m.ID); err != nil {
			return v, err
		}
	}
	b.Title, b.Form = m.Title+" · "+m.Number, f
	v = showPage{
		Base: b, Matter: m, Inside: whole.View == matters.Inside, Reporter: whole.IsReporter,
		Head: page.Head{Kicker: m.Number, Title: m.Title, Lead: c.where(b.Lang, m.Path, m.PlaceWords, m.RaisedAt), Read: true},
		Pill: pill(b.Lang, m.State, m.Late(b.Now)), Turn: c.turn(b, whole), Photos: c.filesOf(b, whole, 0),
		Facts: c.facts(b, whole, name), Timeline: c.timeline(b, whole), Supports: whole.Supports,
		Others: c.rows(b, related(whole), false), CanFollow: !b.Anonymous(), CanWrite: c.Mail && b.Anonymous() && whole.IsReporter,
	}
	v.Map, v.Place = c.mapOf(b, whole), c.placeLink(b, m.Path)
	v.More, v.Changes = c.buttons(b, whole, false), moderations(b, whole)
	c.calls(&v, b, whole)
	if v.Dispute, err = c.disputeOf(r, b, whole); err != nil {
		return v, err
	}
	if err := c.likes(&v, r, whole); err != nil {
		return v, err
	}
	if !whole.IsReporter {
		if v.Said, err = c.Matters.Supported(r.Context(), b.Actor, m.ID, c.Slips.browser(r)); err != nil {
			return v, err
		}
	}
	if m.State.Open() && !v.Said && !whole.IsReporter && m.VisibleToAll() && !b.Staff() {
		d := page.NewField(b.Lang, f, "words", "matter.support.words").Max(500)
		v.MeToo = &d
	}
	sorted, err := c.sortedNote(r, b, whole)
	if err != nil {
		return v, err
	}
	v.Notes = append(v.Notes, sorted...)
	if wanted := m.Clocks.Wanted; wanted != nil && v.Inside {
		v.Notes = append(v.Notes, page.Note{Tone: page.ToneSoon, Text: b.T("matter.extend.waits", wanted.Limit.Say(b.Lang))})
	}
	if m.State == matters.Closed && whole.IsReporter && m.Solved == "" {
		v.Notes = append(v.Notes, page.Note{Text: b.T("matter.rate.please"), Link: page.Link{Href: "/matters/" + m.Number + "/rate", Text: b.T("matter.act.rate"), Main: true}})
	}
	subs, err := c.Matters.Subscriptions(r.Context(), b.Actor)
	if err != nil {
		return v, err
	}
	v.Followed = slices.ContainsFunc(subs, func(s matters.Subscription) bool { return s.Target == "matter:"+m.ID.String() })
	return v, nil
}

// related are the other matters that have to do with one, each once.
func related(w matters.Whole) (cards []matters.Card) {
	for _, k := range slices.Concat(w.Origins, w.Parts, w.JoinedHere) {
		if !slices.ContainsFunc(cards, func(x matters.Card) bool { return x.ID == k.ID }) {
			cards = append(cards, k)
		}
	}
	return cards
}

// calls fills in who was called to the matter and who has answered.
func (c *Counter) calls(v *showPage, b page.Base, whole matters.Whole) {
	for _, h := range whole.Whistles {
		x := whistle{Whistle: h, Of: len(h.Responses)}
		for _, p := range h.Responses {
			a := answer{Unit: c.unit(b.Lang, p.Unit), Who: p.Responder, Words: p.Words, At: p.At, Pill: page.Pill{Text: b.T("matter.responded"), Tone: page.ToneDone}}
			if !p.At.IsZero() {
				x.Done++
			}
			if p.At.After(h.Due) {
				a.Pill.Text = b.T("matter.responded.late")
				a.Pill.Tone = page.ToneLate
			}
			if p.At.IsZero() {
				a.Pill = page.Pill{Text: b.T("matter.not_responded"), Tone: page.ToneSoon}
				if !h.EndedAt.IsZero() || b.Now.After(h.Due) {
					a.Pill = page.Pill{Text: b.T("matter.not_responded.late"), Tone: page.ToneLate}
				}
			}
			x.Answers = append(x.Answers, a)
		}
		v.Whistles = append(v.Whistles, x)
	}
	for _, v0 := range whole.Invitations {
		x := invited{Invitation: v0, Pill: page.Pill{Text: b.T("matter.not_responded"), Tone: page.ToneSoon}}
		switch {
		case !v0.AnsweredAt.IsZero():
			x.Pill = page.Pill{Text: b.T("matter.responded"), Tone: page.ToneDone}
		case !v0.RevokedAt.IsZero():
			x.Pill = page.Pill{Text: b.T("matter.link.revoked"), Tone: page.ToneQuiet}
		case !v0.Waiting(b.Now):
			x.Pill = page.Pill{Text: b.T("matter.link.expired"), Tone: page.ToneLate}
		default:
			if allowed(b, whole, matters.Revoke) == nil {
				x.Revoke = "/matters/" + whole.Matter.Number + "/" + string(matters.Revoke) + "?invitation=" + v0.ID.String()
			}
		}
		v.Invited = append(v.Invited, x)
	}
	for _, a := range whole.Assists {
		x := assist{Unit: c.unit(b.Lang, a.Unit), Words: a.Words, Answer: a.Answer, At: a.AnsweredAt, Pill: page.Pill{Text: b.T("matter.responded"), Tone: page.ToneDone}}
		if a.AnsweredAt.IsZero() {
			x.Pill = page.Pill{Text: b.T("matter.not_responded"), Tone: page.ToneSoon}
		}
		v.Assists = append(v.Assists, x)
	}
}

// moderations are what was done to what the public reads, for those at work.
func moderations(b page.Base, w matters.Whole) []moderation {
	var out []moderation
	may := b.Actor.May("moderate", w.Matter.Target("moderate", b.Now)).OK
	parts := parts(b, w)
	for _, m := range w.Moderations {
		x := moderation{Moderation: m, What: m.Part}
		for _, o := range parts {
			if o.Value == m.Part {
				x.What = o.Text
			}
		}
		if may && m.UndoneAt.IsZero() {
			x.Undo = "/matters/" + w.Matter.Number + "/" + string(matters.Restore) + "?moderation=" + m.ID.String()
		}
		out = append(out, x)
	}
	return out
}

// turn is the banner: who must do what by when, and the buttons if it is the
// reader's turn.
func (c *Counter) turn(b page.Base, w matters.Whole) page.Turn {
	m := w.Matter
	t := page.Turn{Due: m.Due, Left: c.leftOf(b, m.Due, m.Light(b.Now)), Light: c.light(b.Now, m.MovedAt, m.Due, m.Light(b.Now))}
	t.Tone = t.Light.Tone
	if m.State.Open() {
		t.Why = page.Link{Href: "/matters/" + m.Number + "/clock", Text: b.T("clock.title")}
	}
	t.Who = c.whose(b.Lang, m.State, m.TurnUnit)
	t.What = b.T("matter.next." + string(m.State))
	if m.State == matters.Suspended {
		t.What = b.T("matter.next.suspended", i18n.Date(b.Lang, m.ResumeAt.Add(-time.Millisecond)))
	}
	t.Buttons = c.buttons(b, w, true)
	t.Yours = len(t.Buttons) > 0
	return t
}

// ofTurn reports whether an act belongs to the turn: it carries the matter on, it
// is somebody's turn, and it is not what the reader may only record for the
// reporter.
func ofTurn(b page.Base, m matters.Matter, a matters.Act) bool {
	mv, err := matters.Flow.Find(m.State, a)
	return err == nil && m.Turn() != "" && acts[a].onward() && (mv.Need != "reporter" || !b.Staff())
}

// buttons are the acts that the reader may do now: those of the turn, or the
// others.
func (c *Counter) buttons(b page.Base, w matters.Whole, turn bool) []page.Button {
	m := w.Matter
	var out []page.Button
	add := func(a matters.Act) {
		spec, ok := acts[a]
		if !ok || ofTurn(b, m, a) != turn || a == matters.Rate && m.Solved != "" {
			return
		}
		if a == matters.ShowName && !w.IsReporter && m.RaisedBy == 0 { // asked for by who has no page of their own
			return
		}
		out = append(out, page.Button{Text: b.T("matter.act." + string(a)), Action: "/matters/" + m.Number + "/" + string(a),
			Icon: icons[a], Link: spec.form != nil, Main: turn && spec.main, Danger: spec.danger, Key: spec.key})
	}
	for _, a := range w.Acts {
		add(a)
	}
	if w.View == matters.Inside && !turn {
		for _, a := range []matters.Act{matters.Inform, matters.Note, matters.WhistleAct, matters.Invite, matters.Moderate, matters.SupportAct, matters.UnsupportAct} {
			if allowed(b, w, a) == nil {
				add(a)
			}
		}
	}
	return out
}

// facts are what is known of the matter, as far as the reader may know it; name is
// what everybody may read of the reporter's.
func (c *Counter) facts(b page.Base, w matters.Whole, name string) []page.Fact {
	m := w.Matter
	fs := []page.Fact{
		{Label: b.T("matter.fact.category"), Value: c.Matters.Catalogue().Name(b.Lang, m.Category)},
		{Label: b.T("matter.fact.raised"), Value: i18n.When(b.Lang, b.Now, m.RaisedAt) + " · " + b.T("matter.channel."+string(m.Channel))},
	}
	add := func(key, value string) {
		if value != "" {
			fs = append(fs, page.Fact{Label: b.T(key), Value: value})
		}
	}
	if !m.Promised.IsZero() && m.State.Open() {
		fs = append(fs, page.Fact{Label: b.T("matter.fact.promised"), Value: i18n.Date(b.Lang, m.Promised), Href: "/matters/" + m.Number + "/clock"})
	}
	add("matter.fact.lead", c.unit(b.Lang, m.Lead))
	if k, ok := c.Matters.Catalogue().Get(m.Category); ok {
		for _, q := range k.Questions {
			if a := m.Answers[q.Key]; a != "" {
				fs = append(fs, page.Fact{Label: q.Label.In(b.Lang), Value: q.Say(b.Lang, a)})
			}
		}
		if w.View == matters.Inside {
			add("matter.fact.filing", k.Filing.In(b.Lang))
		}
		add("matter.fact.closing", k.Closing.In(b.Lang))
	}
	if f, ok := c.ruleFact(b, w); ok {
		fs = append(fs, f)
	}
	if m.Supporters > 0 {
		add("matter.fact.supporters", b.T("matter.supporters", m.Supporters))
	}
	visible := "matter.visible.public"
	if !m.VisibleToAll() {
		visible = "matter.visible.private"
	}
	add("matter.fact.visible", b.T(visible))
	add("matter.fact.rating", ratingWords(b, matters.Rating{Solved: m.Solved, Satisfied: m.Satisfied}))
	if w.View >= matters.Reporter && (m.Resident != 0 || m.Contact != 0) {
		kept := b.T("matter.fact.reporter.kept")
		if name != "" {
			kept = b.T("matter.fact.reporter.shown", name)
		}
		fs = append(fs, page.Fact{Label: b.T("matter.fact.reporter"), Value: kept, Private: true, Href: c.revealHref(b, w)})
	} else {
		add("matter.fact.reporter", name)
	}
	return fs
}

// revealHref is where a clerk asks to see who the reporter is; "" for others.
func (c *Counter) revealHref(b page.Base, w matters.Whole) string {
	if w.View != matters.Inside || !b.Actor.May("reveal", w.Matter.Target("reveal", b.Now)).OK {
		return ""
	}
	return "/matters/" + w.Matter.Number + "/reveal"
}

func (c *Counter) follow(w http.ResponseWriter, r *http.Request) error {
	return c.following(w, r, true)
}

func (c *Counter) unfollow(w http.ResponseWriter, r *http.Request) error {
	return c.following(w, r, false)
}

func (c *Counter) following(w http.ResponseWriter, r *http.Request, on bool) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	target, back := f.Line("target", 80), page.Local(f.Line("back", 300))
	if err := f.Err(); err != nil {
		return err
	}
	if on {
		if err := c.Matters.Subscribe(r.Context(), page.Actor(r), target); err != nil {
			return err
		}
		return page.Done(w, r, back, "matter.followed")
	}
	if err := c.Matters.Unsubscribe(r.Context(), page.Actor(r), target); err != nil {
		return err
	}
	return page.Done(w, r, back, "matter.unfollowed")
}

// parseStamp reads a time that a page wrote into an address.
func parseStamp(s string) (time.Time, error) {
	if s == "" || s == "00010101T000000.000" {
		return time.Time{}, nil
	}
	t, err := time.Parse("20060102T150405.000", s)
	if err != nil {
		return t, errs.New(errs.Invalid, "id.malformed")
	}
	return t, nil
}
