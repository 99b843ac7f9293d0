// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"context"
	"sync"

	"yuanba/internal/kit/mail"
)

// A Tray is a Carrier that keeps letters instead of sending them: for a
// demonstration, which has no mail server and writes to nobody, and for tests. It
// keeps the newest two hundred, and as long as the program runs.
type Tray struct {
	mu      sync.Mutex
	letters []mail.Message
	fault   error
}

const trayHolds = 200

// Send keeps the letter. The same letter sent twice is kept once, as a receiving
// server would.
func (t *Tray) Send(ctx context.Context, m mail.Message) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.fault != nil {
		return t.fault
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	for i := range t.letters {
		if t.letters[i].ID == m.ID {
			t.letters[i] = m
			return nil
		}
	}
	t.letters = append(t.letters, m)
	if len(t.letters) > trayHolds {
		t.letters = append([]mail.Message(nil), t.letters[len(t.letters)-trayHolds:]...)
	}
	return nil
}

// Fail makes every Send fail with err from now on; nil makes them work again.
func (t *Tray) Fail(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fault = err
}

// Letters are those it keeps, the newest first.
func (t *Tray) Letters() []mail.Message {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]mail.Message, 0, len(t.letters))
	for i := len(t.letters) - 1; i >= 0; i-- {
		out = append(out, t.letters[i])
	}
	return out
}
