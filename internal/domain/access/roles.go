// SPDX-License-Identifier: Apache-2.0

package access

import (
	"slices"
	"time"

	"yuanba/internal/kit/scope"
)

// A Role is a bundle of needs. Its name is the message "role.<key>", what its
// holder does the message "role.<key>.what".
type Role struct {
	Key   string
	Needs []scope.Need
}

// Roles lists the roles, from the grid up. Which posts have which role a town
// decides; which needs a role gives is decided here.
var Roles = []Role{
	{"grid_worker", []scope.Need{Patrol, RaiseFor, See, Verify, ReadPrivate, Reveal, Visit, Organise}},
	{"committee_chair", []scope.Need{Handle, Arrange, Publish, RaiseFor, See, Supervise, ReadPrivate, Reveal, Organise}},
	{VillageSecretary, []scope.Need{Publish, RaiseFor, See, Supervise}},
	{"committee_member", []scope.Need{Publish, RaiseFor, See}},
	{"acceptor", []scope.Need{Intake, RaiseFor, See, Moderate, ReadPrivate, Reveal}},
	{"dispatcher", []scope.Need{Intake, Dispatch, RaiseFor, See, Moderate, ReadPrivate, Reveal, Visit}},
	{"handler", []scope.Need{Handle, Reveal}},
	{"unit_lead", []scope.Need{Handle, Reveal, Export}},
	{"verifier", []scope.Need{Verify, See, Reveal}},
	{"deputy_secretary", []scope.Need{Supervise, Command, Arrange, Dispatch, Moderate, See, ReadPrivate, Export, Organise}},
	{"reviewer", []scope.Need{Review, Admit, See}},
	{"police_household", []scope.Need{Handle, ReadPrivate, Reveal, Desk, Visit}},
	{"desk_clerk", []scope.Need{Desk, RaiseFor, ReadPrivate, Reveal, Visit}},
	{"mediator", []scope.Need{RaiseFor, Handle, ReadPrivate}},
	{"lawyer", []scope.Need{RaiseFor}},
	{"council_chair", []scope.Need{RaiseFor, Organise}},
	{"merchant", []scope.Need{Handle, Offer}},
	{"liaison", []scope.Need{Handle, Offer}},
	{"delegate", []scope.Need{RaiseFor, Supervise}},
	{"analyst", []scope.Need{See, Export}},
	{"administrator", []scope.Need{Administer, Moderate}},
	{"auditor", []scope.Need{Audit, See}},
}

// RoleOf returns the role with the key.
func RoleOf(key string) (Role, bool) {
	i := slices.IndexFunc(Roles, func(r Role) bool { return r.Key == key })
	if i < 0 {
		return Role{}, false
	}
	return Roles[i], true
}

// VillageSecretary is the role of those to whom the letters to a village's secretary are
// written.
const VillageSecretary = "village_secretary"

// KnownRole reports whether there is a role with the key, for orgs.Options.
func KnownRole(key string) bool {
	_, ok := RoleOf(key)
	return ok
}

// Writes reports whether a need lets its holder change anything. Audit, See,
// ReadPrivate and Export only read; a reveal reads too, though it is recorded.
func Writes(n scope.Need) bool {
	return !slices.Contains([]scope.Need{Audit, See, ReadPrivate, Reveal, Export}, n)
}

// Works reports whether any post that the actor holds at the time lets them
// change anything; an auditor's and an analyst's do not.
func Works(by scope.Actor, now time.Time) bool {
	return slices.ContainsFunc(by.Grants, func(g scope.Grant) bool {
		return !g.Ended(now) && slices.ContainsFunc(g.Needs, Writes)
	})
}
