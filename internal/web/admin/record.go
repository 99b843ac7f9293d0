// SPDX-License-Identifier: Apache-2.0

package admin

import "yuanba/internal/web/page"

// recordPage is a list or one record, with what can be done about it.
type recordPage struct {
	page.Base
	Head   page.Head
	Notes  []page.Note
	Secret string // shown this once
	Filter page.Filter
	Tabs   []page.Tab
	Groups []group
	Empty  page.Empty
	Pager  page.Pager
	Facts  []page.Fact
	Ways   []page.Link
}

// group is a part of such a page.
type group struct {
	Title string
	Table page.Table
	Rows  []page.Row
	Ways  []page.Link
}

var recorded = page.New[recordPage](files, "record.html")

// fact adds a line, unless there is nothing to say.
func (v *recordPage) fact(key, value string) {
	if value != "" {
		v.Facts = append(v.Facts, page.Fact{Label: v.T(key), Value: value})
	}
}

// way adds something that can be done.
func (v *recordPage) way(href, key, icon string) {
	v.Ways = append(v.Ways, page.Link{Href: href, Text: v.T(key), Icon: icon})
}
