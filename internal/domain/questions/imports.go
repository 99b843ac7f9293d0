// SPDX-License-Identifier: Apache-2.0

package questions

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Foreign is a policy as a file brings it, one JSON object on each line.
type Foreign struct {
	ID       string `json:"id"` // what the file calls it; empty: its document number, or else its title
	Title    string `json:"title"`
	Body     string `json:"text"`
	Source   string `json:"source"`
	URL      string `json:"url"`
	Number   string `json:"number"` // the document's
	Issued   string `json:"date"`
	From     string `json:"from"`
	Until    string `json:"until"`
	Replaces string `json:"replaces"` // the id of another, in the file or taken in before
	Unit     string `json:"unit"`     // the name, key or code of the unit that knows
}

// key is what a policy is known by from one import to the next.
func (f Foreign) key() string {
	return "import:" + strings.TrimSpace(cmp.Or(strings.TrimSpace(f.ID), strings.TrimSpace(f.Number), f.Title))
}

// A Taken is what an import came to.
type Taken struct {
	Read, Added, Changed, Unchanged, Rejected int
}

// A RowFault is what is wrong with a row.
type RowFault struct {
	Row int
	ID  string
	Err error
}

// maxLine is the longest line of a file of policies, in bytes.
const maxLine = 1 << 20

// Import takes in policies. A policy that was taken in before is brought up to date if
// the file says something else, so that the same file a second time changes nothing. A
// row that makes no sense is left out and told to fault. It is the operator's.
func (s *Service) Import(ctx context.Context, by scope.Actor, file io.Reader, dry bool, fault func(RowFault) error) (all Taken, err error) {
	lines := bufio.NewScanner(file)
	lines.Buffer(make([]byte, 64<<10), maxLine)
	for row := 1; lines.Scan(); row++ {
		text := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\uFEFF"))
		if text == "" {
			continue
		}
		all.Read++
		var f Foreign
		if json.Unmarshal([]byte(text), &f) != nil {
			all.Rejected++
			if err := fault(RowFault{row, "", errs.At("line", "answer.import.json")}); err != nil {
				return all, err
			}
			continue
		}
		did, err := s.take(ctx, by, f, dry)
		if errs.Public(err) != nil && errs.KindOf(err) != errs.Busy && errs.KindOf(err) != errs.Full {
			all.Rejected++
			if err := fault(RowFault{row, f.ID, err}); err != nil {
				return all, err
			}
			continue
		}
		if err != nil {
			return all, err
		}
		switch did {
		case added:
			all.Added++
		case changed:
			all.Changed++
		case unchanged:
			all.Unchanged++
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return all, errs.New(errs.Invalid, "answer.import.long", maxLine>>20)
	}
	return all, lines.Err()
}

type taking int

const (
	added taking = iota
	changed
	unchanged
)

var errDry = errors.New("only tried")

// take takes one policy in.
func (s *Service) take(ctx context.Context, by scope.Actor, f Foreign, dry bool) (did taking, err error) {
	in := Writing{Title: f.Title, Body: f.Body, Source: f.Source, URL: f.URL, DocNumber: f.Number, IssuedOn: f.Issued, FromOn: f.From, UntilOn: f.Until}
	if name := strings.TrimSpace(f.Unit); name != "" {
		us := s.Orgs.Directory().Find(name, 1)
		if len(us) == 0 {
			return did, errs.At("unit", "question.unit.unknown")
		}
		in.Unit = us[0].ID
	}
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		a, err := answerOf(tx, f.key())
		known := err == nil
		if err != nil && errs.KindOf(err) != errs.NotFound {
			return err
		}
		was := a.digest()
		a.Kind, a.Origin, a.Retired = Policy, f.key(), ""
		if err := in.put(&a, s.active); err != nil {
			return err
		}
		did = changed
		switch {
		case known && string(was) == string(a.digest()):
			did = unchanged
		case !known:
			did = added
		}
		if did != unchanged {
			if err := s.keep(tx, by, &a, known, "import"); err != nil {
				return err
			}
		}
		if err := s.instead(tx, by, f.Replaces, a.ID); err != nil {
			return err
		}
		if dry {
			return errDry
		}
		return nil
	})
	if errors.Is(err, errDry) {
		err = nil
	}
	return did, err
}

// instead says of the policy that a file names that another holds in its place, unless
// it says so already.
func (s *Service) instead(tx *sqldb.Tx, by scope.Actor, replaces string, with id.ID) error {
	if replaces = strings.TrimSpace(replaces); replaces == "" {
		return nil
	}
	old, err := answerOf(tx, "import:"+replaces)
	switch {
	case errs.KindOf(err) == errs.NotFound, err == nil && old.ID == with:
		return errs.At("replaces", "answer.import.replaces")
	case err != nil || old.ReplacedBy == with:
		return err
	}
	old.ReplacedBy, old.ChangedAt = with, tx.Now()
	if err := saveAnswer(tx, &old); err != nil {
		return err
	}
	if err := stale(tx); err != nil {
		return err
	}
	return trail.Append(tx, by, trail.Entry{Noun: "answer", Record: old.ID, Act: "replace", To: string(old.Kind), Digest: old.digest()})
}
