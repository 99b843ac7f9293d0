// SPDX-License-Identifier: Apache-2.0

package geo_test

import (
	"fmt"
	"strings"
	"testing"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/geo"
)

const one = `{"type":"Feature","properties":{"code":"510183001","adcode":510183,"name":" 文君街道 "},
"geometry":{"type":"Polygon","coordinates":[[[103.4,30.4],[103.5,30.4],[103.5,30.5],[103.4,30.4]]]}}`

func TestRead(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"a feature":    one,
		"a collection": `{"type":"FeatureCollection","features":[` + one + `]}`,
		"with a mark":  "\xef\xbb\xbf" + one,
		"GPS named":    `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},"features":[` + one + `]}`,
	} {
		fs, err := geo.Read(strings.NewReader(in))
		if err != nil || len(fs) != 1 || fs[0].Err != nil {
			t.Errorf("%s: %v %v", name, fs, err)
			continue
		}
		f := fs[0]
		if f.Text("name") != "文君街道" || f.Text("missing", "adcode") != "510183" || geo.Vertices(f.Shape) != 4 {
			t.Errorf("%s: read as %+v", name, f)
		}
		back, err := geo.ParseShape(geo.AppendShape(nil, f.Shape, 7))
		if err != nil || !back.Equal(f.Shape) {
			t.Errorf("%s: written and read again: %v %v", name, back, err)
		}
	}
	fs, err := geo.Read(strings.NewReader(`{"type":"Point","coordinates":[103.46,30.41,480]}`))
	if err != nil || fs[0].Point == nil || *fs[0].Point != (geo.Point{103.46, 30.41}) {
		t.Errorf("a point with a height: %v %v", fs, err)
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, key string }{
		"nothing":         {"", "geo.malformed"},
		"two values":      {"{} {}", "geo.malformed"},
		"cut off":         {one[:40], "geo.malformed"},
		"another type":    {`{"type":"Topology"}`, "geo.type"},
		"broken text":     {"\"\xff\"", "geo.utf8"},
		"too deep":        {strings.Repeat("[", 100_000), "geo.depth"},
		"another datum":   {`{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:2432"}},"features":[]}`, "geo.crs.declared"},
		"too many things": {`{"type":"FeatureCollection","features":[` + strings.Repeat("{},", geo.MaxFeatures) + `{}]}`, "geo.features"},
	} {
		_, err := geo.Read(strings.NewReader(c.in))
		if es := errs.Public(err); len(es) != 1 || es[0].Key != c.key {
			t.Errorf("%s: %v, want %s", name, err, c.key)
		}
	}
	_, err := geo.ReadLimited(strings.NewReader("12345"), 4)
	if errs.KindOf(err) != errs.Invalid {
		t.Errorf("too large: %v", err)
	}
}

// One broken feature must not stop the others.
func TestReadGoesOn(t *testing.T) {
	t.Parallel()
	broken := []struct{ geometry, key string }{
		{`null`, "geo.empty"},
		{`{"type":"Polygon","coordinates":[]}`, "geo.empty"},
		{`{"type":"MultiPolygon","coordinates":[]}`, "geo.empty"},
		{`{"type":"LineString","coordinates":[[1,1],[2,2]]}`, "geo.type"},
		{`{"type":"Polygon","coordinates":[[["a",1]]]}`, "geo.malformed"},
		{`{"type":"Polygon","coordinates":[[[1]]]}`, "geo.position"},
		{`{"type":"Polygon","coordinates":[[[1,1],[500,1],[1,2],[1,1]]]}`, "geo.range"},
		{`{"type":"Point","coordinates":[1e400,0]}`, "geo.malformed"},
		{`5`, "geo.malformed"},
	}
	var in strings.Builder
	for _, b := range broken {
		fmt.Fprintf(&in, `{"type":"Feature","properties":null,"geometry":%s},`, b.geometry)
	}
	fs, err := geo.Read(strings.NewReader(`{"type":"FeatureCollection","features":[` + in.String() + one + `]}`))
	if err != nil || len(fs) != len(broken)+1 {
		t.Fatalf("%d features, %v", len(fs), err)
	}
	for i, b := range broken {
		if es := errs.Public(fs[i].Err); len(es) != 1 || es[0].Key != b.key {
			t.Errorf("%s: %v, want %s", b.geometry, fs[i].Err, b.key)
		}
	}
	if last := fs[len(broken)]; last.Err != nil || last.Row != len(broken)+1 {
		t.Errorf("the sound one: %+v", last)
	}
}

