// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"time"

	"yuanba/internal/kit/errs"
)

// A Blob is a kept file: what a record stores of it.
type Blob struct {
	Hash   Hash
	Type   Type
	Size   int64 // bytes as kept
	Width  int   // points as seen, photos only
	Height int
}

// Kind is what a person would call the file.
func (b Blob) Kind() Kind { return b.Type.Kind() }

// Names are the names of all objects of the file: a photo has two small copies.
func (b Blob) Names() []Name {
	if b.Kind() == Photo {
		return []Name{b.Hash.File(), b.Hash.Small(), b.Hash.Medium()}
	}
	return []Name{b.Hash.File()}
}

// A Keeper takes files in, cleans and checks them, and hands them out.
type Keeper struct {
	store Store
	key   []byte
	work  chan struct{} // one for each photo being unpacked
}

// fresh is how long an object that is put again need not be written again. It is
// much less than the age from which Sweep may delete it.
const fresh = 6 * time.Hour

// minKey is the least length of the key that signs addresses.
const minKey = 32

// NewKeeper returns a keeper of files in store, whose addresses are signed with
// key: at least 32 secret bytes, the same after a restart. At most workers
// photos, at least one, are unpacked at a time, since that is what takes memory.
func NewKeeper(store Store, key []byte, workers int) (*Keeper, error) {
	if len(key) < minKey {
		return nil, fmt.Errorf("blob: the key for addresses has %d bytes; it needs %d", len(key), minKey)
	}
	return &Keeper{store: store, key: bytes.Clone(key), work: make(chan struct{}, max(1, workers))}, nil
}

// Take reads a file, decides by its bytes what it is, cleans it of everything
// that is nobody's business, and keeps it. The same file taken twice is kept
// once. What cannot be taken is Invalid with a key that says why in a sentence:
// blob.empty, .type, .heic, .kind.…, .large.…, .pixels, .broken, .animated,
// .video, .tracks, .pdf.unsafe, .pdf.locked; and nothing is kept. Full if the
// store has no room.
func (k *Keeper) Take(ctx context.Context, r io.Reader, l Limits) (Blob, error) {
	head := make([]byte, sniffLen)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return Blob{}, readFault(err, l)
	}
	typ, err := sniff(head[:n])
	if err != nil {
		return Blob{}, err
	}
	f, _ := formatOf(typ)
	most, err := l.bytes(f.kind)
	if err != nil {
		return Blob{}, err
	}
	var all bytes.Buffer
	all.Write(head[:n])
	if _, err := all.ReadFrom(io.LimitReader(r, most+1-int64(n))); err != nil {
		return Blob{}, readFault(err, l)
	}
	if int64(all.Len()) > most {
		return Blob{}, tooLarge(f.kind, most)
	}
	if f.photo != nil {
		return k.takePhoto(ctx, f, all.Bytes(), l)
	}
	data, err := f.other(all.Bytes())
	if err != nil {
		return Blob{}, err
	}
	b := Blob{Hash: HashOf(data), Type: typ, Size: int64(len(data))}
	return b, k.store.Put(ctx, b.Hash.File(), data)
}

// readFault tells a body cut off by its limit from one that did not arrive.
func readFault(err error, l Limits) error {
	if big := (*http.MaxBytesError)(nil); errors.As(err, &big) {
		return errs.New(errs.Invalid, "blob.large", (l.Most()+mega-1)/mega)
	}
	return fmt.Errorf("read file: %w", err)
}

func (k *Keeper) takePhoto(ctx context.Context, f format, raw []byte, l Limits) (Blob, error) {
	p, err := f.photo(raw)
	if err != nil {
		return Blob{}, err
	}
	if err := l.fits(p); err != nil {
		return Blob{}, err
	}
	b := Blob{Type: p.typ, Width: p.w, Height: p.h}
	if p.turn >= 5 {
		b.Width, b.Height = p.h, p.w
	}
	if p.data != nil {
		b.Hash, b.Size = HashOf(p.data), int64(len(p.data))
		// Where the file is, its copies are, and it was found whole when taken.
		if i, err := k.store.Stat(ctx, b.Hash.File()); err == nil && i.Size == b.Size && time.Since(i.At) < fresh {
			return b, nil
		}
	}
	small, medium, err := k.unpack(ctx, &p)
	if err != nil {
		return Blob{}, err
	}
	if int64(len(p.data)) > l.Photo { // a GIF may grow
		return Blob{}, tooLarge(Photo, l.Photo)
	}
	b.Hash, b.Size = HashOf(p.data), int64(len(p.data))
	if err := k.store.Put(ctx, b.Hash.Small(), small); err != nil {
		return Blob{}, err
	}
	if err := k.store.Put(ctx, b.Hash.Medium(), medium); err != nil {
		return Blob{}, err
	}
	return b, k.store.Put(ctx, b.Hash.File(), p.data)
}

// unpack decodes a photo, which proves it whole, and makes its small copies.
func (k *Keeper) unpack(ctx context.Context, p *picture) (small, medium []byte, err error) {
	select {
	case k.work <- struct{}{}:
		defer func() { <-k.work }()
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	m, err := p.decode()
	if err != nil || m.Bounds().Empty() {
		return nil, nil, broken()
	}
	if p.data == nil {
		var out bytes.Buffer
		if err := png.Encode(&out, m); err != nil {
			return nil, nil, fmt.Errorf("write PNG: %w", err)
		}
		p.data = out.Bytes()
	}
	return thumbs(m, p.turn)
}

// Open opens a kept object. NotFound "blob.gone" if there is none.
func (k *Keeper) Open(ctx context.Context, n Name) (Object, error) { return k.store.Open(ctx, n) }

// Delete removes the file and its copies, the file first, so that no file is
// ever without its copies. The caller knows that no record needs it any more.
func (k *Keeper) Delete(ctx context.Context, h Hash) error {
	for _, n := range []Name{h.File(), h.Medium(), h.Small()} {
		if err := k.store.Delete(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// Sweep deletes the objects put before the given time whose file no record
// needs, as needed tells: what was taken for a form that was never sent, or is
// left of a crash. before is a day ago or more: what is handed in anew counts as
// put anew, and has to be in a record by then. It reports how many it deleted.
func (k *Keeper) Sweep(ctx context.Context, before time.Time, needed func(Hash) (bool, error)) (int, error) {
	deleted := 0
	err := k.store.Walk(ctx, func(i Info) error {
		if !i.At.Before(before) {
			return nil
		}
		switch yes, err := needed(i.Name.Hash()); {
		case err != nil:
			return err
		case yes:
			return nil
		}
		deleted++
		return k.store.Delete(ctx, i.Name)
	})
	return deleted, err
}

// Verify reads every file and compares it with its hash; it calls report for
// each that is not what it was. Small copies have no hash of their own and are
// only counted.
func (k *Keeper) Verify(ctx context.Context, report func(Name)) (objects int, err error) {
	err = k.store.Walk(ctx, func(i Info) error {
		objects++
		if i.Name.copied() {
			return nil
		}
		o, err := k.store.Open(ctx, i.Name)
		if err != nil {
			return err
		}
		defer o.Close()
		data, err := io.ReadAll(o)
		if err != nil {
			return fmt.Errorf("verify %s: %w", i.Name, err)
		}
		if HashOf(data) != i.Name.Hash() {
			report(i.Name)
		}
		return nil
	})
	return objects, err
}
