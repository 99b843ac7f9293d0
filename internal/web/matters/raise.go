// SPDX-License-Identifier: Apache-2.0

package matters

import (
	_ "embed" // the script
	"net/http"
	"strconv"
	"strings"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
	"yuanba/internal/web/static"
)

// The steps of raising a matter, one question a page.
const (
	stepWhat = iota + 1
	stepKind
	stepWhere
	stepSimilar
	stepWho
)

// raisePage is one step of raising a matter. What was said on earlier steps is
// carried along, so that nothing is kept of a raising that was never sent.
type raisePage struct {
	page.Base
	Step    int
	Stepper page.Stepper
	Head    page.Head
	Carried []page.Hidden
	Photos  []page.File // taken so far
	Kinds   page.Field
	All     page.Field
	Asks    []entry
	Chosen  string // the category whose questions are asked on this page
	Stop    *page.Note
	MayGoOn bool // an emergency: after ringing, the matter can be raised all the same
	Place   page.Field
	Pick    *picking // on the map, if it is open
	Located string   // what the phone's position has shown
	Pinned  bool     // the very spot is known
	Similar []page.Row
	Again   *page.Note // what the reporter raised before
	Who     page.Field
	Staff   bool
	AskWho  bool       // the town does not know the reader
	AskName bool       // it knows them, but no name to show
	For     page.Field // for whom, of those for whom the reader acts
	Channel page.Field
}

//go:embed raise.js
var raiseJS []byte

var raiseScript = static.Add("raise.js", raiseJS)

var raised = page.New[raisePage](files, "raise.html", "entries.html")

// raise shows the first step. Words may come along in the address, from the home
// page's box.
func (c *Counter) raise(w http.ResponseWriter, r *http.Request) error {
	if err := mayRaise(page.From(r)); err != nil {
		return err
	}
	c.Slips.mark(w, r)
	f := form.Of("body", r.URL.Query().Get("words"), "place", r.URL.Query().Get("place"), "for", r.URL.Query().Get("for"))
	return raised.Show(w, r, c.raisePage(r, f, stepWhat))
}

// mayRaise tells staff who raise nothing for others so before they begin; whose
// own wish it is raises it as a resident.
func mayRaise(b page.Base) error {
	if !b.Raises() {
		return errs.New(errs.Denied, scope.DeniedNeed)
	}
	return nil
}

// raising takes one step and shows the next, or the same again with what is
// wrong; the last one raises the matter.
func (c *Counter) raising(w http.ResponseWriter, r *http.Request) error {
	if err := mayRaise(page.From(r)); err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	step := max(stepWhat, min(f.Int("step", stepWhat, stepWho), stepWho))
	if f.Get("go") == "find" || f.Get("go") == "kind" {
		f.Set("asked")
		return raised.Show(w, r, c.raisePage(r, f, stepKind))
	}
	if f.Get("go") == "back" {
		return raised.Show(w, r, c.raisePage(r, f, c.before(step)))
	}
	if step == stepWhere {
		if v, ok := c.whereStep(r, f); ok {
			return raised.Show(w, r, v)
		}
	}
	files, err := c.upload(r, f, "files")
	if err == nil && !(step == stepKind && c.toAsk(f)) {
		for _, x := range files {
			f.Set("file", append(f.All("file"), c.Slips.fileToken(x))...)
		}
		if step < stepWho { // the last one is checked by raising
			err = c.checkStep(r, f, step)
		}
	}
	if err != nil {
		return raised.Fail(w, r, c.raisePage(r, f, step), err)
	}
	if step == stepKind && c.toAsk(f) {
		f.Set("asked", f.Get("category"))
		return raised.Show(w, r, c.raisePage(r, f, stepKind))
	}
	if step < stepWho {
		next := step + 1
		v := c.raisePage(r, f, next)
		if next == stepSimilar && len(v.Similar) == 0 && v.Again == nil {
			v = c.raisePage(r, f, stepWho)
		}
		return raised.Show(w, r, v)
	}
	in := c.read(f)
	if f.Get("who") == "" { // who may read it is never taken for granted
		f.Fault("who", "matter.raise.who.missing")
	}
	if err := f.Err(); err != nil {
		return raised.Fail(w, r, c.raisePage(r, f, c.stepOf(err)), err)
	}
	slip, err := c.Matters.Raise(r.Context(), page.Actor(r), in)
	if err != nil {
		return raised.Fail(w, r, c.raisePage(r, f, c.stepOf(err)), err)
	}
	c.Slips.Hold(w, r, slip.ID)
	if err := c.Slips.Keep(w, r, slip); err != nil {
		return err
	}
	return page.Redirect(w, r, "/raise/done")
}

