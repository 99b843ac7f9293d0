// SPDX-License-Identifier: Apache-2.0

package questions

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/questions"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// askPage is where people ask: the box, what is nearest, and the way to the unit.
type askPage struct {
	page.Base
	Head   page.Head
	Asked  string
	Q      page.Field
	Hits   []hit
	Worded *worded
	Word   page.Link // to have it worded; no Text where nobody words
	// Unworded says that nothing was worded that may be shown.
	Unworded page.Note
	Doubt    page.Note // there is nothing near, or nothing that holds
	Sends    bool      // the form to the unit is there
	Send     bool      // and open
	Words    page.Field
	Place    page.Field
	Unit     page.Field
	For      page.Field
	Phone    page.Field
	Name     page.Field
	Counts   string
	Ways     []page.Link
	Fresh    []page.Row // what was published lately
}

// A hit is an answer that is near, as the page shows it.
type hit struct {
	Href, Title, Excerpt string
	Pill                 page.Pill
	Meta                 []string
	Helped               string // where to say that it answered
}

// worded is what a service made of the passages.
type worded struct {
	Text  string
	Cites []page.Link
}

var asked = page.New[askPage](files, "ask.html")

const hitsShown = 6

func (c *Counter) find(w http.ResponseWriter, r *http.Request) error {
	v, err := c.askPage(r, nil)
	if err != nil {
		return err
	}
	return asked.Show(w, r, v)
}

// askPage is the page for words that were asked, or typed for the unit.
func (c *Counter) askPage(r *http.Request, f *form.Form) (v askPage, err error) {
	b := page.From(r).Titled("question.title")
	b.Form = f
	q := strings.TrimSpace(r.URL.Query().Get("q"))
	if f.Sent("words") {
		q = strings.TrimSpace(f.Get("words"))
	}
	if rs := []rune(q); len(rs) > questions.MaxWords {
		q = string(rs[:questions.MaxWords])
	}
	v = askPage{Base: b, Asked: q, Head: page.Head{Title: b.T("question.title"), Lead: b.T("question.lead")},
		Q: page.NewField(b.Lang, form.Of("q", q), "q", "question.q").Need().Max(questions.MaxWords).Rows(2)}
	if q != "" {
		hits, err := c.Questions.Nearest(r.Context(), q, hitsShown)
		if err != nil {
			return v, err
		}
		v.Hits, v.Doubt = c.hits(b, hits)
		v.Send = f != nil || len(hits) == 0
	}
	if r.URL.Query().Get("send") != "" { // for somebody: the form is open at once
		v.Send, v.Sends = true, true
	}
	v.Sends = v.Sends || q != ""
	if err := c.sendFields(r, &v, f); err != nil {
		return v, err
	}
	if c.Questions.Words() && len(v.Hits) > 0 {
		if r.URL.Query().Get("word") == "" {
			v.Word = page.Link{Href: "/questions?word=1&q=" + url.QueryEscape(q), Text: b.T("question.word"), Icon: "info"}
		} else if v.Worded = c.word(r, q); v.Worded == nil {
			v.Unworded = page.Note{Tone: page.ToneCalm, Text: b.T("question.word.not")}
		}
	}
	v.Ways = c.ways(b)
	if q == "" {
		if err := c.town(r, &v); err != nil {
			return v, err
		}
	}
	return v, nil
}

// hits are the answers as the page shows them, and what is to be doubted about all.
func (c *Counter) hits(b page.Base, hits []questions.Hit) (out []hit, doubt page.Note) {
	holds := false
	for _, h := range hits {
		a := h.Answer
		holds = holds || a.Holds(b.Now)
		x := hit{Href: "/answers/" + a.ID.String(), Title: a.Title, Excerpt: h.Excerpt, Pill: forcePill(b, h.Force), Helped: "/answers/" + a.ID.String() + "/helped"}
		x.Meta = append(x.Meta, b.T("answer.kind."+string(a.Kind)))
		if src := c.source(b, a); src != "" {
			x.Meta = append(x.Meta, src)
		}
		if a.DocNumber != "" {
			x.Meta = append(x.Meta, a.DocNumber)
		}
		x.Meta = append(x.Meta, b.T("answer.said", day(b, a.Said())))
		out = append(out, x)
	}
	switch {
	case len(hits) == 0:
		doubt = page.Note{Tone: page.ToneSoon, Text: b.T("question.nothing")}
	case !holds:
		doubt = page.Note{Tone: page.ToneSoon, Text: b.T("question.nothing.holds")}
	}
	return out, doubt
}

// word has what is nearest put into words, if that can be shown.
func (c *Counter) word(r *http.Request, q string) *worded {
	hits, err := c.Questions.Nearest(r.Context(), q, hitsShown)
	if err != nil {
		return nil
	}
	said := c.Questions.Worded(r.Context(), q, hits)
	if said == nil {
		return nil
	}
	w := &worded{Text: said.Text}
	for i, a := range said.Cites {
		if a.ID != 0 {
			w.Cites = append(w.Cites, page.Link{Href: "/answers/" + a.ID.String(), Text: "[" + strconv.Itoa(i+1) + "] " + a.Title})
		}
	}
	return w
}

// source is who says so.
func (c *Counter) source(b page.Base, a questions.Answer) string {
	if a.Source != "" && (b.Lang == i18n.ZH || c.unit(b.Lang, a.Unit) == "") {
		return a.Source
	}
	return c.unit(b.Lang, a.Unit)
}

