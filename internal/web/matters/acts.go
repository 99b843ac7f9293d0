// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// acts is every act at the counter. The table of moves decides when each is
// possible, the domain whether it may be done; here is only how it is asked for.
var acts map[matters.Act]actSpec

func init() {
	acts = map[matters.Act]actSpec{
		matters.Accept: {main: true, key: "a", do: func(c *Counter, r *http.Request, _ *form.Form, m matters.Matter) error {
			return c.Matters.Accept(r.Context(), page.Actor(r), m.ID)
		}},
		matters.Decline:  {form: wordsOnly("matter.field.reason.public", true), do: worded((*matters.Service).Decline)},
		matters.Ask:      {form: wordsOnly("matter.field.question", true), do: worded((*matters.Service).Ask)},
		matters.Answer:   {main: true, form: wordsAndFiles("matter.field.answer"), do: withFiles((*matters.Service).Answer)},
		matters.Add:      {side: true, form: wordsAndFiles("matter.field.add"), do: withFiles((*matters.Service).Add)},
		matters.Classify: {main: true, key: "c", form: classifyForm, do: classify},
		matters.Dispatch: {main: true, key: "d", form: dispatchForm, do: func(c *Counter, r *http.Request, f *form.Form, m matters.Matter) error {
			in := matters.Dispatching{Lead: f.ID("lead"), Assist: f.IDs("assist", 20), Words: said(f)}
			if err := f.Err(); err != nil {
				return err
			}
			return c.Matters.Dispatch(r.Context(), page.Actor(r), m.ID, in)
		}},
		matters.SendBack: {form: wordsOnly("matter.field.reason", true), do: worded((*matters.Service).SendBack)},
		matters.Correct:  {side: true, form: correctForm, do: correct},
		matters.Confirm: {side: true, do: func(c *Counter, r *http.Request, _ *form.Form, m matters.Matter) error {
			return c.Matters.Confirm(r.Context(), page.Actor(r), m.ID)
		}},
		matters.Decide: {main: true, key: "d", form: decideForm, do: func(c *Counter, r *http.Request, f *form.Form, m matters.Matter) error {
			in := matters.Deciding{Lead: f.ID("lead"), Reason: said(f)}
			if err := f.Err(); err != nil {
				return err
			}
			return c.Matters.Decide(r.Context(), page.Actor(r), m.ID, in)
		}},
		matters.Take:            {main: true, key: "t", do: worded((*matters.Service).Take)},
		matters.Handle:          {main: true, key: "h", form: wordsAndFiles("matter.field.result"), do: withFiles((*matters.Service).Handle)},
		matters.AskExtension:    {side: true, form: askExtensionForm, do: askExtension},
		matters.Extend:          {side: true, form: decideExtensionForm(false), do: worded((*matters.Service).Extend)},
		matters.RefuseExtension: {side: true, form: decideExtensionForm(true), do: worded((*matters.Service).RefuseExtension)},
		matters.AppealAct:       {side: true, form: wordsOnly("matter.field.appeal", true), do: worded((*matters.Service).Appeal)},
		matters.GrantAppeal:     {side: true, form: decideAppealForm(matters.AppealAct), do: worded((*matters.Service).GrantAppeal)},
		matters.RefuseAppeal:    {side: true, form: decideAppealForm(matters.AppealAct), do: worded((*matters.Service).RefuseAppeal)},
		matters.AskReview:       {side: true, form: askReviewForm, do: worded((*matters.Service).AskReview)},
		matters.GrantReview:     {side: true, form: decideAppealForm(matters.AskReview), do: worded((*matters.Service).GrantReview)},
		matters.RefuseReview:    {side: true, form: decideAppealForm(matters.AskReview), do: worded((*matters.Service).RefuseReview)},
		matters.Suspend: {side: true, form: func(_ *Counter, b page.Base, _ matters.Whole, f *form.Form) []entry {
			return []entry{untilDay(b, f, "matter.field.until.suspend", b.Now.AddDate(0, 1, 0)), needed(area(b, f, "matter.field.reason.public", 4))}
		}, do: func(c *Counter, r *http.Request, f *form.Form, m matters.Matter) error {
			until, words := f.Date("until"), said(f)
			if err := dated(f, until); err != nil {
				return err
			}
			return c.Matters.Suspend(r.Context(), page.Actor(r), m.ID, until, words)
		}},
		matters.Resume: {form: wordsOnly("matter.field.reason.public", true), do: worded((*matters.Service).Resume)},
		matters.Verify: {main: true, key: "v", form: verifyForm, do: filed(func(c *Counter, r *http.Request, f *form.Form, m matters.Matter, words string, files []matters.NewFile) error {
			return c.Matters.Verify(r.Context(), page.Actor(r), m.ID, f.Bool("met"), words, files...)
		})},
		matters.Close:    {main: true, key: "c", form: wordsOnly("matter.field.reply", false), do: worded((*matters.Service).Close)},
		matters.Rate:     {main: true, form: rateForm, do: rate},
		matters.Reopen:   {form: wordsOnly("matter.field.reason", true), do: worded((*matters.Service).Reopen)},
		matters.Withdraw: {danger: true, side: true, form: wordsOnly("matter.field.reason.free", false), do: worded((*matters.Service).Withdraw)},
		matters.Settle:   {side: true, form: wordsOnly("matter.field.settle", true), do: worded((*matters.Service).Settle)},
		matters.ShowName: {side: true, do: func(c *Counter, r *http.Request, _ *form.Form, m matters.Matter) error {
			return c.Matters.ShowName(r.Context(), page.Actor(r), m.ID)
		}},
		matters.HideName: {side: true, do: func(c *Counter, r *http.Request, _ *form.Form, m matters.Matter) error {
			return c.Matters.HideName(r.Context(), page.Actor(r), m.ID)
		}},
		matters.Join: {side: true, form: joinForm, do: join},
		matters.Unjoin: {side: true, do: func(c *Counter, r *http.Request, _ *form.Form, m matters.Matter) error {
			return c.Matters.Unjoin(r.Context(), page.Actor(r), m.ID)
		}},
		matters.Split:      {side: true, form: splitForm, do: split},
		matters.Unsplit:    {side: true, form: wordsOnly("matter.field.reason.public", true), do: worded((*matters.Service).Unsplit)},
		matters.Urge:       {side: true, form: wordsOnly("matter.field.urge", true), do: worded((*matters.Service).Urge)},
		matters.Supervise:  {side: true, form: wordsOnly("matter.field.reason", true), do: worded((*matters.Service).Supervise)},
		matters.Note:       {side: true, form: wordsAndFiles("matter.field.note"), do: withFiles((*matters.Service).AddNote)},
		matters.Inform:     {side: true, form: wordsAndFiles("matter.field.inform"), do: withFiles((*matters.Service).Inform)},
		matters.WhistleAct: {side: true, form: whistleForm, do: blow},
		matters.Respond:    {side: true, form: wordsOnly("matter.field.respond", true), do: forUnit((*matters.Service).Respond)},
		matters.AssistAct: {side: true, form: wordsAndFiles("matter.field.assist"), do: filed(func(c *Counter, r *http.Request, f *form.Form, m matters.Matter, words string, files []matters.NewFile) error {
			unit, err := id.Parse(r.URL.Query().Get("unit"))
			if err != nil {
				return err
			}
			return c.Matters.Assist(r.Context(), page.Actor(r), m.ID, unit, words, files...)
		})},
		matters.Invite: {side: true, form: inviteForm}, // answers with a page of its own, see invite.go
		matters.Revoke: {side: true, do: func(c *Counter, r *http.Request, _ *form.Form, m matters.Matter) error {
			invitation, err := id.Parse(r.URL.Query().Get("invitation"))
			if err != nil {
				return err
			}
			return c.Matters.Revoke(r.Context(), page.Actor(r), m.ID, invitation)
		}},
		matters.Moderate:     {side: true, form: moderateForm, do: moderate},
		matters.Restore:      {side: true, form: restoreForm, do: restore},
		matters.SupportAct:   {side: true, form: supportForm, do: filed(support)},
		matters.UnsupportAct: {side: true, form: unsupportForm, do: unsupport},
	}
}