// toAsk reports whether a category has been chosen whose questions have not yet
// been shown.
func (c *Counter) toAsk(f *form.Form) bool {
	k, ok := c.Matters.Catalogue().Get(f.Get("category"))
	return ok && len(k.Questions) > 0 && f.Get("asked") != k.Code
}

// before is the step to which "back" leads.
func (c *Counter) before(step int) int {
	if step == stepWho {
		return stepWhere // the similar ones are shown only on the way forward
	}
	return max(stepWhat, step-1)
}

// stepOf is the step on which the first fault of err is to be mended.
func (c *Counter) stepOf(err error) int {
	for _, e := range errs.Public(err) {
		switch {
		case e.Field == "body" || e.Field == "title" || e.Field == "files":
			return stepWhat
		case e.Field == "category" || strings.HasPrefix(e.Field, "q."):
			return stepKind
		case e.Field == "place" || e.Field == "place_words":
			return stepWhere
		}
	}
	return stepWho
}

// checkStep holds what one step asked against the rules of the domain that
// concern it, so that faults are seen where they are made.
func (c *Counter) checkStep(r *http.Request, f *form.Form, step int) error {
	in := c.read(f)
	if err := f.Err(); err != nil {
		return err
	}
	err := c.Matters.Check(page.Actor(r), in)
	es := errs.Public(err)
	if err != nil && es == nil {
		return err
	}
	var here errs.List
	for _, e := range es {
		if c.stepOf(e) == step && (step != stepWho || e.Kind != errs.Denied) {
			here = append(here, e)
		}
	}
	return here.Err()
}

// read makes a Raising of what has been typed so far.
func (c *Counter) read(f *form.Form) matters.Raising {
	who := f.Choice("who", "public", "named", "private")
	in := matters.Raising{
		Body: f.Text("body", matters.MaxBody+1), Category: f.Line("category", 40), Urgent: f.Bool("urgent"), Answers: map[string]string{},
		Place: f.ID("place"), PlaceWords: f.Line("place_words", 201), Public: who == "public" || who == "named", Named: who == "named",
		For: f.ID("for"), ForWords: f.Line("for_words", 61), Called: f.Bool("called"), Channel: matters.Channel(f.Line("channel", 10)),
		Contact: people.ContactInput{Name: f.Line("name", 40), Phone: f.Line("phone", 30)},
	}
	if in.Category == "unknown" {
		in.Category = ""
	}
	if k, ok := c.Matters.Catalogue().Get(in.Category); ok {
		for _, q := range k.Questions {
			in.Answers[q.Key] = f.Line("q."+q.Key, 1000)
		}
	}
	if lat, ok := f.Number("lat", -90, 90); ok {
		if lon, ok := f.Number("lon", -180, 180); ok {
			in.At = &matters.Point{Lon: lon, Lat: lat}
		}
	}
	in.At = c.spotIn(in)
	for _, t := range f.All("file") {
		if x, ok := c.Slips.fileFrom(t); ok && len(in.Files) < matters.MaxFiles {
			in.Files = append(in.Files, x)
		}
	}
	return in
}

// carriedOn are the fields that each step asks; all others are carried.
var askedOn = map[int][]string{
	stepWhat:  {"body", "files", "urgent"},
	stepKind:  {"category", "find", "called", "asked"},
	stepWhere: {"place", "place_words", "lat", "lon"}, // and the map, while it is open
	stepWho:   {"who", "name", "phone", "for", "for_words", "channel"},
}

