// SPDX-License-Identifier: Apache-2.0

package livemap

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/outside"
	"yuanba/internal/web/static"
)

// A Source is where a background comes from: Tianditu (天地图) by a key, or a PMTiles
// file; none if both are empty. Its coordinates are WGS-84, or CGCS2000, which is the
// same to a hand's breadth; a background in GCJ-02 would lie beside the town.
type Source struct {
	Key     string // of Tianditu
	Layer   string // vec, img or ter
	Address string // of its servers, or of a town's own that speaks as they do
	File    string // a PMTiles file
	Credit  string // what stands on the map: whose it is, and its approval number
}

// A Background lies below a map. It is nil where there is none.
type Background struct {
	Source
	client *http.Client
	kept   kept

	pmtiles *os.File // nil for none
	size    int64
	since   time.Time
	vector  bool
	deepest int
}

// most bytes of a tile.
const mostTile = 1 << 20

// Of Tianditu's grid the whole town is seen at the first of these, and its houses at
// the second.
const (
	least   = 6
	deepest = 18
)

// labels is the layer with the names that belongs to one without.
var labels = map[string]string{"vec": "cva", "img": "cia", "ter": "cta"}

// Open looks at a source; the Background is nil if there is none. What it opened is
// open as long as the program.
func Open(s Source) (*Background, error) {
	switch {
	case s.Key != "" && s.File != "":
		return nil, errors.New("either tianditu or pmtiles, not both")
	case s.File != "":
		return openFile(s)
	case s.Key == "":
		return nil, nil
	case labels[s.Layer] == "":
		return nil, fmt.Errorf("layer: %q is none of vec, img and ter", s.Layer)
	}
	if _, err := outside.CheckURL("address", s.Address); err != nil {
		return nil, fmt.Errorf("address: %q is no address that begins with https://", s.Address)
	}
	return &Background{Source: s, client: &http.Client{Timeout: 8 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

// openFile reads the head of a PMTiles file, version 3.
func openFile(s Source) (*Background, error) {
	f, err := os.Open(filepath.Clean(s.File))
	if err != nil {
		return nil, fmt.Errorf("pmtiles: %w", err)
	}
	b := &Background{Source: s, pmtiles: f}
	var head [127]byte
	info, err := f.Stat()
	if err == nil {
		_, err = f.ReadAt(head[:], 0)
	}
	if err != nil || string(head[:7]) != "PMTiles" || head[7] != 3 {
		f.Close()
		return nil, fmt.Errorf("pmtiles: %s is no PMTiles file of version 3", s.File)
	}
	if from, long := binary.LittleEndian.Uint64(head[8:]), binary.LittleEndian.Uint64(head[16:]); from+long > uint64(info.Size()) || head[99] == 0 || head[101] > 22 {
		f.Close()
		return nil, fmt.Errorf("pmtiles: %s is cut off or of an unknown kind", s.File)
	}
	b.size, b.since, b.vector, b.deepest = info.Size(), info.ModTime(), head[99] == 1, int(head[101])
	return b, nil
}

// Close closes the file, if there is one.
func (b *Background) Close() error {
	if b == nil || b.pmtiles == nil {
		return nil
	}
	return b.pmtiles.Close()
}

// layers are what a map needs of a background, in the words of its style.
type layers struct {
	Lib     string                    `json:"lib,omitempty"`
	Credit  string                    `json:"credit"`
	Sources map[string]map[string]any `json:"sources"`
	Layers  []map[string]any          `json:"layers"`
}

// layers returns nil for no background.
func (b *Background) layers() *layers {
	if b == nil {
		return nil
	}
	out := &layers{Credit: b.Credit, Sources: map[string]map[string]any{}}
	raster := func(id string) {
		out.Layers = append(out.Layers, map[string]any{"id": id, "source": id, "type": "raster", "paint": map[string]any{"raster-saturation": -.35, "raster-opacity": .9}})
	}
	if b.pmtiles == nil {
		for _, l := range []string{b.Layer, labels[b.Layer]} {
			out.Sources[l] = map[string]any{"type": "raster", "tileSize": 256, "minzoom": least, "maxzoom": deepest, "tiles": []string{"/background/" + l + "/{z}/{x}/{y}"}}
			raster(l)
		}
		return out
	}
	if out.Lib = static.Optional("pmtiles.js"); out.Lib == "" {
		return nil
	}
	file := map[string]any{"type": "raster", "tileSize": 256, "url": "/background/town.pmtiles"}
	out.Sources["file"] = file
	if !b.vector {
		raster("file")
		return out
	}
	delete(file, "tileSize")
	file["type"] = "vector"
	// The layers that the usual makers of such files name alike.
	layer := func(name, kind string, paint map[string]any) {
		out.Layers = append(out.Layers, map[string]any{"id": "file-" + name, "source": "file", "source-layer": name, "type": kind, "paint": paint})
	}
	layer("earth", "fill", map[string]any{"fill-color": "--sheet"})
	layer("landuse", "fill", map[string]any{"fill-color": "--bamboo-soft"})
	layer("water", "fill", map[string]any{"fill-color": "--indigo-soft"})
	layer("waterway", "line", map[string]any{"line-color": "--indigo-soft", "line-width": 2})
	layer("buildings", "fill", map[string]any{"fill-color": "--line"})
	layer("building", "fill", map[string]any{"fill-color": "--line"})
	layer("roads", "line", map[string]any{"line-color": "--edge", "line-width": 1})
	layer("transportation", "line", map[string]any{"line-color": "--edge", "line-width": 1})
	return out
}

// tile is one tile of Tianditu: of the town's ground and what lies around it, and of
// nothing else, so that nobody uses up the town's key for another place.
func (k *Maker) tile(w http.ResponseWriter, r *http.Request) error {
	bg, layer := k.Background, r.PathValue("layer")
	z, err1 := strconv.Atoi(r.PathValue("z"))
	x, err2 := strconv.Atoi(r.PathValue("x"))
	y, err3 := strconv.Atoi(r.PathValue("y"))
	if bg == nil || bg.client == nil || layer != bg.Layer && layer != labels[bg.Layer] || errors.Join(err1, err2, err3) != nil || z < least || z > deepest || !k.near(z, x, y) {
		return errs.New(errs.NotFound, "map.live.no_tile")
	}
	at := layer + "/" + strconv.Itoa(z) + "/" + strconv.Itoa(x) + "/" + strconv.Itoa(y)
	t, ok := bg.kept.get(at)
	if !ok {
		var err error
		if t, err = bg.fetch(r.Context(), layer, z, x, y); err != nil {
			if r.Context().Err() != nil {
				return nil // the reader has moved on
			}
			k.Log.WarnContext(r.Context(), "background map", "err", err)
			return errs.New(errs.NotFound, "map.live.no_tile")
		}
		bg.kept.put(at, t)
	}
	h := w.Header()
	h.Set("Content-Type", t.kind)
	h.Set("Cache-Control", "public, max-age=604800")
	_, err := w.Write(t.body)
	return err
}

// around is how far beyond the town a background goes, in degrees.
const around = .3

// near reports whether a tile shows some of the town's ground or what is around it.
func (k *Maker) near(z, x, y int) bool {
	city, ok := k.Places.Tree().City()
	if !ok {
		return false
	}
	box, ok := k.boxOf(city)
	if !ok {
		return false
	}
	n := float64(int(1) << z)
	lon := func(x int) float64 { return float64(x)/n*360 - 180 }
	lat := func(y int) float64 { return math.Atan(math.Sinh(math.Pi*(1-2*float64(y)/n))) * 180 / math.Pi }
	return x >= 0 && y >= 0 && float64(x) < n && float64(y) < n &&
		lon(x) <= box[2]+around && lon(x+1) >= box[0]-around && lat(y+1) <= box[3]+around && lat(y) >= box[1]-around
}

// fetch asks Tianditu. No error has the key in it.
func (b *Background) fetch(ctx context.Context, layer string, z, x, y int) (t tile, err error) {
	q := url.Values{"SERVICE": {"WMTS"}, "REQUEST": {"GetTile"}, "VERSION": {"1.0.0"}, "LAYER": {layer}, "STYLE": {"default"}, "TILEMATRIXSET": {"w"}, "FORMAT": {"tiles"},
		"TILEMATRIX": {strconv.Itoa(z)}, "TILEROW": {strconv.Itoa(y)}, "TILECOL": {strconv.Itoa(x)}, "tk": {b.Key}}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(b.Address, "/")+"/"+layer+"_w/wmts?"+q.Encode(), nil)
	if err != nil {
		return t, errors.New("the address cannot be asked")
	}
	r.Header.Set("User-Agent", "yuanba")
	res, err := b.client.Do(r)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) { // whose text has the address, and in it the key
			err = u.Err
		}
		return t, fmt.Errorf("%s: %w", r.URL.Host, err)
	}
	defer res.Body.Close()
	kind := res.Header.Get("Content-Type")
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "image/") || strings.HasPrefix(kind, "image/svg") {
		return t, fmt.Errorf("%s answered %s with %s: is the key right, and one for servers?", r.URL.Host, res.Status, kind)
	}
	body, err := outside.Read(res.Body, mostTile)
	return tile{kind, body}, err
}

