// SPDX-License-Identifier: Apache-2.0

package share_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"yuanba/internal/kit/share"
)

// One unhappy case of few moves a share far and its interval little: the two
// intervals overlap, and nothing is said of who is better.
func TestWilson(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ done, n, low, high float64 }{{0, 0, 0, 1}, {10, 10, 0.722, 1}, {9, 10, 0.596, 0.982}, {81, 263, 0.255, 0.366}, {0, 20, 0, 0.161}} { // Newcombe 1998 for the fourth
		low, high := share.Wilson(int64(c.done), int64(c.n))
		if math.Abs(low-c.low) > 0.001 || math.Abs(high-c.high) > 0.001 {
			t.Errorf("%v of %v lies in %.3f–%.3f, want %.3f–%.3f", c.done, c.n, low, high, c.low, c.high)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.Int64Range(1, 1e6).Draw(rt, "n")
		done := rapid.Int64Range(0, n).Draw(rt, "done")
		low, high := share.Wilson(done, n)
		if share := float64(done) / float64(n); low < 0 || high > 1 || low > share+1e-12 || high < share-1e-12 {
			rt.Errorf("%d of %d lies in %v–%v", done, n, low, high)
		}
	})
}
