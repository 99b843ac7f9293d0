// SPDX-License-Identifier: Apache-2.0

package app

import (
	"net/http"
	"reflect"
	"slices"

	"yuanba/internal/sim"
)

// Open is Handler with the list of every route that it answers.
func (a *App) Open() (http.Handler, []string, error) {
	mux, site, err := a.mux("test")
	if err != nil {
		return nil, nil, err
	}
	h := site.Wrap(mux)
	return h, patterns(mux), nil
}

// patterns reads the routes out of a mux, which has no list of its own. When a
// newer Go keeps them otherwise, it fails loudly and is to be adapted.
func patterns(mux *http.ServeMux) []string {
	var all []string
	var walk func(v reflect.Value)
	seen := map[uintptr]bool{}
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			if v.IsNil() || seen[v.Pointer()] {
				return
			}
			seen[v.Pointer()] = true
			if v.Type().Elem().Name() == "pattern" {
				all = append(all, v.Elem().FieldByName("str").String())
				return
			}
			walk(v.Elem())
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Type().Field(i).Name != "handler" {
					walk(v.Field(i))
				}
			}
		case reflect.Map:
			for _, k := range v.MapKeys() {
				walk(v.MapIndex(k))
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		}
	}
	walk(reflect.ValueOf(mux).Elem())
	slices.Sort(all)
	return slices.Compact(all)
}

// SimTown is the town as the simulation acts in it.
func SimTown(a *App, clock *sim.Clock) sim.Town { return a.acting(clock) }
