// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"net/netip"
	"net/url"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/webhooks"
	"yuanba/internal/kit/hook"
)

const (
	// hookWithin is how long a program may take to say that it has a message.
	hookWithin = 15 * time.Second
	// hookKeeps is how many bytes of what it says are kept.
	hookKeeps = 500
	// hookWaits bounds how long it may ask not to be disturbed.
	hookWaits = 24 * time.Hour
)

// hookSender sends to the addresses of other programs.
func (a *App) hookSender() *hook.Sender {
	return &hook.Sender{Client: a.Config.Open311.guard().Client(0, hookWithin), Agent: "Yuanba-Webhooks/1", Most: hookKeeps, Wait: hookWaits, Now: a.DB.Now}
}

// plainHook reports whether an address may do without encryption: one that stands by
// its number in the networks of the town's own that the configuration names.
func (a *App) plainHook(u *url.URL) bool {
	at, err := netip.ParseAddr(u.Hostname())
	if err != nil {
		return false
	}
	nets, _ := prefixes("open311.inside", a.Config.Open311.Inside) // Load has looked at them
	for _, n := range nets {
		if n.Contains(at.Unmap()) {
			return true
		}
	}
	return false
}

// hookMessage is what a program is sent, written as the open interface answers.
func (a *App) hookMessage(ctx context.Context, by access.Machine, h webhooks.Hook, d webhooks.Delivery) ([]byte, error) {
	return a.ownInterface().Message(ctx, by, h, d)
}
