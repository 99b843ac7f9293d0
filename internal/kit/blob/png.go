// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	gifcodec "image/gif"
	"image/png"

	"yuanba/internal/kit/errs"
)

const pngMagic = "\x89PNG\r\n\x1a\n"

// cleanPNG copies the chunks that make up the picture. Text, EXIF, times,
// profiles, further frames and private chunks are left out; how the picture is
// to be turned is written again.
func cleanPNG(b []byte) (picture, error) {
	p := picture{typ: PNG, turn: 1}
	var body []byte
	ended := false
	for rest := b[len(pngMagic):]; !ended; {
		if len(rest) < 12 {
			return p, broken()
		}
		n := int64(binary.BigEndian.Uint32(rest))
		if n > int64(len(rest)-12) {
			return p, broken()
		}
		name, data, whole := string(rest[4:8]), rest[8:8+n], rest[:12+n]
		rest = rest[12+n:]
		if crc32.ChecksumIEEE(whole[4:8+n]) != binary.BigEndian.Uint32(whole[8+n:]) {
			return p, broken()
		}
		if (name == "IHDR") != (p.w == 0) {
			return p, broken()
		}
		switch name {
		case "IHDR":
			if len(data) != 13 {
				return p, broken()
			}
			w, h := binary.BigEndian.Uint32(data), binary.BigEndian.Uint32(data[4:])
			if w == 0 || h == 0 || w > 1<<24 || h > 1<<24 {
				return p, broken()
			}
			p.w, p.h = int(w), int(h)
			p.memory = int64(p.w) * int64(p.h) * 4
			if data[8] == 16 {
				p.memory *= 2
			}
			body = append(body, whole...)
		case "PLTE", "IDAT", "tRNS", "gAMA", "cHRM", "sRGB", "sBIT", "bKGD", "pHYs":
			body = append(body, whole...)
		case "eXIf":
			p.turn = orientation(data)
		case "IEND":
			ended = true
		default:
			if name[0]&0x20 == 0 { // a chunk without which the picture cannot be shown
				return p, broken()
			}
		}
	}
	p.data = append([]byte(pngMagic), body...)
	if p.turn != 1 {
		p.data = appendChunk(p.data, "eXIf", turnTIFF(p.turn))
	}
	p.data = appendChunk(p.data, "IEND", nil)
	p.decode = func() (image.Image, error) { return png.Decode(bytes.NewReader(p.data)) }
	return p, nil
}

func appendChunk(b []byte, name string, data []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
	at := len(b)
	b = append(b, name...)
	b = append(b, data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[at:]))
}

// stillGIF makes a PNG of the first picture of a GIF, when it is decoded: data
// is empty until then.
func stillGIF(b []byte) (picture, error) {
	c, err := gifcodec.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return picture{}, broken()
	}
	p := picture{typ: PNG, turn: 1, w: c.Width, h: c.Height, memory: 4 * int64(c.Width) * int64(c.Height)}
	p.decode = func() (image.Image, error) { return gifcodec.Decode(bytes.NewReader(b)) }
	return p, nil
}

// cleanWebP copies the chunks that make up the picture. EXIF, XMP, profiles and
// unknown chunks are left out; how the picture is to be turned is written again.
// One that moves is Invalid "blob.animated".
func cleanWebP(b []byte) (picture, error) {
	p := picture{typ: WebP, turn: 1}
	size := int64(binary.LittleEndian.Uint32(b[4:]))
	if size < 4 || size+8 > int64(len(b)) {
		return p, broken()
	}
	var extended, alpha, frame, frameName = []byte(nil), []byte(nil), []byte(nil), ""
	for rest := b[12 : size+8]; len(rest) >= 8; {
		n := int64(binary.LittleEndian.Uint32(rest[4:]))
		if n > int64(len(rest)-8) {
			return p, broken()
		}
		name, data := string(rest[:4]), rest[8:8+n]
		rest = rest[min(8+n+n&1, int64(len(rest))):]
		switch name {
		case "VP8X":
			if len(data) < 10 || extended != nil || frame != nil {
				return p, broken()
			}
			extended = bytes.Clone(data[:10])
		case "ANIM", "ANMF":
			return p, errs.New(errs.Invalid, "blob.animated")
		case "ALPH":
			if alpha == nil {
				alpha = data
			}
		case "VP8 ", "VP8L":
			if frame == nil {
				frame, frameName = data, name
			}
		case "EXIF":
			p.turn = orientation(bytes.TrimPrefix(data, []byte("Exif\x00\x00")))
		}
	}
	if p.w, p.h = webpSize(frameName, frame); p.w == 0 || p.h == 0 {
		return p, broken()
	}
	var body []byte
	if extended != nil {
		if w, h := 1+le24(extended[4:]), 1+le24(extended[7:]); w != p.w || h != p.h {
			return p, broken() // a still picture fills its canvas
		}
		extended[0] &= 0x10 // only that there may be transparent parts
		if p.turn != 1 {
			extended[0] |= 0x08
		}
		body = appendRIFF(body, "VP8X", extended)
		if alpha != nil && frameName == "VP8 " {
			body = appendRIFF(body, "ALPH", alpha)
		}
	} else {
		p.turn = 1 // EXIF is no part of the simple form
	}
	body = appendRIFF(body, frameName, frame)
	if p.turn != 1 {
		body = appendRIFF(body, "EXIF", turnTIFF(p.turn))
	}
	p.memory = int64(p.w) * int64(p.h) * 4
	p.data = append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body)+4)), "WEBP"...)
	p.data = append(p.data, body...)
	p.decode = func() (image.Image, error) { return decodeWebP(p.data) }
	return p, nil
}

// webpSize reads the size from the head of a frame, 0 if it has none.
func webpSize(name string, b []byte) (w, h int) {
	switch {
	case name == "VP8 " && len(b) >= 10 && b[3] == 0x9D && b[4] == 0x01 && b[5] == 0x2A:
		return int(binary.LittleEndian.Uint16(b[6:]) & 0x3FFF), int(binary.LittleEndian.Uint16(b[8:]) & 0x3FFF)
	case name == "VP8L" && len(b) >= 5 && b[0] == 0x2F:
		v := binary.LittleEndian.Uint32(b[1:])
		return int(v&0x3FFF) + 1, int(v>>14&0x3FFF) + 1
	}
	return 0, 0
}

func le24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

func appendRIFF(b []byte, name string, data []byte) []byte {
	b = binary.LittleEndian.AppendUint32(append(b, name...), uint32(len(data)))
	b = append(b, data...)
	if len(data)%2 == 1 {
		b = append(b, 0)
	}
	return b
}
