// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Foreign is a matter as another system kept it, read from a file. It brings no
// private facts: who raised it is not taken over.
type Foreign struct {
	Row        int    // in the file, as a spreadsheet counts
	ID         string // what the other system calls it
	Origin     string // the system and its ID: each is taken in once
	Title      string
	Body       string
	Kind       string // what the other system calls its kind; "" if it does not say
	PlaceWords string
	At         *Point
	RaisedAt   time.Time
	Closed     bool
	ClosedAt   time.Time // if Closed
	Result     string    // the reply

	Agency   string    // which handles it there; "" if the file does not say
	Due      time.Time // until when it was to be done there; zero if the file does not say
	Category string    // code, if the kind was given one; else it follows from the words
	Lead     id.ID     // the unit for the agency; 0: the one that usually leads
}

// Importer is the name under which the program imports: what it then does to a
// matter is told to nobody.
const Importer = "import"

// A RowFault is what is wrong with one row of an import.
type RowFault struct {
	Row   int
	ID    string // "" if the row does not tell
	Field string // the column at fault, "" if it is the row as a whole
	Err   error  // for people
}

// Error is the operator's text.
func (f *RowFault) Error() string { return fmt.Sprintf("row %d: %v", f.Row, f.Err) }

// Unwrap returns what is wrong.
func (f *RowFault) Unwrap() error { return f.Err }

// Taken says what an import did. Read is Added + Unchanged + Rejected.
type Taken struct {
	Read      int `json:"read"`
	Added     int `json:"added"`
	Unchanged int `json:"unchanged"`
	Rejected  int `json:"rejected"`

	Faults []RowFault `json:"-"` // why rows were rejected; a row may have several
}

// Add counts what another part of the same import did.
func (t *Taken) Add(o Taken) {
	t.Read += o.Read
	t.Added += o.Added
	t.Unchanged += o.Unchanged
	t.Rejected += o.Rejected
	t.Faults = append(t.Faults, o.Faults...)
}

// Reject counts a row that cannot be taken, and notes each thing that is wrong
// with it.
func (t *Taken) Reject(row int, id string, err error) {
	t.Rejected++
	for _, e := range errs.Public(err) {
		t.Faults = append(t.Faults, RowFault{Row: row, ID: id, Field: e.Field, Err: e})
	}
}

// MaxForeignResult bounds a reply that comes from elsewhere, in characters: the
// town's own are shorter, but one already given to somebody is kept whole.
const MaxForeignResult = 20_000

// earliest is the first moment that a matter from elsewhere may come from.
var earliest = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)

// TakeForeign takes in matters that another system kept, in one transaction, and
// is held to the same rules as Raise. Each is taken once: one whose origin is
// known already is unchanged, so that an import may be run again, or go on where
// it was broken off. One that breaks a rule is rejected and the others go in.
//
// What was closed there has its whole life here, by the table of moves, each act
// done by the importing program at the moment of the reply; its story shows the
// public the raising, the reply and the end. What is open there is received here,
// and its clock begins now. Nobody is told: whom it concerns has heard from the
// other system. Words that name a category classify it, else it is "other". What was
// closed keeps until when it was to be done, if the file says so.
//
// If dry is set it only says what would happen. Only the program itself may.
func (s *Service) TakeForeign(ctx context.Context, by scope.Actor, in []Foreign, dry bool) (Taken, error) {
	if by.Kind != scope.System {
		return Taken{}, errs.New(errs.Denied, scope.DeniedSignIn)
	}
	var known map[string]bool
	err := s.db.Read(ctx, func(tx *sqldb.Tx) (err error) {
		known, err = knownOrigins(tx, in)
		return err
	})
	if err != nil {
		return Taken{}, err
	}
	t := Taken{Read: len(in)}
	var fresh []Foreign
	var drafts []Matter
	seen := map[string]bool{}
	for _, f := range in {
		m, err := s.draftForeign(by, f)
		switch {
		case known[f.Origin]:
			t.Unchanged++
			continue
		case seen[f.Origin]:
			err = errs.At("id", "import.twice")
		}
		if err != nil {
			if errs.Public(err) == nil {
				return Taken{}, err
			}
			t.Reject(f.Row, f.ID, err)
			continue
		}
		seen[f.Origin] = true
		fresh, drafts = append(fresh, f), append(drafts, m)
	}
	if dry || len(fresh) == 0 {
		t.Added = len(fresh)
		return t, nil
	}
	added := 0
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		added = 0
		known, err := knownOrigins(tx, fresh) // another import may run beside this one
		if err != nil {
			return err
		}
		var all arrival
		for i, f := range fresh {
			if known[f.Origin] {
				continue
			}
			if err := s.arrive(tx, by, drafts[i], f, &all); err != nil {
				return fmt.Errorf("import of row %d: %w", f.Row, err)
			}
		}
		added = len(all.matters)
		return all.write(tx, by)
	})
	if err != nil {
		return Taken{}, err
	}
	t.Added, t.Unchanged = added, t.Unchanged+len(fresh)-added
	return t, nil
}

