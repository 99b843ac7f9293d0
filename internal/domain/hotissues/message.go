// SPDX-License-Identifier: Apache-2.0

package hotissues

import (
	"cmp"
	"strings"
	"time"
)

// A Message is what one person wrote, as far as hot issues need to know.
type Message struct {
	ID       string
	User     string // who wrote it; "" is nobody known
	Subject  string
	Detail   string
	At       time.Time
	Likes    int
	Dislikes int

	// What is known beside the words. A known place is one more name, and a known
	// kind one more subject.
	Place string
	Kind  string
}

// compare puts messages in an order of their own, whatever order they came in: by
// time, then ID, then all they say.
func (m *Message) compare(o *Message) int {
	return cmp.Or(m.At.Compare(o.At), cmp.Compare(m.ID, o.ID), strings.Compare(m.User, o.User), strings.Compare(m.Subject, o.Subject), strings.Compare(m.Detail, o.Detail),
		cmp.Compare(m.Likes, o.Likes), cmp.Compare(m.Dislikes, o.Dislikes), strings.Compare(m.Place, o.Place), strings.Compare(m.Kind, o.Kind))
}

// net is by how many more people like it than do not.
func (m *Message) net() int { return m.Likes - m.Dislikes }
