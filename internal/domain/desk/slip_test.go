// SPDX-License-Identifier: Apache-2.0

package desk_test

import (
	"slices"
	"testing"
	"time"

	"yuanba/internal/domain/desk"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
)

// opens reports whether a slip opens its record.
func (o *office) opens(s desk.Slip) bool {
	o.t.Helper()
	d, err := o.Desk.ByCode(o.t.Context(), s.Number, s.Code)
	if err != nil && errs.KindOf(err) != errs.Invalid {
		o.t.Fatal(err)
	}
	return err == nil && d == s.ID
}

// A need told on a round has no code until somebody hands the family a slip; a slip that
// is made anew ends the code before; nobody else makes one, and the clock goes on.
func TestNewSlip(t *testing.T) {
	t.Parallel()
	each(t, func(o *office) {
		ctx := o.t.Context()
		s := o.need("entry:1")
		if x := o.home(o.lin, s.Number); s.Code != "" || !x.Slipless() || !slices.Contains(x.Acts, desk.Reissue) {
			t.Fatalf("%+v has %v", s, x.Acts)
		}
		if o.opens(desk.Slip{ID: s.ID, Number: s.Number}) {
			t.Error("an empty code opens it")
		}
		due := o.home(o.lin, s.Number).Due
		o.Clock.Add(time.Minute)
		first, err := o.Desk.NewVisitSlip(ctx, o.As("li"), s.ID)
		o.must(err)
		if x := o.home(o.lin, s.Number); x.Slipless() || x.State != desk.Found || !x.Due.Equal(due) || x.Steps[len(x.Steps)-1].Act != desk.Reissue || x.Steps[len(x.Steps)-1].Actor == "" {
			t.Errorf("%+v", x)
		}
		second, err := o.Desk.NewVisitSlip(ctx, o.lin, s.ID)
		o.must(err)
		if o.opens(first) || !o.opens(second) {
			t.Errorf("the first opens it: %t, the second: %t", o.opens(first), o.opens(second))
		}
		for who, by := range map[string]scope.Actor{"wu": o.As("wu"), "nobody": nobody, "zhou": o.Resident("周敏", "99999919940307002X", "19900000002").Actor()} {
			if _, err := o.Desk.NewVisitSlip(ctx, by, s.ID); errs.KindOf(err) != errs.NotFound {
				t.Errorf("%s makes a slip: %v", who, err)
			}
		}
		o.must(o.Desk.Withdraw(ctx, o.lin, s.ID, "不需要了"))
		if _, err := o.Desk.NewVisitSlip(ctx, o.lin, s.ID); errs.KindOf(err) != errs.Conflict {
			t.Errorf("a slip of what is over: %v", err)
		}

		b, err := o.Desk.Book(ctx, nobody, desk.Wish{Item: "old-age-card", At: at("09:00"), Contact: guest("邻居甲")})
		o.must(err)
		again, err := o.Desk.NewSlip(ctx, o.lin, b.ID)
		o.must(err)
		if o.opens(b) || !o.opens(again) || again.Number != b.Number {
			t.Errorf("%+v and %+v", b, again)
		}
		if x := o.get(o.lin, b.Number); x.State != desk.Booked || x.Seat != 1 || !x.Steps[len(x.Steps)-1].Behalf {
			t.Errorf("%+v", x)
		}
	})
}
