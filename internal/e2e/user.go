// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// update is given by make shots.
var update = flag.Bool("update", false, "write the screenshots in docs/screenshots")

// A User is a person at a browser. Every method is a step: if it cannot be done
// within the time of [Options], the test ends there, with a picture of the page
// kept in the folder that YUANBA_E2E_DIR names.
//
// A step's place is a Playwright selector: CSS, or text=派遣, or
// role=button[name="派遣"]. Selectors by text pass over what is in a <noscript>.
type User struct {
	Name string
	Options

	t    testing.TB
	b    *Browser
	id   string
	base string
}

// do is one step. Its faults are the test's.
func (u *User) do(what string, args map[string]any, into any) {
	u.t.Helper()
	if args == nil {
		args = map[string]any{}
	}
	args["do"], args["user"] = what, u.id
	a := u.b.call(args)
	for _, f := range a.Faults {
		u.t.Errorf("%s: %s: %s", u.Name, what, f)
	}
	if a.Error != "" {
		u.t.Fatalf("%s: %s %s: %s", u.Name, what, brief(args), a.Error)
	}
	if into != nil {
		if err := json.Unmarshal(a.Value, into); err != nil {
			u.t.Fatalf("%s: %s: %v", u.Name, what, err)
		}
	}
}

func brief(args map[string]any) string {
	for _, k := range []string{"at", "path", "text"} {
		if s, ok := args[k].(string); ok {
			return s
		}
	}
	return ""
}

// Open goes to a path of the program.
func (u *User) Open(path string) { u.t.Helper(); u.do("open", map[string]any{"path": path}, nil) }

// Click clicks the first place there is, once it can be clicked.
func (u *User) Click(at string) { u.t.Helper(); u.do("click", map[string]any{"at": at}, nil) }

// Go clicks what leads to another page, such as a link or a form's button, and
// waits until that page is there.
func (u *User) Go(at string) { u.t.Helper(); u.do("go", map[string]any{"at": at}, nil) }

// Fill puts text in a field instead of what was there.
func (u *User) Fill(at, text string) {
	u.t.Helper()
	u.do("fill", map[string]any{"at": at, "text": text}, nil)
}

// Choose takes the option of a select that has the value, or the label, or whose
// label holds the text.
func (u *User) Choose(at, option string) {
	u.t.Helper()
	u.do("choose", map[string]any{"at": at, "text": option}, nil)
}

// Check ticks a box or a radio button.
func (u *User) Check(at string) { u.t.Helper(); u.do("check", map[string]any{"at": at}, nil) }

// Attach puts files in a file field.
func (u *User) Attach(at string, files ...string) {
	u.t.Helper()
	u.do("attach", map[string]any{"at": at, "files": files}, nil)
}

// Press presses a key, such as "j" or "Enter" or "Shift+Tab".
func (u *User) Press(key string) { u.t.Helper(); u.do("press", map[string]any{"text": key}, nil) }

// Wait waits until something can be seen.
func (u *User) Wait(at string) { u.t.Helper(); u.do("wait", map[string]any{"at": at}, nil) }

// Text is what can be read at the first such place.
func (u *User) Text(at string) (s string) {
	u.t.Helper()
	u.do("text", map[string]any{"at": at}, &s)
	return s
}

// Texts is what can be read at each such place.
func (u *User) Texts(at string) (s []string) {
	u.t.Helper()
	u.do("texts", map[string]any{"at": at}, &s)
	return s
}

// Attr is an attribute of the first such place, "" if it has none.
func (u *User) Attr(at, name string) (s string) {
	u.t.Helper()
	u.do("attr", map[string]any{"at": at, "text": name}, &s)
	return s
}

// Value is what stands in a field.
func (u *User) Value(at string) (s string) {
	u.t.Helper()
	u.do("value", map[string]any{"at": at}, &s)
	return s
}

// Count is how many such places there are, seen or not.
func (u *User) Count(at string) (n int) {
	u.t.Helper()
	u.do("count", map[string]any{"at": at}, &n)
	return n
}

// Visible reports whether such a place can be seen now, without waiting.
func (u *User) Visible(at string) (ok bool) {
	u.t.Helper()
	u.do("visible", map[string]any{"at": at}, &ok)
	return ok
}

// Focused is the beginning of the element that has the focus, "" if none has.
func (u *User) Focused() (s string) { u.t.Helper(); u.do("focused", nil, &s); return s }

// Title is the title of the window.
func (u *User) Title() (s string) { u.t.Helper(); u.do("title", nil, &s); return s }

// URL is the path, query and fragment of the page.
func (u *User) URL() (s string) { u.t.Helper(); u.do("url", nil, &s); return s }

// Status is the status the page was answered with.
func (u *User) Status() (n int) { u.t.Helper(); u.do("status", nil, &n); return n }

// Bytes is what came over the wire since the page was opened, headers included.
func (u *User) Bytes() (n int) { u.t.Helper(); u.do("bytes", nil, &n); return n }

// Dialogs is how many dialogs of the browser (alert, confirm) there have been;
// each was accepted.
func (u *User) Dialogs() (n int) { u.t.Helper(); u.do("dialogs", nil, &n); return n }

// HTML is the page as it is now.
func (u *User) HTML() (s string) { u.t.Helper(); u.do("html", nil, &s); return s }

// JS evaluates an expression in the page and stores its value in into.
func (u *User) JS(expression string, into any) {
	u.t.Helper()
	u.do("js", map[string]any{"text": expression}, into)
}

// Print shows the page as it would be printed; Screen as it is again.
func (u *User) Print() { u.t.Helper(); u.do("media", map[string]any{"text": "print"}, nil) }

