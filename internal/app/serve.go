// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"time"

	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/obs"
	"yuanba/internal/web/page"
)

// maxHeader bounds the header of a request.
const maxHeader = 32 << 10

// Handler is everything the program serves: the pages, the static files, and the
// addresses by which it is watched.
func (a *App) Handler(version string) (http.Handler, error) {
	mux, site, err := a.mux(version)
	if err != nil {
		return nil, err
	}
	return site.Wrap(mux), nil
}

// mux are all the routes there are, and the site around them.
func (a *App) mux(version string) (*http.ServeMux, *page.Site, error) {
	registry := obs.Registry(version)
	a.measure(registry)
	site, err := a.site(version, obs.NewRequests(registry))
	if err != nil {
		return nil, nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", obs.Handler(registry))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", a.ready)
	if err := a.routes(mux, site); err != nil {
		return nil, nil, err
	}
	return mux, site, nil
}

// ready says whether requests can be answered: the database can be read. That it
// cannot be written is said, and is no reason to send readers away.
func (a *App) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := a.DB.Ping(ctx); err != nil {
		a.log.Error("not ready", "err", err)
		http.Error(w, "the database cannot be read", http.StatusServiceUnavailable)
		return
	}
	if a.DB.Full() {
		fmt.Fprintln(w, "degraded: nothing can be written, the disk is full or not writable; reading goes on")
		return
	}
	fmt.Fprintln(w, "ready")
}

// site is the town as every page shows it, with the limits of the configuration.
func (a *App) site(version string, requests *obs.Requests) (*page.Site, error) {
	proxies, err := a.Config.ProxyNets()
	if err != nil {
		return nil, err
	}
	l := a.Config.Limits
	name := a.town()
	if version == "unversioned" { // built outside a checkout: there is nothing to say
		version = ""
	}
	s := &page.Site{
		Town: name, RunBy: i18n.Text{ZH: name.ZH + "智慧治理中心", EN: name.EN + " Governance Centre"}, Phone: a.Config.Phone,
		Version: version, Demo: a.Options.Demo, HTTPS: len(a.Config.URL) > 8 && a.Config.URL[:8] == "https://", Proxies: proxies,
		Log: a.log, Observe: requests.Observe, MaxBody: l.Body, Timeout: l.Request, MaxActive: l.AtOnce,
		Rates: page.Rates{Read: l.Rate, Write: l.Rate, Burst: max(1, int(float64(l.Burst)/max(l.Rate, 1)))}, Clock: a.DB.Now,
	}
	return s, nil
}

// Serve answers requests on the listener until ctx ends, and then lets those
// under way finish.
func (a *App) Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	lim := a.Config.Limits
	srv := &http.Server{
		Handler: h, ReadHeaderTimeout: lim.Header, ReadTimeout: lim.Request, WriteTimeout: lim.Request + 5*time.Second,
		IdleTimeout: lim.Idle, MaxHeaderBytes: maxHeader,
	}
	srv.RegisterOnShutdown(a.Live.Close) // what goes on for ever would be waited for
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	a.Start(context.WithoutCancel(ctx))
	defer a.Stop()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), lim.Stop)
	defer cancel()
	if err := srv.Shutdown(stop); err != nil {
		return errors.Join(err, srv.Close())
	}
	return nil
}

// Listen opens the address to be served at. An address that is taken is said in
// one sentence.
func (a *App) Listen() (net.Listener, error) {
	l, err := net.Listen("tcp", a.Config.Listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is in use by another program: stop that one, or choose another address with --listen", a.Config.Listen)
	}
	return l, err
}
