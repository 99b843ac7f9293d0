// SPDX-License-Identifier: Apache-2.0

package v1_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	v1 "yuanba/internal/api/v1"
	"yuanba/internal/domain/access"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/webhooks"
	"yuanba/internal/kit/i18n"
)

// elsewhere are the acts that have no operation of their own, with the reason.
var elsewhere = map[matters.Act]string{
	"raise":            "POST /matters",
	"attach":           "written beside a report that another system sent, when its files have been fetched",
	matters.Reply:      "an outsider answers by the link of an invitation, which is no key",
	matters.Forget:     "the program's own, when the term of personal facts is over",
	matters.SplitOff:   "the beginning of a part: act_split does it",
	matters.Mention:    "written in the trail beside an act on another matter",
	matters.RecountAct: "the program's own, when the holidays of a year become known",
	matters.RuleAct:    "the story's line that says which rule fired: act_classify asks them",
}

// actsThatThereAre reads out of the sources which acts a matter knows: every constant
// of the type Act.
func actsThatThereAre(t *testing.T) (acts []matters.Act) {
	t.Helper()
	root := os.DirFS("../../domain/matters")
	names, err := fs.Glob(root, "*.go")
	if err != nil || len(names) < 10 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, s := range g.Specs {
				v := s.(*ast.ValueSpec)
				if kind, ok := v.Type.(*ast.Ident); !ok || kind.Name != "Act" {
					continue
				}
				word, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				acts = append(acts, matters.Act(word))
			}
		}
	}
	return acts
}

// Every act that there is can be done here too, or a reason says why not; and nothing
// is offered that is none.
func TestEveryAct(t *testing.T) {
	t.Parallel()
	have := map[matters.Act]bool{}
	for _, o := range v1.Operations() {
		if a, ok := strings.CutPrefix(o.ID, "act_"); ok {
			have[matters.Act(a)] = true
		}
	}
	there := map[matters.Act]bool{}
	for _, a := range actsThatThereAre(t) {
		there[a] = true
		switch {
		case have[a] && elsewhere[a] != "":
			t.Errorf("%s has an operation and a reason to have none", a)
		case !have[a] && elsewhere[a] == "":
			t.Errorf("%s cannot be done: add it to acts, or say why not", a)
		}
	}
	if len(there) < 40 {
		t.Errorf("%d acts: are they still read?", len(there))
	}
	for a := range have {
		if !there[a] {
			t.Errorf("there is no act %s", a)
		}
	}
	for a := range elsewhere {
		if !there[a] {
			t.Errorf("there is no act %s", a)
		}
	}
	for _, a := range matters.Flow.Acts() {
		if !have[a] {
			t.Errorf("%s is a move, and cannot be done", a)
		}
	}
}

