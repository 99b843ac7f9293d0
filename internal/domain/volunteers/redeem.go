// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"context"
	"strings"
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Redemption is one piece of an offer, taken by a volunteer.
type Redemption struct {
	ID        id.ID
	State     RedemptionState
	Offer     id.ID
	Unit      id.ID
	Volunteer id.ID
	Points    int64
	TakenAt   time.Time
	EndedAt   time.Time
	Reason    string
	Entry     id.ID // the spending
	Version   int

	Title    string // of the offer
	code     []byte
	resident id.ID
}

// Digest is the redemption's canonical state for the trail.
func (r Redemption) Digest() []byte {
	return trail.Digest("volunteer_redemption/2", r.ID, r.code, string(r.State), r.Offer, r.Unit, r.Volunteer, r.Points, r.TakenAt, r.EndedAt, r.Reason, r.Entry)
}

// fetchWithin is how long what was taken waits at the shop; then the points are back.
const fetchWithin = 30 * 24 * time.Hour

// codeLetters are those that nobody misreads.
const codeLetters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// codeOf is what a volunteer shows at the shop: made of the redemption and the town's
// keys, so that it is kept nowhere and nobody guesses it.
func (s *Service) codeOf(d id.ID) (string, error) {
	secret, err := s.box.Index("volunteer.redemption", d.String())
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, c := range secret[:8] {
		b.WriteByte(codeLetters[int(c)%len(codeLetters)])
	}
	return b.String(), nil
}

// indexOf is by what a code is found again.
func (s *Service) indexOf(code string) ([]byte, error) {
	clean := strings.NewReplacer("-", "", " ", "").Replace(strings.ToUpper(strings.TrimSpace(code)))
	return s.box.Index("volunteer.code", clean)
}

// Take spends points on one piece of an offer. It needs to be a volunteer, or the desk
// for the resident of. Who is short of points, and who comes after the last piece, is
// told so (Conflict), and nothing has changed; of many who come at once for the last
// one, one has it.
func (s *Service) Take(ctx context.Context, by scope.Actor, offer, of id.ID) (r Redemption, err error) {
	p, err := s.person(ctx, by, of)
	if err != nil {
		return r, err
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		v, err := s.active(tx, p.resident.ID)
		if none(err) {
			return errs.New(errs.Conflict, "volunteers.join_first")
		} else if err != nil {
			return err
		}
		o, err := s.seeOffer(tx, by, offer)
		if err != nil {
			return err
		}
		if o.State != OnOffer || tx.Now().After(o.Until) {
			return errs.New(errs.Conflict, "volunteers.offer.over")
		}
		if ok, err := takePiece(tx, o.ID); err != nil {
			return err
		} else if !ok {
			return errs.New(errs.Conflict, "volunteers.offer.gone")
		}
		r = Redemption{ID: tx.NewID(), State: Taken, Offer: o.ID, Unit: o.Unit, Volunteer: v.ID, Points: o.Points, TakenAt: tx.Now(), Version: 1}
		code, err := s.codeOf(r.ID)
		if err != nil {
			return err
		}
		if r.code, err = s.indexOf(code); err != nil {
			return err
		}
		e, err := post(tx, by, Entry{Act: Spend, Points: o.Points, Record: r.ID}, volunteerAccount(v.ID), memberAccount(o.Unit))
		if err != nil {
			return err
		}
		r.Entry = e.ID
		if err := insertRedemption(tx, r); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "volunteer_redemption", Record: r.ID, Act: "take", To: string(Taken), For: p.behalf, Digest: r.Digest()})
	})
	return r, err
}

// moveRedemption is the one door through which a redemption changes.
func (s *Service) moveRedemption(tx *sqldb.Tx, by scope.Actor, r Redemption, act Act, do func(r *Redemption) error) error {
	m, err := RedemptionFlow.Find(r.State, act)
	if err != nil {
		return moved("volunteer_redemption", string(act), string(r.State))
	}
	was := r.State
	r.State, r.EndedAt = m.To, tx.Now()
	if err := do(&r); err != nil {
		return err
	}
	if err := saveRedemption(tx, r); err != nil {
		return err
	}
	return trail.Append(tx, by, trail.Entry{Noun: "volunteer_redemption", Record: r.ID, Act: string(act), From: string(was), To: string(r.State), Digest: r.Digest()})
}

