// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// Saying is what a resident says: about a notice or an entry, or about neither.
type Saying struct {
	Kind   RemarkKind
	Place  id.ID // of what is about neither
	Notice ID
	Entry  ID
	Body   string
}

// Say says something on a village's page. A question about a public notice or an entry
// may be asked by any resident who is signed in, since the money is theirs wherever they
// live now; comments, and lost and found, by members. It is Invalid beside body, Denied
// to others, TooMany after twenty in a day.
func (s *Service) Say(ctx context.Context, by scope.Actor, in Saying) (d ID, err error) {
	in.Body = strings.TrimSpace(in.Body)
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		if by.Kind != scope.Resident {
			return errs.New(errs.Denied, "remark.residents")
		}
		place, err := s.about(tx, in)
		if err != nil {
			return err
		}
		at, err := s.PlaceOf(place)
		if err != nil {
			return err
		}
		if in.Kind != Question {
			if err := s.isMember(tx, by, place); err != nil {
				return err
			}
		}
		if n := utf8.RuneCountInString(in.Body); n == 0 || n > MaxRemark {
			return errs.At("body", "remark.body", MaxRemark)
		}
		if n, err := saidSince(tx, by.Resident, tx.Now().Add(-24*time.Hour)); err != nil {
			return err
		} else if n >= perDay {
			return errs.New(errs.TooMany, "remark.many", perDay)
		}
		x := Remark{ID: tx.NewID(), Place: place, Path: at.Path, Kind: in.Kind, State: Shown, Notice: in.Notice, Entry: in.Entry, Resident: by.Resident, Body: in.Body, At: tx.Now(), Version: 1}
		switch in.Kind {
		case Question:
			x.State = OpenRemark
			x.Due = s.Calendars.Town().Due(tx.Now(), when.Limit{N: answerDays, Unit: when.WorkDays}, nil)
		case Lost, Found:
			x.Ends = tx.Now().AddDate(0, 0, lostDays)
		case Comment:
		}
		d = x.ID
		if err := insertRemark(tx, x); err != nil {
			return err
		}
		if err := trail.Append(tx, by, trail.Entry{Noun: "remark", Record: d, Act: "say", To: string(x.State), Note: string(x.Kind), Digest: x.digest()}); err != nil {
			return err
		}
		if in.Kind != Question {
			return nil
		}
		return s.tell(tx, TidingAsked, place, d, s.editors(place, tx.Now())...)
	})
	return d, err
}

// about is the place that something is said about, which must be public.
func (s *Service) about(tx *sqldb.Tx, in Saying) (id.ID, error) {
	switch {
	case !slices.Contains(RemarkKinds, in.Kind):
		return 0, errs.At("kind", "form.choice")
	case in.Notice != 0:
		n, err := loadNotice(tx, in.Notice)
		if err == nil && n.State != Published {
			err = errs.New(errs.NotFound, "affairs.notice.none")
		}
		return n.Place, err
	case in.Entry != 0:
		e, err := loadEntry(tx, in.Entry)
		return e.Place, err
	case in.Kind == Question:
		return 0, errs.At("body", "remark.about")
	}
	return in.Place, nil
}

// alter is the one door through which a remark changes.
func (s *Service) alter(ctx context.Context, by scope.Actor, d ID, act RemarkAct, edit func(tx *sqldb.Tx, x *Remark, post string) (RemarkState, error)) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error { return s.alterIn(tx, by, d, act, edit) })
}

func (s *Service) alterIn(tx *sqldb.Tx, by scope.Actor, d ID, act RemarkAct, edit func(tx *sqldb.Tx, x *Remark, post string) (RemarkState, error)) error {
	x, err := loadRemark(tx, d)
	if err != nil {
		return err
	}
	post, err := s.mayAlter(tx, by, x, act)
	if err != nil {
		return err
	}
	if _, err := RemarkFlow.Find(x.State, act); err != nil {
		return errs.New(errs.Conflict, "remark.move", i18n.Key("remark.act."+string(act)), i18n.Key("remark.state."+string(x.State)))
	}
	from := x.State
	chosen, err := edit(tx, &x, post)
	if err != nil {
		return err
	}
	if x.State, err = RemarkFlow.Lead(from, act, chosen); err != nil {
		return err
	}
	x.Version++
	if err := saveRemark(tx, x); err != nil {
		return err
	}
	if err := trail.Append(tx, by, trail.Entry{Noun: "remark", Record: d, Act: string(act), From: string(from), To: string(x.State), Note: x.Why, Digest: x.digest()}); err != nil {
		return err
	}
	switch act {
	case Answer:
		return s.tell(tx, TidingAnswered, x.Place, d, resident(x.Resident)...)
	case Hide:
		return s.tell(tx, TidingHidden, x.Place, d, resident(x.Resident)...)
	case Uphold:
		return s.tell(tx, TidingUpheld, x.Place, d, resident(x.Resident)...)
	case Reshow:
		return s.tell(tx, TidingReshown, x.Place, d, resident(x.Resident)...)
	case Appeal:
		return s.tell(tx, TidingAppealed, x.Place, d, s.deciders(x.Place, tx.Now())...)
	case TakeBack, Settle, End:
	}
	return nil
}

