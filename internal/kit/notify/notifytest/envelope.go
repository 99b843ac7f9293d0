// SPDX-License-Identifier: Apache-2.0

package notifytest

import (
	"crypto/aes"
	"crypto/sha1" //nolint:gosec // WeChat signs by it
	"encoding/base64"
	"fmt"
	"sort"
	"strings"
	"testing"
)

// An Envelope is what WeChat does at its end, written from its documents and not
// from package notify: block by block, without a mode of the library.
type Envelope struct{ Token, Key, Of string }

func (e Envelope) sign(timestamp, nonce, sealed string) string {
	x := sort.StringSlice{e.Token, timestamp, nonce, sealed}
	x.Sort()
	return fmt.Sprintf("%x", sha1.Sum([]byte(strings.Join(x, ""))))
}

func (e Envelope) key(t testing.TB) []byte {
	k, err := base64.StdEncoding.DecodeString(e.Key + "=")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// Close is an envelope that WeChat sends.
func (e Envelope) Close(t testing.TB, words []byte, timestamp, nonce string) (sealed, signature string) {
	t.Helper()
	k := e.key(t)
	c, err := aes.NewCipher(k)
	if err != nil {
		t.Fatal(err)
	}
	n := len(words)
	plain := "0123456789abcdef" + string([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}) + string(words) + e.Of
	for fill := 32 - len(plain)%32; fill > 0; {
		plain += strings.Repeat(string([]byte{byte(fill)}), fill)
		fill = 0
	}
	last, out := k[:16], []byte{}
	for i := 0; i < len(plain); i += 16 {
		x := make([]byte, 16)
		for j := range x {
			x[j] = plain[i+j] ^ last[j]
		}
		c.Encrypt(x, x)
		out, last = append(out, x...), x
	}
	sealed = base64.StdEncoding.EncodeToString(out)
	return sealed, e.sign(timestamp, nonce, sealed)
}

// Open reads an answer as WeChat does.
func (e Envelope) Open(t testing.TB, signature, timestamp, nonce, sealed string) []byte {
	t.Helper()
	if e.sign(timestamp, nonce, sealed) != signature {
		t.Fatal("the answer is not signed")
	}
	b, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(b)%32 != 0 {
		t.Fatalf("%d bytes, %v", len(b), err)
	}
	k := e.key(t)
	c, err := aes.NewCipher(k)
	if err != nil {
		t.Fatal(err)
	}
	last, plain := k[:16], []byte{}
	for i := 0; i < len(b); i += 16 {
		x := make([]byte, 16)
		c.Decrypt(x, b[i:i+16])
		for j := range x {
			x[j] ^= last[j]
		}
		plain, last = append(plain, x...), b[i:i+16]
	}
	plain = plain[16 : len(plain)-int(plain[len(plain)-1])]
	n := int(plain[0])<<24 | int(plain[1])<<16 | int(plain[2])<<8 | int(plain[3])
	if string(plain[4+n:]) != e.Of {
		t.Fatalf("for %q", plain[4+n:])
	}
	return plain[4 : 4+n]
}
