// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"net/http"

	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/web/page"
)

// editPage is the desk of those who edit a village's page: what is due next, what is
// half written, and the ways to write something.
type editPage struct {
	sheet
	Due    []page.Row
	Drafts []page.Row
	Asked  []page.Row
	// Letters are those to the reader that wait for a reply; Joining who waits for a yes.
	Letters []page.Row
	Joining []page.Row
	// Ways are the things to write; Keeps what is kept in order: the book, who is on duty, who belongs, the face.
	Ways  []page.Link
	Keeps []page.Link
}

var editShown = page.New[editPage](files, "edit.html")

func (c *Counter) edit(w http.ResponseWriter, r *http.Request) error {
	p, err := c.placeOf(r)
	if err != nil {
		return err
	}
	b := page.From(r)
	if err := mayEdit(b, p); err != nil {
		return err
	}
	v := editPage{sheet: c.sheetOf(b, p, "edit", b.T("village.edit.title"), b.T("village.edit.lead"))}
	if p.Kind == places.Village {
		_, all, err := c.Affairs.Standings(r.Context(), p.ID, 3)
		if err != nil {
			return err
		}
		for _, s := range all {
			if s.At.IsZero() {
				row := page.Row{Href: At(p.ID) + "/write?kind=" + string(s.Item.Kind) + "&item=" + s.Item.Code + "&period=" + string(s.Period), Title: s.Item.Name.In(b.Lang), Meta: []string{b.T("village.kind." + string(s.Item.Kind)), s.Period.Say(b.Lang)},
					Left: i18n.Left(b.Lang, b.Now, s.Due), Due: s.Due, Light: page.Light{Used: -1, Tone: page.ToneSoon}}
				if s.Missing() {
					row.Light.Tone = page.ToneLate
				}
				v.Due = append(v.Due, row)
			}
		}
	}
	drafts, err := c.Affairs.ListNotices(r.Context(), b.Actor, p.ID, affairs.Query{States: []affairs.NoticeState{affairs.Draft}, Most: 30})
	if err != nil {
		return err
	}
	v.Drafts = noticeRows(b, drafts)
	open, err := c.Affairs.ListRemarks(r.Context(), b.Actor, affairs.RemarkQuery{Place: p.ID, States: []affairs.RemarkState{affairs.OpenRemark}, Most: 30})
	if err != nil {
		return err
	}
	v.Asked = c.remarkRows(b, open)
	if v.Letters, err = c.lettersWaiting(r, b, p); err != nil {
		return err
	}
	joining, err := c.Affairs.ListMembers(r.Context(), b.Actor, p.ID, affairs.Vouched)
	if err != nil {
		return err
	}
	for _, m := range joining {
		v.Joining = append(v.Joining, page.Row{Href: At(p.ID) + "/members", Title: m.Name, Meta: []string{i18n.When(b.Lang, b.Now, m.AskedAt)}})
	}
	for _, k := range affairs.Kinds {
		if k.Open() && p.Kind != places.Village {
			continue
		}
		v.Ways = append(v.Ways, page.Link{Href: At(p.ID) + "/write?kind=" + string(k), Text: b.T("village.write.title", i18n.Key(affairWord(k, p)))})
	}
	if p.Kind == places.Village {
		v.Keeps = append(v.Keeps, page.Link{Href: At(p.ID) + "/book", Text: b.T("village.book.title")})
	}
	v.Keeps = append(v.Keeps, page.Link{Href: At(p.ID) + "/duty", Text: b.T("village.duty.edit")}, page.Link{Href: At(p.ID) + "/members", Text: b.T("membership.title")}, page.Link{Href: At(p.ID) + "/face", Text: b.T("village.face.title")})
	return editShown.Show(w, r, v)
}

// lettersWaiting are the letters to the reader that wait for a reply.
func (c *Counter) lettersWaiting(r *http.Request, b page.Base, p places.Place) (rows []page.Row, err error) {
	ms, err := c.Affairs.ListMissives(r.Context(), b.Actor, p.ID)
	for _, m := range ms {
		if m.State == affairs.Sent || m.State == affairs.Taken {
			rows = append(rows, missiveRow(b, m))
		}
	}
	return rows, err
}

// facePage is the form of a page's greeting and picture.
type facePage struct {
	sheet
	Version string
	Picture picture
}

var faceShown = page.New[facePage](files, "face.html")

func (c *Counter) face(w http.ResponseWriter, r *http.Request) error {
	v, err := c.faceView(r, nil)
	if err != nil {
		return err
	}
	return faceShown.Show(w, r, v)
}

func (c *Counter) faceView(r *http.Request, f *form.Form) (v facePage, err error) {
	p, err := c.placeOf(r)
	if err != nil {
		return v, err
	}
	b := page.From(r)
	if err := mayEdit(b, p); err != nil {
		return v, err
	}
	pg, err := c.Affairs.Page(r.Context(), p.ID)
	if err != nil {
		return v, err
	}
	if f == nil {
		f = form.Of("greeting", pg.Greeting, "says", pg.Says)
	}
	v = facePage{sheet: c.sheetOf(b, p, "edit", b.T("village.face.title"), b.T("village.face.lead")), Version: itoa(int(pg.Version))}
	v.Form = f
	if pg.Picture.Hash != "" {
		v.Picture = picture{Src: "/papers/" + string(blob.Hash(pg.Picture.Hash).Small()), Alt: pg.Says}
	}
	return v, nil
}

// editing reads a form that is sent about a place by who edits its page.
func (c *Counter) editing(r *http.Request) (p places.Place, f *form.Form, err error) {
	if p, err = c.placeOf(r); err != nil {
		return p, nil, err
	}
	if err := mayEdit(page.From(r), p); err != nil {
		return p, nil, err
	}
	f, err = form.Read(r)
	return p, f, err
}

func (c *Counter) shape(w http.ResponseWriter, r *http.Request) error {
	p, f, err := c.editing(r)
	if err != nil {
		return err
	}
	in := affairs.Facing{Greeting: f.Line("greeting", affairs.MaxGreeting), Says: f.Line("says", affairs.MaxTitle), Version: int64(f.Int("version", 0, 1<<40))}
	if in.Picture, err = c.take(r, f, "picture", blob.Photo); err != nil {
		return err
	}
	if err = f.Err(); err == nil {
		if err = c.Affairs.Shape(r.Context(), page.Actor(r), p.ID, in); err == nil {
			return page.Done(w, r, At(p.ID), "village.shaped")
		}
	}
	v, verr := c.faceView(r, f)
	if verr != nil {
		return verr
	}
	return faceShown.Fail(w, r, v, err)
}
