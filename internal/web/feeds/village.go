// SPDX-License-Identifier: Apache-2.0

package feeds

import (
	"bytes"
	"net/http"
	"strings"
	"time"

	"yuanba/internal/domain/affairs"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

const calendarEnding = ".ics"

// Village is the address of a village's calendar.
func Village(p id.ID) string { return "/feeds/villages/" + p.String() + calendarEnding }

// recently is how long a date stays in a calendar after it was.
const recently = 60 * 24 * time.Hour

// village answers with the dates of a village as a calendar: what everybody may read on
// its page.
func (c *Counter) village(w http.ResponseWriter, r *http.Request) error {
	s, ok := strings.CutSuffix(r.PathValue("file"), calendarEnding)
	d, err := id.Parse(s)
	if !ok || err != nil {
		return errs.New(errs.NotFound, "feeds.none")
	}
	p, err := c.Affairs.PlaceOf(d)
	if err != nil {
		return err
	}
	b := page.From(r)
	ns, err := c.Affairs.Coming(r.Context(), scope.Actor{Kind: scope.Anonymous}, d, b.Now.Add(-recently), 100)
	if err != nil {
		return err
	}
	cal := Calendar{Name: c.Places.Tree().Words(p.Path, "").In(b.Lang), Lang: string(b.Lang)}
	for _, n := range ns {
		cal.Events = append(cal.Events, dateOf(c.Address, c.urn("notice/"+n.ID.String()), n))
	}
	h := w.Header()
	h.Set("Content-Type", ICalType+"; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=300")
	h.Add("Vary", "Accept-Language, Cookie")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(cal.Bytes()))
	return nil
}

func dateOf(address, uid string, n affairs.Notice) Event {
	return Event{UID: uid, At: n.Starts, Ends: n.Ends, Changed: n.PublishedAt, Title: n.Title, Words: n.Body, Where: n.Spot, URL: address + "/notices/" + n.ID.String(), Warn: 2 * time.Hour}
}
