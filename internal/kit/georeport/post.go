// SPDX-License-Identifier: Apache-2.0

package georeport

import (
	"math"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"yuanba/internal/kit/errs"
)

// Bounds of a request that is sent, in characters and numbers.
const (
	MaxDescription = 4000
	maxAddress     = 200
	maxShort       = 200 // names, codes, addresses of mail
	maxURL         = 2000
	MaxMedia       = 9
	maxAttributes  = 50
	maxAnswers     = 50 // to one attribute
	maxAnswer      = 2000
)

// A Post is a request as somebody sends it.
type Post struct {
	Service     string
	Description string
	Lat, Long   float64 // if Spot
	Spot        bool
	Address     string
	AddressID   string
	Attributes  map[string][]string
	Media       []string // addresses
	Email       string
	FirstName   string
	LastName    string
	Phone       string
	Called      bool // extension: the number that the stopper of an emergency names has been rung
	Private     bool // extension: not for everybody to read
}

// A reader takes fields out of what was sent, and notes what is wrong with them.
type reader struct {
	v      url.Values
	faults errs.List
}

// first is the first value that is not empty: an empty field is one that was not
// sent.
func (r *reader) first(name string) string {
	for _, s := range r.v[name] {
		if s = strings.TrimSpace(s); s != "" {
			return s
		}
	}
	return ""
}

// text reads one field of at most most characters.
func (r *reader) text(name string, most int) string {
	s := r.first(name)
	if !r.fit(name, s, most) {
		return ""
	}
	return s
}

func (r *reader) fit(name, s string, most int) bool {
	switch {
	case !utf8.ValidString(s) || strings.ContainsRune(s, 0):
		r.faults.Add(name, "open311.text", name)
	case utf8.RuneCountInString(s) > most:
		r.faults.Add(name, "open311.long", name, most)
	default:
		return true
	}
	return false
}

// degrees reads a coordinate of at most most degrees.
func (r *reader) degrees(name string, most float64) (f float64, given bool) {
	s := r.first(name)
	if s == "" {
		return 0, false
	}
	f, ok := Number(s).Float()
	if !ok || math.Abs(f) > most {
		r.faults.Add(name, "open311.degrees", name)
		return 0, true
	}
	return f, true
}

func (r *reader) truth(name string) bool {
	var t Truth
	_ = t.UnmarshalText([]byte(r.first(name))) // understands everything
	return bool(t)
}

// ParsePost reads a request that was sent, in the address or in the body. What is
// wrong with it is Invalid beside the field; what is missing of the place is beside
// "lat".
func ParsePost(v url.Values) (Post, error) {
	r := &reader{v: v}
	p := Post{
		Service: r.text("service_code", maxShort), Description: r.text("description", MaxDescription),
		Address: r.text("address_string", maxAddress), AddressID: r.text("address_id", maxShort),
		Email: r.text("email", maxShort), FirstName: r.text("first_name", maxShort), LastName: r.text("last_name", maxShort), Phone: r.text("phone", maxShort),
		Called: r.truth("called"), Private: r.truth("private"),
	}
	if p.Service == "" && r.first("service_code") == "" {
		r.faults.Add("service_code", "open311.service.missing")
	}
	var lat, long bool
	p.Lat, lat = r.degrees("lat", 90)
	p.Long, long = r.degrees("long", 180)
	switch p.Spot = lat && long; {
	case lat != long:
		r.faults.Add("lat", "open311.half")
	case !p.Spot && r.first("address_string") == "" && r.first("address_id") == "":
		r.faults.Add("lat", "open311.nowhere")
	}
	r.attributes(&p)
	p.Media = r.media()
	return p, r.faults.Err()
}

// media reads the addresses of photos: repeated, or as a list.
func (r *reader) media() (urls []string) {
	for _, name := range []string{"media_url", "media_url[]"} {
		for _, u := range r.v[name] {
			if u = strings.TrimSpace(u); u != "" && r.fit("media_url", u, maxURL) && !slices.Contains(urls, u) {
				urls = append(urls, u)
			}
		}
	}
	if len(urls) > MaxMedia {
		r.faults.Add("media_url", "open311.media.many", MaxMedia)
	}
	return urls
}

// Ended reads a status: whether it says that nothing more is done. Beside the two of
// the standard it knows those that FixMyStreet and its kin send and understand. ok is
// false if it is none.
func Ended(status string) (ended, ok bool) {
	switch strings.ReplaceAll(strings.ToLower(strings.TrimSpace(status)), " ", "_") {
	case Open, "reopened", "confirmed", "for_triage", "investigating", "in_progress", "planned", "action_scheduled", "fixing", "internal_referral":
		return false, true
	case Closed, "fixed", "duplicate", "no_further_action", "not_councils_responsibility", "not_responsible", "unable_to_fix", "cancelled", "completed":
		return true, true
	}
	return false, false
}

// attributes reads attribute[code] and attribute[code][].
func (r *reader) attributes(p *Post) {
	p.Attributes = map[string][]string{}
	for name, values := range r.v {
		code, ok := strings.CutPrefix(name, "attribute[")
		if !ok {
			continue
		}
		code, ok = strings.CutSuffix(strings.TrimSuffix(code, "[]"), "]")
		if !ok || code == "" {
			continue
		}
		if len(p.Attributes) >= maxAttributes || len(values)+len(p.Attributes[code]) > maxAnswers {
			r.faults.Add("attribute", "open311.attributes.many", maxAttributes)
			return
		}
		for _, s := range values {
			if s = strings.TrimSpace(s); s != "" && r.fit("attribute", s, maxAnswer) {
				p.Attributes[code] = append(p.Attributes[code], s)
			}
		}
	}
}

// An UpdatePost is an update as somebody sends it.
type UpdatePost struct {
	RequestID string
	UpdateID  string // the sender's own name for it: the same one is taken once
	Status    string // open or closed
	Words     string
	Media     []string
}

// ParseUpdate reads an update that was sent. What is wrong with it is Invalid
// beside the field.
func ParseUpdate(v url.Values) (UpdatePost, error) {
	r := &reader{v: v}
	p := UpdatePost{RequestID: r.text("service_request_id", maxShort), UpdateID: r.text("update_id", maxShort), Words: r.text("description", MaxDescription)}
	if r.first("service_request_id") == "" {
		r.faults.Add("service_request_id", "open311.request.missing")
	}
	done, ok := Ended(r.first("status"))
	if !ok {
		r.faults.Add("status", "open311.status")
	}
	if p.Status = Open; done {
		p.Status = Closed
	}
	if at := r.first("updated_datetime"); at != "" {
		if _, ok := ParseStamp(at); !ok {
			r.faults.Add("updated_datetime", "open311.stamp", "updated_datetime")
		}
	}
	p.Media = r.media()
	return p, r.faults.Err()
}
