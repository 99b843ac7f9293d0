// SPDX-License-Identifier: Apache-2.0

package places_test

import (
	"bytes"
	"testing"

	"yuanba/internal/domain/places"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

// Whoever alters a place behind the program's back is found out by the trail.
func TestTampering(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := qionglai(t, db)
		a, b, c, d := code(t, s, "510183001030"), code(t, s, "510183103"), code(t, s, "510183118"), code(t, s, "510183002")
		if err := s.Rename(ctx, admin, a.ID, places.Renaming{Name: i18n.Text{ZH: "白塔社区"}}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Merge(ctx, admin, places.Merging{Of: []id.ID{b.ID}, Into: c.ID}); err != nil {
			t.Fatal(err)
		}
		if err := s.SetShape(ctx, admin, d.ID, places.Shaping{Shape: square(0, 0, 1, 1)}); err != nil {
			t.Fatal(err)
		}
		state := func(p id.ID) (sum []byte) {
			err := db.Read(ctx, func(tx *sqldb.Tx) error {
				return places.Digests()[places.Noun](tx, func(d id.ID, b []byte) error {
					if d == p {
						sum = b
					}
					return nil
				})
			})
			if err != nil {
				t.Fatal(err)
			}
			return sum
		}
		for _, c := range []struct {
			of    id.ID
			alter string
		}{
			{a.ID, `UPDATE place SET name_en = 'x' WHERE id = $1`},
			{a.ID, `UPDATE place_history SET name_zh = 'x' WHERE place_id = $1`},
			{b.ID, `DELETE FROM place_successor WHERE place_id = $1`},
			{d.ID, `UPDATE place_shape SET geometry = '{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}' WHERE place_id = $1`},
		} {
			before := state(c.of)
			if err := db.Write(ctx, func(tx *sqldb.Tx) error { return tx.One(c.alter, c.of) }); err != nil {
				t.Fatal(err)
			}
			if bytes.Equal(before, state(c.of)) {
				t.Errorf("not found out: %s", c.alter)
			}
		}
	})
}
