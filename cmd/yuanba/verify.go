// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"yuanba/internal/app"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/sqldb"
)

// verify checks the whole trail, and every record against it.
func (c *cli) verify() *cobra.Command {
	var older, key string
	cmd := &cobra.Command{
		Use:     "verify",
		Short:   "check the whole trail, and every record against it",
		GroupID: groupWatch,
		Long: `Verify computes the whole trail anew: every row, every hash, every signed
checkpoint, and compares every record with the last row about it. It names the
first row that was altered, removed or cut off. It changes nothing, works beside a
serving Yuanba, and on a backup as well.

A checkpoint that was kept elsewhere, on paper or in somebody's hands, is what
finds out that the whole was written anew: give it with --older, as the signed note
or as the sheet from the notice board, typed off: the rows, then the check value
under them. Signatures are checked with the keys in --key, without it with those in
the file trail.pub beside the keys; an outsider brings their own copy.`,
		Example: `  yuanba verify --db town.db
  yuanba verify --db /mnt/backup/town.db --older checkpoint-2026-03.txt --key trail.pub
  yuanba verify --json | jq .first_fault`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, _, err := c.load()
			if err != nil {
				return err
			}
			v := app.Verifying{DB: cfg.DB}
			if v.PublicKey, err = cfg.PublicKey(); err != nil {
				return err
			}
			if key != "" {
				b, err := os.ReadFile(key)
				if err != nil {
					return err
				}
				v.PublicKey = string(b)
			}
			if older != "" {
				if v.Older, err = os.ReadFile(older); err != nil {
					return err
				}
			}
			bar := c.bar()
			v.Progress = bar.of("verifying")
			rep, err := app.Verify(cmd.Context(), v)
			bar.end()
			if err != nil {
				return err
			}
			if err := c.answer(rep, func(w io.Writer) { c.writeReport(w, rep) }); err != nil {
				return err
			}
			if !rep.OK {
				return errSaid
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&older, "older", "", "a checkpoint that was kept elsewhere: a `file` made by checkpoint, with --note or without")
	cmd.Flags().StringVar(&key, "key", "", "`file` of the public keys that are believed, one a line")
	c.settings(cmd)
	return cmd
}

func (c *cli) writeReport(w io.Writer, rep trail.Report) {
	fmt.Fprintf(w, "%d rows, %d of them sealed, %d records, %d checkpoints\n", rep.Rows, rep.Sealed, rep.Records, rep.Checkpoints)
	if rep.Root != "" {
		fmt.Fprintf(w, "root of the first %d: %s\n", rep.Size, rep.Root)
	}
	if !rep.Signed {
		fmt.Fprintln(w, "The signatures were not checked: no public key was given, and there is no trail.pub.")
	}
	if f := rep.FirstFault; f != nil {
		key, args := f.Message()
		fmt.Fprintf(w, "✗ %s\n", i18n.T(c.lang(), key, args...))
		if f.Detail != "" {
			fmt.Fprintf(w, "  %s\n", f.Detail)
		}
		return
	}
	fmt.Fprintln(w, "✓ all is as it was recorded")
}

// checkpoint prints the newest checkpoint.
func (c *cli) checkpoint() *cobra.Command {
	bare := false
	cmd := &cobra.Command{
		Use:     "checkpoint",
		Short:   "print the newest checkpoint of the trail for the notice board",
		GroupID: groupWatch,
		Long: `Checkpoint prints the newest checkpoint of the trail in both languages: how many
rows there were, and one number that stands for all of them. On a notice board, in
a newspaper, in as many hands as can be, it keeps the town to what was recorded.

With --note it prints the signed note itself. Either is what the option --older of
verify takes.`,
		Example: "  yuanba checkpoint --db town.db | lpr\n  yuanba checkpoint --note > checkpoint-2026-03.txt",
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			cfg, _, err := c.load()
			if err != nil {
				return err
			}
			db, err := app.Peek(cmd.Context(), cfg.DB)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, db.Close()) }()
			var p trail.Checkpoint
			if err := db.Read(cmd.Context(), func(tx *sqldb.Tx) error {
				p, err = trail.LastCheckpoint(tx)
				return err
			}); err != nil {
				return err
			}
			v := struct {
				Rows int64  `json:"rows"`
				Root string `json:"root"`
				At   string `json:"at"`
				Key  string `json:"key"`
				Note string `json:"note"`
			}{p.Size, fmt.Sprintf("%x", p.Root[:]), p.At.Format("2006-01-02T15:04:05.000Z07:00"), p.KeyID, p.Note}
			return c.answer(v, func(w io.Writer) {
				if bare {
					fmt.Fprint(w, p.Note)
					return
				}
				fmt.Fprintf(w, "%s\n────────\n\n%s", trail.PrintCheckpoint(i18n.ZH, p), trail.PrintCheckpoint(i18n.EN, p))
			})
		},
	}
	cmd.Flags().BoolVar(&bare, "note", false, "print the signed note itself")
	c.settings(cmd)
	return cmd
}
