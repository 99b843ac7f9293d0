// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"math"
	"net/http"
	"slices"
	"strings"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/routing"
	"yuanba/internal/web/page"
)

// suggest puts what the program suggests first among the choices of the act's
// form, with how sure it is, and says under the question what speaks for it.
// Nothing is chosen by it: that is the clerk's.
func (c *Counter) suggest(r *http.Request, b page.Base, act matters.Act, m matters.Matter, es []entry) error {
	if c.Routing == nil || !b.Staff() {
		return nil
	}
	var ss []routing.Suggestion
	var err error
	field := ""
	switch act {
	case matters.Correct:
		field = "category"
		ss, err = c.Routing.Categories(r.Context(), m)
		ss = slices.DeleteFunc(ss, func(s routing.Suggestion) bool { return s.Category == m.Category })
	case matters.Classify:
		field = "category"
		ss, err = c.Routing.Categories(r.Context(), m)
	case matters.Dispatch, matters.Decide:
		field = "lead"
		ss, err = c.Routing.Units(r.Context(), m)
	}
	if err != nil {
		return err
	}
	sample, err := c.sampled(r, b, m)
	i := slices.IndexFunc(es, func(e entry) bool { return e.Name == field })
	switch {
	case err != nil || i < 0:
		return err
	case sample: // measured by who sorts it
		es[i].Help = b.T("routing.sample.help")
		return nil
	case len(ss) == 0:
		return nil
	}
	es[i].Field = suggested(b, es[i].Field, ss)
	return nil
}

func suggested(b page.Base, d page.Field, ss []routing.Suggestion) page.Field {
	rest := slices.Clone(d.Options)
	var first []page.Option
	why := ""
	for _, s := range ss {
		value := s.Category
		if value == "" {
			value = s.Unit.String()
		}
		at := slices.IndexFunc(rest, func(o page.Option) bool { return o.Value == value })
		if at < 0 {
			continue
		}
		o := rest[at]
		rest = slices.Delete(rest, at, at+1)
		if first == nil {
			why = b.T("routing.why.catalogue", o.Text)
			if len(s.Words) > 0 {
				why = b.T("routing.why", o.Text, strings.Join(s.Words, b.T("routing.comma")))
			}
		}
		if s.Confidence > 0 {
			o.Text = b.T("routing.sure", o.Text, min(99, int(math.Round(100*s.Confidence)))) // nothing learnt is certain
		}
		o.Group = b.T("routing.suggested")
		first = append(first, o)
	}
	d.Options = append(first, rest...)
	if d.Help == "" {
		d.Help = why
	}
	return d
}
