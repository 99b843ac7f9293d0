// SPDX-License-Identifier: Apache-2.0

package outside

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"
)

func TestMay(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"8.8.8.8": true, "114.114.114.114": true, "2400:3200::1": true, "::ffff:8.8.8.8": true,
		"127.0.0.1": false, "127.8.9.10": false, "::1": false, "0.0.0.0": false, "::": false, "10.1.2.3": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false,
		"169.254.169.254": false, "100.64.0.1": false, "224.0.0.1": false, "255.255.255.255": false, "198.18.0.1": false, "192.0.2.1": false,
		"fe80::1": false, "fc00::1": false, "fd12::1": false, "ff02::1": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::127.0.0.1": false,
		"64:ff9b::7f00:1": false, "2002:7f00:1::": false, "2001:db8::1": false,
	} {
		if got := (Guard{}).May(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	if !(Guard{Inside: prefixes("127.0.0.0/8")}).May(netip.MustParseAddr("127.0.0.1")) {
		t.Error("a network that was let in")
	}
}

func TestCheckURL(t *testing.T) {
	t.Parallel()
	for _, ok := range []string{"http://example.org", "https://example.org:8443/v2/ "} {
		if _, err := CheckURL("url", ok); err != nil {
			t.Errorf("%s: %v", ok, err)
		}
	}
	for _, bad := range []string{"", "example.org", "ftp://example.org", "file:///etc/passwd", "http://", "http:///x", "https://me:pw@example.org", "javascript:alert(1)", "http:example.org", "http://x/#y", "gopher://x"} {
		if _, err := CheckURL("url", bad); err == nil {
			t.Errorf("%q is let through", bad)
		}
	}
}

// Neither an address of this machine, nor a name that leads to it, nor an address
// that leads on to it, is asked.
func TestNotLedInside(t *testing.T) {
	t.Parallel()
	asked := 0
	in := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.URL.Path == "/on" {
			http.Redirect(w, r, "http://[::1]:1/", http.StatusFound)
			return
		}
		_, _ = w.Write([]byte("secret"))
	}))
	defer in.Close()
	_, port, _ := cut(in.URL)
	shut := Guard{}.Client(3, 5*time.Second)
	for _, address := range []string{in.URL, "http://localhost:" + port, "http://[::ffff:127.0.0.1]:" + port, "http://0.0.0.0:" + port} {
		if _, err := Get(t.Context(), shut, address, 100); !errors.Is(err, ErrInside) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if asked != 0 {
		t.Errorf("it was asked %d times", asked)
	}
	open := Guard{Inside: prefixes("127.0.0.0/8")}.Client(3, 5*time.Second)
	if b, err := Get(t.Context(), open, in.URL, 100); err != nil || string(b) != "secret" {
		t.Errorf("%s, %v", b, err)
	}
	if _, err := Get(t.Context(), open, in.URL+"/on", 100); !errors.Is(err, ErrInside) {
		t.Errorf("led on: %v", err)
	}
	if _, err := Get(t.Context(), open, in.URL, 3); err == nil {
		t.Error("too long an answer is taken")
	}
}

func cut(address string) (host, port string, err error) {
	u, err := CheckURL("", address)
	return u.Hostname(), u.Port(), err
}
