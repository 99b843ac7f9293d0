// SPDX-License-Identifier: Apache-2.0

package questions

import (
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// A Kind is what sort of answer something published is.
type Kind string

// The kinds.
const (
	Policy  Kind = "policy" // a text of the town's: what holds for everybody
	Told    Kind = "answer" // what somebody asked and was told, without them
	Replied Kind = "reply"  // to a matter that is public, where the town says so
)

// Kinds lists the kinds.
func Kinds() []Kind { return []Kind{Policy, Told, Replied} }

// An Answer is published: everybody finds it by asking in plain words.
type Answer struct {
	ID        id.ID
	Kind      Kind
	Title     string
	Asked     string // the question, without who asked it; "" of a policy
	Body      string
	Source    string // who says so
	URL       string
	DocNumber string // 邛府发〔2026〕3号
	IssuedOn  string // days as YYYY-MM-DD, "" if not known
	FromOn    string // in force from this day on; "" from the beginning
	UntilOn   string // the last day; "" without end

	ReplacedBy  id.ID // the answer that holds instead
	Unit        id.ID // the unit that knows
	Path        scope.Path
	Origin      string // what an import calls it, or matter: and the number of the matter
	Retired     string // why it is found no longer
	PublishedAt time.Time
	PublishedBy id.ID
	ChangedAt   time.Time
	Version     int64
}

// A Force says whether an answer holds.
type Force string

// How an answer can stand.
const (
	InForce  Force = "in_force"
	Unsaid   Force = "unsaid"   // of what says nothing about its time: it was true when it was said
	NotYet   Force = "not_yet"  // its day has not come
	Ended    Force = "ended"    // its last day is past
	Replaced Force = "replaced" // another holds instead
	Retired  Force = "retired"  // taken off
)

// Forces lists how an answer can stand.
func Forces() []Force { return []Force{InForce, Unsaid, NotYet, Ended, Replaced, Retired} }

// Force says whether the answer holds at a moment, by the town's days.
func (a Answer) Force(at time.Time) Force {
	today := at.In(i18n.Zone).Format(time.DateOnly)
	switch {
	case a.Retired != "":
		return Retired
	case a.ReplacedBy != 0:
		return Replaced
	case a.UntilOn != "" && today > a.UntilOn:
		return Ended
	case a.FromOn != "" && today < a.FromOn:
		return NotYet
	case a.Kind != Policy && a.UntilOn == "":
		return Unsaid
	}
	return InForce
}

// Holds reports whether it can be relied on at a moment.
func (a Answer) Holds(at time.Time) bool {
	f := a.Force(at)
	return f == InForce || f == Unsaid
}

// Said is the day on which it was said: of a policy that of its issue.
func (a Answer) Said() string {
	if a.IssuedOn != "" {
		return a.IssuedOn
	}
	return a.PublishedAt.In(i18n.Zone).Format(time.DateOnly)
}

func (a Answer) digest() []byte {
	return trail.Digest("answer/2", a.ID, string(a.Kind), a.Title, a.Asked, a.Body, a.Source, a.URL, a.DocNumber, a.IssuedOn, a.FromOn, a.UntilOn,
		a.ReplacedBy, a.Unit, a.Path[scope.Town], a.Path[scope.Village], a.Path[scope.Grid], a.Path[scope.Courtyard], a.Origin, a.Retired, a.PublishedAt, a.PublishedBy, a.ChangedAt, a.Version)
}

// A Writing is the text of an answer as somebody types it.
type Writing struct {
	Title     string
	Asked     string
	Body      string
	Source    string
	URL       string
	DocNumber string
	IssuedOn  string
	FromOn    string
	UntilOn   string
	Unit      id.ID
	Version   int64 // as the writer saw it; 0 does not mind
}

// Bounds of texts, in letters.
const (
	MaxWords  = 2000 // of a question
	MaxTitle  = 100
	MaxReply  = 5000
	MaxBody   = 60_000 // of a policy
	MaxSource = 100
	minWords  = 4
)

// put writes a Writing into an answer, or says what is wrong with it.
func (in Writing) put(a *Answer, known func(id.ID) bool) error {
	var l errs.List
	text := func(field, v string, least, most int, to *string) {
		v = strings.TrimSpace(v)
		switch n := utf8.RuneCountInString(v); {
		case n < least:
			l.Add(field, "answer.missing")
		case n > most:
			l.Add(field, "answer.long", most)
		}
		*to = v
	}
	text("title", in.Title, 2, MaxTitle, &a.Title)
	text("asked", in.Asked, 0, MaxWords, &a.Asked)
	text("body", in.Body, 2, MaxBody, &a.Body)
	text("source", in.Source, 0, MaxSource, &a.Source)
	text("url", in.URL, 0, 500, &a.URL)
	text("doc_number", in.DocNumber, 0, 60, &a.DocNumber)
	if a.URL != "" && !strings.HasPrefix(a.URL, "https://") && !strings.HasPrefix(a.URL, "http://") {
		l.Add("url", "answer.url")
	}
	day := func(field, v string, to *string) {
		v = strings.TrimSpace(v)
		if _, err := time.Parse(time.DateOnly, v); v != "" && err != nil {
			l.Add(field, "answer.day")
		}
		*to = v
	}
	day("issued", in.IssuedOn, &a.IssuedOn)
	day("from", in.FromOn, &a.FromOn)
	day("until", in.UntilOn, &a.UntilOn)
	if a.FromOn != "" && a.UntilOn != "" && a.UntilOn < a.FromOn {
		l.Add("until", "answer.until")
	}
	if in.Unit != 0 && !known(in.Unit) {
		l.Add("unit", "question.unit.unknown")
	}
	a.Unit = in.Unit
	if a.Kind == Policy && a.Source == "" && a.Unit == 0 {
		l.Add("source", "answer.source")
	}
	return l.Err()
}
