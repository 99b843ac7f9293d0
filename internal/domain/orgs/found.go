// SPDX-License-Identifier: Apache-2.0

package orgs

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

//go:embed data/organisation.json
var organisation []byte

// A pattern is the organisation that a town begins with: which units stand at
// each level of the tree of places, and which posts they have.
type pattern struct {
	City    []unitPattern `json:"city"`
	Town    []unitPattern `json:"town"`
	Village []unitPattern `json:"village"`
	Grid    postPattern   `json:"grid"`
}

type unitPattern struct {
	Kind   Kind   `json:"kind"`
	Key    string `json:"key"`
	Parent string `json:"parent"` // key of the unit above: of the same place, or of one further up
	Names  []struct {
		Ends string    `json:"ends"` // for places whose name ends so; "" for any
		Name i18n.Text `json:"name"` // {place} is the place's own name
	} `json:"names"`
	Hours i18n.Text     `json:"hours"`
	Posts []postPattern `json:"posts"`
}

type postPattern struct {
	Unit  string    `json:"unit"` // of a grid's post: the key of the unit it belongs to
	Title i18n.Text `json:"title"`
	Role  string    `json:"role"`
}

var shipped = sync.OnceValue(func() pattern {
	var p pattern
	if err := json.Unmarshal(organisation, &p); err != nil {
		panic(err) // the file is in the binary, and the tests read it
	}
	return p
})

// ShippedKeys are the keys of the units that Found makes.
func ShippedKeys() []string {
	var keys []string
	for _, us := range [][]unitPattern{shipped().City, shipped().Town, shipped().Village} {
		for _, u := range us {
			if !slices.Contains(keys, u.Key) {
				keys = append(keys, u.Key)
			}
		}
	}
	return keys
}

// ShippedRoles are the roles of the posts that Found makes.
func ShippedRoles() []string {
	roles := []string{shipped().Grid.Role}
	for _, us := range [][]unitPattern{shipped().City, shipped().Town, shipped().Village} {
		for _, u := range us {
			for _, p := range u.Posts {
				if !slices.Contains(roles, p.Role) {
					roles = append(roles, p.Role)
				}
			}
		}
	}
	return roles
}

// A Ground is a place on which Found is to build: what it needs to know of it.
type Ground struct {
	Path scope.Path // from the city down to the place itself
	Code string
	Name i18n.Text
}

// GroundOf is the ground of a whole tree: every open place on which Found builds.
func GroundOf(t *places.Tree) []Ground {
	var gs []Ground
	for _, k := range []places.Kind{places.City, places.Town, places.Village, places.Grid} {
		for _, p := range t.All(k) {
			if p.Open() {
				gs = append(gs, Ground{Path: p.Path, Code: p.Code, Name: p.Name})
			}
		}
	}
	return gs
}

// Found makes the organisation that a town begins with, on the given places:
// the city's bureaus and centre, for each town its government, centre and
// stations, for each village its committee, for each grid the post of its
// worker. Places may come in any order; courtyards get nothing. It is done in the
// same order whatever that of the places, and what is there already is left
// alone, so that a town may call it again when villages have been added. The
// actor must administer the city.
func (s *Service) Found(tx *sqldb.Tx, by scope.Actor, ground []Ground) error {
	if err := allow(tx, by, scope.Path{}); err != nil {
		return err
	}
	have, err := loadDirectory(tx)
	if err != nil {
		return err
	}
	f := &founding{tx: tx, by: by, have: have, byKey: map[string]map[scope.Scope]id.ID{}, codes: map[string]bool{}}
	for _, u := range have.units {
		f.codes[u.Code] = true
	}
	for key, at := range have.byKey {
		f.byKey[key] = map[scope.Scope]id.ID{}
		for in, u := range at {
			f.byKey[key][in] = u
		}
	}
	ground = slices.Clone(ground)
	slices.SortFunc(ground, func(a, b Ground) int {
		_, la := a.Path.Last()
		_, lb := b.Path.Last()
		if la != lb {
			return int(la - lb)
		}
		return strings.Compare(a.Code, b.Code)
	})
	for _, p := range ground {
		if err := f.build(p); err != nil {
			return fmt.Errorf("found the units of %s %s: %w", p.Code, p.Name.ZH, err)
		}
	}
	if f.made == 0 {
		return nil
	}
	return s.changed(tx)
}

