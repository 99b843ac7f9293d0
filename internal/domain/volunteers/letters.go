// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// The names under which letters know the news of this domain: their references are
// sign-ups, hours, and quarters.
const (
	NewsOfSignUps    = "volunteers.signups"
	NewsOfHours      = "volunteers.hours"
	NewsOfStatements = "volunteers.statements"
)

// tell promises a volunteer a letter, if they have a mailbox.
func (s *Service) tell(tx *sqldb.Tx, volunteer id.ID, source string, ref id.ID) error {
	if s.letters == nil || !s.letters.Offered() {
		return nil
	}
	v, err := loadVolunteer(tx, volunteer, s.city())
	if err != nil {
		return err
	}
	boxes, err := s.people.MailboxesOf(tx, people.OwnedByResident, []id.ID{v.Resident})
	if err != nil {
		return err
	}
	for _, box := range boxes[v.Resident] {
		if err := s.letters.Promise(tx, box, false, letters.Item{Source: source, Ref: ref, Topic: people.Own}); err != nil {
			return err
		}
	}
	return nil
}

// A News says in letters what concerns a volunteer. It implements [letters.Source].
type News struct {
	s    *Service
	what string
}

// News are the sources of this domain's letters, by their names.
func (s *Service) News() map[string]letters.Source {
	out := map[string]letters.Source{}
	for _, what := range []string{NewsOfSignUps, NewsOfHours, NewsOfStatements} {
		out[what] = News{s, what}
	}
	return out
}

// Lines implements [letters.Source], for the volunteer whose news they are.
func (n News) Lines(tx *sqldb.Tx, to people.Owner, refs []id.ID) (lines []letters.Line, err error) {
	if to.Kind != people.OwnedByResident {
		return nil, nil
	}
	for _, ref := range refs {
		l, ok, err := n.line(tx, to.ID, ref)
		if err != nil && !none(err) {
			return nil, err
		}
		if err == nil && ok {
			lines = append(lines, l)
		}
	}
	return lines, nil
}

func (n News) line(tx *sqldb.Tx, resident, ref id.ID) (l letters.Line, ok bool, err error) {
	switch n.what {
	case NewsOfSignUps:
		u, err := loadSignUp(tx, ref)
		if err != nil {
			return l, false, err
		}
		t, err := loadTask(tx, u.Task, n.s.city())
		if err != nil {
			return l, false, err
		}
		l = letters.Line{Key: "volunteers.news.listed", Args: []any{t.Title}, Number: t.Title, State: "volunteer_signup.state." + string(u.State), At: t.Begins, Path: "/volunteers/tasks/" + t.ID.String()}
		if t.State == CalledOff {
			l.Key, l.Args, l.State = "volunteers.news.called_off", []any{t.Title, t.Reason}, "volunteer_task.state.called_off"
		}
		return l, u.resident == resident && (u.State == Listed || t.State == CalledOff), nil
	case NewsOfHours:
		h, err := loadHours(tx, ref)
		if err != nil {
			return l, false, err
		}
		t, err := loadTask(tx, h.Task, n.s.city())
		if err != nil {
			return l, false, err
		}
		l = letters.Line{Key: "volunteers.news.hours", Args: []any{t.Title, keyOf("volunteer_hours", "state", string(h.State))}, Number: t.Title, State: "volunteer_hours.state." + string(h.State), At: tx.Now(), Path: "/volunteers/me"}
		return l, h.resident == resident, nil
	}
	q := Quarter(ref)
	return letters.Line{Key: "volunteers.news.statement", Args: []any{q.Year(), q.Number()}, Number: q.String(), State: "volunteers.news.statement.short", At: tx.Now(), Path: "/volunteers/me/statement?quarter=" + q.String()}, true, nil
}
