// SPDX-License-Identifier: Apache-2.0

package field

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strings"
	"time"

	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Hash names an envelope: the SHA-256 of its text, in lower-case hexadecimal.
type Hash string

// HashOf is the name of an envelope with the text.
func HashOf(text string) Hash {
	sum := sha256.Sum256([]byte(text))
	return Hash(hex.EncodeToString(sum[:]))
}

func (h Hash) bytes() []byte {
	b, _ := hex.DecodeString(string(h)) // what is no hash is found nowhere
	return b
}

// Bounds of what comes at once.
const (
	MaxBatch = 50      // envelopes
	MaxText  = 64_000  // bytes of one
	MaxFiles = 9       // of one
	MaxBody  = 2 << 20 // bytes of a request with envelopes: what is larger is no batch that the app makes
)

// A Sent is an envelope as it comes: its text as the phone wrote it, and the name that
// it says it has.
type Sent struct {
	ID   Hash   `json:"id"`
	Text string `json:"text"`
}

// writing is the text of an envelope, read.
type writing struct {
	V     int             `json:"v"`
	Kind  string          `json:"kind"`
	Made  float64         `json:"made"` // milliseconds since 1970 by the phone's clock
	Nonce string          `json:"nonce"`
	Body  json.RawMessage `json:"body"`
	Files []blob.Hash     `json:"files"`
}

// An Envelope is what was put down on a phone, as the domain that it is for gets it.
type Envelope struct {
	ID      id.ID // of the row that says it was taken
	Hash    Hash
	Kind    string
	Phone   Phone
	MadeAt  time.Time // by the phone's clock
	At      time.Time // when that was by ours, as far as can be known
	Sure    bool      // At is what the two clocks say; otherwise it is only the nearest it can have been
	Body    json.RawMessage
	Files   []File
	arrived []blob.Hash
}

// A File is one that belongs to an envelope.
type File struct {
	Arrived blob.Hash // of the bytes as the phone sent them
	Length  int64     // how many those were
	Blob    blob.Blob // what is kept: the same, cleaned
}

// An Outcome is what an envelope has become.
type Outcome struct {
	Noun     string
	Record   id.ID
	Conflict bool // some of it waits for a person
}

// A Kind says who takes envelopes of a name. Accept runs in the transaction in which the
// envelope is taken; what it refuses with public words is refused, and said to the
// person.
type Kind struct {
	Name   string
	Accept func(tx *sqldb.Tx, by scope.Actor, e Envelope) (Outcome, error)
}

// Read reads the body of an envelope into a struct. What is in it that the struct does
// not have is Invalid: nothing that was put down is passed over in silence.
func (e Envelope) Read(into any) error {
	d := json.NewDecoder(bytes.NewReader(e.Body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil || d.More() {
		return errs.New(errs.Invalid, "field.envelope.body")
	}
	return nil
}

// open reads an envelope, or says why it is none.
func (s *Service) open(in Sent) (e Envelope, err error) {
	var w writing
	d := json.NewDecoder(strings.NewReader(in.Text))
	switch {
	case len(in.Text) > MaxText:
		return e, errs.New(errs.Invalid, "field.envelope.long", MaxText/1000)
	case HashOf(in.Text) != in.ID:
		return e, errs.New(errs.Invalid, "field.envelope.hash")
	case d.Decode(&w) != nil || w.V != 1 || w.Nonce == "" || len(w.Body) == 0 || math.IsNaN(w.Made):
		return e, errs.New(errs.Invalid, "field.envelope.body")
	case len(w.Files) > MaxFiles:
		return e, errs.New(errs.Invalid, "blob.count", MaxFiles)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return e, errs.New(errs.Invalid, "field.envelope.body")
	}
	if _, ok := s.kinds[w.Kind]; !ok {
		return e, errs.New(errs.Invalid, "field.envelope.kind")
	}
	made := time.UnixMilli(int64(max(minMade, min(maxMade, w.Made)))).UTC()
	return Envelope{Hash: in.ID, Kind: w.Kind, MadeAt: made, Body: w.Body, arrived: w.Files}, nil
}

// Between these a phone's clock is written down as it is; beyond them it says nothing.
var (
	minMade = float64(time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli())
	maxMade = float64(time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli())
)

// A Clock is what the two clocks say of each other at one moment: when a request came.
type Clock struct {
	Phone  time.Time
	Server time.Time
	Ahead  time.Duration // of the phone's; the way of the request makes it look a little less
}

// ClockOf compares two clocks.
func ClockOf(phone, server time.Time) Clock {
	phone = phone.UTC().Truncate(time.Millisecond)
	return Clock{Phone: phone, Server: server, Ahead: phone.Sub(server)}
}

// When is the moment by our clock at which the phone's showed made. It was before now,
// and after the phone was registered; if the clocks say otherwise, the phone's was set
// meanwhile, and the nearest moment that can be is returned, and that it is not sure.
func (c Clock) When(made, registered time.Time) (at time.Time, sure bool) {
	const slack = 5 * time.Minute // of a request that was long on its way
	at = made.Add(-c.Ahead)
	switch {
	case at.After(c.Server):
		return c.Server, at.Sub(c.Server) < slack
	case at.Before(registered):
		return registered, registered.Sub(at) < slack
	}
	return at, true
}
