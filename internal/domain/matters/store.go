// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// columns are those of a whole matter, in the order of scan and of values.
const columns = `id, number, state, title, body, category, answers, urgent, channel, origin,
	town_id, village_id, grid_id, courtyard_id, place_words, lat, lon,
	public, named, hidden, name_hidden, resident_id, contact_id, raised_by, raised_for, query_code,
	turn, turn_unit, centre, acceptor, lead_unit, assisting,
	raised_at, moved_at, due_at, promised_at, closed_at, warn_at, clocks, extensions, suspensions, resume_at,
	returns, disputes, decided, rule, reopened, supervised, urged,
	result, joined_to, kept_state, kept_due_at, kept_moved_at, split_from, supporters, solved, satisfied, rating_words, forgotten_at, story, version`

func (s *Service) scan(r sqldb.Scanner) (m Matter, err error) {
	var (
		answers, turn                                           string
		lat, lon                                                sql.NullFloat64
		raised, moved, due, promised, closed, resume, forgotten sqldb.Time
		keptDue, keptMoved                                      sqldb.Time
		warn                                                    sqldb.Time
		clocks                                                  string
	)
	err = r.Scan(&m.ID, &m.Number, &m.State, &m.Title, &m.Body, &m.Category, &answers, &m.Urgent, &m.Channel, &m.Origin,
		&m.Path[scope.Town], &m.Path[scope.Village], &m.Path[scope.Grid], &m.Path[scope.Courtyard], &m.PlaceWords, &lat, &lon,
		&m.Public, &m.Named, &m.Hidden, &m.NameHidden, &m.Resident, &m.Contact, &m.RaisedBy, &m.RaisedFor, &m.codeIndex,
		&turn, &m.TurnUnit, &m.Centre, &m.Acceptor, &m.Lead, &m.Assisting,
		&raised, &moved, &due, &promised, &closed, &warn, &clocks, &m.Extensions, &m.Suspensions, &resume,
		&m.Returns, &m.Disputes, &m.Decided, &m.Rule, &m.Reopened, &m.Supervised, &m.Urged,
		&m.Result, &m.JoinedTo, &m.Kept.State, &keptDue, &keptMoved, &m.SplitFrom, &m.Supporters, &m.Solved, &m.Satisfied, &m.RatingWords, &forgotten, (*[]byte)(&m.story), &m.Version)
	if err != nil {
		return m, err
	}
	m.Path[scope.City] = s.city()
	m.stored = Turn(turn)
	if lat.Valid && lon.Valid {
		m.At = &Point{Lon: lon.Float64, Lat: lat.Float64}
	}
	m.RaisedAt, m.MovedAt, m.Due, m.Promised = raised.Time, moved.Time, due.Time, promised.Time
	m.ClosedAt, m.ResumeAt, m.ForgottenAt = closed.Time, resume.Time, forgotten.Time
	m.Kept.Due, m.Kept.MovedAt = keptDue.Time, keptMoved.Time
	m.WarnAt = warn.Time
	if m.Clocks, err = clocksFrom(clocks); err != nil {
		return m, fmt.Errorf("clocks of %s: %w", m.Number, err)
	}
	m.Answers = answersFrom(answers)
	m.loaded = m.valuesAs(texts{answers, clocks})
	return m, nil
}

// values are the arguments for columns.
func (m Matter) values() []any { return m.valuesAs(m.asTexts()) }

// texts are what of a matter is kept as JSON.
type texts struct{ answers, clocks string }

func (m Matter) asTexts() texts {
	if m.texts != nil {
		return *m.texts
	}
	return texts{answersJSON(m.Answers), m.Clocks.text()}
}

// valuesAs are values with the texts.
func (m Matter) valuesAs(t texts) []any {
	var lat, lon any
	if m.At != nil {
		lat, lon = m.At.Lat, m.At.Lon
	}
	at := sqldb.At
	return []any{m.ID, m.Number, m.State, m.Title, m.Body, m.Category, t.answers, m.Urgent, m.Channel, m.Origin,
		m.Path[scope.Town], m.Path[scope.Village], m.Path[scope.Grid], m.Path[scope.Courtyard], m.PlaceWords, lat, lon,
		m.Public, m.Named, m.Hidden, m.NameHidden, m.Resident, m.Contact, m.RaisedBy, m.RaisedFor, m.codeIndex,
		m.Turn(), m.TurnUnit, m.Centre, m.Acceptor, m.Lead, m.Assisting,
		at(m.RaisedAt), at(m.MovedAt), at(m.Due), at(m.Promised), at(m.ClosedAt), at(m.WarnAt), t.clocks, m.Extensions, m.Suspensions, at(m.ResumeAt),
		m.Returns, m.Disputes, m.Decided, m.Rule, m.Reopened, m.Supervised, m.Urged,
		m.Result, m.JoinedTo, m.Kept.State, at(m.Kept.Due), at(m.Kept.MovedAt), m.SplitFrom, m.Supporters, m.Solved, m.Satisfied, m.RatingWords, at(m.ForgottenAt), []byte(m.story), m.Version}
}

