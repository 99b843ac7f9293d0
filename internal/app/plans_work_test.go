// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"yuanba/internal/apptest"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// workPages are the pages of rounds, the desk, questions, villages and volunteers.
// The lists of rounds, questions and volunteers are empty in this town, which
// changes nothing in how they are asked for.
func workPages(t *testing.T, w *apptest.Town) []string {
	t.Helper()
	pages := strings.Fields(`/patrol /patrol/appraisal /patrol/burden /patrol/coverage /patrol/duties /patrol/hours /patrol/mine /patrol/points /patrol/formula
		/field /field/today.json /field/conflicts /field/phones
		/services /services?q=身份证 /bookings /counters /visits /visits/find
		/questions /questions?q=医保 /questions/all /questions/editing /questions/mine /questions/turn /answers /me /me/proxies /me/data.json
		/affairs /affairs/rhythm /remarks /volunteers /volunteers/me /volunteers/me/statement /volunteers/offers /volunteers/pot /volunteers/shop /volunteers/tariff /volunteers/work`)
	for pattern, query := range map[string]string{
		"/counters/%v": "SELECT max(id) FROM desk_counter", "/bookings/%v": "SELECT max(number) FROM booking", "/visits/%v": "SELECT max(number) FROM home_visit",
	} {
		pages = append(pages, fmt.Sprintf(pattern, newest(t, w, query)))
	}
	last, _ := w.Place("文君街道", "宝塔社区").Last()
	for _, of := range []string{"", "/book", "/box", "/duty", "/edit", "/ledger", "/ledger/print", "/members", "/notices", "/open", "/talk", "/write"} {
		pages = append(pages, "/affairs/"+last.String()+of)
	}
	return pages
}

// newest is what a query finds, as it stands in an address.
func newest(t *testing.T, w *apptest.Town, query string) (one any) {
	t.Helper()
	if err := w.DB.Read(t.Context(), func(tx *sqldb.Tx) error { return tx.Row(query).Scan(&one) }); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	switch one := one.(type) {
	case nil:
		t.Errorf("%s: the town has none", query)
	case int64:
		return id.ID(one).String()
	}
	return one
}

// turnWork does what the timetable does for these domains.
func turnWork(t *testing.T, w *apptest.Town) {
	t.Helper()
	counted := func(do func(context.Context, int) (int, error)) func(context.Context) error {
		return func(ctx context.Context) error { _, err := do(ctx, 200); return err }
	}
	for what, do := range map[string]func(context.Context) error{
		"rounds":  func(ctx context.Context) error { _, err := w.Patrol.MakeRounds(ctx); return err },
		"missed":  func(ctx context.Context) error { _, err := w.Patrol.TellMissed(ctx); return err },
		"limited": counted(w.Patrol.EndLimited), "homes forgotten": counted(w.Patrol.ForgetOld), "field": w.Field.Sweep,
		"desk": counted(w.Desk.Sweep), "visits forgotten": counted(w.Desk.ForgetOld), "questions forgotten": counted(w.Questions.ForgetOld),
		"villages end": counted(w.Affairs.End), "villages remind": counted(w.Affairs.Remind), "villages forget": counted(w.Affairs.ForgetOld), "news": counted(w.Affairs.SweepNews),
		"volunteers": counted(w.Volunteers.Turn), "reports": counted(w.Volunteers.PayReports), "expire": counted(w.Volunteers.Expire),
	} {
		if err := do(t.Context()); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}
