// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

const taskColumns = `id, state, title, body, act, town_id, village_id, grid_id, courtyard_id, place_words, leader_id, leader, unit_id, begins_at, ends_at, seats, listed, reason, series_id, version`

func scanTask(city id.ID) func(sqldb.Scanner) (Task, error) {
	return func(r sqldb.Scanner) (t Task, err error) {
		var begins, ends sqldb.Time
		err = r.Scan(&t.ID, &t.State, &t.Title, &t.Body, &t.Act, &t.Path[scope.Town], &t.Path[scope.Village], &t.Path[scope.Grid], &t.Path[scope.Courtyard], &t.PlaceWords,
			&t.Leader, &t.LeaderName, &t.Unit, &begins, &ends, &t.Seats, &t.Listed, &t.Reason, &t.Series, &t.Version)
		t.Path[scope.City], t.Begins, t.Ends = city, begins.Time, ends.Time
		return t, err
	}
}

func loadTask(tx *sqldb.Tx, d, city id.ID) (Task, error) {
	return sqldb.Get(tx, scanTask(city), "volunteers.task.none", `SELECT `+taskColumns+` FROM volunteer_task WHERE id = $1`, d)
}

// tasksOfSeries are the tasks that were drawn up together, the first one first.
func tasksOfSeries(tx *sqldb.Tx, series, city id.ID) ([]Task, error) {
	return sqldb.All(tx, scanTask(city), `SELECT `+taskColumns+` FROM volunteer_task WHERE series_id = $1 AND series_id <> 0 ORDER BY begins_at, id LIMIT $2`, series, mostTimes)
}

func insertTask(tx *sqldb.Tx, t Task) error {
	_, err := tx.Exec(`INSERT INTO volunteer_task (`+taskColumns+`) VALUES (`+sqldb.List(20, 1)+`)`,
		t.ID, string(t.State), t.Title, t.Body, t.Act, t.Path[scope.Town], t.Path[scope.Village], t.Path[scope.Grid], t.Path[scope.Courtyard], t.PlaceWords,
		t.Leader, t.LeaderName, t.Unit, sqldb.At(t.Begins), sqldb.At(t.Ends), t.Seats, t.Listed, t.Reason, t.Series, t.Version)
	return err
}

func saveTask(tx *sqldb.Tx, t *Task) error {
	t.Version++
	return tx.One(`
		UPDATE volunteer_task SET state = $3, title = $4, body = $5, act = $6, town_id = $7, village_id = $8, grid_id = $9, courtyard_id = $10, place_words = $11,
			begins_at = $12, ends_at = $13, seats = $14, reason = $15, version = $2
		WHERE id = $1 AND version = $16 AND listed <= $14`,
		t.ID, t.Version, string(t.State), t.Title, t.Body, t.Act, t.Path[scope.Town], t.Path[scope.Village], t.Path[scope.Grid], t.Path[scope.Courtyard], t.PlaceWords,
		sqldb.At(t.Begins), sqldb.At(t.Ends), t.Seats, t.Reason, t.Version-1)
}

// takeSeat takes a free place of a task, if there is one.
func takeSeat(tx *sqldb.Tx, task id.ID) (bool, error) {
	n, err := tx.Exec(`UPDATE volunteer_task SET listed = listed + 1 WHERE id = $1 AND listed < seats AND (state = 'open' OR state = 'running')`, task)
	return n == 1, err
}

func leaveSeat(tx *sqldb.Tx, task id.ID) error {
	return tx.One(`UPDATE volunteer_task SET listed = listed - 1 WHERE id = $1`, task)
}

// listTasks are the tasks that end after a moment; of those that are drawn up or
// called off only those within own.
func listTasks(tx *sqldb.Tx, city id.ID, f TaskFilter, own scope.Scopes) ([]Task, error) {
	var w sqldb.Where
	if !f.From.IsZero() {
		w.Add("ends_at > ?", sqldb.At(f.From))
	}
	if f.Place.Level != scope.City {
		scope.Scopes{f.Place}.Where(&w, "")
	}
	if len(f.Acts) > 0 {
		sqldb.In(&w, "act", f.Acts...)
	}
	if f.All {
		own.Where(&w, "")
	} else {
		sqldb.In(&w, "state", string(Open), string(Running))
	}
	n := f.Most
	if n <= 0 || n > 200 {
		n = 50
	}
	limit := w.Arg(n)
	return sqldb.All(tx, scanTask(city), `SELECT `+taskColumns+` FROM volunteer_task `+w.SQL()+` ORDER BY begins_at, id LIMIT `+limit, w.Args()...)
}

