// SPDX-License-Identifier: Apache-2.0

// Package pieces takes in files that are sent a piece at a time, over lines that break.
//
// A file is known before it is there: by the SHA-256 of its bytes and by its length,
// under the number of the account that sends it. Whoever sends asks [Store.Have] how
// much is there, sends on from there with [Store.Append], and when all is there
// [Store.Take] hands it on, if the bytes are the ones that were promised; if they are
// not, nothing of them is kept and the sender begins again. A piece that breaks off in
// its middle counts as far as it came. A piece sent twice, or by two at once, does no
// harm: the same bytes are written to the same place.
//
// What is half there lies in files of a folder beside those of package blob, never in
// the database and in no backup: a photo as a telephone sends it may still say where it
// was taken, and nobody is to keep that. Pieces are not flushed to the disk one by one.
// A machine that loses its power may therefore hold bytes that are none; the hash finds
// that out, and the sender still has the file. Several processes may share the folder.
package pieces

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
)

// Limits bound what one account may leave half-sent.
type Limits struct {
	File  int64         // bytes of one file
	Files int           // files at a time
	Bytes int64         // of all of them
	Age   time.Duration // since a piece of the file last came
}

// Default are the limits of a town that has set none: a phone sends one file after
// another, so that many half-sent ones are left by many phones, or by mischief.
func Default() Limits {
	return Limits{File: blob.Default().Most(), Files: 12, Bytes: 96 << 20, Age: 7 * 24 * time.Hour}
}

// A Store keeps what has come of files. It is safe for several goroutines and processes.
type Store struct {
	root string
	l    Limits
	now  func() time.Time
}

// Open opens the store in the folder root, and makes it if there is none. now is the
// clock by which files grow old.
func Open(root string, l Limits, now func() time.Time) (*Store, error) {
	if err := os.MkdirAll(root, 0o700); err != nil {
		return nil, fmt.Errorf("open pieces: %w", err)
	}
	return &Store{root: root, l: l, now: now}, nil
}

// A File is what is being sent: by whom, which bytes, how many.
type File struct {
	Of     id.ID // the account
	Hash   blob.Hash
	Length int64
}

// Check is Invalid if the file cannot be one: its name is no hash, or it is empty or
// larger than is taken.
func (s *Store) Check(f File) error {
	if n, err := blob.ParseName(string(f.Hash)); err != nil || n.Hash() != f.Hash || f.Of == 0 {
		return errs.New(errs.Invalid, "pieces.name")
	}
	if f.Length <= 0 || f.Length > s.l.File {
		return errs.New(errs.Invalid, "pieces.large", s.l.File>>20)
	}
	return nil
}

func (s *Store) folder(of id.ID) string {
	return filepath.Join(s.root, strconv.FormatInt(int64(of), 36))
}

func (s *Store) path(f File) string {
	return filepath.Join(s.folder(f.Of), string(f.Hash)+"."+strconv.FormatInt(f.Length, 10))
}

// Have is how many bytes of the file are there, from its beginning.
func (s *Store) Have(f File) (int64, error) {
	if err := s.Check(f); err != nil {
		return 0, err
	}
	i, err := os.Stat(s.path(f))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0, nil
	case err != nil:
		return 0, fmt.Errorf("pieces: %w", err)
	}
	return min(i.Size(), f.Length), nil
}

// Append adds what r gives from the byte at on, and returns how much is there then,
// also when it fails in the middle. It is a Conflict "pieces.offset" if the file is not
// there up to at: the sender asks what is, and goes on from there. What goes beyond the
// file's length is Invalid, and not kept. Room for a new file is made of the account's
// oldest half-sent ones.
func (s *Store) Append(ctx context.Context, f File, at int64, r io.Reader) (have int64, err error) {
	if have, err = s.Have(f); err != nil {
		return 0, err
	}
	if at < 0 || at > have {
		return have, errs.New(errs.Conflict, "pieces.offset", have)
	}
	if have == 0 {
		if err := s.room(f); err != nil {
			return 0, err
		}
	}
	o, err := os.OpenFile(s.path(f), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return have, faultOf(err)
	}
	n, err := io.Copy(io.NewOffsetWriter(o, at), io.LimitReader(gone{ctx, r}, f.Length-at))
	have = max(have, at+n)
	if cerr := o.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return have, faultOf(err)
	}
	if more, _ := io.ReadFull(r, make([]byte, 1)); more > 0 { // an error here says only that it has ended
		return have, errs.New(errs.Invalid, "pieces.beyond")
	}
	return have, nil
}

