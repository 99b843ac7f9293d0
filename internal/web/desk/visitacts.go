// SPDX-License-Identifier: Apache-2.0

package desk

import (
	_ "embed" // the field for a signature
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"yuanba/internal/domain/desk"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/id"
	"yuanba/internal/web/page"
	"yuanba/internal/web/static"
)

//go:embed sign.js
var signing []byte

var signScript = static.Add("sign.js", signing)

// actOf is the home visit of the address and the act it names, for those who may do it
// now.
func (c *Counter) actOf(r *http.Request) (x desk.SeenVisit, act desk.Act, err error) {
	act = desk.Act(strings.ReplaceAll(r.PathValue("act"), "-", "_"))
	if !slices.Contains(desk.VisitFlow.Acts(), act) {
		return x, act, missing()
	}
	x, err = c.Desk.Visit(r.Context(), page.Actor(r), r.PathValue("number"))
	return x, act, err
}

// visitForm asks what an act needs to be told.
func (c *Counter) visitForm(w http.ResponseWriter, r *http.Request) error {
	x, act, err := c.actOf(r)
	if err != nil {
		return err
	}
	if !slices.Contains(x.Acts, act) || act == desk.Finish {
		if _, err := desk.VisitFlow.Find(x.State, act); err != nil {
			return err
		}
		return errs.New(errs.Denied, "access.no_post")
	}
	v, err := c.visitActPage(r, x, act, typedVisit(r, x))
	if err != nil {
		return err
	}
	return formed.Show(w, r, v)
}

// typedVisit is what an act's form begins with: a time is proposed by the address.
func typedVisit(r *http.Request, x desk.SeenVisit) *form.Form {
	f := form.Of("minutes", "60", "papers", x.Papers, "at", "")
	if x.Papers == "" {
		f.Set("papers", strings.Join(x.What.Papers, "\n"))
	}
	for _, name := range []string{"officer", "worker", "minutes"} {
		if v := r.URL.Query().Get(name); v != "" {
			f.Set(name, v)
		}
	}
	if x.Officer != 0 && f.Get("officer") == "" {
		f.Set("officer", x.Officer.String())
	}
	if x.Worker != 0 && f.Get("worker") == "" {
		f.Set("worker", x.Worker.String())
	}
	return f
}

func (c *Counter) visitActPage(r *http.Request, x desk.SeenVisit, act desk.Act, f *form.Form) (v formPage, err error) {
	b := page.From(r)
	var officers, workers []desk.Person
	var free []desk.Slot
	if act == desk.Arrange {
		if officers, workers, err = c.Desk.Officers(r.Context(), x.HomeVisit); err != nil {
			return v, err
		}
		officer, _ := id.Parse(f.Get("officer"))
		worker, _ := id.Parse(f.Get("worker"))
		if officer == 0 && slices.ContainsFunc(officers, func(p desk.Person) bool { return p.Account == b.Actor.Account }) {
			officer = b.Actor.Account
			f.Set("officer", officer.String())
		}
		if officer == 0 && len(officers) > 0 {
			officer = officers[0].Account
		}
		if worker == 0 && len(workers) > 0 && !f.Sent("worker") {
			worker = workers[0].Account
			f.Set("worker", worker.String())
		}
		if free, err = c.Desk.FreeTimes(r.Context(), x.HomeVisit, officer, worker, max(10, min(f.Int("minutes", 10, 240), 240))); err != nil {
			return v, err
		}
	}
	return c.visitActFields(b, x, act, f, officers, workers, free), nil
}

