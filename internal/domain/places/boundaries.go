// SPDX-License-Identifier: Apache-2.0

package places

import (
	"context"
	"io"
	"slices"
	"strings"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// A BoundaryImport is a GeoJSON file of outlines and how to take it.
type BoundaryImport struct {
	File      io.Reader
	CRS       geo.CRS
	Level     Kind          // what the outlines are of; empty: matched among all places
	Tolerance geo.Tolerance // zero: geo.Usual
	On        Day           // from when they hold; empty: today
	Dry       bool          // only say what would happen
}

// The properties by which a feature names its place, in the order of trust.
var (
	codeNames = []string{"code", "CODE", "adcode", "ADCODE", "grid_code", "编码", "代码", "网格编码", "区划代码"}
	nameNames = []string{"name", "NAME", "Name", "名称", "网格名称"}
	overNames = []string{"parent", "parent_name", "village", "town", "社区", "村", "街道", "乡镇"}
)

// ImportBoundaries gives places the outlines of a file. A feature is matched to
// a place by its code, else by its name, among brothers and sisters by the name
// of what it lies in. Whoever administers the whole tree may.
//
// A feature is rejected, and the rest goes in, if it cannot be read, matches no
// place or several, comes twice, is broken (a ring that is open or crosses
// itself, a hole outside), or overlaps a brother's or sister's outline by more
// than the tolerance: then both are rejected if both are in the file, and both
// are named with the area and a point. Ground that no outline covers within the
// parent, holes that they enclose, and outlines that reach beyond the parent are
// remarks, named likewise; nothing is rejected for them. Added counts outlines
// that are new or replace another, Unchanged those that were there already.
// Invented outlines ([Service.Draw]) stand in nobody's way: with the first real
// one they end, in the whole tree.
func (s *Service) ImportBoundaries(ctx context.Context, by scope.Actor, in BoundaryImport) (Result, error) {
	if _, err := geo.ParseCRS(string(in.CRS)); err != nil {
		return Result{}, err
	}
	if in.Level != "" && in.Level.Level() < 0 {
		return Result{}, errs.At("level", "place.kind.unknown")
	}
	features, err := geo.Read(in.File)
	if err != nil {
		return Result{}, err
	}
	if in.Tolerance == (geo.Tolerance{}) {
		in.Tolerance = geo.Usual
	}
	var result Result
	err = s.change(ctx, by, in.On, func(p *plan) error {
		if err := p.allow(scope.Path{}); err != nil {
			return err
		}
		if err := p.day(); err != nil {
			return err
		}
		b := boundaries{plan: p, in: in, taken: map[id.ID]*boundary{}, bad: map[int]error{}}
		b.Read = len(features)
		b.match(features)
		if err := b.compare(); err != nil {
			return err
		}
		b.settle(features)
		if err := b.gaps(); err != nil {
			return err
		}
		if b.Added > 0 {
			b.disown()
		}
		if result = b.Result; in.Dry {
			p.changes = nil
		}
		return nil
	})
	return result, err
}

// boundaries is one import of outlines.
type boundaries struct {
	*plan
	Result
	in    BoundaryImport
	taken map[id.ID]*boundary
	order []*boundary
	bad   map[int]error // by row
}

// A boundary is a sound feature that has found its place.
type boundary struct {
	row     int
	node    *node
	outline *outline
}

func (b *boundaries) match(features []geo.Feature) {
	for _, f := range features {
		if err := b.one(f); err != nil {
			b.bad[f.Row] = err
		}
	}
}

func (b *boundaries) one(f geo.Feature) error {
	if f.Err != nil {
		return f.Err
	}
	if f.Shape == nil {
		return errs.New(errs.Invalid, "place.import.outline")
	}
	n, err := b.find(f)
	if err != nil {
		return err
	}
	if other := b.taken[n.ID]; other != nil {
		return errs.New(errs.Invalid, "place.import.again", n.Name, other.row)
	}
	shape := b.in.CRS.Into(f.Shape)
	if err := checkShape(shape); err != nil {
		return err
	}
	if err := b.day(n.Place); err != nil {
		return err
	}
	x := &boundary{f.Row, n, outlineOf(shape)}
	b.taken[n.ID] = x
	b.order = append(b.order, x)
	return nil
}

// find returns the one open place that a feature names.
func (b *boundaries) find(f geo.Feature) (*node, error) {
	fits := func(n *node) bool { return b.in.Level == "" || n.Kind == b.in.Level }
	code, name := f.Text(codeNames...), f.Text(nameNames...)
	for _, n := range b.tree.byCode[Pad(code)] {
		if fits(n) {
			return n, nil
		}
	}
	var found []*node
	for _, n := range b.tree.byName[official(name)] {
		if fits(n) {
			found = append(found, n)
		}
	}
	if over := official(f.Text(overNames...)); len(found) > 1 && over != "" {
		found = slices.DeleteFunc(found, func(n *node) bool {
			return !slices.ContainsFunc(b.tree.Ancestors(n.ID), func(a Place) bool { return a.Name.ZH == over })
		})
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return nil, errs.New(errs.Invalid, "place.import.several", name, len(found))
	}
	return nil, errs.New(errs.Invalid, "place.import.unmatched", strings.TrimSpace(code+" "+name))
}

// compare rejects outlines that overlap: with others of the file, and with those
// in the books that the file does not replace.
func (b *boundaries) compare() error {
	for _, x := range b.order {
		for _, o := range b.tree.siblings(x.node) {
			other, row := o.shape, 0
			if o.invented() {
				other = nil // it gives way
			}
			if y := b.taken[o.ID]; y != nil {
				if other, row = y.outline, y.row; row > x.row {
					continue // that pair is looked at from the other side
				}
			}
			if other == nil {
				continue
			}
			piece, over, err := b.in.Tolerance.Overlap(x.outline.shape, other.shape)
			if err != nil {
				return err
			}
			if over {
				fault := errs.New(errs.Invalid, "place.shape.overlap", x.node.Name, o.Name, squareMetres(piece.Area), geo.Where(piece.At))
				b.blame(x.row, fault)
				b.blame(row, fault)
			}
		}
	}
	return nil
}

// blame adds a fault to what is wrong with a row.
func (b *boundaries) blame(row int, fault *errs.Error) {
	if row > 0 {
		l := errs.List(errs.Public(b.bad[row]))
		b.bad[row] = append(slices.Clone(l), fault)
	}
}

// settle counts the rows, and plans the outlines of those without fault.
func (b *boundaries) settle(features []geo.Feature) {
	for _, f := range features {
		if err := b.bad[f.Row]; err != nil {
			b.reject(f.Row, strings.TrimSpace(f.Text(codeNames...)+" "+f.Text(nameNames...)), err)
		}
	}
	for _, x := range b.order {
		switch {
		case b.bad[x.row] != nil:
			delete(b.taken, x.node.ID)
		case x.node.shape != nil && !x.node.invented() && x.node.shape.geojson == x.outline.geojson:
			b.Unchanged++
		default:
			b.reshape(x.node.Place, x.outline, Exact, "")
			b.Added++
		}
	}
}

// shape is the outline a place will have.
func (b *boundaries) shape(n *node) geo.Shape {
	if x := b.taken[n.ID]; x != nil {
		return x.outline.shape
	}
	if n.shape != nil && !n.invented() {
		return n.shape.shape
	}
	return nil
}

// gaps remarks on ground left out within each parent whose places of a kind all
// have outlines, on holes, and on outlines that reach beyond the parent.
func (b *boundaries) gaps() error {
	type family struct {
		parent id.ID
		kind   Kind
	}
	seen := map[family]bool{}
	for _, x := range b.order {
		f := family{x.node.Parent, x.node.Kind}
		parent := b.tree.places[f.parent]
		if b.taken[x.node.ID] == nil || parent == nil || seen[f] {
			continue
		}
		seen[f] = true
		if err := b.family(parent, f.kind); err != nil {
			return err
		}
	}
	return nil
}

func (b *boundaries) family(parent *node, k Kind) error {
	whole, missing := b.shape(parent), 0
	var shapes []geo.Shape
	for _, n := range parent.children {
		if n.Kind != k {
			continue
		}
		s := b.shape(n)
		if s == nil {
			missing++
			continue
		}
		shapes = append(shapes, s)
		if whole == nil || b.taken[n.ID] == nil && b.taken[parent.ID] == nil {
			continue
		}
		piece, out, err := b.in.Tolerance.Outside(s, whole)
		if err != nil {
			return err
		}
		if out {
			b.remark(n.Name, "place.shape.outside", n.Name, parent.Name, squareMetres(piece.Area), geo.Where(piece.At))
		}
	}
	if missing > 0 {
		b.remark(parent.Name, "place.shape.missing", missing, parent.Name)
		whole = nil // what the missing ones cover is not known: look for holes only
	}
	piece, gap, err := b.in.Tolerance.Gap(whole, shapes)
	if err != nil || !gap {
		return err
	}
	around := b.around(parent, k, piece.At)
	b.remark(parent.Name, "place.shape.gap", parent.Name, squareMetres(piece.Area), geo.Where(piece.At), around)
	return nil
}

// around names the places whose outlines are nearest to a point: those between
// which a gap lies.
func (b *boundaries) around(parent *node, k Kind, at geo.Point) i18n.Text {
	type near struct {
		n *node
		d float64
	}
	var all []near
	for _, n := range parent.children {
		if s := b.shape(n); n.Kind == k && s != nil {
			all = append(all, near{n, geo.Away(s, at)})
		}
	}
	slices.SortStableFunc(all, func(a, b near) int {
		switch {
		case a.d < b.d:
			return -1
		case a.d > b.d:
			return 1
		}
		return 0
	})
	var zh, en []string
	for _, x := range all[:min(3, len(all))] {
		zh, en = append(zh, x.n.Name.ZH), append(en, x.n.Name.In(i18n.EN))
	}
	return i18n.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
}

func (b *boundaries) remark(name i18n.Text, key string, args ...any) {
	b.Remarks = append(b.Remarks, Fault{Name: name.ZH, Err: errs.New(errs.Invalid, key, args...)})
}
