// SPDX-License-Identifier: Apache-2.0

// Package scope answers two questions: may this person do that there, and which
// part of the tree of places may they see.
//
// Permission is post × place × category: an [Actor] holds [Grant]s, each of
// which gives some [Need]s within one [Scope], a subtree of places. [Actor.May]
// is a pure function, and says why. [Scopes.Where] limits a list to the same
// subtrees in SQL.
package scope

import (
	"slices"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// A Level is a rank of the tree of places.
type Level int

// The levels, from the root down.
const (
	City Level = iota
	Town
	Village
	Grid
	Courtyard
	levels
)

// A Path names the places from the root down to one of them; what is below that
// one is zero. A courtyard need not lie in a grid, so a Path may have a gap.
type Path [levels]id.ID

// Last is the deepest place of the path, and its level.
func (p Path) Last() (id.ID, Level) {
	for l := Courtyard; l > City; l-- {
		if p[l] != 0 {
			return p[l], l
		}
	}
	return p[City], City
}

// A Scope is a subtree of places. The zero Scope is the whole tree.
type Scope struct {
	Level Level `json:"level"`
	ID    id.ID `json:"id"`
}

// Of is the subtree below the last place of p.
func Of(p Path) Scope {
	d, l := p.Last()
	if l == City {
		return Scope{}
	}
	return Scope{l, d}
}

// Contains reports whether the place at p lies in s.
func (s Scope) Contains(p Path) bool { return s.Level == City || p[s.Level] == s.ID }

// Scopes is a union of subtrees. The empty union contains nothing.
type Scopes []Scope

// All is the whole tree.
var All = Scopes{{}}

// Contains reports whether the place at p lies in one of the subtrees.
func (ss Scopes) Contains(p Path) bool {
	return slices.ContainsFunc(ss, func(s Scope) bool { return s.Contains(p) })
}

// Whole reports whether the union is the whole tree.
func (ss Scopes) Whole() bool {
	return slices.ContainsFunc(ss, func(s Scope) bool { return s.Level == City })
}

var columns = [levels]string{Town: "town_id", Village: "village_id", Grid: "grid_id", Courtyard: "courtyard_id"}

// Where limits a list to the union, by the columns town_id, village_id, grid_id
// and courtyard_id of the table with the given prefix ("m." or none).
func (ss Scopes) Where(w *sqldb.Where, prefix string) {
	if ss.Whole() {
		return
	}
	var conds []string
	var args []any
	for l := Town; l < levels; l++ {
		var marks string
		for _, s := range ss {
			if s.Level == l {
				if marks != "" {
					marks += ","
				}
				marks += "?"
				args = append(args, s.ID)
			}
		}
		if marks != "" {
			conds = append(conds, prefix+columns[l]+" IN ("+marks+")")
		}
	}
	w.Any(conds, args...)
}

// A Need is what an act asks of the person who does it. The needs of the town
// are listed in domain/access.
type Need string

// A Kind is what sort of person an actor is.
type Kind string

// The kinds of actors.
const (
	Anonymous Kind = "anonymous" // nobody has said who they are
	Resident  Kind = "resident"  // known by a phone code, or verified at the desk
	Staff     Kind = "staff"     // holds an account of the town
	Outside   Kind = "outside"   // answers one matter by a link
	Machine   Kind = "machine"   // another program, by its key
	System    Kind = "system"    // a job of the program itself
)

// A Grant is what one post gives its holder: some needs, in one subtree, perhaps
// for some categories only, perhaps until a day.
type Grant struct {
	Post       string    // the post's name, for the reason and the trail
	Needs      []Need    // what it allows
	In         Scope     // where
	Unit       id.ID     // the unit the post belongs to
	Categories []string  // which categories; empty means all
	Until      time.Time // when it ends; zero means not yet known
	Covering   string    // whose leave is being covered, if any
}

// Ended reports whether the grant has ended by the moment at. One that has an end
// counts as ended for who does not say at which moment.
func (g Grant) Ended(at time.Time) bool {
	return !g.Until.IsZero() && (at.IsZero() || !at.Before(g.Until))
}

// An Actor is somebody who asks for something to be done.
type Actor struct {
	Kind     Kind
	Account  id.ID  // the staff account, if any
	Resident id.ID  // the resident, if any
	Name     string // as shown in the trail; never a resident's full name
	Unit     id.ID  // the unit of the first post
	Grants   []Grant
	Slips    []id.ID // the records whose query code this visitor has shown
	Address  string  // where the request came from, for limits; never stored with a record
}

// A Target is what an act is about: the place it happens in, the unit that is
// responsible, the category, the moment.
type Target struct {
	Path     Path
	Unit     id.ID // if set, the grant's unit must be this one
	Category string
	At       time.Time // without it a grant that has an end counts as ended
}

// A Decision says whether something is allowed, and why. Key and Args are a
// message for people.
type Decision struct {
	OK    bool
	Key   string
	Args  []any
	Grant Grant // the grant that allowed it
}

// The reasons of decisions, as message keys.
const (
	AllowedByPost   = "access.by_post"        // {0} is the post
	AllowedCovering = "access.covering"       // {0} is the post, {1} whose leave
	AllowedSystem   = "access.by_system"      //
	DeniedSignIn    = "access.sign_in"        //
	DeniedNeed      = "access.no_post"        // no post of theirs gives this need
	DeniedPlace     = "access.other_place"    // {0} is the post: it is for another place
	DeniedUnit      = "access.other_unit"     // {0} is the post: another unit's turn
	DeniedCategory  = "access.other_category" // {0} is the post
	DeniedEnded     = "access.ended"          // {0} is the post: it has ended
)

// May decides whether the actor may do what takes the given need to the target,
// by these rules, in order:
//   - the system may do everything;
//   - one grant must give the need, and not have ended;
//   - the same grant's subtree must contain the place, its unit be the target's
//     unit if that is named, and its categories hold the target's category if
//     they are limited and that is known.
//
// The reason given for a refusal is that of the grant that came nearest.
func (a Actor) May(need Need, t Target) Decision {
	if a.Kind == System {
		return Decision{OK: true, Key: AllowedSystem}
	}
	best, rank := Decision{Key: DeniedNeed}, 0
	if a.Kind == Anonymous {
		best.Key = DeniedSignIn
	}
	miss := func(r int, key, post string) {
		if r > rank {
			best, rank = Decision{Key: key, Args: []any{post}}, r
		}
	}
	for _, g := range a.Grants {
		switch {
		case !slices.Contains(g.Needs, need):
		case g.Ended(t.At):
			miss(1, DeniedEnded, g.Post)
		case !g.In.Contains(t.Path):
			miss(2, DeniedPlace, g.Post)
		case t.Unit != 0 && g.Unit != t.Unit:
			miss(3, DeniedUnit, g.Post)
		case t.Category != "" && len(g.Categories) > 0 && !slices.Contains(g.Categories, t.Category):
			miss(4, DeniedCategory, g.Post)
		case g.Covering != "":
			return Decision{OK: true, Key: AllowedCovering, Args: []any{g.Post, g.Covering}, Grant: g}
		default:
			return Decision{OK: true, Key: AllowedByPost, Args: []any{g.Post}, Grant: g}
		}
	}
	return best
}

// Has reports whether any grant gives the need anywhere: for showing a menu, not
// for deciding an act.
func (a Actor) Has(need Need) bool {
	return a.Kind == System || slices.ContainsFunc(a.Grants, func(g Grant) bool { return slices.Contains(g.Needs, need) })
}

// Scopes are the subtrees in which the actor holds the need at the moment at:
// the territorial limit of a list.
func (a Actor) Scopes(need Need, at time.Time) Scopes {
	if a.Kind == System {
		return All
	}
	var ss Scopes
	for _, g := range a.Grants {
		if slices.Contains(g.Needs, need) && !g.Ended(at) && !slices.Contains(ss, g.In) {
			ss = append(ss, g.In)
		}
	}
	return ss
}

// Units are the units for which the actor holds the need at the moment at.
func (a Actor) Units(need Need, at time.Time) []id.ID {
	var us []id.ID
	for _, g := range a.Grants {
		if slices.Contains(g.Needs, need) && !g.Ended(at) && g.Unit != 0 && !slices.Contains(us, g.Unit) {
			us = append(us, g.Unit)
		}
	}
	return us
}

// Program is the actor of the program's own jobs; name says which, as in
// "reminders".
func Program(name string) Actor { return Actor{Kind: System, Name: name} }
