// SPDX-License-Identifier: Apache-2.0

package questions

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"yuanba/internal/kit/cluster"
)

// A Wording puts a text into words as a task says: a service outside, if the town has
// set one up ([chat.Service]).
type Wording interface {
	Complete(ctx context.Context, task, text string) (string, error)
}

// A Worded is an answer that a machine put into words from published passages, and from
// nothing else as far as can be checked. It is shown labelled, beside its passages.
type Worded struct {
	Text  string
	Cites []Answer // in the order of their numbers in the text
}

// Words reports whether a service is set up that words answers.
func (s *Service) Words() bool { return s.Word != nil }

// passagesMost is from how many answers an answer is worded.
const passagesMost = 4

// task is what the service is told. It is in Chinese as the passages are; the check
// does not rely on its being kept.
const task = `你是政府便民窗口的整理员。只根据下面编了号的原文回答居民的问题，不得添加原文里没有的内容，不得推测。每句话后面用 [编号] 标明出自哪一条。原文没有答案，只回答“原文没有”。用平常话，不超过一百五十个字。`

// Worded puts an answer into words from hits that hold. It returns nil if nobody words,
// if what came back cites no passage, or says what is not in those it cites, or did not
// come in time: then the hits stand for themselves.
func (s *Service) Worded(ctx context.Context, question string, hits []Hit) *Worded {
	if s.Word == nil {
		return nil
	}
	var as []Answer
	var text strings.Builder
	now := s.DB.Now()
	for _, h := range hits {
		if h.Answer.Holds(now) && len(as) < passagesMost {
			as = append(as, h.Answer)
			fmt.Fprintf(&text, "[%d] %s\n%s\n%s\n\n", len(as), h.Answer.Title, h.Answer.DocNumber, clip(h.Answer.Body, passage))
		}
	}
	if len(as) == 0 {
		return nil
	}
	said, err := s.Word.Complete(ctx, task, text.String()+"居民的问题："+question)
	if err != nil {
		s.Log.Warn("no answer was worded", "err", err)
		return nil
	}
	passages := make([]string, len(as))
	for i, a := range as {
		passages[i] = a.Title + "\n" + a.DocNumber + "\n" + a.Source + "\n" + clip(a.Body, passage)
	}
	cites, fault := Sound(said, passages)
	if fault != "" {
		s.Log.Info("a worded answer is not shown", "fault", fault)
		return nil
	}
	w := &Worded{Text: said}
	for i, a := range as {
		if slices.Contains(cites, i+1) {
			w.Cites = append(w.Cites, a)
		} else {
			w.Cites = append(w.Cites, Answer{})
		}
	}
	return w
}

func clip(s string, most int) string {
	if rs := []rune(s); len(rs) > most {
		return string(rs[:most])
	}
	return s
}

var (
	citation = regexp.MustCompile(`\[(\d{1,2})\]`)
	// what must stand in a passage as it does in the answer
	exact = []*regexp.Regexp{
		regexp.MustCompile(`\p{Han}{2}〔\d{4}〕\d+号`), regexp.MustCompile(`《[^》]+》`), regexp.MustCompile(`\d+(?:[.,:/-]\d+)*%?`),
		regexp.MustCompile(`[零一二三四五六七八九十百千万两]+(?:元|周岁|岁|个工作日|工作日|天|日|个月|月|年|小时|平方米|度|吨|亩|倍|成|户|人)`),
	}
	office = regexp.MustCompile(`\p{Han}{2}(?:局|委员会|派出所|办事处|中心|司法所|银行|公司|医院|学校|法院|协会)`)
	name   = regexp.MustCompile(`[A-Z][A-Za-z]+`)
)

// inPassages is how much of the pairs of letters of what was worded must stand in the
// passages that it cites.
const inPassages = 0.6

// Sound reads what a service worded from numbered passages, and returns which it cites;
// or a fault, in the operator's words, if it may not be shown: it cites none, one that
// there is not, or it says a number, a document, an office or a name that is not in
// those it cites, or much else that is not.
func Sound(said string, passages []string) (cites []int, fault string) {
	for _, m := range citation.FindAllStringSubmatch(said, -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil || n < 1 || n > len(passages) {
			return nil, "it cites a passage that there is not"
		}
		if !slices.Contains(cites, n) {
			cites = append(cites, n)
		}
	}
	if len(cites) == 0 {
		return nil, "it cites nothing"
	}
	var cited strings.Builder
	for _, n := range cites {
		cited.WriteString(passages[n-1] + "\n")
	}
	text, from := citation.ReplaceAllString(said, " "), cited.String()
	for _, x := range slices.Concat(exact, []*regexp.Regexp{office, name}) {
		for _, w := range x.FindAllString(text, -1) {
			if !strings.Contains(from, w) {
				return nil, "it says what is in none of the passages it cites"
			}
		}
	}
	has, all, in := map[cluster.Gram]bool{}, 0, 0
	cluster.Grams(from, func(g cluster.Gram, letters int) {
		if letters == 2 {
			has[g] = true
		}
	})
	cluster.Grams(text, func(g cluster.Gram, letters int) {
		if letters == 2 {
			if all++; has[g] {
				in++
			}
		}
	})
	if all == 0 || float64(in) < inPassages*float64(all) {
		return nil, "most of it is in none of the passages it cites"
	}
	return cites, ""
}
