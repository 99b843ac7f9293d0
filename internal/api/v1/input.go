// SPDX-License-Identifier: Apache-2.0

package v1

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
)

// A Day is a day of the town's calendar, 2026-03-05.
type Day string

// moment is its first moment; zero for no day.
func (d Day) moment(field string) (time.Time, error) {
	if d == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, string(d), i18n.Zone)
	if err != nil || t.Year() < 1900 || t.Year() > 2200 {
		return t, malformed(field, "matter.answer.date")
	}
	return t, nil
}

// readQuery fills a struct with what stands in the address. A parameter that the
// operation does not have is refused, since a filter with a slip in its name would
// answer with everything.
func (c *call) readQuery(v reflect.Value) error {
	q := c.r.URL.Query()
	var faults faultList
	known := map[string]bool{}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name := f.Tag.Get("query")
		known[name] = true
		values := q[name]
		if len(values) == 0 || values[0] == "" {
			if f.Tag.Get("required") == "true" {
				faults.add(name, "api.query.missing", name)
			}
			continue
		}
		if len(values) > 1 {
			faults.add(name, "api.query.twice", name)
			continue
		}
		fill(v.Field(i), f, values[0], name, &faults)
	}
	for name := range q {
		if !known[name] {
			faults.add(short(name), "api.query.unknown", short(name))
		}
	}
	return faults.err(http.StatusBadRequest)
}

// fill reads one parameter.
func fill(to reflect.Value, f reflect.StructField, s, name string, faults *faultList) {
	if key := wrongText(s); key != "" {
		faults.add(name, key)
		return
	}
	of := func(s string) bool {
		enum := f.Tag.Get("enum")
		return enum == "" || slices.Contains(strings.Split(enum, ","), s)
	}
	switch to.Kind() {
	case reflect.Bool:
		b, err := strconv.ParseBool(s)
		if err != nil {
			faults.add(name, "api.query.bool", name)
		}
		to.SetBool(b)
	case reflect.Int:
		n, err := strconv.Atoi(s)
		least, _ := strconv.Atoi(f.Tag.Get("minimum"))
		most, _ := strconv.Atoi(f.Tag.Get("maximum"))
		if err != nil || n < least || n > most {
			faults.add(name, "api.query.whole", name, least, most)
		}
		to.SetInt(int64(n))
	case reflect.Slice:
		for one := range strings.SplitSeq(s, ",") {
			to.Set(reflect.Append(to, reflect.ValueOf(one).Convert(to.Type().Elem())))
		}
	default:
		if !of(s) {
			faults.add(name, "api.query.enum", name, strings.ReplaceAll(f.Tag.Get("enum"), ",", ", "))
		}
		if utf8.RuneCountInString(s) > 200 {
			faults.add(name, "matter.words.long", 200)
		}
		to.SetString(s)
	}
}

// noQuery refuses parameters where there are none.
func (c *call) noQuery() error {
	var none nothing
	return c.readQuery(reflect.ValueOf(&none).Elem())
}

// bodyMost is how long a body of JSON may be.
const bodyMost = 256 << 10

// readBody reads a body of JSON. An empty one is an empty object.
func (c *call) readBody(to any) error {
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	b, readErr := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, bodyMost))
	switch {
	case readErr != nil:
		return readErr
	case len(b) == 0 && kind == "":
		b = []byte("{}")
	case err != nil || kind != "application/json":
		return refusal(http.StatusUnsupportedMediaType, "api.body.kind")
	case len(bytes.TrimSpace(b)) == 0:
		b = []byte("{}")
	case !utf8.Valid(b):
		return malformed("", "api.body.utf8")
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		return unreadable(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return malformed("", "api.body.json")
	}
	var faults faultList
	checkTexts(reflect.ValueOf(to).Elem(), "", &faults)
	return faults.err(http.StatusUnprocessableEntity)
}

func unreadable(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return malformed(wrong.Field, "api.body.type", wrong.Field, jsonKind(wrong.Type))
	}
	if name, ok := strings.CutPrefix(err.Error(), `json: unknown field "`); ok {
		name = short(strings.TrimSuffix(name, `"`))
		return malformed(name, "api.body.unknown", name)
	}
	return malformed("", "api.body.json")
}

// jsonKind is what a Go type is called in JSON.
func jsonKind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.Slice:
		return "array"
	case reflect.Struct, reflect.Map:
		return "object"
	case reflect.Int, reflect.Float64:
		return "number"
	}
	return "string"
}

// wrongText is what is wrong with a text whatever it is for: letters that are none,
// and signs that change what is read. It is the rule of the pages' forms.
func wrongText(s string) (key string) {
	f := form.Of("text", s)
	f.Text("text", len(s)+1)
	if faults := f.Faults(); len(faults) > 0 {
		return faults[0].Key
	}
	return ""
}

func checkTexts(v reflect.Value, name string, faults *faultList) {
	switch v.Kind() {
	case reflect.String:
		if key := wrongText(v.String()); key != "" {
			faults.add(name, key)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			checkTexts(v.Elem(), name, faults)
		}
	case reflect.Slice:
		for i := range v.Len() {
			checkTexts(v.Index(i), name, faults)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			checkTexts(k, name, faults)
			checkTexts(v.MapIndex(k), name, faults)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				at, _, _ := strings.Cut(f.Tag.Get("json"), ",")
				checkTexts(v.Field(i), at, faults)
			}
		}
	}
}

// A faultList collects what is wrong with a request.
type faultList struct{ list errs.List }

func (l *faultList) add(field, key string, args ...any) { l.list.Add(field, key, args...) }

func (l *faultList) err(status int) error {
	if err := l.list.Err(); err != nil {
		return &refused{status, err}
	}
	return nil
}

// short is the beginning of what somebody sent, for saying it back.
func short(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
