// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"net/http"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// Told is a piece of a reader's news. Its ID says when it was told.
type Told struct {
	ID  id.ID
	Row Row
}

// A Teller is a counter that has news for the reader's one page of news.
type Teller interface {
	// Told are the reader's news, the newest first: at most so many, those older than
	// before if that is not 0.
	Told(r *http.Request, b Base, before id.ID, most int) ([]Told, error)
	// Unread is how many they have not marked as read, a hundred at most.
	Unread(ctx context.Context, by scope.Actor) (int, error)
	// ReadNews marks all of them as read.
	ReadNews(ctx context.Context, by scope.Actor) error
}
