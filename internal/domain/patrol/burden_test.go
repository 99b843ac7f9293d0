// SPDX-License-Identifier: Apache-2.0

package patrol_test

import (
	"testing"

	"yuanba/internal/domain/patrol"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

func TestWeigh(t *testing.T) {
	t.Parallel()
	lane, lane2, home := pipes, pipes, elders
	lane.ID, lane.Unit, lane.Often, lane.Minutes = 1, 10, patrol.EachRound, 3
	lane2.ID, lane2.Unit, lane2.Often, lane2.Minutes = 2, 20, patrol.Weekly, 5
	home.ID, home.Unit, home.Minutes = 3, 20, 15
	near, far := scope.Path{1, 2, 3, 4}, scope.Path{1, 2, 5, 6}
	st := patrol.Standing{Points: map[id.ID]map[patrol.PointKind]int{4: {patrol.Manhole: 2, patrol.River: 9}, 6: {patrol.Manhole: 3}}, Paths: map[id.ID]scope.Path{4: near, 6: far}, Visits: map[id.ID][]int{3: {7, 14}}}
	given := []patrol.Giving{{Duty: 1, Path: scope.Path{1}}, {Duty: 2, Path: scope.Path{1, 2, 3}}}
	b := patrol.Weigh([]patrol.Duty{lane, lane2, home}, given, st, 4)
	if len(b.Units) != 2 || b.Units[0].Unit != 10 || b.Units[0].Minutes != 5*3*14 || b.Units[1].Minutes != 2*5+15+7.5 {
		t.Errorf("%+v", b.Units)
	}
	if got := b.PerWorker(b.Minutes()); got != (210+32.5)/4 {
		t.Errorf("%v a worker", got)
	}
	if len(b.Twice) != 1 || b.Twice[0].Fact != "井盖完好" || b.Twice[0].Keep.Duty.ID != 1 || len(b.Twice[0].Fields) != 2 {
		t.Errorf("asked twice: %+v", b.Twice)
	}
}
