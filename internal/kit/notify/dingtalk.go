// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// DingTalkOptions are an application inside an organisation of DingTalk.
type DingTalkOptions struct {
	Address string // of the interface; default https://oapi.dingtalk.com
	Key     string // appkey
	Secret  string // appsecret
	Agent   string // agent_id, a number
	Timeout time.Duration
	Now     func() time.Time // default time.Now
}

type dingTalk struct {
	o      DingTalkOptions
	agent  int64
	client *http.Client
	token  token
}

var dingTalkSays = verdict{
	stale:   []int{40001, 40014, 41001, 42001},
	nobody:  []int{33012, 60121},
	never:   []int{400002},
	limited: []int{-1, 88, 90002, 90018, 130101},
}

// ByDingTalk is a Notifier by work notices (工作通知), to people by their userid.
// DingTalk delivers them later: that it took one does not say that somebody by
// that name is there.
func ByDingTalk(o DingTalkOptions) (Notifier, error) {
	agent, err := strconv.ParseInt(o.Agent, 10, 64)
	if err != nil || o.Key == "" || o.Secret == "" {
		return nil, errors.New("an application of DingTalk has a key, a secret, and an agent, which is a number")
	}
	if o.Address, err = base(o.Address, "https://oapi.dingtalk.com"); err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	d := &dingTalk{o: o, agent: agent, client: newClient(o.Timeout)}
	d.token.now, d.token.fetch = o.Now, d.fetch
	return d, nil
}

func (d *dingTalk) fetch(ctx context.Context, _ bool) (string, time.Duration, error) {
	q := url.Values{"appkey": {d.o.Key}, "appsecret": {d.o.Secret}}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.o.Address+"/gettoken?"+q.Encode(), nil)
	if err != nil {
		return "", 0, err
	}
	var a tokenAnswer
	f := answer(d.client, r, "", &a)
	return a.of("DingTalk", f)
}

func (d *dingTalk) Check(ctx context.Context) error {
	_, err := d.token.get(ctx, "")
	return err
}

// dingText is a message of words alone.
type dingText struct {
	Type string `json:"msgtype"`
	Text struct {
		Content string `json:"content"`
	} `json:"text"`
}

func dingWords(s string) dingText {
	t := dingText{Type: "text"}
	t.Text.Content = s
	return t
}

func (d *dingTalk) Send(ctx context.Context, m Message) error {
	in := struct {
		Agent int64    `json:"agent_id"`
		To    string   `json:"userid_list"`
		Msg   dingText `json:"msg"`
	}{d.agent, m.To, dingWords(m.Text)}
	s, f := withToken(ctx, &d.token, dingTalkSays, func(tok string) (status, *Fault) {
		var a status
		f := post(ctx, d.client, d.o.Address+"/topapi/message/corpconversation/asyncsend_v2?access_token="+url.QueryEscape(tok), m.To, in, &a)
		return a, f
	})
	switch {
	case f != nil:
		return f
	case s.Code != 0:
		return dingTalkSays.fault("DingTalk", s, m.To)
	}
	return nil
}

// RobotOptions are a robot in a group of DingTalk.
type RobotOptions struct {
	Address string // its webhook, with the access_token in it
	Secret  string // of its signature (加签); "" does not sign
	Timeout time.Duration
	Now     func() time.Time // default time.Now
}

type robot struct {
	o      RobotOptions
	client *http.Client
}

// ByRobot is a Notifier to a group of DingTalk, whoever is in it; the To of a
// message says nothing there.
func ByRobot(o RobotOptions) (Notifier, error) {
	u, err := url.Parse(o.Address)
	if err != nil || u.Host == "" || u.Query().Get("access_token") == "" {
		return nil, errors.New("a robot's address begins with https:// and has an access_token")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &robot{o, newClient(o.Timeout)}, nil
}

// Check cannot say more than that the address makes sense: whatever is sent there
// everybody in the group would read.
func (*robot) Check(context.Context) error { return nil }

// robotSign signs a moment, as the robot's document says.
func robotSign(secret, millis string) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(millis + "\n" + secret))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

func (b *robot) Send(ctx context.Context, m Message) error {
	u, err := url.Parse(b.o.Address)
	if err != nil {
		return fault(Later, "", "the robot's address makes no sense")
	}
	if b.o.Secret != "" {
		q := u.Query()
		millis := strconv.FormatInt(b.o.Now().UnixMilli(), 10)
		q.Set("timestamp", millis)
		q.Set("sign", robotSign(b.o.Secret, millis))
		u.RawQuery = q.Encode()
	}
	var s status
	if f := post(ctx, b.client, u.String(), "", dingWords(m.Text), &s); f != nil {
		return f
	}
	if s.Code != 0 {
		return dingTalkSays.fault("DingTalk", s, "")
	}
	return nil
}
