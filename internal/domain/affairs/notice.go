// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/flow"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// ID is the number of a notice, an entry, a remark, a membership or a missive.
type ID = id.ID

// A Kind says what a notice is.
type Kind string

// The kinds. Party, Village and Finance are the three open affairs (三务).
const (
	Plain   Kind = "notice"
	Party   Kind = "party"
	Village Kind = "village"
	Finance Kind = "finance"
	Diary   Kind = "diary"
	Speaker Kind = "speaker"
	Event   Kind = "event"
)

// Kinds lists the kinds.
var Kinds = []Kind{Plain, Party, Village, Finance, Diary, Speaker, Event}

// Open reports whether the kind is one of the three open affairs.
func (k Kind) Open() bool { return k == Party || k == Village || k == Finance }

// A NoticeState says whether a notice is public.
type NoticeState string

// The states of a notice.
const (
	Draft     NoticeState = "draft"     // whoever edits the page is to publish it
	Published NoticeState = "published" // nobody's turn
	Discarded NoticeState = "discarded" // it never was public
	Withdrawn NoticeState = "withdrawn" // a tombstone says why
)

// A NoticeAct is what is done to a notice.
type NoticeAct string

// The acts.
const (
	Publish  NoticeAct = "publish"
	Amend    NoticeAct = "amend"
	Discard  NoticeAct = "discard"
	Withdraw NoticeAct = "withdraw"
	Restore  NoticeAct = "restore"
)

// NoticeFlow is the life of a notice. What was public stays public: amended, with
// what it said before, or withdrawn, with the reason.
var NoticeFlow = flow.New("notice", Draft,
	flow.On(Draft, Publish, Published, "publish"),
	flow.On(Draft, Amend, Draft, "publish"),
	flow.On(Draft, Discard, Discarded, "publish"),
	flow.On(Published, Amend, Published, "publish"),
	flow.On(Published, Withdraw, Withdrawn, "publish"),
	flow.On(Withdrawn, Restore, Published, "publish"),
)

// A File is a photo or a document beside a notice or an entry, by the address of its
// content.
type File struct {
	Hash, Type string
	Size       int64
}

// A Notice is one thing that a village says in public.
type Notice struct {
	ID          ID
	Place       id.ID
	Path        scope.Path // town and village
	Kind        Kind
	State       NoticeState
	Title, Body string
	Item        string
	Period      Period
	Starts      time.Time
	Ends        time.Time
	Spot        string
	File        File
	MadeAt      time.Time
	PublishedAt time.Time
	Account     id.ID
	Actor, Post string
	Why         string
	Members     bool // its words are for members of the place alone
	Version     int64

	Closed bool // to the reader, who sees that it is there; worked out
}

// A Before is what a notice said before it was amended.
type Before struct {
	Version          int64
	Title, Body, Why string
	Actor            string
	At               time.Time
}

// Writing is what an editor writes.
type Writing struct {
	Kind        Kind
	Title, Body string
	Item        string
	Period      Period
	Starts      time.Time
	Ends        time.Time
	Spot        string
	File        File
	Members     bool // its words are for members of the place alone; the title is for everybody
}

// Bounds of a notice's texts, in characters.
const (
	MaxTitle   = 60
	MaxBody    = 4000
	MaxSpeaker = 300 // two minutes, read aloud slowly
	MaxSpot    = 60
	MaxWhy     = 200
)

// check says what is wrong with a writing, beside its field.
func (in *Writing) check(r Rhythm, now time.Time) error {
	var l errs.List
	in.Title, in.Body, in.Spot = strings.TrimSpace(in.Title), strings.TrimSpace(in.Body), strings.TrimSpace(in.Spot)
	if !slices.Contains(Kinds, in.Kind) {
		l.Add("kind", "form.choice")
		return l.Err()
	}
	if n := utf8.RuneCountInString(in.Title); n == 0 || n > MaxTitle {
		l.Add("title", "affairs.title", MaxTitle)
	}
	most := MaxBody
	if in.Kind == Speaker {
		most = MaxSpeaker
	}
	if n := utf8.RuneCountInString(in.Body); n == 0 || n > most {
		l.Add("body", "affairs.body", most)
	}
	in.checkItem(&l, r, now)
	if in.Kind != Event {
		in.Starts, in.Ends, in.Spot = time.Time{}, time.Time{}, ""
		return l.Err()
	}
	switch {
	case in.Starts.IsZero():
		l.Add("starts", "affairs.starts")
	case !in.Ends.IsZero() && !in.Ends.After(in.Starts):
		l.Add("ends", "affairs.ends")
	}
	if utf8.RuneCountInString(in.Spot) > MaxSpot {
		l.Add("spot", "form.long", MaxSpot, utf8.RuneCountInString(in.Spot)-MaxSpot)
	}
	return l.Err()
}

// checkItem sees that open affairs name an item of the list and a period that is
// over, in its pace; other notices have neither.
func (in *Writing) checkItem(l *errs.List, r Rhythm, now time.Time) {
	if !in.Kind.Open() {
		in.Item, in.Period = "", ""
		return
	}
	item, ok := r.Item(in.Item)
	if !ok || item.Kind != in.Kind {
		l.Add("item", "affairs.item")
		return
	}
	from, to, ok := in.Period.Span()
	pace := in.Period.Pace()
	fits := ok && (pace == item.Pace || pace == item.Busy)
	switch {
	case !fits:
		l.Add("period", "affairs.period."+string(item.Pace)+".wrong")
	case pace == AtOnce && from.After(now), pace != AtOnce && now.Before(to):
		l.Add("period", "affairs.period.future")
	}
}

func (n Notice) digest(before []byte) []byte {
	return trail.Digest("notice/2", n.ID, n.Place, n.Path[scope.Town], n.Path[scope.Village], string(n.Kind), string(n.State), n.Title, n.Body, n.Item, string(n.Period), n.Starts, n.Ends, n.Spot,
		n.File.Hash, n.File.Type, n.File.Size, n.MadeAt, n.PublishedAt, n.Account, n.Actor, n.Post, n.Why, n.Members, n.Version, before)
}

// Edits reports whether the actor edits the page of a place at a moment, and by which
// post.
func Edits(by scope.Actor, at scope.Path, now time.Time) scope.Decision {
	return by.May(access.Publish, scope.Target{Path: at, At: now})
}
