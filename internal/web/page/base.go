// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"io"
	"net/http"
	"time"

	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
)

// Base is what every page knows. Each page's struct embeds it and gets it from
// [From]; a struct whose Base is zero gets it when the page is shown.
type Base struct {
	Title     string      // of the window; the page's h1 is its own
	Lang      i18n.Lang   // the reader's language
	Large     bool        // large type
	Path      string      // path and query of this page, for coming back to it
	Method    string      // GET, unless a form is being shown again
	Actor     scope.Actor // who is reading
	Now       time.Time   // the moment of this page
	RequestID string      // the number to quote
	Flash     *Flash      // what has just been done, said once
	Form      *form.Form  // what was typed, when a form is shown again
	Rail      []RailItem  // the desk's left rail; nil for residents
	Place     string      // where the reader is at home: 文君街道 · 宝塔社区
	Scripts   []string    // further scripts, as addresses from static
	Look      Look        // layout other than the usual
	Share     *Share      // what its card shows when it is sent on; nil: nothing
	Crumbs    []Link      // the way up to this page, the nearest last
	Site      *Site       // the town and how to reach it
	aside     bool        // the page defines "aside"
}

// A Look is a layout.
type Look string

// The looks. The zero Look is a desk for staff and a plain column for others.
const (
	LookUsual Look = ""
	LookPlain Look = "plain" // one column for everyone, without the rail
	LookWide  Look = "wide"  // the whole width, for maps and wide tables
	LookWall  Look = "wall"  // the command room: dark, no header or footer
	LookPrint Look = "print" // a sheet to be printed: nothing but the page
)

// A RailItem is one entry of the desk's left rail.
type RailItem struct {
	Href, Text, Icon string
	Count            int  // 0 shows none
	Late             bool // the count is of things that are late
	Current          bool
}

func (b *Base) base() *Base { return b }

// Staff reports whether the reader works for the town.
func (b Base) Staff() bool { return b.Actor.Kind == scope.Staff }

// Raises reports whether the reader may raise a matter: residents for themselves,
// and of those who work for the town, who may write down what others say.
func (b Base) Raises() bool { return !b.Staff() || b.Actor.Has("raise_for") }

// Anonymous reports whether nobody has said who is reading.
func (b Base) Anonymous() bool {
	return b.Actor.Kind == scope.Anonymous || b.Actor.Kind == ""
}

// Desk reports whether the page has the desk's layout.
func (b Base) Desk() bool {
	return b.Staff() && len(b.Rail) > 0 && (b.Look == LookUsual || b.Look == LookWide)
}

// Bare reports whether the page has neither header nor footer.
func (b Base) Bare() bool { return b.Look == LookWall || b.Look == LookPrint }

// HasAside reports whether the page has a right column.
func (b Base) HasAside() bool { return b.aside }

// RootClass is the class of the html element.
func (b Base) RootClass() string {
	switch {
	case b.Look == LookWall:
		return "wall"
	case b.Large:
		return "large"
	}
	return ""
}

// BodyClass is the class of the body element.
func (b Base) BodyClass() string {
	s := "look-usual"
	if b.Look != LookUsual {
		s = "look-" + string(b.Look)
	}
	if b.Desk() {
		s += " desk"
	}
	if b.aside {
		s += " has-aside"
	}
	return s
}

// Other is the language the reader is not reading.
func (b Base) Other() i18n.Lang {
	if b.Lang == i18n.EN {
		return i18n.ZH
	}
	return i18n.EN
}

// T says key in the reader's language.
func (b Base) T(key string, args ...any) string { return i18n.T(b.Lang, key, args...) }

// Titled returns b with the window's title from a message key.
func (b Base) Titled(key string, args ...any) Base {
	b.Title = b.T(key, args...)
	return b
}

// With adds scripts that only this page needs.
func (b Base) With(scripts ...string) Base {
	b.Scripts = append(b.Scripts[:len(b.Scripts):len(b.Scripts)], scripts...)
	return b
}

type contextKey struct{}

// A visit is what the middleware knows of a request. It is for one goroutine.
type visit struct {
	site  *Site
	base  Base
	root  context.Context // without the usual deadline, see Long
	raw   io.ReadCloser   // the body without the usual limit, see AllowBody
	route string          // the pattern that answered
	leave func()          // gives up the place among those at work, see Stream
}

func visitOf(r *http.Request) *visit {
	v, _ := r.Context().Value(contextKey{}).(*visit)
	return v
}

// From returns the Base of a request. Behind [Site.Wrap] it is complete; without
// it, as in a small test, it is an anonymous reader's in Chinese.
func From(r *http.Request) Base {
	if v := visitOf(r); v != nil {
		return v.base
	}
	return Base{Lang: i18n.ZH, Path: r.URL.RequestURI(), Method: r.Method, Now: time.Now(),
		Actor: scope.Actor{Kind: scope.Anonymous}, Site: &Site{}}
}

// Actor returns who sent the request.
func Actor(r *http.Request) scope.Actor { return From(r).Actor }

// As returns r with b as its Base, for tests and the gallery. Zero fields of b
// are filled in as From would.
func As(r *http.Request, b Base) *http.Request {
	d := From(r)
	if b.Lang == "" {
		b.Lang = d.Lang
	}
	if b.Now.IsZero() {
		b.Now = d.Now
	}
	if b.Site == nil {
		b.Site = d.Site
	}
	if b.Path == "" {
		b.Path = d.Path
	}
	if b.Actor.Kind == "" {
		b.Actor.Kind = scope.Anonymous
	}
	v := &visit{site: b.Site, base: b, root: r.Context(), raw: r.Body}
	return r.WithContext(context.WithValue(r.Context(), contextKey{}, v))
}
