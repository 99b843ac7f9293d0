//go:build e2e

// SPDX-License-Identifier: Apache-2.0

package e2e

import "testing"

// Anybody goes from the town to a village, by the list and by the map, which
// says nothing that the list does not.
func TestPlaces(t *testing.T) {
	t.Parallel()
	p := town(t)
	for _, screen := range []Screen{Phone, Desk} {
		u := p.stranger("路人", Options{Screen: screen})
		u.Open("/places")
		u.See("文君街道", "临邛街道", "天台山镇")
		u.Sound()
		if screen == Desk {
			u.Shot("places")
		}
		u.Go(`main table a:has-text("文君街道")`)
		u.See("宝塔社区")
		u.Sound()
		u.Go(`main table a:has-text("宝塔社区")`)
		u.See("正在办")
		u.Sound()
	}
	u := p.stranger("路人", Options{NoScript: true})
	u.Open("/places")
	if n := u.Count(`main svg a[href^="/places/"]`); n < 10 {
		t.Errorf("only %d places can be reached on the map", n)
	}
}
