// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// An entry is one question of an act's form.
type entry struct {
	Kind string // area, text, select, radio, box, boxes, date, files: the block that shows it
	page.Field
}

// An actSpec is how an act looks at the counter: what is asked, and which use
// case carries it out.
type actSpec struct {
	main   bool   // the one a turn usually ends with
	danger bool   // cannot be undone
	key    string // on the keyboard of a desk
	side   bool   // leaves the turn alone
	form   func(c *Counter, b page.Base, w matters.Whole, f *form.Form) []entry
	do     doer
}

// A doer reads an act's form and carries the act out.
type doer func(c *Counter, r *http.Request, f *form.Form, m matters.Matter) error

// onward reports whether the act carries the matter on.
func (a actSpec) onward() bool { return !a.side }

// actPage is the form of one act.
type actPage struct {
	page.Base
	Head      page.Head
	Row       []page.Row
	Entries   []entry
	Templates []prepared // prepared replies
	Action    string
	Back      string
	Submit    string
	Danger    bool
	Files     bool
	Note      string
	Checks    bool // the words can be read before they leave
	Checked   bool // they were
	Advice    []advice
	Dispute   *dispute // for who decides it
	whole     matters.Whole
}

// prepared is a reply that can be put into the form.
type prepared struct{ Name, Words, Href string }

var acting = page.New[actPage](files, "act.html", "entries.html", "dispute.html")

// allowed says why the reader cannot do an act now, before they fill in its form;
// the domain says it again when the form is sent.
func allowed(b page.Base, w matters.Whole, act matters.Act) error {
	m := w.Matter
	ok := false
	may := func(n scope.Need) bool { return b.Actor.May(n, m.Target(n, b.Now)).OK }
	switch act {
	case matters.SupportAct:
		ok = !b.Staff() || may("raise_for")
	case matters.UnsupportAct:
		if ok = !b.Staff() || may("raise_for"); ok && b.Staff() && !slices.ContainsFunc(w.Supports, matters.Support.AtDesk) {
			return errs.New(errs.Conflict, "matter.unsupport.desk")
		}
	case matters.Note:
		ok = w.View == matters.Inside && access.Works(b.Actor, b.Now)
	case matters.Inform:
		ok = m.Informs() && may("handle")
	case matters.WhistleAct:
		ok = may("command")
	case matters.Invite, matters.Revoke:
		ok = may("dispatch") || m.Lead != 0 && may("handle")
	case matters.Moderate, matters.Restore:
		ok = may("moderate")
	case matters.ShowName, matters.HideName:
		if err := w.Hindered[act]; err != nil {
			return err
		}
		ok = slices.Contains(w.Acts, act)
	case matters.Respond, matters.AssistAct:
		ok = len(b.Actor.Units("handle", b.Now)) > 0
	default:
		if err := w.Hindered[act]; err != nil {
			return err
		}
		if ok = slices.Contains(w.Acts, act); !ok {
			if _, err := matters.Flow.Find(m.State, act); err != nil {
				return errs.New(errs.Conflict, "matter.move", i18n.Key("matter.act."+string(act)), i18n.Key("matter.state."+string(m.State)))
			}
		}
	}
	switch {
	case !ok && b.Anonymous():
		return errs.New(errs.Denied, scope.DeniedSignIn)
	case !ok:
		return errs.New(errs.Denied, scope.DeniedNeed)
	case !m.State.Open() && slices.Contains([]matters.Act{matters.WhistleAct, matters.Invite, matters.SupportAct, matters.AssistAct}, act):
		return errs.New(errs.Conflict, "matter.ended")
	}
	return nil
}

// form shows the form of an act to those who may do it.
func (c *Counter) form(act matters.Act) page.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, err := c.actPage(r, act, nil)
		if err != nil {
			return err
		}
		if err := allowed(v.Base, v.whole, act); err != nil {
			return err
		}
		if act == matters.UnsupportAct && !v.Staff() {
			if said, err := c.Matters.Supported(r.Context(), v.Actor, v.whole.Matter.ID, c.Slips.browser(r)); err != nil || !said {
				return cmp.Or(err, error(errs.New(errs.Conflict, "matter.unsupport.none")))
			}
		}
		return acting.Show(w, r, v)
	}
}

func (c *Counter) actPage(r *http.Request, act matters.Act, f *form.Form) (v actPage, err error) {
	b := page.From(r)
	w, err := c.Matters.Get(r.Context(), b.Actor, r.PathValue("number"))
	if err != nil {
		return v, err
	}
	spec := acts[act]
	b.Form = f
	here := "/matters/" + w.Matter.Number
	v = actPage{
		whole: w, Base: b.Titled("matter.act." + string(act)), Action: here + "/" + string(act), Back: here, Danger: spec.danger,
		Submit: b.T("matter.act." + string(act)), Head: page.Head{Kicker: w.Matter.Number, Title: b.T("matter.act." + string(act)), Lead: w.Matter.Title},
	}
	q := r.URL.Query()
	if q.Del("template"); len(q) > 0 {
		v.Action += "?" + q.Encode()
	}
	if i18n.Has("matter.act." + string(act) + ".help") {
		v.Note = b.T("matter.act." + string(act) + ".help")
	}
	if spec.form == nil {
		return v, nil
	}
	if b.Staff() {
		var chosen string
		if v.Templates, chosen, err = c.prepared(r, act, w.Matter.Category); err != nil {
			return v, err
		}
		if f == nil && chosen != "" {
			f = form.Of("words", chosen)
		}
	}
	if act == matters.Decide {
		if v.Dispute, err = c.disputeOf(r, b, w); err != nil {
			return v, err
		}
	}
	v.Entries = spec.form(c, b, w, f)
	if err := c.suggest(r, b, act, w.Matter, v.Entries); err != nil {
		return v, err
	}
	if err := c.byRules(r, b, act, w, v.Entries); err != nil {
		return v, err
	}
	if v.Checks = checks(act); v.Checks {
		v.Base = v.Base.With(checkScript)
	}
	for _, e := range v.Entries {
		v.Files = v.Files || e.Kind == "files"
	}
	return v, nil
}

