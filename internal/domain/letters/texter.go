// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"context"
	"errors"
	"strconv"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/sqldb"
)

// Texter sends codes to telephones, by the channel for texts. Somebody waits for
// them, so they are sent at once or not at all; their fate is kept like that of
// other messages, and neither the code nor the telephone is.
func (s *Service) Texter() people.Sender {
	if !s.Offers(notify.SMS) {
		return nil
	}
	return texter{s}
}

type texter struct{ s *Service }

func (t texter) Send(ctx context.Context, to people.Phone, c people.Code) error {
	s := t.s
	var m notify.Message
	var l Letter
	if err := s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		own, err := ownWords(tx, c.Lang)
		if err != nil {
			return err
		}
		w := composer{s: s, channel: notify.SMS, lang: c.Lang, own: own}
		m = w.short(notify.Code, "short.code", map[string]string{"town": w.town(), "code": c.Digits, "minutes": strconv.Itoa(c.Minutes)})
		l = Letter{ID: tx.NewID(), Channel: notify.SMS, Owner: OwnedByPhone, Kind: Code, State: Posting, Urgent: true, MadeAt: tx.Now(), DueAt: tx.Now(), TriedAt: tx.Now(), Tries: 1}
		return insertLetter(tx, l)
	}); err != nil {
		return err
	}
	m.ID, m.Channel, m.To, m.At = l.ID.String(), notify.SMS, to.Plain(), l.TriedAt
	sent := s.Ways[notify.SMS].Send(ctx, m)
	l.State = Sent
	if sent != nil {
		l.Fault, l.State = sent.Error(), Refused
		if notify.FaultOf(sent).Is == notify.Unknown {
			l.State, sent = Unknown, nil // it may come, and then its reader needs the field to type it in
		}
	}
	if err := s.DB.Write(context.WithoutCancel(ctx), func(tx *sqldb.Tx) error {
		l.EndedAt = tx.Now()
		return saveLetter(tx, l)
	}); err != nil {
		return errors.Join(sent, err)
	}
	return sent
}

// Alarm is the kind of job that tells the operators what became of letters.
const Alarm jobs.Kind[struct{}] = "letters.alarm"

// alarm has the operators told, once for what comes together.
func (s *Service) alarm(tx *sqldb.Tx) error {
	if s.Alarm == nil {
		return nil
	}
	return jobs.Enqueue(nil, tx, Alarm, struct{}{}, jobs.Opts{At: tx.Now().Add(Gather), Unique: string(Alarm), Queue: Queue, MaxTries: 5})
}

// Warn tells the operators how many letters were given up or have an unknown fate:
// it is what a job of the kind [Alarm] does. There is no word of any letter in it.
func (s *Service) Warn(ctx context.Context, _ *jobs.Job, _ struct{}) error {
	var counts map[State]int
	if err := s.DB.Read(ctx, func(tx *sqldb.Tx) (err error) {
		counts, err = countLetters(tx)
		return err
	}); err != nil {
		return err
	}
	if s.Alarm == nil || counts[GivenUp]+counts[Unknown] == 0 {
		return nil
	}
	c := composer{s: s, lang: i18n.ZH}
	link := s.Address + "/admin/letters"
	words := c.t("letter.alarm", c.town(), counts[GivenUp], counts[Unknown])
	err := s.Alarm.Send(ctx, notify.Message{ID: string(Alarm), Kind: notify.Alarm, Name: c.town(), Text: words + "\n" + link, Link: link})
	if err != nil && notify.FaultOf(err).Is == notify.Unknown {
		return nil // said twice is worse than perhaps once
	}
	return err
}
