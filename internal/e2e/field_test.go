//go:build e2e

// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// A badLine is the way to the program from a village without a mast.
type badLine struct {
	to http.Handler

	mu    sync.Mutex
	bad   bool
	fates map[string]int // how often each kind of fault has happened
}

func (l *badLine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	fate := ""
	if l.bad && strings.HasPrefix(r.URL.Path, "/field/") {
		switch {
		case r.Method == http.MethodPatch && l.fates["middle"] == 0:
			fate = "middle"
		case r.URL.Path == "/field/envelopes" && l.fates["unheard"] == 0:
			fate = "unheard"
		case r.Method == http.MethodPost || r.Method == http.MethodPatch:
			fate = "twice"
		default:
			fate = "slow"
		}
		l.fates[fate]++
	}
	l.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	serve := func(b []byte, into http.ResponseWriter) {
		again := r.Clone(r.Context())
		again.Body, again.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
		l.to.ServeHTTP(into, again)
	}
	switch fate {
	case "middle": // half of the photo arrives, and the line is dead
		serve(body[:len(body)/2], httptest.NewRecorder())
		panic(http.ErrAbortHandler)
	case "unheard": // it is done, and nobody hears
		serve(body, httptest.NewRecorder())
		panic(http.ErrAbortHandler)
	case "twice":
		serve(body, httptest.NewRecorder())
	case "slow":
		time.Sleep(200 * time.Millisecond) // as the line is, not as the test waits
	}
	serve(body, w)
}

func (l *badLine) set(bad bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bad = bad
}

// wander is a town in which 李网格 walks a round with one point on it, reached over the line.
func wander(t *testing.T) (*place, *badLine, id.ID) {
	t.Helper()
	w, ctx := apptest.Lived(t), context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	wu, wang := w.As("wu"), w.As("wang")
	grid, _ := w.Places.Tree().Get(w.As("li").Scopes("patrol", w.Clock.Now())[0].ID)
	duty, err := w.Patrol.Propose(ctx, wu, patrol.Duty{Unit: wu.Unit, Name: i18n.Text{ZH: "看供水井盖", EN: "Look at the water covers"}, What: "看井盖在不在、响不响。", Kind: patrol.AtPoint, Often: patrol.EachRound, Minutes: 3,
		Basis: "城市供水条例第二十条", Spec: patrol.Spec{Points: []patrol.PointKind{patrol.Manhole}, Fields: []patrol.Field{{Key: "f1", Label: i18n.Text{ZH: "井盖完好", EN: "The cover is whole"}, Kind: patrol.YesNo, Fact: "井盖完好"}}}})
	must(err)
	must(w.Patrol.Admit(ctx, w.As("yu"), duty, "负担不重，确有必要。"))
	_, err = w.Patrol.Give(ctx, wu, duty, grid.ID)
	must(err)
	point, err := w.Patrol.AddPoint(ctx, wang, patrol.NewPoint{Grid: grid.ID, Kind: patrol.Manhole, Name: "东门供水井", At: grid.Point})
	must(err)
	from, _ := patrol.ShippedHours.Window(patrol.SlotAt(w.Clock.Now()).Morning() + 2)
	w.Clock.Set(from.Add(time.Minute))
	h, err := w.Handler("unversioned")
	must(err)
	l := &badLine{to: h, fates: map[string]int{}}
	s := httptest.NewServer(l)
	w.Start(ctx)
	t.Cleanup(func() {
		s.Close()
		w.Stop()
	})
	return &place{w, t, s.URL}, l, point
}

const pin = "杏花246813"

// unlock enters the PIN, and waits for so many things to be unsent.
func unlock(u *User, unsent string) {
	u.t.Helper()
	u.Wait("#pin")
	u.Fill("#pin", pin)
	u.Click("button.main")
	u.Wait(`[data-unsent="` + unsent + `"]`)
}

