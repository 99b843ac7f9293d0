// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"context"
	"strings"
	"unicode/utf8"

	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Page is what a village says of itself.
type Page struct {
	Place    id.ID
	Path     scope.Path
	Greeting string
	Picture  File
	Says     string // what is seen on the picture
	Opened   places.Day
	// LedgerMembers keeps the words of the ledger for the members of the place.
	LedgerMembers bool
	Version       int64
}

// A Block is a part of a village's front page.
type Block string

// The blocks.
const (
	BlockOpen    Block = "open"
	BlockMoney   Block = "money"
	BlockNotices Block = "notices"
	BlockDates   Block = "dates"
	BlockDiary   Block = "diary"
	BlockSpeaker Block = "speaker"
	BlockLost    Block = "lost"
	BlockSolved  Block = "solved"
	BlockDuty    Block = "duty"
	BlockTalk    Block = "talk"
	BlockBox     Block = "box"
)

// Face is the order of the blocks on the front page of a sort of community. In a
// village the money and the loudspeaker come first, since the land is common and the
// fields are far from the board; in a town's community what happens today and the
// talk of the neighbours; where people live beside their factories who is on duty,
// and how to be heard outside working hours.
func Face(c places.Community) []Block {
	switch c {
	case places.Rural:
		return []Block{BlockOpen, BlockMoney, BlockSpeaker, BlockNotices, BlockDates, BlockSolved, BlockDiary, BlockTalk, BlockLost, BlockDuty, BlockBox}
	case places.Industrial:
		return []Block{BlockNotices, BlockDuty, BlockOpen, BlockMoney, BlockDates, BlockBox, BlockSolved, BlockTalk, BlockLost, BlockDiary}
	case places.Urban:
		return []Block{BlockNotices, BlockDates, BlockOpen, BlockMoney, BlockTalk, BlockSolved, BlockLost, BlockDiary, BlockDuty, BlockBox}
	}
	return []Block{BlockNotices, BlockDates, BlockTalk, BlockLost, BlockDuty}
}

// HasPage reports whether a place of the kind has a page of its own.
func HasPage(k places.Kind) bool { return k == places.Village || k == places.Courtyard }

// PlaceOf returns an open place that has a page. Anything else is NotFound.
func (s *Service) PlaceOf(d id.ID) (places.Place, error) {
	p, ok := s.Places.Tree().Get(d)
	if !ok || !HasPage(p.Kind) {
		return p, errs.New(errs.NotFound, "affairs.none")
	}
	return p, nil
}

// Page returns what a village says of itself. One that has said nothing yet has an
// empty page, of version 0. Everybody may read it.
func (s *Service) Page(ctx context.Context, place id.ID) (p Page, err error) {
	at, err := s.PlaceOf(place)
	if err != nil {
		return p, err
	}
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		p, err = loadPage(tx, at)
		return err
	})
	return p, err
}

// Facing is how an editor shapes the face of a page.
type Facing struct {
	Greeting string
	Picture  File // the zero File keeps the one that is there
	Says     string
	Version  int64 // that the editor saw
}

// MaxGreeting is the greatest length of a greeting, in characters.
const MaxGreeting = 120

// Shape settles the greeting and the picture of a page; the first time it opens the
// page, and from that day on open affairs are asked for. Needs publish there. It is
// Invalid beside greeting or says, and a Conflict if another shaped it meanwhile.
func (s *Service) Shape(ctx context.Context, by scope.Actor, place id.ID, in Facing) error {
	at, err := s.PlaceOf(place)
	if err != nil {
		return err
	}
	in.Greeting, in.Says = strings.TrimSpace(in.Greeting), strings.TrimSpace(in.Says)
	var l errs.List
	if n := utf8.RuneCountInString(in.Greeting); n == 0 || n > MaxGreeting {
		l.Add("greeting", "affairs.greeting", MaxGreeting)
	}
	if n := utf8.RuneCountInString(in.Says); n > MaxTitle || n == 0 && in.Picture.Hash != "" {
		l.Add("says", "affairs.says", MaxTitle)
	}
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		if d := Edits(by, at.Path, tx.Now()); !d.OK {
			return errs.New(errs.Denied, d.Key, d.Args...)
		}
		if err := l.Err(); err != nil {
			return err
		}
		p, err := loadPage(tx, at)
		if err != nil {
			return err
		}
		if p.Version != in.Version {
			return errs.New(errs.Conflict, "record.changed")
		}
		act := "shape"
		if p.Opened == "" {
			p.Opened, act = places.DayOf(tx.Now()), "open"
		}
		p.Greeting, p.Says = in.Greeting, in.Says
		if in.Picture.Hash != "" {
			p.Picture = in.Picture
		}
		p.Version++
		if err := savePage(tx, p); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "village_page", Record: place, Act: act, Digest: p.digest()})
	})
}

func (p Page) digest() []byte {
	return trail.Digest("village_page/2", p.Place, p.Path[scope.Town], p.Path[scope.Village], p.Path[scope.Grid], p.Path[scope.Courtyard], p.Greeting, p.Picture.Hash, p.Picture.Type, p.Says, string(p.Opened), p.LedgerMembers, p.Version)
}
