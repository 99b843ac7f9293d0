// SPDX-License-Identifier: Apache-2.0

// Package obs is what the operator can observe of the running program: its log
// and its figures.
//
// The log is slog, one line per request and one per fault, for an operator and
// not for history, which is the trail. The figures are Prometheus's, on a
// registry that is handed to whoever has something to count; there is no global
// one. Neither holds anything about a person.
package obs

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Logger returns a logger that writes lines of at least the given level to w, as
// "text" for people or as "json" for machines.
func Logger(w io.Writer, level slog.Leveler, format string) (*slog.Logger, error) {
	o := &slog.HandlerOptions{Level: level}
	switch format {
	case "text", "":
		return slog.New(slog.NewTextHandler(w, o)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, o)), nil
	}
	return nil, fmt.Errorf("log format %q is neither text nor json", format)
}

// Registry returns a registry that already counts what every program has: the
// process, the Go runtime, and which version this is.
func Registry(version string) *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "yuanba_build_info", Help: "Always 1; the version is in the labels.",
		ConstLabels: prometheus.Labels{"version": version, "go": runtime.Version()},
	})
	build.Set(1)
	r.MustRegister(build)
	return r
}

// Handler serves the figures of a registry, for /metrics.
func Handler(r *prometheus.Registry) http.Handler {
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{Registry: r})
}

// Gauge registers a figure that is asked for when somebody looks, such as the
// length of a queue. f must be quick and safe for several goroutines.
func Gauge(r prometheus.Registerer, name, help string, f func() float64) {
	r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "yuanba_" + name, Help: help}, f))
}

// Counter registers a figure that only grows and returns what adds to it.
func Counter(r prometheus.Registerer, name, help string) (add func(n int)) {
	c := prometheus.NewCounter(prometheus.CounterOpts{Name: "yuanba_" + name, Help: help})
	r.MustRegister(c)
	return func(n int) { c.Add(float64(n)) }
}

// Requests counts the requests the program answers, by route.
type Requests struct {
	total *prometheus.CounterVec
	took  *prometheus.HistogramVec
}

// NewRequests registers the figures of requests.
func NewRequests(r prometheus.Registerer) *Requests {
	q := &Requests{
		total: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "yuanba_http_requests_total", Help: "Requests answered, by route and status.",
		}, []string{"route", "status"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "yuanba_http_request_seconds", Help: "How long requests took, by route.",
			Buckets: []float64{.001, .0025, .005, .01, .02, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"route"}),
	}
	r.MustRegister(q.total, q.took)
	return q
}

// Observe counts one request. The route is a pattern of the program's own, never
// the address that was asked for: that may be private, and there is no end to them.
func (q *Requests) Observe(route string, status int, took time.Duration) {
	q.total.WithLabelValues(route, strconv.Itoa(status)).Inc()
	q.took.WithLabelValues(route).Observe(took.Seconds())
}
