// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"slices"
	"strings"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Inform writes a line that the reporter and, of a public matter, everybody reads:
// how far the unit has come. Whose turn it is, and until when, stays. Needs handle
// in the lead unit, which must have the matter.
func (s *Service) Inform(ctx context.Context, by scope.Actor, d ID, said string, files ...NewFile) error {
	said, err := saying("words", said, minReason, "matter.words.more")
	if err != nil {
		return err
	}
	if len(files) > MaxFiles {
		return errs.At("files", "matter.files.many", MaxFiles)
	}
	return s.beside(ctx, by, d, Inform, mayInform(by), func(*sqldb.Tx, *Matter) (Step, error) {
		return Step{Words: said, Public: true}, nil
	}, files...)
}

// mayInform returns the check that the actor's unit leads the matter and has it.
func mayInform(by scope.Actor) func(*sqldb.Tx, Matter) error {
	return func(tx *sqldb.Tx, m Matter) error {
		if err := needs(by, "handle")(tx, m); err != nil || m.Lead == 0 {
			return errs.New(errs.Denied, scope.DeniedNeed)
		}
		if !slices.Contains(inHand, m.State) {
			return errs.New(errs.Conflict, "matter.inform.not_yours")
		}
		return nil
	}
}

// inHand are the states in which a unit has a matter.
var inHand = []State{Dispatched, Handling, AskedHandler, Suspended, Handled}

// Informs reports whether a matter stands so that its lead unit may inform.
func (m Matter) Informs() bool { return m.Lead != 0 && slices.Contains(inHand, m.State) }

// A Report is what a unit's own system says of a matter: how far it has come, or
// that it is done.
type Report struct {
	Mark  string // the sender's name for it: the same one is taken once
	Words string
	Done  bool
	Files []NewFile
}

// TakeReport takes in a report: as [Service.Inform], or, if it is done, as Take and
// Handle. It returns the line it became; the same report again is the same line and
// changes nothing. Needs handle in the lead unit. It is NotFound if there is no such
// matter for the actor, and Conflict if the matter does not stand so that the unit
// could say it: what is done already is not done again.
func (s *Service) TakeReport(ctx context.Context, by scope.Actor, number string, r Report) (line id.ID, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		line, _, err = s.TakeReportIn(tx, by, number, r)
		return err
	})
	return line, err
}

// TakeReportIn is TakeReport inside a transaction that does more; fresh says that the
// report had not been taken before.
func (s *Service) TakeReportIn(tx *sqldb.Tx, by scope.Actor, number string, r Report) (line id.ID, fresh bool, err error) {
	if r.Words, err = saying("words", r.Words, minReason, "matter.words.more"); err != nil {
		return 0, false, err
	}
	if len(r.Files) > MaxFiles {
		return 0, false, errs.At("files", "matter.files.many", MaxFiles)
	}
	m, err := s.loadNumber(tx, number)
	if err != nil {
		return 0, false, err
	}
	if !s.maySee(tx, by, m) {
		return 0, false, errs.New(errs.NotFound, "matter.none")
	}
	if line, err = marked(tx, m.ID, r.Mark); err != nil || line != 0 {
		return line, false, err
	}
	if err := s.report(tx, by, m, r); err != nil {
		return 0, false, err
	}
	line, err = lastLine(tx, m.ID)
	return line, true, err
}

func (s *Service) report(tx *sqldb.Tx, by scope.Actor, m Matter, r Report) error {
	if !r.Done {
		if err := mayInform(by)(tx, m); err != nil {
			return err
		}
		return s.record(tx, by, &m, Inform, m, "", Step{Words: r.Words, Public: true, Detail: r.Mark}, r.Files, saveBeside)
	}
	if m.State == Dispatched {
		if _, err := s.changeIn(tx, by, m.ID, Take, func(*sqldb.Tx, *Matter) (Step, error) { return Step{Public: true}, nil }); err != nil {
			return err
		}
	}
	_, err := s.changeIn(tx, by, m.ID, Handle, func(_ *sqldb.Tx, m *Matter) (Step, error) {
		m.Result = r.Words
		return Step{Public: true, Words: r.Words, Detail: r.Mark}, nil
	}, r.Files...)
	return err
}

// NumberedIn is the ID of the matter with a number, whoever asks: for programs that
// have been let in to it already.
func (s *Service) NumberedIn(tx *sqldb.Tx, number string) (ID, error) {
	m, err := s.loadNumber(tx, strings.ToUpper(strings.TrimSpace(number)))
	return m.ID, err
}

// attach is the trail's word for files that were added without a line in the story.
const attach Act = "attach"

// Attach adds to what came with a line of a matter's story, or with its raising if
// that is 0: what the program fetched after it. Only the program itself may. What goes
// beyond [MaxFiles] is left out. It is NotFound if the matter has no such line.
func (s *Service) Attach(ctx context.Context, by scope.Actor, d ID, line id.ID, files ...NewFile) error {
	if by.Kind != scope.System {
		return errs.New(errs.Denied, scope.DeniedSignIn)
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		m, err := s.load(tx, d)
		if err != nil {
			return err
		}
		have, err := filesOf(tx, d)
		if err != nil {
			return err
		}
		public := m.Public
		if line != 0 {
			p, err := stepOf(tx, d, line)
			if err != nil {
				return err
			}
			public = p.Public
		}
		files := slices.DeleteFunc(slices.Clone(files), func(f NewFile) bool {
			return slices.ContainsFunc(have, func(x File) bool { return x.Hash == f.Hash && x.Step == line })
		})
		n := 0
		for _, f := range have {
			if f.Step == line {
				n++
			}
		}
		if files = files[:min(len(files), max(0, MaxFiles-n))]; len(files) == 0 {
			return nil
		}
		m.addFiles(tx, line, public, files)
		return s.keep(tx, by, &m, saveBeside, trail.Entry{Act: string(attach), From: string(m.State)})
	})
}
