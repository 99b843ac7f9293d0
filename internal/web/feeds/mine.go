// SPDX-License-Identifier: Apache-2.0

package feeds

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"time"

	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

const (
	newsFile = "news" + ending
	dueFile  = "due.ics"
	pageFile = "news"
)

// MineNews is the address of somebody's news, by the secret that only they know.
func MineNews(token string) string { return "/feeds/mine/" + token + "/" + newsFile }

// MineDue is the address of what somebody owes until when.
func MineDue(token string) string { return "/feeds/mine/" + token + "/" + dueFile }

// MinePage is the address of somebody's news as a page, for whoever reads it at a
// machine that is not theirs.
func MinePage(token string) string { return "/feeds/mine/" + token + "/" + pageFile }

// mine answers with what concerns the owner of a secret address, in the language in
// which they asked for it.
func (c *Counter) mine(w http.ResponseWriter, r *http.Request) error {
	file := r.PathValue("file")
	if file != newsFile && file != dueFile && file != pageFile {
		return errs.New(errs.NotFound, "feeds.none")
	}
	f, err := c.Letters.FeedBy(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	by, err := c.actor(r.Context(), f.Owner)
	if err != nil {
		return err
	}
	b := page.From(r)
	b.Lang = f.Lang
	if file == newsFile {
		return c.news(w, r, b, f, by)
	}
	if file == pageFile {
		return c.read(w, r, b, by)
	}
	cal, err := c.due(r.Context(), b, by)
	if err != nil {
		return err
	}
	return Secretly(w, r, ICalType, cal.Bytes())
}

// actor is who somebody is, as if they had signed in.
func (c *Counter) actor(ctx context.Context, of people.Owner) (scope.Actor, error) {
	if of.Kind == people.OwnedByAccount {
		return c.Access.ActorOf(ctx, of.ID)
	}
	return scope.Actor{Kind: scope.Resident, Resident: of.ID}, nil
}

// Secretly answers with what only the holder of the address may keep.
func Secretly(w http.ResponseWriter, r *http.Request, kind string, body []byte) error {
	sum := sha256.Sum256(body)
	h := w.Header()
	h.Set("Content-Type", kind+"; charset=utf-8")
	h.Set("ETag", `W/"`+hex.EncodeToString(sum[:12])+`"`)
	h.Set("Cache-Control", "private, max-age=300")
	h.Set("X-Robots-Tag", "noindex")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	return nil
}

// called is how a matter is called where many hands may read it: by its title if
// everybody may, else not at all.
func called(b page.Base, k matters.Card) string {
	if k.VisibleToAll() {
		return k.Title
	}
	return b.T("matter.notice.not_public")
}

func (c *Counter) news(w http.ResponseWriter, r *http.Request, b page.Base, f letters.Feed, by scope.Actor) error {
	ns, err := c.Matters.Notices(r.Context(), by, 0)
	if err != nil {
		return err
	}
	v := c.feed(b, "news/"+f.ID.String(), b.T("feeds.mine.news", b.Site.Town.In(b.Lang)), "/news")
	v.Links = v.Links[1:] // its own address is a secret, and not to be passed on with it
	for _, n := range ns[:min(len(ns), most)] {
		v.Entries = append(v.Entries, entry{
			ID: c.urn("notice/" + n.ID.String()), Title: b.T(n.Key, n.Card.Number, called(b, n.Card)), Updated: stamp(n.At), Published: stamp(n.At),
			Links: []link{{Rel: "alternate", Type: "text/html", Href: c.Address + "/matters/" + n.Card.Number}},
			Text:  text{Type: "text", Words: n.Card.Number + " · " + b.T("matter.state."+string(n.Card.State))},
		})
	}
	body, _, err := v.bytes()
	if err != nil {
		return err
	}
	return Secretly(w, r, atomType, body)
}

// mostDue is how many moments a calendar has, the nearest first.
const mostDue = 200

// due is what somebody owes: to staff the ends of the turns in their inbox, and of
// the calls to their units; to a resident the days by which they are to answer, and
// those by which something was promised to them; and the times that are taken: at a
// counter, at somebody's home.
func (c *Counter) due(ctx context.Context, b page.Base, by scope.Actor) (Calendar, error) {
	v := Calendar{Lang: string(b.Lang), Name: b.T("feeds.mine.due", b.Site.Town.In(b.Lang))}
	add := func(what, key string, k matters.Card, at time.Time, warn time.Duration) {
		if at.IsZero() {
			return
		}
		v.Events = append(v.Events, Event{UID: c.urn(what + "/" + k.ID.String()), At: at, Changed: later(k.RaisedAt, k.MovedAt), Title: b.T(key, k.Number),
			Words: called(b, k) + "\n" + b.T("matter.state."+string(k.State)) + " · " + i18n.Exact(b.Lang, at), URL: c.Address + "/matters/" + k.Number, Warn: warn})
	}
	if by.Kind == scope.Staff {
		in, err := c.Matters.Inbox(ctx, by, matters.Filter{Most: mostDue}, nil)
		if err != nil {
			return v, err
		}
		for _, k := range in.Cards {
			add("turn", "feeds.due.turn", k, k.Due, 4*time.Hour)
		}
		for what, calls := range map[string][]matters.Called{"whistle": in.Whistles, "assist": in.Assists} {
			for _, x := range calls {
				add(what, "feeds.due."+what, x.Card, x.Due, 4*time.Hour)
			}
		}
	} else {
		p, err := c.Matters.Mine(ctx, by, matters.Filter{Open: true, Most: mostDue})
		if err != nil {
			return v, err
		}
		for _, k := range p.Cards {
			if k.State.Turn() == matters.TurnReporter {
				add("answer", "feeds.due.answer", k, k.Due, 24*time.Hour)
				continue
			}
			add("promise", "feeds.due.promise", k, k.Promised, 0)
		}
	}
	if c.Agenda != nil {
		more, err := c.Agenda(ctx, b, by)
		if err != nil {
			return v, err
		}
		v.Events = append(v.Events, more...)
	}
	slices.SortFunc(v.Events, func(x, y Event) int {
		if d := x.At.Compare(y.At); d != 0 {
			return d
		}
		return slices.Compare([]byte(x.UID), []byte(y.UID))
	})
	return v, nil
}

// The texts, named whole for those who look for them.
var _ = []string{"feeds.due.turn", "feeds.due.whistle", "feeds.due.assist", "feeds.due.answer", "feeds.due.promise"}
