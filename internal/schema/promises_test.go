// SPDX-License-Identifier: Apache-2.0

package schema_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The promises to residents bind the schema, not only the screens: no score, level
// or count of a person, no trail of where anyone was, nothing private in the open.
// Each rule says what may not be, and which columns are known not to be it.
var promises = []struct {
	name   string
	broken func(table, column, kind string, person, place bool) bool
	but    []string
}{
	{"no score, rating, level or points of a person", func(table, column, _ string, person, _ bool) bool {
		return person && regexp.MustCompile(`score|rating|rank|level|points|grade|credit|risk|tier|strikes`).MatchString(column)
	}, []string{"matter.rating_words", // what the reporter says of the town's work
		"volunteer_entry.points"}}, // design §3: for volunteering alone, and only of those who asked for them
	{"no count of what a person does", func(table, column, kind string, person, _ bool) bool {
		return (table == "resident" || table == "contact") && regexp.MustCompile(`count|_n$|^n$|total|number_of|matters|complaints|times`).MatchString(column)
	}, nil},
	{"no places of a person in time", func(table, column, kind string, person, place bool) bool {
		return person && place && (column == "lat" || column == "lon")
	}, []string{"matter.lat", "matter.lon"}}, // where the thing is that is to be put right
	{"no private fact in the open", func(table, column, kind string, _, _ bool) bool {
		return regexp.MustCompile(`phone|telephone|id_number|birth|gender|religion|ethnic|household`).MatchString(column) && !strings.HasPrefix(kind, "BYTEA") && !strings.HasPrefix(kind, "BIGINT")
	}, []string{"unit.phone", "post.phone", "village_duty.phone"}},
}

var (
	tables  = regexp.MustCompile(`(?s)CREATE TABLE (\w+) \((.*?)\n\);`)
	columns = regexp.MustCompile(`(?m)^\s+(\w+)\s+(TEXT|BYTEA|BIGINT|BOOLEAN|DOUBLE PRECISION|\{\{id\}\})`)
)

func TestSchemaKeepsThePromises(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".sql") || f.Name() == "schema.sql" {
			continue
		}
		text, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range tables.FindAllStringSubmatch(string(text), -1) {
			for _, fault := range broken(x[1], x[2]) {
				t.Errorf("%s: %s", f.Name(), fault)
			}
			seen++
		}
	}
	if seen < 30 {
		t.Errorf("only %d tables were found", seen)
	}
	for _, bad := range []string{"\n id {{id}},\n resident_id BIGINT,\n score BIGINT", "\n account BIGINT,\n lat DOUBLE PRECISION,\n lon DOUBLE PRECISION,\n at BIGINT", "\n id {{id}},\n phone TEXT"} {
		if broken("bad", bad) == nil {
			t.Errorf("not noticed: %s", bad)
		}
	}
}

// broken are the promises that a table breaks.
func broken(table, body string) (faults []string) {
	cols := columns.FindAllStringSubmatch(body, -1)
	has := func(names ...string) bool {
		return slices.ContainsFunc(cols, func(c []string) bool { return slices.Contains(names, c[1]) })
	}
	person := table == "resident" || table == "contact" || table == "account" || has("resident_id", "contact_id", "account", "account_id")
	for _, c := range cols {
		for _, p := range promises {
			if p.broken(table, c[1], c[2], person, has("at", "seen_at", "raised_at", "created_at")) && !slices.Contains(p.but, table+"."+c[1]) {
				faults = append(faults, table+"."+c[1]+": "+p.name)
			}
		}
	}
	return faults
}

// A track is where somebody was, one place after another. What could hold one is a place
// with a moment or a person beside it, or a column that is named for it; each table that
// has a place says here what the place is of, and none of them is somebody's phone.
var placed = map[string]string{
	"place":        "where a street or a village is",
	"matter":       "where the thing is that is to be put right: one for each matter",
	"place_shape":  "the outline of a street or a village",
	"insight_open": "where the open matters are, for the map",
	"patrol_point": "where a point is that rounds come to: nobody is named beside it",
}

var (
	position = regexp.MustCompile(`(^|_)(lat|lon|lng|latitude|longitude|point|geom|geometry|coordinates|position|gps)($|_)`)
	way      = regexp.MustCompile(`(^|_)(track|trace|route|path|way|trajectory|waypoints|steps_walked|speed|heading|bearing|accuracy|altitude|breadcrumbs)($|_)`)
)

// tracks are the columns of a table that could hold where somebody walked.
func tracks(table, body string) (faults []string) {
	for _, c := range columns.FindAllStringSubmatch(body, -1) {
		name, kind := c[1], c[2]
		id := strings.HasSuffix(name, "_id")
		switch {
		case slices.Contains([]string{"category_group.position", "membership.way", "place.accuracy"}, table+"."+name): // its place in a list; how somebody joined; how a place on the map was come by
		case way.MatchString(name) && !id:
			faults = append(faults, table+"."+name+": is it somebody's way?")
		case position.MatchString(name) && !id && placed[table] == "":
			faults = append(faults, table+"."+name+": whose place is it?")
		case kind == "DOUBLE PRECISION" && (strings.HasPrefix(table, "patrol_") || strings.HasPrefix(table, "field_")) && placed[table] == "":
			faults = append(faults, table+"."+name+": what does a round measure?")
		}
	}
	return faults
}

func TestNothingCanHoldATrack(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".sql") || f.Name() == "schema.sql" {
			continue
		}
		text, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range tables.FindAllStringSubmatch(string(text), -1) {
			seen[x[1]] = true
			for _, fault := range tracks(x[1], x[2]) {
				t.Errorf("%s: %s", f.Name(), fault)
			}
		}
	}
	for table := range placed {
		if !seen[table] {
			t.Errorf("there is no table %s any more", table)
		}
	}
	if !seen["patrol_entry"] || !seen["patrol_round"] {
		t.Error("the tables of rounds were not looked at")
	}
	for _, bad := range []string{"\n worker_id BIGINT,\n track TEXT", "\n lat DOUBLE PRECISION,\n lon DOUBLE PRECISION", "\n gps_position TEXT", "\n route BYTEA"} {
		if tracks("patrol_entry", bad) == nil {
			t.Errorf("not noticed: %s", bad)
		}
	}
}
