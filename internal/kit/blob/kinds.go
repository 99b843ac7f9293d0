// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"bytes"
	"encoding/binary"

	"yuanba/internal/kit/errs"
)

// A Kind is what a person would call the file.
type Kind string

// The kinds of file that are kept.
const (
	Photo    Kind = "photo"
	Sound    Kind = "sound"
	Document Kind = "document"
)

// A Type is the media type under which a file is served. Only the types below
// exist: what is none of them is refused.
type Type string

// The types.
const (
	JPEG Type = "image/jpeg"
	PNG  Type = "image/png"
	WebP Type = "image/webp"
	PDF  Type = "application/pdf"
	M4A  Type = "audio/mp4"
	MP3  Type = "audio/mpeg"
	Ogg  Type = "audio/ogg"
	WebM Type = "audio/webm"
	AMR  Type = "audio/amr"
	WAV  Type = "audio/wav"

	gif Type = "image/gif" // sniffed, kept as PNG
)

// format says what is done with files of a type.
type format struct {
	kind  Kind
	ext   string // with its dot
	photo func([]byte) (picture, error)
	other func([]byte) ([]byte, error)
}

func formatOf(t Type) (format, bool) {
	switch t {
	case JPEG:
		return format{kind: Photo, ext: ".jpg", photo: cleanJPEG}, true
	case PNG:
		return format{kind: Photo, ext: ".png", photo: cleanPNG}, true
	case WebP:
		return format{kind: Photo, ext: ".webp", photo: cleanWebP}, true
	case gif:
		return format{kind: Photo, ext: ".png", photo: stillGIF}, true
	case PDF:
		return format{kind: Document, ext: ".pdf", other: checkPDF}, true
	case M4A:
		return format{kind: Sound, ext: ".m4a", other: cleanMP4}, true
	case MP3:
		return format{kind: Sound, ext: ".mp3", other: cleanMP3}, true
	case Ogg:
		return format{kind: Sound, ext: ".ogg", other: cleanOgg}, true
	case WebM:
		return format{kind: Sound, ext: ".webm", other: cleanWebM}, true
	case AMR:
		return format{kind: Sound, ext: ".amr", other: cleanAMR}, true
	case WAV:
		return format{kind: Sound, ext: ".wav", other: cleanWAV}, true
	}
	return format{}, false
}

// Kind is what a person would call a file of type t, "" if t is not kept.
func (t Type) Kind() Kind {
	f, _ := formatOf(t)
	return f.kind
}

// Ext is the ending, with its dot, of the name under which a file of type t is
// offered for saving.
func (t Type) Ext() string {
	f, _ := formatOf(t)
	return f.ext
}

// sniffLen is as many bytes as sniff looks at.
const sniffLen = 64

// sniff tells a file's type by its first bytes. Invalid "blob.type" if it is
// none that is kept, "blob.heic" for the one kind of photo worth a hint.
func sniff(b []byte) (Type, error) {
	riff := func(form string) bool {
		return len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == form
	}
	starts := func(s string) bool { return bytes.HasPrefix(b, []byte(s)) }
	switch {
	case len(b) == 0:
		return "", errs.New(errs.Invalid, "blob.empty")
	case starts("\xFF\xD8\xFF"):
		return JPEG, nil
	case starts(pngMagic):
		return PNG, nil
	case starts("GIF87a"), starts("GIF89a"):
		return gif, nil
	case riff("WEBP"):
		return WebP, nil
	case riff("WAVE"):
		return WAV, nil
	case starts("%PDF-"):
		return PDF, nil
	case starts("OggS"):
		return Ogg, nil
	case starts("\x1A\x45\xDF\xA3"):
		return WebM, nil
	case starts(amrMagic), starts(amrWideMagic):
		return AMR, nil
	case len(b) >= 12 && string(b[4:8]) == "ftyp":
		switch string(b[8:12]) {
		case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis":
			return "", errs.New(errs.Invalid, "blob.heic")
		}
		return M4A, nil
	case starts("ID3"), len(b) >= 4 && mp3FrameLen(binary.BigEndian.Uint32(b)) > 0:
		return MP3, nil
	}
	return "", errs.New(errs.Invalid, "blob.type")
}

func broken() error { return errs.New(errs.Invalid, "blob.broken") }