// HandOver says that the shop has given what the code is for. Needs the offers' need in
// the unit. A code that is none of the unit's is Invalid beside "code"; one that was
// used says so.
func (s *Service) HandOver(ctx context.Context, by scope.Actor, code string) (r Redemption, err error) {
	index, err := s.indexOf(code)
	if err != nil {
		return r, err
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if len(by.Units(offering, tx.Now())) == 0 {
			return errs.New(errs.Denied, scope.DeniedNeed)
		}
		r, err = redemptionByCode(tx, index)
		if none(err) || err == nil && !s.gives(by, r, tx.Now()) {
			return errs.At("code", "volunteers.code.none")
		} else if err != nil {
			return err
		}
		switch r.State {
		case HandedOver:
			return errs.At("code", "volunteers.code.used")
		case Cancelled:
			return errs.At("code", "volunteers.code.cancelled")
		case Taken:
		}
		return s.moveRedemption(tx, by, r, HandOver, func(*Redemption) error { return nil })
	})
	return r, err
}

// gives reports whether the actor acts for the member.
func (s *Service) gives(by scope.Actor, r Redemption, now time.Time) bool {
	for _, u := range by.Units(offering, now) {
		if u == r.Unit {
			return true
		}
	}
	return false
}

// Cancel gives the points back and the piece to the offer, before it is handed over:
// the volunteer may, the desk for the resident of, and the member, with the reason.
func (s *Service) Cancel(ctx context.Context, by scope.Actor, d, of id.ID, reason string) error {
	reason = strings.TrimSpace(reason)
	shop := by.Kind == scope.Staff && of == 0
	var p person
	if !shop {
		var err error
		if p, err = s.person(ctx, by, of); err != nil {
			return err
		}
	} else if err := because(reason); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		r, err := loadRedemption(tx, d)
		if err != nil {
			return err
		}
		if shop && !s.gives(by, r, tx.Now()) || !shop && r.resident != p.resident.ID {
			return errs.New(errs.NotFound, "volunteers.redemption.none")
		}
		return s.cancel(tx, by, r, reason)
	})
}

func (s *Service) cancel(tx *sqldb.Tx, by scope.Actor, r Redemption, reason string) error {
	return s.moveRedemption(tx, by, r, Cancel, func(r *Redemption) error {
		r.Reason = reason
		if err := giveBackPiece(tx, r.Offer); err != nil {
			return err
		}
		v, err := loadVolunteer(tx, r.Volunteer, s.city())
		if err != nil {
			return err
		}
		if _, err := post(tx, by, Entry{Act: Return, Points: r.Points, Record: r.ID, Reverses: r.Entry}, memberAccount(r.Unit), volunteerAccount(r.Volunteer)); err != nil {
			return err
		}
		if v.State == Left { // who has left has no points
			_, err = post(tx, by, Entry{Act: GiveBack, Points: r.Points}, volunteerAccount(v.ID), s.pot(v.Path))
		}
		return err
	})
}

// Expire gives back the points of what nobody fetched: at most so many, and says how
// many. It is a job's.
func (s *Service) Expire(ctx context.Context, most int) (n int, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		rs, err := unfetched(tx, tx.Now().Add(-fetchWithin), most)
		if err != nil {
			return err
		}
		n = len(rs)
		for _, r := range rs {
			if err := s.cancel(tx, scope.Program("volunteers"), r, ""); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// Settle says that the town has paid a member for points, which go back to the pot: so
// many as it has for what it has handed over. It is the city's.
func (s *Service) Settle(ctx context.Context, by scope.Actor, unit id.ID, points int, note string) error {
	note = strings.TrimSpace(note)
	var faults errs.List
	if points < 1 {
		faults.Add("points", "volunteers.settle.points")
	}
	if because(note) != nil {
		faults.Add("note", "volunteers.words", shortest, longest)
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if err := s.cityMay(tx, by); err != nil {
			return err
		}
		if err := faults.Err(); err != nil {
			return err
		}
		u, ok := s.orgs.Directory().Unit(unit)
		if !ok {
			return errs.At("unit", "volunteers.settle.unit")
		}
		has, err := dueTo(tx, unit)
		if err != nil {
			return err
		}
		if int64(points) > has {
			return errs.At("points", "volunteers.settle.more", has)
		}
		_, err = post(tx, by, Entry{Act: Settle, Points: int64(points), Note: note}, memberAccount(unit), s.pot(u.Path))
		return err
	})
}
