// SPDX-License-Identifier: Apache-2.0

// Package retrieve finds, among many answers, those that are nearest to a question
// asked in plain words: Chinese by every two letters that stand together and every
// letter, other scripts by words. It has no dictionary, no model from elsewhere and
// no state: an [Index] is made of [Text]s and is the same for the same texts in the
// same order.
//
// # How near a text is
//
// What is added up, for a question q and a text d:
//
//   - the words of q in the body of d, in the manner of BM25: what few texts have
//     weighs more, what a long text has weighs less. Letters by themselves count half
//     of pairs, so that 医保报销 still finds 报销医药费. A word of q also weighs less if
//     many titles have it (咨询, 问题, 请问): it says that something is asked, not what;
//   - the words of q in what d was asked, the title counted twice ([Whole] only);
//   - the bridge: the words of q in what the bodies most like d were asked. People ask
//     in their own words and offices answer in theirs; the pairs that are known carry
//     from one to the other, where d itself shares no word with q;
//   - less a part of how near d is to the titles that it is nearest to, each but its own.
//     There are bodies that are a little like everything, and stood before better ones.
//
// The figures that weigh these are [Weights]; those that towns use, [Chosen], were found
// on one collection of 2,816 questions and replies (docs/questions.md says how it was
// measured, also on halves of it that the choice never saw, and what each brings).
package retrieve
