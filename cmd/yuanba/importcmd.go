// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"yuanba/internal/app"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/geo"
)

// importing is what every import is told.
type importing struct {
	dry    bool
	faults string
}

// importCmd brings in what other systems kept.
func (c *cli) importCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "import",
		Short:   "bring in matters, services, places, points, outlines, rules and policies from files",
		GroupID: groupMove,
		Long: `Import brings in what other systems kept. Each thing is taken in once: the same
file a second time changes nothing, and an import that was broken off goes on
where it stopped. A row that makes no sense is left out and told, the rest goes
in; the exit status is 0 only if no row was left out.

With --json the answer is {"read", "added", "unchanged", "rejected"}.`,
		Example: "  yuanba import messages messages.csv.gz --db town.db --faults faults.csv\n  yuanba import open311 requests.ndjson.gz --dry-run",
	}
	cmd.AddCommand(
		c.importMatters("messages FILE", "bring in citizens' messages with the official replies", `Import messages takes in citizens' messages to a government site: a CSV file,
packed with gzip or not, with the columns id, subject, time and detail, and reply
and reply_time, both empty for what was not answered. A column user is left alone:
who wrote is not taken over. Times are the town's.

A message that was answered is a closed matter, with its whole life; another is
received, and waits for the intake desk. It belongs to the town that its words name,
and to the village if they name one of that town, else to the city as a whole. Its
words are never printed.`,
			"  yuanba import messages messages_with_replies.csv.gz --db town.db", matters.ReadMessages),
		c.importMatters("open311 FILE", "bring in requests of Open311 GeoReport v2", `Import open311 takes in requests as GeoReport v2 describes them, one JSON object on
each line, packed with gzip or not. The name of the service is the matter's title
and, where its words are those of a category, its category; the address is its
place in words; status_notes are the reply. A request outside the town belongs to
the city as a whole.`,
			"  yuanba import open311 requests.ndjson.gz --db town.db --dry-run", matters.ReadOpen311),
		c.importMatters("requests FILE", "bring in a city's requests with their agencies", `Import requests takes in a city's requests from a CSV file, packed with gzip or not,
with the columns id, type, agency and created, and, where it has them, due, closed,
place, quarter, lat, lon and result; or as Baltimore names them: SRRecordID, SRType,
Agency, CreatedDate, DueDate, CloseDate, Address, Neighborhood, Latitude, Longitude,
Outcome. Times are the town's.

A type that no category is named after becomes a category, and an agency after which
no unit of the whole town is named a unit under the city's, for the town to correct.
What has a moment of closing is a closed matter that the agency's unit led, and was
promised until the due date of the file; another is received, and waits for the
intake desk. A request outside the town belongs to the city as a whole.`,
			"  yuanba import requests requests.csv --db town.db --faults faults.csv", matters.ReadRequests),
		c.importDivisions(), c.importBoundaries(), c.importRules(), c.importServices(), c.importPolicies(), c.importGivings(), c.importPoints(),
	)
	return cmd
}

// flags gives an import its flags.
func (in *importing) flags(c *cli, cmd *cobra.Command) *cobra.Command {
	cmd.Args = cobra.ExactArgs(1)
	cmd.Flags().BoolVar(&in.dry, "dry-run", false, "only say what would happen")
	cmd.Flags().StringVar(&in.faults, "faults", "", "write what is wrong with which row into this `file` (CSV)")
	c.settings(cmd)
	return cmd
}

// source opens the file to be imported; - is standard input.
func (c *cli) source(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(c.stdin), nil
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a folder: name a file in it", name)
	}
	return os.Open(name)
}

// takeIn opens the file, the town, which is made if makes, and the place for faults, and
// hands them to do.
func (c *cli) takeIn(ctx context.Context, name string, in importing, makes bool, do func(io.Reader, *app.App, *faultFile) error) (err error) {
	f, err := c.source(name)
	if err != nil {
		return err
	}
	defer f.Close()
	a, err := c.town(ctx, makes)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	faults, err := c.openFaults(in.faults)
	if err != nil {
		return err
	}
	return do(f, a, faults)
}

