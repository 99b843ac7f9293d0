// SPDX-License-Identifier: Apache-2.0

package gallerytest

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

var void = []string{"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

// An element is an open tag on the way down.
type element struct {
	name string
	text bool // has text or a labelled child
}

// reader collects what is wrong with a page.
type reader struct {
	stack   []element
	faults  []string
	ids     map[string]int
	fors    []string // ids named by label for, aria-describedby and anchors
	labels  map[string]bool
	fields  [][2]string // inputs: id and name, to be labelled by a label for
	h1      int
	title   string
	main    int
	inTitle bool
}

// Faults reads a page and returns what is wrong with it, a sentence each:
// elements not closed or closed in the wrong order, no title, not exactly one h1
// and one main, an input without a label, a picture without alt, a button
// without words, an id used twice or named and not there, inline style or
// script, a template's own error marks, and words missing from the catalog.
func Faults(page string) []string {
	r := &reader{ids: map[string]int{}, labels: map[string]bool{}}
	for _, mark := range []string{"⟦", "ZgotmplZ", "<no value>", "%!"} {
		if i := strings.Index(page, mark); i >= 0 {
			r.fault("%q near %q", mark, page[max(i-40, 0):min(i+60, len(page))])
		}
	}
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			r.end()
			return r.faults
		case html.TextToken:
			r.words(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			r.open(t)
		case html.EndTagToken:
			name, _ := z.TagName()
			r.close(string(name))
		}
	}
}

func (r *reader) fault(format string, args ...any) {
	r.faults = append(r.faults, fmt.Sprintf(format, args...))
}

func (r *reader) words(s string) {
	s = strings.TrimSpace(s)
	if s == "" {
		return
	}
	for i := range r.stack {
		r.stack[i].text = true
	}
	if r.inTitle {
		r.title += s
	}
}

func (r *reader) open(t html.Token) {
	attr := map[string]string{}
	for _, a := range t.Attr {
		if _, twice := attr[a.Key]; twice {
			r.fault("<%s> has %s twice", t.Data, a.Key)
		}
		attr[a.Key] = a.Val
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
			r.fault("<%s> has an inline %s", t.Data, a.Key)
		}
	}
	if id, ok := attr["id"]; ok {
		if r.ids[id]++; r.ids[id] > 1 {
			r.fault("id %q is used twice", id)
		}
	}
	if d := attr["aria-describedby"]; d != "" {
		r.fors = append(r.fors, strings.Fields(d)...)
	}
	if attr["aria-label"] != "" {
		for i := range r.stack {
			r.stack[i].text = true
		}
	}
	switch t.Data {
	case "h1":
		r.h1++
	case "main":
		r.main++
	case "title":
		r.inTitle = r.title == "" && !r.within("svg")
	case "label":
		if f := attr["for"]; f != "" {
			r.labels[f] = true
			r.fors = append(r.fors, f)
		}
	case "script":
		if attr["src"] == "" {
			r.fault("inline script")
		}
	case "style":
		r.fault("inline style sheet")
	case "img":
		if _, ok := attr["alt"]; !ok {
			r.fault("picture %s has no alt", attr["src"])
		} else if attr["alt"] != "" {
			r.words(attr["alt"])
		}
	case "a":
		if attr["href"] == "" {
			r.fault("link without address")
		}
	case "input", "select", "textarea":
		hidden := attr["type"] == "hidden" || attr["type"] == "submit"
		if !hidden && attr["aria-label"] == "" && !r.within("label") {
			r.fields = append(r.fields, [2]string{attr["id"], attr["name"]})
		}
	}
	if !slices.Contains(void, t.Data) && t.Type != html.SelfClosingTagToken {
		r.stack = append(r.stack, element{name: t.Data, text: attr["aria-label"] != ""})
	}
}

func (r *reader) within(name string) bool {
	return slices.ContainsFunc(r.stack, func(e element) bool { return e.name == name })
}

func (r *reader) close(name string) {
	if name == "title" {
		r.inTitle = false
	}
	if len(r.stack) == 0 {
		r.fault("</%s> closes nothing", name)
		return
	}
	top := r.stack[len(r.stack)-1]
	if top.name != name {
		r.fault("</%s> closes <%s>", name, top.name)
		if !r.within(name) {
			return
		}
		for len(r.stack) > 0 && r.stack[len(r.stack)-1].name != name {
			r.stack = r.stack[:len(r.stack)-1]
		}
		top = r.stack[len(r.stack)-1]
	}
	r.stack = r.stack[:len(r.stack)-1]
	if !top.text && slices.Contains([]string{"button", "a", "h1", "h2", "h3", "label", "legend", "th", "summary", "option"}, name) {
		r.fault("<%s> has no words", name)
	}
}

func (r *reader) end() {
	for _, e := range r.stack {
		r.fault("<%s> is not closed", e.name)
	}
	if r.title == "" || strings.HasPrefix(r.title, "·") {
		r.fault("no title: %q", r.title)
	}
	if r.h1 != 1 {
		r.fault("%d h1", r.h1)
	}
	if r.main != 1 {
		r.fault("%d main", r.main)
	}
	for _, f := range r.fields {
		if f[0] == "" || !r.labels[f[0]] {
			r.fault("input %q has no label", f[1])
		}
	}
	for _, id := range r.fors {
		if r.ids[id] == 0 {
			r.fault("id %q is named and not there", id)
		}
	}
}
