// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Support is somebody's "me too", with their own words.
type Support struct {
	ID       id.ID
	Matter   ID
	Resident id.ID
	Contact  id.ID
	Words    string
	Public   bool
	Hidden   bool
	At       time.Time

	browser string // see [markAt]; "" of one with an account
}

// A Supporting is what a supporter says.
type Supporting struct {
	Words   string
	Public  bool                // everybody may read the words
	Contact people.ContactInput // how to tell one without account of the outcome; may be empty
	Browser string              // the random mark of a browser without account
}

// Support adds the actor to those whom the matter concerns too: anybody who may
// read it, once. A second "me too" is a Conflict. Staff say it for somebody who
// came or rang, as often as somebody does, and need raise_for in the place. What
// they say and show is for those who work on the matter, and for everybody if they
// like; the reporter is not told more than everybody is.
func (s *Service) Support(ctx context.Context, by scope.Actor, d ID, in Supporting, files ...NewFile) error {
	said, err := words("words", in.Words, 0)
	if err != nil {
		return err
	}
	if err := in.Contact.Check(); err != nil {
		return err
	}
	if len(files) > MaxFiles {
		return errs.At("files", "matter.files.many", MaxFiles)
	}
	if by.Kind != scope.Staff && by.Resident == 0 && in.Browser == "" {
		return errs.New(errs.Denied, "matter.support.unknown")
	}
	may := func(tx *sqldb.Tx, m Matter) error {
		if by.Kind == scope.Staff {
			return needs(by, "raise_for")(tx, m)
		}
		if isReporter(by, m) {
			return errs.New(errs.Conflict, "matter.support.own")
		}
		return nil
	}
	return s.beside(ctx, by, d, SupportAct, open(may), func(tx *sqldb.Tx, m *Matter) (Step, error) {
		p := Support{ID: tx.NewID(), Matter: m.ID, Resident: by.Resident, Words: said, Public: in.Public, At: tx.Now()}
		if !in.Contact.Empty() {
			in.Contact.Place = m.Path
			if p.Contact, err = s.people.NewContact(tx, in.Contact); err != nil {
				return Step{}, err
			}
		}
		if by.Resident == 0 && by.Kind != scope.Staff {
			p.browser = markAt(in.Browser, m.ID)
		}
		m.add(p)
		m.Supporters++
		return Step{Public: true, confidential: !in.Public}, nil
	}, files...)
}

// markAt is a browser's mark as it is kept at one matter: enough to count the
// browser once there, and of no use to find out what else it supports.
func markAt(browser string, d ID) string {
	h := sha256.Sum256([]byte(d.String() + "/" + browser))
	return base64.RawURLEncoding.EncodeToString(h[:16])
}
