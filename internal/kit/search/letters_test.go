// SPDX-License-Identifier: Apache-2.0

package search_test

import (
	"fmt"
	"testing"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/search"
	"yuanba/internal/kit/sqldb"
)

// TestOneLetter holds that a single letter is found wherever it stands, whether
// it is in most records, which are read one after the other, or in few, which
// are looked up once reading has shown how few.
func TestOneLetter(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *sqldb.DB) {
		var docs []search.Doc
		for n := range 400 {
			at := day.Add(time.Duration(n) * time.Minute)
			d := search.Doc{Noun: "matter", ID: id.First(at), At: at, Title: fmt.Sprintf("第%d件", n), Body: "路边的树"}
			switch n {
			case 3:
				d.Body = "院墙塌了半截"
			case 5:
				d.Body = "屋檐漏水到灶"
			case 7:
				d.Title = "灶"
			case 9:
				d.Body = "灶5号"
			}
			docs = append(docs, d)
		}
		put(t, db, docs...)
		for text, want := range map[string]int{"路": 200, "灶": 3, "塌": 1, "路 塌": 0, "屋 灶": 1, "龘": 0, "灶,屋": 1} {
			hits, _ := find(t, db, search.Walking(20), search.Query{Text: text, Limit: 500})
			if len(hits) != want {
				t.Errorf("%q is found in %d records, want %d", text, len(hits), want)
			}
		}
	})
}
