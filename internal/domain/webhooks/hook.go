// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/outside"
)

// A State says whether anything is sent to a hook.
type State string

// The states of a hook.
const (
	Active   State = "active"
	Paused   State = "paused"   // by whom it belongs to
	Disabled State = "disabled" // by the program, see [Hook.Why]
)

// A Hook is an address at which another program hears what is done to matters.
type Hook struct {
	ID          id.ID
	Name        string
	URL         string
	Key         id.ID // the API key that it belongs to; 0: the town's
	Acts        []matters.Act
	Categories  []string
	Place       id.ID // what lies in it; 0 is the whole city
	Lang        i18n.Lang
	State       State
	Why         string // why it was disabled: the key of a message
	CreatedAt   time.Time
	CreatedBy   id.ID // the account that is told when it is disabled
	FormerUntil time.Time
	Version     int64
	Progress

	secret, former []byte // sealed
}

// Progress is how sending to a hook goes.
type Progress struct {
	Streak    int       // tries in succession that came to nothing
	FailingAt time.Time // when the first of them was; zero if the last one arrived
	RestUntil time.Time // nothing is sent before
	GoodAt    time.Time // when something last arrived
}

// Digest is the fingerprint of the record for the trail: what was settled, and not
// how the sending goes.
func (h Hook) Digest() []byte {
	return trail.Digest("webhook/1", h.ID, h.Name, h.URL, h.Key, joined(h.Acts), strings.Join(h.Categories, " "), h.Place, string(h.Lang), h.secret, string(h.State), h.Why, h.CreatedAt, h.CreatedBy, h.Version)
}

// Wants reports whether the hook hears of an act in a category; where it was done is
// another question.
func (h Hook) Wants(a matters.Act, category string) bool {
	return (len(h.Acts) == 0 || slices.Contains(h.Acts, a)) && (len(h.Categories) == 0 || slices.Contains(h.Categories, category))
}

// An Event is what an act is called in a message.
type Event string

// Test is the event that is no act: somebody tries whether messages arrive.
const Test Event = "webhook.test"

// EventOf is the event of an act.
func EventOf(a matters.Act) Event { return Event("matter." + string(a)) }

// Events lists the events in the order of a matter's life.
func Events() (es []Event) {
	for _, a := range matters.Heard {
		es = append(es, EventOf(a))
	}
	return es
}

// Act is the act of an event; ok is false if there is none.
func (e Event) Act() (a matters.Act, ok bool) {
	name, ok := strings.CutPrefix(string(e), "matter.")
	a = matters.Act(name)
	return a, ok && slices.Contains(matters.Heard, a)
}

// Name is what an event is called for people.
func (e Event) Name(lang i18n.Lang) string {
	if a, ok := e.Act(); ok {
		return i18n.T(lang, "webhook.event."+string(a))
	}
	return i18n.T(lang, "webhook.event.test")
}

// Events are those that the hook hears of; none are all.
func (h Hook) Events() (es []Event) {
	for _, a := range h.Acts {
		es = append(es, EventOf(a))
	}
	return es
}

// A Settling is what is settled of a hook.
type Settling struct {
	Name       string
	URL        string
	Key        id.ID // an administrator's choice; a program's hooks are its own key's
	Events     []Event
	Categories []string
	Place      id.ID
	Lang       i18n.Lang
	Version    int64 // of what was edited
}

// Bounds of a hook.
const (
	maxName = 40
	maxURL  = 500
	// MostOfKey is how many hooks one key has at most.
	MostOfKey = 20
	// Most is how many hooks a town has at most.
	Most = 200
)

// check says what is wrong with it; known reports whether there is a category, plain
// whether an address may do without encryption.
func (in *Settling) check(known func(string) bool, plain func(*url.URL) bool) errs.List {
	var l errs.List
	in.Name, in.URL = strings.TrimSpace(in.Name), strings.TrimSpace(in.URL)
	switch n := utf8.RuneCountInString(in.Name); {
	case !utf8.ValidString(in.Name) || strings.ContainsFunc(in.Name, unicode.IsControl):
		l.Add("name", "account.name.malformed")
	case n == 0 || n > maxName:
		l.Add("name", "webhook.name", maxName)
	}
	u, err := outside.CheckURL("url", in.URL)
	switch {
	case err != nil:
		_ = l.Join(err) // is public
	case len(in.URL) > maxURL:
		l.Add("url", "webhook.url.long", maxURL)
	case u.Scheme != "https" && !plain(u):
		l.Add("url", "webhook.url.plain")
	}
	for _, e := range in.Events {
		if _, ok := e.Act(); !ok {
			l.Add("events", "webhook.event.unknown", cut(string(e)))
			break
		}
	}
	for _, c := range in.Categories {
		if !known(c) {
			l.Add("categories", "webhook.category.unknown", cut(c))
			break
		}
	}
	if in.Lang == "" {
		in.Lang = i18n.ZH
	}
	if !slices.Contains(i18n.Langs, in.Lang) {
		l.Add("lang", "webhook.lang")
	}
	return l
}

// settle puts what was settled into the hook: each act once, in the order of a
// matter's life.
func (h *Hook) settle(in Settling) {
	h.Name, h.URL, h.Place, h.Lang = in.Name, in.URL, in.Place, in.Lang
	h.Acts = nil
	for _, a := range matters.Heard {
		if slices.Contains(in.Events, EventOf(a)) {
			h.Acts = append(h.Acts, a)
		}
	}
	h.Categories = slices.Compact(slices.Sorted(slices.Values(in.Categories)))
}

// cut is the beginning of what somebody sent, for saying it back.
func cut(s string) string {
	if r := []rune(strings.ToValidUTF8(s, "")); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

func joined(as []matters.Act) string {
	words := make([]string, len(as))
	for i, a := range as {
		words[i] = string(a)
	}
	return strings.Join(words, " ")
}
