// SPDX-License-Identifier: Apache-2.0

package people

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/web/page"
)

// proxyRoutes are the pages of those who act for others, and for whom somebody acts.
func (c *Counter) proxyRoutes(mux *http.ServeMux) {
	mux.Handle("GET /me/proxies", private(c.proxies))
	mux.Handle("POST /me/proxies/offer", private(c.offer))
	mux.Handle("POST /me/proxies/take", private(c.takeProxy))
	mux.Handle("POST /proxies/{id}/end", private(c.endProxy))
	mux.Handle("GET /desk/residents/{id}/proxies", private(atDesk(c.deskProxies)))
	mux.Handle("POST /desk/residents/{id}/proxies", page.Long(2*time.Minute, page.AllowBody(c.Upload, private(atDesk(c.register)))))
	mux.Handle("GET /proxies/{id}/photo", private(c.proxyPhoto))
}

// proxyPage is who acts for somebody, and for whom they act.
type proxyPage struct {
	page.Base
	Head   page.Head
	Code   string // just made: shown this once
	Mine   []proxy
	Theirs []proxy
	Offer  *proxyForm
	Enter  page.Field
}

// proxyForm asks what somebody may do for another.
type proxyForm struct {
	Action, Submit string
	Fields         []page.Field // texts
	Relation       page.Field
	Scopes         page.Field
	Consent        page.Field
	Worker         page.Field
	Photo          page.Field
}

// proxy is one as the page shows it.
type proxy struct {
	Title string
	Pill  page.Pill
	Facts []page.Fact
	Acts  []page.Row  // what was done, the newest first
	Ways  []page.Link // what can be done for them
	End   string
}

var proxied = page.New[proxyPage](files, "proxies.html")

func (c *Counter) proxyRow(b page.Base, p people.ShownProxy, desk bool) proxy {
	v := proxy{Title: p.Other.Name}
	switch {
	case p.Account != 0 && p.Mine:
		v.Title = c.accountName(p.Account)
	case v.Title == "" && p.By == 0 && p.Mine:
		v.Title = b.T("proxy.nobody")
	case v.Title == "":
		v.Title = cmp.Or(p.Other.Phone, b.T("desk.nameless"))
	}
	switch {
	case p.Good(b.Now):
		v.Pill = page.Pill{Text: b.T("proxy.state.good"), Tone: page.ToneDone}
	case p.Offered(b.Now):
		v.Pill = page.Pill{Text: b.T("proxy.state.offered"), Tone: page.ToneSoon}
	default:
		v.Pill = page.Pill{Text: b.T("proxy.state.ended"), Tone: page.ToneQuiet}
	}
	var scopes []string
	for _, s := range p.Scopes {
		scopes = append(scopes, b.T("proxy.scope."+string(s)))
	}
	v.Facts = []page.Fact{{Label: b.T("proxy.fact.relation"), Value: b.T("proxy.relation." + p.Relation)}, {Label: b.T("proxy.fact.scopes"), Value: strings.Join(scopes, b.T("proxy.and"))},
		{Label: b.T("proxy.fact.consent"), Value: b.T("proxy.consent." + string(p.Consent))}, {Label: b.T("proxy.fact.until"), Value: i18n.Date(b.Lang, p.Until)}}
	if p.Paper != "" {
		v.Facts = append(v.Facts, page.Fact{Label: b.T("proxy.fact.paper"), Value: p.Paper})
	}
	if p.Photo.Hash != "" {
		v.Facts = append(v.Facts, page.Fact{Label: b.T("proxy.photo"), Value: b.T("proxy.photo.see"), Href: "/proxies/" + p.ID.String() + "/photo"})
	}
	if !p.EndedAt.IsZero() {
		v.Facts = append(v.Facts, page.Fact{Label: b.T("proxy.fact.ended"), Value: b.T("proxy.ended."+p.EndedBy, i18n.Date(b.Lang, p.EndedAt))})
	}
	for _, a := range p.Acts {
		row := page.Row{Title: a.Number, Meta: []string{b.T("proxy.scope." + string(a.Scope)), i18n.When(b.Lang, b.Now, a.At)}}
		if !desk && (p.Mine || p.Good(b.Now)) { // whose proxy has ended reads it no more
			row.Href = recordOf(a)
		}
		v.Acts = append(v.Acts, row)
	}
	if p.Good(b.Now) || p.Offered(b.Now) {
		v.End = "/proxies/" + p.ID.String() + "/end"
		if desk {
			v.End += "?desk=" + p.For.String()
		}
	}
	if !p.Mine && p.Good(b.Now) {
		v.Ways = c.waysFor(b, p.For, p.May)
	}
	return v
}

