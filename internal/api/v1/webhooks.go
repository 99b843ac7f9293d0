// SPDX-License-Identifier: Apache-2.0

package v1

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/webhooks"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// SettleWebhook is what a program settles of a webhook.
type SettleWebhook struct {
	Name       string   `json:"name" minLength:"1" maxLength:"40" doc:"What it is for."`
	URL        string   `json:"url" format:"uri" maxLength:"500" doc:"Where messages are sent by POST: https."`
	Events     []string `json:"events,omitempty" nullable:"false" maxItems:"60" doc:"Of which events it hears; of all if left out. Their names stand under webhooks in this document."`
	Categories []string `json:"categories,omitempty" nullable:"false" maxItems:"200" doc:"The codes of categories; all if left out."`
	Place      string   `json:"place,omitempty" doc:"The code or id of a place: what lies in it."`
	Lang       string   `json:"lang,omitempty" enum:"zh-CN,en" doc:"The language of the names in messages; that of the request if left out."`
}

// A Webhook is an address to which messages are sent.
type Webhook struct {
	ID          string         `json:"id"`
	Name        string         `json:"name"`
	URL         string         `json:"url" format:"uri"`
	Events      []string       `json:"events" nullable:"false" doc:"None: all of them."`
	Categories  []string       `json:"categories" nullable:"false" doc:"None: all of them."`
	Place       *PlaceRef      `json:"place,omitempty"`
	Lang        string         `json:"lang" enum:"zh-CN,en"`
	State       string         `json:"state" enum:"active,paused,disabled"`
	Why         string         `json:"why,omitempty" doc:"Why it was disabled."`
	CreatedAt   time.Time      `json:"created_at"`
	FormerUntil *time.Time     `json:"former_until,omitempty" doc:"Until when messages are signed with the secret before this one too."`
	GoodAt      *time.Time     `json:"good_at,omitempty" doc:"When a message last arrived."`
	FailingAt   *time.Time     `json:"failing_at,omitempty" doc:"Since when nothing has arrived; absent if the last message did."`
	RestUntil   *time.Time     `json:"rest_until,omitempty" doc:"Nothing is sent before."`
	Deliveries  map[string]int `json:"deliveries,omitempty" doc:"How many there are of each fate; only where one webhook is asked for."`
	Version     int            `json:"version"`
}

func (w Webhook) version() int { return w.Version }

// A NewWebhook is a webhook with its secret.
type NewWebhook struct {
	Webhook
	Secret string `json:"secret" doc:"With which messages are signed. It is told this once."`
}

// Webhooks are those of the key.
type Webhooks struct {
	Items []Webhook `json:"items" nullable:"false"`
}

// A Secret signs messages.
type Secret struct {
	Secret      string    `json:"secret" doc:"It is told this once."`
	FormerUntil time.Time `json:"former_until" doc:"Until when messages are signed with the one before it too."`
}

// A Delivery is one message on its way to a webhook, or there.
type Delivery struct {
	ID      string     `json:"id" doc:"The webhook-id of the message, however often it is sent."`
	Event   string     `json:"event"`
	Number  string     `json:"number,omitempty" doc:"Of the matter; absent of a test."`
	At      time.Time  `json:"at" doc:"When it happened."`
	State   string     `json:"state" enum:"waiting,delivered,failed,withheld"`
	Tries   int        `json:"tries"`
	Due     *time.Time `json:"due,omitempty" doc:"When it is tried next."`
	TriedAt *time.Time `json:"tried_at,omitempty"`
	Status  int        `json:"status,omitempty" doc:"Of the last answer."`
	TookMS  int        `json:"took_ms,omitempty" doc:"Milliseconds until then."`
	Fault   string     `json:"fault,omitempty" doc:"Why the last try came to nothing."`
	Answer  string     `json:"answer,omitempty" doc:"The first bytes of the last answer; only where one delivery is asked for."`
}

// Deliveries is a page of a list.
type Deliveries struct {
	Items []Delivery `json:"items" nullable:"false"`
	Next  string     `json:"next,omitempty" doc:"The cursor of the next page; absent on the last one."`
}

// delivering narrows a list of deliveries.
type delivering struct {
	State  string `query:"state" enum:"waiting,delivered,failed,withheld" doc:"Only those."`
	Cursor string `query:"cursor" doc:"Where the list goes on: next of the page before."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many a page has at most."`
}

