// SPDX-License-Identifier: Apache-2.0

package account

import (
	"fmt"
	"net/http"
	"strings"

	"rsc.io/qr"

	"yuanba/internal/domain/access"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/web/page"
)

// factorPage is one's second factor: off, being enrolled, or on.
type factorPage struct {
	page.Base
	Next     string
	Must     bool // it is asked for before anything else
	Required bool // it cannot be taken away
	On       bool
	Pending  bool
	Secret   string // in groups of four, for typing in
	QR       string // address of the picture of it
	Left     int    // recovery codes not yet used
}

var factor = page.New[factorPage](files, "factor.html")

func (c *Counter) factorPage(r *http.Request, f *form.Form, sess access.Session, to string) (factorPage, error) {
	v := factorPage{Base: page.From(r).Titled("me.second.title"), Next: to, Must: sess.Stage == access.Enrol, Required: c.Access.RequireSecond()}
	v.Form = f
	a, err := c.Access.Get(r.Context(), sess.Account)
	if err != nil {
		return v, err
	}
	if v.On = a.SecondFactor; v.On {
		if v.Left, err = c.Access.UnusedRecoveryCodes(r.Context(), a.ID); err != nil {
			return v, err
		}
	}
	e, err := c.Access.Enrolment(r.Context(), sess.Self())
	switch {
	case err == nil:
		v.Pending, v.Secret, v.QR = true, groups(e.Secret), "/account/second/qr.svg"
	case errs.KindOf(err) != errs.NotFound:
		return v, err
	}
	return v, nil
}

// groups writes a secret so that it can be typed in without losing the place.
func groups(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// factorOf is what every handler of the second factor begins with.
func (c *Counter) factorOf(w http.ResponseWriter, r *http.Request) (*form.Form, access.Session, string, error) {
	f, err := form.Read(r)
	if err != nil {
		return nil, access.Session{}, "", err
	}
	sess, err := c.own(w, r, access.Enrol)
	if err != nil {
		return nil, sess, "", err
	}
	if err := staffOnly(sess); err != nil {
		return nil, sess, "", err
	}
	return f, sess, next(f.Line("next", 2000)), nil
}

func (c *Counter) factor(w http.ResponseWriter, r *http.Request) error {
	_, sess, to, err := c.factorOf(w, r)
	if err != nil {
		return gone(err)
	}
	v, err := c.factorPage(r, nil, sess, to)
	if err != nil {
		return err
	}
	return factor.Show(w, r, v)
}

func (c *Counter) startFactor(w http.ResponseWriter, r *http.Request) error {
	f, sess, to, err := c.factorOf(w, r)
	if err != nil {
		return gone(err)
	}
	typed := f.Secret("password", 4*access.MaxPassword)
	if err = f.Err(); err == nil {
		_, err = c.Access.StartSecond(r.Context(), sess.Self(), typed)
	}
	if err != nil {
		return c.failFactor(w, r, f, sess, to, err)
	}
	return page.Redirect(w, r, with("/account/second", to))
}

// qr is the picture that a phone scans.
func (c *Counter) qr(w http.ResponseWriter, r *http.Request) error {
	sess, err := c.own(w, r, access.Enrol)
	if err != nil {
		return gone(err)
	}
	e, err := c.Access.Enrolment(r.Context(), sess.Self())
	if err != nil {
		return err
	}
	svg, err := drawQR(e.URI)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	_, err = w.Write(svg)
	return err
}

// drawQR draws a text as a QR code: one path of black squares on white, with the
// quiet border that scanners need.
func drawQR(text string) ([]byte, error) {
	q, err := qr.Encode(text, qr.M)
	if err != nil {
		return nil, fmt.Errorf("QR code: %w", err)
	}
	const quiet = 4
	var b strings.Builder
	n := q.Size + 2*quiet
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="240" height="240" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="`, n, n, n, n)
	for y := range q.Size {
		for x := 0; x < q.Size; x++ {
			from := x
			for x < q.Size && q.Black(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, x-from, x-from)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return []byte(b.String()), nil
}

// codesPage shows recovery codes, once.
type codesPage struct {
	page.Base
	Login string
	Codes []string
	On    string // where to go afterwards
}

var codes = page.New[codesPage](files, "codes.html")

func (c *Counter) showCodes(w http.ResponseWriter, r *http.Request, sess access.Session, list []string, on string) error {
	a, err := c.Access.Get(r.Context(), sess.Account)
	if err != nil {
		return err
	}
	v := codesPage{Base: page.From(r).Titled("me.codes.title"), Login: a.Login, Codes: list, On: on}
	return codes.Show(w, r, v)
}

func (c *Counter) confirmFactor(w http.ResponseWriter, r *http.Request) error {
	f, sess, to, err := c.factorOf(w, r)
	if err != nil {
		return gone(err)
	}
	typed := strings.ReplaceAll(f.Secret("code", maxTyped), " ", "")
	var list []string
	if err = f.Err(); err == nil {
		list, err = c.Access.ConfirmSecond(r.Context(), sess.Self(), sess.ID, typed)
	}
	if err != nil {
		return c.failFactor(w, r, f, sess, to, err)
	}
	on := "/account"
	if sess.Stage != access.Open {
		token, moved, err := c.Access.Advance(r.Context(), c.sessions.token(r))
		if err != nil {
			return err
		}
		c.sessions.set(w, r, token, moved)
		if on = to; on == "" {
			on = "/"
		}
	}
	return c.showCodes(w, r, sess, list, on)
}

func (c *Counter) failFactor(w http.ResponseWriter, r *http.Request, f *form.Form, sess access.Session, to string, err error) error {
	v, verr := c.factorPage(r, f, sess, to)
	if verr != nil {
		return verr
	}
	return factor.Fail(w, r, v, err)
}

func (c *Counter) newCodes(w http.ResponseWriter, r *http.Request) error {
	f, sess, to, err := c.factorOf(w, r)
	if err != nil {
		return gone(err)
	}
	typed := f.Secret("password", 4*access.MaxPassword)
	var list []string
	if err = f.Err(); err == nil {
		list, err = c.Access.NewRecoveryCodes(r.Context(), sess.Self(), typed)
	}
	if err != nil {
		return c.failFactor(w, r, f, sess, to, err)
	}
	return c.showCodes(w, r, sess, list, "/account")
}

func (c *Counter) removeFactor(w http.ResponseWriter, r *http.Request) error {
	f, sess, to, err := c.factorOf(w, r)
	if err != nil {
		return gone(err)
	}
	typed := f.Secret("password", 4*access.MaxPassword)
	if err = f.Err(); err == nil {
		err = c.Access.RemoveSecond(r.Context(), sess.Self(), typed)
	}
	if err != nil {
		return c.failFactor(w, r, f, sess, to, err)
	}
	return page.Done(w, r, "/account", "me.second.removed")
}