// lastDue is the last year for which anything can have been due.
const lastDue = 2100

// draftForeign makes a matter of what another system kept, or says what is wrong
// with it.
func (s *Service) draftForeign(by scope.Actor, f Foreign) (Matter, error) {
	var faults errs.List
	switch now := s.db.Now(); {
	case f.RaisedAt.Before(earliest) || f.RaisedAt.After(now):
		faults.Add("time", "import.time", f.RaisedAt.Year())
	case f.Closed && (f.ClosedAt.Before(f.RaisedAt) || f.ClosedAt.After(now)):
		faults.Add("closed", "import.closed")
	}
	if !f.Due.IsZero() && (f.Due.Before(f.RaisedAt) || f.Due.Year() > lastDue) {
		faults.Add("due", "import.due")
	}
	if utf8.RuneCountInString(f.Result) > MaxForeignResult {
		faults.Add("reply", "matter.words.long", MaxForeignResult)
	}
	m, err := s.draft(by, Raising{Title: f.Title, Body: f.Body, Channel: Import, At: f.At, PlaceWords: f.PlaceWords, Public: true, Origin: f.Origin})
	if err := faults.Join(err); err != nil {
		return m, err
	}
	m.Result = strings.TrimSpace(f.Result)
	return m, faults.Err()
}

// An arrival is what one transaction of an import writes.
type arrival struct {
	matters []Matter
	told    []trail.Entry
}

func (a *arrival) tell(m Matter, act string, from State) {
	a.told = append(a.told, trail.Entry{Noun: "matter", Record: m.ID, Act: act, From: string(from), To: string(m.State), Digest: m.digest()})
}

func (a *arrival) write(tx *sqldb.Tx, by scope.Actor) error {
	if err := insertMany(tx, a.matters); err != nil {
		return err
	}
	if err := insertStories(tx, a.matters); err != nil {
		return err
	}
	return trail.AppendAll(tx, by, a.told)
}

// arrive adds a drafted matter with its life to what is to be written.
func (s *Service) arrive(tx *sqldb.Tx, by scope.Actor, m Matter, f Foreign, all *arrival) error {
	result := m.Result
	m.Result = ""
	if err := s.begin(tx, &m, Raising{RaisedAt: f.RaisedAt}); err != nil {
		return err
	}
	s.start(&m, tx.Now()) // its time with this town begins now
	all.tell(m, "raise", "")
	if f.Closed {
		if !f.Due.IsZero() { // promised by who kept it, counted by no calendar of the town's
			m.Clocks.Whole, m.Promised = Run{}, instant(f.Due)
		}
		if err := s.live(tx, by, &m, f, result, all); err != nil {
			return err
		}
	}
	all.matters = append(all.matters, m)
	return nil
}

// straight is the life of a matter to which nothing happened on the way.
var straight = []Act{Accept, Classify, Dispatch, Take, Handle, Verify, Close}

// live takes m through its whole life at the moment of its reply.
func (s *Service) live(tx *sqldb.Tx, by scope.Actor, m *Matter, f Foreign, result string, all *arrival) error {
	at := f.ClosedAt.UTC().Truncate(time.Millisecond)
	for _, act := range straight {
		mv, err := Flow.Find(m.State, act)
		if err != nil {
			return err
		}
		before := *m
		p := Step{ID: tx.NewID(), Matter: m.ID, At: at, Act: act, Actor: by.Name}
		switch act {
		case Classify:
			m.Category = s.categoryOf(f)
			if f.Due.IsZero() {
				s.promiseAnew(m)
			}
		case Dispatch:
			if s.leadOf(m); f.Lead != 0 {
				m.Lead = f.Lead
			}
			p.ToUnit = m.Lead
		case Handle:
			m.Result = result
			p.Public, p.Words, p.Unit = true, result, m.Lead
		case Close:
			p.Public = true
		}
		from := before.State
		m.State = mv.To
		s.turnTo(m, from, at)
		p.was = wasBefore(before.Standing(), m.Standing())
		m.add(p)
		all.tell(*m, string(act), from)
	}
	return nil
}

// categoryOf is the category that the words of a matter name: what the other
// system calls its kind, else what was said.
func (s *Service) categoryOf(f Foreign) string {
	if f.Category != "" {
		return f.Category
	}
	words := f.Kind
	if words == "" {
		words = f.Title + "\n" + f.Body
	}
	if ks := s.Catalogue().Suggest(words, 1); len(ks) > 0 {
		return ks[0].Code
	}
	if k, ok := s.Catalogue().Get(otherCategory); ok && k.Active {
		return k.Code
	}
	return ""
}

// otherCategory is the code of what fits nowhere else.
const otherCategory = "other"

// leadOf gives the matter the unit that usually leads its category in its place,
// else the centre of the place; a town without an organisation has none.
func (s *Service) leadOf(m *Matter) {
	m.Lead = m.Centre
	if k, ok := s.Catalogue().Get(m.Category); ok {
		if u, ok := s.orgs.Directory().Responsible(k.Unit, m.Path); ok {
			m.Lead = u.ID
		}
	}
}
