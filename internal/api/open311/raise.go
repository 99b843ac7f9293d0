// SPDX-License-Identifier: Apache-2.0

package open311

import (
	"math"
	"slices"
	"strings"
	"time"
	"unicode"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/georeport"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// raise takes a request in.
func (c *call) raise() error {
	if c.keyed() {
		if err := c.caller.Needs(access.RequestsWrite); err != nil {
			return err
		}
	} else if c.s.KeysOnly {
		return errs.New(errs.Denied, "open311.key.missing")
	}
	p, err := georeport.ParsePost(c.r.Form)
	var faults errs.List
	if err := faults.Join(err); err != nil {
		return err
	}
	in := matters.Raising{Body: p.Description, Channel: matters.Open311, PlaceWords: p.Address, Called: p.Called, Public: !p.Private}
	if c.keyed() {
		in.ForWords = c.caller.Key.Name
	}
	var path scope.Path
	if err := faults.Join(c.serviceOf(p, &in)); err != nil {
		return err
	}
	if err := faults.Join(c.placeOf(p, &in, &path)); err != nil {
		return err
	}
	if err := faults.Err(); err != nil {
		return first(faults)
	}
	if c.keyed() && !c.caller.Key.In().Contains(path) {
		return errs.New(errs.Denied, "open311.key.place", c.caller.Key.Name)
	}
	notes := c.contact(p, &in)
	if in.Files, err = c.uploads(); err != nil {
		return err
	}
	media := p.Media
	if len(media) > 0 && !c.keyed() {
		media, notes = nil, append(notes, c.T("open311.media.key"))
	}
	if c.test {
		if err := c.s.Matters.Check(c.caller.Actor, in); err != nil {
			return err
		}
		return c.receipt(georeport.Receipt{Token: "test", Notice: georeport.Word(c.T("open311.test"))})
	}
	slip, err := c.take(in, media)
	if err != nil {
		return err
	}
	if note := c.mailbox(p, slip); note != "" {
		notes = append(notes, note)
	}
	notice := c.T("open311.notice", slip.Number, slip.Code, i18n.Date(c.lang, slip.Due))
	return c.receipt(georeport.Receipt{ID: georeport.Word(slip.Number), Notice: georeport.Word(strings.Join(append([]string{notice}, notes...), " "))})
}

// first puts what decides the status in front: a service that is not there is 404
// whatever else is wrong.
func first(l errs.List) error {
	slices.SortStableFunc(l, func(a, b *errs.Error) int {
		rank := func(e *errs.Error) int {
			if e.Kind == errs.NotFound {
				return 0
			}
			return 1
		}
		return rank(a) - rank(b)
	})
	return l
}

func (c *call) receipt(r georeport.Receipt) error {
	return c.send(georeport.List(c.f, georeport.RequestsDoc, []georeport.Receipt{r}))
}

// take raises the matter; what is to be fetched is promised in the same
// transaction.
func (c *call) take(in matters.Raising, media []string) (slip matters.Slip, err error) {
	if len(media) == 0 {
		return c.s.Matters.Raise(c.r.Context(), c.caller.Actor, in)
	}
	err = c.s.DB.Write(c.r.Context(), func(tx *sqldb.Tx) error {
		if slip, err = c.s.Matters.RaiseIn(tx, c.caller.Actor, in); err != nil {
			return err
		}
		for _, address := range media {
			if err := jobs.Enqueue(c.s.Jobs, tx, Fetch, Fetching{Matter: slip.ID, URL: address}, jobs.Opts{MaxTries: 6}); err != nil {
				return err
			}
		}
		return nil
	})
	return slip, err
}

// serviceOf settles the category and the answers to its questions. Without words
// the name of the service is what is said.
func (c *call) serviceOf(p georeport.Post, in *matters.Raising) error {
	if p.Service == "" {
		return nil // was said
	}
	k, err := c.category(p.Service)
	if err != nil {
		return err
	}
	in.Category, in.Public = k.Code, in.Public && k.Public
	if in.Body == "" {
		in.Body = k.Name.In(c.lang)
	}
	var faults errs.List
	in.Answers = map[string]string{}
	for _, q := range k.Questions {
		switch values := p.Attributes[q.Key]; len(values) {
		case 0:
		case 1:
			in.Answers[q.Key] = answer(q, values[0])
		default:
			faults.Add("q."+q.Key, "open311.one")
		}
	}
	if _, err := k.Check(in.Answers); err != nil {
		if err := faults.Join(err); err != nil {
			return err
		}
	}
	return faults.Err()
}

// answer is what was sent as the town's question understands it: programs send the
// words of a choice in place of its key, moments in place of days, and true.
func answer(q matters.Question, v string) string {
	switch q.Type {
	case "choice":
		for _, x := range q.Choices {
			if strings.EqualFold(v, x.Label.ZH) || strings.EqualFold(v, x.Label.EN) {
				return x.Value
			}
		}
	case "yesno":
		switch strings.ToLower(v) {
		case "true", "1", "yes", "y", "是", "有":
			return "yes"
		case "false", "0", "no", "n", "否", "不是", "没有":
			return "no"
		}
	case "date":
		if t, ok := georeport.ParseStamp(v); ok {
			return t.In(i18n.Zone).Format(time.DateOnly)
		}
	}
	return v
}

// placeOf settles where it is: the spot, else the place that is named by its code
// or in words.
func (c *call) placeOf(p georeport.Post, in *matters.Raising, path *scope.Path) error {
	tree := c.s.Places.Tree()
	city, _ := tree.City()
	*path = city.Path
	set := func(x places.Place) { in.Place, *path = x.ID, x.Path }
	if p.AddressID != "" {
		x, ok := tree.ByCode(p.AddressID)
		if d, err := id.Parse(p.AddressID); !ok && err == nil {
			x, ok = tree.Get(d)
		}
		if !ok || !x.Open() {
			return errs.At("address_id", "open311.address_id", short(p.AddressID))
		}
		set(x)
	}
	if p.Spot {
		in.At = &matters.Point{Lon: p.Long, Lat: p.Lat}
		x, ok, known := located(tree, p.Long, p.Lat)
		switch {
		case ok && in.Place == 0:
			set(x)
		case !ok && known:
			return errs.At("lat", "open311.outside")
		}
		return nil
	}
	if in.Place == 0 {
		if x, ok := tree.Named(p.Address + "\n" + p.Description); ok {
			set(x)
		}
	}
	return nil
}

// How far a spot may be from the point of a village to be taken as in it, and from
// the nearest one to be in its town, where places have no outlines.
const (
	nearVillage = 3_000.0
	nearTown    = 25_000.0
)

// located is the place of a spot: by the outlines, or, where there are none, by the
// nearest village. known is false if the town's places have neither.
func located(tree *places.Tree, long, lat float64) (p places.Place, ok, known bool) {
	if p, ok := tree.Locate(long, lat); ok {
		return p, true, true
	}
	city, _ := tree.City()
	if _, drawn := tree.Outline(city.ID); drawn {
		return p, false, true
	}
	near := tree.Nearest(long, lat, places.Village, 1, math.Inf(1))
	switch {
	case len(near) == 0:
		return p, false, false
	case near[0].Metres <= nearVillage:
		return near[0].Place, true, true
	case near[0].Metres <= nearTown:
		p, ok = tree.Get(near[0].Place.Path[scope.Town])
		return p, ok, true
	}
	return p, false, true
}

// contact is how to reach who asks. What cannot be understood of it is left out,
// which is said in the answer, so that nobody's request is lost for it.
func (c *call) contact(p georeport.Post, in *matters.Raising) (notes []string) {
	in.Contact = people.ContactInput{Name: fullName(p.FirstName, p.LastName), Phone: p.Phone, Lang: c.lang}
	for _, e := range errs.Public(in.Contact.Check()) {
		switch e.Field {
		case "name":
			in.Contact.Name = ""
		case "phone":
			in.Contact.Phone = ""
		}
		notes = append(notes, c.T("open311.contact", c.say(e)))
	}
	return notes
}

// fullName puts a name together as its language does.
func fullName(given, family string) string {
	if strings.ContainsFunc(given+family, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return family + given
	}
	return strings.TrimSpace(given + " " + family)
}

// mailbox asks at the address of mail whether it is right, so that its owner hears
// of the request; it returns what is to be said if that was not done.
func (c *call) mailbox(p georeport.Post, slip matters.Slip) string {
	if p.Email == "" {
		return ""
	}
	if c.s.Letters == nil || !c.s.Letters.Offers(notify.Mail) {
		return c.T("open311.mail.off")
	}
	by := scope.Actor{Kind: scope.Anonymous, Slips: []id.ID{slip.ID}}
	err := c.s.Letters.Give(c.r.Context(), by, people.Owner{Kind: people.OwnedBySlip, ID: slip.ID}, notify.Mail, p.Email, c.lang, c.s.from(c.r))
	if err == nil {
		return c.T("open311.mail.asked")
	}
	if es := errs.Public(err); len(es) > 0 {
		return c.T("open311.contact", c.say(es[0]))
	}
	c.s.log().ErrorContext(c.r.Context(), "open311: the mailbox was not taken", "err", err)
	return c.T("open311.mail.off")
}

// mediaFields are the names under which programs send files.
var mediaFields = []string{"media", "media[]", "file", "photo"}

// uploads takes the files that came with the request.
func (c *call) uploads() ([]matters.NewFile, error) {
	if c.r.MultipartForm == nil {
		return nil, nil
	}
	var files []matters.NewFile
	for _, field := range mediaFields {
		for _, h := range c.r.MultipartForm.File[field] {
			if len(files) >= matters.MaxFiles {
				return nil, errs.At(field, "open311.media.many", matters.MaxFiles)
			}
			file, err := h.Open()
			if err != nil {
				return nil, err
			}
			b, err := c.s.Blobs.Take(c.r.Context(), file, blob.Default())
			file.Close()
			if err != nil {
				return nil, err
			}
			files = append(files, newFile(b))
		}
	}
	return files, nil
}

func newFile(b blob.Blob) matters.NewFile {
	return matters.NewFile{Hash: string(b.Hash), Type: string(b.Type), Size: b.Size, Width: b.Width, Height: b.Height}
}
