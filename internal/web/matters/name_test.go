// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"regexp"
	"strings"
	"testing"
)

var (
	numberOf = regexp.MustCompile(`QL-\d{4}-\d{6}`)
	// reporterFact is what stands beside 反映人 on a matter's page.
	reporterFact = regexp.MustCompile(`(?s)<dt>[^<]*反映人\s*</dt>\s*<dd[^>]*>(.*?)</dd>`)
	tags         = regexp.MustCompile(`<[^>]*>`)
)

// reporter is what the page says beside 反映人, "" if nothing.
func (a answer) reporter() string {
	m := reporterFact.FindStringSubmatch(a.body)
	if m == nil {
		return ""
	}
	return strings.TrimSuffix(strings.Join(strings.Fields(tags.ReplaceAllString(m[1], "")), " "), " 已遮盖")
}

// asks is what a raising needs, on its last page.
func (w *town) asks(pairs ...string) []string {
	return append([]string{"step", "5", "go", "next", "body", "路口积水，过路要绕。", "category", "unknown", "place", w.village()}, pairs...)
}

func (w *town) village() string {
	village, _ := w.Place("文君街道", "宝塔社区").Last()
	return village.String()
}

// namedShowsTheMaskAlone is the way of a named matter: a stranger reads 璩**, the
// reporter takes it back and gives it again, the moderator hides it and undoes
// that. Lists, feeds and exports never say it.
func namedShowsTheMaskAlone(t *testing.T, w *town) {
	me, stranger, zhao, wu := w.visit(""), w.visit(""), w.visit("zhao"), w.visit("wu")
	me.get("/raise")
	a := me.post("/raise", "step", "4", "go", "next", "body", "路口积水。", "category", "unknown", "place", w.village()).is(200)
	if !strings.Contains(a.body, `value="named"`) {
		t.Fatal("nobody is asked")
	}
	if regexp.MustCompile(`value="named"[^>]*checked`).MatchString(a.body) {
		t.Error("being named is taken for granted")
	}
	me.post("/raise", w.asks("who", "named", "name", "璩建国", "phone", "19900000007")...).is(303)
	number := numberOf.FindString(me.get("/raise/done").is(200).body)
	at := "/matters/" + number
	want := func(who string, v *visitor, says string) {
		t.Helper()
		a := v.get(at).is(200)
		if a.says("!璩建国", "!19900000007"); a.reporter() != says {
			t.Errorf("%s reads %q, not %q", who, a.reporter(), says)
		}
	}
	kept := "公开显示为 璩**；姓名电话已加密保存"
	want("a stranger", stranger, "璩**")
	want("the reporter", me, kept)
	want("the handler of another unit", wu, "璩**")
	want("the desk", zhao, kept)
	if err := w.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/matters", "/matters?q=积水", "/matters?q=%E7%92%A9", "/matters.csv", "/feeds/matters/" + number + ".atom", at + "/slip"} {
		for who, v := range map[string]*visitor{"a stranger": stranger, "the desk": zhao} {
			if strings.Contains(v.get(path).body, "璩*") {
				t.Errorf("%s says the name to %s", path, who)
			}
		}
	}
	stranger.get(at).says("!hide_name", "!show_name")
	stranger.post(at + "/hide_name").is(403)
	me.get(at).says("hide_name", "!show_name")
	me.get(at + "/hide_name").is(200).says("不再公开姓")
	me.post(at + "/hide_name").is(303)
	want("a stranger, when it is taken back", stranger, "")
	want("the reporter, when it is taken back", me, "姓名电话已加密保存")
	zhao.get(at).says("不再公开姓")
	stranger.get(at).says("!不再公开姓")
	me.get(at).says("show_name", "!hide_name")
	me.post(at + "/hide_name").is(409)
	me.post(at + "/show_name").is(303)
	want("a stranger, when it is given again", stranger, "璩**")

	zhao.get(at + "/moderate").is(200).says(`value="name"`)
	zhao.post(at+"/moderate", "part", "name", "reason", "村里只有一家姓这个姓。").is(303)
	want("a stranger, when it is moderated", stranger, "")
	want("the reporter, when it is moderated", me, "姓名电话已加密保存")
	me.get(at).says("只有一家姓", "反映人的姓")
	o := w.whole(number).Moderations[0].ID.String()
	zhao.post(at+"/restore?moderation="+o, "reason", "其实有好几家。").is(303)
	want("a stranger, when that is undone", stranger, "璩**")
	zhao.post(at+"/moderate", "part", "all", "reason", "写了别人的门牌号。").is(303)
	want("the reporter of a hidden matter", me, "姓名电话已加密保存")
}

// namedNeedsAName says beside the field what is missing, and keeps what was typed.
func namedNeedsAName(t *testing.T, w *town) {
	v := w.visit("")
	v.get("/raise")
	before := len(w.visit("zhao").get("/matters").body)
	for _, name := range []string{"", "璩"} {
		v.post("/raise", w.asks("who", "named", "name", name, "phone", "19900000007")...).is(422).
			says(`id="f-name-err"`, "要公开姓", "19900000007", "路口积水")
	}
	if after := len(w.visit("zhao").get("/matters").body); after != before {
		t.Error("something was taken in")
	}
	chen := w.visit("chen") // whose name the town knows: asked for none, and told what is shown
	a := chen.post("/raise", "step", "4", "go", "next", "body", "路口积水。", "category", "unknown", "place", w.village()).is(200).says("会显示“陈**”", `!name="phone"`)
	if strings.Contains(a.body, `id="f-name"`) {
		t.Error("a resident is asked for a name that is known")
	}
	chen.post("/raise", w.asks("who", "named")...).is(303)
	number := numberOf.FindString(chen.get("/raise/done").is(200).body)
	if got := w.visit("").get("/matters/" + number).is(200).reporter(); got != "陈**" {
		t.Errorf("a stranger reads %q", got)
	}
}

// clerkNamesTheReporter raises for somebody, who is named if their name was
// written down, and never under the clerk's.
func clerkNamesTheReporter(t *testing.T, w *town) {
	wang := w.visit("wang")
	wang.post("/raise", w.asks("who", "named", "for_words", "楼上大娘", "channel", "grid")...).is(422).says(`id="f-name-err"`)
	wang.post("/raise", w.asks("who", "named", "for_words", "楼上大娘", "channel", "grid", "name", "璩秀英")...).is(303)
	number := numberOf.FindString(wang.get("/raise/done").is(200).body)
	if got := w.visit("").get("/matters/" + number).is(200).reporter(); got != "璩**" {
		t.Errorf("a stranger reads %q", got)
	}
}
