// SPDX-License-Identifier: Apache-2.0

package arch

import (
	"fmt"
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
)

// A life is a table of moves as it stands in the source of a domain.
type life struct {
	file   *File
	noun   string
	states []string
	acts   []string
	moves  [][3]string // from, act, to
}

// lives reads every flow.New call of the domains. The words are looked up among
// the constants of the package.
func (t *Tree) lives() []life {
	var all []life
	for _, f := range t.in(domain) {
		words := t.constants(f.Dir)
		ast.Inspect(f.AST, func(n ast.Node) bool {
			args, ok := flowCall(n, "New")
			if !ok || len(args) < 2 {
				return true
			}
			l := life{file: f}
			l.noun, _ = literal(args[0])
			l.add(words(args[1]))
			for _, a := range args[2:] {
				m, ok := flowCall(a, "On")
				if !ok || len(m) != 4 {
					continue
				}
				from, act, to := words(m[0]), words(m[1]), words(m[2])
				l.add(from)
				l.add(to)
				if !slices.Contains(l.acts, act) {
					l.acts = append(l.acts, act)
				}
				l.moves = append(l.moves, [3]string{from, act, to})
			}
			all = append(all, l)
			return true
		})
	}
	return all
}

func (l *life) add(state string) {
	if !slices.Contains(l.states, state) {
		l.states = append(l.states, state)
	}
}

// flowCall returns the arguments of a call of flow.<name>.
func flowCall(n ast.Node, name string) ([]ast.Expr, bool) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return nil, false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != name {
		return nil, false
	}
	x, ok := sel.X.(*ast.Ident)
	return call.Args, ok && x.Name == "flow"
}

// constants returns a function that gives the text of a constant of the package
// in dir, or of a literal.
func (t *Tree) constants(dir string) func(ast.Expr) string {
	values := map[string]string{}
	for _, f := range t.in(dir) {
		if f.Dir != dir {
			continue
		}
		ast.Inspect(f.AST, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok && len(v.Names) == len(v.Values) {
				for i, name := range v.Names {
					if s, ok := literal(v.Values[i]); ok {
						values[name.Name] = s
					}
				}
			}
			return true
		})
	}
	return func(e ast.Expr) string {
		if id, ok := e.(*ast.Ident); ok {
			return values[id.Name]
		}
		s, _ := literal(e)
		return s
	}
}

var route = regexp.MustCompile(`^POST /[^ ]*/([^/ ]+)$`)

// flows: the states of every table of moves are those of the CHECK on its table
// and have a label in every language; every act has a method of its domain's
// name, a route, and a word for its button; its diagram is the one in docs/flows.
func flows(t *Tree) []string {
	var faults []string
	for _, l := range t.lives() {
		at := l.file.Name
		fault := func(format string, args ...any) { faults = append(faults, at+": "+fmt.Sprintf(format, args...)) }
		d := domainOf(l.file.Dir)

		if check, ok := t.check(l.noun); !ok {
			fault("table %s has no CHECK (state IN (…))", l.noun)
		} else {
			for _, s := range diff(l.states, check) {
				fault("state %s is not in the CHECK of table %s", s, l.noun)
			}
			for _, s := range diff(check, l.states) {
				fault("the CHECK of table %s knows state %s, which the moves do not", l.noun, s)
			}
		}
		for _, lang := range t.langs() {
			for _, s := range l.states {
				if key := l.noun + ".state." + s; lang.words[key] == "" {
					fault("%s is missing in %s", key, lang.name)
				}
			}
			for _, a := range l.acts {
				if key := l.noun + ".act." + a; lang.words[key] == "" {
					fault("%s is missing in %s", key, lang.name)
				}
			}
		}
		routes, any := t.routes(d)
		for _, a := range l.acts {
			if !t.hasMethod(l.file.Dir, camel(a)) {
				fault("act %s has no method %s", a, camel(a))
			}
			if !any && !slices.Contains(routes, a) && !slices.Contains(routes, strings.ReplaceAll(a, "_", "-")) {
				fault("act %s has no route POST /%s/…/%s in internal/web/%s", a, d, a, d)
			}
		}
		doc := "docs/flows/" + l.noun + ".md"
		if text, ok := t.text(doc); !ok {
			fault("%s is missing: run make gen", doc)
		} else if want, have := l.drawn(), drawn(text); len(diff(want, have))+len(diff(have, want)) > 0 {
			fault("%s does not draw these moves: run make gen", doc)
		}
	}
	return faults
}