// worded is an act whose form asks for words alone.
func worded(act func(s *matters.Service, ctx context.Context, by scope.Actor, d matters.ID, words string) error) doer {
	return func(c *Counter, r *http.Request, f *form.Form, m matters.Matter) error {
		words := said(f)
		if err := f.Err(); err != nil {
			return err
		}
		return act(c.Matters, r.Context(), page.Actor(r), m.ID, words)
	}
}

// withFiles is an act whose form asks for words and files.
func withFiles(act func(s *matters.Service, ctx context.Context, by scope.Actor, d matters.ID, words string, files ...matters.NewFile) error) doer {
	return filed(func(c *Counter, r *http.Request, _ *form.Form, m matters.Matter, words string, files []matters.NewFile) error {
		return act(c.Matters, r.Context(), page.Actor(r), m.ID, words, files...)
	})
}

// filed takes the words and files of a form before the act.
func filed(act func(c *Counter, r *http.Request, f *form.Form, m matters.Matter, words string, files []matters.NewFile) error) doer {
	return func(c *Counter, r *http.Request, f *form.Form, m matters.Matter) error {
		words := said(f)
		files, err := c.upload(r, f, "files")
		if err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		return act(c, r, f, m, words, files)
	}
}

// dated refuses a form without a day.
func dated(f *form.Form, t time.Time) error {
	if err := f.Err(); err != nil {
		return err
	}
	if t.IsZero() {
		return errs.At("until", "matter.answer.date")
	}
	return nil
}

