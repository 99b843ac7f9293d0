// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"context"
	_ "embed" // the shipped tariff
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Source says what makes an act known.
type Source string

// The sources.
const (
	ByTask   Source = "task"   // hours at a task, confirmed by two
	ByReport Source = "report" // a matter that they raised, verified and closed
)

// A Line is what one act earns.
type Line struct {
	Code    string    `json:"code"`
	Name    i18n.Text `json:"name"`
	By      Source    `json:"by"`
	PerHour bool      `json:"per_hour,omitempty"` // else each time
	Points  int64     `json:"points"`
	Most    int64     `json:"most"` // how often it earns in a month
}

// A Tariff is what earns what.
type Tariff struct {
	Lines []Line `json:"lines"`
}

// Line is that of the code.
func (t Tariff) Line(code string) (Line, bool) {
	for _, l := range t.Lines {
		if l.Code == code {
			return l, true
		}
	}
	return Line{}, false
}

// first is the line of a source.
func (t Tariff) first(by Source) (Line, bool) {
	for _, l := range t.Lines {
		if l.By == by {
			return l, true
		}
	}
	return Line{}, false
}

// Worth is how many points an act earns that took so many minutes and has earned so
// often in the month already: by the hour in whole points, never more than there are
// in the minutes; nothing once the month has its fill.
func (l Line) Worth(minutes, already int64) int64 {
	switch {
	case already >= l.Most:
		return 0
	case l.PerHour:
		return l.Points * minutes / 60
	}
	return l.Points
}

const (
	mostPoints = 1000
	mostLines  = 30
)

var codeForm = regexp.MustCompile(`^[a-z][a-z0-9_]{1,29}$`)

// Check says what is wrong with a tariff, beside the fields name., points. and most.
// with the place of the line.
func (t Tariff) Check() error {
	var faults errs.List
	seen := map[string]bool{}
	for i, l := range t.Lines {
		at := "." + strconv.Itoa(i)
		if n := utf8.RuneCountInString(l.Name.ZH); n < 2 || n > 40 {
			faults.Add("name"+at, "volunteers.tariff.name")
		}
		if n := utf8.RuneCountInString(l.Name.EN); n < 2 || n > 80 {
			faults.Add("name_en"+at, "volunteers.tariff.name_en")
		}
		if l.Points < 0 || l.Points > mostPoints {
			faults.Add("points"+at, "volunteers.tariff.points", mostPoints)
		}
		if l.Most < 0 || l.Most > 100 {
			faults.Add("most"+at, "volunteers.tariff.most")
		}
		if !codeForm.MatchString(l.Code) || seen[l.Code] || l.By != ByTask && l.By != ByReport {
			faults.Add("name"+at, "volunteers.tariff.code")
		}
		seen[l.Code] = true
	}
	if len(t.Lines) == 0 || len(t.Lines) > mostLines {
		faults.Add("reason", "volunteers.tariff.lines", mostLines)
	}
	return faults.Err()
}

// NewCode is a code for a line that is new, which no edition has had: so what was done
// under an old line never counts as another.
func NewCode(es []Edition) string {
	for n := 1; ; n++ {
		code := "act_" + strconv.Itoa(n)
		if !slices.ContainsFunc(es, func(e Edition) bool { _, ok := e.Tariff.Line(code); return ok }) {
			return code
		}
	}
}

// An Edition is a tariff in force from a day on, until the next.
type Edition struct {
	ID     id.ID // 0: shipped
	From   Day
	Tariff Tariff
	Reason string
	Actor  string
	At     time.Time
}

//go:embed tariff.json
var shippedTariff []byte

// Shipped is the tariff that comes with the program.
func Shipped() Tariff {
	var t Tariff
	if err := json.Unmarshal(shippedTariff, &t); err != nil {
		panic(err) // the file is in the binary, and a test reads it
	}
	return t
}

// Editions are all tariffs, the shipped one first, the latest last. Everybody may
// read them.
func (s *Service) Editions(ctx context.Context) (es []Edition, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		es, err = editions(tx)
		return err
	})
	return es, err
}

// InForce is the edition of a day.
func InForce(es []Edition, d Day) Edition {
	var in Edition
	for _, e := range es {
		if e.From <= d {
			in = e
		}
	}
	return in
}

// Price makes an edition of the tariff, from a day to come on (else Invalid beside
// "from"), with the reason. What is confirmed for earlier days goes by what was in
// force then. It is the whole town's: Denied to who does not administer the city.
func (s *Service) Price(ctx context.Context, by scope.Actor, t Tariff, from Day, reason string) error {
	var faults errs.List
	if err := faults.Join(t.Check()); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(reason); n < shortest || n > longest {
		faults.Add("reason", "volunteers.words", shortest, longest)
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if err := s.cityMay(tx, by); err != nil {
			return err
		}
		faults := faults
		if from <= DayOf(tx.Now()) {
			faults.Add("from", "volunteers.tariff.from")
		}
		es, err := editions(tx)
		if err != nil {
			return err
		}
		if last := es[len(es)-1]; last.From >= from && last.ID != 0 {
			faults.Add("from", "volunteers.tariff.later")
		}
		if err := faults.Err(); err != nil {
			return err
		}
		e := Edition{ID: tx.NewID(), From: from, Tariff: t, Reason: reason, Actor: by.Name, At: tx.Now()}
		spec, err := json.Marshal(t)
		if err != nil {
			return err
		}
		if err := insertEdition(tx, e, string(spec), by.Account); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "volunteer_tariff", Record: e.ID, Act: "price", Digest: e.digest(string(spec), by.Account)})
	})
}

// cityMay is nil for who administers the whole city.
func (s *Service) cityMay(tx *sqldb.Tx, by scope.Actor) error {
	var p scope.Path
	p[scope.City] = s.city()
	if d := by.May(admin, scope.Target{Path: p, At: tx.Now()}); !d.OK {
		return errs.New(errs.Denied, d.Key, d.Args...)
	}
	return nil
}

func (e Edition) digest(spec string, account id.ID) []byte {
	return trail.Digest("volunteer_tariff/2", e.ID, int64(e.From), spec, e.Reason, account, e.Actor, e.At)
}

// The length of what somebody gives as a reason.
const (
	shortest = 4
	longest  = 500
)

// because is a reason as it was given; Invalid beside "words" if it says nothing.
func because(words string) error {
	if n := utf8.RuneCountInString(words); n < shortest || n > longest {
		return errs.At("words", "volunteers.words", shortest, longest)
	}
	return nil
}
