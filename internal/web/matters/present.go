// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/when"
	"yuanba/internal/web/page"
)

// pill is a state as a word, a shape and a colour.
func pill(lang i18n.Lang, s matters.State, late bool) page.Pill {
	p := page.Pill{Text: i18n.T(lang, "matter.state."+string(s)), Tone: page.ToneCalm}
	switch s {
	case matters.Closed:
		p.Tone = page.ToneDone
	case matters.Declined, matters.Withdrawn, matters.Joined, matters.Suspended:
		p.Tone = page.ToneQuiet
	case matters.AskedIntake, matters.AskedHandler, matters.Disputed:
		p.Tone = page.ToneSoon
	case matters.Received, matters.Accepted, matters.Classified, matters.Dispatched, matters.Handling, matters.Handled, matters.Verified:
	}
	if late {
		p.Tone = page.ToneLate
	}
	return p
}

// where is the place of a matter in words: as it was called when it was raised,
// and what the reporter added.
func (c *Counter) where(lang i18n.Lang, p scope.Path, words string, at time.Time) string {
	name := c.Places.Tree().Words(p, places.DayOf(at)).In(lang)
	if words == "" {
		return name
	}
	if name == "" {
		return words
	}
	return name + " · " + words
}

// left is how much time there is, in working days where it is days.
func (c *Counter) left(lang i18n.Lang, now, due time.Time) string {
	if due.IsZero() {
		return ""
	}
	if d := c.Calendars.Town().Between(now, due, when.WorkDays); d > 1 && due.After(now) {
		return i18n.T(lang, "time.left", i18n.T(lang, "time.workdays", d))
	}
	return i18n.Left(lang, now, due)
}

// leftOf is left, with the word for a light that is yellow: the colour alone says
// nothing to who does not see it.
func (c *Counter) leftOf(b page.Base, due time.Time, l when.Light) string {
	left := c.left(b.Lang, b.Now, due)
	if left != "" && l == when.Yellow {
		return b.T(l.Key()) + " · " + left
	}
	return left
}

// light is how a turn stands: its colour as its clock says, which knows what was
// paused, and about how much of its time is used.
func (c *Counter) light(now, from, due time.Time, l when.Light) page.Light {
	if due.IsZero() {
		return page.Light{Used: -1}
	}
	share, _ := c.Calendars.Town().Used(from, due, now)
	used := max(0, min(int(share*100), 101))
	switch l {
	case when.Green:
		used = min(used, 79)
	case when.Yellow:
		used = max(80, min(used, 100))
	case when.Red:
		used = 101
	}
	return page.Light{Used: used, Tone: lightTones[l]}
}

// whose says whose turn it is.
func (c *Counter) whose(lang i18n.Lang, s matters.State, turnUnit id.ID) string {
	turn := s.Turn()
	if turn == "" {
		return ""
	}
	word := i18n.T(lang, "matter.turn."+string(turn))
	if u := c.unit(lang, turnUnit); u != "" {
		return u + " · " + word
	}
	return word
}

// row is one line of a list; pick is the value of its box at a desk, or "".
func (c *Counter) row(b page.Base, k matters.Card, pick string) page.Row {
	late := k.Late(b.Now)
	r := page.Row{
		Href: "/matters/" + k.Number, Title: k.Title, Number: k.Number, Select: pick,
		Meta: []string{c.where(b.Lang, k.Path, k.PlaceWords, k.RaisedAt), c.Matters.Catalogue().Name(b.Lang, k.Category), i18n.When(b.Lang, b.Now, k.RaisedAt)},
		Pill: pill(b.Lang, k.State, late), Turn: c.whose(b.Lang, k.State, k.TurnUnit),
		Left: c.leftOf(b, k.Due, k.Light(b.Now)), Due: k.Due, Light: c.light(b.Now, k.MovedAt, k.Due, k.Light(b.Now)),
	}
	if k.Urgent {
		r.Tags = append(r.Tags, b.T("matter.tag.urgent"))
	}
	if k.Supervised {
		r.Tags = append(r.Tags, b.T("matter.act.supervise"))
	}
	if k.Urged > 0 && k.State.Open() && b.Staff() {
		r.Tags = append(r.Tags, b.T("matter.tag.urged", k.Urged))
	}
	if k.Supporters > 0 {
		r.Tags = append(r.Tags, b.T("matter.supporters", k.Supporters))
	}
	if !k.VisibleToAll() {
		r.Tags = append(r.Tags, b.T("matter.tag.private"))
	}
	return r
}

// Rows are the cards as lines of a list, for other counters' pages.
func (c *Counter) Rows(b page.Base, cards []matters.Card) []page.Row { return c.rows(b, cards, false) }

