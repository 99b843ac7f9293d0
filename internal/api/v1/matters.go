// SPDX-License-Identifier: Apache-2.0

package v1

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// listing narrows a list of matters.
type listing struct {
	Place    string   `query:"place" doc:"The code or id of a place: what lies in it."`
	Unit     string   `query:"unit" doc:"The id of the unit that handles it."`
	Category string   `query:"category" doc:"The code of a category."`
	State    []string `query:"state" nullable:"false" doc:"States, with commas between them."`
	Open     bool     `query:"open" doc:"Only what is still to be done."`
	Late     bool     `query:"late" doc:"Only what should have moved on by now."`
	Urgent   bool     `query:"urgent" doc:"Only what is urgent."`
	Channel  string   `query:"channel" enum:"web,phone,desk,grid,letter,meeting,open311,import" doc:"The way it came in."`
	From     Day      `query:"from" format:"date" doc:"Raised on this day or later, by the town's calendar."`
	To       Day      `query:"to" format:"date" doc:"Raised on this day or earlier."`
	Cursor   string   `query:"cursor" doc:"Where the list goes on: next of the page before."`
	Limit    int      `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many a page has at most."`
}

// searching looks for words.
type searching struct {
	Q     string `query:"q" required:"true" maxLength:"200" doc:"Words of the matter, or the beginning of its number."`
	Place string `query:"place" doc:"The code or id of a place: what lies in it."`
	Open  bool   `query:"open" doc:"Only what is still to be done."`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many are answered at most."`
}

// list answers with matters, newest first.
func (c *call) list(q listing) (out Matters, err error) {
	f, err := c.filter(q)
	if err != nil {
		return out, err
	}
	p, err := c.s.Matters.List(c.r.Context(), c.by(), f)
	if err != nil {
		return out, err
	}
	out.Items = c.cards(p.Cards)
	if n := len(p.Cards); p.More && n > 0 {
		out.Next = p.Cards[n-1].ID.String()
		v := url.Values{}
		for name, values := range c.r.URL.Query() {
			v[name] = values
		}
		v.Set("cursor", out.Next)
		c.w.Header().Set("Link", "<"+c.s.Address+Prefix+c.op.Path+"?"+v.Encode()+`>; rel="next"`)
	}
	return out, nil
}

// filter is the question as the domain understands it.
func (c *call) filter(q listing) (f matters.Filter, err error) {
	f = matters.Filter{Category: q.Category, Open: q.Open, Late: q.Late, Urgent: q.Urgent, Channel: matters.Channel(q.Channel), Most: q.Limit}
	var faults errs.List
	if q.Category != "" {
		if _, ok := c.s.Matters.Catalogue().Get(q.Category); !ok {
			faults.Add("category", "matter.category.unknown")
		}
	}
	for _, s := range q.State {
		if !slices.Contains(matters.Flow.States(), matters.State(s)) {
			faults.Add("state", "api.state.unknown", short(s))
		}
		f.States = append(f.States, matters.State(s))
	}
	if q.Unit != "" {
		u, ok := c.unitOf(q.Unit)
		if !ok {
			faults.Add("unit", "api.unit.unknown", short(q.Unit))
		}
		f.Unit = u
	}
	if q.Cursor != "" {
		if f.Before, err = id.Parse(q.Cursor); err != nil {
			faults.Add("cursor", "api.cursor")
		}
	}
	if f.Place, err = c.within(q.Place); err != nil {
		if err := faults.Join(err); err != nil {
			return f, err
		}
	}
	if err := faults.Err(); err != nil {
		return f, &refused{http.StatusBadRequest, err}
	}
	if f.From, err = q.From.moment("from"); err != nil {
		return f, err
	}
	if f.To, err = q.To.moment("to"); err != nil {
		return f, err
	}
	if !f.To.IsZero() {
		if f.To.Before(f.From) {
			return f, malformed("to", "matter.filter.order")
		}
		f.To = f.To.AddDate(0, 0, 1)
	}
	return f, nil
}

// within is the part of the tree that is asked for: the place that is named, else
// that of the key.
func (c *call) within(s string) (scope.Scope, error) {
	if s == "" {
		return c.caller.Key.In(), nil
	}
	p, ok := c.placeOf(s)
	if !ok {
		return scope.Scope{}, errs.At("place", "matter.place.unknown")
	}
	if c.keyed() && !c.caller.Key.In().Contains(p.Path) {
		return scope.Scope{}, errs.At("place", "api.key.place", c.caller.Key.Name)
	}
	return scope.Of(p.Path), nil
}

// placeOf is the place with a code or an id.
func (c *call) placeOf(s string) (places.Place, bool) {
	tree := c.s.Places.Tree()
	if p, ok := tree.ByCode(s); ok {
		return p, true
	}
	d, err := id.Parse(s)
	if err != nil {
		return places.Place{}, false
	}
	return tree.Get(d)
}

func (c *call) unitOf(s string) (id.ID, bool) {
	d, err := id.Parse(s)
	if err != nil {
		return 0, false
	}
	u, ok := c.s.Orgs.Directory().Unit(d)
	return u.ID, ok
}

// search answers with the matters that hold the words, the best first.
func (c *call) search(q searching) (out Matters, err error) {
	f := matters.Filter{Open: q.Open, Most: q.Limit}
	if f.Place, err = c.within(q.Place); err != nil {
		return out, &refused{http.StatusBadRequest, err}
	}
	p, err := c.s.Matters.Search(c.r.Context(), c.by(), strings.TrimSpace(q.Q), f)
	if err != nil {
		return out, err
	}
	out.Items = c.cards(p.Cards)
	return out, nil
}

// whole is the matter that the address names.
func (c *call) whole() (matters.Whole, error) {
	number := c.r.PathValue("number")
	if wrongText(number) != "" || len(number) > 60 {
		return matters.Whole{}, errs.New(errs.NotFound, "matter.none")
	}
	return c.s.Matters.Get(c.r.Context(), c.by(), number)
}

func (c *call) one(nothing) (Matter, error) {
	w, err := c.whole()
	if err != nil {
		return Matter{}, err
	}
	return c.matter(w), nil
}

func (c *call) story(nothing) (out Story, err error) {
	w, err := c.whole()
	if err != nil {
		return out, err
	}
	out = Story{Number: w.Matter.Number, Lines: make([]Line, len(w.Steps))}
	for i, p := range w.Steps {
		out.Lines[i] = c.line(w, p)
	}
	return out, nil
}

// file makes the operation that answers with a file of a matter.
func file(o Operation) Operation {
	o.Method, o.status, o.file = http.MethodGet, http.StatusOK, true
	o.serve = func(c *call) error {
		if err := c.noQuery(); err != nil {
			return err
		}
		w, err := c.whole()
		if err != nil {
			return err
		}
		i := slices.IndexFunc(w.Files, func(f matters.File) bool { return f.ID.String() == c.r.PathValue("file") })
		if i < 0 {
			return errs.New(errs.NotFound, "blob.gone")
		}
		f := w.Files[i]
		return c.s.Blobs.Serve(c.w, c.r, blob.Hash(f.Hash).File(), blob.Type(f.Type), blob.Disposition{Name: "yuanba"})
	}
	return o
}
