// SPDX-License-Identifier: Apache-2.0

package questions

import (
	"context"
	"sync"
	"time"
	"unicode/utf8"

	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/retrieve"
	"yuanba/internal/kit/sqldb"
)

// A Hit is an answer that is near to a question.
type Hit struct {
	Answer  Answer
	Share   float64 // how much of the question's words are in it, by their weight: 0 to 1
	Excerpt string  // of its text, where the words stand
	Force   Force
}

// shelf is what is found in: an index in memory, which follows the database.
type shelf struct {
	mu      sync.Mutex
	version int64
	index   *retrieve.Index
	places  []id.ID // of each text of the index: a long answer is several
	making  bool
}

const (
	// atOnce is how many texts are read anew while somebody waits; with more the search
	// goes on in what it has, and the new is there a moment later.
	atOnce = 400
	// passage is how many letters of a long text are found as one.
	passage = 900
)

// texts are what an answer is found by: one, or one for each passage.
func (a Answer) texts() []retrieve.Text {
	rs := []rune(a.Body)
	t := retrieve.Text{Title: a.Title, Asked: a.Asked, Body: a.Body}
	if len(rs) <= passage*3/2 {
		return []retrieve.Text{t}
	}
	var out []retrieve.Text
	for len(rs) > 0 {
		n := min(passage, len(rs))
		for i := n; i < min(len(rs), passage*3/2); i++ { // to the end of a sentence
			if r := rs[i-1]; r == '。' || r == '\n' || r == '.' || r == '；' {
				n = i
				break
			}
		}
		p := t
		p.Body = string(rs[:n])
		out, rs = append(out, p), rs[n:]
	}
	return out
}

// current is the index as it is to be used now.
func (s *Service) current(ctx context.Context) (*retrieve.Index, []id.ID, error) {
	var version int64
	if err := s.DB.Read(ctx, func(tx *sqldb.Tx) (err error) {
		version, err = shelfVersion(tx)
		return err
	}); err != nil {
		return nil, nil, err
	}
	s.shelf.mu.Lock()
	have, index, places, making := s.shelf.version, s.shelf.index, s.shelf.places, s.shelf.making
	s.shelf.mu.Unlock()
	switch {
	case index != nil && have == version:
		return index, places, nil
	case index == nil || index.Len() <= atOnce:
		if err := s.Refresh(ctx); err != nil {
			return nil, nil, err
		}
		s.shelf.mu.Lock()
		defer s.shelf.mu.Unlock()
		return s.shelf.index, s.shelf.places, nil
	case !making:
		s.shelf.mu.Lock()
		s.shelf.making = true
		s.shelf.mu.Unlock()
		go func() {
			if err := s.Refresh(context.WithoutCancel(ctx)); err != nil {
				s.Log.Warn("answers are not read anew", "err", err)
			}
			s.shelf.mu.Lock()
			s.shelf.making = false
			s.shelf.mu.Unlock()
		}()
	}
	return index, places, nil
}

// Refresh reads anew what is found in.
func (s *Service) Refresh(ctx context.Context) error {
	var version int64
	var texts []retrieve.Text
	var places []id.ID
	err := s.DB.Read(ctx, func(tx *sqldb.Tx) (err error) {
		texts, places = nil, nil
		if version, err = shelfVersion(tx); err != nil {
			return err
		}
		return eachFound(tx, func(a Answer) {
			for _, t := range a.texts() {
				texts, places = append(texts, t), append(places, a.ID)
			}
		})
	})
	if err != nil {
		return err
	}
	index := retrieve.Build(texts)
	s.shelf.mu.Lock()
	defer s.shelf.mu.Unlock()
	if s.shelf.index == nil || version >= s.shelf.version {
		s.shelf.version, s.shelf.index, s.shelf.places = version, index, places
	}
	return nil
}

const (
	excerpt = 140  // letters of an answer on the list
	slight  = 0.16 // what shares less of the question's words is not near
)

// Nearest are the published answers nearest to words, the nearest first; of those
// equally near what holds stands before what does not. There are none if nothing is
// near. Everybody may ask.
func (s *Service) Nearest(ctx context.Context, words string, most int) (hits []Hit, err error) {
	if utf8.RuneCountInString(words) > MaxWords {
		words = string([]rune(words)[:MaxWords])
	}
	index, places, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	found := index.Find(words, retrieve.Ask{Most: 3 * most})
	var ids []id.ID
	share := map[id.ID]float64{}
	for _, f := range found {
		d := places[f.Text]
		if _, ok := share[d]; !ok && f.Share >= slight && len(ids) < most {
			ids, share[d] = append(ids, d), f.Share
		} else if ok {
			share[d] = max(share[d], f.Share)
		}
	}
	var as []Answer
	if err := s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		as, err = answersWith(tx, ids)
		return err
	}); err != nil {
		return nil, err
	}
	now := s.DB.Now()
	for _, last := range []bool{false, true} {
		for _, a := range as {
			f := a.Force(now)
			if gone := f == Retired; gone || last != (f == Replaced || f == Ended) {
				continue
			}
			hits = append(hits, Hit{Answer: a, Share: share[a.ID], Excerpt: index.Excerpt(words, a.Body, excerpt), Force: f})
		}
	}
	return hits, nil
}

// Helped counts that an answer answered somebody, or did not; who it was is written
// nowhere.
func (s *Service) Helped(ctx context.Context, d id.ID, yes bool) error {
	return s.HelpedTimes(ctx, d, map[bool]int{yes: 1})
}

// HelpedTimes is Helped so many times at once.
func (s *Service) HelpedTimes(ctx context.Context, d id.ID, times map[bool]int) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		if _, err := loadAnswer(tx, d); err != nil {
			return err
		}
		return countDay(tx, d, tx.Now().In(i18n.Zone).Format(time.DateOnly), times[true], times[false])
	})
}

// Day is the town's day of a moment, as answers are counted by.
func Day(at time.Time) string { return at.In(i18n.Zone).Format(time.DateOnly) }

// Counts are how many questions there were between two days: those that a published
// answer answered at once, those it did not, and those that went to a unit.
type Counts struct {
	Helped, Missed, Sent, Answered, Late int
}

// All is how many were asked.
func (c Counts) All() int { return c.Helped + c.Missed + c.Sent }

// Count counts the questions of the days from one to another, both included. Everybody
// may know.
func (s *Service) Count(ctx context.Context, from, to time.Time) (c Counts, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		c, err = counts(tx, from, to, tx.Now())
		return err
	})
	return c, err
}
