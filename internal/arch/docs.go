// SPDX-License-Identifier: Apache-2.0

package arch

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
)

// packageComments: one file of every package says what it is, beginning
// "Package x" or, for a command, with anything but nothing.
func packageComments(t *Tree) []string {
	var dirs []string
	said := map[string]bool{}
	for _, f := range t.Go {
		if f.Test {
			continue
		}
		if !slices.Contains(dirs, f.Dir) {
			dirs = append(dirs, f.Dir)
		}
		doc := f.AST.Doc.Text()
		said[f.Dir] = said[f.Dir] || doc != "" && (f.AST.Name.Name == "main" || strings.HasPrefix(doc, "Package "+f.AST.Name.Name+" "))
	}
	var faults []string
	for _, d := range dirs {
		if !said[d] {
			faults = append(faults, d+": no package comment that begins with the package's name")
		}
	}
	return faults
}

var domainPath = regexp.MustCompile(`internal/domain/([a-z]+)`)

// picture: ARCHITECTURE.md names the domains that exist, each by its folder.
func picture(t *Tree) []string {
	const doc = "ARCHITECTURE.md"
	text, ok := t.text(doc)
	folders := t.folders(domain)
	if !ok {
		if len(folders) > 0 {
			return []string{doc + ": missing"}
		}
		return nil
	}
	var named []string
	for _, m := range domainPath.FindAllStringSubmatch(text, -1) {
		named = append(named, m[1])
	}
	var faults []string
	for _, d := range diff(folders, named) {
		faults = append(faults, fmt.Sprintf("%s: does not name %s/%s", doc, domain, d))
	}
	for _, d := range diff(named, folders) {
		faults = append(faults, fmt.Sprintf("%s: names %s/%s, which does not exist", doc, domain, d))
	}
	return faults
}

var (
	link   = regexp.MustCompile(`!?\[[^\]]*\]\(([^)\s]+)(?:\s+"[^"]*")?\)`)
	fenced = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")
)

// links: what a document points at within the tree is there.
func links(t *Tree) []string {
	var faults []string
	for _, name := range t.Names {
		if path.Ext(name) != ".md" {
			continue
		}
		text, _ := t.text(name)
		text = fenced.ReplaceAllString(text, "")
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			u, err := url.Parse(m[1])
			if err != nil {
				faults = append(faults, fmt.Sprintf("%s: %s is no address", name, m[1]))
				continue
			}
			if u.Scheme != "" || u.Host != "" || u.Path == "" {
				continue
			}
			to := path.Join(path.Dir(name), u.Path)
			if _, err := fs.Stat(t.FS, to); err != nil {
				faults = append(faults, fmt.Sprintf("%s: links to %s, which does not exist", name, m[1]))
			}
		}
	}
	return faults
}

// generated reports whether nobody wrote the file by hand.
func generated(name, text string) bool {
	head, _, _ := strings.Cut(text, "\npackage ")
	return path.Ext(name) == ".go" && strings.Contains(head, "// Code generated ") && strings.Contains(head, "DO NOT EDIT.") ||
		strings.Contains(name, "/vendor/") || strings.Contains(name, "/testdata/")
}

func shortFiles(t *Tree) []string {
	const most = 500
	var faults []string
	for _, name := range t.Names {
		if !slices.Contains([]string{".go", ".js", ".mjs", ".ts", ".css", ".html", ".sh"}, path.Ext(name)) {
			continue
		}
		text, _ := t.text(name)
		if n := strings.Count(text, "\n"); n > most && !generated(name, text) {
			faults = append(faults, fmt.Sprintf("%s: %d lines, %d at the most", name, n, most))
		}
	}
	return faults
}

func licenceLine(t *Tree) []string {
	var faults []string
	for _, name := range t.Names {
		if !slices.Contains([]string{".go", ".js", ".mjs", ".ts", ".css", ".sh"}, path.Ext(name)) && name != ".ci/run" && name != "Makefile" {
			continue
		}
		text, _ := t.text(name)
		if generated(name, text) {
			continue
		}
		head := strings.SplitAfterN(text, "\n", 4)
		if !strings.Contains(strings.Join(head[:min(3, len(head))], ""), "SPDX-License-Identifier: Apache-2.0") {
			faults = append(faults, name+": no SPDX line at its head")
		}
	}
	return faults
}

// machine matches a path of one machine. It is put together so that this file
// does not match itself.
var machine = regexp.MustCompile(`(?:^|[^A-Za-z0-9_.\-/])/(?:` + strings.Join([]string{"work", "farm", "root", "home/[a-z]+", "Users/[A-Za-z]+"}, "|") + `)/`)

func machinePaths(t *Tree) []string {
	var faults []string
	for _, name := range t.Names {
		switch path.Ext(name) {
		case ".png", ".jpg", ".gz", ".sum", ".ttf", ".woff2", ".db", ".zip", ".xlsx", ".ico":
			continue
		}
		text, _ := t.text(name)
		if loc := machine.FindStringIndex(text); loc != nil {
			faults = append(faults, fmt.Sprintf("%s:%d: a path of one machine", name, 1+strings.Count(text[:loc[0]], "\n")))
		}
		if name == "package-lock.json" && strings.Contains(text, `"resolved"`) {
			faults = append(faults, name+": names the host of a registry; npm is told not to in .npmrc")
		}
	}
	return faults
}

func sum(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}
