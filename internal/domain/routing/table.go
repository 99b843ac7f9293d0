// SPDX-License-Identifier: Apache-2.0

package routing

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
)

//go:embed shipped.csv
var shippedCSV string

// Shipped are the rules that come with the program, as an example: those of the
// demonstration. They name no place and no unit, so that they fit every town that
// has the shipped categories.
func Shipped(t Town) (Rules, error) {
	rs, faults, err := ReadTable(strings.NewReader(shippedCSV), t)
	if err == nil && len(faults) > 0 {
		err = fmt.Errorf("shipped rules: line %d: %s: %s", faults[0].Line, faults[0].Column, faults[0].Key)
	}
	return rs, err
}

// Columns are those of a file of rules. A file needs the first two; several values
// in one cell are separated by |. Places are codes or names, categories codes (of a
// group: group:code), and a unit is a way ([Way]), key:… or unit: and its code or
// name.
var Columns = []string{"name", "unit", "words", "all", "none", "places", "categories", "kinds", "weekdays", "from", "to", "hours", "channels", "urgency", "assist", "category", "at_once"}

// Cells are a rule as a row of a file.
func (r Rule) Cells(t Town) []any {
	bar := func(list []string) string { return strings.Join(list, "|") }
	var at, categories, days, channels []string
	w := r.When
	for _, p := range w.Places {
		x, _ := t.Places.Get(p)
		at = append(at, x.Code)
	}
	for _, g := range w.Groups {
		categories = append(categories, groupMark+g)
	}
	categories = append(categories, w.Categories...)
	for _, d := range w.Weekdays {
		days = append(days, strconv.Itoa(d))
	}
	for _, c := range w.Channels {
		channels = append(channels, string(c))
	}
	return []any{r.Name, r.Gives.Lead.text(t), bar(w.Any), bar(w.All), bar(w.None), bar(at), bar(categories), bar(w.Kinds), bar(days), w.From, w.To,
		string(w.Hours), bar(channels), string(w.Urgency), r.Gives.Assist.text(t), r.Gives.Category, r.AtOnce}
}

const groupMark, keyMark, unitMark = "group:", "key:", "unit:"

// text is a target as a file has it: a unit by its code, or its name.
func (x Target) text(t Town) string {
	switch x.Way {
	case Named:
		u, _ := t.Units.Unit(x.Unit)
		if u.Code != "" {
			return unitMark + u.Code
		}
		return unitMark + u.Name.ZH
	case Nearest:
		return keyMark + x.Key
	case Owner, Place, Standard, Street, Village:
	}
	return string(x.Way)
}

// A Fault is what is wrong in a line of a file; Column is "" if it is the line.
type Fault struct {
	Line   int
	Column string
	Key    string // of the message
	Args   []any
}

// mostFaults bounds how many are told.
const mostFaults = 30

// ReadTable reads a file of rules in CSV, in the order of the list. What is wrong is
// told line by line, and then there are no rules.
func ReadTable(r io.Reader, t Town) (rs Rules, faults []Fault, err error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord = -1
	var at map[string]int
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var parse *csv.ParseError
		if errors.As(err, &parse) {
			return nil, []Fault{{Line: parse.Line, Key: "rule.file.csv"}}, nil
		}
		if err != nil {
			return nil, nil, err
		}
		line, _ := in.FieldPos(0)
		if at == nil {
			if at = headOf(row); at == nil {
				return nil, []Fault{{Line: line, Key: "rule.file.head", Args: []any{"name, unit"}}}, nil
			}
			continue
		}
		if strings.TrimSpace(strings.Join(row, "")) == "" {
			continue
		}
		rule, wrong := ruleOf(t, func(column string) string {
			if i, ok := at[column]; ok && i < len(row) {
				return strings.TrimSpace(row[i])
			}
			return ""
		})
		if slices.ContainsFunc(rs, func(x Rule) bool { return strings.EqualFold(x.Name, rule.Name) }) {
			wrong.Add("name", "rule.twice", rule.Name)
		}
		for _, e := range wrong {
			faults = append(faults, Fault{line, e.Field, e.Key, e.Args})
		}
		if rs = append(rs, rule); len(faults) >= mostFaults || len(rs) > MostRules {
			break
		}
	}
	switch {
	case len(faults) > 0:
		return nil, faults[:min(len(faults), mostFaults)], nil
	case len(rs) == 0:
		return nil, []Fault{{Line: 1, Key: "rule.file.empty"}}, nil
	case len(rs) > MostRules:
		return nil, []Fault{{Line: len(rs) + 1, Key: "rule.many", Args: []any{MostRules}}}, nil
	}
	return rs, nil, nil
}

