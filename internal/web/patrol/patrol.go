// SPDX-License-Identifier: Apache-2.0

// Package patrol is the counter of the grids: the duty list and its admission, the two
// rounds of the day as their workers walk them, what was covered and what was missed.
package patrol

import (
	"context"
	"embed"
	"net/http"
	"strconv"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sheet"
	"yuanba/internal/web/page"
)

//go:embed *.html
var files embed.FS

// A Counter serves the pages.
type Counter struct {
	Patrol    *patrol.Service
	Matters   *matters.Service
	Places    *places.Service
	Orgs      *orgs.Service
	People    *people.Service
	Blobs     *blob.Keeper
	MaxUpload int64  // of a form with photos
	Address   string // of this site as others reach it, for the codes at points
	Names     func(ctx context.Context, account id.ID) (string, error)
	AtHome    func(ctx context.Context, lang i18n.Lang) ([]page.Option, error) // the services that can be had at home, by their codes
}

// Routes adds the pages to mux.
func (c *Counter) Routes(mux *http.ServeMux) {
	upload := func(path string, h page.Handler) {
		mux.Handle("POST "+path, page.Long(2*time.Minute, page.AllowBody(c.MaxUpload, h)))
	}
	mux.Handle("GET /patrol", page.Handler(c.home))
	mux.Handle("POST /patrol/begin", page.Handler(c.begin))
	mux.Handle("GET /patrol/coverage", page.Handler(c.coverage))
	mux.Handle("GET /patrol/burden", page.Handler(c.burden))
	mux.Handle("GET /patrol/appraisal", page.Handler(c.appraisal))
	mux.Handle("GET /patrol/formula", page.Handler(c.formula))
	mux.Handle("POST /patrol/formula", page.Handler(c.revise))
	mux.Handle("GET /patrol/hours", page.Handler(c.hours))
	mux.Handle("POST /patrol/hours", page.Handler(c.setHours))
	mux.Handle("POST /patrol/merges", page.Handler(c.merge))
	mux.Handle("POST /patrol/merges/{id}/undo", page.Handler(c.unmerge))
	mux.Handle("GET /patrol/grids/{id}/appraisal", page.Handler(c.gridAppraisal))
	mux.Handle("POST /patrol/grids/{id}/appeal", page.Handler(c.appeal))
	mux.Handle("POST /patrol/appeals/{id}/grant", page.Handler(c.grant))
	mux.Handle("POST /patrol/appeals/{id}/dismiss", page.Handler(c.dismiss))
	mux.Handle("GET /patrol/mine", page.Handler(c.mine))
	mux.Handle("GET /patrol/grids/{id}", page.Handler(c.grid))
	mux.Handle("GET /patrol/grids/{id}/rounds/{slot}", page.Handler(c.roundOf))
	mux.Handle("POST /patrol/grids/{id}/points", page.Handler(c.addPoint))
	mux.Handle("POST /patrol/grids/{id}/handover", page.Handler(c.handOver))
	mux.Handle("POST /patrol/grids/{id}/visits", page.Handler(c.agree))
	mux.Handle("POST /patrol/handovers/{id}/take", page.Handler(c.takeOver))
	mux.Handle("GET /patrol/points", page.Handler(c.points))
	mux.Handle("POST /patrol/points", page.Long(2*time.Minute, page.AllowBody(mostPointsFile+(1<<16), page.Handler(c.takePoints))))
	mux.Handle("GET /patrol/points/{id}", page.Handler(c.point))
	mux.Handle("GET /patrol/points/{id}/code", page.Handler(c.code))
	upload("/patrol/points/{id}/enter", c.enterPoint)
	mux.Handle("GET /patrol/points/{id}/rename", page.Handler(c.renaming))
	mux.Handle("POST /patrol/points/{id}/rename", page.Handler(c.rename))
	mux.Handle("POST /patrol/points/{id}/end", page.Handler(c.endPoint))
	mux.Handle("GET /patrol/visits/{id}", page.Handler(c.visit))
	upload("/patrol/visits/{id}/enter", c.enterVisit)
	mux.Handle("POST /patrol/visits/{id}/look", page.Handler(c.look))
	mux.Handle("POST /patrol/visits/{id}/end", page.Handler(c.endVisit))
	mux.Handle("GET /patrol/files/{name}/{token}", page.Handler(c.file))
	mux.Handle("GET /patrol/duties", page.Handler(c.duties))
	mux.Handle("GET /patrol/duties/new", page.Handler(c.newDuty))
	mux.Handle("POST /patrol/duties", page.Handler(c.propose))
	mux.Handle("GET /patrol/duties/{id}", page.Handler(c.duty))
	mux.Handle("GET /patrol/duties/{id}/answers", c.answers(false))
	mux.Handle("POST /patrol/duties/{id}/answers/look", c.answers(true))
	for _, f := range []sheet.Format{sheet.XLSX, sheet.CSV} {
		mux.Handle("GET /patrol/duties/{id}/answers."+string(f), page.Limit(0.5, 20, page.Long(time.Minute, c.answersFile(f))))
	}
	mux.Handle("POST /patrol/duties/{id}/admit", page.Handler(c.admit))
	mux.Handle("POST /patrol/duties/{id}/admit_until", page.Handler(c.admitUntil))
	mux.Handle("POST /patrol/duties/{id}/refuse", page.Handler(c.refuse))
	mux.Handle("POST /patrol/duties/{id}/withdraw", page.Handler(c.withdraw))
	mux.Handle("POST /patrol/duties/{id}/end", page.Handler(c.end))
	mux.Handle("POST /patrol/duties/{id}/give", page.Handler(c.give))
	mux.Handle("POST /patrol/givings/{id}/back", page.Handler(c.takeBack))
}

// record is the number in the address; missing says what there is none of.
func record(r *http.Request, missing string) (id.ID, error) {
	d, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return 0, errs.New(errs.NotFound, missing)
	}
	return d, nil
}

// slotIn reads the number of a slot in an address.
func slotIn(s string) (patrol.Slot, error) {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || n < 0 {
		return 0, errs.New(errs.NotFound, "patrol.round.none")
	}
	return patrol.Slot(n), nil
}

// file serves a photo of an entry to who sees the rounds of its grid.
func (c *Counter) file(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	n, err := c.Blobs.Allowed(r.PathValue("name"), "", r.PathValue("token"), b.Now)
	if err != nil {
		return err
	}
	f, err := c.Patrol.ReadFile(r.Context(), b.Actor, string(n.Hash()))
	if err != nil {
		return err
	}
	return c.Blobs.Serve(w, r, n, blob.Type(f.Type), blob.Disposition{Name: "yuanba"})
}

// filesOf are the photos and recordings of an entry.
func (c *Counter) filesOf(b page.Base, e patrol.Entry) (fs []page.File) {
	if c.Blobs == nil {
		return nil
	}
	for _, f := range e.Files {
		h := blob.Hash(f.Hash)
		x := page.File{Href: "/patrol/files/" + c.Blobs.Address(h.File(), "", b.Now, time.Hour), Name: b.T("patrol.photo"), Sound: blob.Type(f.Type).Kind() == blob.Sound}
		if blob.Type(f.Type).Kind() == blob.Photo {
			x.Thumb = "/patrol/files/" + c.Blobs.Address(h.Small(), "", b.Now, time.Hour)
		}
		fs = append(fs, x)
	}
	return fs
}
