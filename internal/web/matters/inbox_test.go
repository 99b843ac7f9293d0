// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"context"
	"html"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/sqldb"
)

// dueAt sets when the matter's turn ends.
func (w *town) dueAt(d matters.ID, at time.Time) {
	w.t.Helper()
	if err := w.DB.Write(context.Background(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec("UPDATE matter SET due_at = $1 WHERE id = $2", sqldb.At(at), d)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
}

// picks reports that the select of the name has the value chosen.
func (a answer) picks(name, value string) answer {
	a.t.Helper()
	_, after, _ := strings.Cut(a.body, ` name="`+name+`"`)
	options, _, _ := strings.Cut(after, "</select>")
	if !strings.Contains(options, `<option value="`+value+`" selected>`) {
		a.t.Errorf("%s: %s is not chosen in %s", a.at, value, name)
	}
	return a
}

// An inbox is narrowed by its address: by category, place and when it is due. The
// tabs count what the category and the place leave, the head all that waits.
func TestInboxIsNarrowed(t *testing.T) {
	t.Parallel()
	w := open(t)
	y, mo, d := w.Clock.Now().In(i18n.Zone).Date()
	today := time.Date(y, mo, d, 0, 0, 0, 0, i18n.Zone)
	monday := today.AddDate(0, 0, -(int(today.Weekday())+6)%7)
	late, now, week, later := w.at(matters.Handling), w.at(matters.Handling), w.at(matters.Handling), w.at(matters.Handling)
	for i, at := range []time.Time{today.AddDate(0, 0, -30), today.Add(24*time.Hour - time.Second), monday.AddDate(0, 0, 7).Add(-time.Second), monday.AddDate(0, 0, 7)} {
		w.dueAt([]matters.Matter{late, now, week, later}[i].ID, at)
	}
	wu := w.visit("wu")
	here, elsewhere := w.Place("文君街道", "宝塔社区"), w.Place("桑园镇")
	village, _ := here.Last()
	other, _ := elsewhere.Last()
	kind := late.Category
	all := wu.get("/inbox").is(200).says(late.Number, now.Number, week.Number, later.Number, `action="/inbox"`, "搜索全部事项", "!清除筛选条件")
	for _, c := range []struct {
		query string
		says  []string
	}{
		{"due=late", []string{late.Number, "!" + now.Number, "!" + later.Number}},
		{"due=today", []string{now.Number, "!" + late.Number, "!" + later.Number}},
		{"due=week", []string{now.Number, week.Number, "!" + late.Number, "!" + later.Number}},
		{"category=" + kind, []string{late.Number, now.Number, week.Number, later.Number}},
		{"category=lamp", []string{"!" + late.Number, "!" + now.Number, "没有符合条件的", "换个类别、地点或到期时间", `href="/inbox">看全部 `}},
		{"place=" + village.String() + "&due=late", []string{late.Number, "!" + now.Number}},
		{"place=" + other.String() + "&due=late", []string{"!" + late.Number, "没有符合条件的"}},
	} {
		a := wu.get("/inbox?q=&" + c.query).is(200).says(c.says...).says(`<a href="/inbox">清除筛选条件</a>`)
		for _, pair := range strings.Split(c.query, "&") {
			name, value, _ := strings.Cut(pair, "=")
			a.picks(name, value)
		}
		if lead(a) != lead(all) {
			t.Errorf("%s: the head says %q, without a filter %q", c.query, lead(a), lead(all))
		}
	}
	if n := boxes(all); n == "0" || !strings.HasPrefix(lead(all), n+" 件等您办") {
		t.Errorf("%s rows, and the head says %q", n, lead(all))
	}
	// What a tab says is what is behind it, and the tabs keep the rest of the filter.
	a := wu.get("/inbox?place=" + village.String() + "&due=today").is(200)
	found := regexp.MustCompile(`<a href="([^"]*)"[^>]*>[^<]* <span class="count">([0-9]+)</span>`).FindAllStringSubmatch(tabs(a), -1)
	if len(found) != 2 {
		t.Errorf("tabs: %s", tabs(a))
	}
	for _, tab := range found {
		to := html.UnescapeString(tab[1])
		if b := wu.get(to).is(200); boxes(b) != tab[2] || !strings.Contains(to, "place="+village.String()) {
			t.Errorf("the tab says %s, and %s has %s", tab[2], to, boxes(b))
		}
	}

	wu.get("/inbox?due=someday").is(422).says("请从列出的到期时间里选一个")
	wu.get("/inbox?place=x").is(422)
	if a := wu.get("/inbox?q=%20水管&category=" + kind + "&place=" + village.String() + "&due=late").is(303); a.to != "/matters?category="+kind+"&late=1&place="+village.String()+"&q="+url.QueryEscape("水管") {
		t.Errorf("words are looked for at %s", a.to)
	}
	if a := w.visit("").get("/inbox?q=x").is(303); !strings.HasPrefix(a.to, "/signin") {
		t.Errorf("a stranger's words lead to %s", a.to)
	}
}

// What was chosen stays after everything that is selected was done.
func TestBulkKeepsTheFilter(t *testing.T) {
	t.Parallel()
	w := open(t)
	zhao, m := w.visit("zhao"), w.at(matters.Received)
	village, _ := w.Place("文君街道", "宝塔社区").Last()
	at := "/inbox?place=" + village.String()
	zhao.get(at).is(200).says(`method="post" action="`+at+`"`, m.Number)
	if a := zhao.post(at, "act", "accept", "id", m.Number).is(303); a.to != at {
		t.Errorf("on to %s", a.to)
	}
	zhao.post(at, "act", "dispatch", "id", m.Number).is(422).picks("place", village.String())
}

// In an inbox the column says what is to be done, not where the reader works; in
// the list, which holds others' too, it says both.
func TestInboxDoesNotRepeatTheUnit(t *testing.T) {
	t.Parallel()
	w := open(t)
	m := w.at(matters.Handling)
	unit, _ := w.Orgs.Directory().Unit(w.As("wu").Unit)
	wu := w.visit("wu")
	wu.get("/inbox").is(200).says(m.Number, "!"+unit.Name.ZH+" · ", ">"+i18n.T("zh-CN", "matter.turn.handle"))
	wu.get("/matters").is(200).says(m.Number, unit.Name.ZH+" · "+i18n.T("zh-CN", "matter.turn.handle"))
}

// The rarer fields of the list's bar are folded until one is filled in. A day
// that makes no sense is said beside its field, and stays as it was typed.
func TestListBar(t *testing.T) {
	t.Parallel()
	w := open(t)
	m := w.at(matters.Received)
	v := w.visit("")
	day := m.RaisedAt.In(i18n.Zone).Format(time.DateOnly)
	v.get("/matters").is(200).says(`<details class="filter-more">`, `name="channel"`, `type="date"`, "更多条件", "!清除筛选条件", m.Number)
	v.get("/matters?from="+day+"&to="+day).is(200).says(`<details class="filter-more" open>`, `value="`+day+`"`, m.Number, "清除筛选条件")
	v.get("/matters?to=2020-01-01").is(200).says("!"+m.Number, `<details class="filter-more" open>`)
	v.get("/matters?channel="+string(m.Channel)).is(200).says(m.Number, `<details class="filter-more" open>`).picks("channel", string(m.Channel))
	v.get("/matters?channel=letter&q=").is(200).says("!"+m.Number).picks("channel", "letter")
	v.get("/matters?from=gestern").is(422).says(`id="f-from-err"`, `value="gestern"`, "请按年、月、日填", "!"+m.Number)
	v.get("/matters?from=2026-03-05&to=2026-03-01").is(422).says(`id="f-to-err"`, "结束的日期不能早于开始的日期", `value="2026-03-05"`, "!"+m.Number)
}

// A result that is too short is asked for as a result, not as a reason.
func TestShortResult(t *testing.T) {
	t.Parallel()
	w := open(t)
	m := w.at(matters.Handling)
	wu := w.visit("wu")
	wu.post("/matters/"+m.Number+"/handle", "words", "好了").is(422).says("请写明办理结果，至少 4 个字。", "!请写明原因", ">好了</textarea>")
	wu.post("/matters/"+m.Number+"/suspend", "words", "等", "until", "2026-12-12").says("!请写明办理结果")
	wu.post("/matters/"+m.Number+"/ask", "words", "哪").is(422).says("请写得清楚些，至少 4 个字。", "!请写明原因")
}

// lead is what the head of the page says below its title.
func lead(a answer) string {
	_, s, _ := strings.Cut(a.body, `<p class="lead">`)
	s, _, _ = strings.Cut(s, "</p>")
	return s
}

// tabs are the page's tabs.
func tabs(a answer) string {
	_, s, _ := strings.Cut(a.body, `<nav class="tabs">`)
	s, _, _ = strings.Cut(s, "</nav>")
	return s
}

// boxes is how many rows can be selected.
func boxes(a answer) string {
	return strconv.Itoa(strings.Count(a.body, ` name="id" form="bulk" value="`))
}
