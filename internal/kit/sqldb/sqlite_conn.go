// SPDX-License-Identifier: Apache-2.0

package sqldb

import (
	"context"
	"database/sql"
	"strings"
)

// liteConn is a connection with its prepared statements.
type liteConn struct {
	conn     *sql.Conn
	stmts    map[string]liteStmt
	older    map[string]liteStmt // that nobody has asked for since the last were put aside
	counters map[string]int64    // of the batch under way: the last number given in each series; nil for readers
	later    addedRows           // of the batch under way: to be written with one statement for many
	broken   bool                // some of these could not be written
}

// maxStmts is how many prepared statements of a connection are kept before those
// that were not asked for meanwhile are closed. Lists with many filters are texts
// that vary, and may not push out what every act needs.
const maxStmts = 400

func newLiteConn(ctx context.Context, db *sql.DB) (*liteConn, error) {
	conn, err := db.Conn(context.WithoutCancel(ctx))
	if err != nil {
		return nil, err
	}
	return &liteConn{conn: conn, stmts: map[string]liteStmt{}}, nil
}

// close closes the connection. The statements go first: SQLite keeps a connection
// open behind the scenes while one is left, and with it the log of the last
// writes, which is taken into the file only when the last connection closes.
func (c *liteConn) close() {
	for _, some := range []map[string]liteStmt{c.stmts, c.older} {
		for _, s := range some {
			s.Close()
		}
	}
	c.conn.Close()
}

// tidy closes the statements that were not asked for lately, once there are many. It
// is for the time between two transactions: within one, somebody may be reading
// rows of any of them.
func (c *liteConn) tidy() {
	if len(c.stmts) < maxStmts {
		return
	}
	for _, s := range c.older {
		s.Close()
	}
	c.stmts, c.older = make(map[string]liteStmt, maxStmts), c.stmts
}

// liteStmt is a prepared statement, and where its arguments stand.
type liteStmt struct {
	*sql.Stmt
	liteText
}

// prepared returns the statement prepared and the arguments in their places. It
// has no Stmt if it is to be run as it is.
func (c *liteConn) prepared(q string, args []any) (liteStmt, []any, error) {
	s, ok := c.stmts[q]
	if !ok {
		if s, ok = c.older[q]; ok {
			delete(c.older, q)
		} else {
			if strings.Contains(strings.TrimRight(q, "; \n\t"), ";") {
				return s, args, nil // several statements at once
			}
			var err error
			s.liteText = byPlace(q)
			if s.Stmt, err = c.conn.PrepareContext(context.Background(), s.text); err != nil {
				return s, nil, err
			}
		}
		c.stmts[q] = s
	}
	args, err := s.args(args)
	return s, args, err
}

func (c *liteConn) plain(q string) error {
	_, err := c.exec(context.Background(), q, nil)
	return err
}

func (c *liteConn) exec(ctx context.Context, q string, args []any) (sql.Result, error) {
	s, args, err := c.prepared(q, args)
	if err != nil {
		return nil, err
	}
	if s.Stmt == nil {
		return c.conn.ExecContext(ctx, q, args...)
	}
	return s.ExecContext(ctx, args...)
}

func (c *liteConn) query(ctx context.Context, q string, args []any) (*sql.Rows, error) {
	s, args, err := c.prepared(q, args)
	if err != nil {
		return nil, err
	}
	if s.Stmt == nil {
		return c.conn.QueryContext(ctx, q, args...)
	}
	return s.QueryContext(ctx, args...)
}

func (c *liteConn) queryRow(ctx context.Context, q string, args []any) *sql.Row {
	if s, placed, err := c.prepared(q, args); err == nil && s.Stmt != nil {
		return s.QueryRowContext(ctx, placed...)
	}
	return c.conn.QueryRowContext(ctx, q, args...)
}
