// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"io"
	"net/url"
	"strings"
	"testing"

	"yuanba/internal/domain/matters"
)

// evil is what is put in every field. ok says that it is a text like any other.
var evil = []struct {
	name, value string
	ok          bool
}{
	{"too long", strings.Repeat("长", 6000), false},
	{"broken letters", "坏\xff\xfe字", false},
	{"a zero byte", "零\x00字节", false},
	{"SQL", "'; DROP TABLE matter; --", true},
	{"HTML", `"><script>alert(1)</script><img src=x onerror=alert(1)>`, true},
	{"template", "{{.Actor}} ${7*7}", true},
	{"right to left", "\u202eexe.gpj", false},
	{"other people's number", "0123456789ABC", true},
	{"a negative number", "-99999999999999999999", true},
}

// What is wrong in any field of any act is said beside that field, everything
// typed stays, and nothing changes. What is only strange is kept as the text it
// is. Nothing ever breaks.
func TestWrongInputOfEveryAct(t *testing.T) {
	t.Parallel()
	w := open(t)
	for _, c := range actCases(w) {
		if len(c.form) == 0 {
			continue
		}
		t.Run(string(c.act)+"/"+string(c.state), func(t *testing.T) {
			v := w.visit(c.by)
			v.get("/raise")
			path, m := "", matters.Matter{}
			fresh := func() {
				m = c.matter(w)
				path = "/matters/" + m.Number + "/" + string(c.act)
				if c.query != nil {
					path += c.query(w, m)
				}
			}
			fresh()
			for i := 0; i < len(c.form); i += 2 {
				field := c.form[i]
				for _, e := range evil {
					if field == "met" || field == "public" { // boxes: whatever is sent is a tick
						continue
					}
					f := url.Values{}
					for j := 0; j < len(c.form); j += 2 {
						if c.form[j] != field {
							f.Add(c.form[j], c.form[j+1])
						}
					}
					f.Set(field, e.value)
					before := w.whole(m.Number)
					a := v.postForm(path, f)
					after := w.whole(m.Number)
					did := len(after.Steps) != len(before.Steps) || after.Matter.Version != before.Matter.Version
					switch {
					case a.code >= 500:
						t.Errorf("%s in %s: %d", e.name, field, a.code)
					case a.code == 303 || a.code == 200:
						if !e.ok {
							t.Errorf("%s in %s was let in", e.name, field)
						}
						if !did {
							t.Errorf("%s in %s: %d, and nothing was done", e.name, field, a.code)
						}
						v.get("/matters/"+m.Number).is(200).says("!<script>alert(1)", "!onerror=alert(1)>")
						fresh()
					default:
						if did {
							t.Errorf("%s in %s: %d, and something was done", e.name, field, a.code)
							fresh()
						}
						if a.code != 422 {
							t.Errorf("%s in %s: %d", e.name, field, a.code)
						}
						if !strings.Contains(a.body, `id="f-`+field+`-err"`) {
							t.Errorf("%s in %s: not said beside the field", e.name, field)
						}
						for j := 0; j < len(c.form); j += 2 {
							if c.form[j] == "words" && field != "words" && !strings.Contains(a.body, ">"+c.form[j+1]+"</textarea>") {
								t.Errorf("%s in %s: the words that were typed are gone", e.name, field)
							}
						}
					}
				}
			}
		})
	}
}

// Fields that must be filled in, left empty.
func TestNothingInEveryAct(t *testing.T) {
	t.Parallel()
	w := open(t)
	mayBeEmpty := map[matters.Act]bool{matters.Close: true, matters.Extend: true, matters.Withdraw: true, matters.SupportAct: true}
	for _, c := range actCases(w) {
		if len(c.form) == 0 || mayBeEmpty[c.act] {
			continue
		}
		m := c.matter(w)
		path := "/matters/" + m.Number + "/" + string(c.act)
		if c.query != nil {
			path += c.query(w, m)
		}
		before := len(w.whole(m.Number).Steps)
		a := w.visit(c.by).post(path).is(422)
		if !strings.Contains(a.body, `-err"`) {
			t.Errorf("%s with nothing: not said beside a field", c.act)
		}
		if after := len(w.whole(m.Number).Steps); after != before {
			t.Errorf("%s with nothing was done", c.act)
		}
	}
}

