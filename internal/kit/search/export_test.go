// SPDX-License-Identifier: Apache-2.0

package search

// Walking returns an index that walks over so few records before it looks up
// the terms, for tests with few records.
func Walking(n int) Index { return Index{walk: n} }
