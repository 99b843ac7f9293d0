// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sheet"
	"yuanba/internal/web/page"
)

// exportColumns are the columns of an exported list, and how wide they are: what
// the list shows, and nothing of who raised a matter.
var exportColumns = []struct {
	key   string
	width float64
}{
	{"export.number", 16}, {"export.title", 44}, {"export.state", 12}, {"export.category", 20}, {"export.place", 28}, {"export.words", 24},
	{"export.turn", 26}, {"export.lead", 24}, {"export.raised", 17}, {"export.due", 17}, {"export.closed", 17},
	{"export.supporters", 8}, {"export.urgent", 8}, {"export.supervised", 8},
}

// WriteSheet writes the list that the actor may see of what words and filter ask
// for as a table, and returns how many matters it holds. See
// [matters.Service.Export] for the limits, and for Exported, which is to follow.
func (c *Counter) WriteSheet(ctx context.Context, lang i18n.Lang, by scope.Actor, words string, f matters.Filter, format sheet.Format, to io.Writer) (n int, err error) {
	var head []any
	var widths []float64
	for _, k := range exportColumns {
		head, widths = append(head, i18n.T(lang, k.key)), append(widths, k.width)
	}
	w, err := sheet.New(to, format, i18n.T(lang, "matter.list.title"), widths...)
	if err != nil {
		return 0, err
	}
	if err := w.Row(head...); err != nil {
		return 0, err
	}
	if n, err = c.Matters.Export(ctx, by, words, f, func(k matters.Card) error { return w.Row(c.cells(lang, k)...) }); err != nil {
		return n, err
	}
	return n, w.Close()
}

// cells are a matter's, in the order of exportColumns.
func (c *Counter) cells(lang i18n.Lang, k matters.Card) []any {
	zone := i18n.Zone
	raised, due, closed := k.RaisedAt, k.Due, k.ClosedAt
	if !due.IsZero() {
		due = due.In(zone)
	}
	if !closed.IsZero() {
		closed = closed.In(zone)
	}
	return []any{
		k.Number, k.Title, i18n.T(lang, "matter.state."+string(k.State)), c.Matters.Catalogue().Name(lang, k.Category),
		c.Places.Tree().Words(k.Path, places.DayOf(raised)).In(lang), k.PlaceWords,
		c.whose(lang, k.State, k.TurnUnit), c.unit(lang, k.Lead), raised.In(zone), due, closed,
		k.Supporters, k.Urgent, k.Supervised,
	}
}

// export sends the list as a file: the same filter and the same permission as the
// list page.
func (c *Counter) export(format sheet.Format) page.Handler {
	return func(w http.ResponseWriter, r *http.Request) (err error) {
		b := page.From(r)
		f, err := c.readFilter(r.URL.Query())
		if err != nil {
			return err
		}
		file, err := os.CreateTemp("", "yuanba-export-*") // so that nobody's slow line holds the database
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
		n, err := c.WriteSheet(r.Context(), b.Lang, b.Actor, strings.TrimSpace(r.URL.Query().Get("q")), f, format, file)
		if err != nil {
			return err
		}
		if _, err := c.Matters.Exported(r.Context(), b.Actor, string(format), n); err != nil {
			return err
		}
		size, err := file.Seek(0, io.SeekEnd)
		if err != nil {
			return err
		}
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return err
		}
		name := fmt.Sprintf("%s-%s.%s", b.T("export.file"), b.Now.In(i18n.Zone).Format("2006-01-02-1504"), format)
		h := w.Header()
		h.Set("Content-Type", format.Type())
		h.Set("Content-Length", strconv.FormatInt(size, 10))
		h.Set("Content-Disposition", `attachment; filename="matters.`+string(format)+`"; filename*=UTF-8''`+url.PathEscape(name))
		h.Set("Cache-Control", "no-store")
		_, err = io.Copy(w, file)
		return err
	}
}