// mayAlter sees who acts, and by which post.
func (s *Service) mayAlter(tx *sqldb.Tx, by scope.Actor, x Remark, act RemarkAct) (post string, err error) {
	switch act {
	case Appeal, TakeBack, Settle:
		if by.Kind != scope.Resident || by.Resident != x.Resident {
			return "", errs.New(errs.Denied, "remark.author")
		}
		return "", nil
	case End:
		if by.Kind != scope.System {
			return "", errs.New(errs.Denied, "remark.author")
		}
		return "", nil
	case Answer, Hide, Uphold, Reshow:
	}
	need := access.Publish
	if act == Uphold || act == Reshow {
		need = access.Moderate
	}
	may := by.May(need, scope.Target{Path: s.Places.Tree().Path(x.Place), At: tx.Now()})
	if !may.OK {
		return "", errs.New(errs.Denied, may.Key, may.Args...)
	}
	if need == access.Moderate && by.Account == x.HiddenBy && by.Account != 0 {
		return "", errs.New(errs.Denied, "remark.other")
	}
	return may.Grant.Post, nil
}

// Answer answers a question in public, or puts an answer right. Needs publish there;
// Invalid beside answer.
func (s *Service) Answer(ctx context.Context, by scope.Actor, d ID, answer string) error {
	answer = strings.TrimSpace(answer)
	return s.alter(ctx, by, d, Answer, func(tx *sqldb.Tx, x *Remark, post string) (RemarkState, error) {
		if n := utf8.RuneCountInString(answer); n == 0 || n > MaxAnswer {
			return "", errs.At("answer", "remark.answer", MaxAnswer)
		}
		x.Answer, x.AnsweredBy = answer, post
		if x.AnsweredAt.IsZero() { // putting it right does not make it late
			x.AnsweredAt = tx.Now()
		}
		return "", nil
	})
}

// Hide hides a remark from the public, for a reason of the list and in words. A
// tombstone stays, with the reason and the post. Needs publish there; Invalid beside why
// or words.
func (s *Service) Hide(ctx context.Context, by scope.Actor, d ID, why, words string) error {
	words = strings.TrimSpace(words)
	return s.alter(ctx, by, d, Hide, func(_ *sqldb.Tx, x *Remark, post string) (RemarkState, error) {
		if !slices.Contains(Reasons, why) {
			return "", errs.At("why", "remark.why")
		}
		if n := utf8.RuneCountInString(words); n == 0 || n > MaxWhy {
			return "", errs.At("words", "affairs.why", MaxWhy)
		}
		x.Was, x.Why, x.WhyWords, x.HiddenBy, x.HiddenPost = x.State, why, words, by.Account, post
		x.Decision, x.DecidedPost, x.Appeal = "", "", ""
		return "", nil
	})
}

// Appeal asks somebody else to look at why a remark was hidden. Its author may, once;
// Invalid beside words.
func (s *Service) Appeal(ctx context.Context, by scope.Actor, d ID, words string) error {
	words = strings.TrimSpace(words)
	return s.alter(ctx, by, d, Appeal, func(_ *sqldb.Tx, x *Remark, _ string) (RemarkState, error) {
		if n := utf8.RuneCountInString(words); n == 0 || n > MaxRemark {
			return "", errs.At("words", "affairs.why", MaxRemark)
		}
		x.Appeal = words
		return "", nil
	})
}

// Uphold decides that a remark stays hidden, and says why. Needs moderate there, and
// another person than who hid it; Invalid beside words.
func (s *Service) Uphold(ctx context.Context, by scope.Actor, d ID, words string) error {
	return s.decide(ctx, by, d, Uphold, words)
}

// Reshow decides that a remark is shown again, and says why. Needs moderate there, and
// another person than who hid it; Invalid beside words.
func (s *Service) Reshow(ctx context.Context, by scope.Actor, d ID, words string) error {
	return s.decide(ctx, by, d, Reshow, words)
}

func (s *Service) decide(ctx context.Context, by scope.Actor, d ID, act RemarkAct, words string) error {
	words = strings.TrimSpace(words)
	return s.alter(ctx, by, d, act, func(_ *sqldb.Tx, x *Remark, post string) (RemarkState, error) {
		if n := utf8.RuneCountInString(words); n == 0 || n > MaxWhy {
			return "", errs.At("words", "affairs.why", MaxWhy)
		}
		x.Decision, x.DecidedPost = words, post
		return x.Was, nil
	})
}

// TakeBack takes one's own remark back: its words go, a line that it was there stays.
func (s *Service) TakeBack(ctx context.Context, by scope.Actor, d ID) error {
	return s.alter(ctx, by, d, TakeBack, func(_ *sqldb.Tx, x *Remark, _ string) (RemarkState, error) {
		x.Body = ""
		return "", nil
	})
}

