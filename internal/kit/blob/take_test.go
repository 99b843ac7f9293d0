// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"yuanba/internal/kit/errs"
)

func testKeeper(t testing.TB) (*Keeper, *Disk) {
	t.Helper()
	d, err := OpenDisk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	k, err := NewKeeper(d, bytes.Repeat([]byte{7}, minKey), 2)
	if err != nil {
		t.Fatal(err)
	}
	return k, d
}

func read(t testing.TB, k *Keeper, n Name) []byte {
	t.Helper()
	o, err := k.Open(context.Background(), n)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	b, err := io.ReadAll(o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func keyOf(err error) string {
	if es := errs.Public(err); len(es) > 0 {
		return string(es[0].Kind) + " " + es[0].Key
	}
	return "not public: " + err.Error()
}

func TestTake(t *testing.T) {
	t.Parallel()
	k, _ := testKeeper(t)
	for name, c := range map[string]struct {
		in    []byte
		typ   Type
		w, h  int
		still []string // must be in what is kept
	}{
		"jpeg upright": {phoneJPEG(t, 400, 300, 1), JPEG, 400, 300, nil},
		"jpeg turned":  {phoneJPEG(t, 400, 300, 6), JPEG, 300, 400, []string{"Exif\x00\x00II*"}},
		"png turned":   {phonePNG(t, 40, 30, 8), PNG, 30, 40, []string{"eXIfII*"}},
		"gif":          {testGIF(t, 20, 10, 3), PNG, 20, 10, nil},
		"webp":         {phoneWebP(t, 6), WebP, 1, 1, []string{"EXIF", "II*"}},
		"m4a":          {testMP4("soun"), M4A, 0, 0, []string{"SOUNDSOUND", "stco"}},
		"webm":         {testWebM(2), WebM, 0, 0, []string{"SOUND1", "SOUND2", "A_OPUS"}},
		"opus":         {testOgg(false, secret), Ogg, 0, 0, []string{"SOUND1", "SOUND3", "OpusTags"}},
		"opus long":    {testOgg(false, strings.Repeat(secret, 2000)), Ogg, 0, 0, []string{"SOUND1", "SOUND3"}},
		"vorbis":       {testOgg(true, secret), Ogg, 0, 0, []string{"SETUP", "SOUND3"}},
		"mp3":          {testMP3(5), MP3, 0, 0, nil},
		"amr":          {testAMR(5), AMR, 0, 0, nil},
		"wav":          {testWAV(), WAV, 0, 0, []string{"SOUND"}},
		"pdf":          {testPDF("<< /Type /Page >>", packed("/Type /ObjStm /N 1", "1 0 << /Type /Font >>")), PDF, 0, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, err := k.Take(context.Background(), bytes.NewReader(c.in), Default())
			if err != nil {
				t.Fatal(err)
			}
			if b.Type != c.typ || b.Width != c.w || b.Height != c.h {
				t.Errorf("got %+v", b)
			}
			kept := read(t, k, b.Hash.File())
			if HashOf(kept) != b.Hash || int64(len(kept)) != b.Size {
				t.Error("what is kept is not what its hash says")
			}
			for _, part := range []string{secret, secret[:8], "Popo"} {
				if bytes.Contains(kept, []byte(part)) {
					t.Errorf("%q was kept", part)
				}
			}
			if bytes.Contains(kept, bytes.Repeat([]byte{0xE1}, 4)) {
				t.Error("the time of making was kept")
			}
			for _, s := range c.still {
				if !bytes.Contains(kept, []byte(s)) {
					t.Errorf("%q was lost", s)
				}
			}
			again, err := k.Take(context.Background(), bytes.NewReader(kept), Default())
			if err != nil || again != b {
				t.Errorf("taken again it is %+v, %v", again, err)
			}
			for _, n := range b.Names()[1:] {
				if _, err := jpeg.Decode(bytes.NewReader(read(t, k, n))); err != nil {
					t.Errorf("%s: %v", n, err)
				}
			}
		})
	}
}

func TestThumbsStandUpright(t *testing.T) {
	t.Parallel()
	k, _ := testKeeper(t)
	// Where the red corner of the stored picture is seen, for each orientation.
	for turn, corner := range []string{1: "tl", 2: "tr", 3: "br", 4: "bl", 5: "tl", 6: "tr", 7: "br", 8: "bl"} {
		if turn == 0 {
			continue
		}
		b, err := k.Take(context.Background(), bytes.NewReader(phoneJPEG(t, 1600, 1200, turn)), Default())
		if err != nil {
			t.Fatal(err)
		}
		for n, side := range map[Name]int{b.Hash.Small(): Small, b.Hash.Medium(): Medium} {
			m, err := jpeg.Decode(bytes.NewReader(read(t, k, n)))
			if err != nil {
				t.Fatal(err)
			}
			s := m.Bounds().Size()
			want := image.Pt(side, side*3/4)
			if turn >= 5 {
				want = image.Pt(side*3/4, side)
			}
			if s != want || (b.Width > b.Height) != (turn < 5) {
				t.Errorf("turn %d: %v, blob %d × %d", turn, s, b.Width, b.Height)
			}
			for at, p := range map[string]image.Point{"tl": {9, 9}, "tr": {s.X - 9, 9}, "bl": {9, s.Y - 9}, "br": {s.X - 9, s.Y - 9}} {
				c := color.RGBAModel.Convert(m.At(p.X, p.Y)).(color.RGBA)
				if red := c.R > 220 && c.G < 40 && c.B < 40; red != (at == corner) {
					t.Errorf("turn %d: corner %s is %v", turn, at, c)
				}
			}
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	k, d := testKeeper(t)
	l := Default()
	long := l
	long.Photo, long.Sound, long.PDF = 1000, 1000, 1000
	few := l
	few.Pixels = 1000
	bigPNG := plainPNG(t, image.NewGray(image.Rect(0, 0, 1, 1)))
	bomb := appendChunk([]byte(pngMagic), "IHDR", []byte{0, 0, 0x7F, 0xFF, 0, 0, 0x7F, 0xFF, 8, 2, 0, 0, 0})
	bomb = append(bomb, bigPNG[33:]...)
	progressive := plainJPEG(t, 64, 64)
	sof := bytes.Index(progressive, []byte{0xFF, 0xC0})
	progressive[sof+1] = 0xC2
	copy(progressive[sof+5:], []byte{0x15, 0, 0x20, 0}) // 5376 × 8192: within 50 M points, not within memory
	for name, c := range map[string]struct {
		in   []byte
		l    Limits
		want string
	}{
		"nothing":               {nil, l, "blob.empty"},
		"svg":                   {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), l, "blob.type"},
		"html":                  {[]byte("<!DOCTYPE html><script>alert(1)</script>"), l, "blob.type"},
		"zip":                   {[]byte("PK\x03\x04aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), l, "blob.type"},
		"exe":                   {[]byte("MZ\x90\x00"), l, "blob.type"},
		"heic":                  {box("ftyp", []byte("heic\x00\x00\x00\x00mif1heic")), l, "blob.heic"},
		"html behind jpeg head": {[]byte("\xFF\xD8\xFF<html>"), l, "blob.broken"},
		"photo too large":       {plainJPEG(t, 200, 200), long, "blob.large.photo"},
		"sound too large":       {testMP3(9), long, "blob.large.sound"},
		"pdf too large":         {testPDF(strings.Repeat("x", 2000)), long, "blob.large.document"},
		"too many points":       {plainJPEG(t, 64, 64), few, "blob.pixels"},
		"png bomb":              {bomb, l, "blob.pixels"},
		"progressive bomb":      {progressive, l, "blob.pixels"},
		"not wanted here":       {plainJPEG(t, 8, 8), l.Only(Sound, Document), "blob.kind.photo"},
		"no sound here":         {testMP3(9), l.Only(Photo), "blob.kind.sound"},
		"torn jpeg":             {plainJPEG(t, 64, 64)[:700], l, "blob.broken"},
		"torn png":              {plainPNG(t, testImage(9, 9))[:90], l, "blob.broken"},
		"film":                  {testMP4("soun", "vide"), l, "blob.video"},
		"place track":           {testMP4("soun", "meta"), l, "blob.tracks"},
		"no track":              {testMP4(), l, "blob.broken"},
		"webm film":             {testWebM(1), l, "blob.video"},
		"two frames of mp3":     {testMP3(2), l, "blob.broken"},
		"animated webp":         {riffFile("WEBP", riffChunk("VP8X", make([]byte, 10)), riffChunk("ANIM", make([]byte, 6))), l, "blob.animated"},
		"webp canvas lies":      {riffFile("WEBP", riffChunk("VP8X", []byte{0, 0, 0, 0, 9, 0, 0, 9, 0, 0}), riffChunk("VP8L", webpFrame(t))), l, "blob.broken"},
		"pdf script":            {testPDF("<< /S /JavaScript /JS (app.alert(1)) >>"), l, "blob.pdf.unsafe"},
		"pdf script hidden":     {testPDF("<< /S /J#61va#53cript /JS (app.alert(1)) >>"), l, "blob.pdf.unsafe"},
		"pdf script packed":     {testPDF(packed("/Type /ObjStm", "1 0 << /S /JavaScript >>")), l, "blob.pdf.unsafe"},
		"pdf packed, no type":   {testPDF(packed("", strings.Repeat("x ", 90_000)+"<< /S /Java#53cript >>")), l, "blob.pdf.unsafe"},
		"pdf packed oddly":      {testPDF("<< /Type /ObjStm /Filter /LZWDecode >>\nstream\nabc\nendstream"), l, "blob.pdf.unsafe"},
		"pdf packed twice":      {testPDF(packed("/Type /ObjStm /Filter [/ASCIIHexDecode /FlateDecode]", "x")), l, "blob.pdf.unsafe"},
		"pdf launches":          {testPDF("<< /S /Launch >>"), l, "blob.pdf.unsafe"},
		"pdf carries a file":    {testPDF("<< /Type /EmbeddedFiles >>"), l, "blob.pdf.unsafe"},
		"pdf locked":            {testPDF("<< /Encrypt 9 0 R >>"), l, "blob.pdf.locked"},
		"pdf bomb":              {testPDF(packed("/Type /ObjStm", strings.Repeat("\x00", pdfUnpacked+1))), l, "blob.pdf.unsafe"},
		"pdf torn":              {[]byte("%PDF-1.7\n1 0 obj"), l, "blob.broken"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := k.Take(context.Background(), bytes.NewReader(c.in), c.l)
			if err == nil || keyOf(err) != "invalid "+c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	t.Cleanup(func() {
		if err := d.Walk(context.Background(), func(i Info) error { return errors.New("kept " + string(i.Name)) }); err != nil {
			t.Error(err)
		}
	})
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestBodyCutOff(t *testing.T) {
	t.Parallel()
	k, _ := testKeeper(t)
	head := bytes.NewReader(plainJPEG(t, 64, 64)[:100])
	_, err := k.Take(context.Background(), io.MultiReader(head, failing{&http.MaxBytesError{Limit: 1}}), Default())
	if err == nil || keyOf(err) != "invalid blob.large" {
		t.Errorf("limit of the body: %v", err)
	}
	_, err = k.Take(context.Background(), failing{io.ErrClosedPipe}, Default())
	if !errors.Is(err, io.ErrClosedPipe) || errs.KindOf(err) != errs.Internal {
		t.Errorf("a reader that went away: %v", err)
	}
}

func TestRoom(t *testing.T) {
	t.Parallel()
	l := Default()
	if err := l.Room(l.Count-1, 1); err != nil {
		t.Error(err)
	}
	if err := l.Room(l.Count-1, 2); err == nil || keyOf(err) != "invalid blob.count" {
		t.Error(err)
	}
}

func TestSweepAndVerify(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	k, d := testKeeper(t)
	photo, err := k.Take(ctx, bytes.NewReader(plainJPEG(t, 64, 64)), Default())
	if err != nil {
		t.Fatal(err)
	}
	sound, err := k.Take(ctx, bytes.NewReader(testMP3(9)), Default())
	if err != nil {
		t.Fatal(err)
	}
	needed := func(h Hash) (bool, error) { return h == sound.Hash, nil }
	if n, err := k.Sweep(ctx, time.Now().Add(-time.Hour), needed); n != 0 || err != nil {
		t.Errorf("swept %d new objects, %v", n, err)
	}
	if n, err := k.Sweep(ctx, time.Now().Add(time.Hour), needed); n != 3 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
	if _, err := k.Open(ctx, photo.Hash.Small()); err == nil || keyOf(err) != "not_found blob.gone" {
		t.Errorf("after the sweep: %v", err)
	}
	var bad []Name
	if n, err := k.Verify(ctx, func(n Name) { bad = append(bad, n) }); n != 1 || err != nil || bad != nil {
		t.Errorf("verify: %d %v %v", n, bad, err)
	}
	if err := writeOver(d.path(sound.Hash.File())); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Verify(ctx, func(n Name) { bad = append(bad, n) }); len(bad) != 1 || err != nil {
		t.Errorf("an altered file was not found: %v %v", bad, err)
	}
	if err := k.Delete(ctx, sound.Hash); err != nil {
		t.Error(err)
	}
	if err := k.Delete(ctx, sound.Hash); err != nil {
		t.Error(err)
	}
}
