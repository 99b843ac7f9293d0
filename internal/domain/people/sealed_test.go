// SPDX-License-Identifier: Apache-2.0

package people_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

// secrets are what must not be found in the database.
var secrets = []string{
	"陈秀珍", "秀珍", "周敏", "唐店主", chenPhone, zhouPhone, chenCard, zhouCard, "19470315", "宝塔社区3组12号", "3组12号",
	"zhou@example.cn", "南街12号", "路灯位置说不清", "10.0.0.1", "13900001111",
}

// fill does everything that writes private facts, and returns the codes sent.
func fill(w town) (codes []string) {
	chen, zhou := w.chen(), w.zhou()
	w.must(w.Introduce(ctx, zhou.Actor(), "周敏", "文君街道南街12号"))
	_, err := w.Verify(ctx, he, people.Verifying{Resident: zhou.ID, Name: "周敏", IDNumber: zhouCard, Place: wenjun})
	w.must(err)
	var contact id.ID
	w.write(func(tx *sqldb.Tx) (err error) {
		contact, err = w.NewContact(tx, people.ContactInput{Name: "唐店主", Phone: chenPhone, Address: "文君街道南街12号", Place: wenjun})
		return err
	})
	address, err := people.ParseReach(notify.Mail, "zhou@example.cn")
	w.must(err)
	w.write(func(tx *sqldb.Tx) error {
		_, err := w.GiveMailbox(tx, zhou.Actor(), people.Owner{Kind: people.OwnedByResident, ID: zhou.ID}, notify.Mail, address, i18n.ZH)
		return err
	})
	for _, of := range []people.Subject{people.OfResident(chen.ID), people.OfContact(contact)} {
		_, err := w.Reveal(ctx, li, ring(of))
		w.must(err)
	}
	_, err = w.Find(ctx, he, chenPhone, "")
	w.must(err)
	_, err = w.Find(ctx, he, "", zhouCard)
	w.must(err)
	w.must(w.SendCode(ctx, i18n.ZH, "13900001111", "10.0.0.1"))
	return []string{w.lastCode(zhouPhone), w.lastCode("13900001111")}
}

// What somebody finds who steals the database: no name, no telephone, no number,
// no address, no reason, no code and no network address, in the file or its log.
func TestStolenDatabaseTellsNothing(t *testing.T) {
	t.Parallel()
	clock := sqldbtest.NewClock(day)
	db, path := sqldbtest.SQLiteAt(t, sqldb.Options{Clock: clock.Now})
	keys, err := seal.OpenFile(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	inbox := &people.Inbox{}
	w := town{people.New(db, seal.New(keys), people.Options{Sender: inbox}), t, db, clock, inbox, nil}
	codes := fill(w)
	marker := "bc1f3d2e-marker"
	w.write(func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`INSERT INTO people_keys (fingerprint, noted_at) VALUES ($1, 1)`, marker)
		return err
	})
	var raw []byte
	for _, name := range []string{path, path + "-wal"} {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		raw = append(raw, b...)
	}
	if !bytes.Contains(raw, []byte(marker)) || !bytes.Contains(raw, []byte("何警官")) {
		t.Fatal("what was written is not in these files: the test would find nothing whatever happened")
	}
	for _, s := range secrets {
		if bytes.Contains(raw, []byte(s)) {
			t.Errorf("the file holds %q", s)
		}
	}
	// six digits may come up by chance among sealed bytes, but not as a text of a row
	for _, c := range codes {
		for _, table := range []string{"phone_code", "trail", "look", "resident"} {
			if dump(w, table)[c] {
				t.Errorf("%s holds the code", table)
			}
		}
	}
}

// The same by reading every column of every table, on both engines.
func TestRowsTellNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		fill(w)
		cells := 0
		for _, table := range []string{"resident", "contact", "look", "phone_code", "phone_try", "people_keys", "trail"} {
			for cell := range dump(w, table) {
				cells++
				for _, s := range secrets {
					if strings.Contains(cell, s) {
						t.Errorf("%s holds %q in %q", table, s, cell)
					}
				}
			}
		}
		if cells < 50 {
			t.Errorf("only %d cells were read", cells)
		}
	})
}

// dump is every value of a table, as text.
func dump(w town, table string) map[string]bool {
	w.t.Helper()
	cells := map[string]bool{}
	rows, err := w.db.Pool().QueryContext(ctx, `SELECT * FROM `+table)
	w.must(err)
	defer rows.Close()
	names, err := rows.Columns()
	w.must(err)
	for rows.Next() {
		vs := make([]any, len(names))
		for i := range vs {
			vs[i] = new(any)
		}
		w.must(rows.Scan(vs...))
		for _, v := range vs {
			switch v := (*v.(*any)).(type) {
			case []byte:
				cells[string(v)] = true
			default:
				cells[fmt.Sprint(v)] = true
			}
		}
	}
	w.must(rows.Err())
	return cells
}

// Sealed bytes that were moved to another row or column do not open there.
func TestMovedCellsDoNotOpen(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		chen, zhou := w.chen(), w.zhou()
		for what, move := range map[string]string{
			"another's telephone": `UPDATE resident SET phone_sealed = (SELECT phone_sealed FROM resident WHERE id = $1) WHERE id = $2`,
			"name for telephone":  `UPDATE resident SET phone_sealed = (SELECT name_sealed FROM resident WHERE id = $1) WHERE id = $1 AND id <> $2`,
		} {
			err := w.db.Write(ctx, func(tx *sqldb.Tx) error {
				if err := tx.One(move, chen.ID, zhou.ID); err != nil {
					t.Fatal(err)
				}
				_, err := w.Cards(tx, chen.ID, zhou.ID)
				return err
			})
			if err == nil || strings.Contains(err.Error(), "138") {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

// Nothing that leaves the package shows a private fact when it is printed.
func TestNothingPrints(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		chen := w.chen()
		got, err := w.Reveal(ctx, li, ring(people.OfResident(chen.ID)))
		w.must(err)
		ls, err := w.Looks(ctx, chen.Actor(), 5)
		w.must(err)
		own, err := w.Own(ctx, chen.Actor())
		w.must(err)
		in := people.ContactInput{Name: "陈秀珍", Phone: chenPhone, Address: "宝塔社区3组12号"}
		var log bytes.Buffer
		for _, v := range []any{chen, &chen, chen.Card(), got, &got, ls, own, in, &in, chen.Actor(), struct{ C people.ContactInput }{in}} {
			fmt.Fprintf(&log, "%v %+v %#v %s\n", v, v, v, v)
			b, err := json.Marshal(v)
			w.must(err)
			log.Write(b)
			slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", v)
			slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", v)
		}
		for _, s := range secrets {
			if s != "10.0.0.1" && strings.Contains(log.String(), s) {
				t.Errorf("%q is shown", s)
			}
		}
	})
}

func BenchmarkNewContact(b *testing.B) {
	db := sqldbtest.SQLite(b, sqldb.Options{Relaxed: true})
	keys, err := seal.Forgotten()
	if err != nil {
		b.Fatal(err)
	}
	s := people.New(db, seal.New(keys), people.Options{})
	in := people.ContactInput{Name: "唐店主", Phone: chenPhone, Address: "文君街道南街12号", Place: wenjun}
	for b.Loop() {
		if err := db.Write(ctx, func(tx *sqldb.Tx) error { _, err := s.NewContact(tx, in); return err }); err != nil {
			b.Fatal(err)
		}
	}
}
