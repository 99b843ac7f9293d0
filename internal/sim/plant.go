// SPDX-License-Identifier: Apache-2.0

package sim

import (
	"fmt"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/sim/texts"
)

// A plant is something that several neighbours complain of at once, so that the
// town has hot issues.
type plant struct {
	category  string
	situation string
	village   int // the nth community of the cast's street, the cast's own first
	people    int
	courtyard string
}

var plants = []plant{
	{category: "water", situation: "water.2", village: 0, people: 9, courtyard: "桂花小区"},
	{category: "shop-noise", situation: "shop-noise.2", village: 1, people: 7, courtyard: "鹤林苑"},
	{category: "dog", situation: "dog.1", village: 2, people: 5, courtyard: "兰亭花园"},
}

// manyOpen is from how many open matters on a town is large enough for plants.
const manyOpen = 200

// plant gives some of the matters that are under way at the end the same cause.
func (s *simulation) plant(all []*life) {
	if s.plan.Open < manyOpen {
		return
	}
	p, n := 0, 0
	for _, l := range all {
		switch l.fate.stopAfter {
		case matters.Dispatched, matters.Handling, matters.Handled, matters.Accepted, matters.Classified:
		default:
			continue
		}
		if l.fate.suspend || l.fate.ask || l.fate.whistle || l.fate.bounce {
			continue
		}
		if l.plant, n = &plants[p], n+1; n == plants[p].people {
			if p, n = p+1, 0; p == len(plants) {
				return
			}
		}
	}
}

// planted decides for a matter that shares its cause where it happens and what
// its reporter writes, each in their own words. Each has a reporter of their own.
func (s *simulation) planted(l *life) error {
	home, _ := s.placeNamed("文君街道", "宝塔社区")
	var near []places.Place
	for _, v := range s.villages {
		if v.Path[scope.Town] == home[scope.Town] && v.Community == places.Urban {
			if v.ID == home[scope.Village] {
				near = append([]places.Place{v}, near...)
			} else {
				near = append(near, v)
			}
		}
	}
	if len(near) == 0 {
		return nil
	}
	k, ok := s.Matters.Catalogue().Get(l.plant.category)
	if !ok {
		return fmt.Errorf("no category %s", l.plant.category)
	}
	l.place, l.category = near[l.plant.village%len(near)], k
	for _, told := range texts.Of(l.plant.category) {
		if told.Key == l.plant.situation {
			l.told = told
		}
	}
	l.slots = texts.Slots{Place: l.place.Name.ZH, Courtyard: l.plant.courtyard, Spot: l.plant.courtyard + "门口", At: s.Clock.Now().In(i18n.Zone)}
	l.written = s.writer.Write(l.told, l.slots)
	l.private = false
	l.reporter = scope.Actor{Kind: scope.Anonymous}
	return nil
}
