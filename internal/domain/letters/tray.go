// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"context"
	"sync"

	"yuanba/internal/kit/notify"
)

// A Tray is a Notifier that keeps messages instead of sending them, by whatever
// channel: for a demonstration, which writes to nobody, and for tests. It
// keeps the newest two hundred, and as long as the program runs.
type Tray struct {
	mu      sync.Mutex
	letters []notify.Message
	fault   error
}

const trayHolds = 200

// Send keeps the letter. The same letter sent twice is kept once, as a receiving
// server would.
func (t *Tray) Send(ctx context.Context, m notify.Message) error {
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
		t.letters = append([]notify.Message(nil), t.letters[len(t.letters)-trayHolds:]...)
	}
	return nil
}

// Check says that it could keep one.
func (*Tray) Check(context.Context) error { return nil }

// Ways is the tray as every channel there is.
func (t *Tray) Ways() map[notify.Channel]notify.Notifier {
	ways := map[notify.Channel]notify.Notifier{}
	for _, ch := range notify.Channels {
		ways[ch] = t
	}
	return ways
}

// Fail makes every Send fail with err from now on; nil makes them work again.
func (t *Tray) Fail(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fault = err
}

// Letters are those it keeps, the newest first.
func (t *Tray) Letters() []notify.Message {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]notify.Message, 0, len(t.letters))
	for i := len(t.letters) - 1; i >= 0; i-- {
		out = append(out, t.letters[i])
	}
	return out
}
