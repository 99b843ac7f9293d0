// SPDX-License-Identifier: Apache-2.0

package notify_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"yuanba/internal/kit/mail"
	"yuanba/internal/kit/mail/mailtest"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/notify/notifytest"
)

var moment = time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)

func message(to string) notify.Message {
	return notify.Message{ID: "01ABC", Kind: notify.One, To: to, Name: "邛崃市", Subject: "有新进展", Text: "QL-2026-000001：已受理", Link: "https://town.example/matters/QL-2026-000001",
		Facts: map[string]string{"number": "QL-2026-000001", "state": "已受理"}, At: moment}
}

// chats are the services that let the program in by a token.
var chats = []struct {
	name  string
	start func(testing.TB) *notifytest.Server
	open  func(address, secret string, now func() time.Time) (notify.Notifier, error)
}{
	{"WeChat Work", notifytest.WeCom, func(a, s string, now func() time.Time) (notify.Notifier, error) {
		return notify.ByWeCom(notify.WeComOptions{Address: a, Corp: "corp", Agent: "1000002", Secret: s, Timeout: time.Second, Now: now})
	}},
	{"WeChat", notifytest.WeChat, func(a, s string, now func() time.Time) (notify.Notifier, error) {
		return notify.ByWeChat(notify.WeChatOptions{Address: a, App: "app", Secret: s, Template: "tpl", Fields: "character_string1={number}, thing2={state}", Timeout: time.Second, Now: now})
	}},
	{"DingTalk", notifytest.DingTalk, func(a, s string, now func() time.Time) (notify.Notifier, error) {
		return notify.ByDingTalk(notify.DingTalkOptions{Address: a, Key: "key", Secret: s, Agent: "7", Timeout: time.Second, Now: now})
	}},
}

func eachChat(t *testing.T, f func(t *testing.T, s *notifytest.Server, n notify.Notifier, clock *time.Time)) {
	t.Helper()
	for _, c := range chats {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, clock := c.start(t), moment
			n, err := c.open(s.Address, "secret", func() time.Time { return clock })
			if err != nil {
				t.Fatal(err)
			}
			f(t, s, n, &clock)
		})
	}
}

// wants fails the test unless err is a fault of that outcome which names neither
// the person nor a token.
func wants(t *testing.T, err error, is notify.Outcome) *notify.Fault {
	t.Helper()
	var f *notify.Fault
	if !errors.As(err, &f) || f.Is != is {
		t.Fatalf("%v is not %s", err, is)
	}
	for _, s := range []string{"zhou", "token-", "secret", "19900000002"} {
		if strings.Contains(f.Error(), s) {
			t.Errorf("the fault says %q: %v", s, f)
		}
	}
	return f
}

func TestChatsTake(t *testing.T) {
	t.Parallel()
	eachChat(t, func(t *testing.T, s *notifytest.Server, n notify.Notifier, clock *time.Time) {
		ctx := t.Context()
		if err := n.Check(ctx); err != nil || len(s.Taken()) != 0 {
			t.Fatalf("check: %v, %d taken", err, len(s.Taken()))
		}
		for i := range 3 {
			m := message("zhou")
			m.ID += string(rune('0' + i))
			if err := n.Send(ctx, m); err != nil {
				t.Fatal(err)
			}
		}
		got := s.Taken()
		if len(got) != 3 || s.Tokens() != 1 {
			t.Fatalf("%d taken with %d tokens", len(got), s.Tokens())
		}
		if got[0].To != "zhou" || !strings.Contains(got[0].Text, "QL-2026-000001") || !strings.Contains(got[0].Text, "已受理") {
			t.Errorf("%+v", got[0])
		}
		*clock = clock.Add(3 * time.Hour) // the token has ended meanwhile
		s.Forget()
		if err := n.Send(ctx, message("zhou")); err != nil || s.Tokens() != 2 {
			t.Errorf("after its end: %v, %d tokens", err, s.Tokens())
		}
	})
}

// A token that the service has forgotten is renewed once, and the message goes; a
// service that knows no token at all is asked no third time.
func TestStaleTokenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	eachChat(t, func(t *testing.T, s *notifytest.Server, n notify.Notifier, _ *time.Time) {
		ctx := t.Context()
		if err := n.Check(ctx); err != nil {
			t.Fatal(err)
		}
		s.Forget()
		if err := n.Send(ctx, message("zhou")); err != nil {
			t.Fatal(err)
		}
		if len(s.Taken()) != 1 || s.Tokens() != 2 || s.Tries() != 2 {
			t.Errorf("%d taken, %d tokens, %d tries", len(s.Taken()), s.Tokens(), s.Tries())
		}
		s.Set(notifytest.Rules{Code: 42001, Words: "access_token expired"})
		f := wants(t, n.Send(ctx, message("zhou")), notify.Later)
		if f.Code != "42001" || s.Tries() != 4 {
			t.Errorf("code %s after %d tries", f.Code, s.Tries())
		}
	})
}

