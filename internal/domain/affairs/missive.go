// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/flow"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// An Addressee is to whom a missive is written.
type Addressee string

// The addressees.
const (
	ToSecretary Addressee = "secretary"
	ToCommittee Addressee = "committee"
)

// A MissiveState says whose turn it is with a missive.
type MissiveState string

// The states of a missive.
const (
	Sent      MissiveState = "sent"      // the addressee is to take it up
	Taken     MissiveState = "taken"     // the addressee is to reply
	Replied   MissiveState = "replied"   // the writer may write on
	Recalled  MissiveState = "withdrawn" // nobody's turn
	limitDays              = 7           // working days until the reply
)

// A MissiveAct is what is done to a missive.
type MissiveAct string

// The acts.
const (
	Receive MissiveAct = "receive"
	Reply   MissiveAct = "reply"
	WriteOn MissiveAct = "write_on"
	Recall  MissiveAct = "recall"
)

const (
	byWriter    scope.Need = "writer"
	byAddressee scope.Need = "addressee"
)

// MissiveFlow is the life of a missive: a letter between one resident and those to whom
// it was written.
var MissiveFlow = flow.New("missive", Sent,
	flow.On(Sent, Receive, Taken, byAddressee),
	flow.On(Sent, Reply, Replied, byAddressee),
	flow.On(Sent, Recall, Recalled, byWriter),
	flow.On(Taken, Reply, Replied, byAddressee),
	flow.On(Taken, Recall, Recalled, byWriter),
	flow.On(Replied, WriteOn, Sent, byWriter),
)

// A Missive is a sealed letter to the secretary or the committee of a village.
type Missive struct {
	ID          ID
	Place       id.ID
	Path        scope.Path
	Resident    id.ID
	Name        string // the mask of the writer's name; worked out
	To          Addressee
	State       MissiveState
	Body        string // as far as the reader may read it
	Reply       string
	SentAt      time.Time
	Due         time.Time
	RepliedAt   time.Time
	RepliedPost string
	Version     int64

	body, reply []byte
}

var (
	missiveBody  = seal.Column{Table: "missive", Name: "body_sealed"}
	missiveReply = seal.Column{Table: "missive", Name: "reply_sealed"}
)

// MaxMissive is the greatest length of a letter or a reply, in characters.
const MaxMissive = 2000

func (m Missive) digest() []byte {
	return trail.Digest("missive/2", m.ID, m.Place, m.Path[scope.Town], m.Path[scope.Village], m.Resident, string(m.To), string(m.State), m.body, m.reply, m.SentAt, m.Due, m.RepliedAt, m.RepliedPost, m.Version)
}

// Late reports whether a reply is or was late.
func (m Missive) Late(now time.Time) bool {
	if m.State == Replied {
		return m.RepliedAt.After(m.Due)
	}
	return (m.State == Sent || m.State == Taken) && now.After(m.Due)
}

// Send writes to the secretary or the committee of a village. Members may; Invalid beside
// to or body; to also if nobody holds that post now, since nobody would read it. Nobody
// but the writer and the addressee reads it.
func (s *Service) Send(ctx context.Context, by scope.Actor, place id.ID, to Addressee, body string) (d ID, err error) {
	at, err := s.PlaceOf(place)
	if err != nil {
		return 0, err
	}
	body = strings.TrimSpace(body)
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		if by.Kind != scope.Resident {
			return errs.New(errs.Denied, "remark.residents")
		}
		if err := s.isMember(tx, by, place); err != nil {
			return err
		}
		if to != ToSecretary && to != ToCommittee {
			return errs.At("to", "form.choice")
		}
		if n := utf8.RuneCountInString(body); n == 0 || n > MaxMissive {
			return errs.At("body", "affairs.body", MaxMissive)
		}
		who := s.addressees(place, to, tx.Now())
		if len(who) == 0 {
			return errs.At("to", "missive.nobody")
		}
		m := Missive{ID: tx.NewID(), Place: place, Path: at.Path, Resident: by.Resident, To: to, State: Sent, SentAt: tx.Now(), Due: s.replyBy(tx.Now()), Version: 1}
		if m.body, err = s.Seal.Seal(missiveBody, m.ID, seal.NewText(body)); err != nil {
			return err
		}
		d = m.ID
		if err := insertMissive(tx, m); err != nil {
			return err
		}
		if err := trail.Append(tx, by, trail.Entry{Noun: "missive", Record: d, Act: "send", To: string(Sent), Note: string(to), Digest: m.digest()}); err != nil {
			return err
		}
		return s.tell(tx, TidingLetter, place, d, who...)
	})
	return d, err
}

