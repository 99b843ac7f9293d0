// SPDX-License-Identifier: Apache-2.0

package classify

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"slices"
)

// magic begins every stored model; its last byte is the version of the form.
const magic = "yuanba classify\x01"

// ErrFormat says that bytes are no model, or one that is damaged.
var ErrFormat = errors.New("not a stored model, or a damaged one")

const maxLabels = 10_000

// MarshalBinary implements [encoding.BinaryMarshaler]. In it stands: the labels
// with their bias, the temperature, each feature's key, scales and row of weights,
// and the vocabulary if there is one; a checksum is the end.
func (m *Model) MarshalBinary() ([]byte, error) {
	b := []byte(magic)
	b = binary.AppendUvarint(b, uint64(len(m.labels)))
	for l, name := range m.labels {
		b = binary.AppendUvarint(b, uint64(len(name)))
		b = append(b, name...)
		b = appendFloat(b, m.bias[l])
	}
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(m.heat))
	b = binary.AppendUvarint(b, uint64(len(m.feats)))
	for f, k := range m.reader.known.keys(len(m.feats)) {
		b = binary.LittleEndian.AppendUint32(b, uint32(k))
		b = appendFloat(appendFloat(b, m.feats[f].idf), m.feats[f].scale)
	}
	for _, w := range m.rows {
		b = append(b, byte(w))
	}
	v := m.reader.words
	if v == nil {
		b = binary.AppendUvarint(b, 0)
	} else {
		b = binary.AppendUvarint(b, uint64(len(v.logp)))
		for w, k := range v.at.keys(len(v.logp)) {
			b = appendFloat(binary.LittleEndian.AppendUint32(b, uint32(k)), v.logp[w])
			fs := v.feats[v.from[w]:v.from[w+1]]
			b = binary.AppendUvarint(b, uint64(len(fs)))
			for _, f := range fs {
				b = binary.AppendUvarint(b, uint64(f)) //nolint:gosec // not negative
			}
		}
	}
	return binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b)), nil
}

func appendFloat(b []byte, x float32) []byte {
	return binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
}

// UnmarshalBinary implements [encoding.BinaryUnmarshaler]. The model must be new.
// It is ErrFormat for anything that MarshalBinary has not written.
func (m *Model) UnmarshalBinary(b []byte) error {
	rest, ok := bytes.CutPrefix(b, []byte(magic))
	if !ok || len(rest) < 4 {
		return ErrFormat
	}
	end := len(b) - 4
	if crc32.ChecksumIEEE(b[:end]) != binary.LittleEndian.Uint32(b[end:]) {
		return ErrFormat
	}
	p := parser{b: rest[:len(rest)-4]}
	labels := p.count(maxLabels, 5)
	for range labels {
		m.labels = append(m.labels, string(p.take(p.count(1<<16, 1))))
		m.bias = append(m.bias, p.float())
	}
	m.heat = math.Float64frombits(p.uint64())
	n := p.count(maxFeats, 12+labels)
	m.reader = &reader{known: newTable(n), n: n}
	for f := range n {
		m.reader.known.put(key(p.uint32()), int32(f)) //nolint:gosec // below maxFeats
		m.feats = append(m.feats, feature{p.float(), p.float()})
	}
	for _, w := range p.take(n * labels) {
		m.rows = append(m.rows, int8(w)) //nolint:gosec // as it was written
	}
	if words := p.count(1<<24, 9); words > 0 {
		v := &vocabulary{at: newTable(words), from: []int32{0}}
		for w := range words {
			v.at.put(key(p.uint32()), int32(w)) //nolint:gosec // below 1<<24
			logp := p.float()
			p.bad = p.bad || !(logp <= 0 && logp > -100) && logp != noWord
			v.logp = append(v.logp, logp)
			for range p.count(4*maxWord, 1) {
				f := p.count(n-1, 0)
				v.feats = append(v.feats, int32(f)) //nolint:gosec // below maxFeats
			}
			v.from = append(v.from, int32(len(v.feats))) //nolint:gosec // no more than there are bytes
		}
		if v.at.n != words {
			p.bad = true
		}
		v.open()
		m.reader.words = v
	}
	sane := labels >= 2 && slices.IsSorted(m.labels) && m.heat > 0 && !math.IsInf(m.heat, 0) && m.reader.known.n == n
	if p.bad || len(p.b) > 0 || !sane {
		*m = Model{}
		return ErrFormat
	}
	return nil
}

// A parser reads numbers off bytes; after a fault it reads zeros.
type parser struct {
	b   []byte
	bad bool
}

func (p *parser) take(n int) []byte {
	if p.bad || n < 0 || n > len(p.b) {
		p.bad, p.b = true, nil
		return nil
	}
	b := p.b[:n]
	p.b = p.b[n:]
	return b
}

// count reads a number up to most, of things of which each has size bytes at
// least: more than there are bytes for is a fault before anything is made of it.
func (p *parser) count(most, size int) int {
	v, n := binary.Uvarint(p.b)
	if p.bad || n <= 0 || most < 0 || v > uint64(most) {
		p.bad, p.b = true, nil
		return 0
	}
	p.b = p.b[n:]
	if int(v)*size > len(p.b) { //nolint:gosec // below most
		p.bad, p.b = true, nil
		return 0
	}
	return int(v) //nolint:gosec // below most
}

func (p *parser) uint32() uint32 {
	if b := p.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (p *parser) uint64() uint64 {
	if b := p.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (p *parser) float() float32 { return math.Float32frombits(p.uint32()) }
