// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// furnish makes what rows of other systems name and the town does not have, a unit of
// the city for each agency and a category for each kind, and tells the rows. Rows
// without an agency are left as they are, and so is everything of a dry run.
func (a *App) furnish(ctx context.Context, rows []matters.Foreign) error {
	by := scope.Program(matters.Importer)
	units := map[string]orgs.Unit{}
	for _, u := range a.Orgs.Directory().Units() {
		for _, name := range []string{u.Name.ZH, u.Name.EN} {
			if _, ok := units[name]; !ok && u.Serves().Level == scope.City {
				units[name] = u
			}
		}
	}
	fresh, err := a.addAgencies(ctx, by, rows, units)
	if err != nil {
		return err
	}
	for name, u := range fresh {
		units[name] = u
	}
	if err := a.Matters.AddKinds(ctx, by, kindsOf(rows, units)); err != nil {
		return err
	}
	codes, cat := map[string]string{}, a.Matters.Catalogue()
	for i, f := range rows {
		if f.Agency == "" {
			continue
		}
		if _, ok := codes[f.Kind]; !ok {
			k, _ := cat.Named(f.Kind)
			codes[f.Kind] = k.Code
		}
		rows[i].Category, rows[i].Lead = codes[f.Kind], units[f.Agency].ID
	}
	return nil
}

// addAgencies makes the units that are missing.
func (a *App) addAgencies(ctx context.Context, by scope.Actor, rows []matters.Foreign, have map[string]orgs.Unit) (fresh map[string]orgs.Unit, err error) {
	path := scope.Path{}
	var parent id.ID
	if u, ok := a.Orgs.Directory().Responsible("city", path); ok {
		parent, path = u.ID, u.Path
	}
	missing := map[string]bool{}
	var names []string
	for _, f := range rows {
		if _, ok := have[f.Agency]; f.Agency != "" && !ok && !missing[f.Agency] {
			missing[f.Agency], names = true, append(names, f.Agency)
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	err = a.DB.Write(ctx, func(tx *sqldb.Tx) error {
		fresh = map[string]orgs.Unit{}
		for _, name := range names {
			key := matters.CodeOf(name)
			d, err := a.Orgs.AddUnitIn(tx, by, orgs.NewUnit{Kind: orgs.Bureau, Key: key, Name: i18n.Text{ZH: name, EN: name}, Parent: parent, Path: path})
			if err != nil {
				return err
			}
			fresh[name] = orgs.Unit{ID: d, Key: key}
		}
		return nil
	})
	return fresh, err
}

// kindsOf are the kinds of the rows, each with the unit to which most of it went.
func kindsOf(rows []matters.Foreign, units map[string]orgs.Unit) (kinds []matters.ForeignKind) {
	type pair struct{ kind, agency string }
	times, most := map[pair]int{}, map[string]string{}
	var order []string
	for _, f := range rows {
		if f.Agency == "" {
			continue
		}
		if _, ok := most[f.Kind]; !ok {
			most[f.Kind], order = f.Agency, append(order, f.Kind)
		}
		times[pair{f.Kind, f.Agency}]++
		if times[pair{f.Kind, f.Agency}] > times[pair{f.Kind, most[f.Kind]}] {
			most[f.Kind] = f.Agency
		}
	}
	for _, k := range order {
		kinds = append(kinds, matters.ForeignKind{Name: k, Unit: units[most[k]].Key})
	}
	return kinds
}