// Settle says that what was lost or found is with its owner again. Its author may.
func (s *Service) Settle(ctx context.Context, by scope.Actor, d ID) error {
	return s.alter(ctx, by, d, Settle, func(_ *sqldb.Tx, x *Remark, _ string) (RemarkState, error) {
		if x.Kind != Lost && x.Kind != Found {
			return "", errs.New(errs.Conflict, "remark.lost")
		}
		return "", nil
	})
}

// End ends what was lost and found whose time is up, at most so many at once, and says
// how many: for the timetable.
func (s *Service) End(ctx context.Context, most int) (n int, err error) {
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		due, err := endedRemarks(tx, tx.Now(), most)
		if err != nil {
			return err
		}
		for _, d := range due {
			if err := s.alterIn(tx, scope.Program("lost and found"), d, End, func(*sqldb.Tx, *Remark, string) (RemarkState, error) { return "", nil }); err != nil {
				return err
			}
		}
		n = len(due)
		return nil
	})
	return n, err
}

// A RemarkQuery says which remarks are listed.
type RemarkQuery struct {
	Place  id.ID
	Notice ID
	Entry  ID
	Kinds  []RemarkKind
	States []RemarkState // none: all
	Most   int
}

const mostRemarks = 200

// ListRemarks returns remarks, the newest first, as the reader may see them: the words of
// what is hidden to its author, to who edits the page and to who decides on appeals, and
// to nobody else.
func (s *Service) ListRemarks(ctx context.Context, by scope.Actor, q RemarkQuery) (xs []Remark, err error) {
	if q.Most < 1 || q.Most > mostRemarks {
		q.Most = mostRemarks
	}
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if xs, err = listRemarks(tx, q); err != nil {
			return err
		}
		return s.dress(tx, by, xs)
	})
	return xs, err
}

// Remark returns one remark, as ListRemarks does.
func (s *Service) Remark(ctx context.Context, by scope.Actor, d ID) (x Remark, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if x, err = loadRemark(tx, d); err != nil {
			return err
		}
		xs := []Remark{x}
		err = s.dress(tx, by, xs)
		x = xs[0]
		return err
	})
	return x, err
}

// dress names the authors by their masks and leaves out what the reader may not see.
func (s *Service) dress(tx *sqldb.Tx, by scope.Actor, xs []Remark) error {
	var who []id.ID
	for _, x := range xs {
		if !slices.Contains(who, x.Resident) {
			who = append(who, x.Resident)
		}
	}
	cards, err := s.People.Cards(tx, who...)
	if err != nil {
		return err
	}
	closed, err := s.closedAbout(tx, by, xs)
	if err != nil {
		return err
	}
	for i, x := range xs {
		at := s.Places.Tree().Path(x.Place)
		own := by.Kind == scope.Resident && by.Resident == x.Resident
		sees := own || Edits(by, at, tx.Now()).OK || by.May(access.Moderate, scope.Target{Path: at, At: tx.Now()}).OK
		x.Name = cards[x.Resident].Name
		if !sees {
			x = x.public()
		}
		if !own && (closed[x.Notice] || closed[x.Entry]) {
			x.Body, x.Answer, x.Appeal, x.Decision, x.WhyWords, x.Closed = "", "", "", "", "", true
		}
		xs[i] = x
	}
	return nil
}

// closedAbout are the notices and entries about which something was said that are closed
// to the reader.
func (s *Service) closedAbout(tx *sqldb.Tx, by scope.Actor, xs []Remark) (map[ID]bool, error) {
	var notices, entries []ID
	at := map[ID]id.ID{}
	for _, x := range xs {
		if x.Notice != 0 {
			notices, at[x.Notice] = append(notices, x.Notice), x.Place
		}
		if x.Entry != 0 {
			entries, at[x.Entry] = append(entries, x.Entry), x.Place
		}
	}
	closed, err := closedOf(tx, notices, entries)
	if err != nil {
		return nil, err
	}
	in := map[id.ID]bool{}
	for d := range closed {
		place := at[d]
		if _, asked := in[place]; !asked {
			if in[place], err = s.inside(tx, by, place); err != nil {
				return nil, err
			}
		}
		if in[place] {
			delete(closed, d)
		}
	}
	return closed, nil
}

// Waiting are the remarks of a place, or of a town, that wait for somebody: open
// questions for those who edit its page, appeals for those who decide on them.
func (s *Service) Waiting(ctx context.Context, by scope.Actor, state RemarkState) (xs []Remark, err error) {
	need := access.Publish
	if state == Appealed {
		need = access.Moderate
	}
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if xs, err = waitingRemarks(tx, by.Scopes(need, tx.Now()), state, mostRemarks); err != nil {
			return err
		}
		return s.dress(tx, by, xs)
	})
	return xs, err
}
