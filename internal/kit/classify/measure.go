// SPDX-License-Identifier: Apache-2.0

package classify

import (
	"slices"
)

// A Report says how well guesses meet what is known. Every figure follows from
// the table of confusion.
type Report struct {
	Labels    []string  // of the model and the examples, in order
	Confusion [][]int   // how many of label i were put under label j
	Texts     int       // examples
	Right     int       // of them put under their label
	Accuracy  float64   // Right / Texts
	MacroF1   float64   // the mean of F1 over the labels that occur in the examples
	Each      []Measure // by label
}

// A Measure is how well one label is found.
type Measure struct {
	Label     string
	Precision float64 // of those put under it, how many belong there; 0 if none was
	Recall    float64 // of those that belong there, how many were put; 0 if none belongs
	F1        float64 // harmonic mean of both
	Support   int     // examples that belong there
}

// Measure puts examples under labels and reports how many are right.
func (m *Model) Measure(examples []Example) Report {
	guesses := make([]string, len(examples))
	for i, e := range examples {
		guesses[i] = m.Guess(e.Text).Label
	}
	truth := make([]string, len(examples))
	for i, e := range examples {
		truth[i] = e.Label
	}
	return Compare(truth, guesses)
}

// Compare reports how well guesses meet the truth; both are of the same length.
func Compare(truth, guesses []string) Report {
	var r Report
	r.Labels = append(append(r.Labels, truth...), guesses...)
	slices.Sort(r.Labels)
	r.Labels = slices.Compact(r.Labels)
	r.Confusion = make([][]int, len(r.Labels))
	for i := range r.Confusion {
		r.Confusion[i] = make([]int, len(r.Labels))
	}
	at := func(l string) int { i, _ := slices.BinarySearch(r.Labels, l); return i }
	for i := range truth {
		r.Confusion[at(truth[i])][at(guesses[i])]++
	}
	occur := 0
	for i, l := range r.Labels {
		var guessed, belong int
		for j := range r.Labels {
			guessed += r.Confusion[j][i]
			belong += r.Confusion[i][j]
		}
		right := r.Confusion[i][i]
		e := Measure{Label: l, Support: belong, Precision: ratio(right, guessed), Recall: ratio(right, belong), F1: ratio(2*right, guessed+belong)}
		r.Each = append(r.Each, e)
		r.Texts += belong
		r.Right += right
		if belong > 0 {
			occur++
			r.MacroF1 += e.F1
		}
	}
	r.Accuracy = ratio(r.Right, r.Texts)
	if occur > 0 {
		r.MacroF1 /= float64(occur)
	}
	return r
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
