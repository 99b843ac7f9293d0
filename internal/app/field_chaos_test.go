// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/access"
	"yuanba/internal/domain/field"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

// seeds is how many runs there are; the seed of the first one is 1.
const (
	seedsSQLite   = 1000
	seedsPostgres = 100
	perWorld      = 25 // phones that share one server, and its restarts
)

// A chaos is one server to which several phones send while everything goes wrong.
type chaos struct {
	t      *testing.T
	seed   int
	server *httptest.Server

	mu     sync.RWMutex // held to read by a request, to write by a restart
	town   *apptest.Town
	h      http.Handler
	backup sqldbtest.Files
}

func (c *chaos) use(town *apptest.Town) error {
	h, err := town.Handler("unversioned")
	c.town, c.h = town, h
	return err
}

// ServeHTTP answers the phones, and, below /ctl/, the one who makes things go wrong.
func (c *chaos) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	what, ours := strings.CutPrefix(r.URL.Path, "/ctl/")
	if !ours {
		c.mu.RLock()
		defer c.mu.RUnlock()
		c.h.ServeHTTP(w, r)
		return
	}
	var in struct {
		Login, Name string
		Minutes     int
	}
	v, err := any(nil), json.NewDecoder(r.Body).Decode(&in)
	if err == nil {
		v, err = c.control(r, what, in.Login, in.Name, in.Minutes)
	}
	if err != nil {
		c.t.Errorf("world of seed %d: %s: %v", c.seed, what, err)
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if err := json.NewEncoder(w).Encode(v); err != nil {
		c.t.Error(err)
	}
}

func (c *chaos) control(r *http.Request, what, login, name string, minutes int) (any, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch what {
	case "signin":
		token, _, err := c.town.Access.SignInAs(r.Context(), login, access.Client{Address: "192.0.2.1", Agent: "phone"})
		return map[string]string{"cookie": "session=" + token}, err
	case "register":
		token, _, err := c.town.Field.Register(r.Context(), c.town.As(login), name)
		return map[string]string{"token": token}, err
	case "advance":
		c.town.Clock.Add(time.Duration(minutes) * time.Minute)
		return map[string]int64{"now": c.town.Clock.Now().UnixMilli()}, nil
	case "restart":
		return map[string]bool{}, c.again(func(string) error { return nil })
	case "backup":
		return map[string]bool{}, c.again(func(path string) (err error) {
			c.backup, err = sqldbtest.ReadFiles(path)
			return err
		})
	case "restore": // of the database; the files that came since are nobody's now
		return map[string]bool{}, c.again(func(path string) error { return c.backup.Write(path) })
	}
	return nil, errors.New("nothing is called " + what)
}

// again stops the server, lets f have a hand in its database, and starts it again. Time
// goes on.
func (c *chaos) again(f func(path string) error) error {
	now := c.town.Clock.Now()
	town := c.town.Again(f)
	town.Clock.Set(now)
	return c.use(town)
}

// A report is what was put down in one world.
type report struct {
	URL      string
	Error    string
	Restarts int
	Restores int
	Requests int
	Phones   []struct {
		Seed  int
		Login string
		Kept  int
		Put   []struct {
			ID    field.Hash
			Text  string
			Body  string
			Files []string
		}
	}
}

// TestFieldChaos is issue 4 §4.3: whatever goes wrong between a phone and the town, every
// entry and every photo arrives exactly once, byte for byte. Everything that goes wrong is
// in testdata/chaos.mjs, and follows from the seeds, which are printed where one fails.
func TestFieldChaos(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not installed")
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		chaosOf(t, seedsSQLite, true, func() *apptest.Town { return apptest.New(t) })
	})
	if os.Getenv(sqldbtest.PostgresEnv) != "" {
		t.Run("postgres", func(t *testing.T) {
			t.Parallel()
			chaosOf(t, seedsPostgres, false, func() *apptest.Town { return apptest.NewPostgres(t) })
		})
	}
}

