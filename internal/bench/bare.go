// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"yuanba/internal/kit/sqldb"
)

// ServeBare is the ceiling: a server that writes one row for each form it is
// sent, on disk before it answers, with the program's own database and nothing
// else of the program. It ends with ctx.
func ServeBare(ctx context.Context, dsn, listen string) (err error) {
	db, err := sqldb.Open(ctx, dsn, sqldb.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Write(ctx, makeRows); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /readyz", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("POST /{$}", func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		row := bareRow{r.PostForm.Get("number"), r.PostForm.Get("title"), r.PostForm.Get("body"), r.PostForm.Get("place")}
		if err := db.Write(r.Context(), func(tx *sqldb.Tx) error { return insertRow(tx, row) }); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Location", "/")
		w.WriteHeader(http.StatusSeeOther)
	})
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 8 * time.Second}
	stop := context.AfterFunc(ctx, func() { srv.Close() })
	defer stop()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