func classifyForm(c *Counter, b page.Base, w matters.Whole, f *form.Form) []entry {
	m := w.Matter
	last, _ := m.Path.Last()
	urgent := ""
	if m.Urgent {
		urgent = "1"
	}
	return []entry{
		{"select", page.NewField(b.Lang, f, "category", "matter.field.category").Of(c.categoryOptions(b)).From(m.Category).Need()},
		{"select", page.NewField(b.Lang, f, "place", "matter.field.place").Of(c.placeOptions(b)).From(last.String())},
		{"text", page.NewField(b.Lang, f, "title", "matter.field.title").Max(matters.MaxTitle).From(m.Title)},
		{"box", page.NewField(b.Lang, f, "urgent", "matter.field.urgent").From(urgent)},
		area(b, f, "matter.field.note", 3),
	}
}

func classify(c *Counter, r *http.Request, f *form.Form, m matters.Matter) error {
	in := matters.Classifying{Category: f.Line("category", 40), Urgent: f.Bool("urgent"), Title: f.Line("title", matters.MaxTitle+1), Place: f.ID("place"), Words: said(f)}
	if err := f.Err(); err != nil {
		return err
	}
	if last, _ := m.Path.Last(); in.Place == last {
		in.Place = 0
	}
	return c.Matters.Classify(r.Context(), page.Actor(r), m.ID, in)
}

func dispatchForm(c *Counter, b page.Base, w matters.Whole, f *form.Form) []entry {
	var usual id.ID
	if k, ok := c.Matters.Catalogue().Get(w.Matter.Category); ok {
		if u, ok := c.Orgs.Directory().Responsible(k.Unit, w.Matter.Path); ok {
			usual = u.ID
		}
	}
	return []entry{
		{"select", page.NewField(b.Lang, f, "lead", "matter.field.lead").Of(c.unitOptions(b, w.Matter.Path, usual)).Need()},
		{"boxes", page.NewField(b.Lang, f, "assist", "matter.field.assisting").Of(c.unitOptions(b, w.Matter.Path, 0))},
		area(b, f, "matter.field.note.unit", 3),
	}
}

func decideForm(c *Counter, b page.Base, w matters.Whole, f *form.Form) []entry {
	return []entry{
		{"select", page.NewField(b.Lang, f, "lead", "matter.field.decide").Of(c.unitOptions(b, w.Matter.Path, 0)).Need()},
		needed(area(b, f, "matter.field.decide.reason", 4)),
	}
}

func verifyForm(c *Counter, b page.Base, w matters.Whole, f *form.Form) []entry {
	met := page.NewField(b.Lang, f, "met", "matter.field.met").Need()
	if k, ok := c.Matters.Catalogue().Get(w.Matter.Category); ok {
		met = met.Helped(k.Closing.In(b.Lang))
	}
	return []entry{{"box", met}, area(b, f, "matter.field.verified", 3), photos(b, f)}
}

func rateForm(_ *Counter, b page.Base, _ matters.Whole, f *form.Form) []entry {
	var solved, satisfied []page.Option
	for _, s := range []matters.Solved{matters.Yes, matters.Partly, matters.No} {
		solved = append(solved, page.Option{Value: string(s), Text: b.T("matter.solved." + string(s))})
	}
	for n := 5; n >= 1; n-- {
		satisfied = append(satisfied, page.Option{Value: strconv.Itoa(n), Text: b.T("matter.satisfied." + strconv.Itoa(n))})
	}
	return []entry{
		{"radio", page.NewField(b.Lang, f, "solved", "matter.field.solved").Of(solved).Need()},
		{"radio", page.NewField(b.Lang, f, "satisfied", "matter.field.satisfied").Of(satisfied)},
		area(b, f, "matter.field.rating", 3),
	}
}

