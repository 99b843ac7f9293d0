// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"context"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Statement is what became of a volunteer's points in a quarter, and how long they
// helped.
type Statement struct {
	Quarter Quarter
	Opening int64
	Lines   []StatementLine
	Closing int64
	In, Out int64
	Minutes int64 // confirmed in the quarter
}

// A StatementLine is one entry, as its owner reads it.
type StatementLine struct {
	Entry
	Signed int64  // what it changed
	What   string // the task, the number of the matter, the offer; for nobody but the owner
}

// stated makes a statement of what there was and of the entries since, which are those
// of the account, in their order.
func stated(q Quarter, account id.ID, opening int64, entries []Entry) Statement {
	st := Statement{Quarter: q, Opening: opening, Closing: opening}
	for _, e := range entries {
		l := StatementLine{Entry: e, Signed: e.Points}
		if e.From == account {
			l.Signed = -e.Points
			st.Out += e.Points
		} else {
			st.In += e.Points
		}
		st.Closing += l.Signed
		st.Lines = append(st.Lines, l)
	}
	return st
}

// mostLinesOf bounds a statement. The limits of the tariff keep far below it.
const mostLinesOf = 1000

// Statement is that of a volunteer and a quarter. It is theirs, and that of the desk
// for the resident of; everybody else is Denied.
func (s *Service) Statement(ctx context.Context, by scope.Actor, of id.ID, q Quarter) (st Statement, err error) {
	p, err := s.person(ctx, by, of)
	if err != nil {
		return st, err
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		v, err := volunteerOf(tx, p.resident.ID, s.city())
		if err != nil {
			return err
		}
		st, err = s.statement(tx, v, q)
		return err
	})
	return st, err
}

func (s *Service) statement(tx *sqldb.Tx, v Volunteer, q Quarter) (st Statement, err error) {
	from, to := q.Days()
	a, _, err := accountOf(tx, kindVolunteer, v.ID)
	if err != nil {
		return st, err
	}
	opening, err := before(tx, a.ID, from)
	if err != nil {
		return st, err
	}
	entries, err := entriesOf(tx, a.ID, from, to, mostLinesOf)
	if err != nil {
		return st, err
	}
	st = stated(q, a.ID, opening, entries)
	for i := range st.Lines {
		if st.Lines[i].What, err = s.what(tx, st.Lines[i].Entry); err != nil {
			return st, err
		}
	}
	st.Minutes, err = confirmedMinutes(tx, v.ID, from.Begin(), to.Begin())
	return st, err
}

// what an entry was for, in the words of what it names.
func (s *Service) what(tx *sqldb.Tx, e Entry) (string, error) {
	var text string
	var err error
	switch e.Act {
	case Earn, Correct:
		var h Hours
		if h, err = loadHours(tx, e.Record); err == nil {
			var t Task
			t, err = loadTask(tx, h.Task, s.city())
			text = t.Title
		} else if none(err) {
			text, err = s.matters.NumberOf(tx, e.Record)
		}
	case Spend, Return:
		var r Redemption
		r, err = loadRedemption(tx, e.Record)
		text = r.Title
	case Settle, GiveBack:
	}
	if none(err) {
		err = nil
	}
	return text, err
}

// TellStatements tells volunteers that the statement of the last quarter is there: at
// most so many, and says how many. It is a job's.
func (s *Service) TellStatements(ctx context.Context, most int) (n int, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		q := QuarterOf(tx.Now()).before()
		vs, err := untold(tx, q, s.city(), most)
		if err != nil {
			return err
		}
		n = len(vs)
		for _, v := range vs {
			v.Told = q
			if err := saveVolunteer(tx, v); err != nil {
				return err
			}
			if err := s.tell(tx, v.ID, NewsOfStatements, id.ID(q)); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// A Pot is what everybody may know of the points of a quarter: totals. A total of fewer
// than [Few] people is not said, but that there are some.
type Pot struct {
	Quarter     Quarter
	Issued      Total
	Redeemed    Total // less what was cancelled
	Settled     Total
	GivenBack   Total
	Corrected   Total
	Outstanding Total // in the hands of volunteers now
	Members     int64 // in the hands of members now
}

// A Total is points, and of how many people or members.
type Total struct {
	Points int64
	People int64
	Hidden bool // it is of so few that it would tell about one of them
}

// Few is under how many people a total is not said.
const Few = 5

func totalOf(points, people int64, private bool) Total {
	if private && people > 0 && people < Few {
		return Total{Hidden: true}
	}
	return Total{Points: points, People: people}
}

// PotOf is the pot of the whole city, or the part of it that a town has given, in a
// quarter. Everybody may read it.
func (s *Service) PotOf(ctx context.Context, q Quarter) (p Pot, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		from, to := q.Days()
		sums, err := sumsOf(tx, 0, from, to)
		if err != nil {
			return err
		}
		p = Pot{Quarter: q}
		var spent, returned sum
		for _, x := range sums {
			switch x.act {
			case Earn:
				p.Issued = totalOf(x.points, x.people, true)
			case Spend:
				spent = x
			case Return:
				returned = x
			case Settle:
				p.Settled = totalOf(x.points, x.people, false)
			case GiveBack:
				p.GivenBack = totalOf(x.points, x.people, true)
			case Correct:
				p.Corrected = totalOf(x.points, x.people, true)
			}
		}
		p.Redeemed = totalOf(spent.points-returned.points, spent.people, true)
		held, members, holders, err := outstanding(tx)
		if err != nil {
			return err
		}
		p.Outstanding, p.Members = totalOf(held, holders, true), members
		return nil
	})
	return p, err
}

