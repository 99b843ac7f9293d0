// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/when"
)

// Reminders and levels are counted in the calendar of the unit whose turn it is: a
// unit with hours of its own hears by them, whatever the town's are.
func TestRemindersAreCountedInTheUnitsCalendar(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		remind := func(what string, want int) {
			t.Helper()
			if n, err := town.Matters.Remind(ctx); err != nil || n != want {
				t.Errorf("%s, at %s: %d reminders, %v; want %d", what, town.Clock.Now().In(when.Zone), n, err, want)
			}
		}
		remind("nothing is there", 0)
		_, edition := town.Calendars.Current(0)
		if _, err := town.Calendars.Set(ctx, town.As("admin"), d.water, "hours 08:00-10:00\n", "上半天班", edition); err != nil {
			t.Fatal(err)
		}
		slip := d.raise(d.resident, nil)
		d.to(slip, matters.Dispatched)
		due := d.get(slip.Number).Matter.Due
		if h := due.In(when.Zone).Hour(); h != 10 {
			t.Fatalf("due at %s, though the unit closes at ten", due.In(when.Zone))
		}
		// four working hours before its end are two mornings of this unit
		town.Clock.Set(due.Add(-25 * time.Hour))
		remind("the morning before: three of its hours", 1)
		town.Clock.Set(due.Add(time.Minute))
		remind("its end", 1)
		town.Clock.Set(due.Add(8 * time.Hour))
		remind("a working hour of the town's later, none of its own", 0)
		town.Clock.Set(due.Add(23*time.Hour + 5*time.Minute))
		remind("one of its own hours later", 1)
	})
}

// Nothing is sent at night unless it is urgent: the news is written, the letter waits.
func TestRemindersWaitForTheMorning(t *testing.T) {
	t.Parallel()
	town := apptest.New(t)
	d := newDesk(t, town)
	d.own(d.wu, "wu@example.cn")
	for _, urgent := range []bool{false, true} {
		slip := d.raise(d.resident, nil)
		d.to(slip, matters.Accepted)
		d.must(d.Matters.Classify(t.Context(), d.zhao, slip.ID, matters.Classifying{Category: "drain", Answers: d.answers("drain"), Urgent: urgent}))
		d.to(slip, matters.Dispatched)
		due := d.get(slip.Number).Matter.Due
		y, m, day := due.In(when.Zone).Date()
		town.Clock.Set(time.Date(y, m, day, 23, 30, 0, 0, when.Zone)) // it has ended in the evening, or before
		if n, err := d.Matters.Remind(t.Context()); err != nil || n == 0 {
			t.Fatalf("%d reminders, %v", n, err)
		}
		was := d.letters("wu@example.cn")
		d.post(30 * time.Minute)
		if got := d.letters("wu@example.cn") - was; (got > 0) != urgent {
			t.Errorf("urgent %t: %d letters at midnight", urgent, got)
		}
		d.post(8 * time.Hour)
		if got := d.letters("wu@example.cn") - was; got == 0 {
			t.Errorf("urgent %t: no letter in the morning", urgent)
		}
	}
}

// Before the days to answer run out the reporter is reminded once, by the channel that
// they chose; whom none reaches is rung by the desk, which has a line for it until
// somebody has acted.
func TestReportersAreReminded(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx, m := t.Context(), d.Matters
		other := town.Resident("陈秀英", "999999194703070029", "19900000003").Actor()
		d.own(d.resident, "zhou@example.cn")
		mine, theirs := d.raise(d.resident, nil), d.raise(other, nil)
		for _, s := range []matters.Slip{mine, theirs} {
			d.must(m.Ask(ctx, d.zhao, s.ID, "请问是哪个门口？"))
		}
		remind := func(want int) {
			t.Helper()
			if n, err := m.Remind(ctx); err != nil || n != want {
				t.Errorf("at %s %d reminders, %v; want %d", town.Clock.Now(), n, err, want)
			}
		}
		calls := func(want ...string) {
			t.Helper()
			in, err := m.Inbox(ctx, d.zhao, matters.Filter{}, nil)
			d.must(err)
			var got []string
			for _, k := range in.Calls {
				got = append(got, k.Card.Number)
			}
			if !slices.Equal(got, want) {
				t.Errorf("the desk is to ring the reporters of %v, want %v", got, want)
			}
		}
		remind(0)
		calls()
		due := d.get(mine.Number).Matter.Due
		town.Clock.Set(due.Add(-97 * time.Hour)) // the Thursday before
		remind(0)
		town.Clock.Set(due.Add(-5 * time.Hour))
		remind(2)
		remind(0)
		d.zhao = town.As("zhao")
		has := func(who string, keys []string, what string, want int) {
			t.Helper()
			n := 0
			for _, k := range keys {
				if k == what {
					n++
				}
			}
			if n != want {
				t.Errorf("%s is told %q %d times, want %d: %v", who, what, n, want, keys)
			}
		}
		has("who has a mailbox", d.told(d.resident, mine.Number), "answer_soon", 1)
		has("who has none, and signs in", d.told(other, theirs.Number), "answer_soon", 1)
		has("the desk", d.told(d.zhao, theirs.Number), "call", 1)
		has("the desk", d.told(d.zhao, mine.Number), "call", 0)
		calls(theirs.Number)
		d.post(time.Hour)
		if l := d.letter("zhou@example.cn"); !strings.Contains(l.Text, mine.Number) || !strings.Contains(l.Text, "等您答复") {
			t.Errorf("the letter says %q", l.Text)
		}
		d.must(m.Answer(ctx, d.zhao, theirs.ID, "电话里说是东门"))
		calls()
		remind(0)
		d.verifyTrail()
	})
}

// The letter of the week goes by the channels for which its reader chose it, and by no
// other.
func TestWeeklyByTheChannelsChosen(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		d.own(d.wu, "wu@example.cn")
		d.to(d.raise(d.resident, nil), matters.Handling)
		of := people.Owner{Kind: people.OwnedByAccount, ID: d.wu.Account}
		week := func(what string, want int) {
			t.Helper()
			town.Clock.Set(town.Clock.Now().AddDate(0, 0, 7))
			d.wu = town.As("wu")
			was := d.letters("wu@example.cn")
			if _, err := d.Matters.Weekly(ctx); err != nil {
				t.Fatal(err)
			}
			d.post(time.Hour)
			if got := d.letters("wu@example.cn") - was; got != want {
				t.Errorf("%s: %d letters, want %d", what, got, want)
			}
		}
		week("as it comes", 1)
		d.must(town.Letters.Choose(ctx, d.wu, of, map[notify.Channel][]people.Topic{notify.Mail: {people.Due}}))
		week("the topic is not chosen", 0)
		d.must(town.Letters.Choose(ctx, d.wu, of, map[notify.Channel][]people.Topic{notify.Mail: {people.Weekly}}))
		week("nothing but this is chosen", 1)
	})
}
