// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/flow"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A MemberState says how a membership stands.
type MemberState string

// The states of a membership.
const (
	AskedIn MemberState = "asked"   // a neighbour is to vouch
	Vouched MemberState = "vouched" // the committee is to say yes or no
	Joined  MemberState = "joined"  // nobody's turn
	Refused MemberState = "refused" // they may ask again
	Left    MemberState = "left"    // they may ask again
)

// A MemberAct is what is done to a membership.
type MemberAct string

// The acts.
const (
	AskIn   MemberAct = "ask_in"
	JoinAct MemberAct = "join"
	Vouch   MemberAct = "vouch"
	Admit   MemberAct = "admit"
	Refuse  MemberAct = "refuse"
	Leave   MemberAct = "leave"
)

const (
	bySelf   scope.Need = "oneself"
	byMember scope.Need = "member"
)

// MemberFlow is the life of a membership. Who is known at the desk and lives there, or
// has a code, joins at once; for others a neighbour vouches and the committee says yes.
var MemberFlow = flow.New("membership", AskedIn,
	flow.On(AskedIn, Vouch, Vouched, byMember),
	flow.On(AskedIn, JoinAct, Joined, bySelf),
	flow.On(AskedIn, Refuse, Refused, "publish"),
	flow.On(AskedIn, Leave, Left, bySelf),
	flow.On(Vouched, Admit, Joined, "publish"),
	flow.On(Vouched, JoinAct, Joined, bySelf),
	flow.On(Vouched, Refuse, Refused, "publish"),
	flow.On(Vouched, Leave, Left, bySelf),
	flow.On(Joined, Leave, Left, bySelf),
	flow.On(Refused, AskIn, AskedIn, bySelf),
	flow.On(Refused, JoinAct, Joined, bySelf),
	flow.On(Left, AskIn, AskedIn, bySelf),
	flow.On(Left, JoinAct, Joined, bySelf),
)

// A Way is how somebody became a member.
type Way string

// The ways.
const (
	ByDesk      Way = "desk"      // their card was seen at the desk, and they live there
	ByNeighbour Way = "neighbour" // a member vouched, and the committee said yes
	ByCode      Way = "code"      // by a printed code
)

// A Membership is a resident's place on the page of a village.
type Membership struct {
	ID       ID
	Place    id.ID
	Path     scope.Path
	Resident id.ID
	Name     string // the mask of their name; worked out
	State    MemberState
	Way      Way
	Voucher  id.ID
	AskedAt  time.Time
	JoinedAt time.Time
	Why      string
	Version  int64
}

func (m Membership) digest() []byte {
	return trail.Digest("membership/2", m.ID, m.Place, m.Path[scope.Town], m.Path[scope.Village], m.Resident, string(m.State), string(m.Way), m.Voucher, m.AskedAt, m.JoinedAt, m.Why, m.Version)
}

// isMember refuses whoever is not a member of a place, or of the village around it.
func (s *Service) isMember(tx *sqldb.Tx, by scope.Actor, place id.ID) error {
	path := s.Places.Tree().Path(place)
	for _, d := range []id.ID{place, path[scope.Village]} {
		if m, ok, err := memberOf(tx, d, by.Resident); err != nil {
			return err
		} else if ok && m.State == Joined {
			return nil
		}
	}
	return errs.New(errs.Denied, "membership.none")
}

// Mine is the reader's membership of a place; false if they never asked.
func (s *Service) Mine(ctx context.Context, by scope.Actor, place id.ID) (m Membership, ok bool, err error) {
	if by.Kind != scope.Resident {
		return m, false, nil
	}
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		m, ok, err = memberOf(tx, place, by.Resident)
		return err
	})
	return m, ok, err
}

// AskIn asks to become a member of a place. Who is known at the desk and lives there is
// one at once; others wait for a neighbour who vouches. Only a resident, for themselves;
// Conflict if they have asked or are a member already.
func (s *Service) AskIn(ctx context.Context, by scope.Actor, place id.ID) (m Membership, err error) {
	at, err := s.PlaceOf(place)
	if err != nil {
		return m, err
	}
	if by.Kind != scope.Resident {
		return m, errs.New(errs.Denied, "remark.residents")
	}
	who, err := s.People.Get(ctx, by.Resident)
	if err != nil {
		return m, err
	}
	known := who.Verified() && who.Place[scope.Village] == at.Path[scope.Village]
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		act := AskIn
		if known {
			act = JoinAct
		}
		m, err = s.enroll(tx, by, at, act, ByDesk)
		return err
	})
	return m, err
}

