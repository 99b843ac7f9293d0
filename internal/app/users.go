// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"fmt"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// console is who acts when accounts are looked after from the command line:
// whoever may run the program on the town's machine.
func console() scope.Actor { return scope.Program("console") }

// adminRole is the role of those who administer the town.
const adminRole = "administrator"

// AddUser makes an account that can sign in with the password, and appoints it
// administrator of the whole town if admin is set; an administrator's post and the
// city's unit are made if there are none yet. It is Invalid beside login, name or
// password.
func (a *App) AddUser(ctx context.Context, in access.NewAccount, admin bool) (id.ID, error) {
	account, err := a.Access.CreateAccount(ctx, console(), in)
	if err != nil || !admin {
		return account, err
	}
	return account, a.appoint(ctx, account)
}

// appoint makes an account administrator.
func (a *App) appoint(ctx context.Context, account id.ID) error {
	var path scope.Path
	city, ok := a.Places.Tree().City()
	if ok {
		path = city.Path
	}
	name := city.Name
	if name.ZH == "" {
		name = i18n.Text{ZH: "院坝", EN: "Yuanba"}
	}
	dir := a.Orgs.Directory()
	err := a.DB.Write(ctx, func(tx *sqldb.Tx) error {
		unit, post := id.ID(0), id.ID(0)
		if u, ok := dir.Responsible("city", path); ok {
			unit = u.ID
		}
		var err error
		if unit == 0 {
			if unit, err = a.Orgs.AddUnitIn(tx, console(), orgs.NewUnit{Kind: orgs.City, Key: "city", Name: name, Path: path}); err != nil {
				return err
			}
		}
		for _, p := range dir.Posts(unit) {
			if p.Role == adminRole {
				post = p.ID
			}
		}
		if post == 0 {
			title := i18n.Text{ZH: "系统管理员", EN: "Administrator"}
			if post, err = a.Orgs.AddPostIn(tx, console(), orgs.NewPost{Unit: unit, Title: title, Role: adminRole, Path: path}); err != nil {
				return err
			}
		}
		_, err = a.Orgs.AppointIn(tx, console(), post, account, time.Time{}, time.Time{})
		return err
	})
	if err != nil {
		return fmt.Errorf("the account was made, but not appointed administrator: %w", err)
	}
	return nil
}

// A User is an account as the command line shows it.
type User struct {
	Login         string    `json:"login"`
	Name          string    `json:"name"`
	Administrator bool      `json:"administrator"`
	Password      bool      `json:"password"` // has one
	SecondFactor  bool      `json:"second_factor"`
	Disabled      bool      `json:"disabled"`
	CreatedAt     time.Time `json:"created_at"`
}

// Users are all accounts, in the order of their logins.
func (a *App) Users(ctx context.Context) ([]User, error) {
	users := []User{}
	for {
		page, total, err := a.Access.List(ctx, console(), access.Filter{}, len(users), 200)
		if err != nil {
			return nil, err
		}
		for _, x := range page {
			users = append(users, User{Login: x.Login, Name: x.Name, Administrator: a.administers(x), Password: x.HasPassword(),
				SecondFactor: x.SecondFactor, Disabled: x.Disabled, CreatedAt: x.CreatedAt})
		}
		if len(page) == 0 || len(users) >= total {
			return users, nil
		}
	}
}

func (a *App) administers(x access.Account) bool {
	for _, h := range a.Orgs.Directory().HeldBy(x.ID, a.DB.Now()) {
		if h.Post.Role == adminRole {
			return true
		}
	}
	return false
}

// FindUser returns the account with the login. It is NotFound if there is none.
func (a *App) FindUser(ctx context.Context, login string) (access.Account, error) {
	page, _, err := a.Access.List(ctx, console(), access.Filter{Words: access.Fold(login)}, 0, 200)
	if err != nil {
		return access.Account{}, err
	}
	for _, x := range page {
		if x.Login == access.Fold(login) {
			return x, nil
		}
	}
	return access.Account{}, errs.New(errs.NotFound, "account.none")
}

// SetUserPassword gives an account a new password, which its holder must change
// at the next sign-in, and ends its sessions.
func (a *App) SetUserPassword(ctx context.Context, login, password string) error {
	return a.onUser(ctx, login, func(x access.Account) error { return a.Access.ResetPassword(ctx, console(), x.ID, password) })
}

// ResetUserSecond takes away an account's second factor.
func (a *App) ResetUserSecond(ctx context.Context, login string) error {
	return a.onUser(ctx, login, func(x access.Account) error { return a.Access.ResetSecond(ctx, console(), x.ID) })
}

// DisableUser closes an account; EnableUser opens it again.
func (a *App) DisableUser(ctx context.Context, login string) error {
	return a.onUser(ctx, login, func(x access.Account) error { return a.Access.Disable(ctx, console(), x.ID) })
}

// EnableUser opens a closed account again.
func (a *App) EnableUser(ctx context.Context, login string) error {
	return a.onUser(ctx, login, func(x access.Account) error { return a.Access.Enable(ctx, console(), x.ID) })
}

func (a *App) onUser(ctx context.Context, login string, do func(access.Account) error) error {
	x, err := a.FindUser(ctx, login)
	if err != nil {
		return err
	}
	return do(x)
}
