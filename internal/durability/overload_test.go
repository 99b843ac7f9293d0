// SPDX-License-Identifier: Apache-2.0

package durability

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// More than the program can work on at once is told to come back, and soon
// everybody is served again.
func TestOverload(t *testing.T) {
	t.Parallel()
	s := newTown(t).serve(t, "YUANBA_LIMITS_AT_ONCE=2")
	var slow []net.Conn
	hold := func() { // takes a place, if one is free, and does not say what it wants
		c, err := net.Dial("tcp", s.addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		fmt.Fprintf(c, "POST /raise HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nbody=", s.addr)
		slow = append(slow, c)
	}
	hold()
	ask := func() *http.Response {
		res, err := straight().Get(s.url + "/matters")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res
	}
	refused := false
	for end := time.Now().Add(10 * time.Second); !refused && time.Now().Before(end); {
		began := time.Now()
		res := ask()
		if refused = res.StatusCode == http.StatusServiceUnavailable; !refused {
			hold() // a place was free: for this very question, or because a slow one met it and was refused
			continue
		}
		if after, err := strconv.Atoi(res.Header.Get("Retry-After")); err != nil || after < 1 {
			t.Errorf("Retry-After: %q", res.Header.Get("Retry-After"))
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("refused only after %s", took)
		}
	}
	if !refused {
		t.Error("nobody was refused")
	}
	get(t, s, "/healthz") // the watchers see that it lives
	for _, c := range slow {
		c.Close()
	}
	for end := time.Now().Add(10 * time.Second); ask().StatusCode != http.StatusOK; {
		if time.Now().After(end) {
			t.Fatal("it has not recovered")
		}
	}
}

// Connections that send their header slowly are cut within ten seconds.
func TestSlowHeaders(t *testing.T) {
	t.Parallel()
	s := newTown(t).serve(t)
	const within = 10 * time.Second
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			c, err := net.Dial("tcp", s.addr)
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			began := time.Now()
			go func() {
				for _, b := range []byte("GET /matters HTTP/1.1\r\nHost: slow\r\nX-Slow: " + strings.Repeat("a", 100)) {
					if _, err := c.Write([]byte{b}); err != nil {
						return
					}
					time.Sleep(150 * time.Millisecond)
				}
			}()
			if err := c.SetReadDeadline(began.Add(within + 5*time.Second)); err != nil {
				t.Error(err)
			}
			_, err = io.Copy(io.Discard, bufio.NewReader(c))
			if took := time.Since(began); took > within {
				t.Errorf("cut after %s: %v", took, err)
			}
		})
	}
	wg.Wait()
	get(t, s, "/matters")
}

// When nothing more can be written, whoever writes is told so in a sentence,
// reading goes on, and as soon as there is room writing does too.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	s := w.serve(t, roomy...)
	place := somewhere(t, s)
	first, res, err := raise(straight(), s, place, "停电以前说的一件事。")
	if err != nil || first == "" {
		t.Fatalf("%v, %v", res, err)
	}
	limit := func(bytes uint64) {
		if err := unix.Prlimit(s.cmd.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}, nil); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(w.dsn + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	limit(uint64(info.Size()) + 1<<16)
	var full *http.Response
	var numbers []string
	for i := 0; full == nil && i < 2000; i++ {
		number, res, err := raise(straight(), s, place, fmt.Sprintf("磁盘快满时说的第 %d 件事。", i))
		if err != nil {
			t.Fatal(err)
		}
		if number != "" {
			numbers = append(numbers, number)
			continue
		}
		full = res
	}
	if full == nil {
		t.Fatal("the disk was never full")
	}
	b, _ := io.ReadAll(full.Body)
	if full.StatusCode != http.StatusInsufficientStorage && full.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("status %d, want 507 or 503", full.StatusCode)
	}
	if !bytes.Contains(b, []byte("</html>")) || bytes.Contains(b, []byte("SQLITE")) || bytes.Contains(b, []byte("disk I/O")) {
		t.Errorf("not a page for people: %.400s", b)
	}
	for _, path := range []string{"/matters", "/matters/" + first, "/healthz", "/readyz"} {
		get(t, s, path)
	}
	// What little the program writes by itself may still find room, and then it is
	// not degraded until the next who has more to write.
	said := get(t, s, "/readyz")
	for i := 0; i < 100 && !strings.HasPrefix(said, "degraded"); i++ {
		number, _, err := raise(straight(), s, place, fmt.Sprintf("磁盘满了还要说的第 %d 件事。", i))
		if err != nil {
			t.Fatal(err)
		}
		if number != "" {
			numbers = append(numbers, number)
		}
		said = get(t, s, "/readyz")
	}
	if !strings.HasPrefix(said, "degraded") {
		t.Errorf("with a full disk /readyz says %q", said)
	}
	limit(unix.RLIM_INFINITY)
	last, res, err := raise(straight(), s, place, "有地方写了以后说的一件事。")
	if err != nil || last == "" {
		t.Fatalf("after there was room again: %v, %v", res, err)
	}
	for _, number := range append(numbers, first, last) {
		get(t, s, "/matters/"+number)
	}
}
