// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/obs"
	"yuanba/internal/kit/sqldb"
)

// measure adds the program's own figures to /metrics.
func (a *App) measure(r prometheus.Registerer) {
	obs.Gauge(r, "write_queue", "Transactions waiting to be written.", func() float64 { return float64(a.DB.Queue()) })
	obs.Gauge(r, "disk_full", "1 if the last transaction found no room on the disk. Alert on it.", func() float64 {
		if a.DB.Full() {
			return 1
		}
		return 0
	})
	r.MustRegister(&figures{app: a})
}

// The figures of the work beside the requests.
var (
	lagDesc     = prometheus.NewDesc("yuanba_follower_lag_rows", "Rows of the trail that a follower has not yet done, at the most.", []string{"follower"}, nil)
	jobsDesc    = prometheus.NewDesc("yuanba_jobs", "Jobs in each state, in all processes. Alert if any has failed.", []string{"state"}, nil)
	overdueDesc = prometheus.NewDesc("yuanba_jobs_overdue_seconds", "For how long the job that has waited longest has been due.", nil, nil)
	failingDesc = prometheus.NewDesc("yuanba_timetable_failing", "Lines of the timetable whose last turn failed.", nil, nil)
	triesDesc   = prometheus.NewDesc("yuanba_job_tries_total", "How tries of jobs in this process have ended.", []string{"end"}, nil)
	turnsDesc   = prometheus.NewDesc("yuanba_timetable_turns_total", "Turns of the timetable run by this process, and those of them that failed.", []string{"end"}, nil)
)

// figures asks the database when somebody looks. What cannot be read is left out.
type figures struct{ app *App }

// Describe implements [prometheus.Collector].
func (*figures) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{lagDesc, jobsDesc, overdueDesc, failingDesc, triesDesc, turnsDesc} {
		out <- d
	}
}

// Collect implements [prometheus.Collector].
func (f *figures) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	for _, w := range f.app.work.followers {
		if n, err := w.lag(ctx); err == nil {
			gauge(lagDesc, float64(n), w.name)
		}
	}
	err := f.app.DB.Read(ctx, func(tx *sqldb.Tx) error {
		counts, err := jobs.Count(tx)
		if err != nil {
			return err
		}
		overdue, err := jobs.Overdue(tx)
		if err != nil {
			return err
		}
		turns, err := f.app.Jobs.Turns(tx)
		if err != nil {
			return err
		}
		failing := 0
		for _, t := range turns {
			if t.Faults > 0 {
				failing++
			}
		}
		for _, s := range jobs.States {
			gauge(jobsDesc, float64(counts[s]), string(s))
		}
		gauge(overdueDesc, overdue.Seconds())
		gauge(failingDesc, float64(failing))
		return nil
	})
	if err != nil {
		f.app.log.Warn("figures of jobs", "err", err)
	}
	count := func(d *prometheus.Desc, n int64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
	}
	st := f.app.Jobs.Stats()
	for end, n := range map[string]int64{"done": st.Done, "retried": st.Retried, "failed": st.Failed, "rescued": st.Rescued} {
		count(triesDesc, n, end)
	}
	count(turnsDesc, st.Turns-st.Faults, "done")
	count(turnsDesc, st.Faults, "failed")
}
