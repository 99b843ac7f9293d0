// SPDX-License-Identifier: Apache-2.0

package feeds

import (
	"net/http"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/web/gallery"
	"yuanba/internal/web/page"
)

// The samples of the gallery.
func init() {
	read := func(name string, ns ...matters.Notice) {
		gallery.Add("feeds/"+name, page.Base{}, func(w http.ResponseWriter, r *http.Request) error {
			return readShown.Show(w, r, readOf(page.From(r), ns))
		})
	}
	notice := func(key string, ago time.Duration, k matters.Card) matters.Notice {
		return matters.Notice{Key: key, At: gallery.Now.Add(-ago), Card: k}
	}
	light := matters.Card{Number: "QL-2026-004217", Title: "路灯不亮，老人夜里不敢出门", State: matters.Handled, Public: true}
	private := matters.Card{Number: "QL-2026-004203", Title: "低保的手续", State: matters.AskedIntake}
	read("read", notice("matter.notice.handle", 2*time.Hour, light), notice("matter.notice.ask", 26*time.Hour, private), notice("matter.notice.accept", 9*24*time.Hour, light))
	read("read/none")
}
