// SPDX-License-Identifier: Apache-2.0

package app

import (
	"maps"
	"slices"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/calendars"
	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/exchange"
	"yuanba/internal/domain/field"
	"yuanba/internal/domain/insights"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/questions"
	"yuanba/internal/domain/routing"
	"yuanba/internal/domain/trail"
	"yuanba/internal/domain/volunteers"
	"yuanba/internal/domain/webhooks"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// Records are the kinds of records whose present state the check of the trail
// compares with the last line about each: from the ground up, every noun whose
// lines carry digests.
func (a *App) Records() []trail.Checked {
	var all []trail.Checked
	for _, domain := range []map[string]func(*sqldb.Tx, func(id.ID, []byte) error) error{
		places.Digests(),
		orgs.Digests(),
		{"calendar": calendars.EachDigest},
		{"resident": a.People.EachDigest, "proxy": people.EachProxyDigest},
		{"account": access.Digests, "api_key": access.KeyDigests},
		{"category": matters.EachCategoryDigest, "timing": matters.EachTimingDigest, "matter": a.Matters.EachDigest},
		patrol.Digests(),
		{"question": questions.EachDigest, "answer": questions.EachAnswerDigest},
		volunteers.Digests(),
		{"routing_trial": routing.EachDigest, "routing_allowance": routing.EachAllowanceDigest, "routing_sorting": routing.EachSortingDigest, "routing_rules": routing.EachEdition, "routing_draft": routing.EachDraft},
		affairs.EachDigest(),
		field.Digests(),
		desk.Digests(),
		{"connection": exchange.Digests, "webhook": webhooks.Digests},
		{"formula": insights.EachDigest},
	} {
		for _, noun := range slices.Sorted(maps.Keys(domain)) {
			all = append(all, trail.Checked{Noun: noun, Each: domain[noun]})
		}
	}
	return all
}
