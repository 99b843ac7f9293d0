// SPDX-License-Identifier: Apache-2.0

package app

import (
	"fmt"
	"strings"

	"yuanba/internal/kit/notify"
)

// SMS is the gateway that takes texts to telephones, over HTTP. Without a URL none
// are sent, and nobody can sign in by a code. In URL, Headers, Body and SignText a
// name in braces stands for what it names; docs/operating.md lists them.
type SMS struct {
	// URL is where the gateway listens.
	URL string `toml:"url" secret:"true"`
	// Method is POST, GET or PUT.
	Method string `toml:"method" default:"POST"`
	// Headers are "Name: value; Name: value".
	Headers string `toml:"headers" secret:"true"`
	// Body is what is sent: JSON, or the fields of a form.
	Body string `toml:"body" secret:"true"`
	// One, Many and Code are the gateway's own templates for one piece of news,
	// several, and a code to sign in with, with what they are given: "SMS_1001: number={number}".
	// Where one is empty the words are sent.
	One  string `toml:"one"`
	Many string `toml:"many"`
	Code string `toml:"code"`
	// Sign is how requests are signed: hmac-sha1, hmac-sha256, aliyun, tencent; empty: not.
	Sign string `toml:"sign"`
	// SignText is what the two hmacs sign.
	SignText string `toml:"sign_text"`
	// SignAs is how they write it: hex or base64.
	SignAs string `toml:"sign_as" default:"hex"`
	// Key names the account.
	Key string `toml:"key"`
	// Secret signs.
	Secret string `toml:"secret" secret:"true"`
	// OK is how an answer says that the text was taken: "Code=OK", a place in JSON and
	// what stands there, or "~^0,", a pattern. Empty: any answer from 200 to 299.
	OK string `toml:"ok"`
	// Error is where else in a JSON answer a code may stand.
	Error string `toml:"error"`
	// Nobody are the codes, with commas between, that mean that nobody is there.
	Nobody string `toml:"nobody"`
	// Never are those that mean that the text will never be taken.
	Never string `toml:"never"`
	// Limited are those that mean too many at once.
	Limited string `toml:"limited"`
	// Rate is how many texts are sent a second.
	Rate float64 `toml:"rate" default:"10"`
}

// WeCom is an application in WeChat Work (企业微信) that writes to staff. Without a
// Corp it does not.
type WeCom struct {
	// Corp is the corpid.
	Corp string `toml:"corp"`
	// Agent is the agentid of the application.
	Agent string `toml:"agent"`
	// Secret is the application's.
	Secret string `toml:"secret" secret:"true"`
	// Token is what WeChat Work signs with what it hands on to /wechat; empty: nothing.
	Token string `toml:"token" secret:"true"`
	// AESKey is the EncodingAESKey in which it closes that.
	AESKey string `toml:"aes_key" secret:"true"`
	// Address is the interface's; empty: Tencent's own.
	Address string `toml:"address"`
	// Rate is how many messages are sent a second.
	Rate float64 `toml:"rate" default:"10"`
}

// WeChat is a public account (公众号) that writes to residents. Without an App it
// does not.
type WeChat struct {
	// App is the appid.
	App string `toml:"app"`
	// Secret is the appsecret.
	Secret string `toml:"secret" secret:"true"`
	// Template is the ID of the template of its messages.
	Template string `toml:"template"`
	// Fields are the template's fields and what stands in them.
	Fields string `toml:"fields" default:"character_string1={number}, thing2={state}"`
	// Token is what WeChat signs its own requests with; they come to /wechat.
	Token string `toml:"token" secret:"true"`
	// AESKey is the EncodingAESKey of the safe and the compatible mode (安全模式,
	// 兼容模式); empty: the plain one.
	AESKey string `toml:"aes_key" secret:"true"`
	// Cards has the villages' pages signed for the browser inside WeChat, so that a page
	// says what its card shows when it is sent on. There, and nowhere else, such a page
	// loads WeChat's own script from res.wx.qq.com. It needs App and Secret alone.
	Cards bool `toml:"cards"`
	// Name is the account's name, for people who look for it.
	Name string `toml:"name"`
	// Address is the interface's; empty: Tencent's own.
	Address string `toml:"address"`
	// Rate is how many messages are sent a second.
	Rate float64 `toml:"rate" default:"10"`
}

// DingTalk is an application of the town's organisation in DingTalk (钉钉) that
// writes to staff. Without a Key it does not.
type DingTalk struct {
	// Key is the appkey.
	Key string `toml:"key"`
	// Secret is the appsecret.
	Secret string `toml:"secret" secret:"true"`
	// Agent is the agent_id.
	Agent string `toml:"agent"`
	// Address is the interface's; empty: DingTalk's own.
	Address string `toml:"address"`
	// Rate is how many messages are sent a second.
	Rate float64 `toml:"rate" default:"10"`
	// Robot is the webhook of a robot in the operators' group, which says there when
	// messages were given up. Empty: it does not.
	Robot string `toml:"robot" secret:"true"`
	// RobotSecret is what its requests are signed with.
	RobotSecret string `toml:"robot_secret" secret:"true"`
}

// Push reaches browsers through the push services of their makers. Without Hosts it
// does not.
type Push struct {
	// Hosts are the services that may be asked, with commas between; "*.example.com" is
	// any below it.
	Hosts string `toml:"hosts"`
	// Contact is whom they may ask: an address with https:// or mailto:; empty: the
	// town's own address.
	Contact string `toml:"contact"`
	// Rate is how many messages are sent a second.
	Rate float64 `toml:"rate" default:"10"`
}

