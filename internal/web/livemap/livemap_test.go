// SPDX-License-Identifier: Apache-2.0

package livemap_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/places"
	"yuanba/internal/web/livemap"
	"yuanba/internal/web/page"
	"yuanba/internal/web/static"
)

const secret = "k3y-of-the-town"

// tianditu answers as the service does: an image for the right key, text for another.
func tianditu(t *testing.T, key string, asked *atomic.Int32) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		q := r.URL.Query()
		if q.Get("tk") != key || q.Get("TILEMATRIXSET") != "w" || !strings.HasSuffix(r.URL.Path, "_w/wmts") {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Type", "image/png")
		fmt.Fprintf(w, "%s %s/%s/%s", q.Get("LAYER"), q.Get("TILEMATRIX"), q.Get("TILECOL"), q.Get("TILEROW"))
	}))
	t.Cleanup(s.Close)
	return s
}

func serve(t *testing.T, town *apptest.Town, s livemap.Source) (func(path string, headers ...string) *httptest.ResponseRecorder, *livemap.Maker, *bytes.Buffer) {
	t.Helper()
	bg, err := livemap.Open(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bg.Close() })
	var said bytes.Buffer
	k := &livemap.Maker{Places: town.Places, Background: bg, Log: slog.New(slog.NewTextHandler(&said, nil))}
	mux := http.NewServeMux()
	k.Routes(mux)
	return func(path string, headers ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		for i := 0; i+1 < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w
	}, k, &said
}

// A tile that the town lies in: column 12903 of 2^14 is 103.5 degrees east, row 6742
// about 30.4 north.
const inTown = "14/12903/6745"

// The program fetches the town's tiles, each once; of other places none, so that
// nobody uses up its key. The key is told to nobody.
func TestTianditu(t *testing.T) {
	t.Parallel()
	town := apptest.Lived(t)
	var asked atomic.Int32
	far := tianditu(t, secret, &asked)
	get, k, _ := serve(t, town, livemap.Source{Key: secret, Layer: "vec", Address: far.URL, Credit: "天地图"})
	var wait sync.WaitGroup
	for _, layer := range []string{"vec", "cva"} {
		wait.Go(func() {
			for range 3 {
				w := get("/background/" + layer + "/" + inTown)
				if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/png" || w.Body.String() != layer+" "+inTown {
					t.Errorf("%s: %d %v %q", layer, w.Code, w.Header(), w.Body)
				}
			}
		})
	}
	wait.Wait()
	if n := asked.Load(); n != 2 {
		t.Errorf("two tiles were asked for %d times", n)
	}
	for _, path := range []string{"img/" + inTown, "vec/14/13490/6200", "vec/5/25/13", "vec/19/1/1", "vec/14/-1/6745", "vec/14/a/6745", "vec/6/64/2"} {
		if w := get("/background/" + path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("tiles of elsewhere were asked for: %d", n)
	}
	if w := get("/background/town.pmtiles"); w.Code != http.StatusNotFound {
		t.Errorf("there is no file: %d", w.Code)
	}
	spec := moved(t, k, town)
	if static.Optional("maplibre-gl.mjs") != "" && (!strings.Contains(spec, `/background/cva/{z}/{x}/{y}`) || strings.Contains(spec, secret) || strings.Contains(spec, "127.0.0.1")) {
		t.Errorf("the page has %s", spec)
	}

	wrong, _, said := serve(t, town, livemap.Source{Key: "wr0ng-key", Layer: "vec", Address: far.URL})
	if w := wrong("/background/vec/" + inTown); w.Code != http.StatusNotFound {
		t.Errorf("a wrong key: %d", w.Code)
	}
	far.Close()
	if w := wrong("/background/vec/" + inTown); w.Code != http.StatusNotFound {
		t.Errorf("nobody answers: %d", w.Code)
	}
	if strings.Contains(said.String(), "wr0ng-key") || !strings.Contains(said.String(), "403") {
		t.Errorf("the log: %s", said)
	}
}

// moved is what the script is told for the map of the city.
func moved(t *testing.T, k *livemap.Maker, town *apptest.Town) string {
	t.Helper()
	city, _ := town.Places.Tree().City()
	b, m := k.Move(page.Base{Lang: "zh-CN"}, page.Map{Picture: "<svg></svg>"}, livemap.Spec{Of: city, Points: "/places/points.json", Once: true})
	if !livemap.Carried() {
		if m.Live != "" || len(b.Scripts) > 0 {
			t.Error("a map is said to be movable without what it takes")
		}
		return ""
	}
	var x struct {
		Lib, Worker string
		Box         [4]float64
		Outlines    map[string]string
		Words       map[string]string
	}
	if err := json.Unmarshal([]byte(m.Live), &x); err != nil || len(b.Scripts) != 1 || x.Lib == "" || x.Worker == "" || x.Box[0] >= x.Box[2] || len(x.Outlines) != 4 || x.Words["many"] == "" {
		t.Errorf("%v: %s", err, m.Live)
	}
	return m.Live
}

