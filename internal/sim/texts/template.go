// SPDX-License-Identifier: Apache-2.0

package texts

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
)

// A Template is a text with choices "<a|b>", parts that may be left out "[a]"
// and slots "{road}". They may stand inside one another. One that begins with
// letters in brackets, "(a)", belongs to that strand of a situation: it goes
// only with texts of the same strand or of none. The zero Template is the empty
// text.
type Template struct {
	source string
	strand string
	parts  []part
	slots  []string // every slot, also those in choices
}

// A part is literal text, a slot, or a choice of one among several sequences.
type part struct {
	text    string
	slot    string
	choices [][]part
}

// maybe is how likely a part in brackets is kept.
const maybe = 0.55

// Parse reads a template. It fails where a bracket is not closed, a slot has no
// name or a choice is empty.
func Parse(source string) (Template, error) {
	p, strand := parser{rest: source}, ""
	if rest, begins := strings.CutPrefix(source, "("); begins {
		letters, rest, closed := strings.Cut(rest, ")")
		if !closed || letters == "" || strings.Trim(letters, "abcp") != "" {
			return Template{}, fmt.Errorf("template %q: bad strand", source)
		}
		strand, p.rest = letters, rest
	}
	parts, err := p.sequence("")
	if err != nil {
		return Template{}, fmt.Errorf("template %q: %w", source, err)
	}
	return Template{source: source, strand: strand, parts: parts, slots: slotsOf(parts)}, nil
}

// String is the template as it was written.
func (t Template) String() string { return t.source }

// UnmarshalJSON reads a template from a JSON string.
func (t *Template) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	parsed, err := Parse(s)
	*t = parsed
	return err
}

// goesWith says whether two texts can be said about the same thing.
func (t Template) goesWith(other Template) bool {
	return t.strand == "" || other.strand == "" || t.strand == other.strand
}

// slotsOf names every slot in the parts, also those in choices.
func slotsOf(parts []part) []string {
	var names []string
	for _, p := range parts {
		if p.slot != "" {
			names = append(names, p.slot)
		}
		for _, c := range p.choices {
			names = append(names, slotsOf(c)...)
		}
	}
	return names
}

// fill makes one text of the template; value gives the words of a slot.
func (t Template) fill(rnd *rand.Rand, value func(string) string) string {
	var b strings.Builder
	var write func([]part)
	write = func(parts []part) {
		for _, p := range parts {
			switch {
			case p.slot != "":
				b.WriteString(value(p.slot))
			case len(p.choices) == 1:
				if rnd.Float64() < maybe {
					write(p.choices[0])
				}
			case len(p.choices) > 1:
				write(p.choices[rnd.IntN(len(p.choices))])
			default:
				b.WriteString(p.text)
			}
		}
	}
	write(t.parts)
	return b.String()
}

type parser struct{ rest string }

// sequence reads parts up to one of the closing characters, which it leaves.
func (p *parser) sequence(until string) ([]part, error) {
	var parts []part
	for p.rest != "" && (until == "" || !strings.ContainsAny(p.rest[:1], until)) {
		switch p.rest[0] {
		case '{':
			name, rest, closed := strings.Cut(p.rest[1:], "}")
			if !closed || name == "" || strings.ContainsAny(name, "{<[|]> ") {
				return nil, fmt.Errorf("bad slot at %q", p.rest)
			}
			parts, p.rest = append(parts, part{slot: name}), rest
		case '[':
			p.rest = p.rest[1:]
			inner, err := p.sequence("]")
			if err != nil {
				return nil, err
			}
			if !p.eat(']') || len(inner) == 0 {
				return nil, fmt.Errorf("empty or open bracket before %q", p.rest)
			}
			parts = append(parts, part{choices: [][]part{inner}})
		case '<':
			choice, err := p.choice()
			if err != nil {
				return nil, err
			}
			parts = append(parts, choice)
		case '}', ']', '>', '|':
			return nil, fmt.Errorf("stray %q", p.rest[:1])
		default:
			end := strings.IndexAny(p.rest, "{}[]<>|")
			if end < 0 {
				end = len(p.rest)
			}
			parts, p.rest = append(parts, part{text: p.rest[:end]}), p.rest[end:]
		}
	}
	return parts, nil
}

// choice reads "<a|b>"; a choice may have one empty alternative but needs two.
func (p *parser) choice() (part, error) {
	var c part
	p.rest = p.rest[1:]
	for {
		one, err := p.sequence("|>")
		if err != nil {
			return part{}, err
		}
		c.choices = append(c.choices, one)
		if p.eat('|') {
			continue
		}
		if !p.eat('>') || len(c.choices) < 2 {
			return part{}, fmt.Errorf("open or single choice before %q", p.rest)
		}
		return c, nil
	}
}

// eat takes the character c if it comes next.
func (p *parser) eat(c byte) bool {
	if p.rest == "" || p.rest[0] != c {
		return false
	}
	p.rest = p.rest[1:]
	return true
}