func TestChatsRefuse(t *testing.T) {
	t.Parallel()
	nobody := map[string]int{"WeChat Work": 81013, "WeChat": 43004, "DingTalk": 33012}
	never := map[string]int{"WeChat Work": 45002, "WeChat": 47003, "DingTalk": 400002}
	eachChat(t, func(t *testing.T, s *notifytest.Server, n notify.Notifier, _ *time.Time) {
		ctx := t.Context()
		name := t.Name()[strings.LastIndexByte(t.Name(), '/')+1:]
		name = strings.ReplaceAll(name, "_", " ")
		for _, c := range []struct {
			rules notifytest.Rules
			is    notify.Outcome
		}{
			{notifytest.Rules{Code: nobody[name], Words: "zhou is nobody here, hint [1700000000_19900000002]"}, notify.Nobody},
			{notifytest.Rules{Code: never[name], Words: "too long"}, notify.Never},
			{notifytest.Rules{Code: -1, Words: "system busy"}, notify.Limited},
			{notifytest.Rules{Code: 60020, Words: "not allow to access from your ip"}, notify.Later},
			{notifytest.Rules{Status: 429, Wait: 7 * time.Second}, notify.Limited},
			{notifytest.Rules{Status: 503}, notify.Later},
			{notifytest.Rules{Status: 404, Raw: "no such page"}, notify.Later},
			{notifytest.Rules{Status: 302}, notify.Later},
			{notifytest.Rules{Status: 500}, notify.Unknown},
			{notifytest.Rules{Raw: "<html>hello</html>"}, notify.Unknown},
			{notifytest.Rules{Raw: `{"errcode":`}, notify.Unknown},
			{notifytest.Rules{BreakOff: true}, notify.Unknown},
		} {
			s.Set(c.rules)
			m := message("zhou")
			m.ID = "" // so that WeChat does not know it again
			f := wants(t, n.Send(ctx, m), c.is)
			if c.rules.Wait != 0 && f.Wait != c.rules.Wait {
				t.Errorf("waits %s", f.Wait)
			}
		}
		s.Set(notifytest.Rules{Refuse: true})
		s.Forget()
		wants(t, n.Send(ctx, message("zhou")), notify.Later)
	})
}

// A message whose answer does not come in time may have been taken.
func TestChatsTimeOut(t *testing.T) {
	t.Parallel()
	for _, c := range chats {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := c.start(t)
			n, err := c.open(s.Address, "secret", nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := n.Check(t.Context()); err != nil {
				t.Fatal(err)
			}
			s.Set(notifytest.Rules{Hang: true})
			ctx, cancel := context.WithCancel(t.Context())
			go func() { // as soon as the server has it
				<-s.Hung
				cancel()
			}()
			wants(t, n.Send(ctx, message("zhou")), notify.Unknown)
			if len(s.Taken()) != 1 {
				t.Error("it was not taken")
			}
		})
	}
}

// What nobody listens to has taken nothing.
func TestNobodyListens(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + l.Addr().String()
	l.Close()
	for _, c := range chats {
		n, err := c.open(address, "secret", nil)
		if err != nil {
			t.Fatal(err)
		}
		wants(t, n.Check(t.Context()), notify.Later)
		wants(t, n.Send(t.Context(), message("zhou")), notify.Later)
	}
	n, err := notify.BySMS(notify.SMSOptions{URL: address, Body: "to={to}&text={text}"})
	if err != nil {
		t.Fatal(err)
	}
	wants(t, n.Send(t.Context(), message("19900000002")), notify.Later)
}

