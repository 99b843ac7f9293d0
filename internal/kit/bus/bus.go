// SPDX-License-Identifier: Apache-2.0

// Package bus tells one domain what happened in another, inside the transaction
// in which it happened.
//
// An event is a struct of the domain that tells it. Who hears it is wired in one
// file (internal/app/wire.go), since a domain may not import those above it.
package bus

import (
	"reflect"

	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Bus knows who hears which event. It is wired before it is used, and not
// changed afterwards.
type Bus struct {
	hear map[reflect.Type][]func(*sqldb.Tx, scope.Actor, any) error
}

// New returns a bus on which nobody listens.
func New() *Bus { return &Bus{hear: map[reflect.Type][]func(*sqldb.Tx, scope.Actor, any) error{}} }

// On arranges for f to be called with every event of type E, in the order in
// which the listeners were added. An error of f undoes the whole transaction.
func On[E any](b *Bus, f func(tx *sqldb.Tx, by scope.Actor, e E) error) {
	t := reflect.TypeFor[E]()
	b.hear[t] = append(b.hear[t], func(tx *sqldb.Tx, by scope.Actor, e any) error { return f(tx, by, e.(E)) })
}

// Tell tells everybody who hears events of type E that e happened by the actor's
// doing. It stops at the first error.
func Tell[E any](b *Bus, tx *sqldb.Tx, by scope.Actor, e E) error {
	for _, f := range b.hear[reflect.TypeFor[E]()] {
		if err := f(tx, by, e); err != nil {
			return err
		}
	}
	return nil
}
