// SPDX-License-Identifier: Apache-2.0

package field_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/field"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// A ward is a town in which 李网格 has a phone.
type ward struct {
	*apptest.Town
	t     *testing.T
	li    scope.Actor
	token string
	grid  id.ID
	n     int
}

func each(t *testing.T, f func(t *testing.T, w *ward)) {
	t.Helper()
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		w := &ward{Town: town, t: t, li: town.As("li")}
		w.grid = w.li.Scopes("patrol", town.Clock.Now())[0].ID
		token, _, err := w.Field.Register(t.Context(), w.li, "红米、蓝壳")
		w.must(err)
		w.token = token
		f(t, w)
		if _, err := w.Sealer.Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
		rep, err := trail.Verify(t.Context(), w.DB, trail.Options{Now: w.DB.Now(), Records: w.Records()})
		if w.must(err); !rep.OK {
			t.Errorf("the trail does not agree with the records: %+v", rep.FirstFault)
		}
	})
}

func (w *ward) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *ward) refused(err error, kind errs.Kind, key string) {
	w.t.Helper()
	if es := errs.Public(err); len(es) == 0 || es[0].Kind != kind || es[0].Key != key {
		w.t.Fatalf("got %v, want %s %s", err, kind, key)
	}
}

// sent is an envelope as the app writes it.
func (w *ward) sent(kind string, body any, files ...[]byte) field.Sent {
	w.t.Helper()
	w.n++
	hashes := []blob.Hash{}
	for _, f := range files {
		hashes = append(hashes, blob.HashOf(f))
	}
	text, err := json.Marshal(map[string]any{"v": 1, "kind": kind, "body": body, "made": w.Clock.Now().UnixMilli(), "nonce": fmt.Sprint(w.n), "files": hashes})
	w.must(err)
	return field.Sent{ID: field.HashOf(string(text)), Text: string(text)}
}

func (w *ward) brings(by scope.Actor, xs ...field.Sent) []field.Answer {
	w.t.Helper()
	as, err := w.Field.Accept(w.t.Context(), by, w.token, field.Batch{Now: w.Clock.Now(), Envelopes: xs})
	w.must(err)
	return as
}

// is fails unless the one answer is the fate, for the reason if one is given.
func (w *ward) is(as []field.Answer, fate field.Fate, key string) field.Answer {
	w.t.Helper()
	if len(as) != 1 || as[0].Is != fate || key != "" && (len(as[0].Why) == 0 || as[0].Why[0].Key != key) {
		w.t.Fatalf("%+v, want %s %s", as, fate, key)
	}
	return as[0]
}

func photo(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (w *ward) upload(by scope.Actor, b []byte) error {
	_, _, err := w.Field.Piece(w.t.Context(), by, blob.HashOf(b), int64(len(b)), 0, bytes.NewReader(b))
	return err
}

func TestAnEnvelopeIsTakenOnce(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		body := map[string]any{"body": "井盖翘起来了，晚上看不见。", "place": w.grid, "public": true}
		x := w.sent("raise", body, photo(t))
		a := w.is(w.brings(w.li, x), field.Waits, "")
		if len(a.Files) != 1 || a.Files[0] != blob.HashOf(photo(t)) {
			t.Fatalf("it waits for %v", a.Files)
		}
		w.must(w.upload(w.li, photo(t)))
		w.must(w.upload(w.li, photo(t))) // what is there is there
		a = w.is(w.brings(w.li, x), field.Accepted, "")
		again := w.brings(w.li, x, x)
		if again[0].Is != field.There || again[1].Is != field.There || again[0].Outcome != a.Outcome {
			t.Errorf("sent again: %+v", again)
		}
		p, err := w.Matters.List(t.Context(), w.As("zhao"), matters.Filter{Most: 10})
		if w.must(err); len(p.Cards) != 1 || p.Cards[0].ID != a.Outcome.Record {
			t.Errorf("it became %v and %v", a.Outcome, p.Cards)
		}
		other := x
		other.Text += " "
		w.is(w.brings(w.li, other), field.Refused, "field.envelope.hash")
		w.is(w.brings(w.li, w.sent("dance", body)), field.Refused, "field.envelope.kind")
		w.is(w.brings(w.li, w.sent("raise", map[string]any{"body": "坑", "rank": 1})), field.Refused, "field.envelope.body")
		w.is(w.brings(w.li, w.sent("raise", map[string]any{"body": "没有地方的事情。"})), field.Refused, "matter.place.missing")
		if _, err := w.Field.Accept(t.Context(), w.As("wang"), w.token, field.Batch{}); errs.KindOf(err) != errs.Denied {
			t.Errorf("another's phone: %v", err)
		}
		for _, bad := range [][]byte{[]byte("<svg>"), nil} {
			if err := w.upload(w.li, bad); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%q: %v", bad, err)
			}
		}
		got, err := w.Field.Call(t.Context(), w.li, w.token, field.Call{Now: w.Clock.Now(), Have: []field.Hash{x.ID, other.ID, "none"}})
		if w.must(err); len(got.Missing) != 1 || got.Missing[0] != "none" {
			t.Errorf("missing: %v", got.Missing) // other has the name of x
		}
	})
}

