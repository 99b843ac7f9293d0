// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"slices"
	"sync"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/search"
	"yuanba/internal/kit/sqldb"
)

// index is the search of the database, in which matters are one noun.
var index = search.Index{}

// An Indexer makes what happens to matters findable. It follows the trail, so
// that nothing that was acknowledged is left out, whatever happens in between,
// and no raising waits for the index.
type Indexer struct {
	s        *Service
	follower trail.Follower
	belongs  bool // what is in the index is of this town, as it is now
	mu       sync.Mutex
}

// NewIndexer returns the indexer of the town's matters. One is enough; several
// processes may each have one, and each row is then done by one of them.
func (s *Service) NewIndexer() *Indexer {
	return &Indexer{s: s, follower: trail.Follower{Name: "matter.search", Beside: true}}
}

// Step indexes what at most the given number of rows of the trail tell of, and
// reports how many rows it has done: 0 when there is nothing left.
func (x *Indexer) Step(ctx context.Context, rows int) (int, error) {
	if err := x.check(ctx); err != nil {
		return 0, err
	}
	b, err := x.follower.Next(ctx, x.s.db, rows)
	if err != nil || b.Empty() {
		return 0, err
	}
	moved := make([]ID, 0, len(b.Rows))
	seen := make(map[ID]int, len(b.Rows)) // where in moved, from 1 on
	only := make([]bool, 0, len(b.Rows))  // raised, and nothing else
	for _, r := range b.Rows {
		switch at := seen[r.Record]; {
		case r.Noun != "matter":
		case at == 0:
			moved, only = append(moved, r.Record), append(only, Act(r.Act) == raised)
			seen[r.Record] = len(moved)
		default:
			only[at-1] = false
		}
	}
	docs := make([]search.Doc, 0, len(moved))
	read := moved[:0]
	for i, d := range moved {
		m := x.s.toIndex.take(d)
		if m == nil || !only[i] {
			read = append(read, d)
			continue
		}
		docs = append(docs, m.doc())
	}
	// Read before the transaction that writes, so that nobody waits for it: what
	// changes in between has a later row, and is done again with that.
	if len(read) > 0 {
		err = x.s.db.Read(ctx, func(tx *sqldb.Tx) error {
			more, err := x.s.docs(tx, read)
			docs = append(docs, more...)
			return err
		})
	}
	if err != nil {
		return 0, err
	}
	ready := search.Prepare(docs...)
	err = x.s.db.Beside().Write(ctx, func(tx *sqldb.Tx) error {
		if err := x.follower.Done(tx, b); err != nil {
			return err
		}
		return index.PutPrepared(tx, ready)
	})
	return max(1, len(b.Rows)), err
}

// Lag is how many rows of the trail are not yet indexed, at the most.
func (x *Indexer) Lag(ctx context.Context) (int64, error) { return x.follower.Lag(ctx, x.s.db) }

// check makes the index anew, once after the start, if it is not of this town as
// it is: the index lies beside the database, and somebody may have put back an
// older state of that.
func (x *Indexer) check(ctx context.Context) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.belongs {
		return nil
	}
	ok, err := x.follower.Belongs(ctx, x.s.db)
	if err == nil && !ok {
		err = x.Anew(ctx)
	}
	x.belongs = err == nil
	return err
}

// Anew forgets the index, so that the next steps make it from the beginning.
func (x *Indexer) Anew(ctx context.Context) error {
	return x.s.db.Beside().Write(ctx, func(tx *sqldb.Tx) error {
		if err := index.Clear(tx); err != nil {
			return err
		}
		return x.follower.Restart(tx)
	})
}

// The tags by which searches are limited.
func tagPlace(d id.ID) string { return "place:" + d.String() }
func tagUnit(d id.ID) string  { return "unit:" + d.String() }

func tagReach(r string) string { return "reach:" + r }

const tagPublic = "public"

func (s *Service) docs(tx *sqldb.Tx, ids []ID) ([]search.Doc, error) {
	docs := make([]search.Doc, 0, len(ids))
	for some := range slices.Chunk(ids, docsAtOnce) {
		ms, err := s.findable(tx, some)
		if err != nil {
			return nil, err
		}
		if err := s.addReaches(tx, ms); err != nil {
			return nil, err
		}
		for _, m := range ms {
			docs = append(docs, m.doc())
		}
	}
	return docs, nil
}

// doc is what is to be found of a matter.
func (m Matter) doc() search.Doc {
	d := search.Doc{Noun: "matter", ID: m.ID, Title: m.Title, Body: m.Body + "\n" + m.PlaceWords + "\n" + m.Result, Exact: []string{m.Number}, At: m.RaisedAt}
	for _, p := range m.Path[scope.Town:] {
		if p != 0 {
			d.Tags = append(d.Tags, tagPlace(p))
		}
	}
	if m.Category != "" {
		d.Tags = append(d.Tags, "category:"+m.Category)
	}
	if m.Lead != 0 {
		d.Tags = append(d.Tags, tagUnit(m.Lead))
	}
	if m.VisibleToAll() {
		d.Tags = append(d.Tags, tagPublic)
	}
	for _, r := range m.reach {
		d.Tags = append(d.Tags, tagReach(r))
	}
	return d
}

