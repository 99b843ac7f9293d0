// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
)

// A duty that the city has not admitted can be given to nobody: by page, program and file
// it is refused with the same sentence, and nothing is given.
func TestDutyThatIsNotAdmitted(t *testing.T) {
	t.Parallel()
	walks(t, func(x *walk) {
		ctx := x.t.Context()
		duty, err := x.Patrol.Propose(ctx, x.As("wu"), patrol.Duty{Unit: x.As("wu").Unit, Name: i18n.Text{ZH: "抄泵房的表", EN: "Read the meters"}, What: "每月抄一次。", Kind: patrol.AtPoint, Often: patrol.Monthly, Minutes: 8,
			Basis: "城市供水条例第二十条", Spec: patrol.Spec{Points: []patrol.PointKind{patrol.Power}}})
		x.must(err)
		sentence := i18n.T(i18n.ZH, "duty.not_admitted", "抄泵房的表")

		page := x.send(x.usual("wu"), "POST", "/patrol/duties/"+duty.String()+"/give", url.Values{"place": {x.at["place"]}})
		if page.Code != 409 || !strings.Contains(page.Body.String(), sentence) {
			x.t.Errorf("the page: %d %s", page.Code, page.Body)
		}

		key, _, err := x.Access.AddKey(ctx, x.As("admin"), access.NewKey{Name: "水务局的程序", Scopes: []access.KeyScope{access.APIAct}, Account: x.As("wu").Account})
		x.must(err)
		r := httptest.NewRequest("POST", "http://town.example/api/v1/patrol/givings", strings.NewReader(`{"duty": "`+duty.String()+`", "place": "`+x.at["place"]+`"}`))
		r.Header.Set("Authorization", "Bearer "+key)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept-Language", "zh-CN")
		w := httptest.NewRecorder()
		x.h.ServeHTTP(w, r)
		if w.Code != 409 || !strings.Contains(w.Body.String(), sentence) {
			x.t.Errorf("the program: %d %s", w.Code, w.Body)
		}

		rows, err := patrol.ReadGivings(strings.NewReader("duty,place\n抄泵房的表," + x.at["place"] + "\n看供水井," + x.at["place"] + "\n"))
		x.must(err)
		fresh, faults, err := x.Patrol.ImportGivings(ctx, scope.Program("import"), rows, false)
		x.must(err)
		if len(faults) != 1 || faults[0].Line != 2 {
			x.t.Fatalf("the file: %d new, %+v", fresh, faults)
		}
		if e := errs.Public(faults[0].Err)[0]; i18n.T(i18n.ZH, e.Key, e.Args...) != sentence {
			x.t.Errorf("the file: %v", e)
		}
		got, err := x.Patrol.Duty(ctx, x.As("wu"), duty)
		x.must(err)
		if len(got.Givings) != 0 || got.State != patrol.Proposed {
			x.t.Errorf("it was given: %+v", got)
		}
	})
}
