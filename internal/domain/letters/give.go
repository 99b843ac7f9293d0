// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"context"
	"time"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

// The limits of confirmations, which anybody may have sent to any address.
const (
	confirmGap     = time.Minute // between two to one address
	confirmDay     = 3           // to one address
	confirmsAnHour = 20          // asked for from one network address
)

// Give keeps the address by which the owner wants to be written to, in place of an
// earlier one of that channel, and sends the question whether it is right; from is
// the network address that asks. Texts go to the telephone that the owner signs in
// with, and need no address and no question; nor does a browser, whose subscription
// is the address. Only the owner may, and for the names
// that staff have in WeChat Work and DingTalk whoever administers the town (else
// Denied). It is Invalid beside "mailbox" if it is no address, TooMany if the
// address or the asker has had its share, and Busy if nothing can be sent that way.
func (s *Service) Give(ctx context.Context, by scope.Actor, of people.Owner, ch notify.Channel, address string, lang i18n.Lang, from string) error {
	if !s.Offers(ch) {
		return errs.New(errs.Busy, "letter.off")
	}
	if ch == notify.SMS {
		return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
			_, err := s.People.GivePhone(tx, by, of, lang)
			return err
		})
	}
	if ch == notify.Push {
		return s.givePush(ctx, by, of, address, lang)
	}
	e, err := people.ParseReach(ch, address)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		box, err := s.People.GiveMailbox(tx, by, of, ch, e, lang)
		if err != nil {
			return err
		}
		return s.ask(tx, box, e, from)
	})
}

// givePush keeps a browser's subscription. It is Invalid beside "mailbox" if it is
// none, or of a push service that messages are not handed to from here.
func (s *Service) givePush(ctx context.Context, by scope.Actor, of people.Owner, subscription string, lang i18n.Lang) error {
	if own, ok := people.OwnerOf(by); !ok || own != of {
		return errs.New(errs.Denied, "people.own.only")
	}
	p, err := notify.ReadPush(subscription)
	if err != nil {
		return errs.At("mailbox", "people.mailbox.push")
	}
	if !notify.Takes(s.Ways[notify.Push], p.Text()) {
		return errs.At("mailbox", "people.mailbox.push.host", p.Host())
	}
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		_, err := s.People.BindMailbox(tx, by, of, notify.Push, p.Text(), lang)
		return err
	})
}

// AskAgain sends the question once more, to an address that was not confirmed or
// that refused letters. It fails as Give does, and is NotFound if there is none.
func (s *Service) AskAgain(ctx context.Context, by scope.Actor, of people.Owner, ch notify.Channel, from string) error {
	if !s.Offers(ch) {
		return errs.New(errs.Busy, "letter.off")
	}
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		box, err := s.People.AskMailbox(tx, by, of, ch)
		if err != nil {
			return err
		}
		e, _, err := s.People.ReachMailbox(tx, box.ID)
		if err != nil {
			return err
		}
		return s.ask(tx, box, e, from)
	})
}

// ask promises the question, unless the address or the asker has had its share.
func (s *Service) ask(tx *sqldb.Tx, box people.Mailbox, e seal.Text, from string) error {
	l := Letter{ID: tx.NewID(), Mailbox: box.ID, Channel: box.Channel, Owner: box.Owner.Kind, OwnerID: box.Owner.ID, Kind: Confirm, State: Waiting, Urgent: true, MadeAt: tx.Now(), DueAt: tx.Now()}
	var err error
	if l.to, err = s.People.AddressIndex(box.Channel, e); err != nil {
		return err
	}
	if l.from, err = s.People.FromIndex(from); err != nil {
		return err
	}
	last, day, hour, err := confirmations(tx, l.to, l.from, tx.Now())
	if err != nil {
		return err
	}
	switch {
	case !last.IsZero() && last.Add(confirmGap).After(tx.Now()):
		return &errs.Error{Kind: errs.TooMany, Key: "letter.confirm.gap", Field: "mailbox"}
	case day >= confirmDay:
		return &errs.Error{Kind: errs.TooMany, Key: "letter.confirm.day", Field: "mailbox"}
	case hour >= confirmsAnHour:
		return &errs.Error{Kind: errs.TooMany, Key: "letter.confirm.hour", Field: "mailbox"}
	}
	if err := insertLetter(tx, l); err != nil {
		return err
	}
	return enqueue(tx, l)
}

