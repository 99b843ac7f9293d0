// SPDX-License-Identifier: Apache-2.0

package open311_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/matters"
)

// What is wrong gets the status of the standard and a sentence in the language
// asked for, and nothing is taken in.
func TestWrong(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		read := w.key(access.NewKey{Name: "只读", Scopes: []access.KeyScope{access.APIRead}})
		far := w.key(access.NewKey{Name: "平乐的程序", Scopes: []access.KeyScope{access.RequestsWrite}, Path: w.Place("平乐镇")})
		good := func(pairs ...string) url.Values {
			v := url.Values{"service_code": {"road"}, "attribute[what]": {"hole"}, "description": {"路上有个坑。"}, "address_string": {"文君街道宝塔社区"}}
			for i := 0; i+1 < len(pairs); i += 2 {
				v.Set(pairs[i], pairs[i+1])
				if pairs[i+1] == "" {
					v.Del(pairs[i])
				}
			}
			return v
		}
		for _, format := range []string{"xml", "json"} {
			c := w.client(format)
			for what, x := range map[string]struct {
				v      url.Values
				status int
				says   string
			}{
				"no service":            {good("service_code", ""), 400, "service_code was not provided"},
				"unknown service":       {good("service_code", "none"), 404, "There is no service “none”"},
				"another town":          {good("jurisdiction_id", "city.gov"), 404, "city.gov"},
				"a wrong key":           {good("api_key", "xyz"), 403, "The key is wrong"},
				"a key for reading":     {good("api_key", read), 403, "requests:write"},
				"a key of elsewhere":    {good("api_key", far), 403, "not for this place"},
				"a required question":   {good("attribute[what]", ""), 400, "attribute[what]"},
				"no such choice":        {good("attribute[what]", "purple"), 400, "attribute[what]"},
				"nowhere":               {good("address_string", ""), 400, "A location is needed"},
				"half a point":          {good("lat", "30.41"), 400, "lat and long"},
				"no point":              {good("lat", "north", "long", "103"), 400, "degrees"},
				"a point elsewhere":     {good("lat", "37.76524078", "long", "-122.4212043"), 400, "outside the town"},
				"an unknown address ID": {good("address_id", "545483", "address_string", ""), 400, "545483"},
				"too long":              {good("description", strings.Repeat("长", 4001)), 400, "4000"},
				"a zero byte":           {good("description", "零\x00字节"), 400, "cannot be used"},
				"an emergency":          {url.Values{"service_code": {"manhole"}, "attribute[state]": {"gone"}, "attribute[hurt]": {"yes"}, "description": {"井盖没了，有人掉下去。"}, "address_string": {"文君街道"}}, 400, "119"},
			} {
				before := len(c.requests(nil))
				status, b := c.ask("POST", "requests."+format, x.v)
				if status != x.status {
					t.Errorf("%s: %d, not %d: %s", what, status, x.status, b)
					continue
				}
				if said := strings.Join(c.faults(status, b), " "); !strings.Contains(said, x.says) {
					t.Errorf("%s: says %q", what, said)
				}
				if after := len(c.requests(nil)); after != before {
					t.Errorf("%s: something was taken in", what)
				}
			}
			for path, x := range map[string]struct {
				status int
				says   string
			}{
				"requests." + format + "?start_date=yesterday":                                               {400, "start_date"},
				"requests." + format + "?start_date=2026-01-01":                                              {400, "start_date"},
				"requests." + format + "?start_date=2026-01-01T00:00:00":                                     {400, "a zone"},
				"requests." + format + "?start_date=2025-01-01T00:00:00Z&end_date=2026-01-01T00:00:00Z":      {400, "90 days"},
				"requests." + format + "?start_date=2026-02-01T00:00:00Z&end_date=2026-01-01T00:00:00Z":      {400, "before"},
				"requests." + format + "?status=pending":                                                     {400, "open or closed"},
				"requests." + format + "?page=0":                                                             {400, "page"},
				"requests." + format + "?page=101&page_size=1000":                                            {400, "10000"},
				"requests." + format + "?page_size=many":                                                     {400, "page_size"},
				"requests." + format + "?lat=30.4":                                                           {400, "lat and long"},
				"requests." + format + "?lat=30.4&long=103.4&radius=-3":                                      {400, "radius"},
				"requests." + format + "?after=x":                                                            {400, "Link"},
				"requests." + format + "?jurisdiction_id=city.gov":                                           {404, "city.gov"},
				"requests." + format + "?api_key=yb_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA":             {403, "key"},
				"requests/QL-2019-000001." + format:                                                          {404, "QL-2019-000001"},
				"requests/%00." + format:                                                                     {404, "no"},
				"tokens/12345." + format:                                                                     {404, "12345"},
				"services/none." + format:                                                                    {404, "none"},
				"services/road/more." + format:                                                               {404, "no such address"},
				"nothing." + format:                                                                          {404, "no such address"},
				"servicerequestupdates." + format + "?start_date=x":                                          {400, "start_date"},
				"servicerequestupdates." + format + "?service_request_id=QL-2019-000001&after=zzzzzzzzzzzzz": {400, "Link"},
			} {
				status, b := c.ask("GET", path, nil)
				if status != x.status {
					t.Errorf("%s: %d, not %d: %s", path, status, x.status, b)
					continue
				}
				if said := strings.Join(c.faults(status, b), " "); !strings.Contains(said, x.says) {
					t.Errorf("%s: says %q", path, said)
				}
			}
			zh := w.client(format)
			zh.lang = "zh-CN"
			if status, b := zh.ask("POST", "requests."+format, good("service_code", "none")); !strings.Contains(strings.Join(zh.faults(status, b), ""), "没有“none”这一类") {
				t.Errorf("in Chinese: %s", b)
			}
		}
	})
}