func rate(c *Counter, r *http.Request, f *form.Form, m matters.Matter) error {
	in := matters.Rating{Solved: matters.Solved(f.Line("solved", 10)), Words: said(f)}
	if f.Get("satisfied") != "" {
		in.Satisfied = f.Int("satisfied", 1, 5)
	}
	if err := f.Err(); err != nil {
		return err
	}
	return c.Matters.Rate(r.Context(), page.Actor(r), m.ID, in)
}

func joinForm(_ *Counter, b page.Base, w matters.Whole, f *form.Form) []entry {
	to := page.NewField(b.Lang, f, "to", "matter.field.join").Max(30).Need()
	if f == nil {
		if u, err := url.Parse(b.Path); err == nil { // from the list of what is alike
			to = to.From(u.Query().Get("to"))
		}
	}
	return []entry{{"text", to}, needed(area(b, f, "matter.field.reason.public", 3))}
}

func join(c *Counter, r *http.Request, f *form.Form, m matters.Matter) error {
	words, number := said(f), f.Line("to", 30)
	if err := f.Err(); err != nil {
		return err
	}
	to, err := c.Matters.Get(r.Context(), page.Actor(r), number)
	if err != nil {
		return beside(f, "to", errs.At("to", "matter.none"))
	}
	return c.Matters.Join(r.Context(), page.Actor(r), m.ID, to.Matter.ID, words)
}

func splitForm(_ *Counter, b page.Base, _ matters.Whole, f *form.Form) []entry {
	var es []entry
	for _, n := range []string{"1", "2", "3"} {
		es = append(es,
			entry{"text", page.NewField(b.Lang, f, "title"+n, "matter.field.part.title").Max(matters.MaxTitle)},
			entry{"area", page.NewField(b.Lang, f, "body"+n, "matter.field.part.body").Max(matters.MaxBody).Rows(3)})
	}
	return es
}

func split(c *Counter, r *http.Request, f *form.Form, m matters.Matter) error {
	var parts []matters.Part
	for _, n := range []string{"1", "2", "3"} {
		p := matters.Part{Title: f.Line("title"+n, matters.MaxTitle+1), Body: f.Text("body"+n, matters.MaxBody+1)}
		if p.Body != "" || p.Title != "" {
			parts = append(parts, p)
		}
	}
	if err := f.Err(); err != nil {
		return err
	}
	_, err := c.Matters.Split(r.Context(), page.Actor(r), m.ID, parts)
	return err
}

func whistleForm(c *Counter, b page.Base, w matters.Whole, f *form.Form) []entry {
	return []entry{
		needed(area(b, f, "matter.field.whistle.words", 3)),
		{"text", page.NewField(b.Lang, f, "hours", "matter.field.whistle.hours").As("number").From("2").Need()},
		{"boxes", page.NewField(b.Lang, f, "units", "matter.field.whistle.units").Of(c.unitOptions(b, w.Matter.Path, 0)).Need()},
	}
}

func blow(c *Counter, r *http.Request, f *form.Form, m matters.Matter) error {
	hours, units, words := f.Int("hours", 1, 168), f.IDs("units", 20), said(f)
	if err := f.Err(); err != nil {
		return err
	}
	return c.Matters.Blow(r.Context(), page.Actor(r), m.ID, units, time.Duration(hours)*time.Hour, words)
}

// parts are what can be hidden from the public or changed.
func parts(b page.Base, w matters.Whole) []page.Option {
	opts := []page.Option{{Value: "title", Text: b.T("matter.part.title")}, {Value: "body", Text: b.T("matter.part.body")}, {Value: "all", Text: b.T("matter.part.all")}}
	if w.Matter.Named {
		opts = append(opts, page.Option{Value: "name", Text: b.T("matter.part.name")})
	}
	for i, x := range w.Files {
		kind := b.T("file." + string(blob.Type(x.Type).Kind()))
		opts = append(opts, page.Option{Value: "file:" + x.ID.String(), Text: b.T("matter.part.file", i+1, kind)})
	}
	for _, p := range w.Steps {
		if p.Public && p.Words != "" {
			opts = append(opts, page.Option{Value: "step:" + p.ID.String(), Text: b.T("matter.part.step", b.T("matter.act."+string(p.Act)), short(p.Words))})
		}
	}
	for _, s := range w.Supports {
		if s.Words != "" {
			opts = append(opts, page.Option{Value: "support:" + s.ID.String(), Text: b.T("matter.part.support", short(s.Words))})
		}
	}
	return opts
}

