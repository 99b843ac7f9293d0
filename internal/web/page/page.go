// SPDX-License-Identifier: Apache-2.0

package page

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"reflect"
	"slices"
	"sync"
	"text/template/parse"

	"github.com/jba/templatecheck"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/locale"
)

//go:embed *.html
var files embed.FS

// A Page shows values of type T, which embeds [Base].
//
// Its templates are parsed once per language, so that no template function
// belongs to a request. They are checked against T, and every message key they
// name against the reference language, when the page is first shown and by
// [CheckAll], which the gallery's test calls: a field or a word that is not
// there is found before a reader finds it.
type Page[T any] struct {
	name   string
	listed string // its name in Listed, "" if it is not there
	sets   func() (map[i18n.Lang]*templatecheck.CheckedTemplate[T], error)
	has    *bool
}

// New makes the page whose "main" template is in the named files; a template
// named "aside" there becomes the right column. It panics if T does not embed
// Base.
func New[T any](from fs.FS, names ...string) Page[T] {
	p := unlisted[T](from, names...)
	p.listed = path.Base(reflect.TypeFor[T]().PkgPath()) + "/" + names[0]
	register(p.listed, func() error { _, err := p.sets(); return err })
	return p
}

// unlisted is New without the place on CheckAll's list.
func unlisted[T any](from fs.FS, names ...string) Page[T] {
	if _, ok := any(new(T)).(interface{ base() *Base }); !ok {
		panic(fmt.Sprintf("page %v: %T does not embed page.Base", names, *new(T)))
	}
	aside := new(bool)
	return Page[T]{name: names[0], has: aside, sets: sync.OnceValues(func() (map[i18n.Lang]*templatecheck.CheckedTemplate[T], error) {
		sets := make(map[i18n.Lang]*templatecheck.CheckedTemplate[T], len(i18n.Langs))
		for _, lang := range i18n.Langs {
			t, err := compile(lang, from, names)
			if err != nil {
				return nil, err
			}
			*aside = t.Lookup("aside").Tree.Root.Nodes != nil && !parse.IsEmptyTree(t.Lookup("aside").Tree.Root)
			if sets[lang], err = templatecheck.NewChecked[T](t); err != nil {
				return nil, fmt.Errorf("page %s: %w", names[0], err)
			}
		}
		return sets, nil
	})}
}

// The layout and the blocks, parsed once per language, and cloned by each page.
var layouts = sync.OnceValues(func() (map[i18n.Lang]*template.Template, error) {
	ts := make(map[i18n.Lang]*template.Template, len(i18n.Langs))
	for _, lang := range i18n.Langs {
		t, err := template.New("layout.html").Option("missingkey=zero").Funcs(funcs(lang)).ParseFS(files, "layout.html", "blocks.html", "fields.html", "figures.html")
		if err != nil {
			return nil, err
		}
		if err := checkKeys(t); err != nil {
			return nil, err
		}
		if err := fold(t, lang); err != nil {
			return nil, err
		}
		ts[lang] = t
	}
	return ts, nil
})

func compile(lang i18n.Lang, from fs.FS, names []string) (*template.Template, error) {
	ls, err := layouts()
	if err != nil {
		return nil, err
	}
	t, err := ls[lang].Clone()
	if err != nil {
		return nil, err
	}
	before := len(t.Templates())
	if _, err := t.ParseFS(from, names...); err != nil {
		return nil, err
	}
	if t.Lookup("main") == nil {
		return nil, fmt.Errorf("page %s: no template \"main\" among %d", names[0], before)
	}
	if err := checkKeys(t); err != nil {
		return nil, err
	}
	return t, fold(t, lang)
}

// checkKeys finds the message keys that a template names literally and that the
// reference language lacks.
func checkKeys(t *template.Template) error {
	var missing []string
	for _, one := range t.Templates() {
		if one.Tree == nil || one.Tree.Root == nil {
			continue
		}
		eachKey(one.Tree.Root, func(key string) {
			if !locale.Words.Has(key) {
				missing = append(missing, one.Name()+": "+key)
			}
		})
	}
	if missing != nil {
		return fmt.Errorf("message keys not in zh-CN: %v", missing)
	}
	return nil
}

var registry struct {
	sync.Mutex
	checks map[string]func() error
}

