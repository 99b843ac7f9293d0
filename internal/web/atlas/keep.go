// SPDX-License-Identifier: Apache-2.0

package atlas

import (
	"fmt"
	"strings"
	"sync"

	"yuanba/internal/domain/places"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/web/page"
)

// kept are the drawings made last, of one tree of places: a tree never changes, and
// with a new one all of them go.
type kept struct {
	sync.Mutex
	tree  *places.Tree
	by    map[string]page.Map
	bytes int
}

// mostKept bounds what is kept.
const mostKept = 16 << 20

var drawings kept

// get returns the drawing of a key, if it is kept.
func (k *kept) get(tree *places.Tree, key string) (page.Map, bool) {
	k.Lock()
	defer k.Unlock()
	if k.tree != tree {
		return page.Map{}, false
	}
	m, ok := k.by[key]
	return m, ok
}

// put keeps a drawing; when there are too many, the others are forgotten.
func (k *kept) put(tree *places.Tree, key string, m page.Map) {
	k.Lock()
	defer k.Unlock()
	size := len(key) + len(m.Picture)
	if k.tree != tree || k.bytes+size > mostKept {
		k.tree, k.by, k.bytes = tree, map[string]page.Map{}, 0
	}
	if _, ok := k.by[key]; !ok {
		k.by[key] = m
		k.bytes += size
	}
}

// key is all that a drawing depends on besides the tree; "" for one that is drawn for
// one reader: that with a pin.
func (m Map) key(lang i18n.Lang) string {
	if m.Pin != nil || m.Tree == nil {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d %t %t %q", lang, m.Of.ID, m.Large, m.Tap, m.Name)
	for _, s := range m.Spots {
		fmt.Fprintf(&b, " %d,%d,%d,%t,%q,%q,%q", s.Place.ID, s.Number, s.Shade, s.Here, s.Says, s.Href, s.Send)
	}
	return b.String()
}
