// SPDX-License-Identifier: Apache-2.0

package people

import (
	"strings"
	"time"

	"golang.org/x/text/width"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/seal"
)

// An IDNumber is a citizen identity number after GB 11643: six digits of a
// division, eight of a birth date, three of order, one of check. It shows itself
// as 510***********123X.
type IDNumber struct{ seal.Text }

// weights and checks are those of ISO 7064 MOD 11-2.
var weights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

const checks = "10X98765432"

// ParseIDNumber reads an identity number; spaces, full-width digits and a small
// x are forgiven. It is Invalid beside "id_number" if it has not 18 places, if
// its birth date is not a day between 1900 and 2100, or if its check digit says
// that something was mistyped. Nothing is the empty number.
func ParseIDNumber(s string) (IDNumber, error) {
	n := strings.ToUpper(strings.ReplaceAll(width.Fold.String(strings.TrimSpace(s)), " ", ""))
	if n == "" {
		return IDNumber{}, nil
	}
	if len(n) != 18 {
		return IDNumber{}, errs.At("id_number", "people.id_number.length", 18)
	}
	sum := 0
	for i, w := range weights {
		if n[i] < '0' || n[i] > '9' {
			return IDNumber{}, errs.At("id_number", "people.id_number.malformed")
		}
		sum += int(n[i]-'0') * w
	}
	d := idNumber(n)
	switch born, ok := d.Born(); {
	case n[0] == '0' || strings.IndexByte(checks, n[17]) < 0:
		return IDNumber{}, errs.At("id_number", "people.id_number.malformed")
	case !ok || born.Year() < 1900 || born.Year() > 2100:
		return IDNumber{}, errs.At("id_number", "people.id_number.born")
	case checks[sum%11] != n[17]:
		return IDNumber{}, errs.At("id_number", "people.id_number.check")
	}
	return d, nil
}

func idNumber(n string) IDNumber { return IDNumber{seal.Masked(n, maskIDNumber(n))} }

// Born is the birth date in the number, at midnight UTC; false if there is none.
func (d IDNumber) Born() (time.Time, bool) {
	n := d.Plain()
	if len(n) != 18 {
		return time.Time{}, false
	}
	t, err := time.Parse("20060102", n[6:14])
	return t, err == nil
}

func maskIDNumber(n string) string {
	if len(n) != 18 {
		return seal.Stars
	}
	return n[:3] + "***********" + n[14:]
}
