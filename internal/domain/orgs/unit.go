// SPDX-License-Identifier: Apache-2.0

package orgs

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// A Kind is what sort of body a unit is.
type Kind string

// The kinds of units. The database knows the same list.
const (
	City      Kind = "city"      // the city's government itself
	Bureau    Kind = "bureau"    // a bureau of the city
	Street    Kind = "street"    // a street's or town's government
	Centre    Kind = "centre"    // a command and dispatching centre
	Station   Kind = "station"   // a station or squad of a street or town
	Committee Kind = "committee" // a village's or community's committee
	Company   Kind = "company"   // a merchant or member unit
	Outside   Kind = "outside"   // a party outside the town's organisation
)

// Kinds lists the kinds, from the city down.
var Kinds = []Kind{City, Bureau, Street, Centre, Station, Committee, Company, Outside}

// KeyCentre is the key of the centres that dispatch; see [Directory.Centre].
const KeyCentre = "centre"

// A Unit is a body that can be responsible for something.
type Unit struct {
	ID      id.ID      `json:"id"`
	Kind    Kind       `json:"kind"`
	Key     string     `json:"key"`  // what it is for; "" if nothing is looked up for it
	Code    string     `json:"code"` // the town's own number for it, if any
	Name    i18n.Text  `json:"name"`
	Parent  id.ID      `json:"parent"`
	Path    scope.Path `json:"path"` // the place it serves
	Phone   string     `json:"phone"`
	Address string     `json:"address"`
	Hours   i18n.Text  `json:"hours"`
	Active  bool       `json:"active"`
	Version int64      `json:"version"`
}

// Digest is the fingerprint of the record for the trail.
func (u Unit) Digest() []byte {
	return trail.Digest(u.ID, string(u.Kind), u.Key, u.Code, u.Name.ZH, u.Name.EN, u.Parent,
		u.Path[0], u.Path[1], u.Path[2], u.Path[3], u.Path[4],
		u.Phone, u.Address, u.Hours.ZH, u.Hours.EN, u.Active, u.Version)
}

// Serves is the subtree of places the unit serves.
func (u Unit) Serves() scope.Scope { return scope.Of(u.Path) }

// A Post is a place at a desk of a unit.
type Post struct {
	ID         id.ID      `json:"id"`
	Unit       id.ID      `json:"unit"`
	Title      i18n.Text  `json:"title"`
	Role       string     `json:"role"` // which bundle of permissions it gives
	Path       scope.Path `json:"path"` // where: the subtree below its last place
	Categories []string   `json:"categories"`
	Active     bool       `json:"active"`
	Version    int64      `json:"version"`
}

// Digest is the fingerprint of the record for the trail.
func (p Post) Digest() []byte {
	return trail.Digest(p.ID, p.Unit, p.Title.ZH, p.Title.EN, p.Role,
		p.Path[0], p.Path[1], p.Path[2], p.Path[3], p.Path[4],
		encodeCategories(p.Categories), p.Active, p.Version)
}

// In is the subtree of places in which the post counts.
func (p Post) In() scope.Scope { return scope.Of(p.Path) }

// A Holding says that somebody holds a post. To is zero while no end is known.
type Holding struct {
	ID      id.ID     `json:"id"`
	Post    id.ID     `json:"post"`
	Account id.ID     `json:"account"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Version int64     `json:"version"`
}

// Digest is the fingerprint of the record for the trail.
func (h Holding) Digest() []byte {
	return trail.Digest(h.ID, h.Post, h.Account, h.From, h.To, h.Version)
}

// At reports whether the post is held at t: from From on, before To.
func (h Holding) At(t time.Time) bool {
	return !t.Before(h.From) && (h.To.IsZero() || t.Before(h.To))
}

// A Cover lets Account act for the holder of a post from From until Until.
type Cover struct {
	ID      id.ID     `json:"id"`
	Holding id.ID     `json:"holding"`
	Account id.ID     `json:"account"`
	From    time.Time `json:"from"`
	Until   time.Time `json:"until"`
	Version int64     `json:"version"`
}

// Digest is the fingerprint of the record for the trail.
func (c Cover) Digest() []byte {
	return trail.Digest(c.ID, c.Holding, c.Account, c.From, c.Until, c.Version)
}

// At reports whether the cover counts at t.
func (c Cover) At(t time.Time) bool { return !t.Before(c.From) && t.Before(c.Until) }

// The longest texts, in characters.
const (
	maxName    = 60
	maxNameEN  = 160
	maxPhone   = 40
	maxAddress = 120
	maxHours   = 120
	maxKey     = 40
)

// check says what is wrong with the unit as written down, beside the fields
// kind, key, name_zh, name_en, phone, address, hours_zh, hours_en.
func (u Unit) check() error {
	var l errs.List
	if !slices.Contains(Kinds, u.Kind) {
		l.Add("kind", "unit.kind.unknown")
	}
	if len(u.Key) > maxKey || strings.Trim(u.Key, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		l.Add("key", "unit.key.malformed", maxKey)
	}
	if len(u.Code) > maxKey {
		l.Add("code", "unit.long", maxKey)
	}
	checkName(&l, "name", u.Name)
	long(&l, "phone", u.Phone, maxPhone)
	long(&l, "address", u.Address, maxAddress)
	long(&l, "hours_zh", u.Hours.ZH, maxHours)
	long(&l, "hours_en", u.Hours.EN, maxHours)
	return l.Err()
}

// checkName demands a Chinese name; the English one may be missing.
func checkName(l *errs.List, field string, name i18n.Text) {
	if strings.TrimSpace(name.ZH) == "" {
		l.Add(field+"_zh", "unit.name.empty")
	}
	long(l, field+"_zh", name.ZH, maxName)
	long(l, field+"_en", name.EN, maxNameEN)
}

func long(l *errs.List, field, s string, most int) {
	switch {
	case !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }):
		l.Add(field, "unit.unreadable")
	case utf8.RuneCountInString(s) > most:
		l.Add(field, "unit.long", most)
	}
}

// check says what is wrong with the post as written down, beside the fields
// title_zh, title_en, role and categories.
func (p Post) check(known func(role string) bool) error {
	var l errs.List
	if strings.TrimSpace(p.Title.ZH) == "" {
		l.Add("title_zh", "post.title.empty")
	}
	long(&l, "title_zh", p.Title.ZH, maxName)
	long(&l, "title_en", p.Title.EN, maxNameEN)
	if p.Role == "" || known != nil && !known(p.Role) {
		l.Add("role", "post.role.unknown")
	}
	for _, c := range p.Categories {
		if c == "" || len(c) > maxKey || !utf8.ValidString(c) {
			l.Add("categories", "post.category.malformed")
			break
		}
	}
	return l.Err()
}
