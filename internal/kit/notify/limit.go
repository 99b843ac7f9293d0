// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"time"

	"golang.org/x/time/rate"
)

// Slowed is a Notifier that hands over at most so many messages a second for long,
// and one second's worth at once. Who comes beyond waits a little, and longer is a
// fault that is [Limited]. The limit is this process's; several share none.
func Slowed(n Notifier, perSecond float64) Notifier {
	if perSecond <= 0 {
		return n
	}
	return slowed{n, rate.NewLimiter(rate.Limit(perSecond), max(1, int(perSecond)))}
}

type slowed struct {
	Notifier
	limit *rate.Limiter
}

// patience is how long a message waits for its turn before it is put off.
const patience = 2 * time.Second

func (s slowed) Send(ctx context.Context, m Message) error {
	turn := s.limit.Reserve()
	wait := turn.Delay()
	if wait > patience {
		turn.Cancel()
		f := fault(Limited, "", "more messages than this way is given a second")
		f.Wait = wait
		return f
	}
	if wait > 0 {
		t := time.NewTimer(wait)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
			turn.Cancel()
			return fault(Later, "", "broken off before it was sent: %w", ctx.Err())
		}
	}
	return s.Notifier.Send(ctx, m)
}
