// SPDX-License-Identifier: Apache-2.0

// Package locale holds every word the program says, as flat JSON files: one
// folder per language, one file per owner, named for the domain it belongs to.
// Importing it puts the words in place for [i18n.T].
package locale

import (
	"embed"

	"yuanba/internal/kit/i18n"
)

//go:embed zh-CN/*.json en/*.json
var files embed.FS

// Words is the catalog of all texts, in use by [i18n.T].
var Words = i18n.Use(must(i18n.New(files)))

func must(c *i18n.Catalog, err error) *i18n.Catalog {
	if err != nil {
		panic(err) // the files are in the binary, and the tests read them
	}
	return c
}
