// SPDX-License-Identifier: Apache-2.0

// Package form reads what a person typed.
//
// A handler reads each field by name and by kind:
//
//	f, err := form.Read(r)
//	if err != nil {
//		return err
//	}
//	in := matters.Raising{Title: f.Line("title", 80), Place: f.ID("place")}
//	if err := f.Err(); err != nil {
//		return raise.Fail(w, r, v, err)
//	}
//
// The form checks what can be checked without knowing the town: length, valid
// UTF-8, no control characters, numbers, one of the choices. Whether a field may
// be empty is the domain's business and is said by its own errs.At. Either way
// the form keeps what was typed, and package page shows it again with the fault
// beside the field.
//
// Lengths are counted in characters as people see them typed, that is in runes.
package form

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"yuanba/internal/kit/errs"
)

// Limits of every form. The size of the body is limited by whoever serves it.
const (
	maxFields = 400       // names in one form
	maxValues = 2000      // values in one form
	maxMemory = 256 << 10 // of a form with files; the rest waits on disk
	maxKept   = 20000     // characters of one value kept for showing again
)

// A Form is what was typed, and what was wrong with it. A nil Form is one in
// which nothing has been typed yet. It is for one goroutine.
type Form struct {
	values url.Values
	files  map[string][]*multipart.FileHeader
	faults errs.List
	labels []label
}

type label struct{ name, text string }

// Of returns a form in which the given values are already typed, for editing a
// record: pairs are name, value, name, value.
func Of(pairs ...string) *Form {
	f := &Form{values: url.Values{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.values.Add(pairs[i], pairs[i+1])
	}
	return f
}

// Read reads the body of a POST, encoded either way; of a GET it reads the
// query. It fails with Invalid when the body is larger than allowed, is not a
// form, or has more fields than any form of ours.
func Read(r *http.Request) (*Form, error) {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return counted(&Form{values: r.URL.Query()})
	}
	err := parse(r)
	if err == nil && strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		err = r.ParseMultipartForm(maxMemory)
	}
	if err != nil {
		return nil, unreadable(err)
	}
	f := &Form{values: r.PostForm}
	if r.MultipartForm != nil {
		f.values, f.files = r.MultipartForm.Value, r.MultipartForm.File
	}
	return counted(f)
}

// parse is [http.Request.ParseForm] for a short body whose length is known: it is read
// into one piece of memory, and the values are kept once.
func parse(r *http.Request) error {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if r.PostForm != nil || r.ContentLength < 0 || r.ContentLength > 64<<10 || kind != "application/x-www-form-urlencoded" {
		return r.ParseForm()
	}
	body := make([]byte, r.ContentLength)
	if _, err := io.ReadFull(r.Body, body); err != nil {
		return err
	}
	var err error
	r.PostForm, err = url.ParseQuery(string(body))
	return err
}

func counted(f *Form) (*Form, error) {
	n := 0
	for _, vs := range f.values {
		n += len(vs)
	}
	if len(f.values) > maxFields || n > maxValues {
		return nil, errs.New(errs.Invalid, "form.fields")
	}
	return f, nil
}

func unreadable(err error) error {
	key := "form.unreadable"
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		key = "form.large"
	case errors.Is(err, multipart.ErrMessageTooLarge):
		key = "form.fields"
	case errors.Is(err, io.ErrUnexpectedEOF):
		key = "form.cut"
	}
	e := errs.New(errs.Invalid, key)
	e.Err = err
	return e
}

// Get returns what was typed into the named field, cut to a length that can be
// shown again, with broken letters replaced.
func (f *Form) Get(name string) string {
	if f == nil || len(f.values[name]) == 0 {
		return ""
	}
	return shown(f.values[name][0])
}

// All returns every value of the named field, as Get does.
func (f *Form) All(name string) []string {
	if f == nil {
		return nil
	}
	vs := make([]string, len(f.values[name]))
	for i, v := range f.values[name] {
		vs[i] = shown(v)
	}
	return vs
}

func shown(v string) string {
	if len(v) > maxKept {
		v = v[:maxKept]
	}
	return strings.Map(func(c rune) rune {
		if isControl(c) && c != '\n' && c != '\r' && c != '\t' {
			return '\uFFFD'
		}
		return c
	}, strings.ToValidUTF8(v, "\uFFFD"))
}

// Has reports whether the named field was sent with this value among others.
func (f *Form) Has(name, value string) bool {
	return f != nil && slices.Contains(f.values[name], value)
}

// Sent reports whether the named field was sent at all.
func (f *Form) Sent(name string) bool { return f != nil && len(f.values[name]) > 0 }

// Set puts a value into a field, as if it had been typed.
func (f *Form) Set(name string, values ...string) {
	if f.values == nil {
		f.values = url.Values{}
	}
	f.values[name] = values
}

// Values returns a copy of everything typed, for an address that keeps it.
func (f *Form) Values() url.Values {
	c := url.Values{}
	if f != nil {
		for name := range f.values {
			c[name] = f.All(name)
		}
	}
	return c
}

// Files returns the files sent in the named field; those that are empty and
// have no name, as browsers send them for nothing chosen, are left out. More
// than most is a fault of the field. Who opens them must sniff and limit them.
func (f *Form) Files(name string, most int) []*multipart.FileHeader {
	if f == nil {
		return nil
	}
	hs := slices.DeleteFunc(slices.Clone(f.files[name]), func(h *multipart.FileHeader) bool {
		return h.Size == 0 && h.Filename == ""
	})
	if len(hs) > most {
		f.Fault(name, "form.files", most)
		return hs[:most]
	}
	return hs
}

// Named notes the label under which a field is shown, so that a summary of the
// faults can name it. The fields' order is that of the page.
func (f *Form) Named(name, text string) {
	if f != nil {
		f.labels = append(f.labels, label{name, text})
	}
}

// Renamed notes that a field already named is shown under another label.
func (f *Form) Renamed(name, text string) {
	if f == nil {
		return
	}
	for i := len(f.labels) - 1; i >= 0; i-- {
		if f.labels[i].name == name {
			f.labels[i].text = text
			return
		}
	}
}

// Label returns the label of a field, and its place on the page from 0; a field
// that is not on the page has none and comes last.
func (f *Form) Label(name string) (text string, place int) {
	if f == nil {
		return "", 0
	}
	for i, l := range f.labels {
		if l.name == name {
			return l.text, i
		}
	}
	return "", len(f.labels)
}

// Fault notes a fault beside a field.
func (f *Form) Fault(field, key string, args ...any) { f.faults.Add(field, key, args...) }

// Join notes the public failures of err, such as those of a use case. What is
// not public it returns.
func (f *Form) Join(err error) error { return f.faults.Join(err) }

// Err returns the faults found so far, or nil.
func (f *Form) Err() error {
	if f == nil {
		return nil
	}
	return f.faults.Err()
}

// Faults returns the faults found so far.
func (f *Form) Faults() errs.List {
	if f == nil {
		return nil
	}
	return f.faults
}

// At returns the first fault of the named field, or nil.
func (f *Form) At(field string) *errs.Error {
	if f == nil {
		return nil
	}
	for _, e := range f.faults {
		if e.Field == field {
			return e
		}
	}
	return nil
}
