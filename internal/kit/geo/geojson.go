// SPDX-License-Identifier: Apache-2.0

package geo

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"yuanba/internal/kit/errs"
)

// Limits of what Read accepts.
const (
	MaxBytes    = 64 << 20 // of a file
	MaxDepth    = 16       // of brackets within brackets
	MaxFeatures = 50_000   // in a file
	MaxVertices = 2_000_000
)

// A Feature is one thing of a GeoJSON file: an outline or a point, and what the
// file says about it.
type Feature struct {
	Row   int // counted from 1
	Props map[string]any
	Shape Shape  // of a Polygon or MultiPolygon, else nil
	Point *Point // of a Point, else nil
	Err   error  // Invalid: why the feature cannot be read; the others can
}

// Text returns the first of the named properties that is a text or a number and
// not empty, as it is written in the file.
func (f Feature) Text(names ...string) string {
	for _, name := range names {
		switch v := f.Props[name].(type) {
		case string:
			if v = strings.TrimSpace(v); v != "" {
				return v
			}
		case json.Number:
			return v.String()
		}
	}
	return ""
}

type document struct {
	Type       string          `json:"type"`
	CRS        json.RawMessage `json:"crs"`
	Features   []feature       `json:"features"`
	Geometry   json.RawMessage `json:"geometry"`
	Properties map[string]any  `json:"properties"`
	Coords     json.RawMessage `json:"coordinates"`
}

type feature struct {
	Type       string          `json:"type"`
	Geometry   json.RawMessage `json:"geometry"`
	Properties json.RawMessage `json:"properties"`
}

type rawShape struct {
	Type   string          `json:"type"`
	Coords json.RawMessage `json:"coordinates"`
}

// Read reads a GeoJSON file: a FeatureCollection, a Feature or a bare geometry.
// It is Invalid if the file as a whole cannot be read: too large, too deeply
// nested, not JSON, or declared in other coordinates than the caller can know.
// A single broken feature does not stop the others; its Err says what is wrong.
func Read(r io.Reader) ([]Feature, error) {
	b, err := ReadLimited(r, MaxBytes)
	if err != nil {
		return nil, err
	}
	if err := CheckJSON(b, MaxDepth); err != nil {
		return nil, err
	}
	var doc document
	if err := decode(b, &doc); err != nil {
		return nil, malformed(err)
	}
	if !knownCRS(doc.CRS) {
		return nil, errs.New(errs.Invalid, "geo.crs.declared", clip(string(doc.CRS)))
	}
	var fs []feature
	switch doc.Type {
	case "FeatureCollection":
		fs = doc.Features
	case "Feature":
		var one feature
		if err := decode(b, &one); err != nil {
			return nil, malformed(err)
		}
		fs = []feature{one}
	case "Polygon", "MultiPolygon", "Point":
		fs = []feature{{Type: "Feature", Geometry: b}}
	default:
		return nil, errs.New(errs.Invalid, "geo.type", clip(doc.Type))
	}
	if len(fs) > MaxFeatures {
		return nil, errs.New(errs.Invalid, "geo.features", MaxFeatures)
	}
	out, vertices := make([]Feature, len(fs)), 0
	for i, f := range fs {
		out[i] = read(f)
		out[i].Row = i + 1
		if vertices += Vertices(out[i].Shape); vertices > MaxVertices {
			return nil, errs.New(errs.Invalid, "geo.vertices", MaxVertices)
		}
	}
	return out, nil
}

func read(f feature) (out Feature) {
	if f.Type != "Feature" {
		out.Err = errs.New(errs.Invalid, "geo.type", clip(f.Type))
		return out
	}
	if len(f.Properties) > 0 {
		if err := decode(f.Properties, &out.Props); err != nil {
			out.Err = malformed(err)
			return out
		}
	}
	out.Shape, out.Point, out.Err = readGeometry(f.Geometry)
	return out
}