func (c *Counter) visitActFields(b page.Base, x desk.SeenVisit, act desk.Act, f *form.Form, officers, workers []desk.Person, free []desk.Slot) formPage {
	own := "/visits/" + x.Number
	b = b.Titled("home_visit.act." + string(act))
	b.Form, b.Crumbs = f, []page.Link{{Href: own, Text: x.Number}}
	v := formPage{Base: b, Head: page.Head{Kicker: x.Number + " · " + c.visitTitle(b, x), Title: b.Title, Lead: b.T("visit.lead." + string(act))}, Action: own + "/" + strings.ReplaceAll(string(act), "_", "-"), Submit: b.Title, Back: own}
	add := func(kind string, d page.Field) { v.Fields = append(v.Fields, ask{kind, d}) }
	field := func(name, key string) page.Field { return page.NewField(b.Lang, f, name, key) }
	came := func(values ...desk.Called) {
		var os []page.Option
		for _, k := range values {
			os = append(os, page.Option{Value: string(k), Text: b.T("visit.came." + string(k))})
		}
		add("radios", field("came", "visit.field.came").Need().Of(os))
	}
	switch act {
	case desk.Reissue:
		if x.Slipless() {
			v.Head.Title, v.Head.Lead, v.Submit = b.T("visit.slip.first"), b.T("visit.slip.none"), b.T("visit.slip.first")
		}
	case desk.Call:
		v.Submit = b.T("visit.note_down")
		v.Facts = []page.Fact{{Label: b.T("visit.field.need"), Value: x.Need}, {Label: b.T("booking.fact.for"), Value: strings.TrimSpace(x.For.Name + " " + x.For.Phone), Href: own + "/reveal", Private: true}}
		came(desk.SaidYes, desk.SaidNo, desk.NoAnswer)
		add("area", field("words", "visit.field.agreed").Rows(3).Max(500))
	case desk.Arrange:
		c.askArrange(b, &v, f, officers, workers, free)
	case desk.Postpone:
		add("area", field("words", "visit.field.why").Need().Rows(3).Max(500))
	case desk.Do:
		v.Picture = true
		v.Base = v.With(signScript)
		add("area", field("words", "visit.field.result").Need().Rows(3).Max(500))
		add("sign", page.Field{Name: "drawn", Label: b.T("visit.sign"), Help: b.T("visit.sign.help")})
		v.Hidden = append(v.Hidden, page.Hidden{Name: "drawn"})
		add("upload", field("receipt", "visit.field.receipt").Files("image/*", 1).Camera())
	case desk.FollowUp:
		v.Submit = b.T("visit.note_down")
		came(desk.AllIsWell, desk.NotWell, desk.NoAnswer)
		add("area", field("words", "visit.field.followed").Rows(3).Max(500))
	case desk.Withdraw:
		v.Danger = true
		add("area", field("words", "visit.field.withdraw").Rows(3).Max(500))
	}
	return v
}

// askArrange asks for officer, grid worker, time and papers. The times are those at
// which both units work and both people are free; another may be typed.
func (c *Counter) askArrange(b page.Base, v *formPage, f *form.Form, officers, workers []desk.Person, free []desk.Slot) {
	options := func(ps []desk.Person) (os []page.Option) {
		for _, p := range ps {
			os = append(os, page.Option{Value: p.Account.String(), Text: p.Name})
		}
		return os
	}
	add := func(kind string, d page.Field) { v.Fields = append(v.Fields, ask{kind, d}) }
	add("select", page.NewField(b.Lang, f, "officer", "visit.field.officer").Need().Of(options(officers)))
	add("select", page.NewField(b.Lang, f, "worker", "visit.field.worker").Of(options(workers)).Example(b.T("visit.nobody_along")))
	add("text", page.NewField(b.Lang, f, "minutes", "visit.field.minutes").Need().As("number").Max(3).Unit(b.T("plan.minutes")))
	var times []page.Option
	for _, s := range free {
		times = append(times, page.Option{Value: momentText(s.At), Text: moment(b, s.At) + "–" + clock(s.Ends)})
	}
	if len(times) > 0 {
		add("radios", page.NewField(b.Lang, f, "at", "visit.field.free").Of(times))
	}
	add("text", page.NewField(b.Lang, f, "other", "visit.field.other").As("datetime-local"))
	add("area", page.NewField(b.Lang, f, "papers", "visit.field.papers").Rows(4).Max(500))
}

