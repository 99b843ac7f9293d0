// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"context"
	"errors"
	"slices"
	"time"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Post sends a letter: it is what a job of the kind [Post] does. The letter is
// marked as under way, written, handed over, and marked by what became of it, in
// one transaction with the end of the job.
func (s *Service) Post(ctx context.Context, j *jobs.Job, p Parcel) error {
	l, box, err := s.take(ctx, p.Letter)
	if errs.KindOf(err) == errs.NotFound {
		return nil // its fate was swept away
	}
	if err != nil || l.State != Posting {
		return err
	}
	m, err := s.write(ctx, &l, box)
	if err != nil {
		return err
	}
	if m.To == "" {
		return s.end(ctx, j, l, Dropped)
	}
	way := s.Ways[l.Channel]
	if way == nil {
		return s.failed(ctx, j, l, errors.New("this channel is not set up any more"))
	}
	err = way.Send(ctx, m)
	if err == nil {
		return s.end(ctx, j, l, Sent)
	}
	return s.failed(ctx, j, l, err)
}

// take marks the letter as under way. One whose time has not come stays as it is
// and asks to be taken again; one that nobody is there to read is dropped. One that
// was under way when the program was killed may have been taken: it is sent again
// only by a channel that knows it again.
func (s *Service) take(ctx context.Context, d id.ID) (l Letter, box people.Mailbox, err error) {
	gone := false
	if err := s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if l, err = loadLetter(tx, d); err == nil {
			box, err = s.People.Mailbox(tx, l.Mailbox)
		}
		return err
	}); err != nil {
		return l, box, err
	}
	if box.Owner.Kind == people.OwnedByAccount {
		a, err := s.Access.Get(ctx, box.Owner.ID)
		if err != nil && errs.KindOf(err) != errs.NotFound {
			return l, box, err
		}
		gone = err != nil || a.Disabled
	}
	var wait time.Duration
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		wait = 0
		if l, err = loadLetter(tx, d); err != nil || l.State.over() {
			return err
		}
		if box, err = s.People.Mailbox(tx, l.Mailbox); err != nil {
			return err
		}
		if gone || !s.reads(l, box, tx.Now()) {
			return endLetter(tx, &l, Dropped)
		}
		if l.State == Posting && !l.Channel.Repeats() {
			l.State, l.EndedAt, l.Fault = Unknown, tx.Now(), "broken off while it was handed over"
			if err := s.alarm(tx); err != nil {
				return err
			}
			return saveLetter(tx, l)
		}
		if wait = night(tx.Now()); wait > 0 && !l.Urgent {
			l.DueAt = tx.Now().Add(wait)
			return saveLetter(tx, l)
		}
		wait = 0
		l.State, l.TriedAt, l.EndedAt, l.Tries = Posting, tx.Now(), time.Time{}, l.Tries+1
		return saveLetter(tx, l)
	})
	if err == nil && wait > 0 {
		err = jobs.Snooze(wait)
	}
	return l, box, err
}

// reads reports whether a letter may go to a mailbox as it is now.
func (s *Service) reads(l Letter, box people.Mailbox, now time.Time) bool {
	if l.Kind == Confirm {
		return !box.Ended() && !box.Confirmed() && now.Before(box.ExpiresAt)
	}
	return box.Ready()
}

// write writes the letter from what its reader may read now. The message has no
// address if there is nothing left to say.
func (s *Service) write(ctx context.Context, l *Letter, box people.Mailbox) (m notify.Message, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		address, lang, err := s.People.ReachMailbox(tx, box.ID)
		if err != nil || address.Empty() { // it ended a moment ago
			return err
		}
		c := composer{s: s, channel: l.Channel, lang: lang}
		if c.own, err = ownWords(tx, lang); err != nil {
			return err
		}
		if c.stop, err = s.stopLink(box.ID); err != nil {
			return err
		}
		switch l.Kind {
		case Confirm:
			link, err := s.confirmLink(box)
			if err != nil {
				return err
			}
			m = c.confirm(link, box)
		case News:
			lines, err := s.lines(tx, *l, box.Owner)
			if err != nil || len(lines) == 0 {
				return err
			}
			l.News = len(lines)
			m = c.news(lines, box.Owner.Kind)
		case Code: // is sent by Texter, and never waits
			return nil
		}
		m.ID, m.Channel, m.To, m.At = l.ID.String(), l.Channel, address.Plain(), l.TriedAt
		return nil
	})
	return m, err
}

