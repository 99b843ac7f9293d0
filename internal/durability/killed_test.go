// SPDX-License-Identifier: Apache-2.0

package durability

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"yuanba/internal/app"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

// killsEnv sets how often the server is killed; three times if it is not set.
const killsEnv = "YUANBA_KILLS"

// clients is how many raise matters at once.
const clients = 16

// Killed again and again while sixteen raise matters, the program keeps every
// number that it gave out, with its words, and nothing half done.
func TestKilled(t *testing.T) {
	t.Parallel()
	kills := 3
	if s := os.Getenv(killsEnv); s != "" {
		var err error
		if kills, err = strconv.Atoi(s); err != nil || kills < 1 {
			t.Fatalf("%s=%s is no number of kills", killsEnv, s)
		}
	}
	var postgres func(t *testing.T) string
	if os.Getenv(sqldbtest.PostgresEnv) != "" {
		postgres = func(t *testing.T) string {
			t.Helper()
			_, dsn := sqldbtest.PostgresAt(t)
			return dsn
		}
	}
	engines(t, postgres, func(t *testing.T, w town) {
		var all []given
		slowest := time.Duration(0)
		for kill := range kills {
			s := w.serve(t, roomy...)
			reachable := time.Now()
			if len(all) > 0 {
				slowest = max(slowest, found(t, s, all[len(all)-1].number, reachable))
			}
			all = append(all, raiseUntilKilled(t, s, kill)...)
		}
		s := w.serve(t, roomy...)
		slowest = max(slowest, found(t, s, all[len(all)-1].number, time.Now()))
		s.stop(t)
		if slowest > catchUp {
			t.Errorf("the search index had caught up only after %s", slowest)
		}
		if len(all) < kills*clients {
			t.Errorf("only %d matters were raised before %d kills", len(all), kills)
		}
		matters := check(t, w, all)
		t.Logf("%d kills, %d numbers given out, %d matters kept; the search index had caught up %s after the start at the latest", kills, len(all), matters, slowest.Round(time.Millisecond))
	})
}

// raiseUntilKilled lets the clients raise matters and kills the server in the
// midst of it. It returns what was given out.
func raiseUntilKilled(t *testing.T, s *server, kill int) (all []given) {
	t.Helper()
	place := somewhere(t, s)
	var mu sync.Mutex
	var wg sync.WaitGroup
	begun := make(chan struct{}, clients)
	for n := range clients {
		wg.Go(func() {
			c := straight()
			for i := 0; ; i++ {
				body := fmt.Sprintf("第 %d 次停电前，%d 号说的第 %d 件事：家里没有水。", kill, n, i)
				number, res, err := raise(c, s, place, body)
				if err != nil {
					return // the server is gone
				}
				if res.StatusCode != http.StatusSeeOther || number == "" {
					t.Errorf("status %d, number %q", res.StatusCode, number)
					return
				}
				mu.Lock()
				all = append(all, given{number, body})
				mu.Unlock()
				if i == 0 {
					begun <- struct{}{}
				}
			}
		})
	}
	for range clients {
		select {
		case <-begun:
		case <-time.After(20 * time.Second):
			t.Fatal("nothing can be raised")
		}
	}
	time.Sleep(time.Duration(50+rand.IntN(600)) * time.Millisecond)
	s.kill()
	wg.Wait()
	return all
}

// found waits until a matter is found by its number, and says how long that took
// since the program was reachable.
func found(t *testing.T, s *server, number string, since time.Time) time.Duration {
	t.Helper()
	for {
		page := get(t, s, "/matters?q="+url.QueryEscape(number))
		took := time.Since(since)
		if strings.Contains(page, `href="/matters/`+number+`"`) {
			return took
		}
		if took > 10*time.Second {
			t.Fatalf("%s is not found after %s", number, took)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// catchUp is how far behind the search index may be.
const catchUp = 2 * time.Second

// check opens the town and holds what is in it against what was given out.
func check(t *testing.T, w town, all []given) (matters int64) {
	t.Helper()
	cfg, _, err := app.Load("", func(string) string { return "" }, map[string]string{"db": w.dsn, "files": filepath.Join(w.dir, "files"), "keys": w.keys()})
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), cfg, app.Options{Demo: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	seen := map[string]bool{}
	for _, g := range all {
		if seen[g.number] {
			t.Errorf("%s was given out twice", g.number)
		}
		seen[g.number] = true
		whole, err := a.Matters.Get(t.Context(), scope.Program("test"), g.number)
		if err != nil || whole.Matter.Body != g.body {
			t.Errorf("%s says %q, not %q: %v", g.number, whole.Matter.Body, g.body, err)
		}
	}
	count := func(what, q string) (n int64) {
		err := a.DB.Read(t.Context(), func(tx *sqldb.Tx) (err error) { n, err = sqldb.Int(tx.Row(q)); return err })
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
		return n
	}
	for what, q := range map[string]string{
		"matters without a line in the trail":        `SELECT count(*) FROM matter m WHERE NOT EXISTS (SELECT 1 FROM trail r WHERE r.noun = 'matter' AND r.record = m.id)`,
		"lines in the trail without a matter":        `SELECT count(*) FROM trail r WHERE r.noun = 'matter' AND NOT EXISTS (SELECT 1 FROM matter m WHERE m.id = r.record)`,
		"contacts without a matter":                  `SELECT count(*) FROM contact c WHERE NOT EXISTS (SELECT 1 FROM matter m WHERE m.contact_id = c.id)`,
		"matters whose contact is missing":           `SELECT count(*) FROM matter m WHERE m.contact_id = 0 OR NOT EXISTS (SELECT 1 FROM contact c WHERE c.id = m.contact_id)`,
		"matters with more than one line of raising": `SELECT count(*) FROM (SELECT record FROM trail WHERE noun = 'matter' AND act = 'raise' GROUP BY record HAVING count(*) > 1) AS twice`,
	} {
		if n := count(what, q); n != 0 {
			t.Errorf("%d %s", n, what)
		}
	}
	// The search lies beside: it knows each matter, and nothing else.
	idsOf := func(db *sqldb.DB, q string) (ids []id.ID) {
		err := db.Read(t.Context(), func(tx *sqldb.Tx) (err error) { ids, err = sqldb.All(tx, sqldb.ID, q); return err })
		if err != nil {
			t.Errorf("%s: %v", q, err)
		}
		return ids
	}
	there, known := idsOf(a.DB, `SELECT id FROM matter ORDER BY id`), idsOf(a.DB.Beside(), `SELECT id FROM search_doc WHERE noun = 'matter' ORDER BY id`)
	if !slices.Equal(there, known) {
		t.Errorf("there are %d matters, and the search knows %d", len(there), len(known))
	}
	for {
		n, err := a.Sealer.Seal(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	rep, err := trail.Verify(t.Context(), a.DB, trail.Options{PublicKey: a.Sealer.PublicKey(), Records: a.Records(), Now: a.DB.Now()})
	if err != nil || !rep.OK {
		t.Errorf("the trail: %+v, %+v, %v", rep, rep.FirstFault, err)
	}
	return count("matters", `SELECT count(*) FROM matter`)
}
