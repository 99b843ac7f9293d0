// SPDX-License-Identifier: Apache-2.0

package access

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/sqldb"
)

// A limit says how many tries are free, and how long to wait after each further
// one: first, then twice as long each time, at most longest. Tries are forgotten
// after the time forget without one.
type limit struct {
	free                   int64
	first, longest, forget time.Duration
}

// Tries are counted for the account, so that nobody guesses one password long,
// and for the address, so that nobody guesses one password of everybody. An
// office of many clerks has one address, hence the larger number.
var (
	accountLimit = limit{free: 5, first: 30 * time.Second, longest: 15 * time.Minute, forget: time.Hour}
	addressLimit = limit{free: 30, first: 30 * time.Second, longest: 15 * time.Minute, forget: time.Hour}
)

// A tryKey says what tries are counted under: a letter for which limit, and the
// hash of the login or address.
type tryKey string

func accountKey(login string) tryKey { return "a" + tryHash(login) }

// addressKey counts a household or an office as one: of IPv6 addresses, of which
// everybody has as many as they like, that is the /64.
func addressKey(addr string) tryKey {
	if a, err := netip.ParseAddr(addr); err == nil {
		if a = a.Unmap().WithZone(""); a.Is6() {
			if net, err := a.Prefix(64); err == nil {
				a = net.Addr()
			}
		}
		addr = a.String()
	}
	return "i" + tryHash(addr)
}

func tryHash(s string) tryKey {
	sum := sha256.Sum256([]byte(s))
	return tryKey(hex.EncodeToString(sum[:16]))
}

func (k tryKey) limit() limit {
	if k[0] == 'a' {
		return accountLimit
	}
	return addressLimit
}

// next is the tally after one more try at now, or TooMany if no try may be made
// yet, with the moment from which one may.
func (l limit) next(t tally, now time.Time) (tally, error) {
	if now.Before(t.until) {
		// said to the minute, so rounded up to one
		return t, errs.New(errs.TooMany, "account.tries", t.until.Add(time.Minute-time.Millisecond).Truncate(time.Minute))
	}
	if !t.last.IsZero() && now.Sub(t.last) > l.forget {
		t = tally{}
	}
	t.n, t.last, t.until = t.n+1, now, time.Time{}
	if over := t.n - l.free; over >= 0 {
		wait := l.longest
		if over < 16 {
			wait = min(l.longest, l.first<<over)
		}
		t.until = now.Add(wait)
	}
	return t, nil
}

// begin counts a try under each key before it is looked at, so that many at once
// do not get more than one after the other would. It is TooMany, and nothing is
// counted, while one of the keys is to wait.
func (s *Service) begin(ctx context.Context, keys ...tryKey) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		for _, k := range keys {
			t, err := loadTally(tx, string(k))
			if err != nil {
				return err
			}
			if t, err = k.limit().next(t, tx.Now()); err != nil {
				return err
			}
			if err := saveTally(tx, string(k), t); err != nil {
				return err
			}
		}
		return nil
	})
}

// succeed forgets the tries of an account, and takes the try back from the
// address: others may be guessing from there.
func succeed(tx *sqldb.Tx, account, address tryKey) error {
	if err := deleteTally(tx, account); err != nil {
		return err
	}
	t, err := loadTally(tx, string(address))
	if err != nil || t.n == 0 {
		return err
	}
	t.n, t.until = t.n-1, time.Time{}
	return saveTally(tx, string(address), t)
}
