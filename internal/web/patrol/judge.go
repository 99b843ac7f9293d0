// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"context"
	"net/http"

	"yuanba/internal/domain/patrol"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// judge decides an appeal.
func (c *Counter) judge(w http.ResponseWriter, r *http.Request, do func(context.Context, scope.Actor, id.ID, string) error) error {
	d, err := record(r, "patrol.appeal.gone")
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	words := f.Text("words", patrol.MaxWhat)
	if err := f.Err(); err != nil {
		return err
	}
	if err := do(r.Context(), page.Actor(r), d, words); err != nil {
		return err
	}
	return page.Done(w, r, "/patrol/appraisal", "patrol.done.judge")
}
