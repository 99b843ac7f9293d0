// SPDX-License-Identifier: Apache-2.0

package feeds

import (
	"encoding/xml"
	"fmt"
	"time"
)

const atomType = "application/atom+xml"

// feed is atom:feed, as far as we say anything.
type feed struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string   `xml:"xml:lang,attr"`
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Author  person   `xml:"author"`
	Links   []link   `xml:"link"`
	Entries []entry  `xml:"entry"`
}

type entry struct {
	ID        string    `xml:"id"`
	Title     string    `xml:"title"`
	Updated   string    `xml:"updated"`
	Published string    `xml:"published"`
	Author    *person   `xml:"author,omitempty"`
	Category  *category `xml:"category,omitempty"`
	Links     []link    `xml:"link"`
	Text      text      `xml:"summary"`
}

type person struct {
	Name string `xml:"name"`
	URI  string `xml:"uri,omitempty"`
}

type link struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type category struct {
	Term  string `xml:"term,attr"`
	Label string `xml:"label,attr"`
}

type text struct {
	Type  string `xml:"type,attr"`
	Words string `xml:",chardata"`
}

// bytes writes the feed, and says when it last changed: with its newest entry.
// One without entries has never changed.
func (f *feed) bytes() (body []byte, newest time.Time, err error) {
	newest = time.Unix(0, 0)
	for _, e := range f.Entries {
		t, err := time.Parse(time.RFC3339, e.Updated)
		if err != nil {
			return nil, newest, fmt.Errorf("feed: %w", err)
		}
		newest = later(newest, t)
	}
	f.Updated = stamp(newest)
	if body, err = xml.MarshalIndent(f, "", " "); err != nil {
		return nil, newest, fmt.Errorf("feed: %w", err)
	}
	return append([]byte(xml.Header), append(body, '\n')...), newest, nil
}
