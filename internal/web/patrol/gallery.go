// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"net/http"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/gallery"
	"yuanba/internal/web/page"
)

var (
	walker = scope.Actor{Kind: scope.Staff, Name: "李网格", Account: 7, Grants: []scope.Grant{{Post: "网格员", Needs: []scope.Need{"patrol", "see"}}}}
	lamp   = geo.Point{103.4612, 30.4103}
)

func sampleDuty() patrol.Duty {
	return patrol.Duty{ID: 11, State: patrol.Admitted, Unit: 5, Name: i18n.Text{ZH: "看供水井盖", EN: "Look at the water covers"}, What: "看井盖在不在、响不响、有没有漏水。", Kind: patrol.AtPoint, Often: patrol.EachRound, Minutes: 3, Basis: "《城市供水条例》第二十条",
		Spec:       patrol.Spec{Points: []patrol.PointKind{patrol.Manhole}, Fields: []patrol.Field{{Key: "f1", Label: i18n.Text{ZH: "井盖完好", EN: "The cover is whole"}, Kind: patrol.YesNo, Fact: "井盖完好"}, {Key: "f2", Label: i18n.Text{ZH: "水位（厘米）", EN: "Water level in cm"}, Kind: patrol.Number, Fact: "井内水位"}}},
		ProposedAt: gallery.Now.AddDate(0, -2, 0), ProposedBy: "吴科长", DecidedAt: gallery.Now.AddDate(0, -2, 3), DecidedBy: "余督查", Reason: "每轮三分钟，确有必要。"}
}

func sampleWalk() patrol.Walk {
	slot := patrol.SlotAt(gallery.Now)
	d := sampleDuty()
	grid := places.Place{ID: 3, Kind: places.Grid, Name: i18n.Text{ZH: "第1网格", EN: "Grid 1"}}
	var path scope.Path
	path[scope.Grid] = grid.ID
	r := patrol.Round{ID: 1, Slot: slot, Path: path, Due: []patrol.Stop{{Point: 21, Duties: []id.ID{d.ID}}, {Point: 22, Duties: []id.ID{d.ID}, Matters: []id.ID{91}}, {Visit: 31, Duties: []id.ID{12}}}}
	es := []patrol.Entry{{ID: 41, Slot: slot, Path: path, Point: 21, At: gallery.Now.Add(-20e9 * 60), Proof: patrol.ByCode, Result: patrol.Nothing, Words: "井盖完好，不响。"}}
	return patrol.Walk{Round: r, Grid: grid, Entries: es, Cover: patrol.Cover(r, es),
		Points: map[id.ID]patrol.Point{21: {ID: 21, Name: "东门供水井", Kind: patrol.Manhole, At: lamp}, 22: {ID: 22, Name: "巷口排水口", Kind: patrol.Manhole, At: lamp}},
		Visits: map[id.ID]patrol.Visit{31: {ID: 31, Number: "V-2026-00017"}},
		Duties: map[id.ID]patrol.Duty{d.ID: d, 12: {ID: 12, Name: i18n.Text{ZH: "看望独居老人", EN: "Look in on old people who live alone"}}}}
}

