// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"yuanba/internal/app"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A clock is the time of a town that is being filled: a year passes in minutes.
type clock struct{ ms atomic.Int64 }

func (c *clock) now() time.Time  { return time.UnixMilli(c.ms.Load()) }
func (c *clock) set(t time.Time) { c.ms.Store(t.UnixMilli()) }

// filler fills a town with matters as they are after a year: one in a hundred is
// still waiting to be accepted, all others are closed.
type filler struct {
	*app.App
	clock    *clock
	rnd      *rand.Rand
	grids    []places.Place
	bodies   []string
	progress func(string, int, int)
}

const (
	fillBatch = 500 // matters of one transaction
	openOf    = 100 // one in so many is still open
)

// fill goes on from have matters to want.
func (f *filler) fill(ctx context.Context, have, want int) error {
	f.grids = f.Places.Tree().All(places.Grid)
	f.bodies, _ = written()
	f.rnd = rand.New(rand.NewPCG(uint64(have), 0xf111))
	from := f.clock.now()
	pace := time.Since(from) / time.Duration(want-have+1)
	for n := have; n < want; {
		end := min(want, n+fillBatch)
		f.clock.set(from.Add(pace * time.Duration(n-have)))
		seed := f.rnd.Uint64()
		err := f.DB.Write(ctx, func(tx *sqldb.Tx) error {
			rnd := rand.New(rand.NewPCG(seed, 1))
			for i := n; i < end; i++ {
				if err := f.put(tx, rnd, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		n = end
		f.progress("matters", n-have, want-have)
	}
	f.clock.set(time.Now())
	return f.settle(ctx)
}

// filling is who fills.
var filling = scope.Program("bench")

func (f *filler) put(tx *sqldb.Tx, rnd *rand.Rand, n int) error {
	at, now := f.grids[rnd.IntN(len(f.grids))], tx.Now()
	in := matters.Past{
		Raising: matters.Raising{
			Body:     fmt.Sprintf("%s（第 %d 件，%s）", f.bodies[rnd.IntN(len(f.bodies))], n, at.Name.ZH),
			Category: category, Answers: map[string]string{"what": "none"}, Place: at.ID, PlaceWords: fmt.Sprintf("%d 栋旁边", 1+rnd.IntN(40)),
			Public: rnd.IntN(4) > 0, RaisedAt: now,
		},
		Result: "已派人到现场处理，问题解决。", Solved: matters.Yes, Satisfied: 1 + rnd.IntN(5),
	}
	if rnd.IntN(3) == 0 {
		in.Category, in.Answers = "", nil
	}
	if rnd.IntN(2) == 0 {
		in.Contact = people.ContactInput{Name: "王小明", Phone: fmt.Sprintf("139%08d", rnd.IntN(100_000_000))}
	}
	if n%openOf == 0 {
		in.RaisedAt = time.Now().Add(-time.Duration(rnd.IntN(int(36 * time.Hour))))
		if rnd.IntN(2) == 0 { // the very spot was touched on a map
			in.At = &matters.Point{Lon: at.Point.Lon() + (rnd.Float64()-.5)*.01, Lat: at.Point.Lat() + (rnd.Float64()-.5)*.01}
		}
		_, err := f.Matters.RaiseIn(tx, filling, in.Raising)
		return err
	}
	in.ClosedAt = now.Add(time.Duration(1+rnd.IntN(90)) * time.Hour)
	in.Lead = f.lead(at.Path)
	_, err := f.Matters.TakePast(tx, filling, in)
	return err
}

func (f *filler) lead(at scope.Path) id.ID {
	u, _ := f.Orgs.Directory().Responsible(category, at)
	return u.ID
}

// settle does what a running town would have done meanwhile: the search index
// and the sealing of the trail.
func (f *filler) settle(ctx context.Context) error {
	lag, err := f.Indexer.Lag(ctx)
	if err != nil {
		return err
	}
	for left := int(lag); left > 0; {
		n, err := f.Indexer.Step(ctx, 4000)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
		left -= n
		f.progress("search index", int(lag)-left, int(lag))
	}
	if err := f.CatchUp(ctx); err != nil {
		return err
	}
	for {
		n, err := f.Sealer.Seal(ctx)
		if err != nil || n == 0 {
			return err
		}
		f.progress("sealing", 0, 1)
	}
}

// yearAgo is when a town that is filled begins.
func yearAgo() time.Time { return time.Now().In(i18n.Zone).AddDate(-1, 0, 0) }
