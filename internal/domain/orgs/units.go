// SPDX-License-Identifier: Apache-2.0

package orgs

import (
	"context"
	"strings"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// NewUnit is what AddUnit needs to know. Parent is 0 for a root.
type NewUnit struct {
	Kind      Kind
	Key, Code string
	Name      i18n.Text
	Parent    id.ID
	Path      scope.Path // the place it serves
	Phone     string
	Address   string
	Hours     i18n.Text
}

// AddUnit adds a unit and returns its ID. The actor must administer the place
// it serves. It is Invalid, beside the field, if a name is missing or a text too
// long, and if an active unit already has the key at the same place, since then
// nobody could say which of the two is responsible.
func (s *Service) AddUnit(ctx context.Context, by scope.Actor, in NewUnit) (u id.ID, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		u, err = s.AddUnitIn(tx, by, in)
		return err
	})
	return u, err
}

// AddUnitIn is AddUnit within a transaction.
func (s *Service) AddUnitIn(tx *sqldb.Tx, by scope.Actor, in NewUnit) (id.ID, error) {
	u := Unit{
		ID: tx.NewID(), Kind: in.Kind, Key: in.Key, Code: in.Code, Name: trimText(in.Name), Parent: in.Parent, Path: in.Path,
		Phone: strings.TrimSpace(in.Phone), Address: strings.TrimSpace(in.Address), Hours: trimText(in.Hours), Active: true, Version: 1,
	}
	if err := allow(tx, by, u.Path); err != nil {
		return 0, err
	}
	if err := u.check(); err != nil {
		return 0, err
	}
	if u.Parent != 0 {
		p, err := loadUnit(tx, u.Parent)
		if err != nil {
			return 0, err
		}
		if !p.Active {
			return 0, errs.At("parent", "unit.parent.closed", p.Name)
		}
	}
	if u.Key != "" {
		if other, err := responsible(tx, u); err != nil {
			return 0, err
		} else if other != 0 {
			return 0, errs.At("key", "unit.key.taken", u.Key)
		}
	}
	if u.Code != "" {
		if taken, err := codeTaken(tx, u.Code); err != nil {
			return 0, err
		} else if taken {
			return 0, errs.At("code", "unit.code.taken", u.Code)
		}
	}
	if err := insertUnit(tx, u); err != nil {
		return 0, err
	}
	if err := s.changed(tx); err != nil {
		return 0, err
	}
	return u.ID, trail.Append(tx, by, trail.Entry{Noun: "unit", Record: u.ID, Act: "add", To: "active", Note: u.Name.ZH, Digest: u.Digest()})
}

// RenameUnit gives a unit another name. The actor must administer its place. It
// is Conflict if the unit is no longer of the given version.
func (s *Service) RenameUnit(ctx context.Context, by scope.Actor, unit id.ID, version int64, name i18n.Text) error {
	return s.changeUnit(ctx, by, unit, version, "rename", func(_ *sqldb.Tx, u *Unit) (note string, err error) {
		note = u.Name.ZH + " → " + strings.TrimSpace(name.ZH)
		u.Name = trimText(name)
		return note, nil
	})
}

// Reach is how people reach a unit.
type Reach struct {
	Phone, Address string
	Hours          i18n.Text
}

// MoveUnit changes a unit's telephone, address and hours. The actor must
// administer its place.
func (s *Service) MoveUnit(ctx context.Context, by scope.Actor, unit id.ID, version int64, to Reach) error {
	return s.changeUnit(ctx, by, unit, version, "move", func(_ *sqldb.Tx, u *Unit) (string, error) {
		u.Phone, u.Address, u.Hours = strings.TrimSpace(to.Phone), strings.TrimSpace(to.Address), trimText(to.Hours)
		return "", nil
	})
}

// CloseUnit closes a unit for good: nothing is given to it any more; what names
// it keeps its name. It is Conflict while units below it are active or somebody
// holds one of its posts.
func (s *Service) CloseUnit(ctx context.Context, by scope.Actor, unit id.ID, version int64) error {
	return s.changeUnit(ctx, by, unit, version, "close", func(tx *sqldb.Tx, u *Unit) (string, error) {
		if n, err := activeChildren(tx, u.ID); err != nil || n > 0 {
			return "", orConflict(err, "unit.close.children", n)
		}
		if n, err := unitHeld(tx, u.ID, tx.Now()); err != nil || n > 0 {
			return "", orConflict(err, "unit.close.held", n)
		}
		u.Active = false
		return "", nil
	})
}

// changeUnit is the one door through which a unit changes.
func (s *Service) changeUnit(ctx context.Context, by scope.Actor, unit id.ID, version int64, act string, edit func(*sqldb.Tx, *Unit) (note string, err error)) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		u, err := loadUnit(tx, unit)
		if err != nil {
			return err
		}
		if err := allow(tx, by, u.Path); err != nil {
			return err
		}
		if !u.Active {
			return errs.New(errs.Conflict, "unit.closed", u.Name)
		}
		if u.Version != version {
			return errs.New(errs.Conflict, "record.changed")
		}
		note, err := edit(tx, &u)
		if err != nil {
			return err
		}
		if err := u.check(); err != nil {
			return err
		}
		if err := saveUnit(tx, &u); err != nil {
			return err
		}
		if err := s.changed(tx); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{
			Noun: "unit", Record: u.ID, Act: act, From: "active", To: stateOf(u.Active), Note: note, Digest: u.Digest(),
		})
	})
}

func stateOf(active bool) string {
	if active {
		return "active"
	}
	return "closed"
}

// orConflict is err, or else a Conflict with the key.
func orConflict(err error, key string, args ...any) error {
	if err != nil {
		return err
	}
	return errs.New(errs.Conflict, key, args...)
}

func trimText(t i18n.Text) i18n.Text {
	return i18n.Text{ZH: strings.TrimSpace(t.ZH), EN: strings.TrimSpace(t.EN)}
}
