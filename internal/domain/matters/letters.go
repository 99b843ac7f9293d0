// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// NewsOfMatters is the name under which letters know the notices of this domain.
const NewsOfMatters = "matters"

// tell writes notices, and promises letters to those of their readers who have a
// mailbox.
func (s *Service) tell(tx *sqldb.Tx, ns []notice) error {
	if err := insertNotices(tx, ns); err != nil || !s.letters.Offered() {
		return err
	}
	byOwner := map[people.Ownership][]id.ID{}
	told := map[people.Owner][]notice{}
	var order []people.Owner
	for _, n := range ns {
		o := n.to.owner()
		if len(told[o]) == 0 {
			byOwner[o.Kind] = append(byOwner[o.Kind], o.ID)
			order = append(order, o)
		}
		told[o] = append(told[o], n)
	}
	boxes := map[people.Owner][]people.Mailbox{}
	for kind, ids := range byOwner {
		some, err := s.people.MailboxesOf(tx, kind, ids)
		if err != nil {
			return err
		}
		for d, ms := range some {
			boxes[people.Owner{Kind: kind, ID: d}] = ms
		}
	}
	for _, o := range order {
		for _, box := range boxes[o] {
			var items []letters.Item
			urgent := false
			for _, n := range told[o] {
				items = append(items, letters.Item{Source: NewsOfMatters, Ref: n.id, Topic: n.topic})
				urgent = urgent || n.urgent && box.Hears(n.topic)
			}
			if err := s.letters.Promise(tx, box, urgent, items...); err != nil {
				return err
			}
		}
	}
	return nil
}

// Lines implements [letters.Source]: what the page of news says, of what the
// reader may read now. Of a matter that is not for everybody to read only the
// number is said, even to its reporter, since a letter passes through many hands.
func (s *Service) Lines(tx *sqldb.Tx, to people.Owner, refs []id.ID) ([]letters.Line, error) {
	if err := s.orgs.Check(tx); err != nil {
		return nil, err
	}
	var who reader
	switch to.Kind {
	case people.OwnedByResident:
		who.resident = to.ID
	case people.OwnedByAccount:
		who.account = to.ID
	case people.OwnedBySlip:
		who.slip = to.ID
	}
	ns, err := s.noticesWith(tx, who, refs)
	if err != nil {
		return nil, err
	}
	var lines []letters.Line
	for _, n := range ns {
		if !s.reads(tx, who, n.matter) {
			continue
		}
		var title any = i18n.Key("matter.notice.not_public")
		if n.matter.VisibleToAll() {
			title = n.Card.Title
		}
		lines = append(lines, letters.Line{Key: n.Key, Args: []any{n.Card.Number, title}, Number: n.Card.Number, State: shortOf(n.Notice), At: n.At, Path: "/matters/" + n.Card.Number})
	}
	return lines, nil
}

// shortOf is the message that says a notice in a word or two: what is asked of its
// reader, or how the matter stands now.
func shortOf(n Notice) string {
	for _, a := range []Act{Act(Soon), Act(Late), Act(Answering), Act(Call), Urge, Supervise, WhistleAct} {
		if n.Key == noticeKey(a) {
			return "matter.short." + string(a)
		}
	}
	for _, l := range levels { // of whoever is told, it says the same: it is late
		if n.Key == noticeKey(Act(l)) {
			return "matter.short." + string(Late)
		}
	}
	return "matter.state." + string(n.Card.State)
}
