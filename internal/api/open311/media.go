// SPDX-License-Identifier: Apache-2.0

package open311

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/outside"
	"yuanba/internal/kit/scope"
)

// Fetch is the kind of jobs that get a photo whose address was sent with a request.
const Fetch jobs.Kind[Fetching] = "open311.fetch"

// A Fetching says what is to be got for which matter.
type Fetching struct {
	Matter matters.ID `json:"matter"`
	URL    string     `json:"url"`
}

// maxFetched is the most bytes of what is fetched.
const maxFetched = 20 << 20

// A Fetcher gets what requests name.
type Fetcher struct {
	Matters *matters.Service
	Blobs   *blob.Keeper
	Client  *http.Client // guarded: see package outside
}

// Fetch gets a photo and puts it to the matter. An address that is not public, and
// what is no photo or document that the town takes, is not tried again.
func (f *Fetcher) Fetch(ctx context.Context, _ *jobs.Job, in Fetching) error {
	if _, err := outside.CheckURL("media_url", in.URL); err != nil {
		return jobs.Cancel(err)
	}
	body, err := outside.Get(ctx, f.Client, in.URL, maxFetched)
	switch {
	case errors.Is(err, outside.ErrInside):
		return jobs.Cancel(err)
	case err != nil:
		return fmt.Errorf("fetch: %w", err)
	}
	b, err := f.Blobs.Take(ctx, bytes.NewReader(body), blob.Default())
	if err != nil {
		if errs.KindOf(err) == errs.Invalid {
			return jobs.Cancel(err)
		}
		return err
	}
	err = f.Matters.Attach(ctx, scope.Program("open311"), in.Matter, newFile(b))
	if errs.KindOf(err) == errs.NotFound {
		return jobs.Cancel(err)
	}
	return err
}
