// SPDX-License-Identifier: Apache-2.0

package jobs

import (
	"net/http"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/gallery"
	"yuanba/internal/web/page"
)

// The samples of the gallery.
func init() {
	admin := page.Base{Actor: scope.Actor{Kind: scope.Staff, Name: "系统员"}}
	now := gallery.Now
	job := func(n int, state jobs.State, kind, fault string, tries int) *jobs.Job {
		made := now.Add(-time.Duration(n) * time.Hour)
		return &jobs.Job{ID: id.First(made), Kind: kind, State: state, Args: []byte("{}"), Made: made, Due: made.Add(40 * time.Minute), Tries: tries, MaxTries: 3, Fault: fault}
	}
	counts := map[jobs.State]int64{jobs.Failed: 2, jobs.Waiting: 1, jobs.Done: 14}
	list := func(state jobs.State, js ...*jobs.Job) page.Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			b := page.From(r).Titled("jobs.title")
			v := listPage{Base: b, Tabs: tabs(b, state, counts), State: state, Empty: page.Empty{Icon: "check", Title: b.T("jobs.empty." + string(state)), Text: b.T("jobs.empty.text")}}
			for _, j := range js {
				v.Jobs = append(v.Jobs, present(b, j))
			}
			return listShown.Show(w, r, v)
		}
	}
	again := job(30, jobs.Failed, "search.anew", "database is busy", 3)
	again.AskedBy = "系统员"
	gallery.Add("jobs/failed", admin, list(jobs.Failed, job(6, jobs.Failed, "trail.verify", "matter 01K2V3C4B5D6E 与最后一条留痕不符 (record_altered)", 1), again))
	gallery.Add("jobs/running", admin, list(jobs.Running, job(1, jobs.Running, "letters.post", "", 1)))
	gallery.Add("jobs/empty", admin, list(jobs.Waiting))
	gallery.Add("jobs/timetable", admin, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("jobs.title")
		turn := func(name string, every time.Duration, faults int, fault string) jobs.TurnState {
			return jobs.TurnState{Name: name, Due: now.Truncate(every).Add(every), Ended: now.Truncate(every), Faults: faults, Fault: fault}
		}
		night := turn("trail.verify", 24*time.Hour, 0, "")
		night.Ended = time.Time{}
		running := turn("matters.forget", 24*time.Hour, 0, "")
		running.Runs = true
		return timetableShown.Show(w, r, timetableOf(b, counts, []jobs.TurnState{
			turn("trail.seal", 10*time.Second, 0, ""), turn("matters.resume", time.Minute, 0, ""), turn("matters.remind", 5*time.Minute, 4, "disk I/O error"), running, night,
		}, []string{"trail.verify", "search.anew"}))
	})
	gallery.Add("jobs/forget", admin, func(w http.ResponseWriter, r *http.Request) error {
		return confirmShown.Show(w, r, confirmOf(page.From(r).Titled("jobs.forget.title"), again))
	})
}
