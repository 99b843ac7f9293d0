// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"crypto/subtle"
	"encoding/xml"
	"io"
	"net/http"
	"strconv"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/notify"
)

// wechatPath is where WeChat and WeChat Work hand on what people send to the public
// account or the application.
const wechatPath = "/wechat"

// wechatFresh is how old a request of WeChat may be: what was recorded cannot be
// played back for long, and binds nothing twice.
const wechatFresh = 10 * time.Minute

// A caller is one of the two services behind the address, and how it closed what it
// sent: nil if in no envelope (明文模式).
type caller struct {
	channel  notify.Channel
	envelope *notify.Envelope
}

// signed returns who asks; false if nobody we know, or too long ago. What is in an
// envelope is signed together with it. A public account for which a key is set up is
// believed in envelopes alone: the signature of a plain request says nothing about
// its words.
func (c *Counter) signed(r *http.Request, sealed string) (by caller, words []byte, ok bool) {
	q := r.URL.Query()
	at, nonce := q.Get("timestamp"), q.Get("nonce")
	unix, err := strconv.ParseInt(at, 10, 64)
	now := time.Now
	if c.WeChat.Now != nil {
		now = c.WeChat.Now
	}
	if err != nil || now().Sub(time.Unix(unix, 0)).Abs() >= wechatFresh {
		return by, nil, false
	}
	if sign := q.Get("msg_signature"); sign != "" && sealed != "" {
		for ch, e := range map[notify.Channel]*notify.Envelope{notify.WeChat: c.WeChat.Envelope, notify.WeCom: c.WeChat.Work} {
			if e == nil {
				continue
			}
			if words, err := e.Open(sign, at, nonce, sealed); err == nil {
				return caller{ch, e}, words, true
			}
		}
		if c.WeChat.Envelope != nil {
			return by, nil, false
		}
	}
	if c.WeChat.Token == "" || subtle.ConstantTimeCompare([]byte(notify.WeChatSign(c.WeChat.Token, at, nonce)), []byte(q.Get("signature"))) != 1 {
		return by, nil, false
	}
	return caller{channel: notify.WeChat}, nil, true
}

// hello is what WeChat asks once, when the address is set up there. WeChat Work asks
// it in an envelope, and wants to read what was inside.
func (c *Counter) hello(w http.ResponseWriter, r *http.Request) {
	echo := r.URL.Query().Get("echostr")
	_, words, ok := c.signed(r, echo)
	if !ok {
		http.Error(w, "not signed", http.StatusForbidden)
		return
	}
	if words != nil {
		echo = string(words)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, echo)
}

// heard is what somebody sent, as WeChat hands it on: in the open, in an envelope,
// or, while an account goes over from one to the other (兼容模式), both.
type heard struct {
	To      string `xml:"ToUserName"`
	From    string `xml:"FromUserName"`
	Type    string `xml:"MsgType"`
	Content string `xml:"Content"`
	Encrypt string `xml:"Encrypt"`
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

// closed is an answer in an envelope.
type closed struct {
	XMLName   xml.Name `xml:"xml"`
	Encrypt   string   `xml:"Encrypt"`
	Signature string   `xml:"MsgSignature"`
	At        string   `xml:"TimeStamp"`
	Nonce     string   `xml:"Nonce"`
}

// hear binds the account of whoever sends a code. Of what else people send nothing
// is kept; they are told where the town listens.
func (c *Counter) hear(w http.ResponseWriter, r *http.Request) {
	var in heard
	broken := xml.NewDecoder(io.LimitReader(r.Body, 64<<10)).Decode(&in) != nil
	by, words, ok := c.signed(r, in.Encrypt)
	if ok && by.envelope == nil && c.WeChat.Envelope != nil { // in the open, where it should not be
		ok = false
	}
	if !ok {
		http.Error(w, "not signed", http.StatusForbidden)
		return
	}
	if by.envelope != nil {
		in = heard{}
		broken = xml.Unmarshal(words, &in) != nil
	}
	if broken || in.From == "" {
		http.Error(w, "no message", http.StatusBadRequest)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	if in.Type != "text" {
		_, _ = io.WriteString(w, "success") // WeChat's word for: nothing to say
		return
	}
	lang, err := c.Letters.Bind(r.Context(), by.channel, in.From, in.Content)
	key := "channel." + string(by.channel) + ".bound"
	switch {
	case errs.KindOf(err) == errs.NotFound:
		key = "channel." + string(by.channel) + ".what"
	case err != nil:
		http.Error(w, "try again", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	var out any = told{To: in.From, From: in.To, At: time.Now().Unix(), Type: "text", Content: i18n.T(lang, key)}
	if by.envelope != nil {
		b, err := xml.Marshal(out)
		if err != nil {
			http.Error(w, "try again", http.StatusServiceUnavailable)
			return
		}
		x := closed{At: r.URL.Query().Get("timestamp"), Nonce: r.URL.Query().Get("nonce")}
		x.Encrypt, x.Signature = by.envelope.Close(b, x.At, x.Nonce)
		out = x
	}
	_ = xml.NewEncoder(w).Encode(out) // whoever asked may have gone
}