func (c *Counter) rows(b page.Base, cards []matters.Card, pick bool) []page.Row {
	rows := make([]page.Row, len(cards))
	for i, k := range cards {
		box := ""
		if pick {
			box = k.Number
		}
		rows[i] = c.row(b, k, box)
	}
	return rows
}

// timeline is the story as far as the reader may see it, newest last.
func (c *Counter) timeline(b page.Base, w matters.Whole) page.Timeline {
	m := w.Matter
	tl := page.Timeline{Now: b.Now, Events: []page.Event{{
		At: m.RaisedAt, Who: c.raiser(b, w), What: b.T("matter.did.raise"), Icon: "document", // its words and photos stand above
	}}}
	for _, p := range w.Steps {
		e := page.Event{
			At: p.At, Who: c.who(b, w, p), What: b.T("matter.did." + string(p.Act)), Note: p.Words, Internal: !p.Public,
			Icon: icons[p.Act], Files: c.filesOf(b, w, p.ID),
		}
		if p.Hidden {
			e.What = saying(b, e.What, b.T("matter.hidden"))
		}
		if p.Behalf {
			e.What = b.T("matter.did.for", e.What)
		}
		switch p.Act {
		case matters.Join, matters.Unjoin, matters.Split, matters.SplitOff, matters.Unsplit:
			e.What = saying(b, e.What, p.Detail)
		case matters.RuleAct:
			e.What, e.Note = ruledWords(b, p, c.unit(b.Lang, p.ToUnit)), ""
		case matters.Classify, matters.Correct, matters.Confirm:
			k, _ := c.Matters.Catalogue().Get(p.Detail)
			e.What = saying(b, e.What, k.Name.In(b.Lang))
		case matters.Rate:
			e.What = saying(b, e.What, ratingWords(b, matters.RatingOf(p)))
		case matters.Dispatch, matters.Decide:
			if p.ToUnit != 0 {
				e.What += " " + c.unit(b.Lang, p.ToUnit)
			}
		case matters.AskExtension, matters.RefuseExtension:
			if l, err := when.Parse(p.Detail); err == nil {
				e.What += " " + l.Say(b.Lang)
			}
		case matters.RecountAct:
			e.What = recounted(b, p)
		case matters.Extend:
			e.What += " " + i18n.Exact(b.Lang, p.Until)
		case matters.Suspend:
			e.What += " " + i18n.Date(b.Lang, p.Until.Add(-time.Millisecond))
		case matters.Close, matters.Settle:
			e.Tone = page.ToneDone
		case matters.SendBack, matters.Reopen, matters.Decline:
			e.Tone = page.ToneSoon
		}
		tl.Events = append(tl.Events, e)
	}
	return tl
}

// recounted says what the holidays of a year changed of the ends of a matter.
func recounted(b page.Base, p matters.Step) string {
	x := matters.RecountOf(p)
	years := make([]string, len(x.Years))
	for i, y := range x.Years {
		years[i] = strconv.Itoa(y)
	}
	said := b.T("matter.did.recount.years", strings.Join(years, b.T("when.comma")))
	var moved []string
	for _, end := range []struct {
		key string
		t   [2]time.Time
	}{{"matter.did.recount.promised", x.Promised}, {"matter.did.recount.due", x.Due}} {
		if end.t[1].IsZero() {
			continue
		}
		moved = append(moved, b.T(end.key, i18n.Exact(b.Lang, end.t[0]), i18n.Exact(b.Lang, end.t[1])))
	}
	switch len(moved) {
	case 0:
		return b.T("form.at", said, b.T("matter.did.recount.same"))
	case 1:
		return b.T("form.at", said, moved[0])
	}
	return b.T("form.at", said, b.T("matter.did.recount.both", moved[0], moved[1]))
}

// ruledWords is what the rules said when the matter was classified.
func ruledWords(b page.Base, p matters.Step, unit string) string {
	r, ok := matters.RulingOf(p)
	if !ok || !r.Fired() {
		return b.T("matter.rule.none")
	}
	return b.T("matter.rule.fired", r.Name, r.Version, unit)
}

// saying is what was done, and what it settled.
func saying(b page.Base, what, detail string) string {
	if detail == "" {
		return what
	}
	return b.T("form.at", what, detail)
}

// ratingWords is a rating in words: solved or not, and how satisfied.
func ratingWords(b page.Base, r matters.Rating) string {
	if r.Solved == "" {
		return ""
	}
	said := b.T("matter.solved." + string(r.Solved))
	if r.Satisfied > 0 {
		said += " · " + b.T("matter.satisfied."+strconv.Itoa(r.Satisfied))
	}
	return said
}

