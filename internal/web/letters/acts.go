// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"errors"
	"net/http"

	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/notify"
	"yuanba/internal/web/feeds"
	"yuanba/internal/web/page"
)

// ownerOf says whose mailboxes an address is about.
type ownerOf func(*http.Request) (whose, error)

// channelOf is the channel that the address names; mail if it names none.
func channelOf(r *http.Request) (notify.Channel, error) {
	name := r.URL.Query().Get("channel")
	if name == "" {
		return notify.Mail, nil
	}
	for _, ch := range notify.Channels {
		if name == string(ch) {
			return ch, nil
		}
	}
	return "", errs.New(errs.NotFound, "people.mailbox.channel")
}

func (c *Counter) mailbox(owner ownerOf) page.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		of, err := owner(r)
		if err != nil {
			return err
		}
		v, err := c.page(r, of, nil)
		if err != nil {
			return err
		}
		return mailboxShown.Show(w, r, v)
	}
}

// from is the network address of the reader, for the limits of questions.
func from(r *http.Request) string { return page.From(r).Site.Address(r).String() }

// act is an act on a mailbox: it reads whose and which channel, does it, and says
// that it is done, or shows the page again with what is wrong.
func (c *Counter) act(owner ownerOf, do func(r *http.Request, of whose, ch notify.Channel, f *form.Form) (done string, err error)) page.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		of, err := owner(r)
		if err != nil {
			return err
		}
		ch, err := channelOf(r)
		if err != nil {
			return err
		}
		f := form.Of()
		done, err := do(r, of, ch, f)
		if err != nil && errs.Public(err) != nil && errs.KindOf(err) != errs.NotFound && errs.KindOf(err) != errs.Denied {
			return c.again(w, r, of, f, err)
		}
		if err != nil {
			return err
		}
		return page.Done(w, r, of.at, done)
	}
}

// again shows the page with what is wrong.
func (c *Counter) again(w http.ResponseWriter, r *http.Request, of whose, f *form.Form, why error) error {
	v, err := c.page(r, of, f)
	if err != nil {
		return err
	}
	return mailboxShown.Fail(w, r, v, why)
}

func (c *Counter) give(owner ownerOf) page.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		of, err := owner(r)
		if err != nil {
			return err
		}
		ch, err := channelOf(r)
		if err != nil {
			return err
		}
		f, err := form.Read(r)
		if err != nil {
			return err
		}
		address, done := "", "channel.given"
		if ch != notify.SMS {
			address, done = f.Line(fieldOf(ch), 1500), "mailbox.asked"
			switch ch {
			case notify.Mail:
			case notify.Push:
				done = "channel.given"
			default:
				done = "channel.asked"
			}
		}
		if err = f.Err(); err == nil {
			err = beside(fieldOf(ch), c.Letters.Give(r.Context(), page.Actor(r), of.owner, ch, address, page.From(r).Lang, from(r)))
		}
		if err != nil {
			return c.again(w, r, of, f, err)
		}
		return page.Done(w, r, of.at, done)
	}
}

// beside puts what is wrong with an address beside the field in which it was typed.
func beside(field string, err error) error {
	var e *errs.Error
	if errors.As(err, &e) && e.Field == "mailbox" {
		moved := *e
		moved.Field = field
		return &moved
	}
	return err
}

func (c *Counter) askAgain(r *http.Request, of whose, ch notify.Channel, _ *form.Form) (string, error) {
	done := "mailbox.asked"
	if ch != notify.Mail {
		done = "channel.asked"
	}
	err := c.Letters.AskAgain(r.Context(), page.Actor(r), of.owner, ch, from(r))
	var e *errs.Error
	if errors.As(err, &e) && e.Kind == errs.TooMany {
		return done, beside(fieldOf(ch), err)
	}
	return done, err
}

func (c *Counter) want(owner ownerOf, on bool) page.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		of, err := owner(r)
		if err != nil {
			return err
		}
		ch, err := channelOf(r)
		if err != nil {
			return err
		}
		if err := c.Letters.Want(r.Context(), page.Actor(r), of.owner, ch, on); err != nil {
			return err
		}
		if on {
			return page.Done(w, r, of.at, "mailbox.turned_on")
		}
		return page.Undoable(w, r, of.at, of.at+"/on?channel="+string(ch), "mailbox.turned_off")
	}
}

func (c *Counter) forget(r *http.Request, of whose, ch notify.Channel, _ *form.Form) (string, error) {
	return "mailbox.forgotten", c.Letters.End(r.Context(), page.Actor(r), of.owner, ch)
}

// choose says of what each channel writes.
func (c *Counter) choose(w http.ResponseWriter, r *http.Request) error {
	of, err := c.mine(r)
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	boxes, err := c.Letters.Of(r.Context(), of.owner)
	if err != nil {
		return err
	}
	if len(boxes) == 0 {
		return errs.New(errs.NotFound, "people.mailbox.none")
	}
	var all []string
	for _, t := range c.Letters.Topics(of.owner.Kind) {
		all = append(all, string(t))
	}
	topics := map[notify.Channel][]people.Topic{}
	for ch := range boxes {
		topics[ch] = []people.Topic{}
		for _, t := range f.Choices("topics_"+string(ch), all...) {
			topics[ch] = append(topics[ch], people.Topic(t))
		}
	}
	if err = f.Err(); err == nil {
		err = c.Letters.Choose(r.Context(), page.Actor(r), of.owner, topics)
	}
	if err != nil {
		return c.again(w, r, of, f, err)
	}
	return page.Done(w, r, of.at, "mailbox.chosen")
}

