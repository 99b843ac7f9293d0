// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"fmt"
	"strings"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// NoRule is the Rule of a matter that was classified and that no rule catches.
const NoRule id.ID = -1

// RuleAct is the story's line that says which of the town's rules fired.
const RuleAct Act = "rule"

// A Ruling is what the town's rules say about where a matter goes.
type Ruling struct {
	Edition int    // of the list of rules; 0: there is none, and none was asked
	Rule    id.ID  // NoRule if none fired
	Version int    // of the rule
	Name    string // of the rule
	Lead    id.ID
	Assist  id.ID // 0: nobody
	AtOnce  bool  // the program dispatches it
}

// Fired reports whether a rule did.
func (r Ruling) Fired() bool { return r.Rule > 0 }

// A Guide asks the town's rules about a matter that is being classified.
type Guide interface {
	Guide(tx *sqldb.Tx, m Matter) (Ruling, error)
}

// GuideBy sets who is asked when a matter is classified. It is called once, before
// anything is done.
func (s *Service) GuideBy(g Guide) { s.guide = g }

// ask asks the rules about a matter that is being classified, and writes down what
// they say.
func (s *Service) ask(tx *sqldb.Tx, m *Matter) (r Ruling, err error) {
	m.Rule = 0
	if s.guide == nil {
		return r, nil
	}
	if r, err = s.guide.Guide(tx, *m); err != nil || r.Edition == 0 {
		return r, err
	}
	m.Rule = r.Rule
	m.add(Step{ID: tx.NewID(), Matter: m.ID, At: tx.Now(), Act: RuleAct, ToUnit: r.Lead, Words: r.Name,
		Detail: fmt.Sprintf("%d/%d/%d/%d", r.Edition, r.Rule, r.Version, r.Assist)})
	return r, nil
}

// RulingOf is what a line of RuleAct says.
func RulingOf(p Step) (r Ruling, ok bool) {
	if p.Act != RuleAct {
		return r, false
	}
	var rule, assist int64
	if _, err := fmt.Sscanf(p.Detail, "%d/%d/%d/%d", &r.Edition, &rule, &r.Version, &assist); err != nil {
		return r, false
	}
	r.Rule, r.Assist, r.Lead, r.Name = id.ID(rule), id.ID(assist), p.ToUnit, p.Words
	return r, true
}

// Ruling is what the rules said last; ok is false if none was asked, or the reader
// sees the matter from the outside.
func (w Whole) Ruling() (r Ruling, ok bool) {
	for i := len(w.Steps) - 1; i >= 0 && !ok; i-- {
		r, ok = RulingOf(w.Steps[i])
	}
	return r, ok && w.Matter.Rule != 0
}

// ruler is the program that dispatches by a rule: the trail and the story name it.
const ruler = "rule: "

// byRule is the program as it dispatches by a rule.
func byRule(r Ruling) scope.Actor {
	return scope.Program(fmt.Sprintf("%s%s (%d)", ruler, r.Name, r.Version))
}

// ByRule is the name and version of the rule by which the program did what a line
// of the story says; "" if somebody did it.
func (p Step) ByRule() string {
	if name, ok := strings.CutPrefix(p.Actor, ruler); ok && p.Account == 0 {
		return name
	}
	return ""
}

// dispatchAtOnce lets a rule dispatch a matter that has just been classified, as a
// dispatcher would. What a unit has returned is for a person.
func (s *Service) dispatchAtOnce(tx *sqldb.Tx, m Matter) (Matter, error) {
	r := m.ruled
	if !r.Fired() || !r.AtOnce || m.Disputes > 0 {
		return m, nil
	}
	in := Dispatching{Lead: r.Lead}
	if r.Assist != 0 {
		in.Assist = []id.ID{r.Assist}
	}
	by := byRule(r)
	rule, err := s.dispatching(by, in)
	if err != nil {
		return m, nil //nolint:nilerr // the unit is no more: it waits for the dispatcher
	}
	return s.move(tx, by, m, Dispatch, rule)
}
