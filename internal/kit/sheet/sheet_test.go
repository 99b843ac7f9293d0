// SPDX-License-Identifier: Apache-2.0

package sheet_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"yuanba/internal/kit/sheet"
)

var day = time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)

// tricky is what people write that a spreadsheet would compute.
var tricky = []string{"=1+1", "+86 199", "-2", "@SUM(A1)", "\tx", "  =cmd|' /C calc'!A0", "＝1", "plain", "路灯，\"坏\"了\n第二行", "", "a\x01b<c>&"}

func write(t *testing.T, f sheet.Format) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := sheet.New(&b, f, "事项: list/[1]", 12, 40)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range tricky {
		if err := w.Row(s, 7, true, false, day, time.Time{}); err != nil {
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
	for i, r := range rows {
		computed := strings.ContainsAny(strings.TrimLeft(r[0], " ")[:min(1, len(strings.TrimLeft(r[0], " ")))], "=+-@\t")
		if computed || strings.TrimPrefix(r[0], "'") != tricky[i] {
			t.Errorf("%q was written as %q", tricky[i], r[0])
		}
		if r[1] != "7" || r[2] != "1" || r[3] != "" || r[4] != "2026-03-02 09:30" || r[5] != "" {
			t.Errorf("row %d: %q", i, r[1:])
		}
	}
	if rows[7][0] != "plain" {
		t.Errorf("a harmless text was changed: %q", rows[7][0])
	}
}

func TestXLSX(t *testing.T) {
	t.Parallel()
	f, err := excelize.OpenReader(bytes.NewReader(write(t, sheet.XLSX)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	name := f.GetSheetName(0)
	rows, err := f.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(tricky) || strings.ContainsAny(name, ":/[]") {
		t.Fatalf("%d rows on sheet %q", len(rows), name)
	}
	for i, s := range tricky[:9] {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		formula, err := f.GetCellFormula(name, at)
		if err != nil || formula != "" {
			t.Errorf("%q is computed: %q, %v", s, formula, err)
		}
		if rows[i][0] != s {
			t.Errorf("%q was written as %q", s, rows[i][0])
		}
		kind, err := f.GetCellType(name, at)
		if err != nil || kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
			t.Errorf("%q is no text: %v, %v", s, kind, err)
		}
	}
	if rows[0][1] != "7" || rows[0][4] != "2026-03-02 09:30" {
		t.Errorf("%q", rows[0])
	}
}

func TestUnknownFormat(t *testing.T) {
	t.Parallel()
	if _, err := sheet.New(&bytes.Buffer{}, "pdf", "x"); err == nil {
		t.Error("a format that nobody knows was begun")
	}
}
