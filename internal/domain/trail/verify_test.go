// SPDX-License-Identifier: Apache-2.0

package trail_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
	_ "yuanba/internal/locale"
)

// do runs a statement behind the program's back.
func do(t testing.TB, db *sqldb.DB, query string, args ...any) {
	t.Helper()
	write(t, db, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(query, args...)
		if err == nil && n == 0 {
			err = fmt.Errorf("nothing was changed by %s", query)
		}
		return err
	})
}

func lastNote(t testing.TB, db *sqldb.DB) (c trail.Checkpoint) {
	t.Helper()
	read(t, db, func(tx *sqldb.Tx) (err error) {
		c, err = trail.LastCheckpoint(tx)
		return err
	})
	return c
}

// sealed returns a database with 700 rows, sealed as 300 and 400.
func sealed(t *testing.T, db *sqldb.DB) (publicKey string, older trail.Checkpoint) {
	t.Helper()
	s := newSealer(t, db)
	appendN(t, db, 1, 300)
	seal(t, s)
	older = lastNote(t, db)
	appendN(t, db, 301, 400)
	seal(t, s)
	return s.PublicKey(), older
}

// Whatever is done to the trail behind the program's back is found, and the row
// is named.
func TestVerifyFindsTampering(t *testing.T) {
	t.Parallel()
	// resealed makes the stored hashes anew, as somebody would who knows how the
	// trail works and has no key: all tiles and checkpoints are dropped and made
	// with a key of their own.
	resealed := func(t *testing.T, db *sqldb.DB) {
		do(t, db, `DELETE FROM trail_tile`)
		do(t, db, `DELETE FROM trail_checkpoint`)
		seal(t, newSealer(t, db))
	}
	for _, tc := range []struct {
		name   string
		tamper func(t *testing.T, db *sqldb.DB)
		want   trail.FaultKind
		seq    int64
		older  bool // give Verify the checkpoint of the first 300 rows
		nokey  bool // and no key
	}{
		{name: "a word altered", tamper: func(t *testing.T, db *sqldb.DB) { do(t, db, `UPDATE trail SET note = 'x' WHERE seq = 437`) }, want: trail.Altered, seq: 437},
		{name: "a moment altered", tamper: func(t *testing.T, db *sqldb.DB) { do(t, db, `UPDATE trail SET at = at + 1 WHERE seq = 1`) }, want: trail.Altered, seq: 1},
		{name: "a digest emptied", tamper: func(t *testing.T, db *sqldb.DB) {
			do(t, db, `UPDATE trail SET digest = $1 WHERE seq = 700`, []byte{})
		}, want: trail.Altered, seq: 700},
		{name: "text moved to the neighbouring column", tamper: func(t *testing.T, db *sqldb.DB) {
			do(t, db, `UPDATE trail SET from_state = to_state, to_state = from_state WHERE seq = 5`)
		}, want: trail.Altered, seq: 5},
		{name: "a row removed", tamper: func(t *testing.T, db *sqldb.DB) { do(t, db, `DELETE FROM trail WHERE seq = 256`) }, want: trail.Removed, seq: 256},
		{name: "the last row removed", tamper: func(t *testing.T, db *sqldb.DB) { do(t, db, `DELETE FROM trail WHERE seq = 700`) }, want: trail.Removed, seq: 700},
		{name: "the tail removed", tamper: func(t *testing.T, db *sqldb.DB) { do(t, db, `DELETE FROM trail WHERE seq > 512`) }, want: trail.Removed, seq: 513},
		{name: "all rows removed", tamper: func(t *testing.T, db *sqldb.DB) { do(t, db, `DELETE FROM trail`) }, want: trail.Removed, seq: 1},
		{name: "two rows swapped", tamper: func(t *testing.T, db *sqldb.DB) {
			do(t, db, `UPDATE trail SET seq = 10000 WHERE seq = 20`)
			do(t, db, `UPDATE trail SET seq = 20 WHERE seq = 30`)
			do(t, db, `UPDATE trail SET seq = 30 WHERE seq = 10000`)
		}, want: trail.Altered, seq: 20},
		{name: "a row moved to a free number", tamper: func(t *testing.T, db *sqldb.DB) {
			do(t, db, `UPDATE trail SET seq = 0 WHERE seq = 20`)
		}, want: trail.Inserted, seq: 0},
		{name: "a row inserted before all", tamper: func(t *testing.T, db *sqldb.DB) {
			do(t, db, `INSERT INTO trail SELECT -5, at, account, actor, kind, noun, record, act, from_state, to_state, behalf, note, digest FROM trail WHERE seq = 9`)
		}, want: trail.Inserted, seq: -5},
		{name: "the order of a tile changed", tamper: func(t *testing.T, db *sqldb.DB) {
			var seqs []byte
			read(t, db, func(tx *sqldb.Tx) error {
				return tx.Row(`SELECT seqs FROM trail_tile WHERE level = 0 AND n = 1`).Scan(&seqs)
			})
			copy(seqs[80:88], seqs[160:168])
			do(t, db, `UPDATE trail_tile SET seqs = $1 WHERE level = 0 AND n = 1`, seqs)
		}, want: trail.Reordered, seq: 268},
		{name: "row and leaf hash altered together", tamper: func(t *testing.T, db *sqldb.DB) {
			do(t, db, `UPDATE trail SET note = 'x' WHERE seq = 310`)
			refresh(t, db, 310)
		}, want: trail.Rewritten, seq: 301},
		{name: "row and leaf hash altered in the partial tile", tamper: func(t *testing.T, db *sqldb.DB) {
			do(t, db, `UPDATE trail SET note = 'x' WHERE seq = 699`)
			refresh(t, db, 699)
		}, want: trail.Rewritten, seq: 301},
		{name: "a tile removed", tamper: func(t *testing.T, db *sqldb.DB) { do(t, db, `DELETE FROM trail_tile WHERE level = 0 AND n = 1`) }, want: trail.Damaged, seq: 256},
		{name: "the upper tile removed", tamper: func(t *testing.T, db *sqldb.DB) { do(t, db, `DELETE FROM trail_tile WHERE level = 1`) }, want: trail.Damaged},
		{name: "the last tile removed", tamper: func(t *testing.T, db *sqldb.DB) { do(t, db, `DELETE FROM trail_tile WHERE level = 0 AND n = 2`) }, want: trail.CutOff, seq: 513},
		{name: "the tail, its tile and its checkpoint removed", tamper: func(t *testing.T, db *sqldb.DB) {
			do(t, db, `DELETE FROM trail WHERE seq > 256`)
			do(t, db, `DELETE FROM trail_tile WHERE level = 0 AND n > 0`)
			do(t, db, `UPDATE trail_tile SET width = 1, hashes = substr(hashes, 1, 32) WHERE level = 1`)
			do(t, db, `DELETE FROM trail_checkpoint`)
		}, want: trail.CutOff, seq: 257, older: true},
		{name: "the last checkpoint removed", tamper: func(t *testing.T, db *sqldb.DB) { do(t, db, `DELETE FROM trail_checkpoint WHERE size = 700`) }, want: trail.Unsigned},
		{name: "a checkpoint's number altered", tamper: func(t *testing.T, db *sqldb.DB) {
			do(t, db, `UPDATE trail_checkpoint SET at = at + 1 WHERE size = 300`)
		}, want: trail.Forged, seq: 300},
		{name: "a checkpoint with another root", tamper: func(t *testing.T, db *sqldb.DB) { forge(t, db, 300) }, want: trail.Forged, seq: 300},
		{name: "the same, unchecked keys", tamper: func(t *testing.T, db *sqldb.DB) { forge(t, db, 300) }, want: trail.Rewritten, seq: 1, nokey: true},
		{name: "the whole rewritten and sealed with another key", tamper: func(t *testing.T, db *sqldb.DB) {
			do(t, db, `UPDATE trail SET note = 'x' WHERE seq = 7`)
			resealed(t, db)
		}, want: trail.Forged, seq: 700},
		{name: "the whole rewritten, only an older checkpoint tells", tamper: func(t *testing.T, db *sqldb.DB) {
			do(t, db, `UPDATE trail SET note = 'x' WHERE seq = 7`)
			resealed(t, db)
		}, want: trail.Rewritten, seq: 1, older: true, nokey: true},
		{name: "a row removed and the rest resealed", tamper: func(t *testing.T, db *sqldb.DB) {
			do(t, db, `DELETE FROM trail WHERE seq = 200`)
			resealed(t, db)
		}, want: trail.Rewritten, seq: 1, older: true, nokey: true},
		{name: "resealed as it was", tamper: resealed, older: true, nokey: true},
		{name: "untouched", tamper: func(*testing.T, *sqldb.DB) {}, older: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				key, older := sealed(t, db)
				tc.tamper(t, db)
				o := trail.Options{PublicKey: key}
				if tc.nokey {
					o.PublicKey = ""
				}
				kept := [][]byte{nil}
				if tc.older { // the note, and the sheet that hung on the notice board
					kept = [][]byte{[]byte(older.Note), []byte(trail.PrintCheckpoint(i18n.ZH, older)), []byte(trail.PrintCheckpoint(i18n.EN, older)), fmt.Appendf(nil, "%d\n%s", older.Size, strings.ToLower(older.Groups()))}
				}
				for _, o.Older = range kept {
					rep := verify(t, db, o)
					switch f := rep.FirstFault; {
					case tc.want == "" && f != nil:
						t.Errorf("found %+v", f)
					case tc.want == "":
					case f == nil:
						t.Error("nothing found")
					case f.Kind != tc.want || f.Seq != tc.seq:
						t.Errorf("found %+v, want %s of row %d", f, tc.want, tc.seq)
					default:
						key, args := f.Message()
						for _, lang := range i18n.Langs {
							if s := i18n.T(lang, key, args...); strings.Contains(s, "⟦") || strings.Contains(s, "{") {
								t.Error(s)
							}
						}
					}
				}
			})
		})
	}
}

