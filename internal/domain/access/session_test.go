// SPDX-License-Identifier: Apache-2.0

package access_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

func TestGrants(t *testing.T) {
	t.Parallel()
	each(t, access.Options{Demo: true}, func(b *bench) {
		ctx := b.t.Context()
		zhao, qian := b.account("zhao"), b.account("qian")
		held := b.appoint(zhao, "centre", wenjun, "dispatcher")
		token, _, err := b.SignInAs(ctx, "zhao", desk)
		b.want("in", err, "", "")
		may := func(by scope.Actor, n scope.Need, p scope.Path) bool {
			return by.May(n, scope.Target{Path: p, At: b.clock.Now()}).OK
		}
		by := b.actor(token)
		if !may(by, access.Dispatch, baota) || may(by, access.Dispatch, pingle) || may(by, access.Command, baota) {
			b.t.Errorf("a dispatcher of one street: %+v", by.Grants)
		}
		if by.Grants[0].Post != "文君街道指挥调度中心派遣员" || by.Unit != by.Grants[0].Unit {
			b.t.Errorf("grant %+v", by.Grants[0])
		}
		now := b.clock.Now()
		_, err = b.orgs.Cover(ctx, root, held, qian, now.Add(time.Hour), now.Add(2*time.Hour))
		b.want("cover", err, "", "")
		theirs, _, err := b.SignInAs(ctx, "qian", desk)
		b.want("in", err, "", "")
		for _, tc := range []struct {
			after time.Duration
			may   bool
		}{{0, false}, {time.Hour, true}, {2*time.Hour - time.Second, true}, {2 * time.Hour, false}} {
			b.clock.Set(now.Add(tc.after))
			by := b.actor(theirs)
			if may(by, access.Dispatch, baota) != tc.may {
				b.t.Errorf("after %s: %v, want %v", tc.after, !tc.may, tc.may)
			}
			if tc.may && by.May(access.Dispatch, scope.Target{Path: baota, At: b.clock.Now()}).Key != scope.AllowedCovering {
				b.t.Errorf("after %s the reason is not the cover", tc.after)
			}
		}
		b.clock.Set(now.Add(90 * time.Minute))
		why, err := b.Why(ctx, b.actor(theirs), qian)
		b.want("why", err, "", "")
		if len(why) != 1 || why[0].Covering != "某zhao" || why[0].Role.Key != "dispatcher" || !why[0].Until.Equal(now.Add(2*time.Hour)) {
			b.t.Errorf("why %+v", why)
		}
		b.want("why of somebody else", second(b.Why(ctx, b.actor(theirs), zhao)), errs.Denied, "")
		b.want("why for an auditor", second(b.Why(ctx, scope.Actor{Kind: scope.Staff, Grants: []scope.Grant{{Needs: []scope.Need{access.Audit}}}}, zhao)), "", "")

		b.want("dismiss", b.orgs.Dismiss(ctx, root, held), "", "")
		if may(b.actor(token), access.Dispatch, baota) {
			b.t.Error("a dismissed dispatcher dispatches on")
		}
	})
}

func TestSessionLimits(t *testing.T) {
	t.Parallel()
	each(t, access.Options{Demo: true, Idle: time.Hour, Longest: 3 * time.Hour}, func(b *bench) {
		ctx := b.t.Context()
		b.account("zhao")
		idle, _, err := b.SignInAs(ctx, "zhao", desk)
		b.want("in", err, "", "")
		used, _, err := b.SignInAs(ctx, "zhao", desk)
		b.want("in", err, "", "")
		for range 5 {
			b.clock.Add(30 * time.Minute)
			if b.actor(used).Kind != scope.Staff {
				b.t.Fatal("a session in use ended")
			}
			b.want("flush", b.Flush(ctx), "", "")
		}
		if b.actor(idle).Kind != scope.Anonymous {
			b.t.Error("an idle session lives on")
		}
		b.clock.Add(30 * time.Minute)
		if b.actor(used).Kind != scope.Anonymous {
			b.t.Error("a session outlived its longest time")
		}
		b.want("sweep", b.Sweep(ctx), "", "")
	})
}

