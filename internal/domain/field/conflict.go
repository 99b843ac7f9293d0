// SPDX-License-Identifier: Apache-2.0

package field

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

// A Conflict is a change from the field that met another made meanwhile, and waits for a
// person. Nothing of the fields in it was written.
type Conflict struct {
	ID        id.ID
	Envelope  id.ID
	Noun      string // of the record
	Record    id.ID
	Path      scope.Path
	Account   id.ID // who wrote it down
	State     State
	MadeAt    time.Time
	MovedAt   time.Time
	SettledBy id.ID
	Version   int64

	sealed []byte // Title and Fields
	open   opened
}

// opened is what of a conflict is private.
type opened struct {
	Title  string       `json:"title"`
	Fields []Difference `json:"fields"`
}

// Title is what people call the record.
func (k Conflict) Title() string { return k.open.Title }

// Fields are what the phone and the town do not agree about, as it was then.
func (k Conflict) Fields() []Difference { return k.open.Fields }

// Digest is the fingerprint of the record for the trail.
func (k Conflict) Digest() []byte {
	return trail.Digest("field_conflict/1", k.ID, k.Envelope, k.Noun, k.Record, k.Account, string(k.State), k.MadeAt, k.MovedAt, k.SettledBy, k.sealed, k.Version)
}

var fieldsColumn = seal.Column{Table: "field_conflict", Name: "fields_sealed"}

// raise makes a conflict.
func (s *Service) raise(tx *sqldb.Tx, by scope.Actor, e Envelope, c Change, l Leaf, differ []Difference) (Conflict, error) {
	k := Conflict{ID: tx.NewID(), Envelope: e.ID, Noun: c.Noun, Record: c.Record, Path: l.Path, Account: by.Account, State: Waiting, MadeAt: tx.Now(), MovedAt: tx.Now(), Version: 1,
		open: opened{l.Title, differ}}
	text, err := json.Marshal(k.open)
	if err != nil {
		return k, fmt.Errorf("conflict: %w", err)
	}
	if k.sealed, err = s.Seal.Seal(fieldsColumn, k.ID, seal.NewText(string(text))); err != nil {
		return k, err
	}
	if err := insertConflict(tx, k); err != nil {
		return k, err
	}
	return k, noteConflict(tx, by, k, "conflict", "")
}

func noteConflict(tx *sqldb.Tx, by scope.Actor, k Conflict, act string, from State) error {
	return trail.Append(tx, by, trail.Entry{Noun: Flow.Name(), Record: k.ID, Act: act, From: string(from), To: string(k.State), Digest: k.Digest()})
}

func (s *Service) opens(k Conflict) (Conflict, error) {
	t, err := s.Seal.Open(fieldsColumn, k.ID, k.sealed)
	if err != nil {
		return k, err
	}
	if err := json.Unmarshal([]byte(t.Plain()), &k.open); err != nil {
		return k, fmt.Errorf("conflict: %w", err)
	}
	return k, nil
}

// may says whether the actor may do an act about a conflict now.
func may(tx *sqldb.Tx, by scope.Actor, k Conflict, act Act) error {
	m, err := Flow.Find(k.State, act)
	if err != nil {
		return errs.New(errs.Conflict, "field_conflict.move", i18n.Key("field_conflict.act."+string(act)), i18n.Key("field_conflict.state."+string(k.State)))
	}
	if d := by.May(m.Need, scope.Target{Path: k.Path, At: tx.Now()}); !d.OK {
		return errs.New(errs.Denied, d.Key, d.Args...)
	}
	return nil
}

// changeConflict is the one door through which a conflict moves.
func (s *Service) changeConflict(tx *sqldb.Tx, by scope.Actor, k Conflict, act Act, edit func(*Conflict)) error {
	if err := may(tx, by, k, act); err != nil {
		return err
	}
	from := k.State
	var err error
	if k.State, err = Flow.Lead(from, act, ""); err != nil {
		return err
	}
	k.MovedAt = tx.Now()
	edit(&k)
	if err := saveConflict(tx, &k); err != nil {
		return err
	}
	return noteConflict(tx, by, k, string(act), from)
}

// A Choice is what is right for one field of a conflict.
type Choice string

// The choices.
const (
	Mine   Choice = "mine"   // what was written on the phone
	Theirs Choice = "theirs" // what stands there now
	Other  Choice = "other"  // something else
)

// A Settling says for each field of a conflict what is right.
type Settling struct {
	Saw     int64 // the version of the record that was looked at
	Choices map[string]Choice
	Words   map[string]string // of the fields that are Other
}

// Settle writes what is right. It is Invalid beside a field that was not decided, and a
// Conflict "field.conflict.changed" if the record has changed again since it was looked
// at: then it is looked at again.
func (s *Service) Settle(ctx context.Context, by scope.Actor, conflict id.ID, in Settling) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		k, err := s.conflict(tx, conflict)
		if err != nil {
			return err
		}
		if err := may(tx, by, k, Settle); err != nil {
			return err
		}
		book, leaf, err := s.leaf(tx, by, k)
		if err != nil {
			return err
		}
		if leaf.Version != in.Saw {
			return errs.New(errs.Conflict, "field.conflict.changed")
		}
		write, err := in.decided(k, leaf)
		if err != nil {
			return err
		}
		if len(write) > 0 {
			if err := book.Write(tx, by, k.Record, leaf.Version, write); err != nil {
				return err
			}
		}
		return s.changeConflict(tx, by, k, Settle, func(k *Conflict) { k.SettledBy = by.Account })
	})
}

