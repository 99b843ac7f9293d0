// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"

	"github.com/spf13/cobra"

	"yuanba/internal/app"
	"yuanba/internal/kit/sqldb"
)

// restore makes a town of a backup.
func (c *cli) restore() *cobra.Command {
	var files, keys string
	cmd := &cobra.Command{
		Use:     "restore FILE",
		Short:   "make a town of a backup, and check it",
		GroupID: groupWatch,
		Args:    cobra.ExactArgs(1),
		Long: `Restore makes a new database of a backup: --db names a file that is not there yet,
or a PostgreSQL database that is empty. Nothing is ever overwritten. The backup is
checked before, and the restored town after: every page, the whole trail, every
record.

--files and --keys unpack the archives that backup wrote beside, to where the
configuration has the files and the keys; what is there already stays.`,
		Example: "  yuanba restore /mnt/backup/2026-03-02.db --db /srv/yuanba/town.db --files /mnt/backup/2026-03-02.db.files.tar --keys /media/safe/town.db.keys.tar",
		RunE: func(cmd *cobra.Command, args []string) error {
			if c.set["db"] == "" {
				return usageError{errors.New("say with --db where the town is to be")}
			}
			cfg, _, err := c.load()
			if err != nil {
				return err
			}
			return c.restoreTo(cmd.Context(), cfg, args[0], files, keys)
		},
	}
	cmd.Flags().StringVar(&files, "files", "", "unpack this `archive` of files too")
	cmd.Flags().StringVar(&keys, "keys", "", "unpack this `archive` of keys too")
	c.settings(cmd)
	return cmd
}

func (c *cli) restoreTo(ctx context.Context, cfg app.Config, from, files, keys string) error {
	kind, err := sqldb.BackupEngine(from)
	if err != nil {
		return err
	}
	if (kind == sqldb.SQLite) == sqldb.IsPostgres(cfg.DB) {
		return sqldb.Restore(ctx, from, cfg.DB) // which says why it cannot be
	}
	for _, end := range []string{"", "-wal", "-shm", sqldb.BesideEnd} {
		if _, err := os.Lstat(cfg.DB + end); err == nil && !sqldb.IsPostgres(cfg.DB) {
			return fmt.Errorf("%s is there already: a backup is restored to a new file", cfg.DB+end)
		}
	}
	bar := c.bar()
	defer bar.end()
	if kind == sqldb.SQLite {
		if _, err := c.examineTown(ctx, from, cfg, bar.of("checking the backup")); err != nil {
			return fmt.Errorf("nothing was restored: %w", err)
		}
	}
	if err := sqldb.Restore(ctx, from, cfg.DB); err != nil {
		return err
	}
	var v struct {
		DB      string   `json:"db"`
		Checked *checked `json:"checked"`
		Files   int      `json:"files,omitempty"`
		Keys    int      `json:"keys,omitempty"`
	}
	v.DB = dbName(cfg.DB)
	for _, u := range []struct {
		archive, to string
		n           *int
	}{{keys, cfg.DataPath(), &v.Keys}, {files, cfg.FilesPath(), &v.Files}} {
		if u.archive == "" {
			continue
		}
		if *u.n, err = app.Unpack(ctx, u.archive, u.to); err != nil {
			return fmt.Errorf("the database was restored to %s; %w", v.DB, err)
		}
	}
	if v.Checked, err = c.examineTown(ctx, cfg.DB, cfg, bar.of("checking the town")); err != nil {
		return fmt.Errorf("%s was restored, and is not right: %w", v.DB, err)
	}
	bar.end()
	return c.answer(v, func(w io.Writer) {
		fmt.Fprintf(w, "✓ %s: every page, %d rows of the trail and %d records are in order\n", v.DB, v.Checked.Trail.Rows, v.Checked.Trail.Records)
		if v.Files > 0 || v.Keys > 0 {
			fmt.Fprintf(w, "✓ %d files and %d files of keys unpacked\n", v.Files, v.Keys)
		}
		if len(cfg.KeyFiles()) == 0 {
			fmt.Fprintf(w, "The keys are missing: put them into %s before the town is served, or private facts stay sealed.\n", cfg.DataPath())
		}
	})
}

// dbName is the address of a database as it may be shown.
func dbName(db string) string {
	if u, err := url.Parse(db); err == nil && sqldb.IsPostgres(db) {
		return u.Redacted()
	}
	return db
}
