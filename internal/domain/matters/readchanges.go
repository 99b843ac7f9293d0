// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"slices"
	"strings"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/when"
)

// stageNames are the stages as people write them.
var stageNames = map[string]Stage{
	"accept": StageAccept, "受理": StageAccept, "dispatch": StageDispatch, "派遣": StageDispatch, "分派": StageDispatch,
	"handle": StageHandle, "办理": StageHandle, "处置": StageHandle, "verify": StageVerify, "核查": StageVerify,
}

// ReadChanges reads other limits as people write them, one a line: category, stage,
// limit, and "urgent" if it is only for that. A category is named by its code or its
// name, what is not yet classified by "usual". Empty lines, those that begin with #,
// and a heading are left out. It is Invalid, beside changes, with the line.
func (s *Service) ReadChanges(text string) (cs []LimitChange, err error) {
	for i, line := range strings.Split(text, "\n") {
		fields := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(",，;；\t", r) })
		for j := range fields {
			fields[j] = strings.Trim(strings.TrimSpace(fields[j]), `"`)
		}
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") || i == 0 && slices.Contains([]string{"category", "类别"}, fields[0]) {
			continue
		}
		if len(fields) < 3 || len(fields) > 4 {
			return nil, errs.At("changes", "limits.line", i+1)
		}
		c := LimitChange{}
		var known bool
		if c.Category, known = s.categoryNamed(fields[0]); !known {
			return nil, errs.At("changes", "limits.category", i+1)
		}
		if c.Stage, known = stageNames[strings.ToLower(fields[1])]; !known {
			return nil, errs.At("changes", "limits.stage", i+1)
		}
		if c.Limit, err = when.Parse(fields[2]); err != nil {
			return nil, errs.At("changes", "limits.limit", i+1)
		}
		if len(fields) == 4 {
			if c.Urgent = fields[3] == "紧急" || strings.EqualFold(fields[3], "urgent"); !c.Urgent {
				return nil, errs.At("changes", "limits.line", i+1)
			}
		}
		if len(cs) == MaxChanges {
			return nil, errs.At("changes", "limits.many", MaxChanges)
		}
		cs = append(cs, c)
	}
	return cs, s.check(cs)
}

// categoryNamed is the category with a code or a name; "" is what is not yet classified.
func (s *Service) categoryNamed(name string) (code string, ok bool) {
	if name == usualCode || name == i18n.T(i18n.ZH, "limits.usual") || strings.EqualFold(name, i18n.T(i18n.EN, "limits.usual")) {
		return "", true
	}
	for _, k := range s.Catalogue().Categories {
		if k.Code == name || k.Name.ZH == name || strings.EqualFold(k.Name.EN, name) {
			return k.Code, true
		}
	}
	return "", false
}
