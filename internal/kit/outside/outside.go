// SPDX-License-Identifier: Apache-2.0

// Package outside asks addresses on the internet that somebody else has named, and
// is led nowhere else by them: not to this machine, not into the network that it
// stands in.
//
// The address is looked at after its name has been resolved, for every connection
// anew, so that neither a name that points inwards nor a redirection gets through.
// No proxy of the environment is used, and no cookie is kept.
package outside

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"yuanba/internal/kit/errs"
)

// A Guard says which addresses may be asked. The zero Guard lets public ones be
// asked alone.
type Guard struct {
	// Inside are networks that may be asked although they are not public: for the
	// systems of a town's own network, and for tests.
	Inside []netip.Prefix
}

// ErrInside is the cause of an error where an address is not public.
var ErrInside = errors.New("the address is not a public one")

// special are the networks that are nobody's on the internet, beyond those that
// package netip knows, and those in which another address is wrapped.
var special = prefixes("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10")

func prefixes(list ...string) (ps []netip.Prefix) {
	for _, s := range list {
		ps = append(ps, netip.MustParsePrefix(s))
	}
	return ps
}

// May reports whether the address may be asked.
func (g Guard) May(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	holds := func(p netip.Prefix) bool { return p.Contains(a) }
	switch {
	case !a.IsValid():
		return false
	case slices.ContainsFunc(g.Inside, holds):
		return true
	}
	return a.IsGlobalUnicast() && !a.IsPrivate() && !a.IsLoopback() && !slices.ContainsFunc(special, holds)
}

// control is asked before a connection is made, with the address that the name was
// resolved to.
func (g Guard) control(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return err
	}
	if !g.May(a) {
		return fmt.Errorf("%s: %w", a, ErrInside)
	}
	return nil
}

// CheckURL says what is wrong with an address that somebody typed, beside field:
// it must be http or https, name a host, and carry no password.
func CheckURL(field, address string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || u.Opaque != "":
		return nil, errs.At(field, "outside.url")
	case u.User != nil || u.Fragment != "":
		return nil, errs.At(field, "outside.url.more")
	}
	return u, nil
}

// Client returns what asks. Answers are followed to at most redirects other
// addresses, each of which must be public too; within is how long one answer may
// take in all.
func (g Guard) Client(redirects int, within time.Duration) *http.Client {
	d := &net.Dialer{Timeout: 10 * time.Second, Control: g.control}
	return &http.Client{
		Timeout: within,
		Transport: &http.Transport{
			DialContext: d.DialContext, TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: within, MaxIdleConnsPerHost: 2, IdleConnTimeout: 30 * time.Second,
			MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > redirects {
				return http.ErrUseLastResponse
			}
			if r.URL.Scheme != "http" && r.URL.Scheme != "https" {
				return fmt.Errorf("led on to %s", r.URL.Scheme)
			}
			return nil
		},
	}
}

// Read is the answer's body, of at most most bytes; more is an error.
func Read(body io.Reader, most int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(body, most+1))
	if err == nil && int64(len(b)) > most {
		err = fmt.Errorf("the answer is longer than %d bytes", most)
	}
	return b, err
}

// Get asks for what is at an address.
func Get(ctx context.Context, c *http.Client, address string, most int64) ([]byte, error) {
	if _, err := CheckURL("url", address); err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	res, err := c.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %s", r.URL.Host, res.Status)
	}
	return Read(res.Body, most)
}