func register(name string, check func() error) {
	registry.Lock()
	defer registry.Unlock()
	if registry.checks == nil {
		registry.checks = make(map[string]func() error)
	}
	if registry.checks[name] != nil {
		panic("page: two pages are called " + name)
	}
	registry.checks[name] = check
}

// CheckAll parses and checks every page that the program has made with [New],
// and returns all faults.
func CheckAll() error {
	registry.Lock()
	checks := make([]func() error, 0, len(registry.checks))
	for _, c := range registry.checks {
		checks = append(checks, c)
	}
	registry.Unlock()
	var all []error
	for _, check := range checks {
		all = append(all, check())
	}
	return errors.Join(all...)
}

// Listed are the names of all pages that the program has made with [New], such
// as matters/show.html, in order.
func Listed() []string {
	registry.Lock()
	defer registry.Unlock()
	return slices.Sorted(maps.Keys(registry.checks))
}

type listenerKey struct{}

// Listened returns r with a listener that is told the name, as in [Listed], of the
// page that r is answered with. Tests ask with it which pages they have seen.
func Listened(r *http.Request, hear func(name string)) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), listenerKey{}, hear))
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Show writes the page for v with status 200.
func (p Page[T]) Show(w http.ResponseWriter, r *http.Request, v T) error {
	return p.ShowStatus(w, r, http.StatusOK, v)
}

// ShowStatus writes the page for v with the given status. Nothing is written if
// the template fails.
func (p Page[T]) ShowStatus(w http.ResponseWriter, r *http.Request, status int, v T) error {
	sets, err := p.sets()
	if err != nil {
		return err
	}
	if hear, ok := r.Context().Value(listenerKey{}).(func(string)); ok {
		hear(p.listed)
	}
	b := any(&v).(interface{ base() *Base }).base()
	b.complete(From(r))
	b.aside = *p.has
	buf := buffers.Get().(*bytes.Buffer)
	buf.Reset()
	defer func() {
		if buf.Cap() < 1<<20 {
			buffers.Put(buf)
		}
	}()
	if err := sets[b.Lang].Execute(buf, v); err != nil {
		return fmt.Errorf("page %s: %w", p.name, err)
	}
	out := withFaults(buf.Bytes(), b)
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(b.Lang))
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "private, no-cache")
	}
	if b.Flash != nil {
		clearFlash(w)
	}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(out) // a reader who went away is not our fault
	}
	return nil
}

// Bytes is the page for v, of which nothing is left open: for pages that are made
// once and sent to many.
func (p Page[T]) Bytes(v T) ([]byte, error) {
	sets, err := p.sets()
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	b := any(&v).(interface{ base() *Base }).base()
	b.aside = *p.has
	if err := sets[b.Lang].Execute(&buf, v); err != nil {
		return nil, fmt.Errorf("page %s: %w", p.name, err)
	}
	return buf.Bytes(), nil
}

// complete fills what the page's own code has left open.
func (b *Base) complete(from Base) {
	if b.Lang == "" {
		title, f, look, scripts, crumbs := b.Title, b.Form, b.Look, b.Scripts, b.Crumbs
		*b = from
		if title != "" {
			b.Title = title
		}
		if f != nil {
			b.Form = f
		}
		b.Look, b.Scripts, b.Crumbs = look, scripts, crumbs
	}
	if b.Site == nil {
		b.Site = &Site{}
	}
	if b.Flash == nil {
		b.Flash = from.Flash
	}
	if b.Rail == nil && b.Staff() && !b.Bare() && b.Site.Rail != nil {
		b.Rail = b.Site.Rail(*b)
	}
}

// Fail shows a form again after err: what was typed stays, each fault stands
// beside its field and in a summary above, and the status is that of err's kind
// (422 for faults of the form). v's Form must be what was read. An err with
// nothing to say to a person is returned, for [Handler] to answer.
func (p Page[T]) Fail(w http.ResponseWriter, r *http.Request, v T, err error) error {
	faults := errs.Public(err)
	if faults == nil {
		return err
	}
	b := any(&v).(interface{ base() *Base }).base()
	b.complete(From(r))
	if b.Form == nil {
		b.Form = form.Of()
	}
	known := b.Form.Faults()
	for _, e := range faults {
		if !slices.Contains(known, e) {
			if err := b.Form.Join(e); err != nil {
				return err
			}
		}
	}
	return p.ShowStatus(w, r, statusOf(err), v)
}
