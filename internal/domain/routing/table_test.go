// SPDX-License-Identifier: Apache-2.0

package routing_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/routing"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sheet"
)

// What is written to a file and read again is the same list.
func TestTableThereAndBack(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	town := w.Routing.Town()
	shipped, err := routing.Shipped(town)
	if err != nil || len(shipped) == 0 {
		t.Fatal(err)
	}
	baota := w.Place("文君街道", "宝塔社区")
	rs := append(shipped, routing.Rule{Name: "什么都有", AtOnce: true,
		When: routing.When{Places: []id.ID{baota[scope.Town], baota[scope.Village]}, Categories: []string{"lamp"}, Groups: []string{"farm"}, Kinds: []string{"part", "event"}, Any: []string{"a,b", "“c”"}, All: []string{"d"}, None: []string{"e"},
			Weekdays: []int{1, 7}, From: "22:00", To: "06:00", Hours: routing.Off, Channels: []matters.Channel{matters.Phone, matters.Grid}, Urgency: routing.Ordinary},
		Gives: routing.Gives{Lead: routing.Target{Way: routing.Named, Unit: w.As("wu").Unit}, Assist: routing.Target{Way: routing.Village}, Category: "lamp"}})
	for i := range rs {
		rs[i] = rs[i].Tidy()
		for _, lang := range []i18n.Lang{i18n.ZH, i18n.EN} {
			if said := rs[i].SayWhen(lang, town) + rs[i].SayGives(lang, town); strings.Contains(said, "⟦") || said == "" {
				t.Errorf("rule %d in words: %s", i, said)
			}
		}
	}
	var file bytes.Buffer
	out, err := sheet.New(&file, sheet.CSV, "rules")
	if err != nil {
		t.Fatal(err)
	}
	head := make([]any, len(routing.Columns))
	for i, c := range routing.Columns {
		head[i] = c
	}
	for _, row := range append([][]any{head}, cells(rs, town)...) {
		if err := out.Row(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	in, err := sheet.Open(&file, 1<<20, nil)
	if err != nil {
		t.Fatal(err)
	}
	back, faults, err := routing.ReadTable(in, town)
	if err != nil || len(faults) > 0 {
		t.Fatalf("%+v, %v", faults, err)
	}
	if !reflect.DeepEqual(back, rs) {
		t.Errorf("read again:\n%+v\nwant\n%+v", back, rs)
	}
}

func cells(rs routing.Rules, t routing.Town) (rows [][]any) {
	for _, r := range rs {
		rows = append(rows, r.Cells(t))
	}
	return rows
}

// Whatever is wrong with a file is told by line and column, and nothing is taken.
func TestTableTellsItsFaults(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	for name, tc := range map[string]struct{ file, want string }{
		"nothing":          {"", "1  rule.file.empty"},
		"no head":          {"路灯,owner\n", "1  rule.file.head"},
		"no row":           {"name,unit\n", "1  rule.file.empty"},
		"not CSV":          {"name,unit\n\"路灯,owner\n", "2  rule.file.csv"},
		"two of one name":  {"name,unit\n路灯,owner\n\n路灯,street\n", "4 name rule.twice"},
		"no such unit":     {"unit,name\n路灯局,路灯\n", "2 unit rule.lead"},
		"a unit that went": {"unit,name\nunit:路灯局,路灯\n", "2 unit matter.unit.unknown"},
		"a place":          {"name,unit,places\n路灯,owner,月亮湾\n", "2 places rule.place.none"},
		"a category":       {"name,unit,categories\n路灯,owner,moon\n", "2 categories matter.category.unknown"},
		"yes and no":       {"name,unit,at_once\n路灯,owner,maybe\n", "2 at_once rule.file.yes_no"},
		"two lines":        {"name,unit,weekdays\n,owner,1\n路灯,owner,8\n", "2 name rule.name; 3 weekdays rule.weekday"},
	} {
		rs, faults, err := routing.ReadTable(strings.NewReader(tc.file), w.Routing.Town())
		var said []string
		for _, f := range faults {
			said = append(said, i18n.T(i18n.EN, "rule.file.line", f.Line, f.Column)[5:6]+" "+f.Column+" "+f.Key)
			if !i18n.Has(f.Key) {
				t.Errorf("%s: no words for %s", name, f.Key)
			}
		}
		if got := strings.Join(said, "; "); err != nil || rs != nil || got != tc.want {
			t.Errorf("%s: %q, want %q; %v, %v", name, got, tc.want, rs, err)
		}
	}
	full := "name,unit\n"
	for i := range 250 {
		full += "规则" + id.ID(i+1).String() + ",owner\n"
	}
	if rs, faults, _ := routing.ReadTable(strings.NewReader(full), w.Routing.Town()); rs != nil || len(faults) != 1 || faults[0].Key != "rule.many" {
		t.Errorf("too many: %d rules, %v", len(rs), faults)
	}
}
