// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Kind is what sort of account points lie in.
type Kind string

const (
	kindPot       Kind = "pot"       // of a town: what it has given out is below zero
	kindVolunteer Kind = "volunteer" // never below zero
	kindMember    Kind = "member"    // of a unit that offers something; never below zero
)

// An Account is where points lie.
type Account struct {
	ID      id.ID
	Kind    Kind
	Ref     id.ID // the town, the volunteer, the unit
	Balance int64
}

// A holder names an account, which need not be there yet.
type holder struct {
	kind Kind
	ref  id.ID
}

func volunteerAccount(d id.ID) holder { return holder{kindVolunteer, d} }
func memberAccount(unit id.ID) holder { return holder{kindMember, unit} }

// pot is that of the town in which a place lies; of the city, if it is in none.
func (s *Service) pot(p scope.Path) holder {
	if p[scope.Town] != 0 {
		return holder{kindPot, p[scope.Town]}
	}
	return holder{kindPot, s.city()}
}

// An EntryAct is why points changed hands.
type EntryAct string

// Why points change hands.
const (
	Earn     EntryAct = "earn"      // a pot to a volunteer, by the tariff
	Spend    EntryAct = "spend"     // a volunteer to a member
	Return   EntryAct = "return"    // a member to a volunteer: the redemption was cancelled
	Settle   EntryAct = "settle"    // a member to a pot: the town has paid for it
	GiveBack EntryAct = "give_back" // a volunteer who leaves, to the pot
	Correct  EntryAct = "correct"   // puts an earning right, which it names
)

// EntryActs lists why points change hands.
var EntryActs = []EntryAct{Earn, Spend, Return, Settle, GiveBack, Correct}

// An Entry is points that went from one account to another. It is both sides of
// itself, and is never changed.
type Entry struct {
	ID       id.ID
	At       time.Time
	Day      Day
	Act      EntryAct
	Code     string // of the tariff, for what was earned
	From, To id.ID  // accounts
	Points   int64
	Record   id.ID // the hours, the matter, the round, the redemption
	Reverses id.ID
	Note     string
	Account  id.ID
	Actor    string
}

// Digest is the entry's canonical state for the trail.
func (e Entry) Digest() []byte {
	return trail.Digest("volunteer_entry/2", e.ID, e.At, int64(e.Day), string(e.Act), e.Code, e.From, e.To, e.Points, e.Record, e.Reverses, e.Note, e.Account, e.Actor)
}

// post moves points, in one statement for each side: whoever is short of them has
// them not taken, and the whole act fails with a Conflict. It is the one door
// through which balances change. What the trail says of it is the act alone: not what
// it was for, nor whose.
func post(tx *sqldb.Tx, by scope.Actor, e Entry, from, to holder) (Entry, error) {
	var err error
	if e.From, err = ensureAccount(tx, from); err != nil {
		return e, err
	}
	if e.To, err = ensureAccount(tx, to); err != nil {
		return e, err
	}
	ok, err := debit(tx, e.From, e.Points)
	if err != nil {
		return e, err
	}
	if !ok {
		return e, errs.New(errs.Conflict, "volunteers.points.short")
	}
	if err := credit(tx, e.To, e.Points); err != nil {
		return e, err
	}
	e.ID, e.At, e.Day, e.Account, e.Actor = tx.NewID(), tx.Now(), DayOf(tx.Now()), by.Account, by.Name
	if by.Kind == scope.Resident {
		e.Actor = "" // an entry names nobody who lives here
	}
	if err := insertEntry(tx, e); err != nil {
		return e, err
	}
	return e, trail.Append(tx, by, trail.Entry{Noun: "volunteer_entry", Record: e.ID, Act: string(e.Act), Digest: e.Digest()})
}

// earn gives a volunteer what a line of the tariff gives for something that took so
// many minutes. Limited says that the month, in which it is credited, had its fill.
func (s *Service) earn(tx *sqldb.Tx, by scope.Actor, v Volunteer, l Line, minutes int64, record id.ID) (points int64, limited bool, err error) {
	from, to := DayOf(tx.Now()).month()
	already, err := earnedIn(tx, v.ID, l.Code, from, to)
	if err != nil {
		return 0, false, err
	}
	points = l.Worth(minutes, already)
	if points == 0 {
		return 0, already >= l.Most, nil
	}
	_, err = post(tx, by, Entry{Act: Earn, Code: l.Code, Points: points, Record: record}, s.pot(v.Path), volunteerAccount(v.ID))
	return points, false, err
}