// TestAPageCostsNoWrite counts what a signed-in page does to the database.
func TestAPageCostsNoWrite(t *testing.T) {
	t.Parallel()
	each(t, access.Options{Demo: true}, func(b *bench) {
		ctx := b.t.Context()
		a := b.account("zhao")
		token, sess, err := b.SignInAs(ctx, "zhao", desk)
		b.want("in", err, "", "")
		seen := func() time.Time {
			all, err := b.SessionsOf(ctx, staff(a, ""))
			b.want("sessions", err, "", "")
			return all[0].SeenAt
		}
		other := b.again() // a second process, which knows only what was written
		written := func() time.Time {
			all, err := other.SessionsOf(ctx, staff(a, ""))
			b.want("sessions", err, "", "")
			return all[0].SeenAt
		}
		b.clock.Add(59 * time.Second)
		b.actor(token)
		if !seen().Equal(sess.SeenAt) {
			b.t.Error("seen noted within the minute")
		}
		b.clock.Add(2 * time.Second)
		b.actor(token)
		if !seen().Equal(b.clock.Now()) || !written().Equal(sess.SeenAt) {
			b.t.Errorf("seen %s, written %s: a page wrote, or did not note", seen(), written())
		}
		b.want("flush", b.Flush(ctx), "", "")
		if !written().Equal(b.clock.Now()) {
			b.t.Error("the flush wrote nothing")
		}
	})
}

// again is a second service on the same database, as another process has it.
func (b *bench) again() *access.Service {
	return access.New(b.db, b.orgs, nil, access.Options{})
}

func TestRevoke(t *testing.T) {
	t.Parallel()
	each(t, access.Options{Demo: true}, func(b *bench) {
		ctx := b.t.Context()
		zhao, _ := b.account("zhao"), b.account("qian")
		enter := func(login string) (string, access.Session) {
			token, sess, err := b.SignInAs(ctx, login, access.Client{Address: "10.1.1.1", Agent: "Fire\x00fox\xff"})
			b.want("in", err, "", "")
			return token, sess
		}
		one, first := enter("zhao")
		two, _ := enter("zhao")
		theirs, _ := enter("qian")
		there := b.again()
		for _, token := range []string{one, two, theirs} {
			if by, err := there.Actor(ctx, token); err != nil || by.Kind != scope.Staff || b.actor(token).Kind != scope.Staff {
				b.t.Fatalf("not signed in: %+v %v", by, err)
			}
		}
		b.want("somebody else's", b.Revoke(ctx, b.actor(theirs), first.ID), errs.NotFound, "")
		all, err := b.SessionsOf(ctx, b.actor(two))
		b.want("list", err, "", "")
		if len(all) != 2 || slices.ContainsFunc(all, func(s access.Session) bool { return s.Account != zhao || s.Agent != "Fire fox" }) {
			b.t.Errorf("sessions %+v", all)
		}
		b.want("one's own", b.Revoke(ctx, b.actor(two), first.ID), "", "")
		if b.actor(one).Kind != scope.Anonymous || b.actor(two).Kind != scope.Staff {
			b.t.Error("revoking one session did not end that one and only that")
		}
		b.clock.Add(2 * time.Second)
		if by, err := there.Actor(ctx, one); err != nil || by.Kind != scope.Anonymous {
			b.t.Errorf("in another process after two seconds: %+v %v", by, err)
		}
		b.want("all, by a colleague", b.RevokeAll(ctx, b.actor(theirs), zhao, 0), errs.Denied, "")
		b.want("all, by an administrator", b.RevokeAll(ctx, root, zhao, 0), "", "")
		if b.actor(two).Kind != scope.Anonymous || b.actor(theirs).Kind != scope.Staff {
			b.t.Error("revoking all did not end all of one and none of the other")
		}
	})
}