// TestWhatIsNoCheckpoint is said, and is no fault of the trail.
func TestWhatIsNoCheckpoint(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		key, older := sealed(t, db)
		for _, text := range []string{"nonsense", older.Groups(), "Rows: many\n" + older.Groups(), "99999999999999999999\n" + older.Groups(), older.Note[:len(older.Note)-20], "— \n— \n"} {
			if _, err := trail.Verify(t.Context(), db, trail.Options{PublicKey: key, Older: []byte(text)}); err == nil {
				t.Errorf("%q was taken for a checkpoint", text)
			}
		}
	})
}

// FuzzReadCheckpoint: what somebody kept may be anything.
func FuzzReadCheckpoint(f *testing.F) {
	f.Add("yuanba/trail\n3\nB2sbMrcg\nat 1\nseq 3\n\n— yuanba BdjzCq\n")
	f.Add("Rows: 3\n" + strings.Repeat("0AF9 ", 16))
	f.Add("3\n" + strings.Repeat("0af9\n", 16))
	f.Fuzz(func(t *testing.T, text string) {
		c, err := trail.ReadCheckpoint([]byte(text), "")
		if err == nil && c.Size < 0 {
			t.Errorf("%d rows", c.Size)
		}
	})
}

// refresh writes the hash of a changed row into its leaf tile.
func refresh(t *testing.T, db *sqldb.DB, seq int64) {
	t.Helper()
	var rows []trail.Row
	var hashes []byte
	n, k := (seq-1)/256, (seq-1)%256
	read(t, db, func(tx *sqldb.Tx) (err error) {
		if rows, err = trail.Since(tx, seq-1, 1); err != nil {
			return err
		}
		return tx.Row(`SELECT hashes FROM trail_tile WHERE level = 0 AND n = $1`, n).Scan(&hashes)
	})
	h := recordHash(leafBytes(rows[0]))
	copy(hashes[k*32:], h[:])
	do(t, db, `UPDATE trail_tile SET hashes = $1 WHERE level = 0 AND n = $2`, hashes, n)
}

