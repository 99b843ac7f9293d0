// SPDX-License-Identifier: Apache-2.0

package insights

import (
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// A Service answers what is asked about the town's work.
type Service struct {
	db       *sqldb.DB
	matters  *matters.Service
	places   *places.Service
	orgs     *orgs.Service
	calendar func() *when.Calendar
	follower trail.Follower
}

// Needs are the services below this one.
type Needs struct {
	DB       *sqldb.DB
	Matters  *matters.Service
	Places   *places.Service
	Orgs     *orgs.Service
	Calendar func() *when.Calendar
}

// New returns the service.
func New(n Needs) *Service {
	return &Service{db: n.DB, matters: n.Matters, places: n.Places, orgs: n.Orgs, calendar: n.Calendar, follower: trail.Follower{Name: keeperName}}
}

// keeperName is the mark of the counts in the trail.
const keeperName = "insights"
