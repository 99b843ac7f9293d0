// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"yuanba/internal/kit/errs"
)

// A Disk is a store in a folder of this machine: ab/cd/abcd…
type Disk struct{ root string }

const (
	halfWritten    = "tmp"          // the folder of objects being written
	halfWrittenFor = 24 * time.Hour // older ones are remains of a crash
)

// OpenDisk opens the store in folder root, makes it if there is none, and
// removes what a crash has left half-written.
func OpenDisk(root string) (*Disk, error) {
	tmp := filepath.Join(root, halfWritten)
	if err := os.MkdirAll(tmp, 0o700); err != nil {
		return nil, fmt.Errorf("open blob store: %w", err)
	}
	d := &Disk{root: root}
	left, err := os.ReadDir(tmp)
	if err != nil {
		return nil, fmt.Errorf("open blob store: %w", err)
	}
	for _, e := range left {
		if i, err := e.Info(); err == nil && time.Since(i.ModTime()) > halfWrittenFor {
			if err := os.Remove(filepath.Join(tmp, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, fmt.Errorf("open blob store: %w", err)
			}
		}
	}
	return d, syncDir(root)
}

func (d *Disk) path(n Name) string {
	return filepath.Join(d.root, string(n[:2]), string(n[2:4]), string(n))
}

// Put implements [Store]: written aside, flushed, renamed, and the folder flushed.
func (d *Disk) Put(_ context.Context, name Name, data []byte) (err error) {
	if _, err := ParseName(string(name)); err != nil {
		return err
	}
	path := d.path(name)
	if i, err := os.Stat(path); err == nil && i.Size() == int64(len(data)) {
		// Needed again from now on: see Sweep. And it may be another process's
		// rename, not yet flushed.
		now := time.Now()
		if err := os.Chtimes(path, now, now); err != nil {
			return faultOf(err)
		}
		return faultOf(syncDir(filepath.Dir(path)))
	}
	if err := d.makeFolder(filepath.Dir(path)); err != nil {
		return faultOf(err)
	}
	f, err := os.CreateTemp(filepath.Join(d.root, halfWritten), string(name)+".")
	if err != nil {
		return faultOf(err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name()) // what is left is removed at the next start
		}
	}()
	if _, err := f.Write(data); err != nil {
		return faultOf(err)
	}
	if err := f.Sync(); err != nil {
		return faultOf(err)
	}
	if err := f.Close(); err != nil {
		return faultOf(err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return faultOf(err)
	}
	return faultOf(syncDir(filepath.Dir(path)))
}

// makeFolder makes the folder ab/cd and sees that both it and ab outlast a crash.
func (d *Disk) makeFolder(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := syncDir(filepath.Dir(dir)); err != nil {
		return err
	}
	return syncDir(d.root)
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// faultOf gives a full disk its public form.
func faultOf(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EROFS):
		return &errs.Error{Kind: errs.Full, Key: "blob.full", Err: err}
	case errors.Is(err, fs.ErrNotExist):
		return gone(err)
	}
	return fmt.Errorf("blob store: %w", err)
}

// Open implements [Store].
func (d *Disk) Open(_ context.Context, name Name) (Object, error) {
	if _, err := ParseName(string(name)); err != nil {
		return nil, err
	}
	f, err := os.Open(d.path(name))
	if err != nil {
		return nil, faultOf(err)
	}
	return f, nil
}

// Stat implements [Store].
func (d *Disk) Stat(_ context.Context, name Name) (Info, error) {
	if _, err := ParseName(string(name)); err != nil {
		return Info{}, err
	}
	i, err := os.Stat(d.path(name))
	if err != nil {
		return Info{}, faultOf(err)
	}
	return Info{Name: name, Size: i.Size(), At: i.ModTime()}, nil
}

// Delete implements [Store].
func (d *Disk) Delete(_ context.Context, name Name) error {
	if _, err := ParseName(string(name)); err != nil {
		return err
	}
	path := d.path(name)
	switch err := os.Remove(path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return faultOf(err)
	}
	return faultOf(syncDir(filepath.Dir(path)))
}

// Walk implements [Store]. Files that are no objects are passed over.
func (d *Disk) Walk(ctx context.Context, f func(Info) error) error {
	return filepath.WalkDir(d.root, func(path string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist): // deleted meanwhile
			return nil
		case err != nil:
			return fmt.Errorf("blob store: %w", err)
		case ctx.Err() != nil:
			return ctx.Err()
		case e.IsDir() && path == filepath.Join(d.root, halfWritten):
			return filepath.SkipDir
		case e.IsDir():
			return nil
		}
		name, err := ParseName(e.Name())
		if err != nil || d.path(name) != path {
			return nil //nolint:nilerr // not ours
		}
		i, err := e.Info()
		if err != nil {
			return nil //nolint:nilerr // deleted meanwhile
		}
		return f(Info{Name: name, Size: i.Size(), At: i.ModTime()})
	})
}
