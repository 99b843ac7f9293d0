// SPDX-License-Identifier: Apache-2.0

package sqldb

// AnewPages is from how many pages the log is to begin anew.
const AnewPages = anewPages
