// SPDX-License-Identifier: Apache-2.0

// Package jobs is the administrator's view of the work beside the requests: what
// failed, what waits, what runs, and the timetable.
package jobs

import (
	"context"
	"embed"
	"net/http"
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/web/page"
)

//go:embed *.html
var files embed.FS

// A Task is a job that an administrator may ask for. Its words are the messages
// "jobs.kind." and "jobs.ask." and its kind.
type Task struct {
	Kind    string
	Promise func(tx *sqldb.Tx) error
}

// A Counter serves the pages. They need administer for the whole town.
type Counter struct {
	DB    *sqldb.DB
	Queue *jobs.Queue
	Tasks []Task
}

// Routes adds the counter's pages to mux.
func (c *Counter) Routes(mux *http.ServeMux) {
	mux.Handle("GET /admin/jobs", page.Handler(c.list))
	mux.Handle("POST /admin/jobs", page.Handler(c.ask))
	mux.Handle("GET /admin/jobs/timetable", page.Handler(c.timetable))
	mux.Handle("POST /admin/jobs/{id}/again", page.Handler(c.again))
	mux.Handle("GET /admin/jobs/{id}/forget", page.Handler(c.confirm))
	mux.Handle("POST /admin/jobs/{id}/forget", page.Handler(c.forget))
}

// admit is Denied for all who do not administer the town.
func admit(b page.Base) error {
	if d := b.Actor.May("administer", scope.Target{At: b.Now}); !d.OK {
		return errs.New(errs.Denied, d.Key, d.Args...)
	}
	return nil
}

const perPage = 50

func (c *Counter) list(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("jobs.title")
	if err := admit(b); err != nil {
		return err
	}
	var before id.ID
	if s := r.URL.Query().Get("before"); s != "" {
		var err error
		if before, err = id.Parse(s); err != nil {
			return err
		}
	}
	state := jobs.Failed
	for _, s := range jobs.States {
		if string(s) == r.URL.Query().Get("state") {
			state = s
		}
	}
	var counts map[jobs.State]int64
	var js []*jobs.Job
	err := c.read(r, func(tx *sqldb.Tx) (err error) {
		if counts, err = jobs.Count(tx); err != nil {
			return err
		}
		js, err = jobs.List(tx, state, before, perPage+1)
		return err
	})
	if err != nil {
		return err
	}
	v := listPage{Base: b, Tabs: tabs(b, state, counts), State: state}
	v.Empty = page.Empty{Icon: "check", Title: b.T("jobs.empty." + string(state)), Text: b.T("jobs.empty.text")}
	if len(js) > perPage {
		js = js[:perPage]
		v.Pager.Older = "/admin/jobs?state=" + string(state) + "&before=" + js[perPage-1].ID.String()
	}
	for _, j := range js {
		v.Jobs = append(v.Jobs, present(b, j))
	}
	return listShown.Show(w, r, v)
}

func (c *Counter) timetable(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("jobs.title")
	if err := admit(b); err != nil {
		return err
	}
	var counts map[jobs.State]int64
	var turns []jobs.TurnState
	err := c.read(r, func(tx *sqldb.Tx) (err error) {
		if counts, err = jobs.Count(tx); err != nil {
			return err
		}
		turns, err = c.Queue.Turns(tx)
		return err
	})
	if err != nil {
		return err
	}
	var kinds []string
	for _, t := range c.Tasks {
		kinds = append(kinds, t.Kind)
	}
	return timetableShown.Show(w, r, timetableOf(b, counts, turns, kinds))
}

// ask promises one of the tasks.
func (c *Counter) ask(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	if err := admit(b); err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	kind := f.Line("kind", 60)
	for _, t := range c.Tasks {
		if t.Kind != kind {
			continue
		}
		if err := c.write(r, func(tx *sqldb.Tx) error {
			if err := t.Promise(tx); err != nil {
				return err
			}
			return trail.Append(tx, b.Actor, trail.Entry{Noun: "job", Record: tx.NewID(), Act: "ask", To: string(jobs.Waiting), Note: kind})
		}); err != nil {
			return err
		}
		return page.Done(w, r, "/admin/jobs?state=waiting", "jobs.asked", b.T("jobs.kind."+kind))
	}
	return errs.New(errs.NotFound, "jobs.none")
}

// change does something to the job that the address names, and leaves a line in
// the trail.
func (c *Counter) change(r *http.Request, act string, to jobs.State, f func(tx *sqldb.Tx, job id.ID) error) (kind string, err error) {
	b := page.From(r)
	if err := admit(b); err != nil {
		return "", err
	}
	d, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return "", errs.New(errs.NotFound, "jobs.none")
	}
	err = c.write(r, func(tx *sqldb.Tx) error {
		j, err := jobs.Get(tx, d)
		if err != nil {
			return err
		}
		kind = j.Kind
		if err := f(tx, d); err != nil {
			return err
		}
		return trail.Append(tx, b.Actor, trail.Entry{Noun: "job", Record: d, Act: act, From: string(j.State), To: string(to), Note: j.Kind})
	})
	return kind, err
}

func (c *Counter) again(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	kind, err := c.change(r, "again", jobs.Waiting, func(tx *sqldb.Tx, d id.ID) error { return c.Queue.Again(tx, d, b.Actor.Name) })
	if err != nil {
		return err
	}
	return page.Done(w, r, "/admin/jobs?state=waiting", "jobs.asked", kindWords(b, kind))
}

func (c *Counter) confirm(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("jobs.forget.title")
	if err := admit(b); err != nil {
		return err
	}
	d, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return errs.New(errs.NotFound, "jobs.none")
	}
	var j *jobs.Job
	if err := c.read(r, func(tx *sqldb.Tx) error {
		j, err = jobs.Get(tx, d)
		return err
	}); err != nil {
		return err
	}
	return confirmShown.Show(w, r, confirmOf(b, j))
}

func (c *Counter) forget(w http.ResponseWriter, r *http.Request) error {
	kind, err := c.change(r, "forget", "", c.Queue.Forget)
	if err != nil {
		return err
	}
	return page.Done(w, r, "/admin/jobs", "jobs.forgotten", kindWords(page.From(r), kind))
}

func (c *Counter) read(r *http.Request, f func(tx *sqldb.Tx) error) error {
	return c.DB.Read(r.Context(), f)
}

func (c *Counter) write(r *http.Request, f func(tx *sqldb.Tx) error) error {
	return c.DB.Write(context.WithoutCancel(r.Context()), f)
}

// kindWords are what a kind of job does, in words; one that this program does
// not know is called as it calls itself.
func kindWords(b page.Base, kind string) string { return wordsFor(b, "jobs.kind.", kind) }

func wordsFor(b page.Base, prefix, name string) string {
	if key := prefix + name; i18n.Has(key) {
		return b.T(key)
	}
	return name
}

// moment is an instant as people say it.
func moment(b page.Base, t time.Time) string {
	if t.IsZero() {
		return b.T("jobs.never")
	}
	return i18n.When(b.Lang, b.Now, t)
}
