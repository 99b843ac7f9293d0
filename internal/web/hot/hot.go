// SPDX-License-Identifier: Apache-2.0

// Package hot is the counter of hot issues: what many people complain of, the
// hottest first, why an issue is as hot as it is, and who belongs to it; for
// those at work also merging, splitting and proposing it as a topic.
package hot

import (
	"context"
	"embed"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"yuanba/internal/domain/hotissues"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

//go:embed *.html
var files embed.FS

// A Counter serves the pages.
type Counter struct {
	Issues  *hotissues.Service
	Matters *matters.Service
	Places  *places.Service
	Rows    func(b page.Base, cards []matters.Card) []page.Row // as the counter of matters shows them
}

// Routes adds the pages to mux.
func (c *Counter) Routes(mux *http.ServeMux) {
	mux.Handle("GET /hot", page.Handler(c.list))
	mux.Handle("GET /hot/{id}", page.Handler(c.show))
	mux.Handle("POST /hot/{id}/merge", page.Handler(c.merge))
	mux.Handle("POST /hot/{id}/split", page.Handler(c.split))
	mux.Handle("POST /hot/{id}/propose", page.Handler(c.propose))
	mux.Handle("POST /hot/{id}/recall", page.Handler(c.recall))
}

type listPage struct {
	page.Base
	Head  page.Head
	Tabs  []page.Tab
	Rows  []page.Row
	Empty page.Empty
	Note  page.Note
}

var listed = page.New[listPage](files, "list.html")

func (c *Counter) list(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("hot.title")
	proposed := r.URL.Query().Get("proposed") == "1"
	ks, err := c.Issues.List(r.Context(), b.Actor, hotissues.Filter{Proposed: proposed})
	if err != nil {
		return err
	}
	return listed.Show(w, r, c.listPage(b, ks, proposed))
}

func (c *Counter) listPage(b page.Base, ks []hotissues.Kept, proposed bool) listPage {
	v := listPage{
		Base: b, Head: page.Head{Title: b.T("hot.title"), Lead: b.T("hot.lead")}, Note: page.Note{Tone: page.ToneCalm, Text: b.T("hot.formula")},
		Tabs:  []page.Tab{{Text: b.T("hot.tab.all"), Href: "/hot", Count: -1, Current: !proposed}, {Text: b.T("hot.tab.proposed"), Href: "/hot?proposed=1", Count: -1, Current: proposed}},
		Empty: page.Empty{Icon: "check", Title: b.T("hot.empty"), Text: b.T("hot.empty.text")},
	}
	for i, k := range ks {
		h := c.heat(b, k)
		row := page.Row{
			Href: href(k.ID), Title: c.name(b, k), Number: b.T("hot.rank", i+1),
			Meta: []string{c.where(b, k), b.T("hot.people", h.People, h.Messages), b.T("hot.period", i18n.Date(b.Lang, k.From), i18n.Date(b.Lang, k.To)), b.T("hot.now", h.Now, number(h.Usual)), b.T("hot.heat", number(h.Total))},
		}
		if !k.ProposedAt.IsZero() {
			row.Pill = page.Pill{Text: b.T("hot.proposed"), Tone: page.ToneDone}
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

// Hottest are the hottest issues of a part of the town that the reader of b may
// see, with what they may know of each.
func (c *Counter) Hottest(ctx context.Context, b page.Base, in scope.Scope, most int) ([]page.Row, error) {
	ks, err := c.Issues.List(ctx, b.Actor, hotissues.Filter{Place: in, Most: most})
	if err != nil {
		return nil, err
	}
	rows := make([]page.Row, len(ks))
	for i, k := range ks {
		h := c.heat(b, k)
		rows[i] = page.Row{Href: href(k.ID), Title: c.name(b, k), Meta: []string{c.smallest(b, k), b.T("hot.people", h.People, h.Messages), b.T("hot.heat", number(h.Total))}}
	}
	return rows, nil
}

// heat is as the reader may know it.
func (c *Counter) heat(b page.Base, k hotissues.Kept) hotissues.Heat {
	if c.inside(b, k) {
		return k.Heat
	}
	return k.OpenHeat
}

func (c *Counter) inside(b page.Base, k hotissues.Kept) bool {
	return c.Issues != nil && c.Issues.Inside(b.Actor, k, b.Now)
}

func href(d id.ID) string { return "/hot/" + d.String() }

// name is the issue's own, or, where nothing of it is public, its kind.
func (c *Counter) name(b page.Base, k hotissues.Kept) string {
	if k.Name != "" {
		return k.Name
	}
	kind := b.T("hot.kind.none")
	if c.Matters != nil {
		if x, ok := c.Matters.Catalogue().Get(k.Category); ok {
			kind = x.Name.In(b.Lang)
		}
	}
	return b.T("hot.unnamed", c.where(b, k), kind)
}

func (c *Counter) where(b page.Base, k hotissues.Kept) string {
	if c.Places == nil {
		return b.T("hot.everywhere")
	}
	return c.Places.Tree().Words(k.Path, "").In(b.Lang)
}

// smallest is the name of the smallest place that the issue lies in, without what it
// is part of.
func (c *Counter) smallest(b page.Base, k hotissues.Kept) string {
	d, _ := k.Path.Last()
	if p, ok := c.Places.Tree().Get(d); ok {
		return p.Name.In(b.Lang)
	}
	return b.T("hot.everywhere")
}

// number is a figure with one place at the most.
func number(x float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(x, 'f', 1, 64), ".0")
}

type showPage struct {
	page.Base
	Head     page.Head
	Proposed page.Note
	Facts    []page.Fact
	Rows     []page.Row
	Hidden   int // members that the reader may not see
	Bulk     page.Bulk
	MaySplit bool
	MayMerge bool
	Other    page.Field
	Merge    string
	MayWish  bool
	Words    page.Field
	Propose  string
	Recall   string // "" while it may not
}

var shown = page.New[showPage](files, "show.html")

func (c *Counter) show(w http.ResponseWriter, r *http.Request) error {
	v, err := c.showPage(r, nil)
	if err != nil {
		return err
	}
	return shown.Show(w, r, v)
}

// issue is the one that the address names.
func issue(r *http.Request) (id.ID, error) {
	d, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return 0, errs.New(errs.NotFound, "hot.none")
	}
	return d, nil
}

func (c *Counter) showPage(r *http.Request, f *form.Form) (v showPage, err error) {
	b := page.From(r)
	d, err := issue(r)
	if err != nil {
		return v, err
	}
	k, members, err := c.Issues.Get(r.Context(), b.Actor, d)
	if err != nil {
		return v, err
	}
	ids := make([]id.ID, len(members))
	scores := map[id.ID]float64{}
	for i, m := range members {
		ids[i], scores[m.Matter] = m.Matter, m.Score
	}
	slices.Reverse(ids) // the latest first
	cards, err := c.Matters.Cards(r.Context(), b.Actor, ids[:min(len(ids), 500)])
	if err != nil {
		return v, err
	}
	b.Form = f
	v = c.issuePage(b, k, cards, scores)
	if c.inside(b, k) {
		v.Hidden = len(members) - len(cards)
	}
	if v.MayMerge {
		others, err := c.Issues.List(r.Context(), b.Actor, hotissues.Filter{Place: scope.Scope{Level: scope.Town, ID: k.Path[scope.Town]}, Most: 100})
		if err != nil {
			return v, err
		}
		v.Other = page.NewField(b.Lang, f, "other", "hot.merge.other").Need().Of(c.others(b, k, others))
		v.MayMerge = len(v.Other.Options) > 1
	}
	return v, nil
}

// others are the issues that one can be merged with.
func (c *Counter) others(b page.Base, k hotissues.Kept, ks []hotissues.Kept) []page.Option {
	out := []page.Option{{Text: b.T("hot.merge.choose")}}
	for _, o := range ks {
		if o.ID != k.ID && o.ProposedAt.IsZero() && o.Path[scope.Town] == k.Path[scope.Town] && c.Issues.May(b.Actor, o, "merge", b.Now) {
			out = append(out, page.Option{Value: o.ID.String(), Text: c.name(b, o)})
		}
	}
	return out
}

// issuePage is the page of an issue, its members as cards.
func (c *Counter) issuePage(b page.Base, k hotissues.Kept, cards []matters.Card, scores map[id.ID]float64) showPage {
	h := c.heat(b, k)
	b.Title = c.name(b, k)
	b.Crumbs = []page.Link{{Href: "/hot", Text: b.T("hot.title")}}
	may := func(act string) bool {
		return c.Issues != nil && c.Issues.May(b.Actor, k, act, b.Now) && c.inside(b, k)
	}
	v := showPage{
		Base: b, Head: page.Head{Kicker: b.T("hot.kicker", c.where(b, k)), Title: b.Title, Lead: b.T("hot.period", i18n.Date(b.Lang, k.From), i18n.Date(b.Lang, k.To))},
		MaySplit: may("split") && len(cards) > 1, MayMerge: may("merge"), Merge: href(k.ID) + "/merge",
		Facts: []page.Fact{
			{Label: b.T("hot.fact.heat"), Value: number(h.Total), Lines: []string{b.T("hot.formula")}},
			{Label: b.T("hot.fact.people"), Value: b.T("hot.people", h.People, h.Messages), Lines: []string{b.T("hot.fact.people.why", number(h.Voices))}},
			{Label: b.T("hot.fact.supporters"), Value: b.T("hot.supporters", h.Supporters)},
			{Label: b.T("hot.fact.growth"), Value: "× " + number(h.Growth), Lines: []string{b.T("hot.now", h.Now, number(h.Usual)), b.T("hot.chance", chance(h.Chance))}},
			{Label: b.T("hot.fact.counted"), Value: i18n.Exact(b.Lang, k.CountedAt)},
		},
	}
	if c.Rows != nil {
		v.Rows = c.Rows(b, cards)
	}
	for i := range v.Rows {
		if s := scores[cards[i].ID]; s > 0 {
			v.Rows[i].Meta = append(v.Rows[i].Meta, b.T("hot.score", number(math.Round(100*s))))
		}
		if v.MaySplit {
			v.Rows[i].Select = cards[i].ID.String()
		}
	}
	v.Bulk = page.Bulk{Action: href(k.ID) + "/split", Buttons: []page.Button{{Text: b.T("hot.split")}}}
	switch {
	case !k.ProposedAt.IsZero() && c.inside(b, k):
		v.Proposed = page.Note{Tone: page.ToneDone, Text: b.T("hot.proposed.by", k.ProposedBy, i18n.Date(b.Lang, k.ProposedAt), k.Proposed)}
	case !k.ProposedAt.IsZero():
		v.Proposed = page.Note{Tone: page.ToneDone, Text: b.T("hot.proposed.on", i18n.Date(b.Lang, k.ProposedAt))}
	case may("propose"):
		v.MayWish, v.Propose = true, href(k.ID)+"/propose"
		v.Words = page.NewField(b.Lang, b.Form, "words", "hot.propose.why").Need().Rows(3).Max(500)
	}
	if !k.ProposedAt.IsZero() && may("recall") {
		v.Recall = href(k.ID) + "/recall"
	}
	return v
}

// act carries out what is asked of an issue, or shows its page again with what is
// wrong.
func (c *Counter) act(w http.ResponseWriter, r *http.Request, done string, do func(d id.ID, f *form.Form) (to id.ID, err error)) error {
	d, err := issue(r)
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	to, err := do(d, f)
	if err == nil {
		return page.Done(w, r, href(to), done)
	}
	if errs.KindOf(err) != errs.Invalid {
		return err
	}
	v, perr := c.showPage(r, f)
	if perr != nil {
		return err
	}
	return shown.Fail(w, r, v, err)
}

func (c *Counter) merge(w http.ResponseWriter, r *http.Request) error {
	return c.act(w, r, "hot.done.merge", func(d id.ID, f *form.Form) (id.ID, error) {
		other := f.ID("other")
		if err := f.Err(); err != nil {
			return 0, err
		}
		return d, c.Issues.Merge(r.Context(), page.Actor(r), d, other)
	})
}

func (c *Counter) split(w http.ResponseWriter, r *http.Request) error {
	return c.act(w, r, "hot.done.split", func(d id.ID, f *form.Form) (id.ID, error) {
		out := f.IDs("id", 500)
		if err := f.Err(); err != nil {
			return 0, err
		}
		return c.Issues.Split(r.Context(), page.Actor(r), d, out)
	})
}

func (c *Counter) propose(w http.ResponseWriter, r *http.Request) error {
	return c.act(w, r, "hot.done.propose", func(d id.ID, f *form.Form) (id.ID, error) {
		why := f.Text("words", 500)
		if err := f.Err(); err != nil {
			return 0, err
		}
		return d, c.Issues.Propose(r.Context(), page.Actor(r), d, strings.TrimSpace(why))
	})
}

func (c *Counter) recall(w http.ResponseWriter, r *http.Request) error {
	return c.act(w, r, "hot.done.recall", func(d id.ID, _ *form.Form) (id.ID, error) {
		return d, c.Issues.Recall(r.Context(), page.Actor(r), d)
	})
}
