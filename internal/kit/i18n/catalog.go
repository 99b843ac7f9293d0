// SPDX-License-Identifier: Apache-2.0

package i18n

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Catalog holds every text of the program in every language. It does not
// change once loaded and is safe for several goroutines.
type Catalog struct {
	texts map[Lang]map[string]message
}

// A message is a text cut at its placeholders: parts[i] is followed by argument
// refs[i].
type message struct {
	parts []string
	refs  []int
}

// New loads the catalog from files, which holds a folder per language with flat
// JSON files in it. It fails if a file is not a flat object of texts, if a key
// occurs in two files of one language, or if a placeholder is malformed.
func New(files fs.FS) (*Catalog, error) {
	c := &Catalog{texts: make(map[Lang]map[string]message)}
	for _, lang := range Langs {
		names, err := fs.Glob(files, string(lang)+"/*.json")
		if err != nil {
			return nil, err
		}
		texts, from := make(map[string]message, 256), make(map[string]string, 256)
		for _, name := range names {
			if err := load(files, name, texts, from); err != nil {
				return nil, err
			}
		}
		c.texts[lang] = texts
	}
	return c, nil
}

func load(files fs.FS, name string, texts map[string]message, from map[string]string) error {
	b, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	var flat map[string]string
	if err := json.Unmarshal(b, &flat); err != nil {
		return fmt.Errorf("locale file %s: %w", name, err)
	}
	for key, text := range flat {
		if was := from[key]; was != "" {
			return fmt.Errorf("locale file %s: key %s is also in %s", name, key, was)
		}
		m, err := compile(text)
		if err != nil {
			return fmt.Errorf("locale file %s: key %s: %w", name, key, err)
		}
		texts[key], from[key] = m, path.Base(name)
	}
	return nil
}

func compile(text string) (message, error) {
	var m message
	for {
		before, rest, ok := strings.Cut(text, "{")
		if !ok {
			m.parts = append(m.parts, text)
			return m, nil
		}
		number, after, ok := strings.Cut(rest, "}")
		n, err := strconv.Atoi(number)
		if !ok || err != nil || n < 0 || n > 9 {
			return m, fmt.Errorf("placeholder {%.10s is not {0} to {9}", rest)
		}
		m.parts, m.refs, text = append(m.parts, before), append(m.refs, n), after
	}
}

// T is [T] on this catalog.
func (c *Catalog) T(lang Lang, key string, args ...any) string {
	m, ok := c.find(lang, key, args)
	if !ok {
		return missing(key)
	}
	if len(m.refs) == 0 {
		return m.parts[0]
	}
	var b strings.Builder
	for i, ref := range m.refs {
		b.WriteString(m.parts[i])
		if ref < len(args) {
			b.WriteString(c.say(lang, args[ref]))
		} else {
			b.WriteString("⟦" + strconv.Itoa(ref) + "⟧")
		}
	}
	b.WriteString(m.parts[len(m.refs)])
	return b.String()
}

func (c *Catalog) find(lang Lang, key string, args []any) (message, bool) {
	if lang != EN {
		lang = ZH
	}
	texts := c.texts[lang]
	if len(args) > 0 && isOne(args[0]) {
		if m, ok := texts[key+".one"]; ok {
			return m, true
		}
	}
	m, ok := texts[key]
	if !ok {
		m, ok = c.texts[ZH][key]
	}
	return m, ok
}

func isOne(arg any) bool {
	switch n := arg.(type) {
	case int:
		return n == 1
	case int64:
		return n == 1
	case string:
		return n == "1"
	}
	return false
}

// say puts one argument into words.
func (c *Catalog) say(lang Lang, arg any) string {
	switch v := arg.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case Text:
		return v.In(lang)
	case Key:
		return c.T(lang, string(v))
	case time.Time:
		return Exact(lang, v)
	default:
		return fmt.Sprint(v)
	}
}

// Has reports whether the reference language has the key.
func (c *Catalog) Has(key string) bool {
	_, ok := c.texts[ZH][key]
	return ok
}

// Keys returns the keys of one language in order.
func (c *Catalog) Keys(lang Lang) []string {
	return slices.Sorted(maps.Keys(c.texts[lang]))
}

// Faults compares the languages and says, one sentence each, where a key is
// missing or extra, a text empty, or its placeholders differ from the
// reference's. English alone may have ".one" texts.
func (c *Catalog) Faults() []string {
	var faults []string
	say := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	zh, en := c.texts[ZH], c.texts[EN]
	for _, key := range c.Keys(ZH) {
		m, ok := en[key]
		switch {
		case !ok:
			say("%s is not in en", key)
		case strings.Join(m.parts, "") == "" && len(m.refs) == 0:
			say("%s is empty in en", key)
		case !slices.Equal(refs(zh[key]), refs(m)):
			say("%s has placeholders %v in zh-CN and %v in en", key, refs(zh[key]), refs(m))
		}
		if strings.Join(zh[key].parts, "") == "" && len(zh[key].refs) == 0 {
			say("%s is empty in zh-CN", key)
		}
	}
	for _, key := range c.Keys(EN) {
		base, one := strings.CutSuffix(key, ".one")
		m, ok := zh[key]
		if !ok && one {
			m, ok = zh[base]
			if ok && slices.ContainsFunc(refs(en[key]), func(n int) bool { return !slices.Contains(m.refs, n) }) {
				say("%s has a placeholder that %s has not", key, base)
			}
		}
		if !ok {
			say("%s is not in zh-CN", key)
		}
	}
	return faults
}

// refs returns the arguments a message names, each once, in order.
func refs(m message) []int {
	ns := slices.Clone(m.refs)
	slices.Sort(ns)
	return slices.Compact(ns)
}
