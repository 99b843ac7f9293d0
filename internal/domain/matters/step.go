// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// A Step is one line of a matter's story after its raising: who did what, when,
// in words. Public steps are read by everybody who may read the matter, the
// others by those who work on it.
type Step struct {
	ID      id.ID
	Matter  ID
	At      time.Time
	Act     Act
	Account id.ID
	Actor   string
	Unit    id.ID // for which the actor acted
	ToUnit  id.ID // to which the act turns
	Public  bool
	Hidden  bool // moderated
	Words   string
	Until   time.Time // the time the act sets, such as an extended due time
	Detail  string    // what the act settled, as codes: see the Detail functions
	Behalf  bool      // recorded by the actor for the reporter

	was string // what of the matter's standing the act changed: see Lives

	confidential bool // its files are for those at work alone
}

// A File is a photo, a sound or a document of a matter.
type File struct {
	ID     id.ID
	Matter ID
	Step   id.ID // the step it came with; 0 for the raising
	Hash   string
	Type   string
	Size   int64
	Width  int
	Height int
	Public bool
	Hidden bool
	At     time.Time
}

// addFiles gives the matter the files that came with a step, or with the raising.
func (m *Matter) addFiles(tx *sqldb.Tx, step id.ID, public bool, files []NewFile) {
	for _, f := range files {
		m.add(File{ID: tx.NewID(), Matter: m.ID, Step: step, Hash: f.Hash, Type: f.Type, Size: f.Size, Width: f.Width, Height: f.Height, Public: public, At: tx.Now()})
	}
}

// A NewFile is an upload that the blob store has taken and checked.
type NewFile struct {
	Hash   string
	Type   string
	Size   int64
	Width  int
	Height int
}

// Limits of what people write, in characters.
const (
	MaxTitle  = 60
	MaxBody   = 5000
	MaxWords  = 3000 // a reason, a reply, a note
	MaxFiles  = 9    // with one act
	minReason = 4    // characters of a written reason
)

// words holds what somebody wrote against the limits; field is the form's. What
// is too short is answered as a reason is; see saying for the rest.
func words(field, s string, least int) (string, error) {
	return saying(field, s, least, "matter.words.short")
}

// saying is words for what is no reason: short is the message, with the least
// number of characters, that asks for more of it.
func saying(field, s string, least int, short string) (string, error) {
	s = strings.TrimSpace(s)
	switch n := utf8.RuneCountInString(s); {
	case n < least && least <= 1:
		return "", errs.At(field, "matter.words.empty")
	case n < least:
		return "", errs.At(field, short, least)
	case n > MaxWords:
		return "", errs.At(field, "matter.words.long", MaxWords)
	}
	return s, nil
}
