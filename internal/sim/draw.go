// SPDX-License-Identifier: Apache-2.0

package sim

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"math/rand/v2"
	"strconv"

	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/places"
)

// The pictures of a demonstration are drawn, so that none is anybody's. A receipt is a
// sheet with lines, an amount in seven-segment figures and a round red seal; a village
// is hills, water and roofs.

var (
	sheetWhite = color.RGBA{250, 247, 238, 255}
	inkGrey    = color.RGBA{90, 96, 92, 255}
	sealRed    = color.RGBA{185, 58, 38, 255}
)

func encode(m image.Image) []byte {
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, m); err != nil {
		panic(err) // a picture in memory, into memory
	}
	return b.Bytes()
}

func fill(m *image.Paletted, r image.Rectangle, c color.Color) {
	draw.Draw(m, r, image.NewUniform(c), image.Point{}, draw.Src)
}

// drawReceipt draws the paper of an entry; without an amount, one of a shared kind.
func drawReceipt(rnd *rand.Rand, n int, amount affairs.Fen) []byte {
	m := image.NewPaletted(image.Rect(0, 0, 480, 320), color.Palette{sheetWhite, inkGrey, sealRed, color.RGBA{222, 214, 198, 255}})
	for y := 96; y < 260; y += 36 {
		fill(m, image.Rect(32, y, 448, y+1), inkGrey)
	}
	for _, x := range []int{32, 240, 344, 447} {
		fill(m, image.Rect(x, 96, x+1, 241), inkGrey)
	}
	fill(m, image.Rect(130, 34, 350, 40), inkGrey)
	for i := range 4 { // what is written: strokes, no words
		for x, y := 44, 108+36*i; x < 60+rnd.IntN(150); x += 14 {
			fill(m, image.Rect(x, y, x+9, y+3+rnd.IntN(8)), inkGrey)
		}
	}
	text := strconv.Itoa(1000 + n)
	if amount > 0 {
		text = strconv.Itoa(int(amount/100)) + "." + strconv.Itoa(int(100 + amount%100))[1:]
	}
	figures(m, 256, 264, text)
	cx, cy, r := 390.0, 236.0, 44.0
	for y := 180; y < 300; y++ {
		for x := 330; x < 450; x++ {
			d := math.Hypot(float64(x)-cx, float64(y)-cy)
			if math.Abs(d-r) < 2.5 || d < 12 && d > 9 {
				m.SetColorIndex(x, y, 2)
			}
		}
	}
	return encode(m)
}

// segments are the strokes of figures: top, upper left, upper right, middle, lower
// left, lower right, bottom.
var segments = map[rune]string{'0': "1110111", '1': "0010010", '2': "1011101", '3': "1011011", '4': "0111010", '5': "1101011", '6': "1101111", '7': "1010010", '8': "1111111", '9': "1111011"}

func figures(m *image.Paletted, x, y int, text string) {
	for _, r := range text {
		if r == '.' {
			fill(m, image.Rect(x, y+28, x+4, y+32), inkGrey)
			x += 10
			continue
		}
		for i, on := range segments[r] {
			if on == '0' {
				continue
			}
			at := []image.Rectangle{image.Rect(0, 0, 16, 3), image.Rect(0, 0, 3, 16), image.Rect(13, 0, 16, 16), image.Rect(0, 15, 16, 18), image.Rect(0, 16, 3, 32), image.Rect(13, 16, 16, 32), image.Rect(0, 29, 16, 32)}[i]
			fill(m, at.Add(image.Pt(x, y)), inkGrey)
		}
		x += 22
	}
}

// drawVillage draws hills behind what a sort of community is known by.
func drawVillage(rnd *rand.Rand, c places.Community) []byte {
	const w, h = 1200, 450
	sky, far, near, ground := color.RGBA{238, 231, 214, 255}, color.RGBA{186, 203, 190, 255}, color.RGBA{139, 168, 148, 255}, color.RGBA{205, 196, 160, 255}
	wall, roof, window := color.RGBA{247, 242, 230, 255}, color.RGBA{84, 92, 92, 255}, color.RGBA{214, 178, 92, 255}
	m := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{sky, far, near, ground, wall, roof, window, color.RGBA{176, 200, 208, 255}, sealRed})
	a, b := rnd.Float64()*6, rnd.Float64()*6
	for x := range w {
		t := float64(x) / w
		one := int(170 + 50*math.Sin(a+5*t) + 24*math.Sin(b+13*t))
		two := int(250 + 36*math.Sin(b+4*t) + 16*math.Sin(a+11*t))
		fill(m, image.Rect(x, one, x+1, h), far)
		fill(m, image.Rect(x, two, x+1, h), near)
	}
	fill(m, image.Rect(0, 350, w, h), ground)
	for i := 0; i < 9; i++ {
		x := 40 + i*130 + rnd.IntN(40)
		switch c {
		case places.Urban:
			top := 170 + rnd.IntN(110)
			fill(m, image.Rect(x, top, x+86, 360), wall)
			fill(m, image.Rect(x-4, top-8, x+90, top), roof)
			for y := top + 16; y < 344; y += 28 {
				for k := range 3 {
					fill(m, image.Rect(x+12+k*24, y, x+24+k*24, y+14), window)
				}
			}
		case places.Industrial:
			fill(m, image.Rect(x, 276, x+110, 360), wall)
			for k := range 3 {
				slope(m, x+k*36, 276, 36, 22, roof)
			}
			if i%3 == 0 {
				fill(m, image.Rect(x+120, 190, x+132, 360), sealRed)
			}
		case places.Rural:
			y := 290 + rnd.IntN(30)
			fill(m, image.Rect(x, y, x+76, y+52), wall)
			gable(m, x-12, y, 100, 30, roof)
			fill(m, image.Rect(x+30, y+20, x+46, y+52), roof)
		}
	}
	for y := 372; y < h; y += 16 {
		if c == places.Rural {
			fill(m, image.Rect(0, y, w, y+5), color.RGBA{139, 168, 148, 255})
		} else if y > 390 {
			fill(m, image.Rect(0, y, w, y+10), color.RGBA{176, 200, 208, 255})
		}
	}
	return encode(m)
}

// gable is a roof seen from the front: wide at the bottom.
func gable(m *image.Paletted, x, y, w, h int, c color.Color) {
	for i := range h {
		in := i * w / (3 * h)
		fill(m, image.Rect(x+in, y-i-1, x+w-in, y-i), c)
	}
}

// slope is a tooth of a factory's roof.
func slope(m *image.Paletted, x, y, w, h int, c color.Color) {
	for i := range h {
		fill(m, image.Rect(x, y-i-1, x+w-w*i/h, y-i), c)
	}
}
