// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"bytes"
	"encoding/binary"
)

// mp3FrameLen is the length of the frame of MPEG layer III sound whose head is
// h, 0 if h is none.
func mp3FrameLen(h uint32) int {
	version, layer, rate, freq := h>>19&3, h>>17&3, h>>12&15, h>>10&3
	if h>>21 != 0x7FF || version == 1 || layer != 1 || rate == 0 || rate == 15 || freq == 3 {
		return 0
	}
	kbit := [15]int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}
	hertz, per := [3]int{44100, 48000, 32000}[freq], 144
	if version != 3 { // MPEG 2 and 2.5
		kbit = [15]int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}
		hertz, per = hertz/2, 72
	}
	if version == 0 {
		hertz /= 2
	}
	return per*1000*kbit[rate]/hertz + int(h>>9&1)
}

// leastFrames is how many frames make a recording: what begins like one by
// chance does not go on like one.
const leastFrames = 3

// cleanMP3 keeps the frames of sound and nothing else: tags before, behind and
// between them are left out.
func cleanMP3(b []byte) ([]byte, error) {
	frame := func(pos int) int {
		if pos+4 > len(b) {
			return 0
		}
		n := mp3FrameLen(binary.BigEndian.Uint32(b[pos:]))
		if n == 0 || pos+n > len(b) {
			return 0
		}
		return n
	}
	pos := 0
	for len(b)-pos >= 10 && string(b[pos:pos+3]) == "ID3" {
		n := int(b[pos+6]&127)<<21 | int(b[pos+7]&127)<<14 | int(b[pos+8]&127)<<7 | int(b[pos+9]&127)
		if b[pos+5]&0x10 != 0 {
			n += 10
		}
		pos = min(len(b), pos+10+n)
	}
	out, frames := make([]byte, 0, len(b)), 0
	start := pos
	for pos < len(b) {
		n := frame(pos)
		// Out of step, a frame counts only if another follows it.
		if n > 0 && (frames > 0 && pos == start || frame(pos+n) > 0) {
			out = append(out, b[pos:pos+n]...)
			frames++
			pos += n
			start = pos
			continue
		}
		i := bytes.IndexByte(b[pos+1:], 0xFF)
		if i < 0 {
			break
		}
		pos += 1 + i
	}
	if frames < leastFrames {
		return nil, broken()
	}
	return out, nil
}

const (
	amrMagic     = "#!AMR\n"
	amrWideMagic = "#!AMR-WB\n"
)

// cleanAMR keeps the frames of sound; the format has no place for anything else.
func cleanAMR(b []byte) ([]byte, error) {
	magic, sizes := amrMagic, [16]int{13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1}
	if bytes.HasPrefix(b, []byte(amrWideMagic)) {
		magic, sizes = amrWideMagic, [16]int{18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1}
	}
	pos, frames := len(magic), 0
	for pos < len(b) {
		n := sizes[b[pos]>>3&15]
		if b[pos]&0x83 != 0 || n == 0 {
			return nil, broken()
		}
		if pos+n > len(b) {
			break // torn off at its end
		}
		pos += n
		frames++
	}
	if frames < leastFrames {
		return nil, broken()
	}
	return b[:pos], nil
}

// cleanWAV keeps the chunks that say how the sound is written and the sound:
// names, places, notes and covers are left out.
func cleanWAV(b []byte) ([]byte, error) {
	var body []byte
	hasFormat, hasSound := false, false
	for rest := b[12:]; len(rest) >= 8; {
		name, n := string(rest[:4]), int64(binary.LittleEndian.Uint32(rest[4:]))
		data := rest[8:]
		if n > int64(len(data)) {
			if name != "data" {
				break
			}
			n = int64(len(data)) // recorded live: its length was not known
		}
		data = data[:n]
		rest = rest[min(8+n+n&1, int64(len(rest))):]
		switch {
		case name == "fmt " && n >= 16 && n <= 64 && !hasFormat:
			hasFormat = true
			body = appendRIFF(body, name, data)
		case name == "fact" && n == 4:
			body = appendRIFF(body, name, data)
		case name == "data" && hasFormat && !hasSound && n > 0:
			hasSound = true
			body = appendRIFF(body, name, data)
		}
	}
	if !hasSound {
		return nil, broken()
	}
	out := append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body)+4)), "WAVE"...)
	return append(out, body...), nil
}
