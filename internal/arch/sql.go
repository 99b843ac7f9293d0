// SPDX-License-Identifier: Apache-2.0

package arch

import (
	"fmt"
	"go/ast"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

var (
	migration = regexp.MustCompile(`^internal/schema/(\d{4})_([a-z]+)[a-z_]*(\.sqlite|\.postgres)?\.sql$`)
	creates   = regexp.MustCompile(`(?im)^\s*CREATE\s+(?:VIRTUAL\s+)?(?:UNLOGGED\s+)?(TABLE|VIEW)\s+(?:IF\s+NOT\s+EXISTS\s+)?([a-z_0-9]+)`)
	refers    = regexp.MustCompile(`(?i)\bREFERENCES\s+([a-z_0-9]+)`)
	names     = regexp.MustCompile(`\b(?:FROM|JOIN|INTO|UPDATE|TABLE|VIEW)\s+([a-z_][a-z_0-9]*)`)
	statement = regexp.MustCompile(`(?s)\b(?:SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(?:UNIQUE\s+)?(?:TABLE|INDEX|VIEW|DATABASE)|ORDER BY|GROUP BY|LEFT JOIN)\b|^\s*(?:SELECT|PRAGMA|VACUUM)\s`)
	sets      = regexp.MustCompile(`(?s)\bUPDATE\s+([a-z_0-9]+)\s+SET\s(.*)`)
	setsState = regexp.MustCompile(`(?:^|[\s,(])state\s*=`)
)

// mechanisms are the folders beside the stores that may hold SQL, and may know
// which engine they talk to.
var mechanisms = []string{"internal/kit/sqldb", "internal/kit/search", "internal/kit/jobs"}

// tables returns the owner of every table and view, by the name of the migration
// that makes it, and the text of the migrations.
func (t *Tree) tables() (owner map[string]string, files map[string]string) {
	owner, files = map[string]string{}, map[string]string{}
	for _, name := range t.Names {
		m := migration.FindStringSubmatch(name)
		if m == nil {
			continue
		}
		files[name], _ = t.text(name)
		for _, c := range creates.FindAllStringSubmatch(files[name], -1) {
			owner[c[2]] = m[2]
		}
	}
	return owner, files
}

// ownerOf returns the owner a Go file may speak for: its domain, or "kit",
// "search", "jobs" for the mechanisms.
func ownerOf(f *File) string {
	if d := domainOf(f.Dir); d != "" {
		return d
	}
	if under(f.Dir, kit) {
		rest := strings.TrimPrefix(f.Dir, kit+"/")
		name, _, _ := strings.Cut(rest, "/")
		return name
	}
	return ""
}

func owners(t *Tree) []string {
	owner, _ := t.tables()
	var faults []string
	for _, f := range t.in("internal", "cmd", "tools") {
		strs(f, func(n ast.Node, s string) {
			for _, m := range names.FindAllStringSubmatch(s, -1) {
				of, ours := owner[m[1]]
				by := ownerOf(f)
				kitOwn := of == "kit" && under(f.Dir, kit)
				facts := strings.HasSuffix(m[1], "_facts") && by == "insights"
				if ours && by != of && !kitOwn && !facts {
					faults = append(faults, fmt.Sprintf("%s: table %s belongs to %s", t.at(n), m[1], of))
				}
			}
		})
	}
	return faults
}

func pointDown(t *Tree) []string {
	owner, files := t.tables()
	rank := func(o string) int { return slices.Index(Domains, o) } // kit, search and jobs stand below all
	var faults []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		mine := migration.FindStringSubmatch(name)[2]
		if under(domain+"/"+mine, domain) && rank(mine) < 0 && !slices.Contains(t.folders(kit), mine) && mine != "kit" {
			faults = append(faults, fmt.Sprintf("%s: no domain or mechanism is called %s", name, mine))
		}
		for _, m := range refers.FindAllStringSubmatch(files[name], -1) {
			if of, ok := owner[m[1]]; ok && rank(of) > rank(mine) {
				faults = append(faults, fmt.Sprintf("%s: refers to %s of %s, which stands above %s", name, m[1], of, mine))
			}
		}
	}
	return faults
}

func sqlInStores(t *Tree) []string {
	var faults []string
	for _, f := range t.in("internal", "cmd") {
		if slices.ContainsFunc(mechanisms, func(m string) bool { return under(f.Dir, m) }) || under(f.Dir, "internal/arch") {
			continue
		}
		if (domainOf(f.Dir) != "" || under(f.Dir, "cmd") || under(f.Dir, "internal/bench")) && strings.HasPrefix(path.Base(f.Name), "store") {
			continue
		}
		strs(f, func(n ast.Node, s string) {
			if statement.MatchString(s) {
				faults = append(faults, fmt.Sprintf("%s: SQL outside a domain's store: %s", t.at(n), short(s)))
			}
		})
	}
	return faults
}

var (
	engineWord = regexp.MustCompile(`(?i)sqlite|pgx|postgres`)
	driver     = regexp.MustCompile(`^(modernc\.org/sqlite|github\.com/jackc/|database/sql/driver)`)
)

