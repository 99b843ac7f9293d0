// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Proof is how it was shown that somebody was at a point.
type Proof string

// The proofs, the best first. A word is no proof: it is kept, and does not count.
const (
	ByCode  Proof = "code"  // the code that is printed there
	ByNear  Proof = "near"  // the phone was near the point; where it was is not kept
	ByPhoto Proof = "photo" // a photo
	ByWord  Proof = "word"
)

// A Result is what was found.
type Result string

// The results.
const (
	Nothing  Result = "nothing"
	Finding  Result = "finding" // a matter was raised
	Settled  Result = "settled" // put right on the spot: a matter was raised and closed
	NobodyIn Result = "absent"  // of a home
	Needed   Result = "need"    // somebody needs a visit at home
)

// Did is what was answered of one duty.
type Did struct {
	Duty    id.ID             `json:"d"`
	Answers map[string]string `json:"a,omitempty"` // by the key of the field; yes or no, a number, words
}

// A Found is what somebody found on a round: it becomes a matter.
type Found struct {
	Category string            // code; "" lets the intake desk sort it
	Answers  map[string]string // to the category's questions
	Words    string
	Public   bool
	Urgent   bool
	Settled  string // what was done about it at once; "" if it is to be put right by others
}

// An Entering is what a worker enters at a point or in a home.
type Entering struct {
	Content string // the name that the phone gives it: 16 to 64 letters and digits, - and _; the same one again is the same entry
	Point   id.ID  // one of the two
	Visit   id.ID
	Did     []Did // empty: everything that is due there, nothing to note
	MadeAt  time.Time
	SentAt  time.Time // the phone's clock when it was sent; zero if that is not known
	Code    string    // as read at the point
	At      *geo.Point
	Absent  bool // nobody was in
	Words   string
	Files   []matters.NewFile
	Found   *Found
	Needs   *Need
}

// An Entry is what was done, as it was received.
type Entry struct {
	ID         id.ID
	Content    string
	Slot       Slot
	Path       scope.Path
	Point      id.ID
	Visit      id.ID
	Worker     id.ID
	At         time.Time // when it was done: MadeAt, put right by what the phone's clock is wrong
	MadeAt     time.Time
	ReceivedAt time.Time
	Proof      Proof
	Result     Result
	Did        []Did
	Words      string
	Files      []matters.NewFile
	Matter     id.ID
	digest     []byte
}

// Proved reports whether it was shown that somebody was there: a home needs no proof but
// the visit's own entry.
func (e Entry) Proved() bool { return e.Proof != ByWord || e.Visit != 0 }

// A Receipt says what became of an entry.
type Receipt struct {
	Entry  id.ID
	Known  bool // it had been received before
	Matter id.ID
	Number string // of the matter; "" if none was raised, or if it is known already
	Need   string // the number of what a need became; "" if there is none, or if it is known already
	Slot   Slot
	Proof  Proof
}

var contentName = regexp.MustCompile(`^[A-Za-z0-9_-]{16,64}$`)

// A phone's clock is put right by what it says when it sends, if it is wrong by more
// than tolerated; what it made in the future was made when it came.
const tolerated = 2 * time.Minute

// doneAt is when an entry was made, by the server's clock.
func doneAt(made, sent, received time.Time) time.Time {
	if !sent.IsZero() {
		if off := received.Sub(sent); off > tolerated || off < -tolerated {
			made = made.Add(off)
		}
	}
	if made.After(received) {
		return received
	}
	return made
}

// oldest is for how long a phone may hold an entry back.
const oldest = 60 * 24 * time.Hour

// Enter takes in what a worker did. It is idempotent by the name that the phone gave it:
// sent again it is answered with Known, and nothing is done twice; another entry under a
// name that was used is Conflict "patrol.entry.differs", for a person to look at. Needs
// patrol in the grid. It is Invalid, with the fields content, made_at, code, words, files,
// category or a question's, and those of [NeedFound], if something is wrong; NotFound if there is no such point or
// visit. What of the duties is not admitted any more when it comes is taken in all the
// same: the work was done.
func (s *Service) Enter(ctx context.Context, by scope.Actor, in Entering) (r Receipt, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		rs, err := s.enterAll(tx, by, []Entering{in})
		if err == nil {
			r = rs[0]
		}
		return err
	})
	return r, err
}

// EnterAll is Enter for many at once: all, or none.
func (s *Service) EnterAll(ctx context.Context, by scope.Actor, in []Entering) (rs []Receipt, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		rs, err = s.enterAll(tx, by, in)
		return err
	})
	return rs, err
}

type roundKey struct {
	grid id.ID
	slot Slot
}

func (s *Service) enterAll(tx *sqldb.Tx, by scope.Actor, in []Entering) (rs []Receipt, err error) {
	if by.Account == 0 {
		return nil, errs.New(errs.Denied, scope.DeniedSignIn)
	}
	en := entering{s: s, tx: tx, by: by, rounds: map[roundKey]*Round{}}
	for _, x := range in {
		r, err := en.one(x)
		if err != nil {
			return nil, err
		}
		rs = append(rs, r)
	}
	return rs, en.note()
}

