// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"yuanba/internal/domain/routing"
	"yuanba/internal/kit/classify"
)

// evaluateDispatch sends the requests of a city's export to agencies by rules and
// by what was learnt, and counts those that were late.
func (c *cli) evaluateDispatch() *cobra.Command {
	var rules string
	cmd := &cobra.Command{
		Use:   "dispatch [FILE]",
		Short: "send a city's past requests to agencies by learned and by written rules",
		Long: `Dispatch reads a city's export of requests, with the columns SRType, Agency,
CreatedDate, DueDate and CloseDate as Baltimore publishes them. It learns from the
older four fifths which agency a type goes to, and measures it on the newest fifth;
with --rules it sends the same requests by written rules too. And it counts the
requests that were closed after their due date, by the dates in the file.

The rules are CSV with the columns name, words and unit: the first rule one of whose
words, separated by |, stands in the type, says where it goes. What no rule catches
counts as wrong.

Without a file it does so in the town of the configuration: with its own closed
matters, by what can be learnt from the older four fifths of them and by its rules
in use, and counts those closed after what was promised. Nothing is changed.`,
		Example: "  yuanba evaluate dispatch requests.csv --rules rules.csv\n  yuanba evaluate dispatch requests.csv --json | jq .learned.accuracy\n  yuanba evaluate dispatch --db town.db",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				if rules != "" {
					return usageError{errors.New("a town has rules of its own: put them in use with yuanba import rules, or name a file of requests")}
				}
				return c.dispatchInTown(cmd.Context())
			}
			rs, err := readRequests(args[0])
			if err != nil {
				return err
			}
			var w *written
			if rules != "" {
				if w, err = readRules(rules); err != nil {
					return err
				}
			}
			v := dispatching{Requests: len(rs)}
			for _, r := range rs {
				switch {
				case r.due.IsZero() || r.closed.IsZero():
					v.Undated++
				case r.closed.After(r.due):
					v.Late++
				}
			}
			slices.SortStableFunc(rs, func(a, b request) int { return a.created.Compare(b.created) })
			old, test := rs[:len(rs)*4/5], rs[len(rs)*4/5:]
			examples := make([]classify.Example, len(old))
			for i, r := range old {
				examples[i] = classify.Example{Text: classify.Text{Title: r.kind}, Label: r.agency}
			}
			m, err := classify.Train(cmd.Context(), examples, classify.Options{Seed: 1})
			switch {
			case errors.Is(err, classify.ErrNoExamples), errors.Is(err, classify.ErrOneLabel):
				return fmt.Errorf("%s: there is nothing to learn: name a file in which several agencies have requests", args[0])
			case err != nil:
				return err
			}
			v.Learned = outcomeOf(test, func(r request) string { return m.Guess(classify.Text{Title: r.kind}).Label })
			if w != nil {
				o := outcomeOf(test, func(r request) string { _, unit := w.fired(r.kind); return unit })
				v.Written = &o
				v.Rules = countRules(w, test)
			}
			return c.answer(v, func(w io.Writer) { v.write(w) })
		},
	}
	cmd.Flags().StringVar(&rules, "rules", "", "a `file` of written rules")
	c.settings(cmd)
	return cmd
}

// dispatching is the answer of evaluate dispatch.
type dispatching struct {
	Requests int         `json:"requests"`
	Late     int         `json:"late"`    // closed after their due date
	Undated  int         `json:"undated"` // not closed, or without a due date
	Learned  outcome     `json:"learned"`
	Written  *outcome    `json:"written,omitempty"`
	Rules    []ruleCount `json:"rules,omitempty"`
}

// An outcome is how many of the newest requests were sent where they went.
type outcome struct {
	Tested   int                `json:"tested"`
	Right    int                `json:"right"`
	Accuracy float64            `json:"accuracy"`
	MacroF1  float64            `json:"macro_f1"`
	Agencies map[string]measure `json:"agencies"`
}

type ruleCount struct {
	Name  string `json:"name"` // "" for what no rule catches
	Fired int    `json:"fired"`
	Right int    `json:"right"`
}

