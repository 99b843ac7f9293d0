// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"slices"
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

// AtDesk reports whether staff wrote it down for somebody whom the town does not know.
func (p Support) AtDesk() bool { return p.Resident == 0 && p.browser == "" }

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
		if counted, err := s.saidBefore(tx, *m, p, in.Browser); err != nil {
			return Step{}, err
		} else if !counted {
			m.Supporters++
		}
		m.add(p)
		return Step{Public: true, confidential: !in.Public}, nil
	}, files...)
}

// saidBefore reports whether whoever says p is counted at m already, because of a
// matter that follows it. It is a Conflict if they said "me too" to m itself, or to
// what it was taken out of before it was.
func (s *Service) saidBefore(tx *sqldb.Tx, m Matter, p Support, browser string) (bool, error) {
	switch {
	case p.browser != "":
		marks, err := s.marksAt(tx, browser, m)
		if err != nil {
			return false, err
		}
		_, said, err := supportBy(tx, m.ID, 0, marks)
		if err == nil && said {
			err = errs.New(errs.Conflict, "matter.support.once")
		}
		return false, err
	case p.Resident != 0:
		return concernedBefore(tx, m.ID, p.Resident)
	}
	return false, nil
}

// Unsupport takes back a "me too": whoever gave it takes back their own, at any time
// and without a reason; one that was given at the desk is taken back there, named by
// its ID, by staff who work on the matter and have raise_for in the place. Its words, its photos and its
// telephone are deleted, nobody is told of the matter because of it any more, and it
// is counted nowhere, neither at a matter that this one was joined to nor at a part
// that has come back into this one. The story keeps a line that it was given and one
// that it was taken back, without whose it was. What somebody follows by themselves
// they go on following. It is a Conflict if there is none.
func (s *Service) Unsupport(ctx context.Context, by scope.Actor, d ID, in Unsupporting) error {
	if by.Kind != scope.Staff && by.Resident == 0 && in.Browser == "" {
		return errs.New(errs.Conflict, "matter.unsupport.none")
	}
	may := func(tx *sqldb.Tx, m Matter) error {
		switch {
		case by.Kind == scope.Staff:
			if s.view(tx, by, m) != Inside { // who does not see what was said
				return errs.New(errs.Denied, scope.DeniedNeed)
			}
			return needs(by, "raise_for")(tx, m)
		case !m.ForgottenAt.IsZero():
			return errs.New(errs.Conflict, "matter.unsupport.none")
		}
		return nil
	}
	return s.beside(ctx, by, d, UnsupportAct, may, func(tx *sqldb.Tx, m *Matter) (Step, error) {
		p, err := s.given(tx, by, *m, in)
		if err != nil {
			return Step{}, err
		}
		if err := s.takeBack(tx, m, p); err != nil {
			return Step{}, err
		}
		parts, err := s.joinedHere(tx, m.ID)
		if err != nil {
			return Step{}, err
		}
		for _, j := range parts {
			if j.SplitFrom != m.ID {
				continue
			}
			c, there, err := copyOf(tx, p, j.ID)
			if err != nil {
				return Step{}, err
			}
			if !there {
				continue
			}
			if err := s.takeBack(tx, &j, c); err != nil {
				return Step{}, err
			}
			if err := s.mentionIn(tx, by, &j, UnsupportAct, m.Number); err != nil {
				return Step{}, err
			}
		}
		if err := s.countSupporters(tx, m, nil, 0); err != nil {
			return Step{}, err
		}
		return Step{Public: true}, s.countFollowed(tx, by, *m)
	})
}

// An Unsupporting says which "me too" is taken back.
type Unsupporting struct {
	Browser string // the random mark of a browser without account
	Which   id.ID  // one that was given at the desk; for staff alone
}

// given is the "me too" that the actor means.
func (s *Service) given(tx *sqldb.Tx, by scope.Actor, m Matter, in Unsupporting) (p Support, err error) {
	var there bool
	if by.Kind == scope.Staff {
		if p, there, err = supportAtDesk(tx, m.ID, in.Which); err != nil || there {
			return p, err
		}
		if n, err := supportsAtDesk(tx, m.ID); err != nil || n == 0 {
			return p, cmp.Or(err, error(errs.New(errs.Conflict, "matter.unsupport.desk")))
		}
		return p, errs.At("which", "matter.unsupport.which")
	}
	var marks []string
	if by.Resident == 0 {
		if marks, err = s.marksAt(tx, in.Browser, m); err != nil {
			return p, err
		}
	}
	if p, there, err = supportBy(tx, m.ID, by.Resident, marks); err == nil && !there {
		err = errs.New(errs.Conflict, "matter.unsupport.none")
	}
	return p, err
}

// takeBack deletes p at m, with its contact unless another matter shares it.
func (s *Service) takeBack(tx *sqldb.Tx, m *Matter, p Support) error {
	if err := deleteSupport(tx, m, p); err != nil {
		return err
	}
	m.Supporters--
	if p.Contact == 0 {
		return nil
	}
	kept, err := s.keptContacts(tx, *m)
	if err != nil || slices.Contains(kept, p.Contact) {
		return err
	}
	return s.people.Forget(tx, scope.Program("withdrawal"), people.OfContact(p.Contact), people.RuleOwnRequest)
}

// countFollowed counts anew whom the matter concerns that m follows, if it follows
// one.
func (s *Service) countFollowed(tx *sqldb.Tx, by scope.Actor, m Matter) error {
	if m.JoinedTo == 0 {
		return nil
	}
	t, err := s.load(tx, m.JoinedTo)
	if err != nil {
		return err
	}
	if err := s.countSupporters(tx, &t, nil, 0); err != nil {
		return err
	}
	return s.mentionIn(tx, by, &t, UnsupportAct, m.Number)
}

// Supported reports whether the actor, or the browser without account, has said
// "me too" to the matter.
func (s *Service) Supported(ctx context.Context, by scope.Actor, d ID, browser string) (said bool, err error) {
	if by.Kind == scope.Staff || by.Resident == 0 && browser == "" {
		return false, nil
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		m, err := s.load(tx, d)
		if err != nil || !s.maySee(tx, by, m) {
			return err
		}
		_, err = s.given(tx, by, m, Unsupporting{Browser: browser})
		said = err == nil
		if errs.KindOf(err) == errs.Conflict {
			return nil
		}
		return err
	})
	return said, err
}

// marksAt are a browser's marks at a matter and at what it was taken out of, whose
// supporters it was given.
func (s *Service) marksAt(tx *sqldb.Tx, browser string, m Matter) (marks []string, err error) {
	marks = []string{markAt(browser, m.ID)}
	for m.SplitFrom != 0 {
		if m, err = s.load(tx, m.SplitFrom); err != nil {
			return nil, err
		}
		marks = append(marks, markAt(browser, m.ID))
	}
	return marks, nil
}

// markAt is a browser's mark as it is kept at one matter: enough to count the
// browser once there, and of no use to find out what else it supports.
func markAt(browser string, d ID) string {
	h := sha256.Sum256([]byte(d.String() + "/" + browser))
	return base64.RawURLEncoding.EncodeToString(h[:16])
}
