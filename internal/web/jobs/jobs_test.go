// SPDX-License-Identifier: Apache-2.0

package jobs_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/web/gallery/gallerytest"
	webjobs "yuanba/internal/web/jobs"
	"yuanba/internal/web/page"
)

func TestPages(t *testing.T) {
	t.Parallel()
	gallerytest.Check(t, "jobs/")
}

// A desk is a town with the counter of jobs, at which somebody stands.
type desk struct {
	*apptest.Town
	t   *testing.T
	mux *http.ServeMux
}

func newDesk(t *testing.T, w *apptest.Town) *desk {
	d := &desk{Town: w, t: t, mux: http.NewServeMux()}
	(&webjobs.Counter{DB: w.DB, Queue: w.Jobs, Tasks: []webjobs.Task{{Kind: "search.anew", Promise: func(tx *sqldb.Tx) error {
		return jobs.Enqueue(w.Jobs, tx, jobs.Kind[struct{}]("search.anew"), struct{}{}, jobs.Opts{Unique: "one"})
	}}}}).Routes(d.mux)
	return d
}

func (d *desk) do(by scope.Actor, method, path string, form url.Values) *httptest.ResponseRecorder {
	d.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	d.mux.ServeHTTP(w, page.As(r, page.Base{Actor: by, Now: d.DB.Now()}))
	return w
}

func (d *desk) sees(by scope.Actor, path string, want ...string) {
	d.t.Helper()
	w := d.do(by, http.MethodGet, path, nil)
	if w.Code != http.StatusOK {
		d.t.Fatalf("GET %s: %d", path, w.Code)
	}
	for _, s := range want {
		if !strings.Contains(w.Body.String(), s) {
			d.t.Errorf("GET %s has no %q", path, s)
		}
	}
}

func (d *desk) posts(by scope.Actor, path string, form url.Values, want int) {
	d.t.Helper()
	if w := d.do(by, http.MethodPost, path, form); w.Code != want {
		d.t.Errorf("POST %s: %d, want %d: %s", path, w.Code, want, w.Body)
	}
}

// only is the one job in a state.
func (d *desk) only(state jobs.State) *jobs.Job {
	d.t.Helper()
	var js []*jobs.Job
	if err := d.DB.Read(d.t.Context(), func(tx *sqldb.Tx) (err error) {
		js, err = jobs.List(tx, state, 0, 10)
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	if len(js) != 1 {
		d.t.Fatalf("%d jobs are %s, want 1", len(js), state)
	}
	return js[0]
}

func (d *desk) run() {
	d.t.Helper()
	if _, err := d.Jobs.RunDue(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
}

func TestAdministratorRunsAJobAgain(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		d, admin := newDesk(t, w), w.As("admin")
		broken := errors.New("the letter box is full")
		jobs.Handle(w.Jobs, jobs.Kind[struct{}]("test.letter"), func(context.Context, *jobs.Job, struct{}) error { return broken })
		if err := w.DB.Write(t.Context(), func(tx *sqldb.Tx) error {
			return jobs.Enqueue(w.Jobs, tx, jobs.Kind[struct{}]("test.letter"), struct{}{}, jobs.Opts{MaxTries: 1})
		}); err != nil {
			t.Fatal(err)
		}
		d.run()
		j := d.only(jobs.Failed)
		d.sees(admin, "/admin/jobs", "test.letter", "the letter box is full", "/admin/jobs/"+j.ID.String()+"/again")
		d.posts(w.As("zhao"), "/admin/jobs/"+j.ID.String()+"/again", nil, http.StatusForbidden)
		d.posts(admin, "/admin/jobs/"+j.ID.String()+"/again", nil, http.StatusSeeOther)
		if k := d.only(jobs.Waiting); k.ID != j.ID || k.AskedBy != admin.Name {
			t.Errorf("asked for again: %+v", k)
		}
		d.sees(admin, "/admin/jobs?state=waiting", admin.Name)
		broken = nil
		d.run()
		d.only(jobs.Done)
		d.posts(admin, "/admin/jobs/"+j.ID.String()+"/again", nil, http.StatusConflict)
		d.sees(admin, "/admin/jobs/"+j.ID.String()+"/forget", "test.letter")
		d.posts(w.As("wu"), "/admin/jobs/"+j.ID.String()+"/forget", nil, http.StatusForbidden)
		d.only(jobs.Done)
		d.posts(admin, "/admin/jobs/"+j.ID.String()+"/forget", nil, http.StatusSeeOther)
		d.posts(admin, "/admin/jobs/"+j.ID.String()+"/forget", nil, http.StatusNotFound)
		d.posts(admin, "/admin/jobs/nonsense/again", nil, http.StatusNotFound)
		d.told(j.ID, admin, "again", "forget")
	})
}

// told fails unless the trail tells these acts on the job, by this person.
func (d *desk) told(job id.ID, by scope.Actor, acts ...string) {
	d.t.Helper()
	var rows []trail.Row
	if err := d.DB.Read(d.t.Context(), func(tx *sqldb.Tx) (err error) {
		rows, err = trail.Story(tx, "job", job, 0, 10)
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	for i, r := range rows {
		if i >= len(acts) || r.Act != acts[i] || r.Account != by.Account {
			d.t.Errorf("the trail tells %+v", r)
		}
	}
	if len(rows) != len(acts) {
		d.t.Errorf("%d lines in the trail, want %d", len(rows), len(acts))
	}
}

func TestOnlyAdministratorsSeeJobs(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	d := newDesk(t, w)
	for _, path := range []string{"/admin/jobs", "/admin/jobs/timetable", "/admin/jobs/" + w.DB.NewID().String() + "/forget"} {
		for _, by := range []scope.Actor{{Kind: scope.Anonymous}, w.As("zhao"), w.As("sun"), w.Resident("周敏", "99999919940307002X", "19900000002").Actor()} {
			want := http.StatusForbidden
			if by.Kind == scope.Anonymous {
				want = http.StatusSeeOther // to the sign-in
			}
			if got := d.do(by, http.MethodGet, path, nil).Code; got != want {
				t.Errorf("%s for %s: %d", path, by.Name, got)
			}
		}
	}
	d.posts(w.As("zhao"), "/admin/jobs", url.Values{"kind": {"search.anew"}}, http.StatusForbidden)
}

func TestAdministratorAsksForATask(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	d, admin := newDesk(t, w), w.As("admin")
	d.run() // writes the lines of the timetable down
	d.sees(admin, "/admin/jobs/timetable", "封存留痕", "重建搜索索引", "还没做过")
	d.posts(admin, "/admin/jobs", url.Values{"kind": {"rm.rf"}}, http.StatusNotFound)
	d.posts(admin, "/admin/jobs", url.Values{"kind": {"search.anew"}}, http.StatusSeeOther)
	d.posts(admin, "/admin/jobs", url.Values{"kind": {"search.anew"}}, http.StatusSeeOther)
	if j := d.only(jobs.Waiting); j.Kind != "search.anew" {
		t.Errorf("%+v", j)
	}
	d.run()
	d.only(jobs.Done)
}
