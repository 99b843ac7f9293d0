// SPDX-License-Identifier: Apache-2.0

// Package errs is the one way this program says what went wrong.
//
// An [Error] carries a [Kind], which decides the HTTP status and the exit code,
// and a message key, which the reader's language decides. Everything else is an
// ordinary Go error and is shown to nobody but the operator.
package errs

import (
	"errors"
	"fmt"
	"strings"
)

// A Kind is the class of a failure, as its reader would name it.
type Kind string

// The kinds. The list only grows: their names are part of the API.
const (
	Invalid  Kind = "invalid"   // the request makes no sense as written
	Denied   Kind = "denied"    // the reader may not do this
	NotFound Kind = "not_found" // no such record, or not for this reader
	Conflict Kind = "conflict"  // someone else got there first
	TooMany  Kind = "too_many"  // too many tries in too short a time
	Busy     Kind = "busy"      // overloaded; try again in a moment
	Full     Kind = "full"      // the disk is full
	Internal Kind = "internal"  // our fault; the reader learns nothing more
)

// An Error is a failure that may be shown to a person.
type Error struct {
	Kind  Kind
	Key   string // message key, such as "matter.title.empty"
	Args  []any  // values for the message
	Field string // form field at fault, if any
	Err   error  // cause, for the log only
}

// Error is the operator's text: kind, key, arguments and cause.
func (e *Error) Error() string {
	s := fmt.Sprintf("%s: %s", e.Kind, e.Key)
	if e.Field != "" {
		s += " (" + e.Field + ")"
	}
	if len(e.Args) > 0 {
		s += " " + fmt.Sprint(e.Args...)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause, which only the operator sees.
func (e *Error) Unwrap() error { return e.Err }

// New returns an error of the given kind whose text is the message key.
func New(kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: args}
}

// At returns an Invalid error that belongs beside the named form field.
func At(field, key string, args ...any) *Error {
	return &Error{Kind: Invalid, Key: key, Args: args, Field: field}
}

// A List is several failures of one request, such as the faults of a form.
type List []*Error

// Add appends an error beside a field.
func (l *List) Add(field, key string, args ...any) { *l = append(*l, At(field, key, args...)) }

// Join appends the public errors of err, if any; a nil err adds nothing. An
// error that is not public is returned to be handled as the fault it is.
func (l *List) Join(err error) error {
	if err == nil {
		return nil
	}
	es := Public(err)
	if es == nil {
		return err
	}
	*l = append(*l, es...)
	return nil
}

// Err returns l as an error, or nil if it is empty.
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	return l
}

// Error is the operator's text.
func (l List) Error() string {
	ss := make([]string, len(l))
	for i, e := range l {
		ss[i] = e.Error()
	}
	return strings.Join(ss, "; ")
}

// KindOf reports the kind of err: Internal unless some error in its tree says
// otherwise. The kind of a List is that of its first member.
func KindOf(err error) Kind {
	if es := Public(err); len(es) > 0 {
		return es[0].Kind
	}
	return Internal
}

// Public returns the failures in err's tree that may be shown to a person, or
// nil if there are none.
func Public(err error) []*Error {
	var l List
	if errors.As(err, &l) {
		return l
	}
	var e *Error
	if errors.As(err, &e) {
		return []*Error{e}
	}
	return nil
}
