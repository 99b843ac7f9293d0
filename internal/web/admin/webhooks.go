// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/webhooks"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

func (c *Counter) webhookRoutes(mux *http.ServeMux) {
	mux.Handle("GET /admin/webhooks", guarded(c.webhooks))
	c.task(mux, "/admin/webhooks/add", task{key: "admin.webhook.add.", form: c.webhookForm, do: c.addWebhook})
	mux.Handle("GET /admin/webhooks/{id}", guarded(c.webhook))
	c.task(mux, "/admin/webhooks/{id}/edit", task{key: "admin.webhook.edit.", form: c.webhookForm, do: c.editWebhook})
	c.task(mux, "/admin/webhooks/{id}/rotate", task{key: "admin.webhook.rotate.", form: c.aboutWebhook, do: c.rotateWebhook})
	c.task(mux, "/admin/webhooks/{id}/pause", task{key: "admin.webhook.pause.", form: c.aboutWebhook, do: c.pauseWebhook})
	c.task(mux, "/admin/webhooks/{id}/resume", task{key: "admin.webhook.resume.", form: c.aboutWebhook, do: c.resumeWebhook})
	c.task(mux, "/admin/webhooks/{id}/test", task{key: "admin.webhook.test.", form: c.aboutWebhook, do: c.testWebhook})
	c.task(mux, "/admin/webhooks/{id}/remove", task{key: "admin.webhook.remove.", danger: true, form: c.aboutWebhook, do: c.removeWebhook})
	mux.Handle("GET /admin/webhooks/{id}/deliveries/{delivery}", guarded(c.delivery))
	c.task(mux, "/admin/webhooks/{id}/deliveries/{delivery}/again", task{key: "admin.webhook.again.", form: c.aboutDelivery, do: c.sendAgain})
}

func adminWebhook(d id.ID) string { return "/admin/webhooks/" + d.String() }

func adminDelivery(d webhooks.Delivery) string {
	return adminWebhook(d.Hook) + "/deliveries/" + d.ID.String()
}

func (c *Counter) holder(r *http.Request) webhooks.Who {
	return webhooks.Who{Actor: page.Actor(r)}
}

// webhooks lists the addresses at which other programs hear of matters.
func (c *Counter) webhooks(w http.ResponseWriter, r *http.Request) error {
	hs, err := c.Webhooks.List(r.Context(), c.holder(r))
	if err != nil {
		return err
	}
	return recorded.Show(w, r, webhooksPage(page.From(r), hs))
}

func webhooksPage(b page.Base, hs []webhooks.Hook) recordPage {
	b = b.Titled("admin.to.webhooks")
	b.Crumbs = []page.Link{{Href: "/admin", Text: b.T("admin.title")}}
	v := recordPage{Base: b, Head: page.Head{Title: b.T("admin.to.webhooks"), Lead: b.T("admin.about.webhooks"), Action: page.Link{Href: "/admin/webhooks/add", Text: b.T("admin.webhook.add.title"), Icon: "plus", Main: true}}}
	var rows []page.Row
	for _, h := range hs {
		rows = append(rows, webhookRow(b, h))
	}
	if rows == nil {
		v.Empty = page.Empty{Icon: "link", Title: b.T("admin.webhook.empty"), Text: b.T("admin.webhook.empty.text")}
	} else {
		v.Groups = []group{{Rows: rows}}
	}
	return v
}

func webhookRow(b page.Base, h webhooks.Hook) page.Row {
	row := page.Row{Href: adminWebhook(h.ID), Title: h.Name, Meta: []string{hostOf(h.URL)}, Pill: webhookPill(b, h)}
	for i, e := range h.Events() {
		if i == shownEvents {
			row.Tags = append(row.Tags, "…")
			break
		}
		row.Tags = append(row.Tags, e.Name(b.Lang))
	}
	return row
}

// shownEvents is how many events a line of the list names.
const shownEvents = 4

// hostOf is the part of an address that a list shows: what follows may be a secret.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

func webhookPill(b page.Base, h webhooks.Hook) page.Pill {
	p := page.Pill{Text: b.T("webhook.state." + string(h.State)), Tone: page.ToneDone}
	switch {
	case h.State == webhooks.Disabled:
		p.Tone = page.ToneLate
	case h.State == webhooks.Paused:
		p.Tone = page.ToneQuiet
	case !h.FailingAt.IsZero():
		p.Text, p.Tone = b.T("webhook.fate.failed"), page.ToneSoon
	}
	return p
}

const deliveriesMost = 50

