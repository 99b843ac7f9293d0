// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"io"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/calendars"
	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

// A Service keeps the catalogue, the counters, the bookings and the home visits. It is
// safe for several goroutines.
type Service struct {
	Needs
	shelf atomic.Pointer[Catalogue]
}

// Needs are the services below this one.
type Needs struct {
	DB        *sqldb.DB
	Places    *places.Service
	Orgs      *orgs.Service
	People    *people.Service
	Access    *access.Service
	Calendars *calendars.Service
	Letters   *letters.Service
	Seal      *seal.Box
	Random    io.Reader // where the codes of slips come from
}

// New returns the service, which knows no items until Load.
func New(n Needs) *Service {
	s := &Service{Needs: n}
	s.shelf.Store(newCatalogue(0, nil))
	return s
}

// Load reads the catalogue. It is called once before anything is asked for.
func (s *Service) Load(ctx context.Context) error {
	return s.DB.Read(ctx, s.reload)
}

// A State says where a booking is, and therefore whose turn it is.
type State string

// An Act is something a person does to a booking or a home visit.
type Act string

// A Step is one line of the story of a booking or a home visit. Its words are open only
// where the record is shown to who may read them.
type Step struct {
	ID      id.ID
	Record  id.ID
	At      time.Time
	Act     Act
	Account id.ID
	Actor   string // "" of a resident
	Behalf  bool   // written down for whom it concerns
	Words   string

	words []byte // sealed
}

// A NewFile is a picture that the blob store has taken and checked.
type NewFile struct{ Hash, Type string }

// A Card names a person as those at work see them: masks.
type Card = people.Card

// Limits of what people write, in characters.
const (
	maxWords = 500
	maxNeed  = 1000
	least    = 2
)

// words holds what somebody wrote against the limits; a missing text is said beside
// the field.
func words(faults *errs.List, field, s string, shortest, longest int) string {
	s = strings.TrimSpace(s)
	switch n := utf8.RuneCountInString(s); {
	case n < shortest && n == 0:
		faults.Add(field, "desk.words.empty")
	case n < shortest:
		faults.Add(field, "desk.words.short", shortest)
	case n > longest:
		faults.Add(field, "desk.words.long", longest)
	case !utf8.ValidString(s) || strings.ContainsRune(s, 0):
		faults.Add(field, "form.utf8")
	}
	return s
}

// allow is nil if the actor has the need at the target, else Denied with the reason.
func allow(by scope.Actor, need scope.Need, path scope.Path, unit id.ID, now time.Time) error {
	if d := by.May(need, scope.Target{Path: path, Unit: unit, At: now}); !d.OK {
		return errs.New(errs.Denied, d.Key, d.Args...)
	}
	return nil
}

// addStep adds a line by the actor to a story.
func (s *Service) addStep(tx *sqldb.Tx, by scope.Actor, record id.ID, act Act, words string, behalf bool) (p Step, err error) {
	p = Step{ID: tx.NewID(), Record: record, At: tx.Now(), Act: act, Account: by.Account, Behalf: behalf}
	if by.Kind != scope.Resident && by.Kind != scope.Anonymous {
		p.Actor = by.Name
	}
	if p.words, err = s.sealed(stepWords, p.ID, words); err != nil {
		return p, err
	}
	return p, insertStep(tx, p)
}

// codeLetters are those of a query code: none can be misread for another.
const codeLetters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// newCode makes the code of a slip and what is kept of it.
func (s *Service) newCode() (code string, index []byte, err error) {
	var b [8]byte
	if _, err := io.ReadFull(s.Random, b[:]); err != nil {
		return "", nil, err
	}
	for i := range b {
		b[i] = codeLetters[int(b[i])%len(codeLetters)]
	}
	code = string(b[:4]) + "-" + string(b[4:])
	index, err = s.codeIndex(code)
	return code, index, err
}

func (s *Service) codeIndex(code string) ([]byte, error) {
	return s.Seal.Index("desk.query_code", strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(code)))
}

// A Slip is what somebody takes home: number and code.
type Slip struct {
	ID     id.ID
	Number string
	Code   string
}

// promise has news of a record told to somebody by the channels that they chose.
func (s *Service) promise(tx *sqldb.Tx, to people.Owner, urgent bool, item letters.Item) error {
	if !s.Letters.Offered() || to.ID == 0 {
		return nil
	}
	boxes, err := s.People.MailboxesOf(tx, to.Kind, []id.ID{to.ID})
	if err != nil {
		return err
	}
	for _, box := range boxes[to.ID] {
		if err := s.Letters.Promise(tx, box, urgent, item); err != nil {
			return err
		}
	}
	return nil
}
