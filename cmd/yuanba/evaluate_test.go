// SPDX-License-Identifier: Apache-2.0

package main

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"yuanba/internal/kit/classify"
)

// labelled writes a CSV file and returns its name.
func labelled(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if strings.HasSuffix(name, ".gz") {
		var b strings.Builder
		z := gzip.NewWriter(&b)
		_, _ = z.Write([]byte(text)) // into memory
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		text = b.String()
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// raws and cuts are some made-up messages, as written and cut into words.
func raws(n int) string {
	var b strings.Builder
	b.WriteString("\ufefflabel,id,detail,subject\n")
	for i := range n {
		s := strconv.Itoa(i)
		b.WriteString("照明," + s + ",\"" + s + "号门口的路灯不亮，\n我们看不见\",路灯坏了\n供水," + s + "," + s + "号的水管漏水，我们停水了,没有水\n")
	}
	return b.String()
}

func cuts(n int) string {
	return "label,tokens\n" + strings.Repeat("照明,路灯 坏 门口 路灯 不亮 看不见\n供水,没有 水 水管 漏水 停水\n", n)
}

func TestEvaluateRouting(t *testing.T) {
	t.Parallel()
	raw, cut := labelled(t, "raw.csv", raws(20)), labelled(t, "cut.csv.gz", cuts(40))
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(strings.TrimPrefix(raws(20), "\ufeff"))
	if err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"both":        {"--train", raw, "--train", cut, "--test", raw},
		"one flag":    {"--train", raw, cut, "--test", raw},
		"as written":  {"--train", raw, "--test", cut},
		"GB 18030":    {"--train", cut, "--test", labelled(t, "gb.csv", gb)},
		"cut, by cut": {"--train", cut, "--test", cut},
	} {
		status, out, errs := call(t, append([]string{"evaluate", "routing", "--json"}, args...)...)
		var got evaluation
		if err := json.Unmarshal([]byte(out), &got); status != 0 || err != nil {
			t.Errorf("%s: status %d, %v: %s%s", name, status, err, out, errs)
			continue
		}
		if got.Accuracy != 1 || got.MacroF1 != 1 || len(got.Labels) != 2 || got.Labels["照明"].Support != got.Tested/2 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if status, out, _ := call(t, "evaluate", "routing", "--train", raw, "--test", cut); status != 0 || !strings.Contains(out, "macro F1  1.0000") || !strings.Contains(out, "供水") {
		t.Errorf("status %d: %s", status, out)
	}
}

func TestEvaluateRefuses(t *testing.T) {
	t.Parallel()
	good := labelled(t, "good.csv", cuts(3))
	for says, text := range map[string]string{
		"bad.csv: the file is empty":                          "",
		"bad.csv:1: the first line must name the columns":     "subject,label\n路灯,照明\n",
		"bad.csv:3: the label is missing":                     "tokens,label\n路灯,照明\n路灯,\n",
		"bad.csv:2: the message is empty":                     "subject,detail,label\n,,照明\n",
		"bad.csv:3: the line has more or fewer columns":       "tokens,label\n路灯,照明\n路灯\n",
		"bad.csv:2: the quotation marks":                      "tokens,label\n\"路灯,照明\n",
		"bad.csv: there is nothing under the column names":    "tokens,label\n",
		"bad.csv: the text is neither UTF-8 nor GB 18030":     "tokens,label\n\xff\xff,a\n",
		"bad.csv: every message has the same label":           "tokens,label\n路灯,照明\n水管,照明\n",
		"bad.csv: the packed file is damaged: unexpected EOF": "\x1f\x8b\x08",
	} {
		status, out, stderr := call(t, "evaluate", "routing", "--train", labelled(t, "bad.csv", text), "--test", good)
		if status != 1 || out != "" || !strings.Contains(stderr, says) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("want %q, status 1; got %d: %s%s", says, status, out, stderr)
		}
	}
	if status, _, stderr := call(t, "evaluate", "routing", "--train", good); status != 2 || !strings.Contains(stderr, "--test") {
		t.Errorf("without --test: status %d: %s", status, stderr)
	}
	if status, _, stderr := call(t, "evaluate", "routing", "--train", "none.csv", "--test", good); status != 1 || !strings.Contains(stderr, "none.csv") {
		t.Errorf("a file that is not there: status %d: %s", status, stderr)
	}
}

// TestEvaluateRealMessages learns from four fifths of real messages and measures
// on the rest. Nearly every message of the raw file stands in the other one too,
// cut into words; a message that is measured is in neither.
func TestEvaluateRealMessages(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("..", "..", "..", "shared", "data", "messages")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the real messages are not on this machine: " + err.Error())
	}
	cut, err := readExamples(filepath.Join(dir, "labelled_segmented_train.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := readExamples(filepath.Join(dir, "labelled_raw_train.csv"))
	if err != nil {
		t.Fatal(err)
	}
	twin := twins(cut, raw)
	var train, testCut, testRaw []classify.Example
	away := map[int]bool{} // cut messages whose raw twin is measured
	for i, e := range raw {
		if i%5 == 0 {
			testRaw = append(testRaw, e)
			for _, j := range twin[i] {
				away[j] = true
			}
		} else {
			train = append(train, e)
		}
	}
	for i, e := range cut {
		switch {
		case away[i]:
		case i%5 == 0:
			testCut = append(testCut, e)
		default:
			train = append(train, e)
		}
	}
	m, err := classify.Train(t.Context(), train, classify.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	byCut, byRaw := m.Measure(testCut), m.Measure(testRaw)
	t.Logf("%d cut: accuracy %.4f, macro F1 %.4f; %d raw: %.4f, %.4f", byCut.Texts, byCut.Accuracy, byCut.MacroF1, byRaw.Texts, byRaw.Accuracy, byRaw.MacroF1)
	if byCut.MacroF1 < 0.92 {
		t.Errorf("cut messages: macro F1 %.4f", byCut.MacroF1)
	}
	if byRaw.MacroF1 < 0.85 { // of 92 messages one is a hundredth
		t.Errorf("raw messages: macro F1 %.4f", byRaw.MacroF1)
	}
}

// twins finds for each raw message the cut ones made of it: all of whose tokens
// stand in it, in their order.
func twins(cut, raw []classify.Example) [][]int {
	first := map[string][]int{} // cut messages by their first two tokens
	for j, e := range cut {
		if len(e.Tokens) > 1 {
			k := e.Tokens[0] + " " + e.Tokens[1]
			first[k] = append(first[k], j)
		}
	}
	all := make([][]int, len(raw))
	for i, e := range raw {
		text := strings.ToLower(e.Title + e.Body)
		for k, js := range first {
			if a, b, _ := strings.Cut(strings.ToLower(k), " "); !strings.Contains(text, a) || !strings.Contains(text, b) {
				continue
			}
			for _, j := range js {
				if inOrder(cut[j].Tokens, text) {
					all[i] = append(all[i], j)
				}
			}
		}
	}
	return all
}

func inOrder(tokens []string, text string) bool {
	missing := 0
	for _, t := range tokens {
		at := strings.Index(text, strings.ToLower(t))
		if at < 0 {
			if missing++; missing > len(tokens)/50 {
				return false
			}
			continue
		}
		text = text[at+len(t):]
	}
	return true
}

// TestDispatchBaltimore sends a real city's newest requests to agencies, and
// recounts the late ones from the file's own dates, written another way.
func TestDispatchBaltimore(t *testing.T) {
	t.Parallel()
	file := filepath.Join("..", "..", "..", "shared", "data", "requests311", "baltimore_first5000.csv")
	if _, err := os.Stat(file); err != nil {
		t.Skip("the real requests are not on this machine: " + err.Error())
	}
	status, out, stderr := call(t, "evaluate", "dispatch", file, "--rules", filepath.Join("testdata", "baltimore_rules.csv"), "--json")
	var got dispatching
	if err := json.Unmarshal([]byte(out), &got); status != 0 || err != nil {
		t.Fatalf("status %d, %v: %s", status, err, stderr)
	}
	// dates as numbers to compare: year, month, day, half of the day, time
	sortable := func(s string) string {
		f := strings.Fields(s)
		d, clock := strings.Split(f[0], "/"), strings.Replace(f[1], "12:", "00:", 1)
		if !strings.HasPrefix(f[1], "12:") {
			clock = f[1]
		}
		return d[2] + d[0] + d[1] + f[2] + clock
	}
	late, undated := 0, 0
	err := readTable(file, []string{"DueDate", "CloseDate"}, func(f []string) error {
		switch {
		case f[0] == "" || f[1] == "":
			undated++
		case sortable(f[1]) > sortable(f[0]):
			late++
		}
		return nil
	})
	if err != nil || got.Late != late || got.Undated != undated || got.Requests != 5_000 || late == 0 {
		t.Errorf("%d late and %d without dates, the file says %d and %d (%v)", got.Late, got.Undated, late, undated, err)
	}
	t.Logf("learned %.4f, written %.4f of %d; %d late", got.Learned.Accuracy, got.Written.Accuracy, got.Learned.Tested, late)
	if got.Learned.Accuracy < 0.98 || got.Written.Accuracy < 0.95 {
		t.Errorf("learned %+v, written %+v", got.Learned, got.Written)
	}
	fired := 0
	for _, n := range got.Rules {
		fired += n.Fired
	}
	if fired != got.Learned.Tested {
		t.Errorf("of %d requests a rule or none fired for %d", got.Learned.Tested, fired)
	}
}

func TestDispatchRefuses(t *testing.T) {
	t.Parallel()
	const head = "SRType,Agency,CreatedDate,DueDate,CloseDate\n"
	for says, text := range map[string]string{
		"bad.csv:1: the first line must name the column Agency":    "SRType\nA\n",
		"bad.csv:2: \"soon\" is no date like":                      head + "A,B,soon,,\n",
		"bad.csv:2: the type or the agency is missing":             head + "A,,04/12/2018 11:11:26 AM,,\n",
		"bad.csv: there is nothing to learn: name a file in which": head + strings.Repeat("A,B,04/12/2018 11:11:26 AM,,\n", 9),
	} {
		status, out, stderr := call(t, "evaluate", "dispatch", labelled(t, "bad.csv", text))
		if status != 1 || out != "" || !strings.Contains(stderr, says) {
			t.Errorf("want %q, status 1; got %d: %s%s", says, status, out, stderr)
		}
	}
}
