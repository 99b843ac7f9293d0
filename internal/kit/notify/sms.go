// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// SMSOptions are a gateway that takes texts to telephones over HTTP. In URL,
// Headers, Body and SignText a name in braces stands for what it names: to, text,
// link, id, kind, template, params (a JSON object), list (a JSON array), key, sign,
// nonce, unix, millis, iso, date, and the message's facts; each is written as its
// place needs it.
type SMSOptions struct {
	URL     string
	Method  string // default POST
	Headers string // "Name: value; Name: value"
	Body    string // JSON if it begins with {, else the fields of a form
	// Templates are the gateway's own templates, by the kind of message:
	// "SMS_1001: number={number}, state={state}". Without one the words are sent.
	Templates map[Kind]string
	Sign      string // "", hmac-sha1, hmac-sha256, aliyun, tencent
	SignText  string // what the two hmacs sign
	SignAs    string // hex, or base64
	Key       string // which names the account
	Secret    string // which signs
	// OK says how a message that was taken is told: "Code=OK" is a place in a JSON
	// answer and what stands there, "~^0," a pattern that the answer fits; "" is any
	// answer with a code from 200 to 299.
	OK      string
	Error   string // where else in a JSON answer a code may stand
	Nobody  string // the codes, with commas between, that mean that nobody is there
	Never   string // that the message will never be taken
	Limited string // too many at once
	Timeout time.Duration
	Now     func() time.Time // default time.Now
	Nonce   func() string    // default: by chance
}

// The ways to sign.
const (
	signSHA1    = "hmac-sha1"
	signSHA256  = "hmac-sha256"
	signAliyun  = "aliyun"
	signTencent = "tencent"
)

type gateway struct {
	o         SMSOptions
	client    *http.Client
	headers   [][2]string
	templates map[Kind]gatewayTemplate
	okPath    []string
	okValue   string
	okPattern *regexp.Regexp
	isJSON    bool
}

// A gatewayTemplate is a template that the gateway keeps, and what it is given.
type gatewayTemplate struct {
	id     string
	params []field
}

// BySMS is a Notifier to telephones by a gateway.
func BySMS(o SMSOptions) (Notifier, error) {
	g := &gateway{o: o, client: newClient(o.Timeout), templates: map[Kind]gatewayTemplate{}}
	u, err := url.Parse(fill(o.URL, map[string]string{}, nil))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("url: no address such as https://sms.example.cn/send")
	}
	if g.o.Method == "" {
		g.o.Method = http.MethodPost
	}
	if g.o.Method != http.MethodPost && g.o.Method != http.MethodGet && g.o.Method != http.MethodPut {
		return nil, fmt.Errorf("method: %q is none of POST, GET, PUT", o.Method)
	}
	for part := range strings.SplitSeq(o.Headers, ";") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		name, value, ok := strings.Cut(part, ":")
		if !ok || strings.TrimSpace(name) == "" {
			return nil, fmt.Errorf("headers: %q is no header such as X-App: town", strings.TrimSpace(part))
		}
		g.headers = append(g.headers, [2]string{strings.TrimSpace(name), strings.TrimSpace(value)})
	}
	switch o.Sign {
	case "", signAliyun, signTencent:
	case signSHA1, signSHA256:
		if o.SignText == "" || o.SignAs != "hex" && o.SignAs != "base64" {
			return nil, errors.New("sign_text, sign_as: a signature needs what it signs, and whether it is written as hex or base64")
		}
	default:
		return nil, fmt.Errorf("sign: %q is none of hmac-sha1, hmac-sha256, aliyun, tencent", o.Sign)
	}
	if o.Sign != "" && o.Secret == "" {
		return nil, errors.New("secret: a signature needs one")
	}
	inner, braced := strings.CutPrefix(strings.TrimSpace(o.Body), "{")
	g.isJSON = braced && strings.HasPrefix(strings.TrimSpace(inner), `"`)
	if o.Sign == signAliyun && g.isJSON {
		return nil, errors.New("body: what is signed in Aliyun's way is a form")
	}
	if err := g.readAnswer(); err != nil {
		return nil, err
	}
	for k, s := range o.Templates {
		if s == "" {
			continue
		}
		name, params, _ := strings.Cut(s, ":")
		fs, err := readFields(params)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k, err)
		}
		g.templates[k] = gatewayTemplate{strings.TrimSpace(name), fs}
	}
	if g.o.Now == nil {
		g.o.Now = time.Now
	}
	if g.o.Nonce == nil {
		g.o.Nonce = rand.Text
	}
	return g, nil
}

// readAnswer reads how an answer is to be understood.
func (g *gateway) readAnswer() error {
	switch pattern, is := strings.CutPrefix(g.o.OK, "~"); {
	case g.o.OK == "":
	case is:
		re, err := regexp.Compile(pattern)
		if err != nil {
			return fmt.Errorf("ok: %q is no pattern", pattern)
		}
		g.okPattern = re
	default:
		path, value, ok := strings.Cut(g.o.OK, "=")
		if !ok || path == "" {
			return fmt.Errorf("ok: %q is neither a place and its value such as Code=OK, nor a pattern behind ~", g.o.OK)
		}
		g.okPath, g.okValue = strings.Split(path, "."), value
	}
	return nil
}