func chaosOf(t *testing.T, seeds int, restores bool, found func() *apptest.Town) {
	logins := []string{"li", "wang", "zhao", "luo", "feng"}
	var worlds []map[string]any
	byURL := map[string]*chaos{}
	for seed := 1; seed <= seeds; seed += perWorld {
		c := &chaos{t: t, seed: seed}
		if err := c.use(found()); err != nil {
			t.Fatal(err)
		}
		c.server = httptest.NewServer(c)
		t.Cleanup(c.server.Close)
		byURL[c.server.URL] = c
		worlds = append(worlds, map[string]any{"url": c.server.URL, "seed": seed, "runs": perWorld, "logins": logins, "restores": restores,
			"place": c.town.As("li").Scopes(access.RaiseFor, c.town.Clock.Now())[0].ID.String()}) // the grid of 李网格
	}
	input, err := json.Marshal(worlds)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join("testdata", "chaos.mjs"))
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var all report
	lines, entries, photos := bufio.NewReader(out), 0, 0
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var rep report
			if err := json.Unmarshal(line, &rep); err != nil {
				t.Fatalf("%v: %s", err, line)
			}
			c := byURL[rep.URL]
			if rep.Error != "" {
				t.Error(rep.Error)
				continue
			}
			delete(byURL, rep.URL)
			all.Restarts, all.Restores, all.Requests = all.Restarts+rep.Restarts, all.Restores+rep.Restores, all.Requests+rep.Requests
			e, p := c.check(rep)
			entries, photos = entries+e, photos+p
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	for _, c := range byURL {
		t.Errorf("nothing was heard of the world of seed %d", c.seed)
	}
	t.Logf("%d runs: %d entries with %d files, %d requests, %d restarts, %d restores", seeds, entries, photos, all.Requests, all.Restarts, all.Restores)
	if entries < seeds || photos < seeds/2 || all.Restarts == 0 || restores && all.Restores == 0 {
		t.Error("too little happened")
	}
}

// check compares what the town has with what was put down.
func (c *chaos) check(rep report) (entries, photos int) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	ctx, t := c.t.Context(), c.t
	disk, err := blob.OpenDisk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	clean, err := blob.NewKeeper(disk, make([]byte, 32), 1)
	if err != nil {
		t.Fatal(err)
	}
	bodies := map[id.ID]string{}
	files := map[id.ID]int{}
	if err := c.town.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if err := tx.Each(`SELECT id, body FROM matter`, nil, func(r sqldb.Scanner) error {
			var d id.ID
			var s string
			err := r.Scan(&d, &s)
			bodies[d] = s
			return err
		}); err != nil {
			return err
		}
		return tx.Each(`SELECT matter_id, count(*) FROM matter_file GROUP BY matter_id`, nil, func(r sqldb.Scanner) error {
			var d id.ID
			var n int
			err := r.Scan(&d, &n)
			files[d] = n
			return err
		})
	}); err != nil {
		t.Fatal(err)
	}
	for _, p := range rep.Phones {
		fail := func(format string, args ...any) { t.Errorf("seed %d: %s", p.Seed, fmt.Sprintf(format, args...)) }
		by := c.town.As(p.Login)
		for _, e := range p.Put {
			entries++
			if field.HashOf(e.Text) != e.ID {
				fail("%s is not the hash of its text", e.ID)
			}
			out, err := c.town.Field.BecameOf(ctx, by.Account, e.ID)
			if err != nil || out.Noun != "matter" || bodies[out.Record] != e.Body {
				fail("entry %s became %v %q, %v", e.ID, out, bodies[out.Record], err)
				continue
			}
			delete(bodies, out.Record) // whoever comes second finds it taken
			if files[out.Record] != len(e.Files) {
				fail("entry %s has %d files of %d", e.ID, files[out.Record], len(e.Files))
			}
			for _, f := range e.Files {
				photos++
				if err := c.arrived(clean, by, f); err != nil {
					fail("entry %s: %v", e.ID, err)
				}
			}
		}
	}
	for d, s := range bodies {
		t.Errorf("world of seed %d: matter %s was put down by nobody, or came twice: %s", c.seed, d, s)
	}
	return entries, photos
}

// arrived sees that a file came byte for byte, and is kept cleaned.
func (c *chaos) arrived(clean *blob.Keeper, by scope.Actor, sent string) error {
	ctx := c.t.Context()
	raw, err := base64.StdEncoding.DecodeString(sent)
	if err != nil {
		return err
	}
	fs, err := c.town.Field.FilesOf(ctx, by, []blob.Hash{blob.HashOf(raw)})
	if err != nil || len(fs) != 1 || fs[0].Length != int64(len(raw)) {
		return fmt.Errorf("a file of %d bytes arrived as %v, %w", len(raw), fs, err)
	}
	want, err := clean.Take(ctx, bytes.NewReader(raw), blob.Default())
	if err != nil {
		return err
	}
	o, err := c.town.Blobs.Open(ctx, fs[0].Blob.Hash.File())
	if err != nil {
		return err
	}
	defer o.Close()
	kept, err := io.ReadAll(o)
	if err != nil {
		return err
	}
	if fs[0].Blob != want || blob.HashOf(kept) != want.Hash {
		return fmt.Errorf("a file is kept as %v, and is %v", fs[0].Blob, want)
	}
	return nil
}
