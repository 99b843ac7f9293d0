// SPDX-License-Identifier: Apache-2.0

package affairs_test

import (
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/affairs"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/when"
)

func day(y, m, d, h int) time.Time { return time.Date(y, time.Month(m), d, h, 0, 0, 0, i18n.Zone) }

func want(t *testing.T, what string, err error, kind errs.Kind, field string) {
	t.Helper()
	if kind == "" {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
		return
	}
	es := errs.Public(err)
	if len(es) == 0 || es[0].Kind != kind || es[0].Field != field {
		t.Errorf("%s: %v, want %s beside %q", what, err, kind, field)
	}
}

func TestPeriods(t *testing.T) {
	t.Parallel()
	at := day(2026, 5, 9, 12)
	for p, want := range map[affairs.Pace]affairs.Period{affairs.Yearly: "2026", affairs.Quarterly: "2026-Q2", affairs.Monthly: "2026-05", affairs.AtOnce: "2026-05-09"} {
		got := affairs.PeriodOf(p, at)
		if got != want || got.Pace() != p {
			t.Errorf("the %s period is %s of pace %s, want %s", p, got, got.Pace(), want)
		}
		from, to, ok := got.Span()
		if !ok || at.Before(from) || !at.Before(to) {
			t.Errorf("%s spans %s to %s", got, from, to)
		}
	}
	for _, bad := range []affairs.Period{"", "1926", "2026-Q5", "2026-Q0", "2026-13", "2026-02-30", "2026-QQ", "abcd", "2026xQ1"} {
		if _, _, ok := bad.Span(); ok {
			t.Errorf("%q is a period", bad)
		}
	}
	if s := affairs.Period("2026-Q1").Say(i18n.ZH); s != "2026年第1季度" {
		t.Errorf("the quarter is called %s", s)
	}
}

func TestStand(t *testing.T) {
	t.Parallel()
	r := affairs.Rhythm{BusyFrom: 30, Items: []affairs.Item{
		{Code: "q", Kind: affairs.Village, Pace: affairs.Quarterly, Within: 10},
		{Code: "great", Kind: affairs.Village, Pace: affairs.AtOnce, Within: 3},
		{Code: "money", Kind: affairs.Finance, Pace: affairs.Quarterly, Busy: affairs.Monthly, Within: 10},
	}}
	find := func(all []affairs.Standing, item string, p affairs.Period) (affairs.Standing, bool) {
		for _, s := range all {
			if s.Item.Code == item && s.Period == p {
				return s, true
			}
		}
		return affairs.Standing{}, false
	}
	cal := when.Default()
	// The first quarter of 2026 is due ten working days after 31 March: 1, 2, 3, 7 to 10,
	// 13 to 15 April, since 6 April is free for Qingming.
	due := day(2026, 4, 16, 0).Add(-time.Second)
	for _, tc := range []struct {
		name          string
		opened        []affairs.Opened
		now           time.Time
		late, missing bool
	}{
		{"not due yet", nil, due, false, false},
		{"a second later", nil, due.Add(time.Second), true, true},
		{"opened on the last day", []affairs.Opened{{"q", "2026-Q1", 7, due}}, day(2026, 6, 1, 9), false, false},
		{"opened a day late", []affairs.Opened{{"q", "2026-Q1", 7, due.Add(time.Hour)}}, day(2026, 6, 1, 9), true, false},
		{"another item's", []affairs.Opened{{"money", "2026-Q1", 7, due}}, day(2026, 6, 1, 9), true, true},
	} {
		s, ok := find(affairs.Stand(r, affairs.Facts{Since: "2026-01-01", Opened: tc.opened}, cal, tc.now, 9), "q", "2026-Q1")
		if !ok || !s.Due.Equal(due) || s.Late != tc.late || s.Missing() != tc.missing {
			t.Errorf("%s: due %s, late %t, missing %t", tc.name, s.Due, s.Late, s.Missing())
		}
	}
	if all := affairs.Stand(r, affairs.Facts{Since: "2026-01-02"}, cal, day(2026, 5, 1, 9), 9); len(all) != 0 {
		t.Errorf("a quarter that began before the page was opened is asked for: %v", all)
	}
	busy := affairs.Facts{Since: "2026-01-01", Entries: map[affairs.Period]int{"2026-Q1": 30}}
	all := affairs.Stand(r, busy, cal, day(2026, 7, 1, 9), 9)
	for _, p := range []affairs.Period{"2026-04", "2026-05", "2026-06", "2026-Q1"} {
		if _, ok := find(all, "money", p); !ok {
			t.Errorf("after a quarter of thirty entries %s is not asked for", p)
		}
	}
	if _, ok := find(all, "money", "2026-Q2"); ok {
		t.Error("a busy quarter is asked for as a whole too")
	}
	great := affairs.Facts{Since: "2026-01-01", Opened: []affairs.Opened{{Item: "great", Period: "2026-04-30", Notice: 3}}}
	// Three working days after 30 April 2026: 1 to 5 May are free, so 6, 7 and 8 May.
	s, ok := find(affairs.Stand(r, great, cal, day(2026, 5, 9, 0), 9), "great", "2026-04-30")
	if !ok || !s.Missing() || !s.Due.Equal(day(2026, 5, 9, 0).Add(-time.Second)) {
		t.Errorf("a great matter still being written: %+v", s)
	}
}

