// SPDX-License-Identifier: Apache-2.0

// Package v1 is the JSON API of the town, /api/v1: the same use cases as the pages,
// for other programs.
//
// Every operation stands once in the list that operations returns: its method and
// address, what it takes and what it answers as Go structs, the scope that its key
// needs, and what can go wrong. The routes come from that list, and so does the
// OpenAPI 3.1 document, so that what is described is what is served; the tests hold
// every answer against the document.
//
// A caller shows a key (access.APIKey) and does and reads with it what the account
// or unit of the key may, within the place and scopes of the key. Without a key the
// public part is read, and nothing is written. Sessions of the pages count for
// nothing here, so that no other site can act through somebody's browser.
//
// The name and telephone of a reporter are in no answer, whoever asks: to look at
// them takes a reason, which a person gives at the page.
package v1
