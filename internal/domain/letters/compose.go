// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"html"
	"strings"
	"time"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/mail"
)

// A composer writes one letter, in the reader's language.
type composer struct {
	s    *Service
	lang i18n.Lang
	now  time.Time
	stop string // the link that stops such letters
}

func (c composer) t(key string, args ...any) string { return i18n.T(c.lang, key, args...) }

// A paragraph of a letter: a text, and perhaps a link beneath it.
type paragraph struct {
	text string
	link string
	name string // of the link, in HTML
	item bool   // one of a list
}

// confirm asks whether an address is right.
func (c composer) confirm(link string, box people.Mailbox) mail.Message {
	town := c.s.Town().In(c.lang)
	return c.letter(c.t("letter.confirm.subject", town), []paragraph{
		{text: c.t("letter.confirm.text", town)},
		{text: c.t("letter.confirm.follow", i18n.Exact(c.lang, box.ExpiresAt)), link: link, name: c.t("letter.confirm.yes")},
		{text: c.t("letter.confirm.not_you")},
	}, c.t("letter.confirm.stop"))
}

// news tells what happened. Nothing is in it but its lines.
func (c composer) news(lines []Line, of people.Ownership) mail.Message {
	town := c.s.Town().In(c.lang)
	subject := c.t("letter.news.subject", town, len(lines))
	ps := []paragraph{{text: c.t("letter.news.text", len(lines))}}
	for _, l := range lines {
		words := c.t(l.Key, l.Args...)
		if len(lines) == 1 {
			subject = words
		}
		ps = append(ps, paragraph{text: words + " · " + i18n.Exact(c.lang, l.At), link: c.s.Address + l.Path, name: c.t("letter.news.read"), item: true})
	}
	ps = append(ps, paragraph{text: c.t("letter.news.why." + string(of))})
	return c.letter(subject, ps, c.t("letter.news.stop"))
}

// letter sets the paragraphs as text and as HTML that needs no pictures and no
// colours, and adds what stands under every letter.
func (c composer) letter(subject string, ps []paragraph, stop string) mail.Message {
	ps = append(ps, paragraph{text: stop, link: c.stop, name: c.t("letter.stop")})
	auto := c.t("letter.auto")
	if c.s.Phone != "" {
		auto = c.t("letter.auto.phone", c.s.Phone)
	}
	ps = append(ps, paragraph{text: auto})

	var text, page strings.Builder
	page.WriteString(`<!doctype html><html lang="` + html.EscapeString(string(c.lang)) + `"><head><meta charset="utf-8"><title>` + html.EscapeString(subject) +
		`</title></head><body style="font-size:16px;line-height:1.75;max-width:38em">`)
	hello := c.t("letter.hello")
	text.WriteString(hello + "\n")
	page.WriteString("<p>" + html.EscapeString(hello) + "</p>")
	for _, p := range ps {
		mark, tag := "", "p"
		if p.item {
			mark, tag = "· ", "div"
		}
		text.WriteString("\n" + mark + p.text + "\n")
		page.WriteString("<" + tag + ` style="margin:0 0 1em">` + html.EscapeString(p.text))
		if p.link != "" {
			text.WriteString(p.link + "\n")
			page.WriteString(`<br><a href="` + html.EscapeString(p.link) + `">` + html.EscapeString(p.name) + "</a>")
		}
		page.WriteString("</" + tag + ">")
	}
	page.WriteString("</body></html>\n")
	return mail.Message{Name: c.s.Town().In(c.lang), Subject: subject, Text: text.String(), HTML: page.String(), Stop: c.stop}
}
