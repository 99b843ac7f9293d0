// SPDX-License-Identifier: Apache-2.0

package app

import (
	"path/filepath"
	"strings"

	"yuanba/internal/kit/sqldb"
)

// FilesPath is the folder of photos and documents: the configured one, or
// "files" beside a SQLite file, or var/files.
func (c Config) FilesPath() string {
	switch {
	case c.Files != "":
		return c.Files
	case sqldb.IsPostgres(c.DB):
		return filepath.Join("var", "files")
	}
	return filepath.Join(filepath.Dir(c.DB), "files")
}

// PiecesPath is the folder of what has come of files that are sent in pieces:
// "pieces" beside the folder of files.
func (c Config) PiecesPath() string {
	return filepath.Join(filepath.Dir(filepath.Clean(c.FilesPath())), "pieces")
}

// KeysPath is the file of the keys: the configured one, or "keys.json" beside
// the folder of files.
func (c Config) KeysPath() string {
	if c.Keys != "" {
		return c.Keys
	}
	return filepath.Join(filepath.Dir(filepath.Clean(c.FilesPath())), "keys.json")
}

// Address is the address by which people reach the pages, without a slash at
// its end.
func (c Config) Address() string {
	if c.URL != "" {
		return strings.TrimSuffix(c.URL, "/")
	}
	host := c.Listen
	if strings.HasPrefix(host, ":") {
		host = "localhost" + host
	}
	return "http://" + host
}
