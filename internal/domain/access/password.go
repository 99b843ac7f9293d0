// SPDX-License-Identifier: Apache-2.0

package access

import (
	"context"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"yuanba/internal/kit/errs"
)

// The cost of one password: RFC 9106 as OWASP recommends it for servers.
const (
	argonMemory  = 19 * 1024 // KiB
	argonTime    = 2
	argonThreads = 1
	saltSize     = 16
	hashSize     = 32
)

// MinPassword is the least number of characters of a password.
const MinPassword = 10

// MaxPassword is the largest number of bytes of a password.
const MaxPassword = 256

//go:embed data/common.txt
var commonText string

var common = sync.OnceValue(func() []string {
	var words []string
	for w := range strings.Lines(commonText) {
		if w = strings.TrimSpace(w); w != "" && !strings.HasPrefix(w, "#") {
			words = append(words, w)
		}
	}
	slices.Sort(words)
	return words
})

// CheckPassword says what is wrong with a new password for the login, beside
// the given field: shorter than [MinPassword] characters, longer than
// [MaxPassword] bytes, containing the login, one of the common ones, or made of
// fewer than four different characters.
func CheckPassword(field, login, password string) error {
	p := plain(password)
	low := strings.ToLower(p)
	var different []rune
	for _, r := range low {
		if !slices.Contains(different, r) {
			different = append(different, r)
		}
	}
	_, known := slices.BinarySearch(common(), low)
	switch {
	case utf8.RuneCountInString(p) < MinPassword:
		return errs.At(field, "account.password.short", MinPassword)
	case len(p) > MaxPassword || len(password) > MaxPassword:
		return errs.At(field, "account.password.long")
	case login != "" && strings.Contains(low, Fold(login)):
		return errs.At(field, "account.password.login")
	case known || len(different) < 4:
		return errs.At(field, "account.password.common")
	}
	return nil
}

// plain is a password in the one form in which it is hashed, whichever keyboard
// it was typed on.
func plain(password string) string { return norm.NFKC.String(password) }

// A hasher bounds how many passwords are hashed at once, and how many may wait
// for that, so that a flood of tries takes neither the memory nor the patience
// of everybody else.
type hasher struct {
	random  io.Reader
	slots   chan struct{}
	waiting atomic.Int64
	most    int64
}

func newHasher(random io.Reader, slots, most int) *hasher {
	return &hasher{random: random, slots: make(chan struct{}, slots), most: int64(most)}
}

// enter waits for a turn. It is Busy if too many wait already.
func (h *hasher) enter(ctx context.Context) error {
	if h.waiting.Add(1) > h.most {
		h.waiting.Add(-1)
		return errs.New(errs.Busy, "account.busy")
	}
	defer h.waiting.Add(-1)
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *hasher) leave() { <-h.slots }

// hash returns the password's hash in PHC form.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(h.random, salt); err != nil {
		return "", fmt.Errorf("salt: %w", err)
	}
	sum := argon2.IDKey([]byte(plain(password)), salt, argonTime, argonMemory, argonThreads, hashSize)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads,
		b64.EncodeToString(salt), b64.EncodeToString(sum)), nil
}

// same reports whether the password has the hash. Where there is no hash, or
// one that cannot be read, it takes the same time and says no.
func (h *hasher) same(ctx context.Context, password, hash string) (bool, error) {
	if err := h.enter(ctx); err != nil {
		return false, err
	}
	defer h.leave()
	var version, memory, passes, threads uint32
	parts := strings.Split(hash, "$")
	salt, sum, ok := make([]byte, saltSize), make([]byte, hashSize), false
	if len(parts) == 6 && parts[1] == "argon2id" {
		_, verr := fmt.Sscanf(parts[2], "v=%d", &version)
		_, perr := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &threads)
		s, serr := base64.RawStdEncoding.DecodeString(parts[4])
		d, derr := base64.RawStdEncoding.DecodeString(parts[5])
		if verr == nil && perr == nil && serr == nil && derr == nil && version == argon2.Version &&
			memory <= 1<<18 && passes > 0 && passes < 100 && threads > 0 && threads < 16 && len(d) > 0 {
			salt, sum, ok = s, d, true
		}
	}
	if !ok {
		memory, passes, threads = argonMemory, argonTime, argonThreads
	}
	got := argon2.IDKey([]byte(plain(password)), salt, passes, memory, uint8(threads), uint32(len(sum)))
	return subtle.ConstantTimeCompare(got, sum) == 1 && ok, nil
}
