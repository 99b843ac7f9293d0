// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"yuanba/internal/kit/seal"
)

// keys looks after the keys with which private facts are sealed.
func (c *cli) keys() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "keys",
		Short:   "the keys with which private facts are sealed",
		GroupID: groupWatch,
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	rotate := &cobra.Command{
		Use:   "rotate",
		Short: "seal with a new key from now on",
		Long: `Rotate adds a new key. What is sealed from now on is sealed with it; what was sealed
before still opens, since the older keys stay in the file. A program that is serving
seals with the new key from its next start. Afterwards make a new backup of the keys:
an older one does not open what is sealed from now on.`,
		Example: "  yuanba keys rotate --db town.db",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, _, err := c.load()
			if err != nil {
				return err
			}
			if _, err := os.Stat(cfg.KeysPath()); err != nil {
				return fmt.Errorf("there are no keys yet: %w", err)
			}
			file, err := seal.OpenFile(cfg.KeysPath())
			if err != nil {
				return err
			}
			if err := file.Rotate(); err != nil {
				return err
			}
			v := struct {
				Keys        string `json:"keys"`
				Generations int    `json:"generations"` // keys with which something may be sealed
			}{cfg.KeysPath(), file.Generations()}
			return c.answer(v, func(w io.Writer) {
				fmt.Fprintf(w, "A new key is in %s, which now has %d. Make a new backup of it.\n", v.Keys, v.Generations)
			})
		},
	}
	c.settings(rotate)
	cmd.AddCommand(rotate)
	return cmd
}
