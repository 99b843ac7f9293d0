// SPDX-License-Identifier: Apache-2.0

package page

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"yuanba/internal/kit/i18n"
)

func fifty() []Row {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, i18n.Zone)
	rows := make([]Row, 50)
	for i := range rows {
		rows[i] = Row{Href: "/matters/0DS2VA5F00000", Title: "路灯不亮，老人夜里不敢出门", Number: "QL-2026-004217", Meta: []string{"宝塔社区 3 网格", "市政设施"},
			Turn: "赵调度：派遣", Pill: Pill{Text: "待派遣", Tone: ToneCalm}, Left: "还剩 2 小时", Due: now, Light: Light{Used: 60, Tone: ToneSoon}, Select: "0DS2VA5F00000"}
	}
	return rows
}

func BenchmarkRows(b *testing.B) {
	rows := fifty()
	b.ReportAllocs()
	for b.Loop() {
		Rows(i18n.ZH, rows)
	}
}

func BenchmarkShow(b *testing.B) {
	r := As(httptest.NewRequest("GET", "/raise", nil), Base{Site: &Site{Town: i18n.Text{ZH: "邛崃市"}, Phone: "028-88790000"}})
	v := raisePage{Base: From(r), Rows: fifty()}
	v.Title = "x"
	b.ReportAllocs()
	for b.Loop() {
		if err := raise.Show(httptest.NewRecorder(), r, v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWrapped(b *testing.B) {
	mux := http.NewServeMux()
	mux.Handle("GET /x", Handler(func(w http.ResponseWriter, r *http.Request) error {
		v := raisePage{Base: From(r), Rows: fifty()}
		return raise.Show(w, r, v)
	}))
	h := (&Site{}).Wrap(mux)
	r := httptest.NewRequest("GET", "/x", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
}

func BenchmarkFirstShow(b *testing.B) {
	for b.Loop() {
		if _, err := bind(raisePage{}, raiseFiles, []string{"raise.html"}).made[i18n.ZH](); err != nil {
			b.Fatal(err)
		}
	}
}
