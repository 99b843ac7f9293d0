// SPDX-License-Identifier: Apache-2.0

package people

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

// A Sender carries a code to a telephone. It is called outside any transaction.
type Sender interface {
	Send(ctx context.Context, to Phone, c Code) error
}

// A Code is what its reader types in.
type Code struct {
	Lang    i18n.Lang
	Digits  string
	Minutes int // how long it is good
}

// Text is the code with the words around it.
func (c Code) Text() string { return i18n.T(c.Lang, "people.code.text", c.Digits, c.Minutes) }

// Limits bound codes. Many telephones share one network address, so the limits
// of an address are wide; those of a telephone are narrow.
type Limits struct {
	Valid       time.Duration // how long a code is good
	Tries       int           // how often it may be mistyped
	Gap         time.Duration // between two codes to one telephone
	PhoneHour   int           // codes to one telephone in an hour
	PhoneDay    int           // and in a day
	AddressHour int           // codes asked for from one network address in an hour
	WrongHour   int           // wrong tries from one network address in an hour
}

// UsualLimits let somebody guess a given telephone's code with a chance of one in
// twenty thousand a day.
var UsualLimits = Limits{
	Valid: 5 * time.Minute, Tries: 5, Gap: time.Minute, PhoneHour: 5, PhoneDay: 10, AddressHour: 60, WrongHour: 60,
}

// codeLength is the number of digits of a code.
const codeLength = 6

// code is a code that was sent.
type code struct {
	id                          id.ID
	phoneIndex, fromIndex, hash []byte
	sentAt, expiresAt           time.Time
	tries                       int
}

// SendCode sends a code to a mobile number, in the reader's language; from is
// the network address that asks. It is Invalid beside "phone" if no text can be
// sent there, TooMany if the telephone or the address has had its share, and
// Busy if the text could not be handed over; then it does not count.
func (s *Service) SendCode(ctx context.Context, lang i18n.Lang, phone, from string) error {
	p, err := ParsePhone(phone)
	if err != nil {
		return err
	}
	if !p.Mobile() {
		return errs.At("phone", "people.code.mobile")
	}
	if s.sender == nil {
		return errs.New(errs.Busy, "people.code.off")
	}
	digits := s.digits(codeLength)
	var c code
	if c.phoneIndex, c.fromIndex, err = s.codeIndexes(p, from); err != nil {
		return err
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if err := s.share(tx, c); err != nil {
			return err
		}
		c.id, c.sentAt, c.expiresAt = tx.NewID(), tx.Now(), tx.Now().Add(s.limits.Valid)
		if c.hash, err = s.codeHash(c.id, digits); err != nil {
			return err
		}
		return insertCode(tx, c)
	})
	if err != nil {
		return err
	}
	if err := s.sender.Send(ctx, p, Code{Lang: lang, Digits: digits, Minutes: int(s.limits.Valid.Minutes())}); err != nil {
		undo := s.db.Write(context.WithoutCancel(ctx), func(tx *sqldb.Tx) error { return deleteCode(tx, c.id) })
		return &errs.Error{Kind: errs.Busy, Key: "people.code.unsent", Err: errors.Join(err, undo)}
	}
	return nil
}

// share is TooMany if the telephone or the address has had its share of codes.
func (s *Service) share(tx *sqldb.Tx, c code) error {
	now, l := tx.Now(), s.limits
	last, hour, day, err := codesTo(tx, c.phoneIndex, now)
	if err != nil {
		return err
	}
	if wait := last.Add(l.Gap).Sub(now); !last.IsZero() && wait > 0 {
		return errs.New(errs.TooMany, "people.code.gap", int((wait+time.Second-1)/time.Second))
	}
	if hour >= l.PhoneHour || day >= l.PhoneDay {
		return errs.New(errs.TooMany, "people.code.phone")
	}
	n, err := codesFrom(tx, c.fromIndex, now.Add(-time.Hour))
	if err != nil {
		return err
	}
	if n >= l.AddressHour {
		return errs.New(errs.TooMany, "people.code.address")
	}
	return nil
}

// CheckCode checks the code that was sent to the telephone, and returns the
// resident whose proven telephone it is, closed; if there is none it registers
// one, who reads lang. A wrong code is Invalid beside "code" and says how many
// tries are left; one that is too old or was used too; after the last try, or
// too many from one network address, it is TooMany.
func (s *Service) CheckCode(ctx context.Context, lang i18n.Lang, phone, digits, from string) (r Resident, err error) {
	p, err := ParsePhone(phone)
	if err != nil {
		return Resident{}, err
	}
	err = s.withCode(ctx, p, digits, from, func(tx *sqldb.Tx, index []byte) error {
		var ok bool
		if r, ok, err = withProvenPhone(tx, s.box, index); err != nil || ok {
			return err
		}
		r = Resident{Phone: p, PhoneProvenAt: tx.Now(), Lang: lang}
		return s.register(tx, scope.Actor{}, "register", &r)
	})
	if err != nil {
		return Resident{}, err
	}
	return r.closed(), nil
}

