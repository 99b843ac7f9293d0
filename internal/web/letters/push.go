// SPDX-License-Identifier: Apache-2.0

package letters

import (
	_ "embed" // the scripts
	"net/http"

	"yuanba/internal/web/static"
)

// pushWorkerPath is where a browser fetches what shows messages while no page is
// open. It lies at the root, since it may not serve what lies above it, and keeps one
// address, since a browser asks there whether it has changed.
const pushWorkerPath = "/push-worker.js"

//go:embed pushworker.js
var pushWorkerJS []byte

//go:embed push.js
var pushJS []byte

var pushScript = static.Add("push.js", pushJS)

// pushWorker serves the service worker. It shows messages, keeps no page and answers
// no request.
func pushWorker(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(pushWorkerJS) // whoever asked may have gone
}