// Check can say no more than that the settings make sense: a gateway has no way to
// ask without sending.
func (*gateway) Check(context.Context) error { return nil }

func (g *gateway) Send(ctx context.Context, m Message) error {
	r, f := g.request(ctx, m)
	if f != nil {
		return f
	}
	body, code, f := ask(g.client, r, m.To)
	if f != nil {
		return f
	}
	return g.judge(r.URL.Host, body, code, m.To)
}

// request writes the request of a message.
func (g *gateway) request(ctx context.Context, m Message) (*http.Request, *Fault) {
	now := g.o.Now()
	v := m.values()
	moments(v, now)
	t := g.templates[m.Kind]
	params, list := map[string]string{}, []string{}
	for _, p := range t.params {
		s := fill(p.words, v, nil)
		params[p.name], list = s, append(list, s)
	}
	object, err := json.Marshal(params)
	if err != nil {
		return nil, fault(Never, "", "the message cannot be written: %v", err)
	}
	array, err := json.Marshal(list)
	if err != nil {
		return nil, fault(Never, "", "the message cannot be written: %v", err)
	}
	v["template"], v["params"], v["key"], v["nonce"] = t.id, string(object), g.o.Key, g.o.Nonce()

	write := func(template string) string {
		if g.isJSON {
			return fill(strings.ReplaceAll(template, "{list}", string(array)), v, inJSON)
		}
		v["list"] = string(array)
		return fill(template, v, url.QueryEscape)
	}
	body := ""
	switch g.o.Sign {
	case signSHA1, signSHA256:
		if strings.Contains(g.o.SignText, "{body}") {
			body = write(g.o.Body)
			v["body"] = body
		}
		v["sign"] = hmacText(g.o.Sign, g.o.SignAs, g.o.Secret, fill(g.o.SignText, v, nil))
		if v["body"] == "" {
			body = write(g.o.Body)
		}
		delete(v, "body")
	case signAliyun:
		if body, err = aliyunForm(g.o.Method, write(g.o.Body), g.o.Key, g.o.Secret, v["nonce"], v["iso"]); err != nil {
			return nil, fault(Later, "", "the body is no form: %v", err)
		}
	default:
		body = write(g.o.Body)
	}
	r, err := http.NewRequestWithContext(ctx, g.o.Method, fill(g.o.URL, v, url.QueryEscape), strings.NewReader(body))
	if err != nil {
		return nil, fault(Later, "", "the address of the gateway makes no sense")
	}
	if body != "" {
		r.Header.Set("Content-Type", map[bool]string{true: "application/json; charset=utf-8", false: "application/x-www-form-urlencoded"}[g.isJSON])
	}
	for _, h := range g.headers {
		r.Header.Set(h[0], strings.Map(func(c rune) rune {
			if c < ' ' || c == 0x7F {
				return ' '
			}
			return c
		}, fill(h[1], v, nil)))
	}
	if g.o.Sign == signTencent {
		tencentSign(r, body, g.o.Key, g.o.Secret, now)
	}
	return r, nil
}

// judge reads the answer.
func (g *gateway) judge(host string, body []byte, code int, to string) error {
	refused := func(what string) error {
		is := Later
		for list, o := range map[string]Outcome{g.o.Nobody: Nobody, g.o.Never: Never, g.o.Limited: Limited} {
			if what != "" && listed(list, what) {
				is = o
			}
		}
		return fault(is, what, "%s: %s", host, scrub(string(body), to))
	}
	if g.okPattern != nil {
		if code < 300 && g.okPattern.Match(body) {
			return nil
		}
		return refused(strings.TrimSpace(string(body)))
	}
	var v any
	parsed := json.Unmarshal(body, &v) == nil
	switch {
	case g.okPath == nil && code < 300:
		return nil
	case code >= 300 && !parsed:
		return fault(Later, fmt.Sprint(code), "%s answered %d: %s", host, code, scrub(string(body), to))
	case !parsed:
		return fault(Unknown, "", "%s answered what nobody can read", host)
	}
	if g.okPath != nil {
		what, ok := at(v, g.okPath)
		if ok && what == g.okValue && code < 300 {
			return nil
		}
		if ok && what != g.okValue {
			return refused(what)
		}
	}
	if g.o.Error != "" {
		if what, ok := at(v, strings.Split(g.o.Error, ".")); ok {
			return refused(what)
		}
	}
	return refused("")
}

// listed reports whether a list with commas between names a code.
func listed(list, code string) bool {
	for s := range strings.SplitSeq(list, ",") {
		if strings.TrimSpace(s) == code {
			return true
		}
	}
	return false
}

// at is what stands at a place in a JSON value, as text.
func at(v any, path []string) (string, bool) {
	for _, name := range path {
		switch x := v.(type) {
		case map[string]any:
			v = x[name]
		case []any:
			i := -1
			if _, err := fmt.Sscanf(name, "%d", &i); err != nil || i < 0 || i >= len(x) {
				return "", false
			}
			v = x[i]
		default:
			return "", false
		}
	}
	switch x := v.(type) {
	case nil, map[string]any, []any:
		return "", false
	case string:
		return x, true
	default:
		return fmt.Sprint(x), true
	}
}
