// SPDX-License-Identifier: Apache-2.0

// Package questions is the counter at which people ask: the pages of package
// domain/questions. Everybody finds what is published; what nothing published answers
// goes to a unit, and editors publish good answers without the asker.
package questions

import (
	"embed"
	"net/http"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/questions"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/web/page"
)

//go:embed *.html
var files embed.FS

// A Counter serves the pages.
type Counter struct {
	Questions *questions.Service
	Places    *places.Service
	Orgs      *orgs.Service
	People    *people.Service
	Matters   *matters.Service

	// Hold lets this browser go on with the question whose slip it has; Keep shows a new
	// slip for a while, Seen is the one just kept.
	Hold func(w http.ResponseWriter, r *http.Request, d id.ID)
	Keep func(w http.ResponseWriter, r *http.Request, slip questions.Slip) error
	Seen func(r *http.Request) (questions.Slip, bool)

	// ForWhom are those for whom the reader may do a thing; nil: nobody.
	ForWhom func(r *http.Request, b page.Base, what people.ProxyScope, chosen string) ([]page.Option, error)

	Address string                          // of this site as others reach it, for QR codes
	Asking  func(http.Handler) http.Handler // the limit of questions by address; nil for none
}

// Routes adds the pages to mux.
func (c *Counter) Routes(mux *http.ServeMux) {
	limited := func(h page.Handler) http.Handler {
		if c.Asking == nil {
			return h
		}
		return c.Asking(h)
	}
	mux.Handle("GET /questions", page.Handler(c.find))
	mux.Handle("POST /questions", limited(c.ask))
	mux.Handle("GET /questions/mine", page.Handler(c.mine))
	mux.Handle("GET /questions/turn", page.Handler(c.turn))
	mux.Handle("GET /questions/editing", page.Handler(c.editing))
	mux.Handle("GET /questions/all", page.Handler(c.all))
	mux.Handle("GET /answers", page.Handler(c.answers))
	mux.Handle("GET /answers/new", page.Handler(c.newForm))
	mux.Handle("POST /answers/new", page.Handler(c.add))
	mux.Handle("GET /answers/replies", page.Handler(c.repliesForm))
	mux.Handle("POST /answers/replies", page.Handler(c.setReplies))
	mux.Handle("GET /answers/{id}", page.Handler(c.answer))
	mux.Handle("GET /answers/{id}/edit", page.Handler(c.editForm))
	mux.Handle("POST /answers/{id}/edit", page.Handler(c.edit))
	mux.Handle("POST /answers/{id}/retire", page.Handler(c.retire))
	mux.Handle("POST /answers/{id}/helped", limited(c.helped))
	mux.Handle("GET /questions/{number}", page.Handler(c.show))
	mux.Handle("GET /questions/{number}/slip", page.Handler(c.slip))
	mux.Handle("GET /questions/{number}/{act}", page.Handler(c.form))
	mux.Handle("POST /questions/{number}/{act}", page.Handler(c.act))
}

// unit is a unit's name, or "" if there is none.
func (c *Counter) unit(lang i18n.Lang, u id.ID) string {
	if u == 0 || c.Orgs == nil {
		return ""
	}
	if x, ok := c.Orgs.Directory().Unit(u); ok {
		return x.Name.In(lang)
	}
	return ""
}

// forcePill says whether an answer holds.
func forcePill(b page.Base, f questions.Force) page.Pill {
	tone := map[questions.Force]page.Tone{questions.InForce: page.ToneDone, questions.Unsaid: page.ToneCalm, questions.NotYet: page.ToneSoon, questions.Ended: page.ToneLate, questions.Replaced: page.ToneLate, questions.Retired: page.ToneLate}[f]
	return page.Pill{Text: b.T("answer.force." + string(f)), Tone: tone}
}

// statePill says how a question stands.
func statePill(b page.Base, q questions.Question) page.Pill {
	tone := map[questions.State]page.Tone{questions.Asked: page.ToneCalm, questions.Answered: page.ToneDone, questions.Published: page.ToneDone, questions.Withdrawn: page.ToneQuiet}[q.State]
	if q.Late(b.Now) {
		tone = page.ToneLate
	}
	return page.Pill{Text: b.T("question.state." + string(q.State)), Tone: tone}
}
