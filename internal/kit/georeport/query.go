// SPDX-License-Identifier: Apache-2.0

package georeport

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds of a question.
const (
	Span        = 90 * 24 * time.Hour // that a question may be about
	MostAnswers = 1000                // that are given at once
	maxListed   = 200                 // IDs or codes in a question
	MostPaged   = 10_000              // answers that can be reached by the number of a page
	maxRadius   = 50_000              // metres
)

// A Query asks for requests or for updates.
type Query struct {
	IDs          []string // if there are any, nothing else counts
	Codes        []string
	Open, Closed bool // both: either
	From, To     time.Time
	UpdatedFrom  time.Time // zero: whenever
	UpdatedTo    time.Time
	Around       bool // within Radius metres of Lat, Long
	Lat, Long    float64
	Radius       float64
	Page         int // from 1; 0: not said
	PageSize     int
	After        string // goes on where an answer before ended
	Extensions   bool
}

// ParseQuery reads a question. Without a beginning and an end it is about the last
// 90 days; with one of them about the 90 days from or to there. What is wrong with
// it is Invalid beside the field.
func ParseQuery(v url.Values, now time.Time) (Query, error) {
	r := &reader{v: v}
	q := Query{IDs: r.listed("service_request_id"), Codes: r.listed("service_code"), After: r.text("after", maxShort), Extensions: r.truth("extensions")}
	for _, s := range r.listed("status") {
		switch strings.ToLower(s) {
		case Open:
			q.Open = true
		case Closed:
			q.Closed = true
		default:
			r.faults.Add("status", "open311.status")
		}
	}
	if !q.Open && !q.Closed {
		q.Open, q.Closed = true, true
	}
	q.From, q.To = r.moment("start_date"), r.moment("end_date")
	q.UpdatedFrom, q.UpdatedTo = r.moment("updated_after"), r.moment("updated_before")
	switch {
	case q.From.IsZero() && q.To.IsZero() && !(q.UpdatedFrom.IsZero() && q.UpdatedTo.IsZero()):
		// about what changed, whenever it was asked for
	case q.From.IsZero() && q.To.IsZero():
		q.To = now.Add(time.Minute) // what comes in while it is asked for is in it
		q.From = q.To.Add(-Span - time.Minute)
	case q.From.IsZero():
		q.From = q.To.Add(-Span)
	case q.To.IsZero():
		q.To = q.From.Add(Span)
	case q.To.Before(q.From):
		r.faults.Add("end_date", "open311.order")
	case q.To.Sub(q.From) > Span:
		r.faults.Add("start_date", "open311.span", 90)
	}
	r.around(&q)
	q.Page, q.PageSize = r.whole("page", 1, MostPaged), r.whole("page_size", 1, MostAnswers)
	if q.PageSize == 0 {
		q.PageSize = MostAnswers
		if q.Page > 0 {
			q.PageSize = 50
		}
	}
	if q.Page > 0 && q.Page*q.PageSize > MostPaged {
		r.faults.Add("page", "open311.page.far", MostPaged)
	}
	return q, r.faults.Err()
}

// Paged reports whether the question is for one page of several.
func (q Query) Paged() bool { return q.Page > 0 }

func (r *reader) around(q *Query) {
	lat, okLat := r.degrees("lat", 90)
	long, okLong := r.degrees("long", 180)
	if okLat != okLong {
		r.faults.Add("lat", "open311.half")
		return
	}
	if !okLat {
		return
	}
	q.Around, q.Lat, q.Long, q.Radius = true, lat, long, 1000
	if s := r.first("radius"); s != "" {
		f, ok := Number(s).Float()
		if !ok || f <= 0 || f > maxRadius {
			r.faults.Add("radius", "open311.radius", maxRadius)
			return
		}
		q.Radius = f
	}
}

// listed are the values of a field that may be sent several times, or with commas.
func (r *reader) listed(name string) (all []string) {
	for _, s := range r.v[name] {
		for s := range strings.SplitSeq(s, ",") {
			if s = strings.TrimSpace(s); s != "" && !slices.Contains(all, s) {
				if !r.fit(name, s, maxShort) {
					return nil
				}
				if all = append(all, s); len(all) > maxListed {
					r.faults.Add(name, "open311.many", name, maxListed)
					return nil
				}
			}
		}
	}
	return all
}

func (r *reader) moment(name string) time.Time {
	s := r.first(name)
	if s == "" {
		return time.Time{}
	}
	t, ok := ParseStamp(s)
	if !ok || t.Year() < 1900 || t.Year() > 9000 {
		r.faults.Add(name, "open311.stamp", name)
		return time.Time{}
	}
	return t
}

func (r *reader) whole(name string, least, most int) int {
	s := r.first(name)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < least || n > most {
		r.faults.Add(name, "open311.whole", name, least, most)
		return 0
	}
	return n
}
