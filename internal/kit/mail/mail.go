// SPDX-License-Identifier: Apache-2.0

// Package mail hands letters to a mail server, one at a time, and says exactly
// what became of each.
//
// A [Sender] speaks to one server over SMTP. Every [Message] is marked as written
// by a program (RFC 3834), so that no automatic answer comes back, carries its
// text plainly and as simple HTML, and names the way to stop letters (RFC 2369,
// and RFC 8058 where that way is https). Nothing a person has written can become
// a header: control characters are refused in addresses and replaced elsewhere.
//
// A letter that was not taken is a [Fault]: at which point, with which code, and
// whether another try could help. A connection that breaks off after the letter
// was handed over, but before the answer, leaves open whether it was taken; the
// letter is then sent again under the same Message-ID, by which a receiving
// server knows it. More SMTP does not allow.
package mail

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/mail"
	"strconv"
	"strings"
	"time"
	"unicode"

	smtp "github.com/wneessen/go-mail"
)

// A Mode is how the way to the server is protected.
type Mode string

// The modes.
const (
	StartTLS Mode = "starttls" // begins in the open and must change to TLS before anything is said
	TLS      Mode = "tls"      // TLS from the first byte
	Open     Mode = "none"     // unprotected: for a server on the same machine
)

// Modes lists the modes.
var Modes = []Mode{StartTLS, TLS, Open}

// port is where a server of this mode usually listens.
func (m Mode) port() int {
	switch m {
	case TLS:
		return 465
	case Open:
		return 25
	case StartTLS:
	}
	return 587
}

// A Server is how to reach the server that takes the letters.
type Server struct {
	Address  string // host, or host:port
	Mode     Mode   // default StartTLS
	User     string // "" does not sign in
	Password string
	From     string        // the address letters come from: town@example.cn, or 院坝 <town@example.cn>
	Timeout  time.Duration // for each step; default 20 s
	Roots    *tls.Config   // which certificates are believed; nil: those of the system
}

// A Message is a letter to one person. Text and HTML say the same.
type Message struct {
	ID      string // the same for each try of the same letter
	To      string // an address and nothing else
	Name    string // whom it comes from, beside the address of the server's From; may be empty
	Subject string
	Text    string
	HTML    string
	Stop    string    // the address that stops such letters; "" for none
	At      time.Time // its date
}

// A Sender hands letters to one server. It is safe for several goroutines; each
// letter has a connection of its own.
type Sender struct {
	server Server
	host   string
	port   int
	from   *mail.Address
}

// New returns a sender. The error is of a setting that makes no sense, and says
// what would.
func New(s Server) (*Sender, error) {
	if s.Mode == "" {
		s.Mode = StartTLS
	}
	if s.Mode != StartTLS && s.Mode != TLS && s.Mode != Open {
		return nil, fmt.Errorf("%q is none of starttls, tls, none", s.Mode)
	}
	if s.Timeout == 0 {
		s.Timeout = 20 * time.Second
	}
	out := &Sender{server: s, host: s.Address, port: s.Mode.port()}
	if host, port, err := net.SplitHostPort(s.Address); err == nil {
		n, err := strconv.Atoi(port)
		if err != nil || n < 1 || n > 65535 {
			return nil, fmt.Errorf("%q is no port between 1 and 65535", port)
		}
		out.host, out.port = host, n
	}
	if out.host == "" || strings.ContainsFunc(out.host, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '/' }) {
		return nil, fmt.Errorf("%q is no host such as mail.example.cn:587", s.Address)
	}
	from, err := mail.ParseAddress(s.From)
	if err != nil || !plain(from.Address) {
		return nil, fmt.Errorf("%q is no address such as town@example.cn", s.From)
	}
	out.from = from
	return out, nil
}

// plain reports whether an address can stand in a header and in a command as it
// is: printable ASCII without spaces.
func plain(address string) bool {
	return address != "" && !strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r >= 0x7F })
}

