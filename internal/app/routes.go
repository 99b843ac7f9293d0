// SPDX-License-Identifier: Apache-2.0

package app

import (
	"net/http"

	webmatters "yuanba/internal/web/matters"
	"yuanba/internal/web/page"
	"yuanba/internal/web/static"
)

// routes adds every counter's pages to mux.
func (a *App) routes(mux *http.ServeMux, site *page.Site) error {
	key, err := a.key("slips")
	if err != nil {
		return err
	}
	slips := &webmatters.Slips{Key: key}
	site.Sessions = slips
	static.Routes(mux)
	(&webmatters.Counter{
		Matters: a.Matters, Places: a.Places, Orgs: a.Orgs, People: a.People, Calendar: a.Calendar, Blobs: a.Blobs, Slips: slips,
		Address: a.Config.Address(), Log: a.log,
	}).Routes(mux)
	return nil
}
