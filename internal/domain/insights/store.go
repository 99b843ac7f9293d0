// SPDX-License-Identifier: Apache-2.0

package insights

import (
	"database/sql"
	"slices"
	"strings"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// rowsOf are n groups of width placeholders: "($1,$2),($3,$4)".
func rowsOf(n, width int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("(" + sqldb.List(width, 1+width*i) + ")")
	}
	return b.String()
}

// atOnce is how many rows one statement writes.
const atOnce = 50

// The statement that adds rows to the counts, around its rows of placeholders.
var countHead, countTail = func() (head, tail string) {
	sums := make([]string, len(counted))
	for i, c := range counted {
		sums[i] = c + " = insight_count." + c + " + excluded." + c
	}
	return "INSERT INTO insight_count (span, face, bin, key, " + strings.Join(counted, ", ") + ") VALUES ",
		" ON CONFLICT (span, face, bin, key) DO UPDATE SET " + strings.Join(sums, ", ")
}()

// addCounts adds a tally to the counts, in an order that is always the same.
func addCounts(tx *sqldb.Tx, t tally) error {
	cells := make([]cell, 0, len(t))
	for c := range t {
		cells = append(cells, c)
	}
	slices.SortFunc(cells, func(a, b cell) int {
		return strings.Compare(string(a.span)+string(a.face)+a.key, string(b.span)+string(b.face)+b.key)*2 + int(min(1, max(-1, a.bin-b.bin)))
	})
	for some := range slices.Chunk(cells, atOnce) {
		args := make([]any, 0, len(some)*(4+len(counted)))
		for _, c := range some {
			args = append(args, string(c.span), string(c.face), c.bin, c.key)
			for _, n := range t[c] {
				args = append(args, n)
			}
		}
		if _, err := tx.Exec(countHead+rowsOf(len(some), 4+len(counted))+countTail, args...); err != nil {
			return err
		}
	}
	return nil
}