// everyActBeside does what leaves the state of a matter alone: asking outsiders,
// moderating, showing the reporter's name, and speaking for the users of a program.
func (w *town) everyActBeside(zhao *caller) {
	w.t.Helper()
	n := zhao.want(201, zhao.post("/matters", map[string]any{"body": "The bench by the river is broken.", "place": w.village(), "name": "周敏", "phone": "13912345678"})).text("number")
	at := "/matters/" + n + "/acts/"
	asked := zhao.want(201, zhao.post(at+"invite", map[string]any{"party": "The park", "words": "Whose bench is it?", "days": 7}, "Idempotency-Key", "ask"))
	if again := zhao.want(201, zhao.post(at+"invite", map[string]any{"party": "The park", "words": "Whose bench is it?", "days": 7}, "Idempotency-Key", "ask")); again.text("link") != asked.text("link") {
		w.t.Errorf("%s and %s", again.body, asked.body)
	}
	_, secret, _ := strings.Cut(asked.text("link"), "/answer/")
	if q, err := w.Matters.Invited(w.t.Context(), secret); err != nil || q.Number != n {
		w.t.Errorf("%+v, %v", q, err)
	}
	m := zhao.want(200, zhao.get("/matters/"+n))
	if l := m.list("invitations"); len(l) != 1 {
		w.t.Errorf("%d invitations", len(l))
	}
	zhao.want(200, zhao.post(at+"revoke", map[string]any{"invitation": m.text("invitations", "0", "id")}))
	zhao.want(409, zhao.post(at+"revoke", map[string]any{"invitation": m.text("invitations", "0", "id")}))
	tag := zhao.get("/matters/" + n).header.Get("ETag")
	zhao.want(200, zhao.post(at+"show_name", nil, "If-Match", tag))
	zhao.want(412, zhao.post(at+"hide_name", nil, "If-Match", tag))
	zhao.want(200, zhao.post(at+"hide_name", nil))
	done := zhao.want(200, zhao.post(at+"moderate", map[string]any{"part": "title", "words": "A bench", "reason": "It named a neighbour."}))
	if done.text("title") != "A bench" || done.text("moderations", "0", "original") == "" {
		w.t.Errorf("%s", done.body)
	}
	zhao.want(412, zhao.post(at+"moderate", map[string]any{"part": "all", "reason": "It names a neighbour."}, "If-Match", tag))
	if a := zhao.want(200, zhao.post(at+"restore", map[string]any{"moderation": done.text("moderations", "0", "id"), "reason": "It did not."})); a.text("title") == "A bench" {
		w.t.Errorf("%s", a.body)
	}
	app := w.key(access.NewKey{Name: "An app", Scopes: []access.KeyScope{access.RequestsWrite}})
	app.want(200, app.post(at+"support", map[string]any{"words": "I cannot sit down either.", "public": true, "from": "user 1"}))
	app.want(409, app.post(at+"support", map[string]any{"from": "user 1"}))
	app.want(403, app.post(at+"support", map[string]any{"words": "Nobody in particular."}))
	if a := app.want(200, app.post(at+"support", map[string]any{"from": "user 2"})); a.text("voices", "0", "words") != "I cannot sit down either." || a.json["supporters"] != 2.0 {
		w.t.Errorf("%s", a.body)
	}
	stranger := w.key(access.NewKey{Name: "Another app", Scopes: []access.KeyScope{access.RequestsWrite}})
	stranger.want(409, stranger.post(at+"unsupport", map[string]any{"from": "user 1"}))
	if a := app.want(200, app.post(at+"unsupport", map[string]any{"from": "user 1"})); a.json["supporters"] != 1.0 || len(a.list("voices")) != 0 {
		w.t.Errorf("%s", a.body)
	}
	for act, body := range map[string]map[string]any{"invite": {"party": "x", "words": "Whose is it?", "days": 99}, "revoke": {"invitation": "x"}, "moderate": {"part": "line:x", "reason": "It names a neighbour."}, "restore": {"moderation": "x", "reason": "It does not."}} {
		if a := zhao.want(422, zhao.post(at+act, body)); len(a.list("fields")) == 0 {
			w.t.Errorf("%s: %s", act, a.body)
		}
	}
}

// Every operation has its name in every language.
func TestEveryOperationIsNamed(t *testing.T) {
	t.Parallel()
	for _, o := range v1.Operations() {
		for _, lang := range i18n.Langs {
			if s := o.Summary(lang); s == "" || strings.Contains(s, "⟦") {
				t.Errorf("%s is called %q in %s", o.ID, s, lang)
			}
		}
	}
}

// unheard are the acts of which no event tells, with the reason.
var unheard = map[matters.Act]string{
	"attach":         "files of a report from another system, fetched after it: they stand with the matter in whatever is told of it next",
	matters.Invite:   "a question to an outsider, by a link that is theirs alone; what they reply is told",
	matters.Revoke:   "of such a link",
	matters.ShowName: "the reporter's own about their surname, which no message has",
	matters.HideName: "the reporter's own about their surname, which no message has",
	matters.Mention:  "written in the trail alone; the act on the other matter is told",
	matters.RuleAct:  "a line beside a classifying, which is told",
}

// Every act that there is is told to programs, by a name in every language, or a reason
// says why not.
func TestEveryActIsHeard(t *testing.T) {
	t.Parallel()
	there := actsThatThereAre(t)
	for _, a := range there {
		switch heard := slices.Contains(matters.Heard, a); {
		case heard && unheard[a] != "":
			t.Errorf("%s is told, and a reason says that it is not", a)
		case !heard && unheard[a] == "":
			t.Errorf("%s is told to nobody: add it to matters.Heard, or say why not", a)
		case heard:
			for _, lang := range i18n.Langs {
				if name := webhooks.EventOf(a).Name(lang); strings.Contains(name, "⟦") || name == webhooks.Test.Name(lang) {
					t.Errorf("%s is called %q in %s", a, name, lang)
				}
			}
		}
	}
	for i, a := range matters.Heard {
		if !slices.Contains(there, a) || slices.Contains(matters.Heard[:i], a) {
			t.Errorf("there is no act %s, or it is named twice", a)
		}
	}
	for a := range unheard {
		if !slices.Contains(there, a) {
			t.Errorf("there is no act %s", a)
		}
	}
}