// The samples of the gallery.
func init() {
	c := &Counter{}
	gallery.Add("patrol/today", page.Base{Actor: walker}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("patrol.today")
		v := c.todayPage(b, []patrol.Walk{sampleWalk()})
		v.Over = []handover{{Where: "宝塔社区 第2网格", Words: "钥匙在门卫室。三单元的狗要当心。", By: b.T("duty.by", "王主任", i18n.Date(b.Lang, gallery.Now)), Action: "/patrol/handovers/1/take"}}
		return todayShown.Show(w, r, v)
	})
	gallery.Add("patrol/today-empty", page.Base{Actor: walker}, func(w http.ResponseWriter, r *http.Request) error {
		return todayShown.Show(w, r, c.todayPage(page.From(r).Titled("patrol.today"), nil))
	})
	gallery.Add("patrol/round", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		return roundShown.Show(w, r, c.roundPage(page.From(r), sampleWalk()))
	})
	gallery.Add("patrol/point", page.Base{Actor: walker}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		b.Form = form.Of("content", "web-sample-sample-1")
		x := sampleWalk()
		return stopShown.Show(w, r, c.stopPage(b, patrol.AtStop{Point: x.Points[21], Duties: []patrol.Duty{sampleDuty()}, Due: []id.ID{11}, Story: x.Entries}))
	})
	gallery.Add("patrol/visit", page.Base{Actor: walker}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		b.Form = form.Of("content", "web-sample-sample-2")
		d := patrol.Duty{ID: 12, Kind: patrol.AtHome, Name: i18n.Text{ZH: "看望独居老人", EN: "Look in on old people who live alone"}, What: "看看人好不好、缺什么。", Spec: patrol.Spec{Reads: []people.Field{people.FieldName, people.FieldAddress}}}
		v := c.stopPage(b, patrol.AtStop{Visit: patrol.Visit{ID: 31, Number: "V-2026-00017"}, Duties: []patrol.Duty{d}})
		return stopShown.Show(w, r, v)
	})
	gallery.Add("patrol/duties", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		d, limited := sampleDuty(), sampleDuty()
		limited.ID, limited.State, limited.Until, limited.Name = 13, patrol.Limited, patrol.DayOf(gallery.Now)+30, i18n.Text{ZH: "汛期看河沟", EN: "Look at ditches in the rains"}
		return dutiesShown.Show(w, r, c.dutiesPage(page.From(r).Titled("duty.title"), []patrol.Duty{d, limited}, ""))
	})
	gallery.Add("patrol/duty", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		return dutyShown.Show(w, r, c.dutyPage(page.From(r), patrol.Whole{Duty: sampleDuty(), MayGive: true, MayRead: true, Acts: []patrol.Act{patrol.AdmitUntil, patrol.End}, Givings: []patrol.Giving{{ID: 51, GivenBy: "吴科长", GivenAt: gallery.Now}}}))
	})
	gallery.Add("patrol/answers", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		d, x := sampleDuty(), sampleWalk()
		keep := sampleDuty()
		keep.ID, keep.Name = 14, i18n.Text{ZH: "看小区井盖", EN: "Look at the covers of estates"}
		a := patrol.Answers{Duty: d, More: true, Lent: []patrol.Merge{{Keep: patrol.FieldOf{Duty: 14, Key: "f2"}, Field: patrol.FieldOf{Duty: d.ID, Key: "f2"}}}, List: []patrol.Answer{
			{Entry: 41, Slot: x.Round.Slot, Path: x.Round.Path, At: gallery.Now, Point: 21, Where: "东门供水井", Proof: patrol.ByCode, Result: patrol.Nothing, Answers: map[string]string{"f1": "yes", "f2": "42"}},
			{Entry: 40, Slot: x.Round.Slot - 1, Path: x.Round.Path, At: gallery.Now.AddDate(0, 0, -1), Point: 22, Where: "巷口排水口", Proof: patrol.ByWord, Result: patrol.Finding, Answers: map[string]string{"f1": "no"}}}}
		return answersShown.Show(w, r, c.answersPage(page.From(r), patrol.Answering{Duty: d.ID, Week: x.Round.Slot.Week()}, a, map[id.ID]patrol.Duty{14: keep}))
	})
	gallery.Add("patrol/answers-homes", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		x := sampleWalk()
		d := patrol.Duty{ID: 12, Kind: patrol.AtHome, Name: i18n.Text{ZH: "看望独居老人", EN: "Look in on old people who live alone"}, Spec: patrol.Spec{Fields: []patrol.Field{{Key: "f1", Label: i18n.Text{ZH: "缺药", EN: "Medicine is missing"}, Kind: patrol.YesNo}}}}
		a := patrol.Answers{Duty: d, Closed: true, List: []patrol.Answer{{Entry: 42, Slot: x.Round.Slot, Path: x.Round.Path, At: gallery.Now, Visit: 31, Where: "V-2026-00017", Proof: patrol.ByWord, Result: patrol.Nothing}}}
		return answersShown.Show(w, r, c.answersPage(page.From(r), patrol.Answering{Duty: d.ID, Week: x.Round.Slot.Week()}, a, nil))
	})
	gallery.Add("patrol/answers-empty", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		d := sampleDuty()
		week := patrol.SlotAt(gallery.Now).Week()
		return answersShown.Show(w, r, c.answersPage(page.From(r), patrol.Answering{Duty: d.ID, Week: week}, patrol.Answers{Duty: d}, nil))
	})
	gallery.Add("patrol/propose", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		return proposed.Show(w, r, proposing(page.From(r).Titled("duty.propose"), []page.Option{{Value: "5", Text: "水务局"}}, []page.Option{{Value: "manhole", Text: "井盖"}}, []string{"井盖完好"}))
	})
	gallery.Add("patrol/coverage", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("patrol.coverage")
		x := sampleWalk()
		v := c.coveragePage(b, scope.Scope{}, x.Round.Slot.Week(), []patrol.GridWeek{{Path: x.Round.Path, Rounds: 12, Coverage: patrol.Coverage{Due: 40, Done: 37}, Reported: 3, Settled: 1, Unproved: 1}})
		v.Missed = []page.Row{c.missedRow(b, patrol.Gap{Slot: x.Round.Slot - 2, Path: x.Round.Path, Stop: x.Round.Due[1]}, map[id.ID]string{22: "巷口排水口"})}
		return coverageShown.Show(w, r, v)
	})
	gallery.Add("patrol/grid", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("patrol.grid.title", "第1网格")
		x := sampleWalk()
		home := sampleDuty()
		home.ID, home.Kind, home.Name = 12, patrol.AtHome, i18n.Text{ZH: "看望独居老人", EN: "Look in on old people who live alone"}
		v := c.arrange(b, x.Grid, []patrol.Point{x.Points[21], x.Points[22]}, []patrol.Visit{{ID: 31, Number: "V-2026-00017", Duty: 12, Every: 7, Consent: patrol.Signed, AgreedAt: gallery.Now}}, []patrol.Duty{home}, true, true)
		v.Workers = []string{"李网格"}
		v.To = page.NewField(b.Lang, nil, "account", "patrol.over.field.to").Need().Of([]page.Option{{Value: "7", Text: "李网格"}})
		v.Story = []page.Event{{At: gallery.Now, Who: "王主任", What: b.T("patrol.over.to", "李网格"), Note: "钥匙在门卫室。", Tone: page.ToneCalm}}
		return gridShown.Show(w, r, v)
	})
	gallery.Add("patrol/points", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		faults := []matters.RowFault{{Row: 7, Field: "kind", Err: errs.At("kind", "patrol.point.kind")}, {Row: 12, Field: "lat", Err: errs.At("lat", "patrol.point.outside", i18n.Text{ZH: "第1网格", EN: "Grid 1"})}}
		return pointsShown.Show(w, r, c.takenPage(page.From(r), matters.Taken{Read: 46, Added: 40, Unchanged: 4, Rejected: 2}, faults, true))
	})
	gallery.Add("patrol/rename", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		p := sampleWalk().Points[21]
		p.Version = 2
		return renameShown.Show(w, r, c.renamePage(page.From(r), p))
	})
	gallery.Add("patrol/hours", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		summer := patrol.Hours{MorningFrom: 7 * 60, MorningTo: 11 * 60, AfternoonFrom: 15*60 + 30, AfternoonTo: 19 * 60}
		return hoursShown.Show(w, r, c.hoursPage(page.From(r), patrol.Almanac{{Hours: patrol.ShippedHours}, {ID: 81, From: patrol.DayOf(gallery.Now) + 30, Hours: summer, Reason: "天热，早上早些走，下午晚些走。", Actor: "余督查", At: gallery.Now}}, true))
	})
	gallery.Add("patrol/code", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		v, err := (&Counter{Address: "https://town.example"}).codePage(page.From(r), patrol.Point{ID: 21, Name: "东门供水井", Code: "7KQ2M4XD"})
		if err != nil {
			return err
		}
		return codeShown.Show(w, r, v)
	})
	gallery.Add("patrol/mine", page.Base{Actor: gallery.Resident}, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r).Titled("patrol.mine")
		return mineShown.Show(w, r, c.minePage(b, []patrol.Visit{{ID: 31, Number: "V-2026-00017", Every: 7, Consent: patrol.Said, AgreedAt: gallery.Now}, {ID: 32, Number: "V-2026-00003", Every: 30, Consent: patrol.Signed, AgreedAt: gallery.Now.AddDate(0, -3, 0), EndedAt: gallery.Now}}, nil))
	})
	gallery.Add("patrol/burden", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		d, other := sampleDuty(), sampleDuty()
		other.ID, other.Unit, other.Often, other.Name = 14, 6, patrol.Monthly, i18n.Text{ZH: "看小区井盖", EN: "Look at the covers of estates"}
		merged := patrol.Merge{ID: 71, Keep: patrol.FieldOf{Duty: d.ID, Key: "f2"}, Field: patrol.FieldOf{Duty: other.ID, Key: "f2"}, Minutes: 1, Words: "都是问水位，问一次就够。", MergedAt: gallery.Now, MergedBy: "余督查", KeepOften: d.Often}
		undone := merged
		undone.ID, undone.EndedAt, undone.EndedBy, undone.EndedWhy = 70, gallery.Now, "余督查", "问的不是同一口井。"
		st := patrol.Standing{Points: map[id.ID]map[patrol.PointKind]int{3: {patrol.Manhole: 4}}, Paths: map[id.ID]scope.Path{3: {}}}
		return burdenShown.Show(w, r, c.burdenPage(page.From(r).Titled("patrol.burden"), patrol.Weigh([]patrol.Duty{d, other}, []patrol.Giving{{Duty: d.ID}, {Duty: other.ID}}, st, 2, merged), []patrol.Merge{merged, undone}))
	})
	shipped, _ := patrol.Shipped()
	worked := func() patrol.Appraisal {
		x := sampleWalk()
		a := patrol.Appraisal{Path: x.Round.Path, Tally: patrol.Tally{Due: 40, Done: 37, Excused: 1, Found: 3, Missed: 1, Entries: 38, Prompt: 38}, Gaps: []patrol.Gap{{Slot: x.Round.Slot - 2, Path: x.Round.Path, Stop: x.Round.Due[1]}},
			Misses: []patrol.Miss{{Matter: 91, Number: "QL-2026-004217", Title: "井盖翘起一个角", RaisedAt: gallery.Now, Entry: x.Entries[0], Duty: sampleDuty()}}}
		a.Points = shipped.Work(a.Tally)
		return a
	}
	gallery.Add("patrol/appraisal", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		return appraisalShown.Show(w, r, c.appraisalPage(page.From(r).Titled("patrol.appraisal"), scope.Scope{}, []patrol.Appraisal{worked()}, patrol.Version{Formula: shipped}))
	})
	gallery.Add("patrol/appraisal-grid", page.Base{Actor: walker}, func(w http.ResponseWriter, r *http.Request) error {
		a := worked()
		as := []patrol.Appeal{{ID: 61, State: patrol.Lodged, Actor: "李网格", Account: 7, Slot: a.Gaps[0].Slot, Words: "门锁着，敲了三次没人开。"}, {ID: 62, State: patrol.Granted, Actor: "李网格", Account: 7, Matter: 92, Words: "井盖是当天晚上被车压坏的。", DecidedBy: "王主任", Reason: "有监控，属实。"}}
		return gridAppraisalShown.Show(w, r, c.gridAppraisalPage(page.From(r).Titled("patrol.appraisal"), 3, a, map[id.ID]string{22: "巷口排水口"}, as, true, true))
	})
	gallery.Add("patrol/formula", page.Base{Actor: gallery.Clerk}, func(w http.ResponseWriter, r *http.Request) error {
		return formulaShown.Show(w, r, c.formulaPage(page.From(r).Titled("patrol.formula"), []patrol.Version{{Formula: shipped}}, true))
	})
}