// A Fault is what Check found wrong.
type Fault struct {
	Account id.ID
	Entry   id.ID
	What    string // for the operator
}

// Check counts every entry again, in their order: no account but a pot was below zero
// at any moment, every balance is what the entries make of it, and on every day the
// balances add up to zero. It looks at nothing but what it is given. Days is on how
// many of them something was entered.
func Check(accounts []Account, entries []Entry) (days int, faults []Fault) {
	pot, balance := map[id.ID]bool{}, map[id.ID]int64{}
	for _, a := range accounts {
		pot[a.ID] = a.Kind == kindPot
		balance[a.ID] = 0
	}
	order := slices.Clone(entries)
	slices.SortStableFunc(order, func(a, b Entry) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.ID, b.ID)) })
	byDay := map[Day]bool{}
	for i, e := range order {
		if e.Points <= 0 || e.From == e.To {
			faults = append(faults, Fault{Entry: e.ID, What: "an entry that moves nothing"})
		}
		for _, side := range []struct {
			account id.ID
			points  int64
		}{{e.From, -e.Points}, {e.To, e.Points}} {
			if _, ok := balance[side.account]; !ok {
				faults = append(faults, Fault{Account: side.account, Entry: e.ID, What: "an account that is not there"})
			}
			balance[side.account] += side.points
			if balance[side.account] < 0 && !pot[side.account] {
				faults = append(faults, Fault{Account: side.account, Entry: e.ID, What: fmt.Sprintf("below zero: %d", balance[side.account])})
			}
		}
		byDay[e.Day] = true
		if i == len(order)-1 || order[i+1].Day != e.Day {
			sum := int64(0)
			for _, n := range balance {
				sum += n
			}
			if sum != 0 {
				faults = append(faults, Fault{Entry: e.ID, What: fmt.Sprintf("the balances of the day add up to %d", sum)})
			}
		}
	}
	sum := int64(0)
	for _, a := range accounts {
		sum += a.Balance
		if a.Balance != balance[a.ID] {
			faults = append(faults, Fault{Account: a.ID, What: fmt.Sprintf("has %d, and its entries make %d", a.Balance, balance[a.ID])})
		}
	}
	if sum != 0 {
		faults = append(faults, Fault{What: fmt.Sprintf("all balances add up to %d", sum)})
	}
	return len(slices.Collect(maps.Keys(byDay))), faults
}

// A Recounted is what Recount counted.
type Recounted struct {
	Volunteers int   `json:"volunteers"` // accounts of each kind
	Members    int   `json:"members"`
	Pots       int   `json:"pots"`
	Entries    int   `json:"entries"`
	Days       int   `json:"days"` // at whose end the balances were added up
	Held       int64 `json:"held"` // by volunteers and members; what the pots are below zero
}

// Recount is Check of everything there is, and holds the number of entries against what the
// trail knows of.
func (s *Service) Recount(ctx context.Context) (t Recounted, faults []Fault, err error) {
	var accounts []Account
	var entries []Entry
	var known int64
	if err := s.db.Read(ctx, func(tx *sqldb.Tx) (err error) {
		if accounts, err = everyAccount(tx); err != nil {
			return err
		}
		if entries, err = everyEntry(tx); err != nil {
			return err
		}
		known, err = trail.Known(tx, "volunteer_entry")
		return err
	}); err != nil {
		return t, nil, err
	}
	t.Days, faults = Check(accounts, entries)
	if t.Entries = len(entries); int64(t.Entries) != known {
		faults = append(faults, Fault{What: fmt.Sprintf("there are %d entries, and the trail knows of %d", t.Entries, known)})
	}
	for _, a := range accounts {
		switch a.Kind {
		case kindPot:
			t.Pots++
			continue
		case kindVolunteer:
			t.Volunteers++
		case kindMember:
			t.Members++
		}
		t.Held += a.Balance
	}
	return t, faults, nil
}

// Verify is an error if anything is not as it must be: see Recount. It is a job of every
// night.
func (s *Service) Verify(ctx context.Context) error {
	_, faults, err := s.Recount(ctx)
	if err == nil && len(faults) > 0 {
		err = fmt.Errorf("the points do not add up: %d faults, the first: %+v", len(faults), faults[0])
	}
	return err
}
