// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"time"
)

// periodic is a line of the timetable.
type periodic struct {
	Name  string
	Every time.Duration
	Run   func(context.Context) error
}

// timetable is everything that is done again and again, one line each. All of it
// may run in several processes: each takes only what is due.
func (a *App) timetable() []periodic {
	const some = 200
	return []periodic{
		{"seal the trail", 10 * time.Second, func(ctx context.Context) error { _, err := a.Sealer.Seal(ctx); return err }},
		{"take back what reporters did not answer, wake the suspended", time.Minute, func(ctx context.Context) error { _, err := a.Matters.ResumeUnanswered(ctx, some); return err }},
		{"forget personal facts whose term is over", time.Hour, func(ctx context.Context) error { _, err := a.Matters.ForgetOld(ctx, some); return err }},
		{"note when sessions were last used", time.Minute, a.Access.Flush},
		{"sweep ended sessions", time.Hour, a.Access.Sweep},
		{"sweep telephone codes", time.Hour, func(ctx context.Context) error { _, err := a.People.SweepCodes(ctx); return err }},
	}
}