// addReaches adds to each of the matters the telephones that were left with it, by
// its reporter and by those who support it.
func (s *Service) addReaches(tx *sqldb.Tx, ms []Matter) error {
	contacts, err := contactsOfAll(tx, ms)
	if err != nil || len(contacts) == 0 {
		return err
	}
	var all []id.ID
	for _, cs := range contacts {
		all = append(all, cs...)
	}
	words, err := s.people.Reaches(tx, all)
	for i := range ms {
		for _, c := range contacts[ms[i].ID] {
			if r := words[c]; r != "" {
				ms[i].reach = append(ms[i].reach, r)
			}
		}
	}
	return err
}

// mostLeft bounds what LeftWith counts. A telephone is shared by a family, not by a
// village.
const mostLeft = 20

// LeftWith is how many matters somebody without account left this telephone with,
// their own or one that they support; of more than twenty, twenty. It is for who serves at a desk
// (else Denied), and may be two seconds behind. What is no telephone is Invalid
// beside "phone". That somebody searched is told to the trail by [people.Service.Find].
func (s *Service) LeftWith(ctx context.Context, by scope.Actor, phone string) (n int, err error) {
	reach, err := s.people.ReachOf(phone)
	if err != nil {
		return 0, err
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		if by.Kind != scope.Staff || len(by.Scopes(access.Desk, tx.Now())) == 0 {
			return errs.New(errs.Denied, scope.DeniedNeed)
		}
		if reach == "" {
			return nil
		}
		hits, _, err := s.hits(tx, search.Query{Noun: "matter", Tags: []string{tagReach(reach)}, Newest: true, Limit: mostLeft})
		n = len(hits)
		return err
	})
	return n, err
}

// narrowed is how many hits a search looks through for those that the filter's
// state and time leave.
const narrowed = 400

// Search returns the matters that hold the words, the best first, within what
// the actor may see and the filter asks for. The index may be two seconds
// behind; a number is found from its beginning on.
func (s *Service) Search(ctx context.Context, by scope.Actor, words string, f Filter) (p Page, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		q := search.Query{Noun: "matter", Text: words, Limit: f.most() + 1}
		s.tag(&q, by, f, tx.Now())
		ps, _ := s.sight(by, f, tx.Now())
		if ps.Limited() || len(f.States) > 0 || f.Open || f.Late || f.Urgent || f.Rule != 0 || f.Channel != "" || !f.From.IsZero() || !f.To.IsZero() {
			q.Limit = narrowed
		}
		hits, more, err := s.hits(tx, q)
		if err != nil {
			return err
		}
		ids := make([]ID, len(hits))
		for i, h := range hits {
			ids[i] = h.ID
		}
		if ids, err = s.sieve(tx, by, ids, f); err != nil {
			return err
		}
		if len(ids) > f.most() {
			ids, more = ids[:f.most()], true
		}
		p.More = more
		p.Cards, err = s.cardsByID(tx, ids)
		return err
	})
	return p, err
}

// hits asks the index, which lies beside the database; tx is a transaction of
// that.
func (s *Service) hits(tx *sqldb.Tx, q search.Query) (hits []search.Hit, more bool, err error) {
	if !s.db.Apart() {
		return index.Find(tx, q)
	}
	err = s.db.Beside().Read(tx.Context(), func(tx *sqldb.Tx) error {
		hits, more, err = index.Find(tx, q)
		return err
	})
	return hits, more, err
}

// tag limits a query as limit does a list.
func (s *Service) tag(q *search.Query, by scope.Actor, f Filter, now time.Time) {
	ps, ok := s.sight(by, f, now)
	switch ss := ps.Scopes(); {
	case !ok:
		q.Tags = append(q.Tags, tagPublic)
	case ss.Whole(), f.Unit != 0: // the unit's tag is narrow enough
	default:
		var places []string
		for _, x := range ss {
			places = append(places, tagPlace(x.ID))
		}
		q.AnyTags = append(q.AnyTags, places)
	}
	if f.Public {
		q.Tags = append(q.Tags, tagPublic)
	}
	if f.Place.Level != scope.City {
		q.Tags = append(q.Tags, tagPlace(f.Place.ID))
	}
	if f.Unit != 0 {
		q.Tags = append(q.Tags, tagUnit(f.Unit))
	}
	if f.Category != "" {
		q.Tags = append(q.Tags, "category:"+f.Category)
	}
}

// sieve keeps those of the IDs that the actor may see and the filter leaves, in
// their order. The index is a moment behind: what was hidden just now, or went to
// another place, is still found by it.
func (s *Service) sieve(tx *sqldb.Tx, by scope.Actor, ids []ID, f Filter) ([]ID, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	f.Before = 0
	left, err := s.leaves(tx, by, ids, f)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(ids, func(d ID) bool { return !slices.Contains(left, d) }), nil
}
