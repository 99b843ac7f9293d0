// SPDX-License-Identifier: Apache-2.0

package page

import (
	"fmt"
	"html/template"
	"strconv"

	"rsc.io/qr"
)

// QR draws an address as a QR code, black on white, with its quiet zone. What
// is black side by side is drawn at once: half the bytes, which everybody who
// raises a matter is sent.
func QR(address string) (template.HTML, error) {
	code, err := qr.Encode(address, qr.M)
	if err != nil {
		return "", err
	}
	const before = `<svg class="qr" viewBox="0 0 %[1]d %[1]d" role="img" aria-label="QR" shape-rendering="crispEdges"><rect width="%[1]d" height="%[1]d" fill="#fff"/><path fill="#000" d="`
	b := fmt.Appendf(make([]byte, 0, 8<<10), before, code.Size+8)
	num := func(letter byte, n int) { b = strconv.AppendInt(append(b, letter), int64(n), 10) }
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			from := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if n := x - from; n > 0 {
				num('M', from+4)
				num(' ', y+4)
				num('h', n)
				num('v', 1)
				num('h', -n)
				b = append(b, 'z')
			}
		}
	}
	return template.HTML(append(b, `"/></svg>`...)), nil
}
