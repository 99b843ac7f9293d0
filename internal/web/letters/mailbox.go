// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"net/http"
	"slices"
	"time"

	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// whose are the mailboxes that an address is about.
type whose struct {
	owner  people.Owner
	at     string // where their pages are
	back   page.Link
	number string // of the matter, for a slip's
	name   string // of a colleague, when somebody administers theirs
}

// mine are the mailboxes of the reader, who must be signed in.
func (c *Counter) mine(r *http.Request) (whose, error) {
	b := page.From(r)
	o, ok := people.OwnerOf(b.Actor)
	if !ok {
		return whose{}, errs.New(errs.Denied, scope.DeniedSignIn)
	}
	back := page.Link{Href: "/me", Text: b.T("mydata.title")}
	if o.Kind == people.OwnedByAccount {
		back = page.Link{Href: "/account", Text: b.T("me.title")}
	}
	return whose{owner: o, at: "/mailbox", back: back}, nil
}

// ofSlip is the mailbox of whoever holds the slip of the matter in the address.
func (c *Counter) ofSlip(r *http.Request) (whose, error) {
	b := page.From(r)
	whole, err := c.Matters.Get(r.Context(), b.Actor, r.PathValue("number"))
	if err != nil {
		return whose{}, err
	}
	m := whole.Matter
	if !slices.Contains(b.Actor.Slips, m.ID) {
		return whose{}, errs.New(errs.NotFound, "mailbox.slip.only")
	}
	return whose{owner: people.Owner{Kind: people.OwnedBySlip, ID: m.ID}, at: "/matters/" + m.Number + "/mailbox",
		back: page.Link{Href: "/matters/" + m.Number, Text: m.Number}, number: m.Number}, nil
}

// ofColleague are the mailboxes of the account in the address, for those who
// administer the town.
func (c *Counter) ofColleague(r *http.Request) (whose, error) {
	b := page.From(r)
	if err := c.Letters.MayAdminister(b.Actor); err != nil {
		return whose{}, err
	}
	d, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return whose{}, errs.New(errs.NotFound, "account.none")
	}
	a, err := c.Letters.Access.Get(r.Context(), d)
	if err != nil {
		return whose{}, err
	}
	at := "/admin/accounts/" + d.String()
	return whose{owner: people.Owner{Kind: people.OwnedByAccount, ID: d}, at: at + "/mailbox", back: page.Link{Href: at, Text: a.Name}, name: a.Name}, nil
}

// mailboxPage is where somebody is written to, and of what.
type mailboxPage struct {
	page.Base
	Head   page.Head
	At     string
	Note   page.Note
	Ways   []way
	Topics []page.Field // of what each channel writes
	Sent   string       // address of the list of messages; "" for none
	Feed   *subscription
	How    []string
	Tray   bool
}

// A way is one channel as its owner sees it.
type way struct {
	ID, Name, Help string
	Query          string // behind the address of its acts
	Pill           page.Pill
	Note           page.Note
	Facts          []page.Fact
	Address        page.Field
	Asks           bool   // it asks for an address
	Give           string // the button that gives one; "" for none
	Main           bool   // and it is the main one
	Code           bool   // it is given by a code
	Push           string // the key by which this browser subscribes; "" for other channels
	Bind           string // the button that gives it by a code as well; "" for none
	Again, On, Off bool
	Forget         bool
}

// A subscription is the secret address of feeds.
type subscription struct {
	Lead string
	Made time.Time
}

var mailboxShown = page.New[mailboxPage](files, "mailbox.html")

// shown is all that the page of mailboxes shows.
type shown struct {
	boxes   map[notify.Channel]people.Mailbox
	offers  map[notify.Channel]bool
	topics  []people.Topic
	work    bool   // WeChat Work hands on codes
	push    string // the key
	feed    letters.Feed
	hasFeed bool
	tray    bool
}

func (c *Counter) page(r *http.Request, of whose, f *form.Form) (v mailboxPage, err error) {
	s := shown{offers: map[notify.Channel]bool{}, topics: c.Letters.Topics(of.owner.Kind), tray: c.Tray != nil, work: c.WeChat.Work != nil, push: c.PushKey}
	if s.boxes, err = c.Letters.Of(r.Context(), of.owner); err != nil {
		return v, err
	}
	for _, ch := range notify.Channels {
		s.offers[ch] = c.Letters.Offers(ch)
	}
	if of.at == "/mailbox" {
		if s.feed, s.hasFeed, err = c.Letters.FeedOf(r.Context(), of.owner); err != nil {
			return v, err
		}
	}
	b := page.From(r)
	b.Form = f
	return present(b, of, s), nil
}

