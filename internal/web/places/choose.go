// SPDX-License-Identifier: Apache-2.0

package places

import (
	"net/http"
	"net/url"
	"slices"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/web/page"
)

// late is what is chosen to see only what is late.
const late = "late"

// A choice says which matters are counted and listed. It is in the address: what
// is open, unless something else was chosen.
type choice struct{ category, state string }

// choose reads the choice from an address.
func (c *Counter) choose(r *http.Request) (w choice, err error) {
	q := r.URL.Query()
	w = choice{q.Get("category"), q.Get("state")}
	if q.Get("ended") != "" {
		w.state = string(matters.Closed)
	}
	if _, ok := c.Matters.Catalogue().Get(w.category); !ok && w.category != "" {
		return w, errs.New(errs.Invalid, "matter.category.unknown")
	}
	if w.state != "" && w.state != late && !slices.Contains(matters.Flow.States(), matters.State(w.state)) {
		return w, errs.New(errs.Invalid, "matter.state.unknown")
	}
	return w, nil
}

// filter is the choice as the list of matters takes it.
func (w choice) filter() matters.Filter {
	f := matters.Filter{Category: w.category}
	switch w.state {
	case "":
		f.Open = true
	case late:
		f.Late = true
	default:
		f.States = []matters.State{matters.State(w.state)}
	}
	return f
}

// query is the choice as parameters of an address on the pages of places.
func (w choice) query() url.Values {
	q := url.Values{}
	if w.category != "" {
		q.Set("category", w.category)
	}
	if w.state != "" {
		q.Set("state", w.state)
	}
	return q
}

// matters is the address of the list of all that is meant, in a place.
func (w choice) matters(p places.Place) string {
	q := url.Values{"place": {p.ID.String()}}
	if w.category != "" {
		q.Set("category", w.category)
	}
	switch w.state {
	case "":
		q.Set("open", "1")
	case late:
		q.Set("late", "1")
	default:
		q.Set("state", w.state)
	}
	return "/matters?" + q.Encode()
}

// href is the address of a place's page on which the same is chosen.
func (w choice) href(p places.Place) string {
	if q := w.query().Encode(); q != "" {
		return href(p) + "?" + q
	}
	return href(p)
}

// what is counted, in a word or two.
func (w choice) what(b page.Base) string {
	switch w.state {
	case "":
		return b.T("place.page.open")
	case late:
		return b.T("matter.filter.late")
	}
	return b.T("matter.state." + w.state)
}

// says is a count with what it counts.
func (o open) says(b page.Base, n int) string {
	return b.T("place.page.count.n", o.what(b), o.say(n))
}

// filterBar is the bar in which the choice is made.
func (c *Counter) filterBar(b page.Base, action string, w choice) page.Filter {
	f := form.Of("category", w.category, "state", w.state)
	kinds, states := c.Choices(b)
	states = append([]page.Option{{Value: late, Text: b.T("matter.filter.late")}}, states...)
	bar := page.Filter{Action: action, Fields: []page.Field{
		page.NewField(b.Lang, f, "category", "matter.filter.category").Of(kinds).Example(b.T("matter.filter.category.any")).Quiet(),
		page.NewField(b.Lang, f, "state", "matter.filter.state").Of(states).Example(b.T("place.page.open")).Quiet(),
	}}
	if w != (choice{}) {
		bar.Reset = action
		if w.category != "" {
			bar.Chips = append(bar.Chips, page.Chip{Text: c.Matters.Catalogue().Name(b.Lang, w.category), Without: address(action, choice{state: w.state})})
		}
		if w.state != "" {
			bar.Chips = append(bar.Chips, page.Chip{Text: w.what(b), Without: address(action, choice{category: w.category})})
		}
	}
	return bar
}

func address(path string, w choice) string {
	if q := w.query().Encode(); q != "" {
		return path + "?" + q
	}
	return path
}
