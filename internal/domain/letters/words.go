// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Wording is a part of messages whose words a town may put in its own way. In
// them {town} stands for the town's name, and so on.
type Wording struct {
	Name   string
	Places []string // the names that may stand in braces
	Need   []string // those that must
	Most   int      // characters
	key    string   // the shipped words, whose arguments are the Places
}

// Wordings lists the wordings: those of short messages, then those of letters.
var Wordings = []Wording{
	{"short.one", []string{"town", "number", "state", "link"}, []string{"number"}, 120, "letter.words.short.single"},
	{"short.many", []string{"town", "number", "count", "link"}, []string{"count"}, 120, "letter.words.short.many"},
	{"short.confirm", []string{"town", "link", "until"}, []string{"link"}, 160, "letter.words.short.confirm"},
	{"short.code", []string{"town", "code", "minutes"}, []string{"code"}, 70, "letter.words.short.code"},
	{"mail.hello", nil, nil, 60, "letter.hello"},
	{"mail.confirm.subject", []string{"town"}, nil, 80, "letter.confirm.subject"},
	{"mail.confirm.text", []string{"town"}, []string{"town"}, 300, "letter.confirm.text"},
	{"mail.many.subject", []string{"town", "count"}, nil, 80, "letter.news.subject"},
	{"mail.one.text", nil, nil, 300, "letter.news.first"},
	{"mail.many.text", []string{"count"}, nil, 300, "letter.news.text"},
}

// WordingOf is the wording of that name.
func WordingOf(name string) (Wording, bool) {
	i := slices.IndexFunc(Wordings, func(w Wording) bool { return w.Name == name })
	if i < 0 {
		return Wording{}, false
	}
	return Wordings[i], true
}

// Shipped are the words of that name which come with the program, with their
// places in braces; nothing if there are none.
func Shipped(lang i18n.Lang, name string) string {
	w, ok := WordingOf(name)
	if !ok {
		return ""
	}
	var args []any
	for _, p := range w.Places {
		args = append(args, "{"+p+"}")
	}
	return i18n.T(lang, w.key, args...)
}

// Fill puts facts in the places of words. A place without a fact is left out.
func Fill(words string, facts map[string]string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(words, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, ok := strings.Cut(rest, "}")
		if !ok {
			return b.String()
		}
		b.WriteString(facts[name])
		words = after
	}
}

// check reports what is wrong with words for a wording.
func (w Wording) check(words string) error {
	switch {
	case strings.TrimSpace(words) == "":
		return errs.At("words", "letter.words.empty")
	case utf8.RuneCountInString(words) > w.Most:
		return errs.At("words", "letter.words.long", w.Most)
	case strings.ContainsFunc(words, unicode.IsControl):
		return errs.At("words", "letter.words.control")
	}
	var has []string
	for rest := words; ; {
		before, after, ok := strings.Cut(rest, "{")
		if strings.Contains(before, "}") {
			return errs.At("words", "letter.words.braces")
		}
		if !ok {
			break
		}
		name, more, ok := strings.Cut(after, "}")
		switch {
		case !ok || strings.Contains(name, "{"):
			return errs.At("words", "letter.words.braces")
		case !slices.Contains(w.Places, name):
			return errs.At("words", "letter.words.place", "{"+name+"}")
		}
		has, rest = append(has, name), more
	}
	for _, n := range w.Need {
		if !slices.Contains(has, n) {
			return errs.At("words", "letter.words.need", "{"+n+"}")
		}
	}
	return nil
}

// Words are a town's own, in place of the shipped ones.
type Words struct {
	ID        id.ID
	Name      string
	Lang      i18n.Lang
	Words     string
	ChangedAt time.Time
}

// OwnWords are the words that this town has in place of the shipped ones. The actor
// must administer it (Denied).
func (s *Service) OwnWords(ctx context.Context, by scope.Actor) (ws []Words, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if err := administers(tx, by); err != nil {
			return err
		}
		ws, err = allWords(tx)
		return err
	})
	return ws, err
}

// Reword puts words in the place of the shipped ones, from the next message on. The
// actor must administer the town (Denied). Words that name a place which is not the
// wording's, or leave out one that it needs, are Invalid beside "words".
func (s *Service) Reword(ctx context.Context, by scope.Actor, name string, lang i18n.Lang, words string) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		if err := administers(tx, by); err != nil {
			return err
		}
		w, ok := WordingOf(name)
		if !ok {
			return errs.New(errs.NotFound, "letter.words.none")
		}
		if err := w.check(words); err != nil {
			return err
		}
		d, err := saveWords(tx, Words{Name: name, Lang: lang, Words: words})
		if err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "letter_words", Record: d, Act: "change", Note: name + " " + string(lang)})
	})
}

// CheckWords is what Reword would say of words, before they are put anywhere.
func CheckWords(name, words string) error {
	w, ok := WordingOf(name)
	if !ok {
		return errs.New(errs.NotFound, "letter.words.none")
	}
	return w.check(words)
}

// Restore brings the shipped words back. The actor must administer the town
// (Denied); where they stand already nothing changes.
func (s *Service) Restore(ctx context.Context, by scope.Actor, name string, lang i18n.Lang) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		if err := administers(tx, by); err != nil {
			return err
		}
		if _, ok := WordingOf(name); !ok {
			return errs.New(errs.NotFound, "letter.words.none")
		}
		ws, err := wordsIn(tx, lang)
		if err != nil {
			return err
		}
		for _, w := range ws {
			if w.Name != name {
				continue
			}
			if err := deleteWords(tx, w.ID); err != nil {
				return err
			}
			return trail.Append(tx, by, trail.Entry{Noun: "letter_words", Record: w.ID, Act: "restore", Note: name + " " + string(lang)})
		}
		return nil
	})
}

// ownWords are the town's own words in a language, by name.
func ownWords(tx *sqldb.Tx, lang i18n.Lang) (map[string]string, error) {
	ws, err := wordsIn(tx, lang)
	own := map[string]string{}
	for _, w := range ws {
		own[w.Name] = w.Words
	}
	return own, err
}
