// SPDX-License-Identifier: Apache-2.0

package v1

import (
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"yuanba/internal/kit/i18n"
)

// described makes the operation that answers with the document.
func described(o Operation) Operation {
	o.Method, o.status = http.MethodGet, http.StatusOK
	o.out = reflect.TypeFor[map[string]any]()
	o.serve = func(c *call) error {
		if err := c.noQuery(); err != nil {
			return err
		}
		doc := c.s.docs[c.lang]
		return c.bytes("application/json", doc, tagOf(nil, doc))
	}
	return o
}

// document describes the operations, as OpenAPI 3.1.
func (s *Server) document(ops []Operation, lang i18n.Lang) []byte {
	d := &describing{lang: lang, schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)}
	api := &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info:    &huma.Info{Title: i18n.T(lang, "api.title"), Version: "1", Description: i18n.T(lang, "api.description")},
		Servers: []*huma.Server{{URL: s.Address + Prefix}},
		Paths:   map[string]*huma.PathItem{},
		Components: &huma.Components{Schemas: d.schemas, SecuritySchemes: map[string]*huma.SecurityScheme{
			"key": {Type: "http", Scheme: "bearer", Description: i18n.T(lang, "api.key.description")},
		}},
	}
	if s.Town != nil {
		api.Info.Title = s.Town(lang) + " · " + api.Info.Title
	}
	for _, o := range ops {
		if !slices.ContainsFunc(api.Tags, func(t *huma.Tag) bool { return t.Name == o.Tag }) {
			api.Tags = append(api.Tags, &huma.Tag{Name: o.Tag, Description: i18n.T(lang, "api.tag."+o.Tag)})
		}
		item := api.Paths[o.Path]
		if item == nil {
			item = &huma.PathItem{}
			api.Paths[o.Path] = item
		}
		if o.Method == http.MethodGet {
			item.Get = d.operation(o)
		} else {
			item.Post = d.operation(o)
		}
	}
	api.Webhooks = d.events()
	body, err := api.MarshalJSON()
	if err != nil {
		panic(err) // the operations stand in the program: what cannot be described never passes its tests
	}
	return body
}

// describing turns operations into the document's.
type describing struct {
	lang    i18n.Lang
	schemas huma.Registry
}

func (d *describing) operation(o Operation) *huma.Operation {
	out := &huma.Operation{OperationID: o.ID, Tags: []string{o.Tag}, Summary: o.Summary(d.lang), Responses: map[string]*huma.Response{}}
	if o.Scope != "" {
		var names []string
		for _, s := range o.Scopes() {
			names = append(names, string(s))
		}
		out.Description = i18n.T(d.lang, "api.needs", strings.Join(names, ", "))
		out.Security = []map[string][]string{{"key": {}}}
	} else {
		out.Description = i18n.T(d.lang, "api.needs.none")
		out.Security = []map[string][]string{{}, {"key": {}}}
	}
	out.Parameters = d.params(o)
	if o.in != nil {
		out.RequestBody = &huma.RequestBody{Required: len(d.schemas.Schema(o.in, false, "").Required) > 0, Content: map[string]*huma.MediaType{"application/json": {Schema: d.schemas.Schema(o.in, true, "")}}}
	}
	if o.upload {
		binary := &huma.MediaType{Schema: &huma.Schema{}}
		form := &huma.Schema{Type: "object", Properties: map[string]*huma.Schema{"file": {Type: "string", Format: "binary"}}, Required: []string{"file"}}
		out.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"image/*": binary, "audio/*": binary, "application/pdf": binary, "application/octet-stream": binary, "multipart/form-data": {Schema: form}}}
	}
	d.responses(o, out)
	return out
}

// params are those of the path, the address and the header.
func (d *describing) params(o Operation) (all []*huma.Param) {
	word := &huma.Schema{Type: "string"}
	for _, name := range o.PathParams() {
		all = append(all, &huma.Param{Name: name, In: "path", Required: true, Schema: word, Description: i18n.T(d.lang, "api.param."+name)})
	}
	if o.query != nil {
		for i := range o.query.NumField() {
			f := o.query.Field(i)
			explode := false
			p := &huma.Param{Name: f.Tag.Get("query"), In: "query", Description: f.Tag.Get("doc"), Required: f.Tag.Get("required") == "true", Schema: huma.SchemaFromField(d.schemas, f, "")}
			p.Schema.Description = ""
			if f.Type.Kind() == reflect.Slice {
				p.Explode, p.Style = &explode, "form"
			}
			all = append(all, p)
		}
	}
	header := func(name, key string) {
		all = append(all, &huma.Param{Name: name, In: "header", Description: i18n.T(d.lang, key), Schema: word})
	}
	header("Accept-Language", "api.param.language")
	if o.Method == http.MethodGet && !o.file {
		header("If-None-Match", "api.param.none_match")
	}
	if o.match {
		header("If-Match", "api.param.match")
	}
	if o.once {
		header("Idempotency-Key", "api.param.once")
	}
	return all
}

func (d *describing) responses(o Operation, out *huma.Operation) {
	say := func(status int) string { return i18n.T(d.lang, "api.status."+strconv.Itoa(status)) }
	word := &huma.Schema{Type: "string"}
	good := &huma.Response{Description: say(o.status), Headers: map[string]*huma.Param{}, Content: map[string]*huma.MediaType{}}
	switch {
	case o.status == http.StatusNoContent:
	case o.file:
		for _, kind := range []string{"image/*", "audio/*", "application/pdf"} {
			good.Content[kind] = &huma.MediaType{Schema: &huma.Schema{}}
		}
	default:
		good.Content["application/json"] = &huma.MediaType{Schema: d.schemas.Schema(o.out, true, "")}
	}
	if o.Method == http.MethodGet && !o.file || o.etag {
		good.Headers["ETag"] = &huma.Param{Schema: word, Description: i18n.T(d.lang, "api.header.etag")}
	}
	if o.paged {
		good.Headers["Link"] = &huma.Param{Schema: word, Description: i18n.T(d.lang, "api.header.link")}
	}
	out.Responses[strconv.Itoa(o.status)] = good
	if o.match && o.out == reflect.TypeFor[*Matter]() {
		out.Responses["204"] = &huma.Response{Description: say(http.StatusNoContent)}
	}
	if o.Method == http.MethodGet && !o.file {
		out.Responses["304"] = &huma.Response{Description: say(http.StatusNotModified)}
	}
	for _, status := range o.Faults() {
		out.Responses[strconv.Itoa(status)] = &huma.Response{Description: say(status), Content: map[string]*huma.MediaType{problemType: {Schema: d.schemas.Schema(reflect.TypeFor[Problem](), true, "")}}}
	}
}

// Faults are the statuses with which an operation may refuse.
func (o Operation) Faults() []int {
	all := append([]int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusNotAcceptable, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable}, o.Errors...)
	if o.Scope != "" {
		all = append(all, http.StatusForbidden)
	}
	if o.Method == http.MethodPost {
		all = append(all, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity, http.StatusInsufficientStorage)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
