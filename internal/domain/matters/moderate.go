// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"strings"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Moderation is a change to what the public reads, with the original kept.
type Moderation struct {
	ID        id.ID
	Matter    ID
	Part      string
	Original  string
	Reason    string
	Moderator string
	At        time.Time
	UndoneAt  time.Time
}

// A Moderating says what of a matter the public is no longer to read as it is.
// Part is "title" or "body" with new Words, or "all", "name" (the mask of the
// reporter's), "step:ID", "file:ID" or "support:ID", which are hidden.
type Moderating struct {
	Part   string
	Words  string
	Reason string
}

// Moderate changes or hides a part of what the public reads. The original stays
// for those who work on the matter, the reporter and the auditor, with the
// reason; Restore undoes it. Needs moderate in the place.
func (s *Service) Moderate(ctx context.Context, by scope.Actor, d ID, in Moderating) error {
	reason, err := words("reason", in.Reason, minReason)
	if err != nil {
		return err
	}
	return s.edited(ctx, by, d, Moderate, reason, func(tx *sqldb.Tx, m *Matter) error {
		original, err := s.moderatePart(tx, m, in)
		if err != nil {
			return err
		}
		m.add(Moderation{ID: tx.NewID(), Matter: m.ID, Part: in.Part, Original: original, Reason: reason, Moderator: by.Name, At: tx.Now()})
		return nil
	})
}

func (s *Service) moderatePart(tx *sqldb.Tx, m *Matter, in Moderating) (original string, err error) {
	kind, rest, _ := strings.Cut(in.Part, ":")
	var faults errs.List
	switch kind {
	case "title", "body":
		text := &m.Title
		if kind == "body" {
			text = &m.Body
		}
		original, *text = *text, strings.TrimSpace(in.Words)
		if *text == "" {
			return "", errs.At("words", "matter.words.empty")
		}
		s.checkWords(&faults, m)
		return original, faults.Err()
	case "all":
		if m.Hidden {
			return "", errs.New(errs.Conflict, "matter.moderate.already")
		}
		m.Hidden = true
		return "", nil
	case "name":
		switch {
		case m.NameHidden:
			return "", errs.New(errs.Conflict, "matter.moderate.already")
		case !m.Named:
			return "", errs.At("part", "matter.moderate.part")
		}
		m.NameHidden = true
		return "", nil
	case "step", "file", "support":
		part, err := id.Parse(rest)
		if err != nil {
			return "", errs.At("part", "matter.moderate.part")
		}
		return "", hidePart(tx, m, kind, part, true)
	}
	return "", errs.At("part", "matter.moderate.part")
}

// Restore undoes a moderation. Needs moderate.
func (s *Service) Restore(ctx context.Context, by scope.Actor, d ID, moderation id.ID, reason string) error {
	reason, err := words("reason", reason, minReason)
	if err != nil {
		return err
	}
	return s.edited(ctx, by, d, Restore, reason, func(tx *sqldb.Tx, m *Matter) error {
		o, err := loadModeration(tx, m.ID, moderation)
		if err != nil {
			return err
		}
		kind, rest, _ := strings.Cut(o.Part, ":")
		switch kind {
		case "title", "body":
			if o.Original == "" { // it went with the reporter's personal facts
				return errs.New(errs.Conflict, "matter.moderate.forgotten")
			}
		}
		switch kind {
		case "title":
			m.Title = o.Original
		case "body":
			m.Body = o.Original
		case "all":
			m.Hidden = false
		case "name":
			m.NameHidden = false
		default:
			part, err := id.Parse(rest)
			if err != nil {
				return err
			}
			if err := hidePart(tx, m, kind, part, false); err != nil {
				return err
			}
		}
		return undoModeration(tx, m, o.ID)
	})
}

// edited is the door for changes that are no moves: it checks, edits, saves and
// writes the story and the trail like change, and leaves the state alone.
func (s *Service) edited(ctx context.Context, by scope.Actor, d ID, act Act, reason string, f func(tx *sqldb.Tx, m *Matter) error) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		m, err := s.load(tx, d)
		if err != nil {
			return err
		}
		if dec := by.May("moderate", m.Target("moderate", tx.Now())); !dec.OK {
			return errs.New(errs.Denied, dec.Key, dec.Args...)
		}
		if err := expected(tx, m); err != nil {
			return err
		}
		before := m
		if err := f(tx, &m); err != nil {
			return err
		}
		return s.record(tx, by, &m, act, before, "", Step{Words: reason}, nil, save)
	})
}

// Moderations are what was moderated in a matter, with the originals: for those
// who see its inside.
func (s *Service) Moderations(ctx context.Context, by scope.Actor, d ID) (ms []Moderation, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		m, err := s.load(tx, d)
		if err != nil {
			return err
		}
		if v := s.view(tx, by, m); v != Inside && v != Reporter {
			return errs.New(errs.Denied, scope.DeniedNeed)
		}
		ms, err = moderationsOf(tx, d)
		return err
	})
	return ms, err
}
