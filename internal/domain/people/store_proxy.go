// SPDX-License-Identifier: Apache-2.0

package people

import (
	"strings"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

const proxyColumns = `id, resident_id, by_resident, by_account, relation, scopes, consent, code_index, paper, made_by, made_at, taken_at, until_at, ended_at, ended_by, version`

func scanProxy(r sqldb.Scanner) (p Proxy, err error) {
	var scopes string
	var made, taken, until, ended sqldb.Time
	err = r.Scan(&p.ID, &p.For, &p.By, &p.Account, &p.Relation, &scopes, &p.Consent, &p.codeIndex, &p.Paper, &p.MadeBy, &made, &taken, &until, &ended, &p.EndedBy, &p.Version)
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
	_, err := tx.Exec(`INSERT INTO proxy (`+proxyColumns+`) VALUES (`+sqldb.List(16, 1)+`)`,
		p.ID, p.For, p.By, p.Account, p.Relation, joinProxyScopes(p.Scopes), p.Consent, p.codeIndex, p.Paper, p.MadeBy, sqldb.At(p.MadeAt), sqldb.At(p.TakenAt), sqldb.At(p.Until), sqldb.At(p.EndedAt), p.EndedBy, p.Version)
	return err
}

// saveProxy writes what changes of a proxy: who took it, and its end.
func saveProxy(tx *sqldb.Tx, p *Proxy) error {
	p.Version++
	return tx.One(`UPDATE proxy SET by_resident = $3, code_index = $4, taken_at = $5, ended_at = $6, ended_by = $7, version = $8 WHERE id = $1 AND version = $2`,
		p.ID, p.Version-1, p.By, p.codeIndex, sqldb.At(p.TakenAt), sqldb.At(p.EndedAt), p.EndedBy, p.Version)
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

// EachProxyDigest calls f with what every proxy's last line in the trail must be.
func EachProxyDigest(tx *sqldb.Tx, f func(record id.ID, digest []byte) error) error {
	return tx.Each(`SELECT `+proxyColumns+` FROM proxy ORDER BY id`, nil, func(r sqldb.Scanner) error {
		p, err := scanProxy(r)
		if err != nil {
			return err
		}
		return f(p.ID, p.digest())
	})
}
