// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/routing"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// ruleFact says to those at work which rule fired when the matter was classified, and
// why: what it asked then.
func (c *Counter) ruleFact(b page.Base, w matters.Whole) (page.Fact, bool) {
	r, ok := w.Ruling()
	if !ok || w.View != matters.Inside {
		return page.Fact{}, false
	}
	f := page.Fact{Label: b.T("matter.fact.rule")}
	if !r.Fired() {
		f.Value = b.T("matter.rule.none")
		return f, true
	}
	f.Value = b.T("matter.rule.fired", r.Name, r.Version, c.unit(b.Lang, r.Lead))
	if rule, ok := c.ruleOf(r); ok {
		f.Lines = []string{b.T("matter.rule.why", rule.SayWhen(b.Lang, c.Routing.Town()))}
	}
	if b.Actor.Has("administer") || b.Actor.Has("audit") {
		f.Href = "/admin/rules"
	}
	return f, true
}

// ruleFor bounds how long a page waits for the words of a rule.
const ruleFor = 2 * time.Second

// ruleOf is the rule as it was when it fired.
func (c *Counter) ruleOf(r matters.Ruling) (routing.Rule, bool) {
	if c.Routing == nil {
		return routing.Rule{}, false
	}
	ctx, cancel := context.WithTimeout(context.Background(), ruleFor)
	defer cancel()
	e, err := c.Routing.Edition(ctx, r.Edition)
	if err != nil {
		return routing.Rule{}, false
	}
	return e.Rules.Get(r.Rule)
}

// byRules chooses in the form what the rules say: the unit that fired when the matter
// was classified, and, while it is not, the category that a rule suggests. What
// somebody typed stays.
func (c *Counter) byRules(r *http.Request, b page.Base, act matters.Act, w matters.Whole, es []entry) error {
	if c.Routing == nil || !b.Staff() || b.Form != nil {
		return nil
	}
	choose := func(field, value, why string) {
		for i, e := range es {
			if e.Name != field {
				continue
			}
			if value == "" { // what else is suggested stays
				es[i].Field = es[i].Field.Helped(strings.TrimSpace(why + " " + e.Help))
				continue
			}
			for j, o := range e.Options {
				es[i].Options[j].On = o.Value == value
			}
			es[i].Field = es[i].Field.From(value).Helped(why)
		}
	}
	switch act {
	case matters.Dispatch:
		ruling, ok := w.Ruling()
		switch {
		case !ok:
		case !ruling.Fired(): // a rule that was put in use since may
			a, _, err := c.Routing.AskRules(r.Context(), w.Matter)
			if err != nil {
				return err
			}
			if !a.Fired {
				choose("lead", "", b.T("matter.rule.none"))
				break
			}
			choose("lead", a.Lead.String(), b.T("matter.rule.chosen", a.Rule.Name, a.Rule.Version))
		case c.serves(ruling.Lead, w.Matter.Path):
			choose("lead", ruling.Lead.String(), b.T("matter.rule.chosen", ruling.Name, ruling.Version))
			if ruling.Assist != 0 {
				choose("assist", ruling.Assist.String(), "")
			}
		}
	case matters.Classify:
		a, _, err := c.Routing.AskRules(r.Context(), w.Matter)
		if err != nil {
			return err
		}
		if code := a.Rule.Gives.Category; a.Fired && code != "" && w.Matter.Category == "" {
			choose("category", code, b.T("matter.rule.category", a.Rule.Name, c.Matters.Catalogue().Name(b.Lang, code)))
		}
	default:
	}
	return nil
}

// serves reports whether a unit is still there and serves the place.
func (c *Counter) serves(unit id.ID, at scope.Path) bool {
	u, ok := c.Orgs.Directory().Unit(unit)
	return ok && u.Active && u.Serves().Contains(at)
}

// readRule reads what an address says about rules: caught by one, or by none.
func readRule(s string) (id.ID, error) {
	switch s {
	case "":
		return 0, nil
	case "none":
		return matters.NoRule, nil
	}
	return id.Parse(s)
}

// ruleChip is what a list is narrowed to by rules, in words.
func (c *Counter) ruleChip(b page.Base, r *http.Request, s string) page.Chip {
	chip := page.Chip{Text: b.T("matter.filter.rule"), Without: without(r, "rule", "")}
	if s == "none" {
		chip.Text = b.T("matter.filter.rule.none")
	}
	return chip
}

// saidByRules is what the rules in use say now about whose a disputed matter is.
func (c *Counter) saidByRules(r *http.Request, b page.Base, m matters.Matter) (string, error) {
	a, e, err := c.Routing.AskRules(r.Context(), m)
	switch {
	case err != nil, e.Number == 0:
		return "", err
	case !a.Fired:
		return b.T("matter.rule.none"), nil
	}
	return b.T("matter.dispute.rule", a.Rule.Name, strconv.Itoa(a.Rule.Version), c.unit(b.Lang, a.Lead)), nil
}
