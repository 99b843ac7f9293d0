// SPDX-License-Identifier: Apache-2.0

package people

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

// A ProxyScope is one thing that may be done for somebody. Whoever raises a matter
// follows it to its end as its reporter does.
type ProxyScope string

// The scopes.
const (
	ProxyRaise ProxyScope = "raise" // raise matters, answer, rate
	ProxyAsk   ProxyScope = "ask"   // ask questions
	ProxyBook  ProxyScope = "book"  // take, move and cancel bookings, and ask for a visit at home
)

// ProxyScopes lists the scopes.
var ProxyScopes = []ProxyScope{ProxyRaise, ProxyAsk, ProxyBook}

// A Consent is how somebody agreed that another acts for them.
type Consent string

// The ways.
const (
	AtDesk     Consent = "desk"     // said to a clerk, who saw both
	ByCode     Consent = "code"     // gave the other a code, signed in by telephone
	OnPaper    Consent = "paper"    // signed a paper, which the clerk keeps
	AsGuardian Consent = "guardian" // a minor's; the clerk saw the household register
)

// Consents lists the ways that a clerk records.
var Consents = []Consent{AtDesk, OnPaper, AsGuardian}

// Relations lists how one who acts may stand to a resident: the messages
// "proxy.relation." and these.
var Relations = []string{"child", "parent", "spouse", "kin", "neighbour", "grid_worker", "other"}

// A Proxy 代办 is somebody who may do certain things for a resident.
type Proxy struct {
	ID       id.ID
	For      id.ID // the resident
	By       id.ID // who acts: a resident; 0 while nobody has taken the code
	Account  id.ID // or an account
	Relation string
	Scopes   []ProxyScope
	Consent  Consent
	Paper    string // where the signed paper is kept
	Photo    Photo  // of the signed paper, if one was taken
	MadeBy   id.ID  // the clerk's account; 0: the resident
	MadeAt   time.Time
	TakenAt  time.Time
	Until    time.Time
	EndedAt  time.Time
	EndedBy  string // resident, proxy or clerk
	Version  int64

	codeIndex []byte
}

// Good reports whether it counts at a moment.
func (p Proxy) Good(now time.Time) bool {
	return !p.TakenAt.IsZero() && p.EndedAt.IsZero() && now.Before(p.Until)
}

// Offered reports whether it waits for its code to be taken.
func (p Proxy) Offered(now time.Time) bool {
	return p.TakenAt.IsZero() && p.EndedAt.IsZero() && now.Before(p.MadeAt.Add(offerFor))
}

// May reports whether it is for a scope.
func (p Proxy) May(s ProxyScope) bool { return slices.Contains(p.Scopes, s) }

// digest is over everything that is kept of the proxy, and what was done by it.
func (p Proxy) digest(acts []byte) []byte {
	return trail.Digest("proxy/2", p.ID, p.For, p.By, p.Account, p.Relation, joinProxyScopes(p.Scopes), string(p.Consent), p.codeIndex, p.Paper, p.Photo.Hash, p.Photo.Type, p.MadeBy, p.MadeAt, p.TakenAt, p.Until, p.EndedAt, p.EndedBy, p.Version, acts)
}

// The limits.
const (
	offerFor    = 48 * time.Hour // a code that nobody takes is worth nothing then
	proxyMost   = 366 * 24 * time.Hour
	proxiesMost = 5 // who act for one resident, and for whom one acts; clerks' and guardians' are not counted
	paperMost   = 100
	grownUp     = 18 // years
)

// A Proxying is what is settled about a proxy.
type Proxying struct {
	For      id.ID // the resident; an offer is the actor's own
	By       id.ID // the resident who acts, or
	Account  id.ID // the account
	Relation string
	Scopes   []ProxyScope
	Consent  Consent
	Paper    string
	Photo    Photo     // of the signed paper, beside where it is kept
	Until    time.Time // zero: a year from now; of a guardian: until they are grown up
}

