// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	gifcodec "image/gif"
	"image/jpeg"
	"image/png"
	"testing"
)

// secret stands for everything that must not survive: it is put wherever a file
// can carry it.
const secret = "GPS 30.41N 103.46E Chen Popo"

func testImage(w, h int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{uint8(x * 255 / w), uint8(y * 255 / h), 90, 255}
			if x < w/4 && y < h/4 {
				c = color.RGBA{255, 0, 0, 255} // the top left corner is red
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

func plainJPEG(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, testImage(w, h), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// phoneTIFF is an EXIF block as a phone writes it: big-endian, with a maker's
// note, an orientation and a GPS directory.
func phoneTIFF(turn int) []byte {
	b := []byte("MM\x00*\x00\x00\x00\x08\x00\x02")
	b = append(b, 0x01, 0x0F, 0, 2, 0, 0, 0, byte(len(secret)), 0, 0, 0, 38)
	b = append(b, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, byte(turn), 0, 0)
	b = append(b, 0, 0, 0, 0)
	return append(b, secret...)
}

// phoneJPEG is a JPEG that carries the secret in every place there is.
func phoneJPEG(t testing.TB, w, h, turn int) []byte {
	t.Helper()
	plain := plainJPEG(t, w, h)
	b := []byte{0xFF, 0xD8}
	b = appendSegment(b, 0xE0, []byte("JFIF\x00\x01\x01\x00\x00\x48\x00\x48\x01\x01"+secret[:3]))
	b = appendSegment(b, 0xE0, []byte("JFXX\x00"+secret))
	b = appendSegment(b, 0xE1, append([]byte("Exif\x00\x00"), phoneTIFF(turn)...))
	b = appendSegment(b, 0xE1, []byte("http://ns.adobe.com/xap/1.0/\x00"+secret))
	b = appendSegment(b, 0xE2, []byte("ICC_PROFILE\x00"+secret))
	b = appendSegment(b, 0xED, []byte("Photoshop 3.0\x00"+secret))
	b = appendSegment(b, 0xFE, []byte(secret))
	b = append(b, plain[2:]...)
	return append(b, secret...) // the film of a live photo
}

func plainPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func phonePNG(t testing.TB, w, h, turn int) []byte {
	t.Helper()
	plain := plainPNG(t, testImage(w, h))
	const head = 8 + 25
	b := bytes.Clone(plain[:head])
	for _, name := range []string{"tEXt", "zTXt", "iTXt", "iCCP", "tIME", "prVt"} {
		b = appendChunk(b, name, []byte(secret))
	}
	b = appendChunk(b, "eXIf", phoneTIFF(turn))
	b = append(b, plain[head:]...)
	return append(b, secret...)
}

func testGIF(t testing.TB, w, h, frames int) []byte {
	t.Helper()
	m := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.White, color.Black})
	m.SetColorIndex(1, 1, 1)
	g := &gifcodec.GIF{}
	for range frames {
		g.Image, g.Delay = append(g.Image, m), append(g.Delay, 1)
	}
	var b bytes.Buffer
	if err := gifcodec.EncodeAll(&b, g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// webpFrame is a lossless picture of 75 × 1 … as small as one can be: 1 × 1.
func webpFrame(t testing.TB) []byte {
	t.Helper()
	whole, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if err != nil {
		t.Fatal(err)
	}
	return whole[20:]
}

func riffFile(form string, chunks ...[]byte) []byte {
	body := bytes.Join(chunks, nil)
	b := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body)+4))
	return append(append(b, form...), body...)
}

func riffChunk(name string, data []byte) []byte { return appendRIFF(nil, name, data) }

func phoneWebP(t testing.TB, turn int) []byte {
	return riffFile("WEBP",
		riffChunk("VP8X", []byte{0x3C &^ 2, 0, 0, 0, 0, 0, 0, 0, 0, 0}),
		riffChunk("ICCP", []byte(secret)),
		riffChunk("VP8L", webpFrame(t)),
		riffChunk("EXIF", phoneTIFF(turn)),
		riffChunk("XMP ", []byte(secret)),
		riffChunk("oops", []byte(secret)))
}

func box(name string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)+8))
	return append(append(b, name...), body...)
}

func handler(kind string) []byte {
	return box("hdlr", make([]byte, 8), []byte(kind), make([]byte, 12), []byte(secret))
}

