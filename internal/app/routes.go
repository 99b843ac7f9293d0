// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/web/account"
	"yuanba/internal/web/admin"
	webaffairs "yuanba/internal/web/affairs"
	webdesk "yuanba/internal/web/desk"
	"yuanba/internal/web/feeds"
	"yuanba/internal/web/gallery"
	"yuanba/internal/web/home"
	webhot "yuanba/internal/web/hot"
	webinsights "yuanba/internal/web/insights"
	webjobs "yuanba/internal/web/jobs"
	webletters "yuanba/internal/web/letters"
	"yuanba/internal/web/livemap"
	webmatters "yuanba/internal/web/matters"
	weborgs "yuanba/internal/web/orgs"
	"yuanba/internal/web/page"
	webpatrol "yuanba/internal/web/patrol"
	webpeople "yuanba/internal/web/people"
	webplaces "yuanba/internal/web/places"
	webquestions "yuanba/internal/web/questions"
	"yuanba/internal/web/static"
	webtrail "yuanba/internal/web/trail"
	webvolunteers "yuanba/internal/web/volunteers"
)

// routes adds every counter's pages to mux.
func (a *App) routes(mux *http.ServeMux, site *page.Site) error {
	key, err := a.key("slips")
	if err != nil {
		return err
	}
	slips := &webmatters.Slips{Key: key, Next: account.Sessions{Access: a.Access, Secure: site.HTTPS}}
	site.Sessions = slips
	static.Routes(mux)
	ground, err := livemap.Open(a.Config.background())
	if err != nil {
		return fmt.Errorf("map.%w", err)
	}
	maps := &livemap.Maker{Places: a.Places, Background: ground, Log: a.log}
	maps.Routes(mux)
	if a.Options.Demo {
		gallery.Routes(mux)
	}
	account.Routes(mux, account.Options{
		Access: a.Access, Phones: a.People, Mail: a.Letters.Offered(), Secure: site.HTTPS, Guests: a.guests, Left: slips.Drop,
		Place: func(p scope.Path) i18n.Text { return a.Places.Tree().Words(p, "") },
	})
	persons := &webpeople.Counter{
		DB: a.DB, People: a.People, Access: a.Access, Matters: a.Matters, Places: a.Places, Blobs: a.Blobs, Upload: a.Config.Limits.Upload, Mail: a.Letters.Offered(), Random: a.random(), Named: a.nameOf, Workers: a.workersIn,
		Subjects: map[string]func(context.Context, scope.Actor, string) (people.Subject, error){"bookings": a.Desk.Subject, "visits": a.Desk.Subject},
	}
	persons.Routes(mux)
	counter := &webmatters.Counter{MaxUpload: a.Config.Limits.Upload,
		Matters: a.Matters, Places: a.Places, Orgs: a.Orgs, People: a.People, Calendars: a.Calendars, Routing: a.Routing, Blobs: a.Blobs, Slips: slips, Mail: a.Letters.Offered(),
		Address: a.Config.Address(), Log: a.log, Also: a.otherByCode, ForWhom: persons.ForWhom,
		Raising: func(h http.Handler) http.Handler { return page.Limit(a.Config.Limits.Raise, 60, h) },
		Asking:  func(h http.Handler) http.Handler { return page.Limit(0.2, 20, h) }, // codes are guessed slowly
	}
	asking := &webquestions.Counter{
		Questions: a.Questions, Places: a.Places, Orgs: a.Orgs, People: a.People, Matters: a.Matters, Hold: slips.Hold, Keep: slips.KeepQuestion, Seen: slips.SeenQuestion, ForWhom: persons.ForWhom,
		Address: a.Config.Address(), Asking: func(h http.Handler) http.Handler { return page.Limit(a.Config.Limits.Raise, 60, h) },
	}
	asking.Routes(mux)
	serving := &webdesk.Counter{
		Desk: a.Desk, Orgs: a.Orgs, Places: a.Places, People: a.People, Blobs: a.Blobs, Slips: slips, Address: a.Config.Address(), Upload: a.Config.Limits.Upload,
		Booking: func(h http.Handler) http.Handler { return page.Limit(a.Config.Limits.Raise, 60, h) },
	}
	serving.Routes(mux)
	counter.Beside = []func(*http.Request, page.Base) ([]page.Section, error){serving.Own, asking.Own}
	counter.Routes(mux)
	first := &home.Counter{Field: a.Field, Matters: a.Matters, Places: a.Places, Orgs: a.Orgs, People: a.People, Rows: counter.Rows, Asked: a.questionsWaiting}
	first.Routes(mux)
	hot := &webhot.Counter{Issues: a.Hot, Matters: a.Matters, Places: a.Places, Rows: counter.Rows}
	hot.Routes(mux)
	(&webvolunteers.Counter{Volunteers: a.Volunteers, Places: a.Places, Orgs: a.Orgs, People: a.People, Address: a.Config.Address()}).Routes(mux)
	(&webplaces.Counter{Places: a.Places, Maps: maps, Orgs: a.Orgs, Matters: a.Matters, Rows: counter.Rows, Choices: counter.Choices}).Routes(mux)
	cards, err := a.cards()
	if err != nil {
		return err
	}
	villages := &webaffairs.Counter{WeChat: cards, Nonce: a.nonce, Affairs: a.Affairs, Places: a.Places, Orgs: a.Orgs, Access: a.Access, DB: a.DB, Blobs: a.Blobs, Solved: a.solved(), Address: a.Config.Address()}
	villages.Routes(mux)
	counter.Tellers, first.Tellers = []page.Teller{villages}, []page.Teller{villages}
	(&weborgs.Counter{DB: a.DB, Orgs: a.Orgs, Places: a.Places, Access: a.Access, Matters: a.Matters, Rows: counter.Rows}).Routes(mux)
	(&webpatrol.Counter{Patrol: a.Patrol, Matters: a.Matters, Places: a.Places, Orgs: a.Orgs, People: a.People, Blobs: a.Blobs, MaxUpload: a.Config.Limits.Upload, Address: a.Config.Address(), Names: a.accountName, AtHome: a.itemsAtHome}).Routes(mux)
	(&feeds.Counter{Matters: a.Matters, Places: a.Places, Orgs: a.Orgs, Access: a.Access, Letters: a.Letters, Affairs: a.Affairs, Agenda: serving.Agenda, Address: a.Config.Address()}).Routes(mux)
	(&webjobs.Counter{DB: a.DB, Queue: a.Jobs, Tasks: a.tasks()}).Routes(mux)
	wechat := webletters.WeChat{Name: a.Config.WeChat.Name, Token: a.Config.WeChat.Token}
	if wechat.Envelope, err = a.Config.WeChat.envelope(); err != nil {
		return fmt.Errorf("wechat: %w", err)
	}
	if wechat.Work, err = a.Config.WeCom.envelope(); err != nil {
		return fmt.Errorf("wecom: %w", err)
	}
	secret, err := a.key("push")
	if err != nil {
		return err
	}
	pushKey, err := notify.NewPushKey(secret)
	if err != nil {
		return err
	}
	(&webletters.Counter{Letters: a.Letters, Matters: a.Matters, Tray: a.Tray, WeChat: wechat, PushKey: pushKey.Public()}).Routes(mux)
	(&webinsights.Counter{Insights: a.Insights, Live: a.Live, Matters: a.Matters, Places: a.Places, Orgs: a.Orgs, Rows: counter.Rows, Maps: maps, Hottest: hot.Hottest}).Routes(mux)
	(&webtrail.Counter{DB: a.DB, Public: a.Sealer.PublicKey()}).Routes(mux)
	(&admin.Counter{DB: a.DB, Calendars: a.Calendars, Places: a.Places, Orgs: a.Orgs, Access: a.Access, Matters: a.Matters, Routing: a.Routing, Exchange: a.Exchange, Webhooks: a.Webhooks, Chats: a.Letters.Offers(notify.WeCom) || a.Letters.Offers(notify.DingTalk), DemoKey: a.demo}).Routes(mux)
	a.fieldPages().Routes(mux)
	a.openInterfaces(mux, site)
	a.interfacePage().Routes(mux)
	site.Rail, site.Place = first.Rail, first.Where
	return nil
}

