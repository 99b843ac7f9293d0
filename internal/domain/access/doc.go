// SPDX-License-Identifier: Apache-2.0

// Package access says who may do what, and finds out who is there.
//
// What may be done is a list of needs ([Needs]), each a sentence that anybody
// can read. A [Role] is a bundle of them. Nobody is given a need or a role:
// they hold a post (package orgs), the post has a role, and counts in one part
// of the tree of places. Permission = post × place × category, decided by
// [scope.Actor.May]; [Service.Why] lists for an account each thing it may do and
// the post that is the reason. ROLES.md is the table of all roles, made from
// this package by its test.
//
// Who is there is found out by an [Account], a password (argon2id) and a second
// factor (TOTP, with recovery codes), or, for residents, by a code on their
// telephone, which package people checks. Then there is a [Session]: a random
// token in the browser, of which only the hash is kept here. A session goes
// through stages: the second factor may be due, or its enrolment, or a new
// password; only an open session is anybody. [Service.Actor] turns a token into
// a [scope.Actor] with at most one read, mostly none.
//
// What is promised: nobody learns from an answer, its text or its time, whether
// a login exists; tries are limited by account and by address, and the answer
// says when to try again; passwords, secrets and tokens are never logged; a
// revoked session ends at once in this process and within two seconds in others.
package access