func engineNames(t *Tree) []string {
	var faults []string
	for _, f := range t.in("internal", "cmd") {
		if slices.ContainsFunc(mechanisms, func(m string) bool { return under(f.Dir, m) }) || under(f.Dir, "internal/arch") {
			continue
		}
		imports(f, func(spec *ast.ImportSpec, p string) {
			if p != "database/sql/driver" && driver.MatchString(p) { // a type may say how it is stored, in any engine
				faults = append(faults, fmt.Sprintf("%s: imports %s", t.at(spec), p))
			}
		})
		if !under(f.Dir, kit) && !under(f.Dir, domain) && !under(f.Dir, web) && !under(f.Dir, api) {
			continue // the wiring and the commands must be able to name what they open
		}
		ast.Inspect(f.AST, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec:
				return false
			case *ast.Ident:
				if engineWord.MatchString(n.Name) {
					faults = append(faults, fmt.Sprintf("%s: names an engine: %s", t.at(n), n.Name))
				}
			case *ast.BasicLit:
				if s, ok := literal(n); ok && engineWord.MatchString(s) {
					faults = append(faults, fmt.Sprintf("%s: names an engine: %s", t.at(n), short(s)))
				}
			}
			return true
		})
	}
	return faults
}

func oneDoor(t *Tree) []string {
	doors := map[string][]string{}
	for _, f := range t.in("internal") {
		if under(f.Dir, "internal/arch") {
			continue
		}
		strs(f, func(n ast.Node, s string) {
			for _, m := range sets.FindAllStringSubmatch(s, -1) {
				set, _, _ := strings.Cut(m[2], "WHERE")
				if setsState.MatchString(set) {
					doors[m[1]] = append(doors[m[1]], t.at(n))
				}
			}
		})
	}
	var faults []string
	for _, table := range slices.Sorted(maps.Keys(doors)) {
		if places := doors[table]; len(places) > 1 {
			faults = append(faults, fmt.Sprintf("%s: state of %s is set in %d places: %s", places[1], table, len(places), strings.Join(places, ", ")))
		}
	}
	return faults
}

// hiddenTime forbids a domain to look at the clock or to throw dice: the time is
// tx.Now(), identities are tx.NewID(), and a source of chance is handed in.
func hiddenTime(t *Tree) []string {
	banned := map[string][]string{
		"time":                        {"Now", "Since", "Until", "Sleep", "Local"},
		"math/rand":                   nil, // all of it
		"math/rand/v2":                nil,
		"crypto/rand":                 nil,
		"yuanba/" + "internal/kit/id": {"New", "NewSource"},
	}
	var faults []string
	for _, f := range t.in(domain) {
		local := map[string]string{}
		imports(f, func(spec *ast.ImportSpec, p string) {
			if _, ok := banned[p]; !ok {
				return
			}
			name := path.Base(p)
			if name == "v2" {
				name = "rand"
			}
			if spec.Name != nil {
				name = spec.Name.Name
			}
			local[name] = p
			if banned[p] == nil {
				faults = append(faults, fmt.Sprintf("%s: a domain imports %s", t.at(spec), p))
			}
		})
		ast.Inspect(f.AST, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, ok := sel.X.(*ast.Ident)
			if ok && x.Obj == nil && slices.Contains(banned[local[x.Name]], sel.Sel.Name) {
				faults = append(faults, fmt.Sprintf("%s: a domain uses %s.%s", t.at(sel), x.Name, sel.Sel.Name))
			}
			return true
		})
	}
	return faults
}

// limitedLists: an exported List… of a domain takes the actor or a scope, and a
// function of a store that is called list… has a LIMIT. A list that is short by
// nature says so in its comment with "few:" and the reason.
func limitedLists(t *Tree) []string {
	var faults []string
	for _, f := range t.in(domain) {
		for _, d := range f.AST.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil || strings.Contains(fn.Doc.Text(), "few: ") {
				continue
			}
			src := func(n ast.Node) string { return f.Src[t.fset.Position(n.Pos()).Offset:t.fset.Position(n.End()).Offset] }
			switch {
			case strings.HasPrefix(fn.Name.Name, "List"):
				if !strings.Contains(src(fn.Type.Params), "scope.") {
					faults = append(faults, fmt.Sprintf("%s: %s takes no scope.Actor or scope.Scopes (or say \"few: why\" in its comment)", t.at(fn), fn.Name.Name))
				}
			case strings.HasPrefix(fn.Name.Name, "list") && strings.HasPrefix(path.Base(f.Name), "store"):
				if !strings.Contains(src(fn.Body), "LIMIT") {
					faults = append(faults, fmt.Sprintf("%s: the query of %s has no LIMIT (or say \"few: why\" in its comment)", t.at(fn), fn.Name.Name))
				}
			}
		}
	}
	return faults
}

// short returns the beginning of s on one line.
func short(s string) string {
	s = strings.Join(strings.Fields(strings.ReplaceAll(s, "\x00", "…")), " ")
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
