// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/routing"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	table "yuanba/internal/kit/sheet"
	"yuanba/internal/web/page"
)

// ruleOf is the rule that the address names, as it is being changed; a new one if
// it names none.
func (c *Counter) ruleOf(r *http.Request) (routing.Rule, routing.Draft, error) {
	_, d, err := c.Routing.Rules(r.Context(), page.Actor(r))
	if err != nil || r.PathValue("id") == "" {
		return routing.Rule{}, d, err
	}
	x, err := named(r, "rule.missing")
	if err != nil {
		return routing.Rule{}, d, err
	}
	rule, ok := d.Rules.Get(x)
	if !ok {
		return rule, d, errs.New(errs.NotFound, "rule.missing")
	}
	return rule, d, nil
}

func (c *Counter) ruleForm(s *sheet) error {
	r, d, err := c.ruleOf(s.r)
	if err != nil {
		return err
	}
	t, w := c.Routing.Town(), r.When
	s.title, s.back = r.Name, "/admin/rules"
	s.carry("version", strconv.Itoa(d.Version))
	s.ask("text", s.field("name", "admin.rule.name").Need().Max(40).From(r.Name))
	s.heading(s.T("admin.rule.when"))
	var places, codes []string
	for _, p := range w.Places {
		places = append(places, t.Places.Words(t.Places.Path(p), "").In(s.Lang))
	}
	for _, code := range w.Categories {
		codes = append(codes, t.Catalogue.Name(s.Lang, code))
	}
	s.ask("area", s.field("places", "admin.rule.places").Rows(2).From(strings.Join(places, "\n")))
	var groups []page.Option
	for _, g := range t.Catalogue.Groups {
		groups = append(groups, page.Option{Value: g.Code, Text: g.Name.In(s.Lang), On: slices.Contains(w.Groups, g.Code)})
	}
	s.ask("boxes", s.field("groups", "admin.rule.groups").Of(groups))
	s.ask("area", s.field("categories", "admin.rule.categories").Rows(2).From(strings.Join(codes, "\n")))
	s.ask("boxes", s.field("kinds", "admin.rule.kinds").Of(boxes(routing.CategoryKinds(), w.Kinds, func(k string) string { return s.T("rule.kind." + k) })))
	s.ask("text", s.field("any", "admin.rule.any").Max(1000).From(strings.Join(w.Any, "、")))
	s.ask("text", s.field("all", "admin.rule.all").Max(1000).From(strings.Join(w.All, "、")))
	s.ask("text", s.field("none", "admin.rule.none").Max(1000).From(strings.Join(w.None, "、")))
	s.ask("boxes", s.field("channels", "admin.rule.channels").Of(boxes(matters.Channels(), w.Channels, func(k matters.Channel) string { return s.T("matter.channel." + string(k)) })))
	s.ask("select", s.field("urgency", "admin.rule.urgency").Of(options([]routing.Urgency{routing.Urgent, routing.Ordinary}, func(u routing.Urgency) string { return s.T("rule.say." + string(u)) })).Example(s.T("rule.any")).From(string(w.Urgency)))
	s.heading(s.T("admin.rule.time"))
	var days []page.Option
	for day := 1; day <= 7; day++ {
		days = append(days, page.Option{Value: strconv.Itoa(day), Text: s.T("rule.day." + strconv.Itoa(day)), On: slices.Contains(w.Weekdays, day)})
	}
	s.ask("boxes", s.field("weekdays", "admin.rule.weekdays").Of(days))
	s.ask("text", s.field("from", "admin.rule.from").Max(5).Example("22:00").From(w.From))
	s.ask("text", s.field("to", "admin.rule.to").Max(5).Example("06:00").From(w.To))
	s.ask("select", s.field("hours", "admin.rule.hours").Of(options([]routing.Hours{routing.Working, routing.Off}, func(h routing.Hours) string { return s.T("rule.say." + string(h)) })).Example(s.T("rule.any")).From(string(w.Hours)))
	s.heading(s.T("admin.rule.gives"))
	s.ask("select", s.field("lead", "admin.rule.lead").Need().Of(c.targetOptions(s.Base, t)).From(targetValue(r.Gives.Lead)))
	s.ask("select", s.field("assist", "admin.rule.assist").Of(c.targetOptions(s.Base, t)).Example(s.T("admin.rule.assist.none")).From(targetValue(r.Gives.Assist)))
	s.ask("select", s.field("category", "admin.rule.category").Of(c.categoryOptions(s.Base)).Example(s.T("admin.rule.category.none")).From(r.Gives.Category))
	s.box("at_once", "admin.rule.at_once", r.AtOnce)
	return nil
}

