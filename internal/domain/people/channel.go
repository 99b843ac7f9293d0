// SPDX-License-Identifier: Apache-2.0

package people

import (
	"slices"
	"strings"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

// A Topic is what a piece of news is about, so that its reader can choose by which
// channel it comes.
type Topic string

// The topics.
const (
	Own      Topic = "own"      // what they raised, or met too
	Followed Topic = "followed" // what they follow
	Due      Topic = "due"      // what waits for them or their unit
	Weekly   Topic = "weekly"   // the letter of the week
)

// TopicsOf are the topics of which an owner may hear, the most important first.
func TopicsOf(o Ownership) []Topic {
	switch o {
	case OwnedByAccount:
		return []Topic{Due, Followed, Weekly}
	case OwnedBySlip:
		return []Topic{Own}
	case OwnedByResident:
	}
	return []Topic{Own, Followed}
}

// ChannelsOf are the channels by which an owner may be reached.
func ChannelsOf(o Ownership) []notify.Channel {
	switch o {
	case OwnedByAccount:
		return []notify.Channel{notify.Mail, notify.WeCom, notify.DingTalk, notify.Push}
	case OwnedBySlip:
		return []notify.Channel{notify.Mail}
	case OwnedByResident:
	}
	return []notify.Channel{notify.Mail, notify.SMS, notify.WeChat, notify.Push}
}

func readTopics(s string) (ts []Topic) {
	for _, t := range strings.Fields(s) {
		ts = append(ts, Topic(t))
	}
	return ts
}

func writeTopics(ts []Topic) string {
	var s []string
	for _, t := range ts {
		s = append(s, string(t))
	}
	return strings.Join(s, " ")
}

// Hears reports whether news of a topic may be sent there.
func (m Mailbox) Hears(t Topic) bool { return slices.Contains(m.Topics, t) }

// needAdminister is the need of those who write down how colleagues are called.
const needAdminister scope.Need = "administer"

// mayName reports whether somebody else than the owner may write down an address:
// how a colleague is called in WeChat Work and DingTalk whoever administers the
// town knows. The colleague still has to confirm it.
func mayName(tx *sqldb.Tx, by scope.Actor, of Owner, ch notify.Channel) bool {
	if of.Kind != OwnedByAccount || ch != notify.WeCom && ch != notify.DingTalk {
		return false
	}
	return by.Kind == scope.Staff && by.May(needAdminister, scope.Target{At: tx.Now()}).OK
}

// maxUserID is the longest name that WeChat Work and DingTalk give.
const maxUserID = 64

// ParseReach reads an address as people of a channel are named: an address of
// mail, or the name that somebody has in WeChat Work or DingTalk. Anything else is
// Invalid beside "mailbox".
func ParseReach(ch notify.Channel, s string) (seal.Text, error) {
	switch ch {
	case notify.Mail:
		e, err := ParseEmail(s)
		return e.Text, err
	case notify.WeCom, notify.DingTalk:
		s = strings.TrimSpace(s)
		if s == "" {
			return seal.Text{}, errs.At("mailbox", "people.mailbox.userid.needed")
		}
		if len(s) > maxUserID || strings.ContainsFunc(s, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("_-.@", r)
		}) {
			return seal.Text{}, errs.At("mailbox", "people.mailbox.userid")
		}
		return reach(ch, s), nil
	case notify.SMS, notify.WeChat, notify.Push: // whose addresses nobody types
	}
	return seal.Text{}, errs.At("channel", "people.mailbox.channel")
}

// reach is an address that shows itself masked.
func reach(ch notify.Channel, s string) seal.Text {
	switch ch {
	case notify.Mail:
		return email(s).Text
	case notify.SMS:
		return phone(s).Text
	case notify.Push: // the browser's maker, not the browser
		p, _ := notify.ReadPush(s)
		return seal.Masked(s, p.Host())
	case notify.WeChat, notify.WeCom, notify.DingTalk:
	}
	return seal.Masked(s, s[:min(2, len(s)/2)]+"***")
}

// Masked is an address of a channel as others may see it.
func Masked(ch notify.Channel, s string) string { return reach(ch, s).String() }

// WantTopics says by which topics the owner's mailbox of a channel is reached; only
// they may (Denied). It is NotFound if there is none, and Invalid if a topic is not
// for them.
func (s *Service) WantTopics(tx *sqldb.Tx, by scope.Actor, of Owner, ch notify.Channel, topics []Topic) error {
	if !isOwner(by, of) {
		return errs.New(errs.Denied, "people.own.only")
	}
	var in []Topic
	for _, t := range TopicsOf(of.Kind) {
		if slices.Contains(topics, t) {
			in = append(in, t)
		}
	}
	if len(in) != len(topics) {
		return errs.At("topic", "people.mailbox.topic")
	}
	m, ok, err := s.MailboxOf(tx, of, ch)
	if err == nil && !ok {
		err = errs.New(errs.NotFound, "people.mailbox.none")
	}
	if err != nil || slices.Equal(m.Topics, in) {
		return err
	}
	m.Topics = in
	if err := saveMailbox(tx, m); err != nil {
		return err
	}
	return noteMailbox(tx, by, m.ID, "topics", writeTopics(in))
}

// GivePhone has texts sent to the telephone that the resident signs in with. It is
// Denied to all but the resident, and Invalid if no mobile telephone is proven.
func (s *Service) GivePhone(tx *sqldb.Tx, by scope.Actor, of Owner, lang i18n.Lang) (m Mailbox, err error) {
	if of.Kind != OwnedByResident || !isOwner(by, of) {
		return m, errs.New(errs.Denied, "people.own.only")
	}
	r, err := load(tx, s.box, of.ID)
	switch {
	case err != nil:
		return m, err
	case r.PhoneProvenAt.IsZero() || !r.Phone.Mobile():
		return m, errs.At("channel", "people.mailbox.no_phone")
	}
	return s.openProven(tx, by, Mailbox{Owner: of, Channel: notify.SMS, Lang: lang})
}

// BindMailbox writes down an address that its holder has shown to be theirs, by
// sending from there what only the owner was told; the caller has seen it.
func (s *Service) BindMailbox(tx *sqldb.Tx, by scope.Actor, of Owner, ch notify.Channel, address string, lang i18n.Lang) (Mailbox, error) {
	return s.openProven(tx, by, Mailbox{Owner: of, Channel: ch, Address: reach(ch, address), Lang: lang})
}

// openProven opens a mailbox that needs no question.
func (s *Service) openProven(tx *sqldb.Tx, by scope.Actor, m Mailbox) (Mailbox, error) {
	m, err := s.openMailbox(tx, by, m)
	if err != nil {
		return m, err
	}
	return m, s.ConfirmMailbox(tx, by, m.ID)
}

// phoneOf gives a mailbox for texts the telephone of its owner, if it is proven
// still: what has changed hands is not written to.
func (s *Service) phoneOf(tx *sqldb.Tx, m *Mailbox) error {
	if m.Channel != notify.SMS || m.Ended() {
		return nil
	}
	r, err := load(tx, s.box, m.Owner.ID)
	if errs.KindOf(err) == errs.NotFound {
		return nil
	}
	if !r.PhoneProvenAt.IsZero() && r.Phone.Mobile() {
		m.Address = r.Phone.Text
	}
	return err
}
