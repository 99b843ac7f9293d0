// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"yuanba/internal/domain/matters"
)

// What a bulk act could not do is named, with its reason; the rest is done.
func TestBulkNamesWhatItLeft(t *testing.T) {
	t.Parallel()
	w := open(t)
	one, two, gone := w.at(matters.Received), w.at(matters.Received), w.at(matters.Accepted)
	zhao := w.visit("zhao")
	zhao.post("/inbox", "act", "accept", "id", one.Number, "id", gone.Number, "id", two.Number, "id", "QL-2019-000001").is(409).
		says("2 件办好了", "有 2 件没办成", `href="/matters/`+gone.Number+`"`, gone.Title, "QL-2019-000001", "赵调度")
	for _, n := range []string{one.Number, two.Number} {
		if m := w.whole(n).Matter; m.State != matters.Accepted {
			t.Errorf("%s is %s", n, m.State)
		}
	}
	zhao.post("/inbox", "act", "accept", "id", w.at(matters.Received).Number).is(303)
}

// A prepared reply is put into the form by its address, for those without script.
func TestPreparedReply(t *testing.T) {
	t.Parallel()
	w := open(t)
	m := w.at(matters.Handling)
	ctx, admin := context.Background(), w.As("admin")
	other := "road"
	for _, x := range []matters.Template{
		{Act: matters.Handle, Name: "通用", Words: "已到现场处理完毕。", Active: true},
		{Act: matters.Handle, Name: "水管", Category: m.Category, Words: "水管已经换好。", Active: true},
		{Act: matters.Handle, Name: "道路", Category: other, Words: "路面已经补好。", Active: true},
		{Act: matters.Decline, Name: "不归市里", Words: "不归本市管。", Active: true},
	} {
		if err := w.Matters.SetTemplate(ctx, admin, x); err != nil {
			t.Fatal(err)
		}
	}
	wu := w.visit("wu")
	a := wu.get("/matters/"+m.Number+"/handle").is(200).says("水管已经换好。", "已到现场处理完毕。", "!路面已经补好。", "!不归本市管。", `data-into="words"`)
	_, href, _ := strings.Cut(a.body, `<strong>水管</strong> <a class="button small" href="`)
	href, _, _ = strings.Cut(href, `"`)
	wu.get(href).is(200).says(">水管已经换好。</textarea>", `action="/matters/`+m.Number+`/handle"`)
	wu.get("/matters/" + m.Number + "/handle?template=1").is(200).says("!>水管已经换好。</textarea>")
}

func TestSavedViews(t *testing.T) {
	t.Parallel()
	w := open(t)
	zhao := w.visit("zhao")
	zhao.post("/views", "name", "我的急件", "query", "urgent=1").is(303)
	a := zhao.get("/matters?urgent=1").is(200).says("我的急件", `aria-current="page"`)
	zhao.post("/views", "name", " ", "query", "urgent=1").is(422).says(`id="f-name-err"`, "我的急件")
	_, drop, _ := strings.Cut(a.body, `action="/views/`)
	drop, _, _ = strings.Cut(drop, `"`)
	w.visit("wu").post("/views/"+drop).is(404, 409)
	zhao.post("/views/" + drop).is(303)
	zhao.get("/matters").is(200).says("!我的急件")
}

// The page says who answered a whistle and who did not, and what became of the
// links for outside parties.
func TestWhoAnswered(t *testing.T) {
	t.Parallel()
	w := open(t)
	m := w.at(matters.Handling)
	here := "/matters/" + m.Number
	wu, sun := w.visit("wu"), w.visit("sun")
	water, police := w.As("wu").Unit.String(), w.As("he").Unit.String()
	sun.post(here+"/whistle", "units", water, "units", police, "hours", "2", "words", "一起到现场。").is(303)
	wu.post(here+"/respond?unit="+water, "words", "已经到了现场。").is(303)
	sun.get(here).is(200).says("2 家里 1 家报到了", "已经到了现场。", "吴科长", "还没回")
	body := wu.post(here+"/invite", "party", "临江物业", "words", "管子是谁家的？", "days", "7").is(200).body
	_, link, _ := strings.Cut(body, "/answer/")
	link, _, _ = strings.Cut(link, "<")
	stranger := w.visit("")
	stranger.get("/answer/" + link).is(200).says("管子是谁家的？")
	a := wu.get(here).is(200).says("临江物业", here+"/revoke?invitation=")
	w.visit("zheng").get(here).is(200).says("临江物业", "!/revoke?invitation=")
	_, revoke, _ := strings.Cut(a.body, here+"/revoke?invitation=")
	revoke, _, _ = strings.Cut(revoke, `"`)
	wu.post(here + "/revoke?invitation=" + revoke).is(303)
	wu.get(here).is(200).says("已收回", "!/revoke?invitation=")
	stranger.get("/answer/" + link).is(409).says("已被收回")
	stranger.post("/answer/"+link, "words", "是小区的管子。").is(409).says("已被收回")
	w.Clock.Add(3 * time.Hour)
	w.visit("sun").get(here).is(200).says("没有报到")
}

// What the reporter hears after rating, within the window and after it.
func TestRatingSaysWhatFollows(t *testing.T) {
	t.Parallel()
	w := open(t)
	m := w.at(matters.Closed)
	here := "/matters/" + m.Number
	chen := w.visit("chen")
	chen.post(here+"/rate", "solved", "no", "satisfied", "1", "words", "还在漏").is(303)
	chen.get(here).is(200).says("重新办理", "没有解决 · 很不满意")
	w.on(m.ID, matters.Handling, matters.Closed)
	zhao := w.visit("zhao")
	zhao.post(here+"/rate", "solved", "partly", "words", "电话里说好了一半").is(303)
	zhao.get(here).is(200).says("代反映人", "电话里说好了一半")
	late := w.at(matters.Closed)
	w.Clock.Add(16 * 24 * time.Hour)
	chen = w.visit("chen")
	chen.get("/matters/" + late.Number + "/reopen").is(409).says("不能重新办理了")
	chen.get("/matters/" + late.Number).is(200).says("!/matters/" + late.Number + "/reopen")
	chen.post("/matters/"+late.Number+"/rate", "solved", "no").is(303)
	chen.get("/matters/" + late.Number).is(200).says("不能再自动重新办理")
}

// "Me too" with words and photos: in confidence they are for those at work alone.
func TestSupportKeepsItsSay(t *testing.T) {
	t.Parallel()
	w := open(t)
	m := w.at(matters.Handling)
	here := "/matters/" + m.Number
	zhou := w.visit("zhou")
	zhou.get(here+"/support").is(200).says(`name="files"`, `name="public"`)
	zhou.post(here+"/support", "words", "我家水也小了。").is(303)
	zhou.get(here).is(200).says("我家水也小了。")
	for who, sees := range map[string]string{"wu": "", "zhao": "", "chen": "!", "": "!"} {
		w.visit(who).get(here).is(200).says(sees + "我家水也小了。")
	}
	w.visit("chen").post(here+"/support", "words", "我也是").is(409)
}
