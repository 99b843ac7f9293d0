// SPDX-License-Identifier: Apache-2.0

package app

import (
	"path/filepath"

	"yuanba/internal/web/livemap"
)

// Map is what lies below the maps that can be moved. Without either there is the
// town's own ground alone. Backgrounds must be in WGS-84 or CGCS2000.
type Map struct {
	// Tianditu is a key for 天地图, of the kind that servers use. Its tiles are fetched
	// by the program: readers ask nobody else.
	Tianditu string `toml:"tianditu" secret:"true"`
	// Layer is vec (streets), img (from the air) or ter (relief).
	Layer string `toml:"layer" default:"vec"`
	// Address is where its tiles are.
	Address string `toml:"address" default:"https://t0.tianditu.gov.cn"`
	// PMTiles is a file with a background map: a path, or its name in the folder of the keys.
	PMTiles string `toml:"pmtiles"`
	// Credit stands on the map: whose the background is, and its approval number (审图号).
	Credit string `toml:"credit"`
}

// background is where the background comes from.
func (c Config) background() livemap.Source {
	s := livemap.Source{Key: c.Map.Tianditu, Layer: c.Map.Layer, Address: c.Map.Address, File: c.Map.PMTiles, Credit: c.Map.Credit}
	if s.File != "" && !filepath.IsAbs(s.File) && filepath.Base(s.File) == s.File {
		s.File = filepath.Join(filepath.Dir(c.KeysPath()), s.File)
	}
	if s.Credit == "" && s.Key != "" {
		s.Credit = "天地图"
	}
	return s
}

// Maps says whether maps can be moved in this program, and what lies below them: "",
// "tianditu" or "pmtiles".
func (c Config) Maps() (carried bool, below string) {
	switch {
	case c.Map.Tianditu != "":
		below = "tianditu"
	case c.Map.PMTiles != "":
		below = "pmtiles"
	}
	return livemap.Carried(), below
}
