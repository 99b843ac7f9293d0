// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"crypto/subtle"
	"encoding/base32"
	"strconv"
	"strings"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// The paths of the links in letters; what follows is the mailbox and a proof.
const (
	ConfirmPath = "/letters/confirm/"
	StopPath    = "/letters/stop/"
)

var proofs = base32.StdEncoding.WithPadding(base32.NoPadding)

// proof is what only the town can make, and whoever it was sent to has: a keyed
// hash of what the link does, 120 bits of it. It is nowhere in the database.
func (s *Service) proof(does string, box id.ID, more string) (string, error) {
	h, err := s.Seal.Index("letters."+does, box.String()+"/"+more)
	if err != nil {
		return "", err
	}
	return strings.ToLower(proofs.EncodeToString(h[:15])), nil
}

func (s *Service) stopLink(box id.ID) (string, error) {
	p, err := s.proof("stop", box, "")
	return s.Address + StopPath + box.String() + "-" + p, err
}

// confirmLink is good for one asking: the next makes another.
func (s *Service) confirmLink(box people.Mailbox) (string, error) {
	p, err := s.proof("confirm", box.ID, asked(box))
	return s.Address + ConfirmPath + box.ID.String() + "-" + p, err
}

func asked(box people.Mailbox) string { return strconv.FormatInt(box.AskedAt.UnixMilli(), 10) }

// follow is the mailbox that a link names, if its proof is right; else NotFound.
func (s *Service) follow(tx *sqldb.Tx, does, token string) (box people.Mailbox, err error) {
	none := errs.New(errs.NotFound, "letter.link.none")
	name, given, _ := strings.Cut(token, "-")
	d, err := id.Parse(name)
	if err != nil {
		return box, none
	}
	box, err = s.People.Mailbox(tx, d)
	if errs.KindOf(err) == errs.NotFound {
		return box, none
	}
	if err != nil {
		return box, err
	}
	more := ""
	if does == "confirm" {
		more = asked(box)
	}
	want, err := s.proof(does, d, more)
	if err != nil {
		return box, err
	}
	if subtle.ConstantTimeCompare([]byte(want), []byte(given)) != 1 {
		return people.Mailbox{}, none
	}
	return box, nil
}
