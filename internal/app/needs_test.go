// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/field"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
)

// told are the home visits that the street's desk sees.
func told(t *testing.T, w *apptest.Town) []desk.SeenVisit {
	t.Helper()
	vs, _, err := w.Desk.ListVisits(t.Context(), w.As("lin"), desk.VisitFilter{Open: true})
	if err != nil {
		t.Fatal(err)
	}
	return vs
}

func pointOf(t *testing.T, w *apptest.Town) patrol.Point {
	t.Helper()
	grid := w.Places.Tree().Children(w.Place("文君街道", "宝塔社区")[scope.Village])[0]
	d, err := w.Patrol.AddPoint(t.Context(), w.As("wang"), patrol.NewPoint{Grid: grid.ID, Kind: patrol.Manhole, Name: "东门供水井", At: grid.Point})
	if err != nil {
		t.Fatal(err)
	}
	p, err := w.Patrol.Point(t.Context(), w.As("wang"), d)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// What somebody on a round is told that a family needs is a home visit in the same
// moment: one, however often the entry is sent, and none if the entry is refused.
func TestNeedOnARound(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		ctx, li, p := t.Context(), w.As("li"), pointOf(t, w)
		in := patrol.Entering{Content: "entry-of-li-with-need", Point: p.ID, MadeAt: w.Clock.Now(), Code: p.Code, Needs: &patrol.Need{Words: "来", Phone: "12"}}
		_, err := w.Patrol.Enter(ctx, li, in)
		var fields []string
		for _, e := range errs.Public(err) {
			fields = append(fields, e.Field)
		}
		if got := strings.Join(fields, " "); errs.KindOf(err) != errs.Invalid || got != "need name" {
			t.Errorf("faults at %q: %v", got, err)
		}
		in.Needs = &patrol.Need{Words: "79 岁，患癌，来不了派出所。", Name: "陈大爷", Phone: "12", Whose: "女儿"}
		if _, err = w.Patrol.Enter(ctx, li, in); errs.KindOf(err) != errs.Invalid || errs.Public(err)[0].Field != "phone" {
			t.Errorf("a telephone that is none: %v", err)
		}
		if vs := told(t, w); len(vs) != 0 {
			t.Fatalf("an entry that was refused became %d visits", len(vs))
		}
		in.Needs.Phone = "19900000001"
		r, err := w.Patrol.Enter(ctx, li, in)
		if err != nil {
			t.Fatal(err)
		}
		in.MadeAt = in.MadeAt.Add(time.Second)
		again, err := w.Patrol.Enter(ctx, li, in)
		if err != nil || !again.Known || again.Entry != r.Entry {
			t.Errorf("sent again: %+v, %v", again, err)
		}
		vs := told(t, w)
		if len(vs) != 1 || vs[0].Number != r.Need || vs[0].Origin != "patrol_entry:"+r.Entry.String() || vs[0].Finder != desk.OnRound || vs[0].FoundBy != li.Account || vs[0].Path != p.Path {
			t.Fatalf("%d visits, entry %+v", len(vs), r)
		}
		if vs[0].For.Name != "陈**" || strings.Contains(vs[0].For.Phone, "0000000") {
			t.Errorf("the desk's list shows %+v", vs[0].For)
		}
		other := *in.Needs
		other.Phone = "19900000002"
		in.Needs = &other
		if _, err := w.Patrol.Enter(ctx, li, in); errs.KindOf(err) != errs.Conflict {
			t.Errorf("another need under the same name: %v", err)
		}
	})
}

// What was put down without a line is a home visit when it arrives, and one only.
func TestNeedFromThePhone(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		ctx, li, p := t.Context(), w.As("li"), pointOf(t, w)
		token, _, err := w.Field.Register(ctx, li, "红米、蓝壳")
		if err != nil {
			t.Fatal(err)
		}
		made := w.Clock.Now()
		envelope := func(body map[string]any) field.Sent {
			text, err := json.Marshal(map[string]any{"v": 1, "kind": "entry", "made": made.UnixMilli(), "nonce": "n", "body": body, "files": []string{}})
			if err != nil {
				t.Fatal(err)
			}
			return field.Sent{ID: field.HashOf(string(text)), Text: string(text)}
		}
		w.Clock.Add(3 * time.Hour) // of no line
		body := map[string]any{"stop": p.ID.String(), "point": p.ID.String(), "did": []any{}, "words": "", "code": p.Code}
		body["need"] = map[string]string{"words": "79 岁，患癌，来不了派出所。", "whose": "女儿", "phone": "19900000001"}
		bad := envelope(body)
		body["need"] = map[string]string{"words": "79 岁，患癌，来不了派出所。", "whose": "女儿", "phone": "19900000001", "name": "陈大爷"}
		good := envelope(body)
		want := [][]field.Fate{{field.Refused, field.Accepted}, {field.Refused, field.There}}
		for n, fates := range want {
			as, err := w.Field.Accept(ctx, li, token, field.Batch{Now: w.Clock.Now(), Envelopes: []field.Sent{bad, good}})
			if err != nil || len(as) != 2 || as[0].Is != fates[0] || as[1].Is != fates[1] {
				t.Fatalf("sent %d times: %+v, %v", n+1, as, err)
			}
			var why *errs.Error
			if len(as[0].Why) == 0 || !errors.As(error(as[0].Why[0]), &why) || why.Field != "name" {
				t.Errorf("refused for %v", as[0].Why)
			}
		}
		out, err := w.Field.BecameOf(ctx, li.Account, good.ID)
		vs := told(t, w)
		if err != nil || len(vs) != 1 || vs[0].Origin != out.Noun+":"+out.Record.String() || !vs[0].FoundAt.Equal(w.Clock.Now()) {
			t.Fatalf("%d visits of %+v, %v", len(vs), out, err)
		}
	})
}
