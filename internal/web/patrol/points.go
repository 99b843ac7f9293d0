// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"net/http"
	"strconv"
	"strings"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// Bounds of a file of points that is handed in here; a larger one is imported with the
// command.
const (
	mostPointsFile = 2 << 20 // bytes
	mostPointRows  = 5000
	mostFaults     = 100 // that are listed
)

// A pointsPage takes in a file of points.
type pointsPage struct {
	page.Base
	Head   page.Head
	File   page.Field
	Kinds  string
	Said   page.Note
	Facts  []page.Fact
	Faults page.Table
	More   int // faults that are not listed
}

var pointsShown = page.New[pointsPage](files, "points.html")

// mayImport refuses who arranges rounds nowhere.
func (c *Counter) mayImport(r *http.Request) error {
	if !c.Patrol.Arranges(page.Actor(r)) {
		return errs.New(errs.Denied, scope.DeniedNeed)
	}
	return nil
}

func (c *Counter) points(w http.ResponseWriter, r *http.Request) error {
	if err := c.mayImport(r); err != nil {
		return err
	}
	return pointsShown.Show(w, r, c.pointsPage(page.From(r)))
}

func (c *Counter) pointsPage(b page.Base) pointsPage {
	b = b.Titled("patrol.points.import")
	b.Crumbs = []page.Link{{Href: "/patrol", Text: b.T("patrol.title")}}
	var kinds []string
	for _, k := range patrol.PointKinds {
		kinds = append(kinds, b.T("patrol.points.kind", string(k), b.T("patrol.kind."+string(k))))
	}
	return pointsPage{Base: b, Head: page.Head{Title: b.T("patrol.points.import"), Lead: b.T("patrol.points.lead")},
		File: page.NewField(b.Lang, b.Form, "file", "patrol.points.file").Need().Files(".csv,.ndjson,.jsonl,.gz,text/csv,application/gzip", 1), Kinds: strings.Join(kinds, b.T("patrol.points.between"))}
}

func (c *Counter) takePoints(w http.ResponseWriter, r *http.Request) error {
	if err := c.mayImport(r); err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	b := page.From(r)
	b.Form = f
	dry := f.Choice("go", "try", "take") == "try"
	var faults []matters.RowFault
	taken, err := c.readPoints(r, f, dry, &faults)
	if err != nil {
		if errs.KindOf(err) != errs.Invalid {
			return err
		}
		return pointsShown.Fail(w, r, c.pointsPage(b), err)
	}
	b.Form = nil
	return pointsShown.Show(w, r, c.takenPage(b, taken, faults, dry))
}

// readPoints takes in the file of the form. What is wrong with the file as a whole is told
// beside it.
func (c *Counter) readPoints(r *http.Request, f *form.Form, dry bool, faults *[]matters.RowFault) (t matters.Taken, err error) {
	files := f.Files("file", 1)
	if err := f.Err(); err != nil {
		return t, err
	}
	if len(files) == 0 || files[0].Size == 0 {
		return t, errs.At("file", "patrol.points.none")
	}
	file, err := files[0].Open()
	if err != nil {
		return t, err
	}
	t, err = c.Patrol.ImportPoints(r.Context(), page.Actor(r), patrol.PointImporting{File: file, Most: mostPointRows, Dry: dry, Fault: func(x matters.RowFault) error {
		*faults = append(*faults, x)
		return nil
	}})
	if cerr := file.Close(); err == nil {
		err = cerr
	}
	if es := errs.Public(err); len(es) > 0 && es[0].Kind == errs.Invalid {
		err = errs.At("file", es[0].Key, es[0].Args...)
	}
	return t, err
}

func (c *Counter) takenPage(b page.Base, t matters.Taken, faults []matters.RowFault, dry bool) pointsPage {
	v := c.pointsPage(b)
	added := "patrol.points.added"
	v.Said = page.Note{Tone: page.ToneDone, Text: b.T("patrol.points.taken")}
	if dry {
		added, v.Said = "patrol.points.would", page.Note{Tone: page.ToneCalm, Text: b.T("patrol.points.tried")}
	}
	if t.Rejected > 0 {
		v.Said.Tone = page.ToneSoon
	}
	for _, x := range []struct {
		key string
		n   int
	}{{"patrol.points.read", t.Read}, {added, t.Added}, {"patrol.points.unchanged", t.Unchanged}, {"patrol.points.rejected", t.Rejected}} {
		v.Facts = append(v.Facts, page.Fact{Label: b.T(x.key), Value: strconv.Itoa(x.n)})
	}
	v.More = max(0, len(faults)-mostFaults)
	v.Faults = page.Table{Caption: b.T("patrol.points.faults"), Cols: []page.Col{{Text: b.T("patrol.points.row"), Num: true}, {Text: b.T("patrol.points.column")}, {Text: b.T("patrol.points.what")}}}
	for _, x := range faults[:len(faults)-v.More] {
		what := x.Err.Error()
		if es := errs.Public(x.Err); len(es) > 0 {
			what = b.T(es[0].Key, es[0].Args...)
		}
		v.Faults.Rows = append(v.Faults.Rows, []page.Cell{{Text: strconv.Itoa(x.Row)}, {Text: x.Field}, {Text: what}})
	}
	return v
}
