// SPDX-License-Identifier: Apache-2.0

package people

import (
	"net/http"
	"strconv"

	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// deskRoutes are the pages of those who serve at a desk.
func (c *Counter) deskRoutes(mux *http.ServeMux) {
	get := func(path string, h page.Handler) { mux.Handle("GET "+path, private(atDesk(h))) }
	post := func(path string, h page.Handler) { mux.Handle("POST "+path, private(atDesk(h))) }
	get("/desk", c.desk)
	post("/desk", c.find)
	get("/desk/verify", c.verifyForm)
	post("/desk/verify", c.verify)
	get("/desk/residents/{id}", c.resident)
	get("/desk/residents/{id}/correct", c.correctForm)
	post("/desk/residents/{id}/correct", c.correct)
	get("/desk/residents/{id}/detach", c.detachForm)
	post("/desk/residents/{id}/detach", c.detach)
}

// atDesk lets in those who serve at a desk.
func atDesk(h page.Handler) page.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if !page.Actor(r).Has("desk") {
			return errs.New(errs.Denied, scope.DeniedNeed)
		}
		return h(w, r)
	}
}

// deskPage looks for somebody by their exact telephone or identity number.
type deskPage struct {
	page.Base
	Head     page.Head
	Asked    bool
	Rows     []page.Row
	Contacts int
}

var desked = page.New[deskPage](files, "desk.html")

func deskBase(r *http.Request, f *form.Form) deskPage {
	b := page.From(r).Titled("desk.title")
	b.Form = f
	return deskPage{Base: b, Head: page.Head{Title: b.T("desk.title"), Lead: b.T("desk.lead"), Action: page.Link{Href: "/desk/verify", Text: b.T("desk.verify.title"), Icon: "check", Main: true}}}
}

func (c *Counter) desk(w http.ResponseWriter, r *http.Request) error {
	return desked.Show(w, r, deskBase(r, nil))
}

// find is a POST, so that no number stands in an address or a log.
func (c *Counter) find(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	phone, number := f.Line("phone", 40), f.Line("id_number", 40)
	v := deskBase(r, f)
	if err := f.Err(); err != nil {
		return desked.Fail(w, r, v, err)
	}
	found, err := c.People.Find(r.Context(), v.Actor, phone, number)
	if errs.KindOf(err) == errs.Denied {
		return err
	}
	if err != nil {
		return desked.Fail(w, r, v, err)
	}
	v.Asked = true
	if v.Contacts, err = c.Matters.LeftWith(r.Context(), v.Actor, phone); err != nil {
		return err
	}
	for _, k := range found.Residents {
		row := page.Row{Href: "/desk/residents/" + k.ID.String(), Title: k.Name, Meta: []string{k.Phone}, Pill: page.Pill{Text: v.T("desk.unverified"), Tone: page.ToneSoon}}
		if k.Verified {
			row.Pill = page.Pill{Text: v.T("desk.verified"), Tone: page.ToneDone}
		}
		if k.Name == "" {
			row.Title = v.T("desk.nameless")
		}
		v.Rows = append(v.Rows, row)
	}
	return desked.Show(w, r, v)
}

// askPage is a form at the desk.
type askPage struct {
	page.Base
	Head   page.Head
	Fields []page.Field // texts
	Place  page.Field
	Tongue page.Field
	Big    page.Field
	Hidden []page.Hidden
	Action string
	Submit string
	Back   string
}

var asked = page.New[askPage](files, "ask.html")

// deskPlaces are the villages in which the clerk serves.
func (c *Counter) deskPlaces(b page.Base) []page.Option {
	in := b.Actor.Scopes("desk", b.Now)
	tree := c.Places.Tree()
	city, _ := tree.City()
	var os []page.Option
	for _, t := range tree.Children(city.ID) {
		for _, v := range append([]places.Place{t}, tree.Children(t.ID)...) {
			if in.Contains(v.Path) {
				os = append(os, page.Option{Value: v.ID.String(), Text: v.Name.In(b.Lang), Group: t.Name.In(b.Lang)})
			}
		}
	}
	return os
}

