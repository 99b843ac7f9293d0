// SPDX-License-Identifier: Apache-2.0

package classify

import (
	"encoding/binary"
	"hash/crc32"
)

// Summed gives bytes the checksum that fits them.
func Summed(b []byte) []byte {
	if len(b) < 4 {
		return b
	}
	b = append([]byte(nil), b[:len(b)-4]...)
	return binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
}
