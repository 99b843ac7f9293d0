// SPDX-License-Identifier: Apache-2.0

package trail

import (
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// eachRow calls f with each row after one Seq and up to another, in order, at
// most limit of them. The row is f's only until it returns.
func eachRow(tx *sqldb.Tx, after, upTo int64, limit int, f func(*Row) error) error {
	var r Row
	var at int64
	var kind string
	dest := []any{&r.Seq, &at, (*int64)(&r.Account), &r.Actor, &kind, &r.Noun, (*int64)(&r.Record), &r.Act, &r.From, &r.To, &r.For, &r.Note, &r.Digest}
	return tx.Each(`
		SELECT `+columns+`
		FROM trail
		WHERE seq > $1 AND seq <= $2
		ORDER BY seq
		LIMIT $3`, []any{after, upTo, limit}, func(s sqldb.Scanner) error {
		if err := s.Scan(dest...); err != nil {
			return err
		}
		r.At, r.Kind = time.UnixMilli(at), scope.Kind(kind)
		return f(&r)
	})
}

const tileColumns = `level, n, width, hashes, seqs`

func scanTile(s sqldb.Scanner) (*tile, error) {
	var t tile
	err := s.Scan(&t.level, &t.n, &t.stored, &t.hashes, &t.seqs)
	return &t, err
}

// lastTile returns the last tile of a level. If there is none it is NotFound.
func lastTile(tx *sqldb.Tx, level int64) (*tile, error) {
	return sqldb.Get(tx, scanTile, "trail.no_tile", `
		SELECT `+tileColumns+`
		FROM trail_tile
		WHERE level = $1
		ORDER BY n DESC
		LIMIT 1`, level)
}

// tiles returns the tiles of a level from the n-th on, at most limit of them.
func tiles(tx *sqldb.Tx, level, from int64, limit int) ([]*tile, error) {
	return sqldb.All(tx, scanTile, `
		SELECT `+tileColumns+`
		FROM trail_tile
		WHERE level = $1 AND n >= $2
		ORDER BY n
		LIMIT $3`, level, from, limit)
}

// storeTile stores a tile that has grown. It is a Conflict if the stored one is
// no longer as it was read: another sealer was first.
func storeTile(tx *sqldb.Tx, t *tile) error {
	seqs := t.seqs
	if seqs == nil {
		seqs = []byte{}
	}
	if t.stored == 0 {
		return first(tx.Exec(`
			INSERT INTO trail_tile (level, n, width, hashes, seqs)
			VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT DO NOTHING`, t.level, t.n, t.width(), t.hashes, seqs))
	}
	return first(tx.Exec(`
		UPDATE trail_tile
		SET width = $3, hashes = $4, seqs = $5
		WHERE level = $1 AND n = $2 AND width = $6`, t.level, t.n, t.width(), t.hashes, seqs, t.stored))
}

func first(n int64, err error) error {
	if err == nil && n != 1 {
		return errs.New(errs.Conflict, "trail.sealed_already")
	}
	return err
}

func insertCheckpoint(tx *sqldb.Tx, c *Checkpoint) error {
	return first(tx.Exec(`
		INSERT INTO trail_checkpoint (size, at, seq, note)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT DO NOTHING`, c.Size, sqldb.At(c.At), c.Seq, c.Note))
}

// A stored checkpoint is a row of trail_checkpoint, as it stands.
type storedCheckpoint struct {
	size, at, seq int64
	note          string
}

func scanCheckpoint(s sqldb.Scanner) (c storedCheckpoint, err error) {
	err = s.Scan(&c.size, &c.at, &c.seq, &c.note)
	return c, err
}

// checkpoints returns those after a size, in order, at most limit of them.
func checkpoints(tx *sqldb.Tx, after int64, limit int) ([]storedCheckpoint, error) {
	return sqldb.All(tx, scanCheckpoint, `
		SELECT size, at, seq, note
		FROM trail_checkpoint
		WHERE size > $1
		ORDER BY size
		LIMIT $2`, after, limit)
}

// lastCheckpoint returns the newest checkpoint. If there is none it is NotFound.
func lastCheckpoint(tx *sqldb.Tx) (storedCheckpoint, error) {
	return sqldb.Get(tx, scanCheckpoint, "trail.no_checkpoint", `
		SELECT size, at, seq, note
		FROM trail_checkpoint
		ORDER BY size DESC
		LIMIT 1`)
}

// unsealed counts the rows after a Seq, and tells when the first of them was
// written and when the last row of all was.
func unsealed(tx *sqldb.Tx, after int64) (n int64, oldest, newest sqldb.Time, err error) {
	err = tx.Row(`SELECT count(*), min(at), max(at) FROM trail WHERE seq > $1`, after).Scan(&n, &oldest, &newest)
	return n, oldest, newest, err
}

// lastDigests calls f with the last digest of each record of a kind, in the
// order of the records.
func lastDigests(tx *sqldb.Tx, noun string, f func(told) error) error {
	var last told
	var r told
	err := tx.Each(`
		SELECT record, seq, digest
		FROM trail
		WHERE noun = $1
		ORDER BY record, seq`, []any{noun}, func(s sqldb.Scanner) error {
		if err := s.Scan(&r.record, &r.seq, &r.digest); err != nil || len(r.digest) == 0 {
			return err
		}
		before := last
		last = r
		if before.record != 0 && before.record != r.record {
			return f(before)
		}
		return nil
	})
	if err == nil && last.record != 0 {
		err = f(last)
	}
	return err
}
