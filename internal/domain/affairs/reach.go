// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"context"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// What a village opens is read by everybody, unless it names persons: then its words and
// its paper are for the members of the place, who edits its page and who oversees it.
// What is never closed is that there is something: a notice's title, period and day, an
// entry's day, accounts, amount and balance. So the money adds up for everybody, and
// nothing that the law asks to be opened is hidden from those to whom it is owed.

// inside reports whether the reader is of a place: a member of it or of the village
// around it, or somebody whose post edits or oversees it.
func (s *Service) inside(tx *sqldb.Tx, by scope.Actor, place id.ID) (bool, error) {
	to := scope.Target{Path: s.Places.Tree().Path(place), At: tx.Now()}
	for _, need := range []scope.Need{access.Publish, access.Supervise, access.Moderate, access.Audit} {
		if by.May(need, to).OK {
			return true, nil
		}
	}
	if by.Kind != scope.Resident {
		return false, nil
	}
	err := s.isMember(tx, by, place)
	if err != nil && errs.KindOf(err) == errs.Denied {
		return false, nil
	}
	return err == nil, err
}

// closed is a notice as those see it for whom it is not.
func (n Notice) closed() Notice {
	n.Body, n.File, n.Spot, n.Closed = "", File{}, "", true
	return n
}

// closed is an entry as those see it for whom its words are not.
func (e Entry) closed() Entry {
	e.Words, e.Party, e.Decided, e.Paper, e.Closed = "", "", "", File{}, true
	return e
}

// closeNotices leaves out what is not for the reader, of the notices of one place.
func (s *Service) closeNotices(tx *sqldb.Tx, by scope.Actor, place id.ID, ns []Notice) error {
	for i, n := range ns {
		if !n.Members {
			continue
		}
		in, err := s.inside(tx, by, place)
		if err != nil || in {
			return err
		}
		ns[i] = n.closed()
	}
	return nil
}

// closeEntries leaves out what is not for the reader, of the entries of one ledger.
func (s *Service) closeEntries(tx *sqldb.Tx, by scope.Actor, at places.Place, es []Entry) error {
	p, err := loadPage(tx, at)
	if err != nil {
		return err
	}
	in, asked := false, false
	for i, e := range es {
		if !e.Members && !p.LedgerMembers {
			continue
		}
		if !asked {
			if in, err = s.inside(tx, by, at.ID); err != nil {
				return err
			}
			asked = true
		}
		if !in {
			es[i] = e.closed()
		}
	}
	return nil
}

// KeepLedger says whether the words of a whole ledger are for everybody or for the members
// of the place. Needs publish there; Conflict if the page was never opened, or was shaped
// meanwhile.
func (s *Service) KeepLedger(ctx context.Context, by scope.Actor, place id.ID, members bool, saw int64) error {
	at, err := s.PlaceOf(place)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		if err := mayBook(by, at, tx.Now()); err != nil {
			return err
		}
		p, err := loadPage(tx, at)
		if err != nil {
			return err
		}
		if p.Version == 0 || p.Version != saw {
			return errs.New(errs.Conflict, "record.changed")
		}
		p.LedgerMembers = members
		p.Version++
		if err := savePage(tx, p); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "village_page", Record: place, Act: "keep_ledger", Note: reachNote(members), Digest: p.digest()})
	})
}

// KeepEntry says whether the words of one entry are for everybody or for the members of the
// place. It changes nothing else of it. Needs publish there.
func (s *Service) KeepEntry(ctx context.Context, by scope.Actor, d ID, members bool) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		e, err := loadEntry(tx, d)
		if err != nil {
			return err
		}
		at, err := s.PlaceOf(e.Place)
		if err != nil {
			return err
		}
		if err := mayBook(by, at, tx.Now()); err != nil {
			return err
		}
		if e.Members == members {
			return nil
		}
		e.Members = members
		if err := keepEntry(tx, e); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "ledger_entry", Record: d, Act: "keep", Note: reachNote(members), Digest: e.digest()})
	})
}

func reachNote(members bool) string {
	if members {
		return "members"
	}
	return "all"
}
