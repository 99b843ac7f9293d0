// SPDX-License-Identifier: Apache-2.0

package people_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

func TestParseEmail(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"zhou.min+town@Example.CN": "zhou.min+town@example.cn", "  zhou＠example.cn ": "zhou@example.cn", "a@b-c.example": "a@b-c.example",
	} {
		e, err := people.ParseEmail(in)
		if err != nil || e.Plain() != want {
			t.Errorf("%q: %q, %v", in, e.Plain(), err)
		}
		if s := fmt.Sprint(e); strings.Contains(s, want) || s != want[:1]+"***"+want[strings.IndexByte(want, '@'):] {
			t.Errorf("%q shows itself as %q", in, s)
		}
	}
	for _, in := range []string{
		"", " ", "zhou", "zhou@", "@example.cn", "zhou@example", "zhou@example..cn", "zhou@-example.cn", "zhou@example.cn.", "zhou@[127.0.0.1]", "zhou@127.0.0.1",
		"Zhou <zhou@example.cn>", "<zhou@example.cn>", "a@example.cn,b@example.cn", "a@example.cn b@example.cn", "zhou@example.cn\r\nBcc: x@example.cn", "周@example.cn",
		"zhou@例子.cn", `"zhou min"@example.cn`, "zhou@example.cn\x00", strings.Repeat("a", 65) + "@example.cn", "a@" + strings.Repeat("b.", 130) + "cn", "\xff@example.cn",
	} {
		if e, err := people.ParseEmail(in); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%q: %q, %v", in, e.Plain(), err)
		}
	}
}

func FuzzParseEmail(f *testing.F) {
	for _, s := range []string{"zhou@example.cn", "a b@c", "＠", "\r\n@x.y"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := people.ParseEmail(s)
		if err != nil {
			return
		}
		for _, r := range e.Plain() {
			if r <= ' ' || r >= 0x7F || strings.ContainsRune("<>,;:\"\\()[]", r) {
				t.Fatalf("%q passed as %q", s, e.Plain())
			}
		}
		if again, err := people.ParseEmail(e.Plain()); err != nil || again.Plain() != e.Plain() {
			t.Fatalf("%q is not its own normal form", e.Plain())
		}
	})
}