func webhookOperations() []Operation {
	own := func(id, path string, errors ...int) Operation {
		return Operation{ID: id, Path: path, Tag: "webhooks", Scope: access.Webhooks, Errors: errors}
	}
	const one, sent = "/webhooks/{webhook}", "/webhooks/{webhook}/deliveries/{delivery}"
	adding := own("addWebhook", "/webhooks", http.StatusConflict)
	adding.status, adding.once = http.StatusCreated, true
	showing := own("getWebhook", one, http.StatusNotFound)
	showing.etag = true
	editing := own("editWebhook", one, http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed)
	editing.etag, editing.match = true, true
	listed := own("listDeliveries", one+"/deliveries", http.StatusNotFound)
	listed.paged = true
	removing := own("removeWebhook", one+"/acts/remove", http.StatusNotFound)
	removing.status = http.StatusNoContent
	act := func(id, path string) Operation { return own(id, path, http.StatusNotFound, http.StatusConflict) }
	return []Operation{
		reads(own("listWebhooks", "/webhooks"), (*call).webhooks),
		writes(adding, (*call).addWebhook),
		reads(showing, (*call).webhook),
		writes(editing, (*call).editWebhook),
		writes(act("pauseWebhook", one+"/acts/pause"), func(c *call, _ Plain) (*Webhook, error) { return c.toWebhook(c.s.Webhooks.Pause) }),
		writes(act("resumeWebhook", one+"/acts/resume"), func(c *call, _ Plain) (*Webhook, error) { return c.toWebhook(c.s.Webhooks.Resume) }),
		writes(act("rotateWebhook", one+"/acts/rotate"), (*call).rotateWebhook),
		writes(act("testWebhook", one+"/acts/test"), (*call).testWebhook),
		writes(removing, (*call).removeWebhook),
		reads(listed, (*call).deliveries),
		reads(own("getDelivery", sent, http.StatusNotFound), (*call).delivery),
		writes(act("sendAgain", sent+"/acts/again"), (*call).sendAgain),
	}
}

// holder is whose webhooks are asked about.
func (c *call) holder() webhooks.Who { return webhooks.Who{Actor: c.by(), Key: c.caller.Key.ID} }

// recordAt is the record that a name in the address stands for.
func (c *call) recordAt(name, missing string) (id.ID, error) {
	d, err := id.Parse(c.r.PathValue(name))
	if err != nil {
		return 0, errs.New(errs.NotFound, missing)
	}
	return d, nil
}

func (c *call) webhookAt() (id.ID, error) { return c.recordAt("webhook", "webhook.none") }

func (c *call) deliveryAt() (hook, d id.ID, err error) {
	if hook, err = c.webhookAt(); err == nil {
		d, err = c.recordAt("delivery", "webhook.delivery.none")
	}
	return hook, d, err
}

func (c *call) webhookOf(h webhooks.Hook) Webhook {
	out := Webhook{ID: h.ID.String(), Name: h.Name, URL: h.URL, Events: []string{}, Categories: append([]string{}, h.Categories...), Lang: string(h.Lang), State: string(h.State),
		CreatedAt: h.CreatedAt.UTC(), FormerUntil: at(h.FormerUntil), GoodAt: at(h.GoodAt), FailingAt: at(h.FailingAt), RestUntil: at(h.RestUntil), Version: int(h.Version)}
	for _, e := range h.Events() {
		out.Events = append(out.Events, string(e))
	}
	if p, ok := c.s.Places.Tree().Get(h.Place); ok {
		r := c.placeRef(p.Path)
		out.Place = &r
	}
	if h.Why != "" {
		out.Why = c.T(h.Why)
	}
	return out
}

func (c *call) deliveryOf(d webhooks.Delivery) Delivery {
	out := Delivery{ID: d.ID.String(), Event: string(d.Event()), Number: d.Number, At: d.At.UTC(), State: string(d.Fate), Tries: d.Tries, TriedAt: at(d.TriedAt), Status: d.Status, TookMS: int(d.Took.Milliseconds())}
	if d.Fate == webhooks.Waiting {
		out.Due = at(d.DueAt)
	}
	if d.Fault != "" {
		out.Fault = c.T(d.Fault)
	}
	return out
}

func (c *call) webhooks(nothing) (out Webhooks, err error) {
	hs, err := c.s.Webhooks.List(c.r.Context(), c.holder())
	out.Items = make([]Webhook, len(hs))
	for i, h := range hs {
		out.Items[i] = c.webhookOf(h)
	}
	return out, err
}

func (c *call) webhook(nothing) (out Webhook, err error) {
	d, err := c.webhookAt()
	if err != nil {
		return out, err
	}
	h, counts, err := c.s.Webhooks.Get(c.r.Context(), c.holder(), d)
	if err != nil {
		return out, err
	}
	out = c.webhookOf(h)
	out.Deliveries = map[string]int{}
	for f, n := range counts {
		out.Deliveries[string(f)] = n
	}
	return out, nil
}

// settling is what was sent as the domain understands it.
func (c *call) settling(in SettleWebhook) (out webhooks.Settling, err error) {
	out = webhooks.Settling{Name: in.Name, URL: in.URL, Categories: in.Categories, Lang: c.lang}
	for _, e := range in.Events {
		out.Events = append(out.Events, webhooks.Event(e))
	}
	if in.Lang != "" {
		lang, ok := i18n.Parse(in.Lang)
		if !ok {
			return out, errs.At("lang", "api.lang")
		}
		out.Lang = lang
	}
	if in.Place != "" {
		p, ok := c.placeOf(in.Place)
		if !ok {
			return out, errs.At("place", "matter.place.unknown")
		}
		out.Place = p.ID
	}
	return out, nil
}