// What is written is read again, and nothing but outlines is.
func TestParseShape(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]geo.Shape{
		"one":         {{square(1, 1, 3)}},
		"with a hole": {{square(0, 0, 8), square(1, 1, 1)}},
		"two parts":   {{square(0, 0, 2)}, {square(-5, -5, 2)}},
	} {
		b := geo.AppendShape(nil, s, 7)
		if got, err := geo.ParseShape(b); err != nil || !got.Equal(s) {
			t.Errorf("%s: %s read as %v %v", name, b, got, err)
		}
	}
	for _, bad := range []string{
		``, `{}`, `{"type":"Polygon","coordinates":[[[]]]}`, `{"type":"Polygon","coordinates":[[[1,2],[3]]]}`, `{"type":"Polygon","coordinates":[[[NaN,2]]]}`,
		`{"type":"Polygon","coordinates":[[[1_0,2]]]}`, `{"type":"Polygon","coordinates":[[[0x1,2]]]}`, `{"type":"Polygon","coordinates":[[[1,2],[500,2]]]}`, `{"type":"Polygon","coordinates":[[[1,2],,[1,2]]]}`,
		`{"type":"Polygon","coordinates":[[[1,2]],[[]]]}`,
	} {
		if s, err := geo.ParseShape([]byte(bad)); err == nil && len(s) > 0 && geo.Vertices(s) > 0 {
			t.Errorf("%s read as %v", bad, s)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(one))
	f.Add([]byte(`{"type":"MultiPolygon","coordinates":[[[[0,0],[4,4],[4,0],[0,4],[0,0]]]]}`))
	f.Add([]byte(`{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		fs, err := geo.Read(strings.NewReader(string(b)))
		if err != nil {
			return
		}
		for _, one := range fs {
			if one.Err != nil || one.Shape == nil {
				continue
			}
			if geo.Vertices(one.Shape) > 2000 || len(geo.Check(one.Shape)) > 0 {
				continue
			}
			if _, err := geo.ParseShape(geo.AppendShape(nil, one.Shape, 15)); err != nil {
				t.Errorf("a sound shape does not survive writing: %v", err)
			}
			var x geo.Index[int]
			x.Add(1, one.Shape)
			x.At(geo.Inside(one.Shape), func(int) bool { return true })
		}
	})
}

// BenchmarkIndex finds the one of 1,000 cells of 200 corners that holds a point.
func BenchmarkIndex(b *testing.B) {
	var x geo.Index[int]
	for i := range 1000 {
		var xy []float64
		col, row := float64(i%40), float64(i/40)
		for k := range 50 {
			xy = append(xy, col+float64(k)/50, row)
		}
		for k := range 50 {
			xy = append(xy, col+1, row+float64(k)/50)
		}
		for k := range 50 {
			xy = append(xy, col+1-float64(k)/50, row+1)
		}
		for k := range 51 {
			xy = append(xy, col, row+1-float64(k)/50)
		}
		x.Add(i, geo.Shape{{ring(xy...)}})
	}
	n, found := 0, 0
	for b.Loop() {
		p := geo.Point{unit * float64(n*7%4000) / 100, unit * float64(n*13%2500) / 100}
		x.At(p, func(int) bool { found++; return false })
		n++
	}
	if found == 0 {
		b.Fatal("nothing found")
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "points/s")
}
