// SPDX-License-Identifier: Apache-2.0

package v1

import (
	"context"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/webhooks"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
)

// An Event is what a webhook is sent: one act on a matter.
type Event struct {
	Type      string    `json:"type" doc:"What happened: matter. and the name of an act, or webhook.test."`
	Timestamp time.Time `json:"timestamp" doc:"When it happened."`
	Data      EventData `json:"data"`
}

// EventData is what an event tells of.
type EventData struct {
	Webhook string  `json:"webhook" doc:"The id of the webhook."`
	Number  string  `json:"number,omitempty" doc:"The number of the matter; absent from a test."`
	From    string  `json:"from,omitempty" doc:"The state of the matter before the act; absent when it was raised."`
	To      string  `json:"to,omitempty" doc:"Its state after the act."`
	Gone    bool    `json:"gone,omitempty" doc:"The matter is not for this webhook to read any more: delete what you keep of it."`
	Line    *Line   `json:"line,omitempty" doc:"The line that the act left in the story, if the webhook may read one."`
	Matter  *Matter `json:"matter,omitempty" doc:"The matter as it stands when the message is sent, as GET /matters/{number} answers the key of the webhook, or everybody. Its version says which of two messages is newer."`
}

// Message writes what a webhook is sent of a delivery, as far as the reader may read
// now. It is NotFound if they may not read the matter.
func (s *Server) Message(ctx context.Context, by access.Machine, h webhooks.Hook, d webhooks.Delivery) ([]byte, error) {
	e := Event{Type: string(d.Event()), Timestamp: d.At.UTC(), Data: EventData{Webhook: h.ID.String(), Number: d.Number, From: string(d.Was), To: string(d.Became)}}
	if d.Event() == webhooks.Test {
		return json.Marshal(e)
	}
	w, err := s.Matters.Get(ctx, by.Actor, d.Number)
	switch {
	case errs.KindOf(err) == errs.NotFound && d.Gone:
		e.Data.From, e.Data.To, e.Data.Gone = "", "", true
		return json.Marshal(e)
	case err != nil:
		return nil, err
	}
	c := &call{s: s, lang: h.Lang, caller: by}
	m := c.matter(w)
	e.Data.Matter = &m
	if p, ok := w.LineOf(d.Act, d.At); ok {
		l := c.line(w, p)
		e.Data.Line = &l
	}
	return json.Marshal(e)
}

// events are, for the document, what webhooks are sent.
func (d *describing) events() map[string]*huma.PathItem {
	body := d.schemas.Schema(reflect.TypeFor[Event](), true, "")
	word := &huma.Schema{Type: "string"}
	item := func(e webhooks.Event) *huma.PathItem {
		o := &huma.Operation{OperationID: "on_" + string(e), Tags: []string{"webhooks"}, Summary: e.Name(d.lang),
			RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: body}}},
			Responses:   map[string]*huma.Response{}}
		for _, name := range slices.Sorted(maps.Keys(messageHeaders)) {
			o.Parameters = append(o.Parameters, &huma.Param{Name: name, In: "header", Required: true, Schema: word, Description: i18n.T(d.lang, messageHeaders[name])})
		}
		for status, key := range map[string]string{"2XX": "api.event.taken", "410": "api.event.over", "default": "api.event.again"} {
			o.Responses[status] = &huma.Response{Description: i18n.T(d.lang, key)}
		}
		return &huma.PathItem{Post: o}
	}
	all := map[string]*huma.PathItem{string(webhooks.Test): item(webhooks.Test)}
	for _, e := range webhooks.Events() {
		all[string(e)] = item(e)
	}
	return all
}

// messageHeaders are those of every message, with the messages that describe them.
var messageHeaders = map[string]string{"webhook-id": "api.event.id", "webhook-timestamp": "api.event.timestamp", "webhook-signature": "api.event.signature"}
