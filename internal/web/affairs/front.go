// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"net/http"
	"strings"

	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/web/page"
)

// frontPage is the front page of a village: like that of a newspaper, what matters
// most is first and largest, and what is late says so at the top.
type frontPage struct {
	page.Base
	Kicker, Name string
	Greeting     string
	Picture      picture
	Tabs         []page.Tab
	Standing     page.Note
	Late         []lateItem
	Blocks       []block
	Empty        page.Empty
	About        page.Link
}

// picture is a village's own.
type picture struct{ Src, Alt string }

// lateItem is something that should have been opened and has not.
type lateItem struct{ Name, Period, Since string }

// A block is a part of the front page; which of its fields are set follows from its
// name.
type block struct {
	Name  string
	Title string
	More  page.Link
	Empty string
	Open  []group
	Money money
	Rows  []page.Row
	Dates []date
	Texts []text
	Facts []page.Fact
	Lead  string
	Wide  bool
}

// group is one of the three open affairs.
type group struct {
	Title string
	Items []item
}

// item is an item of open affairs with how it stands.
type item struct {
	Name, Href string
	When       string
	Pill       page.Pill
}

// money is what a village has, and what came and went.
type money struct {
	Has, Since string
	Parts      []page.Fact
	Period     string
	Came, Went string
	Table      bookTable
}

// date is a day of the calendar with what happens on it.
type date struct {
	Month, Day, Weekday string
	Title, Meta, Href   string
}

// text is something to be read at length.
type text struct {
	Title, Body, Meta, Href string
}

var front = page.New[frontPage](files, "front.html", "blocks.html", "booktable.html")

func (c *Counter) front(w http.ResponseWriter, r *http.Request) error {
	p, err := c.placeOf(r)
	if err != nil {
		return err
	}
	b := page.From(r)
	pg, err := c.Affairs.Page(r.Context(), p.ID)
	if err != nil {
		return err
	}
	name := p.Name.In(b.Lang)
	b.Title = name
	b = c.share(w, r, b, pg, name, cut(pg.Greeting, 60))
	v := frontPage{Base: b, Name: name, Greeting: pg.Greeting, Kicker: c.kicker(b, p), Tabs: c.tabs(b, p, "front"),
		About: page.Link{Href: "/places/" + p.ID.String(), Text: b.T("village.about", name), Icon: "map"}}
	if pg.Picture.Hash != "" {
		v.Picture = picture{Src: "/papers/" + string(blob.Hash(pg.Picture.Hash).Medium()), Alt: pg.Says}
	}
	if pg.Version == 0 {
		v.Empty = page.Empty{Icon: "house", Title: b.T("village.unopened"), Text: b.T("village.unopened.text")}
		if edits(b, p) {
			v.Empty.Action = page.Link{Href: At(p.ID) + "/face", Text: b.T("village.open.it"), Main: true}
		}
		return front.Show(w, r, v)
	}
	if v.Standing, v.Late, err = c.standing(r, b, p); err != nil {
		return err
	}
	for _, k := range affairs.Face(p.Community) {
		x, ok, err := c.block(r, b, p, k)
		if err != nil {
			return err
		}
		if ok {
			x.Name = string(k)
			v.Blocks = append(v.Blocks, x)
		}
	}
	return front.Show(w, r, v)
}

// kicker says what sort of place it is and where.
func (c *Counter) kicker(b page.Base, p places.Place) string {
	kind := b.T(string(p.Kind.Word()))
	if p.Community != "" {
		kind = b.T(string(p.Community.Word()))
	}
	if up, ok := c.Places.Tree().Get(p.Parent); ok {
		return kind + " · " + up.Name.In(b.Lang)
	}
	return kind
}

// standing is the line at the top: what is late, or that nothing is.
func (c *Counter) standing(r *http.Request, b page.Base, p places.Place) (n page.Note, late []lateItem, err error) {
	if p.Kind != places.Village {
		return n, nil, nil
	}
	_, all, err := c.Affairs.Standings(r.Context(), p.ID, 2)
	if err != nil {
		return n, nil, err
	}
	due := 0
	for _, s := range all {
		if s.At.IsZero() && !s.Late {
			continue
		}
		due++
		if s.Missing() {
			late = append(late, lateItem{s.Item.Name.In(b.Lang), s.Period.Say(b.Lang), i18n.Left(b.Lang, b.Now, s.Due)})
		}
	}
	switch {
	case len(late) > 0:
		n = page.Note{Tone: page.ToneLate, Text: b.T("village.late", len(late)), Link: page.Link{Href: At(p.ID) + "/open", Text: b.T("village.late.see")}}
	case due > 0:
		n = page.Note{Tone: page.ToneDone, Text: b.T("village.ontime", due), Link: page.Link{Href: At(p.ID) + "/open", Text: b.T("village.late.see")}}
	}
	return n, late, nil
}