func (in Proxying) check(now time.Time) (p Proxy, err error) {
	var l errs.List
	p = Proxy{For: in.For, By: in.By, Account: in.Account, Relation: in.Relation, Consent: in.Consent, Paper: strings.TrimSpace(in.Paper), Photo: in.Photo, MadeAt: now, Until: in.Until, Version: 1}
	for _, s := range ProxyScopes {
		if slices.Contains(in.Scopes, s) {
			p.Scopes = append(p.Scopes, s)
		}
	}
	if len(p.Scopes) == 0 || len(p.Scopes) != len(in.Scopes) {
		l.Add("scopes", "proxy.scopes.none")
	}
	if !slices.Contains(Relations, in.Relation) {
		l.Add("relation", "proxy.relation.none")
	}
	if p.Until.IsZero() && in.Consent != AsGuardian {
		p.Until = now.Add(proxyMost)
	}
	if in.Consent != AsGuardian && (!p.Until.After(now) || p.Until.After(now.Add(proxyMost))) {
		l.Add("until", "proxy.until")
	}
	switch n := utf8.RuneCountInString(p.Paper); {
	case in.Consent == OnPaper && n == 0:
		l.Add("paper", "proxy.paper.missing")
	case n > paperMost:
		l.Add("paper", "proxy.paper.long", paperMost)
	}
	if in.Photo.Hash != "" && in.Consent != OnPaper {
		l.Add("photo", "proxy.photo.paper")
	}
	return p, l.Err()
}

// OfferProxy lets the actor, a resident, name nobody yet: whoever enters the code that
// it returns acts for them then. The code is good for two days and shown this once.
func (s *Service) OfferProxy(ctx context.Context, by scope.Actor, random io.Reader, in Proxying) (code string, p Proxy, err error) {
	if !isSelf(by, by.Resident) {
		return "", p, errs.New(errs.Denied, "people.own.only")
	}
	in.For, in.By, in.Account, in.Consent = by.Resident, 0, 0, ByCode
	if p, err = in.check(s.db.Now()); err != nil {
		return "", p, err
	}
	if code, err = seal.NewCode(random); err != nil {
		return "", p, err
	}
	if p.codeIndex, err = s.proxyCode(code); err != nil {
		return "", p, err
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		p.ID = tx.NewID()
		if err := s.proxyRoom(tx, p.For, 0); err != nil {
			return err
		}
		return s.addProxy(tx, by, p)
	})
	return code, p, err
}

func (s *Service) proxyCode(code string) ([]byte, error) {
	return s.box.Index("proxy.code", seal.PlainCode(code))
}

// TakeProxy makes the actor, a resident, the proxy of whose code they enter. A code that
// opens nothing is Invalid beside code.
func (s *Service) TakeProxy(ctx context.Context, by scope.Actor, code string) (p Proxy, err error) {
	if !isSelf(by, by.Resident) {
		return p, errs.New(errs.Denied, "people.own.only")
	}
	index, err := s.proxyCode(code)
	if err != nil {
		return p, err
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		var ok bool
		if p, ok, err = proxyWithCode(tx, index); err != nil {
			return err
		}
		switch {
		case !ok || !p.Offered(tx.Now()):
			return errs.At("code", "proxy.code.wrong")
		case p.For == by.Resident:
			return errs.At("code", "proxy.code.own")
		}
		if err := s.proxyRoom(tx, 0, by.Resident); err != nil {
			return err
		}
		p.By, p.TakenAt, p.codeIndex = by.Resident, tx.Now(), nil
		return s.keepProxy(tx, by, &p, "take")
	})
	return p, err
}

// RegisterProxy records at the desk that somebody acts for a resident, and how they
// agreed. It needs the desk in the resident's place (Denied). A guardian's is for a
// minor, and ends when they are grown up.
func (s *Service) RegisterProxy(ctx context.Context, by scope.Actor, in Proxying) (p Proxy, err error) {
	if p, err = in.check(s.db.Now()); err != nil {
		return p, err
	}
	switch {
	case !slices.Contains(Consents, in.Consent):
		return p, errs.At("consent", "proxy.consent.none")
	case (in.By == 0) == (in.Account == 0), in.By == in.For:
		return p, errs.At("by", "proxy.by.none")
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		r, err := load(tx, s.box, p.For)
		if err != nil {
			return err
		}
		if by.Kind != scope.System {
			if err := staffMay(by, needDesk, r.Place, tx.Now()); err != nil {
				return err
			}
		}
		if r.Forgotten() {
			return errs.New(errs.NotFound, "people.none")
		}
		if p.By != 0 {
			if _, err := load(tx, s.box, p.By); err != nil {
				return err
			}
		}
		if in.Consent == AsGuardian {
			born, ok := r.IDNumber.Born()
			if p.Until = born.AddDate(grownUp, 0, 0); !ok || !p.Until.After(tx.Now()) {
				return errs.At("consent", "proxy.guardian.grown")
			}
		} else if p.By != 0 {
			if err := s.proxyRoom(tx, p.For, p.By); err != nil {
				return err
			}
		}
		p.ID, p.MadeBy, p.MadeAt, p.TakenAt = tx.NewID(), by.Account, tx.Now(), tx.Now()
		return s.addProxy(tx, by, p)
	})
	return p, err
}

