// SPDX-License-Identifier: Apache-2.0

package account

import (
	"net/http"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/kit/form"
	"yuanba/internal/web/gallery"
	"yuanba/internal/web/page"
	"yuanba/internal/web/static"
)

// The samples of the gallery: every page of this counter, and those states of it
// that look different.
func init() {
	sample := func(name string, base page.Base, show func(http.ResponseWriter, *http.Request) error) {
		gallery.Add("account/"+name, base, show)
	}
	sample("signin", page.Base{}, func(w http.ResponseWriter, r *http.Request) error {
		v := signInPage{Base: page.From(r).Titled("signin.title"), Phones: true}
		v.Look = page.LookPlain
		return signIn.Show(w, r, v)
	})
	sample("signin-demo", page.Base{}, func(w http.ResponseWriter, r *http.Request) error {
		v := signInPage{Base: page.From(r).Titled("signin.title"), Phones: true, Demo: true}
		v.Look = page.LookPlain
		for _, m := range access.Cast {
			k := card{Login: m.Login, Name: m.Name.In(v.Lang), What: v.T("cast." + m.Login)}
			for _, p := range m.Parts {
				k.Roles = append(k.Roles, v.T("role."+p.Role))
			}
			v.Cast = append(v.Cast, k)
		}
		return signIn.Show(w, r, v)
	})
	sample("signin-wrong", page.Base{}, func(w http.ResponseWriter, r *http.Request) error {
		f := form.Of("login", "zhao")
		f.Fault("password", "account.wrong")
		v := signInPage{Base: page.From(r).Titled("signin.title")}
		v.Form, v.Look = f, page.LookPlain
		return signIn.Show(w, r, v)
	})
	sample("second", page.Base{}, func(w http.ResponseWriter, r *http.Request) error {
		v := secondPage{Base: page.From(r).Titled("signin.second.title")}
		v.Look = page.LookPlain
		return second.Show(w, r, v)
	})
	sample("code", page.Base{}, func(w http.ResponseWriter, r *http.Request) error {
		v := codePage{Base: page.From(r).Titled("signin.code.title"), Phone: "138 0000 1234"}
		v.Look = page.LookPlain
		return code.Show(w, r, v)
	})
	sample("show", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("me.title")
		role := func(key, place string, needs ...string) reason {
			x := reason{Post: place + " · " + b.T("role."+key), Role: b.T("role." + key), What: b.T("role." + key + ".what"), Place: place}
			for _, n := range needs {
				x.Needs = append(x.Needs, b.T("need."+n))
			}
			return x
		}
		cover := role("acceptor", "文君街道", "intake", "moderate")
		cover.Covering, cover.Until = "钱受理", gallery.Now.Add(52*time.Hour)
		return show.Show(w, r, showPage{Base: b, Staff: true, Login: "zhao", Name: "赵调度", Second: true, Codes: 9,
			Reasons: []reason{role("dispatcher", "文君街道", "intake", "dispatch", "raise_for", "see"), cover},
			Sessions: []openSession{
				{ID: "1", Browser: "Firefox · Windows", Address: "10.20.3.4", Began: gallery.Now.Add(-3 * time.Hour), Seen: gallery.Now, Here: true},
				{ID: "2", Browser: "微信 · Android", Address: "117.139.2.8", Began: gallery.Now.Add(-30 * time.Hour), Seen: gallery.Now.Add(-26 * time.Hour)},
			}})
	})
	sample("show-resident", page.Base{Actor: gallery.Resident}, func(w http.ResponseWriter, r *http.Request) error {
		return show.Show(w, r, showPage{Base: page.From(r).Titled("me.title"), Name: "周*", Sessions: []openSession{
			{ID: "1", Browser: "微信 · Android", Address: "117.139.2.8", Began: gallery.Now.Add(-time.Hour), Seen: gallery.Now, Here: true}}})
	})
	sample("password", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		f := form.Of()
		f.Fault("new", "account.password.short", access.MinPassword)
		v := passwordPage{Base: page.From(r).Titled("me.password.title"), Must: true, Name: "赵调度"}
		v.Form = f
		return password.Show(w, r, v)
	})
	picture, err := drawQR("otpauth://totp/sample?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
	if err != nil {
		panic(err) // the text is short enough
	}
	for name, v := range map[string]factorPage{
		"factor-off":  {},
		"factor-scan": {Pending: true, Secret: "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP", QR: static.Add("sample-qr.svg", picture)},
		"factor-on":   {On: true, Left: 1},
	} {
		sample(name, page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
			v.Base = page.From(r).Titled("me.second.title")
			return factor.Show(w, r, v)
		})
	}
	sample("codes", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		return codes.Show(w, r, codesPage{Base: page.From(r).Titled("me.codes.title"), Login: "zhao", On: "/account",
			Codes: []string{"7K2MX-9QH4T", "4GNVD-0ZJ8R", "P1W6C-E3YBS", "X8T5A-M2KQD", "9RH7Z-V4JN0"}})
	})
}