func (c *Counter) webhookAt(r *http.Request) (webhooks.Hook, map[webhooks.Fate]int, error) {
	d, err := named(r, "webhook.none")
	if err != nil {
		return webhooks.Hook{}, nil, err
	}
	return c.Webhooks.Get(r.Context(), c.holder(r), d)
}

func (c *Counter) webhook(w http.ResponseWriter, r *http.Request) error {
	h, counts, err := c.webhookAt(r)
	if err != nil {
		return err
	}
	v, err := c.webhookPage(page.From(r), r, h, counts)
	if err != nil {
		return err
	}
	return recorded.Show(w, r, v)
}

// webhookPage is what is known of a webhook, with its latest deliveries.
func (c *Counter) webhookPage(b page.Base, r *http.Request, h webhooks.Hook, counts map[webhooks.Fate]int) (recordPage, error) {
	q := r.URL.Query()
	fate := webhooks.Fate("")
	if slices.Contains(webhooks.Fates, webhooks.Fate(q.Get("state"))) {
		fate = webhooks.Fate(q.Get("state"))
	}
	var before id.ID
	if s := q.Get("before"); s != "" {
		var err error
		if before, err = id.Parse(s); err != nil {
			return recordPage{}, err
		}
	}
	ds, err := c.Webhooks.Deliveries(r.Context(), c.holder(r), h.ID, fate, before, deliveriesMost+1)
	if err != nil {
		return recordPage{}, err
	}
	names, err := c.names(r.Context(), []id.ID{h.CreatedBy})
	if err != nil {
		return recordPage{}, err
	}
	about := webhookAbout{by: names[h.CreatedBy]}
	if h.Key != 0 {
		k, err := c.Access.Key(r.Context(), page.Actor(r), h.Key)
		if err != nil && errs.KindOf(err) != errs.NotFound {
			return recordPage{}, err
		}
		about.key = page.Fact{Label: b.T("admin.webhook.key"), Value: k.Name, Href: adminKey(k)}
	}
	if p, ok := c.Places.Tree().Get(h.Place); ok {
		about.place = c.Places.Tree().Words(p.Path, "").In(b.Lang)
	}
	for _, code := range h.Categories {
		about.categories = append(about.categories, c.Matters.Catalogue().Name(b.Lang, code))
	}
	return webhookShown(b, h, about, fate, ds, counts), nil
}

// webhookAbout is what others know about a webhook.
type webhookAbout struct {
	key        page.Fact
	place, by  string
	categories []string
}