// Unprint shows the page as on a screen again.
func (u *User) Unprint() { u.t.Helper(); u.do("media", map[string]any{"text": ""}, nil) }

// Paper prints the page and returns the sheets: the width and height of each in
// millimetres, as the page's own style asks for.
func (u *User) Paper() (sheets [][2]float64) {
	u.t.Helper()
	file := filepath.Join(u.t.TempDir(), "paper.pdf")
	u.do("pdf", map[string]any{"file": file}, nil)
	b, err := os.ReadFile(file)
	if err != nil {
		u.t.Fatal(err)
	}
	for _, box := range regexp.MustCompile(`/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]`).FindAllSubmatch(b, -1) {
		var sheet [2]float64
		for i := range sheet {
			points, err := strconv.ParseFloat(string(box[i+1]), 64)
			if err != nil {
				u.t.Fatal(err)
			}
			sheet[i] = points / 72 * 25.4
		}
		sheets = append(sheets, sheet)
	}
	return sheets
}

// Offline takes the user's network away, or gives it back.
func (u *User) Offline(on bool) { u.t.Helper(); u.do("offline", map[string]any{"on": on}, nil) }

// A Cookie is one the program gave.
type Cookie struct {
	Name, Value, SameSite string
	HTTPOnly, Secure      bool
}

// Cookies are the cookies the user's browser keeps.
func (u *User) Cookies() (cs []Cookie) { u.t.Helper(); u.do("cookies", nil, &cs); return cs }

// SetCookie gives the user's browser a cookie.
func (u *User) SetCookie(name, value string) {
	u.t.Helper()
	u.do("cookie", map[string]any{"name": name, "text": value, "base": u.base}, nil)
}

// Download clicks what starts a download, and returns the name it was given and
// the file it was put in.
func (u *User) Download(at string) (name, file string) {
	u.t.Helper()
	file = filepath.Join(u.t.TempDir(), "download")
	u.do("download", map[string]any{"at": at, "file": file}, &name)
	return name, file
}

// See fails the test unless each text can be read on the page; a space stands
// for whatever is between two words, a new line too.
func (u *User) See(texts ...string) {
	u.t.Helper()
	body := strings.Join(strings.Fields(u.Text("body")), " ")
	for _, want := range texts {
		if !strings.Contains(body, want) {
			u.t.Errorf("%s does not see %q at %s", u.Name, want, u.URL())
		}
	}
}

// NotSee fails the test if any of the texts is anywhere in the page.
func (u *User) NotSee(texts ...string) {
	u.t.Helper()
	html := u.HTML()
	for _, bad := range texts {
		if strings.Contains(html, bad) {
			u.t.Errorf("%s gets to see %q at %s", u.Name, bad, u.URL())
		}
	}
}

// Sound fails the test unless the page is one that everybody can use: axe-core
// finds nothing, nothing sticks out sideways, no text is missing in a language.
// Where the browser runs no scripts, axe-core is left out.
func (u *User) Sound() {
	u.t.Helper()
	u.Fits()
	if u.NoScript {
		return
	}
	var violations []struct {
		Rule, Help, Impact string
		At                 []string
	}
	u.do("axe", nil, &violations)
	for _, v := range violations {
		u.t.Errorf("%s: %s: axe %s (%s): %s\n\t%s", u.Name, u.URL(), v.Rule, v.Impact, v.Help, strings.Join(v.At, "\n\t"))
	}
}

// Fits is the quick part of [User.Sound]: nothing sticks out sideways, and no text
// is missing in a language.
func (u *User) Fits() {
	u.t.Helper()
	var wide []string
	u.do("wide", nil, &wide)
	for _, w := range wide {
		u.t.Errorf("%s: %s: sticks out of a screen of %d: %s", u.Name, u.URL(), u.Screen.Width, w)
	}
	if strings.Contains(u.HTML(), "⟦") {
		u.t.Errorf("%s: %s: a text is missing (look for ⟦)", u.Name, u.URL())
	}
}

// Shot writes a picture of the page to docs/screenshots/<name>-phone.png, or
// -desk, with -update only: the window, and on a phone what
// little is below it. Without, it makes the picture in the test's own folder, so
// that a page that cannot be pictured is noticed.
func (u *User) Shot(name string) {
	u.t.Helper()
	if !*update {
		u.picture(u.t.TempDir(), name)
		return
	}
	top, err := root()
	if err != nil {
		u.t.Fatal(err)
	}
	dir := filepath.Join(top, "docs", "screenshots")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		u.t.Fatal(err)
	}
	if err := shrink(u.picture(dir, name)); err != nil {
		u.t.Fatal(err)
	}
}

// picture writes a picture of the page into the folder and returns its file.
func (u *User) picture(dir, name string) string {
	u.t.Helper()
	file := filepath.Join(dir, name+"-"+u.Screen.name()+".png")
	var height float64
	u.JS(`document.documentElement.scrollHeight`, &height)
	u.do("shot", map[string]any{"file": file, "full": u.Screen.Width == Phone.Width && height < 1300}, nil)
	return file
}

// keep keeps a picture of what the user saw when the test failed.
func (u *User) keep() {
	dir := os.Getenv("YUANBA_E2E_DIR")
	if dir == "" {
		return
	}
	name := strings.NewReplacer("/", "-", " ", "-").Replace(u.t.Name()+"-"+u.Name) + ".png"
	if os.MkdirAll(dir, 0o755) == nil {
		u.b.call(map[string]any{"do": "shot", "user": u.id, "file": filepath.Join(dir, name), "full": true})
	}
}