// visitAct does something to a home visit.
func (c *Counter) visitAct(w http.ResponseWriter, r *http.Request) error {
	f, err := read(r)
	if err != nil {
		return err
	}
	x, act, err := c.actOf(r)
	if err != nil {
		return err
	}
	if _, err := desk.VisitFlow.Find(x.State, act); err != nil {
		return err
	}
	if !slices.Contains(x.Acts, act) {
		return errs.New(errs.Denied, "access.no_post")
	}
	b, ctx := page.From(r), r.Context()
	switch act {
	case desk.Reissue:
		s, err := c.Desk.NewVisitSlip(ctx, b.Actor, x.ID)
		if err != nil {
			return err
		}
		return c.showSlip(w, r, s, "/visits/"+x.Number)
	case desk.Call, desk.FollowUp:
		came, words := desk.Called(f.Choice("came", "yes", "no", "none", "well", "again")), f.Text("words", 500)
		if came == "" {
			f.Fault("came", "form.choice")
		}
		if err = f.Err(); err == nil && act == desk.Call {
			err = c.Desk.Call(ctx, b.Actor, x.ID, came, words)
		} else if err == nil {
			err = c.Desk.FollowUp(ctx, b.Actor, x.ID, came, words)
		}
	case desk.Arrange:
		a := desk.Arranging{At: f.Moment("at"), Minutes: f.Int("minutes", 10, 240), Officer: f.ID("officer"), Worker: f.ID("worker"), Papers: f.Text("papers", 500)}
		if other := f.Moment("other"); !other.IsZero() {
			a.At = other
		}
		if err = f.Err(); err == nil {
			err = c.Desk.Arrange(ctx, b.Actor, x.ID, a)
		}
	case desk.Postpone:
		words := f.Text("words", 500)
		if err = f.Err(); err == nil {
			err = c.Desk.Postpone(ctx, b.Actor, x.ID, words)
		}
	case desk.Withdraw:
		words := f.Text("words", 500)
		if err = f.Err(); err == nil {
			err = c.Desk.Withdraw(ctx, b.Actor, x.ID, words)
		}
	case desk.Finish:
		err = c.Desk.Finish(ctx, b.Actor, x.ID)
	case desk.Do:
		words := f.Text("words", 500)
		receipt, how, rerr := c.signed(r, f)
		if err = rerr; err == nil {
			if err = f.Err(); err == nil {
				err = c.Desk.Do(ctx, b.Actor, x.ID, words, receipt, how)
			}
		}
	}
	if err == nil {
		return page.Done(w, r, "/visits/"+x.Number, "visit.done."+string(act), x.Number)
	}
	if errs.KindOf(err) != errs.Invalid {
		return err
	}
	v, perr := c.visitActPage(r, x, act, f)
	if perr != nil {
		return perr
	}
	return formed.Fail(w, r, v, err)
}

// maxDrawn bounds a drawn signature, in bytes of its text.
const maxDrawn = 400 << 10

// signed takes the receipt of a form: the photo of the paper if there is one, else what
// was drawn.
func (c *Counter) signed(r *http.Request, f *form.Form) (n desk.NewFile, how desk.Signer, err error) {
	beside := func(err error) error {
		if es := errs.Public(err); len(es) > 0 {
			f.Fault("receipt", es[0].Key, es[0].Args...)
			return f.Err()
		}
		return err
	}
	if hs := f.Files("receipt", 1); len(hs) == 1 {
		file, err := hs[0].Open()
		if err != nil {
			return n, how, err
		}
		defer file.Close()
		b, err := c.Blobs.Take(r.Context(), file, pictures())
		if err != nil {
			return n, how, beside(err)
		}
		return desk.NewFile{Hash: string(b.Hash), Type: string(b.Type)}, desk.Paper, nil
	}
	drawn := f.Secret("drawn", maxDrawn) // not shown again: who signed signs again
	if drawn == "" {
		return n, desk.Drawn, nil
	}
	body, ok := strings.CutPrefix(drawn, "data:image/png;base64,")
	if !ok {
		f.Fault("receipt", "visit.sign.bad")
		return n, how, f.Err()
	}
	b, err := c.Blobs.Take(r.Context(), base64.NewDecoder(base64.StdEncoding, strings.NewReader(body)), pictures())
	if err != nil {
		return n, how, beside(err)
	}
	return desk.NewFile{Hash: string(b.Hash), Type: string(b.Type)}, desk.Drawn, nil
}

// receipt shows the signed receipt to the household and those at work on it.
func (c *Counter) receipt(w http.ResponseWriter, r *http.Request) error {
	f, err := c.Desk.Receipt(r.Context(), page.Actor(r), r.PathValue("number"))
	if err != nil {
		return err
	}
	return c.Blobs.Serve(w, r, blob.Hash(f.Hash).Medium(), blob.Type(f.Type), blob.Disposition{Name: "yuanba"})
}

// pictures are what may be handed in as a receipt.
func pictures() blob.Limits {
	l := blob.Default()
	l.Kinds = []blob.Kind{blob.Photo}
	return l
}

// The texts of moves that are not in the tables, named whole for those who look for
// them.
var _ = []string{"booking.move", "home_visit.move"}
