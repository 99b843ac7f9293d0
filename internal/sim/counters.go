// SPDX-License-Identifier: Apache-2.0

package sim

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/sim/texts"
)

// Bookings of the year: the newspaper article's figure, and the share of it that the
// demonstration plays.
const (
	WholeBookings = 71_200
	someBookings  = 1_500
	someVisits    = 36
)

// counters are the desks of the street in which the cast lives.
type counters struct {
	s       *simulation
	rnd     *rand.Rand
	street  scope.Path
	village id.ID
	all     []counter
	items   []texts.Service
	receipt desk.NewFile
	made    int // bookings so far
}

// A counter is one of them, with who serves there and what they do.
type counter struct {
	id     id.ID
	by     scope.Actor
	items  []string
	starts []time.Duration
}

// serve sets up the catalogue and the counters, and schedules the bookings and the
// home visits of the year.
func (s *simulation) serve() error {
	if s.Desk == nil {
		return nil
	}
	c := &counters{s: s, rnd: rand.New(rand.NewPCG(s.plan.Seed, 0xde5c)), items: texts.Services()}
	home, ok := s.placeNamed("文君街道", "宝塔社区")
	if !ok {
		return nil
	}
	c.village = home[scope.Village]
	c.street = scope.Path{home[scope.City], home[scope.Town]}
	s.Clock.set(s.start.AddDate(0, 0, -20))
	if err := c.offer(); err != nil {
		return err
	}
	if err := c.sign(); err != nil {
		return err
	}
	for n := range s.plan.Bookings {
		c.schedule(n)
	}
	s.after(s.plan.End, c.complete)
	for n := range someVisits {
		c.visit(n)
	}
	return nil
}

// first is the first member of the unit with the key who holds the need.
func (c *counters) first(key string, need scope.Need) scope.Actor {
	u, ok := c.s.Orgs.Directory().Responsible(key, c.street)
	if !ok {
		return founder
	}
	for _, by := range c.s.staff[u.ID] {
		if by.May(need, scope.Target{Path: c.street}).OK {
			return by
		}
	}
	return founder
}

// offer writes down what the units offer, and the plans of their counters.
func (c *counters) offer() error {
	keepers := map[string]scope.Actor{"desk": c.first("desk", "desk"), "police": c.first("police", "desk"), "agriculture": c.first("agriculture", "handle"), "justice": c.first("justice", "handle")}
	bookable := map[string][]string{}
	for _, t := range c.items {
		u, ok := c.s.Orgs.Directory().Responsible(t.Unit, c.street)
		if !ok {
			continue
		}
		hours := u.Hours.ZH
		if t.Unit == "police" { // the station is open at night, its counter is not
			hours = "工作日 9:00–11:30，13:30–16:30"
		}
		_, err := c.s.Desk.Keep(c.s.ctx, keepers[t.Unit], desk.Item{Code: t.Code, Unit: u.ID, Active: true, Spec: desk.Spec{
			Name: t.Name, Also: t.Also, Theme: t.Theme, Kind: t.Kind, For: t.For, Conditions: t.Conditions, Papers: t.Papers, Legal: t.Legal, Promised: t.Promised, Visits: t.Visits, Fee: t.Fee, Where: t.Where, Hours: hours, Phone: t.Phone,
			Complaints: t.Complaints, Courier: t.Courier, Booking: t.Booking, AtHome: t.AtHome}}, "")
		if err != nil {
			return err
		}
		if t.Booking {
			bookable[t.Unit] = append(bookable[t.Unit], t.Code)
		}
	}
	seats := 1 + c.s.plan.Bookings/8_000 // as many as the year's bookings need
	for _, p := range []struct {
		unit, name, en, room string
		items                []string
		officer              bool
	}{
		{"police", "户籍窗口", "Household registration", "派出所一楼 1 号窗口", bookable["police"], true},
		{"desk", "社保医保窗口", "Social and medical insurance", "一楼 2 号窗口", themed(c.items, "社保", "医保", "就业"), false},
		{"desk", "民生救助窗口", "Care and relief", "一楼 3 号窗口", themed(c.items, "养老", "残疾人", "救助", "婚育"), false},
		{"desk", "综合窗口", "General counter", "一楼 4 号窗口", themed(c.items, "个体户", "生活"), false},
		{"agriculture", "农业服务窗口", "Farming", "二楼", bookable["agriculture"], false},
		{"justice", "法律服务窗口", "Law", "二楼", bookable["justice"], false},
	} {
		u, ok := c.s.Orgs.Directory().Responsible(p.unit, c.street)
		if !ok || len(p.items) == 0 {
			continue
		}
		by := keepers[p.unit]
		plan := desk.Plan{Name: i18n.Text{ZH: p.name, EN: p.en}, Room: p.room, Items: p.items, Hours: "09:00-11:30 13:30-16:30", Minutes: 30, Seats: seats, Ahead: 14}
		if p.unit == "desk" {
			plan.Minutes, plan.Seats = 20, seats+1
		}
		if p.officer {
			plan.Officer = by.Account
		}
		d, err := c.s.Desk.KeepCounter(c.s.ctx, by, desk.Counter{Unit: u.ID, Active: true, Plan: plan})
		if err != nil {
			return err
		}
		x := counter{id: d, by: by, items: p.items}
		long := time.Duration(plan.Minutes) * time.Minute
		for _, half := range [][2]time.Duration{{9 * time.Hour, 11*time.Hour + 30*time.Minute}, {13*time.Hour + 30*time.Minute, 16*time.Hour + 30*time.Minute}} {
			for at := half[0]; at+long <= half[1]; at += long {
				x.starts = append(x.starts, at)
			}
		}
		if by.May("desk", scope.Target{Path: c.street}).OK { // where somebody serves at the desk
			c.all = append(c.all, x)
		}
	}
	return nil
}