// recordOf is the address of what was done by a proxy.
func recordOf(a people.ProxyAct) string {
	switch {
	case a.Scope == people.ProxyAsk:
		return "/questions/" + a.Number
	case a.Scope == people.ProxyBook && strings.HasPrefix(a.Number, "SM-"):
		return "/visits/" + a.Number
	case a.Scope == people.ProxyBook:
		return "/bookings/" + a.Number
	}
	return "/matters/" + a.Number
}

// waysFor are what can be done for a resident.
func (c *Counter) waysFor(b page.Base, resident id.ID, may func(people.ProxyScope) bool) (ways []page.Link) {
	if may(people.ProxyRaise) {
		ways = append(ways, page.Link{Href: "/raise?for=" + resident.String(), Text: b.T("proxy.do.raise"), Icon: "talk"})
	}
	if may(people.ProxyAsk) {
		ways = append(ways, page.Link{Href: "/questions?send=1&for=" + resident.String(), Text: b.T("proxy.do.ask"), Icon: "ask"})
	}
	if may(people.ProxyBook) {
		ways = append(ways, page.Link{Href: "/services?resident=" + resident.String(), Text: b.T("proxy.do.book"), Icon: "calendar"})
	}
	return ways
}

func (c *Counter) accountName(account id.ID) string { return c.Named(account) }

func (c *Counter) proxies(w http.ResponseWriter, r *http.Request) error {
	v, err := c.proxyPage(r, nil)
	if err != nil {
		return err
	}
	return proxied.Show(w, r, v)
}

func (c *Counter) proxyPage(r *http.Request, f *form.Form) (v proxyPage, err error) {
	b := page.From(r).Titled("proxy.title")
	b.Form = f
	ps, err := c.People.ListProxies(r.Context(), b.Actor)
	if err != nil {
		return v, err
	}
	v = proxyPage{Base: b, Head: page.Head{Title: b.T("proxy.title"), Lead: b.T("proxy.lead")}}
	for _, p := range ps {
		if p.Mine {
			v.Mine = append(v.Mine, c.proxyRow(b, p, false))
		} else {
			v.Theirs = append(v.Theirs, c.proxyRow(b, p, false))
		}
	}
	if b.Actor.Resident != 0 {
		v.Offer = proxyAsks(b, f, "/me/proxies/offer", b.T("proxy.offer"))
		v.Enter = page.NewField(b.Lang, f, "code", "proxy.code").Need().Max(12).Auto("off").Example("ABCD-EFGH")
	}
	return v, nil
}

// proxyAsks are the questions that every proxy answers.
func proxyAsks(b page.Base, f *form.Form, action, submit string) *proxyForm {
	var relations, scopes []page.Option
	for _, x := range people.Relations {
		relations = append(relations, page.Option{Value: x, Text: b.T("proxy.relation." + x)})
	}
	for _, x := range people.ProxyScopes {
		scopes = append(scopes, page.Option{Value: string(x), Text: b.T("proxy.scope." + string(x)), On: true})
	}
	return &proxyForm{Action: action, Submit: submit, Relation: page.NewField(b.Lang, f, "relation", "proxy.relation").Need().Of(relations), Scopes: page.NewField(b.Lang, f, "scopes", "proxy.scopes").Need().Of(scopes),
		Fields: []page.Field{page.NewField(b.Lang, f, "until", "proxy.until.field").As("date")}}
}

// proxying reads the answers.
func proxying(f *form.Form) people.Proxying {
	in := people.Proxying{Relation: f.Choice("relation", people.Relations...), Until: f.Date("until"), Consent: people.Consent(f.Line("consent", 20)), Paper: f.Line("paper", 101)}
	if !in.Until.IsZero() {
		in.Until = in.Until.Add(24*time.Hour - time.Second)
	}
	var all []string
	for _, s := range people.ProxyScopes {
		all = append(all, string(s))
	}
	for _, s := range f.Choices("scopes", all...) {
		in.Scopes = append(in.Scopes, people.ProxyScope(s))
	}
	return in
}

