// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"html"
	"strconv"
	"strings"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/notify"
)

// A composer writes one letter, in the reader's language.
type composer struct {
	s       *Service
	channel notify.Channel
	lang    i18n.Lang
	stop    string            // the link that stops such letters
	own     map[string]string // the town's own words, by name
}

func (c composer) town() string { return c.s.Town().In(c.lang) }

// words are the town's own by that name, or the shipped ones.
func (c composer) words(name string, facts map[string]string) string {
	words, ok := c.own[name]
	if !ok {
		words = Shipped(c.lang, name)
	}
	return Fill(words, facts)
}

// short is a message of one paragraph, for channels whose messages pass through
// many hands: nothing is in it but its facts.
func (c composer) short(kind notify.Kind, name string, facts map[string]string) notify.Message {
	return notify.Message{Kind: kind, Name: c.town(), Text: c.words(name, facts), Link: facts["link"], Facts: facts}
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
func (c composer) confirm(link string, box people.Mailbox) notify.Message {
	facts := map[string]string{"town": c.town(), "link": link, "until": i18n.Exact(c.lang, box.ExpiresAt)}
	if c.channel != notify.Mail {
		return c.short(notify.Confirm, "short.confirm", facts)
	}
	return c.letter(c.words("mail.confirm.subject", facts), []paragraph{
		{text: c.words("mail.confirm.text", facts)},
		{text: c.t("letter.confirm.follow", i18n.Exact(c.lang, box.ExpiresAt)), link: link, name: c.t("letter.confirm.yes")},
		{text: c.t("letter.confirm.not_you")},
	}, c.t("letter.confirm.stop"))
}

// news tells what happened. Nothing is in it but its lines.
func (c composer) news(lines []Line, of people.Ownership) notify.Message {
	facts := map[string]string{"town": c.town(), "count": strconv.Itoa(len(lines)), "number": lines[0].Number, "state": "", "link": c.s.Address + "/news"}
	if len(lines) == 1 {
		facts["link"] = c.s.Address + lines[0].Path
		if lines[0].State != "" {
			facts["state"] = c.t(lines[0].State)
		}
	}
	if c.channel == notify.Push { // which lies on a screen that others see
		words, kind := c.t("letter.push.many", len(lines)), notify.Many
		if len(lines) == 1 {
			words, kind = c.t("letter.push.single", lines[0].Number), notify.One
		}
		return notify.Message{Kind: kind, Name: c.town(), Text: words, Link: facts["link"]}
	}
	if c.channel != notify.Mail {
		if len(lines) == 1 {
			return c.short(notify.One, "short.one", facts)
		}
		return c.short(notify.Many, "short.many", facts)
	}
	subject, first := c.words("mail.many.subject", facts), "mail.many.text"
	if len(lines) == 1 {
		first = "mail.one.text"
	}
	ps := []paragraph{{text: c.words(first, facts)}}
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
func (c composer) letter(subject string, ps []paragraph, stop string) notify.Message {
	ps = append(ps, paragraph{text: stop, link: c.stop, name: c.t("letter.stop")})
	auto := c.t("letter.auto")
	if c.s.Phone != "" {
		auto = c.t("letter.auto.phone", c.s.Phone)
	}
	ps = append(ps, paragraph{text: auto})

	var text, page strings.Builder
	page.WriteString(`<!doctype html><html lang="` + html.EscapeString(string(c.lang)) + `"><head><meta charset="utf-8"><title>` + html.EscapeString(subject) +
		`</title></head><body style="font-size:16px;line-height:1.75;max-width:38em">`)
	hello := c.words("mail.hello", nil)
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
	return notify.Message{Name: c.town(), Subject: subject, Text: text.String(), HTML: page.String(), Stop: c.stop}
}