// forge replaces a checkpoint by one of the forger's own, well signed.
func forge(t *testing.T, db *sqldb.DB, size int64) {
	t.Helper()
	var old string
	read(t, db, func(tx *sqldb.Tx) error {
		return tx.Row(`SELECT note FROM trail_checkpoint WHERE size = $1`, size).Scan(&old)
	})
	secret, _, err := note.GenerateKey(rand.Reader, "yuanba")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(old, "\n")
	lines[2] = base64.StdEncoding.EncodeToString(make([]byte, 32))
	msg, err := note.Sign(&note.Note{Text: strings.Join(lines[:5], "\n") + "\n"}, signer)
	if err != nil {
		t.Fatal(err)
	}
	do(t, db, `UPDATE trail_checkpoint SET note = $1 WHERE size = $2`, string(msg), size)
}

// The sealer signs nothing on top of a tree that somebody has changed.
func TestSealerRefusesATamperedTree(t *testing.T) {
	t.Parallel()
	for name, query := range map[string]string{
		"hash":       `UPDATE trail_tile SET hashes = (SELECT hashes FROM trail_tile WHERE level = 0 AND n = 0) WHERE level = 0 AND n = 1 AND width = 256`,
		"tile":       `DELETE FROM trail_tile WHERE level = 0 AND n = 1`,
		"upper tile": `DELETE FROM trail_tile WHERE level = 1`,
		"checkpoint": `DELETE FROM trail_checkpoint`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				s := newSealer(t, db)
				appendN(t, db, 1, 512)
				seal(t, s)
				do(t, db, query)
				appendN(t, db, 513, 1)
				n, err := s.Seal(context.Background())
				if name == "hash" { // below the edge: that is Verify's to find
					if rep := verify(t, db, trail.Options{}); rep.OK {
						t.Error("not found")
					}
				} else if err == nil {
					t.Errorf("sealed %d rows", n)
				}
			})
		})
	}
}