// Want switches the owner's letters by a channel on or off; only they may (Denied).
func (s *Service) Want(ctx context.Context, by scope.Actor, of people.Owner, ch notify.Channel, on bool) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error { return s.People.WantLetters(tx, by, of, ch, on) })
}

// Choose says of what the owner hears, by each of the channels they have; only they
// may (Denied).
func (s *Service) Choose(ctx context.Context, by scope.Actor, of people.Owner, topics map[notify.Channel][]people.Topic) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		for _, ch := range people.ChannelsOf(of.Kind) {
			ts, ok := topics[ch]
			if !ok {
				continue
			}
			if err := s.People.WantTopics(tx, by, of, ch, ts); err != nil {
				return err
			}
		}
		return nil
	})
}

// End deletes the owner's address of a channel; only they may, and whoever may give
// it (Denied).
func (s *Service) End(ctx context.Context, by scope.Actor, of people.Owner, ch notify.Channel) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error { return s.People.EndMailbox(tx, by, of, ch) })
}

// Of are the owner's mailboxes, closed, by channel. The caller has seen that they
// may be seen.
func (s *Service) Of(ctx context.Context, of people.Owner) (boxes map[notify.Channel]people.Mailbox, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		ms, err := s.People.EveryMailboxOf(tx, of)
		boxes = map[notify.Channel]people.Mailbox{}
		for _, m := range ms {
			boxes[m.Channel] = m
		}
		return err
	})
	return boxes, err
}

// ToConfirm is the mailbox of a link that confirms, for the page that asks before
// it does. It is NotFound if the link is none of ours, is too old, or another was
// sent since.
func (s *Service) ToConfirm(ctx context.Context, token string) (box people.Mailbox, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if box, err = s.follow(tx, "confirm", token); err != nil {
			return err
		}
		if box.Ended() || !box.Confirmed() && !tx.Now().Before(box.ExpiresAt) {
			err = errs.New(errs.NotFound, "people.mailbox.over")
		}
		return err
	})
	return box, err
}

// Confirm is what the link in a question does, for whoever has it. It fails as
// ToConfirm does; confirming twice does nothing.
func (s *Service) Confirm(ctx context.Context, by scope.Actor, token string) (box people.Mailbox, err error) {
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		if box, err = s.follow(tx, "confirm", token); err != nil {
			return err
		}
		return s.People.ConfirmMailbox(tx, byLink(by), box.ID)
	})
	return box, err
}

// ToStop is the mailbox of a link that stops letters, for the page that asks
// before it does. It is NotFound if the link is none of ours.
func (s *Service) ToStop(ctx context.Context, token string) (box people.Mailbox, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		box, err = s.follow(tx, "stop", token)
		return err
	})
	return box, err
}

// Stop is what the link to stop does, for whoever has it and as often as they
// like: no further letter is sent. It is NotFound if the link is none of ours.
func (s *Service) Stop(ctx context.Context, by scope.Actor, token string) (box people.Mailbox, err error) {
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		if box, err = s.follow(tx, "stop", token); err != nil {
			return err
		}
		return s.People.StopMailbox(tx, byLink(by), box.ID)
	})
	return box, err
}

// byLink is who follows a link: whoever has it, whether or not somebody is signed
// in on that device.
func byLink(by scope.Actor) scope.Actor {
	return scope.Actor{Kind: scope.Anonymous, Address: by.Address}
}
