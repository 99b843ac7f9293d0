// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// unchecked are the columns that no digest holds, with the reason; of a whole table, by its
// name alone.
var unchecked = map[string]string{
	"version":    "counts changes, for two who change at once: it says nothing",
	"answer_day": "counts of clicks by the day, which no line of the trail tells of", "answer_shelf": "what it counts is read anew when it changes",
	"field_envelope": "what it said stands in the record that it became; that it came, in its row", "field_file": "as of its envelope; the bytes are held by their own hash",
	"field_phone.ahead": "as of the last call, which leaves no line", "field_phone.seen_at": "as of the last call", "field_phone.waits": "as of the last call",
	"field_conflict.town_id": "follows from the record that it is about", "field_conflict.village_id": "as the town", "field_conflict.grid_id": "as the town", "field_conflict.courtyard_id": "as the town",
	"membership_code.used": "each use is a line about a membership",
	"patrol_file":          "drawn from the entries, whose files are in their digests",
	"patrol_point.done":    "drawn from the entries", "patrol_visit.done": "drawn from the entries",
	"question.cites": "what is added to it here is no number, and is not read", "question.story": "worked out from the lines each time",
	"village_news":          "what somebody is told, for half a year: what it tells of is checked",
	"volunteer.told":        "of which statement they were told: it only keeps a letter from being sent twice",
	"volunteer_account":     "counted again from the entries every night: volunteers.verify",
	"volunteer_claim":       "until the night: whom it pays is asked of the matter again",
	"volunteer_offer.taken": "raised and lowered by redemptions, which are checked", "volunteer_task.listed": "raised and lowered by sign-ups, which are checked",
}

var (
	createTable = regexp.MustCompile(`(?s)CREATE TABLE (\w+) \((.*?)\n\);`)
	aColumn     = regexp.MustCompile(`(?m)^\s+(\w+)\s+(TEXT|BYTEA|BIGINT|BOOLEAN|DOUBLE PRECISION|\{\{id\}\})(.*)$`)
	oneOf       = regexp.MustCompile(`IN \(([^)]*)\)`)
)

// Every column of every table of the rounds, the field, the desk, the questions, the
// proxies, the villages and the volunteers is changed behind the program's back, one after
// the other, and the check of the records sees each.
func TestEveryColumnIsChecked(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	populate(t, w)
	more(t, w)
	rep, err := trail.Verify(t.Context(), w.DB, trail.Options{Records: w.Records()})
	if err != nil || rep.FirstFault != nil && rep.FirstFault.Kind != trail.Unsealed {
		t.Fatalf("an honest town: %+v, %v", rep.FirstFault, err)
	}
	met := map[string]bool{}
	for _, name := range []string{"0022_patrol", "0023_field", "0024_desk", "0025_questions", "0026_people", "0027_affairs", "0028_volunteers", "0032_affairs"} {
		text, err := os.ReadFile("../schema/" + name + ".sql")
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range createTable.FindAllStringSubmatch(string(text), -1) {
			if unchecked[table[1]] != "" {
				met[table[1]] = true
				continue
			}
			alterColumns(t, w, table[1], aColumn.FindAllStringSubmatch(table[2], -1), met)
		}
	}
	for name := range unchecked {
		if !met[name] {
			t.Errorf("%s is checked, or is not there: take it out of unchecked", name)
		}
	}
}

// alterColumns changes each column of a table in turn and takes it back.
func alterColumns(t *testing.T, w *apptest.Town, table string, columns [][]string, met map[string]bool) {
	t.Helper()
	undo := errors.New("undo")
	for _, c := range columns {
		column, kind, rest := c[1], c[2], c[3]
		seen := false
		err := w.DB.Write(t.Context(), func(tx *sqldb.Tx) error {
			if n, err := sqldb.Int(tx.Row(`SELECT count(*) FROM ` + table)); err != nil || n == 0 {
				return fmt.Errorf("%d rows: %w", n, err)
			}
			before, err := everyDigest(tx, w)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(`PRAGMA defer_foreign_keys = ON`); err != nil {
				return err
			}
			if _, err := tx.Exec(`UPDATE ` + table + ` SET ` + column + ` = ` + other(column, kind, rest) + ` WHERE rowid = (SELECT max(rowid) FROM ` + table + `)`); err != nil {
				return err
			}
			after, err := everyDigest(tx, w)
			seen = err != nil || !maps.Equal(before, after)
			return undo
		})
		switch name := table + "." + column; {
		case !errors.Is(err, undo):
			t.Errorf("%s: %v", name, err)
			return
		case seen:
		case unchecked[name] != "":
			met[name] = true
		case unchecked[column] != "":
			met[column] = true
		default:
			t.Errorf("%s can be changed, and nobody sees it", name)
		}
	}
}

// other is another value of a column, in SQL.
func other(column, kind, rest string) string {
	switch kind {
	case "TEXT":
		if column == "done" { // read as JSON
			return `'{"0123456789ABC":1}'`
		}
		if m := oneOf.FindStringSubmatch(rest); m != nil {
			words := strings.Split(m[1], ",")
			return `CASE ` + column + ` WHEN ` + words[0] + ` THEN ` + words[1] + ` ELSE ` + words[0] + ` END`
		}
		return column + ` || '#'`
	case "BYTEA":
		return `x'0102'`
	case "BOOLEAN":
		return `NOT ` + column
	}
	return `coalesce(` + column + `, 0) + 1`
}

// below are the nouns of the domains further down, which have a test of their own.
var below = []string{"place", "unit", "post", "holding", "cover", "calendar", "resident", "account", "api_key", "category", "timing", "matter", "connection", "webhook", "formula"}

func everyDigest(tx *sqldb.Tx, w *apptest.Town) (map[string]string, error) {
	all := map[string]string{}
	for _, c := range w.Records() {
		if slices.Contains(below, c.Noun) || strings.HasPrefix(c.Noun, "routing_") {
			continue
		}
		if err := c.Each(tx, func(record id.ID, digest []byte) error {
			all[c.Noun+" "+record.String()] = string(digest)
			return nil
		}); err != nil {
			return nil, fmt.Errorf("%s: %w", c.Noun, err)
		}
	}
	return all, nil
}
