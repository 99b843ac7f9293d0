// SPDX-License-Identifier: Apache-2.0

package notify_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/notify/notifytest"
)

func pushKey(t *testing.T) notify.PushKey {
	t.Helper()
	k, err := notify.NewPushKey(bytes.Repeat([]byte("k"), 32))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestPush(t *testing.T) {
	t.Parallel()
	now := func() time.Time { return time.Unix(1_770_000_000, 0) }
	k := pushKey(t)
	s := notifytest.Push(t, k.Public(), now)
	n, err := notify.ByPush(notify.PushOptions{Key: k, Hosts: []string{"127.0.0.1"}, Contact: "mailto:office@example.cn", Client: s.Client(), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Check(t.Context()); err != nil {
		t.Error(err)
	}
	m := notify.Message{ID: "1", Channel: notify.Push, Kind: notify.One, To: s.Subscription(), Name: "邛崃市", Text: "QL-2026-004217 有新消息", Link: "https://town.example/matters/QL-2026-004217"}
	for _, words := range []string{m.Text, "1 条", strings.Repeat("长", 300)} {
		m.Text = words
		if err := n.Send(t.Context(), m); err != nil {
			t.Fatalf("%v, %v", err, s.Refused)
		}
		if got := s.Shown(); got[len(got)-1]["body"] != words || got[0]["title"] != "邛崃市" || got[0]["url"] != m.Link {
			t.Errorf("shown: %v", got)
		}
	}
	if len(slices.Compact(slices.Clone(s.Sizes))) != 1 {
		t.Errorf("the length says what is inside: %v", s.Sizes)
	}
	for code, want := range map[int]notify.Outcome{404: notify.Nobody, 410: notify.Nobody, 413: notify.Never, 403: notify.Later, 400: notify.Later, 429: notify.Limited, 503: notify.Later, 500: notify.Unknown} {
		s.Answer(code)
		err := n.Send(t.Context(), m)
		if f := notify.FaultOf(err); err == nil || f.Is != want {
			t.Errorf("%d: %v, want %s", code, err, want)
		} else if strings.Contains(err.Error(), "/push/abc") {
			t.Errorf("the fault has the address: %v", err)
		}
	}
	m.To = strings.Replace(s.Subscription(), "127.0.0.1", "push.somebody.example", 1)
	if f := notify.FaultOf(n.Send(t.Context(), m)); f.Is != notify.Nobody || notify.Takes(n, m.To) {
		t.Errorf("a service that is none of ours: %v", f)
	}
	if slow := notify.Slowed(n, 5); !notify.Takes(slow, s.Subscription()) || notify.Takes(slow, m.To) || notify.Takes(slow, "{}") {
		t.Error("what it takes")
	}
}

func TestPushHosts(t *testing.T) {
	t.Parallel()
	k := pushKey(t)
	s := notifytest.Push(t, k.Public(), time.Now)
	for host, want := range map[string]bool{"*.notify.windows.com": false, "fcm.googleapis.com": false, "127.0.0.1": true, "*.0.0.1": true, "*0.0.1": false} {
		n, err := notify.ByPush(notify.PushOptions{Key: k, Hosts: []string{host}, Contact: "mailto:a@example.cn"})
		if err != nil {
			t.Fatal(err)
		}
		if notify.Takes(n, s.Subscription()) != want {
			t.Errorf("%s", host)
		}
	}
	// a service within the town's own network is not asked, whatever its name says
	n, err := notify.ByPush(notify.PushOptions{Key: k, Hosts: []string{"127.0.0.1"}, Contact: "mailto:a@example.cn"})
	if err != nil {
		t.Fatal(err)
	}
	if f := notify.FaultOf(n.Send(t.Context(), notify.Message{To: s.Subscription(), Text: "x"})); f.Is != notify.Later || len(s.Shown()) != 0 {
		t.Errorf("%v", f)
	}
}

func TestPushRefuses(t *testing.T) {
	t.Parallel()
	k := pushKey(t)
	if again := pushKey(t); again.Public() != k.Public() || len(k.Public()) != 87 {
		t.Errorf("%s, %s", k.Public(), again.Public())
	}
	if _, err := notify.NewPushKey([]byte("short")); err == nil {
		t.Error("a short secret was taken")
	}
	good := notifytest.Push(t, k.Public(), time.Now).Subscription()
	if _, err := notify.ReadPush(good); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"", "x", "{}", strings.Replace(good, "https:", "http:", 1), strings.Replace(good, `"auth":"MDEy`, `"auth":"`, 1),
		strings.Replace(good, `"p256dh":"B`, `"p256dh":"A`, 1), strings.Replace(good, "https://", "https://me:pw@", 1), good + strings.Repeat(" ", 2000)} {
		if _, err := notify.ReadPush(bad); err == nil {
			t.Errorf("taken: %.60s", bad)
		}
	}
	for _, o := range []notify.PushOptions{{}, {Key: k, Contact: "mailto:a@b.cn"}, {Key: k, Hosts: []string{"x"}, Contact: "somebody"}} {
		if _, err := notify.ByPush(o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}
