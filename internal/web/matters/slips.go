// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"hash"
	"net/http"
	"strings"
	"sync"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/questions"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// Slips lets those without an account go on with what they raised: a signed
// cookie names the matters whose slip this browser has shown. It wraps the
// sessions of those who signed in.
type Slips struct {
	Key  []byte // at least 32 bytes; who has it can make cookies
	Next page.Sessions

	macs sync.Pool // of hashes with the key
}

const (
	slipsName   = "slips"
	freshName   = "slip"
	freshAsked  = "asked"
	browserName = "browser"
	maxSlips    = 40
	slipsFor    = 180 * 24 * time.Hour
)

// Actor implements [page.Sessions].
func (s *Slips) Actor(r *http.Request) (scope.Actor, error) {
	a := scope.Actor{Kind: scope.Anonymous}
	if s.Next != nil {
		var err error
		if a, err = s.Next.Actor(r); err != nil {
			return a, err
		}
	}
	if a.Kind == scope.Anonymous || a.Kind == scope.Resident { // a clerk acts by their post, not for whom they wrote a slip
		a.Slips = s.held(r)
	}
	return a, nil
}

// held are the matters whose slip this browser has shown.
func (s *Slips) held(r *http.Request) []id.ID {
	c, err := r.Cookie(slipsName)
	if err != nil {
		return nil
	}
	b, ok := s.open("slips", c.Value)
	if !ok {
		return nil
	}
	if len(b) < 8 || page.From(r).Now.Sub(time.Unix(int64(binary.BigEndian.Uint64(b)), 0)) > slipsFor {
		return nil // a browser forgets it by then; a copy of it does not
	}
	var ids []id.ID
	for b = b[8:]; len(b) >= 8; b = b[8:] {
		ids = append(ids, id.ID(binary.BigEndian.Uint64(b)))
	}
	return ids
}

// Hold adds a matter to those of this browser; the oldest are forgotten. A
// clerk's browser holds none: who answers for the reporter does so by their post,
// on record.
func (s *Slips) Hold(w http.ResponseWriter, r *http.Request, d id.ID) {
	if page.Actor(r).Kind == scope.Staff {
		return
	}
	ids := append(s.held(r), d)
	if len(ids) > maxSlips {
		ids = ids[len(ids)-maxSlips:]
	}
	b := binary.BigEndian.AppendUint64(nil, uint64(page.From(r).Now.Unix()))
	for _, x := range ids {
		b = binary.BigEndian.AppendUint64(b, uint64(x))
	}
	s.set(w, r, slipsName, s.seal("slips", b), slipsFor)
}

// Drop forgets the slips that this browser has shown: whoever signs out leaves
// nothing behind on a machine that others use.
func (s *Slips) Drop(w http.ResponseWriter, r *http.Request) {
	for _, name := range []string{slipsName, freshName, freshAsked} {
		if _, err := r.Cookie(name); err == nil {
			s.set(w, r, name, "", -time.Second)
		}
	}
}

func (s *Slips) set(w http.ResponseWriter, r *http.Request, name, value string, keep time.Duration) {
	b := page.From(r)
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: int(keep.Seconds()), HttpOnly: true,
		SameSite: http.SameSiteLaxMode, Secure: b.Site != nil && b.Site.HTTPS})
}

// Keep remembers a new slip for ten minutes, so that the page that shows its
// code can be reloaded and printed; Keep writes it, Seen reads it.
func (s *Slips) Keep(w http.ResponseWriter, r *http.Request, slip matters.Slip) error {
	b, err := json.Marshal(slip)
	if err != nil {
		return err
	}
	s.set(w, r, freshName, s.seal("slip", b), 10*time.Minute)
	return nil
}

// KeepQuestion remembers the new slip of a question for ten minutes, and SeenQuestion
// reads it.
func (s *Slips) KeepQuestion(w http.ResponseWriter, r *http.Request, slip questions.Slip) error {
	b, err := json.Marshal(slip)
	if err == nil {
		s.set(w, r, freshAsked, s.seal(freshAsked, b), 10*time.Minute)
	}
	return err
}

// SeenQuestion is the slip of a question that this browser has just been given.
func (s *Slips) SeenQuestion(r *http.Request) (slip questions.Slip, ok bool) {
	c, err := r.Cookie(freshAsked)
	if err != nil {
		return slip, false
	}
	b, ok := s.open(freshAsked, c.Value)
	return slip, ok && json.Unmarshal(b, &slip) == nil
}

func (s *Slips) Seen(r *http.Request) (slip matters.Slip, ok bool) {
	c, err := r.Cookie(freshName)
	if err != nil {
		return slip, false
	}
	b, ok := s.open("slip", c.Value)
	return slip, ok && json.Unmarshal(b, &slip) == nil
}

// mark makes sure that the browser has a random mark of its own, by which one
// without account is counted once as a supporter; it says nothing else.
func (s *Slips) mark(w http.ResponseWriter, r *http.Request) {
	if s.browser(r) == "" {
		var b [12]byte
		rand.Read(b[:])
		s.set(w, r, browserName, s.seal("browser", b[:]), 365*24*time.Hour)
	}
}

func (s *Slips) browser(r *http.Request) string {
	c, err := r.Cookie(browserName)
	if err != nil {
		return ""
	}
	b, ok := s.open("browser", c.Value)
	if !ok {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// file carries an upload from one page of the raising to the next.
func (s *Slips) fileToken(f matters.NewFile) string {
	b, err := json.Marshal(f)
	if err != nil {
		return ""
	}
	return s.seal("file", b)
}

func (s *Slips) fileFrom(token string) (f matters.NewFile, ok bool) {
	b, ok := s.open("file", token)
	return f, ok && json.Unmarshal(b, &f) == nil
}

// seal signs b for one purpose; open returns it if it was signed for that one.
func (s *Slips) seal(purpose string, b []byte) string {
	return base64.RawURLEncoding.EncodeToString(b) + "." + base64.RawURLEncoding.EncodeToString(s.sum(purpose, b))
}

func (s *Slips) open(purpose, text string) ([]byte, bool) {
	data, sum, _ := strings.Cut(text, ".")
	b, err := base64.RawURLEncoding.DecodeString(data)
	if err != nil {
		return nil, false
	}
	m, err := base64.RawURLEncoding.DecodeString(sum)
	if err != nil || !hmac.Equal(m, s.sum(purpose, b)) {
		return nil, false
	}
	return b, true
}

func (s *Slips) sum(purpose string, b []byte) []byte {
	h, ok := s.macs.Get().(hash.Hash)
	if !ok {
		h = hmac.New(sha256.New, s.Key)
	}
	defer s.macs.Put(h)
	h.Reset()
	h.Write([]byte("yuanba/slips/1/" + purpose + "\x00"))
	h.Write(b)
	return h.Sum(nil)[:16]
}
