// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"net/http"
	"slices"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/when"
	"yuanba/internal/web/page"
)

// limitOf is a limit in words and, for the form, as it is written.
func limitOf(b page.Base, l when.Limit) string { return l.Say(b.Lang) }

// askExtensionForm asks for how much more time, and why.
func askExtensionForm(_ *Counter, b page.Base, w matters.Whole, f *form.Form) []entry {
	first := w.Matter.Clocks.Stage.Limit()
	var units []page.Option
	for _, u := range when.Units {
		units = append(units, page.Option{Value: string(u), Text: b.T("when.unit." + string(u))})
	}
	n := page.NewField(b.Lang, f, "n", "matter.field.extend.n").As("number").Need().From("2")
	n.Help = b.T("matter.field.extend.most", limitOf(b, first))
	return []entry{
		{"text", n},
		{"select", page.NewField(b.Lang, f, "unit", "matter.field.extend.unit").Of(units).Need().From(string(first.Unit))},
		needed(area(b, f, "matter.field.reason.public", 4)),
	}
}

func askExtension(c *Counter, r *http.Request, f *form.Form, m matters.Matter) error {
	var units []string
	for _, u := range when.Units {
		units = append(units, string(u))
	}
	l := when.Limit{N: f.Int("n", 1, 1000), Unit: when.Unit(f.Choice("unit", units...))}
	words := said(f)
	if err := f.Err(); err != nil {
		return err
	}
	return beside(f, "n", c.Matters.AskExtension(r.Context(), page.Actor(r), m.ID, l, words))
}

// decideExtensionForm shows what was asked for, and asks for the decider's words.
func decideExtensionForm(need bool) func(*Counter, page.Base, matters.Whole, *form.Form) []entry {
	return func(_ *Counter, b page.Base, w matters.Whole, f *form.Form) []entry {
		key := "matter.field.extend.words"
		if need {
			key = "matter.field.reason.public"
		}
		e := area(b, f, key, 4)
		if need {
			e = needed(e)
		}
		if wanted := w.Matter.Clocks.Wanted; wanted != nil {
			e.Help = b.T("matter.extend.wanted", limitOf(b, wanted.Limit), lastWords(w, matters.AskExtension))
		}
		return []entry{e}
	}
}

// decideAppealForm shows what the unit said, and asks for the reason of the decision.
func decideAppealForm(said matters.Act) func(*Counter, page.Base, matters.Whole, *form.Form) []entry {
	return func(_ *Counter, b page.Base, w matters.Whole, f *form.Form) []entry {
		e := needed(area(b, f, "matter.field.reason", 4))
		e.Help = b.T("matter.appeal.said", lastWords(w, said))
		if said == matters.AskReview {
			e.Help = b.T("matter.review.said", lastWords(w, matters.AppealAct), lastWords(w, matters.RefuseAppeal), lastWords(w, said))
		}
		return []entry{e}
	}
}

// askReviewForm shows why the appeal was refused, and asks what speaks for it.
func askReviewForm(_ *Counter, b page.Base, w matters.Whole, f *form.Form) []entry {
	e := needed(area(b, f, "matter.field.review", 4))
	e.Help = b.T("matter.review.refused", lastWords(w, matters.RefuseAppeal))
	return []entry{e}
}

// lastWords are those of the last time that an act was done.
func lastWords(w matters.Whole, act matters.Act) string {
	for _, p := range slices.Backward(w.Steps) {
		if p.Act == act {
			return p.Words
		}
	}
	return ""
}
