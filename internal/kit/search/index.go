// SPDX-License-Identifier: Apache-2.0

package search

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// A Doc is what is to be found of a record: the first 20,000 letters of its
// body, 1,000 of its title, 200 of each of its first 50 exact strings.
type Doc struct {
	Noun  string // what the record is, a word of the program such as "matter"
	ID    id.ID  // of the record; no two records of any noun have the same
	Title string
	Body  string
	Exact []string  // numbers, codes, initials: found from their beginning on
	Tags  []string  // by which finds are limited, such as "place:…", "vis:public", "state:open"
	At    time.Time // when it happened, for ranking
}

// folded is a record as it is kept: its text in folded form.
type folded struct {
	id    id.ID
	noun  string
	title string
	body  string
	exact string // folded exact strings, a line each
	at    time.Time
}

// begins reports whether an exact string begins with s, spaces left aside.
func (d *folded) begins(s string) bool {
	for line := range strings.Lines(d.exact) {
		if strings.HasPrefix(joined(line), s) {
			return true
		}
	}
	return false
}

// An Index is the search of one database. The zero Index is ready for use.
type Index struct {
	// Window is how many of the newest hits are ranked; 200 if 0.
	Window int

	walk int // walkFirst, unless a test says otherwise
}

// batch is how many records are asked for at once.
const batch = 500

// Put makes records found by what docs say, and no longer by what was put before
// under the same ID. A doc that is in the index as it stands is passed over, so
// putting a batch again is cheap and changes nothing. Of two docs with one ID
// the later counts.
func (x Index) Put(tx *sqldb.Tx, docs ...Doc) error { return x.PutPrepared(tx, Prepare(docs...)) }

// Prepared are docs made ready to be put.
type Prepared []entry

type entry struct {
	doc   folded
	terms string
	sum   int64
}

// Prepare makes docs ready for [Index.PutPrepared]: the part of Put that needs no
// transaction, and nearly as long as the rest.
func Prepare(docs ...Doc) Prepared {
	p := make(Prepared, len(docs))
	for i := range docs {
		p[i].doc, p[i].terms, p[i].sum = prepare(&docs[i])
	}
	return p
}

// PutPrepared is Put for what has been prepared.
func (x Index) PutPrepared(tx *sqldb.Tx, p Prepared) error {
	for chunk := range slices.Chunk(p, batch) {
		if err := x.put(tx, chunk); err != nil {
			return fmt.Errorf("search: put: %w", err)
		}
	}
	return nil
}

func (x Index) put(tx *sqldb.Tx, p Prepared) error {
	have, err := sums(tx, p)
	if err != nil {
		return err
	}
	for i := range p {
		e := &p[i]
		old, known := have[e.doc.id]
		if known && old == e.sum {
			continue
		}
		if err := write(tx, *e, known); err != nil {
			return fmt.Errorf("%s %s: %w", e.doc.noun, e.doc.id, err)
		}
		have[e.doc.id] = e.sum
	}
	return nil
}

// prepare folds a doc and makes its terms.
func prepare(d *Doc) (f folded, terms string, sum int64) {
	f = folded{id: d.ID, noun: d.Noun, title: cut(Fold(d.Title), titleMost), body: cut(Fold(d.Body), bodyMost), at: d.At}
	t := termSets.Get().(*termSet)
	defer t.done()
	t.add(every)
	t.add(nounTerm(d.Noun))
	for _, tag := range d.Tags {
		t.add(tagTerm(tag))
	}
	t.text(f.title, wordMost)
	t.text(f.body, wordMost)
	for _, e := range d.Exact[:min(len(d.Exact), codesMost)] {
		if e = cut(Fold(e), codeMost); e == "" {
			continue
		}
		f.exact += e + "\n"
		t.text(e, 0)
		t.everySecond(joined(e))
	}
	terms = string(t.out) // a copy: t is used again
	b := make([]byte, 0, len(f.noun)+len(f.title)+len(f.body)+len(f.exact)+len(terms)+6*8)
	for _, s := range []string{f.noun, f.title, f.body, f.exact, terms} {
		b = append(binary.BigEndian.AppendUint64(b, uint64(len(s))), s...)
	}
	h := sha256.Sum256(binary.BigEndian.AppendUint64(b, uint64(d.At.UnixMilli())))
	return f, terms, int64(binary.BigEndian.Uint64(h[:]))
}

// Remove makes records found no longer. The noun must be that under which they
// were put; what is not in the index is passed over.
func (x Index) Remove(tx *sqldb.Tx, noun string, ids ...id.ID) error {
	for _, d := range ids {
		if err := remove(tx, noun, d); err != nil {
			return fmt.Errorf("search: remove %s %s: %w", noun, d, err)
		}
	}
	return nil
}

// Clear empties the index, before it is made anew from the records.
func (x Index) Clear(tx *sqldb.Tx) error { return clearAll(tx) }

// Tidy takes one short step, the first or a further one, towards the index's
// fastest form, and reports whether there is more to do: after a large import,
// and once a night, in a transaction each. Until it is done the index may still
// hold, unreachable, terms of removed records.
func (x Index) Tidy(tx *sqldb.Tx, first bool) (more bool, err error) {
	if more, err = tidy(tx, first); err != nil {
		return false, fmt.Errorf("search: tidy: %w", err)
	}
	return more, nil
}

// Count is the number of records in the index.
func (x Index) Count(tx *sqldb.Tx) (int64, error) { return count(tx) }
