// SPDX-License-Identifier: Apache-2.0

package insights

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"yuanba/internal/domain/insights"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/atlas"
	"yuanba/internal/web/livemap"
	"yuanba/internal/web/page"
)

// roomPage is the command room, at a desk or on a wall.
type roomPage struct {
	page.Base
	Head     page.Head
	Events   string // where it hears that something has happened
	Wall     string // the other layout
	At       string
	Behind   bool
	Place    string
	Lights   []lit // of all that is under way
	Private  int
	Today    []compared
	Queue    []stage
	Loads    loads
	Areas    loads
	Map      page.Map
	Whistles []whistle
	Hot      []page.Row // the hottest issues
	Pressing []page.Row
	Open     string // the whole list
	Latest   []deed
	Empty    page.Empty
}

// lit is one of the three lights, with how many have it.
type lit struct {
	Text string
	N    int
	Tone page.Tone
	Href string
}

// stage is what waits in one state, drawn as a bar of its lights.
type stage struct {
	Name, Href string
	N          int
	Lights     []lit
	Bar        bar
}

// bar is the widths of three lights, of a thousand.
type bar struct{ Red, Yellow, Green, YellowAt, GreenAt int }

func barOf(l insights.Lights, most int) bar {
	most = max(most, 1)
	b := bar{Red: l.Red * 1000 / most, Yellow: l.Yellow * 1000 / most, Green: l.Green * 1000 / most}
	b.YellowAt, b.GreenAt = b.Red, b.Red+b.Yellow
	return b
}

// loads are what is under way at several units or places.
type loads struct {
	Name string
	Rows []load
}

type load struct {
	Name, Href  string
	N, Red, Due int
	Bar         bar
}

// compared is a number of today beside that of the same weekday a week ago.
type compared struct {
	Text        string
	Today, Then int64
	Href        string
}

type whistle struct {
	Title, Href, Number, Words, Left string
	Late                             bool
	Units                            []answered
}

// answered is a called unit, and whether it has answered.
type answered struct {
	Unit string
	Yes  bool
	Text string
}

type deed struct{ When, What, Title, Href, Number string }

var (
	roomed = page.New[roomPage](files, "room.html", "parts.html")
	walled = page.New[roomPage](files, "wall.html", "parts.html")
)

// part is the part of the town that the address asks for, else the reader's own.
func (c *Counter) part(r *http.Request, b page.Base) (scope.Scope, error) {
	may := insights.MayCommand(b.Actor, b.Now)
	if words := r.URL.Query().Get("place"); words != "" {
		d, err := id.Parse(words)
		if err != nil {
			return scope.Scope{}, errs.New(errs.NotFound, "place.none")
		}
		p, ok := c.Places.Tree().Get(d)
		if !ok {
			return scope.Scope{}, errs.New(errs.NotFound, "place.none")
		}
		return roomOf(p.Path), nil
	}
	if len(may) == 0 {
		return scope.Scope{}, nil // which is denied
	}
	return may[0], nil
}

// roomOf is the part of the town that has a room: below a village there is none.
func roomOf(p scope.Path) scope.Scope {
	s := scope.Of(p)
	if s.Level > scope.Village {
		return scope.Scope{Level: scope.Village, ID: p[scope.Village]}
	}
	return s
}

func (c *Counter) desk(w http.ResponseWriter, r *http.Request) error {
	v, err := c.room(r, page.LookWide)
	if err != nil {
		return err
	}
	return roomed.Show(w, r, v)
}

func (c *Counter) wall(w http.ResponseWriter, r *http.Request) error {
	v, err := c.room(r, page.LookWall)
	if err != nil {
		return err
	}
	return walled.Show(w, r, v)
}

func (c *Counter) room(r *http.Request, look page.Look) (v roomPage, err error) {
	b := page.From(r).Titled("room.title")
	b.Look, b.Scripts = look, append(b.Scripts, liveScript)
	in, err := c.part(r, b)
	if err != nil {
		return v, err
	}
	room, err := c.Insights.Room(r.Context(), b.Actor, in)
	if err != nil {
		return v, err
	}
	v = c.show(b, room)
	v.Hot, err = c.hottest(r.Context(), b, in)
	return v, err
}

const (
	mostHot     = 5
	mostHotWall = 3
)

