// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// An event is one line of go test -json.
type event struct {
	Action     string
	Package    string
	ImportPath string // of a build's output
	Test       string
	Output     string
	Elapsed    float64
}

// A leaf is a test without sub-tests: what is counted.
type leaf struct {
	pkg, name, result string
	parent            bool
	output            []string
}

// An engine is where a test ran: a part of its name says so.
var engines = []string{"sqlite", "postgres"}

// A summary reads the events of go test and says what they come to.
type summary struct {
	w       io.Writer
	tests   map[string]*leaf
	builds  map[string][]string // output of builds, by import path
	faults  []string            // failures that belong to no test
	left    []string            // what could not be run at all: "postgres", "browser"
	reasons map[string]string
}

func newSummary(w io.Writer) *summary {
	return &summary{w: w, tests: map[string]*leaf{}, builds: map[string][]string{}, reasons: map[string]string{}}
}

// missing notes that a part of the suite cannot be run, and why.
func (s *summary) missing(part, why string) {
	s.left = append(s.left, part)
	s.reasons[part] = why
}

// fault notes a failure that belongs to no test.
func (s *summary) fault(what string, err error) {
	s.faults = append(s.faults, fmt.Sprintf("%s: %v", what, err))
}

func (s *summary) failed() int {
	n := len(s.faults)
	for _, t := range s.leaves() {
		if t.result == "fail" {
			n++
		}
	}
	return n
}

// read reads the output of go test -json to its end, printing a line for each
// package and the output of what failed.
func (s *summary) read(r io.Reader) error {
	in := bufio.NewReader(r)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) == nil {
				s.event(e)
			} else {
				fmt.Fprintf(s.w, "%s", line) // go test itself speaks plainly now and then
			}
		}
		if err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func (s *summary) event(e event) {
	if e.Action == "build-output" {
		s.builds[e.ImportPath] = append(s.builds[e.ImportPath], e.Output)
		return
	}
	if e.Package == "" {
		return
	}
	key := e.Package + " " + e.Test
	t := s.tests[key]
	if t == nil {
		t = &leaf{pkg: e.Package, name: e.Test}
		s.tests[key] = t
		s.markParents(e)
	}
	switch e.Action {
	case "output":
		t.output = append(t.output, e.Output)
	case "pass", "fail", "skip":
		t.result = e.Action
		if e.Test == "" {
			s.packageEnds(e, t)
		}
	}
}

// markParents notes that the tests around this one are not leaves.
func (s *summary) markParents(e event) {
	name := e.Test
	for {
		i := strings.LastIndexByte(name, '/')
		if i < 0 {
			return
		}
		name = name[:i]
		if p := s.tests[e.Package+" "+name]; p != nil {
			p.parent = true
		}
	}
}

func (s *summary) packageEnds(e event, whole *leaf) {
	word := map[string]string{"pass": "ok", "fail": "FAIL", "skip": "none"}[e.Action]
	if e.Action == "skip" { // a package without tests says so in this way
		return
	}
	n, failed := 0, 0
	for _, t := range s.tests {
		if t.pkg != e.Package || t.name == "" || t.parent && t.result != "fail" {
			continue
		}
		if !t.parent {
			n++
		}
		if t.result == "pass" || t.result == "skip" {
			continue
		}
		if t.result == "" { // it never ended: a panic or the time limit
			t.result = "fail"
		}
		failed++
	}
	fmt.Fprintf(s.w, "%-4s %s  %d tests, %.1f s\n", word, e.Package, n, e.Elapsed)
	if e.Action != "fail" {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(s.tests)) {
		if t := s.tests[key]; t.pkg == e.Package && t.name != "" && t.result == "fail" && (!t.parent || !s.childFailed(t)) {
			fmt.Fprintf(s.w, "\n     ✗ %s\n", t.name)
			s.quote(t.output)
		}
	}
	if failed == 0 { // it did not build, or fell outside any test
		s.faults = append(s.faults, e.Package+": failed outside its tests")
		for path, out := range s.builds {
			if path == e.Package || strings.HasPrefix(path, e.Package+" ") || strings.HasPrefix(path, e.Package+"_test ") || strings.HasPrefix(path, e.Package+".test") {
				s.quote(out)
			}
		}
		s.quote(whole.output)
	}
	fmt.Fprintln(s.w)
}

