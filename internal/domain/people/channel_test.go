// SPDX-License-Identifier: Apache-2.0

package people_test

import (
	"slices"
	"strings"
	"testing"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

func TestParseReach(t *testing.T) {
	t.Parallel()
	for _, ch := range []notify.Channel{notify.WeCom, notify.DingTalk} {
		if a, err := people.ParseReach(ch, " Zhao.Diao-du_1@qionglai "); err != nil || a.Plain() != "Zhao.Diao-du_1@qionglai" || a.String() != "Zh***" {
			t.Errorf("%s: %q, %v", ch, a.Plain(), err)
		}
		for _, bad := range []string{"", " ", "a|b", "@all,", "赵", "a b", strings.Repeat("a", 65), "a\x00"} {
			if _, err := people.ParseReach(ch, bad); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%s: %q was taken", ch, bad)
			}
		}
	}
	for _, ch := range []notify.Channel{notify.SMS, notify.WeChat, "pigeon"} { // whose addresses nobody types
		if _, err := people.ParseReach(ch, "19900000002"); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%s was taken", ch)
		}
	}
}

// Texts go to the telephone that is proven, and to no other.
func TestTextsGoToTheProvenTelephone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		zhou, chen := w.zhou(), w.chen()
		own := people.Owner{Kind: people.OwnedByResident, ID: zhou.ID}
		give := func(by scope.Actor, of people.Owner) (m people.Mailbox, err error) {
			err = w.db.Write(ctx, func(tx *sqldb.Tx) error {
				m, err = w.GivePhone(tx, by, of, i18n.ZH)
				return err
			})
			return m, err
		}
		for _, by := range []scope.Actor{{Kind: scope.Anonymous}, li, chen.Actor()} {
			if _, err := give(by, own); errs.KindOf(err) != errs.Denied {
				t.Errorf("%s: %v", by.Kind, err)
			}
		}
		if _, err := give(chen.Actor(), people.Owner{Kind: people.OwnedByResident, ID: chen.ID}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("a telephone that is not proven: %v", err)
		}
		m, err := give(zhou.Actor(), own)
		w.must(err)
		reach := func() (to string, n int) {
			w.write(func(tx *sqldb.Tx) error {
				a, _, err := w.ReachMailbox(tx, m.ID)
				w.must(err)
				ms, err := w.MailboxesOf(tx, people.OwnedByResident, []id.ID{zhou.ID})
				to, n = a.Plain(), len(ms[zhou.ID])
				return err
			})
			return to, n
		}
		if to, n := reach(); to != zhouPhone || n != 1 {
			t.Errorf("%q, %d ready", to, n)
		}
		w.write(func(tx *sqldb.Tx) error {
			got, ok, err := w.MailboxOf(tx, own, notify.SMS)
			if err != nil || !ok || got.Address.Plain() != "" || !strings.Contains(got.Address.String(), "****") {
				t.Errorf("%+v, %v", got, err)
			}
			return nil
		})
		_, err = w.Disown(ctx, zhou.Actor()) // the number has changed hands
		w.must(err)
		if to, _ := reach(); to != "" {
			t.Errorf("texts go to %q, which is somebody else's", to)
		}
	})
}

// One mailbox of each channel, each with topics of its own.
func TestChannelsAndTopics(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		zhou := w.zhou()
		own := people.Owner{Kind: people.OwnedByResident, ID: zhou.ID}
		w.write(func(tx *sqldb.Tx) error {
			_, err := w.BindMailbox(tx, scope.Actor{Kind: scope.Anonymous}, own, notify.WeChat, "oABC_def-123456", i18n.ZH)
			w.must(err)
			_, err = w.GiveMailbox(tx, zhou.Actor(), own, notify.Mail, mustEmail(t, "zhou@example.cn"), i18n.ZH)
			w.must(err)
			if _, err := w.GiveMailbox(tx, zhou.Actor(), own, notify.WeCom, mustEmail(t, "zhou@example.cn"), i18n.ZH); errs.KindOf(err) != errs.Invalid {
				t.Errorf("a resident in WeChat Work: %v", err)
			}
			return nil
		})
		want := func(ch notify.Channel, topics ...people.Topic) error {
			return w.db.Write(ctx, func(tx *sqldb.Tx) error { return w.WantTopics(tx, zhou.Actor(), own, ch, topics) })
		}
		w.must(want(notify.WeChat, people.Followed))
		if err := want(notify.WeChat, people.Due); errs.KindOf(err) != errs.Invalid {
			t.Errorf("a topic of staff: %v", err)
		}
		if err := want(notify.SMS, people.Own); errs.KindOf(err) != errs.NotFound {
			t.Errorf("no mailbox: %v", err)
		}
		// what is given in its place keeps the choice
		w.write(func(tx *sqldb.Tx) error {
			_, err := w.BindMailbox(tx, scope.Actor{Kind: scope.Anonymous}, own, notify.WeChat, "oXYZ", i18n.ZH)
			w.must(err)
			ms, err := w.EveryMailboxOf(tx, own)
			w.must(err)
			if len(ms) != 2 {
				t.Fatalf("%d mailboxes", len(ms))
			}
			for _, m := range ms {
				topics := people.TopicsOf(people.OwnedByResident)
				if m.Channel == notify.WeChat {
					topics = []people.Topic{people.Followed}
				}
				if !slices.Equal(m.Topics, topics) || m.Hears(people.Own) != (m.Channel == notify.Mail) {
					t.Errorf("%s hears %v", m.Channel, m.Topics)
				}
			}
			return nil
		})
		known, err := w.Export(ctx, zhou.Actor())
		w.must(err)
		if known.Mailboxes[notify.WeChat] != "oXYZ" || known.Mailboxes[notify.Mail] != "zhou@example.cn" {
			t.Errorf("exported %v", known.Mailboxes)
		}
		w.write(func(tx *sqldb.Tx) error {
			w.must(w.EndMailboxes(tx, zhou.Actor(), own, people.RuleOwnRequest))
			ms, err := w.EveryMailboxOf(tx, own)
			if len(ms) != 0 {
				t.Errorf("%d mailboxes are left", len(ms))
			}
			return err
		})
	})
}

// Whoever administers the town may write down how a colleague is called, but not
// confirm it, choose in their place, or give an address of mail.
func TestAdministratorNamesAColleague(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		admin := scope.Actor{Kind: scope.Staff, Account: 1, Grants: []scope.Grant{{Needs: []scope.Need{"administer"}}}}
		of := people.Owner{Kind: people.OwnedByAccount, ID: 77}
		try := func(by scope.Actor, ch notify.Channel) error {
			return w.db.Write(ctx, func(tx *sqldb.Tx) error {
				a, err := people.ParseReach(notify.WeCom, "zhao")
				w.must(err)
				_, err = w.GiveMailbox(tx, by, of, ch, a, i18n.ZH)
				return err
			})
		}
		w.must(try(admin, notify.WeCom))
		if err := try(admin, notify.Mail); errs.KindOf(err) != errs.Denied {
			t.Errorf("mail: %v", err)
		}
		if err := try(li, notify.WeCom); errs.KindOf(err) != errs.Denied {
			t.Errorf("a colleague: %v", err)
		}
		err := w.db.Write(ctx, func(tx *sqldb.Tx) error { return w.WantTopics(tx, admin, of, notify.WeCom, nil) })
		if errs.KindOf(err) != errs.Denied {
			t.Errorf("chose: %v", err)
		}
	})
}