// Attach proves a telephone as the resident's, by the code that was sent to it.
// Residents may for themselves, and the desk in the resident's place (else
// Denied). A telephone proven by somebody else is a Conflict: they must let go
// of it first, or the desk detach it. Codes fail as in CheckCode.
func (s *Service) Attach(ctx context.Context, by scope.Actor, d id.ID, phone, digits, from string) error {
	p, err := ParsePhone(phone)
	if err != nil {
		return err
	}
	return s.withCode(ctx, p, digits, from, func(tx *sqldb.Tx, index []byte) error {
		if has, ok, err := withProvenPhone(tx, s.box, index); err != nil {
			return err
		} else if ok && has.ID != d {
			return errs.New(errs.Conflict, "people.phone.taken")
		}
		return s.change(tx, by, d, "attach", 0, func(r *Resident) error {
			if !isSelf(by, d) {
				if err := staffMay(by, needDesk, r.Place, tx.Now()); err != nil {
					return err
				}
			}
			r.Phone, r.PhoneProvenAt = p, tx.Now()
			return nil
		})
	})
}

// Detach takes the telephone from a resident, since the number has changed hands
// or was mistyped. It needs the desk in the resident's place (Denied).
func (s *Service) Detach(ctx context.Context, by scope.Actor, d id.ID) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		return s.change(tx, by, d, "detach", 0, func(r *Resident) error {
			if err := staffMay(by, needDesk, r.Place, tx.Now()); err != nil {
				return err
			}
			r.Phone, r.PhoneProvenAt = Phone{}, time.Time{}
			return nil
		})
	})
}

// Disown is for somebody who signed in by a code and finds a stranger's record:
// the number has changed hands. It takes the telephone from that record and
// returns a new resident with it, closed.
func (s *Service) Disown(ctx context.Context, by scope.Actor) (fresh Resident, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		fresh = Resident{}
		if err := s.change(tx, by, by.Resident, "disown", 0, func(r *Resident) error {
			if !isSelf(by, r.ID) || r.PhoneProvenAt.IsZero() {
				return errs.New(errs.Denied, "people.own.only")
			}
			fresh.Phone, fresh.PhoneProvenAt, fresh.Lang = r.Phone, r.PhoneProvenAt, r.Lang
			r.Phone, r.PhoneProvenAt = Phone{}, time.Time{}
			return nil
		}); err != nil {
			return err
		}
		return s.register(tx, scope.Actor{}, "register", &fresh)
	})
	return fresh.closed(), err
}

// withCode runs f in the transaction in which the code turns out to be right. A
// wrong try is written down too, and so commits before it is refused.
func (s *Service) withCode(ctx context.Context, p Phone, digits, from string, f func(tx *sqldb.Tx, phone []byte) error) error {
	digits = strings.Join(strings.Fields(digits), "")
	phone, address, err := s.codeIndexes(p, from)
	if err != nil {
		return err
	}
	var refused error
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		refused = nil
		wrong, err := wrongTries(tx, address, tx.Now().Add(-time.Hour))
		if err != nil {
			return err
		}
		if wrong >= s.limits.WrongHour {
			return errs.New(errs.TooMany, "people.code.address")
		}
		c, ok, err := newestCode(tx, phone)
		switch {
		case err != nil:
			return err
		case !ok || !tx.Now().Before(c.expiresAt):
			return errs.At("code", "people.code.none")
		case c.tries >= s.limits.Tries:
			return &errs.Error{Kind: errs.TooMany, Key: "people.code.spent", Field: "code"}
		}
		hash, err := s.codeHash(c.id, digits)
		if err != nil {
			return err
		}
		if !seal.Same(hash, c.hash) {
			refused = errs.At("code", "people.code.wrong", s.limits.Tries-c.tries-1)
			return noteWrongTry(tx, c, address)
		}
		if err := useCode(tx, c); err != nil {
			return err
		}
		return f(tx, phone)
	})
	if err == nil {
		err = refused
	}
	return err
}

// codeHash is keyed, and bound to the row: six digits hashed plainly would be
// found by trying all.
func (s *Service) codeHash(d id.ID, digits string) ([]byte, error) {
	return s.box.Index("code:"+d.String(), "="+digits)
}

// codeIndexes are the blind indexes of the telephone and of the network address.
func (s *Service) codeIndexes(p Phone, from string) (phone, address []byte, err error) {
	if p.Empty() {
		return nil, nil, errs.At("phone", "people.phone.needed")
	}
	if phone, err = s.box.Index(phoneIndex, p.Plain()); err != nil {
		return nil, nil, err
	}
	address, err = s.fromIndex(from)
	return phone, address, err
}

// fromIndex is the blind index of a network address. An IPv6 household has a
// whole /64, so that counts as one.
func (s *Service) fromIndex(from string) ([]byte, error) {
	if a, err := netip.ParseAddr(from); err == nil {
		if a = a.Unmap().WithZone(""); a.Is6() {
			if net, err := a.Prefix(64); err == nil {
				a = net.Addr()
			}
		}
		from = a.String()
	}
	return s.box.Index(fromIndex, "="+from)
}

// SweepCodes deletes codes and tries that no limit counts any more. It is a
// job's, and reports how many rows went.
func (s *Service) SweepCodes(ctx context.Context) (n int64, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		n, err = sweepCodes(tx, tx.Now().Add(-25*time.Hour))
		return err
	})
	return n, err
}