func TestLedgerIsZero(t *testing.T) {
	t.Parallel()
	es := []affairs.Entry{
		{Number: 1, On: "2026-01-01", From: affairs.Opening, To: affairs.Bank, Amount: 1000_00},
		{Number: 2, On: "2026-02-01", From: affairs.Bank, To: affairs.Cash, Amount: 300_00},
		{Number: 3, On: "2026-02-03", From: affairs.Cash, To: "out_works", Amount: 120_50},
		{Number: 4, On: "2026-02-02", From: "in_lease", To: affairs.Bank, Amount: 88_88},
		{Number: 5, On: "2026-02-05", From: "out_works", To: affairs.Cash, Amount: 120_50, Counters: 3},
	}
	sums, all := affairs.Sum(es), affairs.Fen(0)
	for _, f := range sums {
		all += f
	}
	if all != 0 {
		t.Errorf("everything together is %s", all)
	}
	if b := affairs.Balance(sums); b != 1088_88 {
		t.Errorf("the balance is %s", b)
	}
	s := affairs.State("2026-02", 1000_00, es[1:])
	if s.Came != 88_88 || s.Went != 0 || s.After != 1088_88 || s.Lines[len(s.Lines)-1].Balance != s.After {
		t.Errorf("the statement: came %s, went %s, after %s, last line %s", s.Came, s.Went, s.After, s.Lines[len(s.Lines)-1].Balance)
	}
	if s.Lines[1].Number != 4 || s.Lines[1].Balance != 1088_88 {
		t.Errorf("the lines are not in the order of their days: %+v", s.Lines[1])
	}
	for in, out := range map[string]affairs.Fen{"1200": 1200_00, "1,200.5": 1200_50, "￥１２.34": 12_34, "0.01": 1} {
		if f, err := affairs.ParseFen(in); err != nil || f != out {
			t.Errorf("%s is %s, %v", in, f, err)
		}
	}
	for _, in := range []string{"", "0", "-3", "1.234", "1e3", "12345678901", "一百"} {
		if f, err := affairs.ParseFen(in); err == nil {
			t.Errorf("%q is %s", in, f)
		}
	}
	if s := affairs.Fen(-123456789).String(); s != "−1,234,567.89" {
		t.Errorf("an amount is written %s", s)
	}
}

// paper stands for a file that was handed in.
var paper = affairs.File{Hash: "aa", Type: "application/pdf", Size: 3}

func TestPage(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		ctx, s := t.Context(), w.Affairs
		place := w.Place("文君街道", "宝塔社区")[scope.Village]
		wang, zhao, me := w.As("wang"), w.As("zhao"), w.Resident("周敏", "99999919940307002X", "19900000002").Actor()

		want(t, "a stranger shapes the page", s.Shape(ctx, me, place, affairs.Facing{Greeting: "欢迎"}), errs.Denied, "")
		want(t, "no greeting", s.Shape(ctx, wang, place, affairs.Facing{}), errs.Invalid, "greeting")
		want(t, "the page is opened", s.Shape(ctx, wang, place, affairs.Facing{Greeting: "有事请说，账目请看。"}), "", "")
		want(t, "it was changed meanwhile", s.Shape(ctx, wang, place, affairs.Facing{Greeting: "改"}), errs.Conflict, "")
		if p, err := s.Page(ctx, place); err != nil || p.Opened != "2026-03-02" || p.Version != 1 {
			t.Errorf("the page is %+v, %v", p, err)
		}

		in := affairs.Writing{Kind: affairs.Finance, Title: "一季度收支", Body: "见账本。", Item: "finance_statement", Period: "2026-Q1"}
		_, err := s.Write(ctx, wang, place, in)
		want(t, "a quarter that is not over", err, errs.Invalid, "period")
		in.Period = "2026-03"
		_, err = s.Write(ctx, wang, place, in)
		want(t, "a month that is not over", err, errs.Invalid, "period")
		in.Period = "2025"
		_, err = s.Write(ctx, wang, place, in)
		want(t, "a year for what is quarterly", err, errs.Invalid, "period")
		in.Period = "2025-Q4"
		d, err := s.Write(ctx, wang, place, in)
		want(t, "a draft", err, "", "")
		if _, _, err := s.Get(ctx, me, d); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a resident reads a draft: %v", err)
		}
		want(t, "somebody else's village", s.Publish(ctx, zhao, d), errs.Denied, "")
		want(t, "published", s.Publish(ctx, wang, d), "", "")
		want(t, "published twice", s.Publish(ctx, wang, d), errs.Conflict, "")
		second, err := s.Write(ctx, wang, place, in)
		want(t, "a second draft", err, "", "")
		want(t, "the same period twice", s.Publish(ctx, wang, second), errs.Conflict, "")
		want(t, "amended without a reason", s.Amend(ctx, wang, d, in, "", 0), errs.Invalid, "why")
		in.Body = "见账本，附表已更正。"
		want(t, "amended", s.Amend(ctx, wang, d, in, "附表有错字", 0), "", "")
		n, before, err := s.Get(ctx, me, d)
		if err != nil || n.Body != in.Body || len(before) != 1 || before[0].Body != "见账本。" {
			t.Errorf("after it was amended: %q, before %v, %v", n.Body, before, err)
		}
		want(t, "withdrawn without a reason", s.Withdraw(ctx, wang, d, " "), errs.Invalid, "why")
		want(t, "withdrawn", s.Withdraw(ctx, wang, d, "数字算错了，重新公布"), "", "")
		if ns, err := s.ListNotices(ctx, me, place, affairs.Query{States: []affairs.NoticeState{affairs.Withdrawn}}); err != nil || len(ns) != 1 || ns[0].Body != "" || ns[0].Title == "" {
			t.Errorf("what was withdrawn is listed as %+v, %v", ns, err)
		}
		if n, _, err := s.Get(ctx, me, d); err != nil || n.Title == "" || n.Body != "" || n.Why == "" {
			t.Errorf("the tombstone is %+v, %v", n, err)
		}
		want(t, "the second one now", s.Publish(ctx, wang, second), "", "")
		want(t, "the first one back", s.Restore(ctx, wang, d), errs.Conflict, "")

		w.Clock.Set(day(2026, 7, 20, 9))
		_, all, err := s.Standings(ctx, place, 4)
		if err != nil {
			t.Fatal(err)
		}
		missing := 0
		for _, x := range all {
			if x.Missing() {
				missing++
			}
		}
		if missing == 0 {
			t.Errorf("nothing of the second quarter is late in July: %v", all)
		}
		vs, err := s.Villages(ctx, w.Place("文君街道")[scope.Town])
		if err != nil || len(vs) == 0 {
			t.Fatal(vs, err)
		}
		for _, v := range vs {
			if v.Opened != (v.Place.ID == place) || v.Opened && v.Missing != missing {
				t.Errorf("%s: %+v, want %d missing", v.Place.Name.ZH, v, missing)
			}
		}
	})
}

