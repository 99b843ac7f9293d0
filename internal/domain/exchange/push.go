// SPDX-License-Identifier: Apache-2.0

package exchange

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/georeport"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Dispatched hears that a matter was dispatched: if the unit is another system, it
// is to go there. What is there already stays.
func (s *Service) Dispatched(tx *sqldb.Tx, by scope.Actor, m matters.Matter) error {
	cs, err := connectionsOf(tx, m.Lead)
	if err != nil {
		return err
	}
	for _, c := range cs {
		if _, goes := c.Service(m.Category); !goes && len(cs) > 1 {
			continue // another connection of the unit is for it
		}
		t, err := transferOf(tx, c.ID, m.ID)
		if err != nil {
			return err
		}
		switch {
		case t.ID == 0:
			t = Transfer{ID: tx.NewID(), Connection: c.ID, Matter: m.ID, Number: m.Number, State: Waiting, MadeAt: tx.Now(), Version: 1}
			err = insertTransfer(tx, t)
		case t.Remote != "" || t.State == Sent || t.State == Waiting:
			continue
		default:
			t.State, t.Fault, t.EndedAt = Waiting, "", time.Time{}
			err = saveTransfer(tx, &t)
		}
		if err == nil {
			err = enqueue(tx, t)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// TryAgain sends what was refused or withheld once more. The actor must administer.
func (s *Service) TryAgain(ctx context.Context, by scope.Actor, d id.ID) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		if err := administers(tx, by); err != nil {
			return err
		}
		t, err := loadTransfer(tx, d)
		if err != nil {
			return err
		}
		if t.State != Refused && t.State != Withheld {
			return errs.New(errs.Conflict, "transfer.not_refused")
		}
		t.State, t.Fault = Waiting, ""
		if err := saveTransfer(tx, &t); err != nil {
			return err
		}
		if err := trail.Append(tx, by, trail.Entry{Noun: "connection", Record: t.Connection, Act: "try_again", Note: t.Number}); err != nil {
			return err
		}
		return enqueue(tx, t)
	})
}

// Push sends a matter: it is what a job of the kind [Push] does.
func (s *Service) Push(ctx context.Context, j *jobs.Job, p Pushing) error {
	t, c, err := s.load(ctx, p.Transfer)
	if errs.KindOf(err) == errs.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	switch t.State {
	case Sent: // was sent; the line that says so may be missing
		return s.tell(ctx, c, t)
	case Refused, Withheld, Ended:
		return nil
	case Waiting:
	}
	w, err := s.Matters.Get(ctx, scope.Program("exchange"), t.Number)
	if err != nil {
		return err
	}
	m := w.Matter
	code, goes := c.Service(m.Category)
	switch {
	case m.Lead != c.Unit || !m.State.Open():
		return s.end(ctx, t, Ended, "")
	case !c.Active || !c.Push:
		return s.end(ctx, t, Withheld, "transfer.off")
	case !m.VisibleToAll():
		return s.end(ctx, t, Withheld, "transfer.private")
	case !goes:
		return s.end(ctx, t, Withheld, "transfer.no_service")
	}
	wire, err := s.dial(c)
	if err != nil {
		return err
	}
	remote, err := s.there(ctx, wire, t, code)
	if err != nil {
		return s.failed(ctx, j, t, err)
	}
	var token string
	if remote == "" {
		if t, err = s.update(ctx, t.ID, func(t *Transfer, now time.Time) { t.TriedAt = now }); err != nil {
			return err
		}
		r, err := wire.Send(ctx, s.form(w, code))
		if err == nil && r.ID.Text() == "" && r.Token.Text() == "" {
			err = &georeport.Refused{Faults: []georeport.Fault{{Description: "no ID was given"}}}
		}
		if err != nil {
			return s.failed(ctx, j, t, err)
		}
		remote, token = r.ID.Text(), r.Token.Text()
	}
	if t, err = s.update(ctx, t.ID, func(t *Transfer, now time.Time) {
		t.State, t.Remote, t.Token, t.SentAt, t.Fault = Sent, remote, token, now, ""
	}); err != nil {
		return err
	}
	return s.tell(ctx, c, t)
}

func (s *Service) load(ctx context.Context, d id.ID) (t Transfer, c Connection, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if t, err = loadTransfer(tx, d); err != nil {
			return err
		}
		c, err = loadConnection(tx, t.Connection)
		return err
	})
	return t, c, err
}

// update is the one door through which a transfer that is under way changes.
func (s *Service) update(ctx context.Context, d id.ID, edit func(t *Transfer, now time.Time)) (t Transfer, err error) {
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		if t, err = loadTransfer(tx, d); err != nil {
			return err
		}
		edit(&t, tx.Now())
		return saveTransfer(tx, &t)
	})
	return t, err
}