// proxyRoom is a Conflict if a resident has as many proxies, or acts for as many, as one
// may: nobody makes a trade of it.
func (s *Service) proxyRoom(tx *sqldb.Tx, resident, by id.ID) error {
	for _, d := range []struct{ resident, by id.ID }{{resident, 0}, {0, by}} {
		if d.resident == 0 && d.by == 0 {
			continue
		}
		ps, err := listProxies(tx, d.resident, d.by, 0)
		if err != nil {
			return err
		}
		n := 0
		for _, p := range ps {
			if p.Consent != AsGuardian && p.Account == 0 && (p.Good(tx.Now()) || p.Offered(tx.Now())) {
				n++
			}
		}
		if n >= proxiesMost {
			return errs.New(errs.Conflict, "proxy.many", proxiesMost)
		}
	}
	return nil
}

func (s *Service) addProxy(tx *sqldb.Tx, by scope.Actor, p Proxy) error {
	if err := insertProxy(tx, p); err != nil {
		return err
	}
	return trail.Append(tx, by, trail.Entry{Noun: "proxy", Record: p.ID, Act: "add", Note: string(p.Consent), Digest: p.digest(nil)})
}

func (s *Service) keepProxy(tx *sqldb.Tx, by scope.Actor, p *Proxy, act string) error {
	if err := saveProxy(tx, p); err != nil {
		return err
	}
	acts, err := proxyActs(tx, p.ID)
	if err != nil {
		return err
	}
	return trail.Append(tx, by, trail.Entry{Noun: "proxy", Record: p.ID, Act: act, Digest: p.digest(acts)})
}

// EndProxy ends one, at any time and without a reason: the resident may, who acts, and
// the desk in the resident's place. It is NotFound for others, and a Conflict if it is
// over.
func (s *Service) EndProxy(ctx context.Context, by scope.Actor, d id.ID) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		p, err := loadProxy(tx, d)
		if err != nil {
			return err
		}
		switch {
		case isSelf(by, p.For):
			p.EndedBy = "resident"
		case by.Kind == scope.Resident && by.Resident == p.By && p.By != 0, by.Kind == scope.Staff && by.Account == p.Account && p.Account != 0:
			p.EndedBy = "proxy"
		default:
			r, err := load(tx, s.box, p.For)
			if err != nil {
				return err
			}
			if staffMay(by, needDesk, r.Place, tx.Now()) != nil {
				return errs.New(errs.NotFound, "proxy.none")
			}
			p.EndedBy = "clerk"
		}
		if !p.Good(tx.Now()) && !p.Offered(tx.Now()) {
			return errs.New(errs.Conflict, "proxy.over")
		}
		p.EndedAt, p.codeIndex = tx.Now(), nil
		return s.keepProxy(tx, by, &p, "end")
	})
}

// ActsFor reports whether the actor may do a thing for a resident now, and by which
// proxy: what is done by it is noted with [Service.NoteProxy] in the same transaction.
func (s *Service) ActsFor(tx *sqldb.Tx, by scope.Actor, resident id.ID, what ProxyScope) (p Proxy, ok bool, err error) {
	if resident == 0 || by.Resident == 0 && by.Account == 0 {
		return p, false, nil
	}
	ps, err := proxiesBetween(tx, resident, by.Resident, by.Account)
	for _, p := range ps {
		if p.Good(tx.Now()) && p.May(what) {
			return p, true, nil
		}
	}
	return p, false, err
}