func outcomeOf(test []request, to func(request) string) outcome {
	var truth, guesses []string
	for _, r := range test {
		truth, guesses = append(truth, r.agency), append(guesses, to(r))
	}
	rep := classify.Compare(truth, guesses)
	o := outcome{Tested: rep.Texts, Right: rep.Right, Accuracy: rep.Accuracy, MacroF1: rep.MacroF1, Agencies: map[string]measure{}}
	for _, e := range rep.Each {
		if e.Support > 0 {
			o.Agencies[e.Label] = measure{e.Precision, e.Recall, e.F1, e.Support}
		}
	}
	return o
}

func countRules(w *written, test []request) []ruleCount {
	counts := map[string]ruleCount{}
	for _, r := range test {
		name, unit := w.fired(r.kind)
		n := counts[name]
		n.Name, n.Fired = name, n.Fired+1
		if unit == r.agency {
			n.Right++
		}
		counts[name] = n
	}
	var all []ruleCount
	for _, n := range counts {
		all = append(all, n)
	}
	slices.SortFunc(all, func(a, b ruleCount) int { return cmp.Or(cmp.Compare(b.Fired, a.Fired), cmp.Compare(a.Name, b.Name)) })
	return all
}

func (v dispatching) write(w io.Writer) {
	fmt.Fprintf(w, "%d requests; %d closed after their due date, %d not closed or without one\n\n", v.Requests, v.Late, v.Undated)
	fmt.Fprintf(w, "of the newest %d, sent where they went\n", v.Learned.Tested)
	fmt.Fprintf(w, "  by what was learnt from the others  %5d  accuracy %.4f  macro F1 %.4f\n", v.Learned.Right, v.Learned.Accuracy, v.Learned.MacroF1)
	if v.Written == nil {
		return
	}
	fmt.Fprintf(w, "  by the written rules                %5d  accuracy %.4f  macro F1 %.4f\n\n", v.Written.Right, v.Written.Accuracy, v.Written.MacroF1)
	fmt.Fprintf(w, "fired  right  rule\n")
	for _, n := range v.Rules {
		fmt.Fprintf(w, "%5d  %5d  %s\n", n.Fired, n.Right, cmp.Or(n.Name, "(none)"))
	}
}

// A request is a row of a city's export.
type request struct {
	kind, agency         string
	created, due, closed time.Time
}

const exportTime = "01/02/2006 03:04:05 PM"

func readRequests(name string) ([]request, error) {
	var rs []request
	err := readTable(name, []string{"SRType", "Agency", "CreatedDate", "DueDate", "CloseDate"}, func(f []string) error {
		r := request{kind: strings.TrimSpace(f[0]), agency: strings.TrimSpace(f[1])}
		if r.kind == "" || r.agency == "" {
			return errors.New("the type or the agency is missing")
		}
		for i, at := range []*time.Time{&r.created, &r.due, &r.closed} {
			if f[2+i] == "" && i > 0 {
				continue
			}
			t, err := time.Parse(exportTime, f[2+i])
			if err != nil {
				return fmt.Errorf("%q is no date like 04/12/2018 11:11:26 AM", f[2+i])
			}
			*at = t
		}
		rs = append(rs, r)
		return nil
	})
	return rs, err
}

// A written is a list of rules with the agency to which each sends. They are the
// town's own rules ([routing.Rules]) without a town: an agency of the file is a name
// and no unit.
type written struct {
	rules routing.Rules
	units []string
}

func readRules(name string) (*written, error) {
	w := &written{}
	err := readTable(name, []string{"name", "words", "unit"}, func(f []string) error {
		r := routing.Rule{Name: f[0], When: routing.When{Any: strings.Split(f[1], "|")}}.Tidy()
		unit := strings.TrimSpace(f[2])
		if r.Name == "" || unit == "" || r.When.Any == nil {
			return errors.New("a rule needs a name, words and a unit")
		}
		w.rules, w.units = append(w.rules, r), append(w.units, unit)
		return nil
	})
	return w, err
}

// fired is the first rule that fits and its agency; both are "" if none does.
func (w *written) fired(kind string) (name, unit string) {
	i := w.rules.First(routing.Case{Text: routing.Words(kind, "")}, routing.Town{})
	if i < 0 {
		return "", ""
	}
	return w.rules[i].Name, w.units[i]
}