// themed are the codes of what can be booked under some headings of the street's desk.
func themed(ts []texts.Service, themes ...string) (codes []string) {
	for _, t := range ts {
		for _, th := range themes {
			if t.Theme == th && t.Booking && t.Unit == "desk" {
				codes = append(codes, t.Code)
			}
		}
	}
	return codes
}

// schedule draws one booking: when it is made, for when, and what becomes of it.
func (c *counters) schedule(n int) {
	x := c.all[c.rnd.IntN(len(c.all))]
	days := int(c.s.plan.End.Sub(c.s.start).Hours()/24) + 9
	day := c.s.start.AddDate(0, 0, 8+c.rnd.IntN(days-8))
	for !c.s.Calendar.Workday(day) { // nobody thinks of a day on which nobody works
		day = c.s.start.AddDate(0, 0, 8+c.rnd.IntN(days-8))
	}
	at := c.moment(x, day)
	made := at.Add(-time.Duration(3+c.rnd.IntN(150)) * time.Hour)
	if made.After(c.s.plan.End) {
		made = c.s.plan.End.Add(-time.Duration(1+c.rnd.IntN(40*60)) * time.Minute)
	}
	made = c.s.awake(made)
	item := x.items[c.rnd.IntN(len(x.items))]
	who := guest // the town knows of few of those who come
	if c.rnd.IntN(2) == 0 {
		who = c.s.residents[c.rnd.IntN(len(c.s.residents))]
	}
	if n < 4 { // the two of the cast have something ahead of them
		who = c.s.residents[n%2]
		at = c.moment(x, c.s.plan.End.AddDate(0, 0, 2+n))
		made = c.s.plan.End.Add(-time.Duration(5+n) * time.Hour)
	}
	fate, byDesk := c.rnd.Float64(), c.rnd.Float64() < 0.25
	c.s.after(made, func() error { return c.book(x, who, item, at, byDesk, fate) })
}

// moment is a time at the counter on the first working day from a day on.
func (c *counters) moment(x counter, from time.Time) time.Time {
	y, m, d := from.In(i18n.Zone).Date()
	for day := time.Date(y, m, d, 0, 0, 0, 0, i18n.Zone); ; day = day.AddDate(0, 0, 1) {
		if c.s.Calendar.Workday(day) {
			return day.Add(x.starts[c.rnd.IntN(len(x.starts))])
		}
	}
}

// guest is somebody whom the town does not know.
var guest = scope.Actor{Kind: scope.Anonymous}

