// SPDX-License-Identifier: Apache-2.0

package insights

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"yuanba/internal/domain/insights"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/sheet"
	"yuanba/internal/web/page"
)

// export sends the numbers of a page as a file: each rate with what it is made of,
// and each score with its interval.
func (c *Counter) export(format sheet.Format) page.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		a := read(b, r.URL.Query())
		if a.fault != nil {
			return a.fault
		}
		counts, err := c.Insights.Count(r.Context(), b.Actor, a.view.face, a.period)
		if err != nil {
			return err
		}
		in, err := c.Insights.InForce(r.Context(), b.Actor, a.period)
		if err != nil {
			return err
		}
		var body bytes.Buffer // a row a unit and rate: some thousands at the most
		out, err := sheet.New(&body, format, b.T("insights.title"), 30, 26, 12, 12, 12, 10, 10, 10, 12, 12)
		if err != nil {
			return err
		}
		if err := c.writeNumbers(b, a, counts, in.Formulas, out); err != nil {
			return err
		}
		name := b.T("insights.title") + "-" + a.period.From.String() + "-" + (a.period.To - 1).String() + "." + string(format)
		h := w.Header()
		h.Set("Content-Type", format.Type())
		h.Set("Content-Length", strconv.Itoa(body.Len()))
		h.Set("Content-Disposition", `attachment; filename="numbers.`+string(format)+`"; filename*=UTF-8''`+url.PathEscape(name))
		h.Set("Cache-Control", "no-store")
		_, err = body.WriteTo(w)
		return err
	}
}

func (c *Counter) writeNumbers(b page.Base, a asked, counts insights.Counts, f insights.Formulas, out sheet.Writer) error {
	head := []any{b.T("insights.who." + a.view.code)}
	for _, key := range []string{"insights.rate", "insights.share", "insights.low", "insights.high", "insights.done", "insights.of", "insights.excluded", "insights.from", "insights.to"} {
		head = append(head, b.T(key))
	}
	if err := out.Row(head...); err != nil {
		return err
	}
	var keys []string
	for k, s := range counts.Sums {
		if a.view.keep == nil || a.view.keep(c, k, s) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	percent := func(x float64) float64 { return 100 * x }
	from, to := sheet.Day(a.period.From.Begin().In(i18n.Zone)), sheet.Day((a.period.To - 1).Begin().In(i18n.Zone))
	for _, k := range keys {
		s, who := counts.Sums[k], c.nameOf(b.Lang, a.view.face, k)
		for _, r := range f.Rates {
			if len(a.view.rates) > 0 && !slices.Contains(a.view.rates, r.Code) {
				continue
			}
			v := r.Work(s)
			row := []any{who, r.Name.In(b.Lang), "", "", "", int(v.Done), int(v.Of), int(v.Excluded), from, to}
			if v.Of > 0 {
				row[2], row[3], row[4] = percent(v.Share), percent(v.Low), percent(v.High)
			}
			if err := out.Row(row...); err != nil {
				return err
			}
		}
		for _, x := range f.ScoresOf(a.view.face) {
			p := x.Work(f, s)
			if !slices.Contains(a.view.scores, x.Code) || !p.Known() {
				continue
			}
			if err := out.Row(who, b.T("insights.points.of", x.Name), percent(p.Points/100), percent(p.Low/100), percent(p.High/100), "", "", "", from, to); err != nil {
				return err
			}
		}
	}
	return out.Close()
}
