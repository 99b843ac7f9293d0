// SPDX-License-Identifier: Apache-2.0

package feeds_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/feeds"
)

// An ics is a component as a strict reader of RFC 5545 understands it.
type ics struct {
	name  string
	props map[string]string
	parts []ics
}

var icsLine = regexp.MustCompile(`^([A-Z][A-Z0-9-]*)(;[A-Z-]+=[^;:"]+)*:(.*)$`)

// readICS reads a calendar, and says the first thing in it that the RFC forbids.
func readICS(body []byte) (ics, error) {
	if !bytes.HasSuffix(body, []byte("\r\n")) || bytes.Contains(bytes.ReplaceAll(body, []byte("\r\n"), nil), []byte("\n")) || !utf8.Valid(body) {
		return ics{}, fmt.Errorf("lines do not end with CRLF, or it is no UTF-8")
	}
	var lines []string
	for _, l := range strings.Split(strings.TrimSuffix(string(body), "\r\n"), "\r\n") {
		if len(l) > 75 || !utf8.ValidString(l) {
			return ics{}, fmt.Errorf("a line of %d bytes, or cut in a character: %q", len(l), l)
		}
		if strings.HasPrefix(l, " ") {
			lines[len(lines)-1] += l[1:]
			continue
		}
		lines = append(lines, l)
	}
	stack := []ics{{props: map[string]string{}}}
	for _, l := range lines {
		m := icsLine.FindStringSubmatch(l)
		if m == nil {
			return ics{}, fmt.Errorf("no content line: %q", l)
		}
		top := &stack[len(stack)-1]
		switch m[1] {
		case "BEGIN":
			stack = append(stack, ics{name: m[3], props: map[string]string{}})
		case "END":
			if top.name != m[3] || len(stack) < 2 {
				return ics{}, fmt.Errorf("END of %s in %s", m[3], top.name)
			}
			done := *top
			stack = stack[:len(stack)-1]
			stack[len(stack)-1].parts = append(stack[len(stack)-1].parts, done)
		default:
			if _, twice := top.props[m[1]]; twice {
				return ics{}, fmt.Errorf("%s twice", m[1])
			}
			top.props[m[1]] = m[3]
		}
	}
	if len(stack) != 1 || len(stack[0].parts) != 1 || stack[0].parts[0].name != "VCALENDAR" {
		return ics{}, fmt.Errorf("not one VCALENDAR")
	}
	cal, seen := stack[0].parts[0], map[string]bool{}
	if cal.props["VERSION"] != "2.0" || cal.props["PRODID"] == "" {
		return ics{}, fmt.Errorf("no VERSION or PRODID")
	}
	for _, e := range cal.parts {
		for _, need := range []string{"UID", "DTSTAMP", "DTSTART", "SUMMARY"} {
			if e.props[need] == "" {
				return ics{}, fmt.Errorf("an event without %s", need)
			}
		}
		for _, at := range []string{"DTSTAMP", "DTSTART", "LAST-MODIFIED"} {
			if _, err := time.Parse("20060102T150405Z", e.props[at]); err != nil {
				return ics{}, err
			}
		}
		if seen[e.props["UID"]] {
			return ics{}, fmt.Errorf("a UID twice")
		}
		seen[e.props["UID"]] = true
		for _, a := range e.parts {
			if a.name != "VALARM" || a.props["ACTION"] != "DISPLAY" || a.props["DESCRIPTION"] == "" || !regexp.MustCompile(`^-PT\d+H$`).MatchString(a.props["TRIGGER"]) {
				return ics{}, fmt.Errorf("an alarm that is none: %v", a)
			}
		}
	}
	return cal, nil
}

func (d *desk) calendar(token string, headers ...string) (ics, string) {
	d.t.Helper()
	w := d.get(scope.Actor{}, feeds.MineDue(token), headers...)
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/calendar") || !strings.Contains(w.Header().Get("Cache-Control"), "private") {
		d.t.Fatalf("%d %v", w.Code, w.Header())
	}
	cal, err := readICS(w.Body.Bytes())
	if err != nil {
		d.t.Fatalf("%v\n%s", err, w.Body)
	}
	return cal, w.Header().Get("ETag")
}

func (d *desk) token(by scope.Actor) string {
	d.t.Helper()
	token, err := d.Letters.NewFeed(d.t.Context(), by, i18n.ZH)
	if err != nil {
		d.t.Fatal(err)
	}
	return token
}

