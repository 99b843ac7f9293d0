// SPDX-License-Identifier: Apache-2.0

// Package schema holds the database's history: numbered migrations, each named
// for the domain that owns its tables, and schema.sql, the generated whole. What
// can be made anew from all this has a history of its own in the folder beside.
package schema

import "embed"

//go:generate go run yuanba/tools/schema schema.sql

// Files are the migrations, for [sqldb.DB.Migrate].
//
//go:embed [0-9]*.sql beside/[0-9]*.sql
var Files embed.FS
