// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"yuanba/internal/app"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/sqldb"
)

// A checked is what was found out about a backup or a restored town.
type checked struct {
	Sound bool          `json:"sound"` // every page was read and is in order
	Trail *trail.Report `json:"trail"` // the trail, and every record against it
}

// backup copies the database while the town is served.
func (c *cli) backup() *cobra.Command {
	to, files, keys := "", false, false
	cmd := &cobra.Command{
		Use:     "backup",
		Short:   "copy the database while the town is served, and check the copy",
		GroupID: groupWatch,
		Long: `Backup writes one consistent state of the database to a new file, while the town
goes on. Before the file gets its name it is checked: every page, the whole trail,
and every record against it. What fails leaves no file.

A town is three things: the database, the files (photos and documents), and the
keys. --files and --keys copy these beside it, each into an archive of its own.
Keep the keys apart: with them whoever has the database reads private facts,
without them nobody does, ever again.

A PostgreSQL database is copied by pg_dump, which must be installed. What is checked
then is the state of the database that was copied, and that the copy can be read to
its end.`,
		Example: "  yuanba backup --db town.db --to /mnt/backup/2026-03-02.db --files\n  yuanba backup --db town.db --to /media/safe/town.db --keys --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if to == "" {
				return usageError{errors.New("say with --to where the copy is to be")}
			}
			cfg, _, err := c.load()
			if err != nil {
				return err
			}
			return c.backUp(cmd.Context(), cfg, to, files, keys)
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "the new `file`")
	cmd.Flags().BoolVar(&files, "files", false, "copy the files too, into FILE.files.tar")
	cmd.Flags().BoolVar(&keys, "keys", false, "copy the keys too, into FILE.keys.tar")
	c.settings(cmd)
	return cmd
}

func (c *cli) backUp(ctx context.Context, cfg app.Config, to string, files, keys bool) error {
	var v struct {
		app.Copy
		Checked  *checked  `json:"checked"`
		FilesTar *app.Copy `json:"files_archive,omitempty"`
		KeysTar  *app.Copy `json:"keys_archive,omitempty"`
	}
	bar := c.bar()
	copied, err := app.Backup(ctx, cfg, to, bar.of("copying"), func(copied *sqldb.DB) (err error) {
		v.Checked, err = c.examine(ctx, copied, cfg, bar.of("checking"))
		return err
	})
	bar.end()
	if err != nil {
		return err
	}
	v.Copy = copied
	for _, p := range []struct {
		wanted bool
		end    string
		names  []string
		into   **app.Copy
	}{{files && cfg.S3.Bucket == "", ".files.tar", []string{cfg.FilesPath()}, &v.FilesTar}, {keys, ".keys.tar", cfg.KeyFiles(), &v.KeysTar}} {
		if !p.wanted {
			continue
		}
		archive, err := app.Pack(ctx, to+p.end, p.names...)
		if err != nil {
			return fmt.Errorf("the database was copied to %s; %w", to, err)
		}
		*p.into = &archive
	}
	return c.answer(v, func(w io.Writer) {
		fmt.Fprintf(w, "✓ %s, %d bytes, SHA-256 %s\n", copied.File, copied.Bytes, copied.SHA256)
		fmt.Fprintf(w, "  checked: every page, %d rows of the trail, %d records\n", v.Checked.Trail.Rows, v.Checked.Trail.Records)
		for _, a := range []*app.Copy{v.FilesTar, v.KeysTar} {
			if a != nil {
				fmt.Fprintf(w, "✓ %s, %d files, %d bytes\n", a.File, a.Files, a.Bytes)
			}
		}
		c.toKeep(w, cfg, v.FilesTar != nil, v.KeysTar != nil)
	})
}

// toKeep says what else belongs to the town, and is not in the backup.
func (c *cli) toKeep(w io.Writer, cfg app.Config, files, keys bool) {
	if files && keys {
		return
	}
	fmt.Fprintln(w, "Keep besides:")
	switch {
	case cfg.S3.Bucket != "":
		fmt.Fprintf(w, "  the bucket %s at %s: photos and documents\n", cfg.S3.Bucket, cfg.S3.Endpoint)
	case !files:
		fmt.Fprintf(w, "  the folder %s: photos and documents (--files)\n", cfg.FilesPath())
	}
	if !keys {
		fmt.Fprintf(w, "  the keys, apart from the database: %s (--keys)\n", strings.Join(cfg.KeyFiles(), ", "))
	}
}

// examineTown checks a database, or a backup that is a file, and says as an error
// what is wrong with it.
func (c *cli) examineTown(ctx context.Context, dsn string, cfg app.Config, progress func(done, total int64)) (_ *checked, err error) {
	db, err := app.Peek(ctx, dsn)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return c.examine(ctx, db, cfg, progress)
}

func (c *cli) examine(ctx context.Context, db *sqldb.DB, cfg app.Config, progress func(done, total int64)) (*checked, error) {
	faults, err := damage(ctx, db)
	if err != nil {
		return nil, err
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("the database is damaged: %s", strings.Join(faults, "; "))
	}
	public, err := cfg.PublicKey()
	if err != nil {
		return nil, err
	}
	rep, err := app.VerifyDB(ctx, db, app.Verifying{PublicKey: public, Progress: progress})
	switch {
	case err != nil:
		return nil, err
	case !rep.OK:
		key, args := rep.FirstFault.Message()
		return nil, fmt.Errorf("the trail does not hold: %s (yuanba verify says more)", i18n.T(c.lang(), key, args...))
	}
	return &checked{Sound: true, Trail: &rep}, nil
}
