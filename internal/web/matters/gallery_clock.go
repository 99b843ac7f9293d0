// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"net/http"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/kit/when"
	"yuanba/internal/web/page"
)

// showSampleClock explains the limits of a matter that was late over a holiday,
// waited for its reporter and was extended, in a year that is known and one that is
// not.
func showSampleClock(view matters.View) page.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("clock.title")
		from := time.Date(2026, 2, 12, 16, 30, 0, 0, when.Zone)
		pauses := []when.Pause{{From: from.Add(18 * time.Hour), To: from.Add(23 * time.Hour), Why: string(matters.AskedHandler)}}
		days := func(n int) when.Limit { return when.Limit{N: n, Unit: when.WorkDays} }
		reckon := func(stage matters.Stage, legs []when.Leg, end time.Duration, pauses []when.Pause, at time.Time) matters.Reckoning {
			run := matters.Run{Stage: stage, From: at.UnixMilli(), Legs: legs, Calendar: 3, Rules: "usual/2"}
			k := matters.Reckoning{Run: run, Derivation: when.Default().DeriveLegs(at, legs, pauses)}
			if end > 0 {
				k.Ended = &matters.Ended{Run: run, Due: k.Due, EndedAt: k.Due.Add(end), Late: true}
			}
			return k
		}
		handled := reckon(matters.StageHandle, []when.Leg{{Limit: days(2)}, {Limit: days(1), Extends: true}}, 26*time.Hour, pauses, from)
		handled.Appeal = &matters.Appeal{Hearing: matters.Hearing{Actor: "吴科长", Words: "连下暴雨，进不了场。", Decision: matters.Refused, DecidedBy: "孙书记", Reason: "没有附凭据。"},
			Review: matters.Hearing{Actor: "吴科长", Words: "补上了值班记录和照片。", At: from, Decision: matters.Granted, DecidedBy: "余督查", Reason: "有值班记录，属实。"}}
		x := matters.Explained{Matter: matters.Matter{Number: "QL-2026-004217", Title: "路灯不亮，老人夜里不敢出门"}, View: view, Clocks: []matters.Reckoning{
			reckon(matters.StageWhole, []when.Leg{{Limit: when.Limit{N: 4, Unit: when.WorkHours}}, {Limit: days(2)}}, 0, pauses, from),
			handled,
			reckon(matters.StageVerify, []when.Leg{{Limit: days(1)}}, 0, nil, time.Date(2031, 3, 3, 10, 0, 0, 0, when.Zone)),
			reckon(matters.StageAccept, []when.Leg{{Limit: when.Limit{N: 4, Unit: when.WorkHours}}}, 0, []when.Pause{{From: from.Add(time.Minute), Why: string(matters.AskedIntake)}}, from),
		}}
		c := &Counter{Orgs: orgs.New(nil, orgs.Options{})}
		return clocked.Show(w, r, c.clockPage(b, x))
	}
}
