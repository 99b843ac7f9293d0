// SPDX-License-Identifier: Apache-2.0

package texts

import (
	_ "embed" // what the counters of a street offer
	"encoding/json"
	"sync"

	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/when"
)

//go:embed services.json
var services []byte

// A Service is something that the convenience centre of a Sichuan street, or a station
// beside it, offers; written for the demonstration.
type Service struct {
	Code       string     `json:"code"`
	Unit       string     `json:"unit"` // key of the unit
	Name       i18n.Text  `json:"name"`
	Also       []string   `json:"also"`
	Theme      string     `json:"theme"`
	Kind       string     `json:"kind"`
	For        []string   `json:"for"`
	Papers     []string   `json:"papers"`
	Legal      when.Limit `json:"legal"`
	Promised   when.Limit `json:"promised"`
	Visits     int        `json:"visits"`
	Fee        string     `json:"fee"`
	Where      string     `json:"where"`
	Phone      string     `json:"phone"`
	Complaints string     `json:"complaints"`
	Conditions string     `json:"conditions"`
	Booking    bool       `json:"booking"`
	AtHome     bool       `json:"at_home"`
	Courier    bool       `json:"courier"`
}

// Services lists them.
var Services = sync.OnceValue(func() (ss []Service) {
	if err := json.Unmarshal(services, &ss); err != nil {
		panic(err) // the file is in the binary, and the tests read it
	}
	return ss
})
