// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// An Invitation lets somebody outside the town's organisation, such as a
// property company, answer one question about one matter by a link.
type Invitation struct {
	ID         id.ID
	Matter     ID
	Party      string
	Question   string
	InvitedBy  string
	At         time.Time
	ExpiresAt  time.Time
	AnsweredAt time.Time
	Answer     string
	RevokedAt  time.Time

	token []byte // SHA-256 of the link's secret
}

// Waiting reports whether the link is still good for an answer.
func (v Invitation) Waiting(now time.Time) bool {
	return v.AnsweredAt.IsZero() && v.RevokedAt.IsZero() && now.Before(v.ExpiresAt)
}

// Asked is what the holder of a link sees: the question, and of the matter only
// its number, title and place, and its words if they are public.
type Asked struct {
	Invitation Invitation
	Number     string
	Title      string
	Body       string // "" unless everybody may read it
	Place      id.ID
}

// Invite makes a link for an outside party; the secret in it is returned once
// and cannot be found again. Needs handle in the lead unit, or dispatch.
func (s *Service) Invite(ctx context.Context, by scope.Actor, d ID, party, question string, days int) (secret string, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		secret, err = s.InviteIn(tx, by, d, party, question, days)
		return err
	})
	return secret, err
}

// InviteIn is Invite inside a transaction that does more.
func (s *Service) InviteIn(tx *sqldb.Tx, by scope.Actor, d ID, party, question string, days int) (secret string, err error) {
	question, err = saying("words", question, minReason, "matter.words.more")
	if err != nil {
		return "", err
	}
	party = strings.TrimSpace(party)
	switch n := utf8.RuneCountInString(party); {
	case n == 0 || n > 60:
		return "", errs.At("party", "matter.invite.party", 60)
	case days < 1 || days > 60:
		return "", errs.At("days", "matter.invite.days", 1, 60)
	}
	var raw [24]byte
	if err := s.secret(raw[:]); err != nil {
		return "", err
	}
	secret = base64.RawURLEncoding.EncodeToString(raw[:])
	err = s.besideIn(tx, by, d, Invite, open(invites(by)), func(tx *sqldb.Tx, m *Matter) (Step, error) {
		v := Invitation{ID: tx.NewID(), Matter: m.ID, Party: party, Question: question, InvitedBy: by.Name, At: tx.Now(), ExpiresAt: tx.Now().AddDate(0, 0, days), token: tokenOf(secret)}
		m.add(v)
		return Step{Words: party + "：" + question, Until: v.ExpiresAt}, nil
	})
	return secret, err
}

// invites returns the check that the actor may ask outside parties.
func invites(by scope.Actor) func(*sqldb.Tx, Matter) error {
	return func(tx *sqldb.Tx, m Matter) error {
		if err := needs(by, "handle")(tx, m); err == nil && m.Lead != 0 {
			return nil
		}
		return needs(by, "dispatch")(tx, m)
	}
}

// Revoke makes a link worthless before its time: it went to the wrong party, or
// is needed no more. What was answered stays. Needs what Invite needs.
func (s *Service) Revoke(ctx context.Context, by scope.Actor, d ID, invitation id.ID) error {
	return s.beside(ctx, by, d, Revoke, invites(by), func(tx *sqldb.Tx, m *Matter) (Step, error) {
		vs, err := invitationsOf(tx, m.ID)
		if err != nil {
			return Step{}, err
		}
		i := slices.IndexFunc(vs, func(v Invitation) bool { return v.ID == invitation })
		switch {
		case i < 0:
			return Step{}, errs.New(errs.NotFound, "matter.invite.none")
		case !vs[i].AnsweredAt.IsZero():
			return Step{}, errs.New(errs.Conflict, "matter.invite.answered")
		case !vs[i].Waiting(tx.Now()):
			return Step{}, errs.New(errs.Conflict, "matter.invite.expired")
		}
		return Step{Words: vs[i].Party}, revokeInvitation(tx, m, invitation)
	})
}

// Invited returns what the holder of a link is asked. It is NotFound if the link
// is wrong, and a Conflict if it has run out, was revoked, or comes too late
// because the matter has ended.
func (s *Service) Invited(ctx context.Context, secret string) (a Asked, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		a, _, err = s.asked(tx, secret)
		return err
	})
	return a, err
}

func (s *Service) asked(tx *sqldb.Tx, secret string) (a Asked, m Matter, err error) {
	v, err := invitationByToken(tx, tokenOf(secret))
	if err != nil {
		return a, m, err
	}
	switch {
	case !v.RevokedAt.IsZero():
		return a, m, errs.New(errs.Conflict, "matter.invite.revoked")
	case !tx.Now().Before(v.ExpiresAt):
		return a, m, errs.New(errs.Conflict, "matter.invite.expired")
	}
	if m, err = s.load(tx, v.Matter); err != nil {
		return a, m, err
	}
	if !m.State.Open() && v.AnsweredAt.IsZero() {
		return a, m, errs.New(errs.Conflict, "matter.invite.over")
	}
	last, _ := m.Path.Last()
	a = Asked{Invitation: v, Number: m.Number, Title: m.Title, Place: last}
	if m.VisibleToAll() {
		a.Body = m.Body
	}
	return a, m, nil
}

// Reply is the outside party's answer; it can be given once.
func (s *Service) Reply(ctx context.Context, secret, answer string, files ...NewFile) error {
	answer, err := saying("words", answer, minReason, "matter.words.more")
	if err != nil {
		return err
	}
	if len(files) > MaxFiles {
		return errs.At("files", "matter.files.many", MaxFiles)
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		a, m, err := s.asked(tx, secret)
		if err != nil {
			return err
		}
		if err := answerInvitation(tx, &m, a.Invitation.ID, answer); err != nil {
			return err
		}
		by := scope.Actor{Kind: scope.Outside, Name: a.Invitation.Party}
		return s.record(tx, by, &m, Reply, m, "", Step{Words: answer}, files, saveBeside)
	})
}

func tokenOf(secret string) []byte {
	h := sha256.Sum256([]byte(secret))
	return h[:]
}
