// SPDX-License-Identifier: Apache-2.0

package trail

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Keys is where the key that signs checkpoints is kept: a file in the data
// folder, never in the database, so that whoever can only write to the database
// cannot sign. Processes on several machines share a copy of the file trail.key.
// The file trail.pub beside it lists, one a line, the public keys whose
// checkpoints are believed; where a key was lost, its public half stays there.
type Keys struct {
	Dir  string // the data folder
	Name string // whose key it is, such as the town's host name; the default is "yuanba"
}

const (
	secretFile = "trail.key"
	publicFile = "trail.pub"
)

// load returns the signer and the public keys: its own, and those listed in
// trail.pub, such as that of a key used before. Where there is no key, and only
// then, it makes one; of several processes that do so at once, one wins.
func (k Keys) load() (signer note.Signer, public string, made bool, err error) {
	path := filepath.Join(k.Dir, secretFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if made, err = k.make(path); err == nil {
			b, err = os.ReadFile(path)
		}
	}
	if err != nil {
		return nil, "", false, fmt.Errorf("trail key: %w", err)
	}
	secret, public, _ := strings.Cut(strings.TrimSpace(string(b)), "\n")
	if signer, err = note.NewSigner(secret); err != nil {
		return nil, "", false, fmt.Errorf("trail key %s: %w", path, err)
	}
	if _, err := note.NewVerifier(public); err != nil {
		return nil, "", false, fmt.Errorf("trail key %s: %w", path, err)
	}
	others, err := os.ReadFile(filepath.Join(k.Dir, publicFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, "", false, fmt.Errorf("trail key: %w", err)
	}
	for _, other := range strings.Fields(string(others)) {
		if !slices.Contains(strings.Fields(public), other) {
			public += "\n" + other
		}
	}
	return signer, public, made, nil
}

// make writes a new key to path unless there is one.
func (k Keys) make(path string) (bool, error) {
	name := k.Name
	if name == "" {
		name = "yuanba"
	}
	secret, public, err := note.GenerateKey(nil, name) // nil: the system's own chance, even in a simulation
	if err != nil {
		return false, err
	}
	if err := os.MkdirAll(k.Dir, 0o700); err != nil {
		return false, err
	}
	f, err := os.CreateTemp(k.Dir, secretFile+".*") // mode 0600
	if err != nil {
		return false, err
	}
	defer os.Remove(f.Name())
	_, err = fmt.Fprintf(f, "%s\n%s\n", secret, public)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return false, err
	}
	err = os.Link(f.Name(), path)
	if errors.Is(err, fs.ErrExist) {
		return false, nil // another process was first: its key is the key
	}
	if err != nil {
		return false, err
	}
	return true, os.WriteFile(filepath.Join(k.Dir, publicFile), []byte(public+"\n"), 0o644)
}

// Public returns the public keys, one a line, with which everybody can check
// checkpoints. It makes a key if there is none.
func (k Keys) Public() (string, error) {
	_, public, _, err := k.load()
	return public, err
}
