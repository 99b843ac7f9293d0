// SPDX-License-Identifier: Apache-2.0

package notify_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/notify/notifytest"
)

const gatewayPhone = "19900000002"

func gateway(t *testing.T, o notify.SMSOptions) notify.Notifier {
	t.Helper()
	o.Timeout, o.Now, o.Nonce = 5*time.Second, func() time.Time { return moment }, func() string { return "nonce-1" }
	n, err := notify.BySMS(o)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func sum(key, text string) []byte {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(text))
	return h.Sum(nil)
}

// A government gateway: JSON, a signature over time, nonce and body in a header.
func TestGatewayWithHMAC(t *testing.T) {
	t.Parallel()
	const evil = `引号" 反斜线\ 换` + "\n" + `行 {to} <b>`
	s := notifytest.SMS(t, func(r *http.Request, body []byte) (string, string, string) {
		var in struct{ Mobile, Content, App string }
		if json.Unmarshal(body, &in) != nil {
			return "", "", "MALFORMED"
		}
		want := hex.EncodeToString(sum("geheim", r.Header.Get("X-Time")+"\nnonce-1\n"+string(body)))
		if r.Header.Get("X-Sign") != want || r.Header.Get("X-Time") != fmt.Sprint(moment.UnixMilli()) || in.App != "town" || r.Header.Get("Content-Type") != "application/json; charset=utf-8" {
			return "", "", "SIGN"
		}
		return in.Mobile, in.Content, "OK"
	})
	n := gateway(t, notify.SMSOptions{URL: s.Address + "/send", Headers: "X-Time: {millis}; X-Sign: {sign}", Body: `{"app": "{key}", "mobile": "{to}", "content": "{text}"}`,
		Sign: "hmac-sha256", SignText: "{millis}\n{nonce}\n{body}", SignAs: "hex", Key: "town", Secret: "geheim", OK: "code=OK", Nobody: "NOBODY, EMPTY", Never: "SPAM", Limited: "SLOW"})
	m := message(gatewayPhone)
	m.Text = evil
	if err := n.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if got := s.Taken(); len(got) != 1 || got[0].To != gatewayPhone || got[0].Text != evil {
		t.Errorf("%+v", got)
	}
	for code, is := range map[string]notify.Outcome{"NOBODY": notify.Nobody, "EMPTY": notify.Nobody, "SPAM": notify.Never, "SLOW": notify.Limited, "OTHER": notify.Later} {
		s.Set(notifytest.Rules{Code: 1, Words: code})
		if f := wants(t, n.Send(t.Context(), m), is); f.Code != code {
			t.Errorf("%s: code %s", code, f.Code)
		}
	}
	for _, c := range []struct {
		rules notifytest.Rules
		is    notify.Outcome
	}{
		{notifytest.Rules{Raw: "OK"}, notify.Unknown},
		{notifytest.Rules{Raw: `{"message":"19900000002 ?"}`}, notify.Later},
		{notifytest.Rules{Status: 429, Wait: time.Second}, notify.Limited},
		{notifytest.Rules{Status: 403, Raw: "forbidden for 19900000002"}, notify.Later},
		{notifytest.Rules{Status: 502}, notify.Unknown},
		{notifytest.Rules{BreakOff: true}, notify.Unknown},
	} {
		s.Set(c.rules)
		wants(t, n.Send(t.Context(), m), c.is)
	}
}

// A plain gateway: everything in the address, an answer that is a line.
func TestGatewayByGET(t *testing.T) {
	t.Parallel()
	s := notifytest.SMS(t, func(r *http.Request, _ []byte) (string, string, string) {
		q := r.URL.Query()
		if r.Method != http.MethodGet || q.Get("pw") != "p&w" {
			return "", "", "NO"
		}
		return q.Get("to"), q.Get("msg"), "OK"
	})
	n := gateway(t, notify.SMSOptions{URL: s.Address + "/send?to={to}&msg={text}&pw={key}", Method: http.MethodGet, Key: "p&w", OK: "~^0,"})
	s.Set(notifytest.Rules{Raw: "0,123456"})
	if err := n.Send(t.Context(), message(gatewayPhone)); err != nil {
		t.Fatal(err)
	}
	if got := s.Taken(); len(got) != 1 || got[0].To != gatewayPhone || got[0].Text != message("").Text {
		t.Errorf("%+v", got)
	}
	s.Set(notifytest.Rules{Raw: "-3,bad"})
	wants(t, n.Send(t.Context(), message(gatewayPhone)), notify.Later)
}

