// SPDX-License-Identifier: Apache-2.0

package app

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/schema"
)

// A Verifying says what is to be checked, and against what.
type Verifying struct {
	DB        string // a database, or a backup that is a file
	PublicKey string // the keys that are believed, one a line; "" leaves signatures unchecked
	Older     []byte // a checkpoint that was kept elsewhere
	Progress  func(done, total int64)
}

// Verify checks the whole trail of a database and every record against it, and
// changes nothing. It needs neither the keys of private facts nor a running town.
func Verify(ctx context.Context, v Verifying) (rep trail.Report, err error) {
	db, err := Peek(ctx, v.DB)
	if err != nil {
		return rep, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return VerifyDB(ctx, db, v)
}

// VerifyDB is Verify of a database that is open.
func VerifyDB(ctx context.Context, db *sqldb.DB, v Verifying) (rep trail.Report, err error) {
	a := &App{DB: db, Places: places.New(db)}
	if err := a.Places.Load(ctx); err != nil {
		return rep, err
	}
	a.People = people.New(db, nil, people.Options{})
	a.Matters = matters.New(matters.Needs{DB: db, Places: a.Places})
	return trail.Verify(ctx, db, trail.Options{Older: v.Older, PublicKey: v.PublicKey, Records: a.Records(), Progress: v.Progress})
}

// Peek opens a database to be read only. One that has another schema than this
// program knows is refused with a sentence.
func Peek(ctx context.Context, dsn string) (*sqldb.DB, error) {
	db, err := sqldb.OpenToRead(ctx, dsn, sqldb.Options{Readers: 4})
	if err != nil {
		return nil, err
	}
	if err := readable(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// readable says why the town in a database cannot be read by this program.
func readable(ctx context.Context, db *sqldb.DB) error {
	have, err := db.SchemaVersion(ctx)
	switch want := SchemaVersion(); {
	case err != nil:
		return err
	case have == 0:
		return errors.New("there is no town in this database")
	case have > want:
		return fmt.Errorf("this database was made by a newer program (its schema is %d, this program knows %d): use that program", have, want)
	case have < want:
		return fmt.Errorf("this database was made by an older program (its schema is %d, this program's is %d): use that program, or serve it once to bring it up to date", have, want)
	}
	return nil
}

// SchemaVersion is the number of the newest migration this program brings.
func SchemaVersion() (newest int64) {
	names, _ := fs.Glob(schema.Files, "[0-9]*.sql") // the pattern is right
	for _, name := range names {
		number, _, _ := strings.Cut(name, "_")
		if n, err := strconv.ParseInt(number, 10, 64); err == nil {
			newest = max(newest, n)
		}
	}
	return newest
}

// PublicKey returns the keys whose checkpoints are believed here: those in the
// file trail.pub in the data folder, "" if there is none.
func (c Config) PublicKey() (string, error) {
	b, err := os.ReadFile(filepath.Join(c.DataPath(), "trail.pub"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return string(b), err
}

// DataPath is the folder of what is kept beside the database: the keys of private
// facts and of the trail.
func (c Config) DataPath() string { return filepath.Dir(c.KeysPath()) }

// KeyFiles are the files of keys that there are: of private facts, and of the
// trail.
func (c Config) KeyFiles() []string {
	var there []string
	for _, name := range []string{c.KeysPath(), filepath.Join(c.DataPath(), "trail.key"), filepath.Join(c.DataPath(), "trail.pub")} {
		if _, err := os.Stat(name); err == nil {
			there = append(there, name)
		}
	}
	return there
}

// A Copy is a file that Backup has written.
type Copy struct {
	File   string `json:"file"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	Files  int    `json:"files,omitempty"` // how many files are in it, if it is an archive
}

func copied(name string, files int) (c Copy, err error) {
	f, err := os.Open(name)
	if err != nil {
		return c, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	return Copy{File: name, Bytes: n, SHA256: hex.EncodeToString(h.Sum(nil)), Files: files}, err
}

// Backup writes a copy of the configured database to the file to, while the town
// is served, and gives it that name only if check finds nothing wrong with it.
func Backup(ctx context.Context, c Config, to string, progress func(done, total int64), check func(copied *sqldb.DB) error) (_ Copy, err error) {
	if _, err := os.Lstat(to); err == nil {
		return Copy{}, fmt.Errorf("%s is there already: a backup is never overwritten", to)
	}
	making := to + ".making"
	if err := os.Remove(making); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Copy{}, err
	}
	whole := func(copied *sqldb.DB) error {
		if err := readable(ctx, copied); err != nil {
			return err
		}
		return check(copied)
	}
	if err := sqldb.Backup(ctx, c.DB, making, progress, whole); err != nil {
		return Copy{}, err
	}
	defer func() {
		if rerr := os.Remove(making); rerr != nil && !errors.Is(rerr, fs.ErrNotExist) {
			err = errors.Join(err, rerr)
		}
	}()
	if err := os.Link(making, to); err != nil { // unlike renaming, it overwrites nothing
		return Copy{}, err
	}
	return copied(to, 0)
}

// Pack writes the files, and what is in the folders, into a tar archive that nobody but its owner
// can read. What is left out because it was removed meanwhile is no fault.
func Pack(ctx context.Context, to string, names ...string) (_ Copy, err error) {
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return Copy{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(to))
		}
	}()
	w, n := tar.NewWriter(f), 0
	for _, name := range names {
		err = errors.Join(err, filepath.WalkDir(name, func(p string, d fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return nil
			case err != nil:
				return err
			case ctx.Err() != nil:
				return ctx.Err()
			case !d.Type().IsRegular():
				return nil
			}
			within, err := filepath.Rel(name, p)
			if err != nil {
				return err
			}
			if within == "." {
				within = filepath.Base(name)
			}
			n++
			return packOne(w, p, filepath.ToSlash(within))
		}))
	}
	if err = errors.Join(err, w.Close(), f.Sync(), f.Close()); err != nil {
		return Copy{}, err
	}
	return copied(to, n)
}

func packOne(w *tar.Writer, name, within string) error {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := w.WriteHeader(&tar.Header{Name: within, Mode: 0o600, Size: info.Size(), ModTime: info.ModTime().Truncate(time.Second), Format: tar.FormatPAX}); err != nil {
		return err
	}
	_, err = io.CopyN(w, f, info.Size())
	return err
}

// Unpack writes the files of an archive into a folder. A file that is there is
// left as it is if it has the same length, and is else an error; a name that
// leads out of the folder is one too.
func Unpack(ctx context.Context, from, dir string) (n int, err error) {
	f, err := os.Open(from)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return 0, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return 0, err
	}
	defer root.Close()
	for r := tar.NewReader(f); ; n++ {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err := errors.Join(err, ctx.Err()); err != nil {
			return n, fmt.Errorf("%s: %w", from, err)
		}
		if h.Typeflag != tar.TypeReg || !filepath.IsLocal(h.Name) || strings.Contains(h.Name, `\`) {
			return n, fmt.Errorf("%s: %q is no file of a backup", from, h.Name)
		}
		if err := unpackOne(root, h, r); err != nil {
			return n, err
		}
	}
}

func unpackOne(root *os.Root, h *tar.Header, r io.Reader) error {
	if info, err := root.Stat(h.Name); err == nil {
		if info.Mode().IsRegular() && info.Size() == h.Size {
			return nil
		}
		return fmt.Errorf("%s is there already, and is another", filepath.Join(root.Name(), h.Name))
	}
	if err := root.MkdirAll(path.Dir(h.Name), 0o700); err != nil {
		return err
	}
	f, err := root.OpenFile(h.Name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Sync(), f.Close())
}
