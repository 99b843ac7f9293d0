// SPDX-License-Identifier: Apache-2.0

package notify_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"yuanba/internal/kit/notify"
)

// The example of WeChat's own documents of the JS-SDK.
func TestJSSign(t *testing.T) {
	t.Parallel()
	got := notify.JSSign("sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg", "Wm3WZYTPz0wzccnW", 1414587457, "http://mp.weixin.qq.com?params=value")
	if want := "0f9de62fce790f9a083d5c99e95740ceb90c27ed"; got != want {
		t.Errorf("the signature is %s, want %s", got, want)
	}
}

func TestJSTickets(t *testing.T) {
	t.Parallel()
	tokens, tickets, stale := 0, 0, true
	fake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := map[string]any{}
		switch r.URL.Path {
		case "/cgi-bin/stable_token":
			tokens++
			answer["access_token"], answer["expires_in"] = "token", 7200
			if tokens > 1 {
				answer["access_token"] = "token2"
			}
		case "/cgi-bin/ticket/getticket":
			tickets++
			if r.URL.Query().Get("access_token") == "token" && stale {
				answer["errcode"] = 40001
				break
			}
			answer["errcode"], answer["ticket"], answer["expires_in"] = 0, "ticket", 7200
		}
		_ = json.NewEncoder(w).Encode(answer)
	}))
	t.Cleanup(fake.Close)
	now := time.Unix(1_700_000_000, 0)
	js, err := notify.NewJSTickets(notify.WeChatOptions{App: "wx1", Secret: "s", Address: fake.URL, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		c, err := js.Config(t.Context(), "https://town.example/affairs/7#top", "nonce")
		if err != nil {
			t.Fatal(err)
		}
		if want := notify.JSSign("ticket", "nonce", now.Unix(), "https://town.example/affairs/7"); c.App != "wx1" || c.Signature != want || c.Timestamp != now.Unix() {
			t.Errorf("the configuration is %+v, want the signature %s", c, want)
		}
	}
	if tokens != 2 || tickets != 2 {
		t.Errorf("asked for %d tokens and %d tickets, want 2 of each: a stale one and a good one, kept", tokens, tickets)
	}
	if _, err := notify.NewJSTickets(notify.WeChatOptions{App: "wx1"}); err == nil {
		t.Error("an account without a secret is taken")
	}
}
