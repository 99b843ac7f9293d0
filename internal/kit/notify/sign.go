// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // gateways ask for it
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

func mac(h func() hash.Hash, key []byte, text string) []byte {
	m := hmac.New(h, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

// hmacText is the signature of a text.
func hmacText(scheme, as, secret, text string) string {
	h := sha256.New
	if scheme == signSHA1 {
		h = sha1.New
	}
	sum := mac(h, []byte(secret), text)
	if as == "base64" {
		return base64.StdEncoding.EncodeToString(sum)
	}
	return hex.EncodeToString(sum)
}

// aliyunForm adds to a form what Aliyun's RPC interface asks for, and the
// signature over it all.
func aliyunForm(method, form, key, secret, nonce, iso string) (string, error) {
	v, err := url.ParseQuery(form)
	if err != nil {
		return "", err
	}
	v.Set("AccessKeyId", key)
	if v.Get("Format") == "" {
		v.Set("Format", "JSON")
	}
	v.Set("SignatureMethod", "HMAC-SHA1")
	v.Set("SignatureVersion", "1.0")
	v.Set("SignatureNonce", nonce)
	v.Set("Timestamp", iso)
	v.Set("Signature", aliyunSignature(method, v, secret))
	return v.Encode(), nil
}

func aliyunSignature(method string, v url.Values, secret string) string {
	var names, parts []string
	for name := range v {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		parts = append(parts, percent(name)+"="+percent(v.Get(name)))
	}
	text := method + "&" + percent("/") + "&" + percent(strings.Join(parts, "&"))
	return base64.StdEncoding.EncodeToString(mac(sha1.New, []byte(secret+"&"), text))
}

// percent is RFC 3986's way, which differs from a form's in three characters.
func percent(s string) string {
	return strings.NewReplacer("+", "%20", "*", "%2A", "%7E", "~").Replace(url.QueryEscape(s))
}

// tencentSign signs a request by TC3-HMAC-SHA256.
func tencentSign(r *http.Request, body, key, secret string, now time.Time) {
	unix, day := strconv.FormatInt(now.Unix(), 10), now.UTC().Format("2006-01-02")
	service, _, _ := strings.Cut(r.URL.Hostname(), ".")
	r.Header.Set("X-TC-Timestamp", unix)
	kind := r.Header.Get("Content-Type")
	sum := func(s string) string {
		h := sha256.Sum256([]byte(s))
		return hex.EncodeToString(h[:])
	}
	canonical := strings.Join([]string{r.Method, "/", r.URL.RawQuery, "content-type:" + kind, "host:" + r.URL.Host, "", "content-type;host", sum(body)}, "\n")
	within := day + "/" + service + "/tc3_request"
	text := "TC3-HMAC-SHA256\n" + unix + "\n" + within + "\n" + sum(canonical)
	k := mac(sha256.New, mac(sha256.New, mac(sha256.New, []byte("TC3"+secret), day), service), "tc3_request")
	r.Header.Set("Authorization", "TC3-HMAC-SHA256 Credential="+key+"/"+within+", SignedHeaders=content-type;host, Signature="+hex.EncodeToString(mac(sha256.New, k, text)))
}
