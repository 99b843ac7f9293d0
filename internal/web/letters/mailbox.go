// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"net/http"
	"slices"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// whose is the mailbox that an address is about.
type whose struct {
	owner  people.Owner
	at     string // where its pages are
	back   page.Link
	number string // of the matter, for a slip's
}

// mine is the mailbox of the reader, who must be signed in.
func (c *Counter) mine(r *http.Request) (whose, error) {
	b := page.From(r)
	o, ok := people.OwnerOf(b.Actor)
	if !ok {
		return whose{}, errs.New(errs.Denied, scope.DeniedSignIn)
	}
	back := page.Link{Href: "/me", Text: b.T("mydata.title")}
	if o.Kind == people.OwnedByAccount {
		back = page.Link{Href: "/account", Text: b.T("me.title")}
	}
	return whose{owner: o, at: "/mailbox", back: back}, nil
}

// ofSlip is the mailbox of whoever holds the slip of the matter in the address.
func (c *Counter) ofSlip(r *http.Request) (whose, error) {
	b := page.From(r)
	whole, err := c.Matters.Get(r.Context(), b.Actor, r.PathValue("number"))
	if err != nil {
		return whose{}, err
	}
	m := whole.Matter
	if !slices.Contains(b.Actor.Slips, m.ID) {
		return whose{}, errs.New(errs.NotFound, "mailbox.slip.only")
	}
	return whose{owner: people.Owner{Kind: people.OwnedBySlip, ID: m.ID}, at: "/matters/" + m.Number + "/mailbox",
		back: page.Link{Href: "/matters/" + m.Number, Text: m.Number}, number: m.Number}, nil
}

// mailboxPage is where somebody is written to, and the acts on it.
type mailboxPage struct {
	page.Base
	Head    page.Head
	At      string
	Offered bool
	Any     bool // there is an address
	Pill    page.Pill
	Note    page.Note
	Facts   []page.Fact
	Address page.Field
	Again   bool // the question can be sent again
	On, Off bool // letters can be switched on, off
	Tray    bool
}

var mailboxShown = page.New[mailboxPage](files, "mailbox.html")

func (c *Counter) page(r *http.Request, of whose, f *form.Form) (v mailboxPage, err error) {
	box, any, err := c.Letters.Of(r.Context(), of.owner)
	if err != nil {
		return v, err
	}
	b := page.From(r)
	b.Form = f
	return present(b, of, box, any, c.Letters.Offered(), c.Tray != nil), nil
}

// present shows a mailbox as its owner sees it.
func present(b page.Base, of whose, box people.Mailbox, any, offered, tray bool) mailboxPage {
	b = b.Titled("mailbox.title")
	b.Crumbs = []page.Link{of.back}
	v := mailboxPage{Base: b, At: of.at, Offered: offered, Any: any, Tray: tray,
		Head:    page.Head{Kicker: of.number, Title: b.T("mailbox.title"), Lead: b.T("mailbox.lead." + string(of.owner.Kind))},
		Address: page.NewField(b.Lang, b.Form, "mailbox", "mailbox.address").Need().Max(254).As("email").Auto("email").Example("name@example.cn"),
	}
	if any {
		v.Address = v.Address.Labelled(b.T("mailbox.other"))
		v.Facts = []page.Fact{{Label: b.T("mailbox.address"), Value: box.Address.String(), Private: true}}
	}
	switch {
	case !offered:
		v.Note = page.Note{Tone: page.ToneSoon, Text: b.T("letter.off")}
	case !any:
	case box.Refused():
		v.Pill = page.Pill{Text: b.T("mailbox.refused"), Tone: page.ToneLate}
		v.Note = page.Note{Tone: page.ToneLate, Text: b.T("mailbox.refused.note", i18n.Date(b.Lang, box.RefusedAt))}
		v.Again = true
	case !box.Confirmed():
		v.Pill = page.Pill{Text: b.T("mailbox.unconfirmed"), Tone: page.ToneSoon}
		v.Note = page.Note{Tone: page.ToneSoon, Text: b.T("mailbox.unconfirmed.note", box.Address.String(), i18n.When(b.Lang, b.Now, box.ExpiresAt))}
		v.Again = true
	case !box.Wanted:
		v.Pill = page.Pill{Text: b.T("mailbox.off"), Tone: page.ToneQuiet}
		v.On = true
	default:
		v.Pill = page.Pill{Text: b.T("mailbox.on"), Tone: page.ToneDone}
		v.Off = of.owner.Kind != people.OwnedBySlip // whose letters end with the address
	}
	if any && box.Confirmed() {
		v.Facts = append(v.Facts, page.Fact{Label: b.T("mailbox.since"), Value: i18n.Date(b.Lang, box.ConfirmedAt)})
	}
	return v
}

func (c *Counter) mailbox(owner func(*http.Request) (whose, error)) page.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		of, err := owner(r)
		if err != nil {
			return err
		}
		v, err := c.page(r, of, nil)
		if err != nil {
			return err
		}
		return mailboxShown.Show(w, r, v)
	}
}

// from is the network address of the reader, for the limits of questions.
func from(r *http.Request) string { return page.From(r).Site.Address(r).String() }

func (c *Counter) give(owner func(*http.Request) (whose, error)) page.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		of, err := owner(r)
		if err != nil {
			return err
		}
		f, err := form.Read(r)
		if err != nil {
			return err
		}
		address := f.Line("mailbox", 300)
		if err = f.Err(); err == nil {
			err = c.Letters.Give(r.Context(), page.Actor(r), of.owner, address, page.From(r).Lang, from(r))
		}
		if err != nil {
			v, verr := c.page(r, of, f)
			if verr != nil {
				return verr
			}
			return mailboxShown.Fail(w, r, v, err)
		}
		return page.Done(w, r, of.at, "mailbox.asked")
	}
}

func (c *Counter) again(owner func(*http.Request) (whose, error)) page.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		of, err := owner(r)
		if err != nil {
			return err
		}
		if err := c.Letters.AskAgain(r.Context(), page.Actor(r), of.owner, from(r)); err != nil {
			v, verr := c.page(r, of, form.Of())
			if verr != nil {
				return verr
			}
			return mailboxShown.Fail(w, r, v, err)
		}
		return page.Done(w, r, of.at, "mailbox.asked")
	}
}

func (c *Counter) want(owner func(*http.Request) (whose, error), on bool) page.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		of, err := owner(r)
		if err != nil {
			return err
		}
		if err := c.Letters.Want(r.Context(), page.Actor(r), of.owner, on); err != nil {
			return err
		}
		if on {
			return page.Done(w, r, of.at, "mailbox.turned_on")
		}
		return page.Undoable(w, r, of.at, of.at+"/on", "mailbox.turned_off")
	}
}

func (c *Counter) forget(owner func(*http.Request) (whose, error)) page.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		of, err := owner(r)
		if err != nil {
			return err
		}
		if err := c.Letters.End(r.Context(), page.Actor(r), of.owner); err != nil {
			return err
		}
		return page.Done(w, r, of.at, "mailbox.forgotten")
	}
}
