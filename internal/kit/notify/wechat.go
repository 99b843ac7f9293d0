// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// WeChatOptions are a public account of WeChat.
type WeChatOptions struct {
	Address  string // of the interface; default https://api.weixin.qq.com
	App      string // appid
	Secret   string // appsecret
	Template string // the ID of the template of its messages
	// Fields are the template's fields and what stands in them, by the names of a
	// message's facts: "character_string1={number}, thing2={state}".
	Fields  string
	Timeout time.Duration
	Now     func() time.Time // default time.Now
}

type weChat struct {
	o      WeChatOptions
	fields []field
	client *http.Client
	token  token
}

// The codes of the public accounts' documents.
var weChatSays = verdict{
	stale:   []int{40001, 40014, 41001, 42001},
	nobody:  []int{40003, 43004, 43101},
	never:   []int{47003},
	limited: []int{-1, 45009, 45011},
}

// known is the code of a message that was taken before under the same ID.
const known = 45065

// ByWeChat is a Notifier to those who follow a public account, by their openid.
func ByWeChat(o WeChatOptions) (Notifier, error) {
	var err error
	if o.App == "" || o.Secret == "" || o.Template == "" {
		return nil, errors.New("a public account has an app, a secret and a template")
	}
	if o.Address, err = base(o.Address, "https://api.weixin.qq.com"); err != nil {
		return nil, err
	}
	fields, err := readFields(o.Fields)
	if err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	w := &weChat{o: o, fields: fields, client: newClient(o.Timeout)}
	w.token.now, w.token.fetch = o.Now, w.fetch
	return w, nil
}

// fetch asks for the stable token: the plain one would end that of every other
// process.
func (w *weChat) fetch(ctx context.Context, anew bool) (string, time.Duration, error) {
	in := struct {
		Grant  string `json:"grant_type"`
		App    string `json:"appid"`
		Secret string `json:"secret"`
		Anew   bool   `json:"force_refresh"`
	}{"client_credential", w.o.App, w.o.Secret, anew}
	var a tokenAnswer
	f := post(ctx, w.client, w.o.Address+"/cgi-bin/stable_token", "", in, &a)
	return a.of("WeChat", f)
}

func (w *weChat) Check(ctx context.Context) error {
	_, err := w.token.get(ctx, "")
	return err
}

// most is how many characters WeChat takes in a field.
const most = 20

func (w *weChat) Send(ctx context.Context, m Message) error {
	type value struct {
		Value string `json:"value"`
	}
	data := map[string]value{}
	for _, x := range w.fields {
		v := []rune(fill(x.words, m.values(), nil))
		if len(v) > most && len(x.name) > 5 && x.name[:5] == "thing" {
			v = append(v[:most-1], '…')
		}
		data[x.name] = value{string(v)}
	}
	in := struct {
		To       string           `json:"touser"`
		Template string           `json:"template_id"`
		URL      string           `json:"url,omitempty"`
		ID       string           `json:"client_msg_id,omitempty"`
		Data     map[string]value `json:"data"`
	}{m.To, w.o.Template, m.Link, m.ID, data}
	s, f := withToken(ctx, &w.token, weChatSays, func(tok string) (status, *Fault) {
		var a status
		f := post(ctx, w.client, w.o.Address+"/cgi-bin/message/template/send?access_token="+url.QueryEscape(tok), m.To, in, &a)
		return a, f
	})
	switch {
	case f != nil:
		return f
	case s.Code != 0 && s.Code != known:
		return weChatSays.fault("WeChat", s, m.To)
	}
	return nil
}