// check returns the states that the schema allows for a table.
func (t *Tree) check(table string) ([]string, bool) {
	_, files := t.tables()
	whole := regexp.MustCompile(`(?is)CREATE\s+TABLE\s+` + regexp.QuoteMeta(table) + `\s*\((.*?)\n\);`)
	in := regexp.MustCompile(`(?is)CHECK\s*\(\s*state\s+IN\s*\(([^)]*)\)`)
	for _, text := range files {
		if m := whole.FindStringSubmatch(text); m != nil {
			if c := in.FindStringSubmatch(m[1]); c != nil {
				var states []string
				for s := range strings.SplitSeq(c[1], ",") {
					states = append(states, strings.Trim(strings.TrimSpace(s), "'"))
				}
				return states, true
			}
		}
	}
	return nil, false
}

// routes returns the last parts of the POST routes of a domain's pages, and
// whether one of them stands for any act: it ends with {act}, or is put together
// of its beginning and the act's name.
func (t *Tree) routes(d string) (last []string, any bool) {
	for _, f := range t.in(web + "/" + d) {
		strs(f, func(_ ast.Node, s string) {
			if m := route.FindStringSubmatch(s); m != nil {
				last = append(last, m[1])
				any = any || m[1] == "{act}" || m[1] == "\x00"
			}
		})
	}
	return last, any
}

func (t *Tree) hasMethod(dir, name string) bool {
	for _, f := range t.in(dir) {
		for _, d := range f.AST.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil && fn.Name.Name == name && f.Dir == dir {
				return true
			}
		}
	}
	return false
}

var arrow = regexp.MustCompile(`(?m)^\s*(\w+)\s*-->\s*(\w+)\s*:\s*(\w+)`)

func (l life) drawn() []string {
	var ms []string
	for _, m := range l.moves {
		ms = append(ms, m[0]+" "+m[1]+" "+m[2])
	}
	return ms
}

func drawn(text string) []string {
	var ms []string
	for _, m := range arrow.FindAllStringSubmatch(text, -1) {
		ms = append(ms, m[1]+" "+m[3]+" "+m[2])
	}
	return ms
}

// frozenStates: states.txt lists "noun state" for every state there ever was; a
// state may be added to both, but never taken from either.
func frozenStates(t *Tree) []string {
	const list = "internal/arch/states.txt"
	var faults, now []string
	nouns := map[string]bool{}
	for _, l := range t.lives() {
		nouns[l.noun] = true
		for _, s := range l.states {
			now = append(now, l.noun+" "+s)
		}
	}
	kept := t.lines(list)
	for _, s := range diff(now, kept) {
		faults = append(faults, fmt.Sprintf("%s: add the new state %q", list, s))
	}
	for _, s := range diff(kept, now) {
		faults = append(faults, fmt.Sprintf("%s: state %q is gone from the moves, but may be in a database", list, s))
	}
	return faults
}

// history: released.txt lists "sha256 file" for every migration of a release.
func history(t *Tree) []string {
	const list = "internal/arch/released.txt"
	var faults []string
	for _, l := range t.lines(list) {
		hash, name, _ := strings.Cut(l, " ")
		name = path.Join(schema, strings.TrimSpace(name))
		text, ok := t.text(name)
		if !ok {
			faults = append(faults, fmt.Sprintf("%s: a released migration is gone", name))
		} else if sum(text) != hash {
			faults = append(faults, fmt.Sprintf("%s: a released migration was changed; write a new one", name))
		}
	}
	return faults
}

// diff returns what a has and b has not.
func diff(a, b []string) []string {
	var ds []string
	for _, s := range a {
		if !slices.Contains(b, s) {
			ds = append(ds, s)
		}
	}
	return ds
}

// camel turns send_back into SendBack.
func camel(s string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(s, "_") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}
