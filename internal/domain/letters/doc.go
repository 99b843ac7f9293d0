// SPDX-License-Identifier: Apache-2.0

// Package letters writes to people outside the program: by mail, by text to a
// telephone, in WeChat, WeChat Work or DingTalk.
//
// A [Letter] goes to one mailbox (package people knows whose it is and keeps its
// address sealed, by which channel it is reached, and of which topics its owner
// wants to hear there). There are three kinds: [Code] is a code to sign in with;
// [Confirm] asks whether an address is
// right, and is sent at once, since somebody waits for it; [News] tells what
// happened, some minutes after the first piece of news, so that several go
// together, and not between 22:00 and 7:00 unless it is urgent.
//
// Other domains promise news with [Service.Promise], in the transaction in which
// they know of it, by references into their own records. Words are written only
// when a letter is sent, by the [Source] that promised it, from what its reader
// may read at that moment; what they may no longer read is left out, and a letter
// in which nothing is left is not sent. No words are kept, here or in a job.
//
// A letter is handed over by a [notify.Notifier] of its channel: as configured, or in
// a demonstration a [Tray]. It is marked before each try and after it. By mail a try
// of which nobody knows how it ended is repeated under the same Message-ID; by every
// other channel it is not: its fate is [Unknown], and only an administrator may have
// it sent again. A deferral, or a server that cannot be reached, is tried again after
// longer and longer pauses for two days. A refusal for good ends the letter, and, if
// nobody can be reached at the address, marks the mailbox.
//
// Every letter by mail has a link by which whoever receives it stops such letters, without
// signing in. It cannot be guessed, and nothing that makes it is in the database.
// The fate of every letter can be seen by those who administer the town; its words
// and its address by nobody.
//
// By every channel but mail a letter has a number, a state and a link, and no word of
// what it is about: such messages pass through many hands. What is around them are
// the town's own [Words], or the shipped ones.
//
// The package also keeps the secret address of each person's [Feed].
package letters
