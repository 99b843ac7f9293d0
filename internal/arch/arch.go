// SPDX-License-Identifier: Apache-2.0

// Package arch is the law of this code base, as tests.
//
// Each [Law] is a pure function over a file tree, and says what breaks it and
// why that matters. TestLaws holds them up against this checkout; TestLawsBite
// holds each up against a small tree that breaks it on purpose, so that a law
// that has gone blind is noticed. The tree is read through package os, not by
// asking the go command, so that go test knows when to look again.
//
// Where a law needs to know something that the code cannot tell (the order of
// the domains, the reason for a dependency, a state that was once given out), it
// stands in a list: in imports.go, modules.txt, states.txt or released.txt here.
package arch

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// A Law is something that holds for every file of the tree.
type Law struct {
	Name  string
	Why   string
	Check func(*Tree) []string // the faults, each "file:line: what is wrong"
}

// Laws are all laws, in the order of the manner of building.
var Laws = []Law{
	{"rings", "kit knows no town, a domain no page, a page no wiring", rings},
	{"ground up", "a domain stands only on those below it", groundUp},
	{"domains show nothing", "what the town does must not know how it is shown", domainsShowNothing},
	{"tables have owners", "whoever changes a table must find all its readers in one folder", owners},
	{"tables point down", "a table may name only what stands below it", pointDown},
	{"SQL in stores", "every query can be found by its file's name", sqlInStores},
	{"engine names", "two engines stay interchangeable only while one folder knows them", engineNames},
	{"one door", "a state changes in one statement, behind one function", oneDoor},
	{"the table is the law", "states, labels, routes, methods and diagrams say the same", flows},
	{"states are forever", "a state once given out is in somebody's database", frozenStates},
	{"no hidden time or chance", "a year of the town must be playable in seconds, twice alike", hiddenTime},
	{"lists are limited", "a list without an actor leaks, one without a limit falls over", limitedLists},
	{"keys exist", "a missing text is a blank on somebody's page", keysExist},
	{"keys are used", "a text nobody shows is a text nobody mends", keysUsed},
	{"languages complete", "who reads English reads the same page", languages},
	{"history is fixed", "a released migration has run where we cannot see it", history},
	{"modules have reasons", "each dependency is somebody else's code that we answer for", modules},
	{"packages speak", "a package without a comment is a room without a sign", packageComments},
	{"the picture is true", "ARCHITECTURE.md names the domains there are", picture},
	{"links resolve", "a dead link is a lie told slowly", links},
	{"files stay short", "split the noun, not the layer", shortFiles},
	{"licence line", "each file says under which terms it may be used", licenceLine},
	{"no machine's path", "the tree must work wherever it is cloned", machinePaths},
}

// A File is one Go file of the tree.
type File struct {
	Name string // path from the root
	Dir  string
	Test bool
	Src  string
	AST  *ast.File
}

// A Tree is what the laws are held up against.
type Tree struct {
	FS    fs.FS
	Names []string // every file that is kept, sorted
	Go    []*File  // those of them that are Go
	fset  *token.FileSet
}

// Read reads the tree. Folders that are not part of the source are passed over:
// what is built, what npm brings, and whatever begins with a dot except .ci.
func Read(fsys fs.FS) (*Tree, error) {
	t := &Tree{FS: fsys, fset: token.NewFileSet()}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			base := path.Base(name)
			if name == "bin" || name == "var" || name == "node_modules" || name == "internal/web/static/npm" ||
				name != "." && base != ".ci" && strings.HasPrefix(base, ".") {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || name == ".git" { // a work tree beside the first one has a file there
			return nil
		}
		t.Names = append(t.Names, name)
		if path.Ext(name) != ".go" || strings.Contains(name, "/testdata/") {
			return nil
		}
		src, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(t.fset, name, src, parser.ParseComments)
		if err != nil {
			return err
		}
		t.Go = append(t.Go, &File{Name: name, Dir: path.Dir(name), Test: strings.HasSuffix(name, "_test.go"), Src: string(src), AST: f})
		return nil
	})
	return t, err
}

// at returns "file:line" of a node.
func (t *Tree) at(n ast.Node) string {
	p := t.fset.Position(n.Pos())
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}

// text returns a file's content, and whether there is such a file.
func (t *Tree) text(name string) (string, bool) {
	b, err := fs.ReadFile(t.FS, name)
	return string(b), err == nil
}

// lines returns the lines of one of this package's lists without comments.
func (t *Tree) lines(name string) []string {
	text, _ := t.text(name)
	var ls []string
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "#") {
			ls = append(ls, l)
		}
	}
	return ls
}

// in returns the Go files below any of the folders, without tests.
func (t *Tree) in(folders ...string) []*File {
	var fs []*File
	for _, f := range t.Go {
		if !f.Test && slices.ContainsFunc(folders, func(d string) bool { return under(f.Dir, d) }) {
			fs = append(fs, f)
		}
	}
	return fs
}

// folders returns the names of the folders directly below dir that hold Go files.
func (t *Tree) folders(dir string) []string {
	var names []string
	for _, f := range t.Go {
		if rest, ok := strings.CutPrefix(f.Dir+"/", dir+"/"); ok && rest != "" {
			name, _, _ := strings.Cut(rest, "/")
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// under reports whether dir is folder or lies below it.
func under(dir, folder string) bool { return dir == folder || strings.HasPrefix(dir, folder+"/") }

// strs calls f for every string literal of a file, adjacent literals joined by +
// taken as one, with the variables between them left out.
func strs(f *File, yield func(n ast.Node, s string)) {
	ast.Inspect(f.AST, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field: // a struct tag is no text
			if n.Tag != nil {
				return false
			}
		case *ast.BinaryExpr:
			if s, ok := joined(n); ok {
				yield(n, s)
				return false
			}
		case *ast.BasicLit:
			if s, ok := literal(n); ok {
				yield(n, s)
			}
		}
		return true
	})
}

// joined returns the literals of a chain of + that has at least one, with a
// space for whatever else is in the chain.
func joined(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		if e.Op != token.ADD {
			return "", false
		}
		a, aok := joined(e.X)
		b, bok := joined(e.Y)
		if !aok && !bok {
			return "", false
		}
		if !aok {
			a = "\x00"
		}
		if !bok {
			b = "\x00"
		}
		return a + b, true
	case *ast.ParenExpr:
		return joined(e.X)
	case *ast.BasicLit:
		return literal(e)
	}
	return "", false
}

func literal(e ast.Expr) (string, bool) {
	b, ok := e.(*ast.BasicLit)
	if !ok || b.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(b.Value)
	return s, err == nil
}