// enroll begins a membership, or takes one up again.
func (s *Service) enroll(tx *sqldb.Tx, by scope.Actor, at places.Place, act MemberAct, way Way) (m Membership, err error) {
	m, ok, err := memberOf(tx, at.ID, by.Resident)
	if err != nil {
		return m, err
	}
	from := m.State
	if ok {
		if _, err := MemberFlow.Find(m.State, act); err != nil {
			return m, errs.New(errs.Conflict, "membership.move", i18n.Key("membership.state."+string(m.State)))
		}
	} else {
		m = Membership{ID: tx.NewID(), Place: at.ID, Path: at.Path, Resident: by.Resident}
	}
	m.State, m.Way, m.AskedAt, m.Why, m.Voucher = AskedIn, ByNeighbour, tx.Now(), "", 0
	if act == JoinAct {
		m.State, m.Way, m.JoinedAt = Joined, way, tx.Now()
	}
	m.Version++
	if err := saveMember(tx, m); err != nil {
		return m, err
	}
	return m, trail.Append(tx, by, trail.Entry{Noun: "membership", Record: m.ID, Act: string(act), From: string(from), To: string(m.State), Note: string(m.Way), Digest: m.digest()})
}

// move is the one door through which a membership that was asked for goes on.
func (s *Service) move(ctx context.Context, by scope.Actor, d ID, act MemberAct, edit func(tx *sqldb.Tx, m *Membership) error) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		m, err := loadMember(tx, d)
		if err != nil {
			return err
		}
		if err := s.mayMove(tx, by, m, act); err != nil {
			return err
		}
		from := m.State
		if _, err := MemberFlow.Find(from, act); err != nil {
			return errs.New(errs.Conflict, "membership.move", i18n.Key("membership.state."+string(m.State)))
		}
		if m.State, err = MemberFlow.Lead(from, act, ""); err != nil {
			return err
		}
		if err := edit(tx, &m); err != nil {
			return err
		}
		m.Version++
		if err := saveMember(tx, m); err != nil {
			return err
		}
		if err := trail.Append(tx, by, trail.Entry{Noun: "membership", Record: d, Act: string(act), From: string(from), To: string(m.State), Digest: m.digest()}); err != nil {
			return err
		}
		switch act {
		case Vouch:
			return s.tell(tx, TidingVouched, m.Place, d, s.editors(m.Place, tx.Now())...)
		case Admit:
			return s.tell(tx, TidingAdmitted, m.Place, d, resident(m.Resident)...)
		case Refuse:
			return s.tell(tx, TidingRefused, m.Place, d, resident(m.Resident)...)
		case AskIn, JoinAct, Leave:
		}
		return nil
	})
}

func (s *Service) mayMove(tx *sqldb.Tx, by scope.Actor, m Membership, act MemberAct) error {
	switch act {
	case Admit, Refuse:
		if d := Edits(by, s.Places.Tree().Path(m.Place), tx.Now()); !d.OK {
			return errs.New(errs.Denied, d.Key, d.Args...)
		}
	case Vouch:
		if by.Kind != scope.Resident {
			return errs.New(errs.Denied, "remark.residents")
		}
		if by.Resident == m.Resident {
			return errs.New(errs.Denied, "membership.self")
		}
		return s.isMember(tx, by, m.Place)
	case Leave, AskIn, JoinAct:
		if by.Kind != scope.Resident || by.Resident != m.Resident {
			return errs.New(errs.Denied, "remark.author")
		}
	}
	return nil
}

// Vouch says that somebody is a neighbour. A member may, of others; they learn nothing
// but the mask of a name. The committee still has to say yes.
func (s *Service) Vouch(ctx context.Context, by scope.Actor, d ID) error {
	return s.move(ctx, by, d, Vouch, func(_ *sqldb.Tx, m *Membership) error {
		m.Voucher = by.Resident
		return nil
	})
}

// Admit makes somebody for whom a neighbour vouched a member. Needs publish there.
func (s *Service) Admit(ctx context.Context, by scope.Actor, d ID) error {
	return s.move(ctx, by, d, Admit, func(tx *sqldb.Tx, m *Membership) error {
		m.JoinedAt = tx.Now()
		return nil
	})
}

// Refuse says no, and why; they may ask again. Needs publish there; Invalid beside why.
func (s *Service) Refuse(ctx context.Context, by scope.Actor, d ID, why string) error {
	why = strings.TrimSpace(why)
	return s.move(ctx, by, d, Refuse, func(_ *sqldb.Tx, m *Membership) error {
		if n := utf8.RuneCountInString(why); n == 0 || n > MaxWhy {
			return errs.At("why", "affairs.why", MaxWhy)
		}
		m.Why = why
		return nil
	})
}

// Leave ends one's own membership, at any time and without a reason. What was said stays.
func (s *Service) Leave(ctx context.Context, by scope.Actor, d ID) error {
	return s.move(ctx, by, d, Leave, func(*sqldb.Tx, *Membership) error { return nil })
}

// PlaceOfMembership is the place of a membership, and nothing else of it.
func (s *Service) PlaceOfMembership(ctx context.Context, d ID) (place id.ID, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		m, err := loadMember(tx, d)
		place = m.Place
		return err
	})
	return place, err
}

