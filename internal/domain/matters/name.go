// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"strings"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// The reporter's choice whether everybody reads the mask of their name.
const (
	ShowName Act = "show_name"
	HideName Act = "hide_name"
)

// NamedToAll reports whether everybody may read the mask of the reporter's name:
// the reporter allows it, nobody has moderated it away, and the matter itself is
// for everybody.
func (m Matter) NamedToAll() bool { return m.Named && !m.NameHidden && m.VisibleToAll() }

// PublicName is the mask of the reporter's name, 周*, as it stands beside the
// matter for everybody who may read it; "" if the matter is not named to all, or
// the name has been deleted. It is read from where the name is kept, for the page
// of that one matter, and is written nowhere.
func (s *Service) PublicName(ctx context.Context, by scope.Actor, d ID) (name string, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		m, err := s.load(tx, d)
		switch {
		case err != nil:
			return err
		case !s.maySee(tx, by, m):
			return errs.New(errs.NotFound, "matter.none")
		case !m.NamedToAll():
			return nil
		}
		name, err = s.reporterMask(tx, m)
		return err
	})
	return name, err
}

// OwnName is the mask under which the actor, if they are a resident, would be
// named beside a matter; "" if the town does not know their name.
func (s *Service) OwnName(ctx context.Context, by scope.Actor) (name string, err error) {
	if by.Resident == 0 {
		return "", nil
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		name, err = s.residentMask(tx, by.Resident)
		return err
	})
	return name, err
}

// reporterMask is the mask of the name that is known of the reporter: what was
// written down with the matter, else the resident's own; not that of a neighbour
// who wrote for them.
func (s *Service) reporterMask(tx *sqldb.Tx, m Matter) (string, error) {
	if m.Contact != 0 {
		cards, err := s.people.ContactCards(tx, m.Contact)
		if err != nil {
			return "", err
		}
		if name := saysName(cards[m.Contact].Name); name != "" {
			return name, nil
		}
	}
	if m.RaisedFor != "" && m.RaisedBy == 0 {
		return "", nil
	}
	return s.residentMask(tx, m.Resident)
}

func (s *Service) residentMask(tx *sqldb.Tx, resident id.ID) (string, error) {
	if resident == 0 {
		return "", nil
	}
	cards, err := s.people.Cards(tx, resident)
	return saysName(cards[resident].Name), err
}

// saysName is the mask, "" if it is made of stars alone: that of a single letter.
func saysName(mask string) string {
	if strings.Trim(mask, "*") == "" {
		return ""
	}
	return mask
}

// ShowName lets everybody read the mask of the reporter's name beside the public
// matter. The reporter may, whenever a name is known, and who records it for
// them. The story's line is for those at work.
func (s *Service) ShowName(ctx context.Context, by scope.Actor, d ID) error {
	return s.setNamed(ctx, by, d, ShowName)
}

// HideName takes the reporter's name away from the public again: theirs to do at
// any time, in any state.
func (s *Service) HideName(ctx context.Context, by scope.Actor, d ID) error {
	return s.setNamed(ctx, by, d, HideName)
}

func (s *Service) setNamed(ctx context.Context, by scope.Actor, d ID, act Act) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		m, err := s.load(tx, d)
		if err != nil {
			return err
		}
		if !s.maySee(tx, by, m) {
			return errs.New(errs.NotFound, "matter.none")
		}
		if err := expected(tx, m); err != nil {
			return err
		}
		behalf, err := s.allow(by, m, byReporter, act, tx.Now())
		if err != nil {
			return err
		}
		if err := s.nameHindrance(tx, m, act); err != nil {
			return err
		}
		m.Named = act == ShowName
		return s.record(tx, by, &m, act, m, behalf, Step{}, nil, save)
	})
}

// nameHindrance says why the name cannot be shown or hidden as the matter stands,
// nil if it can.
func (s *Service) nameHindrance(tx *sqldb.Tx, m Matter, act Act) error {
	switch {
	case m.Named == (act == ShowName):
		return errs.New(errs.Conflict, "matter.name.already")
	case act == HideName:
		return nil
	case !m.Public:
		return errs.New(errs.Conflict, "matter.name.private")
	case m.NameHidden:
		return errs.New(errs.Conflict, "matter.name.moderated")
	}
	name, err := s.reporterMask(tx, m)
	if err == nil && name == "" {
		err = errs.New(errs.Conflict, "matter.name.none")
	}
	return err
}

// nameActs finds which of the two acts the actor may do now, and why not the
// other; nothing is read of the name but for those who may show it.
func (s *Service) nameActs(tx *sqldb.Tx, by scope.Actor, w *Whole) error {
	for _, act := range []Act{ShowName, HideName} {
		if _, err := s.allow(by, w.Matter, byReporter, act, tx.Now()); err != nil {
			continue
		}
		err := s.nameHindrance(tx, w.Matter, act)
		switch {
		case err == nil:
			w.Acts = append(w.Acts, act)
		case errs.KindOf(err) != errs.Conflict:
			return err
		default:
			if w.Hindered == nil {
				w.Hindered = map[Act]error{}
			}
			w.Hindered[act] = err
		}
	}
	return nil
}
