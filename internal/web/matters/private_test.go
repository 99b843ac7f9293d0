// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

// The wounds that were found in the privacy of what people raise, each on every
// engine.
func TestPrivacy(t *testing.T) {
	t.Parallel()
	wounds := map[string]func(*testing.T, *town){
		"a clerk is not the reporter of what they wrote down": clerkIsNotTheReporter,
		"signing out leaves no slip":                          signingOutLeavesNoSlip,
		"slips end":                                           slipsEnd,
		"who may read is never guessed":                       whoMayReadIsNeverGuessed,
		"the address of a photo is not enough":                addressOfAPhotoIsNotEnough,
		"codes of one number are tried few times":             codesAreTriedFewTimes,
		"a named matter shows the mask of the name alone":     namedShowsTheMaskAlone,
		"whoever is to be named has a name":                   namedNeedsAName,
		"a clerk asks under which name":                       clerkNamesTheReporter,
	}
	on := func(open func(testing.TB) *apptest.Town) func(*testing.T) {
		return func(t *testing.T) {
			t.Parallel()
			lived := open(t)
			for name, f := range wounds {
				t.Run(name, func(t *testing.T) {
					h, err := lived.Handler("test") // with limits of its own
					if err != nil {
						t.Fatal(err)
					}
					f(t, &town{lived, t, h})
				})
			}
		}
	}
	t.Run("sqlite", on(apptest.Lived))
	if os.Getenv(sqldbtest.PostgresEnv) != "" {
		t.Run("postgres", on(apptest.LivedPostgres))
	}
}

// said is what a raising needs, on its last page.
func (w *town) said(pairs ...string) []string {
	village, _ := w.Place("文君街道", "宝塔社区").Last()
	return append([]string{"step", "5", "go", "next", "body", "隔壁半夜吵架，不想让人晓得。", "category", "unknown", "place", village.String()}, pairs...)
}

