// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"time"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// toAnswer are the notices that the days to answer a question run out: for the reporter,
// by the channels that they chose; where none reaches them, for the desk of the place,
// which is to ring them.
func (s *Service) toAnswer(tx *sqldb.Tx, m Matter) (kind Reminder, ns []notice, err error) {
	add := func(what Reminder, topic people.Topic, who ...reader) {
		for _, to := range who {
			ns = append(ns, notice{to: to, matter: m.ID, key: noticeKey(Act(what)), at: tx.Now(), urgent: m.Urgent, topic: topic})
		}
	}
	owner := reader{resident: m.Resident}
	if m.Resident == 0 {
		owner = reader{slip: m.ID}
	}
	reached, err := s.reaches(tx, owner)
	if err != nil {
		return "", nil, err
	}
	if reached || owner.resident != 0 { // who signs in reads it on the page of news
		add(Answering, people.Own, owner)
	}
	if reached {
		return Answering, ns, nil
	}
	add(Call, people.Due, s.atDesk(m, tx.Now())...)
	return Call, ns, nil
}

// reaches reports whether somebody hears of their own matters by any channel.
func (s *Service) reaches(tx *sqldb.Tx, who reader) (bool, error) {
	if !s.letters.Offered() {
		return false, nil
	}
	o := who.owner()
	boxes, err := s.people.MailboxesOf(tx, o.Kind, []id.ID{o.ID})
	for _, box := range boxes[o.ID] {
		if box.Hears(people.Own) && s.letters.Offers(box.Channel) {
			return true, err
		}
	}
	return false, err
}

// atDesk are those at the centre of the place who write down what others say.
func (s *Service) atDesk(m Matter, now time.Time) (who []reader) {
	for _, account := range s.orgs.Directory().Members(m.Centre, now) {
		if s.staff(account, now).May("raise_for", m.Target("raise_for", now)).OK {
			who = append(who, reader{account: account})
		}
	}
	return who
}
