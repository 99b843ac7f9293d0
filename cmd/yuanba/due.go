// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/when"
)

// dueInput is what due is asked.
type dueInput struct {
	from, limit, calendar string
	pauses, extensions    []string
}

// due says when a limit ends, and why.
func (c *cli) due() *cobra.Command {
	var in dueInput
	cmd := &cobra.Command{
		Use:     "due",
		Short:   "say when a time limit ends, and why then",
		GroupID: groupWatch,
		Args:    cobra.NoArgs,
		Long: `Due counts a time limit from its beginning to its end as the town's clock does, and
prints every stretch of time in between: what counts, what does not, and why. The day
on which a limit of days begins does not count; nights, noon breaks, weekends and
public holidays do not count in working time, and weekend days that are worked in
exchange for a holiday do.

A limit is "5 working days", "4 working hours", "2 urgent hours" (by the clock, day
and night) or "15 days"; 5个工作日, 4工作时, 2紧急工作时 and 15日 are read too. In a pause
the clock stands still and what remained goes on afterwards; an extension is added to
the end. Times without a zone are those of China.

The holidays known are those of the program, laid over by the file named with
--calendar (docs/operating.md says how it is written). What falls into a year whose
holidays are not known is counted with weekends alone, and a warning says so.`,
		Example: `  yuanba due --from 2026-02-13T16:30 --limit "5 working days"
  yuanba due --from 2026-03-06T16:00 --limit "4 working hours" --pause 2026-03-06T17:00/2026-03-08T20:00
  yuanba due --from 2026-03-02 --limit 15日 --extend 15日 --calendar town.txt --json`,
		RunE: func(*cobra.Command, []string) error {
			if in.from == "" || in.limit == "" {
				return usageError{errors.New("say with --from when the limit begins and with --limit how long it is")}
			}
			return c.sayDue(in)
		},
	}
	f := cmd.Flags()
	f.StringVar(&in.from, "from", "", "`when` the limit begins: 2026-02-13T16:30")
	f.StringVar(&in.limit, "limit", "", "how `long` it is: \"5 working days\", 4工作时, …")
	f.StringArrayVar(&in.pauses, "pause", nil, "a pause, from/to: 2026-02-14T09:00/2026-02-14T15:00; may be repeated, without to it goes on")
	f.StringArrayVar(&in.extensions, "extend", nil, "an extension by this `limit`; may be repeated")
	f.StringVar(&in.calendar, "calendar", "", "a calendar `file` laid over the shipped holidays")
	return cmd
}

// An explained is the answer of due.
type explained struct {
	From       string    `json:"from"`
	Limit      string    `json:"limit"`
	Extensions []string  `json:"extensions"`
	Due        *string   `json:"due"`   // null while a pause goes on
	Known      bool      `json:"known"` // the holidays of all years touched are known
	Warning    string    `json:"warning,omitempty"`
	Counted    float64   `json:"counted_hours"`
	Left       float64   `json:"left_hours,omitempty"` // behind a pause that goes on
	Intervals  []stretch `json:"intervals"`
}

type stretch struct {
	From    string  `json:"from"`
	To      *string `json:"to"` // null of a pause that goes on
	Counted bool    `json:"counted"`
	Why     string  `json:"why"`
	Kind    string  `json:"kind"`           // the reason as a word that never changes
	Name    string  `json:"name,omitempty"` // of the holiday
}

func (c *cli) sayDue(in dueInput) error {
	calendar, err := c.readCalendar(in.calendar)
	if err != nil {
		return err
	}
	from, err := readTime(in.from)
	if err != nil {
		return err
	}
	limit, err := when.Parse(in.limit)
	if err != nil {
		return err
	}
	var pauses []when.Pause
	for _, s := range in.pauses {
		p, err := readPause(s)
		if err != nil {
			return err
		}
		pauses = append(pauses, p)
	}
	var more []when.Limit
	for _, s := range in.extensions {
		l, err := when.Parse(s)
		if err != nil {
			return err
		}
		more = append(more, l)
	}
	d := calendar.Derive(from, limit, pauses, more...)
	return c.answer(c.explain(d), func(w io.Writer) { c.writeDue(w, d) })
}

