// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"fmt"
	"time"

	"yuanba/internal/api/open311"
	"yuanba/internal/domain/exchange"
	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/trail"
	"yuanba/internal/domain/webhooks"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/sqldb"
	webjobs "yuanba/internal/web/jobs"
)

// workers is how many jobs run at once in this process: few, since each keeps
// requests from the processor and the disk.
const workers = 2

// hooks is to how many addresses of other programs this process sends at once.
const hooks = 4

// posters is how many letters this process hands over at once.
const posters = 2

// The kinds of jobs. What a kind does is said on the page of jobs by the message
// "jobs.kind." and its name.
const (
	// verifyTrail checks the whole trail and every record against it. It fails,
	// and stays among what failed, if something is not as it was.
	verifyTrail jobs.Kind[struct{}] = "trail.verify"
	// countHot finds the hot issues of the town anew.
	countHot jobs.Kind[struct{}] = "hot.count"
	// searchAnew makes the search index from the beginning.
	searchAnew jobs.Kind[struct{}] = "search.anew"
)

// newJobs is the queue of this process: what it can do, and when it does it by
// itself.
func (a *App) newJobs() *jobs.Queue {
	q := jobs.New(a.DB, jobs.Options{
		Workers: map[string]int{jobs.DefaultQueue: workers, letters.Queue: posters, exchange.Queue: 1, webhooks.Queue: hooks}, Timetable: a.timetable(), Zone: i18n.Zone, Log: a.log,
	})
	jobs.Handle(q, verifyTrail, func(ctx context.Context, _ *jobs.Job, _ struct{}) error { return a.verify(ctx) })
	jobs.Handle(q, letters.Post, a.Letters.Post)
	jobs.Handle(q, open311.Fetch, a.fetcher().Fetch)
	jobs.Handle(q, exchange.Push, a.Exchange.Push)
	jobs.Handle(q, exchange.Tell, a.Exchange.Tell)
	jobs.Handle(q, exchange.Fetch, a.Exchange.FetchPhoto)
	jobs.Handle(q, webhooks.Send, a.Webhooks.Send)
	jobs.Handle(q, letters.Alarm, a.Letters.Warn)
	jobs.Handle(q, countHot, func(ctx context.Context, _ *jobs.Job, _ struct{}) error { return a.Hot.Count(ctx) })
	jobs.Handle(q, searchAnew, func(ctx context.Context, _ *jobs.Job, _ struct{}) error {
		if err := a.Indexer.Anew(ctx); err != nil {
			return err
		}
		a.wake()
		return nil
	})
	return q
}

// some is how many records a turn takes in one transaction.
const some = 200

// timetable is everything that is done again and again, one line each. Of
// several processes one does each turn. What a line does is said on the page of
// jobs by the message "jobs.turn." and its name.
func (a *App) timetable() jobs.Timetable {
	hour := time.Hour
	return jobs.Timetable{
		{Name: "trail.seal", Every: 10 * time.Second, Wanted: a.unsealed, Run: func(ctx context.Context) error {
			_, err := a.Sealer.Seal(ctx)
			return err
		}},
		{Name: "matters.resume", Every: time.Minute, Run: drain(a.Matters.ResumeUnanswered)},
		{Name: "matters.recount", Every: time.Minute, Run: func(ctx context.Context) error {
			_, err := a.Matters.Recount(ctx)
			return err
		}},
		{Name: "matters.remind", Every: 5 * time.Minute, Run: func(ctx context.Context) error {
			_, err := a.Matters.Remind(ctx)
			return err
		}},
		{Name: "matters.weekly", At: "08:20", Run: func(ctx context.Context) error {
			_, err := a.Matters.Weekly(ctx)
			return err
		}},
		{Name: "matters.forget", At: "03:30", Run: drain(a.Matters.ForgetOld)},
		{Name: "patrol.rounds", Every: 5 * time.Minute, Run: func(ctx context.Context) error {
			_, err := a.Patrol.MakeRounds(ctx)
			return err
		}},
		{Name: "patrol.missed", At: "07:10", Run: func(ctx context.Context) error {
			_, err := a.Patrol.TellMissed(ctx)
			return err
		}},
		{Name: "patrol.limited", Every: hour, Run: drain(a.Patrol.EndLimited)},
		{Name: "patrol.forget", At: "03:35", Run: func(ctx context.Context) error {
			if err := a.Patrol.EndForgotten(ctx); err != nil {
				return err
			}
			return drain(a.Patrol.ForgetOld)(ctx)
		}},
		{Name: "affairs.forget", At: "03:35", Run: drain(a.Affairs.ForgetOld)},
		{Name: "questions.forget", At: "03:35", Run: drain(a.Questions.ForgetOld)},
		{Name: "desk.sweep", Every: time.Minute, Run: drain(a.Desk.Sweep)},
		{Name: "people.forget", At: "03:35", Run: drain(a.People.ForgetPhotos)},
		{Name: "desk.forget", At: "03:35", Run: drain(a.Desk.ForgetOld)},
		{Name: "affairs.end", At: "00:20", Run: drain(a.Affairs.End)},
		{Name: "affairs.remind", Every: hour, Run: drain(a.Affairs.Remind)},
		{Name: "affairs.sweep", At: "03:42", Run: drain(a.Affairs.SweepNews)},
		{Name: "hot.count", At: "02:40", Run: a.Hot.Count},
		{Name: "matters.sweep", At: "03:40", Run: func(ctx context.Context) error {
			_, err := a.Matters.SweepNotices(ctx)
			return err
		}},
		{Name: "files.sweep", At: "03:50", Run: a.sweepFiles},
		{Name: "access.sweep", Every: hour, Run: a.Access.Sweep},
		{Name: "field.sweep", Every: hour, Run: a.Field.Sweep},
		{Name: "people.sweep", Every: hour, Run: func(ctx context.Context) error {
			_, err := a.People.SweepCodes(ctx)
			return err
		}},
		{Name: "exchange.sweep", Every: hour, Run: a.Exchange.SweepReplies},
		{Name: "exchange", Every: 5 * time.Minute, Run: a.Exchange.Exchange},
		{Name: "webhooks.wake", Every: time.Minute, Run: a.Webhooks.Wake},
		{Name: "webhooks.sweep", Every: hour, Run: a.Webhooks.Sweep},
		{Name: "letters.sweep", Every: hour, Run: a.Letters.Sweep},
		{Name: "routing.learn", At: "02:40", Run: a.Routing.Learn},
		{Name: "volunteers.turn", Every: 5 * time.Minute, Run: drain(a.Volunteers.Turn)},
		{Name: "volunteers.reports", At: "02:20", Run: drain(a.Volunteers.PayReports)},
		{Name: "volunteers.expire", At: "02:25", Run: drain(a.Volunteers.Expire)},
		{Name: "volunteers.forgotten", At: "03:35", Run: a.Volunteers.Forgotten},
		{Name: "volunteers.verify", At: "02:30", Run: a.Volunteers.Verify},
		{Name: "volunteers.statements", At: "08:10", Run: drain(a.Volunteers.TellStatements)},
		{Name: "trail.verify", At: "04:10", Run: func(ctx context.Context) error {
			return a.DB.Write(ctx, func(tx *sqldb.Tx) error { return promise(a.Jobs, tx, verifyTrail) })
		}},
	}
}

