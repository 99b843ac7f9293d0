// SPDX-License-Identifier: Apache-2.0

// Package orgs knows the town's one team: which units there are, which posts
// they have, and who holds which post from when to when.
//
// A [Unit] is a body that can be responsible for something: a bureau of the
// city, a street or town, its command centre, a station, a village committee, a
// company, a party outside. It serves a place, and it has a key that says what
// it is for ("water", "centre"). [Directory.Responsible] finds the unit with a
// key that is nearest to a place, going up the tree: the committee of the
// village before the station of the town before the bureau of the city.
//
// A [Post] is a place at a desk of a unit: a title, a role (a bundle of
// permissions, which package access defines), the part of the tree of places in
// which it counts, and perhaps the categories to which it is limited. A
// [Holding] says who holds it; a [Cover] lets a colleague stand in for a holder
// on leave and ends by itself. Permission comes from nothing else.
//
// All this is small and read on every request, so it is kept in memory as a
// [Directory], a snapshot that never changes. What changes is which snapshot
// [Service.Directory] returns: after an act of this process at once, after that
// of another process as soon as [Service.Check] sees it.
//
// The organisation that a new town begins with is data/organisation.json; see
// [Service.Found].
package orgs