// forgetting is how long after its end the program ends a task that nobody has.
const forgetting = 6 * time.Hour

func tasksToTurn(tx *sqldb.Tx, city id.ID, most int) ([]Task, error) {
	return sqldb.All(tx, scanTask(city), `
		SELECT `+taskColumns+` FROM volunteer_task WHERE state = 'open' AND begins_at <= $1 OR state = 'running' AND ends_at <= $2 ORDER BY begins_at, id LIMIT $3`,
		sqldb.At(tx.Now()), sqldb.At(tx.Now().Add(-forgetting)), most)
}

// EachTaskDigest is EachDigest of the tasks.
func EachTaskDigest(tx *sqldb.Tx, f func(record id.ID, digest []byte) error) error {
	scan := scanTask(0)
	return tx.Each(`SELECT `+taskColumns+` FROM volunteer_task ORDER BY id`, nil, func(r sqldb.Scanner) error {
		t, err := scan(r)
		if err != nil {
			return err
		}
		return f(t.ID, t.Digest())
	})
}

const signUpColumns = `u.id, u.task_id, u.volunteer_id, u.state, u.at, u.version, v.resident_id`

const signUps = ` FROM volunteer_signup u JOIN volunteer v ON v.id = u.volunteer_id `

func scanSignUp(r sqldb.Scanner) (u SignUp, err error) {
	var at sqldb.Time
	err = r.Scan(&u.ID, &u.Task, &u.Volunteer, &u.State, &at, &u.Version, &u.resident)
	u.At = at.Time
	return u, err
}

func loadSignUp(tx *sqldb.Tx, d id.ID) (SignUp, error) {
	return sqldb.Get(tx, scanSignUp, "volunteers.signup.none", `SELECT `+signUpColumns+signUps+`WHERE u.id = $1`, d)
}

func signUpFor(tx *sqldb.Tx, task, volunteer id.ID) (SignUp, error) {
	return sqldb.Get(tx, scanSignUp, "volunteers.signup.none", `SELECT `+signUpColumns+signUps+`WHERE u.task_id = $1 AND u.volunteer_id = $2`, task, volunteer)
}

func insertSignUp(tx *sqldb.Tx, u SignUp) error {
	_, err := tx.Exec(`INSERT INTO volunteer_signup (id, task_id, volunteer_id, state, at, version) VALUES ($1, $2, $3, $4, $5, $6)`, u.ID, u.Task, u.Volunteer, string(u.State), sqldb.At(u.At), u.Version)
	return err
}

func saveSignUp(tx *sqldb.Tx, u SignUp) error {
	return tx.One(`UPDATE volunteer_signup SET state = $2, at = $3, version = version + 1 WHERE id = $1 AND version = $4`, u.ID, string(u.State), sqldb.At(u.At), u.Version)
}

// EachSignUpDigest is EachDigest of the sign-ups.
func EachSignUpDigest(tx *sqldb.Tx, f func(record id.ID, digest []byte) error) error {
	return tx.Each(`SELECT `+signUpColumns+signUps+`ORDER BY u.id`, nil, func(r sqldb.Scanner) error {
		u, err := scanSignUp(r)
		if err != nil {
			return err
		}
		return f(u.ID, u.digest())
	})
}

// waitingFor are those who wait for a place, who waits longest first.
func waitingFor(tx *sqldb.Tx, task id.ID) ([]SignUp, error) {
	return sqldb.All(tx, scanSignUp, `SELECT `+signUpColumns+signUps+`WHERE u.task_id = $1 AND u.state = 'waiting' ORDER BY u.at, u.id LIMIT 1000`, task)
}

// signUpsOf are the sign-ups of a task, in their order.
func signUpsOf(tx *sqldb.Tx, task id.ID) ([]SignUp, error) {
	return sqldb.All(tx, scanSignUp, `SELECT `+signUpColumns+signUps+`WHERE u.task_id = $1 ORDER BY u.at, u.id LIMIT 1000`, task)
}

