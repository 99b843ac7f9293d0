// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// WeComOptions are an application in WeChat Work.
type WeComOptions struct {
	Address string // of the interface; default https://qyapi.weixin.qq.com
	Corp    string // corpid
	Agent   string // agentid, a number
	Secret  string // corpsecret of the application
	Timeout time.Duration
	Now     func() time.Time // default time.Now
}

type weCom struct {
	o      WeComOptions
	agent  int
	client *http.Client
	token  token
}

// The codes of https://developer.work.weixin.qq.com/document/path/90313.
var weComSays = verdict{
	stale:   []int{40014, 41001, 42001},
	nobody:  []int{40003, 60111, 81013},
	never:   []int{40058, 44004, 45002},
	limited: []int{-1, 45009, 45033},
}

// ByWeCom is a Notifier to people in WeChat Work, by their userid there.
func ByWeCom(o WeComOptions) (Notifier, error) {
	agent, err := strconv.Atoi(o.Agent)
	if err != nil || o.Corp == "" || o.Secret == "" {
		return nil, errors.New("an application of WeChat Work has a corp, an agent, which is a number, and a secret")
	}
	if o.Address, err = base(o.Address, "https://qyapi.weixin.qq.com"); err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	w := &weCom{o: o, agent: agent, client: newClient(o.Timeout)}
	w.token.now, w.token.fetch = o.Now, w.fetch
	return w, nil
}

func (w *weCom) fetch(ctx context.Context, _ bool) (string, time.Duration, error) {
	q := url.Values{"corpid": {w.o.Corp}, "corpsecret": {w.o.Secret}}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.o.Address+"/cgi-bin/gettoken?"+q.Encode(), nil)
	if err != nil {
		return "", 0, err
	}
	var a tokenAnswer
	f := answer(w.client, r, "", &a)
	return a.of("WeChat Work", f)
}

func (w *weCom) Check(ctx context.Context) error {
	_, err := w.token.get(ctx, "")
	return err
}

func (w *weCom) Send(ctx context.Context, m Message) error {
	type text struct {
		Content string `json:"content"`
	}
	in := struct {
		To     string `json:"touser"`
		Type   string `json:"msgtype"`
		Agent  int    `json:"agentid"`
		Text   text   `json:"text"`
		Safe   int    `json:"safe"`
		Once   int    `json:"enable_duplicate_check"`
		Within int    `json:"duplicate_check_interval"`
	}{To: m.To, Type: "text", Agent: w.agent, Text: text{m.Text}, Once: 1, Within: 1800}
	var bad string
	s, f := withToken(ctx, &w.token, weComSays, func(tok string) (status, *Fault) {
		var a struct {
			status
			Invalid string `json:"invaliduser"`
		}
		f := post(ctx, w.client, w.o.Address+"/cgi-bin/message/send?access_token="+url.QueryEscape(tok), m.To, in, &a)
		bad = a.Invalid
		return a.status, f
	})
	switch {
	case f != nil:
		return f
	case s.Code != 0:
		return weComSays.fault("WeChat Work", s, m.To)
	case bad != "":
		return fault(Nobody, "invaliduser", "WeChat Work knows nobody by that name")
	}
	return nil
}
