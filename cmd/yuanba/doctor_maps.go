// SPDX-License-Identifier: Apache-2.0

package main

import "yuanba/internal/app"

// maps: can the maps of this program be moved, and what lies below them? What the
// file or the key is worth was looked at when the settings were read.
func maps(c app.Config) finding {
	carried, below := c.Maps()
	switch {
	case !carried:
		return finding{"maps", "note", "this program was built without MapLibre GL: its maps are drawn, and cannot be moved", "build it with make, where npm is"}
	case below == "":
		return finding{About: "maps", State: "ok", Says: "can be moved, on the town's own outlines"}
	}
	return finding{About: "maps", State: "ok", Says: "can be moved, over " + below}
}