// book makes the booking, a little later if the time is taken, and schedules what
// becomes of it.
func (c *counters) book(x counter, who scope.Actor, item string, at time.Time, byDesk bool, fate float64) error {
	wish := desk.Wish{Item: item, Counter: x.id, At: at}
	by := who
	if byDesk {
		by, wish.Channel = x.by, desk.Phone
		if fate < 0.3 {
			wish.Channel, wish.ForWords = desk.Desk, "替家里老人"
		}
	}
	c.forWhom(&wish, who, byDesk)
	var slip desk.Slip
	var err error
	for range 8 {
		if slip, err = c.s.Desk.Book(c.s.ctx, by, wish); err == nil {
			break
		}
		es := errs.Public(err)
		if len(es) == 0 {
			return err
		}
		if es[0].Key == "booking.many" { // somebody else wants it too
			if who = guest; !byDesk {
				by = who
			}
			c.forWhom(&wish, who, byDesk)
			continue
		}
		wish.At = c.moment(x, wish.At.AddDate(0, 0, c.rnd.IntN(2)))
	}
	if err != nil {
		return nil //nolint:nilerr // there was no time left, as happens; see complete
	}
	c.made++
	if at = wish.At; by.Kind == scope.Anonymous {
		by.Slips = []id.ID{slip.ID}
	}
	switch {
	case fate < 0.05:
		c.s.after(c.s.Clock.Now().Add(at.Sub(c.s.Clock.Now())/2), func() error { return ours(c.s.Desk.Cancel(c.s.ctx, by, slip.ID)) })
	case fate < 0.09:
		c.s.after(at.Add(9*time.Hour), func() error { return ours(c.s.Desk.Miss(c.s.ctx, x.by, slip.ID)) })
	default:
		c.s.after(at.Add(time.Duration(c.rnd.IntN(16)-10)*time.Minute), func() error {
			if err := c.s.Desk.Arrive(c.s.ctx, x.by, slip.ID); err != nil {
				return ours(err)
			}
			c.s.after(at.Add(time.Duration(5+c.rnd.IntN(20))*time.Minute), func() error { return ours(c.s.Desk.Serve(c.s.ctx, x.by, slip.ID)) })
			return nil
		})
	}
	return nil
}

// forWhom says in the wish for whom it is: one the town knows, or a name and a telephone.
func (c *counters) forWhom(w *desk.Wish, who scope.Actor, byDesk bool) {
	w.For, w.Contact = 0, people.ContactInput{}
	switch {
	case who.Kind == scope.Anonymous:
		w.Contact = people.ContactInput{Name: texts.Name(c.rnd, texts.Middle, c.rnd.IntN(2) == 0), Phone: fmt.Sprintf("1990002%04d", c.rnd.IntN(10_000))}
	case byDesk:
		w.For = who.Resident
	}
}

// complete makes the bookings for which no time was left when they were wanted: of the year's
// number none is missing when it ends.
func (c *counters) complete() error {
	for tries := 0; c.made < c.s.plan.Bookings; tries++ {
		if tries > 2*c.s.plan.Bookings {
			return fmt.Errorf("only %d of %d bookings found a time", c.made, c.s.plan.Bookings)
		}
		x := c.all[c.rnd.IntN(len(c.all))]
		at := c.moment(x, c.s.plan.End.AddDate(0, 0, 1+c.rnd.IntN(12)))
		if err := c.book(x, guest, x.items[c.rnd.IntN(len(x.items))], at, false, 0.5); err != nil {
			return err
		}
	}
	return nil
}