// sendFields are those of the form to the unit.
func (c *Counter) sendFields(r *http.Request, v *askPage, f *form.Form) error {
	b := v.Base
	v.Words = page.NewField(b.Lang, f, "words", "question.words").Need().Rows(4).Max(questions.MaxWords).From(v.Asked)
	home := scope.Path{}
	if b.Actor.Resident != 0 {
		who, err := c.People.Get(r.Context(), b.Actor.Resident)
		if err != nil {
			return err
		}
		home = who.Place
	}
	v.Place = page.NewField(b.Lang, f, "place", "question.place").Of(c.villages(b))
	if d, l := home.Last(); l >= scope.Town && d != 0 {
		if l > scope.Village {
			d = home[scope.Village]
		}
		v.Place = v.Place.From(d.String())
	}
	v.Unit = page.NewField(b.Lang, f, "unit", "question.unit").Of(c.units(r, b, v.Asked, home))
	if c.ForWhom != nil {
		chosen := r.URL.Query().Get("for")
		if f.Sent("for") {
			chosen = f.Get("for")
		}
		people, err := c.ForWhom(r, b, people.ProxyAsk, chosen)
		if err != nil {
			return err
		}
		if len(people) > 0 {
			v.For = page.NewField(b.Lang, f, "for", "question.for").Of(people).From(chosen)
		}
	}
	if b.Actor.Resident == 0 {
		v.Name = page.NewField(b.Lang, f, "name", "question.name").Max(40).Auto("name")
		v.Phone = page.NewField(b.Lang, f, "phone", "question.phone").As("tel").Max(20)
	}
	return nil
}

// villages are the places that a question can be about.
func (c *Counter) villages(b page.Base) []page.Option {
	os := []page.Option{{Text: b.T("question.place.all")}}
	if c.Places == nil {
		return os
	}
	tree := c.Places.Tree()
	city, _ := tree.City()
	for _, t := range tree.Children(city.ID) {
		for _, p := range append([]places.Place{t}, tree.Children(t.ID)...) {
			os = append(os, page.Option{Value: p.ID.String(), Text: p.Name.In(b.Lang), Group: t.Name.In(b.Lang)})
		}
	}
	return os
}

// units are those that can be asked: first the town's guess, then those who may know,
// then those of the whole city.
func (c *Counter) units(r *http.Request, b page.Base, words string, in scope.Path) []page.Option {
	os := []page.Option{{Text: b.T("question.unit.any")}}
	if c.Orgs == nil {
		return os
	}
	seen := map[id.ID]bool{}
	if words != "" {
		for _, u := range c.Questions.Knowing(r.Context(), words, in) {
			if !seen[u] {
				seen[u] = true
				os = append(os, page.Option{Value: u.String(), Text: c.unit(b.Lang, u), Group: b.T("question.unit.likely")})
			}
		}
	}
	for _, u := range c.Orgs.Directory().Units() {
		if _, l := u.Path.Last(); l == scope.City && !seen[u.ID] {
			os = append(os, page.Option{Value: u.ID.String(), Text: u.Name.In(b.Lang), Group: b.T("question.unit.city")})
		}
	}
	return os
}

// ask sends a question to a unit.
func (c *Counter) ask(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	in := questions.Asking{Words: f.Text("words", questions.MaxWords+1), Place: f.ID("place"), Unit: f.ID("unit"), For: f.ID("for"), ForWord: f.Line("for_words", 61),
		Contact: people.ContactInput{Name: f.Line("name", 80), Phone: f.Line("phone", 40), Lang: page.From(r).Lang}}
	err = f.Err()
	if err == nil {
		var slip questions.Slip
		if slip, err = c.Questions.Ask(r.Context(), page.Actor(r), in); err == nil {
			c.Hold(w, r, slip.ID)
			if err := c.Keep(w, r, slip); err != nil {
				return err
			}
			return page.Redirect(w, r, "/questions/"+slip.Number+"/slip")
		}
	}
	if k := errs.KindOf(err); k != errs.Invalid && k != errs.Denied {
		return err
	}
	v, perr := c.askPage(r, f)
	if perr != nil {
		return perr
	}
	return asked.Fail(w, r, v, err)
}

// slipPage is what the asker takes home.
type slipPage struct {
	page.Base
	Slip   page.Slip
	Number string
	Lead   string
}

var slipped = page.New[slipPage](files, "slip.html")

func (c *Counter) slip(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("question.slip")
	whole, err := c.Questions.Get(r.Context(), b.Actor, r.PathValue("number"))
	if err != nil {
		return err
	}
	q := whole.Question
	code := ""
	if s, ok := c.Seen(r); ok && s.Number == q.Number {
		code = s.Code
	}
	qr, err := page.QR(c.Address + "/query?number=" + q.Number)
	if err != nil {
		return err
	}
	v := slipPage{Base: b, Number: q.Number, Lead: b.T("question.slip.lead", c.unit(b.Lang, q.Unit)), Slip: page.Slip{Number: q.Number, Code: code, Title: first(q.Words, 30), QR: qr,
		Facts: []page.Fact{{Label: b.T("question.fact.unit"), Value: c.unit(b.Lang, q.Unit)}, {Label: b.T("question.fact.asked"), Value: i18n.Exact(b.Lang, q.AskedAt)}}}}
	if !q.Due.IsZero() {
		v.Slip.Facts = append(v.Slip.Facts, page.Fact{Label: b.T("question.fact.due"), Value: i18n.Exact(b.Lang, q.Due)})
	}
	if b.Site != nil {
		v.Slip.Town, v.Slip.Phone = b.Site.Town.In(b.Lang), b.Site.Phone
	}
	return slipped.Show(w, r, v)
}

// first are the first letters of words.
func first(words string, n int) string {
	words = strings.Join(strings.Fields(words), " ")
	if rs := []rune(words); len(rs) > n {
		return string(rs[:n-1]) + "…"
	}
	return words
}
