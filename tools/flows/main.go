// SPDX-License-Identifier: Apache-2.0

// Flows draws the life of every kind of record, from the tables of moves in the
// domains, into docs/flows. make gen runs it; a law in internal/arch notices
// drawings that are no longer true.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/field"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/domain/questions"
	"yuanba/internal/domain/volunteers"
	"yuanba/internal/kit/flow"
)

//go:generate go run .

func main() {
	dir := filepath.Join("..", "..", "docs", "flows") // go generate runs in this folder
	if err := os.MkdirAll(dir, 0o755); err != nil {
		fail(err)
	}
	for name, text := range map[string]string{
		affairs.MemberFlow.Name():        draw(affairs.MemberFlow, "internal/domain/affairs/membership.go"),
		affairs.MissiveFlow.Name():       draw(affairs.MissiveFlow, "internal/domain/affairs/missive.go"),
		affairs.NoticeFlow.Name():        draw(affairs.NoticeFlow, "internal/domain/affairs/notice.go"),
		affairs.RemarkFlow.Name():        draw(affairs.RemarkFlow, "internal/domain/affairs/remark.go"),
		desk.BookingFlow.Name():          draw(desk.BookingFlow, "internal/domain/desk/bookingflow.go"),
		desk.VisitFlow.Name():            draw(desk.VisitFlow, "internal/domain/desk/visitflow.go"),
		field.Flow.Name():                draw(field.Flow, "internal/domain/field/flow.go"),
		matters.Flow.Name():              draw(matters.Flow, "internal/domain/matters/flow.go"),
		patrol.AppealFlow.Name():         draw(patrol.AppealFlow, "internal/domain/patrol/appeal.go"),
		patrol.Flow.Name():               draw(patrol.Flow, "internal/domain/patrol/flow.go"),
		questions.Flow.Name():            draw(questions.Flow, "internal/domain/questions/flow.go"),
		volunteers.Flow.Name():           draw(volunteers.Flow, "internal/domain/volunteers/flow.go"),
		volunteers.HoursFlow.Name():      draw(volunteers.HoursFlow, "internal/domain/volunteers/flow.go"),
		volunteers.OfferFlow.Name():      draw(volunteers.OfferFlow, "internal/domain/volunteers/flow.go"),
		volunteers.RedemptionFlow.Name(): draw(volunteers.RedemptionFlow, "internal/domain/volunteers/flow.go"),
		volunteers.SignUpFlow.Name():     draw(volunteers.SignUpFlow, "internal/domain/volunteers/flow.go"),
		volunteers.TaskFlow.Name():       draw(volunteers.TaskFlow, "internal/domain/volunteers/flow.go"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name+".md"), []byte(text), 0o644); err != nil {
			fail(err)
		}
	}
}

// draw returns a page with the diagram of a table, and the table itself for those
// who would rather read.
func draw[S, A ~string](t *flow.Table[S, A], source string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# The life of a %s\n\nDrawn by `make gen` from [%s](../../%s). Whatever is not listed here cannot happen.\n\n", t.Name(), source, source)
	fmt.Fprintf(&b, "```mermaid\n%s```\n\n", t.Mermaid())
	fmt.Fprintf(&b, "| in state | act | leads to | who may |\n|---|---|---|---|\n")
	for _, m := range t.Moves() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", m.From, m.Act, m.To, m.Need)
	}
	return b.String()
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "flows:", err)
	os.Exit(1)
}
