// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"

	"yuanba/internal/kit/errs"
)

// pdfRefused are the names without which a PDF can do nothing but be read.
var pdfRefused = [][]byte{
	[]byte("/JavaScript"), []byte("/Launch"), []byte("/EmbeddedFile"), []byte("/RichMedia"), []byte("/Rendition"),
	[]byte("/SubmitForm"), []byte("/ImportData"), []byte("/GoToE"), []byte("/XFA"),
}

// pdfUnpacked bounds what is unpacked in looking through one file.
const pdfUnpacked = 128 * mega

// checkPDF returns b as it is, unless it can do more than be read: Invalid
// "blob.pdf.unsafe". The look is a conservative one: a forbidden name anywhere
// in the bytes counts, also in the packed parts where a PDF may keep its
// objects, and a part that holds objects but cannot be unpacked counts too. A
// locked file, into which nobody can look, is "blob.pdf.locked".
func checkPDF(b []byte) ([]byte, error) {
	if !bytes.Contains(b[max(0, len(b)-2048):], []byte("%%EOF")) {
		return nil, broken()
	}
	plain := unescapeNames(b)
	if hasName(plain, []byte("/Encrypt")) {
		return nil, errs.New(errs.Invalid, "blob.pdf.locked")
	}
	if actsPDF(plain) || !checkStreams(b) {
		return nil, errs.New(errs.Invalid, "blob.pdf.unsafe")
	}
	return b, nil
}

// checkStreams looks into the packed parts, and reports whether all is well.
func checkStreams(b []byte) bool {
	left := int64(pdfUnpacked)
	for pos, last := 0, 0; ; {
		i := bytes.Index(b[pos:], []byte("stream"))
		if i < 0 {
			return true
		}
		at := pos + i
		pos = at + len("stream")
		data := b[pos:]
		if at >= 3 && string(b[at-3:at]) == "end" {
			last = pos
			continue
		}
		switch {
		case bytes.HasPrefix(data, []byte("\r\n")):
			data = data[2:]
		case len(data) > 0 && (data[0] == '\n' || data[0] == '\r'):
			data = data[1:]
		default:
			continue // a word, no part
		}
		dict := unescapeNames(b[last:at])
		objects := hasName(dict, []byte("/ObjStm"))
		if !objects && (hasName(dict, []byte("/Image")) || len(data) < 2 || data[0]&15 != 8 || (int(data[0])<<8|int(data[1]))%31 != 0) {
			continue
		}
		if objects && !hasName(dict, []byte("/Filter")) {
			continue // not packed: looked through already
		}
		if objects && (hasName(dict, []byte("/DecodeParms")) || !onlyFlate(dict)) {
			return false
		}
		bad, whole := inflates(data, &left)
		if bad || left <= 0 || objects && !whole {
			return false
		}
	}
}

// onlyFlate reports whether the parts described by dict are packed in the one
// way that can be looked into.
func onlyFlate(dict []byte) bool {
	n := 0
	for rest := dict; ; n++ {
		i := bytes.Index(rest, []byte("/Filter"))
		if i < 0 {
			return n > 0
		}
		rest = bytes.TrimLeft(rest[i+len("/Filter"):], " \t\r\n\f\x00[")
		after, ok := bytes.CutPrefix(rest, []byte("/FlateDecode"))
		if after = bytes.TrimLeft(after, " \t\r\n\f\x00"); !ok || bytes.HasPrefix(after, []byte("/Fl")) || bytes.HasPrefix(after, []byte("/AS")) || bytes.HasPrefix(after, []byte("/LZW")) || bytes.HasPrefix(after, []byte("/Run")) || bytes.HasPrefix(after, []byte("/Crypt")) {
			return false
		}
	}
}

// inflates unpacks data piece by piece: bad if a forbidden name is in it, whole
// if it could be unpacked to its end.
func inflates(data []byte, left *int64) (bad, whole bool) {
	z, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return false, false
	}
	const keep = 64 // longer than any name, escapes included
	buf := make([]byte, 0, 64<<10)
	for *left > 0 {
		n, err := z.Read(buf[len(buf):cap(buf)])
		*left -= int64(n)
		buf = buf[:len(buf)+n]
		if actsPDF(unescapeNames(buf)) {
			return true, false
		}
		if err != nil {
			return false, errors.Is(err, io.EOF)
		}
		if len(buf) > cap(buf)/2 {
			buf = buf[:copy(buf[:keep], buf[len(buf)-keep:])]
		}
	}
	return false, false
}

func actsPDF(b []byte) bool {
	for _, name := range pdfRefused {
		if hasName(b, name) {
			return true
		}
	}
	return false
}

// hasName reports whether b holds the name, or one that begins with it and goes
// on in letters only for /EmbeddedFile, which also stands for the list of them.
func hasName(b, name []byte) bool {
	for {
		i := bytes.Index(b, name)
		if i < 0 {
			return false
		}
		b = b[i+len(name):]
		if len(b) == 0 || !isNameByte(b[0]) || string(name) == "/EmbeddedFile" {
			return true
		}
	}
}

func isNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.'
}

// unescapeNames writes out the #xx by which a name's letters may be hidden.
func unescapeNames(b []byte) []byte {
	if bytes.IndexByte(b, '#') < 0 {
		return b
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] == '#' && i+2 < len(b) {
			if hi, lo := unhex(b[i+1]), unhex(b[i+2]); hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		out = append(out, b[i])
	}
	return out
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
