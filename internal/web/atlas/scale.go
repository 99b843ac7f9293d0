// SPDX-License-Identifier: Apache-2.0

package atlas

import (
	"strconv"

	"yuanba/internal/web/page"
)

// Shades is how many shades a map has, from nothing to much.
const Shades = 5

// A Scale says from what number on a place has which shade: nothing has none.
type Scale [Shades]int

// ScaleOf is the scale for numbers up to most, in round steps.
func ScaleOf(most int) Scale {
	step := 1
	for _, s := range []int{1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 2000, 5000, 10000} {
		if step = s; s*Shades >= most { // the last shade may be a little fuller
			break
		}
	}
	s := Scale{0, 1}
	for i := 2; i < Shades; i++ {
		s[i] = (i-1)*step + 1
	}
	return s
}

// Of is the shade of a number.
func (s Scale) Of(n int) (shade int) {
	for i := range s {
		if n >= s[i] {
			shade = i
		}
	}
	return shade
}

// Legend says what the shades mean, as far as they occur; nothing if all are
// empty.
func (s Scale) Legend(most int) (out []page.Shade) {
	if most == 0 {
		return nil
	}
	for i, from := range s {
		if from > most {
			break
		}
		says := strconv.Itoa(from)
		switch {
		case i == Shades-1:
			says += "+"
		case s[i+1]-1 > from:
			says += "–" + strconv.Itoa(s[i+1]-1)
		}
		out = append(out, page.Shade{Class: "n" + strconv.Itoa(i), Text: says})
	}
	return out
}