// block makes one block of the front page; false if this place has none of it.
func (c *Counter) block(r *http.Request, b page.Base, p places.Place, k affairs.Block) (block, bool, error) {
	switch k {
	case affairs.BlockOpen:
		return c.openBlock(r, b, p)
	case affairs.BlockMoney:
		return c.moneyBlock(r, b, p)
	case affairs.BlockNotices:
		return c.noticeBlock(r, b, p, affairs.Plain, "notices", 5)
	case affairs.BlockDiary:
		return c.textBlock(r, b, p, affairs.Diary, "diary", 3)
	case affairs.BlockSpeaker:
		return c.textBlock(r, b, p, affairs.Speaker, "speaker", 1)
	case affairs.BlockDates:
		return c.dateBlock(r, b, p)
	case affairs.BlockTalk:
		return c.talkBlock(r, b, p, "talk", affairs.Comment, affairs.Question)
	case affairs.BlockLost:
		return c.talkBlock(r, b, p, "lost", affairs.Lost, affairs.Found)
	case affairs.BlockDuty:
		return c.dutyBlock(r, b, p)
	case affairs.BlockBox:
		return block{Title: b.T("village.block.box"), Lead: b.T("village.block.box.lead"), Empty: b.T("village.block.box.who"), More: page.Link{Href: At(p.ID) + "/box", Text: b.T("village.block.box.write")}}, p.Kind == places.Village, nil
	case affairs.BlockSolved:
		return c.solvedBlock(r, b, p)
	}
	return block{}, false, nil
}

func (c *Counter) openBlock(r *http.Request, b page.Base, p places.Place) (x block, ok bool, err error) {
	if p.Kind != places.Village {
		return x, false, nil
	}
	_, all, err := c.Affairs.Standings(r.Context(), p.ID, 1)
	x = block{Title: b.T("village.block.open"), Lead: b.T("village.block.open.lead"), Wide: true, Open: groups(b, p, all),
		More: page.Link{Href: At(p.ID) + "/open", Text: b.T("village.block.open.more")}}
	return x, true, err
}

// groups puts standings under their three heads.
func groups(b page.Base, p places.Place, all []affairs.Standing) (gs []group) {
	for _, k := range []affairs.Kind{affairs.Party, affairs.Village, affairs.Finance} {
		g := group{Title: b.T(affairWord(k, p))}
		for _, s := range all {
			if s.Item.Kind == k {
				g.Items = append(g.Items, itemOf(b, s))
			}
		}
		gs = append(gs, g)
	}
	return gs
}

// affairWord names one of the three open affairs: in a community the village's are the
// residents'.
func affairWord(k affairs.Kind, p places.Place) string {
	if k == affairs.Village && p.Community != places.Rural {
		return "village.kind.residents"
	}
	return "village.kind." + string(k)
}

func itemOf(b page.Base, s affairs.Standing) item {
	x := item{Name: s.Item.Name.In(b.Lang), When: s.Period.Say(b.Lang), Pill: standingPill(b, s)}
	if s.Notice != 0 && !s.At.IsZero() {
		x.Href = "/notices/" + s.Notice.String()
	}
	return x
}

// standingPill says how it stands with a period: word, shape and colour.
func standingPill(b page.Base, s affairs.Standing) page.Pill {
	switch {
	case s.Missing():
		return page.Pill{Tone: page.ToneLate, Text: b.T("village.stand.missing", i18n.Left(b.Lang, b.Now, s.Due))}
	case s.At.IsZero():
		return page.Pill{Tone: page.ToneQuiet, Text: b.T("village.stand.coming", i18n.Date(b.Lang, s.Due))}
	case s.Late:
		return page.Pill{Tone: page.ToneSoon, Text: b.T("village.stand.late", max(1, int(s.At.Sub(s.Due).Hours()+23)/24))}
	}
	return page.Pill{Tone: page.ToneDone, Text: b.T("village.stand.ontime", i18n.Date(b.Lang, s.At))}
}

const lastLines = 6

