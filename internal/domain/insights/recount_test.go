// SPDX-License-Identifier: Apache-2.0

package insights_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/insights"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// The recount knows nothing of how the counts are kept. It reads every row of the
// tables of matters and of the trail, and asks for each measure, day and key again
// by the words of its definition: of what happened, by one question about each row;
// of what stood at a moment, by how each matter stood then.
type recount struct {
	now     time.Time
	cal     *when.Calendar
	matters map[id.ID]*tale
	excused map[string]time.Time // by matter and end of handling: when that was decided
}

// A tale is a matter's rows.
type tale struct {
	id         id.ID
	named      string
	channel    string
	raised     time.Time
	state      string
	category   string
	town       id.ID
	village    id.ID
	urgent     bool
	lead, turn id.ID
	due        int64
	promised   int64
	joined     int64
	acts       []deed
}

// A deed is a row of the trail with its line of the story.
type deed struct {
	seq           int64
	act, from, to string
	written, at   time.Time
	unit          id.ID
	detail        string
	was           map[string]json.RawMessage
}

func newRecount(t *testing.T, w *apptest.Town) *recount {
	t.Helper()
	c := &recount{cal: w.Calendars.Town(), matters: map[id.ID]*tale{}, excused: map[string]time.Time{}}
	err := w.DB.Read(context.Background(), func(tx *sqldb.Tx) error {
		c.now = tx.Now()
		if err := tx.Each(`SELECT id, number, channel, raised_at, state, category, town_id, village_id, urgent, lead_unit, turn_unit, COALESCE(due_at, 0), COALESCE(promised_at, 0), joined_to FROM matter`, nil, func(r sqldb.Scanner) error {
			var x tale
			var raised sqldb.Time
			err := r.Scan(&x.id, &x.named, &x.channel, &raised, &x.state, &x.category, &x.town, &x.village, &x.urgent, &x.lead, &x.turn, &x.due, &x.promised, &x.joined)
			x.raised = raised.Time
			c.matters[x.id] = &x
			return err
		}); err != nil {
			return err
		}
		if err := tx.Each(`SELECT s.matter_id, s.ended_at, COALESCE(a.reviewed_at, a.decided_at) FROM matter_appeal a JOIN matter_stage s ON s.id = a.stage_id WHERE a.decision = 'granted' OR a.review = 'granted'`, nil, func(r sqldb.Scanner) error {
			var d id.ID
			var end, decided sqldb.Time
			err := r.Scan(&d, &end, &decided)
			c.excused[fmt.Sprint(d, end.UnixMilli())] = decided.Time
			return err
		}); err != nil {
			return err
		}
		lines := map[id.ID][]deed{}
		if err := tx.Each(`SELECT matter_id, at, act, unit_id, detail, was FROM matter_step WHERE was <> '' ORDER BY id`, nil, func(r sqldb.Scanner) error {
			var d id.ID
			var at sqldb.Time
			var x deed
			var was string
			if err := r.Scan(&d, &at, &x.act, &x.unit, &x.detail, &was); err != nil {
				return err
			}
			x.at = at.Time
			lines[d] = append(lines[d], x)
			return json.Unmarshal([]byte(was), &lines[d][len(lines[d])-1].was)
		}); err != nil {
			return err
		}
		return tx.Each(`SELECT seq, record, at, act, from_state, to_state FROM trail WHERE noun = 'matter' AND act NOT IN ('forget', 'mention') ORDER BY seq`, nil, func(r sqldb.Scanner) error {
			var d id.ID
			var at sqldb.Time
			var act, from, to string
			var seq int64
			if err := r.Scan(&seq, &d, &at, &act, &from, &to); err != nil {
				return err
			}
			m := c.matters[d]
			x := deed{at: m.raised}
			if act != "raise" {
				x, lines[d] = lines[d][0], lines[d][1:]
				if x.act != act {
					return fmt.Errorf("line %s for row %s", x.act, act)
				}
			}
			x.seq, x.act, x.from, x.to, x.written = seq, act, from, to, at.Time
			m.acts = append(m.acts, x)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// before is what a fact of the matter was just before its i-th act: what the first
// act from there on that changed it says it had been.
func before[T any](m *tale, i int, fact string, now T) T {
	for _, x := range m.acts[min(i, len(m.acts)):] {
		if raw, ok := x.was[fact]; ok {
			var v T
			if err := json.Unmarshal(raw, &v); err != nil {
				panic(err)
			}
			return v
		}
	}
	return now
}

// number is before for a fact that is a number.
func (m *tale) number(i int, fact string) int64 {
	return before(m, i, fact, map[string]int64{"lead": int64(m.lead), "turn": int64(m.turn), "due": m.due, "promised": m.promised, "joined": m.joined}[fact])
}

func (m *tale) place(i int) (town, village id.ID) {
	p := before(m, i, "path", scope.Path{0, m.town, m.village})
	return p[scope.Town], p[scope.Village]
}

func (m *tale) cat(i int) string { return before(m, i, "category", m.category) }

// owner is whose the matter was just after its i-th act.
func (m *tale) owner(i int) id.ID {
	for ; i >= 0; i-- {
		if lead := m.number(i+1, "lead"); lead != 0 {
			return id.ID(lead)
		}
		if turn := m.number(i+1, "turn"); turn != 0 {
			return id.ID(turn)
		}
	}
	return 0
}

// under are the keys under which something is counted of the i-th act.
func (m *tale) under(i int, unit id.ID, f func(face insights.Face, key string)) {
	town, village := m.place(i + 1)
	f(insights.All, "")
	for _, d := range []id.ID{town, village} {
		if d != 0 {
			f(insights.ByPlace, strconv.FormatInt(int64(d), 10))
		}
	}
	if unit != 0 {
		f(insights.ByUnit, strconv.FormatInt(int64(unit), 10))
	}
	if k := m.cat(i + 1); k != "" {
		f(insights.ByCategory, k)
	}
}

// did asks whether the i-th act is counted under the measure, and for which unit.
func (c *recount) did(m *tale, i int, measure insights.Measure) (yes bool, unit id.ID) {
	x := m.acts[i]
	lead, leadNow := id.ID(m.number(i, "lead")), id.ID(m.number(i+1, "lead"))
	turn, turnNow := id.ID(m.number(i, "turn")), id.ID(m.number(i+1, "turn"))
	due := m.number(i, "due")
	over := due != 0 && x.at.UnixMilli() > due
	here := x.act == "raise" || x.at.Equal(x.written)
	earlier := func(act string) bool {
		for _, y := range m.acts[:i] {
			if y.act == act {
				return true
			}
		}
		return false
	}
	acted := func(act string) bool { return here && x.act == act }
	if x.act == "rate" && x.from == "joined" {
		leadNow = c.led(id.ID(m.number(i+1, "joined")), x.seq)
	}
	switch measure {
	case "raised":
		return x.act == "raise", turnNow
	case "accepted":
		return acted("accept"), turn
	case "accepted_late":
		return acted("accept") && over, turn
	case "grid_accepted":
		return acted("accept") && m.channel == "grid" && !earlier("accept"), turn
	case "declined", "grid_declined":
		if turn == 0 {
			turn = x.unit
		}
		return acted("decline") && (measure == "declined" || m.channel == "grid"), turn
	case "filed":
		return acted("classify") && !earlier("classify"), turn
	case "filed_late":
		return acted("classify") && !earlier("classify") && over, turn
	case "filed_back":
		return acted("send_back") && x.from == "classified", turn
	case "dispatched":
		return acted("dispatch"), turn
	case "dispatched_late":
		return acted("dispatch") && over, turn
	case "returned":
		for j := i - 1; j >= 0 && turnNow != 0; j-- { // of the centre that had sent it there
			if m.acts[j].act == "dispatch" {
				return acted("send_back") && (x.from == "dispatched" || x.from == "handling"), id.ID(m.number(j, "turn"))
			}
		}
		return acted("send_back") && (x.from == "dispatched" || x.from == "handling"), turnNow
	case "taken":
		return acted("take"), lead
	case "taken_late":
		return acted("take") && c.slow(m, i), lead
	case "handled":
		return acted("handle"), lead
	case "handled_late":
		return acted("handle") && over, lead
	case "excused":
		_, yes := c.excused[fmt.Sprint(m.id, x.at.UnixMilli())]
		return acted("handle") && yes, lead
	case "verified":
		return acted("verify"), turn
	case "verified_late":
		return acted("verify") && over, turn
	case "rework":
		return acted("send_back") && (x.from == "handled" || x.from == "verified"), leadNow
	case "closed":
		return acted("close"), leadNow
	case "closed_late":
		return acted("close") && x.at.UnixMilli() > m.number(i, "promised"), leadNow
	case "elsewhere":
		return !here && x.act == "close", leadNow
	case "reopened":
		return acted("reopen") && x.from == "closed", leadNow
	case "withdrawn":
		return acted("withdraw"), lead
	case "solved", "partly", "unsolved":
		return acted("rate") && x.detail[:len(x.detail)-2] == map[insights.Measure]string{"solved": "yes", "partly": "partly", "unsolved": "no"}[measure], leadNow
	case "satisfied":
		return acted("rate") && x.detail[len(x.detail)-1] >= '4', leadNow
	case "dissatisfied":
		return acted("rate") && x.detail[len(x.detail)-1] >= '1' && x.detail[len(x.detail)-1] <= '3', leadNow
	case insights.Open, insights.Late, insights.Wait: // stand, and do not happen
	}
	panic(measure)
}

// led is who led a matter when the row of the trail was written.
func (c *recount) led(d id.ID, seq int64) id.ID {
	m := c.matters[d]
	n := 0
	for _, x := range m.acts {
		if x.seq < seq {
			n++
		}
	}
	return id.ID(m.number(n, "lead"))
}

func (c *recount) slow(m *tale, i int) bool {
	limit := when.Limit{N: 1, Unit: when.WorkDays}
	if before(m, i, "urgent", m.urgent) {
		limit = when.Limit{N: 1, Unit: when.UrgentHours}
	}
	for j := i - 1; j >= 0; j-- {
		if m.acts[j].act == "dispatch" || m.acts[j].act == "decide" {
			return m.acts[i].at.After(c.cal.Add(m.acts[j].at, limit))
		}
	}
	return false
}

// stood asks how a matter stood at a moment, and after which of its acts.
func (c *recount) stood(m *tale, t time.Time) (last int, as []insights.Measure) {
	last = -1
	for i, x := range m.acts {
		if x.at.Before(t) {
			last = i
		}
	}
	if last < 0 {
		return last, nil
	}
	switch state := m.acts[last].to; state {
	case "closed", "declined", "joined", "withdrawn":
		return last, nil
	case "asked_intake", "asked_handler", "suspended":
		as = []insights.Measure{"open_end", "wait_end"}
	default:
		as = []insights.Measure{"open_end", "late_end"}
	}
	if promised := m.number(last+1, "promised"); promised == 0 || promised >= t.UnixMilli() {
		as = as[:1]
	}
	return last, as
}

// A what is one number.
type what struct {
	face    insights.Face
	key     string
	measure insights.Measure
}

// of counts everything in a period.
func (c *recount) of(p insights.Period) map[what]int64 {
	all := map[what]int64{}
	end := p.To.Begin()
	if c.now.Before(end) {
		end = c.now.Add(time.Millisecond) // what happened at this very moment has happened
	}
	for _, m := range c.matters {
		last, as := c.stood(m, end)
		for _, measure := range as {
			m.under(last, m.owner(last), func(face insights.Face, key string) { all[what{face, key, measure}]++ })
		}
		for i, x := range m.acts {
			if x.at.Before(p.From.Begin()) || !x.at.Before(p.To.Begin()) {
				continue
			}
			for _, measure := range insights.Measures() {
				if strings.HasSuffix(string(measure), "_end") {
					continue
				}
				if measure == insights.Excused && p.Then && !c.excused[fmt.Sprint(m.id, x.at.UnixMilli())].Before(p.To.Begin()) {
					continue
				}
				if yes, unit := c.did(m, i, measure); yes {
					m.under(i, unit, func(face insights.Face, key string) { all[what{face, key, measure}]++ })
				}
			}
		}
	}
	return all
}

// equal holds the counts of a period against the recount, and returns how many
// numbers were not zero.
func (c *recount) equal(t *testing.T, w *apptest.Town, p insights.Period) int {
	t.Helper()
	want := c.of(p)
	for _, face := range insights.Faces() {
		got, err := w.Insights.Count(t.Context(), scope.Program("test"), face, p)
		if err != nil {
			t.Fatal(err)
		}
		for key, sums := range got.Sums {
			for _, m := range insights.Measures() {
				if is := sums.Of(m); is != want[what{face, key, m}] {
					t.Errorf("%s to %s, %s %q: %s is %d, counted again %d", p.From, p.To, face, key, m, is, want[what{face, key, m}])
				}
			}
		}
		for x, n := range want {
			if x.face == face && got.Sums[x.key] == nil {
				t.Errorf("%s to %s: nothing is counted of %v, counted again %d", p.From, p.To, x, n)
			}
		}
	}
	return len(want)
}
