// SPDX-License-Identifier: Apache-2.0

package people

import (
	"database/sql"
	"errors"
	"slices"

	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

const residentColumns = `id, name_sealed, phone_sealed, phone_index, id_number_sealed, id_number_index, address_sealed,
	town_id, village_id, grid_id, courtyard_id, lang, large, registered_at, phone_proven_at, verified_at, verified_by,
	forgotten_at, forgotten_rule, version`

func scanResident(row sqldb.Scanner) (r Resident, err error) {
	var registered, proven, verified, forgotten sqldb.Time
	var lang string
	s, p := &r.sealed, &r.Place
	err = row.Scan(&r.ID, &s.name, &s.phone, &s.phoneIndex, &s.idNumber, &s.idNumberIndex, &s.address,
		&p[scope.Town], &p[scope.Village], &p[scope.Grid], &p[scope.Courtyard], &lang, &r.Large, &registered, &proven, &verified,
		&r.VerifiedBy, &forgotten, &r.ForgottenRule, &r.Version)
	r.Lang = i18n.Lang(lang)
	r.RegisteredAt, r.PhoneProvenAt, r.VerifiedAt, r.ForgottenAt = registered.Time, proven.Time, verified.Time, forgotten.Time
	return r, err
}

// opened scans a resident and opens it.
func opened(box *seal.Box) func(sqldb.Scanner) (Resident, error) {
	return func(row sqldb.Scanner) (Resident, error) {
		r, err := scanResident(row)
		if err == nil {
			err = r.open(box)
		}
		return r, err
	}
}

// load returns an open resident, or NotFound.
func load(tx *sqldb.Tx, box *seal.Box, d id.ID) (Resident, error) {
	return sqldb.Get(tx, opened(box), "people.none", `
		SELECT `+residentColumns+`
		FROM resident
		WHERE id = $1`, d)
}

// residents returns the open residents with these IDs.
func residents(tx *sqldb.Tx, box *seal.Box, ids []id.ID) ([]Resident, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return sqldb.All(tx, opened(box), `
		SELECT `+residentColumns+`
		FROM resident
		WHERE id IN (`+sqldb.List(len(ids), 1)+`)`, anys(ids)...)
}

// withProvenPhone returns the resident whose proven telephone this is; false if
// there is none.
func withProvenPhone(tx *sqldb.Tx, box *seal.Box, index []byte) (Resident, bool, error) {
	return one(opened(box)(tx.Row(`
		SELECT `+residentColumns+`
		FROM resident
		WHERE phone_index = $1 AND phone_proven_at IS NOT NULL`, index)))
}

// withIDNumber returns the resident whose identity number this is; false if
// there is none.
func withIDNumber(tx *sqldb.Tx, box *seal.Box, index []byte) (Resident, bool, error) {
	return one(opened(box)(tx.Row(`
		SELECT `+residentColumns+`
		FROM resident
		WHERE id_number_index = $1`, index)))
}

// withPhone returns the residents who gave this telephone, proven or not.
func withPhone(tx *sqldb.Tx, box *seal.Box, index []byte, limit int) ([]Resident, error) {
	return sqldb.All(tx, opened(box), `
		SELECT `+residentColumns+`
		FROM resident
		WHERE phone_index = $1
		ORDER BY id
		LIMIT $2`, index, limit)
}

// everyResident calls f with every resident, sealed, in the order of their IDs.
func everyResident(tx *sqldb.Tx, f func(Resident) error) error {
	return tx.Each(`
		SELECT `+residentColumns+`
		FROM resident
		ORDER BY id`, nil, func(row sqldb.Scanner) error {
		r, err := scanResident(row)
		if err != nil {
			return err
		}
		return f(r)
	})
}

func insert(tx *sqldb.Tx, r Resident) error {
	s, p := r.sealed, r.Place
	return tx.One(`
		INSERT INTO resident (`+residentColumns+`)
		VALUES (`+sqldb.List(20, 1)+`)`,
		r.ID, s.name, s.phone, s.phoneIndex, s.idNumber, s.idNumberIndex, s.address,
		p[scope.Town], p[scope.Village], p[scope.Grid], p[scope.Courtyard], string(r.Lang), r.Large, sqldb.At(r.RegisteredAt),
		sqldb.At(r.PhoneProvenAt), sqldb.At(r.VerifiedAt), r.VerifiedBy, sqldb.At(r.ForgottenAt), r.ForgottenRule, r.Version)
}

// save writes the resident if the record still has the version was.
func save(tx *sqldb.Tx, r Resident, was int64) error {
	s, p := r.sealed, r.Place
	return tx.One(`
		UPDATE resident
		SET name_sealed = $1, phone_sealed = $2, phone_index = $3, id_number_sealed = $4, id_number_index = $5, address_sealed = $6,
			town_id = $7, village_id = $8, grid_id = $9, courtyard_id = $10, lang = $11, large = $12, phone_proven_at = $13,
			verified_at = $14, verified_by = $15, forgotten_at = $16, forgotten_rule = $17, version = $18
		WHERE id = $19 AND version = $20`,
		s.name, s.phone, s.phoneIndex, s.idNumber, s.idNumberIndex, s.address,
		p[scope.Town], p[scope.Village], p[scope.Grid], p[scope.Courtyard], string(r.Lang), r.Large, sqldb.At(r.PhoneProvenAt),
		sqldb.At(r.VerifiedAt), r.VerifiedBy, sqldb.At(r.ForgottenAt), r.ForgottenRule, r.Version, r.ID, was)
}

const contactColumns = `id, name_sealed, phone_sealed, phone_index, address_sealed,
	town_id, village_id, grid_id, courtyard_id, lang, forgotten_at, forgotten_rule`

var newContact = sqldb.NewInsert(`INSERT INTO contact (`+contactColumns+`) VALUES`, `(`+sqldb.List(12, 1)+`)`)

func insertContact(tx *sqldb.Tx, c SealedContact) error {
	p := c.place
	return tx.Add(newContact,
		c.id, c.nameSealed, c.phoneSealed, c.phoneIndex, c.addressSealed,
		p[scope.Town], p[scope.Village], p[scope.Grid], p[scope.Courtyard], string(c.lang), sqldb.At(c.forgottenAt), c.forgottenRule)
}

// contacts returns the open contacts with these IDs.
func contacts(tx *sqldb.Tx, box *seal.Box, ids []id.ID) ([]contact, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return sqldb.All(tx, func(row sqldb.Scanner) (c contact, err error) {
		var sn, sp, index, sa []byte
		var lang string
		var forgotten sqldb.Time
		p := &c.place
		if err := row.Scan(&c.id, &sn, &sp, &index, &sa, &p[scope.Town], &p[scope.Village], &p[scope.Grid], &p[scope.Courtyard],
			&lang, &forgotten, &c.forgottenRule); err != nil {
			return c, err
		}
		c.lang, c.forgottenAt = i18n.Lang(lang), forgotten.Time
		n, err := box.Open(contactName, c.id, sn)
		if err != nil {
			return c, err
		}
		ph, err := box.Open(contactPhone, c.id, sp)
		if err != nil {
			return c, err
		}
		a, err := box.Open(contactAddress, c.id, sa)
		c.name, c.phone, c.address = name(n.Plain()), phone(ph.Plain()), address(a.Plain())
		return c, err
	}, `
		SELECT `+contactColumns+`
		FROM contact
		WHERE id IN (`+sqldb.List(len(ids), 1)+`)`, anys(ids)...)
}

// phoneIndexes returns the blind indexes of the telephones of contacts that have one.
func phoneIndexes(tx *sqldb.Tx, ids []id.ID) (map[id.ID][]byte, error) {
	found := make(map[id.ID][]byte, len(ids))
	for some := range slices.Chunk(ids, 200) {
		var w sqldb.Where
		sqldb.In(&w, "id", some...)
		w.Add("phone_index IS NOT NULL")
		err := tx.Each(`SELECT id, phone_index FROM contact `+w.SQL(), w.Args(), func(r sqldb.Scanner) error {
			var d id.ID
			var index []byte
			err := r.Scan(&d, &index)
			found[d] = index
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// blankContact leaves a tombstone of the contact, unless there is one already.
func blankContact(tx *sqldb.Tx, d id.ID, rule string) (changed bool, err error) {
	n, err := tx.Exec(`
		UPDATE contact
		SET name_sealed = NULL, phone_sealed = NULL, phone_index = NULL, address_sealed = NULL, forgotten_at = $1, forgotten_rule = $2
		WHERE id = $3 AND forgotten_at IS NULL`, sqldb.At(tx.Now()), rule, d)
	return n > 0, err
}

// keysOf is the fingerprint of the keys that the database is sealed with, or
// nothing if none was noted.
func keysOf(tx *sqldb.Tx) (string, error) {
	print, _, err := one(sqldb.Text(tx.Row(`SELECT fingerprint FROM people_keys ORDER BY noted_at LIMIT 1`)))
	return print, err
}

func noteKeys(tx *sqldb.Tx, print string) error {
	_, err := tx.Exec(`
		INSERT INTO people_keys (fingerprint, noted_at)
		SELECT $1, $2
		WHERE NOT EXISTS (SELECT 1 FROM people_keys)`, print, sqldb.At(tx.Now()))
	return err
}

// one turns "no rows" into false.
func one[T any](v T, err error) (T, bool, error) {
	if errors.Is(err, sql.ErrNoRows) {
		var none T
		return none, false, nil
	}
	return v, err == nil, err
}

func anys(ids []id.ID) []any {
	vs := make([]any, len(ids))
	for i, d := range ids {
		vs[i] = d
	}
	return vs
}
