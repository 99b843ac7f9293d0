// SPDX-License-Identifier: Apache-2.0

// Package mailtest is a mail server for tests: it takes letters on the loopback
// and keeps them, or refuses, defers, stays silent or breaks off as it is told.
package mailtest

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"
)

// A Server takes letters. Its rules may be changed while it runs, by [Server.Set].
type Server struct {
	Address string         // where it listens
	Roots   *x509.CertPool // by which its certificate is believed

	t     testing.TB
	cert  tls.Certificate
	mode  string
	mu    sync.Mutex
	rules Rules
	got   []Letter
	tries int
}

// Rules are what the server answers. The zero Rules take everything.
type Rules struct {
	User, Password string                 // with which one must sign in; "" need not
	From           string                 // the answer to MAIL FROM; "" is 250
	To             func(to string) string // the answer to RCPT TO; nil is 250
	Data           string                 // the answer to the letter; "" is 250
	BreakAt        string                 // the command at which the connection is broken off: "EHLO", "RCPT", "DATA", or "." behind the whole letter
	TakeAndBreak   bool                   // with BreakAt ".": the letter is kept, and only the answer is lost
	SilentAt       string                 // the command that is never answered
	Meanwhile      func(letter Letter)    // called before a letter is answered
}

// A Letter is what the server took.
type Letter struct {
	From   string
	To     []string
	Header mail.Header
	Text   string
	HTML   string
	Raw    string
}

// Subject is the subject as a person reads it.
func (l Letter) Subject() string {
	s, err := new(mime.WordDecoder).DecodeHeader(l.Header.Get("Subject"))
	if err != nil {
		return l.Header.Get("Subject")
	}
	return s
}

// Start starts a server that speaks in the given mode: "starttls", "tls" or
// "none". It ends with the test.
func Start(t testing.TB, mode string) *Server {
	t.Helper()
	s := &Server{t: t, mode: mode}
	s.certify()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Address = l.Addr().String()
	if mode == "tls" {
		l = tls.NewListener(l, s.conf())
	}
	var open sync.WaitGroup
	var mu sync.Mutex
	conns := map[net.Conn]bool{}
	open.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns[conn] = true
			mu.Unlock()
			open.Go(func() {
				s.serve(conn)
				_ = conn.Close()
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		mu.Lock()
		for c := range conns {
			_ = c.Close()
		}
		mu.Unlock()
		open.Wait()
	})
	return s
}

// Set changes the rules.
func (s *Server) Set(r Rules) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = r
}

// Letters are those it has taken, oldest first.
func (s *Server) Letters() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Letter(nil), s.got...)
}

// Tries is how often a letter was begun.
func (s *Server) Tries() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tries
}

func (s *Server) now() Rules {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rules
}

func (s *Server) certify() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mailtest"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		s.t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		s.t.Fatal(err)
	}
	s.Roots = x509.NewCertPool()
	s.Roots.AddCert(parsed)
	s.cert = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func (s *Server) conf() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{s.cert}, MinVersion: tls.VersionTLS12}
}

// serve speaks with one client until it leaves or is left.
func (s *Server) serve(conn net.Conn) {
	in := bufio.NewReader(conn)
	say := func(line string) { _, _ = io.WriteString(conn, line+"\r\n") }
	signed := false
	var l Letter
	say("220 mailtest ESMTP")
	for {
		text, err := in.ReadString('\n')
		if err != nil {
			return
		}
		text = strings.TrimRight(text, "\r\n")
		verb, rest, _ := strings.Cut(text, " ")
		verb = strings.ToUpper(verb)
		r := s.now()
		if r.BreakAt == verb {
			return
		}
		if r.SilentAt == verb {
			_, _ = io.Copy(io.Discard, in)
			return
		}
		_, secure := conn.(*tls.Conn)
		if r.User != "" && !signed && (verb == "MAIL" || verb == "RCPT" || verb == "DATA") {
			say("530 5.7.0 sign in first")
			continue
		}
		switch verb {
		case "EHLO", "HELO":
			say("250-mailtest")
			if s.mode == "starttls" && !secure {
				say("250-STARTTLS")
			} else if r.User != "" {
				say("250-AUTH PLAIN")
			}
			say("250-ENHANCEDSTATUSCODES")
			say("250 8BITMIME")
		case "STARTTLS":
			say("220 go on")
			t := tls.Server(conn, s.conf())
			if t.Handshake() != nil {
				return
			}
			conn, in = t, bufio.NewReader(t)
		case "AUTH":
			_, secret, _ := strings.Cut(rest, " ")
			b, err := base64.StdEncoding.DecodeString(secret)
			if signed = err == nil && string(b) == "\x00"+r.User+"\x00"+r.Password; signed {
				say("235 2.7.0 welcome")
			} else {
				say("535 5.7.8 wrong password for " + r.User + "@example.cn")
			}
		case "MAIL":
			s.mu.Lock()
			s.tries++
			s.mu.Unlock()
			l = Letter{From: between(rest)}
			say(or(r.From, "250 2.1.0 ok"))
		case "RCPT":
			to, answer := between(rest), ""
			if r.To != nil {
				answer = r.To(to)
			}
			if answer = or(answer, "250 2.1.5 ok"); strings.HasPrefix(answer, "2") {
				l.To = append(l.To, to)
			}
			say(answer)
		case "DATA":
			say("354 go on")
			if !l.read(in) {
				return
			}
			if r.Meanwhile != nil {
				r.Meanwhile(l)
			}
			if r.BreakAt == "." && !r.TakeAndBreak {
				return
			}
			if answer := or(r.Data, "250 2.0.0 taken"); strings.HasPrefix(answer, "2") {
				s.mu.Lock()
				s.got = append(s.got, l)
				s.mu.Unlock()
				if r.BreakAt == "." {
					return
				}
				say(answer)
			} else {
				say(answer)
			}
		case "RSET", "NOOP":
			say("250 2.0.0 ok")
		case "QUIT":
			say("221 2.0.0 bye")
			return
		default:
			say("502 5.5.1 what?")
		}
	}
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func between(s string) string {
	_, s, _ = strings.Cut(s, "<")
	s, _, _ = strings.Cut(s, ">")
	return s
}

// read reads a letter up to its dot, and takes it apart.
func (l *Letter) read(in *bufio.Reader) bool {
	var raw strings.Builder
	for {
		text, err := in.ReadString('\n')
		if err != nil {
			return false
		}
		if text == ".\r\n" {
			break
		}
		raw.WriteString(strings.TrimPrefix(text, "."))
	}
	l.Raw = raw.String()
	m, err := mail.ReadMessage(strings.NewReader(l.Raw))
	if err != nil {
		return true
	}
	l.Header = m.Header
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || !strings.HasPrefix(kind, "multipart/") {
		l.Text = decoded(m.Header.Get("Content-Transfer-Encoding"), m.Body)
		return true
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if err != nil {
			return true
		}
		body := decoded(p.Header.Get("Content-Transfer-Encoding"), p)
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
			l.HTML = body
		} else {
			l.Text = body
		}
	}
}

func decoded(encoding string, r io.Reader) string {
	if strings.EqualFold(encoding, "base64") {
		r = base64.NewDecoder(base64.StdEncoding, r)
	}
	b, _ := io.ReadAll(r)
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}
