// SPDX-License-Identifier: Apache-2.0

package affairs_test

import (
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
)

// The words of a letter, and who wrote it, are kept for two years after its reply, those
// of a hidden remark as long; what waits is kept, and what stays agrees with the trail.
func TestWordsAreForgotten(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		ctx, s, place, wang := t.Context(), w.Affairs, w.Place("文君街道", "宝塔社区")[scope.Village], w.As("wang")
		zhou, _ := neighbours(w)
		want(t, "the page", s.Shape(ctx, wang, place, affairs.Facing{Greeting: "有事请说"}), "", "")
		_, err := s.AskIn(ctx, zhou, place)
		want(t, "a member", err, "", "")
		old, err := s.Send(ctx, zhou, place, affairs.ToCommittee, "楼上漏水，老公又住院了。")
		want(t, "a letter", err, "", "")
		want(t, "the reply", s.Reply(ctx, wang, old, "明天来看。"), "", "")
		hidden, err := s.Say(ctx, zhou, affairs.Saying{Kind: affairs.Comment, Place: place, Body: "隔壁张三有病。"})
		want(t, "a remark", err, "", "")
		want(t, "hidden", s.Hide(ctx, wang, hidden, "private", "提到了别人的事"), "", "")
		shown, err := s.Say(ctx, zhou, affairs.Saying{Kind: affairs.Comment, Place: place, Body: "路灯修得快。"})
		want(t, "another remark", err, "", "")
		waits, err := s.Send(ctx, zhou, place, affairs.ToCommittee, "停车位的事。")
		want(t, "a letter that waits", err, "", "")
		forget := func(after time.Duration, n int) {
			t.Helper()
			w.Clock.Add(after)
			if got, err := s.ForgetOld(ctx, 200); err != nil || got != n {
				t.Errorf("%d are forgotten, %v", got, err)
			}
			rep, err := trail.Verify(ctx, w.DB, trail.Options{Records: w.Records()})
			want(t, "the check", err, "", "")
			if f := rep.FirstFault; f != nil && f.Kind != trail.Unsealed {
				t.Errorf("the trail: %+v", f)
			}
		}
		forget(affairs.KeepWords-time.Hour, 0)
		if m, err := s.Read(ctx, zhou, old); err != nil || m.Body == "" || m.Reply == "" {
			t.Errorf("before its time: %+v, %v", m, err)
		}
		forget(2*time.Hour, 1)
		forget(0, 0)
		_, err = s.Read(ctx, zhou, old)
		want(t, "who wrote it does not read it any more", err, errs.NotFound, "")
		if m, err := s.Read(ctx, wang, old); err != nil || m.Body != "" || m.Reply != "" || m.Resident != 0 || m.RepliedAt.IsZero() {
			t.Errorf("what stays of it: %+v, %v", m, err)
		}
		if m, err := s.Read(ctx, zhou, waits); err != nil || m.Body == "" {
			t.Errorf("what waits: %+v, %v", m, err)
		}
		if x, err := s.Remark(ctx, wang, hidden); err != nil || x.Body != "" || x.WhyWords == "" {
			t.Errorf("the hidden remark: %+v, %v", x, err)
		}
		if x, err := s.Remark(ctx, wang, shown); err != nil || x.Body == "" {
			t.Errorf("the other: %+v, %v", x, err)
		}
	})
}