func (s *Service) end(ctx context.Context, t Transfer, state State, fault string) error {
	_, err := s.update(ctx, t.ID, func(t *Transfer, now time.Time) { t.State, t.Fault, t.EndedAt = state, fault, now })
	return err
}

// failed settles what becomes of a transfer that did not get there: refused for
// good, or tried again.
func (s *Service) failed(ctx context.Context, j *jobs.Job, t Transfer, why error) error {
	var r *georeport.Refused
	refused := errors.As(why, &r)
	if refused && r.ForGood() || j.Tries >= j.MaxTries {
		return s.end(ctx, t, Refused, faultOf(why))
	}
	if _, err := s.update(ctx, t.ID, func(t *Transfer, _ time.Time) { t.Fault = faultOf(why) }); err != nil {
		return err
	}
	if refused && r.After > 0 {
		return jobs.Snooze(r.After)
	}
	return why
}

// lookBack is how much earlier than by our clock the other system may have taken a
// request.
const lookBack = 30 * time.Minute

// there asks whether the other system has the request already: it was sent before,
// and the answer got lost. It is "" if not.
func (s *Service) there(ctx context.Context, wire *georeport.Client, t Transfer, code string) (string, error) {
	if t.TriedAt.IsZero() {
		return "", nil
	}
	list, err := wire.Requests(ctx, url.Values{"start_date": {string(georeport.Stamp(t.TriedAt.Add(-lookBack), time.UTC))}, "service_code": {code}})
	if err != nil {
		return "", err
	}
	for _, r := range list {
		if strings.Contains(string(r.Description), mark(t.Number)) {
			return r.ID.Text(), nil
		}
	}
	return "", nil
}

// mark is how the words of a request name the matter.
func mark(number string) string { return "[" + number + "]" }

// form is a matter as it is sent: what everybody may read. The very spot of a thing
// that is the town's own, a lamp or a cover, goes with it; of anything else that of
// the grid or village does, since the other system shows it to the world.
func (s *Service) form(w matters.Whole, code string) url.Values {
	m := w.Matter
	words := []rune(strings.TrimSpace(m.Body))
	ending := "\n" + mark(m.Number)
	if most := georeport.MaxDescription - len([]rune(ending)); len(words) > most {
		words = append(words[:most-1], '…')
	}
	v := url.Values{"service_code": {code}, "description": {string(words) + ending}}
	tree := s.Places.Tree()
	address := []string{}
	if m.PlaceWords != "" {
		address = append(address, m.PlaceWords)
	}
	address = append(address, tree.Words(m.Path, "").In(i18n.ZH))
	if city, ok := tree.City(); ok {
		address = append(address, city.Name.In(i18n.ZH))
	}
	v.Set("address_string", strings.Join(address, " "))
	if lat, long, ok := s.spot(m); ok {
		v.Set("lat", string(georeport.Degrees(lat)))
		v.Set("long", string(georeport.Degrees(long)))
	}
	for key, a := range m.Answers {
		v.Set("attribute["+key+"]", a)
	}
	for _, f := range w.Files {
		if f.Step == 0 && f.Public && !f.Hidden && strings.HasPrefix(f.Type, "image/") {
			v.Set("media_url", s.Photo(f))
			break
		}
	}
	return v
}

func (s *Service) spot(m matters.Matter) (lat, long float64, ok bool) {
	if k, _ := s.Matters.Catalogue().Get(m.Category); k.Kind == "part" && m.At != nil {
		return m.At.Lat, m.At.Lon, true
	}
	tree := s.Places.Tree()
	for level := scope.Grid; level > scope.City; level-- {
		if p, found := tree.Get(m.Path[level]); found && p.Accuracy != places.Unknown {
			return p.Point[1], p.Point[0], true
		}
	}
	return 0, 0, false
}

// tell writes into the matter's story where it went, and the number that it has
// there. The line is written once.
func (s *Service) tell(ctx context.Context, c Connection, t Transfer) error {
	if t.Remote == "" {
		return nil // it has a token, and no number yet
	}
	words := i18n.T(i18n.ZH, "transfer.note", c.Name, t.Remote)
	_, err := s.Matters.TakeReport(ctx, c.actor(), t.Number, matters.Report{Mark: c.mark("sent"), Words: words})
	if k := errs.KindOf(err); k == errs.Conflict || k == errs.NotFound {
		return nil // it went on meanwhile
	}
	return err
}

// mark names a line that the connection wrote.
func (c Connection) mark(what string) string { return "exchange:" + c.ID.String() + ":" + what }