func (v *visitor) cookie(name string) string {
	for _, c := range v.jar.Cookies(site) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// A clerk who had written down a matter held its slip, and could from then on
// answer, rate and reopen as its reporter, without a word that it was they.
func clerkIsNotTheReporter(t *testing.T, w *town) {
	feng, zhao := w.visit("feng"), w.visit("zhao") // a lawyer raises for others and sees nothing else
	feng.post("/raise", w.said("who", "private", "for_words", "她的律师", "channel", "desk")...).is(303)
	a := feng.get("/raise/done").is(200)
	number := regexp.MustCompile(`QL-\d{4}-\d{6}`).FindString(a.body)
	feng.get("/matters/" + number).is(200).says("半夜吵架")
	whole := w.whole(number)
	if by := w.As("feng"); whole.Matter.RaisedBy != by.Account {
		t.Errorf("raised by %s", whole.Matter.RaisedBy)
	}
	if feng.cookie("slips") != "" {
		t.Error("the clerk's browser holds the slip")
	}
	zhao.post("/matters/"+number+"/ask", "words", "现在还吵不吵？").is(303)
	feng.post("/matters/"+number+"/answer", "words", "还在吵。").is(303)
	last := w.whole(number).Steps[1]
	if last.Act != matters.Answer || last.Account == 0 {
		t.Errorf("the answer stands as %+v", last)
	}
	w.visit("wu").get("/matters/" + number).is(404)
}

// On a machine that many use, what one raised was still open to the next after
// signing out.
func signingOutLeavesNoSlip(t *testing.T, w *town) {
	v := w.visit("")
	v.post("/raise", w.said("who", "private")...).is(303)
	number := regexp.MustCompile(`QL-\d{4}-\d{6}`).FindString(v.get("/raise/done").is(200).body)
	v.get("/matters/" + number).is(200)
	v.post("/signin/guest", "resident", w.guest("zhou").Resident.String()).is(303)
	v.post("/signout").is(303)
	v.get("/matters/" + number).is(404)
	if s := v.cookie("slips") + v.cookie("slip"); s != "" {
		t.Errorf("left: %s", s)
	}
}

// Whose copy of the cookie is older than half a year is nobody.
func slipsEnd(t *testing.T, w *town) {
	v := w.visit("")
	v.post("/raise", w.said("who", "private")...).is(303)
	number := regexp.MustCompile(`QL-\d{4}-\d{6}`).FindString(v.get("/raise/done").is(200).body)
	kept := v.cookie("slips")
	w.Clock.Add(181 * 24 * 3600e9)
	v.jar.SetCookies(site, []*http.Cookie{{Name: "slips", Value: kept}})
	v.get("/matters/" + number).is(404)
}

// A raising that did not say who may read it was shown to everybody.
func whoMayReadIsNeverGuessed(t *testing.T, w *town) {
	v := w.visit("")
	v.get("/raise").is(200)
	for _, who := range []string{"", "everybody", "PRIVATE", "\xff"} {
		v.post("/raise", w.said("who", who)...).is(422).says(`id="f-who-err"`)
	}
	v.post("/raise", w.said()...).is(422).says(`id="f-who-err"`, "半夜吵架")
	v.get("/matters").is(200).says("!半夜吵架")
	v.post("/raise", w.said("who", "public", "channel", "'; DROP TABLE matter; --")...).is(422, 303)
}

var fileAddress = regexp.MustCompile(`/files/[^"]+`)

// The address of a photo that one reader was shown opened it for everybody, for
// two hours.
func addressOfAPhotoIsNotEnough(t *testing.T, w *town) {
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 40, 30)), nil); err != nil {
		t.Fatal(err)
	}
	v := w.visit("")
	v.get("/raise").is(200)
	a := v.upload("/raise", "x.jpg", &photo, "step", "1", "go", "next", "body", "隔壁半夜吵架，不想让人晓得。").is(200)
	sealed := regexp.MustCompile(`name="file" value="([^"]+)"`).FindStringSubmatch(a.body)
	if sealed == nil {
		t.Fatal("no file is carried along")
	}
	back := v.post("/raise", "step", "2", "go", "back", "body", "隔壁半夜吵架，不想让人晓得。", "file", sealed[1]).is(200)
	preview := fileAddress.FindString(back.body)
	if preview == "" {
		t.Fatal("the photo is not shown before it is sent")
	}
	v.get(preview).is(200)
	for _, who := range []string{"", "zhou", "zhao"} {
		x := w.visit(who)
		x.get("/raise").is(200)
		x.get(preview).is(404)
	}
	v.post("/raise", w.said("who", "private", "file", sealed[1])...).is(303)
	number := regexp.MustCompile(`QL-\d{4}-\d{6}`).FindString(v.get("/raise/done").is(200).body)
	addresses := fileAddress.FindAllString(v.get("/matters/"+number).is(200).body, -1)
	if len(addresses) == 0 {
		t.Fatal("the reporter sees no photo")
	}
	slices.Sort(addresses)
	for _, at := range slices.Compact(addresses) {
		at = strings.ReplaceAll(at, "&amp;", "&")
		for who, code := range map[string]int{"": 404, "zhou": 404, "wu": 404, "han": 200, "zhao": 200, "audit": 200} {
			w.visit(who).get(at).is(code)
		}
		v.get(at).is(200)
		v.get(at[:len(at)-8] + "AAAAAAAA").is(404)
	}
}

// Many machines could each try a few codes of one number.
func codesAreTriedFewTimes(t *testing.T, w *town) {
	s := w.raise(w.guest("chen"), matters.Raising{Body: "隔壁半夜吵架，不想让人晓得。"})
	other := w.raise(w.guest("chen"), matters.Raising{Body: "楼上半夜吵架，不想让人晓得。"})
	v := w.visit("")
	tooMany := 0
	for i := range 30 {
		v.from = fmt.Sprintf("198.51.100.%d", i)
		if strings.Contains(v.post("/query", "number", strings.ToLower(s.Number), "code", "AAAA-AAAA").is(422).body, "太多") {
			tooMany++
		}
	}
	if tooMany != 10 {
		t.Errorf("%d of 30 tries were not looked at", tooMany)
	}
	v.post("/query", "number", s.Number, "code", s.Code).is(422)
	v.post("/query", "number", other.Number, "code", other.Code).is(303)
	w.Clock.Add(3600e9)
	v.post("/query", "number", s.Number, "code", s.Code).is(303)
	v.get("/matters/" + s.Number).is(200)
}