// hottest are the hottest issues of the room's part of the town. The wall is read by
// whoever passes: it has those that everybody may see, as everybody sees them.
func (c *Counter) hottest(ctx context.Context, b page.Base, in scope.Scope) ([]page.Row, error) {
	if b.Look == page.LookWall {
		b.Actor = scope.Actor{Kind: scope.Anonymous}
		return c.Hottest(ctx, b, in, mostHotWall)
	}
	return c.Hottest(ctx, b, in, mostHot)
}

// show puts a room into the reader's words.
func (c *Counter) show(b page.Base, room insights.Room) roomPage {
	q := url.Values{}
	at, _ := c.Places.Tree().City()
	if room.In.Level != scope.City {
		at, _ = c.Places.Tree().Get(room.In.ID)
		q.Set("place", at.ID.String())
	}
	query := suffix(q)
	v := roomPage{Base: b, Place: at.Name.In(b.Lang), At: i18n.When(b.Lang, room.At, room.At), Behind: room.Behind, Private: room.Private,
		Events: "/room/events?seq=" + strconv.FormatInt(room.Seq, 10), Wall: "/room/wall" + query, Open: c.list(q, "open", "1"),
		Loads: loads{Name: b.T("room.loads")}, Areas: loads{Name: b.T("room.where")},
		Empty: page.Empty{Icon: "check", Title: b.T("room.quiet"), Text: b.T("room.quiet.text")}}
	v.Head = page.Head{Title: b.T("room.title"), Kicker: v.Place, Lead: b.T("room.lead"), Action: page.Link{Href: v.Wall, Text: b.T("room.wall"), Icon: "eye"}}
	if b.Look == page.LookWall {
		v.Wall = "/room" + query
	}
	v.Lights = []lit{
		{b.T("room.red"), room.All.Red, page.ToneLate, c.list(q, "late", "1")},
		{b.T("room.yellow"), room.All.Yellow, page.ToneSoon, c.list(q, "open", "1")},
		{b.T("room.green"), room.All.Green, page.ToneDone, c.list(q, "open", "1")},
	}
	most := 0
	for _, s := range room.Queue {
		most = max(most, s.All())
	}
	for _, s := range room.Queue {
		v.Queue = append(v.Queue, stage{Name: b.T("matter.state." + string(s.State)), Href: c.list(q, "state", string(s.State)), N: s.All(), Lights: lights(b, s.Lights), Bar: barOf(s.Lights, most)})
	}
	most = 0
	for _, l := range room.Loads {
		most = max(most, l.All())
	}
	for i, l := range room.Loads {
		if i == mostLoads {
			break
		}
		v.Loads.Rows = append(v.Loads.Rows, load{Name: c.unit(b.Lang, l.Unit), Href: c.list(q, "open", "1", "unit", l.Unit.String()), N: l.All(), Red: l.Red, Due: l.Yellow, Bar: barOf(l.Lights, most)})
	}
	c.areas(&v, b, at, room)
	v.days(b, room)
	for _, x := range room.Whistles {
		v.Whistles = append(v.Whistles, c.whistle(b, x))
	}
	v.Pressing = c.Rows(b, room.Pressing)
	for _, d := range room.Latest {
		v.Latest = append(v.Latest, deed{When: i18n.Ago(b.Lang, room.At, d.At), What: b.T("matter.did." + string(d.Act)), Title: d.Card.Title, Href: "/matters/" + d.Card.Number, Number: d.Card.Number})
	}
	return v
}

const mostLoads = 12

// list is the address of a list of matters of the room's part of the town.
func (c *Counter) list(q url.Values, more ...string) string {
	x := url.Values{}
	for k, v := range q {
		x[k] = v
	}
	for i := 0; i+1 < len(more); i += 2 {
		x.Set(more[i], more[i+1])
	}
	return "/matters?" + x.Encode()
}

func lights(b page.Base, l insights.Lights) []lit {
	return []lit{{b.T("room.red"), l.Red, page.ToneLate, ""}, {b.T("room.yellow"), l.Yellow, page.ToneSoon, ""}, {b.T("room.green"), l.Green, page.ToneDone, ""}}
}