// sign makes the picture of a signature that the receipts share.
func (c *counters) sign() error {
	if c.s.Blobs == nil { // a town without pictures
		c.receipt = desk.NewFile{Hash: strings.Repeat("0", 64), Type: "image/png"}
		return nil
	}
	m := image.NewRGBA(image.Rect(0, 0, 640, 240))
	for i := range m.Pix {
		m.Pix[i] = 0xff
	}
	for n := range 4000 { // three swings of a pen
		t := float64(n) / 4000
		x, y := 60+500*t, 120+70*math.Sin(t*19)*(1-t/2)
		for dx := -2; dx <= 2; dx++ {
			for dy := -2; dy <= 2; dy++ {
				m.Set(int(x)+dx, int(y)+dy, color.RGBA{0x1e, 0x24, 0x22, 0xff})
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		return err
	}
	k, err := c.s.Blobs.Take(c.s.ctx, &b, blob.Default())
	c.receipt = desk.NewFile{Hash: string(k.Hash), Type: string(k.Type)}
	return err
}

// A plight is what somebody needs at home, and what is done there.
type plight struct{ item, need, agreed, result string }

var plights = []plight{
	{"id-card-renew", "79 岁，患癌卧床，来不了派出所。身份证过期了，医保报销要用。", "女儿接的电话，同意民警和网格员一起上门采集照片和指纹。", "上门采集了照片和指纹，受理换领，证件做好后由网格员送到家。"},
	{"social-alive", "83 岁，不会用手机，腿脚不便，养老金要认证。", "老人自己接的电话，说上午在家。", "当面完成了养老待遇资格认证。"},
	{"disabled-card", "中风后半身不遂，出不了门，想办残疾人证。", "老伴同意上门，医生一起去评定。", "医生上门评定，材料收齐，已上报区残联。"},
	{"elder-allowance", "今年满八十，一个人住，不晓得怎么领高龄津贴。", "儿子在外地，电话里同意，请社区的人在场。", "帮老人填了申请，拍了证件，当场受理。"},
	{"elder-assess", "长期卧床，想申请失能评估。", "家里同意评估员上门，约在下午。", "评估员上门评估，结论十个工作日内告知。"},
	{"medical-chronic", "糖尿病并发症，走路困难，要认定慢性病。", "本人同意，病历已备好。", "收了病历和检查报告，代为提交认定。"},
}

// visit draws one home visit, found on a round or by a neighbour, and what becomes of
// it. The last ones are still under way when the year ends.
func (c *counters) visit(n int) {
	p := plights[n%len(plights)]
	open := n - (someVisits - 7) // which of the last, from 0
	at := c.s.start.AddDate(0, 0, 9+n*9).Add(10 * time.Hour)
	if open >= 0 {
		at = c.s.office(c.s.plan.End.Add(-time.Duration(6-open) * 16 * time.Hour))
		if at.After(c.s.plan.End) {
			at = c.s.plan.End.Add(-time.Hour)
		}
	}
	if n == 3 { // the story of the newspaper: found on the second round of 7 April
		p = plights[0]
		y := c.s.start.In(i18n.Zone).Year()
		at = time.Date(y, time.April, 7, 16, 40, 0, 0, i18n.Zone)
		if at.Before(c.s.start) {
			at = at.AddDate(1, 0, 0)
		}
	}
	c.s.after(at, func() error { return c.find(p, n, open) })
}

func (c *counters) find(p plight, n, open int) error {
	by := c.s.cast["li"]
	f := desk.Finding{Item: p.item, Need: p.need, Finder: desk.OnRound, Place: c.village}
	if grids := c.s.Places.Tree().Children(c.village); len(grids) > 0 {
		f.Place = grids[0].ID
	}
	f.Contact = people.ContactInput{Name: texts.Name(c.rnd, texts.Old, n%2 == 0), Phone: "19900000001", Address: "宝塔社区"}
	if open == 3 {
		f.Contact, f.For = people.ContactInput{}, c.s.residents[0].Resident
	}
	s, err := c.s.Desk.Find(c.s.ctx, by, f)
	if err != nil {
		return ours(err)
	}
	clerk, officer := c.first("desk", "visit"), c.s.cast["he"]
	var there time.Time // the time that was arranged
	acts := []func() error{
		func() error { return c.s.Desk.Call(c.s.ctx, clerk, s.ID, desk.SaidYes, p.agreed) },
		func() error { return c.arrange(s, officer, by, &there) },
		func() error { return c.s.Desk.Do(c.s.ctx, officer, s.ID, p.result, c.receipt, desk.Drawn) },
		func() error {
			return c.s.Desk.FollowUp(c.s.ctx, clerk, s.ID, desk.AllIsWell, "说办好了，谢谢。")
		},
		func() error { return c.s.Desk.Finish(c.s.ctx, officer, s.ID) },
	}
	if n%11 == 5 && open < 0 {
		acts[0] = func() error {
			return c.s.Desk.Call(c.s.ctx, clerk, s.ID, desk.SaidNo, "儿子说过几天自己背老人去办，不用上门。")
		}
		acts = acts[:1]
	}
	if open >= 0 {
		acts = acts[:min(open, 5)]
	}
	c.goOn(acts, 0, &there)
	return nil
}

// goOn does one act after the other, each some working time after the one before, and
// what is done at home after the time that was arranged.
func (c *counters) goOn(acts []func() error, k int, there *time.Time) {
	if k >= len(acts) {
		return
	}
	at := c.s.office(c.s.Clock.Now().Add(time.Duration(2+2*k) * time.Hour))
	if k == 2 {
		at = there.Add(40 * time.Minute)
	}
	c.s.after(at, func() error {
		if err := acts[k](); err != nil {
			return ours(err)
		}
		c.goOn(acts, k+1, there)
		return nil
	})
}

// arrange takes the first time at which both are free.
func (c *counters) arrange(s desk.Slip, officer, worker scope.Actor, there *time.Time) error {
	x, err := c.s.Desk.Visit(c.s.ctx, officer, s.Number)
	if err != nil {
		return err
	}
	officers, workers, err := c.s.Desk.Officers(c.s.ctx, x.HomeVisit)
	if err != nil || len(officers) == 0 {
		return err
	}
	a := desk.Arranging{Minutes: 60, Officer: officers[0].Account, Papers: "户口簿、旧证件"}
	for _, o := range officers {
		if o.Account == officer.Account {
			a.Officer = o.Account
		}
	}
	for _, w := range workers {
		if w.Account == worker.Account {
			a.Worker = w.Account
		}
	}
	free, err := c.s.Desk.FreeTimes(c.s.ctx, x.HomeVisit, a.Officer, a.Worker, a.Minutes)
	if err != nil || len(free) == 0 {
		return err
	}
	a.At, *there = free[0].At, free[0].At
	return c.s.Desk.Arrange(c.s.ctx, officer, s.ID, a)
}
