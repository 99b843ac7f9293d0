// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestRepliesPage: an administrator ticks and unticks the categories whose public
// replies are answers; what is not there changes nothing and says so.
func TestRepliesPage(t *testing.T) {
	t.Parallel()
	walks(t, func(x *walk) {
		const at = "/answers/replies"
		send := func(want int, categories ...string) string {
			x.t.Helper()
			w := x.send(x.usual("admin"), http.MethodPost, at, url.Values{"go": {"1"}, "categories": categories})
			if w.Code != want {
				x.t.Fatalf("%v: %d, want %d\n%s", categories, w.Code, want, w.Body)
			}
			return w.Body.String()
		}
		ticked := func(body, code string) bool {
			_, tag, found := strings.Cut(body, `value="`+code+`"`)
			tag, _, _ = strings.Cut(tag, ">")
			return found && strings.Contains(tag, "checked")
		}
		look := func() string {
			x.t.Helper()
			return x.send(x.usual("admin"), http.MethodGet, at, nil).Body.String()
		}
		send(http.StatusSeeOther, "drain")
		if in, err := x.Questions.RepliesIn(x.t.Context()); err != nil || len(in) != 1 || !in["drain"] || !ticked(look(), "drain") {
			x.t.Fatalf("ticked: %v %v", in, err)
		}
		body := send(http.StatusUnprocessableEntity, "none")
		if !strings.Contains(body, `class="fault"`) || ticked(body, "drain") {
			x.t.Error("what was sent is not kept with what is wrong about it")
		}
		if in, err := x.Questions.RepliesIn(x.t.Context()); err != nil || !in["drain"] {
			x.t.Errorf("what was refused changed something: %v %v", in, err)
		}
		send(http.StatusSeeOther)
		if in, err := x.Questions.RepliesIn(x.t.Context()); err != nil || len(in) != 0 || ticked(look(), "drain") {
			x.t.Errorf("unticked: %v %v", in, err)
		}
		if !strings.Contains(x.send(x.usual("admin"), http.MethodGet, "/admin", nil).Body.String(), `href="`+at+`"`) {
			x.t.Error("nothing leads there from what is administered")
		}
	})
}
