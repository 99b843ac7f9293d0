// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
)

// in names a field of the i-th question.
func in(i int, name string) string { return "q" + strconv.Itoa(i) + "_" + name }

// askQuestions offers a row for each question, and some for further ones.
func askQuestions(s *sheet, k matters.Category) {
	rows := min(len(k.Questions)+spare, maxQuestions)
	for rows < maxQuestions && s.Form.Get(in(rows+1, "key")) != "" {
		rows++
	}
	types := options(questionTypes, func(x string) string { return s.T("admin.question.type." + x) })
	for i := 1; i <= rows; i++ {
		var q matters.Question
		if i <= len(k.Questions) {
			q = k.Questions[i-1]
		}
		s.heading(s.T("admin.question", i))
		s.ask("text", s.field(in(i, "key"), "admin.question.key").Max(30).From(q.Key))
		s.ask("select", s.field(in(i, "type"), "admin.question.type").Of(types).From(q.Type))
		s.ask("text", s.field(in(i, "zh"), "admin.question.zh").Max(80).From(q.Label.ZH))
		s.ask("text", s.field(in(i, "en"), "admin.question.en").Max(160).From(q.Label.EN))
		s.box(in(i, "required"), "admin.question.required", q.Required)
		s.ask("text", s.field(in(i, "min"), "admin.question.min").As("number").From(some(q.Min)))
		s.ask("text", s.field(in(i, "max"), "admin.question.max").As("number").From(some(q.Max)))
		s.ask("area", s.field(in(i, "choices"), "admin.question.choices").Rows(3).Max(2000).From(choiceLines(q.Choices)))
	}
}

// some writes a number unless it is nothing.
func some(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// choiceLines writes choices as they are typed: value | Chinese | English.
func choiceLines(cs []matters.Choice) string {
	lines := make([]string, len(cs))
	for i, c := range cs {
		lines[i] = c.Value + " | " + c.Label.ZH + " | " + c.Label.EN
	}
	return strings.Join(lines, "\n")
}

var keyForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,29}$`)

// readQuestions reads the rows whose key was filled in, and says what is wrong
// with each beside it.
func readQuestions(f *form.Form) []matters.Question {
	qs := []matters.Question{}
	for i := 1; i <= maxQuestions; i++ {
		q := matters.Question{Key: f.Line(in(i, "key"), 30), Type: f.Choice(in(i, "type"), questionTypes...), Label: words(f, in(i, "zh"), in(i, "en"), 160),
			Required: f.Bool(in(i, "required")), Choices: []matters.Choice{}, Min: f.Int(in(i, "min"), -1_000_000_000, 1_000_000_000), Max: f.Int(in(i, "max"), -1_000_000_000, 1_000_000_000)}
		lines := f.Text(in(i, "choices"), 2000)
		if q.Key == "" && q.Label.ZH == "" {
			continue
		}
		switch {
		case !keyForm.MatchString(q.Key):
			f.Fault(in(i, "key"), "admin.question.key.form")
		case slices.ContainsFunc(qs, func(x matters.Question) bool { return x.Key == q.Key }):
			f.Fault(in(i, "key"), "admin.question.key.twice", q.Key)
		}
		if q.Type == "" && f.At(in(i, "type")) == nil {
			f.Fault(in(i, "type"), "form.choice")
		}
		if q.Label.ZH == "" && f.At(in(i, "zh")) == nil {
			f.Fault(in(i, "zh"), "admin.question.empty")
		}
		if q.Label.EN == "" && f.At(in(i, "en")) == nil {
			f.Fault(in(i, "en"), "admin.question.empty")
		}
		if q.Max != 0 && q.Max < q.Min {
			f.Fault(in(i, "max"), "admin.question.max.small")
		}
		if q.Type == "choice" {
			q.Choices = readChoices(f, in(i, "choices"), lines)
		}
		qs = append(qs, q)
	}
	return qs
}

func readChoices(f *form.Form, field, lines string) []matters.Choice {
	var cs []matters.Choice
	for line := range strings.SplitSeq(lines, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		ps := strings.Split(line, "|")
		for i := range ps {
			ps[i] = strings.TrimSpace(ps[i])
		}
		if len(ps) != 3 || !keyForm.MatchString(ps[0]) || ps[1] == "" || ps[2] == "" ||
			slices.ContainsFunc(cs, func(c matters.Choice) bool { return c.Value == ps[0] }) {
			f.Fault(field, "admin.question.choices.form", line)
			return nil
		}
		cs = append(cs, matters.Choice{Value: ps[0], Label: i18n.Text{ZH: ps[1], EN: ps[2]}})
	}
	if len(cs) < 2 {
		f.Fault(field, "admin.question.choices.few")
	}
	return cs
}

// askStopper asks for what sends people to another door.
func askStopper(s *sheet, p *matters.Stopper) {
	if p == nil {
		p = &matters.Stopper{}
	}
	question, is := "", ""
	if p.When != nil {
		question, is = p.When.Question, p.When.Is
	}
	s.heading(s.T("admin.stopper"))
	s.ask("text", s.field("stop_question", "admin.stopper.question").Max(30).From(question))
	s.ask("text", s.field("stop_is", "admin.stopper.is").Max(30).From(is))
	s.ask("area", s.field("stop_zh", "admin.stopper.zh").Rows(2).Max(300).From(p.Text.ZH))
	s.ask("area", s.field("stop_en", "admin.stopper.en").Rows(2).Max(600).From(p.Text.EN))
	s.ask("text", s.field("stop_phone", "admin.stopper.phone").As("tel").Auto("off").Max(30).From(p.Phone))
}

// readStopper reads the stopper; nil if nothing was said of one.
func readStopper(f *form.Form, qs []matters.Question) *matters.Stopper {
	p := &matters.Stopper{Text: i18n.Text{ZH: f.Text("stop_zh", 300), EN: f.Text("stop_en", 600)}, Phone: f.Line("stop_phone", 30)}
	question, is := f.Line("stop_question", 30), f.Line("stop_is", 30)
	if p.Text == (i18n.Text{}) && p.Phone == "" && question == "" && is == "" {
		return nil
	}
	for field, text := range map[string]string{"stop_zh": p.Text.ZH, "stop_en": p.Text.EN} {
		if text == "" && f.At(field) == nil {
			f.Fault(field, "admin.question.empty")
		}
	}
	if question == "" && is == "" {
		return p
	}
	at := slices.IndexFunc(qs, func(q matters.Question) bool { return q.Key == question })
	switch {
	case at < 0:
		f.Fault("stop_question", "admin.stopper.question.none")
	case qs[at].Type == "yesno" && is != "yes" && is != "no",
		qs[at].Type == "choice" && !slices.ContainsFunc(qs[at].Choices, func(c matters.Choice) bool { return c.Value == is }):
		f.Fault("stop_is", "admin.stopper.is.none")
	case qs[at].Type != "yesno" && qs[at].Type != "choice":
		f.Fault("stop_question", "admin.stopper.question.none")
	}
	p.When = &struct {
		Question string `json:"question"`
		Is       string `json:"is"`
	}{question, is}
	return p
}