// entering is Enter at work.
type entering struct {
	s      *Service
	tx     *sqldb.Tx
	by     scope.Actor
	rounds map[roundKey]*Round
	order  []roundKey
	merges []Merge // that hold, once merged
	merged bool
}

func (en *entering) one(in Entering) (r Receipt, err error) {
	if !contentName.MatchString(in.Content) {
		return r, errs.At("content", "patrol.entry.content")
	}
	sum, err := en.s.sum(in)
	if err != nil {
		return r, err
	}
	if old, ok, err := entryNamed(en.tx, in.Content); err != nil {
		return r, err
	} else if ok {
		if old.Worker != en.by.Account || string(old.digest) != string(sum) {
			return r, errs.New(errs.Conflict, "patrol.entry.differs")
		}
		return Receipt{Entry: old.ID, Known: true, Matter: old.Matter, Slot: old.Slot, Proof: old.Proof}, nil
	}
	e := Entry{ID: en.tx.NewID(), Content: in.Content, Point: in.Point, Visit: in.Visit, Worker: en.by.Account, MadeAt: in.MadeAt, ReceivedAt: en.tx.Now(),
		Proof: ByWord, Result: Nothing, Did: in.Did, Words: strings.TrimSpace(in.Words), Files: in.Files, digest: sum}
	var l errs.List
	between(&l, "words", e.Words, 0, MaxWhat)
	if in.MadeAt.IsZero() {
		l.Add("made_at", "patrol.entry.when")
	}
	if e.At = doneAt(in.MadeAt, in.SentAt, e.ReceivedAt); e.ReceivedAt.Sub(e.At) > oldest {
		l.Add("made_at", "patrol.entry.old", int(oldest/(24*time.Hour)))
	}
	if len(in.Files) > matters.MaxFiles {
		l.Add("files", "matter.files.many", matters.MaxFiles)
	}
	if err := l.Err(); err != nil {
		return r, err
	}
	e.Slot = SlotAt(e.At)
	var point Point
	var visit Visit
	switch {
	case in.Point != 0 && in.Visit == 0:
		if point, err = loadPoint(en.tx, in.Point); err != nil {
			return r, err
		}
		e.Path = point.Path
		if err := e.prove(point, in); err != nil {
			return r, err
		}
	case in.Visit != 0 && in.Point == 0:
		if visit, err = loadVisit(en.tx, in.Visit); err != nil {
			return r, err
		}
		e.Path = visit.Path
		if in.Absent {
			e.Result = NobodyIn
		}
	default:
		return r, errs.At("point", "patrol.entry.where")
	}
	if err := refuse(en.tx, en.by, access.Patrol, scope.Target{Path: e.Path}); err != nil {
		return r, err
	}
	g, ok := en.s.places.Tree().Get(e.Path[scope.Grid])
	if !ok {
		return r, errs.At("point", "patrol.entry.where")
	}
	round, err := en.round(g, e.Slot)
	if err != nil {
		return r, err
	}
	if err := en.answer(&e, round); err != nil {
		return r, err
	}
	if err := en.lend(&e); err != nil {
		return r, err
	}
	if in.Found != nil {
		if err := en.raise(&e, in, point, g, &r); err != nil {
			return r, err
		}
	}
	if in.Needs != nil {
		if err := en.need(&e, *in.Needs, visit, &r); err != nil {
			return r, err
		}
	}
	if err := insertEntry(en.tx, e); err != nil {
		return r, err
	}
	for i, f := range e.Files {
		if slices.ContainsFunc(e.Files[:i], func(o matters.NewFile) bool { return o.Hash == f.Hash }) {
			continue
		}
		if err := insertFile(en.tx, f.Hash, e.ID); err != nil {
			return r, err
		}
	}
	r.Entry, r.Slot, r.Proof = e.ID, e.Slot, e.Proof
	return r, en.done(e, point, visit)
}

// prove settles how it was shown that somebody was at the point. Where the phone was is
// looked at here, and nowhere else.
func (e *Entry) prove(p Point, in Entering) error {
	code := strings.ToUpper(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, in.Code))
	switch {
	case code != "" && code != p.Code:
		return errs.At("code", "patrol.entry.code")
	case code != "":
		e.Proof = ByCode
	case in.At != nil && geo.InRange(*in.At) && metres(*in.At, p.At) <= near:
		e.Proof = ByNear
	case len(in.Files) > 0:
		e.Proof = ByPhoto
	}
	return nil
}

// round is that of the entry; it is drawn up if it is not there.
func (en *entering) round(g places.Place, slot Slot) (Round, error) {
	k := roundKey{g.ID, slot}
	if r := en.rounds[k]; r != nil {
		return *r, nil
	}
	r, err := en.s.round(en.tx, g, slot)
	if err != nil {
		return r, err
	}
	en.rounds[k] = &r
	en.order = append(en.order, k)
	return r, nil
}

