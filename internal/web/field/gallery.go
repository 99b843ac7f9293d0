// SPDX-License-Identifier: Apache-2.0

package field

import (
	"net/http"
	"time"

	"yuanba/internal/domain/field"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/web/gallery"
	"yuanba/internal/web/page"
)

// The samples of the gallery.
func init() {
	gallery.Add("field/app", page.Base{}, (&Counter{}).app)
	gallery.Add("field/phones", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("field.phones.title")
		v := phonesPage{Base: b, Head: page.Head{Title: b.T("field.phones.title"), Lead: b.T("field.phones.lead")}, All: true}
		for i, s := range []field.PhoneState{field.Lost, field.InUse, field.Left} {
			v.Rows = append(v.Rows, handsetOf(b, field.Phone{ID: 1, Name: b.T("field.app.register"), State: s, SeenAt: gallery.Now.Add(-time.Duration(i) * time.Hour), Waits: 3, Ahead: 11 * time.Minute}, "李网格"))
		}
		return phones.Show(w, r, v)
	})
	gallery.Add("field/conflicts", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("field.conflicts.title")
		return conflicts.Show(w, r, conflictsPage{Base: b, Head: page.Head{Title: b.T("field.conflicts.title"), Lead: b.T("field.conflicts.lead")}, Rows: []page.Row{
			{Href: "/field/conflicts/1", Title: "消火栓 3 号", Meta: []string{b.T("field.conflict.fields", 1)}, Pill: page.Pill{Text: b.T("field_conflict.state.waiting"), Tone: page.ToneSoon}, Yours: true},
		}})
	})
	sample := func(name string, f *form.Form, acts ...field.Act) {
		gallery.Add("field/"+name, page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
			label := i18n.Text{ZH: "名称", EN: "Name"}
			x := field.Example("消火栓 3 号", field.Difference{Name: "name", Label: label, Was: "消火栓", Mine: "消火栓（巷口）", Theirs: "消火栓 3 号"})
			x.Acts, x.Leaf = acts, field.Leaf{Version: 2, Fields: []field.LeafField{{Name: "name", Label: label, Value: "消火栓 3 号"}}}
			if len(acts) == 0 {
				x.State = field.Settled
			}
			return conflict.Show(w, r, conflictOf(page.From(r).Titled("field.conflict.title"), f, x))
		})
	}
	wrong := form.Of()
	wrong.Fault("choice_name", "field.conflict.choose")
	sample("conflict", nil, field.Settle, field.Pass)
	sample("conflict-wrong", wrong, field.Settle)
	sample("conflict-settled", nil)
}
