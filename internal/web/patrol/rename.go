// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"net/http"
	"strconv"

	"yuanba/internal/domain/patrol"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/web/page"
)

// A renamePage puts right what a point is called.
type renamePage struct {
	page.Base
	Head    page.Head
	Action  string
	Version string
	Name    page.Field
}

var renameShown = page.New[renamePage](files, "rename.html")

func (c *Counter) renaming(w http.ResponseWriter, r *http.Request) error {
	d, err := record(r, "patrol.point.none")
	if err != nil {
		return err
	}
	p, err := c.Patrol.ToRename(r.Context(), page.Actor(r), d)
	if err != nil {
		return err
	}
	return renameShown.Show(w, r, c.renamePage(page.From(r), p))
}

func (c *Counter) renamePage(b page.Base, p patrol.Point) renamePage {
	b = b.Titled("patrol.point.rename")
	back := "/patrol/grids/" + p.Grid().String()
	b.Crumbs = []page.Link{{Href: back, Text: c.where(b, p.Path)}}
	return renamePage{Base: b, Action: "/patrol/points/" + p.ID.String() + "/rename", Version: strconv.Itoa(p.Version),
		Head: page.Head{Kicker: c.where(b, p.Path) + " · " + b.T("patrol.kind."+string(p.Kind)), Title: b.T("patrol.point.rename"), Lead: b.T("patrol.point.rename.lead", p.Name)},
		Name: page.NewField(b.Lang, b.Form, "name", "patrol.point.field.name").Need().Max(patrol.MaxName).From(p.Name)}
}

func (c *Counter) rename(w http.ResponseWriter, r *http.Request) error {
	d, err := record(r, "patrol.point.none")
	if err != nil {
		return err
	}
	p, err := c.Patrol.ToRename(r.Context(), page.Actor(r), d)
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	name, version := f.Line("name", patrol.MaxName), f.Int("version", 1, 1<<30)
	if err = f.Err(); err == nil {
		err = c.Patrol.Rename(r.Context(), page.Actor(r), d, version, name)
	}
	if err == nil {
		return page.Done(w, r, "/patrol/grids/"+p.Grid().String(), "patrol.done.rename", name)
	}
	if k := errs.KindOf(err); k != errs.Invalid && k != errs.Conflict {
		return err
	}
	b := page.From(r)
	b.Form = f
	return renameShown.Fail(w, r, c.renamePage(b, p), err)
}
