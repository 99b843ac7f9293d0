// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"strings"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/when"
)

// What one process settles, another on the same database knows without being started
// again, and counts by it.
func TestOtherProcessesHeedWhatIsSettled(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, here *apptest.Town) {
		there := here.Reopened()
		d := newDesk(t, there)
		ctx, admin := t.Context(), here.As("admin")
		timing := here.Matters.Timing()
		timing.Usual.Accept = when.Limit{N: 2, Unit: when.UrgentHours}
		d.must(here.Matters.SetTiming(ctx, admin, timing, "接件要快"))
		k, _ := here.Matters.Catalogue().Get("drain")
		k.Limits.Handle = days(1)
		d.must(here.Matters.SetCategory(ctx, admin, k))
		_, edition := here.Calendars.Current(0)
		if _, err := here.Calendars.Set(ctx, admin, d.water, "hours 08:00-11:00\n", "上半天班", edition); err != nil {
			t.Fatal(err)
		}
		if there.Matters.Timing().Version != 0 {
			t.Fatal("it knows before it has looked: nothing is tried here")
		}
		d.must(there.Heed(ctx))
		slip := d.raise(d.resident, func(r *matters.Raising) { r.Category = "" })
		if m := d.get(slip.Number).Matter; !m.Due.Equal(there.Clock.Now().Add(2*time.Hour)) || m.Clocks.Stage.Rules != "usual/1" {
			t.Errorf("accepting is due %s under %s", m.Due, m.Clocks.Stage.Rules)
		}
		d.to(slip, matters.Dispatched)
		m := d.get(slip.Number).Matter
		table, err := when.ReadTable("hours 08:00-11:00\n")
		d.must(err)
		if want := when.Default().With(table).Add(there.Clock.Now(), days(1)); !m.Due.Equal(want) || !strings.HasPrefix(m.Clocks.Stage.Rules, "drain/2") || m.Clocks.Stage.Calendar != edition+1 {
			t.Errorf("handling is due %s under %s and calendar %d, want %s", m.Due, m.Clocks.Stage.Rules, m.Clocks.Stage.Calendar, want)
		}
		// who settles over it without having seen it is told so, from either process
		if err := there.Matters.SetTiming(ctx, there.As("admin"), matters.UsualTiming(), "又改"); err == nil {
			t.Error("a timing that another process has changed was overwritten")
		}
	})
}

// And it looks by itself, every few seconds.
func TestAProcessLooksByItself(t *testing.T) {
	t.Parallel()
	here := apptest.New(t)
	there := here.Reopened()
	there.Start(t.Context())
	timing := here.Matters.Timing()
	timing.Answer = days(9)
	if err := here.Matters.SetTiming(t.Context(), here.As("admin"), timing, "多给几天"); err != nil {
		t.Fatal(err)
	}
	for end := time.After(time.Minute); there.Matters.Timing().Answer != days(9); {
		select {
		case <-end:
			t.Fatal("after a minute it has not looked")
		case <-time.After(20 * time.Millisecond):
		}
	}
}
