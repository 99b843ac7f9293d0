// SPDX-License-Identifier: Apache-2.0

// Package search finds records by their words, Chinese and others, in the same
// way on both engines.
//
// Text is folded first ([Fold]): compatibility forms and full-width letters to
// plain ones, capitals to small ones, all that is neither letter nor number to a
// space. A query is taken apart at its spaces; every part must be found, and a
// part is found
//
//   - where its words, set apart by punctuation, each stand in the title, the
//     body or an exact string: Chinese anywhere, letters and digits in an exact
//     string as a whole word, elsewhere from the beginning of a word on ("50"
//     finds 501 but not 350); or
//   - where it is how one of the exact strings begins, punctuation left aside:
//     QL-2026-00 and ql202600 find QL-2026-0042.
//
// For this the index holds terms that the program makes: of Chinese every pair of
// neighbours, of words every beginning, of exact strings every second beginning,
// and of tags the whole.
// A query is an intersection of terms, so that limits of
// place, visibility and state are part of the find and not a sieve behind it,
// and it is walked from the newest record back. Pairs alone would also find
// 路灯 and 灯光 for 路灯光; so each candidate is verified on its folded text. This
// was chosen over the positions that the engines could keep: measured on 200,000
// records the index takes 660 bytes a record instead of 935 and a phrase is found
// no slower, both engines answer alike, and the text is read anyhow, since ranking
// is one pure function in Go over the newest hits and not a look at all.
//
// The index follows the records in batches, outside their commit. [Index.Put] is
// idempotent: a batch put again changes nothing, so a follower that keeps its
// mark in the same transaction can stop anywhere.
package search
