// SPDX-License-Identifier: Apache-2.0

package v1

import (
	"net/http"
	"reflect"
	"slices"
	"strings"

	"yuanba/internal/domain/access"
	"yuanba/internal/kit/i18n"
)

// An Operation is one thing that can be asked: the source of its route and of its
// part of the document. Its name for people is the message "api.op.<ID>".
type Operation struct {
	ID     string
	Method string
	Path   string // after Prefix; what is in braces is a parameter
	Tag    string // the heading that it stands under: "api.tag.<tag>"
	Scope  access.KeyScope
	Errors []int // beyond those that every operation may answer with

	status  int // of success
	query   reflect.Type
	in, out reflect.Type
	etag    bool // answers with an ETag, and 304 to who has it
	match   bool // honours If-Match
	once    bool // honours Idempotency-Key
	paged   bool // says in Link where the list goes on
	upload  bool // takes a file as its body
	file    bool // answers with a file
	serve   func(c *call) error
}

// Scopes are those of which the key needs one; empty if everybody may ask.
func (o Operation) Scopes() []access.KeyScope {
	if o.Scope == "" {
		return nil
	}
	if o.Scope == access.RequestsWrite { // who may act may also raise
		return []access.KeyScope{access.RequestsWrite, access.APIAct}
	}
	return []access.KeyScope{o.Scope}
}

// Summary is what the operation does.
func (o Operation) Summary(lang i18n.Lang) string { return i18n.T(lang, "api.op."+o.ID) }

// produces are the types of its answers.
func (o Operation) produces() []string {
	if o.file {
		return []string{"image/jpeg", "image/png", "image/webp", "audio/mpeg", "audio/mp4", "application/pdf", "application/octet-stream"}
	}
	return []string{"application/json", problemType}
}

// PathParams are the names in braces.
func (o Operation) PathParams() (names []string) {
	for part := range strings.SplitSeq(o.Path, "/") {
		if strings.HasPrefix(part, "{") {
			names = append(names, strings.Trim(part, "{}"))
		}
	}
	return names
}

// nothing is what an operation takes that takes nothing.
type nothing struct{}

// reads makes an operation that answers with what f finds.
func reads[Q, Out any](o Operation, f func(c *call, q Q) (Out, error)) Operation {
	o.Method, o.status = http.MethodGet, http.StatusOK
	o.query, o.out = reflect.TypeFor[Q](), reflect.TypeFor[Out]()
	o.serve = func(c *call) error {
		var q Q
		if err := c.readQuery(reflect.ValueOf(&q).Elem()); err != nil {
			return err
		}
		out, err := f(c, q)
		if err != nil {
			return err
		}
		return c.found(out)
	}
	return o
}

// writes makes an operation that takes a body and answers with what f did; with
// nothing if that is nil.
func writes[In, Out any](o Operation, f func(c *call, in In) (Out, error)) Operation {
	o.Method = http.MethodPost
	if o.status == 0 {
		o.status = http.StatusOK
	}
	o.in, o.out = reflect.TypeFor[In](), reflect.TypeFor[Out]()
	o.serve = func(c *call) error {
		var in In
		if err := c.noQuery(); err != nil {
			return err
		}
		if err := c.readBody(&in); err != nil {
			return err
		}
		out, err := f(c, in)
		if err != nil {
			return err
		}
		if v := reflect.ValueOf(out); v.Kind() == reflect.Pointer && v.IsNil() {
			c.w.WriteHeader(http.StatusNoContent)
			return nil
		}
		return c.send(o.status, out)
	}
	return o
}

// Operations lists everything that can be asked.
func Operations() []Operation { return operations() }

func operations() []Operation {
	read := func(id, path, tag string, errors ...int) Operation {
		return Operation{ID: id, Path: path, Tag: tag, Errors: errors}
	}
	listed, shown := read("listMatters", "/matters", "matters"), read("getMatter", "/matters/{number}", "matters", http.StatusNotFound)
	listed.paged, shown.etag = true, true
	raising := Operation{ID: "raiseMatter", Path: "/matters", Tag: "matters", Scope: access.RequestsWrite, Errors: []int{http.StatusConflict}, status: http.StatusCreated, once: true}
	whoami := read("getMe", "/me", "about")
	whoami.Scope = access.APIRead
	return slices.Concat([]Operation{
		reads(listed, (*call).list),
		writes(raising, (*call).raise),
		reads(shown, (*call).one),
		reads(read("getStory", "/matters/{number}/story", "matters", http.StatusNotFound), (*call).story),
		file(read("getFile", "/matters/{number}/files/{file}", "matters", http.StatusNotFound)),
		reads(read("searchMatters", "/search", "matters"), (*call).search),
	}, acts(), []Operation{
		upload(Operation{ID: "uploadFile", Path: "/files", Tag: "matters", Scope: access.RequestsWrite}),
		reads(read("listCategories", "/categories", "town"), (*call).categories),
		reads(read("getCategory", "/categories/{category}", "town", http.StatusNotFound), (*call).category),
		reads(read("getPlaces", "/places", "town"), (*call).places),
		reads(read("getPlace", "/places/{place}", "town", http.StatusNotFound), (*call).place),
		reads(read("listUnits", "/units", "town"), (*call).units),
	}, affairsOperations(), patrolOperations(), questionOperations(), deskOperations(), visitOperations(), waitingOperations(), volunteerOperations(), webhookOperations(), []Operation{
		reads(whoami, (*call).me),
		described(read("getDocument", "/openapi.json", "about")),
	})
}