func TestVerifyFindsWhatIsNotSealedInTime(t *testing.T) {
	t.Parallel()
	clock := sqldbtest.NewClock(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
	db := sqldbtest.SQLite(t, sqldb.Options{Clock: clock.Now})
	s := newSealer(t, db)
	appendN(t, db, 1, 3)
	seal(t, s)
	clock.Add(time.Minute)
	appendN(t, db, 4, 2)
	clock.Add(time.Hour)
	if rep := verify(t, db, trail.Options{Now: clock.Now()}); !rep.OK || rep.Rows != 5 || rep.Sealed != 3 {
		t.Errorf("an hour: %+v %+v", rep, rep.FirstFault)
	}
	clock.Add(time.Millisecond)
	if rep := verify(t, db, trail.Options{Now: clock.Now()}); rep.OK || rep.FirstFault.Kind != trail.Unsealed || rep.FirstFault.Seq != 4 {
		t.Errorf("more than an hour: %+v", rep.FirstFault)
	}
	if rep := verify(t, db, trail.Options{}); !rep.OK {
		t.Errorf("a backup, looked at later: %+v", rep.FirstFault)
	}
	appendN(t, db, 6, 1)
	if rep := verify(t, db, trail.Options{}); rep.OK || rep.FirstFault.Seq != 4 {
		t.Errorf("a backup made while nothing was sealed: %+v", rep.FirstFault)
	}
	seal(t, s)
	if rep := verify(t, db, trail.Options{Now: clock.Now()}); !rep.OK {
		t.Errorf("%+v", rep.FirstFault)
	}
}
