// SPDX-License-Identifier: Apache-2.0

package affairs_test

import (
	"slices"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// neighbours are residents verified at the desk of the place.
func neighbours(w *apptest.Town) (zhou, lin scope.Actor) {
	return w.Resident("周敏", "99999919940307002X", "19900000002").Actor(), w.Resident("林大山", "999999195503070029", "19900000003").Actor()
}

func TestTalk(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		ctx, s := t.Context(), w.Affairs
		place := w.Place("文君街道", "宝塔社区")[scope.Village]
		wang, zhao, sun := w.As("wang"), w.As("zhao"), w.As("sun")
		zhou, lin := neighbours(w)
		want(t, "the page", s.Shape(ctx, wang, place, affairs.Facing{Greeting: "有事请说"}), "", "")
		n, err := s.Announce(ctx, wang, place, affairs.Writing{Kind: affairs.Plain, Title: "停水", Body: "周四上午。"})
		want(t, "a notice", err, "", "")

		q, err := s.Say(ctx, zhou, affairs.Saying{Kind: affairs.Question, Notice: n, Body: "下午来水不？"})
		want(t, "a question by who is no member", err, "", "")
		_, err = s.Say(ctx, zhou, affairs.Saying{Kind: affairs.Comment, Notice: n, Body: "知道了"})
		want(t, "a comment by who is no member", err, errs.Denied, "")
		m, err := s.AskIn(ctx, zhou, place)
		if err != nil || m.State != affairs.Joined || m.Way != affairs.ByDesk {
			t.Errorf("known at the desk: %+v, %v", m, err)
		}
		_, err = s.AskIn(ctx, zhou, place)
		want(t, "twice", err, errs.Conflict, "")
		_, err = s.Say(ctx, zhou, affairs.Saying{Kind: affairs.Comment, Notice: n, Body: " "})
		want(t, "nothing said", err, errs.Invalid, "body")
		c, err := s.Say(ctx, zhou, affairs.Saying{Kind: affairs.Comment, Notice: n, Body: "隔壁张三欠水费"})
		want(t, "a comment", err, "", "")

		want(t, "a resident answers", s.Answer(ctx, lin, q, "来"), errs.Denied, "")
		told(t, w, wang, affairs.TidingAsked)
		told(t, w, zhou)
		want(t, "the answer", s.Answer(ctx, wang, q, "下午两点来水。"), "", "")
		told(t, w, zhou, affairs.TidingAnswered)
		if x, err := s.Remark(ctx, lin, q); err != nil || x.State != affairs.Answered || x.Late(w.Clock.Now()) || x.Name != "周*" {
			t.Errorf("the question is %+v, %v", x, err)
		}
		want(t, "hidden without a reason", s.Hide(ctx, wang, c, "because", "不好"), errs.Invalid, "why")
		want(t, "hidden", s.Hide(ctx, wang, c, "private", "提到了别人的事"), "", "")
		if x, err := s.Remark(ctx, lin, c); err != nil || x.Body != "" || x.WhyWords == "" || x.HiddenPost == "" {
			t.Errorf("the tombstone is %+v, %v", x, err)
		}
		if x, err := s.Remark(ctx, zhou, c); err != nil || x.Body == "" {
			t.Errorf("the author does not see their own words: %+v, %v", x, err)
		}
		want(t, "another appeals", s.Appeal(ctx, lin, c, "不公平"), errs.Denied, "")
		want(t, "the author appeals", s.Appeal(ctx, zhou, c, "我说的是自己家"), "", "")
		told(t, w, zhou, affairs.TidingHidden, affairs.TidingAnswered)
		told(t, w, zhao, affairs.TidingAppealed)
		if xs, err := s.Waiting(ctx, zhao, affairs.Appealed); err != nil || len(xs) != 1 || xs[0].Appeal == "" {
			t.Errorf("appeals that wait: %v, %v", xs, err)
		}
		want(t, "the committee decides on its own", s.Reshow(ctx, wang, c, "好吧"), errs.Denied, "")
		want(t, "another decides", s.Reshow(ctx, zhao, c, "确是自家的事"), "", "")
		if x, err := s.Remark(ctx, lin, c); err != nil || x.State != affairs.Shown || x.Body == "" || x.Decision == "" {
			t.Errorf("after the appeal: %+v, %v", x, err)
		}
		want(t, "hidden by who decides on appeals too", s.Hide(ctx, sun, c, "private", "x"), errs.Denied, "")

		lost, err := s.Say(ctx, zhou, affairs.Saying{Kind: affairs.Lost, Place: place, Body: "丢了一串钥匙，红绳"})
		want(t, "something lost", err, "", "")
		w.Clock.Set(w.Clock.Now().AddDate(0, 0, 31))
		if n, err := s.End(ctx, 10); err != nil || n != 1 {
			t.Errorf("%d ended, %v", n, err)
		}
		want(t, "settled after its end", s.Settle(ctx, zhou, lost), errs.Conflict, "")
		want(t, "left", s.Leave(ctx, zhou, m.ID), "", "")
		_, err = s.Say(ctx, zhou, affairs.Saying{Kind: affairs.Comment, Notice: n, Body: "再说一句"})
		want(t, "a comment after leaving", err, errs.Denied, "")
		want(t, "taken back", s.TakeBack(ctx, zhou, c), "", "")
		late, err := s.Say(ctx, zhou, affairs.Saying{Kind: affairs.Question, Notice: n, Body: "再问一句"})
		want(t, "a second question", err, "", "")
		w.Clock.Set(w.Clock.Now().AddDate(0, 0, 20))
		if x, err := s.Remark(ctx, lin, late); err != nil || !x.Late(w.Clock.Now()) {
			t.Errorf("an unanswered question is not late: %+v, %v", x, err)
		}
		for _, n := range []int{1, 0} { // told once
			if got, err := s.Remind(ctx, 10); err != nil || got != n {
				t.Errorf("%d told of what is late, want %d, %v", got, n, err)
			}
		}
		told(t, w, wang, affairs.TidingAskedLate, affairs.TidingAsked, affairs.TidingAsked)
		want(t, "read", s.ReadNews(ctx, wang), "", "")
		if n, err := s.Unread(ctx, wang); err != nil || n != 0 {
			t.Errorf("%d unread after reading, %v", n, err)
		}
		w.Clock.Set(w.Clock.Now().Add(affairs.KeepNews + time.Hour))
		if n, err := s.SweepNews(ctx, 100); err != nil || n < 7 {
			t.Errorf("%d swept, %v", n, err)
		}
		told(t, w, wang)
	})
}

