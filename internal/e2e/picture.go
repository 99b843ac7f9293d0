// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bufio"
	"cmp"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"slices"
)

// LampPhoto writes what a resident might photograph, a street lamp that is dark
// before the last light of the sky, as a JPEG to the file.
func LampPhoto(file string) error {
	const w, h = 1280, 960
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	mix := func(a, b color.RGBA, t float64) color.RGBA {
		f := func(x, y uint8) uint8 { return uint8(float64(x) + (float64(y)-float64(x))*t) }
		return color.RGBA{f(a.R, b.R), f(a.G, b.G), f(a.B, b.B), 255}
	}
	high, low, ground := color.RGBA{26, 34, 58, 255}, color.RGBA{196, 120, 84, 255}, color.RGBA{24, 24, 28, 255}
	roof := func(x int) int { return 640 + int(40*math.Sin(float64(x)/170)) - (x/210%3)*36 }
	for y := range h {
		for x := range w {
			c := mix(high, low, math.Pow(float64(y)/700, 2))
			if y > roof(x) {
				c = mix(ground, color.RGBA{52, 48, 52, 255}, max(0, float64(y-720)/500))
			}
			m.SetRGBA(x, y, c)
		}
	}
	fill := func(x0, y0, x1, y1 int, c color.RGBA) {
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				m.SetRGBA(x, y, c)
			}
		}
	}
	iron := color.RGBA{14, 15, 18, 255}
	fill(800, 220, 816, 860, iron)                        // the pole,
	fill(690, 216, 816, 228, iron)                        // its arm,
	fill(660, 228, 740, 250, iron)                        // the lamp,
	fill(672, 250, 728, 258, color.RGBA{70, 74, 84, 255}) // dark
	for _, x := range []int{140, 188, 300, 430, 1010, 1130} {
		fill(x, 735, x+22, 765, color.RGBA{224, 178, 96, 255}) // windows
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	b := bufio.NewWriter(f)
	return errors.Join(jpeg.Encode(b, m, &jpeg.Options{Quality: 86}), b.Flush(), f.Close())
}

// shrink writes a screenshot anew with 256 colours at most: the most frequent
// ones, which on pages of flat colours is what the eye sees.
func shrink(file string) error {
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	m, err := png.Decode(bufio.NewReader(in))
	in.Close()
	if err != nil {
		return err
	}
	b := m.Bounds()
	count := map[color.RGBA]int{}
	at := func(x, y int) color.RGBA { return color.RGBAModel.Convert(m.At(x, y)).(color.RGBA) }
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			count[at(x, y)]++
		}
	}
	all := make([]color.RGBA, 0, len(count))
	for c := range count {
		all = append(all, c)
	}
	slices.SortFunc(all, func(p, q color.RGBA) int {
		return cmp.Or(cmp.Compare(count[q], count[p]), cmp.Compare(p.R, q.R), cmp.Compare(p.G, q.G), cmp.Compare(p.B, q.B))
	})
	var palette color.Palette
	for _, c := range all[:min(len(all), 256)] {
		palette = append(palette, c)
	}
	nearest := map[color.RGBA]uint8{}
	out := image.NewPaletted(b, palette)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := at(x, y)
			i, ok := nearest[c]
			if !ok {
				i = uint8(palette.Index(c))
				nearest[c] = i
			}
			out.SetColorIndex(x, y, i)
		}
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	return errors.Join((&png.Encoder{CompressionLevel: png.BestCompression}).Encode(w, out), w.Flush(), f.Close())
}