// Every field of the raising, on its step.
func TestWrongInputOfRaising(t *testing.T) {
	t.Parallel()
	w := open(t)
	v := w.visit("")
	village, _ := w.Place("文君街道", "宝塔社区").Last()
	good := []string{"body", "老桥头的栏杆断了。", "category", "unknown", "place", village.String(), "place_words", "桥东", "who", "public", "name", "某人", "phone", ""}
	step := map[string]string{"body": "1", "category": "2", "place": "3", "place_words": "3", "lat": "3", "who": "5", "name": "5", "phone": "5"}
	for field, at := range step {
		for _, e := range evil {
			f := url.Values{}
			for i := 0; i < len(good); i += 2 {
				f.Set(good[i], good[i+1])
			}
			f.Set(field, e.value)
			f.Set("step", at)
			f.Set("go", "next")
			a := v.postForm("/raise", f).is(200, 303, 422)
			if a.code != 422 && !e.ok && field != "lat" && field != "who" {
				t.Errorf("%s in %s was let in", e.name, field)
			}
			if a.code == 422 && field != "lat" && !strings.Contains(a.body, `f-`+field+`-err"`) {
				t.Errorf("%s in %s: not said beside the field", e.name, field)
			}
			a.says("!<script>alert(1)")
		}
	}
	for _, e := range []string{"step", "go", "file", "asked", "channel", "for_words", "q.x"} {
		for _, x := range evil {
			f := url.Values{"step": {"4"}, "body": {"栏杆断了。"}, "place_words": {"桥东"}}
			f.Set(e, x.value)
			v.postForm("/raise", f).is(200, 303, 422)
		}
	}
}

// Files that are not what they say, or too much.
func TestWrongFiles(t *testing.T) {
	t.Parallel()
	w := open(t)
	v, wu := w.visit("chen"), w.visit("wu")
	m := w.at(matters.Handling)
	before := w.whole(m.Number).Steps
	handle := "/matters/" + m.Number + "/handle"
	for name, text := range map[string]string{
		"run.svg":     `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`,
		"page.jpg":    "<html><script>alert(1)</script></html>",
		"cut.jpg":     "\xff\xd8\xff\xe0\x00\x10JFIF",
		"program.jpg": "MZ\x90\x00",
		"empty.png":   "",
		"bomb.png":    "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x06\x00\x00\x00",
	} {
		v.upload("/raise", name, strings.NewReader(text), "step", "1", "body", "栏杆断了。").is(422).says(`id="f-files-err"`, "栏杆断了。")
		wu.upload(handle, name, strings.NewReader(text), "words", "已经修好栏杆。").is(422).says(`id="f-files-err"`, "已经修好栏杆。")
	}
	if n := len(w.whole(m.Number).Files); n != 0 {
		t.Errorf("%d files came in", n)
	}
	if s := w.whole(m.Number).Matter.State; s != matters.Handling {
		t.Errorf("the matter is %s", s)
	}
	zeros := io.LimitReader(zero{}, 200<<20)
	wu.upload(handle, "large.jpg", zeros, "words", "已经修好栏杆。").is(413)
	v.upload("/raise", "large.jpg", io.LimitReader(zero{}, 200<<20), "step", "1", "body", "栏杆断了。").is(413)
	v.post("/query", "number", strings.Repeat("x", 2<<20), "code", "x").is(413)
	if n := len(w.whole(m.Number).Steps); n != len(before) {
		t.Errorf("%d steps", n)
	}
}

type zero struct{}

func (zero) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// Other people's numbers in forms beside the acts.
func TestOtherPeoplesNumbers(t *testing.T) {
	t.Parallel()
	w := open(t)
	private := w.raise(w.guest("chen"), matters.Raising{Body: "隔壁半夜吵架，不想让人晓得。"})
	v := w.visit("zhou")
	v.post("/follow", "target", "matter:"+private.ID.String(), "back", "/").is(404)
	v.post("/follow", "target", "matter:0000000000000").is(404, 422)
	v.post("/follow", "target", "'; DROP TABLE matter; --").is(422)
	v.post("/query", "number", private.Number, "code", "AAAA-AAAA").is(422).says(`id="f-code-err"`, "!吵架")
	v.post("/query", "number", "", "code", "").is(422).says(`id="f-number-err"`)
	v.post("/query", "number", "\xff", "code", "\xfe").is(422)
	v.post("/matters/"+private.Number+"/support", "words", "x").is(404)
	v.post("/inbox", "act", "accept", "id", private.Number).is(303, 403)
	v.post("/inbox", "act", "steal", "id", private.Number).is(403, 422)
	v.post("/views", "name", "我的", "query", "state=received").is(303, 403)
	v.post("/views/0000000000000/delete").is(303, 403, 404, 409)
	zhao := w.visit("zhao")
	zhao.post("/inbox", "act", "dispatch", "id", private.Number).is(422).says(`id="f-lead-err"`)
	zhao.post("/inbox", "act", "accept", "id", "QL-2019-000001").is(409).says("QL-2019-000001")
	zhao.post("/inbox", "act", "accept").is(303)
	zhao.post("/views", "name", strings.Repeat("长", 200), "query", "x").is(422)
	if s := w.whole(private.Number); len(s.Steps) != 0 {
		t.Errorf("%d steps were written", len(s.Steps))
	}
	w.visit("").get("/matters?q=" + url.QueryEscape("吵架")).is(200).says("!半夜吵架")
}
