// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// fetch gets an address as somebody of the cast, or as nobody.
func fetch(t *testing.T, site, login, path string) (status int, h http.Header, body []byte) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if login != "" {
		enter(t, c, site, login)
	}
	res, err := c.Get(site + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err = io.ReadAll(res.Body); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, body
}

// enter signs in as a member of the cast with one click.
func enter(t *testing.T, c *http.Client, site, login string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, site+"/signin/as", strings.NewReader(url.Values{"login": {login}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("signing in as %s: %s", login, res.Status)
	}
}

// take raises n matters in a place as imports do.
func take(t *testing.T, town *apptest.Town, from, n int, edit func(*matters.Foreign)) {
	t.Helper()
	var fs []matters.Foreign
	for i := from; i < from+n; i++ {
		f := matters.Foreign{Row: i, ID: fmt.Sprint(i), Origin: fmt.Sprint("test:", i), Title: fmt.Sprintf("=1+%d 路灯", i), Body: "路灯坏了，晚上看不见路。",
			PlaceWords: "@老菜市场", RaisedAt: apptest.Monday.Add(-time.Hour)}
		if edit != nil {
			edit(&f)
		}
		fs = append(fs, f)
	}
	got, err := town.Matters.TakeForeign(t.Context(), scope.Program(matters.Importer), fs, false)
	if err != nil || got.Added != n {
		t.Fatalf("%+v, %v", got, err)
	}
}

func TestExport(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		take(t, town, 0, 60, nil)
		baota := town.Place("文君街道", "宝塔社区")
		hidden, err := town.Matters.Raise(t.Context(), town.Resident("周敏", "99999919940307002X", "19900000002").Actor(),
			matters.Raising{Title: "邻居的事", Body: "只想让街道晓得的事情。", Place: baota[scope.Village], Public: false})
		if err != nil {
			t.Fatal(err)
		}
		if err := town.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		site := town.Serve()

		status, h, body := fetch(t, site, "", "/matters.csv?open=1")
		if status != 200 || !strings.HasPrefix(h.Get("Content-Type"), "text/csv") || !strings.Contains(h.Get("Content-Disposition"), "attachment") {
			t.Fatalf("%d %v %s", status, h, body)
		}
		rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff")))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != 61 || rows[0][0] != "编号" || !strings.HasPrefix(rows[1][1], "'=1+") || rows[1][5] != "'@老菜市场" {
			t.Errorf("%d rows, %q", len(rows), rows[:2])
		}
		if strings.Contains(string(body), hidden.Number) {
			t.Error("the public exports what is not public")
		}
		// More than a page of the list, and what the filter asks for.
		if _, _, body := fetch(t, site, "", "/matters.csv?state=closed"); bytes.Count(body, []byte("\n")) != 1 {
			t.Errorf("no matter is closed: %s", body)
		}
		if _, _, body := fetch(t, site, "", "/matters.csv?q="+url.QueryEscape("路灯")); bytes.Count(body, []byte("\n")) != 61 {
			t.Errorf("found: %d lines", bytes.Count(body, []byte("\n")))
		}
		if status, _, _ := fetch(t, site, "", "/matters.csv?place=nonsense"); status != http.StatusUnprocessableEntity {
			t.Errorf("a filter that makes no sense: %d", status)
		}

		// Staff of the place see theirs; the workbook is one.
		status, _, body = fetch(t, site, "sun", "/matters.xlsx")
		if status != 200 {
			t.Fatalf("%d %s", status, body)
		}
		f, err := excelize.OpenReader(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		table, err := f.GetRows(f.GetSheetName(0))
		if err != nil || len(table) != 2 || table[1][0] != hidden.Number {
			t.Errorf("%q, %v", table, err)
		}

		// Each is in the trail with its number of rows.
		var notes []string
		err = town.DB.Read(t.Context(), func(tx *sqldb.Tx) error {
			rows, err := trail.Since(tx, 0, 100_000)
			for _, r := range rows {
				if r.Noun == "export" {
					notes = append(notes, r.Note)
				}
			}
			return err
		})
		if err != nil || !slices.Contains(notes, "60 matters, csv") || !slices.Contains(notes, "1 matters, xlsx") {
			t.Errorf("the trail has %q, %v", notes, err)
		}
	})
}

func TestExportLimits(t *testing.T) {
	t.Parallel()
	town := apptest.New(t)
	take(t, town, 0, matters.ExportFew, nil)
	count := func(by scope.Actor, f matters.Filter) (int, error) {
		return town.Matters.Export(t.Context(), by, "", f, func(matters.Card) error { return nil })
	}
	if n, err := count(scope.Actor{}, matters.Filter{}); n != matters.ExportFew || err != nil {
		t.Errorf("the public exports %d: %v", n, err)
	}
	take(t, town, matters.ExportFew, 1, nil)
	wenjun := scope.Of(town.Place("文君街道"))
	for _, c := range []struct {
		who string
		f   matters.Filter
		ok  bool
	}{
		{"", matters.Filter{}, false},
		{"zhao", matters.Filter{}, true},   // sees only the street's, of which there are few
		{"han", matters.Filter{}, true},    // an analyst of the whole city
		{"audit", matters.Filter{}, false}, // reads everything, and takes nothing out
		{"sun", matters.Filter{Place: wenjun}, true},
	} {
		by := scope.Actor{}
		if c.who != "" {
			by = town.As(c.who)
		}
		if _, err := count(by, c.f); (err == nil) != c.ok {
			t.Errorf("%q: %v", c.who, err)
		}
	}
}
