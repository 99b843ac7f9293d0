// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"yuanba/internal/app"
	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/sqldb"
)

// database: can it be reached, does it fit this program, is it sound? And do the
// keys belong to it?
func database(ctx context.Context, c app.Config, quick bool) (fs []finding, keys finding) {
	keys = private("keys", c.KeysPath())
	wrong := func(says, do string) []finding { return append(fs, finding{"database", "wrong", says, do}) }
	if !sqldb.IsPostgres(c.DB) {
		info, err := os.Stat(c.DB)
		switch {
		case errors.Is(err, os.ErrNotExist) && c.DB != "" && !strings.Contains(c.DB, "://"):
			f := folder("database", filepath.Dir(c.DB))
			if f.State != "wrong" {
				f = finding{About: "database", State: "note", Says: "there is no " + c.DB + " yet; the program makes it when it first serves"}
			}
			return []finding{f}, keys
		case err == nil && info.Size() == 0:
			return []finding{{"database", "note", c.DB + " is empty", "the program fills it when it first serves"}}, keys
		case err == nil && !info.IsDir():
			fs = append(fs, private("database file", c.DB))
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	db, err := sqldb.OpenToRead(ctx, c.DB, sqldb.Options{Readers: 1})
	if err != nil {
		return wrong(err.Error(), "see that the server runs and the address is right; for a file, that it is a database of this program"), keys
	}
	defer db.Close()
	have, err := db.SchemaVersion(ctx)
	if err != nil {
		return wrong(err.Error(), "see that this is a database of this program"), keys
	}
	switch want := app.SchemaVersion(); {
	case have == 0:
		return append(fs, finding{"database", "note", fmt.Sprintf("%s answers, and is empty", db.Engine()), "the program fills it when it first serves"}), keys
	case have > want:
		return wrong(fmt.Sprintf("it was made by a newer program: its schema is %d, this program knows %d", have, want), "run that program, or restore a backup made before"), keys
	case have < want:
		return append(fs, finding{"database", "note", fmt.Sprintf("%s, schema %d of %d", db.Engine(), have, want), "the program brings it up to date when it next serves; make a backup first"}), keys
	}
	fs = append(fs, finding{About: "database", State: "ok", Says: fmt.Sprintf("%s, schema %d", db.Engine(), have)})
	if err := app.KeysFit(ctx, c, db); err != nil {
		keys = finding{"keys", "wrong", err.Error(), "put back the keys kept apart from the backups: without them private facts stay sealed"}
	}
	fs = append(fs, failedWork(ctx, db))
	if quick {
		return fs, keys
	}
	f := finding{"soundness", "wrong", "", "restore the last good backup, and keep this database for whoever looks into it"}
	switch faults, err := damage(ctx, db); {
	case err != nil:
		f.Says = err.Error()
	case len(faults) > 0:
		f.Says = strings.Join(faults, "; ")
	default:
		f = finding{About: "soundness", State: "ok", Says: "every page was read and is in order"}
	}
	return append(fs, f), keys
}

// failedWork: jobs that have been given up wait for somebody to look.
func failedWork(ctx context.Context, db *sqldb.DB) finding {
	var failed int64
	err := db.Read(ctx, func(tx *sqldb.Tx) error {
		counts, err := jobs.Count(tx)
		failed = counts[jobs.Failed]
		return err
	})
	switch {
	case err != nil:
		return finding{"jobs", "wrong", err.Error(), "see what the database says"}
	case failed > 0:
		return finding{"jobs", "note", fmt.Sprintf("%d have failed and were given up", failed), "look at the page /admin/jobs: it shows why, and runs them again"}
	}
	return finding{About: "jobs", State: "ok", Says: "none has failed"}
}

// tools: PostgreSQL is backed up by its own programs.
func tools() finding {
	for _, name := range []string{"pg_dump", "pg_restore"} {
		if _, err := exec.LookPath(name); err != nil {
			return finding{"backup", "note", name + " was not found, so this machine cannot make backups", "install PostgreSQL's client programs, of the server's version or newer"}
		}
	}
	return finding{About: "backup", State: "ok", Says: "PostgreSQL's client programs are there"}
}