func (s *Service) replyBy(now time.Time) time.Time {
	return s.Calendars.Town().Due(now, when.Limit{N: limitDays, Unit: when.WorkDays}, nil)
}

// addressed reports whether the actor is to whom a missive was written, and by which
// post: of those to the secretary, who holds that role in the place; of those to the
// committee, who edits the page. An administrator is not.
func (s *Service) addressed(by scope.Actor, m Missive, now time.Time) (post string, ok bool) {
	path := s.Places.Tree().Path(m.Place)
	if m.To == ToCommittee {
		d := Edits(by, path, now)
		return d.Grant.Post, d.OK && by.Kind == scope.Staff
	}
	if by.Kind != scope.Staff {
		return "", false
	}
	return s.secretary(by.Account, path, now)
}

// secretary reports whether an account holds the post of the secretary of a village, and
// its title.
func (s *Service) secretary(account id.ID, path scope.Path, now time.Time) (post string, ok bool) {
	for _, h := range s.Orgs.Directory().HeldBy(account, now) {
		if h.Post.Role == access.VillageSecretary && h.Post.Path[scope.Village] == path[scope.Village] {
			return h.Post.Title.ZH, true
		}
	}
	return "", false
}

// Addressees are those of a place to whom somebody is there to read a letter now.
func (s *Service) Addressees(place id.ID) (to []Addressee) {
	for _, x := range []Addressee{ToSecretary, ToCommittee} {
		if len(s.addressees(place, x, s.DB.Now())) > 0 {
			to = append(to, x)
		}
	}
	return to
}

// Read opens a missive: to its writer and its addressees, NotFound to everybody else. An
// addressee's reading is noted in the trail.
func (s *Service) Read(ctx context.Context, by scope.Actor, d ID) (m Missive, err error) {
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		if m, err = loadMissive(tx, d); err != nil {
			return err
		}
		own := by.Kind == scope.Resident && by.Resident == m.Resident
		post, to := s.addressed(by, m, tx.Now())
		if !own && !to {
			return errs.New(errs.NotFound, "missive.none")
		}
		if err := s.unseal(tx, &m); err != nil {
			return err
		}
		if own {
			return nil
		}
		return trail.Append(tx, by, trail.Entry{Noun: "missive", Record: d, Act: "read", Note: post})
	})
	if err != nil {
		return Missive{}, err
	}
	return m, nil
}

func (s *Service) unseal(tx *sqldb.Tx, m *Missive) error {
	body, err := s.Seal.Open(missiveBody, m.ID, m.body)
	if err != nil {
		return err
	}
	reply, err := s.Seal.Open(missiveReply, m.ID, m.reply)
	if err != nil {
		return err
	}
	m.Body, m.Reply = body.Plain(), reply.Plain()
	cards, err := s.People.Cards(tx, m.Resident)
	m.Name = cards[m.Resident].Name
	return err
}