func (c *Counter) moneyBlock(r *http.Request, b page.Base, p places.Place) (x block, ok bool, err error) {
	if p.Kind != places.Village {
		return x, false, nil
	}
	x = block{Title: b.T("village.block.money"), Lead: b.T("village.block.money.lead"), Wide: true, Empty: b.T("village.none.money"),
		More: page.Link{Href: At(p.ID) + "/ledger", Text: b.T("village.block.money.more")}}
	has, since, err := c.Affairs.At(r.Context(), p.ID)
	if err != nil || since == "" {
		return x, true, err
	}
	this := affairs.PeriodOf(affairs.Quarterly, b.Now)
	st, err := c.Affairs.Statement(r.Context(), b.Actor, p.ID, this)
	if err != nil {
		return x, true, err
	}
	if len(st.Lines) == 0 { // a quarter has just begun
		from, _, _ := this.Span()
		if st, err = c.Affairs.Statement(r.Context(), b.Actor, p.ID, affairs.PeriodOf(affairs.Quarterly, from.AddDate(0, 0, -1))); err != nil {
			return x, true, err
		}
	}
	var all affairs.Fen
	for _, h := range has {
		all += h.Sum
		x.Money.Parts = append(x.Money.Parts, page.Fact{Label: b.T(string(affairs.AccountName(h.Account))), Value: yuan(b, h.Sum)})
	}
	x.Money.Has, x.Money.Since = all.String(), b.T("village.money.since", string(since))
	x.Money.Period, x.Money.Came, x.Money.Went = st.Period.Say(b.Lang), st.Came.String(), st.Went.String()
	lines := st.Lines
	if len(lines) > lastLines {
		lines = lines[len(lines)-lastLines:]
	}
	x.Money.Table = linesTable(b, b.T("village.money.last"), lines)
	return x, true, nil
}

// yuan is an amount with its unit.
func yuan(b page.Base, f affairs.Fen) string { return b.T("village.yuan", f.String()) }

func (c *Counter) noticeBlock(r *http.Request, b page.Base, p places.Place, k affairs.Kind, name string, most int) (x block, ok bool, err error) {
	ns, err := c.Affairs.ListNotices(r.Context(), b.Actor, p.ID, affairs.Query{Kinds: []affairs.Kind{k}, States: []affairs.NoticeState{affairs.Published}, Most: most})
	x = block{Title: b.T("village.block." + name), Rows: noticeRows(b, ns), Empty: b.T("village.none." + name), More: page.Link{Href: At(p.ID) + "/notices?kind=" + string(k), Text: b.T("village.more")}}
	return x, true, err
}

func (c *Counter) textBlock(r *http.Request, b page.Base, p places.Place, k affairs.Kind, name string, most int) (x block, ok bool, err error) {
	ns, err := c.Affairs.ListNotices(r.Context(), b.Actor, p.ID, affairs.Query{Kinds: []affairs.Kind{k}, States: []affairs.NoticeState{affairs.Published}, Most: most})
	x = block{Title: b.T("village.block." + name), Empty: b.T("village.none." + name), More: page.Link{Href: At(p.ID) + "/notices?kind=" + string(k), Text: b.T("village.more")}}
	for _, n := range ns {
		body := cut(n.Body, 120)
		if n.Closed {
			body = b.T("village.closed")
		}
		x.Texts = append(x.Texts, text{Title: n.Title, Body: body, Meta: i18n.When(b.Lang, b.Now, n.PublishedAt) + " · " + n.Post, Href: "/notices/" + n.ID.String()})
	}
	return x, true, err
}

// cut shortens a text to a number of characters, at the end of a sentence if there is
// one.
func cut(s string, most int) string {
	rs := []rune(strings.ReplaceAll(s, "\n", " "))
	if len(rs) <= most {
		return string(rs)
	}
	for i := most; i > most/2; i-- {
		if strings.ContainsRune("。！？.!?", rs[i-1]) {
			return string(rs[:i])
		}
	}
	return string(rs[:most]) + "…"
}

func (c *Counter) dateBlock(r *http.Request, b page.Base, p places.Place) (x block, ok bool, err error) {
	ns, err := c.Affairs.Coming(r.Context(), b.Actor, p.ID, b.Now, 4)
	x = block{Title: b.T("village.block.dates"), Empty: b.T("village.none.dates"), More: page.Link{Href: At(p.ID) + "/notices?kind=event", Text: b.T("village.more")}}
	for _, n := range ns {
		x.Dates = append(x.Dates, dateOf(b, n))
	}
	return x, true, err
}

