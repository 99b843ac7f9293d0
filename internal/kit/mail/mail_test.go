// SPDX-License-Identifier: Apache-2.0

package mail_test

import (
	"context"
	"crypto/tls"
	"errors"
	"strings"
	"testing"
	"time"

	"yuanba/internal/kit/mail"
	"yuanba/internal/kit/mail/mailtest"
)

var at = time.Date(2026, 3, 2, 9, 30, 0, 0, time.FixedZone("", 8*3600))

func letter() mail.Message {
	return mail.Message{ID: "01ABC", To: "zhou@example.cn", Name: "邛崃市", Subject: "您反映的事有了新进展", Text: "您好！\n路灯已经修好。\n", HTML: "<p>您好！</p>", Stop: "https://town.example.cn/letters/stop/x", At: at}
}

func sender(t *testing.T, s *mailtest.Server, mode mail.Mode, user, password string) *mail.Sender {
	t.Helper()
	m, err := mail.New(mail.Server{Address: s.Address, Mode: mode, User: user, Password: password, From: "town@example.cn", Timeout: 10 * time.Second, Roots: &tls.Config{RootCAs: s.Roots, MinVersion: tls.VersionTLS12}})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestSend(t *testing.T) {
	t.Parallel()
	for _, mode := range mail.Modes {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			s := mailtest.Start(t, string(mode))
			user := ""
			if mode != mail.Open {
				user = "town"
				s.Set(mailtest.Rules{User: "town", Password: "geheim"})
			}
			m := sender(t, s, mode, user, "geheim")
			if err := m.Check(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := m.Send(t.Context(), letter()); err != nil {
				t.Fatal(err)
			}
			got := s.Letters()
			if len(got) != 1 {
				t.Fatalf("%d letters, want 1", len(got))
			}
			l := got[0]
			if l.From != "town@example.cn" || len(l.To) != 1 || l.To[0] != "zhou@example.cn" {
				t.Errorf("from %s to %v", l.From, l.To)
			}
			if l.Subject() != "您反映的事有了新进展" || l.Text != "您好！\n路灯已经修好。\n" || l.HTML != "<p>您好！</p>" {
				t.Errorf("subject %q, text %q, html %q", l.Subject(), l.Text, l.HTML)
			}
			for name, want := range map[string]string{
				"Auto-Submitted": "auto-generated", "List-Unsubscribe": "<https://town.example.cn/letters/stop/x>",
				"List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Message-Id": "<01ABC@example.cn>", "To": "<zhou@example.cn>",
			} {
				if l.Header.Get(name) != want {
					t.Errorf("%s: %q, want %q", name, l.Header.Get(name), want)
				}
			}
			for _, r := range l.Raw {
				if r > 0x7F {
					t.Fatal("the letter is not ASCII on its way")
				}
			}
			if from, err := l.Header.AddressList("From"); err != nil || from[0].Name != "邛崃市" {
				t.Errorf("from %v, %v", from, err)
			}
		})
	}
}

// Where the way to stop is not https, nobody may be told that one click does it.
func TestOneClickNeedsHTTPS(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, "none")
	m, l := sender(t, s, mail.Open, "", ""), letter()
	l.Stop = "http://localhost:8080/letters/stop/x"
	if err := m.Send(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	h := s.Letters()[0].Header
	if h.Get("List-Unsubscribe") != "<"+l.Stop+">" || h.Get("List-Unsubscribe-Post") != "" {
		t.Errorf("%q, %q", h.Get("List-Unsubscribe"), h.Get("List-Unsubscribe-Post"))
	}
}

