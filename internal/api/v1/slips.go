// SPDX-License-Identifier: Apache-2.0

package v1

import (
	"context"
	"net/http"
	"slices"

	"yuanba/internal/domain/access"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// Coded shows the slip of what the address names.
type Coded struct {
	Code string `json:"code" maxLength:"20" doc:"The query code on the slip."`
}

// Slipped is what may be done by who holds the slip.
type Slipped struct {
	Code string `json:"code,omitempty" maxLength:"20" doc:"The query code on the slip: whoever shows it acts for themselves. It may be left out by keys of an account that may do it for others."`
}

// SlippedWords is that, with words.
type SlippedWords struct {
	Code  string `json:"code,omitempty" maxLength:"20" doc:"The query code on the slip: whoever shows it acts for themselves. It may be left out by keys of an account that may do it for others."`
	Words string `json:"words" maxLength:"3000" doc:"The reason."`
}

// A Slip is what somebody takes home.
type Slip struct {
	Number    string `json:"number"`
	QueryCode string `json:"query_code" doc:"By which they ask without an account. It is told this once: give it to them."`
	URL       string `json:"url" format:"uri" doc:"Its page for people."`
}

// numbered is the number in the address; none is what none can be.
func (c *call) numbered(none string) (string, error) {
	n := c.r.PathValue("number")
	if wrongText(n) != "" || len(n) > 60 {
		return "", errs.New(errs.NotFound, none)
	}
	return n, nil
}

// holding is the caller, with the slip of a number in their hand if they show its code.
func (c *call) holding(number, code string, byCode func(ctx context.Context, number, code string) (id.ID, error)) (scope.Actor, error) {
	by := c.by()
	if code == "" {
		return by, nil
	}
	d, err := byCode(c.r.Context(), number, code)
	if err != nil {
		return by, err
	}
	by.Slips = append(slices.Clone(by.Slips), d)
	return by, nil
}

// inPlace is nil if the key is for the place.
func (c *call) inPlace(field string, path scope.Path) error {
	if c.caller.Key.In().Contains(path) {
		return nil
	}
	return &errs.Error{Kind: errs.Denied, Key: "api.key.place", Args: []any{c.caller.Key.Name}, Field: field}
}

// on makes the operation of an act on what has a number of its own.
func on(noun, list, tag, act string, scope access.KeyScope) Operation {
	return Operation{ID: noun + "_" + act, Path: "/" + list + "/{number}/acts/" + act, Tag: tag, Scope: scope, Errors: []int{http.StatusNotFound, http.StatusConflict}}
}
