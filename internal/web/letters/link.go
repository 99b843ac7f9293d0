// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"net/http"

	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/notify"
	"yuanba/internal/web/page"
)

// linkPage stands behind a link in a letter: it asks before it does anything,
// since mail programs open links by themselves, and then says what was done.
type linkPage struct {
	page.Base
	Confirm page.Confirm
	Done    page.Empty // instead, when it is done
}

var linkShown = page.New[linkPage](files, "link.html")

// asking is the page before what a link does; key begins its texts.
func asking(b page.Base, key, action string, box people.Mailbox) linkPage {
	title := key
	if key == "letters.confirm" && box.Channel != notify.Mail {
		title = "letters.mine"
	}
	return linkPage{Base: b.Titled(title), Confirm: page.Confirm{
		Title: b.T(title), Text: b.T(key+".text", box.Address.String()), Action: action, Yes: b.T(key + ".yes"), No: b.T(key + ".no"), Back: "/",
	}}
}

// done says what was done. It is an answer of its own and no way to another page:
// a mail program that stops letters by one click follows none.
func done(b page.Base, key string, on page.Link) linkPage {
	return linkPage{Base: b.Titled(key), Done: page.Empty{Icon: "check", Title: b.T(key), Text: b.T(key + ".text"), Action: on}}
}

func (c *Counter) askConfirm(w http.ResponseWriter, r *http.Request) error {
	b, token := page.From(r), r.PathValue("token")
	box, err := c.Letters.ToConfirm(r.Context(), token)
	if err != nil {
		return err
	}
	if box.Confirmed() {
		return linkShown.Show(w, r, confirmed(b))
	}
	return linkShown.Show(w, r, asking(b, "letters.confirm", letters.ConfirmPath+token, box))
}

func (c *Counter) confirm(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	if _, err := c.Letters.Confirm(r.Context(), b.Actor, r.PathValue("token")); err != nil {
		return err
	}
	return linkShown.Show(w, r, confirmed(b))
}

func confirmed(b page.Base) linkPage {
	return done(b, "letters.confirmed", page.Link{Href: "/", Text: b.T("letters.home")})
}

func (c *Counter) askStop(w http.ResponseWriter, r *http.Request) error {
	b, token := page.From(r), r.PathValue("token")
	box, err := c.Letters.ToStop(r.Context(), token)
	if err != nil {
		return err
	}
	if box.Ended() || !box.Wanted {
		return linkShown.Show(w, r, stopped(b, box))
	}
	key := "letters.stop"
	if box.Owner.Kind == people.OwnedBySlip || !box.Confirmed() {
		key = "letters.delete"
	}
	return linkShown.Show(w, r, asking(b, key, letters.StopPath+token, box))
}

func (c *Counter) stop(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	box, err := c.Letters.Stop(r.Context(), b.Actor, r.PathValue("token"))
	if err != nil {
		return err
	}
	return linkShown.Show(w, r, stopped(b, box))
}

// stopped says that no more letters come, and where they can be had again.
func stopped(b page.Base, box people.Mailbox) linkPage {
	if box.Owner.Kind == people.OwnedBySlip || !box.Confirmed() {
		return done(b, "letters.deleted", page.Link{Href: "/", Text: b.T("letters.home")})
	}
	return done(b, "letters.stopped", page.Link{Href: "/mailbox", Text: b.T("ways.title")})
}

// The texts of these pages, named whole for those who look for them.
var _ = []string{
	"letters.confirm.text", "letters.confirm.yes", "letters.confirm.no", "letters.stop.text", "letters.stop.yes", "letters.stop.no",
	"letters.delete.text", "letters.delete.yes", "letters.delete.no", "letters.confirmed.text", "letters.stopped.text", "letters.deleted.text",
}