// prepared are the replies prepared for the act, those for the category first,
// and the words of the one that the address asks for: so that a reply can be
// taken without a script too.
func (c *Counter) prepared(r *http.Request, act matters.Act, category string) (out []prepared, chosen string, err error) {
	ts, err := c.Matters.Templates(r.Context())
	if err != nil {
		return nil, "", err
	}
	slices.SortStableFunc(ts, func(x, y matters.Template) int { return strings.Compare(y.Category, x.Category) })
	for _, t := range ts {
		if !t.Active || t.Act != act || t.Category != "" && t.Category != category {
			continue
		}
		out = append(out, prepared{t.Name, t.Words, without(r, "template", t.ID.String())})
		if r.URL.Query().Get("template") == t.ID.String() {
			chosen = t.Words
		}
	}
	return out, chosen, nil
}

// do carries an act out. What is wrong stands beside its field, and nothing is
// lost of what was typed.
func (c *Counter) do(act matters.Act) page.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		f, err := form.Read(r)
		if err != nil {
			return err
		}
		by := page.Actor(r)
		m, err := c.Matters.ToAct(r.Context(), by, r.PathValue("number"))
		if err != nil {
			return err
		}
		if checks(act) && f.Get("go") == "check" {
			return c.check(w, r, act, f)
		}
		err = acts[act].do(c, r, f, m)
		if err == nil {
			return c.done(w, r, act, m)
		}
		if k := errs.KindOf(err); k != errs.Invalid && k != errs.Conflict || acts[act].form == nil {
			return err
		}
		v, perr := c.actPage(r, act, f)
		if perr != nil {
			return err
		}
		return acting.Fail(w, r, v, err)
	}
}

// done says what an act has led to.
func (c *Counter) done(w http.ResponseWriter, r *http.Request, act matters.Act, was matters.Matter) error {
	here := "/matters/" + was.Number
	if act != matters.Rate {
		return page.Done(w, r, here, "matter.done."+string(act))
	}
	m, err := c.Matters.ToAct(r.Context(), page.Actor(r), was.Number)
	switch {
	case err != nil:
		return err
	case m.Solved == "": // not solved: taken up again, and to be rated anew
		return page.Done(w, r, here, "matter.done.rate.reopened")
	case m.Solved == matters.No:
		return page.Done(w, r, here, "matter.done.rate.late", int(c.Matters.Rules().ReopenFor.Hours()/24))
	}
	return page.Done(w, r, here, "matter.done.rate")
}

// beside moves the public part of err, if any, beside the field.
func beside(_ *form.Form, field string, err error) error {
	es := errs.Public(err)
	if es == nil {
		return err
	}
	var l errs.List
	for _, e := range es {
		at := *e
		if at.Field == "" {
			at.Field = field
		}
		l = append(l, &at)
	}
	return l
}

// The questions that several acts ask.

func area(b page.Base, f *form.Form, key string, lines int) entry {
	d := page.NewField(b.Lang, f, "words", key).Max(matters.MaxWords).Rows(lines)
	return entry{"area", d}
}

// needed is the question, not to be left out.
func needed(e entry) entry { e.Field = e.Field.Need(); return e }

func photos(b page.Base, f *form.Form) entry {
	d := page.NewField(b.Lang, f, "files", "matter.field.files").Files("image/*,audio/*,application/pdf", matters.MaxFiles)
	return entry{"files", d}
}

func untilDay(b page.Base, f *form.Form, key string, usual time.Time) entry {
	d := page.NewField(b.Lang, f, "until", key).As("date").Need()
	if !usual.IsZero() {
		d = d.From(usual.In(i18n.Zone).Format(time.DateOnly))
	}
	return entry{"text", d}
}

// wordsOnly is the form of acts that ask for words alone.
func wordsOnly(key string, need bool) func(*Counter, page.Base, matters.Whole, *form.Form) []entry {
	return func(_ *Counter, b page.Base, _ matters.Whole, f *form.Form) []entry {
		e := area(b, f, key, 5)
		if need {
			e = needed(e)
		}
		return []entry{e}
	}
}

// wordsAndFiles asks for words and photos.
func wordsAndFiles(key string) func(*Counter, page.Base, matters.Whole, *form.Form) []entry {
	return func(c *Counter, b page.Base, w matters.Whole, f *form.Form) []entry {
		return append(wordsOnly(key, true)(c, b, w, f), photos(b, f))
	}
}

func said(f *form.Form) string { return f.Text("words", matters.MaxWords+1) }
