// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"errors"
	"strconv"

	"yuanba/internal/kit/mail"
)

// ByMail is a Notifier that hands letters to a mail server.
func ByMail(s *mail.Sender) Notifier { return letters{s} }

type letters struct{ sender *mail.Sender }

func (l letters) Send(ctx context.Context, m Message) error {
	return mailFault(l.sender.Send(ctx, mail.Message{ID: m.ID, To: m.To, Name: m.Name, Subject: m.Subject, Text: m.Text, HTML: m.HTML, Stop: m.Stop, At: m.At}))
}

func (l letters) Check(ctx context.Context) error { return mailFault(l.sender.Check(ctx)) }

// mailFault says of a letter what it says of every message. What broke off may be
// repeated: see [Channel.Repeats].
func mailFault(err error) error {
	var f *mail.Fault
	if !errors.As(err, &f) {
		return err
	}
	out := &Fault{Is: Later, Code: f.Enhanced, Err: err}
	if out.Code == "" && f.Code != 0 {
		out.Code = strconv.Itoa(f.Code)
	}
	switch {
	case f.Unreachable():
		out.Is = Nobody
	case f.Permanent():
		out.Is = Never
	}
	return out
}
