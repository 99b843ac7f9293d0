// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"context"
	"regexp"
	"strings"
	"time"

	"golang.org/x/text/width"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// BindingValid is how long a code is good that binds an account in WeChat or WeChat
// Work.
const BindingValid = 10 * time.Minute

// A binding is a code that its owner was shown.
type binding struct {
	id    id.ID
	owner people.Owner
	lang  i18n.Lang
	ends  time.Time
}

// boundBy is the channel whose account an owner binds by a code: residents theirs in
// WeChat, staff theirs in WeChat Work.
func boundBy(of people.Owner) notify.Channel {
	if of.Kind == people.OwnedByAccount {
		return notify.WeCom
	}
	return notify.WeChat
}

// NewBinding makes a code, shown as ABCD-EFGH, for the owner to send from the WeChat
// account, of staff the account in WeChat Work, in which they want to be written to;
// it takes the place of an earlier one. Only residents and staff may, for themselves
// (Denied). It is Busy if that channel is not set up.
func (s *Service) NewBinding(ctx context.Context, by scope.Actor, of people.Owner, lang i18n.Lang) (code string, ends time.Time, err error) {
	own, ok := people.OwnerOf(by)
	if !ok || own != of {
		return "", ends, errs.New(errs.Denied, "people.own.only")
	}
	if !s.Offers(boundBy(of)) {
		return "", ends, errs.New(errs.Busy, "letter.off")
	}
	if code, err = s.secret(8); err != nil {
		return "", ends, err
	}
	hash, err := s.Seal.Index("letters.binding", code)
	if err != nil {
		return "", ends, err
	}
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		ends = tx.Now().Add(BindingValid)
		return saveBinding(tx, binding{owner: of, lang: lang, ends: ends}, hash)
	})
	return code[:4] + "-" + code[4:], ends, err
}

var codeWords = regexp.MustCompile(`[A-Z2-7]{4}[- ]?[A-Z2-7]{4}`)

// Bind has the owner of a code written to in the account that sent it, in WeChat or
// WeChat Work. The caller has seen that these say so. It is NotFound if no code in the
// words is one of ours and of that channel, or it is too old.
func (s *Service) Bind(ctx context.Context, ch notify.Channel, name, words string) (lang i18n.Lang, err error) {
	none := errs.New(errs.NotFound, "letter.bind.none")
	code := codeWords.FindString(strings.ToUpper(width.Fold.String(words)))
	code = strings.NewReplacer("-", "", " ", "").Replace(code)
	if code == "" || name == "" || len(name) > 128 {
		return i18n.ZH, none
	}
	hash, err := s.Seal.Index("letters.binding", code)
	if err != nil {
		return i18n.ZH, err
	}
	lang = i18n.ZH
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		b, ok, err := takeBinding(tx, hash)
		switch {
		case err != nil:
			return err
		case !ok || !tx.Now().Before(b.ends) || boundBy(b.owner) != ch:
			return none
		}
		lang = b.lang
		_, err = s.People.BindMailbox(tx, scope.Actor{Kind: scope.Anonymous}, b.owner, ch, name, b.lang)
		return err
	})
	return lang, err
}