// file is the PMTiles file, of which a map reads the parts that it needs.
func (k *Maker) file(w http.ResponseWriter, r *http.Request) error {
	bg := k.Background
	if bg == nil || bg.pmtiles == nil {
		return errs.New(errs.NotFound, "map.live.no_tile")
	}
	h := w.Header()
	h.Set("Content-Type", "application/vnd.pmtiles")
	h.Set("Cache-Control", "public, max-age=3600")
	h.Set("ETag", fmt.Sprintf(`"%x-%x"`, bg.size, bg.since.UnixMilli()))
	http.ServeContent(w, r, "", bg.since, io.NewSectionReader(bg.pmtiles, 0, bg.size))
	return nil
}

// tile is one answered tile.
type tile struct {
	kind string
	body []byte
}

// kept are the tiles asked for last: a street is looked at by many.
type kept struct {
	sync.Mutex
	by    map[string]tile
	order []string
	bytes int
}

const mostKept = 32 << 20

func (k *kept) get(at string) (tile, bool) {
	k.Lock()
	defer k.Unlock()
	t, ok := k.by[at]
	return t, ok
}

func (k *kept) put(at string, t tile) {
	k.Lock()
	defer k.Unlock()
	if _, ok := k.by[at]; ok {
		return
	}
	if k.by == nil {
		k.by = map[string]tile{}
	}
	k.by[at] = t
	k.order = append(k.order, at)
	for k.bytes += len(t.body); k.bytes > mostKept; k.order = k.order[1:] {
		k.bytes -= len(k.by[k.order[0]].body)
		delete(k.by, k.order[0])
	}
}
