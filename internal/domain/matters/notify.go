// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"slices"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Notice is a line of somebody's page of news. Key is a message with the
// matter's number and title as {0} and {1}: as they are now, not as they were.
type Notice struct {
	ID     id.ID
	Card   Card
	Key    string
	At     time.Time // of the act
	ReadAt time.Time
}

// KeepNotices is how long notices are kept, read or not.
const KeepNotices = 180 * 24 * time.Hour

// raised is the trail's word for a raising.
const raised Act = "raise"

// told are the acts of which reporters, supporters and subscribers hear. Of a
// raising only subscribers hear.
var told = map[Act]bool{
	raised: true, Accept: true, Decline: true, Ask: true, Dispatch: true, Decide: true, Take: true, Inform: true, Handle: true, Extend: true, RefuseExtension: true, Suspend: true,
	Resume: true, Close: true, Reopen: true, Join: true, Unjoin: true, SplitOff: true, Unsplit: true,
}

// called are the acts of which those hear whose turn it is or who are called.
var called = map[Act]bool{Urge: true, Supervise: true, WhistleAct: true, AskExtension: true, AppealAct: true, GrantAppeal: true, RefuseAppeal: true, AskReview: true, GrantReview: true, RefuseReview: true}

// hears reports whether anybody hears of what a row of the trail tells.
func hears(r trail.Row) bool { return told[Act(r.Act)] || calls(r) }

// calls reports whether those hear of it whose turn it is or who are called: of a
// return only the one that leads to a decision.
func calls(r trail.Row) bool {
	return called[Act(r.Act)] || Act(r.Act) == SendBack && State(r.To) == Disputed
}

// NoticeKeys are the messages of which a Notice's Key is one.
func NoticeKeys() []string {
	keys := []string{noticeKey(Act(Soon)), noticeKey(Act(Late)), noticeKey(SendBack), noticeKey(RecountAct), noticeKey(Act(Answering)), noticeKey(Act(Call))}
	for _, l := range levels {
		keys = append(keys, noticeKey(Act(l)))
	}
	for a := range called {
		keys = append(keys, noticeKey(a))
	}
	for a := range told {
		keys = append(keys, noticeKey(a))
	}
	return keys
}

func noticeKey(a Act) string { return "matter.notice." + string(a) }

// A Notifier tells people what happened to matters that concern them: the
// reporter, those who said "me too", and those who follow the matter, its place
// or its category; and those at work when they are urged, supervised or called.
// Whoever has a mailbox is told by letter too (package letters); a slip's holder
// without an account has no page of news, and only the letter.
//
// It follows the trail, so that no act waits for it, nothing is
// left out whatever happens in between, and nothing is told twice.
//
// Nobody hears of a matter they may not read. Who follows from outside hears
// nothing of one that is private or hidden; whose matter was joined to another
// hears of what happens there under their own number. Nobody is told of what
// they did themselves, and what an import brings in is not news.
type Notifier struct {
	s        *Service
	follower trail.Follower
}

// NewNotifier returns the town's notifier. One is enough; several processes may
// each have one, and each act is then told by one of them.
func (s *Service) NewNotifier() *Notifier {
	return &Notifier{s: s, follower: trail.Follower{Name: "matter.notices"}}
}

// Step writes the notices of what at most the given number of rows of the trail
// tell of, and reports how many rows it has done: 0 when there is nothing left.
// It is a Conflict if another process was first.
func (n *Notifier) Step(ctx context.Context, rows int) (int, error) {
	b, err := n.follower.Next(ctx, n.s.db, rows)
	if err != nil || b.Empty() {
		return 0, err
	}
	ns, err := n.s.notices(ctx, b.Rows)
	if err != nil {
		return 0, err
	}
	err = n.s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if err := n.follower.Done(tx, b); err != nil {
			return err
		}
		return n.s.tell(tx, ns)
	})
	return max(1, len(b.Rows)), err
}

// Lag is how many rows of the trail are not yet told, at the most.
func (n *Notifier) Lag(ctx context.Context) (int64, error) {
	return n.follower.Lag(ctx, n.s.db)
}

// A reader is who gets a notice: a staff account, a resident, or whoever holds
// the slip of a matter.
type reader struct{ account, resident, slip id.ID }

