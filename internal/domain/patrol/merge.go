// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"context"
	"maps"
	"slices"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// NounMerge is what the trail calls a merge.
const NounMerge = "duty_merge"

// A FieldOf is a field of a duty.
type FieldOf struct {
	Duty id.ID
	Key  string
}

// A Merge says that two fields of two duties ask for the same fact 一表通: Keep is asked,
// and its answer is that of Field too, which is not asked beside it any more.
type Merge struct {
	ID       id.ID
	Keep     FieldOf
	Field    FieldOf
	Minutes  int // that are saved each time
	Words    string
	MergedAt time.Time
	MergedBy string
	EndedAt  time.Time
	EndedBy  string
	EndedWhy string

	KeepOften Often // of the duty of Keep
}

func (m Merge) digest() []byte {
	return trail.Digest("duty_merge/1", m.ID, m.Keep.Duty, m.Keep.Key, m.Field.Duty, m.Field.Key, m.Minutes, m.Words, m.MergedAt, m.MergedBy, m.EndedAt, m.EndedBy, m.EndedWhy)
}

// lasts reports whether what was answered of the kept field in the slot last still holds in
// another: until it is due again.
func (m Merge) lasts(last, s Slot) bool { return s >= last && s-last < m.KeepOften.Slots() }

// AskedAt are the fields of a duty that are asked at a point in the slot, where the duties
// in beside are done too: those that are not merged into one that is asked there anyway, or
// was answered there so short a time ago that it is not due again. It is pure.
func AskedAt(d Duty, beside []id.ID, done Done, s Slot, ms []Merge) []Field {
	return slices.DeleteFunc(slices.Clone(d.Fields), func(f Field) bool {
		return slices.ContainsFunc(ms, func(m Merge) bool {
			if m.Field != (FieldOf{d.ID, f.Key}) {
				return false
			}
			last, ok := done[m.Keep.Duty]
			return slices.Contains(beside, m.Keep.Duty) || ok && m.lasts(last, s)
		})
	})
}

// lend gives the answers of kept fields to those that are merged into them, where they have
// none of their own: from the same entry, or from the last one at the point that still
// holds.
func lend(did []Did, before []Entry, s Slot, ms []Merge) {
	answer := func(of FieldOf, dids []Did) string {
		i := slices.IndexFunc(dids, func(x Did) bool { return x.Duty == of.Duty })
		if i < 0 {
			return ""
		}
		return dids[i].Answers[of.Key]
	}
	for i, x := range did {
		for _, m := range ms {
			if m.Field.Duty != x.Duty || did[i].Answers[m.Field.Key] != "" {
				continue
			}
			v := answer(m.Keep, did)
			for _, e := range before { // the newest first
				if v != "" || !m.lasts(e.Slot, s) {
					break
				}
				v = answer(m.Keep, e.Did)
			}
			if v == "" {
				continue
			}
			mine := maps.Clone(did[i].Answers)
			if mine == nil {
				mine = map[string]string{}
			}
			mine[m.Field.Key] = v
			did[i].Answers = mine
		}
	}
}

// A Merging says that two fields are the same fact.
type Merging struct {
	Keep, Field FieldOf
	Minutes     int // that are saved each time the duty of Field is done
	Words       string
}

// Merge decides that two fields of two duties on the list are the same fact: from now on it
// is asked once, and both duties get the answer. Needs admit in the city. It is Invalid,
// beside keep, field, minutes or words, if the two are answered differently or never come to
// one point, and Conflict if one of them is in a merge already that this would contradict.
func (s *Service) Merge(ctx context.Context, by scope.Actor, in Merging) (d id.ID, err error) {
	words, werr := reasoned(in.Words)
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if err := refuse(tx, by, access.Admit, scope.Target{Path: s.cityPath()}); err != nil {
			return err
		}
		if werr != nil {
			return werr
		}
		keep, err := s.fieldOf(tx, in.Keep, "keep")
		if err != nil {
			return err
		}
		gone, err := s.fieldOf(tx, in.Field, "field")
		if err != nil {
			return err
		}
		a, _ := keep.field(in.Keep.Key)
		b, _ := gone.field(in.Field.Key)
		switch {
		case keep.ID == gone.ID:
			return errs.At("field", "duty.merge.same")
		case a.Kind != b.Kind:
			return errs.At("field", "duty.merge.kind")
		case keep.Kind != AtPoint || !slices.ContainsFunc(gone.Points, func(k PointKind) bool { return slices.Contains(keep.Points, k) }):
			return errs.At("field", "duty.merge.apart")
		case in.Minutes < 1 || in.Minutes >= gone.Minutes:
			return errs.At("minutes", "duty.merge.minutes", gone.Minutes-1)
		}
		now, err := mergesNow(tx)
		if err != nil {
			return err
		}
		saved := in.Minutes
		for _, m := range now {
			if m.Field == in.Field || m.Field == in.Keep || m.Keep == in.Field {
				return errs.New(errs.Conflict, "duty.merge.already")
			}
			if m.Field.Duty == gone.ID {
				saved += m.Minutes
			}
		}
		if saved >= gone.Minutes {
			return errs.At("minutes", "duty.merge.minutes", gone.Minutes-1-saved+in.Minutes)
		}
		m := Merge{ID: tx.NewID(), Keep: in.Keep, Field: in.Field, Minutes: in.Minutes, Words: words, MergedAt: tx.Now(), MergedBy: by.Name}
		d = m.ID
		if err := insertMerge(tx, m); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: NounMerge, Record: m.ID, Act: "merge", Note: b.Fact, Digest: m.digest()})
	})
	return d, err
}

// fieldOf is the duty with a field, if it is on the list; Invalid beside name if there is no
// such field.
func (s *Service) fieldOf(tx *sqldb.Tx, f FieldOf, name string) (Duty, error) {
	if f.Duty == 0 {
		return Duty{}, errs.At(name, "duty.merge.none")
	}
	d, err := loadDuty(tx, f.Duty)
	if err != nil {
		return d, errs.At(name, "duty.merge.none")
	}
	if _, ok := d.field(f.Key); !ok {
		return d, errs.At(name, "duty.merge.none")
	}
	return d, admitted(d, tx.Now())
}

// Unmerge undoes a merge: both fields are asked again. Needs admit in the city, and the
// reason in words; Conflict if it was undone already.
func (s *Service) Unmerge(ctx context.Context, by scope.Actor, merge id.ID, words string) error {
	words, werr := reasoned(words)
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if err := refuse(tx, by, access.Admit, scope.Target{Path: s.cityPath()}); err != nil {
			return err
		}
		m, err := loadMerge(tx, merge)
		switch {
		case err != nil:
			return err
		case !m.EndedAt.IsZero():
			return errs.New(errs.Conflict, "duty.merge.ended")
		case werr != nil:
			return werr
		}
		m.EndedAt, m.EndedBy, m.EndedWhy = tx.Now(), by.Name, words
		if err := endMerge(tx, m); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: NounMerge, Record: m.ID, Act: "unmerge", Digest: m.digest()})
	})
}

// ListMerges are all merges, those that were undone too, the newest first; at most 200.
// Everybody may read them.
func (s *Service) ListMerges(ctx context.Context, _ scope.Actor) (ms []Merge, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		ms, err = listMerges(tx)
		return err
	})
	return ms, err
}
