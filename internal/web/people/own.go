// SPDX-License-Identifier: Apache-2.0

package people

import (
	"net/http"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/web/page"
)

// resident is Denied for all who are no resident: their data is not here.
func resident(r *http.Request) error {
	switch a := page.Actor(r); {
	case a.Kind == scope.Resident:
		return nil
	case a.Kind == scope.Staff:
		return errs.New(errs.Denied, "people.own.only")
	}
	return errs.New(errs.Denied, scope.DeniedSignIn)
}

// settingsPage is what a resident chooses and says of themselves.
type settingsPage struct {
	page.Base
	Head    page.Head
	Fields  []page.Field // selects
	Big     page.Field
	Name    page.Field
	Address page.Field
	Fixed   bool // the desk has verified the name
}

var set = page.New[settingsPage](files, "settings.html")

func (c *Counter) settingsPage(r *http.Request, f *form.Form) (v settingsPage, err error) {
	who, err := c.People.Get(r.Context(), page.Actor(r).Resident)
	if err != nil {
		return v, err
	}
	own, err := c.People.Own(r.Context(), page.Actor(r))
	if err != nil {
		return v, err
	}
	b := page.From(r).Titled("mydata.settings")
	b.Form, b.Crumbs = f, []page.Link{{Href: "/me", Text: b.T("mydata.title")}}
	lang := who.Lang
	if lang == "" {
		lang = b.Lang
	}
	var langs []page.Option
	for _, l := range i18n.Langs {
		langs = append(langs, page.Option{Value: string(l), Text: l.Name()})
	}
	place := ""
	if v := who.Place[scope.Village]; v != 0 {
		place = v.String()
	}
	large := page.NewField(b.Lang, f, "large", "mydata.large")
	if f == nil && who.Large {
		large = large.From("1")
	}
	return settingsPage{Base: b, Head: page.Head{Title: b.T("mydata.settings"), Lead: b.T("mydata.settings.lead")}, Fixed: who.Verified(), Big: large,
		Fields: []page.Field{page.NewField(b.Lang, f, "lang", "mydata.lang").Need().Of(langs).From(string(lang)),
			page.NewField(b.Lang, f, "place", "mydata.place").Of(c.placeOptions(b)).From(place)},
		Name:    page.NewField(b.Lang, f, "name", "people.field.name").Max(40).Auto("name").From(own.Name.Plain()),
		Address: page.NewField(b.Lang, f, "address", "people.field.address").Max(100).Auto("street-address").From(own.Address.Plain()),
	}, nil
}

// placeOptions are the villages and communities, by town.
func (c *Counter) placeOptions(b page.Base) []page.Option {
	tree := c.Places.Tree()
	city, _ := tree.City()
	var os []page.Option
	for _, t := range tree.Children(city.ID) {
		for _, v := range tree.Children(t.ID) {
			os = append(os, page.Option{Value: v.ID.String(), Text: v.Name.In(b.Lang), Group: t.Name.In(b.Lang)})
		}
	}
	return os
}

func (c *Counter) settings(w http.ResponseWriter, r *http.Request) error {
	if err := resident(r); err != nil {
		return err
	}
	v, err := c.settingsPage(r, nil)
	if err != nil {
		return err
	}
	return set.Show(w, r, v)
}

// keepSettings keeps what a resident chose, here and in their browser.
func (c *Counter) keepSettings(w http.ResponseWriter, r *http.Request) error {
	if err := resident(r); err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	in := people.Settings{Lang: i18n.Lang(f.Choice("lang", string(i18n.ZH), string(i18n.EN))), Large: f.Bool("large")}
	if d := f.ID("place"); d != 0 {
		p, ok := c.Places.Tree().Get(d)
		if !ok {
			f.Fault("place", "place.none")
		}
		in.Place = p.Path
	}
	if in.Lang == "" && f.At("lang") == nil { // before anything is kept, since the two are kept one after the other
		f.Fault("lang", "form.choice")
	}
	name, address := f.Line("name", 80), f.Line("address", 200)
	if !f.Sent("name") { // the desk has verified it, and the page does not ask
		own, err := c.People.Own(r.Context(), page.Actor(r))
		if err != nil {
			return err
		}
		name = own.Name.Plain()
	}
	err = f.Err()
	if err == nil {
		if err = c.People.Introduce(r.Context(), page.Actor(r), name, address); err == nil {
			err = c.People.Settle(r.Context(), page.Actor(r), in)
		}
	}
	if err != nil {
		v, verr := c.settingsPage(r, f)
		if verr != nil {
			return verr
		}
		return set.Fail(w, r, v, err)
	}
	remember(w, r, "lang", string(in.Lang))
	remember(w, r, "large", map[bool]string{true: "1", false: "0"}[in.Large])
	return page.Done(w, r, "/me", "mydata.settings.done")
}

