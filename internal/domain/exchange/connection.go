// SPDX-License-Identifier: Apache-2.0

package exchange

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/outside"
)

// A Connection is another system with which matters are exchanged.
type Connection struct {
	ID           id.ID
	Name         string
	Endpoint     string
	Jurisdiction string
	Unit         id.ID             // for which it stands
	Push         bool              // what is dispatched to the unit goes there
	Pull         bool              // what is asked for there comes in here
	Tell         bool              // how what came in from there goes on is told there
	Services     map[string]string // by category; AnyOther stands for all that are not named
	Active       bool
	CreatedAt    time.Time
	ToldUntil    time.Time
	PulledUntil  time.Time
	AskedAt      time.Time
	Fault        string // why it could not be asked, "" if it could
	Version      int64

	secret []byte // sealed
}

// AnyOther stands for the categories that are not named.
const AnyOther = "*"

// HasKey reports whether the other system gave the town a key.
func (c Connection) HasKey() bool { return len(c.secret) > 0 }

// Digest is the fingerprint of the record for the trail: what an administrator
// settled, and not how far the exchange has come.
func (c Connection) Digest() []byte {
	return trail.Digest("connection/1", c.ID, c.Name, c.Endpoint, c.Jurisdiction, c.secret, c.Unit, c.Push, c.Pull, c.Tell, servicesJSON(c.Services), c.Active, c.CreatedAt)
}

// Service is what a category is called there; ok is false if it does not go there.
func (c Connection) Service(category string) (code string, ok bool) {
	if code, ok = c.Services[category]; !ok {
		code, ok = c.Services[AnyOther]
	}
	return code, ok && code != ""
}

// A Connecting is what an administrator settles of a connection.
type Connecting struct {
	Name         string
	Endpoint     string
	Jurisdiction string
	Key          string // empty: the one there is stays
	DropKey      bool
	Unit         id.ID
	Push, Pull   bool
	Tell         bool
	Services     map[string]string
	Active       bool
	Version      int64 // of what was edited
}

// check says what is wrong with it; known reports whether there is a category.
func (in *Connecting) check(known func(string) bool) errs.List {
	var l errs.List
	in.Name, in.Jurisdiction, in.Key = strings.TrimSpace(in.Name), strings.TrimSpace(in.Jurisdiction), strings.TrimSpace(in.Key)
	in.Endpoint = strings.TrimRight(strings.TrimSpace(in.Endpoint), "/")
	if n := utf8.RuneCountInString(in.Name); n == 0 || n > 40 {
		l.Add("name", "connection.name", 40)
	}
	if u, err := outside.CheckURL("endpoint", in.Endpoint); err != nil {
		_ = l.Join(err) // is public
	} else if u.RawQuery != "" || len(in.Endpoint) > 300 {
		l.Add("endpoint", "outside.url.more")
	}
	if utf8.RuneCountInString(in.Jurisdiction) > 80 || utf8.RuneCountInString(in.Key) > 300 {
		l.Add("jurisdiction", "connection.long")
	}
	if !in.Push && !in.Pull {
		l.Add("ways", "connection.ways")
	}
	if in.Tell && !in.Pull {
		l.Add("tell", "connection.tell")
	}
	if in.Push && len(in.Services) == 0 {
		l.Add("services", "connection.services.none")
	}
	for category, code := range in.Services {
		if category != AnyOther && !known(category) {
			l.Add("services", "connection.services.unknown", category)
		}
		if code == "" || utf8.RuneCountInString(code) > 80 {
			l.Add("services", "connection.services.code", category)
		}
	}
	return l
}

// ParseServices reads which category is which service, one on each line: "road =
// 001", "* = other". ok is false if a line is none.
func ParseServices(text string) (services map[string]string, bad string, ok bool) {
	services = map[string]string{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		category, code, found := strings.Cut(line, "=")
		category, code = strings.TrimSpace(category), strings.TrimSpace(code)
		if _, twice := services[category]; !found || category == "" || twice {
			return nil, line, false
		}
		services[category] = code
	}
	return services, "", true
}

// FormatServices writes what ParseServices reads.
func FormatServices(services map[string]string) string {
	var b strings.Builder
	for _, category := range slices.Sorted(maps.Keys(services)) {
		b.WriteString(category + " = " + services[category] + "\n")
	}
	return b.String()
}

func servicesJSON(s map[string]string) string {
	if len(s) == 0 {
		return "{}"
	}
	b, err := json.Marshal(s) // sorts the keys
	if err != nil {
		panic(err) // texts can always be written
	}
	return string(b)
}

// A State is how far a transfer has come.
type State string

// The states.
const (
	Waiting  State = "waiting"  // to be sent
	Sent     State = "sent"     // there
	Refused  State = "refused"  // the other system does not want it; an administrator may try again
	Withheld State = "withheld" // it is not for everybody to read, or has no service there
	Ended    State = "ended"    // done there, or the unit's no more
)

// A Transfer is a matter on its way to another system, or there.
type Transfer struct {
	ID         id.ID
	Connection id.ID
	Matter     id.ID
	Number     string // the matter's
	State      State
	Remote     string // the other system's name for it
	Token      string
	Heard      string
	Fault      string // why it did not get there
	MadeAt     time.Time
	TriedAt    time.Time // when it was first sent, perhaps without an answer
	SentAt     time.Time
	EndedAt    time.Time
	Version    int64
}
