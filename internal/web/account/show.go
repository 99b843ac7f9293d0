// SPDX-License-Identifier: Apache-2.0

package account

import (
	"net/http"
	"strings"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// A session of the reader, as the page lists it.
type openSession struct {
	ID      string
	Browser string
	Address string
	Began   time.Time
	Seen    time.Time
	Here    bool // the one that reads the page
}

// A reason is a post of the reader, and what it allows.
type reason struct {
	Post     string // unit and title
	Role     string
	What     string
	Place    string
	Needs    []string
	Until    time.Time
	Covering string
}

// showPage is one's own account.
type showPage struct {
	page.Base
	Staff    bool
	Mail     bool // letters are offered
	Login    string
	Name     string
	Second   bool
	Codes    int
	Reasons  []reason
	Sessions []openSession
}

var show = page.New[showPage](files, "show.html")

func (c *Counter) show(w http.ResponseWriter, r *http.Request) error {
	sess, err := c.own(w, r)
	if err != nil {
		return gone(err)
	}
	by, ctx := actor(r, sess), r.Context()
	v := showPage{Base: page.From(r).Titled("me.title"), Name: sess.Name, Staff: sess.Account != 0, Mail: c.Mail}
	if v.Staff {
		a, err := c.Access.Get(ctx, sess.Account)
		if err != nil {
			return err
		}
		v.Login, v.Name, v.Second = a.Login, a.Name, a.SecondFactor
		if v.Second {
			if v.Codes, err = c.Access.UnusedRecoveryCodes(ctx, a.ID); err != nil {
				return err
			}
		}
		why, err := c.Access.Why(ctx, by, a.ID)
		if err != nil {
			return err
		}
		for _, x := range why {
			v.Reasons = append(v.Reasons, c.reason(v.Base, x))
		}
	}
	open, err := c.Access.SessionsOf(ctx, by)
	if err != nil {
		return err
	}
	for _, s := range open {
		v.Sessions = append(v.Sessions, openSession{
			ID: s.ID.String(), Browser: browser(v.Base, s.Agent), Address: s.Address, Began: s.CreatedAt, Seen: s.SeenAt, Here: s.ID == sess.ID,
		})
	}
	return show.Show(w, r, v)
}

func (c *Counter) reason(b page.Base, x access.Reason) reason {
	out := reason{Post: x.Unit.Name.In(b.Lang) + " · " + x.Post.Title.In(b.Lang), Until: x.Until, Covering: x.Covering}
	if x.Unknown {
		out.Role = x.Post.Role
	} else {
		out.Role, out.What = b.T("role."+x.Role.Key), b.T("role."+x.Role.Key+".what")
	}
	for _, n := range x.Role.Needs {
		out.Needs = append(out.Needs, b.T("need."+string(n)))
	}
	if c.Place != nil && x.Post.In() != (scope.Scope{}) {
		out.Place = c.Place(x.Post.Path).In(b.Lang)
	} else if x.Post.In() == (scope.Scope{}) {
		out.Place = b.T("me.whole_city")
	}
	return out
}

// browsers are the words by which browsers call themselves, the more particular
// first, and what people call them.
var browsers = []struct{ word, name string }{
	{"MicroMessenger", "微信"}, {"QQBrowser", "QQ 浏览器"}, {"HuaweiBrowser", "华为浏览器"}, {"MiuiBrowser", "小米浏览器"}, {"UCBrowser", "UC"},
	{"Edg", "Edge"}, {"OPR", "Opera"}, {"Firefox", "Firefox"}, {"Chrome", "Chrome"}, {"Safari", "Safari"},
}

var systems = []struct{ word, name string }{
	{"HarmonyOS", "HarmonyOS"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Macintosh", "Mac"}, {"Linux", "Linux"},
}

// browser says in two words which browser a session is in.
func browser(b page.Base, agent string) string {
	var words []string
	for _, list := range [][]struct{ word, name string }{browsers, systems} {
		for _, x := range list {
			if strings.Contains(agent, x.word) {
				words = append(words, x.name)
				break
			}
		}
	}
	if words == nil {
		return b.T("me.session.unknown")
	}
	return strings.Join(words, " · ")
}

func (c *Counter) revoke(w http.ResponseWriter, r *http.Request) error {
	sess, err := c.own(w, r)
	if err != nil {
		return gone(err)
	}
	d, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return errs.New(errs.NotFound, "session.none")
	}
	if err := c.Access.Revoke(r.Context(), sess.Self(), d); err != nil {
		return err
	}
	if d == sess.ID {
		c.left(w, r)
		return page.Done(w, r, "/", "signin.out")
	}
	return page.Done(w, r, "/account", "me.session.ended")
}

func (c *Counter) revokeOthers(w http.ResponseWriter, r *http.Request) error {
	sess, err := c.own(w, r)
	if err != nil {
		return gone(err)
	}
	if sess.Account != 0 {
		err = c.Access.RevokeAll(r.Context(), sess.Self(), sess.Account, sess.ID)
	} else {
		err = c.Access.RevokeResident(r.Context(), sess.Self(), sess.ID)
	}
	if err != nil {
		return err
	}
	return page.Done(w, r, "/account", "me.session.others_ended")
}

// passwordPage changes one's own password.
type passwordPage struct {
	page.Base
	Next string
	Must bool // it is asked for before anything else
	Name string
}

var password = page.New[passwordPage](files, "password.html")

func (c *Counter) passwordPage(r *http.Request, f *form.Form, sess access.Session, to string) passwordPage {
	v := passwordPage{Base: page.From(r).Titled("me.password.title"), Next: to, Must: sess.Stage == access.Change, Name: sess.Name}
	v.Form = f
	return v
}

// staffOnly sends residents, who have no password, to their own page.
func staffOnly(sess access.Session) error {
	if sess.Account == 0 {
		return errs.New(errs.NotFound, "account.none")
	}
	return nil
}

func (c *Counter) password(w http.ResponseWriter, r *http.Request) error {
	sess, err := c.own(w, r, access.Change)
	if err != nil {
		return gone(err)
	}
	if err := staffOnly(sess); err != nil {
		return err
	}
	return password.Show(w, r, c.passwordPage(r, nil, sess, next(r.URL.Query().Get("next"))))
}

func (c *Counter) setPassword(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	sess, err := c.own(w, r, access.Change)
	if err != nil {
		return gone(err)
	}
	if err := staffOnly(sess); err != nil {
		return err
	}
	old, fresh, again := f.Secret("old", 4*access.MaxPassword), f.Secret("new", 4*access.MaxPassword), f.Secret("again", 4*access.MaxPassword)
	to := next(f.Line("next", 2000))
	v := c.passwordPage(r, f, sess, to)
	if f.Err() == nil && fresh != again {
		f.Fault("again", "me.password.differ")
	}
	if err := f.Err(); err != nil {
		return password.Fail(w, r, v, err)
	}
	if err := c.Access.SetPassword(r.Context(), sess.Self(), sess.ID, old, fresh); err != nil {
		return password.Fail(w, r, v, err)
	}
	if sess.Stage != access.Open {
		return c.advance(w, r, to)
	}
	return page.Done(w, r, "/account", "me.password.done")
}

// advance moves the reader's session on to the next stage.
func (c *Counter) advance(w http.ResponseWriter, r *http.Request, to string) error {
	token, sess, err := c.Access.Advance(r.Context(), c.sessions.token(r))
	if err != nil {
		return err
	}
	c.sessions.set(w, r, token, sess)
	return c.on(w, r, sess, to)
}
