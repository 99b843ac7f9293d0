// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"yuanba/internal/kit/errs"
)

// A Disposition says how a file is handed out.
type Disposition struct {
	Save bool   // offer to save it rather than show it
	Name string // name offered, without ending; may be anything a person wrote
}

const (
	cacheFor = time.Hour // in the reader's own browser only
	macLen   = 16
	timeLen  = 8
	nameMost = 80 // letters of an offered name
)

// Serve answers with the object n, which is of type t as the record says (a
// small copy is always JPEG). The caller has seen that the reader may. The type
// comes from our own table and the browser is told not to guess another; it may
// run nothing in it, and no other site may embed it. Ranges are answered. A PDF
// is always offered for saving: browsers show none without letting it run.
// NotFound "blob.gone" if there is no such object or type; then nothing has been
// written.
func (k *Keeper) Serve(w http.ResponseWriter, r *http.Request, n Name, t Type, d Disposition) error {
	if n.copied() {
		t = JPEG
	}
	f, ok := formatOf(t)
	if !ok || t == gif {
		return gone(nil)
	}
	o, err := k.store.Open(r.Context(), n)
	if err != nil {
		return err
	}
	defer o.Close()
	how := "inline"
	if d.Save || f.kind == Document {
		how = "attachment"
	}
	h := w.Header()
	h.Set("Content-Type", string(t))
	h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": offered(d.Name, n) + f.ext}))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "private, max-age="+strconv.Itoa(int(cacheFor.Seconds()))+", immutable")
	h.Set("ETag", `"`+string(n)+`"`)
	http.ServeContent(w, r, "", time.Time{}, o)
	return nil
}

// offered makes a harmless file name of what a person wrote, or of the hash.
func offered(s string, n Name) string {
	s = strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || unicode.In(r, unicode.Cc, unicode.Cf) || strings.ContainsRune(`/\:*?"<>|%`, r) {
			return -1
		}
		return r
	}, s)
	if rs := []rune(s); len(rs) > nameMost {
		s = string(rs[:nameMost])
	}
	if s = strings.Trim(s, ". "); s == "" {
		s = string(n.Hash()[:12])
	}
	return s
}

// Token is the part of an address that lets its bearer read object n until the
// given second. Nobody without the key can make one. It is good for the given
// reader, such as a session, only; with "" for whoever holds the address.
func Token(key []byte, n Name, reader string, expires time.Time) string {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, timeLen+macLen), uint64(expires.Unix()))
	return base64.RawURLEncoding.EncodeToString(append(b, mac(key, n, reader, b)...))
}

// Check sees that a token was made for object n and reader and has not expired:
// NotFound "blob.gone" if it was not, Denied "blob.expired" if it has.
func Check(key []byte, n Name, reader, token string, now time.Time) error {
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) != timeLen+macLen || !hmac.Equal(b[timeLen:], mac(key, n, reader, b[:timeLen])) {
		return gone(nil)
	}
	if uint64(now.Unix()) >= binary.BigEndian.Uint64(b) {
		return errs.New(errs.Denied, "blob.expired")
	}
	return nil
}

func mac(key []byte, n Name, reader string, expires []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte("yuanba/blob/1\x00"))
	h.Write(expires)
	h.Write([]byte(string(n) + "\x00" + reader))
	return h.Sum(nil)[:macLen]
}

// Address is "name/token" for object n, good for reader for at least the given
// time. Addresses made within the same such time are the same, so that the
// reader's browser finds the picture it has.
func (k *Keeper) Address(n Name, reader string, now time.Time, atLeast time.Duration) string {
	return string(n) + "/" + Token(k.key, n, reader, now.Truncate(atLeast).Add(2*atLeast))
}

// Allowed reads name and token of an address that [Keeper.Address] made. Faults
// are those of [Check].
func (k *Keeper) Allowed(name, reader, token string, now time.Time) (Name, error) {
	n, err := ParseName(name)
	if err != nil {
		return "", err
	}
	return n, Check(k.key, n, reader, token, now)
}
