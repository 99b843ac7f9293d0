// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"yuanba/internal/app"
	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/scope"
)

func messageFile(n int) string {
	var b strings.Builder
	b.WriteString("id,user,subject,time,detail,reply,reply_time\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,A%d,第%d件事,2025-%02d-03 09:00:00,路灯坏了,,\n", i, i, i, 12-i%12)
	}
	return b.String()
}

// TestImportGoesOn: what was taken in before an import is broken off stays, and
// the next one takes in the rest.
func TestImportGoesOn(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		const rows = 1100
		ctx, stop := context.WithCancel(t.Context())
		in := app.Importing{Read: matters.ReadMessages, File: strings.NewReader(messageFile(rows)), Progress: func(_ string, done, _ int64) {
			if done >= 500 {
				stop()
			}
		}}
		first, err := town.ImportMatters(ctx, in)
		if !errors.Is(err, context.Canceled) || first.Added == 0 || first.Added == rows {
			t.Fatalf("broken off: %+v, %v", first, err)
		}
		var stages []string
		in.File, in.Progress = strings.NewReader(messageFile(rows)), func(stage string, done, total int64) {
			if len(stages) == 0 || stages[len(stages)-1] != stage {
				stages = append(stages, stage)
			}
			if done > total {
				t.Errorf("%s: %d of %d", stage, done, total)
			}
		}
		second, err := town.ImportMatters(t.Context(), in)
		if err != nil || second.Read != rows || second.Unchanged != first.Added || second.Added != rows-first.Added {
			t.Fatalf("after %+v: %+v, %v", first, second, err)
		}
		if strings.Join(stages, " ") != "rows search" {
			t.Errorf("the bar showed %q", stages)
		}
		p, err := town.Matters.Search(t.Context(), scope.Actor{}, "第7件事", matters.Filter{})
		if err != nil || len(p.Cards) == 0 {
			t.Errorf("what was imported is not found: %v", err)
		}
		// The oldest came first, so that lists, newest first, end with it.
		l, err := town.Matters.List(t.Context(), scope.Actor{}, matters.Filter{Most: 100})
		if err != nil {
			t.Fatal(err)
		}
		for i := 1; i < len(l.Cards); i++ {
			if l.Cards[i].RaisedAt.After(l.Cards[i-1].RaisedAt) {
				t.Fatalf("card %d is newer than the one above it", i)
			}
		}
	})
}

func TestImportFaults(t *testing.T) {
	t.Parallel()
	town := apptest.New(t)
	var faults []matters.RowFault
	text := messageFile(3) + "x,y\n" + "9,A,题目题目,2099-01-01 00:00:00,内容内容,,\n"
	taken, err := town.ImportMatters(t.Context(), app.Importing{Read: matters.ReadMessages, File: strings.NewReader(text),
		Fault: func(f matters.RowFault) error { faults = append(faults, f); return nil }})
	if err != nil || taken.Read != 5 || taken.Added != 3 || taken.Rejected != 2 || len(faults) != 2 {
		t.Errorf("%+v, %v, %v", taken, faults, err)
	}
	full := errors.New("no room")
	if _, err := town.ImportMatters(t.Context(), app.Importing{Read: matters.ReadMessages, File: strings.NewReader(text),
		Fault: func(matters.RowFault) error { return full }}); !errors.Is(err, full) {
		t.Errorf("a fault that could not be kept: %v", err)
	}
}
