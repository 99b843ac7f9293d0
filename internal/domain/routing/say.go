// SPDX-License-Identifier: Apache-2.0

package routing

import (
	"strconv"
	"strings"

	"yuanba/internal/kit/i18n"
)

// Say is what a rule asks, in the reader's language, each condition by itself.
func (w When) Say(lang i18n.Lang, t Town) (all []string) {
	say := func(key string, of []string) {
		if len(of) > 0 {
			all = append(all, i18n.T(lang, "rule.say."+key, strings.Join(of, i18n.T(lang, "rule.or"))))
		}
	}
	var places, kinds, days, channels []string
	for _, p := range w.Places {
		places = append(places, t.Places.Words(t.Places.Path(p), "").In(lang))
	}
	say("place", places)
	var categories []string
	for _, code := range w.Groups {
		for _, g := range t.Catalogue.Groups {
			if g.Code == code {
				categories = append(categories, i18n.T(lang, "rule.group", g.Name.In(lang)))
			}
		}
	}
	for _, code := range w.Categories {
		categories = append(categories, t.Catalogue.Name(lang, code))
	}
	say("category", categories)
	for _, k := range w.Kinds {
		kinds = append(kinds, i18n.T(lang, "rule.kind."+k))
	}
	say("kind", kinds)
	say("any", quoted(lang, w.Any))
	if len(w.All) > 0 {
		all = append(all, i18n.T(lang, "rule.say.all", strings.Join(quoted(lang, w.All), i18n.T(lang, "routing.comma"))))
	}
	say("none", quoted(lang, w.None))
	for _, d := range w.Weekdays {
		days = append(days, i18n.T(lang, "rule.day."+strconv.Itoa(d)))
	}
	say("day", days)
	if w.From != "" {
		all = append(all, i18n.T(lang, "rule.say.clock", w.From, w.To))
	}
	if w.Hours != "" {
		all = append(all, i18n.T(lang, "rule.say."+string(w.Hours)))
	}
	for _, c := range w.Channels {
		channels = append(channels, i18n.T(lang, "matter.channel."+string(c)))
	}
	say("channel", channels)
	if w.Urgency != "" {
		all = append(all, i18n.T(lang, "rule.say."+string(w.Urgency)))
	}
	if all == nil {
		all = []string{i18n.T(lang, "rule.say.always")}
	}
	return all
}

func quoted(lang i18n.Lang, words []string) (out []string) {
	for _, w := range words {
		out = append(out, i18n.T(lang, "rule.quoted", w))
	}
	return out
}

// SayWhen is all that a rule asks in one line.
func (r Rule) SayWhen(lang i18n.Lang, t Town) string {
	return strings.Join(r.When.Say(lang, t), i18n.T(lang, "rule.and"))
}

// Say names the unit in the reader's language, as the rule finds it.
func (x Target) Say(lang i18n.Lang, t Town) string {
	switch x.Way {
	case Named:
		u, ok := t.Units.Unit(x.Unit)
		if !ok || !u.Active {
			return i18n.T(lang, "routing.gone")
		}
		return u.Name.In(lang)
	case Nearest:
		return i18n.T(lang, "rule.to.key", t.KeyName(lang, x.Key))
	case Owner, Place, Standard, Street, Village:
		return i18n.T(lang, "rule.to."+string(x.Way))
	}
	return ""
}

// KeyName is what units with a key are called: as the one of the whole town, or the
// first that has it.
func (t Town) KeyName(lang i18n.Lang, key string) string {
	for _, u := range t.Units.Units() {
		if u.Key == key {
			return u.Name.In(lang)
		}
	}
	return key
}

// SayGives is what a rule settles, in one line.
func (r Rule) SayGives(lang i18n.Lang, t Town) string {
	s := i18n.T(lang, "rule.gives", r.Gives.Lead.Say(lang, t))
	if r.Gives.Assist != (Target{}) {
		s += i18n.T(lang, "rule.and") + i18n.T(lang, "rule.gives.assist", r.Gives.Assist.Say(lang, t))
	}
	if r.Gives.Category != "" {
		s += i18n.T(lang, "rule.and") + i18n.T(lang, "rule.gives.category", t.Catalogue.Name(lang, r.Gives.Category))
	}
	return s
}
