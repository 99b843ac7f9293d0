// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"strings"
	"testing"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/flow"
)

type (
	state string
	act   string
)

func TestTable(t *testing.T) {
	t.Parallel()
	tab := flow.New[state, act]("loan", "offered",
		flow.On[state, act]("offered", "lend", "lent", "own"),
		flow.On[state, act]("lent", "return", "offered", "borrow"),
		flow.On[state, act]("offered", "withdraw", "gone", "own"),
	)
	if m, err := tab.Find("offered", "lend"); err != nil || m.To != "lent" || m.Need != "own" {
		t.Errorf("lend: %+v, %v", m, err)
	}
	if _, err := tab.Find("gone", "lend"); errs.KindOf(err) != errs.Conflict {
		t.Errorf("a move that is not listed: %v", err)
	}
	if !tab.Ends("gone") || tab.Ends("lent") || len(tab.States()) != 3 || len(tab.Acts()) != 3 {
		t.Errorf("states %v, acts %v", tab.States(), tab.Acts())
	}
	if d := tab.Mermaid(); !strings.Contains(d, "offered --> lent: lend (own)") || !strings.Contains(d, "gone --> [*]") {
		t.Error(d)
	}
}

func TestLead(t *testing.T) {
	t.Parallel()
	tab := flow.New[state, act]("loan", "offered",
		flow.On[state, act]("offered", "hide", "hidden", "own"),
		flow.On[state, act]("lent", "hide", "hidden", "own"),
		flow.On[state, act]("offered", "lend", "lent", "own"),
		flow.On[state, act]("hidden", "show", "offered", "own"),
		flow.On[state, act]("hidden", "show", "lent", "own"),
	)
	for _, tc := range []struct {
		from   state
		act    act
		chosen state
		want   state
	}{
		{"offered", "lend", "", "lent"},
		{"offered", "lend", "hidden", "lent"}, // no choice
		{"hidden", "show", "lent", "lent"},
		{"hidden", "show", "offered", "offered"},
		{"hidden", "show", "hidden", ""},
		{"hidden", "lend", "lent", ""},
	} {
		got, err := tab.Lead(tc.from, tc.act, tc.chosen)
		if (err != nil) != (tc.want == "") || err == nil && got != tc.want {
			t.Errorf("%s from %s to %s: %s, %v", tc.act, tc.from, tc.chosen, got, err)
		}
	}
}

func TestNewPanics(t *testing.T) {
	t.Parallel()
	for name, moves := range map[string][]flow.Move[state, act]{
		"a move listed twice":   {flow.On[state, act]("a", "x", "b", ""), flow.On[state, act]("a", "x", "b", "")},
		"a choice of two needs": {flow.On[state, act]("a", "x", "b", "own"), flow.On[state, act]("a", "x", "c", "lend")},
		"unreachable":           {flow.On[state, act]("b", "x", "c", "")},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			flow.New[state, act]("x", "a", moves...)
		}()
	}
}
