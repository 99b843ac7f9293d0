// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"errors"
	"fmt"

	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/questions"
	"yuanba/internal/domain/volunteers"
	"yuanba/internal/kit/sqldb"
)

// A Recount is what the slow counts of a town found. What is expected and does not agree is
// a fault too.
type Recount struct {
	Coverage  patrol.Recounted     `json:"coverage"`
	Seats     desk.Recounted       `json:"seats"`
	Points    volunteers.Recounted `json:"points"`
	Questions questions.Recounted  `json:"questions"`
	Faults    []RecountFault       `json:"faults"`
	OK        bool                 `json:"ok"`
}

// A RecountFault is one thing in which two counts differ, in words for the operator.
type RecountFault struct {
	Of   string `json:"of"` // coverage, seats, points, questions
	What string `json:"what"`
}

// Expected are how many there must be, as somebody says who knows; a negative number says
// nothing.
type Expected struct{ Rounds, Bookings, Questions int }

// RecountAll counts what the grids covered, the seats of the counters, the points of the
// volunteers and the questions once more, from the rows, and compares the counts with
// what the town says. It only reads.
func RecountAll(ctx context.Context, dsn string, want Expected, progress func(done, total int64)) (r Recount, err error) {
	db, err := Peek(ctx, dsn)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return RecountDB(ctx, db, want, progress)
}

// RecountDB is RecountAll of a database that is open.
func RecountDB(ctx context.Context, db *sqldb.DB, want Expected, progress func(done, total int64)) (r Recount, err error) {
	tree := places.New(db)
	if err := tree.Load(ctx); err != nil {
		return r, err
	}
	r.Faults = []RecountFault{}
	fault := func(of, what string) { r.Faults = append(r.Faults, RecountFault{of, what}) }
	all := func(of string, faults []string) {
		for _, f := range faults {
			fault(of, f)
		}
	}
	var faults []string
	rounds := patrol.New(patrol.Needs{DB: db, Places: tree, People: people.New(db, nil, people.Options{}), Matters: matters.New(matters.Needs{DB: db, Places: tree})})
	if r.Coverage, faults, err = rounds.Recount(ctx, progress); err != nil {
		return r, err
	}
	all("coverage", faults)
	if r.Seats, faults, err = desk.New(desk.Needs{DB: db, Places: tree}).Recount(ctx); err != nil {
		return r, err
	}
	all("seats", faults)
	points, wrong, err := volunteers.New(volunteers.Needs{DB: db, Places: tree}).Recount(ctx)
	if err != nil {
		return r, err
	}
	r.Points = points
	for _, f := range wrong {
		fault("points", fmt.Sprintf("%s (account %s, entry %s)", f.What, f.Account, f.Entry))
	}
	if r.Questions, faults, err = questions.New(questions.Needs{DB: db, Places: tree}).Recount(ctx); err != nil {
		return r, err
	}
	all("questions", faults)
	for _, x := range []struct {
		of         string
		have, want int
		what       string
	}{
		{"coverage", r.Coverage.Rounds, want.Rounds, "rounds"}, {"seats", r.Seats.Bookings, want.Bookings, "bookings"}, {"questions", r.Questions.Asked, want.Questions, "questions"},
	} {
		if x.want >= 0 && x.have != x.want {
			fault(x.of, fmt.Sprintf("there are %d %s, and there must be %d", x.have, x.what, x.want))
		}
	}
	r.OK = len(r.Faults) == 0
	return r, nil
}
