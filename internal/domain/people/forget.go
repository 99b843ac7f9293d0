// SPDX-License-Identifier: Apache-2.0

package people

import (
	"context"
	"fmt"
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Rule is why private facts were deleted; it stays on the tombstone.
type Rule string

// The rules of forgetting.
const (
	RuleTerm       Rule = "term"        // the term for which they may be kept has ended
	RuleOwnRequest Rule = "own_request" // the person concerned asked for it
	RuleMistake    Rule = "mistake"     // they should never have been written down
)

// Key is the message that names the rule.
func (r Rule) Key() string { return "people.rule." + string(r) }

// Forget blanks the private facts of the subject, its indexes and the reasons of
// its looks, and leaves a tombstone: the day and the rule. The program's jobs may
// do so, residents for themselves, and the desk in the subject's place (else
// Denied). Forgetting what is forgotten does nothing. What was done about the
// person's matters stays where it is.
func (s *Service) Forget(tx *sqldb.Tx, by scope.Actor, of Subject, rule Rule) error {
	switch rule {
	case RuleTerm, RuleOwnRequest, RuleMistake:
	default:
		return fmt.Errorf("no rule %q of forgetting", rule)
	}
	_, place, forgotten, err := s.facts(tx, of)
	if err != nil || forgotten {
		return err
	}
	if by.Kind != scope.System && !(of.Kind == KindResident && isSelf(by, of.ID)) {
		if err := staffMay(by, needDesk, place, tx.Now()); err != nil {
			return err
		}
	}
	if err := blankLooks(tx, of.ID); err != nil {
		return err
	}
	if of.Kind == KindContact {
		if _, err := blankContact(tx, of.ID, string(rule)); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: string(KindContact), Record: of.ID, Act: "forget", Note: string(rule)})
	}
	if err := s.EndMailboxes(tx, by, Owner{OwnedByResident, of.ID}, rule); err != nil {
		return err
	}
	if err := s.endProxiesOf(tx, by, of.ID); err != nil {
		return err
	}
	if by.Kind == scope.Resident {
		by.Name = "" // not even the mask of a name that is to be forgotten
	}
	return s.change(tx, by, of.ID, "forget", 0, func(r *Resident) error {
		*r = Resident{
			ID: r.ID, Lang: r.Lang, RegisteredAt: r.RegisteredAt, Version: r.Version, sealed: r.sealed,
			ForgottenAt: tx.Now(), ForgottenRule: string(rule),
		}
		return nil
	})
}

// ForgetContact forgets a contact whose matter's term has ended. One that is not
// there is forgotten already.
func (s *Service) ForgetContact(tx *sqldb.Tx, by scope.Actor, contact id.ID) error {
	err := s.Forget(tx, by, OfContact(contact), RuleTerm)
	if errs.KindOf(err) == errs.NotFound {
		return nil
	}
	return err
}

// Known is all that this package knows of a resident, in the open: it is made
// for nobody but them. Its form is that of the file they may take home.
type Known struct {
	ID            id.ID                     `json:"id"`
	Name          string                    `json:"name"`
	Phone         string                    `json:"phone"`
	IDNumber      string                    `json:"id_number"`
	Address       string                    `json:"address"`
	Mailboxes     map[notify.Channel]string `json:"mailboxes,omitempty"`
	Place         scope.Path                `json:"place"`
	Lang          string                    `json:"lang"`
	Large         bool                      `json:"large"`
	RegisteredAt  time.Time                 `json:"registered_at"`
	PhoneProvenAt *time.Time                `json:"phone_proven_at"`
	VerifiedAt    *time.Time                `json:"verified_at"`
	Looks         []KnownLook               `json:"looks"`
}

// KnownLook is a look as the person concerned reads it.
type KnownLook struct {
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Post    string    `json:"post"`
	Purpose Purpose   `json:"purpose"`
	Fields  []Field   `json:"fields"`
	About   string    `json:"about,omitempty"`
	Why     string    `json:"why,omitempty"`
}

// maxExport bounds the looks in an export.
const maxExport = 10_000

// Export returns all that is known of the actor, who must be a resident (else
// Denied). It is not a look.
func (s *Service) Export(ctx context.Context, by scope.Actor) (k Known, err error) {
	if !isSelf(by, by.Resident) {
		return k, errs.New(errs.Denied, "people.own.only")
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		r, err := load(tx, s.box, by.Resident)
		if err != nil {
			return err
		}
		k = Known{
			ID: r.ID, Name: r.Name.Plain(), Phone: r.Phone.Plain(), IDNumber: r.IDNumber.Plain(), Address: r.Address.Plain(),
			Place: r.Place, Lang: string(r.Lang), Large: r.Large, RegisteredAt: r.RegisteredAt,
			PhoneProvenAt: known(r.PhoneProvenAt), VerifiedAt: known(r.VerifiedAt), Looks: []KnownLook{},
		}
		if k.Mailboxes, err = s.ownMailboxes(tx, Owner{OwnedByResident, r.ID}); err != nil {
			return err
		}
		ls, err := looks(tx, s.box, OfResident(r.ID), maxExport)
		for _, l := range ls {
			k.Looks = append(k.Looks, KnownLook{l.At, l.Actor, l.Post, l.Purpose, l.Fields, l.About, l.Why.Plain()})
		}
		return err
	})
	return k, err
}

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
