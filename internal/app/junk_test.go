// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// digest is of everything in the database, but for what counts tries. Rows may
// stand in any order.
func (x *walk) digest() (sums map[string]string) {
	x.t.Helper()
	sums = map[string]string{}
	tables := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
	columns := `SELECT name FROM pragma_table_info('%s')`
	if x.DB.Engine() == sqldb.Postgres {
		tables = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'`
		columns = `SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = '%s'`
	}
	text := func(r sqldb.Scanner) (s string, err error) {
		err = r.Scan(&s)
		return s, err
	}
	counted := []string{"sign_in_try", "phone_try", "phone_code", "session"}
	x.must(x.DB.Read(x.t.Context(), func(tx *sqldb.Tx) error {
		names, err := sqldb.All(tx, text, tables)
		if err != nil {
			return err
		}
		for _, name := range names {
			if slices.Contains(counted, name) || strings.HasPrefix(name, "search_") && strings.Contains(name, "_fts") {
				continue
			}
			cols, err := sqldb.All(tx, text, fmt.Sprintf(columns, name))
			if err != nil {
				return err
			}
			var sum [4]uint64
			err = tx.Each(`SELECT `+strings.Join(cols, ", ")+` FROM `+name, nil, func(r sqldb.Scanner) error {
				row, to := make([]any, len(cols)), make([]any, len(cols))
				for i := range row {
					to[i] = &row[i]
				}
				if err := r.Scan(to...); err != nil {
					return err
				}
				h := sha256.Sum256(fmt.Appendf(nil, "%v", row))
				for i := range sum {
					sum[i] += binary.BigEndian.Uint64(h[8*i:])
				}
				return nil
			})
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			sums[name] = fmt.Sprint(sum)
		}
		return nil
	}))
	return sums
}