// headOf is where each column is, nil if one that is needed is missing.
func headOf(row []string) map[string]int {
	at := map[string]int{}
	for i, name := range row {
		at[strings.ToLower(strings.TrimSpace(name))] = i
	}
	for _, need := range Columns[:2] {
		if _, ok := at[need]; !ok {
			return nil
		}
	}
	return at
}

func cut(s string) (out []string) {
	for _, x := range strings.Split(s, "|") {
		if x = strings.TrimSpace(x); x != "" {
			out = append(out, x)
		}
	}
	return out
}

// ruleOf reads one row, with what is wrong beside the names of the columns.
func ruleOf(t Town, cell func(string) string) (r Rule, wrong errs.List) {
	r.Name = cell("name")
	w := &r.When
	w.Any, w.All, w.None, w.Kinds = cut(cell("words")), cut(cell("all")), cut(cell("none")), cut(cell("kinds"))
	w.From, w.To, w.Hours, w.Urgency = cell("from"), cell("to"), Hours(cell("hours")), Urgency(cell("urgency"))
	for _, s := range cut(cell("places")) {
		p, err := t.PlaceOf(s)
		if err != nil {
			wrong.Add("places", err.Key, err.Args...)
			continue
		}
		w.Places = append(w.Places, p)
	}
	for _, s := range cut(cell("categories")) {
		if g, ok := strings.CutPrefix(s, groupMark); ok {
			w.Groups = append(w.Groups, g)
			continue
		}
		w.Categories = append(w.Categories, s)
	}
	for _, s := range cut(cell("weekdays")) {
		d, err := strconv.Atoi(s)
		if err != nil {
			d = 0 // no day of the week
		}
		w.Weekdays = append(w.Weekdays, d)
	}
	for _, s := range cut(cell("channels")) {
		w.Channels = append(w.Channels, matters.Channel(s))
	}
	r.Gives.Lead, r.Gives.Category = t.targetOf(cell("unit")), cell("category")
	if s := cell("assist"); s != "" {
		r.Gives.Assist = t.targetOf(s)
	}
	switch strings.ToLower(cell("at_once")) {
	case "", "0", "no", "false", "否":
	case "1", "yes", "true", "是":
		r.AtOnce = true
	default:
		wrong.Add("at_once", "rule.file.yes_no")
	}
	r = r.Tidy()
	for _, e := range errs.Public(r.Check(t)) {
		column := map[string]string{"any": "words", "lead": "unit"}[e.Field]
		if column == "" {
			column = e.Field
		}
		if column == "places" && len(wrong) > 0 {
			continue // told already
		}
		wrong.Add(column, e.Key, e.Args...)
	}
	return r, wrong
}

// targetOf reads a target; what is no target has no way, which the check tells.
func (t Town) targetOf(s string) Target {
	if key, ok := strings.CutPrefix(s, keyMark); ok {
		return Target{Way: Nearest, Key: key}
	}
	name, named := strings.CutPrefix(s, unitMark)
	for _, u := range t.Units.Units() {
		if name != "" && (u.Code == name || u.Name.ZH == name || u.Name.EN == name) {
			return Target{Way: Named, Unit: u.ID}
		}
	}
	if named {
		return Target{Way: Named}
	}
	return Target{Way: Way(s)}
}

// PlaceOf is the place that somebody wrote: its code, its name if only one has it,
// or the names of the street or town and of the place in it.
func (t Town) PlaceOf(s string) (id.ID, *errs.Error) {
	if p, ok := t.Places.ByCode(s); ok {
		return p.ID, nil
	}
	name, within, two := strings.Cut(s, ",") // as English says it, from the small to the large
	if !two && strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		if within, name, two = strings.Cut(strings.ReplaceAll(s, "·", " "), " "); !two {
			name = s
		}
	}
	name = strings.TrimSpace(name)
	var found []places.Place
	for _, k := range []places.Kind{places.City, places.Town, places.Village, places.Grid} {
		for _, p := range t.Places.All(k) {
			if p.Name.ZH != name && !strings.EqualFold(p.Name.EN, name) {
				continue
			}
			if two && !t.isIn(p, strings.TrimSpace(within)) {
				continue
			}
			found = append(found, p)
		}
	}
	switch len(found) {
	case 1:
		return found[0].ID, nil
	case 0:
		return 0, errs.At("places", "rule.place.none", s)
	}
	return 0, errs.At("places", "rule.place.which", s)
}

func (t Town) isIn(p places.Place, name string) bool {
	return slices.ContainsFunc(t.Places.Ancestors(p.ID), func(a places.Place) bool { return a.Name.ZH == name || strings.EqualFold(a.Name.EN, name) })
}
