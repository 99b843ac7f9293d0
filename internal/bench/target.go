// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"context"
	"errors"
	"fmt"
	"html"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"yuanba/internal/sim/texts"
)

// A target is an installation as its pages show it.
type target struct {
	address string
	cast    bool     // the cast of the demonstration signs in with one click
	places  []string // the values of the list of places
	home    string   // 宝塔社区, where the cast works; else the first place
	numbers []string // of the newest matters
	bodies  []string // what is written in matters
	escaped []string // the same as a form has it
	form    string   // what else the last step of raising sends
	words   []string // of two characters, out of the bodies
	turn    atomic.Uint64
}

// The category under which matters are raised: one with a question that must be
// answered, handled by a unit in which one of the cast works.
const (
	category = "water"
	question = "q.what"
)

var (
	option = regexp.MustCompile(`<option value="([^"]*)"([^>]*)>([^<]*)</option>`)
	number = regexp.MustCompile(`href="/matters/([A-Z]+-\d{4}-\d+)"`)
)

// choices are the options of the named list of a page: value and text.
func choices(page, name string) (values, texts []string, chosen string) {
	_, rest, ok := strings.Cut(page, `<select name="`+name+`"`)
	if !ok {
		if i := strings.Index(page, ` name="`+name+`"`); i >= 0 && strings.LastIndex(page[:i], "<select") > strings.LastIndex(page[:i], ">") {
			rest, ok = page[i:], true
		}
	}
	if !ok {
		return nil, nil, ""
	}
	list, _, _ := strings.Cut(rest, "</select>")
	for _, m := range option.FindAllStringSubmatch(list, -1) {
		if m[1] == "" {
			continue
		}
		values, texts = append(values, m[1]), append(texts, html.UnescapeString(m[3]))
		if strings.Contains(m[2], "selected") {
			chosen = m[1]
		}
	}
	return values, texts, chosen
}

// look finds out what an installation has.
func look(ctx context.Context, address string) (*target, error) {
	t := &target{address: address}
	b := newBrowser(address)
	page, err := b.read(ctx, "/matters")
	if err != nil {
		return nil, fmt.Errorf("look at %s: %w", address, err)
	}
	values, names, _ := choices(page, "place")
	if len(values) == 0 {
		return nil, fmt.Errorf("%s/matters shows no places: is it a town of this program?", address)
	}
	t.places, t.home = values, values[0]
	if i := slices.Index(names, "宝塔社区"); i >= 0 {
		t.home = values[i]
	}
	for _, m := range number.FindAllStringSubmatch(page, -1) {
		if !slices.Contains(t.numbers, m[1]) {
			t.numbers = append(t.numbers, m[1])
		}
	}
	t.bodies, t.words = written()
	for _, body := range t.bodies {
		t.escaped = append(t.escaped, url.QueryEscape(body))
	}
	t.form = url.Values{"step": {"5"}, "category": {category}, "asked": {category}, question: {"none"}, "place": {t.home}, "place_words": {"大门口左边"},
		"lat": {""}, "lon": {""}, "urgent": {""}, "who": {"public"}, "name": {"王小明"}, "go": {"next"}}.Encode()
	_, err = b.post(ctx, "/signin/as", "login", "zhao")
	t.cast = err == nil
	return t, nil
}

// written are texts as residents write them, and words of two characters that
// stand in them, frequent ones and rare ones as they come.
func written() (bodies, words []string) {
	rnd := rand.New(rand.NewPCG(2, 64))
	pools := texts.Shared()
	at := time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
	for _, code := range texts.Categories() {
		for _, s := range texts.Of(code) {
			w := texts.Write(rnd, s, texts.Slots{Place: "宝塔社区", At: at, Road: pools.Roads[rnd.IntN(len(pools.Roads))], Courtyard: pools.Courtyards[rnd.IntN(len(pools.Courtyards))]})
			bodies = append(bodies, w.Body)
		}
	}
	for range 2000 {
		rs := []rune(bodies[rnd.IntN(len(bodies))])
		i := rnd.IntN(len(rs) - 1)
		if chinese(rs[i]) && chinese(rs[i+1]) {
			words = append(words, string(rs[i:i+2]))
		}
	}
	return bodies, words
}

func chinese(r rune) bool { return r >= 0x4e00 && r <= 0x9fff }

// at is the same town at another address.
func (t *target) at(address string) *target {
	return &target{address: address, cast: t.cast, places: t.places, home: t.home, numbers: t.numbers, bodies: t.bodies, escaped: t.escaped, form: t.form, words: t.words}
}

// next counts through everybody's turns.
func (t *target) next() int { return int(t.turn.Add(1)) }