// owner is the reader as one who may have a mailbox.
func (r reader) owner() people.Owner {
	switch {
	case r.resident != 0:
		return people.Owner{Kind: people.OwnedByResident, ID: r.resident}
	case r.account != 0:
		return people.Owner{Kind: people.OwnedByAccount, ID: r.account}
	}
	return people.Owner{Kind: people.OwnedBySlip, ID: r.slip}
}

// A notice is a Notice to be written.
type notice struct {
	id     id.ID // given when it is written
	to     reader
	matter ID
	key    string
	at     time.Time
	urgent bool
	topic  people.Topic
}

// audience is who is to hear of the matters of a batch.
type audience struct {
	matters     map[ID]Matter
	supporters  map[ID][]reader
	joined      map[ID][]Matter
	slips       map[ID]bool         // those whose slip's holder has a mailbox
	subscribers map[string][]reader // by target
	called      map[ID][]id.ID      // units that a whistle calls
}

// notices are those that the rows of the trail give rise to. They are found
// outside the writing transaction, so that the writer is not kept.
func (s *Service) notices(ctx context.Context, rows []trail.Row) (ns []notice, err error) {
	var acts []trail.Row
	var ids, moved []ID // moved: by more than being raised
	kept := map[ID]*Matter{}
	seen, seenMoved := map[ID]bool{}, map[ID]bool{}
	for _, r := range rows {
		if r.Noun != "matter" || !hears(r) {
			continue
		}
		acts = append(acts, r)
		if !seen[r.Record] {
			seen[r.Record] = true
			ids = append(ids, r.Record)
			kept[r.Record] = s.toTell.take(r.Record)
		}
		if Act(r.Act) != raised && !seenMoved[r.Record] {
			seenMoved[r.Record] = true
			moved = append(moved, r.Record)
		}
	}
	if len(acts) == 0 {
		return nil, nil
	}
	for d := range seenMoved {
		delete(kept, d)
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		ns = nil
		if err := s.orgs.Check(tx); err != nil {
			return err
		}
		a, err := s.audience(tx, ids, moved, kept)
		if err != nil {
			return err
		}
		for _, r := range acts {
			if m, ok := a.matters[r.Record]; ok {
				ns = append(ns, s.spread(tx, a, m, r)...)
			}
		}
		return nil
	})
	return ns, err
}

// spread returns the notices of one act.
func (s *Service) spread(tx *sqldb.Tx, a *audience, m Matter, r trail.Row) (ns []notice) {
	act := Act(r.Act)
	if act == raised && len(a.subscribers) == 0 {
		return nil
	}
	if m.Origin != "" && r.Kind == scope.System && (r.Actor == Importer || act == raised || act == Close) {
		return nil
	}
	seen := map[reader]bool{{}: true, {account: r.Account}: true, {resident: r.Account}: true}
	if r.Kind == scope.Anonymous { // by its slip
		seen[reader{slip: m.ID}] = true
	}
	tell := func(to reader, of Matter, topic people.Topic) {
		if seen[to] || !s.reads(tx, to, of) {
			return
		}
		seen[to] = true
		ns = append(ns, notice{to: to, matter: of.ID, key: noticeKey(act), at: r.At, urgent: m.Urgent, topic: topic})
	}
	if act == Decide { // the unit that keeps it
		for _, to := range s.atUnits([]id.ID{m.Lead}, tx.Now()) {
			tell(to, m, people.Due)
		}
	}
	if calls(r) {
		who := s.onTurn(m, tx.Now())
		switch act {
		case WhistleAct:
			who = s.atUnits(a.called[m.ID], tx.Now())
		case AskExtension, AppealAct: // somebody above has to decide
			who = s.above(Level3, m, tx.Now())
		case AskReview:
			who = s.reviewers(m, tx.Now())
		case GrantAppeal, RefuseAppeal, GrantReview, RefuseReview:
			who = s.atUnits([]id.ID{m.Lead}, tx.Now())
		default:
		}
		for _, to := range who {
			tell(to, m, people.Due)
		}
		return ns
	}
	if act != raised {
		for _, x := range append([]Matter{m}, a.joined[m.ID]...) {
			tell(reader{resident: x.Resident}, x, people.Own)
			if a.slips[x.ID] {
				tell(reader{slip: x.ID}, x, people.Own)
			}
			if x.ID == m.ID {
				continue
			}
			for _, to := range a.supporters[x.ID] {
				tell(to, x, people.Own)
			}
		}
		for _, to := range a.supporters[m.ID] {
			tell(to, m, people.Own)
		}
	}
	for _, t := range m.targets() {
		for _, to := range a.subscribers[t] {
			tell(to, m, people.Followed)
		}
	}
	return ns
}

