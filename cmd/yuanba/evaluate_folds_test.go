// SPDX-License-Identifier: Apache-2.0

package main

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"yuanba/internal/kit/classify"
)

// TestEvaluateFolds measures the real messages as written, each by a model that
// learnt from four fifths of them and from all cut ones that were not made of what
// is measured; then over again with other fifths, as often as YUANBA_FOLDS says.
// One such round takes half a minute, so without it one fifth is measured once.
func TestEvaluateFolds(t *testing.T) {
	t.Parallel()
	rounds, parts, least := 1, 1, 0.8 // of 91 messages four hundredths either way are chance
	if n, err := strconv.Atoi(os.Getenv("YUANBA_FOLDS")); err == nil && n > 0 {
		rounds, parts, least = n, 5, 0.87 // of 454, one and a half
	}
	dir := filepath.Join("..", "..", "..", "shared", "data", "messages")
	cut, err := readExamples(filepath.Join(dir, "labelled_segmented_train.csv.gz"))
	if err != nil {
		t.Skip("the real messages are not on this machine: " + err.Error())
	}
	raw, err := readExamples(filepath.Join(dir, "labelled_raw_train.csv"))
	if err != nil {
		t.Fatal(err)
	}
	twin := twins(cut, raw)
	sum, squares := 0.0, 0.0
	for round := range rounds {
		order := rand.New(rand.NewPCG(uint64(round), 5)).Perm(len(raw)) //nolint:gosec // repeatable
		var truth, guesses []string
		for part := range parts {
			var train, asked []classify.Example
			away := map[int]bool{}
			for i, e := range raw {
				if order[i]%5 != part || len(twin[i]) == 0 {
					train = append(train, e)
					continue
				}
				asked = append(asked, e)
				for _, j := range twin[i] {
					away[j] = true
				}
			}
			for j, e := range cut {
				if !away[j] {
					train = append(train, e)
				}
			}
			m, err := classify.Train(t.Context(), train, classify.Options{Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range asked {
				truth, guesses = append(truth, e.Label), append(guesses, m.Guess(e.Text).Label)
			}
		}
		r := classify.Compare(truth, guesses)
		t.Logf("round %d, %d messages: accuracy %.4f, macro F1 %.4f", round+1, r.Texts, r.Accuracy, r.MacroF1)
		sum += r.MacroF1
		squares += r.MacroF1 * r.MacroF1
	}
	mean := sum / float64(rounds)
	t.Logf("macro F1 %.4f, from round to round ± %.4f", mean, math.Sqrt(max(0, squares/float64(rounds)-mean*mean)))
	if mean < least {
		t.Errorf("macro F1 %.4f", mean)
	}
}