// answer holds what was filled in against the duties that it is of. Nothing but the fields
// of a duty is kept.
func (en *entering) answer(e *Entry, r Round) error {
	if len(e.Did) == 0 {
		for _, x := range r.Due {
			if x.Point == e.Point && x.Visit == e.Visit {
				for _, d := range x.Duties {
					e.Did = append(e.Did, Did{Duty: d})
				}
			}
		}
		return nil
	}
	var l errs.List
	for i, x := range e.Did {
		d, err := loadDuty(en.tx, x.Duty)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(e.Did[:i], func(y Did) bool { return y.Duty == x.Duty }) || (d.Kind == AtHome) != (e.Visit != 0) {
			l.Add("did", "patrol.entry.duty", d.Name)
		}
		for key, v := range x.Answers {
			f, ok := d.field(key)
			if !ok || !f.takes(v) {
				l.Add("did", "patrol.entry.answer", d.Name, f.Label)
			}
		}
	}
	return l.Err()
}

// lend fills in what is not asked twice.
func (en *entering) lend(e *Entry) error {
	if e.Point == 0 || len(e.Did) == 0 {
		return nil
	}
	if !en.merged {
		var err error
		if en.merges, err = mergesNow(en.tx); err != nil {
			return err
		}
		en.merged = true
	}
	if len(en.merges) == 0 {
		return nil
	}
	before, err := storyOf(en.tx, Where{Point: e.Point}, 20)
	if err == nil {
		e.Did = slices.Clone(e.Did)
		lend(e.Did, before, e.Slot, en.merges)
	}
	return err
}

func (d Duty) field(key string) (Field, bool) {
	i := slices.IndexFunc(d.Fields, func(f Field) bool { return f.Key == key })
	if i < 0 {
		return Field{}, false
	}
	return d.Fields[i], true
}

// maxAnswer is how long an answer in words may be.
const maxAnswer = 200

func (f Field) takes(v string) bool {
	var l errs.List
	between(&l, "answer", v, 0, maxAnswer)
	if len(l) > 0 {
		return false
	}
	switch f.Kind {
	case YesNo:
		return v == "" || v == "yes" || v == "no"
	case Number:
		_, err := strconv.ParseFloat(v, 64)
		return v == "" || err == nil && len(v) < 16
	case Words:
		return true
	}
	return false
}

// raise makes a matter of what was found.
func (en *entering) raise(e *Entry, in Entering, p Point, g places.Place, r *Receipt) error {
	f := in.Found
	m := matters.Raising{
		Body: strings.TrimSpace(f.Words), Category: f.Category, Answers: f.Answers, Urgent: f.Urgent, Channel: matters.Grid, Place: g.ID,
		Public: f.Public && e.Point != 0, Files: e.Files, PlaceWords: p.Name,
	}
	if e.Point != 0 {
		m.At = &matters.Point{Lon: p.At[0], Lat: p.At[1]}
	}
	slip, err := en.s.matters.RaiseIn(en.tx, en.by, m)
	if err != nil {
		return err
	}
	e.Result, e.Matter = Finding, slip.ID
	r.Matter, r.Number = slip.ID, slip.Number
	if settled := strings.TrimSpace(f.Settled); settled != "" {
		e.Result = Settled
		return en.s.matters.SettleIn(en.tx, en.by, slip.ID, settled)
	}
	return nil
}

// done notes when the duties were last done there. Who was not in has not been visited.
func (en *entering) done(e Entry, p Point, v Visit) error {
	if e.Result == NobodyIn || len(e.Did) == 0 || !e.Proved() {
		return nil
	}
	was := p.Done
	if e.Visit != 0 {
		was = v.Done
	}
	if was == nil {
		was = Done{}
	}
	for _, d := range e.Did {
		was[d.Duty] = max(was[d.Duty], e.Slot)
	}
	if e.Visit != 0 {
		return setVisitDone(en.tx, v.ID, was)
	}
	return setPointDone(en.tx, p.ID, was)
}

// note writes into the trail that entries of rounds were received.
func (en *entering) note() error {
	var lines []trail.Entry
	for _, k := range en.order {
		r := en.rounds[k]
		sum, err := enteredDigest(en.tx, r.Grid(), r.Slot, r.ID)
		if err != nil {
			return err
		}
		lines = append(lines, trail.Entry{Noun: "patrol_round", Record: r.ID, Act: "enter", Digest: sum})
	}
	return trail.AppendAll(en.tx, en.by, lines)
}

// digest is of everything that was sent and is kept. What the clocks say, and where the
// phone is, may differ the second time: a form that is sent twice has two moments.
func (in Entering) digest() []byte {
	fields := []any{"entry/1", in.Point, in.Visit, in.Code, in.Absent, in.Words}
	did, err := json.Marshal(in.Did) // maps are written in the order of their keys
	if err != nil {
		panic(err) // words can always be written
	}
	fields = append(fields, string(did))
	for _, f := range in.Files {
		fields = append(fields, f.Hash)
	}
	if f := in.Found; f != nil {
		answers, err := json.Marshal(f.Answers)
		if err != nil {
			panic(err)
		}
		fields = append(fields, f.Category, string(answers), f.Words, f.Public, f.Urgent, f.Settled)
	}
	return trail.Digest(fields...)
}
