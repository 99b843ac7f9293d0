// SPDX-License-Identifier: Apache-2.0

package questions_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/questions"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// A town is one with questions.
type town struct {
	*apptest.Town
	t   *testing.T
	ctx context.Context //nolint:containedctx // one test
}

func each(t *testing.T, f func(w town)) {
	t.Helper()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) { f(town{w, t, t.Context()}) })
}

func (w town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// fails checks that err is of the kind and has the message.
func (w town) fails(what string, err error, kind errs.Kind, key string) {
	w.t.Helper()
	es := errs.Public(err)
	if len(es) == 0 || es[0].Kind != kind || !slices.ContainsFunc(es, func(e *errs.Error) bool { return e.Key == key }) {
		w.t.Errorf("%s: %v, want %s %s", what, err, kind, key)
	}
}

func (w town) zhou() scope.Actor {
	return w.Resident("周敏", "510183199401010048", "13712344321").Actor()
}

func (w town) water() id.ID { return w.As("wu").Unit }

// asked is a question of Zhou's at the water bureau.
func (w town) asked(by scope.Actor) questions.Slip {
	w.t.Helper()
	slip, err := w.Questions.Ask(w.ctx, by, questions.Asking{Words: "我叫周敏，住3栋2单元，一户一表改造要交多少钱？", Place: w.Place("文君街道", "宝塔社区")[scope.Village], Unit: w.water()})
	w.must(err)
	return slip
}

func (w town) whole(by scope.Actor, number string) questions.Whole {
	w.t.Helper()
	q, err := w.Questions.Get(w.ctx, by, number)
	w.must(err)
	return q
}

func (w town) sound() {
	w.t.Helper()
	for n := int64(1); n > 0; {
		var err error
		n, err = w.Sealer.Seal(w.ctx)
		w.must(err)
	}
	rep, err := trail.Verify(w.ctx, w.DB, trail.Options{Records: w.Records(), PublicKey: w.Sealer.PublicKey(), Now: w.DB.Now()})
	w.must(err)
	if !rep.OK {
		w.t.Errorf("the trail does not hold: %+v", rep.FirstFault)
	}
}

func TestLife(t *testing.T) {
	t.Parallel()
	each(t, func(w town) {
		zhou, wu, zhao, he := w.zhou(), w.As("wu"), w.As("zhao"), w.As("he")
		slip := w.asked(zhou)
		if !strings.HasPrefix(slip.Number, "WD-2026-") || len(slip.Code) != 9 || slip.Unit != w.water() {
			w.t.Fatalf("%+v", slip)
		}
		if want := apptest.Monday.AddDate(0, 0, 3); slip.Due.Before(want.Add(-time.Hour)) || slip.Due.After(want.Add(12*time.Hour)) {
			w.t.Errorf("due %v, want three working days on", slip.Due)
		}
		// who sees it
		for _, tc := range []struct {
			who  string
			by   scope.Actor
			view questions.View
		}{{"the asker", zhou, questions.Asker}, {"the unit", wu, questions.Inside}, {"who sees into the place", zhao, questions.Inside}, {"the auditor", w.As("audit"), questions.Inside}} {
			if got := w.whole(tc.by, slip.Number).View; got != tc.view {
				w.t.Errorf("%s sees %d", tc.who, got)
			}
		}
		for _, by := range []scope.Actor{{Kind: scope.Anonymous}, he, w.Resident("李", "510183195501010020", "13712340000").Actor()} {
			_, err := w.Questions.Get(w.ctx, by, slip.Number)
			w.fails("a stranger", err, errs.NotFound, "question.none")
		}
		// not theirs to answer
		w.fails("another's", w.Questions.Answer(w.ctx, he, slip.Number, questions.Replying{Words: "我来答吧。"}), errs.NotFound, "question.none")
		w.fails("of the place", w.Questions.Answer(w.ctx, zhao, slip.Number, questions.Replying{Words: "我来答吧。"}), errs.Denied, "question.not_unit")
		w.fails("not yet", w.Questions.Reopen(w.ctx, zhou, slip.Number, "没有答到"), errs.Conflict, "question.move")
		w.fails("no words", w.Questions.Answer(w.ctx, wu, slip.Number, questions.Replying{}), errs.Invalid, "matter.words.empty")
		// passed on and back
		w.fails("to itself", w.Questions.PassOn(w.ctx, wu, slip.Number, w.water(), "不归我们"), errs.Invalid, "question.unit.unknown")
		w.must(w.Questions.PassOn(w.ctx, wu, slip.Number, he.Unit, "先看户籍在不在。"))
		w.fails("passed on", w.Questions.Answer(w.ctx, wu, slip.Number, questions.Replying{Words: "一户一千元。"}), errs.NotFound, "question.none")
		w.must(w.Questions.PassOn(w.ctx, he, slip.Number, w.water(), "户籍在，请接着答。"))
		w.must(w.Questions.Answer(w.ctx, wu, slip.Number, questions.Replying{Words: "一户一表改造，户表以前的材料费由居民承担，一户八百元，分两次交。"}))
		w.must(w.Questions.Reopen(w.ctx, zhou, slip.Number, "低保户减不减没有说。"))
		w.must(w.Questions.Answer(w.ctx, wu, slip.Number, questions.Replying{Words: "一户一表改造，一户八百元，分两次交；低保户凭证明减半。"}))
		q := w.whole(zhou, slip.Number)
		if q.Question.State != questions.Answered || q.Question.Passed != 2 || q.Question.Reopened != 1 || len(q.Steps) != 6 || !q.Question.Due.IsZero() {
			w.t.Errorf("%+v, %d lines", q.Question, len(q.Steps))
		}
		if !slices.Equal(q.Acts, []questions.Act{questions.Reopen}) {
			w.t.Errorf("the asker may %v", q.Acts)
		}
		for _, p := range q.Steps {
			if p.Act == questions.Reopen && p.Actor != "" {
				w.t.Error("the story names the asker")
			}
		}
		// published without the asker
		in := questions.Publishing{Writing: questions.Writing{Title: "一户一表改造要交多少钱", Asked: "我叫周敏，住3栋2单元，一户一表改造要交多少钱？", Body: "一户八百元，分两次交；低保户凭证明减半。"}}
		in.Seen = true
		_, err := w.Questions.Publish(w.ctx, wu, slip.Number, in)
		w.fails("by the unit", err, errs.Denied, scope.DeniedNeed)
		in.Seen = false
		_, err = w.Questions.Publish(w.ctx, zhao, slip.Number, in)
		w.fails("with the asker in it", err, errs.Invalid, "answer.traces")
		in.Asked = "一户一表改造要交多少钱？低保户有没有减免？"
		a, err := w.Questions.Publish(w.ctx, zhao, slip.Number, in)
		w.must(err)
		if a.Kind != questions.Told || a.Unit != w.water() || a.Source == "" || a.IssuedOn != "2026-03-02" || a.Force(w.DB.Now()) != questions.Unsaid {
			w.t.Errorf("%+v", a)
		}
		hits, err := w.Questions.Nearest(w.ctx, "低保户改水表交好多", 5)
		w.must(err)
		if len(hits) != 1 || hits[0].Answer.ID != a.ID || strings.Contains(hits[0].Answer.Asked+hits[0].Answer.Body, "周敏") {
			w.t.Errorf("found %+v", hits)
		}
		// what the asker says later, and a second publication, which writes the same anew
		w.must(w.Questions.Reopen(w.ctx, zhou, slip.Number, "交到哪里？"))
		w.must(w.Questions.Answer(w.ctx, wu, slip.Number, questions.Replying{Words: "交到营业厅，一户八百元。", Cites: []id.ID{a.ID}}))
		in.Body = "一户八百元，到营业厅分两次交；低保户凭证明减半。"
		b, err := w.Questions.Publish(w.ctx, zhao, slip.Number, in)
		w.must(err)
		if b.ID != a.ID || w.whole(zhou, slip.Number).Cited[0].ID != a.ID {
			w.t.Errorf("published twice: %v, %v", a.ID, b.ID)
		}
		w.Clock.Add(40 * 24 * time.Hour)
		w.fails("too late", w.Questions.Reopen(w.ctx, zhou, slip.Number, "还有一句"), errs.Conflict, "question.reopen.late")
		w.sound()
	})
}

func TestAsk(t *testing.T) {
	t.Parallel()
	each(t, func(w town) {
		nobody, zhou := scope.Actor{Kind: scope.Anonymous}, w.zhou()
		for _, tc := range []struct {
			what string
			by   scope.Actor
			in   questions.Asking
			kind errs.Kind
			key  string
		}{
			{"nothing", zhou, questions.Asking{Words: " 吗"}, errs.Invalid, "question.words.empty"},
			{"a novel", zhou, questions.Asking{Words: strings.Repeat("问", questions.MaxWords+1)}, errs.Invalid, "question.words.long"},
			{"nowhere", zhou, questions.Asking{Words: "怎么办身份证", Place: 7}, errs.Invalid, "matter.place.unknown"},
			{"no unit", zhou, questions.Asking{Words: "怎么办身份证", Unit: 7}, errs.Invalid, "question.unit.unknown"},
			{"no telephone", nobody, questions.Asking{Words: "怎么办身份证", Contact: people.ContactInput{Phone: "12"}}, errs.Invalid, "people.phone.malformed"},
			{"for a stranger", zhou, questions.Asking{Words: "怎么办身份证", For: 12345}, errs.Denied, "question.for.not_yours"},
			{"without raise_for", w.As("wu"), questions.Asking{Words: "怎么办身份证"}, errs.Denied, scope.DeniedNeed},
		} {
			_, err := w.Questions.Ask(w.ctx, tc.by, tc.in)
			w.fails(tc.what, err, tc.kind, tc.key)
		}
		// without account and without a unit: to the centre, with a code
		slip, err := w.Questions.Ask(w.ctx, nobody, questions.Asking{Words: "这个事情该找谁", Place: w.Place("文君街道", "宝塔社区")[scope.Village]})
		w.must(err)
		centre, _ := w.Orgs.Directory().Centre(w.Place("文君街道"))
		if slip.Unit != centre.ID {
			w.t.Errorf("it went to %v, not the centre", slip.Unit)
		}
		_, err = w.Questions.ByCode(w.ctx, slip.Number, "AAAA-AAAA")
		w.fails("a wrong code", err, errs.Invalid, "matter.code.wrong")
		d, err := w.Questions.ByCode(w.ctx, strings.ToLower(slip.Number), strings.ToLower(strings.ReplaceAll(slip.Code, "-", " ")))
		w.must(err)
		holder := scope.Actor{Kind: scope.Anonymous, Slips: []id.ID{d}}
		if w.whole(holder, slip.Number).View != questions.Asker {
			w.t.Error("the slip does not open it")
		}
		if p, err := w.Questions.ListMine(w.ctx, holder, questions.Filter{}); err != nil || len(p.Questions) != 1 {
			w.t.Errorf("the holder's list: %+v, %v", p, err)
		}
		if p, err := w.Questions.ListMine(w.ctx, nobody, questions.Filter{}); err != nil || len(p.Questions) != 0 {
			w.t.Errorf("a stranger's list: %+v, %v", p, err)
		}
		// the centre answers what waits there, and counts it
		zhao := w.As("zhao")
		if n, late, err := w.Questions.Waiting(w.ctx, zhao); err != nil || n != 1 || late != 0 {
			w.t.Errorf("%d wait, %d late, %v", n, late, err)
		}
		w.Clock.Add(10 * 24 * time.Hour)
		if n, late, err := w.Questions.Waiting(w.ctx, zhao); err != nil || n != 1 || late != 1 {
			w.t.Errorf("%d wait, %d late, %v", n, late, err)
		}
		w.must(w.Questions.Answer(w.ctx, zhao, slip.Number, questions.Replying{Words: "请到便民服务中心三号窗口。"}))
		w.must(w.Questions.Reopen(w.ctx, holder, slip.Number, "几点开门？"))
		w.must(w.Questions.Withdraw(w.ctx, holder, slip.Number))
		w.fails("over", w.Questions.Answer(w.ctx, zhao, slip.Number, questions.Replying{Words: "八点半开门。"}), errs.Conflict, "question.move")
		// at the desk for somebody: on record
		chen := w.Resident("陈秀英", "510183194701010020", "13812341234")
		slip, err = w.Questions.Ask(w.ctx, w.As("he"), questions.Asking{Words: "高龄补贴怎么领", For: chen.ID, Place: w.Place("文君街道", "宝塔社区")[scope.Village], Unit: w.water()})
		w.fails("police hold no raise_for", err, errs.Denied, scope.DeniedNeed)
		slip, err = w.Questions.Ask(w.ctx, w.As("zhao"), questions.Asking{Words: "高龄补贴怎么领", For: chen.ID, ForWord: "到窗口来的", Place: w.Place("文君街道", "宝塔社区")[scope.Village], Unit: w.water()})
		w.must(err)
		q := w.whole(chen.Actor(), slip.Number)
		if q.Question.AskedBy != w.As("zhao").Account || q.Steps[0].Behalf == "" || q.Steps[0].Actor == "" {
			w.t.Errorf("who did it for her is not told: %+v", q.Steps[0])
		}
		w.sound()
	})
}

func TestPolicies(t *testing.T) {
	t.Parallel()
	each(t, func(w town) {
		wu, admin := w.As("wu"), w.As("admin")
		old := questions.Writing{Title: "城市供水管理办法", Body: "居民生活用水阶梯水价，第一阶梯每吨二元八角。", DocNumber: "邛水发〔2020〕1号", FromOn: "2020-01-01", Unit: w.water()}
		_, err := w.Questions.Add(w.ctx, w.As("he"), old, 0)
		w.fails("another unit's", err, errs.Denied, "answer.not_yours")
		a, err := w.Questions.Add(w.ctx, wu, old, 0)
		w.must(err)
		for what, bad := range map[string]struct {
			edit func(*questions.Writing)
			key  string
		}{
			"no title": {func(in *questions.Writing) { in.Title = "" }, "answer.missing"}, "no text": {func(in *questions.Writing) { in.Body = " " }, "answer.missing"},
			"long": {func(in *questions.Writing) { in.Title = strings.Repeat("长", 101) }, "answer.long"}, "a wrong day": {func(in *questions.Writing) { in.FromOn = "昨天" }, "answer.day"},
			"ends first": {func(in *questions.Writing) { in.UntilOn = "2019-01-01" }, "answer.until"}, "a wrong address": {func(in *questions.Writing) { in.URL = "javascript:1" }, "answer.url"},
			"nobody's": {func(in *questions.Writing) { in.Unit = 0 }, "answer.source"}, "no such unit": {func(in *questions.Writing) { in.Unit = 5 }, "question.unit.unknown"},
		} {
			in := old
			bad.edit(&in)
			_, err := w.Questions.Add(w.ctx, admin, in, 0)
			w.fails(what, err, errs.Invalid, bad.key)
		}
		next := old
		next.Body, next.DocNumber, next.FromOn = "居民生活用水阶梯水价，第一阶梯每吨三元。", "邛水发〔2026〕2号", "2026-04-01"
		b, err := w.Questions.Add(w.ctx, wu, next, a.ID)
		w.must(err)
		_, err = w.Questions.Add(w.ctx, wu, next, a.ID)
		w.fails("replaced twice", err, errs.Conflict, "answer.replaced.already")
		hits, err := w.Questions.Nearest(w.ctx, "阶梯水价第一阶梯多少钱一吨", 5)
		w.must(err)
		if len(hits) != 2 || hits[0].Answer.ID != b.ID || hits[0].Force != questions.NotYet || hits[1].Answer.ID != a.ID || hits[1].Force != questions.Replaced {
			w.t.Errorf("found %+v", hits)
		}
		w.Clock.Set(time.Date(2026, 4, 1, 9, 0, 0, 0, apptest.Monday.Location()))
		if x, err := w.Questions.Show(w.ctx, scope.Actor{Kind: scope.Anonymous}, b.ID); err != nil || x.Force != questions.InForce || len(x.Former) != 1 || x.MayWrite {
			w.t.Errorf("%+v, %v", x, err)
		}
		if x, err := w.Questions.Show(w.ctx, wu, a.ID); err != nil || x.Instead == nil || x.Instead.ID != b.ID || !x.MayWrite {
			w.t.Errorf("%+v, %v", x, err)
		}
		// edited once, with the version that was seen
		next.Version, next.UntilOn = b.Version, "2026-04-30"
		w.must(w.Questions.Edit(w.ctx, wu, b.ID, next))
		w.fails("somebody else did", w.Questions.Edit(w.ctx, admin, b.ID, next), errs.Conflict, "record.changed")
		w.Clock.Add(30 * 24 * time.Hour)
		if x, err := w.Questions.Show(w.ctx, wu, b.ID); err != nil || x.Force != questions.Ended {
			w.t.Errorf("after its last day: %v, %v", x.Force, err)
		}
		// counted, and whom is nowhere
		w.must(w.Questions.Helped(w.ctx, b.ID, true))
		w.must(w.Questions.HelpedTimes(w.ctx, b.ID, map[bool]int{true: 3, false: 1}))
		if x, err := w.Questions.Show(w.ctx, wu, b.ID); err != nil || x.Helped != 4 || x.Missed != 1 {
			w.t.Errorf("helped %d, missed %d, %v", x.Helped, x.Missed, err)
		}
		w.asked(w.zhou())
		if n, err := w.Questions.Count(w.ctx, w.DB.Now(), w.DB.Now()); err != nil || n != (questions.Counts{Helped: 4, Missed: 1, Sent: 1}) {
			w.t.Errorf("counted %+v, %v", n, err)
		}
		// taken off and put back
		w.fails("not theirs", w.Questions.Retire(w.ctx, w.As("he"), b.ID, "错了"), errs.Denied, "answer.not_yours")
		w.must(w.Questions.Retire(w.ctx, wu, b.ID, "印错了"))
		w.fails("again", w.Questions.Retire(w.ctx, wu, b.ID, "印错了"), errs.Conflict, "answer.retired.already")
		_, err = w.Questions.Show(w.ctx, scope.Actor{Kind: scope.Anonymous}, b.ID)
		w.fails("taken off", err, errs.NotFound, "answer.none")
		if hits, err := w.Questions.Nearest(w.ctx, "阶梯水价第一阶梯多少钱一吨", 5); err != nil || len(hits) != 1 {
			w.t.Errorf("found %+v, %v", hits, err)
		}
		w.must(w.Questions.Retire(w.ctx, wu, b.ID, ""))
		w.sound()
	})
}

func TestImport(t *testing.T) {
	t.Parallel()
	each(t, func(w town) {
		file := `{"id":"a","title":"供水办法","text":"一阶梯二元八角。","source":"市人民政府","number":"邛府发〔2020〕1号","from":"2020-01-01","unit":"水务局"}
{"id":"b","title":"供水办法（修订）","text":"一阶梯三元。","source":"市人民政府","from":"2026-01-01","replaces":"a"}

{"title":"没有正文","source":"市人民政府"}
not json
{"id":"c","title":"不存在的","text":"正文正文","source":"市府","replaces":"zzz"}`
		var faults []int
		take := func(dry bool) questions.Taken {
			faults = nil
			got, err := w.Questions.Import(w.ctx, scope.Program("import"), strings.NewReader(file), dry, func(f questions.RowFault) error { faults = append(faults, f.Row); return nil })
			w.must(err)
			return got
		}
		if got := take(true); got != (questions.Taken{Read: 5, Added: 1, Rejected: 4}) { // what a row replaces is not there when nothing is written
			w.t.Errorf("tried: %+v", got)
		}
		if as, _, _ := w.Questions.ListAnswers(w.ctx, questions.AnswerFilter{}); len(as) != 0 {
			w.t.Errorf("the trial wrote %d", len(as))
		}
		if got := take(false); got != (questions.Taken{Read: 5, Added: 2, Rejected: 3}) || !slices.Equal(faults, []int{4, 5, 6}) {
			w.t.Errorf("taken: %+v, faults in %v", got, faults)
		}
		if got := take(false); got != (questions.Taken{Read: 5, Unchanged: 2, Rejected: 3}) {
			w.t.Errorf("again: %+v", got)
		}
		file = strings.Replace(file, "三元", "三元一角", 1)
		if got := take(false); got != (questions.Taken{Read: 5, Changed: 1, Unchanged: 1, Rejected: 3}) {
			w.t.Errorf("changed: %+v", got)
		}
		as, _, err := w.Questions.ListAnswers(w.ctx, questions.AnswerFilter{Kind: questions.Policy})
		w.must(err)
		if len(as) != 2 || as[1].ReplacedBy != as[0].ID || as[1].Unit != w.water() {
			w.t.Errorf("%+v", as)
		}
		w.sound()
	})
}

// TestReplies: where the town says so, the reply to a public matter is an answer, as
// long as the matter is closed and public.
func TestReplies(t *testing.T) {
	t.Parallel()
	each(t, func(w town) {
		admin, zhou := w.As("admin"), w.zhou()
		w.fails("not theirs", w.Questions.SetRepliesIn(w.ctx, w.As("zhao"), []string{"drain"}), errs.Denied, scope.DeniedNeed)
		w.fails("no such category", w.Questions.SetRepliesIn(w.ctx, admin, []string{"none"}), errs.Invalid, "matter.category.unknown")
		w.must(w.Questions.SetRepliesIn(w.ctx, admin, []string{"drain"}))
		closed := func(public bool) matters.Slip {
			slip, err := w.Matters.Raise(w.ctx, zhou, matters.Raising{Title: "化粪池多久清掏一次", Body: "小区化粪池满了，归谁清掏？", Place: w.Place("文君街道", "宝塔社区")[scope.Village], Public: public})
			w.must(err)
			w.must(w.Matters.Accept(w.ctx, w.As("zhao"), slip.ID))
			w.must(w.Matters.Classify(w.ctx, w.As("zhao"), slip.ID, matters.Classifying{Category: "drain"}))
			w.must(w.Matters.Dispatch(w.ctx, w.As("zhao"), slip.ID, matters.Dispatching{Lead: w.water()}))
			w.must(w.Matters.Take(w.ctx, w.As("wu"), slip.ID, ""))
			w.must(w.Matters.Handle(w.ctx, w.As("wu"), slip.ID, "化粪池由物业每年清掏两次，没有物业的由社区组织。"))
			w.must(w.Matters.Verify(w.ctx, w.As("zheng"), slip.ID, true, ""))
			w.must(w.Matters.Close(w.ctx, w.As("zhao"), slip.ID, ""))
			return slip
		}
		closed(false)
		slip := closed(true)
		count := func(want int, what string) {
			w.t.Helper()
			hits, err := w.Questions.Nearest(w.ctx, "化粪池谁清掏", 5)
			w.must(err)
			if len(hits) != want {
				w.t.Errorf("%s: found %d, want %d", what, len(hits), want)
			}
		}
		count(1, "one is public")
		w.must(w.Matters.Moderate(w.ctx, w.As("zhao"), slip.ID, matters.Moderating{Part: "all", Reason: "里面有人的事。"}))
		count(0, "hidden")
		ms, err := w.Matters.Moderations(w.ctx, w.As("zhao"), slip.ID)
		w.must(err)
		w.must(w.Matters.Restore(w.ctx, w.As("zhao"), slip.ID, ms[0].ID, "看过了，没有。"))
		count(1, "shown again")
		w.must(w.Matters.Reopen(w.ctx, zhou, slip.ID, "还没有清掏。"))
		count(0, "taken up again")
		w.sound()
	})
}

func TestForget(t *testing.T) {
	t.Parallel()
	each(t, func(w town) {
		zhou := w.zhou()
		slip := w.asked(zhou)
		w.must(w.Questions.Answer(w.ctx, w.As("wu"), slip.Number, questions.Replying{Words: "一户八百元。"}))
		open := w.asked(zhou)
		w.Clock.Add(364 * 24 * time.Hour)
		if n, err := w.Questions.ForgetOld(w.ctx, 100); err != nil || n != 0 {
			w.t.Errorf("forgot %d too soon, %v", n, err)
		}
		w.Clock.Add(2 * 24 * time.Hour)
		if n, err := w.Questions.ForgetOld(w.ctx, 100); err != nil || n != 1 {
			w.t.Errorf("forgot %d, %v", n, err)
		}
		q := w.whole(w.As("wu"), slip.Number).Question
		if q.Words != "" || q.Resident != 0 || q.Reply == "" || q.ForgottenAt.IsZero() {
			w.t.Errorf("%+v", q)
		}
		if _, err := w.Questions.ByCode(w.ctx, slip.Number, slip.Code); err == nil {
			w.t.Error("the code opens it still")
		}
		if w.whole(zhou, open.Number).Question.Words == "" {
			w.t.Error("one that waits was forgotten")
		}
		w.sound()
	})
}

func TestTraces(t *testing.T) {
	t.Parallel()
	for text, kind := range map[string]string{
		"电话13812345678": "phone", "身份证510183194701010026": "id_number", "寄到 zhou@example.cn": "mail", "川A12345 的车": "plate",
		"住3栋2单元501室": "door", "我叫周敏": "name", "王阿姨家": "name", "我妈今年八十，我女儿3岁": "age", "我老伴住院": "kin", "my father is ill": "kin",
	} {
		if got := questions.Traces(text); !slices.ContainsFunc(got, func(x questions.Trace) bool { return x.Kind == kind }) {
			t.Errorf("%q: %+v, want %s", text, got, kind)
		}
	}
	for _, text := range []string{"一户一表改造要交多少钱？", "年满八十周岁的老人每月领取高龄补贴二百元。", "请到文君街道便民服务中心3号窗口办理。", "2026年3月1日起施行。"} {
		if got := questions.Traces(text); got != nil {
			t.Errorf("%q: %+v", text, got)
		}
	}
}
