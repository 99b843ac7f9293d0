// SPDX-License-Identifier: Apache-2.0

package arch

import (
	"io/fs"
	"maps"
	"strings"
	"testing"
	"testing/fstest"
)

const spdx = "// SPDX-License-Identifier: Apache-2.0\n\n"

// sound is a small tree that keeps every law.
var sound = map[string]string{
	"go.mod":                         "module yuanba\n\ngo 1.26.0\n\nrequire example.com/qr v1.0.0\n",
	"ARCHITECTURE.md":                "Domains: internal/domain/trail, internal/domain/matters. See [the life](docs/flows/matter.md).\n",
	"docs/flows/matter.md":           "```mermaid\n    [*] --> received\n    received --> closed: send_back (intake)\n```\n",
	"internal/arch/modules.txt":      "# module reason\nexample.com/qr draws the code on the slip\n",
	"internal/arch/states.txt":       "matter received\nmatter closed\n",
	"internal/arch/released.txt":     sum(trailSQL) + " 0002_trail.sql\n",
	"internal/schema/0002_trail.sql": trailSQL,
	"internal/schema/0007_matters.sql": "CREATE TABLE matter (\n  state TEXT CHECK (state IN ('received','closed')),\n" +
		"  line BIGINT REFERENCES trail (id)\n);\n",
	"internal/locale/zh-CN/matters.json": `{"matter.state.received": "已收到", "matter.state.closed": "已结案", "matter.act.send_back": "退回", "matter.none": "没有 {0} 号事项"}`,
	"internal/locale/en/matters.json":    `{"matter.state.received": "received", "matter.state.closed": "closed", "matter.act.send_back": "send back", "matter.none": "no matter {0}", "matter.none.one": "no matter {0}"}`,
	"internal/kit/errs/errs.go":          spdx + "// Package errs speaks.\npackage errs\n",
	"internal/domain/trail/trail.go":     spdx + "// Package trail remembers.\npackage trail\n",
	"internal/domain/matters/flow.go": spdx + "// Package matters hears.\npackage matters\n\nimport \"yuanba/internal/domain/trail\"\n\n" +
		"const (\n\tReceived State = \"received\"\n\tClosed State = \"closed\"\n\tSendBack Act = \"send_back\"\n)\n\n" +
		"var Flow = flow.New(\"matter\", Received, flow.On(Received, SendBack, Closed, \"intake\"))\n\nvar none = errs.New(errs.NotFound, \"matter.none\", 1)\n",
	"internal/domain/matters/service.go": spdx + "package matters\n\nfunc (s *Service) SendBack() error { return nil }\n\n" +
		"func (s *Service) ListOpen(by scope.Actor) error { return nil }\n",
	"internal/domain/matters/store.go": spdx + "package matters\n\nconst save = `UPDATE matter SET state = $1 WHERE id = $2`\n\n" +
		"func list(tx *Tx) { tx.Each(`SELECT id FROM matter ORDER BY id LIMIT $1`) }\n",
	"internal/web/matters/act.go":   spdx + "// Package matters shows.\npackage matters\n\nimport _ \"example.com/qr\"\n\nconst r = \"POST /matters/{id}/send-back\"\n",
	"internal/web/matters/act.html": `<p>{{t "matter.none" 3}}</p>`,
	"cmd/yuanba/main.go":            spdx + "// Yuanba runs a town.\npackage main\n",
}

const trailSQL = "CREATE TABLE trail (\n  id BIGINT\n);\n"

