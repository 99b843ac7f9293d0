// SPDX-License-Identifier: Apache-2.0

package places_test

import (
	"testing"

	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
)

func TestCheckCode(t *testing.T) {
	t.Parallel()
	city := places.Place{Kind: places.City, Scheme: places.Statistics12, Code: "510183000000"}
	town := places.Place{Kind: places.Town, Scheme: places.Statistics12, Code: "510183001000"}
	village := places.Place{Kind: places.Village, Scheme: places.Statistics12, Code: "510183001030"}
	odd := places.Place{Kind: places.Village, Scheme: places.Local, Code: "Y-1"}
	for _, c := range []struct {
		kind   places.Kind
		scheme places.Scheme
		code   string
		parent places.Place
		key    string
	}{
		{places.City, places.Statistics12, "510183000000", places.Place{}, ""},
		{places.Town, places.Statistics12, "510183001000", city, ""},
		{places.Village, places.Statistics12, "510183001030", town, ""},
		{places.Grid, places.Grid15, "510183001030001", village, ""},
		{places.Grid, places.Grid15, "999999999999001", odd, ""},
		{places.Grid, places.Local, "W-01", village, ""},
		{places.Courtyard, places.NoScheme, "", village, ""},
		{places.Town, places.Statistics12, "510183", city, "place.code.statistics"},
		{places.Town, places.Statistics12, "510183000000", city, "place.code.statistics"},
		{places.Town, places.Statistics12, "510183001030", city, "place.code.statistics"},
		{places.Village, places.Statistics12, "51018300103０", town, "place.code.statistics"},
		{places.Village, places.Statistics12, "510183002030", town, "place.code.parent"},
		{places.Grid, places.Grid15, "510183001030000", village, "place.code.grid"},
		{places.Grid, places.Grid15, "5101830010301", village, "place.code.grid"},
		{places.Grid, places.Grid15, "510183001031001", village, "place.code.parent"},
		{places.Grid, places.Statistics12, "510183001030", village, "place.scheme.kind"},
		{places.Village, places.Grid15, "510183001030001", town, "place.scheme.kind"},
		{places.Grid, places.NoScheme, "", village, "place.scheme.missing"},
		{places.Courtyard, places.NoScheme, "7", village, "place.scheme.missing"},
		{places.Grid, places.Local, "一", village, "place.code.local"},
		{places.Grid, "made-up", "1", village, "place.scheme.unknown"},
	} {
		err := places.CheckCode(c.kind, c.scheme, c.code, c.parent)
		key := ""
		if es := errs.Public(err); len(es) > 0 {
			key = es[0].Key
		}
		if key != c.key {
			t.Errorf("%s %s %q: %q, want %q", c.kind, c.scheme, c.code, key, c.key)
		}
	}
}

func TestPad(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"510183": "510183000000", "510183001": "510183001000", "510183001030": "510183001030", "abcdef": "abcdef", "": "", "51": "51",
	} {
		if got := places.Pad(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestEnglish(t *testing.T) {
	t.Parallel()
	for zh, want := range map[string]string{
		"文君街道": "Wenjun Street", "宝塔社区": "Baota Community", "平乐镇": "Pingle Town", "黄鹤村": "Huanghe Village",
		"羊安街道": "Yang'an Street", "马鞍社区": "Ma'an Community", "金鹅村": "Jin'e Village", "邛崃市": "Qionglai City",
		"第3网格": "Grid 3", "第三网格": "Grid 3", "绿水村": "Lüshui Village", "花园小区": "Huayuan Estate", "重庆路": "Chongqinglu",
		"村": "Cun", "A区": "A District", "": "",
	} {
		if got := places.English(zh); got != want {
			t.Errorf("%s: %q, want %q", zh, got, want)
		}
	}
}
