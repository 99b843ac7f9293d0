// SPDX-License-Identifier: Apache-2.0

package texts

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Slots is what the caller knows about a matter. What is left empty is made up
// from the pools: {place} {road} {courtyard} {shop} {spot} {block} {group}
// {unit} {worker} {date}. The others, such as {since}, {when}, {count}, {who},
// always come from the pools. Words of the situation's own come before all others.
type Slots struct {
	Place     string    // 宝塔社区
	Road      string    // 书院街
	Courtyard string    // 桂花小区
	Shop      string    // 唐记副食店
	Spot      string    // a place one can find, as people say it
	Block     string    // 3栋2单元
	Group     string    // 5组
	Unit      string    // who handles it
	Worker    string    // who did it
	Date      string    // when it was done, as people say it
	Rural     bool      // the matter is in a village
	Voice     Voice     // wanted if the situation has it
	At        time.Time // local time of writing; zero: midday
}

// Written is a matter in somebody's words.
type Written struct {
	Title string
	Body  string
	Voice Voice
	// Said holds the words used for each slot, so that later texts (see Say)
	// speak of the same spot.
	Said map[string]string
	// Then is the situation with what can follow this telling of it: take
	// handling, asks, notes and the rest from here.
	Then Situation
}

// Longest and Shortest are the bounds of a body, in characters.
const (
	Shortest = 8
	Longest  = 600
)

// manner is how a voice composes: how likely it opens, closes, adds details and
// says when to call, and how it treats punctuation.
type manner struct {
	opens, closes, details, reach, bare, spaces, shout float64
}

var manners = map[Voice]manner{
	Plain:    {opens: .4, closes: .6, details: .6, reach: .12, bare: .25, spaces: .04},
	Polite:   {opens: .9, closes: .95, details: .8, reach: .35},
	Brief:    {opens: .1, closes: .25, details: .3, bare: .6, spaces: .25},
	Angry:    {opens: .35, closes: .8, details: .7, reach: .05, shout: .45},
	Elder:    {opens: .85, closes: .7, details: .7, reach: .15},
	Mother:   {opens: .5, closes: .6, details: .6, reach: .2, bare: .3, spaces: .08},
	Villager: {opens: .7, closes: .6, details: .6, reach: .1, bare: .2, spaces: .05},
	Shop:     {opens: .6, closes: .6, details: .6, reach: .1, bare: .2},
}

// lives is how likely a text says where its writer lives: the better the text
// itself tells where, by one of these slots, the less.
var lives = []struct {
	slot   string
	chance float64
}{{"spot", .06}, {"courtyard", .06}, {"block", .06}, {"road", .35}, {"group", .6}, {"shop", .6}, {"", .97}}

// Write tells the situation in one of its voices: title, body and the words used.
// No slot stays open, the body has Shortest to Longest characters, and the same
// state of rnd with the same arguments gives the same words. Two bodies are
// hardly ever alike; a Writer sees to it that they never are.
func Write(rnd *rand.Rand, s Situation, slots Slots) Written {
	r := resolver{rnd: rnd, slots: slots, own: s.Slots, private: s.Private, said: map[string]string{}, used: map[string]bool{}}
	r.known()
	if fit := s.In(slots.Rural); len(fit.Bodies) > 0 {
		s = fit
	}
	body := choose(rnd, s.Bodies, slots)
	s = s.with(body.Text)
	text := r.compose(body, s.Details)
	return Written{
		Body:  text,
		Title: strings.TrimRight(pick(rnd, s.Titles).fill(rnd, r.value), "。，"),
		Voice: body.Voice,
		Said:  r.said,
		Then:  s,
	}
}

// compose puts a body together: opening, the matter itself, details in any
// order, whereabouts, when to call, closing.
func (r *resolver) compose(body Body, details []Template) string {
	m := manners[body.Voice]
	core := []string{body.Text.fill(r.rnd, r.value)}
	for _, i := range r.rnd.Perm(len(details)) {
		if len(core) > 2 || r.rnd.Float64() > m.details/float64(len(core)) {
			break
		}
		core = append(core, details[i].fill(r.rnd, r.value))
	}
	chance := 0.0
	for _, l := range lives {
		if chance = l.chance; r.used[l.slot] {
			break
		}
	}
	if r.rnd.Float64() < chance {
		where := Urban
		if r.slots.Rural {
			where = Rural
		}
		if line := r.line(Shared().Particulars, string(where)); line != "" {
			at := r.rnd.IntN(2) * len(core)
			core = slices.Insert(core, at, line)
		}
	}
	if r.rnd.Float64() < m.reach {
		core = append(core, r.line(Shared().Particulars, "reach"))
	}
	opening, closing := "", ""
	if r.rnd.Float64() < m.opens {
		opening = r.line(Shared().Openings, string(body.Voice))
	}
	if r.rnd.Float64() < m.closes {
		closing = r.line(Shared().Closings, string(body.Voice))
	}
	if opening == "" && r.rnd.Float64() < .06 {
		opening, closing = closing, ""
	}
	return punctuate(r.rnd, join(append(append([]string{opening}, core...), closing), body.Voice), m)
}