// told sees what somebody is told, the newest first.
func told(t *testing.T, w *apptest.Town, by scope.Actor, want ...affairs.Tiding) {
	t.Helper()
	ns, err := w.Affairs.Told(t.Context(), by, 0, 50)
	var got []affairs.Tiding
	for _, n := range ns {
		got = append(got, n.What)
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%s is told %v, want %v, %v", by.Name, got, want, err)
	}
}

func TestJoining(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		ctx, s := t.Context(), w.Affairs
		place, other := w.Place("文君街道", "宝塔社区")[scope.Village], w.Place("文君街道", "渔箭社区")[scope.Village]
		wang := w.As("wang")
		zhou, lin := neighbours(w)
		want(t, "the page", s.Shape(ctx, wang, place, affairs.Facing{Greeting: "有事请说"}), "", "")
		// Lin moves away, and asks as somebody who is not known to live there.
		want(t, "moved", w.People.Settle(ctx, lin, people.Settings{Lang: i18n.ZH, Place: w.Places.Tree().Path(other)}), "", "")
		m, err := s.AskIn(ctx, lin, place)
		if err != nil || m.State != affairs.AskedIn {
			t.Fatalf("from elsewhere: %+v, %v", m, err)
		}
		want(t, "for oneself", s.Vouch(ctx, lin, m.ID), errs.Denied, "")
		want(t, "by who is no member", s.Vouch(ctx, zhou, m.ID), errs.Denied, "")
		want(t, "admitted without a neighbour", s.Admit(ctx, wang, m.ID), errs.Conflict, "")
		if _, err := s.AskIn(ctx, zhou, place); err != nil {
			t.Fatal(err)
		}
		want(t, "a neighbour vouches", s.Vouch(ctx, zhou, m.ID), "", "")
		if ms, err := s.ListMembers(ctx, wang, place, affairs.Vouched); err != nil || len(ms) != 1 || ms[0].Name == "" {
			t.Errorf("who waits: %v, %v", ms, err)
		}
		if ms, err := s.ListMembers(ctx, zhou, place, affairs.Vouched); err != nil || len(ms) != 0 {
			t.Errorf("a member is shown who waits for the committee: %v, %v", ms, err)
		}
		want(t, "refused without a reason", s.Refuse(ctx, wang, m.ID, ""), errs.Invalid, "why")
		want(t, "admitted", s.Admit(ctx, wang, m.ID), "", "")
		want(t, "left", s.Leave(ctx, lin, m.ID), "", "")

		_, err = s.MakeCode(ctx, zhou, place, 5, 5)
		want(t, "a resident prints codes", err, errs.Denied, "")
		_, err = s.MakeCode(ctx, wang, place, 0, 500)
		want(t, "no code at all", err, errs.Invalid, "most")
		code, err := s.MakeCode(ctx, wang, place, 1, 5)
		want(t, "a code", err, "", "")
		_, err = s.Join(ctx, lin, "AAAA-AAAA-AAAA")
		want(t, "a wrong code", err, errs.Invalid, "code")
		if m, err := s.Join(ctx, lin, code); err != nil || m.State != affairs.Joined || m.Way != affairs.ByCode {
			t.Errorf("by code: %+v, %v", m, err)
		}
		want(t, "left again", s.Leave(ctx, lin, m.ID), "", "")
		_, err = s.Join(ctx, lin, code)
		want(t, "used up", err, errs.Invalid, "code")

		code, err = s.MakeCode(ctx, wang, place, 5, 5)
		want(t, "another code", err, "", "")
		cs, err := s.Codes(ctx, wang, place)
		if err != nil || len(cs) != 1 {
			t.Fatalf("codes that are good: %v, %v", cs, err)
		}
		_, err = s.EndCode(ctx, zhou, cs[0].ID)
		want(t, "a resident ends it", err, errs.Denied, "")
		_, err = s.EndCode(ctx, wang, cs[0].ID)
		want(t, "ended", err, "", "")
		_, err = s.EndCode(ctx, wang, cs[0].ID)
		want(t, "ended twice", err, errs.Conflict, "")
		_, err = s.Join(ctx, lin, code)
		want(t, "by a code that has ended", err, errs.Invalid, "code")
	})
}

