// SPDX-License-Identifier: Apache-2.0

// Package hook sends messages to other programs, signed as Standard Webhooks has it
// (https://www.standardwebhooks.com), and verifies such messages.
//
// A message has a name, by which its receiver knows it again however often it comes,
// the moment at which it is sent, and a signature over both and its body by each of
// the secrets that are good: while a secret is changed those are two. What is answered
// is read no further than is kept of it, and nobody is led on to another address.
package hook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"yuanba/internal/kit/outside"
)

// secretMark begins every secret; secretSize is how many bytes by chance follow.
const (
	secretMark = "whsec_"
	secretSize = 32
)

// NewSecret makes a secret of the given chance.
func NewSecret(chance io.Reader) (string, error) {
	var b [secretSize]byte
	if _, err := io.ReadFull(chance, b[:]); err != nil {
		return "", fmt.Errorf("chance: %w", err)
	}
	return secretMark + base64.StdEncoding.EncodeToString(b[:]), nil
}

// A Message is what is sent.
type Message struct {
	Name    string // without points
	At      time.Time
	Body    []byte
	Secrets []string
}

// Sign is the signature of a message by a secret; at are the seconds since 1970.
func Sign(secret, name, at string, body []byte) (string, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, secretMark))
	if err != nil || len(key) == 0 {
		return "", errors.New("the secret is not whsec_ and base64 behind it")
	}
	m := hmac.New(sha256.New, key)
	m.Write([]byte(name + "." + at + "."))
	m.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(m.Sum(nil)), nil
}

// Tolerance is how far a message's moment may lie from the receiver's clock.
const Tolerance = 5 * time.Minute

// Verify says why a message is not from who has the secret, or too old; nil if it is
// good.
func Verify(secret string, h http.Header, body []byte, now time.Time) error {
	name, at := h.Get("Webhook-Id"), h.Get("Webhook-Timestamp")
	seconds, err := strconv.ParseInt(at, 10, 64)
	if name == "" || err != nil {
		return errors.New("webhook-id or webhook-timestamp is missing")
	}
	if d := now.Sub(time.Unix(seconds, 0)); d > Tolerance || d < -Tolerance {
		return fmt.Errorf("the message is %s old", d.Round(time.Second))
	}
	want, err := Sign(secret, name, at, body)
	if err != nil {
		return err
	}
	for one := range strings.FieldsSeq(h.Get("Webhook-Signature")) {
		if hmac.Equal([]byte(one), []byte(want)) {
			return nil
		}
	}
	return errors.New("no signature is that of this secret")
}

// A Fault is why a message did not arrive.
type Fault string

// The faults. An answer with a status that is no success is [Refused].
const (
	Inside    Fault = "inside"    // the address is not a public one
	Slow      Fault = "slow"      // no answer in time
	Silent    Fault = "silent"    // no connection, or none that held
	Elsewhere Fault = "elsewhere" // the answer leads to another address
	Over      Fault = "over"      // 410: nobody wants messages there any more
	Refused   Fault = "refused"
)

// An Answer is what came back.
type Answer struct {
	Status int    // 0 if there was none
	Body   []byte // the first bytes
	Fault  Fault  // "" if the message arrived
	After  time.Duration
}

// A Sender sends messages.
type Sender struct {
	Client *http.Client     // of [outside.Guard.Client], which follows no redirection
	Agent  string           // how it calls itself
	Most   int64            // how many bytes of an answer are read
	Wait   time.Duration    // the longest that an answer's Retry-After is heeded for
	Now    func() time.Time // the clock
}

// Send sends a message. The error says that it could not be sent at all, which is the
// sender's fault.
func (s *Sender) Send(ctx context.Context, address string, m Message) (a Answer, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(m.Body))
	if err != nil {
		return a, err
	}
	at := strconv.FormatInt(m.At.Unix(), 10)
	var signed []string
	for _, secret := range m.Secrets {
		one, err := Sign(secret, m.Name, at, m.Body)
		if err != nil {
			return a, err
		}
		signed = append(signed, one)
	}
	r.Header = http.Header{"Content-Type": {"application/json"}, "User-Agent": {s.Agent},
		"Webhook-Id": {m.Name}, "Webhook-Timestamp": {at}, "Webhook-Signature": {strings.Join(signed, " ")}}
	res, err := s.Client.Do(r)
	if err != nil {
		a.Fault = faultOf(err)
		return a, nil
	}
	defer res.Body.Close()
	a.Status = res.StatusCode
	a.Body, _ = io.ReadAll(io.LimitReader(res.Body, s.Most)) // what matters is the status, which has come
	switch {
	case a.Status >= 200 && a.Status < 300:
	case a.Status == http.StatusGone:
		a.Fault = Over
	case a.Status >= 300 && a.Status < 400:
		a.Fault = Elsewhere
	default:
		a.Fault, a.After = Refused, s.after(res.Header.Get("Retry-After"))
	}
	return a, nil
}

func faultOf(err error) Fault {
	var late interface{ Timeout() bool }
	switch {
	case errors.Is(err, outside.ErrInside):
		return Inside
	case errors.As(err, &late) && late.Timeout():
		return Slow
	}
	return Silent
}

// after reads a Retry-After: seconds, or a moment.
func (s *Sender) after(header string) time.Duration {
	header = strings.TrimSpace(header)
	if n, err := strconv.Atoi(header); err == nil {
		return max(0, min(time.Duration(min(n, int(s.Wait/time.Second)))*time.Second, s.Wait))
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(0, min(at.Sub(s.Now()), s.Wait))
	}
	return 0
}