func (c *cli) importMatters(use, short, long, example string, read func(io.Reader) (matters.ImportReader, error)) *cobra.Command {
	var in importing
	cmd := &cobra.Command{
		Use: use, Short: short, Long: long, Example: example,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.takeIn(cmd.Context(), args[0], in, true, func(f io.Reader, a *app.App, faults *faultFile) error {
				bar := c.bar()
				taken, err := a.ImportMatters(cmd.Context(), app.Importing{
					File: f, Read: read, Dry: in.dry, Progress: bar.show,
					Fault: func(f matters.RowFault) error { return faults.add(f.Row, f.ID, f.Field, c.say(f.Err)) },
				})
				bar.end()
				if errors.Is(err, context.Canceled) {
					err = errors.New("broken off; run it again, and it goes on from here")
				}
				err = errors.Join(err, faults.close())
				return c.imported(taken, in, faults, err)
			})
		},
	}
	return in.flags(c, cmd)
}

// imported prints what an import did; err says why it ended early.
func (c *cli) imported(t matters.Taken, in importing, faults *faultFile, err error) error {
	v := struct {
		matters.Taken
		Error string `json:"error,omitempty"` // why it ended early
	}{Taken: t}
	if err != nil {
		v.Error = c.say(err)
	}
	aerr := c.answer(v, func(w io.Writer) {
		added := "added"
		if in.dry {
			added = "would be added"
		}
		fmt.Fprintf(w, "%d read, %d %s, %d unchanged, %d rejected\n", t.Read, t.Added, added, t.Unchanged, t.Rejected)
	})
	switch {
	case err != nil || aerr != nil:
		return errors.Join(err, aerr)
	case t.Rejected > 0:
		were := "rows were"
		if t.Rejected == 1 {
			were = "row was"
		}
		fmt.Fprintf(c.stderr, "yuanba: %d %s left out%s\n", t.Rejected, were, faults.where())
		return errSaid
	}
	return nil
}

// A faultFile keeps what is wrong with which row; without a name it prints the
// first few.
type faultFile struct {
	name string
	f    *os.File
	w    *csv.Writer
	c    *cli
	said int
}

// saidFaults is how many faults are printed where no file was named for them.
const saidFaults = 10

func (c *cli) openFaults(name string) (*faultFile, error) {
	ff := &faultFile{name: name, c: c}
	if name == "" {
		return ff, nil
	}
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	ff.f, ff.w = f, csv.NewWriter(f)
	return ff, ff.w.Write([]string{"row", "id", "field", "what"})
}

func (f *faultFile) add(row int, id, field, what string) error {
	if f.w != nil {
		return f.w.Write([]string{strconv.Itoa(row), id, field, what})
	}
	if f.said++; f.said <= saidFaults {
		if field != "" {
			what = field + ": " + what
		}
		fmt.Fprintf(f.c.stderr, "row %d: %s\n", row, what)
	}
	return nil
}

func (f *faultFile) where() string {
	switch {
	case f.name != "":
		return ": see " + f.name
	case f.said > saidFaults:
		return "; --faults FILE keeps what is wrong with each"
	}
	return ""
}

func (f *faultFile) close() error {
	if f.w == nil {
		return nil
	}
	f.w.Flush()
	return errors.Join(f.w.Error(), f.f.Close())
}