func testMP4(handlers ...string) []byte {
	times := append([]byte{0, 0, 0, 0}, bytes.Repeat([]byte{0xE1}, 8)...)
	var tracks []byte
	for _, h := range handlers {
		tracks = append(tracks, box("trak",
			box("tkhd", times, make([]byte, 72)),
			box("mdia", box("mdhd", times, make([]byte, 12)), handler(h),
				box("minf", box("smhd", make([]byte, 8)),
					box("dinf", box("dref", make([]byte, 4), []byte{0, 0, 0, 1}, box("url ", []byte{0, 0, 0, 1}))),
					box("stbl", box("stsd", make([]byte, 8)), box("stco", make([]byte, 8)), box("zzzz", []byte(secret))))),
			box("udta", []byte(secret)))...)
	}
	return bytes.Join([][]byte{
		box("ftyp", []byte("M4A \x00\x00\x00\x00M4A mp42")),
		box("moov", box("mvhd", times, make([]byte, 80)), tracks,
			box("udta", box("\xA9xyz", []byte(secret)), box("meta", []byte(secret)))),
		box("uuid", []byte(secret)), box("free", []byte(secret)),
		box("mdat", []byte("SOUNDSOUND")),
	}, nil)
}

func ebml(id uint32, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	b := bytes.TrimLeft(binary.BigEndian.AppendUint32(nil, id), "\x00")
	b = append(b, 0x10|byte(len(body)>>24), byte(len(body)>>16), byte(len(body)>>8), byte(len(body)))
	return append(b, body...)
}

func testWebM(trackType byte) []byte {
	live := func(id uint32) []byte {
		return append(binary.BigEndian.AppendUint32(nil, id), 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF)
	}
	return bytes.Join([][]byte{
		ebml(ebmlHeader, ebml(0x4282, []byte("webm"))),
		live(webmSegment),
		ebml(webmInfo, ebml(0x2AD7B1, []byte{15, 66, 64}), ebml(0x4D80, []byte(secret)), ebml(0x7BA9, []byte(secret))),
		ebml(webmTracks, ebml(webmTrack, ebml(0xD7, []byte{1}), ebml(webmType, []byte{trackType}), ebml(0x86, []byte("A_OPUS")), ebml(0x536E, []byte(secret)))),
		ebml(0x1254C367, bytes.Repeat([]byte(secret), 20)), // tags
		live(webmCluster), ebml(0xE7, []byte{0}), ebml(0xA3, []byte("SOUND1")), ebml(0xAF, []byte(secret)),
		live(webmCluster), ebml(0xE7, []byte{9}), ebml(0xA3, []byte("SOUND2")),
		ebml(0x1941A469, []byte(secret)), // attachments
	}, nil)
}

func testOgg(vorbis bool, tag string) []byte {
	serial := []byte{1, 2, 3, 4}
	seq := uint32(0)
	page := func(b []byte, flags byte, packets ...[]byte) []byte {
		var l, d []byte
		for _, p := range packets {
			l, d = append(l, lacing(len(p))...), append(d, p...)
		}
		return appendOgg(b, oggPage{flags, make([]byte, 8), serial, l, d}, &seq)
	}
	var b []byte
	if vorbis {
		b = page(b, oggFirst, append([]byte("\x01vorbis"), make([]byte, 23)...))
		b = page(b, 0, []byte("\x03vorbis"+tag), []byte("\x05vorbisSETUP"))
	} else {
		b = page(b, oggFirst, append([]byte("OpusHead"), make([]byte, 11)...))
		b = page(b, 0, []byte("OpusTags"+tag))
	}
	b = page(b, 0, []byte("SOUND1"), []byte("SOUND2"))
	return page(b, 4, []byte("SOUND3"))
}

func testMP3(frames int) []byte {
	b := append([]byte("ID3\x03\x00\x00\x00\x00\x00"), byte(len(secret)))
	b = append(b, secret...)
	for i := range frames {
		f := make([]byte, mp3FrameLen(0xFFFB9000))
		binary.BigEndian.PutUint32(f, 0xFFFB9000)
		f[4] = byte(i)
		b = append(b, f...)
	}
	return append(append(b, "TAG"...), append([]byte(secret), make([]byte, 125-len(secret))...)...)
}

func testAMR(frames int) []byte {
	b := []byte(amrMagic)
	for range frames {
		b = append(b, append([]byte{0x3C}, make([]byte, 31)...)...)
	}
	return b
}

func testWAV() []byte {
	return riffFile("WAVE", riffChunk("fmt ", make([]byte, 16)), riffChunk("LIST", []byte(secret)),
		riffChunk("bext", []byte(secret)), riffChunk("data", []byte("SOUND")), riffChunk("id3 ", []byte(secret)))
}

func testPDF(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	for i, o := range append([]string{"<< /Type /Catalog >>"}, objects...) {
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	b.WriteString("trailer << /Root 1 0 R >>\nstartxref\n0\n%%EOF\n")
	return b.Bytes()
}

func packed(dict, s string) string {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write([]byte(s)) // memory
	w.Close()          // memory
	return fmt.Sprintf("<< %s /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream", dict, z.Len(), z.String())
}
