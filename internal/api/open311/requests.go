// SPDX-License-Identifier: Apache-2.0

package open311

import (
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/georeport"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// requests lists what everybody may read.
func (c *call) requests() error {
	q, err := georeport.ParseQuery(c.r.URL.Query(), c.s.DB.Now())
	if err != nil {
		return err
	}
	f, err := c.filter(q)
	if err != nil {
		return err
	}
	var found []matters.Published
	more := false
	switch {
	case len(q.IDs) == 0 && (!q.UpdatedFrom.IsZero() || !q.UpdatedTo.IsZero()):
		from := q.UpdatedFrom
		if from.IsZero() {
			from = q.UpdatedTo.Add(-georeport.Span)
		}
		found, err = c.s.Matters.Changed(c.r.Context(), f, from, q.UpdatedTo)
	default:
		found, more, err = c.s.Matters.Published(c.r.Context(), f)
	}
	if err != nil {
		return err
	}
	if q.Paged() {
		n, err := c.s.Matters.CountPublished(c.r.Context(), f, georeport.MostPaged)
		if err != nil {
			return err
		}
		c.w.Header().Set("X-Total-Count", strconv.Itoa(n))
	}
	if more && len(found) > 0 {
		c.next(cursorOf(found[len(found)-1]))
	}
	return c.answer(found, q.Extensions)
}

// filter is the question as the domain understands it.
func (c *call) filter(q georeport.Query) (matters.PublishedFilter, error) {
	f := matters.PublishedFilter{Categories: q.Codes, From: q.From, To: q.To, Most: q.PageSize}
	for _, n := range q.IDs {
		f.Numbers = append(f.Numbers, strings.ToUpper(n))
	}
	if q.Open != q.Closed {
		f.Open = &q.Open
	}
	if q.Page > 1 {
		f.Skip = (q.Page - 1) * q.PageSize
	}
	if q.Around {
		f.In = around(c.s.Places.Tree(), q.Lat, q.Long, q.Radius)
	}
	if q.After != "" {
		after, ok := parseCursor(q.After)
		if !ok {
			return f, errs.At("after", "open311.after")
		}
		f.After, f.Skip = after, 0
	}
	return f, nil
}

// around are the places whose points lie within so many metres: the very spots of
// matters are nobody's business, so they are not asked. The place that holds the
// middle is always among them.
func around(tree *places.Tree, lat, long, radius float64) []scope.Scope {
	in := []scope.Scope{}
	middle := geo.Point{long, lat}
	if p, ok := tree.Locate(long, lat); ok && p.Kind.Level() >= scope.Village {
		in = append(in, scope.Of(p.Path))
	}
	for _, kind := range []places.Kind{places.Village, places.Grid} {
		for _, p := range tree.All(kind) {
			if p.Open() && p.Accuracy != places.Unknown && geo.Distance(middle, p.Point) <= radius {
				in = append(in, scope.Of(p.Path))
			}
		}
	}
	return in
}

func cursorOf(p matters.Published) string {
	return strconv.FormatInt(p.RaisedAt.UnixMilli(), 36) + "-" + p.ID.String()
}

func parseCursor(s string) (matters.Cursor, bool) {
	at, rest, _ := strings.Cut(s, "-")
	ms, err := strconv.ParseInt(at, 36, 64)
	d, derr := id.Parse(rest)
	return matters.Cursor{RaisedAt: time.UnixMilli(ms).UTC(), ID: d}, err == nil && derr == nil && ms > 0
}

// next says in the header where the list goes on.
func (c *call) next(after string) {
	v := url.Values{}
	for name, values := range c.r.URL.Query() {
		if name != "page" && name != "api_key" {
			v[name] = values
		}
	}
	v.Set("after", after)
	if p := c.r.URL.Query().Get("page"); p != "" && v.Get("page_size") == "" {
		v.Set("page_size", "50")
	}
	c.w.Header().Set("Link", "<"+c.s.Address+c.r.URL.EscapedPath()+"?"+v.Encode()+`>; rel="next"`)
}

// one returns the matter with the number, if everybody may read it; else it is
// NotFound with the message.
func (c *call) one(number, missing string) ([]matters.Published, error) {
	none := errs.New(errs.NotFound, missing, short(number))
	if !utf8.ValidString(number) || strings.ContainsRune(number, 0) || len(number) > 60 {
		return nil, none
	}
	found, _, err := c.s.Matters.Published(c.r.Context(), matters.PublishedFilter{Numbers: []string{strings.ToUpper(number)}, Most: 1})
	if err == nil && len(found) == 0 {
		err = none
	}
	return found, err
}

// request answers with one.
func (c *call) request(number string) error {
	found, err := c.one(number, "open311.request.none")
	if err != nil {
		return err
	}
	return c.answer(found, c.r.URL.Query().Get("extensions") == "true")
}

// token answers with the request that a token stands for. Requests have their ID at
// once here, so a token is its own answer.
func (c *call) token(token string) error {
	found, err := c.one(token, "open311.token.none")
	if err != nil {
		return err
	}
	return c.send(georeport.List(c.f, georeport.RequestsDoc, []georeport.Token{{ID: georeport.Word(found[0].Number), Token: georeport.Word(token)}}))
}

func (c *call) answer(found []matters.Published, extended bool) error {
	list := make([]georeport.Request, len(found))
	for i, p := range found {
		list[i] = c.form(p, extended)
	}
	return c.send(georeport.List(c.f, georeport.RequestsDoc, list))
}

// form is a matter as the standard has it.
func (c *call) form(p matters.Published, extended bool) georeport.Request {
	word := func(s string) georeport.Word { return georeport.Word(s) }
	k, _ := c.s.Matters.Catalogue().Get(p.Category)
	r := georeport.Request{
		ID: word(p.Number), Status: georeport.Closed, StatusNotes: word(c.notes(p)), ServiceCode: word(p.Category), ServiceName: word(c.s.Matters.Catalogue().Name(c.lang, p.Category)),
		Description: word(p.Body), Notice: word(k.Closing.In(c.lang)), Requested: stamp(p.RaisedAt), Updated: stamp(p.ChangedAt),
		Address: word(c.address(p)), MediaURL: word(c.photo(p)),
	}
	if p.Open() {
		r.Status, r.Expected = georeport.Open, stamp(p.Promised)
	} else if !p.ClosedAt.IsZero() {
		r.Updated = stamp(p.ClosedAt)
	}
	if u, ok := c.s.Orgs.Directory().Unit(p.Lead); ok {
		r.Agency = word(u.Name.In(c.lang))
	}
	if at, ok := c.place(p.Path); ok {
		r.AddressID = word(at.Code)
		if at.Accuracy != places.Unknown {
			r.Lat, r.Long = georeport.Degrees(at.Point[1]), georeport.Degrees(at.Point[0])
		}
	}
	if extended {
		r.Extended = &georeport.Extended{Title: word(p.Title), DetailedStatus: detailed(p.State), State: word(string(p.State)), StateName: word(c.T("matter.state." + string(p.State))),
			Supporters: georeport.Whole(p.Supporters), URL: word(c.s.Address + "/matters/" + p.Number)}
		if p.Open() {
			r.Extended.Due = stamp(p.Due)
		}
	}
	return r
}

// place is what stands for the very spot: the grid or village, or what is above it
// if that has no point.
func (c *call) place(path scope.Path) (places.Place, bool) {
	tree := c.s.Places.Tree()
	var found places.Place
	for level := scope.Grid; level >= scope.City; level-- {
		p, ok := tree.Get(path[level])
		if !ok {
			continue
		}
		if found.ID == 0 {
			found = p
		}
		if p.Accuracy != places.Unknown {
			if found.ID != p.ID {
				found.Point, found.Accuracy = p.Point, p.Accuracy
			}
			break
		}
	}
	return found, found.ID != 0
}

// address is where a matter is, from what is said of it up to the city.
func (c *call) address(p matters.Published) string {
	tree := c.s.Places.Tree()
	parts := []string{}
	if p.PlaceWords != "" {
		parts = append(parts, p.PlaceWords)
	}
	for level := scope.Courtyard; level >= scope.City; level-- {
		if x, ok := tree.Get(p.Path[level]); ok {
			parts = append(parts, x.Name.In(c.lang))
		}
	}
	return strings.Join(parts, ", ")
}

// notes are the last words that everybody may read, or what was done.
func (c *call) notes(p matters.Published) string {
	switch {
	case p.Said.ID == 0:
		return c.T("matter.state." + string(p.State))
	case p.Said.Words != "":
		return p.Said.Words
	}
	return c.T("matter.did." + string(p.Said.Act))
}

// photoFor is how long the address of a photo is good, at least.
const photoFor = 24 * time.Hour

// photo is the address of the first photo.
func (c *call) photo(p matters.Published) string {
	if len(p.Photos) == 0 {
		return ""
	}
	return c.file(p.Photos[0])
}

func (c *call) file(f matters.File) string {
	return c.s.Address + "/files/" + c.s.Blobs.Address(blob.Hash(f.Hash).Medium(), "", c.s.DB.Now(), photoFor) + "?t=.jpg"
}

// detailed is CitySDK's word for a state.
func detailed(s matters.State) georeport.Word {
	switch s {
	case matters.Received, matters.AskedIntake:
		return "RECEIVED"
	case matters.Accepted, matters.Classified, matters.Disputed, matters.Dispatched, matters.Handling, matters.AskedHandler, matters.Suspended:
		return "IN_PROCESS"
	case matters.Handled, matters.Verified:
		return "PROCESSED"
	case matters.Closed, matters.Joined:
		return "ARCHIVED"
	case matters.Declined, matters.Withdrawn:
		return "REJECTED"
	}
	return ""
}
