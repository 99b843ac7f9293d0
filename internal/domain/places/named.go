// SPDX-License-Identifier: Apache-2.0

package places

import "strings"

// Named returns the place that a text names: the one town whose full name stands
// in it (平乐镇), or a village of that town if exactly one is named too. A text
// that names no town, or several, names no place: many villages are called alike,
// here and elsewhere, and nothing is guessed.
func (t *Tree) Named(text string) (Place, bool) {
	var town *node
	for _, n := range t.order {
		if n.Kind != Town || n.Name.ZH == "" || !strings.Contains(text, n.Name.ZH) {
			continue
		}
		if town != nil {
			return Place{}, false
		}
		town = n
	}
	if town == nil {
		return Place{}, false
	}
	found := town
	for _, n := range town.children {
		if n.Kind != Village || n.Name.ZH == "" || !strings.Contains(text, n.Name.ZH) {
			continue
		}
		if found != town {
			return town.Place, true
		}
		found = n
	}
	return found.Place, true
}