// NoteProxy notes what the actor did by a proxy, by its number: for both to read, and in
// the trail, so that it cannot be taken out again.
func (s *Service) NoteProxy(tx *sqldb.Tx, by scope.Actor, p Proxy, what ProxyScope, number string) error {
	if err := insertProxyAct(tx, ProxyAct{ID: tx.NewID(), Proxy: p.ID, At: tx.Now(), Scope: what, Number: number}); err != nil {
		return err
	}
	acts, err := proxyActs(tx, p.ID)
	if err != nil {
		return err
	}
	return trail.Append(tx, by, trail.Entry{Noun: "proxy", Record: p.ID, Act: "use", Note: string(what), Digest: p.digest(acts)})
}

// DoneFor are the numbers of what the actor did of one kind by the proxies that count
// now, the newest first and a hundred at most: what else there is of whom they act for is
// not theirs to list.
func (s *Service) DoneFor(tx *sqldb.Tx, by scope.Actor, what ProxyScope) (numbers []string, err error) {
	if by.Resident == 0 && by.Account == 0 {
		return nil, nil
	}
	return proxyNumbers(tx, by.Resident, by.Account, what, tx.Now())
}

// A ProxyAct is something that was done by a proxy.
type ProxyAct struct {
	ID     id.ID
	Proxy  id.ID
	At     time.Time
	Scope  ProxyScope
	Number string
}

// A ShownProxy is a proxy as one of the two reads it: the other in masks, and what was done.
type ShownProxy struct {
	Proxy
	Other Card // the other one; nothing of an account
	Mine  bool // the reader is the one for whom it is done
	Acts  []ProxyAct
}

// ListProxies returns who acts for the actor and for whom the actor acts, the newest
// first. Only residents have such a list, and accounts of those for whom they act.
func (s *Service) ListProxies(ctx context.Context, by scope.Actor) (all []ShownProxy, err error) {
	if by.Resident == 0 && by.Account == 0 {
		return nil, errs.New(errs.Denied, scope.DeniedSignIn)
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		all = nil
		if by.Resident != 0 {
			if all, err = s.shownProxies(tx, by.Resident, 0, 0); err != nil {
				return err
			}
		}
		acts, err := s.shownProxies(tx, 0, by.Resident, by.Account)
		all = append(all, acts...)
		return err
	})
	return all, err
}

// ListProxiesOf returns who acts for a resident: for the desk in their place (Denied).
func (s *Service) ListProxiesOf(ctx context.Context, by scope.Actor, resident id.ID) (all []ShownProxy, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		r, err := load(tx, s.box, resident)
		if err != nil {
			return err
		}
		if err := staffMay(by, needDesk, r.Place, tx.Now()); err != nil {
			return err
		}
		all, err = s.shownProxies(tx, resident, 0, 0)
		return err
	})
	return all, err
}

func (s *Service) shownProxies(tx *sqldb.Tx, resident, by, account id.ID) ([]ShownProxy, error) {
	ps, err := listProxies(tx, resident, by, account)
	if err != nil {
		return nil, err
	}
	var others []id.ID
	for _, p := range ps {
		if others = append(others, p.For); p.By != 0 {
			others = append(others, p.By)
		}
	}
	cards, err := s.Cards(tx, others...)
	if err != nil {
		return nil, err
	}
	all := make([]ShownProxy, len(ps))
	for i, p := range ps {
		all[i] = ShownProxy{Proxy: p, Mine: resident != 0, Other: cards[p.For]}
		if resident != 0 {
			all[i].Other = cards[p.By]
		}
		if all[i].Acts, err = listProxyActs(tx, p.ID); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// endProxiesOf ends every proxy of a resident who is forgotten, and those they are.
func (s *Service) endProxiesOf(tx *sqldb.Tx, by scope.Actor, resident id.ID) error {
	for _, of := range []struct{ resident, by id.ID }{{resident, 0}, {0, resident}} {
		ps, err := listProxies(tx, of.resident, of.by, 0)
		if err != nil {
			return err
		}
		for _, p := range ps {
			act := "forget"
			if p.Good(tx.Now()) || p.Offered(tx.Now()) {
				act = "end"
				p.EndedAt, p.codeIndex, p.EndedBy = tx.Now(), nil, "resident"
				if of.by != 0 {
					p.EndedBy = "proxy"
				}
			} else if p.Photo.Hash == "" {
				continue
			}
			p.Photo = Photo{} // it bears both their names
			if err := s.keepProxy(tx, by, &p, act); err != nil {
				return err
			}
		}
	}
	return nil
}
