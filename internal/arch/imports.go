// SPDX-License-Identifier: Apache-2.0

package arch

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"
)

// module is the path of this module.
const module = "yuanba"

// ring is a folder and the folders its packages may import. The first ring that
// holds a package is its own; every package must lie in one.
type ring struct {
	folder string
	may    []string
}

var (
	kit      = "internal/kit"
	domain   = "internal/domain"
	web      = "internal/web"
	api      = "internal/api"
	app      = "internal/app"
	apptest  = "internal/apptest"
	schema   = "internal/schema"
	locale   = "internal/locale"
	everyday = []string{kit, domain, schema, locale} // what all outer rings may use
)

var ringList = []ring{
	{schema, nil},
	{kit, []string{kit, schema}},
	{locale, []string{kit}},
	{domain, []string{kit, domain, schema, locale}},
	{web, append([]string{web}, everyday...)},
	{api, append([]string{api}, everyday...)},
	{"internal/sim", append([]string{"internal/sim"}, everyday...)},
	{app, append([]string{app, web, api, "internal/sim"}, everyday...)},
	{apptest, append([]string{app, apptest, web, api, "internal/sim"}, everyday...)},
	{"internal/bench", append([]string{"internal/bench", app, "internal/sim"}, everyday...)},
	{"internal/durability", append([]string{"internal/bench", app}, everyday...)},
	{"internal/e2e", append([]string{app, apptest, "internal/e2e", "internal/sim"}, everyday...)},
	{"internal/arch", nil},
	{"cmd", []string{"cmd", app, "internal/bench", kit, domain, schema, locale}},
	{"tools", []string{"tools", kit, domain, schema, locale}},
}

// Domains lists the domains from the ground up. A domain may import only those
// that stand before it; a new one is put in its place here.
var Domains = []string{"trail", "places", "orgs", "people", "access", "field", "calendars", "letters", "replies", "matters", "patrol", "questions", "desk", "affairs", "volunteers", "routing", "exchange", "webhooks", "hotissues", "insights"}

// imports calls f for every import of a file.
func imports(f *File, yield func(spec *ast.ImportSpec, path string)) {
	for _, spec := range f.AST.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		yield(spec, p)
	}
}

func rings(t *Tree) []string {
	var faults []string
	for _, f := range t.Go {
		i := slices.IndexFunc(ringList, func(r ring) bool { return under(f.Dir, r.folder) })
		if i < 0 {
			faults = append(faults, fmt.Sprintf("%s: %s is in no ring: put it in internal/arch/imports.go", f.Name, f.Dir))
			continue
		}
		may := ringList[i].may
		if f.Test { // a test may start the whole program, or read the words
			may = append(slices.Clone(may), apptest, schema, locale)
		}
		imports(f, func(spec *ast.ImportSpec, p string) {
			to, ours := strings.CutPrefix(p, module+"/")
			ownTest := f.Test && to == f.Dir
			if ours && !ownTest && !slices.ContainsFunc(may, func(m string) bool { return under(to, m) }) {
				faults = append(faults, fmt.Sprintf("%s: %s may not import %s", t.at(spec), ringList[i].folder, to))
			}
		})
	}
	return faults
}

func groundUp(t *Tree) []string {
	var faults []string
	for _, d := range t.folders(domain) {
		if !slices.Contains(Domains, d) {
			faults = append(faults, fmt.Sprintf("%s/%s: not in the list of domains in internal/arch/imports.go", domain, d))
		}
	}
	for _, f := range t.in(domain) {
		from := domainOf(f.Dir)
		imports(f, func(spec *ast.ImportSpec, p string) {
			to := domainOf(strings.TrimPrefix(p, module+"/"))
			if to != "" && to != from && slices.Index(Domains, to) >= slices.Index(Domains, from) {
				faults = append(faults, fmt.Sprintf("%s: domain %s stands above %s", t.at(spec), to, from))
			}
		})
	}
	return faults
}

// domainOf returns the domain a folder belongs to, "" if none.
func domainOf(dir string) string {
	rest, ok := strings.CutPrefix(dir, domain+"/")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, "/")
	return name
}

func domainsShowNothing(t *Tree) []string {
	var faults []string
	shown := []string{"net/http", "html/template", "text/template", "os/exec", "github.com/spf13/cobra", "github.com/google/safehtml"}
	for _, f := range t.in(domain) {
		imports(f, func(spec *ast.ImportSpec, p string) {
			if slices.ContainsFunc(shown, func(s string) bool { return under(p, s) }) {
				faults = append(faults, fmt.Sprintf("%s: a domain imports %s", t.at(spec), p))
			}
		})
	}
	return faults
}

// modules holds go.mod, the imports and modules.txt together: each module that
// is imported has a line "module reason", each line a module.
func modules(t *Tree) []string {
	text, ok := t.text("go.mod")
	if !ok {
		return nil
	}
	mod, err := modfile.Parse("go.mod", []byte(text), nil)
	if err != nil {
		return []string{err.Error()}
	}
	var faults, known []string
	for _, r := range mod.Require {
		known = append(known, r.Mod.Path)
	}
	const list = "internal/arch/modules.txt"
	reasons := map[string]string{}
	for _, l := range t.lines(list) {
		m, why, _ := strings.Cut(l, " ")
		if reasons[m] = strings.TrimSpace(why); reasons[m] == "" {
			faults = append(faults, fmt.Sprintf("%s: %s has no reason", list, m))
		}
		if !slices.Contains(known, m) {
			faults = append(faults, fmt.Sprintf("%s: %s is not in go.mod", list, m))
		}
	}
	said := map[string]bool{}
	for _, f := range t.Go {
		imports(f, func(spec *ast.ImportSpec, p string) {
			m := moduleOf(p, known)
			if _, ok := reasons[m]; m == "" || ok || said[m] {
				return
			}
			said[m] = true
			faults = append(faults, fmt.Sprintf("%s: module %s is used without a reason in %s", t.at(spec), m, list))
		})
	}
	return faults
}

// moduleOf returns the module of an imported package, "" for the standard
// library and our own.
func moduleOf(pkg string, known []string) string {
	if first, _, _ := strings.Cut(pkg, "/"); !strings.Contains(first, ".") {
		return ""
	}
	for p := pkg; p != "."; p = path.Dir(p) {
		if slices.Contains(known, p) {
			return p
		}
	}
	return pkg
}

// PinFault says whether a module pins another at a different version than the
// one whose requirement it is: ours and theirs are go.mod files, theirs being
// that of the module via.
func PinFault(ours, theirs []byte, via, pinned string) string {
	find := func(text []byte) string {
		mod, err := modfile.ParseLax("go.mod", text, nil)
		if err != nil {
			return err.Error()
		}
		for _, r := range mod.Require {
			if r.Mod.Path == pinned {
				return r.Mod.Version
			}
		}
		return "none"
	}
	if a, b := find(ours), find(theirs); a != b {
		return fmt.Sprintf("go.mod: %s is at %s, but %s is built against %s", pinned, a, via, b)
	}
	return ""
}
