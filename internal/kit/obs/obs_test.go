// SPDX-License-Identifier: Apache-2.0

package obs_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"yuanba/internal/kit/obs"
)

func TestLogger(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	l, err := obs.Logger(&b, slog.LevelInfo, "json")
	if err != nil {
		t.Fatal(err)
	}
	l.Debug("not wanted")
	l.Info("request", "route", "GET /matters/{id}")
	var line struct{ Msg, Route string }
	if err := json.Unmarshal(b.Bytes(), &line); err != nil {
		t.Fatalf("not one JSON line: %v: %s", err, &b)
	}
	if line.Msg != "request" || line.Route != "GET /matters/{id}" {
		t.Errorf("logged %+v", line)
	}
	if _, err := obs.Logger(&b, slog.LevelInfo, "xml"); err == nil {
		t.Error("an unknown format was taken")
	}
}

func TestFigures(t *testing.T) {
	t.Parallel()
	r := obs.Registry("v1.2.3")
	q := obs.NewRequests(r)
	q.Observe("GET /matters/{id}", 200, 3*time.Millisecond)
	q.Observe("GET /matters/{id}", 200, 30*time.Millisecond)
	q.Observe("GET /matters/{id}", 404, time.Millisecond)
	obs.Gauge(r, "write_queue", "Transactions waiting.", func() float64 { return 7 })
	add := obs.Counter(r, "letters_total", "Letters sent.")
	add(2)
	add(3)

	w := httptest.NewRecorder()
	obs.Handler(r).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	body, _ := io.ReadAll(w.Result().Body)
	for _, want := range []string{
		`yuanba_http_requests_total{route="GET /matters/{id}",status="200"} 2`,
		`yuanba_http_requests_total{route="GET /matters/{id}",status="404"} 1`,
		`yuanba_http_request_seconds_bucket{route="GET /matters/{id}",le="0.005"} 2`,
		"yuanba_write_queue 7\n", "yuanba_letters_total 5\n", `version="v1.2.3"`, "go_goroutines", "process_start_time_seconds",
	} {
		if !strings.Contains(string(body), want) {
			t.Errorf("%s is not in:\n%s", want, body)
		}
	}
}