// fixed are the columns that save leaves alone, because they never change, or
// counts up itself.
var fixed = map[string]bool{"id": true, "number": true, "version": true}

// columnNames are the columns, one by one, and insertWhole the insert that names
// them all.
var (
	columnNames = strings.FieldsFunc(columns, func(r rune) bool { return strings.ContainsRune(", \n\t", r) })
	insertWhole = sqldb.NewInsert("INSERT INTO matter ("+strings.Join(columnNames, ", ")+") VALUES", "("+sqldb.List(len(columnNames), 1)+")")
)

// load reads a matter, or takes it from memory if that has it as it stands.
func (s *Service) load(tx *sqldb.Tx, d ID) (Matter, error) {
	if m := s.known.get(d); m != nil {
		version, err := sqldb.Get(tx, sqldb.Int, "matter.none", `SELECT version FROM matter WHERE id = $1`, d)
		if err != nil || int(version) == m.Version {
			return *m, err
		}
	}
	return s.read(tx, d)
}

func (s *Service) read(tx *sqldb.Tx, d ID) (Matter, error) {
	return sqldb.Get(tx, s.scan, "matter.none", `SELECT `+columns+` FROM matter WHERE id = $1`, d)
}

// loadNumber is load by the number, as it is kept.
func (s *Service) loadNumber(tx *sqldb.Tx, number string) (Matter, error) {
	if m := s.known.numbered(number); m != nil {
		return s.load(tx, m.ID)
	}
	return sqldb.Get(tx, s.scan, "matter.none", `SELECT `+columns+` FROM matter WHERE number = $1`, number)
}

func insert(tx *sqldb.Tx, m *Matter) error {
	values := m.values()
	m.loaded = values
	for _, i := range emptyAt {
		if !isEmpty(values[i]) {
			return tx.Add(insertWhole, values...)
		}
	}
	args := make([]any, len(newTakes))
	for at, i := range newTakes {
		args[at] = values[i]
	}
	return tx.Add(insertNew, args...)
}

// emptyWhenNew are columns that say nothing yet of nearly every matter that is
// raised. A statement that names what stands there costs a third less than one
// that is given it each time.
const emptyWhenNew = ` origin hidden name_hidden raised_by raised_for acceptor lead_unit assisting closed_at handle_ms
	extensions suspensions resume_at paused_ms returns disputes decided rule reopened supervised urged result joined_to kept_state kept_due_at
	kept_moved_at split_from supporters solved satisfied rating_words forgotten_at story `

// The statement that inserts such a matter, which of values it takes, and which
// must be empty for it.
var insertNew, newTakes, emptyAt = func() (insert *sqldb.Insert, takes, empty []int) {
	known := strings.Fields(emptyWhenNew)
	none, names := Matter{}.values(), columnNames
	var given []string
	for i, name := range names {
		if slices.Contains(known, name) {
			empty = append(empty, i)
			given = append(given, emptyLiteral(none[i]))
			continue
		}
		takes = append(takes, i)
		given = append(given, fmt.Sprintf("$%d", len(takes)))
	}
	return sqldb.NewInsert("INSERT INTO matter ("+strings.Join(names, ", ")+") VALUES", "("+strings.Join(given, ", ")+")"), takes, empty
}()

// emptyLiteral is how the empty value of a column is written.
func emptyLiteral(v any) string {
	switch v.(type) {
	case bool:
		return "FALSE"
	case int, int64, ID:
		return "0"
	case sqldb.Time, []byte:
		return "NULL"
	}
	return "''"
}

