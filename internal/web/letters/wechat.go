// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"crypto/sha1" //nolint:gosec // WeChat signs by it
	"crypto/subtle"
	"encoding/hex"
	"encoding/xml"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
)

// wechatPath is where WeChat hands on what people send to the public account.
const wechatPath = "/wechat"

// wechatFresh is how old a request of WeChat may be: what was recorded cannot be
// played back for long, and binds nothing twice.
const wechatFresh = 10 * time.Minute

// signed reports whether a request is WeChat's: whoever knows the token.
func (c *Counter) signed(r *http.Request) bool {
	q := r.URL.Query()
	parts := []string{c.WeChat.Token, q.Get("timestamp"), q.Get("nonce")}
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	if subtle.ConstantTimeCompare([]byte(hex.EncodeToString(sum[:])), []byte(q.Get("signature"))) != 1 {
		return false
	}
	unix, err := strconv.ParseInt(q.Get("timestamp"), 10, 64)
	now := time.Now
	if c.WeChat.Now != nil {
		now = c.WeChat.Now
	}
	return err == nil && now().Sub(time.Unix(unix, 0)).Abs() < wechatFresh
}

// hello is what WeChat asks once, when the address is set up there.
func (c *Counter) hello(w http.ResponseWriter, r *http.Request) {
	if !c.signed(r) {
		http.Error(w, "not signed", http.StatusForbidden)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, r.URL.Query().Get("echostr"))
}

// heard is what somebody sent, as WeChat hands it on.
type heard struct {
	To      string `xml:"ToUserName"`
	From    string `xml:"FromUserName"`
	Type    string `xml:"MsgType"`
	Content string `xml:"Content"`
}

// told is the answer.
type told struct {
	XMLName xml.Name `xml:"xml"`
	To      string   `xml:"ToUserName"`
	From    string   `xml:"FromUserName"`
	At      int64    `xml:"CreateTime"`
	Type    string   `xml:"MsgType"`
	Content string   `xml:"Content"`
}

// hear binds the account of whoever sends a code. Of what else people send nothing
// is kept; they are told where the town listens.
func (c *Counter) hear(w http.ResponseWriter, r *http.Request) {
	if !c.signed(r) {
		http.Error(w, "not signed", http.StatusForbidden)
		return
	}
	var in heard
	if err := xml.NewDecoder(io.LimitReader(r.Body, 64<<10)).Decode(&in); err != nil || in.From == "" {
		http.Error(w, "no message", http.StatusBadRequest)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	if in.Type != "text" {
		_, _ = io.WriteString(w, "success") // WeChat's word for: nothing to say
		return
	}
	lang, err := c.Letters.Bind(r.Context(), in.From, in.Content)
	key := "channel.wechat.bound"
	switch {
	case errs.KindOf(err) == errs.NotFound:
		key = "channel.wechat.what"
	case err != nil:
		http.Error(w, "try again", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	out := told{To: in.From, From: in.To, At: time.Now().Unix(), Type: "text", Content: i18n.T(lang, key)}
	_ = xml.NewEncoder(w).Encode(out) // whoever asked may have gone
}