// gone is a reader that ends with its context.
type gone struct {
	ctx context.Context //nolint:containedctx // a reader has no other way to be told
	r   io.Reader
}

func (g gone) Read(b []byte) (int, error) {
	if err := g.ctx.Err(); err != nil {
		return 0, err
	}
	return g.r.Read(b)
}

func faultOf(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EROFS) {
		return &errs.Error{Kind: errs.Full, Key: "blob.full", Err: err}
	}
	return fmt.Errorf("pieces: %w", err)
}

// A part is a half-sent file as the folder shows it.
type part struct {
	path string
	size int64
	at   time.Time
}

// parts are the half-sent files of a folder, the oldest first.
func parts(dir string) ([]part, error) {
	list, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("pieces: %w", err)
	}
	var ps []part
	for _, e := range list {
		if i, err := e.Info(); err == nil && !e.IsDir() { // gone meanwhile otherwise
			ps = append(ps, part{filepath.Join(dir, e.Name()), i.Size(), i.ModTime()})
		}
	}
	slices.SortFunc(ps, func(a, b part) int { return a.at.Compare(b.at) })
	return ps, nil
}

// room makes room for a new file: of the oldest that the account has half-sent.
func (s *Store) room(f File) error {
	dir := s.folder(f.Of)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return faultOf(err)
	}
	ps, err := parts(dir)
	if err != nil {
		return err
	}
	all := f.Length
	for _, p := range ps {
		all += p.size
	}
	for len(ps) > 0 && (len(ps) >= s.l.Files || all > s.l.Bytes) {
		if err := remove(ps[0].path); err != nil {
			return err
		}
		all, ps = all-ps[0].size, ps[1:]
	}
	return nil
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("pieces: %w", err)
	}
	return nil
}

// Take hands the whole file to keep, if its bytes are those of its name, and forgets
// its pieces once keep has returned nil. It is a Conflict "pieces.part" if not all of
// it is there, and "pieces.differs" if other bytes are: those are forgotten. What keep
// refuses as Invalid will be refused again, and is forgotten too.
func (s *Store) Take(f File, keep func(io.Reader) error) error {
	switch have, err := s.Have(f); {
	case err != nil:
		return err
	case have < f.Length:
		return errs.New(errs.Conflict, "pieces.part", have)
	}
	path := s.path(f)
	o, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) { // taken by another meanwhile
		return errs.New(errs.Conflict, "pieces.part", 0)
	}
	if err != nil {
		return fmt.Errorf("pieces: %w", err)
	}
	defer o.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, io.LimitReader(o, f.Length)); err != nil {
		return fmt.Errorf("pieces: %w", err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != string(f.Hash) {
		return errors.Join(errs.New(errs.Conflict, "pieces.differs"), remove(path))
	}
	if _, err := o.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("pieces: %w", err)
	}
	if err := keep(io.LimitReader(o, f.Length)); err != nil {
		if errs.KindOf(err) == errs.Invalid {
			err = errors.Join(err, remove(path))
		}
		return err
	}
	return remove(path)
}

// Sweep forgets the files of which no piece has come for longer than the limit, and
// reports how many.
func (s *Store) Sweep(ctx context.Context) (n int, err error) {
	owners, err := os.ReadDir(s.root)
	if err != nil {
		return 0, fmt.Errorf("pieces: %w", err)
	}
	before := s.now().Add(-s.l.Age)
	for _, o := range owners {
		if ctx.Err() != nil {
			return n, ctx.Err()
		}
		dir := filepath.Join(s.root, o.Name())
		ps, err := parts(dir)
		if err != nil {
			return n, err
		}
		for _, p := range ps {
			if p.at.Before(before) && strings.Contains(filepath.Base(p.path), ".") {
				if err := remove(p.path); err != nil {
					return n, err
				}
				n++
			}
		}
		_ = os.Remove(dir) // if nothing is left in it
	}
	return n, nil
}