// areas are the places of the room, in a list and on a map.
func (c *Counter) areas(v *roomPage, b page.Base, at places.Place, room insights.Room) {
	tree := c.Places.Tree()
	by, most := map[id.ID]insights.Lights{}, 0
	for _, a := range room.Areas {
		by[a.Place] = a.Lights
		most = max(most, a.All())
	}
	for _, a := range room.Areas {
		if p, ok := tree.Get(a.Place); ok {
			v.Areas.Rows = append(v.Areas.Rows, load{Name: p.Name.In(b.Lang), Href: "/matters?open=1&place=" + p.ID.String(), N: a.All(), Red: a.Red, Due: a.Yellow, Bar: barOf(a.Lights, most)})
		}
	}
	scale := atlas.ScaleOf(most)
	m := atlas.Map{Tree: tree, Of: at, Name: b.T("room.map", v.Place), Large: b.Large}
	for _, p := range tree.Children(at.ID) {
		if l := by[p.ID]; p.Kind == places.Town || p.Kind == places.Village {
			m.Spots = append(m.Spots, atlas.Spot{Place: p, Shade: scale.Of(l.All()), Says: b.T("room.map.says", l.All(), l.Red), Href: "/matters?open=1&place=" + p.ID.String()})
		}
	}
	v.Map = m.Draw(b.Lang)
	if v.Map.Picture != "" {
		v.Map.Title, v.Map.Shades = b.T("room.map.shades"), scale.Legend(most)
	}
	if b.Look != page.LookWall { // the wall is read by whoever passes, and by nobody's hand
		of := ""
		if at.Kind != places.City {
			of = "?place=" + at.ID.String()
		}
		v.Base, v.Map = c.Maps.Move(b, v.Map, livemap.Spec{Of: at, Points: "/room/points" + of, Here: "/room/here" + of, Auto: true})
	}
}

// days are today's numbers beside last week's.
func (v *roomPage) days(b page.Base, room insights.Room) {
	face, key := insights.All, ""
	if room.In.Level != scope.City {
		face, key = insights.ByPlace, strconv.FormatInt(int64(room.In.ID), 10)
	}
	today := insights.DayOf(room.At)
	for _, m := range []insights.Measure{insights.Raised, insights.Accepted, insights.Dispatched, insights.Handled, insights.Closed, insights.Closed + "_late", insights.Rework} {
		x := compared{Text: b.T(m.Key()), Today: room.Today.Of(m), Then: room.LastWeek.Of(m)}
		if m != insights.Raised && x.Today > 0 {
			x.Href = casesAt(face, key, m, insights.Period{From: today, To: today + 1})
		}
		v.Today = append(v.Today, x)
	}
}

// whistle is a whistle under way. Of a matter that is not for everybody nothing but
// that it is one.
func (c *Counter) whistle(b page.Base, x matters.UnderWay) whistle {
	w := whistle{Title: x.Card.Title, Href: "/matters/" + x.Card.Number, Number: x.Card.Number, Words: x.Whistle.Words, Left: i18n.Left(b.Lang, b.Now, x.Whistle.Due), Late: b.Now.After(x.Whistle.Due)}
	if !x.Card.VisibleToAll() {
		w.Title, w.Words = b.T("room.private"), ""
		if b.Look == page.LookWall {
			w.Href, w.Number = "", ""
		}
	}
	for _, a := range x.Whistle.Responses {
		text := b.T("room.called")
		if !a.At.IsZero() {
			text = b.T("room.answered")
		}
		w.Units = append(w.Units, answered{Unit: c.unit(b.Lang, a.Unit), Yes: !a.At.IsZero(), Text: text})
	}
	return w
}

// beat is how often a stream without news shows that it lives.
const beat = 15 * time.Second

// events tells the room that something has happened, and nothing of what: what the
// reader may see of it the page says. It goes on where a reader was cut off.
func (c *Counter) events(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	if len(insights.MayCommand(b.Actor, b.Now)) == 0 {
		return errs.New(errs.Denied, scope.DeniedNeed)
	}
	last := r.Header.Get("Last-Event-ID")
	if last == "" {
		last = r.URL.Query().Get("seq")
	}
	seq, err := strconv.ParseInt(last, 10, 64)
	if err != nil {
		seq = 0
	}
	ear, ok := c.Live.Hear(seq)
	if !ok {
		return errs.New(errs.Busy, "room.full")
	}
	defer ear.Close()
	s, ctx, err := page.NewStream(w, r)
	if err != nil {
		return nil // the reader has gone
	}
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case n, going := <-ear.C:
			if !going || s.Send(n, "change", "") != nil {
				return nil
			}
		case <-tick.C:
			if s.Beat() != nil {
				return nil
			}
		}
	}
}
