// SPDX-License-Identifier: Apache-2.0

package sheet_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"yuanba/internal/kit/sheet"
)

var (
	day    = time.Date(2026, 3, 2, 9, 30, 40, 0, time.FixedZone("CST", 8*3600))
	heads  = []any{"文字", "数", "有", "无", "时间", "空", "比率", "日期"}
	phones = []string{"02888791234", "13900000001", "510183199403070023", "0", "12"}
)

// tricky is what people write that a spreadsheet would compute.
var tricky = []string{"=1+1", "+86 199", "-2", "@SUM(A1)", "\tx", "  =cmd|' /C calc'!A0", "＝1", "plain", "路灯，\"坏\"了\n第二行", "", "a\x01b<c>&"}

func write(t *testing.T, f sheet.Format) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := sheet.New(&b, f, "事项: list/[1]", 12, 40)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Row(heads...); err != nil {
		t.Fatal(err)
	}
	for _, s := range append(slices.Clone(tricky), phones...) {
		if err := w.Row(s, 7, true, false, day, time.Time{}, 37.456, sheet.Day(day)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCSV(t *testing.T) {
	t.Parallel()
	text, ok := strings.CutPrefix(string(write(t, sheet.CSV)), "\ufeff")
	if !ok {
		t.Error("no mark of UTF-8")
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows = rows[1:]
	for i, want := range []string{"'02888791234", "13900000001", "'510183199403070023", "0", "12"} {
		if got := rows[len(tricky)+i][0]; got != want {
			t.Errorf("%q was written as %q", phones[i], got)
		}
	}
	for i, r := range rows[:len(tricky)] {
		computed := strings.ContainsAny(strings.TrimLeft(r[0], " ")[:min(1, len(strings.TrimLeft(r[0], " ")))], "=+-@\t")
		if computed || strings.TrimPrefix(r[0], "'") != tricky[i] {
			t.Errorf("%q was written as %q", tricky[i], r[0])
		}
		if r[1] != "7" || r[2] != "1" || r[3] != "" || r[4] != "2026-03-02 09:30" || r[5] != "" || r[6] != "37.46" || r[7] != "2026-03-02" {
			t.Errorf("row %d: %q", i, r[1:])
		}
	}
	if rows[7][0] != "plain" {
		t.Errorf("a harmless text was changed: %q", rows[7][0])
	}
}

func TestXLSX(t *testing.T) {
	t.Parallel()
	body := write(t, sheet.XLSX)
	f, err := excelize.OpenReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	name := f.GetSheetName(0)
	rows, err := f.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1+len(tricky)+len(phones) || strings.ContainsAny(name, ":/[]") {
		t.Fatalf("%d rows on sheet %q", len(rows), name)
	}
	for i, s := range append(slices.Clone(tricky[:9]), phones...) {
		n := i + 2
		if i >= 9 {
			n += len(tricky) - 9
		}
		at, err := excelize.CoordinatesToCellName(1, n)
		if err != nil {
			t.Fatal(err)
		}
		formula, err := f.GetCellFormula(name, at)
		if err != nil || formula != "" {
			t.Errorf("%q is computed: %q, %v", s, formula, err)
		}
		if rows[n-1][0] != s {
			t.Errorf("%q was written as %q", s, rows[n-1][0])
		}
		kind, err := f.GetCellType(name, at)
		if err != nil || kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
			t.Errorf("%q is no text: %v, %v", s, kind, err)
		}
	}
	if got := rows[1][1:]; !slices.Equal(got, []string{"7", "1", "", "2026-03-02 09:30", "", "37.46", "2026-03-02"}) {
		t.Errorf("%q", got)
	}
	for at, want := range map[string]string{"E2": "46083.3958334333", "G2": "37.46", "H2": "46083"} { // what stands behind what is shown
		raw, err := f.GetCellValue(name, at, excelize.Options{RawCellValue: true})
		kind, _ := f.GetCellType(name, at)
		if err != nil || raw != want || kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
			t.Errorf("%s holds %q of type %v, %v", at, raw, kind, err)
		}
	}
	panes, err := f.GetPanes(name)
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("the first row does not stay: %+v, %v", panes, err)
	}
	if w, err := f.GetColWidth(name, "B"); err != nil || w != 40 {
		t.Errorf("the second column is %v wide, %v", w, err)
	}
	sound(t, body)
}

