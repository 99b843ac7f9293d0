// SPDX-License-Identifier: Apache-2.0

package jobs

import (
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/jobs"
	"yuanba/internal/web/page"
)

type listPage struct {
	page.Base
	Tabs  []page.Tab
	State jobs.State
	Jobs  []job
	Empty page.Empty
	Pager page.Pager
}

// A job is one of the list.
type job struct {
	ID     string
	What   string
	Pill   page.Pill
	Facts  []page.Fact
	Fault  string
	Again  bool // it can be run again, or now
	Forget bool
}

type timetablePage struct {
	page.Base
	Tabs   []page.Tab
	Table  page.Table
	Faults []page.Fact // what the last turns that failed said
	Tasks  []task
}

// A task is a job that can be asked for.
type task struct{ Kind, What, Help string }

type confirmPage struct {
	page.Base
	Confirm page.Confirm
}

var (
	listShown      = page.New[listPage](files, "list.html")
	timetableShown = page.New[timetablePage](files, "timetable.html")
	confirmShown   = page.New[confirmPage](files, "confirm.html")
)

// shownStates are the states in the order of what an administrator looks for.
var shownStates = []jobs.State{jobs.Failed, jobs.Waiting, jobs.Running, jobs.Done}

// tabs leads from list to list; state is the present one, "" for the timetable.
func tabs(b page.Base, state jobs.State, counts map[jobs.State]int64) []page.Tab {
	var ts []page.Tab
	for _, s := range shownStates {
		ts = append(ts, page.Tab{Text: b.T("jobs.state." + string(s)), Href: "/admin/jobs?state=" + string(s), Count: int(counts[s]), Current: s == state})
	}
	return append(ts, page.Tab{Text: b.T("jobs.timetable"), Href: "/admin/jobs/timetable", Count: -1, Current: state == ""})
}

var tones = map[jobs.State]page.Tone{jobs.Failed: page.ToneLate, jobs.Waiting: page.ToneCalm, jobs.Running: page.ToneCalm, jobs.Done: page.ToneDone}

func present(b page.Base, j *jobs.Job) job {
	x := job{
		ID: j.ID.String(), What: kindWords(b, j.Kind), Fault: j.Fault, Pill: page.Pill{Text: b.T("jobs.state." + string(j.State)), Tone: tones[j.State]},
		Again: j.State == jobs.Failed || j.State == jobs.Waiting, Forget: j.State != jobs.Running,
	}
	fact := func(key, value string) {
		if value != "" {
			x.Facts = append(x.Facts, page.Fact{Label: b.T(key), Value: value})
		}
	}
	fact("jobs.made", moment(b, j.Made))
	fact("jobs.due."+string(j.State), moment(b, j.Due))
	fact("jobs.tries", b.T("jobs.tries.of", j.Tries, j.MaxTries))
	fact("jobs.asked_by", j.AskedBy)
	fact("jobs.number", j.ID.String())
	if args := string(j.Args); args != "{}" && args != "null" {
		fact("jobs.args", args)
	}
	return x
}

func timetableOf(b page.Base, counts map[jobs.State]int64, turns []jobs.TurnState, kinds []string) timetablePage {
	v := timetablePage{Base: b, Tabs: tabs(b, "", counts)}
	v.Table = page.Table{Caption: b.T("jobs.timetable"), Hide: true, Cols: []page.Col{
		{Text: b.T("jobs.turn.what")}, {Text: b.T("jobs.turn.last")}, {Text: b.T("jobs.turn.how")}, {Text: b.T("jobs.turn.next")},
	}}
	for _, t := range turns {
		how := page.Cell{Text: b.T("jobs.turn.well"), Tone: page.ToneDone}
		switch {
		case t.Runs:
			how = page.Cell{Text: b.T("jobs.state.running"), Tone: page.ToneCalm}
		case t.Faults > 0:
			how = page.Cell{Text: b.T("jobs.turn.failed", t.Faults), Tone: page.ToneLate}
			v.Faults = append(v.Faults, page.Fact{Label: wordsFor(b, "jobs.turn.", t.Name), Value: t.Fault})
		case t.Ended.IsZero():
			how = page.Cell{Text: b.T("jobs.turn.none"), Tone: page.ToneQuiet}
		}
		v.Table.Rows = append(v.Table.Rows, []page.Cell{
			{Text: wordsFor(b, "jobs.turn.", t.Name)}, {Text: moment(b, t.Ended)}, how, {Text: i18n.When(b.Lang, b.Now, t.Due)},
		})
	}
	for _, k := range kinds {
		v.Tasks = append(v.Tasks, task{Kind: k, What: kindWords(b, k), Help: b.T("jobs.ask." + k)})
	}
	return v
}

func confirmOf(b page.Base, j *jobs.Job) confirmPage {
	v := confirmPage{Base: b, Confirm: page.Confirm{
		Title: b.T("jobs.forget.title"), Text: kindWords(b, j.Kind), Action: "/admin/jobs/" + j.ID.String() + "/forget",
		Points: []string{b.T("jobs.forget.gone"), b.T("jobs.forget.work")},
		Yes:    b.T("jobs.forget"), No: b.T("jobs.keep"), Back: "/admin/jobs?state=" + string(j.State), Danger: true,
	}}
	v.Look = page.LookPlain
	return v
}
