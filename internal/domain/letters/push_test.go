// SPDX-License-Identifier: Apache-2.0

package letters_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/notify/notifytest"
	"yuanba/internal/kit/sqldb"
)

// A browser is told the number and that there is news, and nothing else; one that has
// given up its subscription is forgotten, and its owner may subscribe again.
func TestPushToABrowser(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		key, err := notify.NewPushKey(bytes.Repeat([]byte("s"), 32))
		o.must(err)
		s := notifytest.Push(t, key.Public(), time.Now)
		o.Letters.Ways[notify.Push], err = notify.ByPush(notify.PushOptions{Key: key, Hosts: []string{"127.0.0.1"}, Contact: "mailto:office@example.cn", Client: s.Client()})
		o.must(err)
		give := func(subscription string) error {
			return o.Letters.Give(ctx, o.by, o.owner, notify.Push, subscription, i18n.ZH, "192.0.2.7")
		}
		for _, bad := range []string{"", "{}", strings.Replace(s.Subscription(), "127.0.0.1", "push.example.com", 1)} {
			if err := give(bad); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%.40q: %v", bad, err)
			}
		}
		if err := o.Letters.Give(ctx, o.As("zhao"), o.owner, notify.Push, s.Subscription(), i18n.ZH, ""); errs.KindOf(err) != errs.Denied {
			t.Errorf("for somebody else: %v", err)
		}
		o.must(give(s.Subscription()))
		box, ok := o.box(notify.Push)
		if !ok || !box.Ready() || box.Address.String() != "127.0.0.1" {
			t.Fatalf("%+v", box)
		}
		o.must(o.DB.Read(ctx, func(tx *sqldb.Tx) error { // sealed where it lies
			n, err := sqldb.Int(tx.Row(`SELECT count(*) FROM mailbox WHERE channel = 'push' AND address_sealed IS NOT NULL`))
			if err != nil || n != 1 {
				t.Errorf("%d rows, %v", n, err)
			}
			return tx.Each(`SELECT address_sealed FROM mailbox WHERE channel = 'push'`, nil, func(r sqldb.Scanner) error {
				var sealed []byte
				err := r.Scan(&sealed)
				if bytes.Contains(sealed, []byte("127.0.0.1")) {
					t.Error("the subscription lies open")
				}
				return err
			})
		}))
		o.tell("锅巴胡同的秘密", false)
		o.after(time.Hour)
		got := s.Shown()
		if len(got) != 1 || got[0]["body"] != "QL-1 有新消息" || !strings.HasSuffix(got[0]["url"], "/matters/QL-1") || len(got[0]) != 3 {
			t.Fatalf("shown %v, refused %v", got, s.Refused)
		}
		o.tell("第一", false)
		o.tell("第二", false)
		o.after(time.Hour)
		if got = s.Shown(); len(got) != 2 || got[1]["body"] != "有 2 条新消息" {
			t.Errorf("shown %v", got)
		}
		if sent := o.fates(letters.Sent); len(sent) == 0 || sent[0].Channel != notify.Push {
			t.Errorf("fates %+v", sent)
		}
		s.Answer(410)
		o.tell("又有了", false)
		o.after(time.Hour)
		if f := o.fates(letters.Refused); len(f) != 1 || f[0].Channel != notify.Push {
			t.Errorf("fates %+v", f)
		}
		if box, ok := o.box(notify.Push); ok {
			t.Errorf("what is gone is still there: %+v", box)
		}
		o.must(give(s.Subscription()))
		if box, ok := o.box(notify.Push); !ok || !box.Hears(people.Own) {
			t.Errorf("subscribed again: %+v", box)
		}
	})
}
