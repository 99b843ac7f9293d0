// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"strings"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// bareRow is what a form says of a matter.
type bareRow struct{ number, title, body, place string }

// The columns of a matter, as a table without a town around it would have them:
// as many, and as wide. Nothing but the number has an index.
const (
	bareTexts   = "number state title body category answers channel origin place_words raised_for turn result solved rating_words"
	bareNumbers = `town_id village_id grid_id courtyard_id resident_id contact_id raised_by turn_unit centre acceptor lead_unit assisting
		raised_at moved_at due_at promised_at closed_at warn_at extensions suspensions resume_at returns reopened urged
		joined_to split_from supporters satisfied forgotten_at version`
	bareFlags = "urgent public named hidden supervised"
)

// makeRows makes the table of the bare inserts.
func makeRows(tx *sqldb.Tx) error {
	cols := []string{"id BIGINT PRIMARY KEY"}
	for kind, names := range map[string]string{" TEXT": bareTexts, " BIGINT": bareNumbers, " BOOLEAN": bareFlags} {
		for name := range strings.FieldsSeq(names) {
			cols = append(cols, name+kind+" NOT NULL")
		}
	}
	if _, err := tx.Exec(`CREATE TABLE IF NOT EXISTS bench_bare (` + strings.Join(cols, ", ") + `)`); err != nil {
		return err
	}
	_, err := tx.Exec(`CREATE UNIQUE INDEX IF NOT EXISTS bench_bare_number ON bench_bare (number)`)
	return err
}

// insertBare is the one statement of a bare insert, and its columns.
var insertBare, bareColumns = func() (string, []string) {
	cols := strings.Fields("id " + bareTexts + " " + bareNumbers + " " + bareFlags)
	return `INSERT INTO bench_bare (` + strings.Join(cols, ", ") + `) VALUES (` + sqldb.List(len(cols), 1) + `)`, cols
}()

func insertRow(tx *sqldb.Tx, r bareRow) error {
	place, err := id.Parse(r.place)
	if err != nil {
		return err
	}
	now := tx.Now().UnixMilli()
	known := map[string]any{
		"id": tx.NewID(), "number": r.number, "state": "received", "title": r.title, "body": r.body, "channel": "web", "category": category, "turn": "intake",
		"village_id": place, "raised_at": now, "moved_at": now, "due_at": now, "promised_at": now, "version": 1,
	}
	args := make([]any, len(bareColumns))
	texts, flags := len(strings.Fields(bareTexts)), len(bareColumns)-len(strings.Fields(bareFlags))
	for i, name := range bareColumns {
		switch v, ok := known[name]; {
		case ok:
			args[i] = v
		case i <= texts:
			args[i] = ""
		case i >= flags:
			args[i] = false
		default:
			args[i] = 0
		}
	}
	return tx.One(insertBare, args...)
}
