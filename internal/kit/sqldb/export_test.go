// SPDX-License-Identifier: Apache-2.0

package sqldb

// AnewPages is from how many pages the log is to begin anew.
const AnewPages = anewPages

// Sizes are the numbers of rows for which the insert has made a statement.
func Sizes(in *Insert) (rows []int) {
	for doubled := range in.texts {
		if in.texts[doubled].Load() != nil {
			rows = append(rows, 1<<doubled)
		}
	}
	return rows
}
