// SPDX-License-Identifier: Apache-2.0

package sqldb

import (
	"database/sql/driver"
	"fmt"
	"runtime/debug"
	"time"
)

// A Time is an instant as the database keeps it: BIGINT milliseconds since 1970
// in UTC, NULL if zero. Kept so, instants are small, and sort and compare alike
// on both engines (docs/adr/0003-times-are-numbers.md).
type Time struct{ time.Time }

// At returns t as the database keeps it.
func At(t time.Time) Time { return Time{t.UTC().Truncate(time.Millisecond)} }

// Value implements [driver.Valuer].
func (t Time) Value() (driver.Value, error) {
	if t.IsZero() {
		return nil, nil
	}
	return t.UnixMilli(), nil
}

// Scan implements [database/sql.Scanner].
func (t *Time) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		t.Time = time.Time{}
	case int64:
		t.Time = time.UnixMilli(v).UTC()
	default:
		return fmt.Errorf("scan %T into a time", v)
	}
	return nil
}

func stack() []byte { return debug.Stack() }
