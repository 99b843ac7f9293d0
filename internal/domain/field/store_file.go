// SPDX-License-Identifier: Apache-2.0

package field

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

const fileColumns = "arrived, length, blob, type, size, width, height"

func scanFile(r sqldb.Scanner) (f File, err error) {
	var arrived []byte
	var w, h int64
	err = r.Scan(&arrived, &f.Length, &f.Blob.Hash, &f.Blob.Type, &f.Blob.Size, &w, &h)
	f.Arrived, f.Blob.Width, f.Blob.Height = blob.Hash(hex.EncodeToString(arrived)), int(w), int(h)
	return f, err
}

// keepFile notes that a file is here; to note it again is no error.
func keepFile(tx *sqldb.Tx, account id.ID, f File) error {
	_, err := tx.Exec(`INSERT INTO field_file (id, account_id, at, envelope_id, `+fileColumns+`) VALUES (`+sqldb.List(11, 1)+`) ON CONFLICT (account_id, arrived) DO NOTHING`,
		tx.NewID(), account, sqldb.At(tx.Now()), nil, Hash(f.Arrived).bytes(), f.Length, f.Blob.Hash, f.Blob.Type, f.Blob.Size, f.Blob.Width, f.Blob.Height)
	return err
}

// filesOf are those of the files that are here, in the order in which they are asked for.
func filesOf(tx *sqldb.Tx, account id.ID, arrived []blob.Hash) (files []File, err error) {
	if len(arrived) == 0 {
		return nil, nil
	}
	args := []any{account}
	marks := make([]string, 0, len(arrived))
	for _, h := range arrived {
		args = append(args, Hash(h).bytes())
		marks = append(marks, "$"+strconv.Itoa(len(args)))
	}
	there := map[blob.Hash]File{}
	err = tx.Each(`SELECT `+fileColumns+` FROM field_file WHERE account_id = $1 AND arrived IN (`+strings.Join(marks, ",")+`)`, args, func(r sqldb.Scanner) error {
		f, err := scanFile(r)
		there[f.Arrived] = f
		return err
	})
	for _, h := range arrived {
		if f, ok := there[h]; ok {
			files = append(files, f)
		}
	}
	return files, err
}

func dropFile(tx *sqldb.Tx, account id.ID, arrived blob.Hash) error {
	_, err := tx.Exec(`DELETE FROM field_file WHERE account_id = $1 AND arrived = $2`, account, Hash(arrived).bytes())
	return err
}

// fileWaits reports whether a kept file waits for its envelope.
func fileWaits(tx *sqldb.Tx, h blob.Hash) (bool, error) {
	n, err := sqldb.Int(tx.Row(`SELECT count(*) FROM field_file WHERE blob = $1 AND envelope_id IS NULL`, h))
	return n > 0, err
}

// sweepFiles forgets the files that came before a time and that no envelope asked for.
func sweepFiles(tx *sqldb.Tx, before time.Time) error {
	_, err := tx.Exec(`DELETE FROM field_file WHERE id IN (SELECT id FROM field_file WHERE envelope_id IS NULL AND at < $1 LIMIT 500)`, sqldb.At(before))
	return err
}