// signUpsToCome are a volunteer's for tasks that have not begun.
func signUpsToCome(tx *sqldb.Tx, volunteer id.ID) ([]SignUp, error) {
	return sqldb.All(tx, scanSignUp, `SELECT `+signUpColumns+signUps+`JOIN volunteer_task t ON t.id = u.task_id WHERE u.volunteer_id = $1 AND u.state <> 'withdrawn' AND t.state IN ('drawn_up','open') ORDER BY u.id LIMIT 500`, volunteer)
}

// lastSignUps are a volunteer's, the newest first.
func lastSignUps(tx *sqldb.Tx, volunteer id.ID, most int) ([]SignUp, error) {
	return sqldb.All(tx, scanSignUp, `SELECT `+signUpColumns+signUps+`WHERE u.volunteer_id = $1 ORDER BY u.task_id DESC LIMIT $2`, volunteer, most)
}

const hoursColumns = `h.id, h.task_id, h.volunteer_id, h.state, h.minutes, h.said_at, h.reason, h.refused_by, h.plea, h.confirmed_at, h.points, h.limited, h.version, v.resident_id`

const hoursFrom = ` FROM volunteer_hours h JOIN volunteer v ON v.id = h.volunteer_id `

func scanHours(r sqldb.Scanner) (h Hours, err error) {
	var said, confirmed sqldb.Time
	err = r.Scan(&h.ID, &h.Task, &h.Volunteer, &h.State, &h.Minutes, &said, &h.Reason, &h.RefusedBy, &h.Plea, &confirmed, &h.Points, &h.Limited, &h.Version, &h.resident)
	h.SaidAt, h.ConfirmedAt = said.Time, confirmed.Time
	return h, err
}

func loadHours(tx *sqldb.Tx, d id.ID) (Hours, error) {
	return sqldb.Get(tx, scanHours, "volunteers.hours.none", `SELECT `+hoursColumns+hoursFrom+`WHERE h.id = $1`, d)
}

func hoursFor(tx *sqldb.Tx, task, volunteer id.ID) (Hours, error) {
	return sqldb.Get(tx, scanHours, "volunteers.hours.none", `SELECT `+hoursColumns+hoursFrom+`WHERE h.task_id = $1 AND h.volunteer_id = $2`, task, volunteer)
}

func hoursOfTask(tx *sqldb.Tx, task id.ID) ([]Hours, error) {
	return sqldb.All(tx, scanHours, `SELECT `+hoursColumns+hoursFrom+`WHERE h.task_id = $1 ORDER BY h.id LIMIT 1000`, task)
}

// hoursOf are a volunteer's, the newest first.
func hoursOf(tx *sqldb.Tx, volunteer id.ID, most int) ([]Hours, error) {
	return sqldb.All(tx, scanHours, `SELECT `+hoursColumns+hoursFrom+`WHERE h.volunteer_id = $1 ORDER BY h.id DESC LIMIT $2`, volunteer, most)
}

// hoursWaiting are those in a part of the town that wait for somebody, the oldest first.
func hoursWaiting(tx *sqldb.Tx, in scope.Scopes, states []HoursState, most int) ([]Hours, error) {
	var w sqldb.Where
	sqldb.In(&w, "h.state", states...)
	w.Add("h.state IN ('said','seen','appealed')") // the engine's word that an index of these few will do
	in.Where(&w, "t.")
	n := w.Arg(most)
	return sqldb.All(tx, scanHours, `SELECT `+hoursColumns+hoursFrom+`JOIN volunteer_task t ON t.id = h.task_id `+w.SQL()+` ORDER BY h.said_at, h.id LIMIT `+n, w.Args()...)
}

func insertHours(tx *sqldb.Tx, h Hours) error {
	_, err := tx.Exec(`INSERT INTO volunteer_hours (id, task_id, volunteer_id, state, minutes, said_at, reason, refused_by, plea, confirmed_at, points, limited, version) VALUES (`+sqldb.List(13, 1)+`)`,
		h.ID, h.Task, h.Volunteer, string(h.State), h.Minutes, sqldb.At(h.SaidAt), h.Reason, h.RefusedBy, h.Plea, sqldb.At(h.ConfirmedAt), h.Points, h.Limited, h.Version)
	return err
}

