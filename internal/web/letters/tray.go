// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"net/http"
	"strings"
	"time"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/notify"
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
	Code    page.Field // of a WeChat account that is to be bound
}

// An unsent letter, as its reader would see it.
type unsent struct {
	ID, Subject, To, By string
	At                  time.Time
	Lines               []line
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

func trayOf(b page.Base, address string, ms []notify.Message, waiting int) trayPage {
	b = b.Titled("letters.tray")
	v := trayPage{Base: b, Head: page.Head{Title: b.T("letters.tray"), Lead: b.T("letters.tray.lead"), Action: page.Link{Href: trayPath, Text: b.T("letters.tray.look"), Icon: "mail"}},
		Empty: page.Empty{Icon: "mail", Title: b.T("letters.tray.none"), Text: b.T("letters.tray.none.text"), Action: page.Link{Href: "/mailbox", Text: b.T("ways.title")}}}
	v.Code = page.NewField(b.Lang, b.Form, "code", "channel.wechat.code").Need().Max(20).Auto("off")
	if waiting > 0 {
		v.Note = page.Note{Tone: page.ToneSoon, Text: b.T("letters.tray.waiting", waiting)}
	}
	for _, m := range ms {
		u := unsent{ID: m.ID, Subject: m.Subject, To: people.Masked(m.Channel, m.To), By: b.T("channel." + string(m.Channel)), At: m.At} // this page is everybody's
		if u.Subject == "" {
			u.Subject = u.By
		}
		text := strings.TrimSpace(m.Text)
		if m.Channel != notify.Mail && m.Link != "" { // which stands in the words
			text = strings.ReplaceAll(text, m.Link, "\n"+m.Link+"\n")
		}
		for s := range strings.SplitSeq(text, "\n") {
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

// trayCode does what WeChat would do when somebody sends a code to the town's public
// account, which a demonstration has none of.
func (c *Counter) trayCode(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	code := f.Line("code", 40)
	if err = f.Err(); err == nil {
		_, err = c.Letters.Bind(r.Context(), notify.WeChat, "demo-"+page.From(r).RequestID, code)
	}
	if err == nil {
		return page.Done(w, r, "/mailbox", "channel.wechat.bound")
	}
	if errs.KindOf(err) == errs.NotFound {
		err = errs.At("code", "letter.bind.none")
	}
	n, nerr := c.Letters.Waits(r.Context())
	if nerr != nil {
		return nerr
	}
	b := page.From(r)
	b.Form = f
	return trayShown.Fail(w, r, trayOf(b, c.Letters.Address, c.Tray.Letters(), n), err)
}
