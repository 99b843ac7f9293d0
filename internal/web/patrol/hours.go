// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"yuanba/internal/domain/patrol"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/web/page"
)

// An hoursPage says when the two rounds of a day are walked, and since when.
type hoursPage struct {
	page.Base
	Head  page.Head
	Facts []page.Fact
	Story page.Table
	May   bool
	Times []page.Field
}

var hoursShown = page.New[hoursPage](files, "hours.html")

// windowFields are the four moments, as the form names them.
var windowFields = []string{"morning_from", "morning_to", "afternoon_from", "afternoon_to"}

func (c *Counter) hours(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	a, err := c.Patrol.Almanac(r.Context(), b.Actor)
	if err != nil {
		return err
	}
	return hoursShown.Show(w, r, c.hoursPage(b, a, c.Patrol.MayAdmit(b.Actor)))
}

func minutes(m int) string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }

func (c *Counter) hoursPage(b page.Base, a patrol.Almanac, may bool) hoursPage {
	b = b.Titled("patrol.hours")
	b.Crumbs = []page.Link{{Href: "/patrol/duties", Text: b.T("duty.title")}}
	now := a.On(patrol.SlotAt(b.Now))
	v := hoursPage{Base: b, May: may, Head: page.Head{Title: b.T("patrol.hours"), Lead: b.T("patrol.hours.lead")},
		Facts: []page.Fact{
			{Label: b.T("patrol.half.morning"), Value: b.T("patrol.window", minutes(now.MorningFrom), minutes(now.MorningTo))},
			{Label: b.T("patrol.half.afternoon"), Value: b.T("patrol.window", minutes(now.AfternoonFrom), minutes(now.AfternoonTo))},
		},
		Story: page.Table{Caption: b.T("patrol.hours.versions"), Cols: []page.Col{{Text: b.T("patrol.formula.from")}, {Text: b.T("patrol.hours")}, {Text: b.T("patrol.formula.who")}, {Text: b.T("patrol.formula.why")}}}}
	for i, m := range []int{now.MorningFrom, now.MorningTo, now.AfternoonFrom, now.AfternoonTo} {
		v.Times = append(v.Times, page.NewField(b.Lang, b.Form, windowFields[i], "patrol.hours.field."+windowFields[i]).Need().As("time").From(minutes(m)))
	}
	for _, x := range a {
		from, who, why := b.T("patrol.formula.shipped"), "", b.T("patrol.formula.shipped.why")
		if x.ID != 0 {
			from, who, why = i18n.Date(b.Lang, x.From.Date()), x.Actor, x.Reason
		}
		v.Story.Rows = append(v.Story.Rows, []page.Cell{{Text: from}, {Text: x.Hours.String()}, {Text: who}, {Text: why}})
	}
	return v
}

// timeOf reads a time of day in minutes since midnight.
func timeOf(f *form.Form, name string) int {
	h, m, ok := strings.Cut(f.Line(name, 8), ":")
	hour, err1 := strconv.Atoi(h)
	minute, err2 := strconv.Atoi(m)
	if !ok || err1 != nil || err2 != nil || hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		f.Fault(name, "patrol.hours.form")
		return 0
	}
	return 60*hour + minute
}

func (c *Counter) setHours(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	var at [4]int
	for i, name := range windowFields {
		at[i] = timeOf(f, name)
	}
	h := patrol.Hours{MorningFrom: at[0], MorningTo: at[1], AfternoonFrom: at[2], AfternoonTo: at[3]}
	from, words := f.Date("from"), f.Text("words", patrol.MaxWhat)
	by := page.Actor(r)
	if err = f.Err(); err == nil || !c.Patrol.MayAdmit(by) { // who may not is told so before what is wrong
		err = c.Patrol.SetHours(r.Context(), by, h, patrol.DayOf(from), words)
	}
	if err == nil {
		return page.Done(w, r, "/patrol/hours", "patrol.done.hours", i18n.Date(page.From(r).Lang, from))
	}
	if k := errs.KindOf(err); k != errs.Invalid && k != errs.Conflict {
		return err
	}
	b := page.From(r)
	b.Form = f
	a, aerr := c.Patrol.Almanac(r.Context(), by)
	if aerr != nil {
		return aerr
	}
	return hoursShown.Fail(w, r, c.hoursPage(b, a, true), err)
}
