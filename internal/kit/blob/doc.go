// SPDX-License-Identifier: Apache-2.0

// Package blob keeps the photos, sound and PDF files that people hand in.
//
// What a file is, is decided by its bytes and by nothing else: a name or a
// declared type is not even asked for. Before a file is kept, everything that
// says who made it, where and with what is taken out (see the clean… function of
// each type), so that what is stored is what may be shown:
//
//   - photos (JPEG, PNG, WebP): EXIF, GPS, XMP, colour profiles, comments and
//     whatever is hung on behind the picture are dropped; how the phone was held
//     is kept. A GIF is kept as a still PNG. Two small JPEG copies are made once.
//   - sound (m4a, mp3, ogg, webm, amr, wav): titles, places, covers and times
//     are dropped or blanked; a file with moving pictures is refused.
//   - PDF: refused if it holds scripts, programs to launch, other files or
//     forms that send, or if it is locked so that nobody can look. Its own
//     title and author are left as they are.
//
// A file is known by its [Hash], the SHA-256 of the cleaned bytes, in lower-case
// hexadecimal. A [Store] keeps the objects by [Name]: the hash alone for the
// file itself, hash and width for a small copy. The copies are written before
// the file, so where the file is, they are too.
//
// Nothing is served under an address that can be guessed ([Token]) or with a
// type that a browser might run ([Keeper.Serve]).
package blob
