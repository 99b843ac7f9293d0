// SPDX-License-Identifier: Apache-2.0

// Package places keeps the one tree of places on which everything stands: the
// city, its streets and towns, their villages and communities, the grids of
// these, and the courtyards.
//
// A [Place] has a code under a [Scheme], a name in two languages, a parent, and
// perhaps an outline. Its life has days: it is added, renamed, recoded,
// reclassified, reshaped, and one day merged, split or closed. Nothing is ever
// removed or written over. The place of an earlier year is found as it was by
// [Tree.At], and a matter of that year stays in the town of that year, because
// it names places by [id.ID] and those do not change their meaning.
//
// Reading is from memory: [Service.Tree] is a snapshot that never changes, put
// in place whole after each commit. It finds places by code, name, pinyin or a
// point on the map ([Tree.Locate]) without asking the database.
//
// Writing is by the use cases of [Service], one file each. Each takes the day on
// which the change takes effect: not in the future, and not before the place's
// latest change. Each writes a line in the trail for every place it touches.
//
// Divisions come from the files of the statistical bureau ([Service.ImportDivisions]),
// outlines from GeoJSON ([Service.ImportBoundaries]); where there are no grids
// yet, [Generate] proposes some.
package places