func TestWeComKnowsNobody(t *testing.T) {
	t.Parallel()
	s := notifytest.WeCom(t)
	n, err := chats[0].open(s.Address, "secret", nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Set(notifytest.Rules{Nobody: "zhou"})
	wants(t, n.Send(t.Context(), message("zhou")), notify.Nobody)
}

// WeChat knows a message again by its ID.
func TestWeChatOnce(t *testing.T) {
	t.Parallel()
	s := notifytest.WeChat(t)
	n, err := chats[1].open(s.Address, "secret", nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := n.Send(t.Context(), message("zhou")); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.Taken(); len(got) != 1 || got[0].Body["url"] != message("").Link || got[0].Body["template_id"] != "tpl" {
		t.Errorf("%+v", got)
	}
}

func TestWrongSecret(t *testing.T) {
	t.Parallel()
	for _, c := range chats {
		s := c.start(t)
		n, err := c.open(s.Address, "wrong", nil)
		if err != nil {
			t.Fatal(err)
		}
		wants(t, n.Check(t.Context()), notify.Later)
		wants(t, n.Send(t.Context(), message("zhou")), notify.Later)
		if s.Tries() != 0 {
			t.Errorf("%s: sent without being let in", c.name)
		}
	}
}

func TestRobot(t *testing.T) {
	t.Parallel()
	s := notifytest.DingTalk(t)
	for secret, ok := range map[string]bool{"robot": true, "wrong": false, "": false} {
		n, err := notify.ByRobot(notify.RobotOptions{Address: s.Address + "/robot/send?access_token=x", Secret: secret, Now: func() time.Time { return moment }})
		if err != nil {
			t.Fatal(err)
		}
		if err := n.Send(t.Context(), message("")); (err == nil) != ok {
			t.Errorf("secret %q: %v", secret, err)
		}
	}
	if got := s.Taken(); len(got) != 1 || got[0].Text != message("").Text {
		t.Errorf("%+v", got)
	}
	if _, err := notify.ByRobot(notify.RobotOptions{Address: s.Address + "/robot/send"}); err == nil {
		t.Error("an address without its token was taken")
	}
}

func TestMail(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, "none")
	sender, err := mail.New(mail.Server{Address: s.Address, Mode: mail.Open, From: "town@example.cn"})
	if err != nil {
		t.Fatal(err)
	}
	n := notify.ByMail(sender)
	if err := n.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := n.Send(t.Context(), message("zhou@example.cn")); err != nil || len(s.Letters()) != 1 {
		t.Fatal(err)
	}
	for answer, is := range map[string]notify.Outcome{"550 5.1.1 nobody": notify.Nobody, "554 5.7.1 not you": notify.Never, "451 4.7.1 later": notify.Later} {
		s.Set(mailtest.Rules{To: func(string) string { return answer }})
		if f := wants(t, n.Send(t.Context(), message("zhou@example.cn")), is); f.Code != answer[4:9] {
			t.Errorf("%q: code %q", answer, f.Code)
		}
	}
	s.Set(mailtest.Rules{BreakAt: "."})
	wants(t, n.Send(t.Context(), message("zhou@example.cn")), notify.Later) // known again by its ID
}

// counter counts what it is given.
type counter struct{ n int }

func (c *counter) Send(context.Context, notify.Message) error { c.n++; return nil }
func (*counter) Check(context.Context) error                  { return nil }

func TestSlowed(t *testing.T) {
	t.Parallel()
	c := &counter{}
	n := notify.Slowed(c, 0.01)
	if err := n.Send(t.Context(), message("zhou")); err != nil {
		t.Fatal(err)
	}
	f := wants(t, n.Send(t.Context(), message("zhou")), notify.Limited)
	if c.n != 1 || f.Wait < 50*time.Second {
		t.Errorf("%d sent, wait %s", c.n, f.Wait)
	}
	if notify.Slowed(c, 0) != notify.Notifier(c) {
		t.Error("no limit is a limit")
	}
}

func TestSettingsMakeSense(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]func() (notify.Notifier, error){
		"no corp": func() (notify.Notifier, error) { return notify.ByWeCom(notify.WeComOptions{Agent: "1", Secret: "s"}) },
		"agent": func() (notify.Notifier, error) {
			return notify.ByWeCom(notify.WeComOptions{Corp: "c", Agent: "x", Secret: "s"})
		},
		"address": func() (notify.Notifier, error) {
			return notify.ByWeCom(notify.WeComOptions{Address: "ftp://x", Corp: "c", Agent: "1", Secret: "s"})
		},
		"no template": func() (notify.Notifier, error) { return notify.ByWeChat(notify.WeChatOptions{App: "a", Secret: "s"}) },
		"field": func() (notify.Notifier, error) {
			return notify.ByWeChat(notify.WeChatOptions{App: "a", Secret: "s", Template: "t", Fields: "thing1"})
		},
		"dingtalk agent": func() (notify.Notifier, error) {
			return notify.ByDingTalk(notify.DingTalkOptions{Key: "k", Secret: "s"})
		},
		"no gateway": func() (notify.Notifier, error) { return notify.BySMS(notify.SMSOptions{}) },
		"method": func() (notify.Notifier, error) {
			return notify.BySMS(notify.SMSOptions{URL: "https://x.example", Method: "DELETE"})
		},
		"sign": func() (notify.Notifier, error) {
			return notify.BySMS(notify.SMSOptions{URL: "https://x.example", Sign: "md5", Secret: "s"})
		},
		"no secret": func() (notify.Notifier, error) {
			return notify.BySMS(notify.SMSOptions{URL: "https://x.example", Sign: "tencent"})
		},
		"nothing signed": func() (notify.Notifier, error) {
			return notify.BySMS(notify.SMSOptions{URL: "https://x.example", Sign: "hmac-sha256", Secret: "s"})
		},
		"ok": func() (notify.Notifier, error) {
			return notify.BySMS(notify.SMSOptions{URL: "https://x.example", OK: "OK"})
		},
		"pattern": func() (notify.Notifier, error) {
			return notify.BySMS(notify.SMSOptions{URL: "https://x.example", OK: "~("})
		},
		"header": func() (notify.Notifier, error) {
			return notify.BySMS(notify.SMSOptions{URL: "https://x.example", Headers: "x"})
		},
	} {
		if _, err := f(); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