// post is the one door through which a missive changes.
func (s *Service) post(ctx context.Context, by scope.Actor, d ID, act MissiveAct, edit func(tx *sqldb.Tx, m *Missive, post string) error) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		m, err := loadMissive(tx, d)
		if err != nil {
			return err
		}
		own := by.Kind == scope.Resident && by.Resident == m.Resident
		post, to := s.addressed(by, m, tx.Now())
		switch {
		case !own && !to:
			return errs.New(errs.NotFound, "missive.none")
		case slices.Contains([]MissiveAct{Receive, Reply}, act) != to:
			return errs.New(errs.Denied, "missive.other")
		}
		from := m.State
		if _, err := MissiveFlow.Find(from, act); err != nil {
			return errs.New(errs.Conflict, "missive.move", i18n.Key("missive.act."+string(act)), i18n.Key("missive.state."+string(m.State)))
		}
		if m.State, err = MissiveFlow.Lead(from, act, ""); err != nil {
			return err
		}
		if err := edit(tx, &m, post); err != nil {
			return err
		}
		m.Version++
		if err := saveMissive(tx, m); err != nil {
			return err
		}
		if err := trail.Append(tx, by, trail.Entry{Noun: "missive", Record: d, Act: string(act), From: string(from), To: string(m.State), Digest: m.digest()}); err != nil {
			return err
		}
		switch act {
		case Receive:
			return s.tell(tx, TidingReceived, m.Place, d, resident(m.Resident)...)
		case Reply:
			return s.tell(tx, TidingReplied, m.Place, d, resident(m.Resident)...)
		case WriteOn:
			return s.tell(tx, TidingLetter, m.Place, d, s.addressees(m.Place, m.To, tx.Now())...)
		case Recall:
		}
		return nil
	})
}

// Receive says that the letter has been read and is being looked into. The addressee may.
func (s *Service) Receive(ctx context.Context, by scope.Actor, d ID) error {
	return s.post(ctx, by, d, Receive, func(*sqldb.Tx, *Missive, string) error { return nil })
}

// Reply answers a letter, and its writer is told. The addressee may; Invalid beside body.
func (s *Service) Reply(ctx context.Context, by scope.Actor, d ID, words string) error {
	words = strings.TrimSpace(words)
	return s.post(ctx, by, d, Reply, func(tx *sqldb.Tx, m *Missive, post string) (err error) {
		if n := utf8.RuneCountInString(words); n == 0 || n > MaxMissive {
			return errs.At("body", "affairs.body", MaxMissive)
		}
		m.RepliedAt, m.RepliedPost = tx.Now(), post
		m.reply, err = s.Seal.Seal(missiveReply, m.ID, seal.NewText(words))
		return err
	})
}

// WriteOn writes on after a reply: both letters are kept in one, and the clock begins
// anew. Its writer may; Invalid beside body.
func (s *Service) WriteOn(ctx context.Context, by scope.Actor, d ID, words string) error {
	words = strings.TrimSpace(words)
	return s.post(ctx, by, d, WriteOn, func(tx *sqldb.Tx, m *Missive, _ string) (err error) {
		if n := utf8.RuneCountInString(words); n == 0 || n > MaxMissive {
			return errs.At("body", "affairs.body", MaxMissive)
		}
		if err := s.unseal(tx, m); err != nil {
			return err
		}
		all := m.Body + "\n\n" + m.Reply + "\n\n" + words
		m.SentAt, m.Due, m.RepliedAt, m.reply = tx.Now(), s.replyBy(tx.Now()), time.Time{}, nil
		m.body, err = s.Seal.Seal(missiveBody, m.ID, seal.NewText(all))
		return err
	})
}

// Recall takes a letter back that has not been answered: its words are deleted. Its writer
// may.
func (s *Service) Recall(ctx context.Context, by scope.Actor, d ID) error {
	return s.post(ctx, by, d, Recall, func(_ *sqldb.Tx, m *Missive, _ string) error {
		m.body, m.reply = nil, nil
		return nil
	})
}

// ListMissives returns letters without their words: to a resident their own, to somebody
// of a village those written to them there, what waits first.
func (s *Service) ListMissives(ctx context.Context, by scope.Actor, place id.ID) (ms []Missive, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if by.Kind == scope.Resident {
			ms, err = listMissives(tx, place, by.Resident, 50)
			return err
		}
		all, err := listMissives(tx, place, 0, 200)
		if err != nil {
			return err
		}
		for _, m := range all {
			if _, ok := s.addressed(by, m, tx.Now()); ok {
				ms = append(ms, m)
			}
		}
		return nil
	})
	return ms, err
}
