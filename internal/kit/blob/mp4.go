// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"encoding/binary"

	"yuanba/internal/kit/errs"
)

// mp4Boxes are the boxes that are needed to play sound, by the box they lie in.
// All others are blanked: titles, places, covers, notes of the recording phone.
var mp4Boxes = map[string]map[string]bool{
	"":     set("ftyp", "styp", "moov", "mdat", "moof", "mfra", "sidx"),
	"moov": set("mvhd", "trak", "mvex", "iods"),
	"trak": set("tkhd", "edts", "mdia", "tref"),
	"edts": set("elst"),
	"mdia": set("mdhd", "hdlr", "minf"),
	"minf": set("smhd", "dinf", "stbl", "hdlr"),
	"dinf": set("dref"),
	"stbl": set("stsd", "stts", "ctts", "stsz", "stz2", "stsc", "stco", "co64", "stss", "sgpd", "sbgp", "sdtp"),
	"mvex": set("mehd", "trex"),
	"moof": set("mfhd", "traf"),
	"traf": set("tfhd", "tfdt", "trun", "sdtp", "sbgp", "sgpd"),
	"mfra": set("tfra", "mfro"),
}

func set(names ...string) map[string]bool {
	m := map[string]bool{}
	for _, n := range names {
		m[n] = true
	}
	return m
}

// mp4 is what was seen in a file.
type mp4 struct{ sounds, data int }

// cleanMP4 blanks, in place, every box that is not needed to play the sound, and
// the times of making: the boxes keep their lengths, so that the table of where
// the sound lies stays true. A film is Invalid "blob.video".
func cleanMP4(b []byte) ([]byte, error) {
	var f mp4
	if err := f.walk(b, ""); err != nil {
		return nil, err
	}
	if f.sounds == 0 || f.data == 0 {
		return nil, broken()
	}
	return b, nil
}

func (f *mp4) walk(b []byte, in string) error {
	for len(b) > 0 {
		if len(b) < 8 {
			if in == "" { // a torn end: nothing can be in it that plays
				clear(b)
				return nil
			}
			return broken()
		}
		size, head := uint64(binary.BigEndian.Uint32(b)), uint64(8)
		switch {
		case size == 1 && len(b) >= 16:
			size, head = binary.BigEndian.Uint64(b[8:]), 16
		case size == 0 && in == "":
			size = uint64(len(b))
		}
		if size < head || size > uint64(len(b)) {
			return broken()
		}
		name, data := string(b[4:8]), b[head:size]
		if err := f.box(b[4:8], name, data, in); err != nil {
			return err
		}
		b = b[size:]
	}
	return nil
}

func (f *mp4) box(label []byte, name string, data []byte, in string) error {
	if !mp4Boxes[in][name] {
		copy(label, "free")
		clear(data)
		return nil
	}
	if _, holds := mp4Boxes[name]; holds {
		if name == "moof" {
			f.data++
		}
		return f.walk(data, name)
	}
	switch name {
	case "mdat":
		f.data++
	case "mvhd", "tkhd", "mdhd":
		return clearTimes(data)
	case "hdlr":
		return f.handler(data, in)
	case "dref":
		return ownData(data)
	}
	return nil
}

// clearTimes blanks when the recording was made and changed.
func clearTimes(data []byte) error {
	n := 8
	if len(data) > 0 && data[0] == 1 {
		n = 16
	}
	if len(data) < 4+n {
		return broken()
	}
	clear(data[4 : 4+n])
	return nil
}

// handler says what a track holds. Its free text is blanked.
func (f *mp4) handler(data []byte, in string) error {
	if len(data) < 24 {
		return broken()
	}
	clear(data[24:])
	if in != "mdia" {
		return nil
	}
	switch string(data[8:12]) {
	case "soun":
		f.sounds++
		return nil
	case "vide":
		return errs.New(errs.Invalid, "blob.video")
	}
	return errs.New(errs.Invalid, "blob.tracks")
}

// ownData refuses a file whose sound lies in another file.
func ownData(data []byte) error {
	if len(data) < 8 {
		return broken()
	}
	for rest := data[8:]; len(rest) > 0; {
		if len(rest) < 12 {
			return broken()
		}
		n := binary.BigEndian.Uint32(rest)
		if n < 12 || uint64(n) > uint64(len(rest)) || rest[11]&1 == 0 {
			return broken()
		}
		clear(rest[12:n])
		rest = rest[n:]
	}
	return nil
}