// At the same address people read their news as a page: of what is not public the
// number alone, without a link that would lead nowhere.
func TestNewsAsAPage(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		d := newDesk(t, w)
		private := d.raise(func(in *matters.Raising) { in.Title, in.Public = "我家的难处", false })
		open := d.raise(func(in *matters.Raising) { in.Title = "路灯不亮" })
		for _, m := range []matters.Slip{private, open} {
			if err := d.Matters.Accept(t.Context(), w.As("zhao"), m.ID); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		page := d.get(scope.Actor{}, feeds.MinePage(d.token(d.zhou.Actor())))
		body := page.Body.String()
		if page.Code != http.StatusOK || page.Header().Get("Cache-Control") != "no-store" || page.Header().Get("X-Robots-Tag") != "noindex" {
			t.Fatalf("%d %v", page.Code, page.Header())
		}
		if strings.Contains(body, "我家的难处") || !strings.Contains(body, private.Number) || strings.Contains(body, `href="/matters/`+private.Number) || !strings.Contains(body, `href="/matters/`+open.Number) {
			t.Errorf("%s", body)
		}
		if x := d.get(scope.Actor{}, feeds.MinePage("AAAA")); x.Code != http.StatusNotFound {
			t.Errorf("nobody's address: %d", x.Code)
		}
	})
}

// Staff owe the ends of the turns in their inbox, and residents their answers; of
// what is not public only the number is there, whoever owns the address.
func TestCalendarOfWhatIsOwed(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		d := newDesk(t, w)
		ctx, zhao := t.Context(), w.As("zhao")
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		long := strings.Repeat("下水道,堵了;很久\\", 10)
		open := d.raise(func(in *matters.Raising) { in.Title = "路灯" + string([]rune(long)[:30]) })
		private := d.raise(func(in *matters.Raising) { in.Title, in.Public = "我家的难处", false })
		mine, desk := d.token(d.zhou.Actor()), d.token(zhao)
		cal, tag := d.calendar(desk)
		uids := map[string]string{}
		for _, e := range cal.parts {
			for _, number := range []string{open.Number, private.Number} {
				if strings.Contains(e.props["SUMMARY"], number) {
					uids[number] = e.props["UID"]
				}
			}
			if strings.Contains(fmt.Sprint(e.props), "难处") {
				t.Errorf("what is not public is told: %v", e.props)
			}
			if len(e.parts) != 1 || !strings.HasPrefix(e.props["URL"], site+"/matters/") {
				t.Errorf("%+v", e)
			}
		}
		if len(uids) != 2 {
			t.Fatalf("%d of 2 matters in the calendar", len(uids))
		}
		if again, same := d.calendar(desk); same != tag || len(again.parts) != len(cal.parts) {
			t.Error("nothing has changed, and the calendar has")
		}
		if got := d.get(scope.Actor{}, feeds.MineDue(desk), "If-None-Match", tag); got.Code != http.StatusNotModified {
			t.Errorf("known already: %d", got.Code)
		}
		if cal, _ := d.calendar(mine); len(cal.parts) != 2 || !strings.Contains(cal.parts[0].props["SUMMARY"], "答应") || len(cal.parts[0].parts) != 0 {
			t.Errorf("promised to a resident: %v", cal.parts)
		}
		w.Clock.Add(time.Hour)
		must(w.Matters.Accept(ctx, zhao, open.ID))
		must(w.Matters.Ask(ctx, zhao, private.ID, "是哪一栋？"))
		cal, now := d.calendar(desk)
		for _, e := range cal.parts {
			if strings.Contains(e.props["SUMMARY"], open.Number) && e.props["UID"] != uids[open.Number] {
				t.Error("a matter's UID changes")
			}
			if strings.Contains(e.props["SUMMARY"], private.Number) {
				t.Error("what waits for the reporter is owed by the desk")
			}
		}
		if now == tag {
			t.Error("the calendar has changed, and its tag has not")
		}
		asked := 0
		cal, _ = d.calendar(mine)
		for _, e := range cal.parts {
			if strings.Contains(e.props["SUMMARY"], private.Number) && strings.Contains(e.props["SUMMARY"], "补充") {
				asked++
			}
			if strings.Contains(fmt.Sprint(e.props), "难处") {
				t.Error("even to its reporter only the number is said")
			}
		}
		if asked != 1 {
			t.Errorf("asked %d times: %v", asked, cal.parts)
		}

		// the news beside it
		must(w.CatchUp(ctx))
		g := d.get(scope.Actor{}, feeds.MineNews(mine))
		var f atom
		if err := xml.Unmarshal(g.Body.Bytes(), &f); err != nil || g.Code != http.StatusOK {
			t.Fatalf("%d, %v", g.Code, err)
		}
		if body := g.Body.String(); len(f.Entries) != 2 || strings.Contains(body, "难处") || strings.Contains(body, mine) || !strings.Contains(body, private.Number) {
			t.Errorf("the news: %s", body)
		}
		// a new address ends the old; none, and another file, are nowhere
		d.token(d.zhou.Actor())
		for _, path := range []string{feeds.MineDue(mine), feeds.MineNews(mine), feeds.MineDue("none"), "/feeds/mine/" + desk + "/all.ics"} {
			if got := d.get(zhao, path).Code; got != http.StatusNotFound {
				t.Errorf("%s: %d", path, got)
			}
		}
	})
}