func (c *Counter) verifyPage(r *http.Request, f *form.Form) askPage {
	b := page.From(r).Titled("desk.verify.title")
	b.Form, b.Crumbs = f, []page.Link{{Href: "/desk", Text: b.T("desk.title")}}
	field := func(name, key string) page.Field { return page.NewField(b.Lang, f, name, key) }
	var langs []page.Option
	for _, l := range i18n.Langs {
		langs = append(langs, page.Option{Value: string(l), Text: l.Name()})
	}
	who := r.URL.Query().Get("resident")
	if f.Sent("resident") {
		who = f.Get("resident")
	}
	return askPage{Base: b, Head: page.Head{Title: b.T("desk.verify.title"), Lead: b.T("desk.verify.lead")}, Action: "/desk/verify", Submit: b.T("desk.verify.go"), Back: "/desk",
		Hidden: []page.Hidden{{Name: "resident", Value: who}},
		Fields: []page.Field{field("name", "people.field.name").Need().Max(40).Auto("off"), field("id_number", "people.field.id_number").Need().Max(18).Auto("off"),
			field("phone", "people.field.phone").As("tel").Auto("off").Max(20), field("address", "people.field.address").Max(100).Auto("off")},
		Place: field("place", "desk.place").Need().Of(c.deskPlaces(b)), Tongue: field("lang", "mydata.lang").Need().Of(langs).From(string(i18n.ZH)), Big: field("large", "mydata.large")}
}

func (c *Counter) verifyForm(w http.ResponseWriter, r *http.Request) error {
	return asked.Show(w, r, c.verifyPage(r, nil))
}

// placeIn is the path of the place chosen.
func (c *Counter) placeIn(f *form.Form) scope.Path {
	d := f.ID("place")
	p, ok := c.Places.Tree().Get(d)
	if !ok && f.At("place") == nil {
		f.Fault("place", "form.id")
	}
	return p.Path
}

func (c *Counter) verify(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	in := people.Verifying{Resident: f.ID("resident"), Name: f.Line("name", 80), IDNumber: f.Line("id_number", 40), Phone: f.Line("phone", 40), Address: f.Line("address", 200),
		Place: c.placeIn(f), Lang: i18n.Lang(f.Choice("lang", string(i18n.ZH), string(i18n.EN))), Large: f.Bool("large")}
	v := c.verifyPage(r, f)
	if err := f.Err(); err != nil {
		return asked.Fail(w, r, v, err)
	}
	who, err := c.People.Verify(r.Context(), v.Actor, in)
	if errs.KindOf(err) == errs.Denied {
		return err
	}
	if err != nil {
		return asked.Fail(w, r, v, err)
	}
	return page.Done(w, r, "/desk/residents/"+who.ID.String(), "desk.verify.done", who.Name.String())
}

// served is the resident that the address names, whom the clerk may serve.
func (c *Counter) served(r *http.Request) (people.Resident, error) {
	d, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return people.Resident{}, errs.New(errs.NotFound, "people.none")
	}
	who, err := c.People.Get(r.Context(), d)
	if err != nil {
		return who, err
	}
	b := page.From(r)
	if ok := b.Actor.May("desk", scope.Target{Path: who.Place, At: b.Now}); !ok.OK && who.Place[scope.Town] != 0 {
		return who, errs.New(errs.Denied, ok.Key, ok.Args...)
	}
	return who, nil
}

// residentPage is a resident at the desk: masks, and what can be done.
type residentPage struct {
	page.Base
	Head  page.Head
	Pill  page.Pill
	Facts []page.Fact
	Ways  []page.Link
}

var served = page.New[residentPage](files, "resident.html")

func (c *Counter) resident(w http.ResponseWriter, r *http.Request) error {
	who, err := c.served(r)
	if err != nil {
		return err
	}
	b := page.From(r).Titled("desk.resident")
	b.Crumbs = []page.Link{{Href: "/desk", Text: b.T("desk.title")}}
	v := residentPage{Base: b, Head: page.Head{Kicker: b.T("desk.resident"), Title: who.Name.String()}, Pill: page.Pill{Text: b.T("desk.unverified"), Tone: page.ToneSoon}}
	if v.Head.Title == "" {
		v.Head.Title = b.T("desk.nameless")
	}
	if who.Verified() {
		v.Pill = page.Pill{Text: b.T("desk.verified"), Tone: page.ToneDone}
	}
	fact := func(key, value string, private bool) {
		if value != "" {
			v.Facts = append(v.Facts, page.Fact{Label: b.T(key), Value: value, Private: private})
		}
	}
	fact("people.field.phone", who.Phone.String(), true)
	fact("people.field.id_number", who.IDNumber.String(), true)
	fact("people.field.address", who.Address.String(), true)
	fact("mydata.place", c.Places.Tree().Words(who.Place, "").In(b.Lang), false)
	if !who.VerifiedAt.IsZero() {
		fact("desk.verified.at", i18n.Date(b.Lang, who.VerifiedAt), false)
	}
	if !who.PhoneProvenAt.IsZero() {
		fact("desk.proven.at", i18n.Date(b.Lang, who.PhoneProvenAt), false)
	}
	if who.Forgotten() {
		v.Pill = page.Pill{Text: b.T("desk.forgotten"), Tone: page.ToneQuiet}
		return served.Show(w, r, v)
	}
	at := "/desk/residents/" + who.ID.String() + "/"
	v.Ways = append(v.Ways, page.Link{Href: "/desk/verify?resident=" + who.ID.String(), Text: b.T("desk.verify.title"), Icon: "check", Main: !who.Verified()},
		page.Link{Href: "/services?resident=" + who.ID.String(), Text: b.T("services.title"), Icon: "calendar"},
		page.Link{Href: at + "feed", Text: b.T("desk.feed.title"), Icon: "print"}, page.Link{Href: at + "correct", Text: b.T("desk.correct.title"), Icon: "edit"})
	v.Ways = append(append(v.Ways, c.waysFor(b, who.ID, mayDo(b, who.Place))...), page.Link{Href: at + "proxies", Text: b.T("proxy.desk"), Icon: "people"})
	v.Ways = append(v.Ways, page.Link{Href: "/volunteers/me?for=" + who.ID.String(), Text: b.T("volunteers.title"), Icon: "hand"})
	if !who.Phone.Empty() {
		v.Ways = append(v.Ways, page.Link{Href: at + "detach", Text: b.T("desk.detach.title"), Icon: "phone"})
	}
	return served.Show(w, r, v)
}