// remember puts a choice where the switches in the head of every page put it.
func remember(w http.ResponseWriter, r *http.Request, name, value string) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: page.From(r).Site.HTTPS})
}

// confirmPage asks before what cannot be undone.
type confirmPage struct {
	page.Base
	Confirm page.Confirm
}

var confirmed = page.New[confirmPage](files, "confirm.html")

// confirm is the page before an act on one's own data; key begins its texts.
func (c *Counter) confirm(key, action string, points ...string) page.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := resident(r); err != nil {
			return err
		}
		b := page.From(r).Titled(key)
		v := confirmPage{Base: b, Confirm: page.Confirm{Title: b.T(key), Text: b.T(key + ".text"), Action: action, Yes: b.T(key), No: b.T("mydata.keep"), Back: "/me", Danger: true}}
		for _, p := range points {
			v.Confirm.Points = append(v.Confirm.Points, b.T(p))
		}
		return confirmed.Show(w, r, v)
	}
}

// disown is for somebody whose telephone was another's before. They sign in
// again, to a record of their own.
func (c *Counter) disown(w http.ResponseWriter, r *http.Request) error {
	if err := resident(r); err != nil {
		return err
	}
	if _, err := c.People.Disown(r.Context(), page.Actor(r)); err != nil {
		return err
	}
	if err := c.Access.RevokeResident(r.Context(), page.Actor(r), 0); err != nil {
		return err
	}
	return page.Done(w, r, "/signin", "mydata.disowned")
}

// forget deletes the reader's own private facts.
func (c *Counter) forget(w http.ResponseWriter, r *http.Request) error {
	if err := resident(r); err != nil {
		return err
	}
	by := page.Actor(r)
	err := c.DB.Write(r.Context(), func(tx *sqldb.Tx) error {
		return c.People.Forget(tx, by, people.OfResident(by.Resident), people.RuleOwnRequest)
	})
	if err != nil {
		return err
	}
	if err := c.Access.RevokeResident(r.Context(), by, 0); err != nil {
		return err
	}
	return page.Done(w, r, "/", "mydata.forgotten")
}

// slipLooks are the looks at what somebody without an account left with the
// matters whose slips they hold.
func (c *Counter) slipLooks(r *http.Request, b page.Base) ([]page.Event, error) {
	var es []page.Event
	mine, err := c.Matters.Mine(r.Context(), scope.Actor{Kind: scope.Anonymous, Slips: b.Actor.Slips}, matters.Filter{})
	if err != nil {
		return nil, err
	}
	for _, k := range mine.Cards {
		whole, err := c.Matters.Get(r.Context(), b.Actor, k.Number)
		if err != nil {
			return nil, err
		}
		if whole.Matter.Contact == 0 || !whole.IsReporter {
			continue
		}
		looks, err := c.contactLooks(r, whole.Matter.Contact)
		if err != nil {
			return nil, err
		}
		for _, l := range looks {
			es = append(es, looked(b, l, k.Number))
		}
	}
	return es, nil
}

func (c *Counter) contactLooks(r *http.Request, contact id.ID) (ls []people.Look, err error) {
	err = c.DB.Read(r.Context(), func(tx *sqldb.Tx) error {
		ls, err = c.People.LooksAtContact(tx, contact, looksShown)
		return err
	})
	return ls, err
}
