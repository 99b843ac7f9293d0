// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"bytes"
	"encoding/binary"

	"yuanba/internal/kit/errs"
)

// The elements of WebM that are needed to play sound, by the element they lie
// in. All others are made void.
const (
	ebmlHeader  = 0x1A45DFA3
	ebmlDocType = 0x4282
	webmSegment = 0x18538067
	webmInfo    = 0x1549A966
	webmTracks  = 0x1654AE6B
	webmTrack   = 0xAE
	webmCluster = 0x1F43B675
	webmType    = 0x83
	webmVoid    = 0xEC
)

var webmElements = map[uint32]map[uint32]bool{
	0:           elements(ebmlHeader, webmSegment),
	ebmlHeader:  elements(0x4286, 0x42F7, 0x42F2, 0x42F3, ebmlDocType, 0x4287, 0x4285),
	webmSegment: elements(0x114D9B74, webmInfo, webmTracks, webmCluster, 0x1C53BB6B), // with seek head and cues
	webmInfo:    elements(0x2AD7B1, 0x4489),                                          // scale of time, length
	webmTracks:  elements(webmTrack),
	webmTrack:   elements(0xD7, 0x73C5, webmType, 0xB9, 0x88, 0x55AA, 0x9C, 0x6DE7, 0x23E383, 0x86, 0x63A2, 0x56AA, 0x56BB, 0xE1, 0xAA, 0x22B59C),
	webmCluster: elements(0xE7, 0xA3, 0xA0, 0xA7, 0xAB),
}

func elements(ids ...uint32) map[uint32]bool {
	m := map[uint32]bool{}
	for _, id := range ids {
		m[id] = true
	}
	return m
}

// webm is what was seen in a file.
type webm struct{ kinds, sounds, clusters int }

// cleanWebM makes every element void, in place, that is not needed to play the
// sound: titles, tags, times, attachments, the names of programs. A film is
// Invalid "blob.video".
func cleanWebM(b []byte) ([]byte, error) {
	var f webm
	if err := f.walk(b, 0); err != nil {
		return nil, err
	}
	if f.kinds == 0 || f.sounds == 0 || f.clusters == 0 {
		return nil, broken()
	}
	return b, nil
}

// walk goes through the elements of b, which lie in the given one. A recording
// made live gives no lengths for its segment and clusters: such a cluster ends
// where the next begins, so its elements are taken as the segment's own.
func (f *webm) walk(b []byte, in uint32) error {
	open := false // in a cluster of no given length
	for len(b) > 0 {
		id, size, head := ebmlElement(b)
		switch {
		case head == 0:
			return broken()
		case size == ebmlUnknown && id == webmSegment && in == 0:
			return f.walk(b[head:], webmSegment)
		case size == ebmlUnknown && id == webmCluster && in == webmSegment:
			open = true
			f.clusters++
			b = b[head:]
			continue
		case size > uint64(len(b)-head):
			if in != webmSegment { // a recording may be torn off only at its end
				return broken()
			}
			void(b)
			return nil
		}
		whole, data := b[:head+int(size)], b[head:head+int(size)]
		b = b[len(whole):]
		if !webmElements[in][id] && !(open && webmElements[webmCluster][id]) {
			void(whole)
			continue
		}
		if id == ebmlDocType {
			if f.kinds++; string(bytes.TrimRight(data, "\x00")) != "webm" {
				return errs.New(errs.Invalid, "blob.type") // another kind of Matroska
			}
		}
		if id == webmType {
			if len(data) != 1 {
				return broken()
			}
			switch data[0] {
			case 1:
				return errs.New(errs.Invalid, "blob.video")
			case 2:
				f.sounds++
			default:
				return errs.New(errs.Invalid, "blob.tracks")
			}
		}
		if id == webmCluster {
			f.clusters++
		}
		if _, holds := webmElements[id]; holds {
			if err := f.walk(data, id); err != nil {
				return err
			}
		}
	}
	return nil
}

const ebmlUnknown = 1<<64 - 1

// ebmlElement reads the head of an element; head is 0 if it is none.
func ebmlElement(b []byte) (id uint32, size uint64, head int) {
	n := 1
	for ; n <= 4 && b[0]&(0x80>>(n-1)) == 0; n++ {
	}
	if n > 4 || len(b) < n+1 {
		return 0, 0, 0
	}
	for _, c := range b[:n] {
		id = id<<8 | uint32(c)
	}
	s := b[n:]
	m := 1
	for ; m <= 8 && s[0]&(0x80>>(m-1)) == 0; m++ {
	}
	if m > 8 || len(s) < m {
		return 0, 0, 0
	}
	size = uint64(s[0] & (0xFF >> m))
	ones := size == 0xFF>>m
	for _, c := range s[1:m] {
		size = size<<8 | uint64(c)
		ones = ones && c == 0xFF
	}
	if ones {
		size = ebmlUnknown
	}
	return id, size, n + m
}

// void makes one empty element of all of b, which is at least two bytes long.
func void(b []byte) {
	n := len(b)
	clear(b)
	if b[0] = webmVoid; n-2 < 127 {
		b[1] = 0x80 | byte(n-2)
		return
	}
	binary.BigEndian.PutUint64(b[1:], uint64(n-9)|1<<56)
}