// work returns the workers of a mode, each with a browser of its own.
func (t *target) work(ctx context.Context, m Mode, clients int, server *child) ([]worker, error) {
	var ws []worker
	for range clients {
		b := newBrowser(t.address)
		var w worker
		var err error
		switch m {
		case Bare:
			b = newBrowser(server.address)
			b.plain = true
			w = t.bare(b)
		case Raise:
			w = t.raise(b)
		case Life:
			w, err = t.life(ctx)
		case List:
			w = func(ctx context.Context) error { return b.get(ctx, "/matters") }
		case Inbox:
			if _, err = b.post(ctx, "/signin/as", "login", "zhao"); err == nil {
				w = func(ctx context.Context) error { return b.get(ctx, "/inbox") }
			}
		case Room, Tile:
			if _, err = b.post(ctx, "/signin/as", "login", "han"); err == nil {
				w = func(ctx context.Context) error {
					if m == Room {
						return b.get(ctx, "/room")
					}
					return b.get(ctx, "/room/points?box="+boxes(t.next()))
				}
			}
		case Search:
			w = func(ctx context.Context) error { return b.get(ctx, "/matters?q="+t.words[t.next()%len(t.words)]) }
		case One:
			if len(t.numbers) == 0 {
				return nil, errors.New("there is no matter to read: raise some first")
			}
			w = func(ctx context.Context) error { return b.get(ctx, "/matters/"+t.numbers[t.next()%len(t.numbers)]) }
		case Start, Spike:
			return nil, fmt.Errorf("%s is measured by itself", m)
		}
		if err != nil {
			return nil, err
		}
		ws = append(ws, w)
	}
	return ws, nil
}

// boxes are parts of the map as it is moved: the city, a street, some courtyards, each
// time elsewhere.
func boxes(n int) string {
	half := []float64{.45, .08, .01}[n%3]
	lon, lat := 103.2+float64(n*7%50)/100, 30.3+float64(n*11%20)/100
	return fmt.Sprintf("%.4f,%.4f,%.4f,%.4f", lon-half, lat-half*.7, lon+half, lat+half*.7)
}

// bare sends the row of a matter to the server of bare inserts.
func (t *target) bare(b *browser) worker {
	return func(ctx context.Context) error {
		n := t.next()
		_, err := b.post(ctx, "/", "title", "宝塔社区停水", "body", t.bodies[n%len(t.bodies)], "place", t.home, "number", fmt.Sprintf("QL-2026-%09d", n))
		return err
	}
}

// raise sends the last step of raising a matter, as somebody does who has no
// account and has not been here before.
func (t *target) raise(b *browser) worker {
	b.plain = true
	return func(ctx context.Context) error {
		return t.raiseOne(ctx, b)
	}
}

func (t *target) raiseOne(ctx context.Context, b *browser) error {
	n := t.next()
	form := t.form + "&phone=139" + fmt.Sprintf("%08d", n%100_000_000) + "&body=" + t.escaped[n%len(t.escaped)] + "+" + strconv.Itoa(n)
	to, err := b.send(ctx, "/raise", "application/x-www-form-urlencoded", []byte(form))
	if err == nil && to != "/raise/done" {
		err = fmt.Errorf("raising led to %s", to)
	}
	return err
}

// life takes one matter after the other through its whole life, each act by
// whoever of the cast does it.
func (t *target) life(ctx context.Context) (worker, error) {
	resident := newBrowser(t.address)
	staff := map[string]*browser{}
	for _, login := range []string{"zhao", "wu", "zheng"} {
		b := newBrowser(t.address)
		if _, err := b.post(ctx, "/signin/as", "login", login); err != nil {
			return nil, fmt.Errorf("sign in as %s: %w", login, err)
		}
		staff[login] = b
	}
	lead := ""
	return func(ctx context.Context) error {
		resident.forget()
		if err := t.raiseOne(ctx, resident); err != nil {
			return err
		}
		slip, err := resident.read(ctx, "/raise/done")
		if err != nil {
			return err
		}
		no := slipNumber.FindString(slip)
		if no == "" {
			return errors.New("the slip shows no number")
		}
		act := func(b *browser, name string, pairs ...string) error {
			send := b.post
			if filed[name] {
				send = b.postParts
			}
			_, err := send(ctx, "/matters/"+no+"/"+name, pairs...)
			if err != nil {
				return fmt.Errorf("%s %s: %w", name, no, err)
			}
			return nil
		}
		zhao, wu, zheng := staff["zhao"], staff["wu"], staff["zheng"]
		for _, step := range []func() error{
			func() error { return act(zhao, "accept") },
			func() error { return act(zhao, "classify", "category", category, "place", t.home) },
			func() (err error) {
				if lead == "" {
					if lead, err = leadFor(ctx, zhao, no); err != nil {
						return err
					}
				}
				return act(zhao, "dispatch", "lead", lead)
			},
			func() error { return act(wu, "take") },
			func() error {
				return act(wu, "handle", "words", "已派两人到现场，阀门修好，水压恢复正常。")
			},
			func() error { return act(zheng, "verify", "met", "1", "words", "到场看过，水压正常。") },
			func() error { return act(zhao, "close", "words", "您反映的停水已经解决。") },
			func() error { return act(resident, "rate", "solved", "yes", "satisfied", "5") },
		} {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

var slipNumber = regexp.MustCompile(`[A-Z]{2,}-\d{4}-\d{6,}`)

// filed are the acts whose form has room for files, and is sent in parts.
var filed = map[string]bool{"handle": true, "verify": true}

// leadFor is the unit that the form of the act offers first.
func leadFor(ctx context.Context, b *browser, no string) (string, error) {
	a, err := b.do(ctx, http.MethodGet, "/matters/"+no+"/dispatch", "", nil, true)
	if err != nil {
		return "", err
	}
	if _, _, chosen := choices(string(a.body), "lead"); chosen != "" {
		return chosen, nil
	}
	return "", errors.New("the form of dispatching proposes no unit")
}
