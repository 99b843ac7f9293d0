// SPDX-License-Identifier: Apache-2.0

package routing

import (
	"maps"
	"slices"

	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// NewsOfSorting is the name under which letters know that an allowance was taken
// back: its references are versions of what is allowed.
const NewsOfSorting = "routing.stopped"

func newsOf(version int) letters.Item {
	return letters.Item{Source: NewsOfSorting, Ref: id.ID(version), Topic: people.Due}
}

// A Stops says in letters which allowances the program took back. It implements
// [letters.Source].
type Stops struct{ s *Service }

// Stops returns the source of these letters.
func (s *Service) Stops() Stops { return Stops{s} }

// Lines implements [letters.Source], for who gave the allowance.
func (x Stops) Lines(tx *sqldb.Tx, to people.Owner, refs []id.ID) (lines []letters.Line, err error) {
	if to.Kind != people.OwnedByAccount {
		return nil, nil
	}
	for _, ref := range refs {
		v, ok, err := allowancesOf(tx, int(ref))
		if err != nil {
			return nil, err
		}
		before, had, err := allowancesOf(tx, int(ref)-1)
		if err != nil {
			return nil, err
		}
		if !ok || !had {
			continue
		}
		for _, code := range slices.Sorted(maps.Keys(v.Stopped)) {
			stop := v.Stopped[code]
			if _, already := before.Stopped[code]; already || stop.Account != to.ID {
				continue
			}
			k, _ := x.s.matters.Catalogue().Get(code)
			lines = append(lines, letters.Line{Key: "routing.stopped.news", Args: []any{k.Name, stop.Right, stop.Judged, stop.Promise}, Number: code, State: "routing.stopped.short", At: stop.When(), Path: "/admin/routing"})
		}
	}
	return lines, nil
}
