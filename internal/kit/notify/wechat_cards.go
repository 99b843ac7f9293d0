// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"crypto/sha1" //nolint:gosec // the signature that WeChat's documents ask for
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// JSTickets signs pages for the browser inside WeChat, so that a page may say what its
// card shows when it is sent on (JS-SDK, wx.config).
type JSTickets struct {
	w      *weChat
	ticket token
}

// A JSConfig is what wx.config is called with.
type JSConfig struct {
	App       string `json:"appId"`
	Timestamp int64  `json:"timestamp"`
	Nonce     string `json:"nonceStr"`
	Signature string `json:"signature"`
}

// NewJSTickets signs with the tickets of a public account, which needs no template for
// it.
func NewJSTickets(o WeChatOptions) (*JSTickets, error) {
	var err error
	if o.App == "" || o.Secret == "" {
		return nil, errors.New("a public account has an app and a secret")
	}
	if o.Address, err = base(o.Address, "https://api.weixin.qq.com"); err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	w := &weChat{o: o, client: newClient(o.Timeout)}
	w.token.now, w.token.fetch = o.Now, w.fetch
	t := &JSTickets{w: w}
	t.ticket.now, t.ticket.fetch = o.Now, t.fetch
	return t, nil
}

// fetch asks for the ticket, which lasts two hours and may be asked for seldom.
func (t *JSTickets) fetch(ctx context.Context, _ bool) (string, time.Duration, error) {
	var a struct {
		status
		Ticket string `json:"ticket"`
		Lasts  int    `json:"expires_in"`
	}
	s, f := withToken(ctx, &t.w.token, weChatSays, func(tok string) (status, *Fault) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, t.w.o.Address+"/cgi-bin/ticket/getticket?type=jsapi&access_token="+url.QueryEscape(tok), nil)
		if err != nil {
			return status{}, fault(Later, "", "the address of the service makes no sense")
		}
		f := answer(t.w.client, r, "", &a)
		return a.status, f
	})
	switch {
	case f != nil:
		return "", 0, f
	case s.Code != 0 || a.Ticket == "":
		return "", 0, fault(Later, strconv.Itoa(s.Code), "WeChat gives no ticket: %d", s.Code)
	}
	return a.Ticket, time.Duration(a.Lasts) * time.Second, nil
}

// Config signs a page's address, without what stands behind a #, with a nonce.
func (t *JSTickets) Config(ctx context.Context, address, nonce string) (JSConfig, error) {
	ticket, err := t.ticket.get(ctx, "")
	if err != nil {
		return JSConfig{}, err
	}
	address, _, _ = strings.Cut(address, "#")
	c := JSConfig{App: t.w.o.App, Timestamp: t.w.o.Now().Unix(), Nonce: nonce}
	c.Signature = JSSign(ticket, c.Nonce, c.Timestamp, address)
	return c, nil
}

// JSSign is the signature of WeChat's JS-SDK: the SHA-1 of the four values in the order
// of their names.
func JSSign(ticket, nonce string, timestamp int64, address string) string {
	sum := sha1.Sum([]byte("jsapi_ticket=" + ticket + "&noncestr=" + nonce + "&timestamp=" + strconv.FormatInt(timestamp, 10) + "&url=" + address)) //nolint:gosec // as above
	return hex.EncodeToString(sum[:])
}
