//go:build e2e

// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A place is a town that is being served, and who may come to it.
type place struct {
	*apptest.Town
	t   *testing.T
	url string
}

// town serves a town in which a small year has passed.
func town(t *testing.T) *place {
	t.Helper()
	w := apptest.Lived(t)
	return &place{w, t, w.Serve()}
}

// stranger is somebody who has not signed in.
func (p *place) stranger(name string, o Options) *User {
	p.t.Helper()
	return browser.User(p.t, p.url, name, o)
}

// staff is a member of the cast who has signed in, with one click as in the
// demonstration.
func (p *place) staff(login, name string, o Options) *User {
	p.t.Helper()
	u := p.stranger(name, o)
	u.Open("/signin")
	u.Go(`form:has(input[name=login][value="` + login + `"]) button`)
	return u
}

// resident is 周敏 or 陈婆婆, signed in.
func (p *place) resident(name string, o Options) *User {
	p.t.Helper()
	if o.Screen == (Screen{}) {
		o.Screen = Phone
	}
	u := p.stranger(name, o)
	u.Open("/signin")
	u.Go(`form[action="/signin/guest"]:has-text("` + name + `") button`)
	return u
}

// photo is the file of a photo of the lamp.
func photo(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "lamp.jpg")
	if err := LampPhoto(file); err != nil {
		t.Fatal(err)
	}
	return file
}

// raise has a matter raised in 宝塔社区 without the browser, and returns its slip.
func (p *place) raise(by scope.Actor, in matters.Raising) matters.Slip {
	p.t.Helper()
	at, _ := p.Place("文君街道", "宝塔社区").Last()
	in.Place = at
	s, err := p.Matters.Raise(context.Background(), by, in)
	if err != nil {
		p.t.Fatal(err)
	}
	return s
}

// next presses the button that goes on with a form.
func next(u *User) { u.t.Helper(); u.Go(`main form .button.main`) }

// matter is a matter as the actor sees it.
func (p *place) matter(by scope.Actor, number string) matters.Whole {
	p.t.Helper()
	w, err := p.Matters.Get(context.Background(), by, number)
	if err != nil {
		p.t.Fatal(err)
	}
	return w
}

// guest is a resident of the cast as an actor; mark is where their record is kept.
func (p *place) guest(mark, masked string) scope.Actor {
	p.t.Helper()
	by := scope.Actor{Kind: scope.Resident, Name: masked}
	if err := p.DB.Read(context.Background(), func(tx *sqldb.Tx) error {
		n, err := sqldb.Mark(tx, mark)
		by.Resident = id.ID(n)
		return err
	}); err != nil || by.Resident == 0 {
		p.t.Fatal("nobody is marked ", mark, err)
	}
	return by
}

func open(t *testing.T, file string) *os.File {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}
