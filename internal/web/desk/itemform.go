// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"yuanba/internal/domain/desk"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/when"
	"yuanba/internal/web/page"
)

// say is a limit in words; "" if none is set.
func say(lang i18n.Lang, l when.Limit) string {
	if l.N == 0 {
		return ""
	}
	return l.Say(lang)
}

// changedFields names what differs between two editions.
func changedFields(b page.Base, was, now desk.Edition) string {
	var names []string
	x, y := reflect.ValueOf(was.Spec), reflect.ValueOf(now.Spec)
	for n := range x.NumField() {
		if !reflect.DeepEqual(x.Field(n).Interface(), y.Field(n).Interface()) {
			key, _, _ := strings.Cut(x.Type().Field(n).Tag.Get("json"), ",")
			names = append(names, b.T("services.field."+key))
		}
	}
	if was.On != now.On {
		names = append(names, b.T("services.field.active"))
	}
	if len(names) == 0 {
		return b.T("services.field.none")
	}
	return strings.Join(names, b.T("services.comma"))
}

func (c *Counter) addItem(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	if len(c.keepUnits(b)) == 0 {
		return errs.New(errs.Denied, "access.no_post")
	}
	return formed.Show(w, r, c.itemForm(b, desk.Item{Active: true}, form.Of("active", "1"), c.keepUnits(b)))
}

func (c *Counter) editItem(w http.ResponseWriter, r *http.Request) error {
	i, err := c.keptItem(r)
	if err != nil {
		return err
	}
	b := page.From(r)
	return formed.Show(w, r, c.itemForm(b, i, typedItem(i), c.keepUnits(b)))
}

// keptItem is the item of the address, for those who keep it (else Denied).
func (c *Counter) keptItem(r *http.Request) (desk.Item, error) {
	i, err := c.itemOf(r)
	if b := page.From(r); err == nil && !desk.MayKeep(b.Actor, i.Unit, i.Path, b.Now) {
		err = errs.New(errs.Denied, "desk.keep.denied")
	}
	return i, err
}

// typedItem is an item as its form has it.
func typedItem(i desk.Item) *form.Form {
	on := func(x bool) string {
		if x {
			return "1"
		}
		return ""
	}
	limit := func(l when.Limit) string { return say(i18n.ZH, l) }
	visits := ""
	if i.Visits > 0 {
		visits = strconv.Itoa(i.Visits)
	}
	return form.Of("code", i.Code, "unit", i.Unit.String(), "name_zh", i.Name.ZH, "name_en", i.Name.EN, "also", strings.Join(i.Also, "\n"), "theme", i.Theme, "kind", i.Kind, "level", i.Level, "with", i.With,
		"for", strings.Join(i.For, "\n"), "conditions", i.Conditions, "papers", strings.Join(i.Papers, "\n"), "legal", limit(i.Legal), "promised", limit(i.Promised), "visits", visits, "fee", i.Fee, "where", i.Where, "hours", i.Hours,
		"phone", i.Phone, "complaints", i.Complaints, "online", i.Online, "platform", i.Platform, "book_at", i.BookAt, "courier", on(i.Courier), "booking", on(i.Booking), "at_home", on(i.AtHome), "active", on(i.Active),
		"version", strconv.FormatInt(i.Version, 10))
}