func (c *call) addWebhook(in SettleWebhook) (out NewWebhook, err error) {
	settling, err := c.settling(in)
	if err != nil {
		return out, err
	}
	out, err = once(c, in, func(tx *sqldb.Tx) (NewWebhook, error) {
		secret, h, err := c.s.Webhooks.AddIn(tx, c.holder(), settling)
		return NewWebhook{c.webhookOf(h), secret}, err
	})
	if err == nil {
		c.w.Header().Set("Location", c.s.Address+Prefix+"/webhooks/"+out.ID)
	}
	return out, err
}

func (c *call) editWebhook(in SettleWebhook) (*Webhook, error) {
	settling, err := c.settling(in)
	if err != nil {
		return nil, err
	}
	version, err := c.expected()
	if err != nil {
		return nil, err
	}
	settling.Version = int64(version)
	out, err := c.toWebhook(func(ctx context.Context, who webhooks.Who, d id.ID) error {
		return c.s.Webhooks.Edit(ctx, who, d, settling)
	})
	if err != nil && version != 0 && errs.KindOf(err) == errs.Conflict {
		err = &refused{http.StatusPreconditionFailed, err}
	}
	if err == nil {
		c.w.Header().Set("ETag", `"`+strconv.Itoa(out.Version)+`"`)
	}
	return out, err
}

// toWebhook does something to a webhook, and answers with how it stands then.
func (c *call) toWebhook(do func(ctx context.Context, who webhooks.Who, d id.ID) error) (*Webhook, error) {
	d, err := c.webhookAt()
	if err != nil {
		return nil, err
	}
	if err := do(c.r.Context(), c.holder(), d); err != nil {
		return nil, err
	}
	out, err := c.webhook(nothing{})
	return &out, err
}

func (c *call) rotateWebhook(Plain) (out Secret, err error) {
	d, err := c.webhookAt()
	if err != nil {
		return out, err
	}
	if out.Secret, err = c.s.Webhooks.Rotate(c.r.Context(), c.holder(), d); err != nil {
		return out, err
	}
	h, _, err := c.s.Webhooks.Get(c.r.Context(), c.holder(), d)
	out.FormerUntil = h.FormerUntil.UTC()
	return out, err
}

func (c *call) testWebhook(Plain) (out Delivery, err error) {
	hook, err := c.webhookAt()
	if err != nil {
		return out, err
	}
	d, err := c.s.Webhooks.Test(c.r.Context(), c.holder(), hook)
	if err != nil {
		return out, err
	}
	return c.deliveryWith(hook, d.ID)
}

func (c *call) removeWebhook(Plain) (*Webhook, error) {
	d, err := c.webhookAt()
	if err != nil {
		return nil, err
	}
	return nil, c.s.Webhooks.Remove(c.r.Context(), c.holder(), d)
}

func (c *call) deliveries(q delivering) (out Deliveries, err error) {
	hook, err := c.webhookAt()
	if err != nil {
		return out, err
	}
	var before id.ID
	if q.Cursor != "" {
		if before, err = id.Parse(q.Cursor); err != nil {
			return out, malformed("cursor", "api.cursor")
		}
	}
	most := q.Limit
	if most == 0 {
		most = usualLimit
	}
	ds, err := c.s.Webhooks.Deliveries(c.r.Context(), c.holder(), hook, webhooks.Fate(q.State), before, most+1)
	if err != nil {
		return out, err
	}
	if len(ds) > most {
		ds = ds[:most]
		out.Next = ds[most-1].ID.String()
		v := url.Values{"cursor": {out.Next}}
		for _, name := range []string{"state", "limit"} {
			if s := c.r.URL.Query().Get(name); s != "" {
				v.Set(name, s)
			}
		}
		c.w.Header().Set("Link", "<"+c.s.Address+Prefix+"/webhooks/"+hook.String()+"/deliveries?"+v.Encode()+`>; rel="next"`)
	}
	out.Items = slices.Grow([]Delivery{}, len(ds))
	for _, d := range ds {
		out.Items = append(out.Items, c.deliveryOf(d))
	}
	return out, nil
}

const usualLimit = 50

func (c *call) delivery(nothing) (out Delivery, err error) {
	hook, d, err := c.deliveryAt()
	if err != nil {
		return out, err
	}
	return c.deliveryWith(hook, d)
}

func (c *call) deliveryWith(hook, d id.ID) (out Delivery, err error) {
	x, answer, err := c.s.Webhooks.Delivery(c.r.Context(), c.holder(), hook, d)
	if err != nil {
		return out, err
	}
	out = c.deliveryOf(x)
	out.Answer = answer
	return out, nil
}

func (c *call) sendAgain(Plain) (out Delivery, err error) {
	hook, d, err := c.deliveryAt()
	if err != nil {
		return out, err
	}
	if err := c.s.Webhooks.Again(c.r.Context(), c.holder(), hook, d); err != nil {
		return out, err
	}
	return c.deliveryWith(hook, d)
}
