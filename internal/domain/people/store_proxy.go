// SPDX-License-Identifier: Apache-2.0

package people

import (
	"strings"
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

const proxyColumns = `id, resident_id, by_resident, by_account, relation, scopes, consent, code_index, paper, photo, photo_type, made_by, made_at, taken_at, until_at, ended_at, ended_by, version`

func scanProxy(r sqldb.Scanner) (p Proxy, err error) {
	var scopes string
	var made, taken, until, ended sqldb.Time
	err = r.Scan(&p.ID, &p.For, &p.By, &p.Account, &p.Relation, &scopes, &p.Consent, &p.codeIndex, &p.Paper, &p.Photo.Hash, &p.Photo.Type, &p.MadeBy, &made, &taken, &until, &ended, &p.EndedBy, &p.Version)
	for s := range strings.FieldsSeq(scopes) {
		p.Scopes = append(p.Scopes, ProxyScope(s))
	}
	p.MadeAt, p.TakenAt, p.Until, p.EndedAt = made.Time, taken.Time, until.Time, ended.Time
	return p, err
}

func joinProxyScopes(ss []ProxyScope) string {
	words := make([]string, len(ss))
	for i, s := range ss {
		words[i] = string(s)
	}
	return strings.Join(words, " ")
}

func insertProxy(tx *sqldb.Tx, p Proxy) error {
	_, err := tx.Exec(`INSERT INTO proxy (`+proxyColumns+`) VALUES (`+sqldb.List(18, 1)+`)`,
		p.ID, p.For, p.By, p.Account, p.Relation, joinProxyScopes(p.Scopes), p.Consent, p.codeIndex, p.Paper, p.Photo.Hash, p.Photo.Type, p.MadeBy, sqldb.At(p.MadeAt), sqldb.At(p.TakenAt), sqldb.At(p.Until), sqldb.At(p.EndedAt), p.EndedBy, p.Version)
	return err
}

// saveProxy writes what changes of a proxy: who took it, its end, and that of its photo.
func saveProxy(tx *sqldb.Tx, p *Proxy) error {
	p.Version++
	return tx.One(`UPDATE proxy SET by_resident = $3, code_index = $4, taken_at = $5, ended_at = $6, ended_by = $7, version = $8, photo = $9, photo_type = $10 WHERE id = $1 AND version = $2`,
		p.ID, p.Version-1, p.By, p.codeIndex, sqldb.At(p.TakenAt), sqldb.At(p.EndedAt), p.EndedBy, p.Version, p.Photo.Hash, p.Photo.Type)
}

// hasPhoto reports whether a proxy has the picture.
func hasPhoto(tx *sqldb.Tx, hash string) (bool, error) {
	n, err := sqldb.Int(tx.Row(`SELECT COUNT(*) FROM proxy WHERE photo = $1 AND photo <> ''`, hash))
	return n > 0, err
}

// oldPhotos are the proxies that have a photo and ended before a moment.
func oldPhotos(tx *sqldb.Tx, before time.Time, most int) ([]Proxy, error) {
	return sqldb.All(tx, scanProxy, `SELECT `+proxyColumns+` FROM proxy WHERE photo <> '' AND (ended_at < $1 OR until_at < $1) ORDER BY id LIMIT $2`, sqldb.At(before), most)
}

func loadProxy(tx *sqldb.Tx, d id.ID) (Proxy, error) {
	return sqldb.Get(tx, scanProxy, "proxy.none", `SELECT `+proxyColumns+` FROM proxy WHERE id = $1`, d)
}

func proxyWithCode(tx *sqldb.Tx, index []byte) (Proxy, bool, error) {
	return one(scanProxy(tx.Row(`SELECT `+proxyColumns+` FROM proxy WHERE code_index = $1`, index)))
}

// listProxies returns the proxies of a resident, or of who acts: a resident or an
// account; the newest first.
func listProxies(tx *sqldb.Tx, resident, by, account id.ID) ([]Proxy, error) {
	var w sqldb.Where
	switch {
	case resident != 0:
		w.Add("resident_id = ?", resident)
	case by != 0:
		w.Add("by_resident = ?", by)
	default:
		w.Add("by_account = ?", account)
		w.Add("by_account <> 0")
	}
	return sqldb.All(tx, scanProxy, `SELECT `+proxyColumns+` FROM proxy `+w.SQL()+` ORDER BY id DESC LIMIT 100`, w.Args()...)
}

// proxiesBetween returns the proxies of a resident that lie with a resident or, if that is
// 0, with an account: a grid worker may act for more people than a list shows.
func proxiesBetween(tx *sqldb.Tx, resident, by, account id.ID) ([]Proxy, error) {
	var w sqldb.Where
	w.Add("resident_id = ?", resident)
	w.Add("ended_at IS NULL")
	if by != 0 {
		w.Add("by_resident = ?", by)
	} else {
		w.Add("by_account = ?", account)
	}
	return sqldb.All(tx, scanProxy, `SELECT `+proxyColumns+` FROM proxy `+w.SQL()+` ORDER BY id DESC LIMIT 100`, w.Args()...)
}

func insertProxyAct(tx *sqldb.Tx, a ProxyAct) error {
	_, err := tx.Exec(`INSERT INTO proxy_act (id, proxy_id, at, scope, number) VALUES ($1, $2, $3, $4, $5)`, a.ID, a.Proxy, sqldb.At(a.At), a.Scope, a.Number)
	return err
}

// listProxyActs returns what was done by a proxy, the newest first.
func listProxyActs(tx *sqldb.Tx, proxy id.ID) ([]ProxyAct, error) {
	return sqldb.All(tx, func(r sqldb.Scanner) (a ProxyAct, err error) {
		var at sqldb.Time
		err = r.Scan(&a.ID, &a.Proxy, &at, &a.Scope, &a.Number)
		a.At = at.Time
		return a, err
	}, `SELECT id, proxy_id, at, scope, number FROM proxy_act WHERE proxy_id = $1 ORDER BY id DESC LIMIT 100`, proxy)
}

// proxyNumbers are the numbers of what was done of one kind by the proxies of a resident
// or an account that count at a moment.
func proxyNumbers(tx *sqldb.Tx, by, account id.ID, what ProxyScope, now time.Time) (numbers []string, err error) {
	var w sqldb.Where
	if by != 0 {
		w.Add("p.by_resident = ? AND p.by_resident <> 0", by)
	} else {
		w.Add("p.by_account = ? AND p.by_account <> 0", account)
	}
	w.Add("a.scope = ?", string(what))
	w.Add("p.ended_at IS NULL")
	w.Add("p.taken_at IS NOT NULL")
	w.Add("p.until_at > ?", sqldb.At(now))
	return sqldb.All(tx, func(r sqldb.Scanner) (n string, err error) {
		var last sqldb.Time
		err = r.Scan(&n, &last)
		return n, err
	}, `SELECT a.number, MAX(a.at) FROM proxy p JOIN proxy_act a ON a.proxy_id = p.id `+w.SQL()+` GROUP BY a.number ORDER BY MAX(a.at) DESC, a.number LIMIT 100`, w.Args()...)
}

const chainOfActs = `SELECT proxy_id, id, at, scope, number FROM proxy_act`

// linkAct makes the digest of what was done by proxies, each act linked to the one before.
func linkAct(chains map[id.ID][]byte) func(sqldb.Scanner) error {
	return func(r sqldb.Scanner) error {
		var a ProxyAct
		var at sqldb.Time
		if err := r.Scan(&a.Proxy, &a.ID, &at, &a.Scope, &a.Number); err != nil {
			return err
		}
		chains[a.Proxy] = trail.Digest(chains[a.Proxy], a.ID, at.Time, string(a.Scope), a.Number)
		return nil
	}
}

// proxyActs is the digest of what was done by a proxy.
func proxyActs(tx *sqldb.Tx, proxy id.ID) ([]byte, error) {
	chains := map[id.ID][]byte{}
	err := tx.Each(chainOfActs+` WHERE proxy_id = $1 ORDER BY id`, []any{proxy}, linkAct(chains))
	return chains[proxy], err
}

// EachProxyDigest calls f with what every proxy's last line in the trail must be.
func EachProxyDigest(tx *sqldb.Tx, f func(record id.ID, digest []byte) error) error {
	chains := map[id.ID][]byte{}
	if err := tx.Each(chainOfActs+` ORDER BY id`, nil, linkAct(chains)); err != nil {
		return err
	}
	return tx.Each(`SELECT `+proxyColumns+` FROM proxy ORDER BY id`, nil, func(r sqldb.Scanner) error {
		p, err := scanProxy(r)
		if err != nil {
			return err
		}
		return f(p.ID, p.digest(chains[p.ID]))
	})
}
