// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"crypto/rand"
	"encoding/json"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"yuanba/internal/kit/hook"
	"yuanba/internal/web/gallery/gallerytest"
)

func TestGallery(t *testing.T) {
	t.Parallel()
	gallerytest.Check(t, "api/")
}

// The example on the page takes a message that the town signed, and no other.
func TestVerify(t *testing.T) {
	t.Parallel()
	secret, err := hook.NewSecret(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	type asked struct {
		Secret  string            `json:"secret"`
		Headers map[string]string `json:"headers"`
		Body    string            `json:"body"`
	}
	const body = `{"type":"matter.raise","data":{"title":"桥头的路灯不亮"}}`
	at := time.Now()
	message := func(secret string, at time.Time, body string) asked {
		seconds := strconv.FormatInt(at.Unix(), 10)
		signed, err := hook.Sign(secret, "38H3JADYYQ76P", seconds, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return asked{secret, map[string]string{"webhook-id": "38H3JADYYQ76P", "webhook-timestamp": seconds, "webhook-signature": "v1,AAAA " + signed}, body}
	}
	good, forged, late, other := message(secret, at, body), message(secret, at, body), message(secret, at.Add(-6*time.Minute), body), message(secret, at, body)
	forged.Body = strings.Replace(body, "不亮", "亮了", 1)
	other.Secret = "whsec_" + strings.Repeat("A", 44)
	in, err := json.Marshal([]asked{good, forged, late, other})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "--input-type=module", "-e", `
		import { verified } from './verify.mjs';
		const all = JSON.parse(process.argv[1]);
		console.log(JSON.stringify(all.map((m) => verified(m.secret, m.headers, Buffer.from(m.body)))));`, string(in))
	out, err := cmd.CombinedOutput()
	if got := strings.TrimSpace(string(out)); err != nil || got != "[true,false,false,false]" {
		t.Errorf("%s, %v", got, err)
	}
}