func (c *cli) importDivisions() *cobra.Command {
	var in importing
	var o app.DivisionImporting
	found, shipped, grids := false, false, false
	cmd := &cobra.Command{
		Use:   "divisions FILE",
		Short: "bring in the tree of places: city, towns, villages",
		Long: `Import divisions takes in the places of a county with their national codes: nested
JSON (code, name, towns, villages) or CSV. What is in the books stays as it is:
changes of names and codes have a day, and are made in the administration.

With --shipped, and no file, it is the tree of Qionglai that comes with the
program. With --grids every village that has no grids gets two to six, numbered, for
the town to correct; with --found the units and posts that a town begins with are made for
every place that has none.`,
		Example: "  yuanba import divisions villages.csv --db town.db --city 邛崃市\n  yuanba import divisions --shipped --found --db town.db",
		RunE: func(cmd *cobra.Command, args []string) error {
			if shipped == (len(args) == 1) {
				return usageError{errors.New("name one file, or --shipped")}
			}
			var f io.Reader = places.Qionglai()
			o.Format = places.JSON
			if !shipped {
				r, err := c.source(args[0])
				if err != nil {
					return err
				}
				defer r.Close()
				if f = r; strings.EqualFold(filepath.Ext(args[0]), ".csv") {
					o.Format = places.CSV
				}
			}
			o.File, o.Dry, o.Found, o.Grids = f, in.dry, found, grids
			return c.importPlaces(cmd.Context(), in, func(a *app.App) (places.Result, error) { return a.ImportDivisions(cmd.Context(), o) })
		},
	}
	in.flags(c, cmd)
	cmd.Args = cobra.MaximumNArgs(1)
	cmd.Flags().StringVar(&o.City.ZH, "city", "", "the county's `name`, which a CSV file does not tell")
	cmd.Flags().StringVar(&o.City.EN, "city-en", "", "the same in English")
	cmd.Flags().StringVar((*string)(&o.On), "on", "", "from which `day` new places are there (2026-03-01); without it, as far back as the books go")
	cmd.Flags().BoolVar(&found, "found", false, "make the units and posts that a town begins with")
	cmd.Flags().BoolVar(&grids, "grids", false, "propose grids for the villages that have none")
	cmd.Flags().BoolVar(&shipped, "shipped", false, "take the tree that comes with the program")
	return cmd
}

func (c *cli) importBoundaries() *cobra.Command {
	var in importing
	var o places.BoundaryImport
	cmd := &cobra.Command{
		Use:   "boundaries FILE",
		Short: "bring in the outlines of places from GeoJSON",
		Long: `Import boundaries gives places their outlines from a GeoJSON file: each feature is
matched to a place by its code, else by its name. Say in which coordinates they
are: wgs84, or gcj02 as most maps on the Chinese web are. Holes, overlaps and
outlines that cross are told with the names of the places concerned. The outlines
of a demonstration are made up; they all end with the first real one.`,
		Example: "  yuanba import boundaries towns.geojson --crs wgs84 --level town --db town.db",
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := c.source(args[0])
			if err != nil {
				return err
			}
			defer f.Close()
			o.File, o.Dry = f, in.dry
			return c.importPlaces(cmd.Context(), in, func(a *app.App) (places.Result, error) { return a.ImportBoundaries(cmd.Context(), o) })
		},
	}
	in.flags(c, cmd)
	cmd.Flags().StringVar((*string)(&o.CRS), "crs", string(geo.WGS84), "the file's coordinates: wgs84 or gcj02")
	cmd.Flags().StringVar((*string)(&o.Level), "level", "", "of what the outlines are: city, town, village, grid or courtyard; without it, of any")
	cmd.Flags().StringVar((*string)(&o.On), "on", "", "from which `day` they hold (2026-03-01); without it, today")
	return cmd
}

// importPlaces runs an import of places and prints what it did.
func (c *cli) importPlaces(ctx context.Context, in importing, run func(*app.App) (places.Result, error)) (err error) {
	a, err := c.town(ctx, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	faults, err := c.openFaults(in.faults)
	if err != nil {
		return err
	}
	res, err := run(a)
	if err != nil {
		return errors.Join(err, faults.close())
	}
	for _, f := range res.Faults {
		field := ""
		if es := errs.Public(f.Err); len(es) > 0 {
			field = es[0].Field
		}
		if err := faults.add(f.Row, f.Name, field, c.say(f.Err)); err != nil {
			return err
		}
	}
	if err := faults.close(); err != nil {
		return err
	}
	for i, f := range res.Remarks {
		if i == saidFaults {
			fmt.Fprintf(c.stderr, "… and %d remarks more\n", len(res.Remarks)-i)
			break
		}
		fmt.Fprintf(c.stderr, "remark on %s: %s\n", f.Name, c.say(f.Err))
	}
	if !in.dry {
		if err := a.Settle(ctx, nil); err != nil {
			return err
		}
	}
	return c.imported(matters.Taken{Read: res.Read, Added: res.Added, Unchanged: res.Unchanged, Rejected: res.Rejected}, in, faults, nil)
}