func TestClocks(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	year := 365 * 24 * time.Hour
	for _, c := range []struct {
		name        string
		phone, made time.Time
		at          time.Time
		sure        bool
	}{
		{"right", now, now.Add(-time.Hour), now.Add(-time.Hour), true},
		{"a year ahead", now.Add(year), now.Add(year - time.Hour), now.Add(-time.Hour), true},
		{"a year behind", now.Add(-year), now.Add(-year - time.Hour), now.Add(-time.Hour), true},
		{"set right meanwhile, was ahead", now, now.Add(year), now, false},
		{"set right meanwhile, was behind", now, now.Add(-year), now.Add(-48 * time.Hour), false},
		{"long on its way", now.Add(-2 * time.Minute), now, now, true},
	} {
		if at, sure := field.ClockOf(c.phone, now).When(c.made, now.Add(-48*time.Hour)); !at.Equal(c.at) || sure != c.sure {
			t.Errorf("%s: %v, %v, want %v, %v", c.name, at, sure, c.at, c.sure)
		}
	}
}

// A phone whose clock is a year wrong enters what was done on a round: it counts for the
// round in which it was done.
func TestEntryByAWrongClock(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		p, err := w.Patrol.AddPoint(t.Context(), w.As("wang"), patrol.NewPoint{Grid: w.grid, Kind: patrol.Manhole, Name: "东门供水井", At: w.middle()})
		w.must(err)
		made := w.Clock.Now().AddDate(1, 0, 0)
		text, err := json.Marshal(map[string]any{"v": 1, "kind": "entry", "body": map[string]any{"point": p, "words": "完好", "stop": "x"}, "made": made.UnixMilli(), "nonce": "1", "files": []string{}})
		w.must(err)
		w.Clock.Add(6 * time.Hour)
		as, err := w.Field.Accept(t.Context(), w.As("li"), w.token, field.Batch{Now: made.Add(6 * time.Hour), Envelopes: []field.Sent{{ID: field.HashOf(string(text)), Text: string(text)}}})
		w.must(err)
		w.is(as, field.Accepted, "")
		ws, err := w.Patrol.Walk(t.Context(), w.As("li"), w.grid, patrol.SlotAt(w.Clock.Now().Add(-6*time.Hour)))
		if w.must(err); len(ws.Entries) != 1 || !ws.Entries[0].At.Equal(w.Clock.Now().Add(-6*time.Hour)) {
			t.Errorf("%+v", ws.Entries)
		}
	})
}

func (w *ward) middle() [2]float64 {
	w.t.Helper()
	g, ok := w.Places.Tree().Get(w.grid)
	if !ok {
		w.t.Fatal("no grid")
	}
	return g.Point
}

func change(noun string, record id.ID, name, was, now string) map[string]any {
	return map[string]any{"noun": noun, "record": record, "version": 1, "fields": map[string]any{name: map[string]string{"was": was, "now": now}}}
}

