// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Published is what everybody may read of a matter, for other programs: the
// words of the story's last public line stand for all of it. The very spot is not
// in it, nor who raised it.
type Published struct {
	Card
	Body      string
	Promised  time.Time
	Said      Step // the last line of its story that everybody may read; zero if there is none
	Photos    []File
	ChangedAt time.Time // when that line was written, or the matter raised
}

// Status is open until nothing is left to be done.
func (p Published) Open() bool { return p.State.Open() }

// A PublishedFilter says which of what everybody may read is asked for.
type PublishedFilter struct {
	Numbers    []string // if there are any, nothing else counts
	Categories []string
	Open       *bool
	From, To   time.Time     // raised in [From, To)
	In         []scope.Scope // in one of these places
	After      Cursor        // older ones: the next page
	Skip, Most int
}

// A Cursor is where a list goes on: the last matter of the page before.
type Cursor struct {
	RaisedAt time.Time
	ID       ID
}

// Published returns what everybody may read, newest first, at most so many; more
// says that there are others. Nobody is asked who they are.
func (s *Service) Published(ctx context.Context, f PublishedFilter) (ps []Published, more bool, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		var w sqldb.Where
		s.publish(&w, f)
		if ps, err = s.published(tx, w, f.Skip, f.Most+1); err != nil {
			return err
		}
		if more = len(ps) > f.Most; more {
			ps = ps[:f.Most]
		}
		return s.tellAll(tx, ps)
	})
	return ps, more, err
}

// CountPublished counts what Published would return page after page, at most to
// most.
func (s *Service) CountPublished(ctx context.Context, f PublishedFilter, most int) (n int, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		var w sqldb.Where
		f.After = Cursor{}
		s.publish(&w, f)
		n, err = countPublished(tx, w, most)
		return err
	})
	return n, err
}

// scanned is how many lines of stories are looked through for what has changed.
const scanned = 2000

// Changed returns what everybody may read and has changed in [from, to), what
// changed first on top, at most so many: who asks again from the last ChangedAt
// misses nothing. Of the filter the Categories, Open and In count, and From and To.
func (s *Service) Changed(ctx context.Context, f PublishedFilter, from, to time.Time) (ps []Published, err error) {
	if to.IsZero() {
		to = s.db.Now().Add(time.Minute)
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		last, until, err := changes(tx, id.First(from), id.First(to))
		if err != nil || len(last) == 0 {
			return err
		}
		var w sqldb.Where
		s.publish(&w, f)
		sqldb.In(&w, "m.id", slices.Sorted(maps.Keys(last))...)
		if ps, err = s.published(tx, w, 0, len(last)); err != nil {
			return err
		}
		for i, p := range ps {
			ps[i].ChangedAt = last[p.ID]
		}
		ps = slices.DeleteFunc(ps, func(p Published) bool { return p.ChangedAt.After(until) })
		slices.SortFunc(ps, func(a, b Published) int {
			return cmp.Or(a.ChangedAt.Compare(b.ChangedAt), cmp.Compare(a.ID, b.ID))
		})
		ps = ps[:min(len(ps), f.Most)]
		return s.tellAll(tx, ps)
	})
	return ps, err
}

// publish adds the conditions of the filter. What everybody may read is all that
// any of it can be. The conditions on columns that have indexes of their own are
// written so that those are not used: the list is walked by when matters were
// raised, and stops after a page.
func (s *Service) publish(w *sqldb.Where, f PublishedFilter) {
	w.Add("public AND NOT hidden")
	if len(f.Numbers) > 0 {
		sqldb.In(w, "number", f.Numbers...)
		return
	}
	if !f.From.IsZero() {
		w.Add("raised_at >= ?", sqldb.At(f.From))
	}
	if !f.To.IsZero() {
		w.Add("raised_at < ?", sqldb.At(f.To))
	}
	if len(f.Categories) > 0 {
		sqldb.In(w, "category || ''", f.Categories...)
	}
	if f.Open != nil {
		if *f.Open {
			w.Add("closed_at IS NULL")
		} else {
			w.Add("closed_at IS NOT NULL")
		}
	}
	if f.In != nil {
		inPlaces(w, f.In)
	}
	if f.After.ID != 0 {
		w.Add("(raised_at, id) < (?, ?)", sqldb.At(f.After.RaisedAt), f.After.ID)
	}
}

// tellAll adds to matters the last line of their story and their photos.
func (s *Service) tellAll(tx *sqldb.Tx, ps []Published) error {
	if len(ps) == 0 {
		return nil
	}
	at := make(map[ID]int, len(ps))
	ids := make([]ID, len(ps))
	for i, p := range ps {
		at[p.ID], ids[i] = i, p.ID
		if p.ChangedAt.IsZero() {
			ps[i].ChangedAt = p.RaisedAt
		}
	}
	said, err := lastSaid(tx, ids)
	if err != nil {
		return err
	}
	for _, p := range said {
		x := &ps[at[p.Matter]]
		x.Said = openStep(p)
		if p.At.After(x.ChangedAt) {
			x.ChangedAt = p.At
		}
	}
	photos, err := openPhotos(tx, ids)
	if err != nil {
		return err
	}
	for _, f := range photos {
		x := &ps[at[f.Matter]]
		x.Photos = append(x.Photos, f)
	}
	return nil
}

// openStep is a public line as everybody may read it.
func openStep(p Step) Step {
	if p.Hidden {
		p.Words = ""
	}
	p.Account, p.Actor, p.Detail = 0, "", ""
	return p
}

// A PublicStep is one line of a matter's story that everybody may read.
type PublicStep struct {
	Step
	Number string
	Photos []File // that came with it and that everybody may see
}

// PublicSteps returns the lines of stories that everybody may read and that were
// written in [from, to), after the line after if that is not 0, the oldest first,
// at most so many; of the matters with the numbers if there are any. What was
// imported is no news.
func (s *Service) PublicSteps(ctx context.Context, from, to time.Time, numbers []string, after id.ID, most int) (ps []PublicStep, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		if ps, err = publicSteps(tx, max(id.First(from), after+1), id.First(to), numbers, most); err != nil {
			return err
		}
		at := make(map[id.ID]int, len(ps))
		var ids []id.ID
		var matters []ID
		for i, p := range ps {
			ps[i].Step = openStep(p.Step)
			if !p.Hidden {
				at[p.ID] = i
				ids, matters = append(ids, p.ID), append(matters, p.Matter)
			}
		}
		for some := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(matters))), atOnce) {
			photos, err := photosWith(tx, some, ids)
			if err != nil {
				return err
			}
			for _, f := range photos {
				if i, ok := at[f.Step]; ok {
					ps[i].Photos = append(ps[i].Photos, f)
				}
			}
		}
		return nil
	})
	return ps, err
}

// OpenAfter reports whether something is left to be done after an act of this
// kind.
func OpenAfter(act Act) bool {
	switch act {
	case Close, Decline, Join, Withdraw, Settle, Rate, Forget:
		return false
	}
	return true
}