// 李网格 goes out with a phone: what is entered without network is there after the app was
// opened anew, arrives once over a line on which everything goes wrong, meets what the desk
// has changed, and is gone from a phone that is lost. The phone's clock is months ahead.
func TestPhoneInTheField(t *testing.T) {
	t.Parallel()
	p, line, point := wander(t)
	before := len(p.newest("井盖翘起来"))
	li := p.staff("li", "李网格", Options{Screen: Phone, BadLine: true, Timeout: 60 * time.Second})
	li.Open("/field")
	li.Wait("#twice")
	li.Sound()
	li.Fill("#name", "红米、蓝壳")
	li.Fill("#pin", pin)
	li.Fill("#twice", pin)
	li.Click("button.main")
	li.Wait(`[data-unsent="0"]`)
	li.See("东门供水井", "看供水井盖", "李网格")
	li.Sound()
	var ready bool
	li.JS("navigator.serviceWorker.ready.then(() => true)", &ready)

	li.Offline(true)
	li.Click(`a:has-text("东门供水井")`)
	li.Wait("#said")
	li.Sound()
	li.Check(`input[type=radio][value="yes"]`)
	li.Fill("#said", "完好，不响。")
	li.Attach("#photo", photo(t))
	li.Wait(".shots img")
	li.Click("form .button.main")
	li.Wait(`[data-unsent="1"]`)
	li.See("已填")
	li.Click(`a[href="#raise"]`)
	li.Fill("#what", "井盖翘起来了，晚上看不见。")
	li.Attach("#photo", photo(t))
	li.Wait(".shots img")
	li.Sound()
	li.Wait(".shots img")
	li.Open("/field") // closed before it was kept, as telephones do while the camera is open
	li.Wait("#pin")
	li.Fill("#pin", pin)
	li.Click("button.main")
	li.Wait(".shots img")
	if got := li.Value("#what"); got != "井盖翘起来了，晚上看不见。" {
		t.Errorf("what was typed is %q", got)
	}
	li.Click("form .button.main")
	li.Wait(`[data-unsent="2"]`)
	li.Open("/field") // from the phone alone
	li.Wait("#pin")
	li.See("2 条没有送到")
	li.Fill("#pin", "000000")
	li.Click("button.main")
	li.Wait(".said.t-late")
	unlock(li, "2")
	li.Sound()
	li.Click(`a[href="#leave"]`)
	li.Wait(".button.danger")
	li.See("还有 2 条没有送到", "就会丢失", "井盖翘起来了")
	li.Sound()
	li.Click(`a[href="#"]`)
	li.Wait(`[data-unsent="2"]`)

	line.set(true)
	li.Offline(false)
	li.Wait(`[data-unsent="0"]`)
	line.set(false)
	for _, fate := range []string{"middle", "unheard", "twice", "slow"} {
		if line.fates[fate] == 0 {
			t.Errorf("%s never happened", fate)
		}
	}
	if raised := p.newest("井盖翘起来"); len(raised) != before+1 {
		t.Errorf("%d matters came of one", len(raised)-before)
	} else if m := p.matter(p.As("zhao"), raised[0].Number); len(m.Files) != 1 {
		t.Errorf("the matter has %d files", len(m.Files))
	}
	ws, err := p.Patrol.Today(context.Background(), p.As("li"))
	if err != nil || len(ws) == 0 || len(ws[0].Entries) != 1 || len(ws[0].Entries[0].Files) != 1 || ws[0].Entries[0].Proof != patrol.ByPhoto {
		t.Errorf("the round has %+v, %v", ws, err)
	}
	meet(t, p, li, point)
	lose(p, li)
}

// newest are the matters whose words hold a text.
func (p *place) newest(text string) (cards []matters.Card) {
	p.t.Helper()
	all, err := p.Matters.List(context.Background(), p.As("zhao"), matters.Filter{Most: 50, Place: scope.Scope{}})
	if err != nil {
		p.t.Fatal(err)
	}
	for _, c := range all.Cards {
		if strings.Contains(c.Title, text) {
			cards = append(cards, c)
		}
	}
	return cards
}

// meet: the desk has given the point another name meanwhile.
func meet(t *testing.T, p *place, li *User, point id.ID) {
	t.Helper()
	if err := p.Patrol.Rename(context.Background(), p.As("wang"), point, 1, "东门 1 号供水井"); err != nil {
		t.Fatal(err)
	}
	li.Click(`a:has-text("东门供水井")`)
	li.Wait("#name")
	li.Fill("#name", "东门菜场供水井")
	li.Click("form:has(#name) button")
	li.Wait(`[data-unsent="0"]`)
	li.Click(`a[href="#queue"]`)
	li.Wait(`a:has-text("对不上")`)
	li.Sound()
	li.Go(`a:has-text("对不上")`)
	li.See("东门菜场供水井", "东门 1 号供水井", "东门供水井")
	li.Sound()
	li.Go("form .button.main")
	li.See("请选以哪个为准")
	li.Sound()
	li.Check(`input[value="mine"]`)
	li.Go("form .button.main")
	li.See("定好了", "没有对不上的")
	if x, err := p.Patrol.Point(context.Background(), p.As("wang"), point); err != nil || x.Name != "东门菜场供水井" {
		t.Errorf("called %s, %v", x.Name, err)
	}
}

// lose: reported lost at another screen, the phone forgets everything before anybody enters
// the PIN.
func lose(p *place, li *User) {
	desk := p.staff("li", "李网格 at a desk", Options{})
	desk.Open("/account")
	desk.Go(`a[href="/field/phones"]`)
	desk.See("红米、蓝壳", "在用")
	desk.Sound()
	desk.Go(`form[action$="/lose"] button`)
	desk.See("已报失，等它联系")
	li.Open("/field")
	li.Wait(`h1:has-text("已报失")`)
	li.Sound()
	desk.Open("/field/phones")
	desk.See("已清空")
	var left int
	li.JS(`new Promise((done) => { const r = indexedDB.open("yuanba-field"); r.onsuccess = () => { const t = r.result.transaction(["meta", "envelopes", "files"]); let n = 0; for (const s of ["meta", "envelopes", "files"]) t.objectStore(s).count().onsuccess = (e) => { n += e.target.result }; t.oncomplete = () => done(n) } })`, &left)
	if left != 0 {
		p.t.Errorf("%d things are left on the phone", left)
	}
}