func moderateForm(_ *Counter, b page.Base, w matters.Whole, f *form.Form) []entry {
	return []entry{
		{"select", page.NewField(b.Lang, f, "part", "matter.field.part").Of(parts(b, w)).Need()},
		{"area", page.NewField(b.Lang, f, "words", "matter.field.moderated").Max(matters.MaxBody).Rows(4)},
		{"area", page.NewField(b.Lang, f, "reason", "matter.field.reason").Max(matters.MaxWords).Rows(2).Need()},
	}
}

func moderate(c *Counter, r *http.Request, f *form.Form, m matters.Matter) error {
	in := matters.Moderating{Part: f.Line("part", 40), Words: f.Text("words", matters.MaxBody+1), Reason: f.Text("reason", matters.MaxWords+1)}
	if err := f.Err(); err != nil {
		return err
	}
	return c.Matters.Moderate(r.Context(), page.Actor(r), m.ID, in)
}

func restoreForm(_ *Counter, b page.Base, _ matters.Whole, f *form.Form) []entry {
	return []entry{{"area", page.NewField(b.Lang, f, "reason", "matter.field.reason").Max(matters.MaxWords).Rows(2).Need()}}
}

func restore(c *Counter, r *http.Request, f *form.Form, m matters.Matter) error {
	reason := f.Text("reason", matters.MaxWords+1)
	if err := f.Err(); err != nil {
		return err
	}
	moderation, err := id.Parse(r.URL.Query().Get("moderation"))
	if err != nil {
		return err
	}
	return c.Matters.Restore(r.Context(), page.Actor(r), m.ID, moderation, reason)
}

func supportForm(_ *Counter, b page.Base, _ matters.Whole, f *form.Form) []entry {
	es := []entry{area(b, f, "matter.support.words", 4), photos(b, f)}
	if f == nil {
		f = form.Of("public", "1")
	}
	es = append(es, entry{"box", page.NewField(b.Lang, f, "public", "matter.support.public")})
	if b.Anonymous() {
		es = append(es, entry{"text", page.NewField(b.Lang, f, "phone", "matter.raise.phone").As("tel")})
	}
	return es
}

func support(c *Counter, r *http.Request, f *form.Form, m matters.Matter, words string, files []matters.NewFile) error {
	in := matters.Supporting{Words: words, Public: f.Bool("public"), Browser: c.Slips.browser(r), Contact: people.ContactInput{Phone: f.Line("phone", 30)}}
	if err := f.Err(); err != nil {
		return err
	}
	return c.Matters.Support(r.Context(), page.Actor(r), m.ID, in, files...)
}

// unsupportForm asks staff which one they take back for somebody; others have one
// only.
func unsupportForm(_ *Counter, b page.Base, w matters.Whole, f *form.Form) []entry {
	if !b.Staff() {
		return nil
	}
	var given []page.Option
	for _, p := range w.Supports {
		if p.AtDesk() {
			o := page.Option{Value: p.ID.String(), Text: i18n.When(b.Lang, b.Now, p.At)}
			if p.Words != "" {
				o.Help = p.Words
			}
			given = append(given, o)
		}
	}
	return []entry{{"radio", page.NewField(b.Lang, f, "which", "matter.field.which").Of(given).Need()}}
}

func unsupport(c *Counter, r *http.Request, f *form.Form, m matters.Matter) error {
	in := matters.Unsupporting{Browser: c.Slips.browser(r)}
	if f.Get("which") != "" {
		in.Which = f.ID("which")
	}
	if err := f.Err(); err != nil {
		return err
	}
	return c.Matters.Unsupport(r.Context(), page.Actor(r), m.ID, in)
}

func short(s string) string {
	rs := []rune(strings.ReplaceAll(s, "\n", " "))
	if len(rs) > 20 {
		return string(rs[:20]) + "…"
	}
	return string(rs)
}
