// SPDX-License-Identifier: Apache-2.0

package v1

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// found answers a question: with 304 alone to whoever has this very answer.
func (c *call) found(out any) error {
	body, err := json.Marshal(out)
	if err != nil {
		return fmt.Errorf("answer of %s: %w", c.op.ID, err)
	}
	return c.bytes("application/json", body, tagOf(out, body))
}

func (c *call) bytes(kind string, body []byte, tag string) error {
	h := c.w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "public, no-cache")
	if c.keyed() {
		h.Set("Cache-Control", "private, no-cache")
	}
	if holds(c.r.Header.Get("If-None-Match"), tag) {
		c.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	c.w.WriteHeader(c.op.status)
	_, _ = c.w.Write(body) // nobody is left to be told
	return nil
}

// tagOf is the ETag of an answer. That of a matter begins with its version, which is
// all that If-Match looks at: the rest says in which language it is, and how much.
func tagOf(out any, body []byte) string {
	sum := sha256.Sum256(body)
	tag := hex.EncodeToString(sum[:8])
	if v, ok := out.(interface{ version() int }); ok {
		tag = strconv.Itoa(v.version()) + "-" + tag
	}
	return `"` + tag + `"`
}

// holds reports whether an If-None-Match names the tag.
func holds(header, tag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
		if one == "*" || one == tag {
			return true
		}
	}
	return false
}

// expected is the version that If-Match names; 0 if it names none.
func (c *call) expected() (int, error) {
	header := strings.TrimSpace(c.r.Header.Get("If-Match"))
	if header == "" || header == "*" {
		return 0, nil
	}
	tag, ok := strings.CutPrefix(header, `"`)
	tag, closed := strings.CutSuffix(tag, `"`)
	if !ok || !closed {
		return 0, malformed("If-Match", "api.match")
	}
	number, _, _ := strings.Cut(tag, "-")
	v, err := strconv.Atoi(number)
	if err != nil || v < 1 {
		return 0, malformed("If-Match", "api.match")
	}
	return v, nil
}
