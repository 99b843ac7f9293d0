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
	"slices"
	"sync"
	"text/template/parse"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/locale"
)

//go:embed *.html
var files embed.FS

// shown is a pointer to what a page shows.
type shown interface{ base() *Base }

// A book is a page without the type of what it shows: its templates in every
// language in which it was asked for.
type book struct {
	name   string
	listed string // its name in Listed, "" if it is not there
	sample any    // a zero value of what it shows
	made   map[i18n.Lang]func() (leaf, error)
	from   fs.FS
	names  []string
}

// A leaf is a page's templates in one language.
type leaf struct {
	*template.Template
	aside bool // it has a right column
}

// bind makes the book of the named files, which show what sample is.
func bind(sample any, from fs.FS, names []string) *book {
	b := &book{name: names[0], sample: sample, from: from, names: names}
	b.made = perLang(func(lang i18n.Lang) (leaf, error) {
		t, err := parsed(lang, from, names)
		if err != nil {
			return leaf{}, err
		}
		aside := t.Lookup("aside").Tree.Root
		return leaf{t, aside.Nodes != nil && !parse.IsEmptyTree(aside)}, fold(t, lang)
	})
	return b
}

// check parses the book's templates anew, as they are before anything is shown,
// and asks fits whether they suit the sample.
func (b *book) check(fits func(*template.Template, any) error) error {
	for _, lang := range i18n.Langs {
		t, err := parsed(lang, b.from, b.names)
		if err == nil {
			err = checkKeys(t)
		}
		if err == nil {
			err = fits(t, b.sample)
		}
		if err == nil {
			err = fold(t, lang) // an icon or a file that is not there
		}
		if err != nil {
			return fmt.Errorf("page %s: %w", b.name, err)
		}
	}
	return nil
}

// The layout and the blocks, parsed once per language, and cloned by each page.
var layouts = perLang(func(lang i18n.Lang) (*template.Template, error) {
	t, err := template.New("layout.html").Option("missingkey=zero").Funcs(funcs(lang)).ParseFS(files, "layout.html", "blocks.html", "fields.html", "figures.html")
	if err != nil {
		return nil, err
	}
	if err := checkKeys(t); err != nil {
		return nil, err
	}
	return t, fold(t, lang)
})

// perLang makes something in a language when it is first asked for.
func perLang[V any](make1 func(i18n.Lang) (V, error)) map[i18n.Lang]func() (V, error) {
	of := make(map[i18n.Lang]func() (V, error), len(i18n.Langs))
	for _, lang := range i18n.Langs {
		of[lang] = sync.OnceValues(func() (V, error) { return make1(lang) })
	}
	return of
}

// parsed are the named files beside the layout and the blocks.
func parsed(lang i18n.Lang, from fs.FS, names []string) (*template.Template, error) {
	layout, err := layouts[lang]()
	if err != nil {
		return nil, err
	}
	t, err := layout.Clone()
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
	return t, nil
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
	books map[string]*book
}

func register(b *book) {
	registry.Lock()
	defer registry.Unlock()
	if registry.books == nil {
		registry.books = make(map[string]*book)
	}
	if registry.books[b.listed] != nil {
		panic("page: two pages are called " + b.listed)
	}
	registry.books[b.listed] = b
}

// CheckAll parses every page that the program has made with [New], asks of each
// whether it fits what it shows (tests give templatecheck.CheckHTML), and
// returns all faults.
func CheckAll(fits func(t *template.Template, sample any) error) error {
	registry.Lock()
	books := slices.Collect(maps.Values(registry.books))
	registry.Unlock()
	var all []error
	for _, b := range books {
		all = append(all, b.check(fits))
	}
	return errors.Join(all...)
}

// Listed are the names of all pages that the program has made with [New], such
// as matters/show.html, in order.
func Listed() []string {
	registry.Lock()
	defer registry.Unlock()
	return slices.Sorted(maps.Keys(registry.books))
}

type listenerKey struct{}

// Listened returns r with a listener that is told the name, as in [Listed], of the
// page that r is answered with. Tests ask with it which pages they have seen.
func Listened(r *http.Request, hear func(name string)) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), listenerKey{}, hear))
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// write writes the page for v, which is complete, into buf.
func (b *book) write(buf *bytes.Buffer, v shown) error {
	base := v.base()
	l, err := b.made[base.Lang]()
	if err != nil {
		return fmt.Errorf("page %s: %w", b.name, err)
	}
	base.aside = l.aside
	if err := l.Execute(buf, v); err != nil {
		return fmt.Errorf("page %s: %w", b.name, err)
	}
	return nil
}

// show is [Page.ShowStatus].
func (b *book) show(w http.ResponseWriter, r *http.Request, status int, v shown) error {
	if hear, ok := r.Context().Value(listenerKey{}).(func(string)); ok {
		hear(b.listed)
	}
	base := v.base()
	base.complete(From(r))
	buf := buffers.Get().(*bytes.Buffer)
	buf.Reset()
	defer func() {
		if buf.Cap() < 1<<20 {
			buffers.Put(buf)
		}
	}()
	if err := b.write(buf, v); err != nil {
		return err
	}
	out := withFaults(buf.Bytes(), base)
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(base.Lang))
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "private, no-cache")
	}
	if base.Flash != nil {
		clearFlash(w)
	}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(out) // a reader who went away is not our fault
	}
	return nil
}

// bytes is [Page.Bytes].
func (b *book) bytes(v shown) ([]byte, error) {
	var buf bytes.Buffer
	err := b.write(&buf, v)
	return buf.Bytes(), err
}

// fail is [Page.Fail].
func (b *book) fail(w http.ResponseWriter, r *http.Request, v shown, err error) error {
	faults := errs.Public(err)
	if faults == nil {
		return err
	}
	base := v.base()
	base.complete(From(r))
	if base.Form == nil {
		base.Form = form.Of()
	}
	known := base.Form.Faults()
	for _, e := range faults {
		if !slices.Contains(known, e) {
			if err := base.Form.Join(e); err != nil {
				return err
			}
		}
	}
	return b.show(w, r, statusOf(err), v)
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
