// SPDX-License-Identifier: Apache-2.0

package sqldb

import (
	"context"
	"database/sql"
	"time"
)

// SQLite writes commits into a log, and from time to time takes the log into the
// file, which means to wait for the disk twice more. If the writer did that,
// everybody would wait for it. So a second connection does it beside the writer,
// as soon as the log is worth it. What the writer has added meanwhile is left
// over, and while it goes on writing the log would never be empty and never begin
// anew; so when much of the log is behind, the writer takes in that little rest
// itself, between two batches.
const (
	worthPages   = 1_000                 // pages in the log from which it is taken in
	anewPages    = 4_000                 // pages from which the log is to begin anew
	backstop     = 32_000                // pages at which the engine does it by itself, whoever has to wait
	checkpointIn = 50 * time.Millisecond // the least time between two looks at the log
)

// checkpointer takes the log into the file beside the writer.
type checkpointer struct {
	conn  *sql.Conn
	wakes chan struct{} // something was committed
	rest  chan struct{} // the writer is to take in what is left
	stop  chan struct{}
	done  chan struct{}
}

func newCheckpointer(ctx context.Context, db *sql.DB) (*checkpointer, error) {
	conn, err := db.Conn(context.WithoutCancel(ctx))
	if err != nil {
		return nil, err
	}
	k := &checkpointer{conn: conn, wakes: make(chan struct{}, 1), rest: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{})}
	go k.run()
	return k, nil
}

// committed says that the log may have grown. It never waits.
func (k *checkpointer) committed() {
	select {
	case k.wakes <- struct{}{}:
	default:
	}
}

// due reports whether the writer is to take in the rest of the log now.
func (k *checkpointer) due() bool {
	select {
	case <-k.rest:
		return true
	default:
		return false
	}
}

func (k *checkpointer) run() {
	defer close(k.done)
	defer k.conn.Close()
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-k.stop:
			return
		case <-k.wakes:
		}
		pause.Reset(checkpointIn)
		k.look()
		select {
		case <-k.stop:
			return
		case <-pause.C:
		}
	}
}

// look takes the log in if it is worth it. A fault is left to the writer, whose
// next commit meets it too and tells those who wait for it.
func (k *checkpointer) look() {
	log, taken, err := k.checkpoint("NOOP")
	if err != nil || log-taken < worthPages {
		return
	}
	if log, _, err = k.checkpoint("PASSIVE"); err == nil && log >= anewPages {
		select {
		case k.rest <- struct{}{}:
		default:
		}
	}
}

// checkpoint says how many pages are in the log and how many of them are in the
// file, after it has done what the mode says: NOOP nothing, PASSIVE what is
// possible without anybody waiting.
func (k *checkpointer) checkpoint(mode string) (log, taken int64, err error) {
	var busy int64
	err = k.conn.QueryRowContext(context.Background(), "PRAGMA wal_checkpoint("+mode+")").Scan(&busy, &log, &taken)
	return log, taken, err
}

func (k *checkpointer) close() {
	close(k.stop)
	<-k.done
}