func TestResidents(t *testing.T) {
	t.Parallel()
	each(t, access.Options{}, func(b *bench) {
		ctx := b.t.Context()
		token, _, err := b.SignInResident(ctx, 42, "周*", desk)
		b.want("in", err, "", "")
		by := b.actor(token)
		if by.Kind != scope.Resident || by.Resident != 42 || by.Name != "周*" || len(by.Grants) != 0 {
			b.t.Errorf("actor %+v", by)
		}
		b.clock.Add(20 * 24 * time.Hour)
		if b.actor(token).Kind != scope.Resident {
			b.t.Error("a resident's session ended after 20 days")
		}
		b.want("flush", b.Flush(ctx), "", "")
		all, err := b.SessionsOf(ctx, by)
		b.want("list", err, "", "")
		b.want("revoke", b.Revoke(ctx, by, all[0].ID), "", "")
		if b.actor(token).Kind != scope.Anonymous {
			b.t.Error("a revoked resident is still there")
		}
		b.want("nobody", third(b.SignInResident(ctx, 0, "", desk)), errs.Invalid, "")
	})
}

func TestCast(t *testing.T) {
	t.Parallel()
	each(t, access.Options{Demo: true}, func(b *bench) {
		ctx := b.t.Context()
		where := func(names ...string) (scope.Path, bool) {
			p, ok := map[string]scope.Path{"[]": city, "[文君街道]": wenjun, "[文君街道 宝塔社区]": baota}[fmt.Sprint(names)]
			return p, ok
		}
		var accounts map[string]id.ID
		for range 2 { // the second time changes nothing
			b.want("enter", b.db.Write(ctx, func(tx *sqldb.Tx) (err error) {
				accounts, err = b.EnterCast(tx, root, where, time.Time{})
				return err
			}), "", "")
		}
		for _, m := range access.Cast {
			token, _, err := b.SignInAs(ctx, m.Login, desk)
			b.want("in as "+m.Login, err, "", "")
			by := b.actor(token)
			if by.Account != accounts[m.Login] || by.Name != m.Name.ZH || len(by.Grants) != len(m.Parts) {
				b.t.Errorf("%s: %+v", m.Login, by)
				continue
			}
			for i, p := range m.Parts {
				role, _ := access.RoleOf(p.Role)
				if !slices.Equal(by.Grants[i].Needs, role.Needs) {
					b.t.Errorf("%s is not a %s: %+v", m.Login, p.Role, by.Grants[i])
				}
			}
		}
		by, err := b.ActorOf(ctx, accounts["li"])
		b.want("actor of li", err, "", "")
		if g := by.Grants[0]; g.In != scope.Of(grid3) {
			b.t.Errorf("the grid worker works in %+v", g.In)
		}
		b.want("a stranger", third(b.SignInAs(ctx, "ghost", desk)), errs.NotFound, "")
		page, total, err := b.List(ctx, root, access.Filter{Words: "ZH"}, 0, 10)
		b.want("list", err, "", "")
		if total != 2 || len(page) != 2 || page[0].Login != "zhao" || page[1].Login != "zheng" {
			b.t.Errorf("accounts beginning with zh: %d %+v", total, page)
		}
		centre, _ := b.orgs.Directory().Centre(wenjun)
		_, total, err = b.List(ctx, root, access.Filter{Unit: centre.ID}, 0, 1)
		b.want("list of the centre", err, "", "")
		if total != 2 {
			b.t.Errorf("%d at the centre, want 赵 and 郑", total)
		}
		b.want("list for the grid worker", third(b.List(ctx, by, access.Filter{}, 0, 10)), errs.Denied, "")

		err = b.db.Read(ctx, func(tx *sqldb.Tx) error {
			digests := map[id.ID][]byte{}
			if err := access.Digests(tx, func(a id.ID, d []byte) error { digests[a] = d; return nil }); err != nil {
				return err
			}
			for login, a := range accounts {
				rows, err := trail.Story(tx, "account", a, 0, 10)
				if err != nil {
					return err
				}
				if len(rows) == 0 || rows[0].Act != "create" || !bytes.Equal(rows[0].Digest, digests[a]) {
					return fmt.Errorf("%s: the trail does not agree: %+v", login, rows)
				}
			}
			return nil
		})
		b.want("trail", err, "", "")
	})
}

// TestNoDemoNoClick holds that one click opens no real town.
func TestNoDemoNoClick(t *testing.T) {
	t.Parallel()
	each(t, access.Options{}, func(b *bench) {
		b.account("admin")
		b.want("in", third(b.SignInAs(b.t.Context(), "admin", desk)), errs.Denied, "")
	})
}