// decided is what is to be written: of each field that is not to stay as it is.
func (in Settling) decided(k Conflict, leaf Leaf) (map[string]string, error) {
	write := map[string]string{}
	var faults errs.List
	for _, f := range k.Fields() {
		to := ""
		now, ok := leaf.get(f.Name)
		switch in.Choices[f.Name] {
		case Mine:
			to = f.Mine
		case Theirs:
			to = now.Value
		case Other:
			if to = strings.TrimSpace(in.Words[f.Name]); to == "" || utf8.RuneCountInString(to) > maxValue {
				faults.Add("other_"+f.Name, "field.change.long", maxValue)
			}
		default:
			faults.Add("choice_"+f.Name, "field.conflict.choose")
		}
		if ok && to != now.Value {
			write[f.Name] = to
		}
	}
	return write, faults.Err()
}

// Pass leaves a conflict to the committee's chair.
func (s *Service) Pass(ctx context.Context, by scope.Actor, conflict id.ID) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		k, err := s.conflict(tx, conflict)
		if err != nil {
			return err
		}
		return s.changeConflict(tx, by, k, Pass, func(*Conflict) {})
	})
}

func (s *Service) conflict(tx *sqldb.Tx, d id.ID) (Conflict, error) {
	k, err := loadConflict(tx, d)
	if err != nil {
		return k, err
	}
	return s.opens(k)
}

func (s *Service) leaf(tx *sqldb.Tx, by scope.Actor, k Conflict) (Book, Leaf, error) {
	book, ok := s.books[k.Noun]
	if !ok {
		return book, Leaf{}, errs.New(errs.NotFound, "field.change.noun")
	}
	leaf, err := book.Look(tx, by, k.Record)
	return book, leaf, err
}

// A Shown is a conflict as somebody who may settle it sees it.
type Shown struct {
	Conflict
	Leaf Leaf  // the record as it is now
	Acts []Act // that the actor may do
}

// Get returns a conflict, and the record as it is now, to who may do something about it,
// or could before it was settled. NotFound to everybody else.
func (s *Service) Get(ctx context.Context, by scope.Actor, d id.ID) (x Shown, err error) {
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error { // looking at a record may leave a trace
		x = Shown{}
		if x.Conflict, err = s.conflict(tx, d); err != nil {
			return err
		}
		near := false
		for _, m := range Flow.Moves() {
			near = near || by.May(m.Need, scope.Target{Path: x.Path, At: tx.Now()}).OK
		}
		if !near {
			return errs.New(errs.NotFound, "field.conflict.none")
		}
		for _, m := range Flow.From(x.State) {
			if may(tx, by, x.Conflict, m.Act) == nil {
				x.Acts = append(x.Acts, m.Act)
			}
		}
		if len(x.Acts) > 0 {
			_, x.Leaf, err = s.leaf(tx, by, x.Conflict)
		}
		return err
	})
	return x, err
}

// Turn are the conflicts whose turn the actor's is, the oldest first, at most so many.
func (s *Service) Turn(ctx context.Context, by scope.Actor, most int) (ks []Conflict, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		ks = nil
		for _, state := range []State{Waiting, Passed} {
			m, err := Flow.Find(state, Settle)
			if err != nil {
				return err
			}
			in := by.Scopes(m.Need, tx.Now())
			if len(in) == 0 {
				continue
			}
			some, err := listConflicts(tx, in, state, most)
			if err != nil {
				return err
			}
			for _, k := range some {
				if k, err = s.opens(k); err != nil {
					return err
				}
				ks = append(ks, k)
			}
		}
		return nil
	})
	return ks, err
}

// Waiting is how many conflicts there are whose turn the actor's is, up to so many.
func (s *Service) Waiting(ctx context.Context, by scope.Actor, most int) (n int, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		n = 0
		for _, state := range []State{Waiting, Passed} {
			m, err := Flow.Find(state, Settle)
			if err != nil {
				return err
			}
			if in := by.Scopes(m.Need, tx.Now()); len(in) > 0 {
				ks, err := listConflicts(tx, in, state, most)
				if err != nil {
					return err
				}
				n += len(ks)
			}
		}
		return nil
	})
	return n, err
}

// sweepConflicts deletes what was settled before a time, with the facts in it.
func (s *Service) sweepConflicts(tx *sqldb.Tx, before time.Time) error {
	ks, err := oldConflicts(tx, before, 200)
	if err != nil {
		return err
	}
	for _, k := range ks {
		if err := dropConflict(tx, k.ID); err != nil {
			return err
		}
		if err := trail.Append(tx, scope.Actor{Kind: scope.System}, trail.Entry{Noun: Flow.Name(), Record: k.ID, Act: "forget", From: string(k.State), Digest: trail.Gone()}); err != nil {
			return err
		}
	}
	return nil
}

// Example is a conflict that is in no database, for showing its page.
func Example(title string, fields ...Difference) Shown {
	return Shown{Conflict: Conflict{ID: 1, State: Waiting, open: opened{title, fields}}}
}
