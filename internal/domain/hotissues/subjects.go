// SPDX-License-Identifier: Apache-2.0

package hotissues

import (
	_ "embed" // the list of subjects
	"strings"
)

//go:embed subjects.txt
var subjectList string

// A topicWord is a word by which a subject is known.
type topicWord struct {
	word    []rune
	subject int
}

// subjectNames are the subjects, and subjectWords their words by the first letter.
var subjectNames, subjectWords = func() (names []string, words map[rune][]topicWord) {
	words = map[rune][]topicWord{}
	for i, l := range lines(subjectList) {
		code, list, ok := strings.Cut(l, ":")
		if !ok {
			panic("subjects.txt: no colon in " + l)
		}
		names = append(names, code)
		for _, w := range strings.Fields(list) {
			rs := []rune(w)
			words[rs[0]] = append(words[rs[0]], topicWord{rs, i})
		}
	}
	return names, words
}()

// subjectsIn counts how often the words of each subject stand in folded letters.
func subjectsIn(rs []rune, count func(subject int)) {
	for i := range rs {
		for _, w := range subjectWords[rs[i]] {
			if i+len(w.word) <= len(rs) && string(rs[i:i+len(w.word)]) == string(w.word) {
				count(w.subject)
			}
		}
	}
}
