// SPDX-License-Identifier: Apache-2.0

package scope

import (
	"slices"
	"strings"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// A Part is what one grant gives of a list: a subtree of places, perhaps for
// some categories only.
type Part struct {
	In         Scope
	Categories []string // empty means all
}

// Parts is a union of parts. The empty union contains nothing.
type Parts []Part

// Parts are what the actor may see in a list that takes the need, at the moment
// at: exactly where [Actor.May] says yes to a target without a unit.
func (a Actor) Parts(need Need, at time.Time) Parts { return a.partsOf(need, 0, at) }

// PartsOf is Parts by the posts in one unit alone.
func (a Actor) PartsOf(unit id.ID, need Need, at time.Time) Parts { return a.partsOf(need, unit, at) }

func (a Actor) partsOf(need Need, unit id.ID, at time.Time) Parts {
	if a.Kind == System {
		return Parts{{}}
	}
	var ps Parts
	for _, g := range a.Grants {
		p := Part{g.In, g.Categories}
		if slices.Contains(g.Needs, need) && !g.Ended(at) && (unit == 0 || g.Unit == unit) &&
			!slices.ContainsFunc(ps, func(x Part) bool { return x.In == p.In && slices.Equal(x.Categories, p.Categories) }) {
			ps = append(ps, p)
		}
	}
	return ps
}

// Whole reports whether nothing is left out.
func (ps Parts) Whole() bool {
	return slices.ContainsFunc(ps, func(p Part) bool { return p.In.Level == City && len(p.Categories) == 0 })
}

// Limited reports whether some part is for some categories only.
func (ps Parts) Limited() bool {
	return slices.ContainsFunc(ps, func(p Part) bool { return len(p.Categories) > 0 })
}

// Scopes are the subtrees of the parts, whatever their categories.
func (ps Parts) Scopes() Scopes {
	var ss Scopes
	for _, p := range ps {
		if !slices.Contains(ss, p.In) {
			ss = append(ss, p.In)
		}
	}
	return ss
}

// Where limits a list to the union, by the columns of [Scopes.Where] and the
// column category. What has no category yet is in every part, as for May.
func (ps Parts) Where(w *sqldb.Where, prefix string) {
	if ps.Whole() {
		return
	}
	if !ps.Limited() {
		ps.Scopes().Where(w, prefix)
		return
	}
	var conds []string
	var args []any
	for _, p := range ps {
		cond, more := p.cond(prefix)
		conds, args = append(conds, "("+cond+")"), append(args, more...)
	}
	w.Any(conds, args...)
}

// Cond is the condition of one part, with its arguments; "" if it is everything.
func (p Part) Cond(prefix string) (string, []any) {
	if p.In.Level == City && len(p.Categories) == 0 {
		return "", nil
	}
	return p.cond(prefix)
}

func (p Part) cond(prefix string) (string, []any) {
	var conds []string
	var args []any
	if p.In.Level != City {
		conds, args = append(conds, prefix+columns[p.In.Level]+" = ?"), append(args, p.In.ID)
	}
	if len(p.Categories) > 0 {
		conds = append(conds, prefix+"category IN (''"+strings.Repeat(",?", len(p.Categories))+")")
		for _, c := range p.Categories {
			args = append(args, c)
		}
	}
	if len(conds) == 0 {
		return "1 = 1", nil
	}
	return strings.Join(conds, " AND "), args
}