func (c *Counter) offer(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	in, code := proxying(f), ""
	if err = f.Err(); err == nil {
		code, _, err = c.People.OfferProxy(r.Context(), page.Actor(r), c.Random, in)
	}
	if k := errs.KindOf(err); err != nil && k != errs.Invalid && k != errs.Conflict {
		return err
	}
	v, perr := c.proxyPage(r, f)
	if perr != nil {
		return perr
	}
	if err != nil {
		return proxied.Fail(w, r, v, err)
	}
	v.Code = code
	return proxied.Show(w, r, v)
}

func (c *Counter) takeProxy(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	code := f.Line("code", 20)
	if code == "" {
		f.Fault("code", "proxy.code.wrong")
	}
	if err = f.Err(); err == nil {
		if _, err = c.People.TakeProxy(r.Context(), page.Actor(r), code); err == nil {
			return page.Done(w, r, "/me/proxies", "proxy.taken")
		}
	}
	if k := errs.KindOf(err); k != errs.Invalid && k != errs.Conflict {
		return err
	}
	v, perr := c.proxyPage(r, f)
	if perr != nil {
		return perr
	}
	return proxied.Fail(w, r, v, err)
}

func (c *Counter) endProxy(w http.ResponseWriter, r *http.Request) error {
	d, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return errs.New(errs.NotFound, "proxy.none")
	}
	if err := c.People.EndProxy(r.Context(), page.Actor(r), d); err != nil {
		return err
	}
	to := "/me/proxies"
	if x, err := id.Parse(r.URL.Query().Get("desk")); err == nil {
		to = "/desk/residents/" + x.String() + "/proxies"
	}
	return page.Done(w, r, to, "proxy.ended")
}

// deskProxies is who acts for a resident, at the desk.
func (c *Counter) deskProxies(w http.ResponseWriter, r *http.Request) error {
	v, err := c.deskProxyPage(r, nil)
	if err != nil {
		return err
	}
	return proxied.Show(w, r, v)
}

func (c *Counter) deskProxyPage(r *http.Request, f *form.Form) (v proxyPage, err error) {
	who, err := c.served(r)
	if err != nil {
		return v, err
	}
	b := page.From(r).Titled("proxy.desk")
	b.Form = f
	at := "/desk/residents/" + who.ID.String()
	b.Crumbs = []page.Link{{Href: "/desk", Text: b.T("desk.title")}, {Href: at, Text: who.Name.String()}}
	ps, err := c.People.ListProxiesOf(r.Context(), b.Actor, who.ID)
	if err != nil {
		return v, err
	}
	v = proxyPage{Base: b, Head: page.Head{Kicker: who.Name.String(), Title: b.T("proxy.desk"), Lead: b.T("proxy.desk.lead")}, Offer: proxyAsks(b, f, at+"/proxies", b.T("proxy.register"))}
	for _, p := range ps {
		v.Mine = append(v.Mine, c.proxyRow(b, p, true))
	}
	var consents, workers []page.Option
	for _, x := range people.Consents {
		consents = append(consents, page.Option{Value: string(x), Text: b.T("proxy.consent." + string(x))})
	}
	workers = append(workers, page.Option{Text: b.T("proxy.worker.none")})
	for _, account := range c.Workers(who.Place, b.Now) {
		workers = append(workers, page.Option{Value: account.String(), Text: c.accountName(account)})
	}
	v.Offer.Photo = page.NewField(b.Lang, f, "photo", "proxy.photo").Files("image/*", 1).Camera()
	v.Offer.Consent = page.NewField(b.Lang, f, "consent", "proxy.consent").Need().Of(consents)
	v.Offer.Worker = page.NewField(b.Lang, f, "account", "proxy.worker").Of(workers)
	v.Offer.Fields = append([]page.Field{page.NewField(b.Lang, f, "phone", "proxy.phone").As("tel").Auto("off").Max(20), page.NewField(b.Lang, f, "id_number", "proxy.id_number").Auto("off").Max(18)},
		append(v.Offer.Fields, page.NewField(b.Lang, f, "paper", "proxy.paper").Max(100))...)
	return v, nil
}