// accountName is the name of who has an account.
func (a *App) accountName(ctx context.Context, account id.ID) (name string, err error) {
	err = a.DB.Read(ctx, func(tx *sqldb.Tx) error {
		names, err := a.Access.Names(tx, account)
		name = names[account]
		return err
	})
	return name, err
}

// otherByCode is what else than a matter a number names, to who knows its code, and its
// page.
func (a *App) otherByCode(ctx context.Context, number, code string) (d id.ID, href string, err error) {
	if d, href, err = webdesk.Elsewhere(a.Desk)(ctx, number, code); href != "" {
		return d, href, err
	}
	return a.questionByCode(ctx, number, code)
}

// questionByCode is the question with a number, to who knows its code, and its page.
func (a *App) questionByCode(ctx context.Context, number, code string) (id.ID, string, error) {
	d, err := a.Questions.ByCode(ctx, number, code)
	return d, "/questions/" + strings.ToUpper(strings.TrimSpace(number)), err
}

// questionsWaiting is how many questions wait for somebody; none if it cannot be known.
func (a *App) questionsWaiting(ctx context.Context, by scope.Actor) int {
	n, _, err := a.Questions.Waiting(ctx, by)
	if err != nil {
		return 0
	}
	return n
}

// nameOf is the name of who has an account, "" if it cannot be had.
func (a *App) nameOf(account id.ID) string {
	name, err := a.accountName(context.Background(), account)
	if err != nil {
		return ""
	}
	return name
}

// workersIn are the accounts of the grid workers of a village.
func (a *App) workersIn(in scope.Path, at time.Time) (accounts []id.ID) {
	dir := a.Orgs.Directory()
	u, ok := dir.Responsible("village", in)
	if !ok {
		return nil
	}
	for _, p := range dir.Posts(u.ID) {
		if p.Role != "grid_worker" {
			continue
		}
		for _, h := range dir.Holders(p.ID, at) {
			if !slices.Contains(accounts, h.Account) {
				accounts = append(accounts, h.Account)
			}
		}
	}
	return accounts
}
