// SPDX-License-Identifier: Apache-2.0

package page

import (
	"html/template"
	"strconv"
	"strings"
	"unicode/utf8"

	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
)

// A Field is one question of a form: the label above, help under it, what was
// typed, and the fault with its remedy. Templates make one with the function
// input and shape it with its methods:
//
//	{{template "text" ((input .Form "title" "matter.raise.title").Need.Max 80)}}
//
// The help is the message key + ".help", if there is one. Every method returns a
// changed copy.
type Field struct {
	Name     string
	Label    string
	Help     string
	Err      string
	Value    string
	Values   []string // of several boxes
	Options  []Option
	Required bool
	MaxLen   int
	Lines    int
	Kind     string // type of the input: text, tel, number, date, password …
	Hint     string // autocomplete
	Mode     string // inputmode
	Accept   string // of a file
	Capture  string // of a file: environment opens the camera
	Many     int    // files or boxes at most
	Hold     string // placeholder: an example, never the label
	Hidden   bool   // the label is for screen readers only
	Min, Top string // of a number or date
	Focus    bool
	Form     string // id of a form elsewhere on the page
	Suffix   string // unit after the input
	apart    string // tells it from another field of the same name

	typed *form.Form // whose faults are asked for when the page is written
	lang  i18n.Lang
}

// An Option is one answer of a select, radio or box list.
type Option struct {
	Value, Text, Help string
	Icon              string // a picture, for radio with pictures
	On                bool
	Group             string // options of one group follow one another
}

// NewField makes a Field in Go; templates use input, which is this in their
// language.
func NewField(lang i18n.Lang, f *form.Form, name, key string) Field {
	d := Field{Name: name, Label: i18n.T(lang, key), Value: f.Get(name), Values: f.All(name), Kind: "text", typed: f, lang: lang}
	f.Named(name, d.Label)
	if i18n.Has(key + ".help") {
		d.Help = i18n.T(lang, key+".help")
	}
	return d
}

// Apart gives the field an id of its own where another of the same name stands on
// the page.
func (d Field) Apart(mark string) Field { d.apart = "-" + mark; return d }

// Labelled sets the label in words, for questions that are not messages.
func (d Field) Labelled(s string) Field {
	d.Label = s
	d.typed.Renamed(d.Name, s)
	return d
}

// Fault is what is wrong with the answer: Err, or else what the form says when
// the page is written, which may be later than when the Field was made.
func (d Field) Fault() string {
	if d.Err != "" {
		return d.Err
	}
	if e := d.typed.At(d.Name); e != nil {
		return i18n.T(d.lang, e.Key, e.Args...)
	}
	return ""
}

// ID is the input's id.
func (d Field) ID() string { return "f-" + d.Name + d.apart }

// Described lists the ids of help and fault, for aria-describedby.
func (d Field) Described() string {
	s := ""
	if d.Help != "" {
		s = d.ID() + "-help"
	}
	if d.Fault() != "" {
		if s != "" {
			s += " "
		}
		s += d.ID() + "-err"
	}
	return s
}

// Picked reports whether the option is chosen: typed, or On while nothing has
// been typed.
func (d Field) Picked(o Option) bool {
	if len(d.Values) == 0 {
		return o.On
	}
	for _, v := range d.Values {
		if v == o.Value {
			return true
		}
	}
	return false
}

// Typed is how many characters have been typed.
func (d Field) Typed() int { return utf8.RuneCountInString(d.Value) }

// Need marks the field as one that must be filled in. The domain still says so
// itself; fields not marked are labelled 可不填.
func (d Field) Need() Field { d.Required = true; return d }

// Max limits the characters.
func (d Field) Max(n int) Field { d.MaxLen = n; return d }

// Rows sets the height of an area, in lines.
func (d Field) Rows(n int) Field { d.Lines = n; return d }

// As sets the type: tel, number, date, datetime-local, password, email, search.
func (d Field) As(kind string) Field {
	d.Kind = kind
	switch kind {
	case "tel":
		d.Mode, d.Hint = "tel", "tel"
	case "number":
		d.Kind, d.Mode = "text", "numeric"
	case "password":
		d.Value = ""
	}
	return d
}

// Auto sets autocomplete, such as "one-time-code" or "current-password".
func (d Field) Auto(hint string) Field { d.Hint = hint; return d }

// Of gives the options.
func (d Field) Of(options []Option) Field { d.Options = options; return d }

// From sets what is shown while nothing has been typed, for editing a record.
func (d Field) From(value string) Field {
	if len(d.Values) == 0 {
		d.Value, d.Values = value, []string{value}
	}
	return d
}

// Files sets the kinds of files and how many.
func (d Field) Files(accept string, many int) Field { d.Accept, d.Many = accept, many; return d }

// Face is the icon of an upload: a camera where pictures are wanted.
func (d Field) Face() string {
	if strings.Contains(d.Accept, "image/") {
		return "camera"
	}
	return "document"
}

// Camera lets a telephone open its camera at once.
func (d Field) Camera() Field { d.Capture = "environment"; return d }

// Example shows an example inside the empty field.
func (d Field) Example(s string) Field { d.Hold = s; return d }

// Quiet hides the label from the eye, for filter bars.
func (d Field) Quiet() Field { d.Hidden = true; return d }

// First puts the cursor here when the page opens.
func (d Field) First() Field { d.Focus = true; return d }

// Helped sets the help in words.
func (d Field) Helped(s string) Field { d.Help = s; return d }

// Unit sets what stands after the input: 元, 户.
func (d Field) Unit(s string) Field { d.Suffix = s; return d }

// Of another form of the page, by its id.
func (d Field) In(formID string) Field { d.Form = formID; return d }

// attrs writes the attributes that all kinds of input share.
func (d Field) attrs(id bool) template.HTMLAttr {
	var b []byte
	add := func(name, value string) {
		b = append(b, ' ')
		b = append(b, name...)
		b = append(b, `="`...)
		b = append(b, template.HTMLEscapeString(value)...)
		b = append(b, '"')
	}
	if id {
		add("id", d.ID())
	}
	add("name", d.Name)
	if s := d.Described(); s != "" {
		add("aria-describedby", s)
	}
	if d.Fault() != "" {
		add("aria-invalid", "true")
	}
	if d.Required {
		add("aria-required", "true")
	}
	if d.MaxLen > 0 {
		add("data-max", strconv.Itoa(d.MaxLen))
	}
	if d.Hint != "" {
		add("autocomplete", d.Hint)
	}
	if d.Mode != "" {
		add("inputmode", d.Mode)
	}
	if d.Hold != "" {
		add("placeholder", d.Hold)
	}
	if d.Form != "" {
		add("form", d.Form)
	}
	if d.Focus {
		add("autofocus", "")
	}
	return template.HTMLAttr(b)
}

// Attrs are the shared attributes with the id.
func (d Field) Attrs() template.HTMLAttr { return d.attrs(true) }

// OptionAttrs are the shared attributes without the id, for each radio or box.
func (d Field) OptionAttrs() template.HTMLAttr {
	d.Hint, d.Mode, d.Hold, d.MaxLen, d.Focus = "", "", "", 0, false
	o := d
	o.Required = false
	return o.attrs(false)
}
