// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"context"
	_ "embed"
	"encoding/json"
	"net/http"
	"strings"

	"yuanba/internal/domain/affairs"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/notify"
	"yuanba/internal/web/page"
	"yuanba/internal/web/static"
)

//go:embed wechat.js
var cardScript []byte

var cardAddress = static.Add("wechat.js", cardScript)

// WeChatLibrary is WeChat's own script, which alone knows how to talk to its browser. It is
// asked for only there, and only where a public account is set up.
const WeChatLibrary = "https://res.wx.qq.com/open/js/jweixin-1.6.0.js"

// cardPolicy lets a page inside WeChat's browser load that script, and nothing else of
// another host.
const cardPolicy = "default-src 'none'; script-src 'self' https://res.wx.qq.com; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; media-src 'self' blob:; connect-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'"

// A Signer signs pages for the browser inside WeChat.
type Signer interface {
	Config(ctx context.Context, address, nonce string) (notify.JSConfig, error)
}

// share gives a page its card. Only what everybody may read is on it: the name of the
// place, its greeting, its picture.
func (c *Counter) share(w http.ResponseWriter, r *http.Request, b page.Base, pg affairs.Page, title, words string) page.Base {
	s := &page.Share{Title: title, Words: words, Address: c.Address + r.URL.Path}
	if pg.Picture.Hash != "" {
		s.Picture = c.Address + "/papers/" + string(blob.Hash(pg.Picture.Hash).Small())
	}
	if c.WeChat != nil && strings.Contains(r.UserAgent(), "MicroMessenger") {
		s.Signed = "/wechat/card?path=" + r.URL.EscapedPath()
		w.Header().Set("Content-Security-Policy", cardPolicy)
		b = b.With(WeChatLibrary, cardAddress)
	}
	b.Share = s
	return b
}

// card answers with what wx.config is called with, for a page of this site. Without a
// public account there is none.
func (c *Counter) card(w http.ResponseWriter, r *http.Request) error {
	path := r.URL.Query().Get("path")
	if c.WeChat == nil || !strings.HasPrefix(path, "/affairs/") && !strings.HasPrefix(path, "/notices/") {
		return errs.New(errs.NotFound, "affairs.none")
	}
	conf, err := c.WeChat.Config(r.Context(), c.Address+path, c.Nonce())
	if err != nil {
		return errs.New(errs.Busy, "affairs.card") // the page is read without it
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(conf)
}
