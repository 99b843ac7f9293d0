// SPDX-License-Identifier: Apache-2.0

package v1

import (
	"context"
	"net/http"
	"strings"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/questions"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// FoundAnswers are those nearest to words, the nearest first.
type FoundAnswers struct {
	Items []FoundAnswer `json:"items" nullable:"false" doc:"None if nothing is near."`
}

// A FoundAnswer is a published answer that is near to words.
type FoundAnswer struct {
	Answer
	Share   float64 `json:"share" doc:"How much of the question's words are in it, by their weight: 0 to 1."`
	Excerpt string  `json:"excerpt"`
}

// An Answer is published: everybody reads it.
type Answer struct {
	ID        string   `json:"id"`
	Kind      string   `json:"kind" enum:"policy,answer,reply"`
	Title     string   `json:"title"`
	Asked     string   `json:"asked,omitempty" doc:"The question, without who asked it."`
	Source    string   `json:"source,omitempty" doc:"Who says so."`
	Original  string   `json:"original,omitempty" doc:"The address of the original."`
	DocNumber string   `json:"doc_number,omitempty"`
	Said      string   `json:"said" format:"date" doc:"The day on which it was said."`
	From      string   `json:"from,omitempty" format:"date"`
	Until     string   `json:"until,omitempty" format:"date"`
	Force     string   `json:"force" enum:"in_force,unsaid,not_yet,ended,replaced,retired" doc:"Whether it holds."`
	ForceName string   `json:"force_name"`
	Unit      *UnitRef `json:"unit,omitempty" doc:"The unit that knows."`
	URL       string   `json:"url" format:"uri" doc:"Its page for people."`
}

// A WholeAnswer is one with its text.
type WholeAnswer struct {
	Answer
	Body    string `json:"body"`
	Instead string `json:"instead,omitempty" doc:"The id of the answer that holds instead."`
}

func (c *call) answerOf(a questions.Answer, f questions.Force) Answer {
	return Answer{ID: a.ID.String(), Kind: string(a.Kind), Title: a.Title, Asked: a.Asked, Source: a.Source, Original: a.URL, DocNumber: a.DocNumber, Said: a.Said(), From: a.FromOn, Until: a.UntilOn, Force: string(f), ForceName: c.T("answer.force." + string(f)),
		Unit: c.unitRef(a.Unit), URL: c.s.Address + "/answers/" + a.ID.String()}
}

type answersAsked struct {
	Q     string `query:"q" required:"true" doc:"A question in plain words."`
	Limit int    `query:"limit" minimum:"1" maximum:"20" default:"5"`
}

// nearAsked is how many answers come with a question that was asked.
const nearAsked = 3

func (c *call) near(words string, most int) ([]FoundAnswer, error) {
	hits, err := c.s.Questions.Nearest(c.r.Context(), words, most)
	out := []FoundAnswer{}
	for _, h := range hits {
		out = append(out, FoundAnswer{c.answerOf(h.Answer, h.Force), h.Share, h.Excerpt})
	}
	return out, err
}

func (c *call) answers(q answersAsked) (out FoundAnswers, err error) {
	if q.Limit == 0 {
		q.Limit = 5
	}
	out.Items, err = c.near(strings.TrimSpace(q.Q), q.Limit)
	return out, err
}

func (c *call) answer(nothing) (out WholeAnswer, err error) {
	d, err := id.Parse(c.r.PathValue("answer"))
	if err != nil {
		return out, errs.New(errs.NotFound, "answer.none")
	}
	v, err := c.s.Questions.Show(c.r.Context(), c.by(), d)
	if err != nil {
		return out, err
	}
	out = WholeAnswer{Answer: c.answerOf(v.Answer, v.Force), Body: v.Answer.Body}
	if v.Instead != nil {
		out.Instead = v.Instead.ID.String()
	}
	return out, nil
}

// AskTown is a question to the town.
type AskTown struct {
	Words    string `json:"words" minLength:"4" maxLength:"2000"`
	Place    string `json:"place,omitempty" doc:"The code or id of the place it is about; the whole city if left out."`
	Unit     string `json:"unit,omitempty" doc:"The id of the unit it is for; left out, the town finds out."`
	Name     string `json:"name,omitempty" doc:"How the asker is called. It is kept sealed and is in no answer."`
	Phone    string `json:"phone,omitempty" doc:"Where the asker can be rung. It is kept sealed and is in no answer."`
	ForWords string `json:"for_words,omitempty" maxLength:"60" doc:"How the writer stands to the asker."`
}

// Asked is what the asker takes home.
type Asked struct {
	Slip
	Unit *UnitRef      `json:"unit,omitempty" doc:"To whom it went."`
	Due  time.Time     `json:"due" doc:"When it is to be answered."`
	Near []FoundAnswer `json:"near" nullable:"false" doc:"Published answers that may already say it."`
}

func (c *call) askTown(in AskTown) (out Asked, err error) {
	var faults errs.List
	q := questions.Asking{Words: in.Words, ForWord: in.ForWords, Contact: people.ContactInput{Name: in.Name, Phone: in.Phone, Lang: c.lang}}
	var path scope.Path
	if city, ok := c.s.Places.Tree().City(); ok {
		path = city.Path
	}
	if in.Place != "" {
		p, ok := c.placeOf(in.Place)
		if !ok {
			faults.Add("place", "matter.place.unknown")
		}
		q.Place, path = p.ID, p.Path
	}
	if in.Unit != "" {
		d, ok := c.unitOf(in.Unit)
		if !ok {
			faults.Add("unit", "question.unit.unknown")
		}
		q.Unit = d
	}
	if err := faults.Err(); err != nil {
		return out, err
	}
	if err := c.inPlace("place", path); err != nil {
		return out, err
	}
	if out.Near, err = c.near(in.Words, nearAsked); err != nil {
		return out, err
	}
	s, err := c.s.Questions.Ask(c.r.Context(), c.by(), q)
	if err != nil {
		return out, err
	}
	out.Slip, out.Unit, out.Due = Slip{s.Number, s.Code, c.s.Address + "/questions/" + s.Number}, c.unitRef(s.Unit), s.Due.UTC()
	return out, nil
}

// A TownQuestion is what somebody asked: never who.
type TownQuestion struct {
	Number     string     `json:"number"`
	State      string     `json:"state" enum:"asked,answered,published,withdrawn"`
	StateName  string     `json:"state_name"`
	Words      string     `json:"words"`
	Place      PlaceRef   `json:"place"`
	Unit       *UnitRef   `json:"unit,omitempty" doc:"Whose turn it is, or was."`
	AskedAt    time.Time  `json:"asked_at"`
	Due        *time.Time `json:"due,omitempty"`
	Late       bool       `json:"late"`
	Reply      string     `json:"reply,omitempty"`
	Cites      []Answer   `json:"cites" nullable:"false" doc:"The published answers it rests on."`
	AnsweredAt *time.Time `json:"answered_at,omitempty"`
	Passed     int        `json:"passed" doc:"How often it was passed on."`
	Published  string     `json:"published,omitempty" doc:"The id of the answer that was published of it."`
	Acts       []string   `json:"acts" nullable:"false" doc:"What the caller may do now, here or on its page."`
	URL        string     `json:"url" format:"uri"`
}

func (c *call) questionOf(w questions.Whole) TownQuestion {
	q, now := w.Question, c.s.DB.Now()
	out := TownQuestion{Number: q.Number, State: string(q.State), StateName: c.T("question.state." + string(q.State)), Words: q.Words, Place: c.placeRef(q.Path), Unit: c.unitRef(q.Unit), AskedAt: q.AskedAt.UTC(), Due: at(q.Due), Late: q.Late(now), Reply: q.Reply,
		Cites: []Answer{}, AnsweredAt: at(q.AnsweredAt), Passed: q.Passed, Published: idOf(q.Answer), Acts: []string{}, URL: c.s.Address + "/questions/" + q.Number}
	for _, a := range w.Cited {
		out.Cites = append(out.Cites, c.answerOf(a, a.Force(now)))
	}
	for _, a := range w.Acts {
		out.Acts = append(out.Acts, string(a))
	}
	return out
}

func (c *call) questionAs(code string) (w questions.Whole, by scope.Actor, err error) {
	number, err := c.numbered("question.none")
	if err != nil {
		return w, by, err
	}
	if by, err = c.holding(number, code, c.s.Questions.ByCode); err != nil {
		return w, by, err
	}
	w, err = c.s.Questions.Get(c.r.Context(), by, number)
	return w, by, err
}

func (c *call) question(nothing) (TownQuestion, error) { return c.questionOfCode(Coded{}) }

func (c *call) questionOfCode(in Coded) (out TownQuestion, err error) {
	w, _, err := c.questionAs(in.Code)
	if err != nil {
		return out, err
	}
	return c.questionOf(w), nil
}

// Replying is what a unit answers.
type Replying struct {
	Words string   `json:"words" minLength:"4" maxLength:"5000"`
	Cites []string `json:"cites,omitempty" nullable:"false" maxItems:"5" doc:"The ids of the published answers it rests on."`
}

// PassOn names the unit that knows.
type PassOn struct {
	Unit  string `json:"unit" doc:"The id of the unit."`
	Words string `json:"words" maxLength:"5000" doc:"The reason, which the asker reads."`
}

// onQuestion makes the operation of an act on a question, which is answered as it is
// afterwards, or as it was if it is another unit's now.
func onQuestion[In any](a questions.Act, needs access.KeyScope, code func(In) string, do func(c *call, ctx context.Context, by scope.Actor, number string, in In) error) Operation {
	return writes(on("question", "questions", "questions", string(a), needs), func(c *call, in In) (out TownQuestion, err error) {
		w, by, err := c.questionAs(code(in))
		if err != nil {
			return out, err
		}
		if err := c.inPlace("", w.Question.Path); err != nil {
			return out, err
		}
		if err := do(c, c.r.Context(), by, w.Question.Number, in); err != nil {
			return out, err
		}
		after, err := c.s.Questions.Get(c.r.Context(), by, w.Question.Number)
		if errs.KindOf(err) == errs.NotFound { // another unit's now
			w.Acts = nil
			return c.questionOf(w), nil
		}
		if err != nil {
			return out, err
		}
		return c.questionOf(after), nil
	})
}

func questionOperations() []Operation {
	asked := Operation{ID: "askTown", Path: "/questions", Tag: "questions", Scope: access.RequestsWrite, status: http.StatusCreated}
	shown := Operation{ID: "getQuestion", Path: "/questions/{number}", Tag: "questions", Scope: access.APIRead, Errors: []int{http.StatusNotFound}}
	slip := Operation{ID: "readQuestion", Path: "/questions/{number}/read", Tag: "questions", Scope: access.RequestsWrite, Errors: []int{http.StatusNotFound}}
	return []Operation{
		reads(Operation{ID: "searchAnswers", Path: "/answers", Tag: "questions"}, (*call).answers),
		reads(Operation{ID: "getAnswer", Path: "/answers/{answer}", Tag: "questions", Errors: []int{http.StatusNotFound}}, (*call).answer),
		writes(asked, (*call).askTown),
		reads(shown, (*call).question),
		writes(slip, byCode((*call).questionOfCode)),
		onQuestion(questions.AnswerAct, access.APIAct, func(Replying) string { return "" }, func(c *call, ctx context.Context, by scope.Actor, number string, in Replying) error {
			r := questions.Replying{Words: in.Words}
			for _, s := range in.Cites {
				d, err := id.Parse(s)
				if err != nil {
					return errs.At("cites", "answer.none")
				}
				r.Cites = append(r.Cites, d)
			}
			return c.s.Questions.Answer(ctx, by, number, r)
		}),
		onQuestion(questions.PassOn, access.APIAct, func(PassOn) string { return "" }, func(c *call, ctx context.Context, by scope.Actor, number string, in PassOn) error {
			to, ok := c.unitOf(in.Unit)
			if !ok {
				return errs.At("unit", "question.unit.unknown")
			}
			return c.s.Questions.PassOn(ctx, by, number, to, in.Words)
		}),
		onQuestion(questions.Reopen, access.RequestsWrite, func(in SlippedWords) string { return in.Code }, func(c *call, ctx context.Context, by scope.Actor, number string, in SlippedWords) error {
			return c.s.Questions.Reopen(ctx, by, number, in.Words)
		}),
		onQuestion(questions.Withdraw, access.RequestsWrite, func(in Slipped) string { return in.Code }, func(c *call, ctx context.Context, by scope.Actor, number string, _ Slipped) error {
			return c.s.Questions.Withdraw(ctx, by, number)
		}),
	}
}