// Send hands over a letter. It is nil only if the server has taken it; else it is
// a *Fault. A context that ends breaks off the way to the server; once that
// listens, each step takes no longer than the server's Timeout.
func (s *Sender) Send(ctx context.Context, m Message) error {
	msg, err := s.compose(m)
	if err != nil {
		return &Fault{At: AtLetter, Code: 0, never: true, err: err}
	}
	c, err := s.client()
	if err != nil {
		return &Fault{At: AtServer, err: err}
	}
	if err := c.DialWithContext(ctx); err != nil {
		return faultOf(ctx, AtServer, err)
	}
	err = c.Send(msg)
	_ = c.Close() // the letter is taken or not, whatever becomes of the goodbye
	if err != nil && !msg.IsDelivered() {
		return faultOf(ctx, AtServer, err)
	}
	return nil
}

// Check says whether letters could be sent now: it reaches the server, protects
// the connection, signs in, and leaves. It sends nothing.
func (s *Sender) Check(ctx context.Context) error {
	c, err := s.client()
	if err != nil {
		return &Fault{At: AtServer, err: err}
	}
	if err := c.DialWithContext(ctx); err != nil {
		return faultOf(ctx, AtServer, err)
	}
	_ = c.Close()
	return nil
}

func (s *Sender) client() (*smtp.Client, error) {
	conf := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: s.host}
	if s.server.Roots != nil {
		conf.RootCAs = s.server.Roots.RootCAs
	}
	options := []smtp.Option{
		smtp.WithPort(s.port), smtp.WithTimeout(s.server.Timeout), smtp.WithTLSConfig(conf),
		smtp.WithHELO(helo(s.from.Address)), smtp.WithoutNoop(),
	}
	switch s.server.Mode {
	case StartTLS:
		options = append(options, smtp.WithTLSPolicy(smtp.TLSMandatory))
	case TLS:
		options = append(options, smtp.WithSSL())
	case Open:
		options = append(options, smtp.WithTLSPolicy(smtp.NoTLS))
	}
	if s.server.User != "" {
		options = append(options, smtp.WithSMTPAuth(smtp.SMTPAuthAutoDiscover), smtp.WithUsername(s.server.User), smtp.WithPassword(s.server.Password))
	}
	return smtp.NewClient(s.host, options...)
}

// helo is the name the program greets with: the domain letters come from, and
// nothing of the machine.
func helo(from string) string {
	_, domain, _ := strings.Cut(from, "@")
	return domain
}

// compose writes the letter.
func (s *Sender) compose(m Message) (*smtp.Msg, error) {
	to, err := mail.ParseAddress(m.To)
	if err != nil || to.Name != "" || !plain(to.Address) {
		return nil, fmt.Errorf("the address is none")
	}
	msg := smtp.NewMsg(smtp.WithEncoding(smtp.EncodingB64), smtp.WithNoDefaultUserAgent())
	name := line(m.Name)
	if name == "" {
		name = s.from.Name
	}
	msg.FromMailAddress(&mail.Address{Name: name, Address: s.from.Address})
	msg.ToMailAddress(&mail.Address{Address: to.Address})
	msg.Subject(line(m.Subject))
	msg.SetDateWithValue(m.At)
	msg.SetMessageIDWithValue(line(m.ID) + "@" + helo(s.from.Address))
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	if m.Stop != "" {
		if !plain(m.Stop) || strings.ContainsAny(m.Stop, "<>,") {
			return nil, fmt.Errorf("the address that stops letters is none")
		}
		msg.SetGenHeader("List-Unsubscribe", "<"+m.Stop+">")
		if strings.HasPrefix(m.Stop, "https://") {
			msg.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
		}
	}
	msg.SetBodyString(smtp.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(smtp.TypeTextHTML, m.HTML)
	}
	return msg, nil
}

// line makes a text one line without control characters.
func line(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD")))
}