// boxes makes choices of which several may be made.
func boxes[T ~string](all, on []T, text func(T) string) []page.Option {
	out := options(all, text)
	for i := range out {
		out[i].On = slices.Contains(on, all[i])
	}
	return out
}

// targetOptions are the ways in which a rule finds a unit.
func (c *Counter) targetOptions(b page.Base, t routing.Town) []page.Option {
	var opts []page.Option
	for _, way := range []routing.Way{routing.Standard, routing.Owner, routing.Place, routing.Street, routing.Village} {
		opts = append(opts, page.Option{Value: string(way), Text: routing.Target{Way: way}.Say(b.Lang, t), Group: b.T("admin.rule.lead.everywhere")})
	}
	for _, key := range t.Keys() {
		x := routing.Target{Way: routing.Nearest, Key: key}
		opts = append(opts, page.Option{Value: targetValue(x), Text: x.Say(b.Lang, t), Group: b.T("admin.rule.lead.nearest")})
	}
	for _, u := range t.Units.Units() {
		opts = append(opts, page.Option{Value: targetValue(routing.Target{Way: routing.Named, Unit: u.ID}), Text: u.Name.In(b.Lang), Group: b.T("unit.kind." + string(u.Kind))})
	}
	return opts
}

func targetValue(x routing.Target) string {
	switch x.Way {
	case routing.Named:
		return string(x.Way) + ":" + x.Unit.String()
	case routing.Nearest:
		return string(x.Way) + ":" + x.Key
	case routing.Owner, routing.Place, routing.Standard, routing.Street, routing.Village:
	}
	return string(x.Way)
}

func readTarget(s string) routing.Target {
	way, rest, _ := strings.Cut(s, ":")
	x := routing.Target{Way: routing.Way(way)}
	switch x.Way {
	case routing.Named:
		x.Unit, _ = id.Parse(rest) // 0 is no unit, which the check tells
	case routing.Nearest:
		x.Key = rest
	case routing.Owner, routing.Place, routing.Standard, routing.Street, routing.Village:
	}
	return x
}

// listed are what somebody wrote one after the other.
func listed(s, by string) (out []string) {
	for _, x := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(by, r) }) {
		if x = strings.TrimSpace(x); x != "" {
			out = append(out, x)
		}
	}
	return out
}

const (
	byLine = "\n\r;；、"
	byWord = "\n\r,，;；、|"
)

// readRule is what the form says about a rule, with the faults beside their fields.
func (c *Counter) readRule(r *http.Request, f *form.Form, x routing.Rule) (routing.Rule, int) {
	t := c.Routing.Town()
	version := seen(f)
	x.Name = f.Line("name", 200)
	w := routing.When{
		Any: listed(f.Line("any", 2000), byWord), All: listed(f.Line("all", 2000), byWord), None: listed(f.Line("none", 2000), byWord),
		Kinds: f.Choices("kinds", routing.CategoryKinds()...), Urgency: routing.Urgency(f.Line("urgency", 20)), Hours: routing.Hours(f.Line("hours", 20)),
		From: f.Line("from", 10), To: f.Line("to", 10),
	}
	for _, s := range listed(f.Text("places", 4000), byLine) {
		p, err := t.PlaceOf(s)
		if err != nil {
			f.Fault("places", err.Key, err.Args...)
			break
		}
		w.Places = append(w.Places, p)
	}
	for _, s := range listed(f.Text("categories", 4000), byLine) {
		code, ok := c.categoryNamed(page.From(r).Lang, s)
		if !ok {
			f.Fault("categories", "rule.category.none", s)
			break
		}
		w.Categories = append(w.Categories, code)
	}
	for _, g := range t.Catalogue.Groups {
		if f.Has("groups", g.Code) {
			w.Groups = append(w.Groups, g.Code)
		}
	}
	for _, k := range matters.Channels() {
		if f.Has("channels", string(k)) {
			w.Channels = append(w.Channels, k)
		}
	}
	for day := 1; day <= 7; day++ {
		if f.Has("weekdays", strconv.Itoa(day)) {
			w.Weekdays = append(w.Weekdays, day)
		}
	}
	x.When = w
	x.Gives = routing.Gives{Lead: readTarget(f.Line("lead", 80)), Category: f.Line("category", 40)}
	if s := f.Line("assist", 80); s != "" {
		x.Gives.Assist = readTarget(s)
	}
	x.AtOnce = f.Bool("at_once")
	return x, version
}

