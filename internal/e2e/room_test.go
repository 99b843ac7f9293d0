//go:build e2e

// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"strings"
	"testing"

	"yuanba/internal/domain/matters"
)

// The deputy secretary looks at the room: a matter that is raised appears by
// itself; he opens a number to the very matters, and blows a whistle from the room.
func TestSecretaryInTheRoom(t *testing.T) {
	t.Parallel()
	for _, screen := range []Screen{Desk, Phone} {
		t.Run(screen.name(), func(t *testing.T) {
			t.Parallel()
			p := town(t)
			sun := p.staff("sun", "孙书记", Options{Screen: screen})
			sun.Open("/room")
			sun.See("指挥室", "文君街道", "按环节", "按单位", "今天和上周同一天")
			sun.Sound()
			p.raise(p.granny(), matters.Raising{Title: "井盖翘起来了", Body: "井盖翘起来了，晚上走路危险。", Public: true})
			p.raise(p.granny(), matters.Raising{Title: "家里的私事", Body: "这件事只想让街道知道。"})
			sun.Wait(`.room-latest a:has-text("井盖翘起来了")`)
			sun.See("实时更新")
			sun.NotSee("家里的私事")
			if screen == Desk {
				sun.Shot("room")
			}

			sun.Go(`.room-latest a:has-text("井盖翘起来了")`)
			number := strings.TrimPrefix(sun.URL(), "/matters/")
			sun.Go(`aside a:has-text("吹哨")`)
			sun.Fill("[name=words]", "两家一起到现场，先围起来。")
			sun.Fill("[name=hours]", "2")
			sun.Click(`label.option:has-text("文君街道派出所")`)
			sun.Click(`label.option:has-text("邛崃市水务局")`)
			next(sun)
			sun.Open("/room")
			sun.See("两家一起到现场，先围起来", "文君街道派出所 · 还没有报到")
			sun.Go(`.room-whistles a:has-text("井盖翘起来了")`)
			if sun.URL() != "/matters/"+number {
				t.Errorf("the whistle leads to %s", sun.URL())
			}

			sun.Open("/insights?view=town&from=2025-06-01&to=2026-03-02")
			sun.See("按期结案率", "95% 区间", "随程序提供的公式")
			sun.Sound()
			sun.Go(`td a[href*="/rates/on_time"], th a[href*="/rates/on_time"]`)
			sun.See("分子", "分母", "剔除")
			sun.Sound()
			sun.Go(`a[href*="of=closed&"]`)
			sun.See("结案", "计入")
			sun.Sound()
			sun.Open("/insights?view=unit&from=2025-06-01&to=2026-03-02")
			sun.See("全市")
			sun.Sound()
			if screen == Desk {
				sun.Shot("numbers")
			}
		})
	}
}

// The room works without script: it has a link to fetch it again.
func TestRoomWithoutScript(t *testing.T) {
	t.Parallel()
	p := town(t)
	sun := p.staff("sun", "孙书记", Options{Screen: Desk, NoScript: true})
	sun.Open("/room")
	sun.See("指挥室", "最急的公开事项")
	p.raise(p.granny(), matters.Raising{Title: "路灯不亮了", Body: "路灯不亮了三天。", Public: true})
	sun.Go(`.room-at a:has-text("刷新")`)
	sun.See("路灯不亮了")
}

// The wall screen shows the same, large, on one screen, and nobody's private facts.
func TestRoomOnTheWall(t *testing.T) {
	t.Parallel()
	p := town(t)
	for _, screen := range []Screen{Wall, {3840, 2160}} {
		u := p.staff("sun", "孙书记", Options{Screen: screen})
		u.Open("/room/wall")
		u.See("指挥室", "超期", "按环节", "正在吹哨")
		u.Sound()
		var least float64
		u.JS(`Math.min(...[...document.querySelectorAll('.wall-room tbody th, .wall-room tbody td, .wall-room h2, .wall-room .figure-card span, .wall-latest li:first-child')].map((e) => parseFloat(getComputedStyle(e).fontSize)))*1080/innerHeight`, &least)
		if least < 32 {
			t.Errorf("%d wide: letters of %v pixels at 1080 lines cannot be read from six metres", screen.Width, least)
		}
		var over float64
		u.JS(`document.documentElement.scrollHeight - innerHeight`, &over)
		if over > 0 {
			t.Errorf("%d wide: %v pixels lie below the screen", screen.Width, over)
		}
		var cut []string // what is there and cannot be seen whole
		u.JS(`[...document.querySelectorAll('.wall-grid > section, .wall-right > section, .wall-latest')].filter((e) => { const r = e.getBoundingClientRect(); return r.right > innerWidth || r.bottom > innerHeight || e.scrollHeight > e.clientHeight + 1 }).map((e) => e.textContent.trim().slice(0, 40))`, &cut)
		if len(cut) > 0 {
			t.Errorf("%d wide: cut off: %q", screen.Width, cut)
		}
		if screen == Wall {
			u.Shot("room-wall")
		}
	}
}
