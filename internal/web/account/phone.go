// SPDX-License-Identifier: Apache-2.0

package account

import (
	"net/http"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/web/page"
)

// codePage asks for the code that was sent to a telephone. The number travels in
// the form, never in an address, which browsers and servers keep.
type codePage struct {
	page.Base
	Next  string
	Phone string
}

var code = page.New[codePage](files, "code.html")

func (c *Counter) codePage(r *http.Request, f *form.Form, phone, to string) codePage {
	v := codePage{Base: page.From(r).Titled("signin.code.title"), Next: to, Phone: phone}
	v.Form, v.Look = f, page.LookPlain
	return v
}

// sendCode sends a code and shows the page that asks for it.
func (c *Counter) sendCode(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	if c.Phones == nil {
		return errs.New(errs.NotFound, "people.code.off")
	}
	phone, to := f.Line("phone", maxTyped), next(f.Line("next", 2000))
	v, err := c.signInPage(r, f, to)
	if err != nil {
		return err
	}
	if err := f.Err(); err != nil {
		return signIn.Fail(w, r, v, err)
	}
	if err := c.Phones.SendCode(r.Context(), v.Lang, phone, client(r).Address); err != nil {
		return signIn.Fail(w, r, v, err)
	}
	return code.Show(w, r, c.codePage(r, form.Of(), phone, to))
}

func (c *Counter) checkCode(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	if c.Phones == nil {
		return errs.New(errs.NotFound, "people.code.off")
	}
	phone, digits, to := f.Line("phone", maxTyped), f.Secret("code", maxTyped), next(f.Line("next", 2000))
	v := c.codePage(r, f, phone, to)
	if err := f.Err(); err != nil {
		return code.Fail(w, r, v, err)
	}
	resident, err := c.Phones.CheckCode(r.Context(), v.Lang, phone, digits, client(r).Address)
	if err != nil {
		return code.Fail(w, r, v, err)
	}
	token, sess, err := c.Access.SignInResident(r.Context(), resident.ID, resident.Actor().Name, client(r))
	if err != nil {
		return err
	}
	if err := c.leave(r); err != nil {
		return err
	}
	c.sessions.set(w, r, token, sess)
	return c.on(w, r, sess, to)
}
