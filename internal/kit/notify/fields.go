// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"
)

// A field is a name and words with placeholders such as {number}.
type field struct{ name, words string }

// readFields reads "name=words, name=words".
func readFields(s string) ([]field, error) {
	var fs []field
	for part := range strings.SplitSeq(s, ",") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		name, words, ok := strings.Cut(part, "=")
		if name = strings.TrimSpace(name); !ok || name == "" {
			return nil, fmt.Errorf("%q is no field such as thing1={number}", strings.TrimSpace(part))
		}
		fs = append(fs, field{name, strings.TrimSpace(words)})
	}
	return fs, nil
}

// values are what may stand in a template: the facts of the message, and what
// belongs to every one.
func (m Message) values() map[string]string {
	v := map[string]string{}
	maps.Copy(v, m.Facts)
	facts, err := json.Marshal(m.Facts)
	if err != nil || m.Facts == nil {
		facts = []byte("{}")
	}
	v["to"], v["id"], v["text"], v["link"], v["kind"], v["facts"] = m.To, m.ID, m.Text, m.Link, string(m.Kind), string(facts)
	return v
}

// moments are the ways in which gateways write the time.
func moments(v map[string]string, now time.Time) {
	utc := now.UTC()
	v["unix"], v["millis"] = fmt.Sprint(now.Unix()), fmt.Sprint(now.UnixMilli())
	v["iso"] = utc.Format("2006-01-02T15:04:05Z")
	v["date"] = utc.Format("2006-01-02")
}

// fill puts values, each as esc writes it, in the place of {name}. A name that
// nobody knows stays as it stands, so that braces of JSON do too.
func fill(template string, values map[string]string, esc func(string) string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(template, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, ok := strings.Cut(rest, "}")
		v, known := values[name]
		if !ok || !known {
			b.WriteByte('{')
			template = rest
			continue
		}
		if esc != nil {
			v = esc(v)
		}
		b.WriteString(v)
		template = after
	}
}

// inJSON writes a value as it stands between the quotes of a JSON text.
func inJSON(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return ""
	}
	return string(b[1 : len(b)-1])
}
