// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"bytes"
	"slices"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

const supportColumns = `id, matter_id, resident_id, contact_id, browser, words, public, hidden, at`

func scanSupport(r sqldb.Scanner) (p Support, err error) {
	var at sqldb.Time
	err = r.Scan(&p.ID, &p.Matter, &p.Resident, &p.Contact, &p.browser, &p.Words, &p.Public, &p.Hidden, &at)
	p.At = at.Time
	return p, err
}

func supportsOf(tx *sqldb.Tx, matter ID) ([]Support, error) {
	return sqldb.All(tx, scanSupport, `SELECT `+supportColumns+` FROM matter_support WHERE matter_id = $1 ORDER BY id LIMIT 500`, matter)
}

// values are the arguments for supportColumns.
func (p Support) values() []any {
	return []any{p.ID, p.Matter, p.Resident, p.Contact, p.browser, p.Words, p.Public, p.Hidden, sqldb.At(p.At)}
}

// copySupports gives a part the supporters of the matter it was split from: what
// they said was of the whole. few: all, or somebody would be left out.
func copySupports(tx *sqldb.Tx, from ID, to *Matter) error {
	all, err := sqldb.All(tx, scanSupport, `SELECT `+supportColumns+` FROM matter_support WHERE matter_id = $1 ORDER BY id`, from)
	for _, p := range all {
		p.ID, p.Matter = tx.NewID(), to.ID
		to.add(p)
	}
	to.Supporters = len(all)
	return err
}

// countSupporters counts whom a matter concerns beside its own reporter: who said
// "me too" there or at a matter that follows it, and who raised one of these. Each
// is counted once, however many of them they have to do with; whom the town does not
// know is counted at each, but not again at a part that went back where it came from.
// A matter that is about to follow is named as with, one that is about to stop as
// without: their rows do not say so yet.
func (s *Service) countSupporters(tx *sqldb.Tx, t *Matter, with *Matter, without ID) error {
	following, err := s.joinedHere(tx, t.ID)
	if err != nil {
		return err
	}
	following = slices.DeleteFunc(following, func(j Matter) bool { return j.ID == without || with != nil && j.ID == with.ID })
	if with != nil {
		following = append(following, *with)
	}
	people := map[voice]bool{}
	if err := voicesAt(tx, *t, *t, people); err != nil {
		return err
	}
	for _, j := range following {
		if err := voicesAt(tx, j, *t, people); err != nil {
			return err
		}
		if len(j.codeIndex) == 0 || !bytes.Equal(j.codeIndex, t.codeIndex) {
			people[voice{resident: j.Resident}.or(voice{row: j.ID})] = true
		}
	}
	if t.Resident != 0 {
		delete(people, voice{resident: t.Resident})
	}
	t.Supporters = len(people)
	return nil
}

// A voice is one of those whom a matter concerns, as far as the town can tell them
// apart: a resident, a browser's mark, what somebody said at the desk at a moment,
// or a row by itself.
type voice struct {
	resident id.ID
	browser  string
	said     string
	row      id.ID
}

// or is v, or w if v names nobody.
func (v voice) or(w voice) voice {
	if v == (voice{}) {
		return w
	}
	return v
}

// voicesAt adds those who said "me too" at m, to be counted at t. few: all of them,
// or the count would be wrong.
func voicesAt(tx *sqldb.Tx, m, t Matter, people map[voice]bool) error {
	alike := map[string]id.ID{}
	return tx.Each(`SELECT `+supportColumns+` FROM matter_support WHERE matter_id = $1 ORDER BY id`, []any{m.ID}, func(r sqldb.Scanner) error {
		p, err := scanSupport(r)
		v := voice{resident: p.Resident, browser: p.browser}
		if v == (voice{}) && (m.ID == t.ID || m.SplitFrom == t.ID) { // a copy says the same at the same moment
			said := p.At.String() + p.Words
			alike[said]++
			v = voice{said: said, row: alike[said]}
		}
		people[v.or(voice{row: p.ID})] = true
		return err
	})
}

// mineOf is the condition for the actor's own "me too": that of a resident, or of a
// browser by one of its marks.
func mineOf(resident id.ID, marks []string) (w sqldb.Where) {
	if resident != 0 {
		w.Add("resident_id = ?", resident)
	} else {
		sqldb.In(&w, "browser", marks...)
	}
	return w
}

// supportBy is the "me too" of a resident or a browser at a matter; false if there
// is none.
func supportBy(tx *sqldb.Tx, m, resident id.ID, marks []string) (Support, bool, error) {
	w := mineOf(resident, marks)
	w.Add("matter_id = ?", m)
	ps, err := sqldb.All(tx, scanSupport, `SELECT `+supportColumns+` FROM matter_support `+w.SQL()+` ORDER BY id LIMIT 1`, w.Args()...)
	if err != nil || len(ps) == 0 {
		return Support{}, false, err
	}
	return ps[0], true, nil
}

// supportAtDesk is a "me too" that staff wrote down for somebody; false if there is
// none.
func supportAtDesk(tx *sqldb.Tx, m, d id.ID) (Support, bool, error) {
	ps, err := sqldb.All(tx, scanSupport, `SELECT `+supportColumns+` FROM matter_support WHERE id = $1 AND matter_id = $2 AND resident_id = 0 AND browser = ''`, d, m)
	if err != nil || len(ps) == 0 {
		return Support{}, false, err
	}
	return ps[0], true, nil
}

// supportsAtDesk is how many staff wrote down at a matter.
func supportsAtDesk(tx *sqldb.Tx, m id.ID) (int64, error) {
	return sqldb.Int(tx.Row(`SELECT count(*) FROM matter_support WHERE matter_id = $1 AND resident_id = 0 AND browser = ''`, m))
}

// concernedBefore reports whether a resident is counted at a matter already through
// one that follows it: as its reporter, or for a "me too" there.
func concernedBefore(tx *sqldb.Tx, m, resident id.ID) (bool, error) {
	n, err := sqldb.Int(tx.Row(`
		SELECT count(*) FROM matter j
		WHERE j.joined_to = $1 AND j.joined_to <> 0 AND (j.resident_id = $2 OR EXISTS (
			SELECT 1 FROM matter_support s WHERE s.matter_id = j.id AND s.resident_id = $2))`, m, resident))
	return n > 0, err
}

// copyOf is the same "me too" at a part that was split off; false if it is not there
// any more.
func copyOf(tx *sqldb.Tx, p Support, part id.ID) (Support, bool, error) {
	ps, err := sqldb.All(tx, scanSupport, `SELECT `+supportColumns+` FROM matter_support
		WHERE matter_id = $1 AND resident_id = $2 AND browser = $3 AND contact_id = $4 AND at = $5 AND words = $6 ORDER BY id LIMIT 1`,
		part, p.Resident, p.browser, p.Contact, sqldb.At(p.At), p.Words)
	if err != nil || len(ps) == 0 {
		return Support{}, false, err
	}
	return ps[0], true, nil
}