// broken says how to break each law: files to put in place of the sound ones ("-"
// takes one away), and what the fault must say.
var broken = []struct {
	law, name string
	files     map[string]string
	want      string
}{
	{"rings", "kit imports a domain", map[string]string{"internal/kit/errs/errs.go": spdx + "package errs\nimport _ \"yuanba/internal/domain/trail\"\n"}, "internal/kit may not import internal/domain/trail"},
	{"rings", "a domain imports a page", map[string]string{"internal/domain/trail/x.go": spdx + "package trail\nimport _ \"yuanba/internal/web/page\"\n"}, "internal/domain may not import internal/web/page"},
	{"rings", "the pages import the interface", map[string]string{"internal/web/x/x.go": spdx + "package x\nimport _ \"yuanba/internal/api/v1\"\n"}, "internal/web may not import internal/api/v1"},
	{"rings", "a page imports the wiring", map[string]string{"internal/web/x/x.go": spdx + "package x\nimport _ \"yuanba/internal/app\"\n"}, "internal/web may not import internal/app"},
	{"rings", "a folder outside", map[string]string{"pkg/util/x.go": spdx + "package util\n"}, "pkg/util is in no ring"},
	{"ground up", "upwards", map[string]string{"internal/domain/trail/x.go": spdx + "package trail\nimport _ \"yuanba/internal/domain/matters\"\n"}, "domain matters stands above trail"},
	{"ground up", "a new domain", map[string]string{"internal/domain/gossip/x.go": spdx + "package gossip\n"}, "not in the list of domains"},
	{"domains show nothing", "http", map[string]string{"internal/domain/trail/x.go": spdx + "package trail\nimport _ \"net/http\"\n"}, "a domain imports net/http"},
	{"tables have owners", "reading another's table", map[string]string{"internal/domain/trail/store.go": spdx + "package trail\nconst q = `SELECT id FROM matter LIMIT 1`\n"}, "table matter belongs to matters"},
	{"tables have owners", "a page reads", map[string]string{"internal/web/matters/x.go": spdx + "package matters\nconst q = \"SELECT id\" + cols + \" FROM matter\"\n"}, "table matter belongs to matters"},
	{"tables point down", "upwards", map[string]string{"internal/schema/0002_trail.sql": "CREATE TABLE trail (\n m BIGINT REFERENCES matter (id)\n);\n"}, "which stands above trail"},
	{"tables point down", "nobody's", map[string]string{"internal/schema/0009_gossip.sql": "CREATE TABLE gossip (\n id BIGINT\n);\n"}, "no domain or mechanism is called gossip"},
	{"SQL in stores", "in a use case", map[string]string{"internal/domain/matters/service.go": spdx + "package matters\nfunc (s *Service) SendBack() { exec(\"DELETE FROM matter\") }\n"}, "SQL outside a domain's store: DELETE FROM matter"},
	{"SQL in stores", "in a page's store", map[string]string{"internal/web/matters/store.go": spdx + "package matters\nconst q = `SELECT 1`\n"}, "SQL outside a domain's store"},
	{"engine names", "the driver", map[string]string{"internal/app/x.go": spdx + "// Package app wires.\npackage app\nimport _ \"modernc.org/sqlite\"\n"}, "imports modernc.org/sqlite"},
	{"engine names", "a switch", map[string]string{"internal/domain/matters/x.go": spdx + "package matters\nvar x = db.Engine() == sqldb.Postgres\n"}, "names an engine: Postgres"},
	{"one door", "a second one", map[string]string{"internal/domain/matters/store_two.go": spdx + "package matters\nconst q = `UPDATE matter SET version = 1, state = 'closed' WHERE id = $1`\n"}, "state of matter is set in 2 places"},
	{"the table is the law", "CHECK lacks a state", map[string]string{"internal/schema/0007_matters.sql": "CREATE TABLE matter (\n  state TEXT CHECK (state IN ('received'))\n);\n"}, "state closed is not in the CHECK"},
	{"the table is the law", "CHECK knows more", map[string]string{"internal/schema/0007_matters.sql": "CREATE TABLE matter (\n  state TEXT CHECK (state IN ('received','closed','lost'))\n);\n"}, "knows state lost"},
	{"the table is the law", "no label", map[string]string{"internal/locale/en/matters.json": `{"matter.state.received": "received"}`}, "matter.state.closed is missing in en"},
	{"the table is the law", "no method", map[string]string{"internal/domain/matters/service.go": spdx + "package matters\n"}, "act send_back has no method SendBack"},
	{"the table is the law", "no route", map[string]string{"internal/web/matters/act.go": "-"}, "act send_back has no route"},
	{"the table is the law", "a route of something else", map[string]string{"internal/web/matters/act.go": spdx + "package matters\nconst r = \"POST /matters/{id}/slip\"\n"}, "act send_back has no route"},
	{"the table is the law", "no diagram", map[string]string{"docs/flows/matter.md": "-"}, "docs/flows/matter.md is missing"},
	{"the table is the law", "an old diagram", map[string]string{"docs/flows/matter.md": "received --> received: send_back (intake)\n"}, "does not draw these moves"},
	{"states are forever", "a new one not listed", map[string]string{"internal/arch/states.txt": "matter received\n"}, `add the new state "matter closed"`},
	{"states are forever", "an old one gone", map[string]string{"internal/arch/states.txt": "matter received\nmatter closed\nmatter verified\n"}, `state "matter verified" is gone`},
	{"no hidden time or chance", "the clock", map[string]string{"internal/domain/matters/x.go": spdx + "package matters\nimport \"time\"\nvar now = time.Now()\n"}, "a domain uses time.Now"},
	{"no hidden time or chance", "dice", map[string]string{"internal/domain/matters/x.go": spdx + "package matters\nimport _ \"math/rand/v2\"\n"}, "a domain imports math/rand/v2"},
	{"lists are limited", "for anybody", map[string]string{"internal/domain/matters/service.go": spdx + "package matters\nfunc (s *Service) SendBack() {}\nfunc (s *Service) ListOpen(n int) {}\n"}, "ListOpen takes no scope.Actor"},
	{"lists are limited", "without end", map[string]string{"internal/domain/matters/store.go": spdx + "package matters\nfunc listAll(tx *Tx) { tx.Each(`SELECT id FROM matter`) }\n"}, "the query of listAll has no LIMIT"},
	{"keys exist", "in Go", map[string]string{"internal/domain/matters/x.go": spdx + "package matters\nvar e = errs.New(errs.Invalid, \"matter.title.empty\")\n"}, "no text for matter.title.empty"},
	{"keys exist", "in a template", map[string]string{"internal/web/matters/act.html": "<p>\n{{if .X}}{{.Y | printf (t \"matter.hello\")}}{{end}}"}, "act.html:2: no text for matter.hello"},
	{"keys are used", "left behind", map[string]string{"internal/locale/zh-CN/more.json": `{"matter.old": "旧"}`}, "matter.old is shown nowhere"},
	{"keys are used", "help of nothing", map[string]string{"internal/locale/zh-CN/more.json": `{"matter.old.help": "旧"}`}, "matter.old.help is shown nowhere"},
	{"languages complete", "missing", map[string]string{"internal/locale/en/matters.json": `{}`}, "matter.none is missing in en"},
	{"languages complete", "more", map[string]string{"internal/locale/en/more.json": `{"matter.more": "more"}`}, "matter.more is not in zh-CN"},
	{"languages complete", "another hole", map[string]string{"internal/locale/en/matters.json": strings.Replace(sound["internal/locale/en/matters.json"], `"no matter {0}"`, `"no matter"`, 1)}, "has not the holes"},
	{"languages complete", "empty", map[string]string{"internal/locale/zh-CN/more.json": `{"a.b": " "}`}, "a.b is empty"},
	{"languages complete", "twice", map[string]string{"internal/locale/zh-CN/more.json": `{"matter.none": "无"}`}, "matter.none stands in"},
	{"history is fixed", "changed", map[string]string{"internal/schema/0002_trail.sql": trailSQL + "-- more"}, "was changed"},
	{"history is fixed", "gone", map[string]string{"internal/schema/0002_trail.sql": "-"}, "is gone"},
	{"modules have reasons", "a new one", map[string]string{"internal/arch/modules.txt": "\n"}, "module example.com/qr is used without a reason"},
	{"modules have reasons", "no reason", map[string]string{"internal/arch/modules.txt": "example.com/qr\n"}, "example.com/qr has no reason"},
	{"modules have reasons", "an old one", map[string]string{"internal/arch/modules.txt": "example.com/qr slips\nexample.com/old once\n"}, "example.com/old is not in go.mod"},
	{"packages speak", "silent", map[string]string{"internal/kit/errs/errs.go": spdx + "package errs\n"}, "internal/kit/errs: no package comment"},
	{"the picture is true", "a domain more", map[string]string{"ARCHITECTURE.md": "internal/domain/trail internal/domain/matters internal/domain/moon"}, "names internal/domain/moon"},
	{"the picture is true", "a domain less", map[string]string{"ARCHITECTURE.md": "internal/domain/trail"}, "does not name internal/domain/matters"},
	{"links resolve", "dead", map[string]string{"docs/a.md": "see [b](b.md#x)"}, "links to b.md#x"},
	{"files stay short", "long", map[string]string{"internal/web/static/a.css": "/* SPDX-License-Identifier: Apache-2.0 */\n" + strings.Repeat("\n", 500)}, "501 lines"},
	{"licence line", "none", map[string]string{"internal/kit/errs/x.go": "package errs\n"}, "no SPDX line"},
	{"no machine's path", "a home", map[string]string{"docs/a.md": "run /" + "home/anna/yuanba"}, "docs/a.md:1: a path of one machine"},
	{"no machine's path", "a registry", map[string]string{"package-lock.json": `{"resolved": "x"}`}, "names the host of a registry"},
}

