// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"encoding/json"
	"time"

	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

const pageColumns = "place_id, town_id, village_id, grid_id, courtyard_id, greeting, picture, picture_type, picture_says, opened_on, ledger_members, version"

func scanPage(r sqldb.Scanner) (p Page, err error) {
	err = r.Scan(&p.Place, &p.Path[scope.Town], &p.Path[scope.Village], &p.Path[scope.Grid], &p.Path[scope.Courtyard], &p.Greeting, &p.Picture.Hash, &p.Picture.Type, &p.Says, &p.Opened, &p.LedgerMembers, &p.Version)
	return p, err
}

// loadPage returns a place's page, an empty one of version 0 if it has none.
func loadPage(tx *sqldb.Tx, at places.Place) (Page, error) {
	p, err := sqldb.Get(tx, scanPage, "affairs.none", `SELECT `+pageColumns+` FROM village_page WHERE place_id = $1`, at.ID)
	if errs.KindOf(err) == errs.NotFound {
		return Page{Place: at.ID, Path: at.Path}, nil
	}
	return p, err
}

func savePage(tx *sqldb.Tx, p Page) error {
	if p.Version == 1 {
		return tx.One(`INSERT INTO village_page (`+pageColumns+`) VALUES (`+sqldb.List(12, 1)+`) ON CONFLICT DO NOTHING`,
			p.Place, p.Path[scope.Town], p.Path[scope.Village], p.Path[scope.Grid], p.Path[scope.Courtyard], p.Greeting, p.Picture.Hash, p.Picture.Type, p.Says, string(p.Opened), p.LedgerMembers, p.Version)
	}
	return tx.One(`UPDATE village_page SET greeting = $3, picture = $4, picture_type = $5, picture_says = $6, ledger_members = $7, version = $8 WHERE place_id = $1 AND version = $2`,
		p.Place, p.Version-1, p.Greeting, p.Picture.Hash, p.Picture.Type, p.Says, p.LedgerMembers, p.Version)
}

func eachPage(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
	return tx.Each(`SELECT `+pageColumns+` FROM village_page ORDER BY place_id`, nil, func(r sqldb.Scanner) error {
		p, err := scanPage(r)
		if err != nil {
			return err
		}
		return f(p.Place, p.digest())
	})
}

const noticeColumns = `id, place_id, town_id, village_id, kind, state, title, body, item, period, starts_at, ends_at, spot, hash, hash_type, hash_size,
	made_at, published_at, account, actor, post, why, members, version`

func scanNotice(r sqldb.Scanner) (n Notice, err error) {
	var starts, ends, made, published sqldb.Time
	err = r.Scan(&n.ID, &n.Place, &n.Path[scope.Town], &n.Path[scope.Village], &n.Kind, &n.State, &n.Title, &n.Body, &n.Item, &n.Period, &starts, &ends, &n.Spot,
		&n.File.Hash, &n.File.Type, &n.File.Size, &made, &published, &n.Account, &n.Actor, &n.Post, &n.Why, &n.Members, &n.Version)
	n.Starts, n.Ends, n.MadeAt, n.PublishedAt = starts.Time, ends.Time, made.Time, published.Time
	return n, err
}

func loadNotice(tx *sqldb.Tx, d ID) (Notice, error) {
	return sqldb.Get(tx, scanNotice, "affairs.notice.none", `SELECT `+noticeColumns+` FROM notice WHERE id = $1`, d)
}

func insertNotice(tx *sqldb.Tx, n Notice) error {
	_, err := tx.Exec(`INSERT INTO notice (`+noticeColumns+`) VALUES (`+sqldb.List(24, 1)+`)`,
		n.ID, n.Place, n.Path[scope.Town], n.Path[scope.Village], string(n.Kind), string(n.State), n.Title, n.Body, n.Item, string(n.Period), sqldb.At(n.Starts), sqldb.At(n.Ends), n.Spot,
		n.File.Hash, n.File.Type, n.File.Size, sqldb.At(n.MadeAt), sqldb.At(n.PublishedAt), n.Account, n.Actor, n.Post, n.Why, n.Members, n.Version)
	return err
}

