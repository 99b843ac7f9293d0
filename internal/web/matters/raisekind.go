// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/form"
	"yuanba/internal/web/page"
)

// askKind offers the three likeliest categories, all of them, and "I don't know",
// and the questions of the one chosen.
func (c *Counter) askKind(v *raisePage, f *form.Form) {
	b, cat := v.Base, c.Matters.Catalogue()
	chosen := f.Get("category")
	suggested := cat.Suggest(f.Get("body"), 3)
	if words := f.Get("find"); words != "" {
		suggested = cat.Suggest(words, 6)
	}
	seen := map[string]bool{}
	var opts []page.Option
	add := func(k matters.Category) {
		if !seen[k.Code] {
			seen[k.Code] = true
			opts = append(opts, page.Option{Value: k.Code, Text: k.Name.In(b.Lang), Help: k.Hint.In(b.Lang), Icon: k.Icon})
		}
	}
	for _, k := range suggested {
		add(k)
	}
	if k, ok := cat.Get(chosen); ok {
		add(k)
	}
	opts = append(opts, page.Option{Value: "unknown", Text: b.T("matter.raise.unknown"), Help: b.T("matter.raise.unknown.help"), Icon: "document"})
	v.Kinds = page.NewField(b.Lang, f, "category", "matter.raise.kind.label").Of(opts).Need().Quiet()
	v.All = page.NewField(b.Lang, f, "category", "matter.raise.kind.all").Of(allKinds(b, cat, seen)).Need().Apart("all")
	k, ok := cat.Get(chosen)
	if !ok || f.Get("asked") != chosen {
		return
	}
	v.Chosen = chosen
	v.Head = page.Head{Kicker: b.T("matter.raise.kind"), Title: k.Name.In(b.Lang), Lead: b.T("matter.raise.lead.asks")}
	for _, q := range k.Questions {
		v.Asks = append(v.Asks, question(b, f, q))
	}
	if s := k.Stops(c.read(f).Answers); s != nil {
		v.MayGoOn = s.When != nil
		v.Stop = &page.Note{Text: s.Text.In(b.Lang), Tone: page.ToneLate}
		if s.Phone != "" {
			v.Stop.Link = page.Link{Href: "tel:" + s.Phone, Text: s.Phone}
		}
	}
}

// allKinds are all categories but some, each with the name of its group.
func allKinds(b page.Base, cat *matters.Catalogue, but map[string]bool) []page.Option {
	var opts []page.Option
	for _, g := range cat.Groups {
		for _, k := range cat.In(g.Code) {
			if but[k.Code] {
				continue
			}
			opts = append(opts, page.Option{Value: k.Code, Text: k.Name.In(b.Lang), Help: g.Name.In(b.Lang), Icon: k.Icon})
		}
	}
	return opts
}

// question shows one of a category's questions.
func question(b page.Base, f *form.Form, q matters.Question) entry {
	d := page.NewField(b.Lang, f, "q."+q.Key, "matter.raise.question")
	d = d.Labelled(q.Label.In(b.Lang))
	d.Required = q.Required
	switch q.Type {
	case "choice":
		for _, ch := range q.Choices {
			d.Options = append(d.Options, page.Option{Value: ch.Value, Text: ch.Label.In(b.Lang)})
		}
		return entry{"radio", d}
	case "yesno":
		d.Options = []page.Option{{Value: "yes", Text: b.T("matter.answer.yes")}, {Value: "no", Text: b.T("matter.answer.no")}}
		return entry{"radio", d}
	case "number":
		return entry{"text", d.As("number")}
	case "date":
		return entry{"text", d.As("date")}
	}
	return entry{"text", d.Max(q.Max)}
}