// lawful are other ways of keeping a law.
var lawful = []struct {
	law, name string
	files     map[string]string
}{
	{"the table is the law", "one route for every act", map[string]string{"internal/web/matters/act.go": spdx + "package matters\nfunc f(act string) string { return \"POST /matters/{id}/\" + act }\n"}},
	{"keys are used", "the help of a field", map[string]string{"internal/locale/zh-CN/more.json": `{"matter.none.help": "请核对"}`}},
}

// TestLawsLetPass holds the laws up against what keeps them in another way.
func TestLawsLetPass(t *testing.T) {
	t.Parallel()
	for _, l := range lawful {
		for _, law := range Laws {
			if law.Name != l.law {
				continue
			}
			if faults := law.Check(tree(t, l.files)); len(faults) > 0 {
				t.Errorf("%s: finds fault with %s:\n%s", l.law, l.name, strings.Join(faults, "\n"))
			}
		}
	}
}

func tree(t *testing.T, change map[string]string) *Tree {
	t.Helper()
	all := maps.Clone(sound)
	maps.Copy(all, change)
	fsys := fstest.MapFS{}
	for name, text := range all {
		if text != "-" {
			fsys[name] = &fstest.MapFile{Data: []byte(text), Mode: fs.FileMode(0o644)}
		}
	}
	tr, err := Read(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// TestLawsBite breaks each law on purpose and sees it say so; a sound tree it
// lets pass.
func TestLawsBite(t *testing.T) {
	t.Parallel()
	byName := map[string]Law{}
	for _, law := range Laws {
		byName[law.Name] = law
		if faults := law.Check(tree(t, nil)); len(faults) > 0 {
			t.Errorf("%s: finds fault with a sound tree:\n%s", law.Name, strings.Join(faults, "\n"))
		}
	}
	seen := map[string]bool{}
	for _, b := range broken {
		seen[b.law] = true
		t.Run(strings.ReplaceAll(b.law+"/"+b.name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			law, ok := byName[b.law]
			if !ok {
				t.Fatalf("there is no law %q", b.law)
			}
			faults := strings.Join(law.Check(tree(t, b.files)), "\n")
			if !strings.Contains(faults, b.want) {
				t.Errorf("the law did not say %q, but:\n%s", b.want, faults)
			}
		})
	}
	for _, law := range Laws {
		if !seen[law.Name] {
			t.Errorf("law %q has never been seen to fail", law.Name)
		}
	}
}

func TestPinBites(t *testing.T) {
	t.Parallel()
	mod := func(v string) []byte { return []byte("module m\n\ngo 1.26\n\nrequire modernc.org/libc " + v + "\n") }
	if f := PinFault(mod("v1.79.0"), mod("v1.79.0"), "a", "modernc.org/libc"); f != "" {
		t.Error(f)
	}
	if f := PinFault(mod("v1.80.0"), mod("v1.79.0"), "a", "modernc.org/libc"); !strings.Contains(f, "built against v1.79.0") {
		t.Errorf("two versions were let pass: %q", f)
	}
}