func webhookShown(b page.Base, h webhooks.Hook, about webhookAbout, fate webhooks.Fate, ds []webhooks.Delivery, counts map[webhooks.Fate]int) recordPage {
	b.Title = h.Name
	b.Crumbs = []page.Link{{Href: "/admin", Text: b.T("admin.title")}, {Href: "/admin/webhooks", Text: b.T("admin.to.webhooks")}}
	v := recordPage{Base: b, Head: page.Head{Kicker: hostOf(h.URL), Title: h.Name}}
	at := adminWebhook(h.ID)
	switch {
	case h.Why != "":
		v.Notes = []page.Note{{Tone: page.ToneLate, Text: b.T(h.Why), Link: page.Link{Href: at + "/resume", Text: b.T("admin.webhook.resume.title")}}}
	case !h.FailingAt.IsZero():
		v.Notes = []page.Note{{Tone: page.ToneSoon, Text: b.T("admin.webhook.failing.note", i18n.When(b.Lang, b.Now, h.FailingAt), h.Streak)}}
	}
	v.fact("admin.webhook.state", webhookPill(b, h).Text)
	v.fact("admin.webhook.url", h.URL)
	if about.key.Value != "" {
		v.Facts = append(v.Facts, about.key)
	} else {
		v.fact("admin.webhook.key", b.T("admin.webhook.key.none"))
	}
	several := func(key string, all []string) {
		if len(all) == 0 {
			all = []string{b.T("admin.webhook.all")}
		}
		v.Facts = append(v.Facts, page.Fact{Label: b.T(key), Value: all[0], Lines: all[1:]})
	}
	var events []string
	for _, e := range h.Events() {
		events = append(events, e.Name(b.Lang))
	}
	several("admin.webhook.events", events)
	several("admin.webhook.categories", about.categories)
	v.fact("admin.field.where", about.place)
	v.fact("admin.webhook.lang", b.T("admin.webhook.lang."+string(h.Lang)))
	good := b.T("admin.webhook.never")
	if !h.GoodAt.IsZero() {
		good = i18n.When(b.Lang, b.Now, h.GoodAt)
	}
	v.fact("admin.webhook.good", good)
	if h.RestUntil.After(b.Now) {
		v.fact("admin.webhook.rest", i18n.When(b.Lang, b.Now, h.RestUntil))
	}
	if h.FormerUntil.After(b.Now) {
		v.fact("admin.webhook.former", i18n.When(b.Lang, b.Now, h.FormerUntil))
	}
	v.fact("admin.webhook.since", i18n.Date(b.Lang, h.CreatedAt))
	v.fact("admin.webhook.by", about.by)

	all := 0
	for _, n := range counts {
		all += n
	}
	v.Tabs = []page.Tab{{Text: b.T("admin.webhook.all"), Href: at, Count: all, Current: fate == ""}}
	for _, f := range webhooks.Fates {
		v.Tabs = append(v.Tabs, page.Tab{Text: b.T("webhook.fate." + string(f)), Href: at + "?state=" + string(f), Count: counts[f], Current: f == fate})
	}
	if len(ds) > deliveriesMost {
		ds = ds[:deliveriesMost]
		q := url.Values{"before": {ds[deliveriesMost-1].ID.String()}}
		if fate != "" {
			q.Set("state", string(fate))
		}
		v.Pager.Older = at + "?" + q.Encode()
	}
	if len(ds) == 0 {
		v.Empty = page.Empty{Icon: "link", Title: b.T("admin.webhook.deliveries.none")}
	} else {
		v.Groups = []group{{Rows: deliveryRows(b, ds)}}
	}
	v.way(at+"/test", "admin.webhook.test.title", "arrow")
	v.way(at+"/edit", "admin.webhook.edit.title", "edit")
	v.way(at+"/rotate", "admin.webhook.rotate.title", "lock")
	if h.State == webhooks.Active {
		v.way(at+"/pause", "admin.webhook.pause.title", "clock")
	} else {
		v.way(at+"/resume", "admin.webhook.resume.title", "check")
	}
	v.way(at+"/remove", "admin.webhook.remove.title", "x")
	return v
}

func (c *Counter) webhookForm(s *sheet) error {
	h := webhooks.Hook{Lang: s.Lang}
	s.back = "/admin/webhooks"
	if s.r.PathValue("id") != "" {
		var err error
		if h, _, err = c.webhookAt(s.r); err != nil {
			return err
		}
		s.title, s.back = h.Name, adminWebhook(h.ID)
		s.carry("version", strconv.FormatInt(h.Version, 10))
	}
	ks, err := c.Access.ListKeys(s.r.Context(), s.Actor)
	if err != nil {
		return err
	}
	root, _ := c.Places.Tree().City()
	s.askWebhook(h, keyOptions(s.Base, ks, h.Key), c.placeOptions(s.Base, root.ID, scope.Village), c.categoryOptions(s.Base))
	return nil
}

// keyOptions are the keys to which a webhook can belong.
func keyOptions(b page.Base, ks []access.APIKey, now id.ID) (os []page.Option) {
	for _, k := range ks {
		if k.ID == now || k.Good(b.Now) && k.May(access.Webhooks) {
			os = append(os, page.Option{Value: k.ID.String(), Text: k.Name})
		}
	}
	return os
}

// askWebhook asks for what is settled of a webhook.
func (s *sheet) askWebhook(h webhooks.Hook, keys, places, categories []page.Option) {
	chosen := func(d id.ID) string {
		if d == 0 {
			return ""
		}
		return d.String()
	}
	s.ask("text", s.field("name", "admin.webhook.name").Need().Max(40).Auto("off").From(h.Name))
	s.ask("text", s.field("url", "admin.webhook.url").Need().As("url").Max(500).From(h.URL))
	s.ask("select", s.field("key", "admin.webhook.key").Of(keys).Example(s.T("admin.webhook.key.none")).From(chosen(h.Key)))
	var events []page.Option
	for _, e := range webhooks.Events() {
		events = append(events, page.Option{Value: string(e), Text: e.Name(s.Lang), Help: string(e), On: s.Form == nil && slices.Contains(h.Events(), e)})
	}
	s.ask("boxes", s.field("events", "admin.webhook.events").Of(events))
	for i, o := range categories {
		categories[i].On = s.Form == nil && slices.Contains(h.Categories, o.Value)
	}
	s.ask("select", s.field("place", "admin.field.where").Of(places).From(chosen(h.Place)))
	s.ask("boxes", s.field("categories", "admin.webhook.categories").Of(categories))
	s.ask("radios", s.field("lang", "admin.webhook.lang").Need().Of(options(i18n.Langs, func(l i18n.Lang) string { return s.T("admin.webhook.lang." + string(l)) })).From(string(h.Lang)))
}

