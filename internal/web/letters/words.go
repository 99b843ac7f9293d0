// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"net/http"
	"strings"

	"yuanba/internal/domain/letters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/web/page"
)

const wordsPath = "/admin/words"

// wordsPage lists the words of messages, in both languages.
type wordsPage struct {
	page.Base
	Head   page.Head
	Groups []wordsGroup
}

// A wordsGroup are the wordings of short messages, or those of letters.
type wordsGroup struct {
	Title, Lead string
	Texts       []wordsText
}

// A wordsText is one text of a message, in each language beside the others.
type wordsText struct {
	Title   string
	Tongues []wordsTongue
}

// A wordsTongue is a text in one language; Own says that the town changed it.
type wordsTongue struct {
	Lang              i18n.Lang
	Name, Words, Edit string // what the language is called, and the address where the text is changed
	Own               page.Pill
}

var wordsShown = page.New[wordsPage](files, "words.html")

func (c *Counter) words(w http.ResponseWriter, r *http.Request) error {
	own, err := c.Letters.OwnWords(r.Context(), page.Actor(r))
	if err != nil {
		return err
	}
	return wordsShown.Show(w, r, wordsOf(page.From(r), own))
}

func wordsCrumbs(b page.Base) []page.Link {
	return []page.Link{{Href: "/admin", Text: b.T("admin.title")}, {Href: "/admin/letters", Text: b.T("letters.fates")}}
}

func wordsOf(b page.Base, own []letters.Words) wordsPage {
	b = b.Titled("letters.words")
	b.Crumbs = wordsCrumbs(b)
	v := wordsPage{Base: b, Head: page.Head{Title: b.T("letters.words"), Lead: b.T("letters.words.lead")}}
	for _, group := range []string{"short", "mail"} {
		g := wordsGroup{Title: b.T("letters.words.group." + group), Lead: b.T("letters.words.group." + group + ".lead")}
		for _, wd := range letters.Wordings {
			if !strings.HasPrefix(wd.Name, group+".") {
				continue
			}
			text := wordsText{Title: b.T("letters.words." + wd.Name)}
			for _, lang := range i18n.Langs {
				in := wordsTongue{Lang: lang, Name: b.T("letters.words.lang." + string(lang)), Words: letters.Shipped(lang, wd.Name), Edit: wordsPath + "/" + wd.Name + "?lang=" + string(lang)}
				if words, ok := wordsNamed(own, wd.Name, lang); ok {
					in.Words, in.Own = words.Words, page.Pill{Text: b.T("letters.words.own"), Tone: page.ToneDone}
				}
				text.Tongues = append(text.Tongues, in)
			}
			g.Texts = append(g.Texts, text)
		}
		v.Groups = append(v.Groups, g)
	}
	return v
}

func wordsNamed(own []letters.Words, name string, lang i18n.Lang) (letters.Words, bool) {
	for _, w := range own {
		if w.Name == name && w.Lang == lang {
			return w, true
		}
	}
	return letters.Words{}, false
}

// wordingPage is one wording in one language.
type wordingPage struct {
	page.Base
	Head    page.Head
	Action  string
	Tongue  string
	Words   page.Field
	Places  []page.Fact
	Shipped string
	Own     bool
	Preview string
}

var wordingShown = page.New[wordingPage](files, "wording.html")

// asked is the wording and the language that the address names.
func asked(r *http.Request) (letters.Wording, i18n.Lang, error) {
	wd, ok := letters.WordingOf(r.PathValue("name"))
	lang, known := i18n.Parse(r.URL.Query().Get("lang"))
	if !known {
		lang = i18n.ZH
	}
	if !ok {
		return wd, lang, errs.New(errs.NotFound, "letter.words.none")
	}
	return wd, lang, nil
}

func (c *Counter) wording(w http.ResponseWriter, r *http.Request) error {
	own, err := c.Letters.OwnWords(r.Context(), page.Actor(r))
	if err != nil {
		return err
	}
	wd, lang, err := asked(r)
	if err != nil {
		return err
	}
	return wordingShown.Show(w, r, c.wordingOf(page.From(r), wd, lang, own, ""))
}

// sample are facts as they might be, for the preview.
func (c *Counter) sample(b page.Base, lang i18n.Lang) map[string]string {
	return map[string]string{
		"town": c.Letters.Town().In(lang), "number": "QL-2026-004217", "state": i18n.T(lang, "matter.state.handling"), "count": "3",
		"link": c.Letters.Address + "/matters/QL-2026-004217", "until": i18n.Exact(lang, b.Now), "code": "402817", "minutes": "5",
	}
}

// wordingOf is the page of a wording; typed is what its preview shows, or nothing
// for the words in use.
func (c *Counter) wordingOf(b page.Base, wd letters.Wording, lang i18n.Lang, own []letters.Words, typed string) wordingPage {
	b = b.Titled("letters.words." + wd.Name)
	b.Crumbs = append(wordsCrumbs(b), page.Link{Href: wordsPath, Text: b.T("letters.words")})
	v := wordingPage{Base: b, Head: page.Head{Kicker: b.T("letters.words.lang." + string(lang)), Title: b.T("letters.words." + wd.Name), Lead: b.T("letters.words.how")},
		Action: wordsPath + "/" + wd.Name, Tongue: "?lang=" + string(lang), Shipped: letters.Shipped(lang, wd.Name)}
	words := v.Shipped
	if w, ok := wordsNamed(own, wd.Name, lang); ok {
		words, v.Own = w.Words, true
	}
	sample := c.sample(b, lang)
	for _, p := range wd.Places {
		what := b.T("letters.words.place." + p)
		for _, n := range wd.Need {
			if n == p {
				what += b.T("letters.words.must")
			}
		}
		v.Places = append(v.Places, page.Fact{Label: "{" + p + "}", Value: what})
	}
	v.Words = page.NewField(b.Lang, b.Form, "words", "letters.words.words").Need().Max(wd.Most).Rows(3).From(words)
	if typed == "" {
		typed = words
	}
	v.Preview = letters.Fill(typed, sample)
	return v
}

func (c *Counter) reword(w http.ResponseWriter, r *http.Request) error {
	own, err := c.Letters.OwnWords(r.Context(), page.Actor(r))
	if err != nil {
		return err
	}
	wd, lang, err := asked(r)
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	b := page.From(r)
	b.Form = f
	words := f.Line("words", 2000)
	if err = f.Err(); err == nil {
		err = letters.CheckWords(wd.Name, words)
	}
	if err == nil && f.Get("do") == "preview" {
		return wordingShown.Show(w, r, c.wordingOf(b, wd, lang, own, words))
	}
	if err == nil {
		err = c.Letters.Reword(r.Context(), page.Actor(r), wd.Name, lang, words)
	}
	if err != nil {
		return wordingShown.Fail(w, r, c.wordingOf(b, wd, lang, own, ""), err)
	}
	return page.Done(w, r, wordsPath, "letters.words.done")
}

func (c *Counter) restore(w http.ResponseWriter, r *http.Request) error {
	wd, lang, err := asked(r)
	if err != nil {
		return err
	}
	if err := c.Letters.Restore(r.Context(), page.Actor(r), wd.Name, lang); err != nil {
		return err
	}
	return page.Done(w, r, wordsPath, "letters.words.restored")
}
