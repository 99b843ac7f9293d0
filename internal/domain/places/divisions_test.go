// SPDX-License-Identifier: Apache-2.0

package places_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

// shared opens a file of the measuring data beside the checkout, or skips.
func shared(t testing.TB, name string) *os.File {
	t.Helper()
	f, err := os.Open(filepath.Join("../../../../shared/data/qionglai", name))
	if err != nil {
		t.Skipf("the measuring data is not here: %v", err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func divisions(t *testing.T, s *places.Service, f places.Format, text string) places.Result {
	t.Helper()
	r, err := s.ImportDivisions(ctx, admin, places.DivisionImport{File: strings.NewReader(text), Format: f})
	if err != nil {
		t.Fatal(err)
	}
	if r.Read != r.Added+r.Unchanged+r.Rejected || len(r.Faults) != r.Rejected {
		t.Errorf("the counts do not add up: %+v", r)
	}
	return r
}

func TestImportTwice(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := places.New(db)
		in := func(dry bool) places.Result {
			t.Helper()
			r, err := s.ImportDivisions(ctx, admin, places.DivisionImport{File: places.Qionglai(), Format: places.JSON, Dry: dry})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		if r := in(true); r.Added != 204 || s.Tree().Len(places.Village) != 0 {
			t.Errorf("a dry run: %+v, %d villages", r, s.Tree().Len(places.Village))
		}
		if r := in(false); r.Read != 204 || r.Added != 204 || r.Rejected != 0 {
			t.Errorf("the first time: %+v", r)
		}
		tree := s.Tree()
		if tree.Len(places.Town) != 14 || tree.Len(places.Village) != 189 {
			t.Errorf("%d towns, %d villages", tree.Len(places.Town), tree.Len(places.Village))
		}
		if r := in(false); r.Unchanged != 204 || r.Added != 0 || s.Tree().Version() != tree.Version() {
			t.Errorf("the second time: %+v", r)
		}
		v := code(t, s, "510183001030")
		if err := s.Rename(ctx, admin, v.ID, places.Renaming{Name: i18n.Text{ZH: "白塔社区"}}); err != nil {
			t.Fatal(err)
		}
		if r := in(false); r.Unchanged != 204 {
			t.Errorf("an older file after a change: %+v", r)
		}
		verify(t, db)
	})
}

func TestImportCSV(t *testing.T) {
	t.Parallel()
	s := places.New(sqldbtest.SQLite(t))
	r, err := s.ImportDivisions(ctx, admin, places.DivisionImport{File: shared(t, "villages.csv"), Format: places.CSV})
	if err != nil || r.Added != 204 || r.Rejected != 0 {
		t.Fatalf("%+v %v", r, err)
	}
	tree, kinds := s.Tree(), map[places.Community]int{}
	for _, v := range tree.All(places.Village) {
		kinds[v.Community]++
	}
	if city, _ := tree.City(); city.Name.ZH != "邛崃市" || kinds[places.Urban] != 72 || kinds[places.Rural] != 117 {
		t.Errorf("%s: %v", city.Name.ZH, kinds)
	}
	// the tree that ships says the same
	again, err := s.ImportDivisions(ctx, admin, places.DivisionImport{File: places.Qionglai(), Format: places.JSON})
	if err != nil || again.Unchanged != 204 {
		t.Errorf("the JSON after the CSV: %+v %v", again, err)
	}
}

func TestImportGoesOn(t *testing.T) {
	t.Parallel()
	s := places.New(sqldbtest.SQLite(t))
	const head = "code,name,town_code,town,kind\n"
	r := divisions(t, s, places.CSV, "\xef\xbb\xbf"+head+
		"510999001001,东门社区居委会,510999001,城关镇,社区\n"+ // in
		"510999001002,,510999001,城关镇,村\n"+ // no name
		"51099900100,西门村,510999001,城关镇,村\n"+ // a digit short
		"510999001001,北门村,510999001,城关镇,村\n"+ // the code again
		"510999002001,南门村,510999001,城关镇,村\n"+ // not of that town
		"510999001005,东门社区,510999001,城关镇,社区\n"+ // the name again
		"510999001006,少一列,510999001\n"+
		"510999001007,\"引\"号\",510999001,城关镇,村\n"+
		"510999003001,甲村,510999003,,村\n"+ // its town has no name
		"510999001008,河湾村民委员会,510999001,城关镇,\n") // in
	keys := []string{}
	for _, f := range r.Faults {
		keys = append(keys, fmt.Sprint(f.Row, " ", errs.Public(f.Err)[0].Key))
	}
	want := "10 place.name.empty, 3 place.name.empty, 4 place.code.statistics, 5 place.import.twice, 6 place.code.parent, 7 place.name.taken, 8 place.import.fields, 9 place.import.row, 10 place.import.parent"
	if got := strings.Join(keys, ", "); got != want {
		t.Errorf("faults\n%s, want\n%s", got, want)
	}
	if r.Added != 4 { // the county, the town, two villages
		t.Errorf("%+v", r)
	}
	if v := code(t, s, "510999001008"); v.Name.ZH != "河湾村" || v.Community != places.Rural {
		t.Errorf("%+v", v)
	}
	if city, _ := s.Tree().City(); city.Name.ZH != "510999" {
		t.Errorf("the county's name: %s", city.Name.ZH)
	}
	again := divisions(t, s, places.CSV, head+"510999001001,另一个社区,510999001,城关镇,社区\n")
	if again.Rejected != 1 || errs.Public(again.Faults[0].Err)[0].Key != "place.import.differs" {
		t.Errorf("a file that contradicts the books: %+v", again)
	}
	other := divisions(t, s, places.JSON, `{"code":"510888","name":"别县","towns":[]}`)
	if other.Rejected != 1 {
		t.Errorf("another county: %+v", other)
	}
}

func TestImportRefuses(t *testing.T) {
	t.Parallel()
	s := places.New(sqldbtest.SQLite(t))
	for name, c := range map[string]struct {
		format places.Format
		text   string
		key    string
	}{
		"nothing":           {places.JSON, "", "geo.malformed"},
		"a list":            {places.JSON, "[]", "place.import.json"},
		"something else":    {places.JSON, `{"a":1}`, "place.import.json"},
		"too deep":          {places.JSON, strings.Repeat(`{"towns":[`, 50), "geo.depth"},
		"another encoding":  {places.CSV, "code,name\xc4\xe3", "geo.utf8"},
		"no heading":        {places.CSV, "1,2,3,4\n", "place.import.csv"},
		"an empty file":     {places.CSV, "", "place.import.csv"},
		"an unknown format": {"xml", "<a/>", "place.import.format"},
	} {
		_, err := s.ImportDivisions(ctx, admin, places.DivisionImport{File: strings.NewReader(c.text), Format: c.format})
		wantKey(t, name, err, c.key)
	}
	if s.Tree().Version() != 1 {
		t.Error("a refused file has changed something")
	}
}

// Whatever a file holds, the counts add up, the tree stays sound, and the same
// file again adds nothing.
func FuzzImportDivisions(f *testing.F) {
	f.Add([]byte(`{"code":"510183","name":"市","towns":[{"code":"510183001","name":"镇","villages":[{"code":"510183001002","name":"村"}]}]}`), true)
	f.Add([]byte("code,name,town_code,town,kind\n510999001001,东门社区居委会,510999001,城关镇,社区\n510999001002,\"甲\n乙\",510999001,城关镇,村\n"), false)
	s := places.New(sqldbtest.SQLite(f))
	f.Fuzz(func(t *testing.T, b []byte, json bool) {
		in := places.DivisionImport{Format: places.CSV, Dry: true}
		if json {
			in.Format = places.JSON
		}
		in.File = strings.NewReader(string(b))
		r, err := s.ImportDivisions(ctx, admin, in)
		if err != nil {
			if errs.Public(err) == nil {
				t.Fatal(err)
			}
			return
		}
		if r.Read != r.Added+r.Unchanged+r.Rejected || len(r.Faults) != r.Rejected {
			t.Errorf("the counts do not add up: %+v", r)
		}
		in.Dry, in.File = false, strings.NewReader(string(b))
		own := places.New(sqldbtest.SQLite(t))
		if _, err := own.ImportDivisions(ctx, admin, in); err != nil {
			t.Fatalf("what passed the dry run fails: %v", err)
		}
		in.File = strings.NewReader(string(b))
		if again, err := own.ImportDivisions(ctx, admin, in); err != nil || again.Added != 0 {
			t.Errorf("the same file again: %+v %v", again, err)
		}
	})
}
