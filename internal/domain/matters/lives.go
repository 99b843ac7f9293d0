// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Standing is what statistics may know of a matter at one moment: where it is,
// whose it is and until when. It has no words and no persons.
type Standing struct {
	State    State
	Category string
	Path     scope.Path
	Urgent   bool
	Lead     id.ID
	TurnUnit id.ID
	Due      time.Time // when the turn ends; zero if it has no end
	Promised time.Time // when the whole is to be done
	JoinedTo ID        // the matter that it follows
}

// Standing is the matter's standing now.
func (m Matter) Standing() Standing {
	return Standing{State: m.State, Category: m.Category, Path: m.Path, Urgent: m.Urgent, Lead: m.Lead, TurnUnit: m.TurnUnit, Due: m.Due, Promised: m.Promised, JoinedTo: m.JoinedTo}
}

// A Moment is one act in a matter's life as statistics see it: when it happened,
// and how the matter stood before and after. Of a raising, and of the beginning
// of a part, Before is zero.
type Moment struct {
	Seq    int64     // of its row in the trail
	At     time.Time // when it happened: of what was brought in, when it happened elsewhere
	Past   bool      // it had happened elsewhere before it was written down here
	Act    Act
	Unit   id.ID     // for which the actor acted
	Rating Rating    // of a rating, without its words
	For    id.ID     // of a rating of what follows another: who led the other then
	Excuse time.Time // of an act that excused that a unit was late: the end of handling that it speaks of
	Before Standing
	After  Standing
}

// A Life is everything that happened to a matter, oldest first.
type Life struct {
	ID      ID
	Number  string
	Channel Channel
	Origin  bool // it was brought in from elsewhere
	Moments []Moment
}

// Lives returns the lives of the matters with the given IDs, as far as this
// transaction sees them, in no order; IDs of nothing are left out. Every moment is
// known as it was then, whatever happened since: it is read back from the matter
// as it stands, through what each act changed.
func (s *Service) Lives(tx *sqldb.Tx, ids []ID) ([]Life, error) {
	var lives []Life
	for some := range slices.Chunk(ids, atOnce) {
		rows, err := trail.Stories(tx, "matter", some)
		if err != nil {
			return nil, err
		}
		told, err := toldSteps(tx, some)
		if err != nil {
			return nil, err
		}
		standing, err := s.standings(tx, some)
		if err != nil {
			return nil, err
		}
		for _, x := range standing {
			if err := x.life.read(x.Standing, x.raised, rows[x.life.ID], told[x.life.ID]); err != nil {
				return nil, fmt.Errorf("life of %s: %w", x.life.Number, err)
			}
			lives = append(lives, x.life)
		}
	}
	return lives, s.ledFor(tx, lives)
}

// ledFor fills in whose work the ratings of matters praise or blame that follow
// another: that of the other's lead, at that time.
func (s *Service) ledFor(tx *sqldb.Tx, lives []Life) error {
	var followed []ID
	each := func(f func(m *Moment)) {
		for i := range lives {
			for j := range lives[i].Moments {
				if m := &lives[i].Moments[j]; m.Act == Rate && m.After.State == Joined && m.After.JoinedTo != 0 {
					f(m)
				}
			}
		}
	}
	each(func(m *Moment) { followed = append(followed, m.After.JoinedTo) })
	if len(followed) == 0 {
		return nil
	}
	slices.Sort(followed)
	others, err := s.Lives(tx, slices.Compact(followed))
	if err != nil {
		return err
	}
	each(func(m *Moment) {
		for _, o := range others {
			if o.ID != m.After.JoinedTo {
				continue
			}
			for _, x := range o.Moments {
				if x.Seq < m.Seq {
					m.For = x.After.Lead
				}
			}
		}
	})
	return nil
}

// read puts the moments together, from the last to the first.
func (l *Life) read(now Standing, raisedAt time.Time, rows []trail.Row, told []Step) error {
	l.Moments = make([]Moment, 0, len(rows))
	for i := len(rows) - 1; i >= 0; i-- {
		r := rows[i]
		m := Moment{Seq: r.Seq, At: raisedAt, Act: Act(r.Act), After: now}
		switch m.Act {
		case Forget, Mention, attach: // change nothing that is known here
			continue
		case raised:
		default:
			if len(told) == 0 || told[len(told)-1].Act != m.Act {
				return fmt.Errorf("the story has no line for %q in the trail", r.Act)
			}
			p := told[len(told)-1]
			told = told[:len(told)-1]
			m.At, m.Past, m.Unit, m.Rating = p.At, !p.At.Equal(r.At), p.Unit, RatingOf(p)
			m.Rating.Words, m.Excuse = "", ExcusedEnd(m.Act, p.Detail)
			if m.Act == SplitOff {
				break
			}
			before, err := now.before(p.was)
			if err != nil {
				return err
			}
			before.State = State(r.From)
			m.Before, now = before, before
		}
		l.Moments = append(l.Moments, m)
	}
	slices.Reverse(l.Moments)
	return nil
}

// was is what of a Standing an act changed, as it was before. The state is in the
// trail.
type was struct {
	Category *string     `json:"category,omitempty"`
	Path     *scope.Path `json:"path,omitempty"`
	Urgent   *bool       `json:"urgent,omitempty"`
	Lead     *int64      `json:"lead,omitempty"`
	Turn     *int64      `json:"turn,omitempty"`
	Due      *int64      `json:"due,omitempty"`
	Promised *int64      `json:"promised,omitempty"`
	Joined   *int64      `json:"joined,omitempty"`
}

// wasBefore is what an act changed, to be kept with its line of the story.
func wasBefore(before, after Standing) string {
	var w was
	if before.Category != after.Category {
		w.Category = &before.Category
	}
	if before.Path != after.Path {
		w.Path = &before.Path
	}
	if before.Urgent != after.Urgent {
		w.Urgent = &before.Urgent
	}
	differ(&w.Lead, int64(before.Lead), int64(after.Lead))
	differ(&w.Turn, int64(before.TurnUnit), int64(after.TurnUnit))
	differ(&w.Due, millis(before.Due), millis(after.Due))
	differ(&w.Promised, millis(before.Promised), millis(after.Promised))
	differ(&w.Joined, int64(before.JoinedTo), int64(after.JoinedTo))
	if w == (was{}) {
		return "{}"
	}
	b, err := json.Marshal(w)
	if err != nil {
		panic(err) // numbers and texts can always be written
	}
	return string(b)
}

func differ(to **int64, before, after int64) {
	if before != after {
		*to = &before
	}
}

// before is the standing before an act that changed what text says.
func (x Standing) before(text string) (Standing, error) {
	if text == "{}" {
		return x, nil
	}
	var w was
	if err := json.Unmarshal([]byte(text), &w); err != nil {
		return x, err
	}
	if w.Category != nil {
		x.Category = *w.Category
	}
	if w.Path != nil {
		x.Path = *w.Path
	}
	if w.Urgent != nil {
		x.Urgent = *w.Urgent
	}
	if w.Lead != nil {
		x.Lead = id.ID(*w.Lead)
	}
	if w.Turn != nil {
		x.TurnUnit = id.ID(*w.Turn)
	}
	if w.Due != nil {
		x.Due = fromMillis(*w.Due)
	}
	if w.Joined != nil {
		x.JoinedTo = id.ID(*w.Joined)
	}
	if w.Promised != nil {
		x.Promised = fromMillis(*w.Promised)
	}
	return x, nil
}

// millis is an instant as a number, 0 if it is zero.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
