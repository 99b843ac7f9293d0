// SPDX-License-Identifier: Apache-2.0

package page

import (
	"net/http"
	"net/url"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
)

const (
	langName  = "lang"
	largeName = "large"
	year      = 365 * 24 * 3600
)

// choose finds the reader's language (?lang=, cookie, browser) and type size
// (cookie).
func choose(r *http.Request) (lang i18n.Lang, large bool) {
	if c, err := r.Cookie(largeName); err == nil && c.Value == "1" {
		large = true
	}
	if r.URL.RawQuery != "" {
		if l, ok := i18n.Parse(r.URL.Query().Get(langName)); ok {
			return l, large
		}
	}
	if c, err := r.Cookie(langName); err == nil {
		if l, ok := i18n.Parse(c.Value); ok {
			return l, large
		}
	}
	return i18n.FromAcceptLanguage(r.Header.Get("Accept-Language")), large
}

// settings takes the switches in the header: language and type size. They are
// the reader's own, kept in cookies, and need neither account nor script.
func settings(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	if f.Sent(langName) {
		lang, ok := i18n.Parse(f.Line(langName, 10))
		if !ok {
			return errs.At(langName, "form.choice")
		}
		keep(w, r, langName, string(lang))
	}
	if f.Sent(largeName) {
		keep(w, r, largeName, map[bool]string{true: "1", false: "0"}[f.Bool(largeName)])
	}
	if err := f.Err(); err != nil {
		return err
	}
	return Redirect(w, r, dropLang(f.Line("back", 2000)))
}

func keep(w http.ResponseWriter, r *http.Request, name, value string) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: year, HttpOnly: true,
		SameSite: http.SameSiteLaxMode, Secure: From(r).Site.HTTPS})
}

// dropLang takes ?lang= out of an address, which would undo the choice.
func dropLang(to string) string {
	u, err := url.Parse(Local(to))
	if err != nil {
		return "/"
	}
	if q := u.Query(); q.Has(langName) {
		q.Del(langName)
		u.RawQuery = q.Encode()
	}
	return u.String()
}
