// SPDX-License-Identifier: Apache-2.0

package people

import (
	"context"
	"sync"
)

// An Inbox is a Sender that keeps what it is given instead of sending it: for
// tests, and for a demonstration town, which has no telephones.
type Inbox struct {
	mu    sync.Mutex
	texts map[string][]string
	fault error
}

// Send keeps the text.
func (b *Inbox) Send(ctx context.Context, to Phone, c Code) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fault != nil {
		return b.fault
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if b.texts == nil {
		b.texts = map[string][]string{}
	}
	b.texts[to.Plain()] = append(b.texts[to.Plain()], c.Text())
	return nil
}

// Fail makes every Send fail with err from now on; nil makes them work again.
func (b *Inbox) Fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fault = err
}

// Texts are what was sent to the telephone, oldest first.
func (b *Inbox) Texts(phone string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	p, err := ParsePhone(phone)
	if err != nil {
		return nil
	}
	return append([]string(nil), b.texts[p.Plain()]...)
}