func saveNotice(tx *sqldb.Tx, n Notice) error {
	return tx.One(`
		UPDATE notice
		SET state = $3, title = $4, body = $5, item = $6, period = $7, starts_at = $8, ends_at = $9, spot = $10, hash = $11, hash_type = $12, hash_size = $13,
			published_at = $14, account = $15, actor = $16, post = $17, why = $18, members = $19, version = $20
		WHERE id = $1 AND version = $2`,
		n.ID, n.Version-1, string(n.State), n.Title, n.Body, n.Item, string(n.Period), sqldb.At(n.Starts), sqldb.At(n.Ends), n.Spot, n.File.Hash, n.File.Type, n.File.Size,
		sqldb.At(n.PublishedAt), n.Account, n.Actor, n.Post, n.Why, n.Members, n.Version)
}

func eachNotice(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
	chains := map[id.ID][]byte{}
	if err := tx.Each(chainOfBefore+` ORDER BY notice_id, version`, nil, linkBefore(chains)); err != nil {
		return err
	}
	return tx.Each(`SELECT `+noticeColumns+` FROM notice ORDER BY id`, nil, func(r sqldb.Scanner) error {
		n, err := scanNotice(r)
		if err != nil {
			return err
		}
		return f(n.ID, n.digest(chains[n.ID]))
	})
}

func listNotices(tx *sqldb.Tx, place id.ID, q Query) ([]Notice, error) {
	var w sqldb.Where
	w.Add("place_id = ?", place)
	if len(q.Kinds) > 0 {
		sqldb.In(&w, "kind", q.Kinds...)
	}
	sqldb.In(&w, "state", q.States...)
	if !q.Before.IsZero() {
		w.Add("published_at < ?", sqldb.At(q.Before))
	}
	n := w.Arg(q.Most)
	return sqldb.All(tx, scanNotice, `SELECT `+noticeColumns+` FROM notice `+w.SQL()+` ORDER BY COALESCE(published_at, made_at) DESC, id DESC LIMIT `+n, w.Args()...)
}

// coming are the published dates of a place that have not ended by a moment.
func coming(tx *sqldb.Tx, place id.ID, from time.Time, most int) ([]Notice, error) {
	return sqldb.All(tx, scanNotice, `SELECT `+noticeColumns+` FROM notice
		WHERE place_id = $1 AND kind = 'event' AND state = 'published' AND COALESCE(ends_at, starts_at) >= $2 ORDER BY starts_at, id LIMIT $3`, place, sqldb.At(from), most)
}

func insertBefore(tx *sqldb.Tx, d ID, b Before) error {
	_, err := tx.Exec(`INSERT INTO notice_before (notice_id, version, title, body, why, actor, at) VALUES (`+sqldb.List(7, 1)+`)`, d, b.Version, b.Title, b.Body, b.Why, b.Actor, sqldb.At(b.At))
	return err
}

func listBefore(tx *sqldb.Tx, d ID) ([]Before, error) {
	return sqldb.All(tx, func(r sqldb.Scanner) (b Before, err error) {
		var at sqldb.Time
		err = r.Scan(&b.Version, &b.Title, &b.Body, &b.Why, &b.Actor, &at)
		b.At = at.Time
		return b, err
	}, `SELECT version, title, body, why, actor, at FROM notice_before WHERE notice_id = $1 ORDER BY version DESC LIMIT 50`, d)
}

// isOpened reports whether an item stands open for a period.
func isOpened(tx *sqldb.Tx, place id.ID, item string, p Period) (bool, error) {
	var n int
	err := tx.Row(`SELECT count(*) FROM notice WHERE place_id = $1 AND item = $2 AND period = $3 AND state = 'published'`, place, item, string(p)).Scan(&n)
	return n > 0, err
}

const openedColumns = `item, period, id, published_at, state`