// lines are what the letter says, in the order in which it happened.
func (s *Service) lines(tx *sqldb.Tx, l Letter, to people.Owner) (all []Line, err error) {
	items, err := itemsOf(tx, l.ID)
	if err != nil {
		return nil, err
	}
	bySource := map[string][]id.ID{}
	for _, x := range items {
		bySource[x.Source] = append(bySource[x.Source], x.Ref)
	}
	for name, source := range s.sources {
		if len(bySource[name]) == 0 {
			continue
		}
		lines, err := source.Lines(tx, to, bySource[name])
		if err != nil {
			return nil, err
		}
		all = append(all, lines...)
	}
	slices.SortStableFunc(all, func(a, b Line) int { return a.At.Compare(b.At) })
	return all, nil
}

// end marks the letter and ends its job, in one transaction.
func (s *Service) end(ctx context.Context, j *jobs.Job, l Letter, as State) error {
	return s.DB.Write(context.WithoutCancel(ctx), func(tx *sqldb.Tx) error {
		l.Fault = ""
		if err := endLetter(tx, &l, as); err != nil {
			return err
		}
		return j.Finish(tx)
	})
}

// failed marks what became of a letter that was not taken, and says whether it is
// to be tried again.
func (s *Service) failed(ctx context.Context, j *jobs.Job, l Letter, why error) error {
	f := notify.FaultOf(why)
	err := s.DB.Write(context.WithoutCancel(ctx), func(tx *sqldb.Tx) error {
		l.Fault = why.Error()
		switch f.Is {
		case notify.Nobody:
			if l.Channel == notify.Push { // which comes back only as another
				if err := s.People.ExpireMailbox(tx, scope.Program("letters"), l.Mailbox); err != nil {
					return err
				}
			} else if err := s.People.RefuseMailbox(tx, scope.Program("letters"), l.Mailbox, f.Code); err != nil {
				return err
			}
			fallthrough
		case notify.Never:
			if err := endLetter(tx, &l, Refused); err != nil {
				return err
			}
			return j.Finish(tx)
		case notify.Unknown:
			l.State, l.EndedAt = Unknown, tx.Now()
			if err := saveLetter(tx, l); err != nil {
				return err
			}
			if err := s.alarm(tx); err != nil {
				return err
			}
			return j.Finish(tx)
		case notify.Limited:
			l.State, l.Tries = Waiting, l.Tries-1
			return saveLetter(tx, l)
		case notify.Later:
		}
		l.State = Waiting
		if j.Tries >= j.MaxTries {
			l.State, l.EndedAt = GivenUp, tx.Now()
			if err := s.alarm(tx); err != nil {
				return err
			}
		}
		return saveLetter(tx, l)
	})
	switch {
	case err != nil:
		return err
	case f.Is == notify.Later:
		return why
	case f.Is == notify.Limited:
		return jobs.Snooze(max(f.Wait, limitedWait))
	}
	return nil
}

// limitedWait is how long a letter waits at least when there are too many at once.
const limitedWait = 5 * time.Second

// endLetter ends a letter for good; what it was to tell is forgotten.
func endLetter(tx *sqldb.Tx, l *Letter, as State) error {
	l.State, l.EndedAt = as, tx.Now()
	if err := saveLetter(tx, *l); err != nil {
		return err
	}
	return deleteItems(tx, l.ID)
}
