// SPDX-License-Identifier: Apache-2.0

package affairs_test

import (
	"testing"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
)

// What names persons is for the members of the place; that it is there, and the money, is
// for everybody.
func TestForMembersAlone(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		ctx, s := t.Context(), w.Affairs
		place := w.Place("文君街道", "宝塔社区")[scope.Village]
		wang, sun := w.As("wang"), w.As("sun")
		zhou, lin := neighbours(w)
		nobody := scope.Actor{Kind: scope.Anonymous}
		paper := affairs.File{Hash: "p1", Type: "image/png", Size: 1}
		want(t, "the page", s.Shape(ctx, wang, place, affairs.Facing{Greeting: "有事请说"}), "", "")
		day := places.DayOf(w.Clock.Now())
		_, err := s.Book(ctx, wang, place, affairs.Booking{On: day, From: affairs.Opening, To: affairs.Bank, Amount: 1_000_00, Words: "建账时的结余"})
		want(t, "opening", err, "", "")
		d, err := s.Book(ctx, wang, place, affairs.Booking{On: day, From: affairs.Bank, To: "out_welfare", Amount: 300_00, Words: "慰问住院的老人", Party: "林大山", Decided: "居民会议", Paper: paper, Members: true})
		want(t, "an entry that names somebody", err, "", "")
		n, err := s.Announce(ctx, wang, place, affairs.Writing{Kind: affairs.Plain, Title: "上月慰问了三户", Body: "林大山等三户。", Members: true})
		want(t, "a notice that names somebody", err, "", "")
		q, err := s.Say(ctx, lin, affairs.Saying{Kind: affairs.Question, Entry: d, Body: "林大山是哪一户？"})
		want(t, "who is no member asks about the money", err, "", "")
		_, err = s.AskIn(ctx, zhou, place)
		want(t, "a member", err, "", "")

		for who, x := range map[string]struct {
			by   scope.Actor
			sees bool
		}{"a member": {zhou, true}, "the chair": {wang, true}, "who oversees": {sun, true}, "who is no member": {lin, false}, "who has not signed in": {nobody, false}, "a grid worker": {w.As("li"), false}} {
			e, err := s.Entry(ctx, x.by, d)
			if err != nil || e.Closed == x.sees || (e.Party != "") != x.sees || (e.Paper.Hash != "") != x.sees || e.Amount != 300_00 || e.To != "out_welfare" {
				t.Errorf("%s sees the entry as %+v, %v", who, e, err)
			}
			st, err := s.Statement(ctx, x.by, place, affairs.PeriodOf(affairs.Yearly, w.Clock.Now()))
			if err != nil || len(st.Lines) != 2 || st.After != 700_00 || (st.Lines[1].Words != "") != x.sees || st.Lines[0].Words == "" || st.Lines[1].Balance != 700_00 {
				t.Errorf("%s sees the statement as %+v, %v", who, st, err)
			}
			if m, _, err := s.Get(ctx, x.by, n); err != nil || (m.Body != "") != x.sees || m.Title == "" {
				t.Errorf("%s sees the notice as %+v, %v", who, m, err)
			}
			if ns, err := s.ListNotices(ctx, x.by, place, affairs.Query{Kinds: []affairs.Kind{affairs.Plain}}); err != nil || len(ns) != 1 || ns[0].Closed == x.sees {
				t.Errorf("%s sees the list as %+v, %v", who, ns, err)
			}
			_, err = s.ReadFile(ctx, x.by, paper.Hash)
			if (err == nil) != x.sees || err != nil && errs.KindOf(err) != errs.NotFound {
				t.Errorf("%s reads the paper: %v", who, err)
			}
			own := who == "who is no member" // asked it
			if y, err := s.Remark(ctx, x.by, q); err != nil || (y.Body != "") != (x.sees || own) {
				t.Errorf("%s sees the question as %+v, %v", who, y, err)
			}
		}

		want(t, "a member opens it", s.KeepEntry(ctx, zhou, d, false), errs.Denied, "")
		want(t, "opened to everybody", s.KeepEntry(ctx, wang, d, false), "", "")
		if e, err := s.Entry(ctx, nobody, d); err != nil || e.Party == "" {
			t.Errorf("after it was opened: %+v, %v", e, err)
		}
		p, err := s.Page(ctx, place)
		want(t, "the page again", err, "", "")
		want(t, "by a page as it was", s.KeepLedger(ctx, wang, place, true, p.Version-1), errs.Conflict, "")
		want(t, "the whole ledger", s.KeepLedger(ctx, wang, place, true, p.Version), "", "")
		if e, err := s.Entry(ctx, nobody, d); err != nil || e.Party != "" || e.Amount != 300_00 {
			t.Errorf("of a ledger for members: %+v, %v", e, err)
		}
		if _, err := s.ReadFile(ctx, nobody, paper.Hash); errs.KindOf(err) != errs.NotFound {
			t.Errorf("its paper: %v", err)
		}
		want(t, "shaped again", s.Shape(ctx, wang, place, affairs.Facing{Greeting: "账目请看", Version: p.Version + 1}), "", "")
		if p, err := s.Page(ctx, place); err != nil || !p.LedgerMembers {
			t.Errorf("the face opened the ledger: %+v, %v", p, err)
		}
	})
}
