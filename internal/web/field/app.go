// SPDX-License-Identifier: Apache-2.0

package field

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"strings"

	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
	"yuanba/internal/web/static"
)

var (
	//go:embed core.mjs
	coreJS string
	//go:embed vault.mjs
	vaultJS string
	//go:embed parts.mjs
	partsJS string
	//go:embed app.mjs
	appJS string
	//go:embed start.js
	startJS string
	//go:embed worker.js
	workerJS string
	//go:embed app.css
	sheetCSS string
)

// The modules name each other by the addresses under which they are kept for ever.
var (
	core  = static.Add("field-core.mjs", []byte(coreJS))
	vault = static.Add("field-vault.mjs", []byte(vaultJS))
	parts = static.Add("field-parts.mjs", []byte(partsJS))
	app   = static.Add("field-app.mjs", []byte(strings.NewReplacer(`"./core.mjs"`, `"`+core+`"`, `"./vault.mjs"`, `"`+vault+`"`, `"./parts.mjs"`, `"`+parts+`"`).Replace(appJS)))
	start = static.Add("field-start.js", []byte(startJS))
	sheet = static.Add("field-app.css", []byte(sheetCSS))
)

// kept is what a phone keeps of the app, so that it opens without network.
func kept() []string {
	list := []string{"/field", "/field/app.webmanifest", start, app, core, vault, parts, sheet}
	for _, name := range []string{"app.css", "app.js", "seal.svg"} {
		if u, err := static.URL(name); err == nil {
			list = append(list, u)
		}
	}
	return list
}

// A Day is what the app shows: it is kept encrypted on the phone until the next one.
type Day struct {
	Name    string   `json:"name"`
	Account string   `json:"account"`
	Places  []Place  `json:"places"`
	Rounds  []Round  `json:"rounds"`
	Items   []Option `json:"items"` // the services that can be had at home
}

// A Place is one in which the person may raise a matter.
type Place struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// A Round is one of the day's, with what is due on it.
type Round struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Window string `json:"window"`
	Stops  []Stop `json:"stops"`
}

// A Stop is a point or a household on a round.
type Stop struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Where   string   `json:"where"`
	Facts   []Fact   `json:"facts,omitempty"` // only those that the duty names
	Duties  []Duty   `json:"duties"`
	Done    bool     `json:"done"`
	Point   bool     `json:"point"`          // otherwise a home
	Noun    string   `json:"noun,omitempty"` // of the record that may be changed, with its version
	Record  string   `json:"record,omitempty"`
	Version int64    `json:"version,omitempty"`
	Edits   []Answer `json:"edits,omitempty"`
}

// A Fact is something to know before knocking.
type Fact struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// A Duty is what is done there, and what is asked.
type Duty struct {
	ID     string   `json:"id"`
	Name   string   `json:"name"`
	Fields []Answer `json:"fields"`
}

// An Answer is one field of a form.
type Answer struct {
	Name    string   `json:"name"`
	Label   string   `json:"label"`
	Kind    string   `json:"kind"` // text, number, choice, yes
	Options []Option `json:"options,omitempty"`
	Need    bool     `json:"need,omitempty"`
	Value   string   `json:"value,omitempty"`
}

// An Option is one answer of a choice.
type Option struct {
	Value string `json:"value"`
	Text  string `json:"text"`
}

// words are what the app says: the messages "field.app." and their names.
var words = []string{
	"absent", "again", "broken", "cancel", "code", "code.help", "done", "drop", "drop.sure", "edit", "files", "found", "found.help", "here", "here.no",
	"here.on", "kind.change", "kind.entry", "kind.raise", "leave", "leave.done", "leave.loses", "leave.net", "leave.sure", "left", "line", "lock",
	"lost", "name", "name.lead", "need", "need.address", "need.item", "need.item.other", "need.lead", "need.name", "need.name.missing", "need.phone", "need.whose", "need.words", "need.words.missing", "no", "nothing", "offline", "online", "other", "other.person", "photo", "pin.again", "pin.differ", "pin.enter",
	"pin.lead", "pin.new", "pin.open", "pin.set", "pin.short", "pin.wait", "pin.what", "pin.wrong", "place", "public", "queue", "queue.conflict",
	"queue.queued", "queue.refused", "queue.sent", "raise", "raise.lead", "register", "remove", "said", "save", "saved", "send", "sending", "sent.kept",
	"settled", "settled.help", "signin", "signin.lead", "storage", "today", "today.none", "today.old", "unsent", "unsent.none", "unsent.words", "voice", "voice.stop",
	"what", "without", "words", "yes",
}

type appPage struct {
	page.Base
	Words string
	Start string
}

var appShown = page.New[appPage](files, "app.html")

// app shows the app: the same to everybody, since a phone keeps it.
func (c *Counter) app(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r).Titled("field.app.title")
	b.Actor, b.Flash, b.Place, b.Look = scope.Actor{Kind: scope.Anonymous}, nil, "", page.LookPrint
	v := appPage{Base: b.With(start)}
	said := map[string]string{}
	for _, w := range words {
		said[w] = b.T("field.app."+w, "{0}", "{1}")
	}
	text, err := json.Marshal(said)
	if err != nil {
		return err
	}
	v.Words = string(text)
	return appShown.Show(w, r, v)
}

// worker serves what keeps the app on the phone. Its text changes with every version of
// any file of the app, so that browsers notice.
func worker(w http.ResponseWriter, _ *http.Request) {
	list, _ := json.Marshal(kept()) // addresses can always be written
	h := w.Header()
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Service-Worker-Allowed", "/field")
	h.Set("Cache-Control", "no-cache")
	_, _ = w.Write([]byte(strings.Replace(workerJS, `["kept"]`, string(list), 1))) // a reader who went away is not our fault
}

func (c *Counter) manifest(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	icon, err := static.URL("seal.svg")
	if err != nil {
		return err
	}
	text, err := json.Marshal(map[string]any{
		"id": "/field", "name": b.T("field.app.title") + " · " + b.T("app.name"), "short_name": b.T("field.app.short"), "lang": string(b.Lang), "start_url": "/field", "scope": "/field", "display": "standalone",
		"background_color": "#FAF6EE", "theme_color": "#FAF6EE", "icons": []map[string]string{{"src": icon, "sizes": "any", "type": "image/svg+xml", "purpose": "any"}},
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/manifest+json")
	_, _ = w.Write(text) // a reader who went away is not our fault
	return nil
}
