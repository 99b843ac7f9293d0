// SPDX-License-Identifier: Apache-2.0

// Package livemap makes a map that can be moved out of one that is drawn: MapLibre GL
// with the town's own outlines, points that the server puts together, and below them,
// if a site has one, a background.
//
// A drawn map ([atlas]) stays what it is: it is there without script, and where a
// browser cannot draw. A page says in a [Spec] what moves on its map. Everything comes
// from this host, the background too: tiles of Tianditu are fetched by the program,
// so that no reader is known there and the key stays here. The list beside the map is
// complete without it.
package livemap

import (
	_ "embed"
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/paulmach/orb"

	"yuanba/internal/domain/places"
	"yuanba/internal/web/page"
	"yuanba/internal/web/static"
)

//go:embed map.js
var mapJS []byte

//go:embed map.css
var mapCSS []byte

var (
	script = static.Add("livemap.js", mapJS)
	sheet  = static.Add("livemap.css", mapCSS)
)

// A Maker makes maps movable, and serves their background.
type Maker struct {
	Places     *places.Service
	Background *Background // nil for none
	Log        *slog.Logger
}

// A Spec is what moves on a map.
type Spec struct {
	Of     places.Place // whose ground is seen first
	Points string       // the address of what lies in a box, which is added to it as box=
	Here   string       // the address of the page that lists what lies in a box; "" for none
	Once   bool         // Points has all there is, for every zoom, and is asked once
	Auto   bool         // at once, not when asked for
}

// Carried reports whether the program was built with what a movable map needs.
func Carried() bool {
	return static.Optional("maplibre-gl.mjs") != "" && static.Optional("maplibre-gl-worker.mjs") != ""
}

// setting is what the script reads.
type setting struct {
	Lib        string            `json:"lib"`
	Worker     string            `json:"worker"`
	Sheets     []string          `json:"sheets"`
	Licence    string            `json:"licence"`
	Box        [4]float64        `json:"box"`
	Of         string            `json:"of"`
	Whole      bool              `json:"whole,omitempty"` // Of is the city
	Name       string            `json:"name"`            // which property of an outline is its name
	Outlines   map[string]string `json:"outlines"`
	Points     string            `json:"points"`
	Here       string            `json:"here,omitempty"`
	Once       bool              `json:"once,omitempty"`
	Auto       bool              `json:"auto,omitempty"`
	Background *layers           `json:"background,omitempty"`
	Words      map[string]string `json:"words"`
}

// words are what the script says.
var words = []string{"open", "in", "out", "all", "zoom", "label", "alone", "many", "rough", "count", "lost", "credit"}

// Move lets a drawn map be moved. It stays as it is where nothing is known of where the
// place lies, or the program was built without what it takes.
func (k *Maker) Move(b page.Base, m page.Map, s Spec) (page.Base, page.Map) {
	box, ok := k.boxOf(s.Of)
	if k == nil || !Carried() || !ok || m.Picture == "" {
		return b, m
	}
	v := strconv.FormatInt(k.Places.Tree().Version(), 36)
	x := setting{
		Lib: static.Optional("maplibre-gl.mjs"), Worker: static.Optional("maplibre-gl-worker.mjs"), Sheets: []string{static.Optional("maplibre-gl.css"), sheet},
		Licence: static.Optional("maplibre-gl.LICENSE.txt"), Box: box, Of: s.Of.ID.String(), Whole: s.Of.Kind == places.City, Name: "name", Outlines: map[string]string{},
		Points: s.Points, Here: s.Here, Once: s.Once, Auto: s.Auto, Words: map[string]string{}, Background: k.Background.layers(),
	}
	if b.Lang == "en" {
		x.Name = "name_en"
	}
	for _, kind := range []places.Kind{places.City, places.Town, places.Village, places.Grid} {
		x.Outlines[string(kind)] = "/places/map.json?level=" + string(kind) + "&v=" + v
	}
	for _, w := range words {
		x.Words[w] = b.T("map.live."+w, "{0}", "{1}", "{2}", "{3}")
	}
	text, err := json.Marshal(x)
	if err != nil {
		panic(err) // texts and numbers can always be written
	}
	m.Live = string(text)
	return b.With(script), m
}

// boxOf is the part of the earth in which a place lies: that of its outline, else of
// those below it.
func (k *Maker) boxOf(p places.Place) (box [4]float64, ok bool) {
	if k == nil {
		return box, false
	}
	tree := k.Places.Tree()
	var ground orb.MultiPoint
	if s, drawn := tree.Outline(p.ID); drawn {
		b := s.Bound()
		return [4]float64{b.Min.Lon(), b.Min.Lat(), b.Max.Lon(), b.Max.Lat()}, true
	}
	for _, c := range tree.Children(p.ID) {
		if s, drawn := tree.Outline(c.ID); drawn {
			b := s.Bound()
			ground = append(ground, b.Min, b.Max)
		} else if c.Accuracy != places.Unknown {
			ground = append(ground, c.Point)
		}
	}
	if len(ground) < 2 {
		return box, false
	}
	b := ground.Bound()
	return [4]float64{b.Min.Lon(), b.Min.Lat(), b.Max.Lon(), b.Max.Lat()}, true
}

// Routes adds the background to mux.
func (k *Maker) Routes(mux *http.ServeMux) {
	mux.Handle("GET /background/{layer}/{z}/{x}/{y}", page.Handler(k.tile))
	mux.Handle("GET /background/town.pmtiles", page.Handler(k.file))
}
