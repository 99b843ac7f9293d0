// SPDX-License-Identifier: Apache-2.0

package trail

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/note"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// Options are the choices of Verify.
type Options struct {
	// Older is a checkpoint kept outside this database: a note that was copied,
	// mailed or published: the signed note, or the printed sheet. It is what finds
	// out that the whole was rewritten.
	Older []byte
	// PublicKey holds the keys that are believed, one a line. If it is empty,
	// signatures are not checked, and Report.Signed is false.
	PublicKey string
	// Records are the kinds of records whose present state is compared.
	Records []Checked
	// Now is the moment against which unsealed rows are late. If it is zero, as
	// for a backup, it is the moment of the newest row or checkpoint.
	Now time.Time
	// Progress, if set, is called now and then with how much is done.
	Progress func(done, total int64)
}

// Checked is a kind of record that Verify compares with the trail. A domain
// registers one for each noun whose entries carry digests.
type Checked struct {
	Noun string
	// Each calls f with every record there is, in ascending order of IDs, and
	// the digest of its present state, made as for [Entry].
	Each func(tx *sqldb.Tx, f func(record id.ID, digest []byte) error) error
}

// A Report is what Verify found.
type Report struct {
	OK          bool   `json:"ok"`
	Rows        int64  `json:"rows"`        // rows checked
	Sealed      int64  `json:"sealed"`      // of these, rows in the tree
	Size        int64  `json:"size"`        // rows under the last checkpoint
	Root        string `json:"root"`        // its root, in hexadecimal
	Checkpoints int64  `json:"checkpoints"` // checkpoints compared
	Signed      bool   `json:"signed"`      // their signatures were checked
	Records     int64  `json:"records"`     // records compared
	FirstFault  *Fault `json:"first_fault"`
}

// A FaultKind is what is wrong.
type FaultKind string

// The kinds of faults.
const (
	Altered   FaultKind = "altered"   // a row is not as it was sealed
	Removed   FaultKind = "removed"   // a sealed row is not there
	Inserted  FaultKind = "inserted"  // a row stands among sealed ones and was not sealed
	Reordered FaultKind = "reordered" // rows were sealed in another order
	CutOff    FaultKind = "cut_off"   // fewer rows are sealed than a checkpoint says
	Rewritten FaultKind = "rewritten" // rows and their hashes agree, but not with what was signed or kept outside
	Unsealed  FaultKind = "unsealed"  // rows were not sealed in time
	Damaged   FaultKind = "damaged"   // a stored hash is missing or wrong
	Forged    FaultKind = "forged"    // a checkpoint is not what a believed key signed
	Unsigned  FaultKind = "unsigned"  // sealed rows have no checkpoint

	RecordAltered FaultKind = "record_altered" // a record is not as its last row says
	RecordUntold  FaultKind = "record_untold"  // a record has no row
	RecordLost    FaultKind = "record_lost"    // a record is gone, and no row says so
)

// A Fault is the first thing Verify found wrong.
type Fault struct {
	Kind   FaultKind `json:"kind"`
	Seq    int64     `json:"seq,omitempty"`    // the row, or the first that may be meant
	To     int64     `json:"to,omitempty"`     // the last row that may be meant, if not one alone
	Noun   string    `json:"noun,omitempty"`   // of the record
	Record id.ID     `json:"record,omitempty"` //
	Size   int64     `json:"size,omitempty"`   // of the checkpoint
	Detail string    `json:"detail,omitempty"` // for the operator
}

// Message is the fault as a message for people: a key and its arguments.
func (f *Fault) Message() (key string, args []any) {
	key = "trail.fault." + string(f.Kind)
	switch f.Kind {
	case RecordAltered, RecordUntold, RecordLost:
		return key, []any{f.Noun, f.Record.String()}
	case CutOff:
		return key, []any{f.Size, f.Seq}
	case Forged, Unsigned:
		return key, []any{f.Size}
	case Rewritten:
		return key, []any{f.Seq, f.To}
	}
	return key, []any{f.Seq}
}

// late is how long a row may wait to be sealed.
const late = time.Hour

// Verify recomputes the trail: every row's leaf, every stored hash, the root at
// every checkpoint, and compares every record's present state with the last row
// about it. It stops at the first fault. Its error says that it could not look,
// not that something is wrong. It only reads, holds little in memory, and works
// while the town is at work.
func Verify(ctx context.Context, db *sqldb.DB, o Options) (Report, error) {
	var rep Report
	keys, err := verifiers(o.PublicKey)
	if err != nil {
		return rep, err
	}
	rep.Signed = len(keys) > 0
	if rep.FirstFault, err = verifyRows(ctx, db, &o, keys, &rep); err != nil {
		return rep, fmt.Errorf("verify: %w", err)
	}
	for i := 0; i < len(o.Records) && rep.FirstFault == nil; i++ {
		if rep.FirstFault, err = verifyRecords(ctx, db, &o.Records[i], &rep); err != nil {
			return rep, fmt.Errorf("verify %s: %w", o.Records[i].Noun, err)
		}
	}
	rep.OK = rep.FirstFault == nil
	return rep, nil
}

func verifyRows(ctx context.Context, db *sqldb.DB, o *Options, keys []note.Verifier, rep *Report) (*Fault, error) {
	w := &walk{db: db, keys: keys, rep: rep, last: beforeAll}
	if err := w.start(ctx, o.Older); err != nil || w.fault != nil {
		return w.fault, err
	}
	for w.at < w.size {
		if err := w.step(ctx); err != nil || w.fault != nil {
			return w.fault, err
		}
		if o.Progress != nil {
			o.Progress(w.at, w.total)
		}
	}
	if len(w.roots) > 0 {
		rep.Root = hex.EncodeToString(w.newest[:])
	}
	return w.finish(ctx, o.Now)
}

// finish looks at what is beyond the tree.
func (w *walk) finish(ctx context.Context, now time.Time) (*Fault, error) {
	err := w.db.Read(ctx, func(tx *sqldb.Tx) error {
		n, oldest, newest, err := unsealed(tx, w.last)
		if err != nil {
			return err
		}
		w.rep.Rows += n
		if now.IsZero() {
			now = newest.Time
			if w.signedAt.After(now) {
				now = w.signedAt
			}
		}
		if n > 0 && now.Sub(oldest.Time) > late {
			return eachRow(tx, w.last, maxSeq, 1, func(r *Row) error {
				w.fault = &Fault{Kind: Unsealed, Seq: r.Seq, Noun: r.Noun, Record: r.Record, Detail: fmt.Sprintf("%d rows unsealed since %s", n, oldest.Format(time.RFC3339))}
				return nil
			})
		}
		return nil
	})
	return w.fault, err
}