func (c *Counter) correctPage(r *http.Request, f *form.Form) (askPage, error) {
	who, err := c.served(r)
	if err != nil {
		return askPage{}, err
	}
	v := c.verifyPage(r, f)
	v.Base = v.Titled("desk.correct.title")
	at := "/desk/residents/" + who.ID.String()
	v.Head, v.Action, v.Submit, v.Back = page.Head{Kicker: who.Name.String(), Title: v.T("desk.correct.title"), Lead: v.T("desk.correct.lead")}, at+"/correct", v.T("desk.correct.title"), at
	v.Fields = []page.Field{page.NewField(v.Base.Lang, f, "name", "people.field.name").Max(40).Auto("off"), page.NewField(v.Base.Lang, f, "id_number", "people.field.id_number").Max(18).Auto("off"),
		page.NewField(v.Base.Lang, f, "address", "people.field.address").Max(100).Auto("off")}
	lives := who.Place[scope.Village]
	if lives == 0 {
		lives = who.Place[scope.Town]
	}
	v.Place, v.Tongue, v.Big = v.Place.From(lives.String()), page.Field{}, page.Field{}
	seen := strconv.FormatInt(who.Version, 10)
	if f.Sent("version") {
		seen = f.Get("version")
	}
	v.Hidden = []page.Hidden{{Name: "version", Value: seen}}
	return v, nil
}

func (c *Counter) correctForm(w http.ResponseWriter, r *http.Request) error {
	v, err := c.correctPage(r, nil)
	if err != nil {
		return err
	}
	return asked.Show(w, r, v)
}

func (c *Counter) correct(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	who, err := c.served(r)
	if err != nil {
		return err
	}
	in := people.Correcting{Version: int64(f.Int("version", 0, 1<<30)), Name: f.Line("name", 80), IDNumber: f.Line("id_number", 40), Address: f.Line("address", 200), Place: c.placeIn(f)}
	v, err := c.correctPage(r, f)
	if err != nil {
		return err
	}
	if err := f.Err(); err != nil {
		return asked.Fail(w, r, v, err)
	}
	if err := c.People.Correct(r.Context(), v.Actor, who.ID, in); err != nil {
		if errs.KindOf(err) == errs.Denied {
			return err
		}
		return asked.Fail(w, r, v, err)
	}
	return page.Done(w, r, v.Back, "desk.correct.done")
}

func (c *Counter) detachForm(w http.ResponseWriter, r *http.Request) error {
	who, err := c.served(r)
	if err != nil {
		return err
	}
	b := page.From(r).Titled("desk.detach.title")
	at := "/desk/residents/" + who.ID.String()
	return confirmed.Show(w, r, confirmPage{Base: b, Confirm: page.Confirm{Title: b.T("desk.detach.title"), Text: b.T("desk.detach.text", who.Name.String(), who.Phone.String()),
		Action: at + "/detach", Yes: b.T("desk.detach.title"), No: b.T("mydata.keep"), Back: at, Danger: true}})
}

func (c *Counter) detach(w http.ResponseWriter, r *http.Request) error {
	who, err := c.served(r)
	if err != nil {
		return err
	}
	if err := c.People.Detach(r.Context(), page.Actor(r), who.ID); err != nil {
		return err
	}
	return page.Done(w, r, "/desk/residents/"+who.ID.String(), "desk.detach.done")
}