func mustEmail(t *testing.T, s string) seal.Text {
	t.Helper()
	a, err := people.ParseReach(notify.Mail, s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestMailbox(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		zhou := w.zhou()
		own := people.Owner{Kind: people.OwnedByResident, ID: zhou.ID}
		var m people.Mailbox
		give := func(address string) {
			w.write(func(tx *sqldb.Tx) (err error) {
				m, err = w.GiveMailbox(tx, zhou.Actor(), own, notify.Mail, mustEmail(t, address), i18n.EN)
				return err
			})
		}
		ready := func() (ok bool) {
			w.write(func(tx *sqldb.Tx) error {
				ms, err := w.MailboxesOf(tx, people.OwnedByResident, []id.ID{zhou.ID, zhou.ID + 1})
				_, ok = ms[zhou.ID]
				return err
			})
			return ok
		}
		try := func(f func(tx *sqldb.Tx) error) error { return w.db.Write(ctx, f) }
		give("zhou@example.cn")
		if m.Address.Plain() != "" || m.Address.String() != "z***@example.cn" || ready() {
			t.Fatalf("a new mailbox is %+v, ready %t", m, ready())
		}
		if err := try(func(tx *sqldb.Tx) error { return w.ConfirmMailbox(tx, scope.Actor{Kind: scope.Anonymous}, m.ID) }); err != nil || !ready() {
			t.Fatalf("confirmed: %v, ready %t", err, ready())
		}
		// others may not dispose of it
		for _, by := range []scope.Actor{{Kind: scope.Anonymous}, li, {Kind: scope.Resident, Resident: zhou.ID + 1}, {Kind: scope.Anonymous, Slips: []id.ID{zhou.ID}}} {
			if err := try(func(tx *sqldb.Tx) error { return w.WantLetters(tx, by, own, notify.Mail, false) }); errs.KindOf(err) != errs.Denied {
				t.Errorf("%s switched it off: %v", by.Kind, err)
			}
			if err := try(func(tx *sqldb.Tx) error { return w.EndMailbox(tx, by, own, notify.Mail) }); errs.KindOf(err) != errs.Denied {
				t.Errorf("%s deleted it: %v", by.Kind, err)
			}
			if err := try(func(tx *sqldb.Tx) error {
				_, err := w.GiveMailbox(tx, by, own, notify.Mail, mustEmail(t, "x@example.cn"), "")
				return err
			}); errs.KindOf(err) != errs.Denied {
				t.Errorf("%s gave another: %v", by.Kind, err)
			}
		}
		w.must(try(func(tx *sqldb.Tx) error { return w.StopMailbox(tx, scope.Actor{Kind: scope.Anonymous}, m.ID) }))
		if ready() {
			t.Error("stopped, and still ready")
		}
		w.must(try(func(tx *sqldb.Tx) error { return w.WantLetters(tx, zhou.Actor(), own, notify.Mail, true) }))
		w.must(try(func(tx *sqldb.Tx) error { return w.RefuseMailbox(tx, job, m.ID, "5.1.1") }))
		if ready() {
			t.Error("refused, and still ready")
		}
		w.must(try(func(tx *sqldb.Tx) error { _, err := w.AskMailbox(tx, zhou.Actor(), own, notify.Mail); return err }))
		w.must(try(func(tx *sqldb.Tx) error { return w.ConfirmMailbox(tx, scope.Actor{Kind: scope.Anonymous}, m.ID) }))
		if err := try(func(tx *sqldb.Tx) error { _, err := w.AskMailbox(tx, zhou.Actor(), own, notify.Mail); return err }); errs.KindOf(err) != errs.Conflict || !ready() {
			t.Errorf("asked though it is confirmed: %v", err)
		}
		// another address takes its place, unconfirmed; nobody confirms it
		old := m.ID
		give("zhou.min@example.cn")
		if ready() {
			t.Error("an unconfirmed address is ready")
		}
		if err := try(func(tx *sqldb.Tx) error { return w.ConfirmMailbox(tx, scope.Actor{}, old) }); errs.KindOf(err) != errs.NotFound {
			t.Errorf("the old link: %v", err)
		}
		w.clock.Add(people.MailboxValid)
		if err := try(func(tx *sqldb.Tx) error { return w.ConfirmMailbox(tx, scope.Actor{}, m.ID) }); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a link too old: %v", err)
		}
		if n, err := w.SweepMailboxes(ctx, 10); err != nil || n != 1 {
			t.Errorf("swept %d, %v", n, err)
		}
		// it goes with the rest of what is known
		give("zhou@example.cn")
		w.must(try(func(tx *sqldb.Tx) error { return w.ConfirmMailbox(tx, scope.Actor{}, m.ID) }))
		known, err := w.Export(ctx, zhou.Actor())
		if w.must(err); known.Mailboxes[notify.Mail] != "zhou@example.cn" {
			t.Errorf("exported %q", known.Mailboxes)
		}
		w.write(func(tx *sqldb.Tx) error {
			return w.Forget(tx, zhou.Actor(), people.OfResident(zhou.ID), people.RuleOwnRequest)
		})
		w.write(func(tx *sqldb.Tx) error {
			if _, ok, err := w.MailboxOf(tx, own, notify.Mail); ok || err != nil {
				t.Errorf("forgotten, and the mailbox is there: %v", err)
			}
			if e, _, err := w.ReachMailbox(tx, m.ID); err != nil || !e.Empty() {
				t.Errorf("forgotten, and the address is there: %v", err)
			}
			return nil
		})
	})
}

// The holder of a slip may have one for that matter, and stopping deletes it.
func TestMailboxOfSlip(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		holder := scope.Actor{Kind: scope.Anonymous, Slips: []id.ID{77}}
		give := func(matter id.ID) (m people.Mailbox, err error) {
			err = w.db.Write(ctx, func(tx *sqldb.Tx) error {
				m, err = w.GiveMailbox(tx, holder, people.Owner{Kind: people.OwnedBySlip, ID: matter}, notify.Mail, mustEmail(t, "chen@example.cn"), i18n.ZH)
				return err
			})
			return m, err
		}
		if _, err := give(78); errs.KindOf(err) != errs.Denied {
			t.Errorf("another's matter: %v", err)
		}
		m, err := give(77)
		w.must(err)
		w.clock.Add(time.Hour)
		w.write(func(tx *sqldb.Tx) error { return w.ConfirmMailbox(tx, scope.Actor{Kind: scope.Anonymous}, m.ID) })
		w.write(func(tx *sqldb.Tx) error { return w.StopMailbox(tx, scope.Actor{Kind: scope.Anonymous}, m.ID) })
		w.write(func(tx *sqldb.Tx) error {
			got, err := w.Mailbox(tx, m.ID)
			if err != nil || !got.Ended() || !got.Address.Empty() {
				t.Errorf("stopped: %+v, %v", got, err)
			}
			return w.StopMailbox(tx, scope.Actor{Kind: scope.Anonymous}, m.ID) // twice does nothing
		})
	})
}
