// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"yuanba/internal/kit/outside"
)

// A PushKey is the key by which push services know this program again (VAPID, RFC
// 8292). A browser subscribes for its public half; whoever changes it loses all
// subscriptions.
type PushKey struct {
	sign   *ecdsa.PrivateKey
	public string
}

// NewPushKey is the key that follows from a secret of at least 32 bytes, always the
// same.
func NewPushKey(secret []byte) (PushKey, error) {
	if len(secret) < 32 {
		return PushKey{}, errors.New("the secret of a push key has 32 bytes at least")
	}
	for n := byte(0); n < 16; n++ { // one number in four thousand million is too large
		d := sha256.Sum256(append([]byte{n}, secret...))
		k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d[:])
		if err != nil {
			continue
		}
		p, err := k.PublicKey.Bytes()
		if err != nil {
			return PushKey{}, err
		}
		return PushKey{k, base64.RawURLEncoding.EncodeToString(p)}, nil
	}
	return PushKey{}, errors.New("no push key follows from the secret")
}

// Public is the half that browsers are given.
func (k PushKey) Public() string { return k.public }

// PushOptions are how browsers are reached through their makers' push services.
type PushOptions struct {
	Key PushKey
	// Hosts are the services that messages may be handed to, "*.example.com" any
	// below it: a browser names its own, and whoever made one up would have this
	// machine ask any address.
	Hosts   []string
	Contact string // whom a service may ask about the messages: https://… or mailto:…
	Guard   outside.Guard
	Client  *http.Client // default: asks public addresses alone, for tests another
	Timeout time.Duration
	Now     func() time.Time // default time.Now
}

type push struct {
	o      PushOptions
	client *http.Client
}

// ByPush is a Notifier to browsers that have subscribed (RFC 8030). A message is
// addressed by the subscription; what the service passes on is closed so that it
// cannot read it (RFC 8291), and filled up, so that its length says nothing.
func ByPush(o PushOptions) (Notifier, error) {
	switch {
	case o.Key.sign == nil:
		return nil, errors.New("web push needs a key")
	case len(o.Hosts) == 0:
		return nil, errors.New("web push needs the hosts of the push services")
	case !strings.HasPrefix(o.Contact, "https://") && !strings.HasPrefix(o.Contact, "mailto:") && !strings.HasPrefix(o.Contact, "http://localhost"):
		return nil, errors.New("web push needs whom to ask: an address that begins with https:// or with mailto: as a scheme")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	p := &push{o: o, client: o.Client}
	if p.client == nil {
		if o.Timeout == 0 {
			o.Timeout = usualTimeout
		}
		p.client = o.Guard.Client(0, o.Timeout)
		p.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	}
	return p, nil
}

// A PushSubscription is what a browser gives when it subscribes.
type PushSubscription struct {
	Endpoint string `json:"endpoint"`
	Keys     struct {
		P256DH string `json:"p256dh"`
		Auth   string `json:"auth"`
	} `json:"keys"`
}

// maxSubscription bounds a subscription as text.
const maxSubscription = 1500

// errSubscription is of what no browser gave.
var errSubscription = errors.New("that is no subscription of a browser")

// ReadPush reads a subscription, as a browser writes it in JSON.
func ReadPush(s string) (p PushSubscription, err error) {
	if len(s) > maxSubscription || json.Unmarshal([]byte(s), &p) != nil {
		return p, errSubscription
	}
	u, err := url.Parse(p.Endpoint)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		return p, errSubscription
	}
	if _, _, err := p.keys(); err != nil {
		return p, errSubscription
	}
	return p, nil
}

// Text is the subscription as ReadPush reads it.
func (p PushSubscription) Text() string {
	b, _ := json.Marshal(p) // strings can always be written
	return string(b)
}

