// SPDX-License-Identifier: Apache-2.0

package account

import (
	"net/http"

	"yuanba/internal/domain/access"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/web/page"
)

// maxTyped bounds what is read of a login or a telephone number; the domain says
// what is too long.
const maxTyped = 200

// A card is one of the cast on the sign-in page.
type card struct {
	Login    string // of staff
	Resident string // of residents
	Name     string
	Roles    []string
	What     string
}

// signInPage asks who is there.
type signInPage struct {
	page.Base
	Next   string
	Phones bool
	Demo   bool
	Guests []card
	Cast   []card
}

var signIn = page.New[signInPage](files, "signin.html")

func (c *Counter) signInPage(r *http.Request, f *form.Form, to string) (signInPage, error) {
	v := signInPage{Base: page.From(r).Titled("signin.title"), Next: to, Phones: c.Phones != nil, Demo: c.Access.Demo()}
	v.Form, v.Look = f, page.LookPlain
	if !v.Demo {
		return v, nil
	}
	if c.Guests != nil {
		guests, err := c.Guests(r.Context(), v.Lang)
		if err != nil {
			return v, err
		}
		for _, g := range guests {
			v.Guests = append(v.Guests, card{Resident: g.Resident.String(), Name: g.Name, Roles: []string{v.T("signin.resident")}, What: g.What})
		}
	}
	for _, m := range access.Cast {
		k := card{Login: m.Login, Name: m.Name.In(v.Lang), What: v.T("cast." + m.Login)}
		for _, p := range m.Parts {
			k.Roles = append(k.Roles, v.T("role."+p.Role))
		}
		v.Cast = append(v.Cast, k)
	}
	return v, nil
}

func (c *Counter) signIn(w http.ResponseWriter, r *http.Request) error {
	to := next(r.URL.Query().Get("next"))
	v, err := c.signInPage(r, nil, to)
	if err != nil {
		return err
	}
	return signIn.Show(w, r, v)
}

// enter takes login and password.
func (c *Counter) enter(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	login, password, to := f.Line("login", maxTyped), f.Secret("password", 4*access.MaxPassword), next(f.Line("next", 2000))
	v, err := c.signInPage(r, f, to)
	if err != nil {
		return err
	}
	if err := f.Err(); err != nil {
		return signIn.Fail(w, r, v, err)
	}
	token, sess, err := c.Access.SignIn(r.Context(), login, password, client(r))
	if err != nil {
		return signIn.Fail(w, r, v, err)
	}
	if err := c.leave(r); err != nil {
		return err
	}
	c.sessions.set(w, r, token, sess)
	return c.on(w, r, sess, to)
}

// leave ends the session that the browser had before it signed in anew.
func (c *Counter) leave(r *http.Request) error {
	return c.Access.SignOut(r.Context(), c.sessions.token(r))
}

// secondPage asks for the second factor.
type secondPage struct {
	page.Base
	Next string
}

var second = page.New[secondPage](files, "second.html")

func (c *Counter) secondPage(r *http.Request, f *form.Form, to string) secondPage {
	v := secondPage{Base: page.From(r).Titled("signin.second.title"), Next: to}
	v.Form, v.Look = f, page.LookPlain
	return v
}

// atSecond returns the session for which the second factor is due. Without one
// the reader is sent to begin again.
func (c *Counter) atSecond(w http.ResponseWriter, r *http.Request, to string) error {
	sess, err := c.Access.Session(r.Context(), c.sessions.token(r))
	if err != nil && errs.KindOf(err) != errs.NotFound {
		return err
	}
	if err != nil || sess.Stage != access.Second {
		if err := page.Redirect(w, r, with("/signin", to)); err != nil {
			return err
		}
		return errElsewhere
	}
	return nil
}

func (c *Counter) second(w http.ResponseWriter, r *http.Request) error {
	to := next(r.URL.Query().Get("next"))
	if err := c.atSecond(w, r, to); err != nil {
		return gone(err)
	}
	return second.Show(w, r, c.secondPage(r, nil, to))
}

func (c *Counter) enterSecond(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	code, to := f.Secret("code", maxTyped), next(f.Line("next", 2000))
	if err := c.atSecond(w, r, to); err != nil {
		return gone(err)
	}
	v := c.secondPage(r, f, to)
	if err := f.Err(); err != nil {
		return second.Fail(w, r, v, err)
	}
	token, sess, err := c.Access.SignInSecond(r.Context(), c.sessions.token(r), code, client(r))
	switch {
	case err != nil && errs.KindOf(err) == errs.NotFound: // it ended meanwhile
		return page.Redirect(w, r, with("/signin", to))
	case err != nil:
		return second.Fail(w, r, v, err)
	}
	c.sessions.set(w, r, token, sess)
	return c.on(w, r, sess, to)
}

// enterAs lets anybody be one of the cast, in the demonstration.
func (c *Counter) enterAs(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	if _, ok := access.CastMember(f.Line("login", maxTyped)); !ok && c.Access.Demo() {
		return errs.New(errs.NotFound, "account.none")
	}
	token, sess, err := c.Access.SignInAs(r.Context(), f.Line("login", maxTyped), client(r))
	if err != nil {
		return err
	}
	if err := c.leave(r); err != nil {
		return err
	}
	c.sessions.set(w, r, token, sess)
	return c.on(w, r, sess, next(f.Line("next", 2000)))
}

// enterGuest lets anybody be one of the residents of the cast, in the
// demonstration.
func (c *Counter) enterGuest(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	if !c.Access.Demo() || c.Guests == nil {
		return errs.New(errs.Denied, "account.demo_only")
	}
	guests, err := c.Guests(r.Context(), page.From(r).Lang)
	if err != nil {
		return err
	}
	for _, g := range guests {
		if g.Resident.String() != f.Line("resident", maxTyped) {
			continue
		}
		token, sess, err := c.Access.SignInResident(r.Context(), g.Resident, g.Masked, client(r))
		if err != nil {
			return err
		}
		if err := c.leave(r); err != nil {
			return err
		}
		c.sessions.set(w, r, token, sess)
		return c.on(w, r, sess, next(f.Line("next", 2000)))
	}
	return errs.New(errs.NotFound, "account.none")
}

// left makes the browser forget who was there.
func (c *Counter) left(w http.ResponseWriter, r *http.Request) {
	c.sessions.clear(w)
	if c.Left != nil {
		c.Left(w, r)
	}
}

func (c *Counter) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := c.Access.SignOut(r.Context(), c.sessions.token(r)); err != nil {
		return err
	}
	c.left(w, r)
	return page.Done(w, r, "/", "signin.out")
}