var icons = map[matters.Act]string{
	matters.SendBack: "return", matters.Reopen: "return", matters.Close: "check", matters.Verify: "eye", matters.Correct: "edit", matters.Confirm: "check", matters.WhistleAct: "whistle",
	matters.Dispatch: "arrow", matters.Decide: "scale", matters.SupportAct: "hand", matters.UnsupportAct: "x", matters.Urge: "bell", matters.Supervise: "flag", matters.Note: "lock", matters.Inform: "talk", matters.ShowName: "user", matters.HideName: "lock",
	matters.Add: "talk", matters.Ask: "ask", matters.AskExtension: "clock", matters.Extend: "check", matters.RefuseExtension: "x", matters.RecountAct: "calendar", matters.AppealAct: "talk", matters.GrantAppeal: "check", matters.RefuseAppeal: "x", matters.AskReview: "scale", matters.GrantReview: "check", matters.RefuseReview: "x", matters.Suspend: "calendar", matters.Invite: "link", matters.Moderate: "edit",
	matters.Join: "join", matters.Unjoin: "split", matters.Split: "split", matters.Unsplit: "join", matters.Rate: "star", matters.Withdraw: "x", matters.Settle: "check",
}

// raiser says who raised the matter: never a private name to the public.
func (c *Counter) raiser(b page.Base, w matters.Whole) string {
	m := w.Matter
	switch {
	case w.IsReporter:
		return b.T("matter.you")
	case m.RaisedFor != "" && m.Channel == matters.Open311:
		return b.T("matter.reporter.through", m.RaisedFor)
	case m.RaisedFor != "":
		return b.T("matter.reporter.for", m.RaisedFor)
	case m.RaisedBy != 0:
		return b.T("matter.reporter.desk", b.T("matter.channel."+string(m.Channel)))
	}
	return b.T("matter.turn.reporter")
}

// reporters are the acts that are the reporter's own, if no account did them.
var reporters = []matters.Act{matters.Answer, matters.Add, matters.Rate, matters.Reopen, matters.Withdraw, matters.ShowName, matters.HideName}

// who names an actor: staff to the inside by name and unit, to others by unit.
func (c *Counter) who(b page.Base, w matters.Whole, p matters.Step) string {
	unit := c.unit(b.Lang, p.Unit)
	switch {
	case p.Account == 0 && p.Unit == 0 && slices.Contains(reporters, p.Act):
		if w.IsReporter {
			return b.T("matter.you")
		}
		return b.T("matter.turn.reporter")
	case p.Act == matters.UnsupportAct && p.Actor == "":
		return b.T("matter.neighbour")
	case p.Act == matters.SupportAct && (w.View < matters.Inside || p.Actor == ""):
		return b.T("matter.neighbour")
	case p.Account == 0 && p.Unit == 0 && p.Act == matters.Resume:
		return b.T("matter.clock")
	case p.Account == 0 && p.Unit == 0 && (p.Act == matters.Unjoin || p.Act == matters.RecountAct || p.Actor == matters.Sorter):
		return b.T("matter.program")
	case p.ByRule() != "":
		return b.T("matter.by_rule", p.ByRule())
	case p.Act == matters.RuleAct:
		return b.T("matter.rules")
	case unit == "":
		return p.Actor
	case w.View == matters.Inside:
		return b.T("matter.who", p.Actor, unit)
	}
	return unit
}

// filesOf are the files of one step, as addresses that this reader may follow.
func (c *Counter) filesOf(b page.Base, w matters.Whole, step id.ID) []page.File {
	var out []page.File
	for _, f := range w.Files {
		if f.Step != step {
			continue
		}
		x := c.fileOf(b, "", f.Hash, blob.Type(f.Type), f.Size)
		if f.Hidden {
			x.Name = saying(b, x.Name, b.T("matter.hidden"))
		}
		out = append(out, x)
	}
	return out
}

// fileFor is how long the address of a file is good.
const fileFor = time.Hour

// fileOf is a file with its addresses: for the browser with the given mark alone,
// or, with "", for all who may see it.
func (c *Counter) fileOf(b page.Base, browser, hash string, t blob.Type, size int64) page.File {
	h := blob.Hash(hash)
	f := page.File{Name: b.T("file." + string(t.Kind())), Size: sizeOf(size), Sound: t.Kind() == blob.Sound}
	ext := "?t=" + t.Ext()
	f.Href = "/files/" + c.Blobs.Address(h.File(), browser, b.Now, fileFor) + ext
	if t.Kind() == blob.Photo {
		f.Href = "/files/" + c.Blobs.Address(h.Medium(), browser, b.Now, fileFor) + "?t=.jpg"
		f.Thumb = "/files/" + c.Blobs.Address(h.Small(), browser, b.Now, fileFor) + "?t=.jpg"
	}
	return f
}

func sizeOf(n int64) string {
	if n < 1<<20 {
		return strconv.FormatInt(max(1, n>>10), 10) + " KB"
	}
	return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB"
}