func scanOpened(r sqldb.Scanner) (o Opened, err error) {
	var at sqldb.Time
	var state NoticeState
	err = r.Scan(&o.Item, &o.Period, &o.Notice, &at, &state)
	if state == Published {
		o.At = at.Time
	}
	return o, err
}

// openedAt is what a place opened, and what of great matters is still a draft.
func openedAt(tx *sqldb.Tx, place id.ID) ([]Opened, error) {
	return sqldb.All(tx, scanOpened, `SELECT `+openedColumns+` FROM notice WHERE place_id = $1 AND item <> '' AND state IN ('published', 'draft') ORDER BY id DESC LIMIT 2000`, place)
}

// factsOf is what Stand has to know of the villages of a town, or of all with 0.
func factsOf(tx *sqldb.Tx, town id.ID) (map[id.ID]*Facts, error) {
	facts := map[id.ID]*Facts{}
	of := func(d id.ID) *Facts {
		if facts[d] == nil {
			facts[d] = &Facts{Entries: map[Period]int{}}
		}
		return facts[d]
	}
	var in sqldb.Where
	if town != 0 {
		in.Add("town_id = ?", town)
	}
	if err := tx.Each(`SELECT place_id, opened_on FROM village_page `+in.SQL(), in.Args(), func(r sqldb.Scanner) error {
		var d id.ID
		var day places.Day
		err := r.Scan(&d, &day)
		of(d).Since = day
		return err
	}); err != nil {
		return nil, err
	}
	var w sqldb.Where
	if town != 0 {
		w.Add("town_id = ?", town)
	}
	w.Add("item <> ''")
	w.Add("state IN ('published', 'draft')")
	if err := tx.Each(`SELECT place_id, `+openedColumns+` FROM notice `+w.SQL(), w.Args(), func(r sqldb.Scanner) error {
		var d id.ID
		var o Opened
		var at sqldb.Time
		var state NoticeState
		if err := r.Scan(&d, &o.Item, &o.Period, &o.Notice, &at, &state); err != nil {
			return err
		}
		if state == Published {
			o.At = at.Time
		}
		f := of(d)
		f.Opened = append(f.Opened, o)
		return nil
	}); err != nil {
		return nil, err
	}
	return facts, tx.Each(`SELECT place_id, substr(on_day, 1, 7), count(*) FROM ledger_entry `+in.SQL()+` GROUP BY place_id, substr(on_day, 1, 7)`, in.Args(), func(r sqldb.Scanner) error {
		var d id.ID
		var month Period
		var n int
		if err := r.Scan(&d, &month, &n); err != nil {
			return err
		}
		if from, _, ok := month.Span(); ok {
			of(d).Entries[PeriodOf(Quarterly, from)] += n
		}
		return nil
	})
}

// quarters counts the entries of a ledger by quarter.
func quarters(tx *sqldb.Tx, place id.ID) (map[Period]int, error) {
	by := map[Period]int{}
	return by, tx.Each(`SELECT substr(on_day, 1, 7), count(*) FROM ledger_entry WHERE place_id = $1 GROUP BY substr(on_day, 1, 7)`, []any{place}, func(r sqldb.Scanner) error {
		var month Period
		var n int
		err := r.Scan(&month, &n)
		if from, _, ok := month.Span(); ok {
			by[PeriodOf(Quarterly, from)] += n
		}
		return err
	})
}

// rhythms are all editions, the newest first, the shipped one last.
func rhythms(tx *sqldb.Tx) ([]Rhythm, error) {
	rs, err := sqldb.All(tx, func(r sqldb.Scanner) (x Rhythm, err error) {
		var items string
		var at sqldb.Time
		if err := r.Scan(&x.Number, &x.From, &items, &x.Note, &x.Actor, &at); err != nil {
			return x, err
		}
		x.At = at.Time
		return x, json.Unmarshal([]byte(items), &x)
	}, `SELECT number, from_day, items, note, actor, at FROM village_rhythm ORDER BY number DESC LIMIT 500`)
	return append(rs, Shipped()), err
}

