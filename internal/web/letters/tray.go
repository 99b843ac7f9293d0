// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"net/http"
	"strings"
	"time"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/mail"
	"yuanba/internal/web/page"
)

const trayPath = "/letters/tray"

// trayPage is the letters that a demonstration would have sent.
type trayPage struct {
	page.Base
	Head    page.Head
	Note    page.Note
	Letters []unsent
	Empty   page.Empty
}

// An unsent letter, as its reader would see it.
type unsent struct {
	ID, Subject, To string
	At              time.Time
	Lines           []line
}

// A line of a letter; Href is set if it is a link into this site.
type line struct{ Text, Href string }

var trayShown = page.New[trayPage](files, "tray.html")

func (c *Counter) tray(w http.ResponseWriter, r *http.Request) error {
	n, err := c.Letters.Waits(r.Context())
	if err != nil {
		return err
	}
	return trayShown.Show(w, r, trayOf(page.From(r), c.Letters.Address, c.Tray.Letters(), n))
}

func trayOf(b page.Base, address string, ms []mail.Message, waiting int) trayPage {
	b = b.Titled("letters.tray")
	v := trayPage{Base: b, Head: page.Head{Title: b.T("letters.tray"), Lead: b.T("letters.tray.lead"), Action: page.Link{Href: trayPath, Text: b.T("letters.tray.look"), Icon: "mail"}},
		Empty: page.Empty{Icon: "mail", Title: b.T("letters.tray.none"), Text: b.T("letters.tray.none.text"), Action: page.Link{Href: "/mailbox", Text: b.T("mailbox.title")}}}
	if waiting > 0 {
		v.Note = page.Note{Tone: page.ToneSoon, Text: b.T("letters.tray.waiting", waiting)}
	}
	for _, m := range ms {
		u := unsent{ID: m.ID, Subject: m.Subject, At: m.At}
		if e, err := people.ParseEmail(m.To); err == nil {
			u.To = e.String() // this page is everybody's
		}
		for s := range strings.SplitSeq(strings.TrimSpace(m.Text), "\n") {
			l := line{Text: s}
			if path, ok := strings.CutPrefix(s, address); ok && page.Local(path) == path {
				l.Href = path
			}
			u.Lines = append(u.Lines, l)
		}
		v.Letters = append(v.Letters, u)
	}
	return v
}