// secretPage tells something that is told once.
type secretPage struct {
	page.Base
	Head  page.Head
	Lines []page.Fact
	Steps []string
	Back  page.Link
	Next  page.Link
}

var secretShown = page.New[secretPage](files, "secret.html")

// bind shows the code that binds an account in WeChat, or WeChat Work for staff.
func (c *Counter) bind(w http.ResponseWriter, r *http.Request) error {
	of, err := c.mine(r)
	if err != nil {
		return err
	}
	b := page.From(r)
	ch := notify.WeChat
	if of.owner.Kind == people.OwnedByAccount {
		if ch = notify.WeCom; c.WeChat.Work == nil { // nobody would hand the code on
			return errs.New(errs.Denied, "people.own.only")
		}
	}
	code, ends, err := c.Letters.NewBinding(r.Context(), b.Actor, of.owner, b.Lang)
	if err != nil {
		return err
	}
	return secretShown.Show(w, r, bindingPage(b, ch, c.WeChat.Name, code, i18n.When(b.Lang, b.Now, ends), c.Tray != nil))
}

func bindingPage(b page.Base, ch notify.Channel, account, code, until string, tray bool) secretPage {
	key := "channel." + string(ch) + "."
	b = b.Titled(key + "bind")
	if account == "" || ch != notify.WeChat {
		account = b.T(key + "account")
	}
	v := secretPage{Base: b, Head: page.Head{Title: b.T(key + "bind"), Lead: b.T(key+"bind.lead", until)},
		Lines: []page.Fact{{Label: b.T(key + "code"), Value: code}},
		Steps: []string{b.T(key+"step.follow", account), b.T(key + "step.send"), b.T(key + "step.wait")},
		Back:  page.Link{Href: "/mailbox", Text: b.T(key + "sent")}}
	if tray && ch == notify.WeChat {
		v.Next = page.Link{Href: trayPath + "#wechat", Text: b.T("channel.wechat.demo")}
	}
	return v
}

// subscribe makes the reader's secret address, and shows it this once.
func (c *Counter) subscribe(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	token, err := c.Letters.NewFeed(r.Context(), b.Actor, b.Lang)
	if err != nil {
		return err
	}
	return secretShown.Show(w, r, feedPage(b, c.Letters.Address, token))
}

func feedPage(b page.Base, address, token string) secretPage {
	b = b.Titled("mailbox.feed")
	return secretPage{Base: b, Head: page.Head{Title: b.T("mailbox.feed"), Lead: b.T("mailbox.feed.once")},
		Lines: []page.Fact{{Label: b.T("mailbox.feed.calendar"), Value: address + feeds.MineDue(token)}, {Label: b.T("mailbox.feed.news"), Value: address + feeds.MineNews(token)}},
		Steps: []string{b.T("mailbox.feed.how.calendar"), b.T("mailbox.feed.how.news"), b.T("mailbox.feed.how.secret")},
		Back:  page.Link{Href: "/mailbox", Text: b.T("ways.title")}}
}

func (c *Counter) unsubscribe(w http.ResponseWriter, r *http.Request) error {
	if err := c.Letters.EndFeed(r.Context(), page.Actor(r)); err != nil {
		return err
	}
	return page.Done(w, r, "/mailbox", "mailbox.feed.ended")
}

// sentPage is what became of the messages to the reader.
type sentPage struct {
	page.Base
	Head    page.Head
	Letters []fate
	Empty   page.Empty
}

var sentShown = page.New[sentPage](files, "sent.html")

func (c *Counter) sent(w http.ResponseWriter, r *http.Request) error {
	ls, err := c.Letters.ListOf(r.Context(), page.Actor(r), perPage)
	if err != nil {
		return err
	}
	return sentShown.Show(w, r, sentOf(page.From(r), ls))
}

func sentOf(b page.Base, ls []letters.Letter) sentPage {
	b = b.Titled("mailbox.sent")
	b.Crumbs = []page.Link{{Href: "/mailbox", Text: b.T("ways.title")}}
	v := sentPage{Base: b, Head: page.Head{Title: b.T("mailbox.sent"), Lead: b.T("mailbox.sent.lead")}, Empty: page.Empty{Icon: "mail", Title: b.T("mailbox.sent.none"), Text: b.T("mailbox.sent.none.text")}}
	for _, l := range ls {
		x := fateOf(b, l)
		x.Again, x.Fault = false, "" // the operator's to read and to do
		x.Meta = append([]string{b.T("letters.state." + string(l.State))}, x.Meta...)
		v.Letters = append(v.Letters, x)
	}
	return v
}
