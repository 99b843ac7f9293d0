// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"bytes"
	"encoding/binary"
)

// An oggPage is one page of an Ogg file.
type oggPage struct {
	flags   byte
	granule []byte
	serial  []byte
	lacing  []byte
	data    []byte
}

const (
	oggContinued = 1
	oggFirst     = 2
	oggHead      = 27
)

// cleanOgg writes the file anew with an empty comment header, where title,
// place and recording program would be, and with one stream only.
func cleanOgg(b []byte) ([]byte, error) {
	var pages []oggPage
	for rest := b; len(rest) > 0; {
		p, n := readOgg(rest)
		if n == 0 {
			if len(pages) < 3 {
				return nil, broken()
			}
			break // torn off at its end
		}
		rest = rest[n:]
		if len(pages) > 0 && (p.flags&oggFirst != 0 || !bytes.Equal(p.serial, pages[0].serial)) {
			return nil, broken() // several streams
		}
		pages = append(pages, p)
	}
	if len(pages) == 0 || pages[0].flags&oggFirst == 0 {
		return nil, broken()
	}
	heads := 0
	var comment []byte
	switch id := pages[0].data; {
	case bytes.HasPrefix(id, []byte("OpusHead")):
		heads, comment = 2, []byte("OpusTags\x00\x00\x00\x00\x00\x00\x00\x00")
	case bytes.HasPrefix(id, []byte("\x01vorbis")):
		heads, comment = 3, []byte("\x03vorbis\x00\x00\x00\x00\x00\x00\x00\x00\x01")
	default:
		return nil, broken()
	}
	packets, used := oggPackets(pages, heads)
	if packets == nil || len(pages) <= used {
		return nil, broken()
	}
	packets[1] = comment
	var out []byte
	seq := uint32(0)
	out = appendOgg(out, oggPage{oggFirst, make([]byte, 8), pages[0].serial, lacing(len(packets[0])), packets[0]}, &seq)
	var laces, data []byte
	for _, p := range packets[1:] {
		laces, data = append(laces, lacing(len(p))...), append(data, p...)
	}
	for flags := byte(0); len(laces) > 0; flags = oggContinued {
		k, n := min(255, len(laces)), 0
		for _, l := range laces[:k] {
			n += int(l)
		}
		if k < len(laces) && laces[k-1] != 255 {
			return nil, broken() // a packet ends just at the page's end: too large to be true
		}
		out = appendOgg(out, oggPage{flags, make([]byte, 8), pages[0].serial, laces[:k], data[:n]}, &seq)
		laces, data = laces[k:], data[n:]
	}
	for _, p := range pages[used:] {
		out = appendOgg(out, p, &seq)
	}
	return out, nil
}

// oggPackets returns the first n packets, and how many pages they fill: nil
// unless the last of them ends with its page, as the standards demand.
func oggPackets(pages []oggPage, n int) (packets [][]byte, used int) {
	var part []byte
	for i, p := range pages {
		data := p.data
		for j, l := range p.lacing {
			part, data = append(part, data[:l]...), data[l:]
			if l == 255 {
				continue
			}
			packets, part = append(packets, part), nil
			if i == 0 && j != len(p.lacing)-1 {
				return nil, 0
			}
			if len(packets) == n {
				if j != len(p.lacing)-1 {
					return nil, 0
				}
				return packets, i + 1
			}
		}
	}
	return nil, 0
}

func readOgg(b []byte) (p oggPage, n int) {
	if len(b) < oggHead || string(b[:4]) != "OggS" || b[4] != 0 {
		return p, 0
	}
	n = oggHead + int(b[26])
	if len(b) < n {
		return p, 0
	}
	p = oggPage{flags: b[5], granule: b[6:14], serial: b[14:18], lacing: b[oggHead:n]}
	size := 0
	for _, l := range p.lacing {
		size += int(l)
	}
	if len(b) < n+size {
		return p, 0
	}
	p.data = b[n : n+size]
	return p, n + size
}

func lacing(n int) []byte {
	return append(bytes.Repeat([]byte{255}, n/255), byte(n%255))
}

func appendOgg(b []byte, p oggPage, seq *uint32) []byte {
	at := len(b)
	b = append(b, "OggS\x00"...)
	b = append(append(append(b, p.flags), p.granule...), p.serial...)
	b = binary.LittleEndian.AppendUint32(b, *seq)
	b = append(b, 0, 0, 0, 0, byte(len(p.lacing)))
	b = append(append(b, p.lacing...), p.data...)
	*seq++
	binary.LittleEndian.PutUint32(b[at+22:], oggSum(b[at:]))
	return b
}

// oggTable is of the CRC that Ogg uses: not reflected, polynomial 0x04C11DB7.
var oggTable = func() (t [256]uint32) {
	for i := range t {
		c := uint32(i) << 24
		for range 8 {
			c = c<<1 ^ (0x04C11DB7 & -(c >> 31))
		}
		t[i] = c
	}
	return t
}()

func oggSum(b []byte) (c uint32) {
	for _, x := range b {
		c = c<<8 ^ oggTable[byte(c>>24)^x]
	}
	return c
}