// ListMembers returns the memberships of a place that wait for a step: those for whom
// nobody has vouched to its members, those that wait for the committee to who edits the
// page. Nobody is shown a list of all members.
func (s *Service) ListMembers(ctx context.Context, by scope.Actor, place id.ID, state MemberState) (ms []Membership, err error) {
	at, err := s.PlaceOf(place)
	if err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		edits := Edits(by, at.Path, tx.Now()).OK
		if !edits && (state != AskedIn || s.isMember(tx, by, place) != nil) {
			return nil
		}
		if state != AskedIn && state != Vouched {
			return nil
		}
		if ms, err = listMembers(tx, place, state, 100); err != nil {
			return err
		}
		var who []id.ID
		for _, m := range ms {
			who = append(who, m.Resident)
		}
		cards, err := s.People.Cards(tx, who...)
		for i := range ms {
			ms[i].Name = cards[ms[i].Resident].Name
		}
		return err
	})
	return ms, err
}

// A Code is what is printed and handed out for joining.
type Code struct {
	ID    ID
	Place id.ID
	Most  int
	Used  int
	Until time.Time
	Ended bool
}

// Bounds of a code.
const (
	maxCodeUses = 500
	maxCodeDays = 90
)

// MakeCode makes a code with which so many may join within so many days, and returns it;
// it is shown this once. Needs publish there; Invalid beside most or days.
func (s *Service) MakeCode(ctx context.Context, by scope.Actor, place id.ID, most, days int) (code string, err error) {
	at, err := s.PlaceOf(place)
	if err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		if d := Edits(by, at.Path, tx.Now()); !d.OK {
			return errs.New(errs.Denied, d.Key, d.Args...)
		}
		var l errs.List
		if most < 1 || most > maxCodeUses {
			l.Add("most", "form.range", 1, maxCodeUses)
		}
		if days < 1 || days > maxCodeDays {
			l.Add("days", "form.range", 1, maxCodeDays)
		}
		if err := l.Err(); err != nil {
			return err
		}
		var b [10]byte
		if _, err := io.ReadFull(s.Random, b[:]); err != nil {
			return err
		}
		code = base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:])[:12]
		c := Code{ID: tx.NewID(), Place: place, Most: most, Until: tx.Now().AddDate(0, 0, days)}
		if err := insertMemberCode(tx, at.Path, c, hashCode(code), by.Account); err != nil {
			return err
		}
		return noteCode(tx, by, c.ID, "make")
	})
	if err != nil {
		return "", err
	}
	return code[:4] + "-" + code[4:8] + "-" + code[8:], nil
}

func hashCode(code string) []byte {
	clean := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '2' && r <= '7':
			return r
		}
		return -1
	}, code)
	h := sha256.Sum256([]byte("yuanba/join/1\x00" + clean))
	return h[:]
}

// Join makes the reader a member by a printed code. Only a resident; Invalid beside
// code if it is none, has ended, or was used as often as it may.
func (s *Service) Join(ctx context.Context, by scope.Actor, code string) (m Membership, err error) {
	if by.Kind != scope.Resident {
		return m, errs.New(errs.Denied, "remark.residents")
	}
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		c, ok, err := codeWith(tx, hashCode(code))
		if err != nil {
			return err
		}
		if !ok || c.Ended || c.Used >= c.Most || tx.Now().After(c.Until) {
			return errs.At("code", "membership.code")
		}
		at, err := s.PlaceOf(c.Place)
		if err != nil {
			return err
		}
		if m, err = s.enroll(tx, by, at, JoinAct, ByCode); err != nil {
			return err
		}
		return useMemberCode(tx, c)
	})
	return m, err
}

// Codes are the codes of a place that are good, the newest first, for who edits the page.
func (s *Service) Codes(ctx context.Context, by scope.Actor, place id.ID) (cs []Code, err error) {
	at, err := s.PlaceOf(place)
	if err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if !Edits(by, at.Path, tx.Now()).OK {
			return nil
		}
		cs, err = listCodes(tx, place, tx.Now(), 20)
		return err
	})
	return cs, err
}

// Code is a code that is good, for who edits the page of its place; NotFound to others,
// and of one that has ended.
func (s *Service) Code(ctx context.Context, by scope.Actor, d ID) (c Code, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if c, err = loadCode(tx, d); err != nil {
			return err
		}
		if c.Ended || !Edits(by, s.Places.Tree().Path(c.Place), tx.Now()).OK {
			return errs.New(errs.NotFound, "membership.code.none")
		}
		return nil
	})
	return c, err
}

// EndCode ends a code before its time; who has joined with it stays. Needs publish there;
// Conflict if it has ended already.
func (s *Service) EndCode(ctx context.Context, by scope.Actor, d ID) (place id.ID, err error) {
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		c, err := loadCode(tx, d)
		if err != nil {
			return err
		}
		place = c.Place
		if d := Edits(by, s.Places.Tree().Path(c.Place), tx.Now()); !d.OK {
			return errs.New(errs.Denied, d.Key, d.Args...)
		}
		if c.Ended {
			return errs.New(errs.Conflict, "membership.code.over")
		}
		if err := endMemberCode(tx, d); err != nil {
			return err
		}
		return noteCode(tx, by, d, "end")
	})
	return place, err
}