// join sets sentences one after the other, with a stop where one has none.
func join(sentences []string, v Voice) string {
	var b strings.Builder
	for _, s := range sentences {
		if s == "" {
			continue
		}
		if last, _ := utf8.DecodeLastRuneInString(b.String()); b.Len() > 0 && !strings.ContainsRune("。！？，：；", last) {
			if v == Brief {
				b.WriteString(" ")
			} else {
				b.WriteString("。")
			}
		}
		b.WriteString(s)
	}
	return b.String()
}

// choose takes a body in the wanted voice if there is one.
func choose(rnd *rand.Rand, bodies []Body, slots Slots) Body {
	var wanted []Body
	for _, b := range bodies {
		if b.Voice == slots.Voice {
			wanted = append(wanted, b)
		}
	}
	if len(wanted) > 0 {
		return pick(rnd, wanted)
	}
	return pick(rnd, bodies)
}

// punctuate gives the text the writer's habits.
func punctuate(rnd *rand.Rand, text string, m manner) string {
	if rnd.Float64() < m.shout {
		if i := strings.LastIndex(text, "。"); i >= 0 {
			text = text[:i] + "！" + text[i+len("。"):]
		}
	}
	if rnd.Float64() < m.spaces {
		text = strings.NewReplacer("，", " ", "。", " ", "；", " ", "：", " ").Replace(text)
	}
	if bare := strings.TrimRight(text, "。 "); rnd.Float64() < m.bare && utf8.RuneCountInString(bare) >= Shortest {
		text = bare
	}
	return strings.TrimSpace(text)
}

// A resolver gives the words for slots, each once in a matter.
type resolver struct {
	rnd     *rand.Rand
	slots   Slots
	private bool // the matter is not for the public
	own     map[string][]string
	said    map[string]string
	used    map[string]bool // slots the text speaks of already
}

// known puts in what the caller gave, except where the situation brings its own
// words: seeds are not bought at the hairdresser's.
func (r *resolver) known() {
	for name, v := range map[string]string{
		"place": r.slots.Place, "road": r.slots.Road, "courtyard": r.slots.Courtyard, "shop": r.slots.Shop,
		"spot": r.slots.Spot, "block": r.slots.Block, "group": r.slots.Group, "unit": r.slots.Unit,
		"worker": r.slots.Worker, "date": r.slots.Date,
	} {
		if v != "" && len(r.own[name]) == 0 {
			r.said[name] = v
		}
	}
}

// value is the words for a slot, the same as before if it was used before. An
// unknown slot is a fault in the embedded files, which their test finds.
func (r *resolver) value(name string) string {
	r.used[name] = true
	if v, ok := r.said[name]; ok {
		return v
	}
	v := r.fresh(name)
	r.said[name] = v
	return v
}

func (r *resolver) fresh(name string) string {
	pools := Shared()
	if own := r.own[name]; len(own) > 0 {
		return pick(r.rnd, own)
	}
	if words := pools.Slots[name+"/"+string(Rural)]; r.slots.Rural && len(words) > 0 {
		for {
			v := pick(r.rnd, words).fill(r.rnd, r.value)
			if name != "otherroad" || v != r.said["road"] {
				return v
			}
		}
	}
	switch name {
	case "road", "otherroad":
		for {
			if v := pick(r.rnd, pools.Roads); v != r.said["road"] {
				return v
			}
		}
	case "courtyard":
		return pick(r.rnd, pools.Courtyards)
	case "shop":
		return pick(r.rnd, pools.Shops)
	case "worker":
		return Worker(r.rnd)
	case "surname":
		return pick(r.rnd, pools.Surnames)
	case "when":
		return r.when()
	case "spot":
		spots := pools.UrbanSpots
		if r.slots.Rural {
			spots = pools.RuralSpots
		}
		return pick(r.rnd, spots).fill(r.rnd, r.value)
	}
	if shared := pools.Slots[name]; len(shared) > 0 {
		return pick(r.rnd, shared).fill(r.rnd, r.value)
	}
	return "{" + name + "}"
}

// when is a moment that can be named at the hour of writing.
func (r *resolver) when() string {
	hour := 12
	if !r.slots.At.IsZero() {
		hour = r.slots.At.Hour()
	}
	var fit []string
	for _, w := range Shared().Whens {
		if hour >= w.After && hour < w.Until {
			fit = append(fit, w.Text)
		}
	}
	return pick(r.rnd, fit)
}

// line is one of the lines under the key, or under the key for the kind of
// place ("plain/rural"), that does not say again what the text has said. Lines
// of strand p are only for public matters.
func (r *resolver) line(from map[string][]Template, key string) string {
	where := Urban
	if r.slots.Rural {
		where = Rural
	}
	var fit []Template
	for _, lines := range [][]Template{from[key], from[key+"/"+string(where)]} {
		for _, t := range lines {
			if r.private && t.strand == "p" {
				continue
			}
			if !slices.ContainsFunc(t.slots, func(name string) bool { return r.used[name] }) {
				fit = append(fit, t)
			}
		}
	}
	if len(fit) == 0 {
		return ""
	}
	return pick(r.rnd, fit).fill(r.rnd, r.value)
}