// register records at the desk who acts for a resident.
func (c *Counter) register(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	who, err := c.served(r)
	if err != nil {
		return err
	}
	in := proxying(f)
	in.For, in.Account = who.ID, f.ID("account")
	phone, number := f.Line("phone", 40), f.Line("id_number", 40)
	in.Photo, err = c.photo(r, f)
	if err == nil {
		err = f.Err()
	}
	if err == nil && in.Account == 0 {
		in.By, err = c.helper(r, phone, number)
	}
	if err == nil {
		if _, err = c.People.RegisterProxy(r.Context(), page.Actor(r), in); err == nil {
			return page.Done(w, r, "/desk/residents/"+who.ID.String()+"/proxies", "proxy.registered")
		}
	}
	if k := errs.KindOf(err); k != errs.Invalid && k != errs.Conflict {
		return err
	}
	v, perr := c.deskProxyPage(r, f)
	if perr != nil {
		return perr
	}
	return proxied.Fail(w, r, v, err)
}

// photo takes the photo of the signed paper, if the form brings one. What is no picture is
// said beside the field.
func (c *Counter) photo(r *http.Request, f *form.Form) (n people.Photo, err error) {
	hs := f.Files("photo", 1)
	if len(hs) == 0 {
		return n, nil
	}
	file, err := hs[0].Open()
	if err != nil {
		return n, err
	}
	defer file.Close()
	b, err := c.Blobs.Take(r.Context(), file, blob.Default().Only(blob.Photo))
	if es := errs.Public(err); len(es) > 0 {
		f.Fault("photo", es[0].Key, es[0].Args...)
		return n, nil
	}
	return people.Photo{Hash: string(b.Hash), Type: string(b.Type)}, err
}

// proxyPhoto shows the photo of the paper by which somebody agreed.
func (c *Counter) proxyPhoto(w http.ResponseWriter, r *http.Request) error {
	d, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return errs.New(errs.NotFound, "proxy.none")
	}
	p, err := c.People.ProxyPhoto(r.Context(), page.Actor(r), d)
	if err != nil {
		return err
	}
	return c.Blobs.Serve(w, r, blob.Hash(p.Hash).Medium(), blob.Type(p.Type), blob.Disposition{Name: "yuanba"})
}

// helper is the resident with exactly this telephone or identity number.
func (c *Counter) helper(r *http.Request, phone, number string) (id.ID, error) {
	if phone == "" && number == "" {
		return 0, errs.At("phone", "proxy.by.none")
	}
	found, err := c.People.Find(r.Context(), page.Actor(r), phone, number)
	if err != nil {
		return 0, err
	}
	if len(found.Residents) != 1 {
		return 0, errs.At("phone", "proxy.by.unknown")
	}
	return found.Residents[0].ID, nil
}

// ForWhom are those for whom the reader may do a thing, the first being themselves; none
// if there is nobody. Who serves at a desk is offered whom the address names.
func (c *Counter) ForWhom(r *http.Request, b page.Base, what people.ProxyScope, chosen string) (os []page.Option, err error) {
	if b.Anonymous() {
		return nil, nil
	}
	ps, err := c.People.ListProxies(r.Context(), b.Actor)
	if err != nil {
		return nil, err
	}
	add := func(d id.ID, name string) {
		if name == "" {
			name = b.T("desk.nameless")
		}
		if os == nil {
			os = []page.Option{{Text: b.T("proxy.self")}}
			if b.Staff() {
				os[0].Text = b.T("proxy.other")
			}
		}
		os = append(os, page.Option{Value: d.String(), Text: name})
	}
	for _, p := range ps {
		if !p.Mine && p.Good(b.Now) && p.May(what) {
			add(p.For, p.Other.Name)
		}
	}
	d, perr := id.Parse(chosen)
	if !b.Staff() || perr != nil {
		return os, nil
	}
	for _, o := range os {
		if o.Value == d.String() {
			return os, nil
		}
	}
	if c.People.MayServe(r.Context(), b.Actor, d) != nil {
		return os, nil
	}
	err = c.DB.Read(r.Context(), func(tx *sqldb.Tx) error {
		cards, err := c.People.Cards(tx, d)
		if k, ok := cards[d]; ok {
			add(d, k.Name)
		}
		return err
	})
	return os, err
}

// mayDo is what a clerk may do for a resident: by their post.
func mayDo(b page.Base, place scope.Path) func(people.ProxyScope) bool {
	ok := b.Actor.May("raise_for", scope.Target{Path: place, At: b.Now}).OK
	return func(what people.ProxyScope) bool { return ok && what != people.ProxyBook } // the desk's way to the services is its own
}
