// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // WeChat signs by it
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
)

// An Envelope opens what a WeChat public account or WeChat Work hands on encrypted
// (安全模式), and closes the answers: AES-256 in CBC mode with the account's
// EncodingAESKey, signed by its token together with the words themselves.
type Envelope struct {
	token string
	of    string // appid, corpid
	block cipher.Block
	iv    []byte
}

// NewEnvelope is the envelope of an account: its token, its EncodingAESKey of 43
// characters, and its appid or corpid.
func NewEnvelope(token, key, of string) (*Envelope, error) {
	k, err := base64.RawStdEncoding.DecodeString(key)
	if err != nil || len(k) != 32 {
		return nil, errors.New("an EncodingAESKey has 43 letters and digits")
	}
	if token == "" || of == "" {
		return nil, errors.New("what is encrypted needs the token and the account's ID")
	}
	block, err := aes.NewCipher(k)
	if err != nil {
		return nil, err
	}
	return &Envelope{token, of, block, k[:aes.BlockSize]}, nil
}

// WeChatSign is how WeChat signs: over the texts in their order, the token among
// them.
func WeChatSign(parts ...string) string {
	parts = slices.Clone(parts)
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

// errEnvelope says nothing about what was wrong: whoever tries learns nothing.
var errEnvelope = errors.New("nothing that the account has closed")

// envelopePad is the size to multiples of which words are filled up.
const envelopePad = 32

// Open returns the words in an envelope. It is an error if it was not signed by the
// account, or is not for it.
func (e *Envelope) Open(signature, timestamp, nonce, sealed string) ([]byte, error) {
	if subtle.ConstantTimeCompare([]byte(WeChatSign(e.token, timestamp, nonce, sealed)), []byte(signature)) != 1 {
		return nil, errEnvelope
	}
	b, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(b) == 0 || len(b)%aes.BlockSize != 0 {
		return nil, errEnvelope
	}
	cipher.NewCBCDecrypter(e.block, e.iv).CryptBlocks(b, b)
	pad := int(b[len(b)-1])
	if pad < 1 || pad > envelopePad || pad > len(b) {
		return nil, errEnvelope
	}
	b = b[:len(b)-pad]
	const head = 16 + 4 // chance, the length of the words
	if len(b) < head {
		return nil, errEnvelope
	}
	n := uint64(binary.BigEndian.Uint32(b[16:head]))
	if b = b[head:]; n > uint64(len(b)) || string(b[n:]) != e.of {
		return nil, errEnvelope
	}
	return b[:n], nil
}

// Close puts words in an envelope and signs it.
func (e *Envelope) Close(words []byte, timestamp, nonce string) (sealed, signature string) {
	b := make([]byte, 16, 16+4+len(words)+len(e.of)+envelopePad)
	rand.Read(b)
	b = binary.BigEndian.AppendUint32(b, uint32(len(words))) //nolint:gosec // answers are short
	b = append(append(b, words...), e.of...)
	pad := envelopePad - len(b)%envelopePad
	b = append(b, bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(e.block, e.iv).CryptBlocks(b, b)
	sealed = base64.StdEncoding.EncodeToString(b)
	return sealed, WeChatSign(e.token, timestamp, nonce, sealed)
}