// What the desk has changed meanwhile is not written over: a person says what is right.
func TestConflict(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		ctx, wang := t.Context(), w.As("wang")
		p, err := w.Patrol.AddPoint(ctx, wang, patrol.NewPoint{Grid: w.grid, Kind: patrol.Hydrant, Name: "消火栓", At: w.middle()})
		w.must(err)
		called := func() string {
			x, err := w.Patrol.Point(ctx, wang, p)
			w.must(err)
			return x.Name
		}
		w.is(w.brings(w.li, w.sent("change", change("patrol_point", p, "name", "消火栓", "消火栓一"))), field.Accepted, "")
		if called() != "消火栓一" { // nobody else had changed it
			t.Fatalf("called %s", called())
		}
		w.must(w.Patrol.Rename(ctx, wang, p, 2, "消火栓（东）"))
		x := w.sent("change", change("patrol_point", p, "name", "消火栓一", "消火栓（巷口）"))
		a := w.is(w.brings(w.li, x), field.Conflicted, "")
		if called() != "消火栓（东）" {
			t.Fatalf("written over: %s", called())
		}
		w.is(w.brings(w.li, x), field.There, "")
		ks, err := w.Field.Turn(ctx, w.li, 10)
		if w.must(err); len(ks) != 1 || ks[0].ID != a.Outcome.Record || ks[0].Fields()[0].Mine != "消火栓（巷口）" || ks[0].Fields()[0].Theirs != "消火栓（东）" {
			t.Fatalf("%+v", ks)
		}
		_, err = w.Field.Get(ctx, w.As("wu"), ks[0].ID)
		w.refused(err, errs.NotFound, "field.conflict.none")
		w.must(w.Field.Pass(ctx, w.li, ks[0].ID))
		w.refused(w.Field.Settle(ctx, w.li, ks[0].ID, field.Settling{}), errs.Denied, "access.no_post")
		seen, err := w.Field.Get(ctx, wang, ks[0].ID)
		w.must(err)
		in := field.Settling{Saw: seen.Leaf.Version, Choices: map[string]field.Choice{}}
		w.refused(w.Field.Settle(ctx, wang, ks[0].ID, in), errs.Invalid, "field.conflict.choose")
		w.must(w.Patrol.Rename(ctx, wang, p, 3, "消火栓（东门）"))
		in.Choices["name"] = field.Mine
		w.refused(w.Field.Settle(ctx, wang, ks[0].ID, in), errs.Conflict, "field.conflict.changed")
		in.Saw++
		w.must(w.Field.Settle(ctx, wang, ks[0].ID, in))
		if called() != "消火栓（巷口）" {
			t.Errorf("called %s", called())
		}
		w.refused(w.Field.Settle(ctx, wang, ks[0].ID, in), errs.Conflict, "field_conflict.move")
		w.Clock.Add(91 * 24 * time.Hour)
		w.must(w.Field.Sweep(ctx))
		_, err = w.Field.Get(ctx, w.As("wang"), ks[0].ID)
		w.refused(err, errs.NotFound, "field.conflict.none")
	})
}

// Where somebody lives is put right at the door, if the duty of the visit names it, by who
// walks there; each look is on the resident's own page.
func TestAHomeIsPutRight(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		ctx := t.Context()
		duty := func(reads ...people.Field) id.ID {
			d, err := w.Patrol.Propose(ctx, w.As("wu"), patrol.Duty{Unit: w.As("wu").Unit, Name: i18n.Text{ZH: "看望独居老人", EN: "Look in on old people"}, What: "看看人好不好。", Kind: patrol.AtHome, Often: patrol.Weekly, Minutes: 15,
				Basis: "居家养老服务条例第十二条", Spec: patrol.Spec{Reads: reads}})
			w.must(err)
			w.must(w.Patrol.Admit(ctx, w.As("yu"), d, "确有必要。"))
			return d
		}
		granny := w.Resident("陈婆婆", "99999919940307002X", "13800000001")
		visit := func(d id.ID) id.ID {
			v, err := w.Patrol.Agree(ctx, w.As("wang"), patrol.Agreeing{Resident: granny.ID, Grid: w.grid, Duty: d, Every: 7, Need: patrol.LivingAlone, Consent: patrol.Said})
			w.must(err)
			return v
		}
		v := visit(duty(people.FieldName, people.FieldAddress))
		w.is(w.brings(w.li, w.sent("change", change("patrol_visit", v, "address", "", "宝塔巷 3 号"))), field.Accepted, "")
		w.is(w.brings(w.li, w.sent("change", change("patrol_visit", v, "address", "", "宝塔巷 5 号"))), field.Conflicted, "")
		w.is(w.brings(w.li, w.sent("change", change("patrol_visit", v, "phone", "", "13800000002"))), field.Refused, "field.change.field")
		w.is(w.brings(w.li, w.sent("change", change("patrol_visit", visit(duty(people.FieldName)), "address", "", "宝塔巷 5 号"))), field.Refused, "patrol.visit.not_named")
		looks, err := w.People.Looks(ctx, granny.Actor(), 10)
		if w.must(err); len(looks) < 2 {
			t.Errorf("%d looks are on her page", len(looks))
		}
	})
}

