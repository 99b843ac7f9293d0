// SPDX-License-Identifier: Apache-2.0

package arch

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// reference is the language every other one is measured by.
const reference = "zh-CN"

// A language is its texts by key, and the file each stands in.
type language struct {
	name  string
	words map[string]string
	file  map[string]string
	fault []string
}

// langs reads internal/locale, the reference language first.
func (t *Tree) langs() []language {
	byName := map[string]*language{}
	for _, name := range t.Names {
		if !under(name, locale) || path.Ext(name) != ".json" {
			continue
		}
		lang := path.Base(path.Dir(name))
		l := byName[lang]
		if l == nil {
			l = &language{name: lang, words: map[string]string{}, file: map[string]string{}}
			byName[lang] = l
		}
		text, _ := t.text(name)
		words := map[string]string{}
		if err := json.Unmarshal([]byte(text), &words); err != nil {
			l.fault = append(l.fault, fmt.Sprintf("%s: %v", name, err))
		}
		for _, k := range slices.Sorted(maps.Keys(words)) {
			if l.file[k] != "" {
				l.fault = append(l.fault, fmt.Sprintf("%s: %s stands in %s too", name, k, l.file[k]))
			}
			l.words[k], l.file[k] = words[k], name
		}
	}
	var all []language
	if l := byName[reference]; l != nil {
		all = append(all, *l)
		delete(byName, reference)
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		all = append(all, *byName[name])
	}
	return all
}

var hole = regexp.MustCompile(`\{\d+\}`)

// languages: every language has the keys of the reference, none empty, with the
// same holes for arguments. A plural ("….one") is the other language's own.
func languages(t *Tree) []string {
	all := t.langs()
	if len(all) == 0 {
		return nil
	}
	ref := all[0]
	if ref.name != reference {
		return []string{fmt.Sprintf("%s: there is no %s, the reference", locale, reference)}
	}
	faults := slices.Clone(ref.fault)
	for k, w := range ref.words {
		if strings.TrimSpace(w) == "" {
			faults = append(faults, fmt.Sprintf("%s: %s is empty", ref.file[k], k))
		}
	}
	for _, l := range all[1:] {
		faults = append(faults, l.fault...)
		for _, k := range slices.Sorted(maps.Keys(ref.words)) {
			w, ok := l.words[k]
			switch {
			case !ok:
				faults = append(faults, fmt.Sprintf("%s: %s is missing in %s", ref.file[k], k, l.name))
			case strings.TrimSpace(w) == "":
				faults = append(faults, fmt.Sprintf("%s: %s is empty", l.file[k], k))
			case !sameHoles(ref.words[k], w):
				faults = append(faults, fmt.Sprintf("%s: %s has not the holes of %s", l.file[k], k, ref.name))
			}
		}
		for _, k := range slices.Sorted(maps.Keys(l.words)) {
			plural, one := strings.CutSuffix(k, ".one")
			if _, ok := ref.words[k]; !ok && (!one || ref.words[plural] == "") {
				faults = append(faults, fmt.Sprintf("%s: %s is not in %s", l.file[k], k, ref.name))
			}
		}
	}
	return faults
}

func sameHoles(a, b string) bool {
	set := func(s string) []string {
		hs := hole.FindAllString(s, -1)
		slices.Sort(hs)
		return slices.Compact(hs)
	}
	return slices.Equal(set(a), set(b))
}

// keyArg says which argument of a function is a message key.
var keyArg = map[string]int{
	"errs.New": 1, "errs.At": 1, "i18n.T": 1, "i18n.Key": 0, "sqldb.Get": 2,
}

var (
	inTemplate  = regexp.MustCompile(`(?:\{\{-?|[(|])\s*t\s+"([^"]+)"`)
	quoted      = regexp.MustCompile(`"([a-z][a-z0-9_]*(?:\.[a-z0-9_-]+)*\.?)"`)
	looksLikeAK = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_-]+)*\.?$`)
)

// usedKeys calls f for every key that is certainly one: an argument that means a
// key, or what a template translates.
func (t *Tree) usedKeys(yield func(at, key string)) {
	for _, f := range t.in("internal", "cmd") {
		if under(f.Dir, "internal/arch") {
			continue
		}
		ast.Inspect(f.AST, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, ok := sel.X.(*ast.Ident)
			if !ok {
				return true
			}
			i, ok := keyArg[x.Name+"."+sel.Sel.Name]
			if ok && i < len(call.Args) {
				if key, ok := literal(call.Args[i]); ok {
					yield(t.at(call), key)
				}
			}
			return true
		})
	}
	for _, name := range t.Names {
		if !template(name) {
			continue
		}
		text, _ := t.text(name)
		for _, m := range inTemplate.FindAllStringSubmatchIndex(text, -1) {
			line := 1 + strings.Count(text[:m[0]], "\n")
			yield(fmt.Sprintf("%s:%d", name, line), text[m[2]:m[3]])
		}
	}
}

func template(name string) bool {
	ext := path.Ext(name)
	return under(name, web) && (ext == ".html" || ext == ".tmpl" || ext == ".svg")
}

// keysExist: every key that Go or a template shows is in the reference language.
// A key that ends with a point is the beginning of several.
func keysExist(t *Tree) []string {
	all := t.langs()
	if len(all) == 0 {
		return nil
	}
	var faults []string
	t.usedKeys(func(at, key string) {
		if _, ok := all[0].words[key]; ok {
			return
		}
		if strings.HasSuffix(key, ".") {
			for k := range all[0].words {
				if strings.HasPrefix(k, key) {
					return
				}
			}
		}
		faults = append(faults, fmt.Sprintf("%s: no text for %s in %s", at, key, reference))
	})
	return faults
}

// keysUsed: every key of the reference language stands somewhere in Go or in a
// template, whole or by a beginning that ends with a point ("matter.state.").
// The beginnings that flow tables use are known, and that a form's field shows
// the key of its label + ".help" by itself.
func keysUsed(t *Tree) []string {
	all := t.langs()
	if len(all) == 0 {
		return nil
	}
	seen := map[string]bool{}
	for _, f := range t.in("internal", "cmd") {
		strs(f, func(_ ast.Node, s string) {
			for part := range strings.SplitSeq(s, "\x00") {
				if looksLikeAK.MatchString(part) {
					seen[part] = true
				}
			}
		})
	}
	for _, name := range t.Names {
		if ext := path.Ext(name); template(name) || ext == ".js" && under(name, web) || ext == ".json" && under(name, "internal") && !under(name, locale) {
			text, _ := t.text(name)
			for _, m := range quoted.FindAllStringSubmatch(text, -1) {
				seen[m[1]] = true
			}
		}
	}
	for _, l := range t.lives() {
		seen[l.noun+".state."], seen[l.noun+".act."] = true, true
	}
	var faults []string
	for _, k := range slices.Sorted(maps.Keys(all[0].words)) {
		if !used(k, seen) {
			faults = append(faults, fmt.Sprintf("%s: %s is shown nowhere", all[0].file[k], k))
		}
	}
	return faults
}

func used(key string, seen map[string]bool) bool {
	key = strings.TrimSuffix(key, ".one")
	if seen[key] || seen[strings.TrimSuffix(key, ".help")] {
		return true
	}
	for i, c := range key {
		if c == '.' && i > 0 && seen[key[:i+1]] {
			return true
		}
	}
	return false
}