func readWebhook(f *form.Form) webhooks.Settling {
	in := webhooks.Settling{Name: f.Line("name", 80), URL: f.Line("url", 600), Lang: i18n.Lang(f.Choice("lang", string(i18n.ZH), string(i18n.EN))), Version: int64(f.Int("version", 0, 1<<30))}
	if f.Get("key") != "" {
		in.Key = f.ID("key")
	}
	if f.Get("place") != "" {
		in.Place = f.ID("place")
	}
	for _, e := range f.All("events") {
		in.Events = append(in.Events, webhooks.Event(strings.ToValidUTF8(e, "")))
	}
	for _, c := range f.All("categories") {
		in.Categories = append(in.Categories, strings.ToValidUTF8(c, ""))
	}
	return in
}

func (c *Counter) addWebhook(r *http.Request, f *form.Form) (done, error) {
	in := readWebhook(f)
	if err := f.Err(); err != nil {
		return done{}, err
	}
	secret, h, err := c.Webhooks.Add(r.Context(), c.holder(r), in)
	if err != nil {
		return done{}, err
	}
	return c.withSecret(h, secret), nil
}

// withSecret shows a webhook with its secret, once.
func (c *Counter) withSecret(h webhooks.Hook, secret string) done {
	return done{show: func(w http.ResponseWriter, r *http.Request) error {
		v, err := c.webhookPage(page.From(r), r, h, nil)
		if err != nil {
			return err
		}
		v.Notes = []page.Note{{Tone: page.ToneDone, Text: v.T("admin.webhook.secret")}}
		v.Secret, v.Tabs, v.Empty, v.Groups = secret, nil, page.Empty{}, nil
		return recorded.Show(w, r, v)
	}}
}

func (c *Counter) editWebhook(r *http.Request, f *form.Form) (done, error) {
	in := readWebhook(f)
	if err := f.Err(); err != nil {
		return done{}, err
	}
	return c.toWebhook(r, in.Name, func(d id.ID) error { return c.Webhooks.Edit(r.Context(), c.holder(r), d, in) })
}

// toWebhook does something to the webhook that the address names.
func (c *Counter) toWebhook(r *http.Request, name string, do func(d id.ID) error) (done, error) {
	h, _, err := c.webhookAt(r)
	if err != nil {
		return done{}, err
	}
	if name == "" {
		name = h.Name
	}
	return done{to: adminWebhook(h.ID), args: []any{name}}, do(h.ID)
}

func (c *Counter) aboutWebhook(s *sheet) error {
	h, _, err := c.webhookAt(s.r)
	s.title, s.back = h.Name, adminWebhook(h.ID)
	return err
}

func (c *Counter) pauseWebhook(r *http.Request, _ *form.Form) (done, error) {
	return c.toWebhook(r, "", func(d id.ID) error { return c.Webhooks.Pause(r.Context(), c.holder(r), d) })
}

func (c *Counter) resumeWebhook(r *http.Request, _ *form.Form) (done, error) {
	return c.toWebhook(r, "", func(d id.ID) error { return c.Webhooks.Resume(r.Context(), c.holder(r), d) })
}

func (c *Counter) removeWebhook(r *http.Request, _ *form.Form) (done, error) {
	d, err := c.toWebhook(r, "", func(d id.ID) error { return c.Webhooks.Remove(r.Context(), c.holder(r), d) })
	d.to = "/admin/webhooks"
	return d, err
}

func (c *Counter) rotateWebhook(r *http.Request, _ *form.Form) (done, error) {
	h, _, err := c.webhookAt(r)
	if err != nil {
		return done{}, err
	}
	secret, err := c.Webhooks.Rotate(r.Context(), c.holder(r), h.ID)
	if err != nil {
		return done{}, err
	}
	if h, _, err = c.Webhooks.Get(r.Context(), c.holder(r), h.ID); err != nil {
		return done{}, err
	}
	return c.withSecret(h, secret), nil
}

func (c *Counter) testWebhook(r *http.Request, _ *form.Form) (done, error) {
	h, _, err := c.webhookAt(r)
	if err != nil {
		return done{}, err
	}
	d, err := c.Webhooks.Test(r.Context(), c.holder(r), h.ID)
	return done{to: adminDelivery(d)}, err
}