// unsent is how long a file that was handed in waits for its form to be sent.
const unsent = 48 * time.Hour

// sweepFiles deletes the files that no record needs: those of forms that were
// never sent, and those whose last record has forgotten them.
func (a *App) sweepFiles(ctx context.Context) error {
	n, err := a.Blobs.Sweep(ctx, a.DB.Now().Add(-unsent), func(h blob.Hash) (bool, error) { return a.needsFile(ctx, string(h)) })
	if n > 0 {
		a.log.Info("files deleted that nobody needs", "objects", n)
	}
	return err
}

// needsFile reports whether some record still has the file.
func (a *App) needsFile(ctx context.Context, hash string) (bool, error) {
	for _, needs := range []func(context.Context, string) (bool, error){a.Matters.NeedsFile, a.Desk.NeedsFile, a.Field.NeedsFile, a.Patrol.NeedsFile, a.Affairs.NeedsFile, a.People.NeedsFile} {
		if yes, err := needs(ctx, hash); err != nil || yes {
			return yes, err
		}
	}
	return false, nil
}

// promise has a job of a kind without arguments done once the transaction is on
// disk, unless one waits already.
func promise(q *jobs.Queue, tx *sqldb.Tx, kind jobs.Kind[struct{}]) error {
	return jobs.Enqueue(q, tx, kind, struct{}{}, jobs.Opts{Unique: string(kind), MaxTries: 3})
}

// tasks are the jobs that an administrator may ask for.
func (a *App) tasks() []webjobs.Task {
	var ts []webjobs.Task
	for _, kind := range []jobs.Kind[struct{}]{verifyTrail, searchAnew, countHot} {
		ts = append(ts, webjobs.Task{Kind: string(kind), Promise: func(tx *sqldb.Tx) error { return promise(a.Jobs, tx, kind) }})
	}
	return ts
}

// drain calls f until it has found less than a transaction's worth.
func drain(f func(context.Context, int) (int, error)) func(context.Context) error {
	return func(ctx context.Context) error {
		for {
			if n, err := f(ctx, some); err != nil || n < some {
				return err
			}
		}
	}
}

// unsealed reports whether the trail has rows behind its last checkpoint.
func (a *App) unsealed(ctx context.Context) (yes bool, err error) {
	err = a.DB.Read(ctx, func(tx *sqldb.Tx) error {
		last, err := trail.LastCheckpoint(tx)
		if err != nil && errs.KindOf(err) != errs.NotFound {
			return err
		}
		rows, err := trail.Since(tx, last.Seq, 1)
		yes = len(rows) > 0
		return err
	})
	return yes, err
}

// verify is the job of checking the trail. What it finds will not mend itself,
// so it is not tried again.
func (a *App) verify(ctx context.Context) error {
	rep, err := trail.Verify(ctx, a.DB, trail.Options{PublicKey: a.Sealer.PublicKey(), Records: a.Records(), Now: a.DB.Now()})
	if err != nil {
		return err
	}
	if f := rep.FirstFault; f != nil {
		key, args := f.Message()
		return jobs.Cancel(fmt.Errorf("%s (%s)", i18n.T(i18n.ZH, key, args...), f.Kind))
	}
	a.log.Info("trail verified", "rows", rep.Rows, "records", rep.Records)
	return nil
}
