// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
)

// A picture is a photo with everything taken out that is not the picture.
type picture struct {
	data   []byte
	typ    Type
	turn   int   // EXIF orientation 1…8: how to turn what is stored to look right
	w, h   int   // as stored, before turning
	memory int64 // bytes it takes unpacked, while unpacking
	decode func() (image.Image, error)
}

// cleanJPEG copies the segments that make up the picture and leaves out all
// others: EXIF, XMP, profiles, thumbnails, comments, and what follows the
// picture's end, such as the film of a "live" photo. How the phone was held is
// written again as the one entry of a new EXIF block.
func cleanJPEG(b []byte) (picture, error) {
	p := picture{typ: JPEG, turn: 1}
	var head, body []byte
	for pos := 2; ; {
		if pos >= len(b) || b[pos] != 0xFF {
			return p, broken()
		}
		for pos < len(b) && b[pos] == 0xFF {
			pos++
		}
		if pos >= len(b) {
			return p, broken()
		}
		m := b[pos]
		pos++
		if m == 0xD9 { // end of image
			break
		}
		if m == 0x01 || m >= 0xD0 && m <= 0xD7 { // stand alone, and mean nothing here
			continue
		}
		if m == 0 || m == 0xD8 || pos+2 > len(b) {
			return p, broken()
		}
		n := int(binary.BigEndian.Uint16(b[pos:]))
		if n < 2 || pos+n > len(b) {
			return p, broken()
		}
		seg := b[pos+2 : pos+n]
		pos += n
		switch {
		case m == 0xE0 && len(head) == 0 && len(seg) >= 14 && string(seg[:5]) == "JFIF\x00":
			head = append([]byte{0xFF, 0xE0, 0, 16}, seg[:12]...)
			head = append(head, 0, 0) // no thumbnail
		case m == 0xE1 && bytes.HasPrefix(seg, []byte("Exif\x00\x00")):
			p.turn = orientation(seg[6:])
		case m == 0xEE && len(seg) >= 12 && string(seg[:5]) == "Adobe":
			body = appendSegment(body, m, seg[:12]) // says how colours are written
		case m >= 0xE0 && m <= 0xEF, m >= 0xF0: // application data, extensions, comments
		case m == 0xC0 || m == 0xC1 || m == 0xC2: // frame header
			if p.w != 0 || !p.frame(seg, m == 0xC2) {
				return p, broken()
			}
			body = appendSegment(body, m, seg)
		case m == 0xC4 || m == 0xDB || m == 0xDD: // tables
			body = appendSegment(body, m, seg)
		case m == 0xDA:
			body = appendSegment(body, m, seg)
			end := scanEnd(b, pos)
			body = append(body, b[pos:end]...)
			pos = end
		default: // arithmetic, lossless and hierarchical JPEG: no browser shows it
			return p, broken()
		}
	}
	p.data = append(make([]byte, 0, len(head)+len(body)+64), 0xFF, 0xD8)
	p.data = append(p.data, head...)
	if p.turn != 1 {
		p.data = appendSegment(p.data, 0xE1, append([]byte("Exif\x00\x00"), turnTIFF(p.turn)...))
	}
	p.data = append(p.data, body...)
	p.data = append(p.data, 0xFF, 0xD9)
	p.decode = func() (image.Image, error) { return jpeg.Decode(bytes.NewReader(p.data)) }
	return p, nil
}

func appendSegment(b []byte, m byte, seg []byte) []byte {
	n := len(seg) + 2
	b = append(b, 0xFF, m, byte(n>>8), byte(n))
	return append(b, seg...)
}

// scanEnd returns where the coded picture that begins at pos ends: at the first
// marker that is neither a stuffed byte nor a restart.
func scanEnd(b []byte, pos int) int {
	for pos < len(b) {
		i := bytes.IndexByte(b[pos:], 0xFF)
		if i < 0 || pos+i+1 >= len(b) {
			return len(b)
		}
		pos += i
		if m := b[pos+1]; m != 0 && (m < 0xD0 || m > 0xD7) && m != 0xFF {
			return pos
		} else if m == 0xFF { // a fill byte: the marker may follow it
			pos++
		} else {
			pos += 2
		}
	}
	return len(b)
}

// frame reads a frame header: size and what the picture takes in memory.
func (p *picture) frame(seg []byte, progressive bool) bool {
	if len(seg) < 6 || len(seg) < 6+3*int(seg[5]) || seg[5] == 0 || seg[5] > 4 {
		return false
	}
	p.h, p.w = int(binary.BigEndian.Uint16(seg[1:])), int(binary.BigEndian.Uint16(seg[3:]))
	var most, all int64
	for i := range int(seg[5]) {
		n := int64(seg[7+3*i]>>4) * int64(seg[7+3*i]&15)
		most, all = max(most, n), all+n
	}
	if most == 0 || p.w == 0 || p.h == 0 {
		return false
	}
	p.memory = int64(p.w) * int64(p.h) * all / most
	if progressive {
		p.memory *= 5 // the coefficients are held as 32-bit numbers beside the picture
	}
	return true
}

// orientation reads the EXIF orientation from a TIFF block: 1 if there is none.
func orientation(b []byte) int {
	if len(b) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(b[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return 1
	}
	entries := b[at+2:]
	for range order.Uint16(b[at:]) {
		if len(entries) < 12 {
			break
		}
		if order.Uint16(entries) == 0x0112 && order.Uint16(entries[2:]) == 3 {
			if v := order.Uint16(entries[8:]); v >= 1 && v <= 8 {
				return int(v)
			}
		}
		entries = entries[12:]
	}
	return 1
}

// turnTIFF is a TIFF block that says how to turn the picture, and nothing else.
func turnTIFF(turn int) []byte {
	return []byte{'I', 'I', '*', 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, byte(turn), 0, 0, 0, 0, 0, 0, 0}
}
