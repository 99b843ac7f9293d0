// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"runtime"

	"github.com/spf13/cobra"
)

// version says which build this is.
func (c *cli) version() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "say which version this is",
		RunE: func(*cobra.Command, []string) error {
			v := struct {
				Version  string `json:"version"`
				Go       string `json:"go"`
				Platform string `json:"platform"`
			}{version, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
			return c.answer(v, func(w io.Writer) {
				fmt.Fprintf(w, "yuanba %s, %s, %s\n", v.Version, v.Go, v.Platform)
			})
		},
	}
}