// atUnits are the members of units who handle there.
func (s *Service) atUnits(units []id.ID, now time.Time) (who []reader) {
	for _, u := range units {
		for _, account := range s.orgs.Directory().Members(u, now) {
			if slices.Contains(s.staff(account, now).Units("handle", now), u) {
				who = append(who, reader{account: account})
			}
		}
	}
	return who
}

// targets are the subscriptions that a matter falls under, that to itself first.
func (m Matter) targets() []string {
	ts := []string{"matter:" + m.ID.String()}
	if m.Category != "" {
		ts = append(ts, "category:"+m.Category)
	}
	for _, p := range m.Path {
		if p != 0 {
			ts = append(ts, "place:"+p.String())
		}
	}
	return ts
}

// reads reports whether somebody may read a matter.
func (s *Service) reads(tx *sqldb.Tx, who reader, m Matter) bool {
	switch {
	case m.VisibleToAll():
		return true
	case who.resident != 0:
		return who.resident == m.Resident
	case who.slip != 0:
		return who.slip == m.ID
	}
	return s.maySee(tx, s.staff(who.account, tx.Now()), m)
}

// staff is an account as an actor, by the posts it holds now.
func (s *Service) staff(account id.ID, now time.Time) scope.Actor {
	by := scope.Actor{Kind: scope.Staff, Account: account}
	for _, h := range s.orgs.Directory().HeldBy(account, now) {
		role, _ := access.RoleOf(h.Post.Role)
		by.Grants = append(by.Grants, scope.Grant{Needs: role.Needs, In: h.Post.In(), Unit: h.Unit.ID, Categories: h.Post.Categories, Until: h.Until()})
	}
	return by
}

// Notices are the actor's news, newest first: at most fifty from the first one
// older than before. What they may no longer read is left out.
func (s *Service) Notices(ctx context.Context, by scope.Actor, before id.ID) (ns []Notice, err error) {
	if by.Account == 0 && by.Resident == 0 {
		return nil, nil
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		ns = nil
		for last := before; ; {
			some, err := s.noticesOf(tx, by, last)
			if err != nil {
				return err
			}
			for _, n := range some {
				if len(ns) < mostNotices && s.reads(tx, reader{account: by.Account, resident: by.Resident}, n.matter) {
					ns = append(ns, n.Notice)
				}
			}
			if len(some) < mostNotices || len(ns) == mostNotices {
				return nil
			}
			last = some[len(some)-1].ID
		}
	})
	return ns, err
}

// mostNotices is how many notices a page has.
const mostNotices = 50

// Unread is how many of the actor's news they have not marked as read, at most
// a hundred.
func (s *Service) Unread(ctx context.Context, by scope.Actor) (n int, err error) {
	if by.Account == 0 && by.Resident == 0 {
		return 0, nil
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		n, err = unread(tx, by)
		return err
	})
	return n, err
}

// ReadNotices marks the actor's news as read.
func (s *Service) ReadNotices(ctx context.Context, by scope.Actor) error {
	if by.Account == 0 && by.Resident == 0 {
		return errs.New(errs.Denied, scope.DeniedSignIn)
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error { return readNotices(tx, by) })
}

// SweepNotices deletes the notices that are older than KeepNotices, a few
// thousand at a time, and reports how many.
func (s *Service) SweepNotices(ctx context.Context) (n int64, err error) {
	for {
		var some int64
		err := s.db.Write(ctx, func(tx *sqldb.Tx) (err error) {
			some, err = deleteNotices(tx, tx.Now().Add(-KeepNotices))
			return err
		})
		n += some
		if err != nil || some == 0 {
			return n, err
		}
	}
}
