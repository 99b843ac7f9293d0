// SPDX-License-Identifier: Apache-2.0

package places

import (
	"strings"

	"yuanba/internal/kit/errs"
)

// A Scheme says how a code is made and read.
type Scheme string

// The schemes.
const (
	// NoScheme is for a courtyard without a code.
	NoScheme Scheme = ""
	// Statistics12 is the statistical division code: 6 digits for the county, 3
	// for the town, 3 for the village; zeros where a place has no such part.
	Statistics12 Scheme = "statistics-12"
	// Grid15 is the code of a grid by GB/T 30428.1: the 12 of its village and a
	// number from 001 to 999.
	Grid15 Scheme = "grid-15"
	// Local is the town's own: up to 32 Latin letters, digits and hyphens.
	Local Scheme = "local"
)

// Schemes lists the schemes, without NoScheme.
var Schemes = [...]Scheme{Statistics12, Grid15, Local}

// significant is how many digits of a code speak for the places below.
func significant(k Kind) int {
	switch k {
	case City:
		return 6
	case Town:
		return 9
	}
	return 12
}

// Pad writes a division code of 6, 9 or 12 digits with all its 12; anything else
// is returned as it is.
func Pad(code string) string {
	if n := len(code); (n == 6 || n == 9) && digits(code) {
		return code + strings.Repeat("0", 12-n)
	}
	return code
}

// CheckCode is Invalid unless code is one that the scheme gives to a place of
// kind k below parent. parent is the zero Place for a city.
func CheckCode(k Kind, scheme Scheme, code string, parent Place) error {
	switch scheme {
	case NoScheme:
		if k != Courtyard || code != "" {
			return errs.At("scheme", "place.scheme.missing")
		}
		return nil
	case Local:
		if !local(code) {
			return errs.At("code", "place.code.local")
		}
		return nil
	case Statistics12:
		if k == Grid || k == Courtyard {
			return errs.At("scheme", "place.scheme.kind")
		}
		n := significant(k)
		if len(code) != 12 || !digits(code) || strings.Trim(code[n:], "0") != "" || strings.Trim(code[n-3:n], "0") == "" {
			return errs.At("code", "place.code.statistics", n)
		}
	case Grid15:
		if k != Grid {
			return errs.At("scheme", "place.scheme.kind")
		}
		if len(code) != 15 || !digits(code) || code[12:] == "000" {
			return errs.At("code", "place.code.grid")
		}
	default:
		return errs.At("scheme", "place.scheme.unknown")
	}
	if n := significant(parent.Kind); parent.Scheme == Statistics12 && !strings.HasPrefix(code, parent.Code[:n]) {
		return errs.At("code", "place.code.parent", parent.Name, parent.Code[:n])
	}
	return nil
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func local(s string) bool {
	return s != "" && len(s) <= 32 && strings.Trim(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-") == ""
}