func saveHours(tx *sqldb.Tx, h *Hours) error {
	h.Version++
	return tx.One(`
		UPDATE volunteer_hours SET state = $2, reason = $3, refused_by = $4, plea = $5, confirmed_at = $6, points = $7, limited = $8, version = $9 WHERE id = $1 AND version = $10`,
		h.ID, string(h.State), h.Reason, h.RefusedBy, h.Plea, sqldb.At(h.ConfirmedAt), h.Points, h.Limited, h.Version, h.Version-1)
}

func insertConfirmation(tx *sqldb.Tx, hours id.ID, c Confirmation) error {
	_, err := tx.Exec(`INSERT INTO volunteer_confirmation (hours_id, account_id, witness_id, kind, name, at) VALUES ($1, $2, $3, $4, $5, $6)`, hours, c.Account, c.Companion, string(c.Kind), c.Name, sqldb.At(c.At))
	return err
}

func confirmationsOf(tx *sqldb.Tx, hours id.ID) ([]Confirmation, error) {
	return sqldb.All(tx, func(r sqldb.Scanner) (c Confirmation, err error) {
		var at sqldb.Time
		err = r.Scan(&c.Account, &c.Companion, &c.Kind, &c.Name, &at)
		c.At = at.Time
		return c, err
	}, `SELECT account_id, witness_id, kind, name, at FROM volunteer_confirmation WHERE hours_id = $1 ORDER BY at LIMIT 10`, hours)
}

const chainOfConfirmations = `SELECT hours_id, account_id, witness_id, kind, name, at FROM volunteer_confirmation`

// linkConfirmation makes the digest of who confirmed which hours, each linked to the one
// before it.
func linkConfirmation(chains map[id.ID][]byte) func(sqldb.Scanner) error {
	return func(r sqldb.Scanner) error {
		var hours id.ID
		var c Confirmation
		var at sqldb.Time
		if err := r.Scan(&hours, &c.Account, &c.Companion, &c.Kind, &c.Name, &at); err != nil {
			return err
		}
		chains[hours] = trail.Digest(chains[hours], c.Account, c.Companion, string(c.Kind), c.Name, at.Time)
		return nil
	}
}

// confirmedBy is the digest of who confirmed some hours.
func confirmedBy(tx *sqldb.Tx, hours id.ID) ([]byte, error) {
	chains := map[id.ID][]byte{}
	err := tx.Each(chainOfConfirmations+` WHERE hours_id = $1 ORDER BY account_id, witness_id`, []any{hours}, linkConfirmation(chains))
	return chains[hours], err
}

func dropConfirmations(tx *sqldb.Tx, hours id.ID) error {
	_, err := tx.Exec(`DELETE FROM volunteer_confirmation WHERE hours_id = $1`, hours)
	return err
}

// confirmedMinutes are all that count of a volunteer.
func confirmedMinutes(tx *sqldb.Tx, volunteer id.ID, from, to time.Time) (int64, error) {
	return sqldb.Int(tx.Row(`SELECT COALESCE(sum(minutes), 0) FROM volunteer_hours WHERE volunteer_id = $1 AND state = 'confirmed' AND confirmed_at >= $2 AND confirmed_at < $3`, volunteer, sqldb.At(from), sqldb.At(to)))
}

// EachHoursDigest is EachDigest of the hours.
func EachHoursDigest(tx *sqldb.Tx, f func(record id.ID, digest []byte) error) error {
	chains := map[id.ID][]byte{}
	if err := tx.Each(chainOfConfirmations+` ORDER BY hours_id, account_id, witness_id`, nil, linkConfirmation(chains)); err != nil {
		return err
	}
	return tx.Each(`SELECT `+hoursColumns+hoursFrom+`ORDER BY h.id`, nil, func(r sqldb.Scanner) error {
		h, err := scanHours(r)
		if err != nil {
			return err
		}
		return f(h.ID, h.digest(chains[h.ID]))
	})
}

// none reports whether an error says that there is no such record.
func none(err error) bool { return errs.KindOf(err) == errs.NotFound }
