// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"yuanba/internal/kit/errs"
)

// fuzz feeds a cleaner with whatever begins like its type. It must not panic;
// what it refuses it must refuse in public words; what it cleans it must take
// again and leave as it is, and must still be of the type.
func fuzz(f *testing.F, typ Type, seeds ...[]byte) {
	for _, s := range seeds {
		f.Add(s)
	}
	how, _ := formatOf(typ)
	clean := how.other
	if how.photo != nil {
		clean = func(b []byte) ([]byte, error) {
			p, err := how.photo(b)
			return p.data, err
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, err := sniff(b[:min(len(b), sniffLen)]); err != nil || got != typ {
			return
		}
		once, err := clean(bytes.Clone(b))
		if err != nil {
			if errs.KindOf(err) != errs.Invalid {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		if got, err := sniff(once[:min(len(once), sniffLen)]); err != nil || got != typ {
			t.Fatalf("cleaned, it is %q, %v", got, err)
		}
		twice, err := clean(bytes.Clone(once))
		if err != nil {
			t.Fatalf("cleaned, it is refused: %v", err)
		}
		if !bytes.Equal(once, twice) {
			t.Fatal("cleaned twice, it changes again")
		}
	})
}

func FuzzJPEG(f *testing.F) { fuzz(f, JPEG, phoneJPEG(f, 16, 16, 6), plainJPEG(f, 8, 8)) }
func FuzzPNG(f *testing.F)  { fuzz(f, PNG, phonePNG(f, 8, 8, 3)) }
func FuzzWebP(f *testing.F) {
	fuzz(f, WebP, phoneWebP(f, 6), riffFile("WEBP", riffChunk("VP8L", webpFrame(f))))
}
func FuzzMP4(f *testing.F)  { fuzz(f, M4A, testMP4("soun"), testMP4("soun", "vide")) }
func FuzzWebM(f *testing.F) { fuzz(f, WebM, testWebM(2)) }
func FuzzOgg(f *testing.F)  { fuzz(f, Ogg, testOgg(false, secret), testOgg(true, secret)) }
func FuzzMP3(f *testing.F)  { fuzz(f, MP3, testMP3(4)) }
func FuzzAMR(f *testing.F)  { fuzz(f, AMR, testAMR(4)) }
func FuzzWAV(f *testing.F)  { fuzz(f, WAV, testWAV()) }
func FuzzPDF(f *testing.F) {
	fuzz(f, PDF, testPDF(), testPDF(packed("/Type /ObjStm", "x")), testPDF("<< /S /Launch >>"))
}

// FuzzSniff: what is told apart is told by public words or a type that is kept.
func FuzzSniff(f *testing.F) {
	for _, s := range [][]byte{nil, testAMR(1), testWAV(), []byte("<svg>"), box("ftyp", []byte("heic"))} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		typ, err := sniff(b)
		if _, ok := formatOf(typ); ok != (err == nil) {
			t.Fatalf("%q, %v", typ, err)
		}
		var e *errs.Error
		if err != nil && (!errors.As(err, &e) || e.Kind != errs.Invalid) {
			t.Fatalf("refused with %v", err)
		}
	})
}

func FuzzParseName(f *testing.F) {
	f.Add(strings.Repeat("0a", 32))
	f.Add(strings.Repeat("0a", 32) + ".small")
	f.Add("../../etc/passwd")
	f.Fuzz(func(t *testing.T, s string) {
		if n, err := ParseName(s); err == nil && (string(n) != s || strings.ContainsAny(s, `/\\`)) {
			t.Errorf("%q became %q", s, n)
		}
	})
}
