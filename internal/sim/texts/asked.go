// SPDX-License-Identifier: Apache-2.0

package texts

import (
	_ "embed"
	"encoding/json"
	"sync"
)

// A Topic is what people of the simulated town ask a unit about. Policies are made up:
// no town decided them.
type Topic struct {
	Unit   string   `json:"unit"`   // its key
	Policy string   `json:"policy"` // the name of what is published; "" if nothing is
	Number string   `json:"number"`
	From   string   `json:"from"` // MM-DD of the year in which the simulation begins
	Text   string   `json:"text"`
	Former string   `json:"former"` // the text that it replaces, if it does
	Until  bool     `json:"until"`  // it ends before the year does
	Asks   []string `json:"asks"`
	Reply  string   `json:"reply"` // of the unit, to what the policy leaves open
	Title  string   `json:"title"` // under which the reply is published
	More   string   `json:"more"`  // what is asked that the policy leaves open
}

//go:embed asked/topics.json
var askedFile []byte

// Topics are all topics, in one order.
var Topics = sync.OnceValue(func() (ts []Topic) {
	if err := json.Unmarshal(askedFile, &ts); err != nil {
		panic(err) // the file is in the binary, and the tests read it
	}
	return ts
})