func TestBook(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		ctx, s := t.Context(), w.Affairs
		place := w.Place("文君街道", "宝塔社区")[scope.Village]
		wang := w.As("wang")
		book := func(in affairs.Booking) (id.ID, error) { return s.Book(ctx, wang, place, in) }
		spend := affairs.Booking{On: "2026-03-02", From: affairs.Bank, To: "out_works", Amount: 500_00, Words: "修路灯", Party: "文君电器行", Decided: "2月20日两委会", Paper: paper}

		_, err := book(spend)
		want(t, "spent before there is anything", err, errs.Conflict, "")
		_, err = book(affairs.Booking{On: "2026-03-01", From: affairs.Opening, To: affairs.Bank, Amount: 1000_00, Words: "上年结余"})
		want(t, "opened", err, "", "")
		no := spend
		no.Paper = affairs.File{}
		_, err = book(no)
		want(t, "without paper", err, errs.Invalid, "paper")
		no = spend
		no.To = "in_lease"
		_, err = book(no)
		want(t, "out into an income", err, errs.Invalid, "what")
		no = spend
		no.On = "2026-03-03"
		_, err = book(no)
		want(t, "tomorrow", err, errs.Invalid, "on")
		_, err = s.Book(ctx, w.As("zhao"), place, spend)
		want(t, "somebody else", err, errs.Denied, "")
		d, err := book(spend)
		want(t, "spent", err, "", "")
		c, err := s.Counter(ctx, wang, d, "记重了")
		want(t, "countered", err, "", "")
		_, err = s.Counter(ctx, wang, d, "再来")
		want(t, "countered twice", err, errs.Conflict, "")
		_, err = s.Counter(ctx, wang, c, "再来")
		want(t, "a counter-entry countered", err, errs.Conflict, "")

		st, err := s.Statement(ctx, wang, place, "2026-03")
		if err != nil || len(st.Lines) != 3 || st.After != 1000_00 || st.Lines[1].Countered != c || st.Lines[2].Counters != d {
			t.Errorf("the statement is %+v, %v", st, err)
		}
		hs, since, err := s.At(ctx, place)
		if err != nil || since != "2026-03-01" || hs[0].Sum != 1000_00 {
			t.Errorf("at hand: %v since %s, %v", hs, since, err)
		}
		w.Clock.Set(day(2026, 4, 2, 9))
		n, err := s.Write(ctx, wang, place, affairs.Writing{Kind: affairs.Finance, Title: "三月收支", Body: "见账本", Item: "finance_statement", Period: "2026-03"})
		want(t, "the month's statement", err, "", "")
		want(t, "is public", s.Publish(ctx, wang, n), "", "")
		_, err = book(spend)
		want(t, "into a month that is public", err, errs.Conflict, "")
		spend.On = "2026-04-02"
		_, err = book(spend)
		want(t, "today", err, "", "")
		if rep, err := w.Sealer.Seal(ctx); err != nil {
			t.Error(rep, err)
		}
	})
}
