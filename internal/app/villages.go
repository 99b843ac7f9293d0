// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"sync"
	"time"

	"yuanba/internal/domain/insights"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/scope"
	webaffairs "yuanba/internal/web/affairs"
)

// solvedFor is how long the counts on the villages' pages may be old.
const solvedFor = time.Minute

// solved counts what became of the matters of the villages in the last year, from the
// numbers of the town. All villages are counted at once, and kept for a minute.
func (a *App) solved() func(ctx context.Context, p places.Place) (webaffairs.Solved, error) {
	var mu sync.Mutex
	var kept insights.Counts
	var at time.Time
	return func(ctx context.Context, p places.Place) (n webaffairs.Solved, err error) {
		mu.Lock()
		defer mu.Unlock()
		now := a.DB.Now()
		if age := now.Sub(at); at.IsZero() || age < 0 || age > solvedFor {
			to := insights.DayOf(now) + 1
			if kept, err = a.Insights.Count(ctx, scope.Program("villages"), insights.ByPlace, insights.Period{From: to - 365, To: to}); err != nil {
				return n, err
			}
			at = now
		}
		s := kept.Sums[strconv.FormatInt(int64(p.ID), 10)]
		if s == nil {
			return n, nil
		}
		of := func(ms ...insights.Measure) (sum int) {
			for _, m := range ms {
				sum += int(s.Of(m))
			}
			return sum
		}
		n.Raised, n.Closed, n.Solved = of(insights.Raised), of(insights.Closed), of(insights.Solved)
		n.OnTime, n.Rated = n.Closed-of(insights.Closed+"_late"), of(insights.Solved, insights.Partly, insights.Unsolved)
		return n, nil
	}
}

// cards signs the villages' pages for the browser inside WeChat; nil where no public
// account is set up, or cards are not wanted.
func (a *App) cards() (webaffairs.Signer, error) {
	w := a.Config.WeChat
	if !w.Cards {
		return nil, nil //nolint:nilnil // there is none
	}
	js, err := notify.NewJSTickets(notify.WeChatOptions{Address: w.Address, App: w.App, Secret: w.Secret, Now: a.DB.Now})
	if err != nil {
		return nil, fmt.Errorf("wechat.cards: %w", err)
	}
	return js, nil
}

// nonce is something that is not guessed.
func (a *App) nonce() string { return rand.Text() }
