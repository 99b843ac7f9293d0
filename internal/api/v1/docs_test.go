// SPDX-License-Identifier: Apache-2.0

package v1_test

import (
	"os"
	"strings"
	"testing"

	v1 "yuanba/internal/api/v1"
	"yuanba/internal/domain/matters"
)

// The examples of docs/api.md are done as they stand there, one after the other.
func TestExamplesOfTheDocument(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(text), "```\n")
	block, _, _ = strings.Cut(block, "```")
	each(t, func(w *town) {
		key := w.as("zhao").key
		number := w.raised(matters.Raising{Body: "桥头的路灯不亮。", Public: true}).Number
		done := 0
		for line := range strings.Lines(block) {
			line = strings.NewReplacer("KEY", key, "NUMBER", number, "http://localhost:8080"+v1.Prefix, "").Replace(strings.TrimSpace(line))
			c, method, path, body, header := w.stranger(), "GET", "", "", []string{}
			words := shell(line)
			if words[0] != "curl" {
				t.Fatalf("%q: that is no curl", line)
			}
			for i := 1; i < len(words); i++ {
				switch words[i] {
				case "-H":
					i++
					name, value, _ := strings.Cut(words[i], ": ")
					header = append(header, name, value)
				case "-X":
					i++
					method = words[i]
				case "-d":
					i++
					method, body = "POST", words[i]
				default:
					path = words[i]
				}
			}
			if a := c.ask(method, path, "", []byte(body), header...); a.status >= 300 {
				t.Errorf("%s: %d %s", line, a.status, a.body)
			}
			done++
		}
		if done < 5 {
			t.Errorf("%d examples: are they still at the beginning?", done)
		}
	})
}

// shell splits a line into words as a shell does, as far as the examples go.
func shell(line string) (words []string) {
	word, quoted := "", false
	for _, c := range line {
		switch {
		case c == '\'':
			quoted = !quoted
		case c == ' ' && !quoted:
			words, word = append(words, word), ""
		default:
			word += string(c)
		}
	}
	return append(words, word)
}