// What cannot be moved stays as it is drawn.
func TestDrawnStays(t *testing.T) {
	t.Parallel()
	town := apptest.Lived(t)
	_, k, _ := serve(t, town, livemap.Source{})
	moved(t, k, town)
	city, _ := town.Places.Tree().City()
	for name, x := range map[string]struct {
		k *livemap.Maker
		m page.Map
		p places.Place
	}{
		"no maker":   {nil, page.Map{Picture: "<svg></svg>"}, city},
		"no drawing": {k, page.Map{}, city},
		"no place":   {k, page.Map{Picture: "<svg></svg>"}, places.Place{}},
	} {
		if b, m := x.k.Move(page.Base{}, x.m, livemap.Spec{Of: x.p}); m.Live != "" || len(b.Scripts) > 0 {
			t.Errorf("%s: %s", name, m.Live)
		}
	}
}

// pmtiles is a file with a head and something behind it.
func pmtiles(t *testing.T, kind byte, change func([]byte)) string {
	t.Helper()
	b := make([]byte, 127, 400)
	copy(b, "PMTiles")
	b[7], b[99], b[101] = 3, kind, 14
	binary.LittleEndian.PutUint64(b[8:], 127)
	binary.LittleEndian.PutUint64(b[16:], 100)
	b = append(b, bytes.Repeat([]byte("0123456789"), 20)...)
	if change != nil {
		change(b)
	}
	name := filepath.Join(t.TempDir(), "town.pmtiles")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// A map reads the parts of the file that it needs.
func TestPMTiles(t *testing.T) {
	t.Parallel()
	town := apptest.Lived(t)
	for kind, want := range map[byte]string{1: `"type":"vector"`, 2: `"type":"raster"`} {
		get, k, _ := serve(t, town, livemap.Source{File: pmtiles(t, kind, nil), Credit: "本市测绘"})
		w := get("/background/town.pmtiles", "Range", "bytes=127-136")
		if w.Code != http.StatusPartialContent || w.Body.String() != "0123456789" || w.Header().Get("Content-Range") != "bytes 127-136/327" || w.Header().Get("ETag") == "" {
			t.Errorf("a part: %d %q %v", w.Code, w.Body, w.Header())
		}
		if w := get("/background/vec/" + inTown); w.Code != http.StatusNotFound {
			t.Errorf("there is no Tianditu: %d", w.Code)
		}
		if spec := moved(t, k, town); livemap.Carried() && (!strings.Contains(spec, want) || !strings.Contains(spec, "本市测绘") || !strings.Contains(spec, "/static/pmtiles.")) {
			t.Errorf("kind %d: %s", kind, spec)
		}
	}
}

// Settings that make no sense are refused in one sentence, before anybody looks at a
// map.
func TestSourcesThatMakeNoSense(t *testing.T) {
	t.Parallel()
	good := pmtiles(t, 1, nil)
	for want, s := range map[string]livemap.Source{
		"not both":         {Key: "k", Layer: "vec", Address: "https://t0.tianditu.gov.cn", File: good},
		"none of vec":      {Key: "k", Layer: "sat", Address: "https://t0.tianditu.gov.cn"},
		"is no address":    {Key: "k", Layer: "vec", Address: "t0.tianditu.gov.cn"},
		"no such file":     {File: filepath.Join(t.TempDir(), "none.pmtiles")},
		"is no PMTiles":    {File: pmtiles(t, 1, func(b []byte) { b[7] = 2 })},
		"cut off":          {File: pmtiles(t, 1, func(b []byte) { binary.LittleEndian.PutUint64(b[16:], 1<<40) })},
		"an unknown kind":  {File: pmtiles(t, 0, nil)},
		"is no PMTiles fi": {File: os.DevNull},
	} {
		if _, err := livemap.Open(s); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), `"k"`) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if bg, err := livemap.Open(livemap.Source{Layer: "vec"}); bg != nil || err != nil {
		t.Errorf("nothing is set: %v %v", bg, err)
	}
}

// Every package that the program carries stands in the note with its licence.
func TestCarriedPackagesAreNamed(t *testing.T) {
	t.Parallel()
	var manifest struct{ Dependencies map[string]string }
	text, err := os.ReadFile("../../../package.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	note, err := os.ReadFile("../static/npm/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, version := range manifest.Dependencies {
		if !strings.Contains(string(note), "| "+name+" | BSD-3-Clause") || strings.Trim(version, "0123456789.") != "" {
			t.Errorf("%s %s: not named with its licence, or not pinned", name, version)
		}
	}
	if len(manifest.Dependencies) == 0 {
		t.Error("nothing is carried")
	}
}
