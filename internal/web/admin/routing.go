// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"cmp"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"yuanba/internal/domain/routing"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/web/page"
)

const trialsMost = 30

// learnt shows what the program suggests by, how it did, and what each confidence
// would have saved and spoiled.
func (c *Counter) learnt(w http.ResponseWriter, r *http.Request) error {
	sub := routing.Category
	if r.URL.Query().Get("of") == string(routing.Unit) {
		sub = routing.Unit
	}
	b := page.From(r)
	st, err := c.Routing.State(r.Context(), b.Actor, sub, trialsMost)
	if err != nil {
		return err
	}
	var a allowedNow
	if sub == routing.Category {
		if a, err = c.allowedNow(r); err != nil {
			return err
		}
	}
	return recorded.Show(w, r, learntPage(b, st, a, func(label string) string { return c.labelName(b.Lang, sub, label) }))
}

// labelName is a label in the reader's words.
func (c *Counter) labelName(lang i18n.Lang, sub routing.Subject, label string) string {
	if sub == routing.Category {
		return c.Matters.Catalogue().Name(lang, label)
	}
	if d, err := id.Parse(label); err == nil {
		if u, ok := c.Orgs.Directory().Unit(d); ok {
			return u.Name.In(lang)
		}
	}
	return i18n.T(lang, "routing.gone")
}

func learntPage(b page.Base, st routing.State, a allowedNow, name func(label string) string) recordPage {
	b = b.Titled("admin.to.routing")
	b.Crumbs = []page.Link{{Href: "/admin", Text: b.T("admin.title")}}
	v := recordPage{Base: b, Head: page.Head{Title: b.T("admin.to.routing"), Lead: b.T("routing.person")}}
	for _, sub := range routing.Subjects() {
		v.Tabs = append(v.Tabs, page.Tab{Href: "/admin/routing?of=" + string(sub), Text: b.T("routing.subject." + string(sub)), Current: sub == st.Subject, Count: -1})
	}
	t := st.InUse
	if t.ID == 0 {
		v.Notes = []page.Note{{Text: b.T("routing.in_use.none")}}
	} else {
		v.Notes = []page.Note{{Tone: page.ToneDone, Text: b.T("routing.in_use", i18n.Date(b.Lang, t.At), t.Learnt, t.Tested, t.RightNew, percent(t.RightNew, t.Tested))}}
		if st.Subject == routing.Category {
			v.allowedGroups(st, a, name)
		}
		v.Groups = append(v.Groups, group{Table: stepsTable(b, st)}, group{Table: confusionTable(b, st.Report, name)})
	}
	if len(st.Trials) == 0 {
		v.Empty = page.Empty{Icon: "seed", Title: b.T("routing.trials.none"), Text: b.T("routing.trials.few")}
		return v
	}
	v.Groups = append(v.Groups, group{Table: trialsTable(b, st.Trials)})
	return v
}

func stepsTable(b page.Base, st routing.State) page.Table {
	t := page.Table{Caption: b.T("routing.steps"), Cols: []page.Col{{Text: b.T("routing.steps.percent")}, {Text: b.T("routing.steps.saved"), Num: true}, {Text: b.T("routing.steps.spoiled"), Num: true}, {Text: b.T("routing.steps.left"), Num: true}}}
	for _, s := range st.Report.Steps {
		t.Rows = append(t.Rows, []page.Cell{{Text: b.T("routing.percent", s.Percent)}, number(s.Saved), number(s.Spoiled), number(st.InUse.Tested - s.Saved - s.Spoiled)})
	}
	return t
}

// confusionTable says of each label how many were put under it, and under which
// others most. Labels of which none was measured are left out.
func confusionTable(b page.Base, rep routing.Report, name func(string) string) page.Table {
	t := page.Table{Caption: b.T("routing.confusion"), Cols: []page.Col{{Text: b.T("routing.confusion.belongs")}, {Text: b.T("routing.confusion.tested"), Num: true}, {Text: b.T("routing.confusion.right"), Num: true}, {Text: b.T("routing.confusion.other")}}}
	type wrong struct{ label, n int }
	rows := make([]int, 0, len(rep.Labels))
	total := make([]int, len(rep.Labels))
	for i, row := range rep.Confusion {
		for _, n := range row {
			total[i] += n
		}
		if total[i] > 0 {
			rows = append(rows, i)
		}
	}
	slices.SortStableFunc(rows, func(x, y int) int { return cmp.Compare(total[y], total[x]) })
	for _, i := range rows {
		var others []wrong
		for j, n := range rep.Confusion[i] {
			if j != i && n > 0 {
				others = append(others, wrong{j, n})
			}
		}
		slices.SortStableFunc(others, func(x, y wrong) int { return cmp.Compare(y.n, x.n) })
		var said []string
		for _, o := range others[:min(3, len(others))] {
			said = append(said, b.T("routing.confusion.pair", name(rep.Labels[o.label]), o.n))
		}
		t.Rows = append(t.Rows, []page.Cell{{Text: name(rep.Labels[i])}, number(total[i]), number(rep.Confusion[i][i]), {Text: strings.Join(said, b.T("routing.comma"))}})
	}
	return t
}

func trialsTable(b page.Base, ts []routing.Trial) page.Table {
	t := page.Table{Caption: b.T("routing.trials"), Cols: []page.Col{{Text: b.T("routing.trials.at")}, {Text: b.T("routing.trials.learnt"), Num: true}, {Text: b.T("routing.trials.tested"), Num: true}, {Text: b.T("routing.trials.new"), Num: true}, {Text: b.T("routing.trials.old"), Num: true}, {Text: b.T("routing.trials.kept")}}}
	for _, x := range ts {
		kept := page.Cell{Text: b.T("routing.dropped"), Tone: page.ToneQuiet}
		if x.Kept {
			kept = page.Cell{Text: b.T("routing.kept"), Tone: page.ToneDone}
		}
		t.Rows = append(t.Rows, []page.Cell{{Text: i18n.Date(b.Lang, x.At)}, number(x.Learnt), number(x.Tested),
			{Text: b.T("routing.percent", percent(x.RightNew, x.Tested))}, {Text: b.T("routing.percent", percent(x.RightOld, x.Tested))}, kept})
	}
	return t
}

func number(n int) page.Cell { return page.Cell{Text: strconv.Itoa(n)} }

func percent(n, of int) int { return int(math.Round(100 * float64(n) / float64(max(1, of)))) }
