// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

func loadCatalogue(tx *sqldb.Tx) (*Catalogue, error) {
	c := &Catalogue{}
	if err := tx.Each(`SELECT spec FROM category_group ORDER BY position LIMIT 200`, nil, func(r sqldb.Scanner) error {
		var g Group
		err := scanJSON(r, &g)
		c.Groups = append(c.Groups, g)
		return err
	}); err != nil {
		return nil, err
	}
	if err := tx.Each(`SELECT spec, active, version FROM category ORDER BY code LIMIT 2000`, nil, func(r sqldb.Scanner) error {
		var k Category
		err := scanJSON(r, &k, &k.Active, &k.Version)
		c.Categories = append(c.Categories, k)
		return err
	}); err != nil {
		return nil, err
	}
	slices.SortStableFunc(c.Categories, func(a, b Category) int { return c.position(a.Group) - c.position(b.Group) })
	c.index()
	return c, nil
}

// settledVersions are the newest version of the timing, and a number that grows with
// every change of a category.
func settledVersions(tx *sqldb.Tx) (timing int, categories int64, err error) {
	err = tx.Row(`SELECT (SELECT COALESCE(max(version), 0) FROM matter_timing), (SELECT CAST(COALESCE(sum(version), 0) AS BIGINT) FROM category)`).Scan(&timing, &categories)
	return timing, categories, err
}

func (c *Catalogue) position(group string) int {
	return slices.IndexFunc(c.Groups, func(g Group) bool { return g.Code == group })
}

func scanJSON(r sqldb.Scanner, v any, rest ...any) error {
	var spec string
	if err := r.Scan(append([]any{&spec}, rest...)...); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(spec), v); err != nil {
		return fmt.Errorf("category: %w", err)
	}
	return nil
}

// seedCatalogue writes the shipped categories into an empty town. Several
// processes may start at once: the first one's stay.
func seedCatalogue(tx *sqldb.Tx, c *Catalogue) error {
	for i, g := range c.Groups {
		spec, err := json.Marshal(g)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO category_group (code, position, spec) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, g.Code, i, string(spec)); err != nil {
			return err
		}
	}
	for _, k := range c.Categories {
		spec, err := json.Marshal(k)
		if err != nil {
			return err
		}
		n, err := tx.Exec(`INSERT INTO category (code, spec) VALUES ($1, $2) ON CONFLICT DO NOTHING`, k.Code, string(spec))
		if err != nil {
			return err
		}
		if n > 0 {
			if err := keepCategory(tx, k.Code, string(spec)); err != nil {
				return err
			}
			if err := tellCategory(tx, scope.Program("founding"), k.Code, string(spec), true); err != nil {
				return err
			}
		}
	}
	return nil
}

// EachCategoryDigest calls f with every category's digest, for the check of the
// trail.
func EachCategoryDigest(tx *sqldb.Tx, f func(record id.ID, digest []byte) error) error {
	type told struct {
		record id.ID
		digest []byte
	}
	all, err := sqldb.All(tx, func(r sqldb.Scanner) (t told, err error) {
		var code, spec string
		var active bool
		err = r.Scan(&code, &spec, &active)
		return told{recordOf(code), categoryDigest(code, spec, active)}, err
	}, `SELECT code, spec, active FROM category ORDER BY code`)
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b told) int { return cmp.Compare(a.record, b.record) })
	for _, t := range all {
		if err := f(t.record, t.digest); err != nil {
			return err
		}
	}
	return nil
}

// saveCategory writes a category and returns its text. The version guards
// against two administrators; 0 is a new one.
func saveCategory(tx *sqldb.Tx, k Category) (spec string, err error) {
	b, err := json.Marshal(k)
	if err != nil {
		return "", err
	}
	spec = string(b)
	if k.Version == 0 {
		return spec, tx.One(`INSERT INTO category (code, spec, active) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, k.Code, spec, k.Active)
	}
	return spec, tx.One(`UPDATE category SET spec = $3, active = $4, version = version + 1 WHERE code = $1 AND version = $2`, k.Code, k.Version, spec, k.Active)
}

const templateColumns = `id, act, category, name, words, active, version`

func templatesOf(tx *sqldb.Tx) ([]Template, error) {
	return sqldb.All(tx, func(r sqldb.Scanner) (t Template, err error) {
		err = r.Scan(&t.ID, &t.Act, &t.Category, &t.Name, &t.Words, &t.Active, &t.Version)
		return t, err
	}, `SELECT `+templateColumns+` FROM matter_template ORDER BY act, name, id LIMIT 1000`)
}

func insertTemplate(tx *sqldb.Tx, t Template) error {
	_, err := tx.Exec(`INSERT INTO matter_template (`+templateColumns+`) VALUES (`+sqldb.List(7, 1)+`)`, t.ID, t.Act, t.Category, t.Name, t.Words, t.Active, t.Version)
	return err
}

func saveTemplate(tx *sqldb.Tx, t Template) error {
	return tx.One(`UPDATE matter_template SET act = $3, category = $4, name = $5, words = $6, active = $7, version = version + 1 WHERE id = $1 AND version = $2`,
		t.ID, t.Version, t.Act, t.Category, t.Name, t.Words, t.Active)
}

func viewsOf(tx *sqldb.Tx, account id.ID) ([]SavedView, error) {
	return sqldb.All(tx, func(r sqldb.Scanner) (v SavedView, err error) {
		err = r.Scan(&v.ID, &v.Name, &v.Query)
		return v, err
	}, `SELECT id, name, query FROM matter_view WHERE account = $1 ORDER BY id LIMIT 100`, account)
}

func insertView(tx *sqldb.Tx, account id.ID, v SavedView) error {
	_, err := tx.Exec(`INSERT INTO matter_view (id, account, name, query, at) VALUES ($1, $2, $3, $4, $5)`, v.ID, account, v.Name, v.Query, sqldb.At(tx.Now()))
	return err
}

func deleteView(tx *sqldb.Tx, account, d id.ID) error {
	return tx.One(`DELETE FROM matter_view WHERE id = $1 AND account = $2`, d, account)
}
