// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"
)

// The widths of the small copies: the longer side, in points.
const (
	Small  = 320
	Medium = 1024
)

const thumbQuality = 80

// decodeWebP is webp.Decode, with a panic of the decoder taken as a broken file.
func decodeWebP(b []byte) (m image.Image, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("webp: %v", p)
		}
	}()
	return webp.Decode(bytes.NewReader(b))
}

// thumbs makes the small copies of a picture, turned the right way, on white
// where it is transparent. A picture smaller than the copy keeps its size.
func thumbs(m image.Image, turn int) (small, medium []byte, err error) {
	mid := shrink(m, Medium, draw.ApproxBiLinear)
	if medium, err = encodeJPEG(turned(mid, turn)); err != nil {
		return nil, nil, err
	}
	small, err = encodeJPEG(turned(shrink(mid, Small, draw.BiLinear), turn))
	return small, medium, err
}

func shrink(m image.Image, side int, by draw.Scaler) *image.RGBA {
	b := m.Bounds()
	w, h := b.Dx(), b.Dy()
	if longer := max(w, h); longer > side {
		w, h = max(1, w*side/longer), max(1, h*side/longer)
	}
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(dst, dst.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	by.Scale(dst, dst.Bounds(), m, b, draw.Over, nil)
	return dst
}

// turned applies an EXIF orientation.
func turned(m *image.RGBA, turn int) *image.RGBA {
	if turn <= 1 || turn > 8 {
		return m
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	if turn >= 5 {
		dst = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			var u, v int
			switch turn {
			case 2:
				u, v = w-1-x, y
			case 3:
				u, v = w-1-x, h-1-y
			case 4:
				u, v = x, h-1-y
			case 5:
				u, v = y, x
			case 6:
				u, v = h-1-y, x
			case 7:
				u, v = h-1-y, w-1-x
			case 8:
				u, v = y, w-1-x
			}
			copy(dst.Pix[dst.PixOffset(u, v):][:4], m.Pix[m.PixOffset(x, y):][:4])
		}
	}
	return dst
}

func encodeJPEG(m image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := jpeg.Encode(&b, m, &jpeg.Options{Quality: thumbQuality})
	return b.Bytes(), err
}
