// SPDX-License-Identifier: Apache-2.0

package desk

import "yuanba/internal/web/page"

// headings are the usual headings of a catalogue, which have words in both languages.
// A town may use others: those are shown as it wrote them.
var headings = map[string]string{
	"个体户": "trade", "养老": "old_age", "农村": "farming", "医保": "health", "婚育": "family", "就业": "work", "户籍": "household", "救助": "relief",
	"残疾人": "disability", "法律": "law", "生活": "daily", "社保": "insurance",
}

// heading is what an item's heading is called in the reader's language.
func heading(b page.Base, theme string) string {
	if key, ok := headings[theme]; ok {
		return b.T("services.theme." + key)
	}
	return theme
}