// Host is the push service.
func (p PushSubscription) Host() string {
	u, err := url.Parse(p.Endpoint)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

func (p PushSubscription) keys() (*ecdh.PublicKey, []byte, error) {
	k, err := unbase64(p.Keys.P256DH)
	if err != nil {
		return nil, nil, err
	}
	public, err := ecdh.P256().NewPublicKey(k)
	if err != nil {
		return nil, nil, err
	}
	auth, err := unbase64(p.Keys.Auth)
	if err == nil && len(auth) != 16 {
		err = errSubscription
	}
	return public, auth, err
}

func unbase64(s string) ([]byte, error) {
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
}

// Takes reports whether a Notifier would take messages to an address at all; those
// that do not say so take every one.
func Takes(n Notifier, to string) bool {
	if s, ok := n.(slowed); ok {
		n = s.Notifier
	}
	p, ok := n.(*push)
	if !ok {
		return true
	}
	s, err := ReadPush(to)
	return err == nil && p.knows(s.Host())
}

func (p *push) knows(host string) bool {
	for _, h := range p.o.Hosts {
		if below, ok := strings.CutPrefix(h, "*"); ok && strings.HasSuffix(host, below) && strings.HasPrefix(below, ".") || host == h {
			return true
		}
	}
	return false
}

func (p *push) Check(context.Context) error { return nil }

// pushFor is how long a service keeps a message for a browser that is off.
const pushFor = 3 * 24 * time.Hour

// Send hands over the message's name, words and link.
func (p *push) Send(ctx context.Context, m Message) error {
	to, err := ReadPush(m.To)
	if err != nil {
		return fault(Nobody, "", "the subscription cannot be read")
	}
	if !p.knows(to.Host()) {
		return fault(Nobody, "", "%s is not among the push services of this town", to.Host())
	}
	words, err := json.Marshal(map[string]string{"title": m.Name, "body": m.Text, "url": m.Link})
	if err != nil {
		return fault(Never, "", "the message cannot be written: %v", err)
	}
	public, auth, err := to.keys()
	if err != nil {
		return fault(Nobody, "", "the subscription cannot be read")
	}
	mine, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return fault(Later, "", "no key: %w", err)
	}
	salt := make([]byte, 16)
	rand.Read(salt)
	body, err := closeTo(public, auth, mine, salt, words, pushSize)
	if err != nil {
		return fault(Never, "", "the message cannot be closed: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to.Endpoint, bytes.NewReader(body))
	if err != nil {
		return fault(Nobody, "", "the subscription cannot be read")
	}
	pass, err := p.pass(r.URL)
	if err != nil {
		return fault(Later, "", "no pass for the push service: %w", err)
	}
	r.Header.Set("Authorization", pass)
	r.Header.Set("Content-Encoding", "aes128gcm")
	r.Header.Set("Content-Type", "application/octet-stream")
	r.Header.Set("TTL", strconv.Itoa(int(pushFor.Seconds())))
	r.Header.Set("Urgency", "normal")
	answer, code, f := ask(p.client, r, to.Endpoint)
	switch {
	case f != nil:
		return f
	case code >= 200 && code < 300:
		return nil
	}
	is := Later
	switch code {
	case http.StatusNotFound, http.StatusGone:
		is = Nobody
	case http.StatusRequestEntityTooLarge:
		is = Never
	}
	return fault(is, strconv.Itoa(code), "%s answered %d: %s", r.URL.Host, code, scrub(string(answer), to.Endpoint))
}

// pass is what lets a request in: a token for the service's origin, signed with the
// key, good for half a day.
func (p *push) pass(u *url.URL) (string, error) {
	head := base64.RawURLEncoding.EncodeToString([]byte(`{"typ":"JWT","alg":"ES256"}`))
	claims, err := json.Marshal(map[string]any{"aud": u.Scheme + "://" + u.Host, "exp": p.o.Now().Add(12 * time.Hour).Unix(), "sub": p.o.Contact})
	if err != nil {
		return "", err
	}
	token := head + "." + base64.RawURLEncoding.EncodeToString(claims)
	sum := sha256.Sum256([]byte(token))
	r, s, err := ecdsa.Sign(rand.Reader, p.o.Key.sign, sum[:])
	if err != nil {
		return "", err
	}
	sign := make([]byte, 64)
	r.FillBytes(sign[:32])
	s.FillBytes(sign[32:])
	return "vapid t=" + token + "." + base64.RawURLEncoding.EncodeToString(sign) + ", k=" + p.o.Key.public, nil
}

const (
	pushSize   = 1024 // to which the words of every message are filled up
	pushRecord = 4096
	pushMost   = pushRecord - 16 - 1 - 86 // what services promise to take
)

// closeTo closes words for a browser (RFC 8291): with a key of one message between
// the two, as one record of aes128gcm (RFC 8188), filled up to size bytes.
func closeTo(to *ecdh.PublicKey, auth []byte, mine *ecdh.PrivateKey, salt, words []byte, size int) ([]byte, error) {
	if len(words) > pushMost {
		return nil, fmt.Errorf("%d bytes are too many", len(words))
	}
	shared, err := mine.ECDH(to)
	if err != nil {
		return nil, err
	}
	from := mine.PublicKey().Bytes()
	both := append(append([]byte("WebPush: info\x00"), to.Bytes()...), from...)
	secret, err := hkdf.Key(sha256.New, shared, auth, string(both), 32)
	if err != nil {
		return nil, err
	}
	key, err := hkdf.Key(sha256.New, secret, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, err
	}
	nonce, err := hkdf.Key(sha256.New, secret, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	out := append([]byte{}, salt...)
	out = binary.BigEndian.AppendUint32(out, pushRecord)
	out = append(append(out, byte(len(from))), from...)
	record := append(append([]byte{}, words...), 2) // the last record ends with a two
	if fill := size - len(words); fill > 0 {
		record = append(record, make([]byte, fill)...)
	}
	return gcm.Seal(out, nonce, record, nil), nil
}