func TestALostPhoneForgets(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		ctx, nobody := t.Context(), scope.Actor{Kind: scope.Anonymous}
		ps, err := w.Field.Phones(ctx, w.li, 10)
		if w.must(err); len(ps) != 1 {
			t.Fatalf("%d phones", len(ps))
		}
		phone := ps[0].ID
		_, err = w.Field.Call(ctx, nobody, w.token, field.Call{})
		w.refused(err, errs.Denied, scope.DeniedSignIn)
		_, err = w.Field.Call(ctx, w.li, "no such secret", field.Call{})
		w.refused(err, errs.NotFound, "field.phone.unknown")
		w.refused(w.Field.Forgot(ctx, w.token), errs.Conflict, "field.phone.not_lost")
		w.refused(w.Field.Lose(ctx, w.As("wang"), phone), errs.NotFound, "field.phone.none")
		w.must(w.Field.Lose(ctx, w.As("admin"), phone))
		w.must(w.Field.Find(ctx, w.li, phone))
		w.must(w.Field.Lose(ctx, w.li, phone))
		a, err := w.Field.Call(ctx, nobody, w.token, field.Call{})
		if w.must(err); a.Phone.State != field.Lost {
			t.Errorf("it is told %s", a.Phone.State)
		}
		_, err = w.Field.Accept(ctx, w.li, w.token, field.Batch{})
		w.refused(err, errs.Denied, "field.phone.ended")
		w.must(w.Field.Forgot(ctx, w.token))
		w.must(w.Field.Forgot(ctx, w.token)) // its answer may have been lost
		w.refused(w.Field.Find(ctx, w.li, phone), errs.Conflict, "field.phone.already")
		all, whose, err := w.Field.AllPhones(ctx, w.As("admin"), 0, 10)
		if w.must(err); len(all) != 1 || all[0].State != field.Wiped || whose[all[0].Account] != "李网格" {
			t.Errorf("%+v %v", all, whose)
		}
		_, _, err = w.Field.AllPhones(ctx, w.li, 0, 10)
		w.refused(err, errs.Denied, "access.no_post")
		for range field.MostPhones {
			_, _, err = w.Field.Register(ctx, w.li, "又一部")
			w.must(err)
		}
		_, _, err = w.Field.Register(ctx, w.li, "第六部")
		w.refused(err, errs.Conflict, "field.phone.many")
		_, _, err = w.Field.Register(ctx, w.li, " ")
		w.refused(err, errs.Invalid, "field.phone.name")
	})
}

// What nobody asks for is forgotten in the end, and what somebody may is not.
func TestFilesAreSwept(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		ctx, h := t.Context(), blob.HashOf(photo(t))
		w.must(w.upload(w.li, photo(t)))
		fs, err := w.Field.FilesOf(ctx, w.li, []blob.Hash{h})
		if w.must(err); len(fs) != 1 {
			t.Fatal(fs)
		}
		needed := func() bool {
			yes, err := w.Field.NeedsFile(ctx, string(fs[0].Blob.Hash))
			w.must(err)
			return yes
		}
		w.Clock.Add(29 * 24 * time.Hour)
		w.must(w.Field.Sweep(ctx))
		if !needed() {
			t.Error("swept too early")
		}
		w.Clock.Add(2 * 24 * time.Hour)
		w.must(w.Field.Sweep(ctx))
		if needed() {
			t.Error("not swept")
		}
		// Bytes that are gone are sent again.
		w.li = w.As("li")
		w.must(w.upload(w.li, photo(t)))
		w.must(w.Blobs.Delete(ctx, fs[0].Blob.Hash))
		x := w.sent("raise", map[string]any{"body": "路灯不亮了。", "place": w.grid}, photo(t))
		w.is(w.brings(w.li, x), field.Waits, "")
		w.must(w.upload(w.li, photo(t)))
		w.is(w.brings(w.li, x), field.Accepted, "")
	})
}