// As Aliyun documents its RPC interface.
func TestGatewayAsAliyun(t *testing.T) {
	t.Parallel()
	s := notifytest.SMS(t, func(r *http.Request, body []byte) (string, string, string) {
		v := notifytest.Form(body)
		var names []string
		for name := range v {
			if name != "Signature" {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		enc := func(s string) string {
			var b strings.Builder
			for _, c := range []byte(s) {
				if c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("-_.~", c) >= 0 {
					b.WriteByte(c)
				} else {
					fmt.Fprintf(&b, "%%%02X", c)
				}
			}
			return b.String()
		}
		var parts []string
		for _, name := range names {
			parts = append(parts, enc(name)+"="+enc(v.Get(name)))
		}
		h := hmac.New(sha1.New, []byte("geheim&"))
		h.Write([]byte("POST&%2F&" + enc(strings.Join(parts, "&"))))
		if v.Get("Signature") != base64.StdEncoding.EncodeToString(h.Sum(nil)) || v.Get("AccessKeyId") != "town" || v.Get("SignatureNonce") != "nonce-1" || v.Get("Timestamp") != "2026-03-02T09:30:00Z" {
			return "", "", "SignatureDoesNotMatch"
		}
		return v.Get("PhoneNumbers"), v.Get("TemplateCode") + v.Get("TemplateParam") + v.Get("SignName"), "OK"
	})
	n := gateway(t, notify.SMSOptions{URL: s.Address + "/send", Body: "Action=SendSms&Version=2017-05-25&PhoneNumbers={to}&SignName=邛崃市&TemplateCode={template}&TemplateParam={params}",
		Templates: map[notify.Kind]string{notify.One: "SMS_1: number={number}, state=现在{state} *~", notify.Code: "SMS_2: code={code}"}, Sign: "aliyun", Key: "town", Secret: "geheim", OK: "code=OK"})
	if err := n.Send(t.Context(), message(gatewayPhone)); err != nil {
		t.Fatal(err)
	}
	want := `SMS_1{"number":"QL-2026-000001","state":"现在已受理 *~"}邛崃市`
	if got := s.Taken(); len(got) != 1 || got[0].To != gatewayPhone || got[0].Text != want {
		t.Errorf("%+v", got)
	}
}

// As Tencent documents TC3-HMAC-SHA256.
func TestGatewayAsTencent(t *testing.T) {
	t.Parallel()
	s := notifytest.SMS(t, func(r *http.Request, body []byte) (string, string, string) {
		var in struct {
			PhoneNumberSet, TemplateParamSet []string
			TemplateID                       string `json:"TemplateId"`
		}
		if json.Unmarshal(body, &in) != nil || len(in.PhoneNumberSet) != 1 {
			return "", "", "InvalidParameter"
		}
		hash := func(b []byte) string { h := sha256.Sum256(b); return hex.EncodeToString(h[:]) }
		service, _, _ := strings.Cut(r.Host, ".")
		service, _, _ = strings.Cut(service, ":")
		canonical := "POST\n/\n\ncontent-type:application/json; charset=utf-8\nhost:" + r.Host + "\n\ncontent-type;host\n" + hash(body)
		within := "2026-03-02/" + service + "/tc3_request"
		text := "TC3-HMAC-SHA256\n" + r.Header.Get("X-TC-Timestamp") + "\n" + within + "\n" + hash([]byte(canonical))
		key := sum(string(sum(string(sum("TC3geheim", "2026-03-02")), service)), "tc3_request")
		want := "TC3-HMAC-SHA256 Credential=town/" + within + ", SignedHeaders=content-type;host, Signature=" + hex.EncodeToString(sum(string(key), text))
		if r.Header.Get("Authorization") != want || r.Header.Get("X-TC-Action") != "SendSms" {
			return "", "", "AuthFailure.SignatureFailure"
		}
		return in.PhoneNumberSet[0], in.TemplateID + strings.Join(in.TemplateParamSet, "|"), "OK"
	})
	n := gateway(t, notify.SMSOptions{URL: s.Address + "/send", Headers: "X-TC-Action: SendSms; X-TC-Version: 2021-01-11",
		Body:      `{"PhoneNumberSet": ["+86{to}"], "TemplateId": "{template}", "TemplateParamSet": {list}}`,
		Templates: map[notify.Kind]string{notify.One: "1001: 1={number}, 2={state}"}, Sign: "tencent", Key: "town", Secret: "geheim",
		OK: "Response.SendStatusSet.0.Code=Ok", Error: "Response.Error.Code", Nobody: "FailedOperation.PhoneNumberInBlacklist"})
	for answer, is := range map[string]notify.Outcome{
		`{"Response":{"SendStatusSet":[{"Code":"FailedOperation.PhoneNumberInBlacklist"}]}}`: notify.Nobody,
		`{"Response":{"Error":{"Code":"InternalError"}}}`:                                    notify.Later,
	} {
		s.Set(notifytest.Rules{Raw: answer})
		wants(t, n.Send(t.Context(), message(gatewayPhone)), is)
	}
	s.Set(notifytest.Rules{Raw: `{"Response":{"SendStatusSet":[{"Code":"Ok"}]}}`})
	if err := n.Send(t.Context(), message(gatewayPhone)); err != nil {
		t.Fatal(err)
	}
	if got := s.Taken(); len(got) != 3 || got[2].To != "+86"+gatewayPhone || got[2].Text != "1001QL-2026-000001|已受理" {
		t.Errorf("%+v", got)
	}
}
