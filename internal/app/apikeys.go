// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/kit/errs"
)

// A KeyFor is a key as the command line shows it.
type KeyFor struct {
	Name      string     `json:"name"`
	Hint      string     `json:"hint"`
	Scopes    []string   `json:"scopes"`
	Account   string     `json:"account,omitempty"` // the login it acts for
	Unit      string     `json:"unit,omitempty"`
	PerMinute int        `json:"per_minute"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
	Good      bool       `json:"good"`
}

// AddKey makes an API key, for the account with the login if one is given, and
// returns its words. They are kept nowhere.
func (a *App) AddKey(ctx context.Context, in access.NewKey, login string) (words string, k KeyFor, err error) {
	if login != "" {
		x, err := a.FindUser(ctx, login)
		if err != nil {
			return "", k, err
		}
		in.Account = x.ID
	}
	words, made, err := a.Access.AddKey(ctx, console(), in)
	if err != nil {
		return "", k, err
	}
	k = a.keyFor(made)
	k.Account = login
	return words, k, nil
}

// Keys are all API keys, those in use first.
func (a *App) Keys(ctx context.Context) ([]KeyFor, error) {
	made, err := a.Access.ListKeys(ctx, console())
	if err != nil {
		return nil, err
	}
	ks := make([]KeyFor, len(made))
	for i, k := range made {
		ks[i] = a.keyFor(k)
		if k.Account != 0 {
			x, err := a.Access.Get(ctx, k.Account)
			if err != nil {
				return nil, err
			}
			ks[i].Account = x.Login
		}
	}
	return ks, nil
}

// RevokeKey makes the key in use with the name worthless. It is NotFound if there
// is none.
func (a *App) RevokeKey(ctx context.Context, name string) error {
	made, err := a.Access.ListKeys(ctx, console())
	if err != nil {
		return err
	}
	for _, k := range made {
		if k.Name == name && k.RevokedAt.IsZero() {
			return a.Access.RevokeKey(ctx, console(), k.ID)
		}
	}
	return errs.New(errs.NotFound, "key.none")
}

func (a *App) keyFor(k access.APIKey) KeyFor {
	f := KeyFor{Name: k.Name, Hint: k.Hint, Scopes: []string{}, PerMinute: k.PerMinute, Good: k.Good(a.DB.Now())}
	for _, s := range k.Scopes {
		f.Scopes = append(f.Scopes, string(s))
	}
	if u, ok := a.Orgs.Directory().Unit(k.Unit); ok {
		f.Unit = u.Name.ZH
	}
	if !k.ExpiresAt.IsZero() {
		f.ExpiresAt = &k.ExpiresAt
	}
	return f
}
