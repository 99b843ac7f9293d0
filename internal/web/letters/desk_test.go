// SPDX-License-Identifier: Apache-2.0

package letters_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"yuanba/internal/apptest"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/sqldb"
)

// Whoever has no telephone is given the secret address at the desk: printed, once,
// by who serves in their place, and the trail says for whom it was done.
func TestDeskGivesAnAddress(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		c := newCounter(t, town)
		chen := town.Resident("陈秀英", "999999194703070029", "")
		he := town.As("he")
		at := "/desk/residents/" + chen.ID.String() + "/feed"
		c.do(town.As("zhao"), http.MethodGet, at, nil, http.StatusForbidden)
		c.do(town.As("zhao"), http.MethodPost, at, nil, http.StatusForbidden)
		c.do(anybody, http.MethodPost, at, nil, http.StatusForbidden)
		c.do(he, http.MethodPost, "/desk/residents/zz/feed", nil, http.StatusNotFound)
		c.get(he, at, "给他开一个消息网址", `method="post"`)
		find := regexp.MustCompile(`/feeds/mine/([A-Z2-7]+)/news`)
		first := find.FindStringSubmatch(c.do(he, http.MethodPost, at, nil, http.StatusOK, `class="qr"`, "收好"))
		second := find.FindStringSubmatch(c.do(he, http.MethodPost, at, nil, http.StatusOK))
		if first == nil || second == nil || first[1] == second[1] {
			t.Fatal(first, second)
		}
		f, err := town.Letters.FeedBy(t.Context(), second[1])
		if err != nil || f.Owner.ID != chen.ID {
			t.Fatalf("%+v, %v", f, err)
		}
		if _, err := town.Letters.FeedBy(t.Context(), first[1]); errs.KindOf(err) != errs.NotFound {
			t.Errorf("the earlier address is still good: %v", err)
		}
		if _, err := town.Letters.NewFeedFor(t.Context(), town.As("zhao"), chen.ID, i18n.ZH); errs.KindOf(err) != errs.Denied {
			t.Errorf("by who does not serve there: %v", err)
		}
		if err := town.DB.Read(t.Context(), func(tx *sqldb.Tx) error {
			n, err := sqldb.Int(tx.Row(`SELECT count(*) FROM trail WHERE noun = 'letter_feed' AND act = 'make' AND behalf = 'resident' AND account = $1`, he.Account))
			if n != 2 {
				t.Errorf("%d lines in the trail", n)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(c.get(he, at), second[1]) {
			t.Error("the address is shown again")
		}
	})
}