// raisePage makes the page of a step.
func (c *Counter) raisePage(r *http.Request, f *form.Form, step int) raisePage {
	b := page.From(r).Titled("matter.raise.title").With(raiseScript)
	b.Form = f
	names := []string{b.T("matter.raise.what"), b.T("matter.raise.kind"), b.T("matter.raise.where"), b.T("matter.raise.who")}
	shown := step
	if step >= stepSimilar {
		shown = step - 1
	}
	v := raisePage{Base: b, Step: step, Stepper: page.StepsAt(shown, names...), Staff: b.Staff(), AskWho: b.Actor.Resident == 0, Carried: carried(f, step)}
	v.Head = page.Head{Title: b.T("matter.raise.head." + strconv.Itoa(step)), Lead: b.T("matter.raise.lead." + strconv.Itoa(step))}
	for _, t := range f.All("file") {
		if x, ok := c.Slips.fileFrom(t); ok {
			v.Photos = append(v.Photos, c.fileOf(b, c.Slips.browser(r), x.Hash, blob.Type(x.Type), x.Size))
		}
	}
	switch step {
	case stepKind:
		c.askKind(&v, f)
	case stepWhere:
		v.Place = page.NewField(b.Lang, f, "place", "matter.raise.place").Of(c.placesFor(b, f.Get("place"))).Example(b.T("matter.raise.place.choose"))
		if o := v.Place.Options; len(o) == 1 && v.Place.Value == "" {
			v.Place.Values = []string{o[0].Value} // whose grid is one has no choice
		}
		v.Pinned = pinned(f) != nil && c.read(f).At != nil
	case stepSimilar:
		c.findSimilar(&v, r, f)
	case stepWho:
		name := c.ownName(r)
		v.AskName = !v.AskWho && (name == "" || f.Get("for_words") != "")
		v.Who = page.NewField(b.Lang, f, "who", "matter.raise.visible").Of(c.whoOptions(b, f, name)).Need().Quiet()
		if c.ForWhom != nil {
			served, err := c.ForWhom(r, b, people.ProxyRaise, f.Get("for"))
			if err != nil {
				b.Site.Log.Warn("for whom somebody acts is not found", "err", err)
			}
			if len(served) > 0 {
				v.For = page.NewField(b.Lang, f, "for", "matter.raise.for_whom").Of(served)
			}
		}
		var channels []page.Option
		for _, ch := range []matters.Channel{matters.Desk, matters.Phone, matters.Grid, matters.Letter, matters.Meeting} {
			channels = append(channels, page.Option{Value: string(ch), Text: b.T("matter.channel." + string(ch))})
		}
		v.Channel = page.NewField(b.Lang, f, "channel", "matter.raise.channel").Of(channels)
	}
	return v
}

// carried are the values of the other steps, as hidden fields.
func carried(f *form.Form, step int) []page.Hidden {
	out := []page.Hidden{{Name: "step", Value: strconv.Itoa(step)}}
	here := map[string]bool{"step": true, "go": true, "files": true, "map": true}
	for _, name := range askedOn[step] {
		here[name] = true
	}
	for name, vs := range f.Values() {
		if here[name] || step == stepKind && strings.HasPrefix(name, "q.") {
			continue
		}
		for _, v := range vs {
			out = append(out, page.Hidden{Name: name, Value: v})
		}
	}
	return out
}

// ownName is the mask of the name that the town knows of the reader, "" if none:
// raising goes on without.
func (c *Counter) ownName(r *http.Request) string {
	b := page.From(r)
	name, err := c.Matters.OwnName(r.Context(), b.Actor)
	if err != nil {
		b.Site.Log.Warn("own name not found", "err", err)
	}
	return name
}

// whoOptions are who may read the matter, and the reporter's name with it; name is
// what would stand there, as far as it is known.
func (c *Counter) whoOptions(b page.Base, f *form.Form, name string) []page.Option {
	named := b.T("matter.raise.named.help")
	if name != "" {
		named = b.T("matter.raise.named.own", name)
	}
	public := true
	if k, ok := c.Matters.Catalogue().Get(f.Get("category")); ok {
		public = k.Public
	}
	return []page.Option{
		{Value: "public", Text: b.T("matter.raise.public"), Help: b.T("matter.raise.public.help"), Icon: "people", On: public},
		{Value: "named", Text: b.T("matter.raise.named"), Help: named, Icon: "user"},
		{Value: "private", Text: b.T("matter.raise.private"), Help: b.T("matter.raise.private.help"), Icon: "lock", On: !public},
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