// present shows mailboxes as their owner sees them.
func present(b page.Base, of whose, s shown) mailboxPage {
	title := "ways.title"
	if of.owner.Kind == people.OwnedBySlip { // who is reached by mail alone
		title = "mailbox.title"
	}
	b = b.Titled(title)
	b.Crumbs = []page.Link{of.back}
	v := mailboxPage{Base: b, At: of.at, Tray: s.tray, Head: page.Head{Kicker: of.number, Title: b.T(title), Lead: b.T("mailbox.lead." + string(of.owner.Kind))}}
	if of.name != "" {
		v.Head.Kicker, v.Head.Lead = of.name, b.T("mailbox.lead.colleague")
	}
	offered := false
	for _, ch := range people.ChannelsOf(of.owner.Kind) {
		box, any := s.boxes[ch]
		if of.name != "" && (ch == notify.Mail || ch == notify.Push) || !s.offers[ch] && !any {
			continue
		}
		offered = offered || s.offers[ch]
		w := wayOf(b, of, ch, box, any, s.offers[ch])
		if ch == notify.Push && s.offers[ch] && of.name == "" {
			w.Push = s.push
			v.Base = v.Base.With(pushScript)
		}
		if ch == notify.WeCom && s.work && w.Asks && of.name == "" {
			w.Bind = b.T("channel.wecom.give")
		}
		v.Ways = append(v.Ways, w)
		if of.name == "" && any && box.Confirmed() && len(s.topics) > 1 {
			v.Topics = append(v.Topics, topicsOf(b, box, s.topics))
		}
	}
	if !offered {
		v.Note = page.Note{Tone: page.ToneSoon, Text: b.T("letter.off")}
	}
	if mail, any := s.boxes[notify.Mail]; offered && s.offers[notify.Mail] && (!any || !mail.Ended()) && of.name == "" {
		v.How = append(v.How, "mailbox.how.confirm")
	}
	if offered {
		v.How = append(v.How, "mailbox.how.together", "mailbox.how.private", "mailbox.how.sealed", "mailbox.how.stop")
	}
	if of.at == "/mailbox" {
		v.Sent = of.at + "/sent"
		v.Feed = &subscription{Lead: b.T("mailbox.feed.lead." + string(of.owner.Kind))}
		if s.hasFeed {
			v.Feed.Made = s.feed.MadeAt
		}
	}
	return v
}

// fieldOf is the name of the field in which a channel's address is typed.
func fieldOf(ch notify.Channel) string {
	if ch == notify.Mail {
		return "mailbox"
	}
	return string(ch)
}

func topicsOf(b page.Base, box people.Mailbox, topics []people.Topic) page.Field {
	var options []page.Option
	for _, t := range topics {
		options = append(options, page.Option{Value: string(t), Text: b.T("topic." + string(t)), On: box.Hears(t)})
	}
	return page.NewField(b.Lang, b.Form, "topics_"+string(box.Channel), "channel."+string(box.Channel)).Need().Of(options)
}

func wayOf(b page.Base, of whose, ch notify.Channel, box people.Mailbox, any, offered bool) way {
	name := string(ch)
	w := way{ID: "way-" + name, Name: b.T("channel." + name), Help: b.T("channel." + name + ".help"), Query: "?channel=" + name, Forget: any}
	if any && !box.Address.Empty() {
		w.Facts = []page.Fact{{Label: b.T("channel." + name + ".address"), Value: box.Address.String(), Private: true}}
	}
	state := "channel."
	if ch == notify.Mail {
		state = "mailbox."
	}
	switch {
	case !any:
	case box.Refused():
		w.Pill = page.Pill{Text: b.T(state + "refused"), Tone: page.ToneLate}
		w.Note = page.Note{Tone: page.ToneLate, Text: b.T(state+"refused.note", i18n.Date(b.Lang, box.RefusedAt))}
		w.Again = box.Channel != notify.SMS && box.Channel != notify.WeChat && box.Channel != notify.Push
	case !box.Confirmed():
		w.Pill = page.Pill{Text: b.T(state + "unconfirmed"), Tone: page.ToneSoon}
		w.Note = page.Note{Tone: page.ToneSoon, Text: b.T(state+"unconfirmed.note", box.Address.String(), i18n.When(b.Lang, b.Now, box.ExpiresAt))}
		w.Again = true
	case box.Address.Empty():
		w.Pill = page.Pill{Text: b.T("channel.refused"), Tone: page.ToneLate}
		w.Note = page.Note{Tone: page.ToneLate, Text: b.T("people.mailbox.no_phone")}
	case !box.Wanted:
		w.Pill = page.Pill{Text: b.T(state + "off"), Tone: page.ToneQuiet}
		w.On = true
	default:
		w.Pill = page.Pill{Text: b.T(state + "on"), Tone: page.ToneDone}
		w.Off = of.owner.Kind != people.OwnedBySlip // whose letters end with the address
	}
	if any && box.Confirmed() {
		w.Facts = append(w.Facts, page.Fact{Label: b.T("mailbox.since"), Value: i18n.Date(b.Lang, box.ConfirmedAt)})
	}
	if of.name != "" { // whether they want it is for them to say
		w.On, w.Off = false, false
	}
	if offered {
		w.offer(b, ch, box, any)
	}
	w.Again = w.Again && offered
	return w
}

// offer says how an address is given.
func (w *way) offer(b page.Base, ch notify.Channel, box people.Mailbox, any bool) {
	switch ch {
	case notify.SMS:
		if !any || box.Refused() {
			w.Give = b.T("channel.sms.give")
		}
	case notify.Push:
		w.Give = b.T("channel.push.give")
		if any {
			w.Give = b.T("channel.push.other")
		}
	case notify.WeChat:
		w.Code, w.Give = true, b.T("channel.wechat.give")
		if any {
			w.Give = b.T("channel.wechat.other")
		}
	default:
		w.Asks, w.Give, w.Main = true, b.T("mailbox.give"), !any && ch == notify.Mail
		w.Address = page.NewField(b.Lang, b.Form, fieldOf(ch), "channel."+string(ch)+".address").Need().Max(64)
		if ch == notify.Mail {
			w.Address = w.Address.Max(254).As("email").Auto("email").Example("name@example.cn")
		}
		if any {
			w.Address = w.Address.Labelled(b.T("channel." + string(ch) + ".other"))
		}
		if ch != notify.Mail {
			w.Give = b.T("channel.ask")
		}
	}
}
