// SPDX-License-Identifier: Apache-2.0

package when_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"yuanba/internal/kit/when"
)

// secondOpinion is what chinese-days says of a day, or, with Year, of a year.
type secondOpinion struct {
	Day       string
	Work      bool
	Holiday   bool
	Lieu      bool
	Name      string // "National Day,国庆节,3", or the day of the week
	Find      []string
	Fortnight int

	Year int
	Days []string
}

// The npm package chinese-days, made by others from the same notices, is asked
// about every day that the shipped table knows.
func TestChineseDays(t *testing.T) {
	t.Parallel()
	modules := filepath.Join("..", "..", "..", "node_modules")
	if _, err := os.Stat(filepath.Join(modules, "chinese-days")); err != nil {
		t.Skip("the npm package chinese-days is not installed: make test does it")
	}
	abs, err := filepath.Abs(modules)
	if err != nil {
		t.Fatal(err)
	}
	const first = 2007
	c := when.Default()
	deltas := []int{0, 1, 2, 3, 5, 7, 10, 15, 20, 30, -1, -5}
	var list []string
	for _, n := range deltas {
		list = append(list, strconv.Itoa(n))
	}
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join("testdata", "chinese-days.cjs"), strconv.Itoa(first), strconv.Itoa(c.KnownUntil()), strings.Join(list, ","))
	cmd.Env = append(os.Environ(), "NODE_PATH="+abs)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	days, years := 0, 0
	for line := range bytes.Lines(out) {
		var o secondOpinion
		if err := json.Unmarshal(line, &o); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if o.Year != 0 {
			years++
			sameYear(t, c, o)
			continue
		}
		days++
		sameDay(t, c, o, deltas)
	}
	if n := c.KnownUntil() - first + 1; years != n || days < n*365 || c.KnownUntil() < 2026 {
		t.Errorf("asked about %d days and %d years only", days, years)
	}
	for y := first; y <= c.KnownUntil(); y++ {
		if !c.Known(y) {
			t.Errorf("%d is not known", y)
		}
	}
}

func sameDay(t *testing.T, c *when.Calendar, o secondOpinion, deltas []int) {
	t.Helper()
	noon := at(o.Day + " 12:00")
	if c.Workday(noon) != o.Work || !c.Workday(noon) != o.Holiday || c.InLieu(noon) != o.Lieu {
		t.Errorf("%s: worked %v, in lieu %v; they say %v, %v", o.Day, c.Workday(noon), c.InLieu(noon), o.Work, o.Lieu)
	}
	if _, theirs, named := strings.Cut(o.Name, ","); named {
		name, _, _ := strings.Cut(theirs, ",")
		if ours, _ := c.Holiday(noon); ours.EN == "" || ours.ZH != name && !strings.Contains(name, "抗日战争") {
			t.Errorf("%s is %v; they say %s", o.Day, ours, o.Name)
		}
	}
	for i, n := range deltas {
		if n == 0 && o.Work { // the day itself
			if o.Find[i] != o.Day {
				t.Errorf("findWorkday(0, %s) is %s", o.Day, o.Find[i])
			}
			continue
		}
		if n < 0 { // backwards: so many working days lie between
			if !c.Known(at(o.Find[i] + " 12:00").Year()) {
				continue
			}
			if got := c.Between(at(o.Find[i]+" 12:00").Add(-when.Day), noon.Add(-when.Day), when.WorkDays); got != -n || !c.Workday(at(o.Find[i]+" 12:00")) {
				t.Errorf("%d working days before %s are not %s", -n, o.Day, o.Find[i])
			}
			continue
		}
		want := at(o.Find[i] + " 17:30")
		l := when.Limit{N: max(1, n), Unit: when.WorkDays}
		for _, from := range []string{" 00:00", " 12:00", " 23:59"} {
			if got := c.Add(at(o.Day+from), l); !got.Equal(want) {
				t.Errorf("%s after %s%s is due %s; they say %s", l, o.Day, from, got.Format(minute), o.Find[i])
			}
		}
		if got := c.Derive(noon, l, nil).Due; !got.Equal(want) {
			t.Errorf("%s after %s is derived to be due %s; they say %s", l, o.Day, got.Format(minute), o.Find[i])
		}
	}
	if got := c.Between(noon.Add(-when.Day), noon.Add(13*when.Day), when.WorkDays); got != o.Fortnight {
		t.Errorf("the fortnight of %s has %d working days; they say %d", o.Day, got, o.Fortnight)
	}
}

func sameYear(t *testing.T, c *when.Calendar, o secondOpinion) {
	t.Helper()
	var ours []string
	first := time.Date(o.Year, 1, 1, 12, 0, 0, 0, when.Zone)
	for d := first; d.Year() == o.Year; d = d.AddDate(0, 0, 1) {
		if c.Workday(d) {
			ours = append(ours, d.Format(time.DateOnly))
		}
	}
	if !slices.Equal(ours, o.Days) {
		t.Errorf("the working days of %d are not the same", o.Year)
	}
}