// readCalendar is the shipped calendar with a file laid over it, if one is named.
func (c *cli) readCalendar(path string) (*when.Calendar, error) {
	if path == "" {
		return when.Default(), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("calendar: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(f, when.MaxTable+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("calendar: %w", err)
	}
	table, err := when.ReadTable(string(text))
	if err != nil {
		return nil, err
	}
	return when.Default().With(table), nil
}

// timeForms are how a time may be written; those without a zone are of China.
var timeForms = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly}

func readTime(s string) (time.Time, error) {
	for _, form := range timeForms {
		t, err := time.ParseInLocation(form, strings.TrimSpace(s), when.Zone)
		if err == nil && t.Year() >= 1970 && t.Year() <= 2200 {
			return t.In(when.Zone), nil
		}
	}
	return time.Time{}, errs.At("from", "when.time", s)
}

func readPause(s string) (p when.Pause, err error) {
	from, to, _ := strings.Cut(s, "/")
	if p.From, err = readTime(from); err != nil {
		return p, err
	}
	if strings.TrimSpace(to) == "" {
		return p, nil
	}
	if p.To, err = readTime(to); err != nil {
		return p, err
	}
	if p.To.Before(p.From) {
		return p, errs.At("pause", "when.pause", s)
	}
	return p, nil
}

func (c *cli) explain(d when.Derivation) explained {
	x := explained{
		From: stamp(d.From), Limit: d.Legs[0].Limit.String(), Extensions: []string{}, Known: len(d.Unknown) == 0,
		Warning: when.SayUnknown(c.lang(), d.Unknown), Counted: (d.Whole() - d.Left).Hours(), Left: d.Left.Hours(), Intervals: []stretch{},
	}
	for _, l := range d.Legs[1:] {
		x.Extensions = append(x.Extensions, l.Limit.String())
	}
	if !d.Due.IsZero() {
		due := stamp(d.Due)
		x.Due = &due
	}
	for _, v := range d.Intervals {
		one := stretch{From: stamp(v.From), Counted: v.Counted(), Why: v.Say(c.lang()), Kind: string(v.Why), Name: v.Name.In(c.lang())}
		if !v.To.IsZero() {
			to := stamp(v.To)
			one.To = &to
		}
		x.Intervals = append(x.Intervals, one)
	}
	return x
}

func stamp(t time.Time) string { return t.In(when.Zone).Format("2006-01-02T15:04:05-07:00") }

func (c *cli) writeDue(w io.Writer, d when.Derivation) {
	lang := c.lang()
	clock := func(t time.Time) string {
		if t.IsZero() {
			return "…               "
		}
		return t.In(when.Zone).Format("2006-01-02 15:04")
	}
	said := d.Legs[0].Limit.Say(lang)
	for _, l := range d.Legs[1:] {
		said += " + " + l.Limit.Say(lang)
	}
	if d.Due.IsZero() {
		fmt.Fprintln(w, i18n.T(lang, "when.due.paused", when.SayTime(lang, d.Left)))
	} else {
		fmt.Fprintln(w, i18n.T(lang, "when.due", clock(d.Due)))
	}
	fmt.Fprintf(w, "%s\n\n", i18n.T(lang, "when.due.limit", said, clock(d.From)))
	for _, v := range d.Intervals {
		mark, long := " ", ""
		if v.Counted() {
			mark, long = "✓", "  "+when.SayTime(lang, v.To.Sub(v.From))
		}
		fmt.Fprintf(w, "%s  %s – %s  %s%s\n", mark, clock(v.From), clock(v.To), v.Say(lang), long)
	}
	fmt.Fprintf(w, "\n%s\n", i18n.T(lang, "when.due.counted", when.SayTime(lang, d.Whole()-d.Left)))
	if warning := when.SayUnknown(lang, d.Unknown); warning != "" {
		fmt.Fprintf(w, "! %s\n", warning)
	}
}
