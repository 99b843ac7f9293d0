// SPDX-License-Identifier: Apache-2.0

package people

import (
	"context"
	"slices"
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

// An Ownership says whose a mailbox is.
type Ownership string

// The ownerships.
const (
	OwnedByResident Ownership = "resident"
	OwnedByAccount  Ownership = "account" // of staff
	OwnedBySlip     Ownership = "matter"  // whoever holds the matter's slip, about that matter
)

// An Owner is somebody who may have mailboxes.
type Owner struct {
	Kind Ownership
	ID   id.ID
}

// OwnerOf is the actor as an owner; false if nobody has said who they are.
func OwnerOf(by scope.Actor) (Owner, bool) {
	switch {
	case by.Kind == scope.Resident && by.Resident != 0:
		return Owner{OwnedByResident, by.Resident}, true
	case by.Kind == scope.Staff && by.Account != 0:
		return Owner{OwnedByAccount, by.Account}, true
	}
	return Owner{}, false
}

// isOwner reports whether the actor may dispose of the owner's mailbox.
func isOwner(by scope.Actor, o Owner) bool {
	if o.Kind == OwnedBySlip {
		return o.ID != 0 && slices.Contains(by.Slips, o.ID)
	}
	own, ok := OwnerOf(by)
	return ok && own == o
}

// A Mailbox is where somebody may be written to. Outside this package its address
// is closed.
type Mailbox struct {
	ID          id.ID
	Owner       Owner
	Channel     notify.Channel
	Address     seal.Text
	Lang        i18n.Lang
	Wanted      bool      // letters are switched on
	Topics      []Topic   // of what they are, in the order of TopicsOf
	AskedAt     time.Time // when it was last asked whether the address is right
	ExpiresAt   time.Time // the link in that question
	ConfirmedAt time.Time // the link was followed; zero if it was not
	RefusedAt   time.Time // a mail server said for good that nobody is there; zero if none did
	EndedAt     time.Time // the address is gone since; zero if it is not

	sealed []byte
}

// Confirmed reports whether the link was followed.
func (m Mailbox) Confirmed() bool { return !m.ConfirmedAt.IsZero() }

// Refused reports whether nobody can be reached there.
func (m Mailbox) Refused() bool { return !m.RefusedAt.IsZero() }

// Ended reports whether the address is gone.
func (m Mailbox) Ended() bool { return !m.EndedAt.IsZero() }

// Ready reports whether news may be sent there.
func (m Mailbox) Ready() bool { return m.Wanted && m.Confirmed() && !m.Refused() && !m.Ended() }

// MailboxValid is how long the link of a confirmation is good; an address that
// was not confirmed by then is deleted.
const MailboxValid = 48 * time.Hour

// GiveMailbox writes down where the owner wants to be written to by a channel, in
// place of what they gave before. Only the owner may (Denied), and, of the names
// that staff have in WeChat Work and DingTalk, whoever administers the town.
func (s *Service) GiveMailbox(tx *sqldb.Tx, by scope.Actor, of Owner, ch notify.Channel, address seal.Text, lang i18n.Lang) (m Mailbox, err error) {
	if !isOwner(by, of) && !mayName(tx, by, of, ch) {
		return m, errs.New(errs.Denied, "people.own.only")
	}
	return s.openMailbox(tx, by, Mailbox{Owner: of, Channel: ch, Address: address, Lang: lang})
}

// openMailbox writes down a mailbox in place of the one that its owner has by the
// same channel; what its owner wants to hear of stays as it was.
func (s *Service) openMailbox(tx *sqldb.Tx, by scope.Actor, m Mailbox) (_ Mailbox, err error) {
	if !slices.Contains(ChannelsOf(m.Owner.Kind), m.Channel) {
		return m, errs.At("channel", "people.mailbox.channel")
	}
	m.Topics = TopicsOf(m.Owner.Kind)
	if old, ok, err := s.MailboxOf(tx, m.Owner, m.Channel); err != nil {
		return m, err
	} else if ok {
		m.Topics = old.Topics
		if err := s.endMailbox(tx, by, old, RuleOwnRequest); err != nil {
			return m, err
		}
	}
	m.ID, m.Wanted, m.AskedAt, m.ExpiresAt = tx.NewID(), true, tx.Now(), tx.Now().Add(MailboxValid)
	if m.Lang == "" {
		m.Lang = i18n.ZH
	}
	if !m.Address.Empty() {
		if m.sealed, err = s.box.Seal(mailboxAddress, m.ID, m.Address); err != nil {
			return m, err
		}
	}
	if err := insertMailbox(tx, m); err != nil {
		return m, err
	}
	return m.closed(), noteMailbox(tx, by, m.ID, "give", "")
}

// AskMailbox begins the time of a new link. It is a Conflict if the mailbox is
// confirmed, and Denied to all but the owner.
func (s *Service) AskMailbox(tx *sqldb.Tx, by scope.Actor, of Owner, ch notify.Channel) (m Mailbox, err error) {
	if !isOwner(by, of) && !mayName(tx, by, of, ch) {
		return m, errs.New(errs.Denied, "people.own.only")
	}
	m, ok, err := s.MailboxOf(tx, of, ch)
	switch {
	case err != nil:
		return m, err
	case !ok:
		return m, errs.New(errs.NotFound, "people.mailbox.none")
	case m.Confirmed() && !m.Refused():
		return m, errs.New(errs.Conflict, "people.mailbox.confirmed")
	}
	m.AskedAt, m.ExpiresAt, m.ConfirmedAt, m.RefusedAt = tx.Now(), tx.Now().Add(MailboxValid), time.Time{}, time.Time{}
	if err := saveMailbox(tx, m); err != nil {
		return m, err
	}
	return m, noteMailbox(tx, by, m.ID, "ask", "")
}

// ConfirmMailbox notes that the link of the last question was followed, which the
// caller has seen. One that is confirmed stays so. It is NotFound if the mailbox
// has ended or the link is too old.
func (s *Service) ConfirmMailbox(tx *sqldb.Tx, by scope.Actor, d id.ID) error {
	m, err := s.Mailbox(tx, d)
	switch {
	case err != nil:
		return err
	case m.Ended() || !m.Confirmed() && !tx.Now().Before(m.ExpiresAt):
		return errs.New(errs.NotFound, "people.mailbox.over")
	case m.Confirmed():
		return nil
	}
	m.ConfirmedAt, m.RefusedAt = tx.Now(), time.Time{} // whoever has the link reads what is sent there
	if err := saveMailbox(tx, m); err != nil {
		return err
	}
	return noteMailbox(tx, by, d, "confirm", "")
}

// WantLetters switches the owner's letters on or off. It is NotFound if they have
// no mailbox, and Denied to others.
func (s *Service) WantLetters(tx *sqldb.Tx, by scope.Actor, of Owner, ch notify.Channel, on bool) error {
	if !isOwner(by, of) {
		return errs.New(errs.Denied, "people.own.only")
	}
	m, ok, err := s.MailboxOf(tx, of, ch)
	if err == nil && !ok {
		err = errs.New(errs.NotFound, "people.mailbox.none")
	}
	if err != nil || m.Wanted == on {
		return err
	}
	return s.want(tx, by, m, on)
}

func (s *Service) want(tx *sqldb.Tx, by scope.Actor, m Mailbox, on bool) error {
	m.Wanted = on
	if err := saveMailbox(tx, m); err != nil {
		return err
	}
	return noteMailbox(tx, by, m.ID, map[bool]string{true: "start", false: "stop"}[on], "")
}

// StopMailbox is what the link to stop does, which the caller has seen. Whoever
// has an account keeps the address and may switch letters on again; of others,
// and where it was never confirmed, it is deleted. Stopping twice does nothing.
func (s *Service) StopMailbox(tx *sqldb.Tx, by scope.Actor, d id.ID) error {
	m, err := s.Mailbox(tx, d)
	switch {
	case err != nil || m.Ended():
		return err
	case m.Owner.Kind == OwnedBySlip || !m.Confirmed():
		return s.endMailbox(tx, by, m, RuleOwnRequest)
	case !m.Wanted:
		return nil
	}
	return s.want(tx, by, m, false)
}

// RefuseMailbox notes that a mail server said for good that nobody can be reached
// there: nothing more is sent, and its owner sees it. It is the program's.
func (s *Service) RefuseMailbox(tx *sqldb.Tx, by scope.Actor, d id.ID, code string) error {
	m, err := s.Mailbox(tx, d)
	if err != nil || m.Ended() || m.Refused() {
		return err
	}
	m.RefusedAt = tx.Now()
	if err := saveMailbox(tx, m); err != nil {
		return err
	}
	return noteMailbox(tx, by, d, "refuse", code)
}

// ExpireMailbox deletes an address that is no more and never comes back: a browser
// that has given up its subscription. It is the program's.
func (s *Service) ExpireMailbox(tx *sqldb.Tx, by scope.Actor, d id.ID) error {
	m, err := s.Mailbox(tx, d)
	if err != nil || m.Ended() {
		return err
	}
	return s.endMailbox(tx, by, m, RuleTerm)
}

// EndMailboxes deletes the owner's addresses, by every channel. The owner may, and
// whoever may forget the rest of what is known about them; the caller sees to it.
func (s *Service) EndMailboxes(tx *sqldb.Tx, by scope.Actor, of Owner, rule Rule) error {
	ms, err := s.EveryMailboxOf(tx, of)
	for _, m := range ms {
		if err := s.endMailbox(tx, by, m, rule); err != nil {
			return err
		}
	}
	return err
}

// EndMailbox deletes the owner's own address by a channel. It is Denied to others.
func (s *Service) EndMailbox(tx *sqldb.Tx, by scope.Actor, of Owner, ch notify.Channel) error {
	if !isOwner(by, of) && !mayName(tx, by, of, ch) {
		return errs.New(errs.Denied, "people.own.only")
	}
	m, ok, err := s.MailboxOf(tx, of, ch)
	if err != nil || !ok {
		return err
	}
	return s.endMailbox(tx, by, m, RuleOwnRequest)
}

func (s *Service) endMailbox(tx *sqldb.Tx, by scope.Actor, m Mailbox, rule Rule) error {
	if err := endMailbox(tx, m.ID, string(rule)); err != nil {
		return err
	}
	if by.Kind == scope.Resident {
		by.Name = "" // not even the mask of a name that may be about to be forgotten
	}
	return noteMailbox(tx, by, m.ID, "forget", string(rule))
}

func noteMailbox(tx *sqldb.Tx, by scope.Actor, d id.ID, act, note string) error {
	return trail.Append(tx, by, trail.Entry{Noun: "mailbox", Record: d, Act: act, Note: note})
}

// MailboxOf is the owner's mailbox by a channel, closed; false if there is none.
func (s *Service) MailboxOf(tx *sqldb.Tx, of Owner, ch notify.Channel) (Mailbox, bool, error) {
	ms, err := s.EveryMailboxOf(tx, of)
	for _, m := range ms {
		if m.Channel == ch {
			return m, true, err
		}
	}
	return Mailbox{}, false, err
}

// EveryMailboxOf are the owner's mailboxes, closed, one of each channel at most.
func (s *Service) EveryMailboxOf(tx *sqldb.Tx, of Owner) ([]Mailbox, error) {
	ms, err := mailboxesOf(tx, s.box, of)
	for i := range ms {
		if err := s.phoneOf(tx, &ms[i]); err != nil {
			return nil, err
		}
		ms[i] = ms[i].closed()
	}
	return ms, err
}

// Mailbox is a mailbox, closed. If there is none it is NotFound.
func (s *Service) Mailbox(tx *sqldb.Tx, d id.ID) (Mailbox, error) {
	m, err := mailbox(tx, s.box, d)
	if err == nil {
		err = s.phoneOf(tx, &m)
	}
	return m.closed(), err
}

// MailboxesOf are the mailboxes of those owners to which news may be sent. No
// address is opened for it.
func (s *Service) MailboxesOf(tx *sqldb.Tx, kind Ownership, ids []id.ID) (map[id.ID][]Mailbox, error) {
	ms := map[id.ID][]Mailbox{}
	for some := range slices.Chunk(ids, 200) {
		if err := readyMailboxes(tx, kind, some, func(m Mailbox) { ms[m.Owner.ID] = append(ms[m.Owner.ID], m) }); err != nil {
			return nil, err
		}
	}
	return ms, nil
}

// AccountMailboxes are those of staff accounts, closed, in the order of their
// IDs: at most so many behind the given one. It is a job's.
func (s *Service) AccountMailboxes(tx *sqldb.Tx, after id.ID, most int) ([]Mailbox, error) {
	return accountMailboxes(tx, after, most)
}

// ReachMailbox is the address to which the program itself may send a letter, and
// the language to write it in. It is never shown to anybody and so is not a look.
func (s *Service) ReachMailbox(tx *sqldb.Tx, d id.ID) (seal.Text, i18n.Lang, error) {
	m, err := mailbox(tx, s.box, d)
	if err == nil && !m.Ended() {
		err = s.phoneOf(tx, &m)
	}
	return m.Address, m.Lang, err
}

// ownMailboxes are the owner's addresses in the open, by channel, for their own file.
func (s *Service) ownMailboxes(tx *sqldb.Tx, of Owner) (all map[notify.Channel]string, err error) {
	ms, err := mailboxesOf(tx, s.box, of)
	for _, m := range ms {
		if all == nil {
			all = map[notify.Channel]string{}
		}
		if err := s.phoneOf(tx, &m); err != nil {
			return nil, err
		}
		all[m.Channel] = m.Address.Plain()
	}
	return all, err
}

// AddressIndex is the blind index by which letters to one address are counted.
func (s *Service) AddressIndex(ch notify.Channel, address seal.Text) ([]byte, error) {
	return s.box.Index(emailIndex, string(ch)+":"+address.Plain())
}

// FromIndex is the blind index of a network address.
func (s *Service) FromIndex(from string) ([]byte, error) { return s.fromIndex(from) }

const emailIndex = "email"

func (m Mailbox) closed() Mailbox {
	m.Address, m.sealed = m.Address.Closed(), nil
	return m
}

// SweepMailboxes deletes the addresses that were not confirmed in time, at most
// so many, and reports how many. It is a job's.
func (s *Service) SweepMailboxes(ctx context.Context, most int) (n int, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		old, err := unconfirmedMailboxes(tx, tx.Now(), most)
		n = len(old)
		for _, d := range old {
			if err := s.endMailbox(tx, scope.Program("retention"), Mailbox{ID: d}, RuleTerm); err != nil {
				return err
			}
		}
		return err
	})
	return n, err
}