// quote prints output without the lines that only go test needs.
func (s *summary) quote(output []string) {
	for line := range strings.SplitSeq(strings.TrimRight(strings.Join(output, ""), "\n"), "\n") {
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "=== ") || strings.HasPrefix(trimmed, "--- ") || trimmed == "" {
			continue
		}
		fmt.Fprintf(s.w, "       %s\n", line)
	}
}

// leaves returns the tests that are counted, in order. A test that failed itself
// although its sub-tests did not is counted too.
func (s *summary) leaves() []*leaf {
	var all []*leaf
	for _, key := range slices.Sorted(maps.Keys(s.tests)) {
		t := s.tests[key]
		if t.name == "" || t.result == "" || t.parent && (t.result != "fail" || s.childFailed(t)) {
			continue
		}
		all = append(all, t)
	}
	return all
}

func (s *summary) childFailed(parent *leaf) bool {
	for _, t := range s.tests {
		if t.pkg == parent.pkg && t.result == "fail" && strings.HasPrefix(t.name, parent.name+"/") {
			return true
		}
	}
	return false
}

// print writes what the run came to, ending with the line of three numbers, and
// returns the exit status. With all, nothing may have been left out.
func (s *summary) print(took time.Duration, all bool) int {
	count := map[string]map[string]int{}
	result := map[string]int{"fail": len(s.faults)}
	var failed, skipped []*leaf
	journeys := 0
	for _, t := range s.leaves() {
		where := engineOf(t.name)
		if count[where] == nil {
			count[where] = map[string]int{}
		}
		count[where][t.result]++
		result[t.result]++
		switch t.result {
		case "fail":
			failed = append(failed, t)
		case "skip":
			skipped = append(skipped, t)
		}
		if strings.HasSuffix(t.pkg, "/internal/e2e") {
			journeys++
		}
	}
	fmt.Fprintf(s.w, "\n")
	for _, t := range failed {
		fmt.Fprintf(s.w, "failed   %s %s\n", t.pkg, t.name)
	}
	for _, f := range s.faults {
		fmt.Fprintf(s.w, "failed   %s\n", f)
	}
	for _, t := range skipped {
		fmt.Fprintf(s.w, "skipped  %s %s: %s\n", t.pkg, t.name, reason(t.output))
	}
	title := map[string]string{"sqlite": "on SQLite", "postgres": "on PostgreSQL", "": "without a database"}
	for _, where := range append(slices.Clone(engines), "") {
		c := count[where]
		if where == "postgres" && slices.Contains(s.left, where) {
			fmt.Fprintf(s.w, "%-20s not run: %s\n", title[where], s.reasons[where])
			continue
		}
		fmt.Fprintf(s.w, "%-20s %5d tests: %d passed, %d failed, %d skipped\n", title[where],
			c["pass"]+c["fail"]+c["skip"], c["pass"], c["fail"], c["skip"])
	}
	if slices.Contains(s.left, "browser") {
		fmt.Fprintf(s.w, "%-20s not run: %s\n", "in the browser", s.reasons["browser"])
	} else {
		fmt.Fprintf(s.w, "%-20s %5d tests, counted above\n", "in the browser", journeys)
	}
	fmt.Fprintf(s.w, "took                 %s\n", took.Round(time.Second))

	bad := result["fail"] > 0
	if all && (len(s.left) > 0 || result["skip"] > 0) {
		bad = true
		fmt.Fprintln(s.w, "Nothing may be left out here (YUANBA_REQUIRE=all), and something was.")
		result["fail"] += len(s.left)
	}
	fmt.Fprintf(s.w, "%d passed, %d failed, %d skipped\n", result["pass"], result["fail"], result["skip"])
	if bad {
		return 1
	}
	return 0
}

// engineOf says on which engine a test ran, "" if it needed none.
func engineOf(name string) string {
	for part := range strings.SplitSeq(name, "/") {
		if slices.Contains(engines, part) {
			return part
		}
	}
	return ""
}

// reason returns what a skipped test said about it.
func reason(output []string) string {
	for _, line := range output {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(line, "--- ") {
			return line
		}
	}
	return "no reason given"
}
