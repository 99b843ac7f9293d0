// SPDX-License-Identifier: Apache-2.0

package page

import (
	"encoding/base64"
	"encoding/json"
	"net/http"

	"yuanba/internal/kit/i18n"
)

// A Flash says once, on the next page, what has just been done, and how to take
// it back where that can be done.
type Flash struct {
	Text string
	Undo string // address to POST to; "" where there is nothing to undo
	Tone Tone   // ToneDone unless set
}

type flashCookie struct {
	Key  string   `json:"k"`
	Args []string `json:"a,omitempty"`
	Undo string   `json:"u,omitempty"`
	Tone Tone     `json:"t,omitempty"`
}

const flashName = "flash"

// Done sends the reader on to a page, which will say what was done in the words
// of key. Arguments are put into the cookie as text: no private facts in them.
func Done(w http.ResponseWriter, r *http.Request, to, key string, args ...any) error {
	return Undoable(w, r, to, "", key, args...)
}

// Undoable is Done with an offer to undo, which POSTs to the address undo.
func Undoable(w http.ResponseWriter, r *http.Request, to, undo, key string, args ...any) error {
	b := From(r)
	f := flashCookie{Key: key, Undo: undo, Tone: ToneDone}
	for _, a := range args {
		f.Args = append(f.Args, i18n.Say(b.Lang, a))
	}
	setFlash(w, b, f)
	return Redirect(w, r, to)
}

func setFlash(w http.ResponseWriter, b Base, f flashCookie) {
	v, err := json.Marshal(f)
	if err != nil || len(v) > 2000 {
		return // better no word than a broken header
	}
	http.SetCookie(w, &http.Cookie{Name: flashName, Value: base64.RawURLEncoding.EncodeToString(v), Path: "/",
		MaxAge: 120, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: b.Site != nil && b.Site.HTTPS})
}

func clearFlash(w http.ResponseWriter) {
	http.SetCookie(w, &http.Cookie{Name: flashName, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// readFlash reads the cookie. It is the reader's own: it can name a message of
// ours and an address of this site, and nothing else.
func readFlash(r *http.Request, lang i18n.Lang) *Flash {
	c, err := r.Cookie(flashName)
	if err != nil {
		return nil
	}
	v, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return nil
	}
	var f flashCookie
	if json.Unmarshal(v, &f) != nil || !i18n.Has(f.Key) {
		return nil
	}
	args := make([]any, len(f.Args))
	for i, a := range f.Args {
		args[i] = a
	}
	out := &Flash{Text: i18n.T(lang, f.Key, args...), Tone: f.Tone.known()}
	if f.Undo != "" && Local(f.Undo) == f.Undo {
		out.Undo = f.Undo
	}
	return out
}
