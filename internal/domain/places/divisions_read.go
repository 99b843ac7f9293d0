// SPDX-License-Identifier: Apache-2.0

package places

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/geo"
)

// A Format is how a file of divisions is written.
type Format string

// The formats.
const (
	// JSON is one county as {"code", "name", "towns": [{"code", "name",
	// "villages": [{"code", "name"}]}]}.
	JSON Format = "json"
	// CSV has a heading and a village in each row: code, name, town_code, town
	// and perhaps kind (社区, 村 or 工业社区), in any order.
	CSV Format = "csv"
)

// Limits of a file of divisions.
const (
	maxDivisionBytes = 16 << 20
	maxDivisions     = 50_000
	maxDivisionDepth = 8
)

// A division is one place of a file.
type division struct {
	row       int
	kind      Kind
	code      string
	parent    string // code of the place above
	name      string
	community Community
	err       error // what is wrong with the row as it is written
}

// readDivisions reads a file of divisions, parents before children, each place
// once. It is Invalid if the file as a whole cannot be read.
func readDivisions(r io.Reader, f Format) ([]division, error) {
	b, err := geo.ReadLimited(r, maxDivisionBytes)
	if err != nil {
		return nil, err
	}
	var ds []division
	switch f {
	case JSON:
		ds, err = readJSON(b)
	case CSV:
		ds, err = readCSV(b)
	default:
		return nil, errs.At("format", "place.import.format", string(f))
	}
	if err == nil && len(ds) > maxDivisions {
		err = errs.New(errs.Invalid, "place.import.many", maxDivisions)
	}
	return ds, err
}

type item struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Towns    []item `json:"towns"`
	Villages []item `json:"villages"`
}

func readJSON(b []byte) ([]division, error) {
	if err := geo.CheckJSON(b, maxDivisionDepth); err != nil {
		return nil, err
	}
	var city item
	if err := json.Unmarshal(b, &city); err != nil {
		e := errs.New(errs.Invalid, "place.import.json")
		e.Err = err
		return nil, e
	}
	if city.Code == "" && city.Name == "" && len(city.Towns) == 0 {
		return nil, errs.New(errs.Invalid, "place.import.json")
	}
	ds := []division{{row: 1, kind: City, code: Pad(strings.TrimSpace(city.Code)), name: city.Name}}
	add := func(k Kind, parent string, x item) string {
		d := division{row: len(ds) + 1, kind: k, code: Pad(strings.TrimSpace(x.Code)), parent: parent, name: x.Name}
		if k == Village {
			d.community = sort(x.Name, "")
		}
		ds = append(ds, d)
		return d.code
	}
	for _, t := range city.Towns {
		code := add(Town, ds[0].code, t)
		for _, v := range t.Villages {
			add(Village, code, v)
		}
	}
	return ds, nil
}

// sort says what sort of community a village is, by the column kind if there is
// one, else by its name.
func sort(name, kind string) Community {
	switch {
	case strings.Contains(kind, "工业") || strings.Contains(kind, "产业") || kind == string(Industrial):
		return Industrial
	case kind == "社区" || kind == string(Urban):
		return Urban
	case kind == "村" || kind == string(Rural):
		return Rural
	case strings.HasSuffix(official(name), "村"):
		return Rural
	}
	return Urban
}

func readCSV(b []byte) ([]division, error) {
	r := csv.NewReader(bytes.NewReader(b))
	r.FieldsPerRecord = -1
	head, err := r.Read()
	if err != nil {
		return nil, errs.New(errs.Invalid, "place.import.csv", "code, name, town_code, town")
	}
	at := map[string]int{}
	for i, h := range head {
		at[strings.ToLower(strings.TrimSpace(h))] = i
	}
	for _, need := range []string{"code", "name", "town_code", "town"} {
		if _, ok := at[need]; !ok {
			return nil, errs.New(errs.Invalid, "place.import.csv", "code, name, town_code, town")
		}
	}
	var villages []division
	var towns []division
	for row := 2; ; row++ {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if len(villages) > maxDivisions {
			return nil, errs.New(errs.Invalid, "place.import.many", maxDivisions)
		}
		if err != nil {
			villages = append(villages, division{row: row, kind: Village, err: errs.New(errs.Invalid, "place.import.row")})
			continue
		}
		field := func(name string) string {
			if i, ok := at[name]; ok && i < len(rec) {
				return strings.TrimSpace(rec[i])
			}
			return ""
		}
		v := division{row: row, kind: Village, code: Pad(field("code")), parent: Pad(field("town_code")), name: field("name")}
		v.community = sort(v.name, field("kind"))
		if len(rec) != len(head) {
			v.err = errs.New(errs.Invalid, "place.import.fields", len(rec), len(head))
		}
		villages = append(villages, v)
		if v.err == nil && !slices.ContainsFunc(towns, func(t division) bool { return t.code == v.parent }) {
			t := division{row: row, kind: Town, code: v.parent, name: field("town")}
			if len(t.code) == 12 {
				t.parent = Pad(t.code[:6])
			}
			towns = append(towns, t)
		}
	}
	return append(towns, villages...), nil
}
