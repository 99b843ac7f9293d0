// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"yuanba/internal/kit/classify"
)

// evaluate measures what the program learns, on files outside a town.
func (c *cli) evaluate() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "evaluate",
		GroupID: groupWatch,
		Short:   "measure how well the program learns from labelled files",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.evaluateRouting(), c.evaluateDispatch(), c.evaluateRetrieval())
	return cmd
}

// evaluateRouting learns labels from files and measures them on another.
func (c *cli) evaluateRouting() *cobra.Command {
	var train []string
	var test string
	cmd := &cobra.Command{
		Use:   "routing --train FILE... --test FILE",
		Short: "learn from labelled messages, and measure it on others",
		Long: `Routing learns from messages under whose label they belong, as a town does from its
own closed matters, and says how many messages of another file it puts where they
belong: accuracy, and for each label precision, recall, and F1, their harmonic mean.
Macro F1 is the mean of F1 over the labels.

The files are CSV with a line of column names: subject, detail and label for messages
as written; tokens and label for messages cut into words. Other columns are left
out. A file may be packed with gzip, and be UTF-8 or GB 18030. Give messages to
--test that are in no file of --train: what has been learnt by heart proves nothing.`,
		Example: "  yuanba evaluate routing --train january.csv --train february.csv.gz --test march.csv\n  yuanba evaluate routing --train old.csv --test new.csv --json | jq .macro_f1",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			train = append(train, args...) // --train a.csv b.csv, as a shell makes of a*.csv
			if len(train) == 0 || test == "" {
				return usageError{errors.New("name the files to learn from with --train, and the one to measure on with --test")}
			}
			var examples []classify.Example
			for _, name := range train {
				es, err := readExamples(name)
				if err != nil {
					return err
				}
				examples = append(examples, es...)
			}
			asked, err := readExamples(test)
			if err != nil {
				return err
			}
			began := time.Now()
			model, err := classify.Train(cmd.Context(), examples, classify.Options{Seed: 1})
			switch {
			case errors.Is(err, classify.ErrOneLabel):
				return fmt.Errorf("%s: every message has the same label, so there is nothing to learn", train[0])
			case err != nil:
				return err
			}
			learnt := time.Since(began)
			r, took := measured(model, asked)
			v := newEvaluation(r, took)
			v.Trained, v.TrainSeconds = len(examples), learnt.Seconds()
			return c.answer(v, func(w io.Writer) { v.write(w, r) })
		},
	}
	cmd.Flags().StringArrayVar(&train, "train", nil, "a `file` to learn from; may be given again")
	cmd.Flags().StringVar(&test, "test", "", "the `file` to measure on")
	return cmd
}

// measured measures a model, again and again for half a second, and says how long
// the quickest time took: the first pays for the memory, and others may be at work.
func measured(m *classify.Model, asked []classify.Example) (r classify.Report, quickest time.Duration) {
	for begin := time.Now(); quickest == 0 || time.Since(begin) < time.Second/2; {
		began := time.Now()
		r = m.Measure(asked)
		if took := time.Since(began); quickest == 0 || took < quickest {
			quickest = max(took, 1)
		}
	}
	return r, quickest
}

// An evaluation is the answer of evaluate.
type evaluation struct {
	Accuracy     float64            `json:"accuracy"`
	MacroF1      float64            `json:"macro_f1"`
	Labels       map[string]measure `json:"labels"`
	Trained      int                `json:"trained"`
	Tested       int                `json:"tested"`
	TrainSeconds float64            `json:"train_seconds"`
	PerSecond    float64            `json:"messages_per_second"` // on one processor
}

type measure struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
	Support   int     `json:"support"`
}

func newEvaluation(r classify.Report, took time.Duration) evaluation {
	v := evaluation{Accuracy: r.Accuracy, MacroF1: r.MacroF1, Labels: map[string]measure{}, Tested: r.Texts}
	for _, e := range r.Each {
		v.Labels[e.Label] = measure{e.Precision, e.Recall, e.F1, e.Support}
	}
	if s := took.Seconds(); s > 0 {
		v.PerSecond = float64(r.Texts) / s
	}
	return v
}

func (v evaluation) write(w io.Writer, r classify.Report) {
	fmt.Fprintf(w, "learnt from %d messages in %.1f s, measured on %d at %.0f a second\n\n", v.Trained, v.TrainSeconds, v.Tested, v.PerSecond)
	fmt.Fprintf(w, "accuracy  %.4f\nmacro F1  %.4f\n\n", v.Accuracy, v.MacroF1)
	fmt.Fprintf(w, "precision  recall      F1  messages  label\n")
	for _, e := range r.Each {
		fmt.Fprintf(w, "   %.4f  %.4f  %.4f  %8d  %s\n", e.Precision, e.Recall, e.F1, e.Support, e.Label)
	}
}