// addEvents writes what the readings give of the rows after from, and up to and
// with to. Of raisings there is no event: they are in the lists of matters.
func addEvents(tx *sqldb.Tx, rs []reading, from, to int64) error {
	var es []event
	var ss []spell
	for _, r := range rs {
		for _, e := range r.events {
			if e.seq > from && e.seq <= to && e.measure != Raised {
				es = append(es, e)
			}
		}
		for _, s := range r.spells {
			if s.seq > from && s.seq <= to {
				ss = append(ss, s)
			}
		}
	}
	for some := range slices.Chunk(es, atOnce) {
		var args []any
		for _, e := range some {
			args = append(args, string(e.measure), sqldb.At(e.at), sqldb.At(e.told), e.seq, e.matter, e.late, e.town, e.village, e.unit, e.category)
		}
		if _, err := tx.Exec(`INSERT INTO insight_event (measure, at, told_at, seq, matter_id, late, town_id, village_id, unit_id, category) VALUES `+rowsOf(len(some), 10), args...); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(ss, atOnce) {
		var args []any
		for _, s := range some {
			args = append(args, string(s.kind), sqldb.At(s.from), sqldb.At(s.until), s.seq, s.matter, s.town, s.village, s.unit, s.category)
		}
		if _, err := tx.Exec(`INSERT INTO insight_spell (kind, from_at, until_at, seq, matter_id, town_id, village_id, unit_id, category) VALUES `+rowsOf(len(some), 9), args...); err != nil {
			return err
		}
	}
	return nil
}

// setOpen writes how the touched matters stand, as far as they are under way.
func (s *Service) setOpen(tx *sqldb.Tx, touched []id.ID, rs []reading, now map[id.ID]matters.OpenNow) error {
	for some := range slices.Chunk(touched, 200) {
		var w sqldb.Where
		sqldb.In(&w, "matter_id", some...)
		if _, err := tx.Exec(`DELETE FROM insight_open `+w.SQL(), w.Args()...); err != nil {
			return err
		}
	}
	var open []openRow
	for _, r := range rs {
		if x, ok := s.openRow(r, now); ok {
			open = append(open, x)
		}
	}
	for some := range slices.Chunk(open, atOnce) {
		var args []any
		for _, x := range some {
			args = append(args, x.values()...)
		}
		if _, err := tx.Exec(`INSERT INTO insight_open (`+openColumns+`) VALUES `+rowsOf(len(some), 18), args...); err != nil {
			return err
		}
	}
	return nil
}

// An openRow is a matter under way.
type openRow struct {
	matters.OpenNow
	unit   id.ID
	soon   time.Time
	kind   Measure
	beyond time.Time
}

// openRow makes the row of a reading; ok is false if its matter has ended.
func (s *Service) openRow(r reading, now map[id.ID]matters.OpenNow) (x openRow, ok bool) {
	m, ok := now[r.matter]
	if !ok {
		return x, false
	}
	x = openRow{OpenNow: m, unit: r.unit, kind: r.now.kind, beyond: r.now.from}
	x.soon = m.WarnAt
	return x, true
}

const openColumns = `matter_id, state, town_id, village_id, grid_id, courtyard_id, category, urgent, unit_id, turn_unit, soon_at, due_at, kind, beyond_at, everybody, lat, lon, moved_at`

func (x openRow) values() []any {
	var lat, lon any
	if x.At != nil {
		lat, lon = x.At.Lat, x.At.Lon
	}
	return []any{x.ID, string(x.State), x.Path[scope.Town], x.Path[scope.Village], x.Path[scope.Grid], x.Path[scope.Courtyard], x.Category, x.Urgent, x.unit, x.TurnUnit,
		sqldb.At(x.soon), sqldb.At(x.Due), string(x.kind), sqldb.At(x.beyond), x.Everybody, lat, lon, sqldb.At(x.MovedAt)}
}

func scanOpen(r sqldb.Scanner) (x openRow, err error) {
	var soon, due, beyond, moved sqldb.Time
	var lat, lon sql.NullFloat64
	err = r.Scan(&x.ID, &x.State, &x.Path[scope.Town], &x.Path[scope.Village], &x.Path[scope.Grid], &x.Path[scope.Courtyard], &x.Category, &x.Urgent, &x.unit, &x.TurnUnit,
		&soon, &due, &x.kind, &beyond, &x.Everybody, &lat, &lon, &moved)
	x.soon, x.Due, x.beyond, x.MovedAt = soon.Time, due.Time, beyond.Time, moved.Time
	if lat.Valid && lon.Valid {
		x.At = &matters.Point{Lat: lat.Float64, Lon: lon.Float64}
	}
	return x, err
}

func clearCounts(tx *sqldb.Tx) error {
	for _, table := range []string{"insight_count", "insight_event", "insight_spell", "insight_open"} {
		if _, err := tx.Exec(`DELETE FROM ` + table); err != nil {
			return err
		}
	}
	return nil
}

// A piece is a part of a period that is added up from rows of one span.
type piece struct {
	span   span
	lo, hi int64 // bins from lo to just before hi
}

// pieces cuts the days from from to just before to into whole months and the days
// around them.
func pieces(from, to Day) []piece {
	if from >= to {
		return nil
	}
	first, last := from.month(), to.month() // last is not whole
	if firstOfMonth(first) < from {
		first++
	}
	if first >= last {
		return []piece{{days, int64(from), int64(to)}}
	}
	ps := []piece{{months, first, last}}
	if begin := firstOfMonth(first); from < begin {
		ps = append(ps, piece{days, int64(from), int64(begin)})
	}
	if end := firstOfMonth(last); end < to {
		ps = append(ps, piece{days, int64(end), int64(to)})
	}
	return ps
}

// everBefore are the pieces of all days before to.
func everBefore(to Day) []piece {
	ps := []piece{{months, 0, to.month()}}
	if end := firstOfMonth(to.month()); end < to {
		ps = append(ps, piece{days, int64(end), int64(to)})
	}
	return ps
}

// The columns of what happened, and of what stands.
var flowColumns, stockColumns = func() (flow, stock []int) {
	for i, c := range counted {
		if strings.HasSuffix(c, in) || strings.HasSuffix(c, out) {
			stock = append(stock, i)
		} else {
			flow = append(flow, i)
		}
	}
	return flow, stock
}()

// sumInto adds the columns of the pieces to the sums of their keys. few: one row a
// place, unit or category; who may see the numbers is asked by the caller.
func sumInto(tx *sqldb.Tx, sums map[string]*Sums, face Face, ps []piece, columns []int) error {
	var list strings.Builder
	for _, c := range columns {
		list.WriteString(", CAST(sum(" + counted[c] + ") AS BIGINT)")
	}
	for _, p := range ps {
		err := tx.Each(`SELECT key`+list.String()+` FROM insight_count WHERE span = $1 AND face = $2 AND bin >= $3 AND bin < $4 GROUP BY key`,
			[]any{string(p.span), string(face), p.lo, p.hi}, func(r sqldb.Scanner) error {
				var key string
				n := make([]int64, len(columns))
				to := []any{&key}
				for i := range n {
					to = append(to, &n[i])
				}
				if err := r.Scan(to...); err != nil {
					return err
				}
				s := sumsOf(sums, key)
				for i, c := range columns {
					s.n[c] += n[i]
				}
				return nil
			})
		if err != nil {
			return err
		}
	}
	return nil
}

func sumsOf(sums map[string]*Sums, key string) *Sums {
	s := sums[key]
	if s == nil {
		s = newSums()
		sums[key] = s
	}
	return s
}

// keyColumns are the columns of insight_open and of the events by which a face is
// told apart.
var keyColumns = map[Face][]string{ByPlace: {"town_id", "village_id"}, ByUnit: {"unit_id"}, ByCategory: {"category"}, All: {"''"}}

// openBeyond adds the matters under way that are beyond what was promised at t,
// but for those touched since the counts were kept. few: one row a key.
func openBeyond(tx *sqldb.Tx, sums map[string]*Sums, face Face, t time.Time, but []id.ID) error {
	for _, column := range keyColumns[face] {
		var w sqldb.Where
		w.Add("beyond_at < ?", sqldb.At(t))
		exclude(&w, but)
		by := column
		if face == All {
			by = "kind"
		}
		err := tx.Each(`SELECT `+column+`, kind, count(*) FROM insight_open `+w.SQL()+` GROUP BY kind, `+by, w.Args(), func(r sqldb.Scanner) error {
			var key, kind string
			var n int64
			if err := r.Scan(&key, &kind, &n); err != nil {
				return err
			}
			if face != All && (key == "" || key == "0") {
				return nil
			}
			s := sumsOf(sums, key)
			if Measure(kind) == Late {
				s.late += n
			} else {
				s.wait += n
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// exclude leaves out the given matters.
func exclude(w *sqldb.Where, but []id.ID) {
	if len(but) == 0 {
		return
	}
	args := make([]any, len(but))
	for i, d := range but {
		args[i] = d
	}
	w.Add("matter_id NOT IN ("+strings.TrimSuffix(strings.Repeat("?,", len(args)), ",")+")", args...)
}
