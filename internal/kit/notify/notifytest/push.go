// SPDX-License-Identifier: Apache-2.0

package notifytest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// A PushService is the service of a browser's maker, and the browser behind it: it
// checks who sends, and opens what comes, as RFC 8292 and 8291 say, in its own way.
type PushService struct {
	*httptest.Server
	mu      sync.Mutex
	now     func() time.Time
	answers []int
	key     *ecdh.PrivateKey
	auth    []byte
	public  string
	Opened  []map[string]string // what the browser has shown
	Sizes   []int               // of what went over the wire
	Refused []string            // why what came was not let in
}

// Push starts a service; public is the key by which the browser has subscribed.
func Push(t testing.TB, public string, now func() time.Time) *PushService {
	t.Helper()
	k, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &PushService{now: now, key: k, auth: []byte("0123456789abcdef"), public: public}
	p.Server = httptest.NewTLSServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.Close)
	return p
}

// Subscription is what the browser gives to the page.
func (p *PushService) Subscription() string {
	e := base64.RawURLEncoding.EncodeToString
	return fmt.Sprintf(`{"endpoint":"%s/push/abc","expirationTime":null,"keys":{"p256dh":"%s","auth":"%s"}}`, p.URL, e(p.key.PublicKey().Bytes()), e(p.auth))
}

// Answer has the next requests answered with these; then all are taken again.
func (p *PushService) Answer(codes ...int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answers = codes
}

// Shown are the messages that the browser has shown.
func (p *PushService) Shown() []map[string]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]map[string]string(nil), p.Opened...)
}

func (p *PushService) serve(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.answers) > 0 {
		code := p.answers[0]
		p.answers = p.answers[1:]
		w.WriteHeader(code)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = p.letIn(r)
	}
	var words []byte
	if err == nil {
		words, err = p.open(body)
	}
	var m map[string]string
	if err == nil {
		err = json.Unmarshal(words, &m)
	}
	if err != nil {
		p.Refused = append(p.Refused, err.Error())
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p.Opened, p.Sizes = append(p.Opened, m), append(p.Sizes, len(body))
	w.WriteHeader(http.StatusCreated)
}

// letIn checks the headers and the pass.
func (p *PushService) letIn(r *http.Request) error {
	if r.Method != http.MethodPost || r.Header.Get("Content-Encoding") != "aes128gcm" || r.Header.Get("TTL") == "" {
		return fmt.Errorf("%s, %v", r.Method, r.Header)
	}
	var t, k string
	for _, part := range strings.Split(strings.TrimPrefix(r.Header.Get("Authorization"), "vapid "), ",") {
		name, v, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "t":
			t = v
		case "k":
			k = v
		}
	}
	if k != p.public {
		return fmt.Errorf("subscribed by another key than %q", k)
	}
	kb, err := base64.RawURLEncoding.DecodeString(k)
	if err != nil || len(kb) != 65 {
		return fmt.Errorf("key %q", k)
	}
	parts := strings.Split(t, ".")
	if len(parts) != 3 {
		return fmt.Errorf("token %q", t)
	}
	sign, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || len(sign) != 64 {
		return fmt.Errorf("signature of %d bytes", len(sign))
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), kb)
	if err != nil {
		return err
	}
	if !ecdsa.Verify(public, sum[:], new(big.Int).SetBytes(sign[:32]), new(big.Int).SetBytes(sign[32:])) {
		return fmt.Errorf("not signed by its key")
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return err
	}
	var claims struct {
		Aud string `json:"aud"`
		Exp int64  `json:"exp"`
		Sub string `json:"sub"`
	}
	if err := json.Unmarshal(raw, &claims); err != nil {
		return err
	}
	if left := time.Unix(claims.Exp, 0).Sub(p.now()); claims.Aud != p.URL || left <= 0 || left > 24*time.Hour || claims.Sub == "" {
		return fmt.Errorf("claims %+v", claims)
	}
	return nil
}

func mac(key []byte, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, key)
	for _, x := range parts {
		h.Write(x)
	}
	return h.Sum(nil)
}

// open is what the browser does.
func (p *PushService) open(body []byte) ([]byte, error) {
	if len(body) < 86+17 || body[20] != 65 {
		return nil, fmt.Errorf("%d bytes", len(body))
	}
	salt, from := body[:16], body[21:86]
	theirs, err := ecdh.P256().NewPublicKey(from)
	if err != nil {
		return nil, err
	}
	shared, err := p.key.ECDH(theirs)
	if err != nil {
		return nil, err
	}
	prk := mac(p.auth, shared)
	ikm := mac(prk, []byte("WebPush: info\x00"), p.key.PublicKey().Bytes(), from, []byte{1})
	prk = mac(salt, ikm)
	cek := mac(prk, []byte("Content-Encoding: aes128gcm\x00\x01"))[:16]
	nonce := mac(prk, []byte("Content-Encoding: nonce\x00\x01"))[:12]
	block, err := aes.NewCipher(cek)
	if err != nil {
		return nil, err
	}
	g, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	words, err := g.Open(nil, nonce, body[86:], nil)
	if err != nil {
		return nil, err
	}
	words = []byte(strings.TrimRight(string(words), "\x00"))
	if n := len(words); n == 0 || words[n-1] != 2 {
		return nil, fmt.Errorf("the record has no end")
	}
	return words[:len(words)-1], nil
}
