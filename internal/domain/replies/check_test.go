// SPDX-License-Identifier: Apache-2.0

package replies

import (
	"compress/gzip"
	"encoding/csv"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var all = flag.Bool("all", false, "read every real reply, not every eighth")

var update = flag.Bool("update", false, "write the golden files anew")

// What is advised on replies of our own, good and bad, in both languages. A case
// is what was asked, a line of ---, and the reply; what is advised follows in the
// golden file.
func TestGolden(t *testing.T) {
	t.Parallel()
	cases, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(cases) < 8 {
		t.Fatal(len(cases), err)
	}
	for _, name := range cases {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		asked, reply, ok := strings.Cut(string(b), "\n---\n")
		if !ok {
			t.Fatalf("%s: no line of ---", name)
		}
		var got strings.Builder
		for _, a := range Check(asked, reply) {
			fmt.Fprintf(&got, "%s: %s\n", a.Finding, a.Quote)
		}
		golden := strings.TrimSuffix(name, ".txt") + ".golden"
		if *update {
			if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || string(want) != got.String() {
			t.Errorf("%s: got\n%swant\n%s", name, got.String(), want)
		}
	}
}

func TestQuestions(t *testing.T) {
	t.Parallel()
	qs := Questions("我们小区停水三天了。请问什么时候恢复供水？为什么不提前通知！水费要多少？能不能送水。谢谢领导")
	want := []Finding{NoTime, NoReason, NoFigure, ""}
	if len(qs) != len(want) {
		t.Fatalf("%+v", qs)
	}
	for i, q := range qs {
		if q.Want != want[i] {
			t.Errorf("%s: %q", q.Words, q.Want)
		}
	}
	if qs := Questions("路灯不亮，请派人来修。谢谢！"); len(qs) != 0 {
		t.Errorf("no question: %+v", qs)
	}
}

func TestEmptyReply(t *testing.T) {
	t.Parallel()
	if a := Check("什么时候修？", "  \n"); a != nil {
		t.Errorf("%+v", a)
	}
}

// The shares in docs/hot.md: how many of the real replies have each finding.
func TestRealReplies(t *testing.T) {
	t.Parallel()
	f, err := os.Open("../../../../shared/data/messages/messages_with_replies_2816.csv.gz")
	if err != nil {
		t.Skip("no real replies: ../shared/data is not here")
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(z)
	if _, err := r.Read(); err != nil {
		t.Fatal(err)
	}
	rows, n, clean := 0, 0, 0
	with := map[Finding]int{}
	for {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if rows++; !*all && rows%8 != 0 {
			continue
		}
		n++
		seen := map[Finding]bool{}
		for _, a := range Check(row[2]+"。"+row[4], row[5]) {
			seen[a.Finding] = true
		}
		if len(seen) == 0 {
			clean++
		}
		for f := range seen {
			with[f]++
		}
	}
	for _, f := range Findings() {
		share := float64(with[f]) / float64(n)
		t.Logf("%-11s %.1f %%", f, 100*share)
		if share > 0.5 || f == Empty && share > 0.3 {
			t.Errorf("%s is said of %.0f %% of all replies: advice that everybody gets is none", f, 100*share)
		}
	}
	t.Logf("nothing     %.1f %% of %d", 100*float64(clean)/float64(n), n)
}