// founding is Found at work.
type founding struct {
	tx    *sqldb.Tx
	by    scope.Actor
	have  *Directory
	byKey map[string]map[scope.Scope]id.ID
	codes map[string]bool
	made  int
}

func (f *founding) build(p Ground) error {
	_, level := p.Path.Last()
	var units []unitPattern
	switch level {
	case scope.City:
		units = shipped().City
	case scope.Town:
		units = shipped().Town
	case scope.Village:
		units = shipped().Village
	case scope.Grid:
		return f.gridPost(p)
	default:
		return nil
	}
	for _, u := range units {
		if _, ok := f.byKey[u.Key][scope.Of(p.Path)]; ok {
			continue
		}
		if err := f.unit(p, u); err != nil {
			return err
		}
	}
	return nil
}

func (f *founding) unit(p Ground, from unitPattern) error {
	u := Unit{
		ID: f.tx.NewID(), Kind: from.Kind, Key: from.Key, Name: from.nameFor(p), Parent: f.nearest(from.Parent, p.Path),
		Path: p.Path, Hours: from.Hours, Active: true, Version: 1,
	}
	if code := p.Code + "-" + from.Key; p.Code != "" && !f.codes[code] {
		u.Code, f.codes[code] = code, true
	}
	if err := insertUnit(f.tx, u); err != nil {
		return err
	}
	f.made++
	if f.byKey[u.Key] == nil {
		f.byKey[u.Key] = map[scope.Scope]id.ID{}
	}
	f.byKey[u.Key][u.Serves()] = u.ID
	if err := trail.Append(f.tx, f.by, trail.Entry{Noun: "unit", Record: u.ID, Act: "add", To: "active", Note: u.Name.ZH, Digest: u.Digest()}); err != nil {
		return err
	}
	for _, pp := range from.Posts {
		if err := f.post(u.ID, pp.Title, pp.Role, p.Path); err != nil {
			return err
		}
	}
	return nil
}

func (f *founding) post(unit id.ID, title i18n.Text, role string, path scope.Path) error {
	p := Post{ID: f.tx.NewID(), Unit: unit, Title: title, Role: role, Path: path, Active: true, Version: 1}
	if err := insertPost(f.tx, p); err != nil {
		return err
	}
	f.made++
	return trail.Append(f.tx, f.by, trail.Entry{Noun: "post", Record: p.ID, Act: "add", To: "active", Note: p.Title.ZH, Digest: p.Digest()})
}

// gridPost makes the post of a grid's worker, unless the unit has one for it.
func (f *founding) gridPost(p Ground) error {
	g := shipped().Grid
	unit := f.nearest(g.Unit, p.Path)
	if unit == 0 {
		return fmt.Errorf("no unit %q to which the grid's worker could belong", g.Unit)
	}
	for _, post := range f.have.Posts(unit) {
		if post.Role == g.Role && post.In() == scope.Of(p.Path) {
			return nil
		}
	}
	return f.post(unit, inPlace(g.Title, p), g.Role, p.Path)
}

// nearest is the unit with the key at the place, or further up; 0 if there is none.
func (f *founding) nearest(key string, path scope.Path) id.ID {
	for l := scope.Courtyard; l > scope.City; l-- {
		if u, ok := f.byKey[key][scope.Scope{Level: l, ID: path[l]}]; ok && path[l] != 0 {
			return u
		}
	}
	return f.byKey[key][scope.Scope{}]
}

func (u unitPattern) nameFor(p Ground) i18n.Text {
	for _, n := range u.Names {
		if strings.HasSuffix(p.Name.ZH, n.Ends) {
			return inPlace(n.Name, p)
		}
	}
	return inPlace(u.Names[len(u.Names)-1].Name, p)
}

func inPlace(t i18n.Text, p Ground) i18n.Text {
	return i18n.Text{
		ZH: strings.ReplaceAll(t.ZH, "{place}", p.Name.In(i18n.ZH)),
		EN: strings.ReplaceAll(t.EN, "{place}", p.Name.In(i18n.EN)),
	}
}
