// SPDX-License-Identifier: Apache-2.0

package people_test

import (
	"slices"
	"testing"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
)

func TestVerify(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		chen := w.chen()
		if !chen.Verified() || chen.VerifiedBy != he.Account || chen.Phone.String() != "138****1234" || !chen.PhoneProvenAt.IsZero() || !chen.Large {
			t.Errorf("%+v", chen)
		}
		again := w.chen() // the card finds her
		if again.ID != chen.ID || again.Version != 2 {
			t.Errorf("registered twice: %s, %s", chen.ID, again.ID)
		}
		zhou := w.zhou() // by telephone, then at the desk
		got, err := w.Verify(ctx, he, people.Verifying{Resident: zhou.ID, Name: "周敏", IDNumber: zhouCard, Phone: "13500000000", Place: wenjun})
		w.must(err)
		if got.ID != zhou.ID || got.Phone.String() != "137****4321" || got.PhoneProvenAt.IsZero() || got.Name.String() != "周*" {
			t.Errorf("the proven telephone was lost: %+v", got)
		}
		for _, tc := range []struct {
			name string
			by   scope.Actor
			in   people.Verifying
			kind errs.Kind
			key  string
		}{
			{"without desk", li, people.Verifying{Name: "高", IDNumber: zhouCard, Place: wenjun}, errs.Denied, scope.DeniedNeed},
			{"another town's desk", sun, people.Verifying{Name: "高", IDNumber: zhouCard, Place: wenjun}, errs.Denied, scope.DeniedPlace},
			{"oneself", zhou.Actor(), people.Verifying{Name: "高", IDNumber: zhouCard}, errs.Denied, "people.staff.only"},
			{"without name", he, people.Verifying{IDNumber: zhouCard, Place: wenjun}, errs.Invalid, "people.name.needed"},
			{"without number", he, people.Verifying{Name: "高", Place: wenjun}, errs.Invalid, "people.id_number.needed"},
			{"born tomorrow", he, people.Verifying{Name: "高", IDNumber: "510183209901010008", Place: wenjun}, errs.Invalid, "people.id_number.born"},
			{"another's card", he, people.Verifying{Resident: zhou.ID, Name: "周敏", IDNumber: chenCard, Place: wenjun}, errs.Conflict, "people.id_number.taken"},
			{"another card", he, people.Verifying{Resident: zhou.ID, Name: "周敏", IDNumber: "11010519491231002X", Place: wenjun}, errs.Conflict, "people.id_number.other"},
			{"nobody", he, people.Verifying{Resident: 99, Name: "周敏", IDNumber: "11010519491231002X", Place: wenjun}, errs.NotFound, "people.none"},
		} {
			_, err := w.Verify(ctx, tc.by, tc.in)
			fails(t, tc.name, err, tc.kind, tc.key)
		}
		if as := acts(w.story("resident", zhou.ID)); !slices.Equal(as, []string{"register", "verify"}) {
			t.Errorf("trail: %v", as)
		}
	})
}

func TestCorrect(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		chen, zhou := w.chen(), w.zhou()
		w.must(w.Correct(ctx, he, chen.ID, people.Correcting{Version: chen.Version, Name: "陈秀贞"}))
		k, err := w.Export(ctx, chen.Actor())
		w.must(err)
		if k.Name != "陈秀贞" || k.IDNumber != chenCard || k.Address == "" || k.Place != wenjun {
			t.Errorf("corrected: %+v", k)
		}
		fails(t, "as it was before", w.Correct(ctx, he, chen.ID, people.Correcting{Version: chen.Version, Name: "陈"}), errs.Conflict, "record.changed")
		fails(t, "another's card", w.Correct(ctx, he, zhou.ID, people.Correcting{IDNumber: chenCard}), errs.Conflict, "people.id_number.taken")
		fails(t, "somebody who lives nowhere yet", w.Correct(ctx, he, zhou.ID, people.Correcting{Name: "周敏"}), errs.Denied, scope.DeniedPlace)
		fails(t, "another town's desk", w.Correct(ctx, sun, chen.ID, people.Correcting{Name: "陈"}), errs.Denied, scope.DeniedPlace)
		fails(t, "a wrong number", w.Correct(ctx, he, chen.ID, people.Correcting{IDNumber: "1"}), errs.Invalid, "people.id_number.length")
	})
}

func TestFind(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		chen := w.chen()
		for what, q := range map[string][2]string{"telephone": {"138 9637 1234", ""}, "card": {"", chenCard}} {
			found, err := w.Find(ctx, sun, q[0], q[1]) // any desk
			w.must(err)
			if len(found.Residents) != 1 || found.Residents[0].ID != chen.ID || found.Residents[0].Name != "陈**" {
				t.Errorf("by %s: %+v", what, found)
			}
		}
		if as := acts(w.story("resident", chen.ID)); !slices.Equal(as, []string{"verify", "search", "search"}) {
			t.Errorf("trail: %v", as)
		}
		ls, err := w.Looks(ctx, chen.Actor(), 10)
		w.must(err)
		if len(ls) != 2 || ls[0].Purpose != people.FoundAtDesk || ls[0].Actor != "孙窗口" {
			t.Errorf("looks: %+v", ls)
		}
		found, err := w.Find(ctx, sun, "13999999999", "")
		w.must(err)
		if len(found.Residents) != 0 {
			t.Errorf("found: %+v", found)
		}
		if n := w.count(`SELECT count(*) FROM trail WHERE noun = 'resident_search'`); n != 1 {
			t.Errorf("a search that found nobody left %d lines", n)
		}
		for what, try := range map[string]struct {
			by    scope.Actor
			phone string
			card  string
			kind  errs.Kind
		}{
			"without desk": {li, chenPhone, "", errs.Denied}, "a resident": {chen.Actor(), chenPhone, "", errs.Denied}, "nobody": {scope.Actor{}, chenPhone, "", errs.Denied},
			"a job":     {job, chenPhone, "", errs.Denied},
			"by a part": {sun, "1389637", "", errs.Invalid}, "by a part of the card": {sun, "", "510183", errs.Invalid}, "by a name": {sun, "陈秀珍", "", errs.Invalid},
			"by nothing": {sun, "", "", errs.Invalid}, "by both": {sun, chenPhone, chenCard, errs.Invalid},
		} {
			if found, err := w.Find(ctx, try.by, try.phone, try.card); errs.KindOf(err) != try.kind || len(found.Residents) > 0 {
				// seven digits are a fixed telephone, but nobody's
				if what == "by a part" && err != nil {
					t.Errorf("%s: %v, %+v", what, err, found)
				} else if what != "by a part" {
					t.Errorf("%s: %v, %+v", what, err, found)
				}
			}
		}
	})
}