// insertRhythm writes an edition; of two at once the second breaks the key.
func insertRhythm(tx *sqldb.Tx, r Rhythm, items string, account id.ID) error {
	return tx.One(`INSERT INTO village_rhythm (number, from_day, items, note, account, actor, at) VALUES (`+sqldb.List(7, 1)+`) ON CONFLICT DO NOTHING`,
		r.Number, string(r.From), items, r.Note, account, r.Actor, sqldb.At(r.At))
}

func eachRhythm(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
	return tx.Each(`SELECT number, from_day, items, note, account, actor, at FROM village_rhythm ORDER BY number`, nil, func(r sqldb.Scanner) error {
		var x Rhythm
		var items string
		var account id.ID
		var at sqldb.Time
		if err := r.Scan(&x.Number, &x.From, &items, &x.Note, &account, &x.Actor, &at); err != nil {
			return err
		}
		x.At = at.Time
		return f(id.ID(x.Number), x.digest(items, account))
	})
}

// hasFile reports whether anything here has a file.
func hasFile(tx *sqldb.Tx, hash string) (bool, error) {
	var n int
	err := tx.Row(`SELECT (SELECT count(*) FROM village_page WHERE picture = $1) + (SELECT count(*) FROM notice WHERE hash = $1) + (SELECT count(*) FROM ledger_entry WHERE paper = $1)`, hash).Scan(&n)
	return n > 0, err
}

// A shelf is where a file that is public lies, and whether it is for members alone.
type shelf struct {
	File
	Place   id.ID
	Members bool
}

// filesWith are the places where a public file lies, those that everybody may read first.
func filesWith(tx *sqldb.Tx, hash string) (all []shelf, err error) {
	for _, q := range []string{
		`SELECT picture, picture_type, 0, place_id, 1 = 0 FROM village_page WHERE picture = $1 AND picture <> '' LIMIT 1`,
		`SELECT hash, hash_type, hash_size, place_id, members FROM notice WHERE hash = $1 AND hash <> '' AND state = 'published' ORDER BY members LIMIT 50`,
		`SELECT e.paper, e.paper_type, e.paper_size, e.place_id, (e.members OR COALESCE(p.ledger_members, FALSE)) AS members
			FROM ledger_entry e LEFT JOIN village_page p ON p.place_id = e.place_id WHERE e.paper = $1 AND e.paper <> '' ORDER BY members LIMIT 50`,
	} {
		some, err := sqldb.All(tx, func(r sqldb.Scanner) (x shelf, err error) {
			err = r.Scan(&x.Hash, &x.Type, &x.Size, &x.Place, &x.Members)
			return x, err
		}, q, hash)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// closedOf are those of some notices and entries whose words are for members alone.
func closedOf(tx *sqldb.Tx, notices, entries []ID) (map[ID]bool, error) {
	closed := map[ID]bool{}
	for i, ids := range [][]ID{notices, entries} {
		if len(ids) == 0 {
			continue
		}
		var w sqldb.Where
		sqldb.In(&w, "x.id", ids...)
		from := `notice x `
		if i == 1 {
			from = `ledger_entry x LEFT JOIN village_page p ON p.place_id = x.place_id `
			w.Add("(x.members OR COALESCE(p.ledger_members, FALSE))")
		} else {
			w.Add("x.members")
		}
		some, err := sqldb.All(tx, sqldb.ID, `SELECT x.id FROM `+from+w.SQL(), w.Args()...)
		if err != nil {
			return nil, err
		}
		for _, d := range some {
			closed[d] = true
		}
	}
	return closed, nil
}

// draftsWith are the notices with a file that are not public.
func draftsWith(tx *sqldb.Tx, hash string) ([]Notice, error) {
	return sqldb.All(tx, scanNotice, `SELECT `+noticeColumns+` FROM notice WHERE hash = $1 AND hash <> '' AND state IN ('draft', 'withdrawn') LIMIT 50`, hash)
}
