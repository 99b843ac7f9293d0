// SPDX-License-Identifier: Apache-2.0

package sheet

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"io"
)

// Open returns what a file that somebody hands in says: unpacked if it is packed
// with gzip, and without the mark of its byte order. Once most bytes were read,
// packed or not, every Read returns large, so that no file goes on and on. The
// error of Open is that of a packed file that is damaged.
func Open(r io.Reader, most int64, large error) (*bufio.Reader, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	if head, _ := b.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, err
		}
		b = bufio.NewReaderSize(z, 64<<10)
	}
	b = bufio.NewReaderSize(&bounded{b, most, large}, 64<<10)
	if head, _ := b.Peek(3); bytes.Equal(head, []byte{0xef, 0xbb, 0xbf}) {
		_, _ = b.Discard(3) // just peeked at
	}
	return b, nil
}

type bounded struct {
	r     io.Reader
	left  int64
	large error
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, b.large
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}
