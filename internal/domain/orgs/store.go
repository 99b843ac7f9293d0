// SPDX-License-Identifier: Apache-2.0

package orgs

import (
	"encoding/json"
	"fmt"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

const (
	unitColumns    = "id, kind, key, code, name_zh, name_en, parent_id, city_id, town_id, village_id, grid_id, courtyard_id, phone, address, hours_zh, hours_en, active, version"
	postColumns    = "id, unit_id, title_zh, title_en, role, city_id, town_id, village_id, grid_id, courtyard_id, categories, active, version"
	holdingColumns = "id, post_id, account_id, from_at, to_at, version"
	coverColumns   = "id, holding_id, account_id, from_at, until_at, version"
)

func scanUnit(r sqldb.Scanner) (u Unit, err error) {
	err = r.Scan(&u.ID, &u.Kind, &u.Key, &u.Code, &u.Name.ZH, &u.Name.EN, &u.Parent,
		&u.Path[0], &u.Path[1], &u.Path[2], &u.Path[3], &u.Path[4],
		&u.Phone, &u.Address, &u.Hours.ZH, &u.Hours.EN, &u.Active, &u.Version)
	return u, err
}

func scanPost(r sqldb.Scanner) (p Post, err error) {
	var categories string
	if err := r.Scan(&p.ID, &p.Unit, &p.Title.ZH, &p.Title.EN, &p.Role,
		&p.Path[0], &p.Path[1], &p.Path[2], &p.Path[3], &p.Path[4], &categories, &p.Active, &p.Version); err != nil {
		return p, err
	}
	if err := json.Unmarshal([]byte(categories), &p.Categories); err != nil {
		return p, fmt.Errorf("categories of post %s: %w", p.ID, err)
	}
	return p, nil
}

func scanHolding(r sqldb.Scanner) (h Holding, err error) {
	var from, to sqldb.Time
	err = r.Scan(&h.ID, &h.Post, &h.Account, &from, &to, &h.Version)
	h.From, h.To = from.Time, to.Time
	return h, err
}

func scanCover(r sqldb.Scanner) (c Cover, err error) {
	var from, until sqldb.Time
	err = r.Scan(&c.ID, &c.Holding, &c.Account, &from, &until, &c.Version)
	c.From, c.Until = from.Time, until.Time
	return c, err
}

// encodeCategories is a list of category codes as the database keeps it.
func encodeCategories(cs []string) string {
	if len(cs) == 0 {
		return "[]"
	}
	b, err := json.Marshal(cs)
	if err != nil {
		panic(err) // texts can always be written
	}
	return string(b)
}

func loadUnit(tx *sqldb.Tx, u id.ID) (Unit, error) {
	return sqldb.Get(tx, scanUnit, "unit.none", `SELECT `+unitColumns+` FROM unit WHERE id = $1`, u)
}

func loadPost(tx *sqldb.Tx, p id.ID) (Post, error) {
	return sqldb.Get(tx, scanPost, "post.none", `SELECT `+postColumns+` FROM post WHERE id = $1`, p)
}

func loadHolding(tx *sqldb.Tx, h id.ID) (Holding, error) {
	return sqldb.Get(tx, scanHolding, "holding.none", `SELECT `+holdingColumns+` FROM holding WHERE id = $1`, h)
}

func loadCover(tx *sqldb.Tx, c id.ID) (Cover, error) {
	return sqldb.Get(tx, scanCover, "cover.none", `SELECT `+coverColumns+` FROM cover WHERE id = $1`, c)
}

func insertUnit(tx *sqldb.Tx, u Unit) error {
	_, err := tx.Exec(`
		INSERT INTO unit (`+unitColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		u.ID, u.Kind, u.Key, u.Code, u.Name.ZH, u.Name.EN, u.Parent,
		u.Path[0], u.Path[1], u.Path[2], u.Path[3], u.Path[4],
		u.Phone, u.Address, u.Hours.ZH, u.Hours.EN, u.Active, u.Version)
	return err
}

// saveUnit writes back what may change of a unit, unless someone else changed it first.
func saveUnit(tx *sqldb.Tx, u *Unit) error {
	err := tx.One(`
		UPDATE unit
		SET name_zh = $3, name_en = $4, phone = $5, address = $6, hours_zh = $7, hours_en = $8, active = $9, version = version + 1
		WHERE id = $1 AND version = $2`,
		u.ID, u.Version, u.Name.ZH, u.Name.EN, u.Phone, u.Address, u.Hours.ZH, u.Hours.EN, u.Active)
	u.Version++
	return err
}

func insertPost(tx *sqldb.Tx, p Post) error {
	_, err := tx.Exec(`
		INSERT INTO post (`+postColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		p.ID, p.Unit, p.Title.ZH, p.Title.EN, p.Role,
		p.Path[0], p.Path[1], p.Path[2], p.Path[3], p.Path[4], encodeCategories(p.Categories), p.Active, p.Version)
	return err
}

// savePost writes back whether a post is active, unless someone else changed it first.
func savePost(tx *sqldb.Tx, p *Post) error {
	err := tx.One(`UPDATE post SET active = $3, version = version + 1 WHERE id = $1 AND version = $2`, p.ID, p.Version, p.Active)
	p.Version++
	return err
}

func insertHolding(tx *sqldb.Tx, h Holding) error {
	_, err := tx.Exec(`INSERT INTO holding (`+holdingColumns+`) VALUES ($1, $2, $3, $4, $5, $6)`,
		h.ID, h.Post, h.Account, sqldb.At(h.From), ending(h.To), h.Version)
	return err
}

// endHolding writes a holding's end, unless someone else changed it first.
func endHolding(tx *sqldb.Tx, h *Holding) error {
	err := tx.One(`UPDATE holding SET to_at = $3, version = version + 1 WHERE id = $1 AND version = $2`, h.ID, h.Version, ending(h.To))
	h.Version++
	return err
}

func insertCover(tx *sqldb.Tx, c Cover) error {
	_, err := tx.Exec(`INSERT INTO cover (`+coverColumns+`) VALUES ($1, $2, $3, $4, $5, $6)`,
		c.ID, c.Holding, c.Account, sqldb.At(c.From), sqldb.At(c.Until), c.Version)
	return err
}

// endCover writes a cover's end, unless someone else changed it first.
func endCover(tx *sqldb.Tx, c *Cover) error {
	err := tx.One(`UPDATE cover SET until_at = $3, version = version + 1 WHERE id = $1 AND version = $2`, c.ID, c.Version, sqldb.At(c.Until))
	c.Version++
	return err
}

// ending is an end as the database keeps it: NULL while it is not known.
func ending(t time.Time) sqldb.Time {
	if t.IsZero() {
		return sqldb.Time{}
	}
	return sqldb.At(t)
}

// responsible returns the active unit that already has the key at the very place
// of u, 0 if there is none.
func responsible(tx *sqldb.Tx, u Unit) (id.ID, error) {
	us, err := sqldb.All(tx, sqldb.ID, `
		SELECT id FROM unit
		WHERE active AND key = $1 AND city_id = $2 AND town_id = $3 AND village_id = $4 AND grid_id = $5 AND courtyard_id = $6`,
		u.Key, u.Path[0], u.Path[1], u.Path[2], u.Path[3], u.Path[4])
	if err != nil || len(us) == 0 {
		return 0, err
	}
	return us[0], nil
}

func codeTaken(tx *sqldb.Tx, code string) (bool, error) {
	n, err := sqldb.Int(tx.Row(`SELECT count(*) FROM unit WHERE code = $1`, code))
	return n > 0, err
}

func activeChildren(tx *sqldb.Tx, u id.ID) (int64, error) {
	return sqldb.Int(tx.Row(`SELECT count(*) FROM unit WHERE parent_id = $1 AND active`, u))
}

// unitHeld counts the holdings of a unit's posts that count at t or will later.
func unitHeld(tx *sqldb.Tx, u id.ID, t time.Time) (int64, error) {
	return sqldb.Int(tx.Row(`
		SELECT count(*)
		FROM holding h JOIN post p ON p.id = h.post_id
		WHERE p.unit_id = $1 AND (h.to_at IS NULL OR h.to_at > $2 AND h.to_at > h.from_at)`, u, sqldb.At(t)))
}

// postHeld returns the holdings of a post that count at t or will later.
func postHeld(tx *sqldb.Tx, p id.ID, t time.Time) ([]Holding, error) {
	return sqldb.All(tx, scanHolding, `
		SELECT `+holdingColumns+` FROM holding
		WHERE post_id = $1 AND (to_at IS NULL OR to_at > $2 AND to_at > from_at)
		ORDER BY id`, p, sqldb.At(t))
}

// openCovers returns the covers of a holding that count at t or will later.
func openCovers(tx *sqldb.Tx, h id.ID, t time.Time) ([]Cover, error) {
	return sqldb.All(tx, scanCover, `
		SELECT `+coverColumns+` FROM cover
		WHERE holding_id = $1 AND until_at > $2 AND until_at > from_at
		ORDER BY id`, h, sqldb.At(t))
}

// history returns the newest holdings of an account or a post, ended ones too.
func history(tx *sqldb.Tx, account, post id.ID, limit int) ([]Holding, error) {
	var w sqldb.Where
	if account != 0 {
		w.Add("account_id = ?", account)
	}
	if post != 0 {
		w.Add("post_id = ?", post)
	}
	return sqldb.All(tx, scanHolding, `
		SELECT `+holdingColumns+` FROM holding `+w.SQL()+`
		ORDER BY from_at DESC, id DESC
		LIMIT `+w.Arg(limit), w.Args()...)
}

func loadVersion(tx *sqldb.Tx) (int64, error) {
	return sqldb.Int(tx.Row(`SELECT version FROM unit_version WHERE one = 1`))
}

func bumpVersion(tx *sqldb.Tx) error {
	return tx.One(`UPDATE unit_version SET version = version + 1 WHERE one = 1`)
}

// loadDirectory reads the whole organisation: all units and posts, and the
// holdings and covers that count now or will.
func loadDirectory(tx *sqldb.Tx) (*Directory, error) {
	version, err := loadVersion(tx)
	if err != nil {
		return nil, err
	}
	units, err := sqldb.All(tx, scanUnit, `SELECT `+unitColumns+` FROM unit ORDER BY id`)
	if err != nil {
		return nil, err
	}
	posts, err := sqldb.All(tx, scanPost, `SELECT `+postColumns+` FROM post ORDER BY id`)
	if err != nil {
		return nil, err
	}
	now := sqldb.At(tx.Now())
	holdings, err := sqldb.All(tx, scanHolding, `
		SELECT `+holdingColumns+` FROM holding
		WHERE to_at IS NULL OR to_at > $1
		ORDER BY id`, now)
	if err != nil {
		return nil, err
	}
	covers, err := sqldb.All(tx, scanCover, `
		SELECT `+coverColumns+` FROM cover
		WHERE until_at > $1
		ORDER BY id`, now)
	if err != nil {
		return nil, err
	}
	return newDirectory(version, units, posts, holdings, covers), nil
}

// Digests returns, for each kind of record that this domain writes into the
// trail, a function that calls f with every record and the digest of its state.
// f must not use the transaction.
func Digests() map[string]func(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
	return map[string]func(*sqldb.Tx, func(id.ID, []byte) error) error{
		"unit":    eachDigest(scanUnit, func(u Unit) id.ID { return u.ID }, `SELECT `+unitColumns+` FROM unit ORDER BY id`),
		"post":    eachDigest(scanPost, func(p Post) id.ID { return p.ID }, `SELECT `+postColumns+` FROM post ORDER BY id`),
		"holding": eachDigest(scanHolding, func(h Holding) id.ID { return h.ID }, `SELECT `+holdingColumns+` FROM holding ORDER BY id`),
		"cover":   eachDigest(scanCover, func(c Cover) id.ID { return c.ID }, `SELECT `+coverColumns+` FROM cover ORDER BY id`),
	}
}

func eachDigest[T interface{ Digest() []byte }](scan func(sqldb.Scanner) (T, error), key func(T) id.ID, query string) func(*sqldb.Tx, func(id.ID, []byte) error) error {
	return func(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
		return tx.Each(query, nil, func(r sqldb.Scanner) error {
			v, err := scan(r)
			if err != nil {
				return err
			}
			return f(key(v), v.Digest())
		})
	}
}
