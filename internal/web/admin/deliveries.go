// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"
	"strconv"

	"yuanba/internal/domain/webhooks"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/web/page"
)

func deliveryRows(b page.Base, ds []webhooks.Delivery) (rows []page.Row) {
	for _, d := range ds {
		row := page.Row{Href: adminDelivery(d), Title: d.Event().Name(b.Lang), Number: d.Number, Meta: []string{i18n.When(b.Lang, b.Now, d.At)}, Pill: deliveryPill(b, d)}
		if d.Status != 0 {
			row.Meta = append(row.Meta, strconv.Itoa(d.Status))
		}
		if d.Fault != "" {
			row.Meta = append(row.Meta, b.T(d.Fault))
		}
		if d.Fate == webhooks.Waiting && d.Tries > 0 {
			row.Left = b.T("admin.webhook.due") + " " + i18n.When(b.Lang, b.Now, d.DueAt)
		}
		rows = append(rows, row)
	}
	return rows
}

func deliveryPill(b page.Base, d webhooks.Delivery) page.Pill {
	tone := map[webhooks.Fate]page.Tone{webhooks.Waiting: page.ToneCalm, webhooks.Delivered: page.ToneDone, webhooks.Failed: page.ToneLate, webhooks.Withheld: page.ToneQuiet}[d.Fate]
	if d.Fate == webhooks.Waiting && d.Tries > 0 {
		tone = page.ToneSoon
	}
	return page.Pill{Text: b.T("webhook.fate." + string(d.Fate)), Tone: tone}
}

func (c *Counter) deliveryAt(r *http.Request) (h webhooks.Hook, d webhooks.Delivery, answer string, err error) {
	if h, _, err = c.webhookAt(r); err != nil {
		return h, d, "", err
	}
	which, err := id.Parse(r.PathValue("delivery"))
	if err != nil {
		return h, d, "", errs.New(errs.NotFound, "webhook.delivery.none")
	}
	d, answer, err = c.Webhooks.Delivery(r.Context(), c.holder(r), h.ID, which)
	return h, d, answer, err
}

func (c *Counter) delivery(w http.ResponseWriter, r *http.Request) error {
	h, d, answer, err := c.deliveryAt(r)
	if err != nil {
		return err
	}
	return recorded.Show(w, r, deliveryPage(page.From(r), h, d, answer))
}

// deliveryPage is what became of one delivery.
func deliveryPage(b page.Base, h webhooks.Hook, d webhooks.Delivery, answer string) recordPage {
	b.Title = d.Event().Name(b.Lang)
	b.Crumbs = []page.Link{{Href: "/admin", Text: b.T("admin.title")}, {Href: "/admin/webhooks", Text: b.T("admin.to.webhooks")}, {Href: adminWebhook(h.ID), Text: h.Name}}
	v := recordPage{Base: b, Head: page.Head{Kicker: h.Name, Title: b.Title, Lead: d.Number}}
	rows := [][2]string{{b.T("admin.webhook.fate"), deliveryPill(b, d).Text}}
	add := func(key, value string) {
		if value != "" {
			rows = append(rows, [2]string{b.T(key), value})
		}
	}
	if d.Fault != "" {
		add("admin.webhook.fault", b.T(d.Fault))
	}
	add("admin.webhook.when", i18n.Exact(b.Lang, d.At))
	add("admin.webhook.event", string(d.Event()))
	add("admin.webhook.id", d.ID.String())
	add("admin.webhook.tries", strconv.Itoa(d.Tries))
	if !d.TriedAt.IsZero() {
		add("admin.webhook.tried", i18n.Exact(b.Lang, d.TriedAt))
	}
	if d.Fate == webhooks.Waiting {
		add("admin.webhook.due", i18n.Exact(b.Lang, d.DueAt))
	}
	if d.Status != 0 {
		add("admin.webhook.status", strconv.Itoa(d.Status))
		add("admin.webhook.took", b.T("admin.webhook.ms", int(d.Took.Milliseconds())))
	}
	add("admin.webhook.answer", answer)
	t := page.Table{Caption: b.T("admin.webhook.delivery"), Hide: true, Cols: []page.Col{{Text: b.T("admin.webhook.fact")}, {Text: b.T("admin.webhook.value")}}}
	for _, row := range rows {
		t.Rows = append(t.Rows, []page.Cell{{Text: row[0]}, {Text: row[1]}})
	}
	v.Groups = []group{{Table: t}}
	if d.Number != "" {
		v.Facts = append(v.Facts, page.Fact{Label: b.T("admin.webhook.matter"), Value: d.Number, Href: "/matters/" + d.Number})
	}
	if d.Fate != webhooks.Waiting && d.Seq != 0 && h.State == webhooks.Active {
		v.way(adminDelivery(d)+"/again", "admin.webhook.again.title", "arrow")
	}
	return v
}

func (c *Counter) aboutDelivery(s *sheet) error {
	h, d, _, err := c.deliveryAt(s.r)
	s.title, s.back = h.Name+" · "+d.Event().Name(s.Lang)+" "+d.Number, adminDelivery(d)
	return err
}

func (c *Counter) sendAgain(r *http.Request, _ *form.Form) (done, error) {
	_, d, _, err := c.deliveryAt(r)
	if err != nil {
		return done{}, err
	}
	return done{to: adminDelivery(d)}, c.Webhooks.Again(r.Context(), c.holder(r), d.Hook, d.ID)
}
