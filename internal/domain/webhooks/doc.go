// SPDX-License-Identifier: Apache-2.0

// Package webhooks tells other programs what is done to matters, as it is done.
//
// A [Hook] 推送 is an address at which a program wants to hear of some acts, in some
// place, of some categories. It is the town's, made by an administrator, and then
// reads what everybody reads; or it belongs to an API key and reads with the eyes of
// that key, and no more. A [Delivery] 送达 is one act on its way there.
//
// The deliveries are made by a [Taker], which follows the trail: an act that was
// acknowledged is told, whatever happens to this process, and one that was undone is
// not. They are sent by jobs, at least once each, and the acts on one matter one
// after the other in the order in which they were done. What does not arrive is
// tried again after longer and longer pauses, for some three days. An address where
// nothing has arrived for [DisableAfter] is not asked any more, and who made the
// hook is written to.
//
// What is said of a matter is read at the moment it is sent, and kept nowhere: what
// was hidden meanwhile stays here, and who had heard of it is told that it is gone.
// Messages are signed as the specification Standard Webhooks has it
// (https://www.standardwebhooks.com), with a secret that may be changed without a
// gap. The addresses are watched over by package outside, and no redirection is
// followed.
package webhooks
