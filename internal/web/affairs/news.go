// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"context"
	"net/http"

	"yuanba/internal/domain/affairs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// Told implements [page.Teller]: what happened to what the reader asked, said or wrote,
// and what waits for those who edit a page. Of a remark its first words are shown, as far
// as the reader may read them.
func (c *Counter) Told(r *http.Request, b page.Base, before id.ID, most int) (ts []page.Told, err error) {
	ns, err := c.Affairs.Told(r.Context(), b.Actor, before, most)
	if err != nil {
		return nil, err
	}
	for _, n := range ns {
		p, _ := c.Places.Tree().Get(n.Place)
		row := page.Row{Href: n.Path(), Title: b.T("village.news."+string(n.What), p.Name), Meta: []string{i18n.When(b.Lang, b.Now, n.At)}, Unread: n.ReadAt.IsZero()}
		switch n.What {
		case affairs.TidingAnswered, affairs.TidingHidden, affairs.TidingUpheld, affairs.TidingReshown, affairs.TidingAsked, affairs.TidingAskedLate, affairs.TidingAppealed:
			x, err := c.Affairs.Remark(r.Context(), b.Actor, n.Ref)
			if err != nil {
				return nil, err
			}
			row.Meta = nonempty(cut(x.Body, 24), row.Meta[0])
		case affairs.TidingReceived, affairs.TidingReplied, affairs.TidingLetter, affairs.TidingLetterLate, affairs.TidingAdmitted, affairs.TidingRefused, affairs.TidingVouched:
		}
		ts = append(ts, page.Told{ID: n.ID, Row: row})
	}
	return ts, nil
}

// Unread implements [page.Teller].
func (c *Counter) Unread(ctx context.Context, by scope.Actor) (int, error) {
	return c.Affairs.Unread(ctx, by)
}

// ReadNews implements [page.Teller].
func (c *Counter) ReadNews(ctx context.Context, by scope.Actor) error {
	return c.Affairs.ReadNews(ctx, by)
}