// A Due is a member that has points for what it handed over, for which the town is to
// settle with it.
type Due struct {
	Unit   id.ID
	Points int64
}

// Dues are the members that have points. Only who administers the city, or audits, may
// ask (Denied).
func (s *Service) Dues(ctx context.Context, by scope.Actor) (ds []Due, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		if err := s.cityMay(tx, by); err != nil && !by.Has("audit") {
			return err
		}
		as, err := members(tx)
		for _, a := range as {
			ds = append(ds, Due{a.Ref, a.Balance})
		}
		return err
	})
	return ds, err
}

// Mine is all that a volunteer has and did: for nobody but them, and the desk for them.
type Mine struct {
	Volunteer   Volunteer
	Points      int64
	Minutes     int64 // all that were ever confirmed
	Quarter     int64 // those of this quarter
	Honours     []Honour
	Tasks       []MyTask
	Hours       []MyHours
	Redemptions []MyRedemption
}

// MyTask is a task that somebody signed up for.
type MyTask struct {
	SignUp SignUp
	Task   Task
}

// MyHours are hours with the task they were at.
type MyHours struct {
	Hours Hours
	Task  Task
}

// MyRedemption is a redemption with the code to show.
type MyRedemption struct {
	Redemption
	Code string
}

// Mine returns what a volunteer has. It needs to be them, or the desk for the resident
// of. It is NotFound if they are no volunteer and never were.
func (s *Service) Mine(ctx context.Context, by scope.Actor, of id.ID) (m Mine, err error) {
	p, err := s.person(ctx, by, of)
	if err != nil {
		return m, err
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		m = Mine{}
		if m.Volunteer, err = volunteerOf(tx, p.resident.ID, s.city()); err != nil {
			return err
		}
		return s.fillMine(tx, &m)
	})
	return m, err
}

func (s *Service) fillMine(tx *sqldb.Tx, m *Mine) (err error) {
	d := m.Volunteer.ID
	if m.Points, err = balanceOf(tx, kindVolunteer, d); err != nil {
		return err
	}
	from, _ := QuarterOf(tx.Now()).Days()
	later := tx.Now().Add(time.Millisecond)
	if m.Minutes, err = confirmedMinutes(tx, d, time.Unix(1, 0), later); err != nil {
		return err
	}
	if m.Quarter, err = confirmedMinutes(tx, d, from.Begin(), later); err != nil {
		return err
	}
	if m.Honours, err = honoursOf(tx, d); err != nil {
		return err
	}
	ups, err := lastSignUps(tx, d, 30)
	if err != nil {
		return err
	}
	for _, u := range ups {
		t, err := loadTask(tx, u.Task, s.city())
		if err != nil {
			return err
		}
		m.Tasks = append(m.Tasks, MyTask{u, t})
	}
	hs, err := hoursOf(tx, d, 30)
	if err != nil {
		return err
	}
	for _, h := range hs {
		t, err := loadTask(tx, h.Task, s.city())
		if err != nil {
			return err
		}
		m.Hours = append(m.Hours, MyHours{h, t})
	}
	rs, err := redemptionsOf(tx, d, 30)
	if err != nil {
		return err
	}
	for _, r := range rs {
		code, err := s.codeOf(r.ID)
		if err != nil {
			return err
		}
		m.Redemptions = append(m.Redemptions, MyRedemption{r, code})
	}
	return nil
}

// IsVolunteer reports whether the actor is an active volunteer.
func (s *Service) IsVolunteer(ctx context.Context, by scope.Actor) (yes bool, err error) {
	if by.Resident == 0 {
		return false, nil
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		_, err := s.active(tx, by.Resident)
		if yes = err == nil; none(err) {
			err = nil
		}
		return err
	})
	return yes, err
}

// denied is for who asks for what is not theirs.
func denied() error { return errs.New(errs.Denied, scope.DeniedNeed) }
