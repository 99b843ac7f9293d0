// SPDX-License-Identifier: Apache-2.0

package matters

import (
	_ "embed" // the script
	"net/http"
	"slices"
	"strings"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/replies"
	"yuanba/internal/kit/form"
	"yuanba/internal/web/static"
)

//go:embed check.js
var checkJS []byte

var checkScript = static.Add("check.js", checkJS)

// advice is one thing to look at again, in words.
type advice struct{ Text, Quote string }

// checks reports whether the words of an act are an answer to the reporter, which
// can be read before it leaves.
func checks(act matters.Act) bool {
	return slices.Contains([]matters.Act{matters.Handle, matters.Decline, matters.Close, matters.Inform}, act)
}

// check shows the form again with what was typed, and what to look at again in
// it. Nothing is done and nothing kept.
func (c *Counter) check(w http.ResponseWriter, r *http.Request, act matters.Act, f *form.Form) error {
	v, err := c.actPage(r, act, f)
	if err != nil {
		return err
	}
	if err := allowed(v.Base, v.whole, act); err != nil {
		return err
	}
	v.Checked = true
	for _, a := range replies.Check(asked(v.whole), said(f)) {
		v.Advice = append(v.Advice, advice{v.T("reply.advice." + string(a.Finding)), a.Quote})
	}
	return acting.Show(w, r, v)
}

// asked is everything the reporter said.
func asked(w matters.Whole) string {
	texts := []string{w.Matter.Title, w.Matter.Body}
	for _, s := range w.Steps {
		if s.Act == matters.Answer || s.Act == matters.Add {
			texts = append(texts, s.Words)
		}
	}
	return strings.Join(texts, "\n")
}