func readGeometry(b []byte) (Shape, *Point, error) {
	var g rawShape
	if len(b) == 0 || string(bytes.TrimSpace(b)) == "null" {
		return nil, nil, errs.New(errs.Invalid, "geo.empty")
	}
	if err := decode(b, &g); err != nil {
		return nil, nil, malformed(err)
	}
	switch g.Type {
	case "Point":
		var c []float64
		if err := decode(g.Coords, &c); err != nil {
			return nil, nil, malformed(err)
		}
		p, err := point(c)
		return nil, &p, err
	case "Polygon":
		var c [][][]float64
		if err := decode(g.Coords, &c); err != nil {
			return nil, nil, malformed(err)
		}
		s, err := shape([][][][]float64{c})
		return s, nil, err
	case "MultiPolygon":
		var c [][][][]float64
		if err := decode(g.Coords, &c); err != nil {
			return nil, nil, malformed(err)
		}
		s, err := shape(c)
		return s, nil, err
	}
	return nil, nil, errs.New(errs.Invalid, "geo.type", clip(g.Type))
}

func shape(c [][][][]float64) (Shape, error) {
	s := make(Shape, len(c))
	for i, poly := range c {
		s[i] = make(orb.Polygon, len(poly))
		for j, ring := range poly {
			r := make(orb.Ring, len(ring))
			for k, v := range ring {
				p, err := point(v)
				if err != nil {
					return nil, err
				}
				r[k] = p
			}
			s[i][j] = r
		}
		if len(poly) == 0 {
			return nil, errs.New(errs.Invalid, "geo.empty")
		}
	}
	if len(s) == 0 {
		return nil, errs.New(errs.Invalid, "geo.empty")
	}
	return s, nil
}

// point reads a position; a height, if there is one, is left out.
func point(c []float64) (Point, error) {
	if len(c) < 2 || len(c) > 4 {
		return Point{}, errs.New(errs.Invalid, "geo.position")
	}
	p := Point{c[0], c[1]}
	if !InRange(p) {
		return Point{}, errs.New(errs.Invalid, "geo.range", coord(p[0]), coord(p[1]))
	}
	return p, nil
}

// knownCRS reports whether the old "crs" member, if there is one, names the
// coordinates of GPS or CGCS2000; files in GCJ-02 do not name theirs.
func knownCRS(b json.RawMessage) bool {
	if len(b) == 0 || string(b) == "null" {
		return true
	}
	var c struct {
		Properties struct {
			Name string `json:"name"`
		} `json:"properties"`
	}
	if json.Unmarshal(b, &c) != nil {
		return false
	}
	for _, known := range []string{"CRS84", ":4326", ":4490"} {
		if strings.HasSuffix(c.Properties.Name, known) {
			return true
		}
	}
	return false
}

// ReadLimited reads all of r, without a byte order mark. It is Invalid if there
// are more than limit bytes or they are not UTF-8.
func ReadLimited(r io.Reader, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		return nil, errs.New(errs.Invalid, "geo.large", limit>>20)
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(b) {
		return nil, errs.New(errs.Invalid, "geo.utf8")
	}
	return b, nil
}

// CheckJSON is Invalid unless b is one JSON value with at most depth levels of
// brackets within brackets.
func CheckJSON(b []byte, depth int) error {
	level, text, escaped := 0, false, false
	for _, c := range b {
		switch {
		case escaped:
			escaped = false
		case text:
			escaped, text = c == '\\', c != '"'
		case c == '"':
			text = true
		case c == '[' || c == '{':
			if level++; level > depth {
				return errs.New(errs.Invalid, "geo.depth", depth)
			}
		case c == ']' || c == '}':
			level--
		}
	}
	if !json.Valid(b) {
		return errs.New(errs.Invalid, "geo.malformed")
	}
	return nil
}

func decode(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return d.Decode(v)
}

func malformed(err error) error {
	e := errs.New(errs.Invalid, "geo.malformed")
	e.Err = err
	return e
}

// clip shortens a stranger's text for a message.
func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
