// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"yuanba/internal/app"
	"yuanba/internal/domain/access"
)

// apikey looks after the keys of other programs.
func (c *cli) apikey() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "apikey",
		Short:   "make, list and revoke the keys of other programs",
		GroupID: groupRun,
		Args:    cobra.NoArgs,
		Long: `Apikey looks after the keys with which other programs come in, from the town's own
machine and without a running server. The same is done on the page /admin/keys, where
a key can also be bound to a unit and a place. Each act is in the trail.`,
		Example: "  yuanba apikey add 邻居的程序 --scope requests:write --db town.db\n  yuanba apikey list --db town.db\n  yuanba apikey revoke 邻居的程序 --db town.db",
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.apikeyAdd(), c.apikeyList(), c.apikeyRevoke())
	return cmd
}

func (c *cli) apikeyAdd() *cobra.Command {
	var in access.NewKey
	var scopes []string
	login := ""
	var known []string
	for _, s := range access.KeyScopes {
		known = append(known, string(s))
	}
	cmd := &cobra.Command{
		Use:     "add NAME",
		Short:   "make a key, which is printed this once",
		Args:    cobra.ExactArgs(1),
		Long:    "Add makes a key for the program that is called NAME and prints it. It is kept nowhere:\nwho loses it is given another.\n\nThe scopes are " + strings.Join(known, ", ") + ".",
		Example: "  yuanba apikey add 邻居的程序 --scope requests:write --db town.db\n  yuanba apikey add 热线 --scope api:read --scope api:act --account zhao --db town.db",
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.onTown(cmd.Context(), false, func(a *app.App) error {
				in.Name = args[0]
				for _, s := range scopes {
					in.Scopes = append(in.Scopes, access.KeyScope(s))
				}
				words, k, err := a.AddKey(cmd.Context(), in, login)
				if err != nil {
					return err
				}
				v := struct {
					Key string `json:"key"`
					app.KeyFor
				}{words, k}
				return c.answer(v, func(w io.Writer) { fmt.Fprintln(w, words) })
			})
		},
	}
	cmd.Flags().StringArrayVar(&scopes, "scope", nil, "what the key may do; may be given several `times`")
	cmd.Flags().StringVar(&login, "account", "", "the `login` of the account that the key acts for")
	cmd.Flags().IntVar(&in.PerMinute, "per-minute", access.DefPerMin, "how many requests a minute the key may make")
	c.settings(cmd)
	return cmd
}

func (c *cli) apikeyList() *cobra.Command {
	cmd := &cobra.Command{
		Use: "list", Short: "list the keys", Long: "List prints every key: its program, its beginning, and what it may do.", Args: cobra.NoArgs, Example: "  yuanba apikey list --db town.db",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.onTown(cmd.Context(), false, func(a *app.App) error {
				ks, err := a.Keys(cmd.Context())
				if err != nil {
					return err
				}
				return c.answer(ks, func(w io.Writer) {
					t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
					for _, k := range ks {
						standing := ""
						if !k.Good {
							standing = "revoked or run out"
						}
						fmt.Fprintf(t, "%s\t%s…\t%s\t%s\n", k.Name, k.Hint, strings.Join(k.Scopes, ", "), standing)
					}
					_ = t.Flush() // as any other printing: nobody is left to be told
				})
			})
		},
	}
	c.settings(cmd)
	return cmd
}

func (c *cli) apikeyRevoke() *cobra.Command {
	cmd := &cobra.Command{
		Use: "revoke NAME", Short: "make a key worthless", Long: "Revoke makes the key of the program NAME worthless. A running server sees it within two\nseconds. What was done with the key stays on record.", Args: cobra.ExactArgs(1), Example: "  yuanba apikey revoke 邻居的程序 --db town.db",
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.onTown(cmd.Context(), false, func(a *app.App) error {
				if err := a.RevokeKey(cmd.Context(), args[0]); err != nil {
					return err
				}
				return c.done(args[0], "the key of %s is revoked")
			})
		},
	}
	c.settings(cmd)
	return cmd
}
