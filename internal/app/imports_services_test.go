// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"yuanba/internal/app"
	"yuanba/internal/apptest"
	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/when"
)

var foreignItems = `{"TASK_CODE":"A1","TASK_NAME":"水电站备案","DEPT_NAME":"邛崃市水务局","matter_type":"行政许可","theme_category":["水务"],"service_object_name":["企业法人"],"material_intro":["申请表","图纸"],"handle_time":"20(工作日)","handle_time_limit":"5(工作日)","visit_number":"1","handle_location":"办理地点：政务大厅 3 号窗口","consult_phone":"028-1","complain_phone":"无","URL":"https://example.org/a","online_book":"是","courier_service":"是","matter_daily":"办水电,备案"}
{"TASK_CODE":"A2","TASK_NAME":"别处的事","DEPT_NAME":"外省某厅","material_intro":"无","service_object_name":["自然人"],"theme_category":["其他"],"handle_time":"90(自然日)","handle_time_limit":"无","visit_number":"0","handle_location":"无线下办理窗口"}
no json
{"TASK_CODE":"坏 代码","TASK_NAME":"","DEPT_NAME":"","handle_time":"很快"}

{"TASK_CODE":"A1","TASK_NAME":"水电站备案","DEPT_NAME":"邛崃市水务局"}
` + "{\"TASK_CODE\":\"A3\",\"TASK_NAME\":\"" + longRow + "\"}\n" + `{"TASK_CODE":"A4","TASK_NAME":"最后一件","DEPT_NAME":"外省某厅"}
`

var longRow = strings.Repeat("长", 100_000)

func TestImportItems(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		var faults []string
		take := func(dry bool) matters.Taken {
			t.Helper()
			faults = nil
			all, err := town.ImportServices(t.Context(), app.ServiceImporting{File: strings.NewReader(foreignItems), Dry: dry, Fault: func(f matters.RowFault) error {
				faults = append(faults, f.Field)
				return nil
			}})
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		if all := take(true); all.Read != 7 || all.Added != 3 || all.Rejected != 4 {
			t.Errorf("dry: %+v", all)
		}
		if c, _ := town.Desk.Catalogue(t.Context()); len(c.Of(0)) != 0 {
			t.Error("a dry run takes something in")
		}
		if all := take(false); all.Read != 7 || all.Added != 3 || all.Rejected != 4 {
			t.Errorf("%+v", all)
		}
		if slices.Sort(faults); !slices.Equal(slices.Compact(faults), []string{"", "DEPT_NAME", "TASK_CODE", "code", "handle_time", "name_zh"}) {
			t.Errorf("faults at %q", faults)
		}
		if all := take(false); all.Added != 0 || all.Unchanged != 4 {
			t.Errorf("again: %+v", all)
		}
		c, err := town.Desk.Catalogue(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		i, _ := c.Get("A1")
		if i.Unit != town.As("wu").Unit || i.Legal != (when.Limit{N: 20, Unit: when.WorkDays}) || i.Promised.N != 5 || i.Where != "政务大厅 3 号窗口" || i.Complaints != "" || !slices.Equal(i.Papers, []string{"申请表", "图纸"}) || !i.Courier || len(i.Also) != 2 {
			t.Errorf("%+v", i)
		}
		if x, _ := c.Get("A2"); x.Unit != 0 || x.Agency != "外省某厅" || x.Legal.Unit != when.CalendarDays || x.Where != "" || x.Papers != nil {
			t.Errorf("%+v", x)
		}
	})
}

// The real items that are lent: all are read, twice changes nothing, and each is found
// by its own name.
func TestRealItems(t *testing.T) {
	t.Parallel()
	body, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", "services", "items.ndjson.gz"))
	if err != nil {
		t.Skip("no real service items: ../shared/data is not here")
	}
	town := apptest.New(t)
	for n, want := range []matters.Taken{{Read: 2262, Added: 2262}, {Read: 2262, Unchanged: 2262}} {
		all, err := town.ImportServices(t.Context(), app.ServiceImporting{File: bytes.NewReader(body)})
		if err != nil || all.Read != want.Read || all.Added != want.Added || all.Unchanged != want.Unchanged || all.Rejected != 0 {
			t.Fatalf("run %d: %+v %v", n, all, err)
		}
	}
	c, err := town.Desk.Catalogue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	all := c.Of(0)
	for n := 0; n < len(all); n += 23 {
		is, _ := c.Search(desk.Filter{Words: all[n].Name.ZH, Most: 5})
		if slices.ContainsFunc(is, func(i desk.Item) bool { return i.Name.ZH == all[n].Name.ZH }) {
			found++
		}
	}
	if n := (len(all) + 22) / 23; found != n {
		t.Errorf("%d of %d are found by their own names", found, n)
	}
}
