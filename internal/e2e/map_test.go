//go:build e2e

// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"strings"
	"testing"
)

// The map of the town leads down to the grid and back, by finger and by keyboard.
func TestMapOfTheTown(t *testing.T) {
	t.Parallel()
	p := town(t)
	for _, screen := range []Screen{Phone, Desk} {
		u := p.stranger("路人 "+screen.name(), Options{Screen: screen})
		u.Open("/places")
		u.See("不是真的", "文君街道")
		u.Sound()
		u.Fits()
		u.Shot("places")
		if n := u.Count("svg.map a"); n != 14 {
			t.Errorf("%d towns on the map", n)
		}
		u.Go(`svg.map a:has(title:text-matches("^文君街道"))`)
		u.See("宝塔社区", "这里的事")
		u.Sound()
		u.Fits()
		u.Shot("place")
		u.JS(`([...document.querySelectorAll('svg.map a')].pop().focus(), 1)`, new(int))
		u.Press("Enter")
		u.Wait(`h1:has-text("凤山村")`)
		u.Sound()
		u.Go(`.table a:has-text("第1网格")`)
		u.See("看这里的全部事项")
		u.Go("text=看这里的全部事项")
		u.Go("text=的地图和事项")
		if u.Count("svg.map .here") != 1 {
			t.Error("the grid is not shown among the others")
		}
	}
}

// The place of a matter is chosen on the map: with a script to the very spot, and
// without one to the grid.
func TestRaiseOnTheMap(t *testing.T) {
	t.Parallel()
	p := town(t)
	for name, o := range map[string]Options{"with script": {Screen: Phone}, "without": {Screen: Desk, NoScript: true}} {
		u := p.stranger("路人 "+name, o)
		u.Open("/raise")
		u.Fill("[name=body]", "路口的灯坏了三盏，老人夜里不敢出门")
		next(u)
		u.Check(`[name=category][value=unknown] >> nth=0`)
		next(u)
		u.Fill("[name=place_words]", "老菜市场门口")
		if n := u.Bytes(); n > 60_000 {
			t.Errorf("%s: without a map the step weighs %d bytes", name, n)
		}
		u.Go("[name=go][value=map]")
		u.Sound()
		u.Fits()
		u.Go(`svg button[aria-label="文君街道"]`)
		u.Sound()
		u.Go(`svg button[aria-label="宝塔社区"]`)
		u.Sound()
		if o.NoScript {
			u.Go(`svg button[aria-label="第2网格"]`)
		} else {
			u.Click(`svg button[aria-label="第2网格"]`)
			u.Sound()
			u.Shot("raise-map")
			if u.Count("svg .map-pin") != 1 || u.Text("[data-picked]") != "第2网格" {
				t.Error("no pin, or it is not said in which grid")
			}
			u.Go("[data-take]")
		}
		u.Sound()
		if got := u.Text("[name=place] option:checked"); !strings.HasSuffix(got, "宝塔社区 第2网格") {
			t.Errorf("%s: chosen is %q", name, got)
		}
		if u.Value("[name=place_words]") != "老菜市场门口" || (u.Value("[name=lat]") == "") != o.NoScript {
			t.Errorf("%s: the words are %q, the latitude %q", name, u.Value("[name=place_words]"), u.Value("[name=lat]"))
		}
		next(u)
		if u.Visible("text=是不是同一件事") {
			next(u)
		}
		u.Click(`label.option:has-text("大家都能看")`)
		next(u)
		u.See("已经收到了")
		u.Go("text=看办理情况")
		u.See("宝塔社区 第2网格")
		if (u.Count("svg .map-pin") == 0) != o.NoScript {
			t.Errorf("%s: the reporter sees the spot: %t", name, !o.NoScript)
		}
		u.Sound()
	}
}
