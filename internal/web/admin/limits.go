// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"strings"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/when"
)

// askLimit asks for a limit, written as people write it: 5个工作日.
func (s *sheet) askLimit(name, key string, l when.Limit) {
	value := ""
	if l.N > 0 {
		value = s.T("when.write."+string(l.Unit), l.N)
	}
	field := s.field(name, key)
	if !strings.HasPrefix(name, "urgent_") {
		field = field.Need()
	}
	s.ask("text", field.Max(40).Example(s.T("when.write.work_days", 5)).From(value))
}

// askLimits asks for the limit of every stage; suffix tells the questions of what
// is urgent from the others.
func (s *sheet) askLimits(prefix, suffix string, l matters.StageLimits) {
	for _, stage := range matters.Stages() {
		s.askLimit(prefix+string(stage), "admin.limit."+string(stage)+suffix, l.Of(stage))
	}
}

// readLimits reads the limits of every stage; what is left empty is none.
func readLimits(f *form.Form, prefix string) (l matters.StageLimits) {
	for _, stage := range matters.Stages() {
		l.Set(stage, readLimit(f, prefix+string(stage)))
	}
	return l
}

func readLimit(f *form.Form, name string) when.Limit {
	text := f.Line(name, 60)
	if text == "" {
		return when.Limit{}
	}
	l, err := when.Parse(text)
	for _, e := range errs.Public(err) {
		f.Fault(name, e.Key, e.Args...)
	}
	return l
}
