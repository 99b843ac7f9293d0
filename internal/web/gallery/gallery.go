// SPDX-License-Identifier: Apache-2.0

// Package gallery shows every page with sample data, in development.
//
// A counter adds its pages when it is initialised; the sample is made only when
// the page is looked at:
//
//	func init() {
//		gallery.Add("matters/show", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
//			return show.Show(w, r, sampleShow(page.From(r)))
//		})
//	}
//
// The gallery's pages are also what the page tests run (package gallerytest) and
// what the screenshots are taken from.
package gallery

import (
	"cmp"
	"embed"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// A Sample is one page with what it shows.
type Sample struct {
	Name string    // such as matters/show; its address is /gallery/matters/show
	Base page.Base // who reads; zero fields are an anonymous reader's
	Show page.Handler
}

var registry struct {
	sync.Mutex
	samples []Sample
}

// Now is the moment at which all samples are shown, so that pictures of them do
// not change from day to day.
var Now = time.Date(2026, 11, 23, 10, 20, 0, 0, i18n.Zone)

// Readers of samples.
var (
	Nobody   = scope.Actor{Kind: scope.Anonymous}
	Resident = scope.Actor{Kind: scope.Resident, Name: "周敏"}
	Clerk    = scope.Actor{Kind: scope.Staff, Name: "赵调度"}
)

// Add puts a page into the gallery. A name taken twice panics.
func Add(name string, base page.Base, show page.Handler) {
	registry.Lock()
	defer registry.Unlock()
	if slices.ContainsFunc(registry.samples, func(s Sample) bool { return s.Name == name }) {
		panic("gallery: " + name + " is added twice")
	}
	registry.samples = append(registry.samples, Sample{name, base, show})
}

// Samples returns all pages in the order of their names.
func Samples() []Sample {
	registry.Lock()
	defer registry.Unlock()
	s := slices.Clone(registry.samples)
	slices.SortFunc(s, func(a, b Sample) int { return cmp.Compare(a.Name, b.Name) })
	return s
}

//go:embed *.html
var files embed.FS

type listPage struct {
	page.Base
	Names []string
}

var list = page.New[listPage](files, "list.html")

// Routes adds GET /gallery and below it every sample. It belongs in development
// only.
func Routes(mux *http.ServeMux) {
	mux.Handle("GET /gallery", page.Handler(showList))
	mux.Handle("GET /gallery/{name...}", page.Handler(showSample))
}

func showList(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	b.Title = "Gallery"
	v := listPage{Base: b}
	for _, s := range Samples() {
		v.Names = append(v.Names, s.Name)
	}
	return list.Show(w, r, v)
}

func showSample(w http.ResponseWriter, r *http.Request) error {
	name := strings.Trim(r.PathValue("name"), "/")
	for _, s := range Samples() {
		if s.Name == name {
			s.Show.ServeHTTP(w, s.Request(r, page.From(r)))
			return nil
		}
	}
	return errs.New(errs.NotFound, "error.not_found.what")
}

// Request returns r as the sample's reader would send it, in the language and
// type size of like.
func (s Sample) Request(r *http.Request, like page.Base) *http.Request {
	b := s.Base
	b.Lang, b.Large, b.Path, b.Now = like.Lang, like.Large, like.Path, Now
	b.RequestID = "7F3A-KQ2M"
	site := page.Site{Town: i18n.Text{ZH: "邛崃市", EN: "Qionglai"}, RunBy: i18n.Text{ZH: "邛崃市社会治理中心", EN: "Qionglai Centre for Social Governance"},
		Phone: "028-88790000", Version: "0.1", Demo: true, Rail: rail}
	b.Site = &site
	if b.Actor.Kind == scope.Resident && b.Place == "" {
		b.Place = i18n.Text{ZH: "文君街道 · 宝塔社区", EN: "Wenjun · Baota"}.In(b.Lang)
	}
	return page.As(r, b)
}

func rail(b page.Base) []page.RailItem {
	return []page.RailItem{
		{Href: "/inbox", Text: b.T("rail.mine"), Icon: "inbox", Count: 12, Current: true},
		{Href: "/inbox?of=unit", Text: b.T("rail.unit"), Icon: "unit", Count: 48},
		{Href: "/whistles", Text: b.T("rail.whistles"), Icon: "whistle", Count: 2},
		{Href: "/inbox?due=late", Text: b.T("rail.late"), Icon: "clock", Count: 3, Late: true},
		{Href: "/matters", Text: b.T("rail.all"), Icon: "document"},
	}
}
