// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// A File is a KeyProvider whose keys lie in a file that its owner alone can
// read: AES-256-GCM for fields, which may have several generations of keys, and
// HMAC-SHA-256 for indexes, which has one.
type File struct {
	path string

	mu     sync.RWMutex
	fields *keyset.Handle
	index  *keyset.Handle
	aead   tink.AEAD
	prf    *prf.Set
	seen   time.Time // when the file was last written, as far as we have read it
}

// keyFile is the file's form.
type keyFile struct {
	Fields json.RawMessage `json:"fields"`
	Index  json.RawMessage `json:"index"`
}

// OpenFile reads the keys at path, and makes them if there is no such file.
// Several processes may do so at once: all get the same keys. A file that others
// than its owner can read is refused, with a sentence that says what to do.
func OpenFile(path string) (*File, error) {
	f := &File{path: path}
	err := f.load()
	if errors.Is(err, fs.ErrNotExist) {
		if err = f.create(); err == nil {
			err = f.load()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return f, nil
}

// Path is where the keys lie.
func (f *File) Path() string { return f.path }

// Encrypt seals with the newest key.
func (f *File) Encrypt(plain, bound []byte) ([]byte, error) {
	f.mu.RLock()
	a := f.aead
	f.mu.RUnlock()
	return a.Encrypt(plain, bound)
}

// Decrypt opens with whichever key sealed. If none fits and the file has been
// written since, such as by a rotation in another process, it is read again.
func (f *File) Decrypt(sealed, bound []byte) ([]byte, error) {
	f.mu.RLock()
	a, seen := f.aead, f.seen
	f.mu.RUnlock()
	plain, err := a.Decrypt(sealed, bound)
	if err == nil {
		return plain, nil
	}
	info, serr := os.Stat(f.path)
	if serr != nil || info.ModTime().Equal(seen) || f.load() != nil {
		return nil, err
	}
	f.mu.RLock()
	a = f.aead
	f.mu.RUnlock()
	return a.Decrypt(sealed, bound)
}

// Hash is HMAC-SHA-256.
func (f *File) Hash(data []byte) ([]byte, error) {
	f.mu.RLock()
	p := f.prf
	f.mu.RUnlock()
	return p.ComputePrimaryPRF(data, 32)
}

// Rotate adds a new key for fields: what is sealed from now on is sealed with
// it, what was sealed before still opens. The key of indexes stays.
func (f *File) Rotate() error {
	if err := f.load(); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	f.mu.RLock()
	m, index := keyset.NewManagerFromHandle(f.fields), f.index
	f.mu.RUnlock()
	d, err := m.Add(aead.AES256GCMKeyTemplate())
	if err != nil {
		return err
	}
	if err := m.SetPrimary(d); err != nil {
		return err
	}
	fields, err := m.Handle()
	if err != nil {
		return err
	}
	tmp, err := writeKeys(f.path, fields, index)
	if err != nil {
		return err
	}
	defer os.Remove(tmp)
	if err := os.Rename(tmp, f.path); err != nil {
		return err
	}
	if err := syncDir(f.path); err != nil {
		return err
	}
	return f.load()
}

// Generations is how many keys fields may be sealed with.
func (f *File) Generations() int {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.fields.Len()
}

func (f *File) create() error {
	fields, index, err := newKeys()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return err
	}
	tmp, err := writeKeys(f.path, fields, index)
	if err != nil {
		return err
	}
	defer os.Remove(tmp)
	// A link, not a rename: whoever comes second finds the first one's keys.
	if err := os.Link(tmp, f.path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(f.path)
}

func (f *File) load() error {
	file, err := os.Open(f.path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s can be read by other users of this machine: run chmod 600 on it", f.path)
	}
	var k keyFile
	if err := json.NewDecoder(file).Decode(&k); err != nil {
		return fmt.Errorf("%s is not a file of keys: %w", f.path, err)
	}
	fields, err := readKeys(k.Fields)
	if err != nil {
		return fmt.Errorf("%s: keys of fields: %w", f.path, err)
	}
	index, err := readKeys(k.Index)
	if err != nil {
		return fmt.Errorf("%s: key of indexes: %w", f.path, err)
	}
	return f.use(fields, index, info.ModTime())
}

func readKeys(b []byte) (*keyset.Handle, error) {
	return insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(b)))
}

// writeKeys writes the keys to a new file beside path, on disk when it returns.
func writeKeys(path string, fields, index *keyset.Handle) (tmp string, err error) {
	var k keyFile
	for _, part := range []struct {
		h  *keyset.Handle
		to *json.RawMessage
	}{{fields, &k.Fields}, {index, &k.Index}} {
		var b bytes.Buffer
		if err := insecurecleartextkeyset.Write(part.h, keyset.NewJSONWriter(&b)); err != nil {
			return "", err
		}
		*part.to = b.Bytes()
	}
	b, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return "", err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".keys-*") // mode 0600
	if err != nil {
		return "", err
	}
	defer func() {
		if cerr := file.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			os.Remove(file.Name())
		}
	}()
	if _, err := file.Write(append(b, '\n')); err != nil {
		return "", err
	}
	return file.Name(), file.Sync()
}

func syncDir(path string) error {
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// Forgotten returns keys that are kept nowhere: for tests.
func Forgotten() (*File, error) {
	fields, index, err := newKeys()
	if err != nil {
		return nil, err
	}
	f := &File{}
	return f, f.use(fields, index, time.Time{})
}

func newKeys() (fields, index *keyset.Handle, err error) {
	if fields, err = keyset.NewHandle(aead.AES256GCMKeyTemplate()); err != nil {
		return nil, nil, err
	}
	index, err = keyset.NewHandle(prf.HMACSHA256PRFKeyTemplate())
	return fields, index, err
}

func (f *File) use(fields, index *keyset.Handle, seen time.Time) error {
	a, err := aead.New(fields)
	if err != nil {
		return err
	}
	p, err := prf.NewPRFSet(index)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fields, f.index, f.aead, f.prf, f.seen = fields, index, a, p, seen
	return nil
}