// An update is taken from the unit that has the matter alone.
func TestWrongUpdates(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		slip := w.raise(matters.Raising{Body: "水管冻裂了，水流到路上。", Public: true})
		hidden := w.raise(matters.Raising{Body: "水管冻裂了，水流到家里。"})
		water := w.key(access.NewKey{Name: "水务系统", Scopes: []access.KeyScope{access.UpdatesWrite}, Unit: w.As("wu").Unit})
		police := w.key(access.NewKey{Name: "派出所系统", Scopes: []access.KeyScope{access.UpdatesWrite}, Unit: w.As("he").Unit})
		other := w.key(access.NewKey{Name: "邻居的程序", Scopes: []access.KeyScope{access.RequestsWrite}})
		c := w.client("xml")
		send := func(key, number, state, words string) int {
			t.Helper()
			status, b := c.ask("POST", "servicerequestupdates.xml", url.Values{"api_key": {key}, "service_request_id": {number}, "status": {state}, "description": {words}})
			if status != 200 {
				c.faults(status, b)
			}
			return status
		}
		for what, x := range map[string]struct {
			got, want int
		}{
			"without a key":            {send("", slip.Number, "closed", "修好了，不漏了。"), 403},
			"with another's key":       {send(other, slip.Number, "closed", "修好了，不漏了。"), 403},
			"not yet the unit's":       {send(water, slip.Number, "closed", "修好了，不漏了。"), 400},
			"nobody's":                 {send(water, "QL-2019-000001", "closed", "修好了，不漏了。"), 404},
			"a private one":            {send(water, hidden.Number, "open", "正在找漏点。"), 404},
			"without a number":         {send(water, "", "closed", "修好了，不漏了。"), 400},
			"of an unknown status":     {send(water, slip.Number, "fixed", "修好了，不漏了。"), 400},
			"without words":            {send(water, slip.Number, "closed", ""), 400},
			"of a unit not asked":      {send(police, slip.Number, "open", "正在找漏点。"), 403},
			"too long":                 {send(water, slip.Number, "open", strings.Repeat("长", 4001)), 400},
			"with a key that is wrong": {send("yb_x", slip.Number, "open", "正在找漏点。"), 403},
		} {
			if x.got != x.want {
				t.Errorf("%s: %d, not %d", what, x.got, x.want)
			}
		}
		w.toUnit(slip.Number)
		if got := send(police, slip.Number, "closed", "修好了，不漏了。"); got != 403 {
			t.Errorf("of another unit: %d", got)
		}
		if got := send(water, slip.Number, "closed", "修好了，不漏了。"); got != 200 {
			t.Errorf("the unit's own: %d", got)
		}
		if got := send(water, slip.Number, "closed", "修好了，不漏了。"); got != 400 {
			t.Errorf("done already: %d", got)
		}
		w.toUnit(hidden.Number) // a private one that the unit has is the unit's to answer, and still nobody's to read
		if got := send(water, hidden.Number, "open", "正在找漏点。"); got != 200 {
			t.Errorf("a private one that the unit has: %d", got)
		}
		if status, _ := c.request(hidden.Number); status != 404 {
			t.Errorf("a private one: %d", status)
		}
		if us := c.updates(nil); slices.Contains(ids(us), hidden.Number) || !slices.Contains(ids(us), slip.Number) {
			t.Errorf("updates of %v", ids(us))
		}
	})
}
