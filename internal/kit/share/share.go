// SPDX-License-Identifier: Apache-2.0

// Package share says how sure one can be of a share that was counted on few cases.
package share

import "math"

// Few is under how many cases a share is not much more than chance.
const Few = 30

// Wilson is the interval in which a share lies with 95 % confidence, of which done of n
// were seen (E. B. Wilson, 1927). It is the whole for n = 0.
func Wilson(done, n int64) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	const z = 1.959963984540054
	p, of := float64(done)/float64(n), float64(n)
	mid := (p + z*z/(2*of)) / (1 + z*z/of)
	half := z / (1 + z*z/of) * math.Sqrt(p*(1-p)/of+z*z/(4*of*of))
	return max(0, mid-half), min(1, mid+half)
}