func isEmpty(v any) bool {
	switch v := v.(type) {
	case bool:
		return !v
	case int:
		return v == 0
	case int64:
		return v == 0
	case ID:
		return v == 0
	case sqldb.Time:
		return v.IsZero()
	case []byte:
		return len(v) == 0
	case string:
		return v == ""
	case State:
		return v == ""
	case Solved:
		return v == ""
	}
	return false
}

// save writes m back, unless someone else changed it since it was loaded: those of
// its columns that are others now. What does not change is not written, since of
// every column that a statement names the indexes are written anew.
func save(tx *sqldb.Tx, m *Matter) error {
	if m.loaded == nil {
		return fmt.Errorf("%s is to be saved and was not read", m.Number)
	}
	var set strings.Builder
	now, args := m.values(), []any{m.ID, m.Version}
	for i, was := range m.loaded {
		if fixed[columnNames[i]] || same(was, now[i]) {
			continue
		}
		args = append(args, now[i])
		set.WriteString(columnNames[i] + " = $" + strconv.Itoa(len(args)) + ", ")
	}
	m.Version++
	m.loaded = now
	return tx.One("UPDATE matter SET "+set.String()+"version = version + 1 WHERE id = $1 AND version = $2", args...)
}

// same reports whether two values of one column are the same.
func same(a, b any) bool {
	switch a := a.(type) {
	case []byte:
		return bytes.Equal(a, b.([]byte))
	case sqldb.Time:
		return a.Equal(b.(sqldb.Time).Time)
	}
	return a == b
}

const stepColumns = `id, matter_id, at, act, account, actor, unit_id, to_unit, public, hidden, words, until, detail, behalf, was`

func scanStep(r sqldb.Scanner) (p Step, err error) {
	var at, until sqldb.Time
	err = r.Scan(&p.ID, &p.Matter, &at, &p.Act, &p.Account, &p.Actor, &p.Unit, &p.ToUnit, &p.Public, &p.Hidden, &p.Words, &until, &p.Detail, &p.Behalf, &p.was)
	p.At, p.Until = at.Time, until.Time
	return p, err
}

// values are the arguments for stepColumns.
func (p Step) values() []any {
	return []any{p.ID, p.Matter, sqldb.At(p.At), string(p.Act), p.Account, p.Actor, p.Unit, p.ToUnit, p.Public, p.Hidden, p.Words, sqldb.At(p.Until), p.Detail, p.Behalf, p.was}
}

func steps(tx *sqldb.Tx, matter ID) ([]Step, error) {
	return sqldb.All(tx, scanStep, `
		SELECT `+stepColumns+` FROM matter_step
		WHERE matter_id = $1
		ORDER BY id
		LIMIT 2000`, matter)
}

// sortingSteps are the lines of a matter's story that say who sorted it, oldest first.
func sortingSteps(tx *sqldb.Tx, matter ID) ([]Step, error) {
	return sqldb.All(tx, scanStep, `
		SELECT `+stepColumns+` FROM matter_step
		WHERE matter_id = $1 AND act IN ('classify', 'correct', 'confirm')
		ORDER BY id
		LIMIT 500`, matter)
}

const fileColumns = `id, matter_id, step_id, hash, type, size, width, height, public, hidden, at`

func scanFile(r sqldb.Scanner) (f File, err error) {
	var at sqldb.Time
	err = r.Scan(&f.ID, &f.Matter, &f.Step, &f.Hash, &f.Type, &f.Size, &f.Width, &f.Height, &f.Public, &f.Hidden, &at)
	f.At = at.Time
	return f, err
}

// values are the arguments for fileColumns.
func (f File) values() []any {
	return []any{f.ID, f.Matter, f.Step, f.Hash, f.Type, f.Size, f.Width, f.Height, f.Public, f.Hidden, sqldb.At(f.At)}
}

func filesOf(tx *sqldb.Tx, matter ID) ([]File, error) {
	return sqldb.All(tx, scanFile, `SELECT `+fileColumns+` FROM matter_file WHERE matter_id = $1 ORDER BY id LIMIT 500`, matter)
}

// answersJSON is the canonical text of a category's answers: keys in order.
func answersJSON(a map[string]string) string {
	if len(a) == 0 {
		return "{}"
	}
	b, err := json.Marshal(a) // sorts the keys
	if err != nil {
		panic(err) // a map of texts can always be written
	}
	return string(b)
}

func answersFrom(text string) map[string]string {
	if text == "{}" {
		return nil
	}
	var a map[string]string
	if json.Unmarshal([]byte(text), &a) != nil {
		return nil
	}
	return a
}