func (c *Counter) itemForm(b page.Base, i desk.Item, f *form.Form, units []page.Option) formPage {
	fresh := i.ID == 0
	b.Form = f
	v := formPage{Submit: b.T("desk.save"), Back: "/services", Action: "/services/add"}
	if fresh {
		b = b.Titled("services.add")
		b.Crumbs = []page.Link{{Href: "/services", Text: b.T("services.title")}}
		v.Head = page.Head{Title: b.T("services.add"), Lead: b.T("services.add.lead")}
	} else {
		b = b.Titled("services.edit")
		v.Back, v.Action = "/services/"+i.Code, "/services/"+i.Code+"/edit"
		b.Crumbs = []page.Link{{Href: "/services", Text: b.T("services.title")}, {Href: v.Back, Text: i.Name.In(b.Lang)}}
		v.Head = page.Head{Kicker: i.Name.In(b.Lang), Title: b.T("services.edit"), Lead: b.T("services.edit.lead")}
		v.Hidden = []page.Hidden{{Name: "version", Value: f.Get("version")}}
	}
	v.Base = b
	add := func(kind string, d page.Field) { v.Fields = append(v.Fields, ask{kind, d}) }
	field := func(name string) page.Field { return page.NewField(b.Lang, f, name, "services.field."+name) }
	if fresh {
		add("text", field("code").Need().Max(60).Example("shenfenzheng"))
		add("select", field("unit").Need().Of(units))
	} else {
		v.Hidden = append(v.Hidden, page.Hidden{Name: "unit", Value: f.Get("unit")})
	}
	add("text", field("name_zh").Need().Max(200))
	add("text", field("name_en").Max(200))
	add("area", field("also").Rows(2))
	add("text", field("theme").Max(40))
	add("area", field("papers").Rows(5))
	add("area", field("for").Rows(2))
	add("area", field("conditions").Rows(3).Max(4000))
	add("text", field("promised").Max(30).Example("5 个工作日"))
	add("text", field("legal").Max(30).Example("20 个工作日"))
	add("text", field("visits").As("number").Max(2))
	add("text", field("fee").Max(300))
	add("text", field("where").Max(300))
	add("text", field("hours").Max(300))
	add("text", field("phone").Max(100))
	add("text", field("complaints").Max(100))
	add("text", field("online").Max(500))
	add("text", field("platform").Max(300))
	add("text", field("book_at").Max(500))
	add("text", field("kind").Max(40))
	add("text", field("level").Max(40))
	add("text", field("with").Max(300))
	for _, name := range []string{"booking", "at_home", "courier", "active"} {
		add("box", field(name))
	}
	add("text", page.NewField(b.Lang, f, "note", "services.note").Max(300))
	return v
}

// readItem is what was typed of an item.
func readItem(f *form.Form, i desk.Item) desk.Item {
	lines := func(name string) []string { return strings.Split(f.Text(name, 8000), "\n") }
	limit := func(name string) when.Limit {
		text := f.Line(name, 30)
		if text == "" {
			return when.Limit{}
		}
		l, err := when.Parse(text)
		if err != nil {
			f.Fault(name, "when.limit")
		}
		return l
	}
	i.Spec = desk.Spec{
		Name: i18n.Text{ZH: f.Line("name_zh", 200), EN: f.Line("name_en", 200)}, Also: lines("also"), Theme: f.Line("theme", 40), Kind: f.Line("kind", 40), Level: f.Line("level", 40), Agency: i.Agency, With: f.Line("with", 300), For: lines("for"),
		Conditions: f.Text("conditions", 4000), Papers: lines("papers"), Legal: limit("legal"), Promised: limit("promised"), Visits: f.Int("visits", 0, 20), Fee: f.Line("fee", 300), Where: f.Line("where", 300), Hours: f.Line("hours", 300),
		Phone: f.Line("phone", 100), Complaints: f.Line("complaints", 100), Online: f.Line("online", 500), Platform: f.Line("platform", 300), BookAt: f.Line("book_at", 500), Courier: f.Bool("courier"), Booking: f.Bool("booking"), AtHome: f.Bool("at_home"),
	}
	i.Active = f.Bool("active")
	return i
}

// keepItem writes an item down, the one of the address or a new one.
func (c *Counter) keepItem(w http.ResponseWriter, r *http.Request) error {
	f, err := read(r)
	if err != nil {
		return err
	}
	b := page.From(r)
	var i desk.Item
	if r.PathValue("code") != "" {
		i, err = c.keptItem(r)
	} else if len(c.keepUnits(b)) == 0 {
		err = errs.New(errs.Denied, "access.no_post")
	}
	if err != nil {
		return err
	}
	was := i
	i = readItem(f, i)
	if i.ID == 0 {
		i.Code, i.Unit = f.Line("code", 60), f.ID("unit")
	} else {
		i.Version = int64(f.Int("version", 0, 1<<30))
	}
	note := f.Line("note", 300)
	if err = f.Err(); err == nil {
		if _, err = c.Desk.Keep(r.Context(), b.Actor, i, note); err == nil {
			return page.Done(w, r, "/services/"+i.Code, "services.kept")
		}
	}
	if k := errs.KindOf(err); k != errs.Invalid && k != errs.Conflict {
		return err
	}
	return formed.Fail(w, r, c.itemForm(b, was, f, c.keepUnits(b)), err)
}