// categoryNamed is the category that somebody wrote: its code or its name.
func (c *Counter) categoryNamed(lang i18n.Lang, s string) (string, bool) {
	for _, k := range c.Matters.Catalogue().Categories {
		if k.Code == s || strings.EqualFold(k.Name.In(lang), s) || k.Name.ZH == s {
			return k.Code, true
		}
	}
	return "", false
}

func (c *Counter) setRule(r *http.Request, f *form.Form) (done, error) {
	x, _, err := c.ruleOf(r)
	if err != nil {
		return done{}, err
	}
	x, version := c.readRule(r, f, x)
	if err := f.Err(); err != nil {
		return done{}, f.Join(x.Tidy().Check(c.Routing.Town()))
	}
	return done{to: "/admin/rules", args: []any{x.Name}}, c.Routing.SetRule(r.Context(), page.Actor(r), version, x)
}

// rulesImport asks for a file.
func (c *Counter) rulesImport(s *sheet) error {
	_, d, err := c.Routing.Rules(s.r.Context(), s.Actor)
	if err != nil {
		return err
	}
	s.back = "/admin/rules"
	s.carry("version", strconv.Itoa(d.Version))
	s.ask("file", s.field("file", "admin.rule.import.file").Need().Files(".csv,text/csv", 1))
	return nil
}

// mostRulesFile is how many bytes of a file of rules are read.
const mostRulesFile = 1 << 20

func (c *Counter) importRules(r *http.Request, f *form.Form) (done, error) {
	version := seen(f)
	files := f.Files("file", 1)
	if err := f.Err(); err != nil {
		return done{}, err
	}
	if len(files) == 0 || files[0].Size == 0 {
		return done{}, errs.At("file", "rule.file.none")
	}
	file, err := files[0].Open()
	if err != nil {
		return done{}, err
	}
	rs, faults, err := c.readRules(file)
	if cerr := file.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return done{}, err
	}
	if len(faults) > 0 {
		return done{}, errs.At("file", "rule.file.faults", sayFaults(page.From(r), faults))
	}
	return done{to: "/admin/rules", args: []any{len(rs)}}, c.Routing.ReplaceRules(r.Context(), page.Actor(r), version, rs)
}

func (c *Counter) readRules(file io.Reader) (routing.Rules, []routing.Fault, error) {
	large := errs.At("file", "rule.file.large", mostRulesFile>>20)
	text, err := table.Open(file, mostRulesFile, large)
	if err != nil {
		return nil, []routing.Fault{{Line: 1, Key: "rule.file.csv"}}, nil //nolint:nilerr // a damaged file is told to who sent it
	}
	return routing.ReadTable(text, c.Routing.Town())
}

// sayFaults are the faults of a file, line by line.
func sayFaults(b page.Base, faults []routing.Fault) string {
	var said []string
	for _, x := range faults {
		what := b.T(x.Key, x.Args...)
		if x.Column != "" {
			what = b.T("rule.file.column", x.Column, what)
		}
		said = append(said, b.T("rule.file.line", x.Line, what))
	}
	return strings.Join(said, " ")
}
