// SPDX-License-Identifier: Apache-2.0

// Package schema holds the database's history: numbered migrations, each named
// for the domain that owns its tables, and schema.sql, the generated whole.
package schema

import "embed"

// Files are the migrations, for [sqldb.DB.Migrate].
//
//go:embed *.sql
var Files embed.FS
