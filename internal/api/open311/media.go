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
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/outside"
	"yuanba/internal/kit/scope"
)

// Fetch is the kind of jobs that get a photo whose address was sent with a request.
const Fetch jobs.Kind[Fetching] = "open311.fetch"

// A Fetching says what is to be got for which matter.
type Fetching struct {
	Matter matters.ID `json:"matter"`
	Line   id.ID      `json:"line,omitempty"` // of the story; 0: what came with the raising
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

// Get fetches a photo, finds out from its bytes what it is, and keeps it without what
// tells who made it, and where. What would fail however often it is tried is an error
// of [jobs.Cancel].
func (f *Fetcher) Get(ctx context.Context, address string) (file matters.NewFile, err error) {
	if _, err := outside.CheckURL("media_url", address); err != nil {
		return file, jobs.Cancel(err)
	}
	body, err := outside.Get(ctx, f.Client, address, maxFetched)
	switch {
	case errors.Is(err, outside.ErrInside):
		return file, jobs.Cancel(err)
	case err != nil:
		return file, fmt.Errorf("fetch: %w", err)
	}
	b, err := f.Blobs.Take(ctx, bytes.NewReader(body), blob.Default())
	if errs.KindOf(err) == errs.Invalid {
		return file, jobs.Cancel(err)
	}
	if err != nil {
		return file, err
	}
	return newFile(b), nil
}

// Fetch gets a photo and puts it to the matter. An address that is not public, and
// what is no photo or document that the town takes, is not tried again.
func (f *Fetcher) Fetch(ctx context.Context, _ *jobs.Job, in Fetching) error {
	file, err := f.Get(ctx, in.URL)
	if err != nil {
		return err
	}
	err = f.Matters.Attach(ctx, scope.Program("open311"), in.Matter, in.Line, file)
	if errs.KindOf(err) == errs.NotFound {
		return jobs.Cancel(err)
	}
	return err
}
