// SPDX-License-Identifier: Apache-2.0

package hotissues

import (
	"encoding/json"
	"strconv"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

const day = 24 * time.Hour

const columns = `id, town_id, village_id, grid_id, courtyard_id, category, name, heat, facts, open_heat, open_facts, from_at, to_at, counted_at, proposed_at, proposed_by, proposed, version`

func scan(city id.ID) func(r sqldb.Scanner) (Kept, error) {
	return func(r sqldb.Scanner) (k Kept, err error) {
		var facts, open string
		var from, to, counted, proposed sqldb.Time
		err = r.Scan(&k.ID, &k.Path[scope.Town], &k.Path[scope.Village], &k.Path[scope.Grid], &k.Path[scope.Courtyard], &k.Category, &k.Name, &k.Heat.Total, &facts, &k.OpenHeat.Total, &open,
			&from, &to, &counted, &proposed, &k.ProposedBy, &k.Proposed, &k.Version)
		if err != nil {
			return k, err
		}
		k.Path[scope.City] = city
		k.From, k.To, k.CountedAt, k.ProposedAt = from.Time, to.Time, counted.Time, proposed.Time
		if err := json.Unmarshal([]byte(facts), &k.Heat); err != nil {
			return k, err
		}
		return k, json.Unmarshal([]byte(open), &k.OpenHeat)
	}
}

func (k Kept) values() []any {
	return []any{k.ID, k.Path[scope.Town], k.Path[scope.Village], k.Path[scope.Grid], k.Path[scope.Courtyard], k.Category, k.Name, k.Heat.Total, k.Heat.text(), k.OpenHeat.Total, k.OpenHeat.text(),
		sqldb.At(k.From), sqldb.At(k.To), sqldb.At(k.CountedAt), sqldb.At(k.ProposedAt), k.ProposedBy, k.Proposed, k.Version}
}

// text is the heat with all it is made of, as it is kept.
func (h Heat) text() string {
	b, err := json.Marshal(h)
	if err != nil {
		panic(err) // numbers can always be written
	}
	return string(b)
}

func load(tx *sqldb.Tx, d, city id.ID) (Kept, error) {
	return sqldb.Get(tx, scan(city), "hot.none", `SELECT `+columns+` FROM hot_issue WHERE id = $1`, d)
}

func insert(tx *sqldb.Tx, k Kept) error {
	_, err := tx.Exec(`INSERT INTO hot_issue (`+columns+`) VALUES (`+sqldb.List(18, 1)+`)`, k.values()...)
	return err
}

func save(tx *sqldb.Tx, k Kept) error {
	return tx.One(`
		UPDATE hot_issue SET town_id = $2, village_id = $3, grid_id = $4, courtyard_id = $5, category = $6, name = $7, heat = $8, facts = $9, open_heat = $10, open_facts = $11,
			from_at = $12, to_at = $13, counted_at = $14, proposed_at = $15, proposed_by = $16, proposed = $17, version = version + 1
		WHERE id = $1 AND version = $18`, k.values()...)
}

// list returns issues, the hottest first: of the parts given in full, without any
// what everybody may see.
func list(tx *sqldb.Tx, ps scope.Parts, f Filter, city id.ID) ([]Kept, error) {
	var w sqldb.Where
	order := "heat"
	if len(ps) > 0 {
		ps.Where(&w, "")
	} else {
		w.Add("open_heat > 0")
		order = "open_heat"
	}
	if f.Place.Level != scope.City {
		scope.Scopes{f.Place}.Where(&w, "")
	}
	if f.Proposed {
		w.Add("proposed_at IS NOT NULL")
	}
	n := f.Most
	if n <= 0 {
		n = 50
	}
	return sqldb.All(tx, scan(city), `SELECT `+columns+` FROM hot_issue `+w.SQL()+` ORDER BY `+order+` DESC, id LIMIT `+strconv.Itoa(min(n, 100)), w.Args()...)
}

// membersOf are the matters of an issue, the earliest first.
func membersOf(tx *sqldb.Tx, d id.ID) ([]Member, error) {
	return sqldb.All(tx, func(r sqldb.Scanner) (m Member, err error) {
		err = r.Scan(&m.Matter, &m.Score, &m.ByHand)
		return m, err
	}, `SELECT matter_id, score, by_hand FROM hot_member WHERE issue_id = $1 ORDER BY matter_id LIMIT 20000`, d)
}

// An owned is which issue a matter belonged to.
type owned struct {
	matter, issue id.ID
	byHand        bool
}

func membersIn(tx *sqldb.Tx, town id.ID) ([]owned, error) {
	return sqldb.All(tx, func(r sqldb.Scanner) (o owned, err error) {
		err = r.Scan(&o.matter, &o.issue, &o.byHand)
		return o, err
	}, `
		SELECT m.matter_id, m.issue_id, m.by_hand
		FROM hot_issue i JOIN hot_member m ON m.issue_id = i.id
		WHERE i.town_id = $1
		ORDER BY m.matter_id
		LIMIT 100000`, town)
}

// setMembers makes these the members of an issue, wherever they were before.
func setMembers(tx *sqldb.Tx, d id.ID, ms []Member) error {
	if _, err := tx.Exec(`DELETE FROM hot_member WHERE issue_id = $1`, d); err != nil {
		return err
	}
	for _, m := range ms {
		if _, err := tx.Exec(`
			INSERT INTO hot_member (matter_id, issue_id, score, by_hand) VALUES ($1, $2, $3, $4)
			ON CONFLICT (matter_id) DO UPDATE SET issue_id = excluded.issue_id, score = excluded.score, by_hand = excluded.by_hand`, m.Matter, d, m.Score, m.ByHand); err != nil {
			return err
		}
	}
	return nil
}

func moveMembers(tx *sqldb.Tx, from, to id.ID) error {
	_, err := tx.Exec(`UPDATE hot_member SET issue_id = $2 WHERE issue_id = $1`, from, to)
	return err
}

// pin keeps the members of an issue where they are.
func pin(tx *sqldb.Tx, d id.ID) error {
	_, err := tx.Exec(`UPDATE hot_member SET by_hand = TRUE WHERE issue_id = $1`, d)
	return err
}

// take moves one matter from an issue to another, if it is there.
func take(tx *sqldb.Tx, matter, from, to id.ID) error {
	_, err := tx.Exec(`UPDATE hot_member SET issue_id = $3 WHERE matter_id = $1 AND issue_id = $2`, matter, from, to)
	return err
}

func remove(tx *sqldb.Tx, d id.ID) error {
	if _, err := tx.Exec(`DELETE FROM hot_member WHERE issue_id = $1`, d); err != nil {
		return err
	}
	return tx.One(`DELETE FROM hot_issue WHERE id = $1`, d)
}

// removeOthers removes the issues of a town that were not found again, but those
// that were proposed: they stay until the proposal is taken back.
func removeOthers(tx *sqldb.Tx, town id.ID, kept map[id.ID]bool) error {
	ids, err := sqldb.All(tx, sqldb.ID, `SELECT id FROM hot_issue WHERE town_id = $1 AND proposed_at IS NULL ORDER BY id LIMIT 10000`, town)
	if err != nil {
		return err
	}
	for _, d := range ids {
		if !kept[d] {
			if err := remove(tx, d); err != nil {
				return err
			}
		}
	}
	return nil
}