func TestNothingBecomesAHeader(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, "none")
	m := sender(t, s, mail.Open, "", "")
	const evil = "x\r\nBcc: everybody@example.cn\r\n\r\nbody"
	l := letter()
	l.Subject, l.Name, l.ID, l.Text = evil, evil, "1\r\nBcc: everybody@example.cn", ".\r\nRCPT TO:<everybody@example.cn>\r\n"
	if err := m.Send(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	got := s.Letters()[0]
	if got.Header.Get("Bcc") != "" || len(got.To) != 1 || !strings.HasPrefix(got.Subject(), "x  Bcc:") {
		t.Errorf("header %v, to %v", got.Header, got.To)
	}
	if !strings.HasPrefix(got.Text, ".\nRCPT TO") {
		t.Errorf("text %q", got.Text)
	}
	for _, to := range []string{"", "nobody", evil, "a@example.cn\r\nRCPT TO:<b@example.cn>", "a@example.cn, b@example.cn", "Zhou <zhou@example.cn>", "周@example.cn"} {
		l := letter()
		l.To = to
		var f *mail.Fault
		if err := m.Send(t.Context(), l); !errors.As(err, &f) || f.At != mail.AtLetter || !f.Permanent() || f.Unreachable() {
			t.Errorf("to %q: %v", to, err)
		}
	}
	l = letter()
	l.Stop = "https://x.example.cn/>\r\nBcc: a@example.cn"
	if err := m.Send(t.Context(), l); err == nil {
		t.Error("an address to stop at that breaks out was taken")
	}
	if n := len(s.Letters()); n != 1 {
		t.Errorf("%d letters, want 1", n)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	to := func(answer string) func(string) string { return func(string) string { return answer } }
	for _, c := range []struct {
		name                   string
		rules                  mailtest.Rules
		at                     mail.Point
		code                   int
		permanent, unreachable bool
	}{
		{"nobody there", mailtest.Rules{To: to("550 5.1.1 <zhou@example.cn> unknown")}, mail.AtAddress, 550, true, true},
		{"nobody there, no finer code", mailtest.Rules{To: to("550 unknown zhou@example.cn")}, mail.AtAddress, 550, true, true},
		{"we are not wanted", mailtest.Rules{To: to("554 5.7.1 your network is not wanted")}, mail.AtAddress, 554, true, false},
		{"come back later", mailtest.Rules{To: to("451 4.7.1 come back later")}, mail.AtAddress, 451, false, false},
		{"full for good", mailtest.Rules{Data: "552 5.2.2 mailbox full"}, mail.AtContent, 552, true, true},
		{"spam", mailtest.Rules{Data: "550 5.7.1 this is spam"}, mail.AtContent, 550, true, false},
		{"later, of the letter", mailtest.Rules{Data: "452 4.3.1 no room"}, mail.AtContent, 452, false, false},
		{"sender refused", mailtest.Rules{From: "553 5.7.1 not your address"}, mail.AtSender, 553, false, false},
		{"broken off at once", mailtest.Rules{BreakAt: "EHLO"}, mail.AtServer, 0, false, false},
		{"broken off at the person", mailtest.Rules{BreakAt: "RCPT"}, mail.AtAddress, 0, false, false},
		{"broken off before the letter", mailtest.Rules{BreakAt: "DATA"}, mail.AtContent, 0, false, false},
		{"broken off behind the letter", mailtest.Rules{BreakAt: "."}, mail.AtContent, 0, false, false},
		{"must sign in", mailtest.Rules{User: "town", Password: "x"}, mail.AtSender, 530, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := mailtest.Start(t, "none")
			s.Set(c.rules)
			err := sender(t, s, mail.Open, "", "").Send(t.Context(), letter())
			var f *mail.Fault
			if !errors.As(err, &f) {
				t.Fatalf("%v is no fault", err)
			}
			if f.At != c.at || f.Code != c.code || f.Permanent() != c.permanent || f.Unreachable() != c.unreachable {
				t.Errorf("at %s, code %d, permanent %t, unreachable %t: %v", f.At, f.Code, f.Permanent(), f.Unreachable(), f)
			}
			if strings.Contains(f.Error(), "zhou") {
				t.Errorf("the fault names the person: %v", f)
			}
			if len(s.Letters()) != 0 {
				t.Error("a letter was taken")
			}
		})
	}
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, "starttls")
	s.Set(mailtest.Rules{User: "town", Password: "right"})
	err := sender(t, s, mail.StartTLS, "town", "wrong").Check(t.Context())
	var f *mail.Fault
	if !errors.As(err, &f) || f.At != mail.AtServer || f.Code != 535 || f.Permanent() {
		t.Fatalf("%#v %v", f, err)
	}
	if strings.Contains(err.Error(), "town@") || strings.Contains(err.Error(), "wrong ") && strings.Contains(err.Error(), "geheim") {
		t.Errorf("the fault says too much: %v", err)
	}
}

// A server that offers no protection gets nothing, least of all a password.
func TestNoTLSNoLetter(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, "none")
	if err := sender(t, s, mail.StartTLS, "", "").Send(t.Context(), letter()); err == nil {
		t.Error("sent in the open")
	}
	other := mailtest.Start(t, "starttls")
	m, err := mail.New(mail.Server{Address: other.Address, Mode: mail.StartTLS, From: "town@example.cn"})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Check(t.Context()); err == nil {
		t.Error("a certificate nobody vouches for was believed")
	}
}

func TestSilentServer(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"EHLO", "RCPT"} {
		s := mailtest.Start(t, "none")
		s.Set(mailtest.Rules{SilentAt: at})
		m, err := mail.New(mail.Server{Address: s.Address, Mode: mail.Open, From: "town@example.cn", Timeout: 200 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		var f *mail.Fault
		if err := m.Send(context.Background(), letter()); !errors.As(err, &f) || f.Permanent() {
			t.Errorf("silent at %s: %v", at, err)
		}
	}
}

func TestContextEnds(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, "none")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := sender(t, s, mail.Open, "", "").Send(ctx, letter()); !errors.Is(err, context.Canceled) || len(s.Letters()) != 0 {
		t.Errorf("%v", err)
	}
}

func TestNew(t *testing.T) {
	t.Parallel()
	for _, s := range []mail.Server{
		{Address: "", From: "a@example.cn"}, {Address: "mail.example.cn:x", From: "a@example.cn"}, {Address: "mail.example.cn:0", From: "a@example.cn"},
		{Address: "http://mail.example.cn", From: "a@example.cn"}, {Address: "mail.example.cn", From: "a"}, {Address: "mail.example.cn", From: ""},
		{Address: "mail.example.cn", From: "a@example.cn", Mode: "ssl"}, {Address: "mail example", From: "a@example.cn"},
	} {
		if _, err := mail.New(s); err == nil {
			t.Errorf("%+v was taken", s)
		}
	}
	if _, err := mail.New(mail.Server{Address: "mail.example.cn", From: "院坝 <a@example.cn>"}); err != nil {
		t.Error(err)
	}
}
