// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

// What is said about somebody who is served at home, and in the story of a booking or a
// home visit, is sealed: it may tell of an illness, and whose it is can be found. The
// digests of the trail are over the sealed bytes, so that the check needs no key.
var (
	visitNeed    = seal.Column{Table: "home_visit", Name: "need_sealed"}
	visitPapers  = seal.Column{Table: "home_visit", Name: "papers_sealed"}
	visitConsent = seal.Column{Table: "home_visit", Name: "consent_sealed"}
	visitResult  = seal.Column{Table: "home_visit", Name: "result_sealed"}
	stepWords    = seal.Column{Table: "desk_step", Name: "words_sealed"}
)

// sealed are words as the row keeps them; nil if there are none.
func (s *Service) sealed(c seal.Column, row id.ID, words string) ([]byte, error) {
	return s.Seal.Seal(c, row, seal.NewText(words))
}

// openVisit opens what is said in a home visit for who sees it: the consent for those
// inside alone.
func (s *Service) openVisit(x *SeenVisit) error {
	for _, f := range []struct {
		to    *string
		c     seal.Column
		bytes []byte
		shut  bool
	}{
		{&x.Need, visitNeed, x.need, false},
		{&x.Papers, visitPapers, x.papers, false},
		{&x.Consent, visitConsent, x.consent, !x.Inside},
		{&x.Result, visitResult, x.result, false},
	} {
		if f.shut {
			continue
		}
		text, err := s.Seal.Open(f.c, x.HomeVisit.ID, f.bytes)
		if err != nil {
			return err
		}
		*f.to = text.Plain()
	}
	return nil
}

// openStory is the story of a record, with the words of those lines that the reader may
// read.
func (s *Service) openStory(tx *sqldb.Tx, record id.ID, may func(Step) bool) ([]Step, error) {
	ps, err := listSteps(tx, record)
	if err != nil {
		return nil, err
	}
	for n := range ps {
		p := &ps[n]
		if !may(*p) {
			continue
		}
		text, err := s.Seal.Open(stepWords, p.ID, p.words)
		if err != nil {
			return nil, err
		}
		p.Words = text.Plain()
	}
	return ps, nil
}
