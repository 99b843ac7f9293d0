// SPDX-License-Identifier: Apache-2.0

// Package flow describes how a record moves from state to state.
//
// A Table is the whole law of a record's life: a move that is not listed cannot
// happen. The table decides nothing else. What a move does, and to whom it is
// announced, is plain code in the domain that owns the record.
package flow

import (
	"fmt"
	"slices"
	"strings"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
)

// A Move is one row of a Table: in state From, a person holding Need may Act,
// and the record is then in state To.
type Move[S, A ~string] struct {
	From S
	Act  A
	To   S
	Need scope.Need
}

// On returns the move that act makes from one state to another, for those who hold need.
func On[S, A ~string](from S, act A, to S, need scope.Need) Move[S, A] {
	return Move[S, A]{from, act, to, need}
}

// A Table lists every move a kind of record may make.
type Table[S, A ~string] struct {
	name  string
	start S
	moves []Move[S, A]
}

// New returns the table of moves for the named kind of record. It panics if two
// moves share state, act and target, if an act that leads from one state to
// several others needs not the same for each, or if a state cannot be reached
// from start.
func New[S, A ~string](name string, start S, moves ...Move[S, A]) *Table[S, A] {
	t := &Table[S, A]{name, start, moves}
	for i, m := range moves {
		for _, o := range moves[:i] {
			if o.From == m.From && o.Act == m.Act && (o.To == m.To || o.Need != m.Need) {
				panic(fmt.Sprintf("flow %s: two moves %s from %s", name, m.Act, m.From))
			}
		}
	}
	reached := map[S]bool{start: true}
	for grew := true; grew; {
		grew = false
		for _, m := range moves {
			if reached[m.From] && !reached[m.To] {
				reached[m.To], grew = true, true
			}
		}
	}
	for _, m := range moves {
		if !reached[m.From] {
			panic(fmt.Sprintf("flow %s: state %s cannot be reached", name, m.From))
		}
	}
	return t
}

// Find returns the move that act makes from state s, or a Conflict error if
// there is none.
func (t *Table[S, A]) Find(s S, act A) (Move[S, A], error) {
	for _, m := range t.moves {
		if m.From == s && m.Act == act {
			return m, nil
		}
	}
	return Move[S, A]{}, errs.New(errs.Conflict, t.name+".move", string(act), string(s))
}

// Lead returns the state to which act leads from s. Where the table leaves a
// choice, as for an act that undoes another and goes back to where that began, it
// is chosen, which must be one of those listed.
func (t *Table[S, A]) Lead(s S, act A, chosen S) (S, error) {
	var to []S
	for _, m := range t.moves {
		if m.From == s && m.Act == act {
			to = append(to, m.To)
		}
	}
	switch {
	case len(to) == 1:
		return to[0], nil
	case slices.Contains(to, chosen):
		return chosen, nil
	}
	return s, fmt.Errorf("flow %s: %s does not lead from %s to %s", t.name, act, s, chosen)
}

// From returns the moves that can be made in state s: the buttons of a page.
func (t *Table[S, A]) From(s S) []Move[S, A] {
	var ms []Move[S, A]
	for _, m := range t.moves {
		if m.From == s {
			ms = append(ms, m)
		}
	}
	return ms
}

// States returns every state, in the order in which the table names them.
func (t *Table[S, A]) States() []S {
	ss, seen := []S{t.start}, map[S]bool{t.start: true}
	for _, m := range t.moves {
		for _, s := range []S{m.From, m.To} {
			if !seen[s] {
				ss, seen[s] = append(ss, s), true
			}
		}
	}
	return ss
}

// Acts returns every act, in the order in which the table names them.
func (t *Table[S, A]) Acts() []A {
	var as []A
	for _, m := range t.moves {
		if !slices.Contains(as, m.Act) {
			as = append(as, m.Act)
		}
	}
	return as
}

// Moves returns the whole table.
func (t *Table[S, A]) Moves() []Move[S, A] { return slices.Clone(t.moves) }

// Name is the kind of record whose life this is.
func (t *Table[S, A]) Name() string { return t.name }

// Ends reports whether no move leaves s.
func (t *Table[S, A]) Ends(s S) bool { return len(t.From(s)) == 0 }

// Mermaid returns the table as a state diagram, for the documentation.
func (t *Table[S, A]) Mermaid() string {
	var b strings.Builder
	fmt.Fprintf(&b, "stateDiagram-v2\n    [*] --> %s\n", t.start)
	for _, m := range t.moves {
		fmt.Fprintf(&b, "    %s --> %s: %s (%s)\n", m.From, m.To, m.Act, m.Need)
	}
	for _, s := range t.States() {
		if len(t.From(s)) == 0 {
			fmt.Fprintf(&b, "    %s --> [*]\n", s)
		}
	}
	return b.String()
}