func (p Push) hosts() (all []string) {
	for h := range strings.SplitSeq(p.Hosts, ",") {
		if h = strings.TrimSpace(h); h != "" {
			all = append(all, h)
		}
	}
	return all
}

// pushWay is the way to browsers, whose key follows from the secret.
func (c Config) pushWay(secret []byte) (notify.Notifier, error) {
	key, err := notify.NewPushKey(secret)
	if err != nil {
		return nil, fmt.Errorf("push: %w", err)
	}
	contact := c.Push.Contact
	if contact == "" {
		contact = c.Address()
	}
	n, err := notify.ByPush(notify.PushOptions{Key: key, Hosts: c.Push.hosts(), Contact: contact})
	if err != nil {
		return nil, fmt.Errorf("push: %w", err)
	}
	return notify.Slowed(n, c.Push.Rate), nil
}

// Ways are the channels that are set up, but for browsers, for which a key of the
// database is needed. The error names the first that makes no sense.
func (c Config) Ways() (map[notify.Channel]notify.Notifier, error) {
	ways := map[notify.Channel]notify.Notifier{}
	if sender, err := c.Mail.Sender(); err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	} else if sender != nil {
		ways[notify.Mail] = notify.ByMail(sender)
	}
	for _, w := range []struct {
		name string
		ch   notify.Channel
		set  bool
		rate float64
		open func() (notify.Notifier, error)
	}{
		{"sms", notify.SMS, c.SMS.URL != "", c.SMS.Rate, c.SMS.notifier},
		{"wecom", notify.WeCom, c.WeCom.Corp != "", c.WeCom.Rate, func() (notify.Notifier, error) {
			if _, err := c.WeCom.envelope(); err != nil {
				return nil, err
			}
			return notify.ByWeCom(notify.WeComOptions{Address: c.WeCom.Address, Corp: c.WeCom.Corp, Agent: c.WeCom.Agent, Secret: c.WeCom.Secret})
		}},
		{"wechat", notify.WeChat, c.WeChat.App != "", c.WeChat.Rate, func() (notify.Notifier, error) {
			if c.WeChat.Token == "" {
				return nil, fmt.Errorf("token: without one nobody can bind their account")
			}
			if _, err := c.WeChat.envelope(); err != nil {
				return nil, err
			}
			return notify.ByWeChat(notify.WeChatOptions{Address: c.WeChat.Address, App: c.WeChat.App, Secret: c.WeChat.Secret, Template: c.WeChat.Template, Fields: c.WeChat.Fields})
		}},
		{"dingtalk", notify.DingTalk, c.DingTalk.Key != "", c.DingTalk.Rate, func() (notify.Notifier, error) {
			return notify.ByDingTalk(notify.DingTalkOptions{Address: c.DingTalk.Address, Key: c.DingTalk.Key, Secret: c.DingTalk.Secret, Agent: c.DingTalk.Agent})
		}},
	} {
		if !w.set {
			continue
		}
		n, err := w.open()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", w.name, err)
		}
		ways[w.ch] = notify.Slowed(n, w.rate)
	}
	if len(c.Push.hosts()) > 0 {
		if _, err := c.pushWay(make([]byte, 32)); err != nil { // with any key
			return nil, err
		}
	}
	return ways, nil
}

// envelope is what WeChat Work closes its words in; nil if it hands on none.
func (w WeCom) envelope() (*notify.Envelope, error) {
	if w.Token == "" && w.AESKey == "" || w.Corp == "" {
		return nil, nil
	}
	return envelopeOf(w.Token, w.AESKey, w.Corp)
}

// envelope is what the public account closes its words in; nil in plain text mode.
func (w WeChat) envelope() (*notify.Envelope, error) {
	if w.AESKey == "" || w.App == "" {
		return nil, nil
	}
	return envelopeOf(w.Token, w.AESKey, w.App)
}

func envelopeOf(token, key, of string) (*notify.Envelope, error) {
	e, err := notify.NewEnvelope(token, key, of)
	if err != nil {
		return nil, fmt.Errorf("aes_key: %w", err)
	}
	return e, nil
}

// AlarmWay tells the operators; nil if nothing is set up for it.
func (c Config) AlarmWay() (notify.Notifier, error) {
	if c.DingTalk.Robot == "" {
		return nil, nil
	}
	n, err := notify.ByRobot(notify.RobotOptions{Address: c.DingTalk.Robot, Secret: c.DingTalk.RobotSecret})
	if err != nil {
		return nil, fmt.Errorf("dingtalk.robot: %w", err)
	}
	return n, nil
}

func (s SMS) notifier() (notify.Notifier, error) {
	return notify.BySMS(notify.SMSOptions{
		URL: s.URL, Method: s.Method, Headers: s.Headers, Body: s.Body, Sign: s.Sign, SignText: s.SignText, SignAs: s.SignAs, Key: s.Key, Secret: s.Secret,
		Templates: map[notify.Kind]string{notify.One: s.One, notify.Many: s.Many, notify.Code: s.Code},
		OK:        s.OK, Error: s.Error, Nobody: s.Nobody, Never: s.Never, Limited: s.Limited,
	})
}
