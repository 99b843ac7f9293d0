// SPDX-License-Identifier: Apache-2.0

package open311

import (
	"strings"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/georeport"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/sqldb"
)

// updates lists what happened to the requests that everybody may read, the oldest
// first: the lines of their stories.
func (c *call) updates() error {
	v := c.r.URL.Query()
	numbers := v["service_request_id"]
	v.Del("service_request_id") // here it narrows, and does not override
	q, err := georeport.ParseQuery(v, c.s.DB.Now())
	if err != nil {
		return err
	}
	v["service_request_id"] = numbers
	named, err := georeport.ParseQuery(map[string][]string{"service_request_id": numbers}, c.s.DB.Now())
	if err != nil {
		return err
	}
	for i, n := range named.IDs {
		named.IDs[i] = strings.ToUpper(n)
	}
	after := id.ID(0)
	if q.After != "" {
		if after, err = id.Parse(q.After); err != nil {
			return errs.At("after", "open311.after")
		}
	}
	steps, err := c.s.Matters.PublicSteps(c.r.Context(), q.From, q.To, named.IDs, after, q.PageSize+1)
	if err != nil {
		return err
	}
	if len(steps) > q.PageSize {
		steps = steps[:q.PageSize]
		c.next(steps[len(steps)-1].ID.String())
	}
	list := make([]georeport.Update, len(steps))
	for i, p := range steps {
		list[i] = georeport.Update{ID: georeport.Word(p.ID.String()), RequestID: georeport.Word(p.Number), Status: georeport.Closed, Updated: stamp(p.At), Words: georeport.Word(p.Words)}
		if len(p.Photos) > 0 {
			list[i].MediaURL = georeport.Word(c.file(p.Photos[0]))
		}
		if matters.OpenAfter(p.Act) {
			list[i].Status = georeport.Open
		}
		if p.Words == "" {
			list[i].Words = georeport.Word(c.T("matter.did." + string(p.Act)))
		}
	}
	return c.send(georeport.List(c.f, georeport.UpdatesDoc, list))
}

// takeUpdate takes in what a unit's own system says of a matter that the unit has.
// The sender's own name for it makes sure that it is taken once.
func (c *call) takeUpdate() error {
	if !c.keyed() {
		return errs.New(errs.Denied, "open311.key.missing")
	}
	if err := c.caller.Needs(access.UpdatesWrite); err != nil {
		return err
	}
	p, err := georeport.ParseUpdate(c.r.Form)
	if err != nil {
		return err
	}
	r := matters.Report{Words: p.Words, Done: p.Status == georeport.Closed}
	if p.UpdateID != "" {
		r.Mark = "open311:" + c.caller.Key.ID.String() + ":" + p.UpdateID
	}
	if r.Files, err = c.uploads(); err != nil {
		return err
	}
	if c.test {
		return c.send(georeport.List(c.f, georeport.UpdatesDoc, []georeport.UpdateReceipt{{ID: "test"}}))
	}
	var line id.ID
	err = c.s.DB.Write(c.r.Context(), func(tx *sqldb.Tx) error {
		var fresh bool
		if line, fresh, err = c.s.Matters.TakeReportIn(tx, c.caller.Actor, strings.ToUpper(p.RequestID), r); err != nil || !fresh {
			return err
		}
		m, err := c.s.Matters.NumberedIn(tx, p.RequestID)
		if err != nil {
			return err
		}
		for _, address := range p.Media {
			if err := jobs.Enqueue(c.s.Jobs, tx, Fetch, Fetching{Matter: m, Line: line, URL: address}, jobs.Opts{MaxTries: 6}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return renamed(err)
	}
	return c.send(georeport.List(c.f, georeport.UpdatesDoc, []georeport.UpdateReceipt{{ID: georeport.Word(line.String())}}))
}

// renamed puts the standard's names in place of the form's.
func renamed(err error) error {
	for _, e := range errs.Public(err) {
		if e.Field == "words" {
			e.Field = "description"
		}
	}
	return err
}
