// SPDX-License-Identifier: Apache-2.0

package page

import (
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
)

type madePage struct {
	Base
	Ask Field
}

// A field made in Go, before the faults are known, shows them all the same, and
// under the label it was given.
func TestFaultOfAFieldMadeBefore(t *testing.T) {
	t.Parallel()
	p := Page[madePage]{bind(madePage{}, fstest.MapFS{"made.html": {Data: []byte(`{{define "main"}}{{template "faults" .Base}}{{template "text" .Ask}}{{end}}`)}}, []string{"made.html"})}
	f := form.Of("q.pole", "abc")
	v := madePage{Ask: NewField(i18n.ZH, f, "q.pole", "form.choose").Labelled("灯杆编号")}
	v.Form = f
	w := httptest.NewRecorder()
	if err := p.Fail(w, httptest.NewRequest("POST", "/x", nil), v, errs.At("q.pole", "form.number")); err != nil {
		t.Fatal(err)
	}
	said := i18n.T(i18n.ZH, "form.number")
	for _, want := range []string{`<p class="fault" id="f-q.pole-err">`, `aria-invalid="true"`, `aria-describedby="f-q.pole-err"`, `value="abc"`, "灯杆编号：" + said} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the page lacks %s:\n%s", want, w.Body)
		}
	}
	if w.Code != 422 {
		t.Errorf("status %d", w.Code)
	}
}