func TestMissives(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		ctx, s := t.Context(), w.Affairs
		place := w.Place("文君街道", "宝塔社区")[scope.Village]
		wang := w.As("wang")
		zhou, lin := neighbours(w)
		secretary := secretaryOf(t, w, place)
		want(t, "the page", s.Shape(ctx, wang, place, affairs.Facing{Greeting: "有事请说"}), "", "")
		_, err := s.Send(ctx, zhou, place, affairs.ToSecretary, "有件事")
		want(t, "by who is no member", err, errs.Denied, "")
		_, err = s.AskIn(ctx, zhou, place)
		want(t, "joined", err, "", "")
		d, err := s.Send(ctx, zhou, place, affairs.ToSecretary, "主任的亲戚占了停车位，请管一管。")
		want(t, "a letter to the secretary", err, "", "")
		for who, by := range map[string]scope.Actor{"another resident": lin, "the chair": wang, "the administrator": w.As("admin"), "the dispatcher": w.As("zhao"), "the auditor": w.As("audit")} {
			if _, err := s.Read(ctx, by, d); errs.KindOf(err) != errs.NotFound {
				t.Errorf("%s reads a letter to the secretary: %v", who, err)
			}
			want(t, who+" replies", s.Reply(ctx, by, d, "好"), errs.NotFound, "")
		}
		m, err := s.Read(ctx, secretary, d)
		if err != nil || m.Body != "主任的亲戚占了停车位，请管一管。" || m.Name != "周*" {
			t.Errorf("the secretary reads %+v, %v", m, err)
		}
		told(t, w, secretary, affairs.TidingLetter)
		told(t, w, wang)
		want(t, "received", s.Receive(ctx, secretary, d), "", "")
		want(t, "the writer replies", s.Reply(ctx, zhou, d, "好"), errs.Denied, "")
		want(t, "replied", s.Reply(ctx, secretary, d, "已经去看了，今天腾出来。"), "", "")
		want(t, "written on", s.WriteOn(ctx, zhou, d, "又停上了。"), "", "")
		if m, err = s.Read(ctx, zhou, d); err != nil || m.State != affairs.Sent || m.Reply != "" {
			t.Errorf("after writing on: %+v, %v", m, err)
		}
		w.Clock.Set(w.Clock.Now().AddDate(0, 0, 20))
		if !m.Late(w.Clock.Now()) {
			t.Error("a letter without a reply is not late")
		}
		told(t, w, zhou, affairs.TidingReplied, affairs.TidingReceived)
		if n, err := s.Remind(ctx, 10); err != nil || n != 1 {
			t.Errorf("%d told of what is late, %v", n, err)
		}
		told(t, w, secretary, affairs.TidingLetterLate, affairs.TidingLetter, affairs.TidingLetter)
		want(t, "taken back", s.Recall(ctx, zhou, d), "", "")
		if m, err = s.Read(ctx, zhou, d); err != nil || m.Body != "" {
			t.Errorf("after it was taken back: %+v, %v", m, err)
		}
		if ms, err := s.ListMissives(ctx, wang, place); err != nil || len(ms) != 0 {
			t.Errorf("the chair is told of letters to the secretary: %v, %v", ms, err)
		}
		want(t, "a shift", s.SetShift(ctx, wang, affairs.Shift{Place: place, On: places.DayOf(w.Clock.Now()), Name: "王主任", Phone: "028-88000001", Hours: "全天"}), "", "")
		if ss, err := s.Shifts(ctx, place, places.DayOf(w.Clock.Now()), 7); err != nil || len(ss) != 1 || ss[0].Name != "王主任" {
			t.Errorf("the roster is %v, %v", ss, err)
		}
	})
}

// secretaryOf appoints somebody to the post of the place's secretary.
func secretaryOf(t *testing.T, w *apptest.Town, place id.ID) scope.Actor {
	t.Helper()
	dir := w.Orgs.Directory()
	u, ok := dir.Responsible("village", w.Places.Tree().Path(place))
	i := slices.IndexFunc(dir.Posts(u.ID), func(p orgs.Post) bool { return p.Role == "village_secretary" })
	if !ok || i < 0 {
		t.Fatal("the village has no post of a secretary")
	}
	if hs := dir.Holders(dir.Posts(u.ID)[i].ID, w.DB.Now()); len(hs) > 0 {
		by, err := w.Access.ActorOf(t.Context(), hs[0].Account)
		if err != nil {
			t.Fatal(err)
		}
		return by
	}
	t.Fatal("nobody holds the post of the secretary")
	return scope.Actor{}
}
