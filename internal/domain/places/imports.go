// SPDX-License-Identifier: Apache-2.0

package places

import (
	"yuanba/internal/kit/errs"
)

// A Result says what an import did. Read is Added + Unchanged + Rejected.
type Result struct {
	Read      int `json:"read"`
	Added     int `json:"added"`
	Unchanged int `json:"unchanged"`
	Rejected  int `json:"rejected"`

	Faults  []Fault `json:"-"` // why rows were rejected, in the order of the file
	Remarks []Fault `json:"-"` // what is odd, though nothing was rejected for it
}

// A Fault is what is wrong with one row of an import.
type Fault struct {
	Row  int    // counted from 1; 0 is the whole file
	Name string // what the file calls the thing
	Err  error  // for people: see errs.Public
}

func (r *Result) reject(row int, name string, err error) {
	r.Rejected++
	r.Faults = append(r.Faults, Fault{row, name, err})
}

// public reports whether err is one for people; others stop an import.
func public(err error) bool { return errs.Public(err) != nil }