// sound reads a workbook by the rules of its format, with no library for it: the parts
// that must be there, each well formed, each named with its type and reached by a
// relation; rows and cells in order; no cell of a style that is not there.
func sound(t *testing.T, body []byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if parts[f.Name] != nil {
			t.Errorf("%s is there twice", f.Name)
		}
		parts[f.Name] = b
		for d := xml.NewDecoder(bytes.NewReader(b)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
		}
	}
	var types struct {
		Default []struct {
			Extension string `xml:",attr"`
		}
		Override []struct {
			PartName string `xml:",attr"`
		}
	}
	unmarshal(t, parts, "[Content_Types].xml", &types)
	for _, o := range types.Override {
		if parts[strings.TrimPrefix(o.PartName, "/")] == nil {
			t.Errorf("%s is named and not there", o.PartName)
		}
	}
	for _, rels := range []string{"_rels/.rels", "xl/_rels/workbook.xml.rels"} {
		var list struct {
			Relationship []struct {
				Target string `xml:",attr"`
			}
		}
		unmarshal(t, parts, rels, &list)
		if len(list.Relationship) == 0 {
			t.Errorf("%s leads nowhere", rels)
		}
		for _, r := range list.Relationship {
			to := path.Join(path.Dir(path.Dir(rels)), r.Target)
			if strings.HasPrefix(r.Target, "/") {
				to = r.Target[1:]
			}
			if parts[to] == nil {
				t.Errorf("%s leads to %s, which is not there", rels, to)
			}
		}
	}
	var styles struct {
		Looks []struct{} `xml:"cellXfs>xf"`
	}
	unmarshal(t, parts, "xl/styles.xml", &styles)
	var table struct {
		Rows []struct {
			N     int `xml:"r,attr"`
			Cells []struct {
				At    string `xml:"r,attr"`
				Style int    `xml:"s,attr"`
			} `xml:"c"`
		} `xml:"sheetData>row"`
	}
	unmarshal(t, parts, "xl/worksheets/sheet1.xml", &table)
	last := 0
	for _, r := range table.Rows {
		if r.N <= last {
			t.Errorf("row %d stands behind row %d", r.N, last)
		}
		last = r.N
		before := 0
		for _, c := range r.Cells {
			column, row, err := excelize.CellNameToCoordinates(c.At)
			if err != nil || row != r.N || column <= before || c.Style >= len(styles.Looks) {
				t.Errorf("cell %s in row %d, style %d of %d: %v", c.At, r.N, c.Style, len(styles.Looks), err)
			}
			before = column
		}
	}
	if last == 0 {
		t.Error("no rows")
	}
}

func unmarshal(t *testing.T, parts map[string][]byte, name string, v any) {
	t.Helper()
	if err := xml.Unmarshal(parts[name], v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// Every minute of a day is shown as itself by a program that cuts off what is less
// than one.
func TestMinutesAreNotCutOff(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w, err := sheet.New(&b, sheet.XLSX, "一天")
	if err != nil {
		t.Fatal(err)
	}
	begin := day.Truncate(24 * time.Hour).Add(-8 * time.Hour)
	for m := range 1440 {
		if err := w.Row(begin.Add(time.Duration(m) * time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("一天", excelize.Options{RawCellValue: true})
	if err != nil || len(rows) != 1440 {
		t.Fatal(len(rows), err)
	}
	for m, r := range rows {
		v, err := strconv.ParseFloat(r[0], 64)
		if got := int((v - math.Floor(v)) * 1440); err != nil || got != m {
			t.Fatalf("minute %d is %s, shown as minute %d: %v", m, r[0], got, err)
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	t.Parallel()
	if _, err := sheet.New(&bytes.Buffer{}, "pdf", "x"); err == nil {
		t.Error("a format that nobody knows was begun")
	}
}