// changed are the tables in which two digests differ.
func changed(a, b map[string]string) (names []string) {
	for name := range a {
		if a[name] != b[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// junk is what is sent instead of what a page asks for.
var junk = []struct {
	name  string
	value string // in every field; "" sends none
	kind  string // of the body; "" is that of a form
	large bool
	text  bool // it is a text like any other, and may be taken where a text is asked for
}{
	{name: "nothing"},
	{name: "broken letters", value: "坏\xff\xfe字"},
	{name: "a zero byte", value: "零\x00字节"},
	{name: "a text that turns around", value: "\u202eexe.gpj"},
	{name: "too long", value: strings.Repeat("长", 6000)},
	{name: "SQL", value: "'; DROP TABLE matter; --", text: true},
	{name: "HTML", value: `"><script>alert(1)</script>`, text: true},
	{name: "a number that is none", value: "-9999999999999999999999e99", text: true},
	{name: "other people's number", value: "0123456789ABC", text: true},
	{name: "no form", value: `{"words": 1}`, kind: "application/json"},
	{name: "half a form", value: "x", kind: "multipart/form-data; boundary=x"},
	{name: "200 MB", kind: "application/x-www-form-urlencoded", large: true},
	{name: "200 MB of files", kind: "multipart/form-data; boundary=x", large: true},
}

// Routes that ask for nothing: whatever is sent with them, they do what they do.
var asksNothing = []string{
	"POST /signout", "POST /account/sessions/revoke", "POST /account/sessions/{id}/revoke", "POST /account/second/start", "POST /news/read", "POST /me/forget", "POST /me/disown",
	"POST /views/{id}/delete", "POST /desk/residents/{id}/detach", "POST /admin/jobs/{id}/again", "POST /admin/jobs/{id}/forget",
	"POST /admin/accounts/{id}/enable", "POST /admin/accounts/{id}/disable", "POST /admin/accounts/{id}/revoke", "POST /admin/accounts/{id}/second",
	"POST /admin/categories/{code}/active", "POST /admin/holdings/{id}/uncover", "POST /admin/keys/{id}/revoke", "POST /admin/units/{id}/close", "POST /admin/posts/{id}/close",
	"POST /matters/{number}/accept", "POST /matters/{number}/unjoin", "POST /matters/{number}/show_name", "POST /matters/{number}/hide_name", "POST /matters/{number}/revoke",
	"POST /volunteers/join", "POST /volunteers/choose", "POST /volunteers/leave", "POST /volunteers/rejoin",
	"POST /proxies/{id}/end", "POST /mailbox/again", "POST /mailbox/on", "POST /mailbox/off", "POST /mailbox/forget", "POST /letters/confirm/{token}", "POST /letters/stop/{token}", "POST /admin/letters/{id}/again",
	"POST /mailbox/code", "POST /mailbox/feed", "POST /mailbox/feed/end", "POST /admin/accounts/{id}/mailbox/again", "POST /admin/accounts/{id}/mailbox/forget", "POST /admin/words/{name}/restore",
	"POST /matters/{number}/mailbox/again", "POST /matters/{number}/mailbox/on", "POST /matters/{number}/mailbox/off", "POST /matters/{number}/mailbox/forget",
	"POST /matters/{number}/mailbox", // the form of POST /mailbox, for a slip's holder, who is none of these
	"POST /patrol/begin", "POST /patrol/handovers/{id}/take", "POST /patrol/visits/{id}/look", "POST /patrol/duties/{id}/withdraw", "POST /patrol/duties/{id}/answers/look", "POST /patrol/givings/{id}/back", "POST /patrol/points/{id}/end",
	"POST /codes/{id}/end", "POST /counters/{id}/calendar", "POST /counters/{id}/calendar/end", "POST /notices/{id}/publish", "POST /notices/{id}/discard", "POST /notices/{id}/restore", "POST /affairs/{id}/join",
	"POST /memberships/{id}/{act}",
	"POST /signin/second", // sends on who is not at that stage; see package account
}

// Routes whose fields may all be left empty, or that have none; what is no form is
// refused there too.
var mayBeEmpty = []string{"POST /settings", "POST /unfollow", "POST /admin/holdings/{id}/dismiss", "POST /inbox", "POST /matters/{number}/take", "POST /matters/{number}/close", "POST /matters/{number}/extend", "POST /matters/{number}/withdraw", "POST /matters/{number}/support", "POST /matters/{number}/unsupport", "POST /matters/{number}/confirm", "POST /desk/residents/{id}/feed"}

var (
	named   = regexp.MustCompile(`<(?:input|select|textarea)[^>]* name="([^"]+)"`)
	main    = regexp.MustCompile(`(?s)<main.*</main>`)
	fields  = regexp.MustCompile(`(?s)<textarea.*?</textarea>|<option.*?</option>|<label class="(?:pick|tick).*?</label>|<[^>]+>`)
	english = regexp.MustCompile(`[A-Za-z]{2,} [A-Za-z]{2,} [A-Za-z]{2,} [A-Za-z]{2,}`)
	chinese = regexp.MustCompile(`\p{Han}`)
)

// A target is a route with somebody who may use it, at an address that is there.
type target struct {
	route, who, path string
	names            []string
}

// targets are one for each route that takes a form.
func (x *walk) targets() (ts []target) {
	x.t.Helper()
	x.at["appeal"] = x.appealed().String()
	x.at["drain"], x.at["water"], x.at["police"] = "drain", x.As("wu").Unit.String(), x.As("he").Unit.String()
	seen := map[string]bool{}
	add := func(route, who, path string, form []string) {
		if seen[route] {
			return
		}
		seen[route] = true
		g := target{route: route, who: who, path: path}
		for i := 0; i < len(form); i += 2 {
			g.names = append(g.names, form[i])
		}
		for _, m := range named.FindAllStringSubmatch(x.send(x.usual(who), "GET", path, nil).Body.String(), -1) {
			if m[1] != "back" || route == "POST /settings" { // whose form stands at the head of every page
				g.names = append(g.names, m[1])
			}
		}
		slices.Sort(g.names)
		g.names = slices.Compact(g.names)
		ts = append(ts, g)
	}
	for _, a := range actDoors() {
		m := x.brought(a.state, a.act == matters.AssistAct)
		if a.setup != nil {
			m = a.setup(x, m)
		}
		add("POST /matters/{number}/"+string(a.act), strings.Fields(a.who)[len(strings.Fields(a.who))-1], "/matters/"+m.Number+"/"+string(a.act)+x.fill(a.ask), a.form)
	}
	x.at["jobless"] = x.at["none"]
	for _, d := range doors {
		if !strings.HasPrefix(d.route, "POST ") {
			continue
		}
		who := "zhao"
		path := d.path
		switch {
		case strings.HasPrefix(d.route, "POST /admin"):
			who = "admin"
			for _, noun := range []string{"account", "connection", "holding", "place", "post", "template", "unit"} {
				path = strings.Replace(path, "/admin/"+noun+"s/{none}", "/admin/"+noun+"s/{"+noun+"}", 1)
			}
			path = strings.Replace(path, "/admin/webhooks/{none}/edit", "/admin/webhooks/{webhook}/edit", 1)
			path = strings.Replace(path, "/admin/categories/{none}", "/admin/categories/{category}", 1)
		case villageEditor(d.route) != "":
			who = villageEditor(d.route)
		case strings.HasPrefix(d.route, "POST /patrol/grids") && !strings.HasSuffix(d.route, "/appeal"), strings.HasPrefix(d.route, "POST /patrol/points/{id}/end"), d.route == "POST /patrol/points":
			who = "wang"
		case strings.HasPrefix(d.route, "POST /patrol/appeals"):
			who, path = "wang", strings.Replace(path, "{none}", "{appeal}", 1)
		case d.route == "POST /patrol/formula", d.route == "POST /patrol/hours", strings.HasPrefix(d.route, "POST /patrol/merges"):
			who = "yu"
		case d.route == "POST /patrol/grids/{id}/appeal":
			who = "li"
		case d.route == "POST /patrol/duties":
			who = "wu"
		case strings.HasPrefix(d.route, "POST /patrol/duties"), strings.HasPrefix(d.route, "POST /patrol/givings"):
			who, path = "yu", strings.Replace(path, "{none}", "{duty}", 1)
		case strings.HasPrefix(d.route, "POST /patrol"):
			who, path = "li", strings.Replace(path, "{none}", "{visit}", 1)
		case d.route == "POST /insights/formulas":
			who = "admin"
		case strings.HasPrefix(d.route, "POST /volunteers"):
			who = volunteerOf(d.route)
		case strings.HasPrefix(d.route, "POST /desk"):
			who, path = "he", strings.Replace(path, "{none}", "{resident}", 1)
		case strings.HasPrefix(d.route, "POST /me"), d.route == "POST /raise":
			who = "zhou"
		case d.route == "POST /answers/replies":
			who = "admin"
		case strings.HasPrefix(d.route, "POST /questions/"), strings.HasPrefix(d.route, "POST /answers/"):
			who = "wu"
		case d.route == "POST /answer/{secret}":
			who, path = "-", "/answer/{secret}"
		case d.route == "POST /matters/{number}/reveal":
			path = "/matters/{priv}/reveal"
		}
		add(d.route, who, x.fill(path), d.form)
	}
	return ts
}

// appealed is an appeal of 李网格's against a stop that was missed.
func (x *walk) appealed() id.ID {
	x.t.Helper()
	grid, err := id.Parse(x.at["grid"])
	x.must(err)
	point, err := id.Parse(x.at["point"])
	x.must(err)
	x.Clock.Set((patrol.SlotAt(x.DB.Now()) &^ 1).Date().AddDate(0, 0, 1).Add(9 * time.Hour))
	slot := patrol.SlotAt(x.DB.Now())
	_, err = x.Patrol.MakeRounds(x.t.Context())
	x.must(err)
	x.Clock.Add(13 * time.Hour) // its window is over
	a, err := x.Patrol.Appeal(x.t.Context(), x.As("li"), patrol.Against{Grid: grid, Slot: slot, Point: point}, "门锁着，进不去。")
	x.must(err)
	return a
}

// Junk of every kind at every route that takes a form is refused in one sentence
// of the reader's language, and changes nothing.
func TestJunkAtEveryRoute(t *testing.T) {
	t.Parallel()
	walks(t, func(x *walk) {
		ts := x.targets()
		for _, r := range x.routes {
			if strings.HasPrefix(r, "POST ") && !slices.ContainsFunc(ts, func(g target) bool { return g.route == r }) {
				x.t.Errorf("%s: nobody sends it junk", r)
			}
		}
		before := x.digest()
		for _, g := range ts {
			if slices.Contains(asksNothing, g.route) {
				continue
			}
			jar := x.usual(g.who)
			for i, j := range junk {
				if j.large && i < len(junk)-1 && x.DB.Engine() == sqldb.Postgres {
					continue // never gets as far as the database
				}
				if len(g.names) == 0 && j.kind == "" && j.value != "" {
					continue // there is no field to write it in
				}
				var body io.Reader = strings.NewReader(j.value)
				kind := j.kind
				if j.large {
					body = io.LimitReader(zeros{}, 200<<20)
				}
				if kind == "" {
					form := url.Values{}
					for _, name := range g.names {
						if j.value != "" {
							form.Set(name, j.value)
						}
					}
					body, kind = strings.NewReader(form.Encode()), "application/x-www-form-urlencoded"
				}
				r := httptest.NewRequest("POST", site.String()+g.path, body)
				r.Header.Set("Content-Type", kind)
				for _, c := range jar.Cookies(site) {
					r.AddCookie(c)
				}
				w := httptest.NewRecorder()
				x.h.ServeHTTP(w, r)
				what := fmt.Sprintf("%s at %s by %s", j.name, g.route, g.who)
				var tables []string
				if w.Code < 400 || i == len(junk)-1 { // what was taken is compared at once, what was refused with all that was
					after := x.digest()
					tables, before = changed(before, after), after
				}
				empty := j.name == "nothing" || j.kind != "" && !j.large
				switch {
				case w.Code >= 500:
					x.t.Errorf("%s: %d", what, w.Code)
				case w.Code >= 400:
					if len(tables) > 0 {
						x.t.Errorf("up to %s: %d, and %v changed", what, w.Code, tables)
					}
					if j.large && w.Code != 413 && w.Code != 401 && !((w.Code == 422 || w.Code == 400) && j.name != "200 MB") {
						x.t.Errorf("%s: %d", what, w.Code)
					}
					body := main.FindString(w.Body.String())
					if !strings.Contains(w.Body.String(), "<html") { // for programs
						body = w.Body.String()
					}
					said := fields.ReplaceAllString(body, " ")
					if s := english.FindString(said); s != "" || !chinese.MatchString(said) || strings.Contains(said, "⟦") {
						x.t.Errorf("%s: %d: says %q", what, w.Code, s)
					}
				case !j.text && !(empty && slices.Contains(mayBeEmpty, g.route)):
					x.t.Errorf("%s: taken (%d, %s), %v changed", what, w.Code, w.Header().Get("Location"), tables)
				}
				if strings.Contains(w.Body.String(), "<script>alert(1)") {
					x.t.Errorf("%s: the page holds the script", what)
				}
			}
		}
	})
}