func dateOf(b page.Base, n affairs.Notice) date {
	at := n.Starts.In(i18n.Zone)
	return date{Month: b.T("affairs.month." + itoa(int(at.Month()))), Day: itoa(at.Day()), Weekday: b.T("village.weekday." + itoa(int(at.Weekday()))),
		Title: n.Title, Meta: strings.Join(nonempty(at.Format("15:04"), n.Spot), " · "), Href: "/notices/" + n.ID.String()}
}

func noticeRows(b page.Base, ns []affairs.Notice) (rows []page.Row) {
	for _, n := range ns {
		row := page.Row{Href: "/notices/" + n.ID.String(), Title: n.Title, Meta: nonempty(n.Period.Say(b.Lang), i18n.When(b.Lang, b.Now, n.PublishedAt), n.Post)}
		switch n.State {
		case affairs.Withdrawn:
			row.Pill = page.Pill{Tone: page.ToneQuiet, Icon: "x", Text: b.T("notice.state.withdrawn")}
		case affairs.Draft:
			row.Meta = nonempty(b.T("village.kind."+string(n.Kind)), n.Period.Say(b.Lang), i18n.When(b.Lang, b.Now, n.MadeAt), n.Actor)
			row.Pill = page.Pill{Tone: page.ToneSoon, Icon: "edit", Text: b.T("notice.state.draft")}
		case affairs.Published, affairs.Discarded:
		}
		if n.Members {
			row.Tags = append(row.Tags, b.T("village.reach.mark"))
		}
		rows = append(rows, row)
	}
	return rows
}

func nonempty(ss ...string) (out []string) {
	for _, s := range ss {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (c *Counter) talkBlock(r *http.Request, b page.Base, p places.Place, name string, kinds ...affairs.RemarkKind) (x block, ok bool, err error) {
	xs, err := c.Affairs.ListRemarks(r.Context(), b.Actor, affairs.RemarkQuery{Place: p.ID, Kinds: kinds, States: []affairs.RemarkState{affairs.OpenRemark, affairs.Answered, affairs.Shown}, Most: 4})
	x = block{Title: b.T("village.block." + name), Empty: b.T("village.none." + name), More: page.Link{Href: At(p.ID) + "/talk", Text: b.T("village.more")}}
	for _, y := range xs {
		x.Rows = append(x.Rows, page.Row{Href: "/remarks/" + y.ID.String(), Title: saidOf(b, y), Meta: nonempty(b.T("remark.kind."+string(y.Kind)), y.Name, i18n.When(b.Lang, b.Now, y.At)), Pill: remarkOf(b, y).Pill})
	}
	return x, true, err
}

func (c *Counter) dutyBlock(r *http.Request, b page.Base, p places.Place) (x block, ok bool, err error) {
	ss, err := c.Affairs.Shifts(r.Context(), p.ID, places.DayOf(b.Now), 3)
	x = block{Title: b.T("village.block.duty"), Empty: b.T("village.duty.none"), More: page.Link{Href: At(p.ID) + "/duty", Text: b.T("village.block.duty.more")}}
	for _, y := range ss {
		day, _, _ := affairs.Period(y.On).Span()
		x.Facts = append(x.Facts, page.Fact{Label: i18n.Day(b.Lang, day, b.Now.In(i18n.Zone).Year()), Value: y.Name + " " + y.Phone, Href: "tel:" + y.Phone})
	}
	return x, true, err
}

// solvedBlock says what of what was raised here in a year has been solved: counted from
// the matters, with what it is counted out of.
func (c *Counter) solvedBlock(r *http.Request, b page.Base, p places.Place) (x block, ok bool, err error) {
	if c.Solved == nil {
		return x, false, nil
	}
	n, err := c.Solved(r.Context(), p)
	x = block{Title: b.T("village.block.solved"), Lead: b.T("village.block.solved.lead"), Empty: b.T("village.none.solved"), More: page.Link{Href: "/places/" + p.ID.String(), Text: b.T("village.block.solved.more")}}
	if n.Raised > 0 {
		x.Facts = []page.Fact{{Label: b.T("village.solved.raised"), Value: page.Number(n.Raised)}, {Label: b.T("village.solved.closed"), Value: b.T("village.of", page.Number(n.Closed), page.Number(n.Raised))}, {Label: b.T("village.solved.ontime"), Value: b.T("village.of", page.Number(n.OnTime), page.Number(n.Closed))}, {Label: b.T("village.solved.solved"), Value: b.T("village.of", page.Number(n.Solved), page.Number(n.Rated))}}
	}
	return x, true, err
}
