// SPDX-License-Identifier: Apache-2.0

package matters

import "yuanba/internal/web/page"

// raisePlaces are the places where the reader may raise something: for residents
// every village and town, for those who write down what others say only what is
// theirs, down to a grid worker's grid.
func (c *Counter) raisePlaces(b page.Base) []page.Option {
	if !b.Staff() {
		return c.placeOptions(b)
	}
	tree, in := c.Places.Tree(), b.Actor.Scopes("raise_for", b.Now)
	city, _ := tree.City()
	var opts []page.Option
	for _, t := range tree.Children(city.ID) {
		name := t.Name.In(b.Lang)
		if in.Contains(t.Path) {
			opts = append(opts, page.Option{Value: t.ID.String(), Text: b.T("matter.filter.whole", name), Group: name})
		}
		for _, v := range tree.Children(t.ID) {
			if in.Contains(v.Path) {
				opts = append(opts, page.Option{Value: v.ID.String(), Text: v.Name.In(b.Lang), Group: name})
				continue
			}
			for _, g := range tree.Children(v.ID) {
				if in.Contains(g.Path) {
					opts = append(opts, page.Option{Value: g.ID.String(), Text: tree.Words(g.Path, "").In(b.Lang), Group: name})
				}
			}
		}
	}
	return opts
}
