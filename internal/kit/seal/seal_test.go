// SPDX-License-Identifier: Apache-2.0

package seal_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/seal"
)

var (
	name  = seal.Column{Table: "resident", Name: "name"}
	phone = seal.Column{Table: "resident", Name: "phone"}
)

func keys(t testing.TB) *seal.File {
	t.Helper()
	k, err := seal.OpenFile(filepath.Join(t.TempDir(), "data", "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSealOpensOnlyInItsPlace(t *testing.T) {
	t.Parallel()
	b := seal.New(keys(t))
	sealed, err := b.Seal(name, 7, seal.NewText("陈秀珍"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("陈")) {
		t.Error("the sealed bytes show the text")
	}
	if got, err := b.Open(name, 7, sealed); err != nil || got.Plain() != "陈秀珍" {
		t.Errorf("open: %q, %v", got.Plain(), err)
	}
	again, _ := b.Seal(name, 7, seal.NewText("陈秀珍"))
	if bytes.Equal(sealed, again) {
		t.Error("the same text sealed twice gives the same bytes")
	}
	broken := bytes.Clone(sealed)
	broken[len(broken)-1] ^= 1
	other := seal.New(keys(t))
	for what, open := range map[string]func() (seal.Text, error){
		"another row":     func() (seal.Text, error) { return b.Open(name, 8, sealed) },
		"another column":  func() (seal.Text, error) { return b.Open(phone, 7, sealed) },
		"another table":   func() (seal.Text, error) { return b.Open(seal.Column{Table: "contact", Name: "name"}, 7, sealed) },
		"a changed byte":  func() (seal.Text, error) { return b.Open(name, 7, broken) },
		"cut off":         func() (seal.Text, error) { return b.Open(name, 7, sealed[:4]) },
		"another's keys":  func() (seal.Text, error) { return other.Open(name, 7, sealed) },
		"no sealed bytes": func() (seal.Text, error) { return b.Open(name, 7, []byte("陈秀珍")) },
	} {
		got, err := open()
		if err == nil || !got.Empty() {
			t.Errorf("%s: opened as %q", what, got.Plain())
		}
		if err != nil && strings.Contains(err.Error(), "陈") {
			t.Errorf("%s: the error tells the text: %v", what, err)
		}
	}
	if none, err := b.Seal(name, 7, seal.Text{}); none != nil || err != nil {
		t.Errorf("nothing sealed is %v, %v", none, err)
	}
	if got, err := b.Open(name, 7, nil); !got.Empty() || err != nil {
		t.Errorf("nothing opened is %q, %v", got.Plain(), err)
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys.json")
	k, err := seal.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	running, err := seal.OpenFile(path) // another process, started before the rotation
	if err != nil {
		t.Fatal(err)
	}
	b := seal.New(k)
	old, err := b.Seal(name, 1, seal.NewText("周敏"))
	if err != nil {
		t.Fatal(err)
	}
	index, _ := b.Index("phone", "13800001234")
	print, _ := b.Fingerprint()
	for range 3 {
		if err := k.Rotate(); err != nil {
			t.Fatal(err)
		}
	}
	if k.Generations() != 4 {
		t.Errorf("%d generations, want 4", k.Generations())
	}
	fresh, err := b.Seal(name, 1, seal.NewText("周敏"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(old[:5], fresh[:5]) {
		t.Error("sealed with the old key after the rotation")
	}
	restarted, err := seal.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for who, k := range map[string]*seal.File{"the same": k, "running": running, "restarted": restarted} {
		for when, sealed := range map[string][]byte{"before": old, "after": fresh} {
			if got, err := seal.New(k).Open(name, 1, sealed); err != nil || got.Plain() != "周敏" {
				t.Errorf("%s opens what was sealed %s: %q, %v", who, when, got.Plain(), err)
			}
		}
		if got, _ := seal.New(k).Index("phone", "13800001234"); !bytes.Equal(got, index) {
			t.Errorf("%s: the index changed with the rotation", who)
		}
		if got, _ := seal.New(k).Fingerprint(); got != print {
			t.Errorf("%s: the fingerprint changed with the rotation", who)
		}
	}
}

func TestIndex(t *testing.T) {
	t.Parallel()
	a, b := seal.New(keys(t)), seal.New(keys(t))
	index := func(x *seal.Box, purpose, value string) string {
		h, err := x.Index(purpose, value)
		if err != nil {
			t.Fatal(err)
		}
		return string(h)
	}
	seen := map[string]string{}
	for what, h := range map[string]string{
		"phone": index(a, "phone", "13800001234"), "other phone": index(a, "phone", "13800001235"),
		"other purpose": index(a, "id_number", "13800001234"), "other town": index(b, "phone", "13800001234"),
		"split elsewhere": index(a, "phone1", "3800001234"),
	} {
		if len(h) != 32 {
			t.Errorf("%s: %d bytes", what, len(h))
		}
		if seen[h] != "" {
			t.Errorf("%s and %s have one index", what, seen[h])
		}
		seen[h] = what
	}
	if again := index(a, "phone", "13800001234"); again != index(a, "phone", "13800001234") {
		t.Error("two indexes of one value")
	}
	if index(a, "phone", "") != "" {
		t.Error("nothing has an index")
	}
	if seal.Same(nil, nil) {
		t.Error("two missing indexes count as the same")
	}
}

func TestFileOfKeys(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data", "keys.json")
	prints := make([]string, 16)
	var wg sync.WaitGroup
	for i := range prints {
		wg.Go(func() {
			k, err := seal.OpenFile(path)
			if err != nil {
				t.Error(err)
				return
			}
			prints[i], _ = seal.New(k).Fingerprint()
		})
	}
	wg.Wait()
	for _, p := range prints {
		if p != prints[0] || p == "" {
			t.Fatalf("two sets of keys were made: %q", prints)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".keys-*"))
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.OpenFile(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a file that others can read: %v", err)
	}
	for what, text := range map[string]string{"empty": "", "not JSON": "x", "no keys": "{}", "empty keys": `{"fields":{},"index":{}}`} {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := seal.OpenFile(path); err == nil {
			t.Errorf("%s: opened", what)
		}
		if b, _ := os.ReadFile(path); string(b) != text {
			t.Errorf("%s: the file was changed", what)
		}
	}
}

func TestTextNeverShows(t *testing.T) {
	t.Parallel()
	const plain = "secret-陈秀珍"
	text := seal.NewText(plain)
	type outer struct {
		Name  seal.Text
		ptr   *seal.Text
		quiet seal.Text // fmt cannot call the methods of an unexported field
		list  []seal.Text
		m     map[string]seal.Text
	}
	v := outer{text, &text, text, []seal.Text{text}, map[string]seal.Text{"k": text}}
	shown := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%10.3s"} {
		shown[verb] = fmt.Sprintf(verb+" "+verb+" "+verb, text, v, &v) // wrong verbs are the point
	}
	for what, x := range map[string]any{"json": text, "json of a struct": v, "json of a key": map[seal.Text]int{text: 1}} {
		b, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		shown[what] = string(b)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "a", text, "b", v, "c", &v)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "a", text, "b", v, "c", &v)
	shown["slog"] = log.String()
	var page bytes.Buffer
	if err := template.Must(template.New("").Parse(`<p title="{{.}}">{{.}}</p><script>var x = {{.}}</script>`)).Execute(&page, text); err != nil {
		t.Fatal(err)
	}
	shown["page"] = page.String()
	shown["error"] = fmt.Errorf("resident %v: %s", text, v.Name).Error()
	hex := fmt.Sprintf("%x", plain)
	for how, s := range shown {
		if strings.Contains(s, "secret") || strings.Contains(s, "陈") || strings.Contains(strings.ToLower(s), hex[:12]) {
			t.Errorf("%s shows it: %s", how, s)
		}
	}
	if got := fmt.Sprint(text, "/", seal.Text{}); got != "**** / " && got != "****/" {
		t.Errorf("printed as %q", got)
	}
	if _, err := text.Value(); err == nil {
		t.Error("written to the database as it is")
	}
	if text.Plain() != plain || !text.Equal(seal.NewText(plain)) || text.Equal(seal.Text{}) {
		t.Error("the text is not itself")
	}
}

func TestClosed(t *testing.T) {
	t.Parallel()
	open := seal.Masked("陈秀珍", "陈**")
	closed := open.Closed()
	if fmt.Sprint(open) != "陈**" || fmt.Sprint(closed) != "陈**" || closed.Empty() || !closed.IsClosed() || open.IsClosed() {
		t.Errorf("%v, %v", open, closed)
	}
	if closed.Plain() != "" {
		t.Errorf("a closed text tells %q", closed.Plain())
	}
	if closed.Equal(open) || closed.Equal(closed) || closed.Equal(seal.Text{}) {
		t.Error("a closed text equals something")
	}
	if sealed, err := seal.New(keys(t)).Seal(name, 1, closed); err == nil {
		t.Errorf("a closed text was sealed: %d bytes", len(sealed))
	}
	if none := (seal.Text{}).Closed(); !none.Empty() || none.IsClosed() {
		t.Error("nothing closed is something")
	}
}

func TestDigits(t *testing.T) {
	t.Parallel()
	six := regexp.MustCompile(`^[0-9]{6}$`)
	seen, counts := map[string]bool{}, [10]int{}
	for range 5000 {
		d := seal.Digits(6)
		if !six.MatchString(d) {
			t.Fatalf("%q", d)
		}
		seen[d] = true
		for _, c := range d {
			counts[c-'0']++
		}
	}
	if len(seen) < 4900 {
		t.Errorf("%d different of 5,000", len(seen))
	}
	for d, n := range counts {
		if n < 2700 || n > 3300 { // 3,000 expected; ±300 is beyond five deviations
			t.Errorf("digit %d came %d times of 30,000", d, n)
		}
	}
}

func BenchmarkSealOpen(b *testing.B) {
	box := seal.New(keys(b))
	text := seal.NewText("文君街道宝塔社区3组12号")
	row := id.ID(1) << 60
	b.Run("seal", func(b *testing.B) {
		for b.Loop() {
			if _, err := box.Seal(name, row, text); err != nil {
				b.Fatal(err)
			}
		}
	})
	sealed, _ := box.Seal(name, row, text)
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			if _, err := box.Open(name, row, sealed); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("index", func(b *testing.B) {
		for b.Loop() {
			if _, err := box.Index("phone", "13800001234"); err != nil {
				b.Fatal(err)
			}
		}
	})
}
