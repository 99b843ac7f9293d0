// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"math"
	"net/http"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/web/page"
)

// A dispute is what is known about whose a matter is, for who is to decide: what
// the units said that returned it, and what the program would suggest.
type dispute struct {
	Refusals []refusal
	Says     []string
}

// A refusal is a unit's return, with its reason.
type refusal struct{ Unit, Words, Who, At string }

// disputeOf is nil if no unit has returned the matter, or the reader sees it from
// the outside.
func (c *Counter) disputeOf(r *http.Request, b page.Base, w matters.Whole) (*dispute, error) {
	returns := w.Returns()
	if w.View != matters.Inside || len(returns) == 0 {
		return nil, nil
	}
	d := &dispute{}
	for _, x := range returns {
		d.Refusals = append(d.Refusals, refusal{Unit: c.unit(b.Lang, x.From), Words: x.Words, Who: x.Actor, At: i18n.When(b.Lang, b.Now, x.At)})
	}
	if c.Routing == nil || w.Matter.State != matters.Disputed {
		return d, nil
	}
	said, err := c.saidByRules(r, b, w.Matter)
	if err != nil {
		return nil, err
	}
	if said != "" {
		d.Says = append(d.Says, said)
	}
	learnt, err := c.Routing.Units(r.Context(), w.Matter)
	if err != nil {
		return nil, err
	}
	for _, s := range learnt {
		name := c.unit(b.Lang, s.Unit)
		if s.Confidence == 0 {
			d.Says = append(d.Says, b.T("matter.dispute.catalogue", name))
			continue
		}
		d.Says = append(d.Says, b.T("matter.dispute.learnt", name, min(99, int(math.Round(100*s.Confidence)))))
	}
	return d, nil
}
