// SPDX-License-Identifier: Apache-2.0

package page

import (
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"reflect"
)

// A Page shows values of type T, which embeds [Base].
//
// Its templates are parsed when it is first shown in a language, so that no
// template function belongs to a request and no start of the program waits for
// them. [CheckAll], which the tests call, holds them against T, and every message
// key they name against the reference language: a field or a word that is not
// there is found before a reader finds it.
//
// What does not depend on T is in book, which the compiler writes once and not
// for each of the pages.
type Page[T any] struct{ *book }

// New makes the page whose "main" template is in the named files; a template
// named "aside" there becomes the right column. It panics if T does not embed
// Base.
func New[T any](from fs.FS, names ...string) Page[T] {
	v := *new(T)
	if _, ok := any(&v).(shown); !ok {
		panic(fmt.Sprintf("page %v: %T does not embed page.Base", names, v))
	}
	b := bind(v, from, names)
	b.listed = path.Base(reflect.TypeFor[T]().PkgPath()) + "/" + names[0]
	register(b)
	return Page[T]{b}
}

// Show writes the page for v with status 200.
func (p Page[T]) Show(w http.ResponseWriter, r *http.Request, v T) error {
	return p.show(w, r, http.StatusOK, any(&v).(shown))
}

// ShowStatus writes the page for v with the given status. Nothing is written if
// the template fails.
func (p Page[T]) ShowStatus(w http.ResponseWriter, r *http.Request, status int, v T) error {
	return p.show(w, r, status, any(&v).(shown))
}

// Bytes is the page for v, of which nothing is left open: for pages that are made
// once and sent to many.
func (p Page[T]) Bytes(v T) ([]byte, error) { return p.bytes(any(&v).(shown)) }

// Fail shows a form again after err: what was typed stays, each fault stands
// beside its field and in a summary above, and the status is that of err's kind
// (422 for faults of the form). v's Form must be what was read. An err with
// nothing to say to a person is returned, for [Handler] to answer.
func (p Page[T]) Fail(w http.ResponseWriter, r *http.Request, v T, err error) error {
	return p.fail(w, r, any(&v).(shown), err)
}
