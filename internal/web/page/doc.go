// SPDX-License-Identifier: Apache-2.0

// Package page turns Go values into web pages, and errors into apologies.
//
// # Making a page
//
// A page is a struct that embeds [Base], a file with a template "main", and one
// line that puts them together:
//
//	//go:embed *.html
//	var files embed.FS
//
//	type showPage struct {
//		page.Base
//		Turn  page.Turn
//		Facts []page.Fact
//	}
//
//	var show = page.New[showPage](files, "show.html")
//
//	func (c *Counter) show(w http.ResponseWriter, r *http.Request) error {
//		m, err := c.matters.Get(r.Context(), page.Actor(r), ...)
//		if err != nil {
//			return err // becomes the page of its kind
//		}
//		b := page.From(r)
//		b.Title = m.Title // of the window; or b = b.Titled("matter.list.title")
//		return show.Show(w, r, showPage{Base: b, Turn: turnOf(b, m), Facts: facts(b, m)})
//	}
//
//	mux.Handle("GET /matters/{id}", page.Handler(c.show))
//
// The template:
//
//	{{define "main"}}
//	{{template "head" (head .Matter.Title (t "matter.show.lead"))}}
//	{{template "turn" .Turn}}
//	{{template "facts" .Facts}}
//	{{end}}
//	{{define "aside"}}…{{end}}   optional: the right column from 1200 px on
//
// Templates are checked strictly against the struct: every field must exist, a
// define'd template is always called with the same type, "and" and "or" mix no
// types, and an argument of type "any" cannot be looked into. A named string
// type is not a string: {{t (print "matter.state." .State)}}. Message keys
// written literally must exist in zh-CN. [CheckAll] finds all such faults; the
// gallery's test calls it, and so should each counter's.
//
// # A form
//
//	func (c *Counter) create(w http.ResponseWriter, r *http.Request) error {
//		f, err := form.Read(r)
//		if err != nil {
//			return err
//		}
//		v := raisePage{Base: page.From(r).Titled("matter.raise.title")}
//		v.Form = f
//		in := matters.Raising{Title: f.Line("title", 80), Text: f.Text("text", 2000)}
//		if err := f.Err(); err != nil {
//			return raise.Fail(w, r, v, err) // 422, faults beside the fields
//		}
//		m, err := c.matters.Raise(r.Context(), page.Actor(r), in)
//		if err != nil {
//			return raise.Fail(w, r, v, err) // what is not public becomes a 500
//		}
//		return page.Done(w, r, "/matters/"+m.ID.String(), "matter.raised", m.Number)
//	}
//
//	{{template "faults" .Base}}
//	<form method="post" enctype="multipart/form-data" data-guard>
//	{{template "text"   ((input .Form "title" "matter.raise.what").Need.Max 80)}}
//	{{template "area"   ((input .Form "text" "matter.raise.more").Rows 6)}}
//	{{template "radios" ((input .Form "category" "matter.raise.category").Of .Categories)}}
//	{{template "upload" ((input .Form "photo" "matter.raise.photo").Files "image/*" 6)}}
//	<div class="acts">{{template "submit" (button (t "matter.raise.send"))}}</div>
//	</form>
//
// The label is the key, the help the key + ".help" if there is one. The kinds:
// text area select radios boxes box upload. A [Field] is shaped by Need, Max,
// Rows, As("tel"), Auto, Of(options), From(value), Files, Camera, Example,
// Quiet, First, Helped, Unit, In(form id); a chain of methods is one pair of
// brackets. data-guard asks before what was typed is left. A page that edits
// sets b.Form = form.Of("title", m.Title, …). Posts need no token: other sites'
// posts are refused by their origin.
//
// # The blocks
//
//	head      Head      (head title lead), or a struct with Kicker, Action, Read
//	link      Link      (link href text)
//	pill      Pill      (pill tone text)
//	light     Light     LightFor(now, from, due)
//	rows      []Row     lists of any length; written in Go, see [Rows]
//	timeline  Timeline  what happened, who, when
//	turn      Turn      whose turn it is, and the buttons
//	button    Button    with a form of its own; "submit" inside a form: (button text)
//	facts     []Fact    (facts (fact label value) …)
//	stepper   Stepper   StepsAt(2, "what", "where", …)
//	filter    Filter    search and filters as a GET form
//	bulk      Bulk      put it before the rows; their Select is the box's value, named "id"
//	empty     Empty     what would be here and what to do
//	confirm   Confirm   only before what cannot be undone; else do it and use Undoable
//	pager     Pager     newer, older
//	tabs      []Tab     with Current
//	doors     []Door    home
//	note      Note      (note tone text)
//	files     []File
//	hidden    []Hidden
//	chart     Chart     bars with their table under a disclosure
//	table     Table
//	slip      Slip      A6, with Look: LookPrint
//
// Other functions: t in icon asset when ago left moment exact date num option
// options plus local. Tones are quiet calm done soon late. Icons are listed by
// the gallery.
//
// Classes for a page's own markup: sheet (a card), acts (buttons in a row),
// lead, help, num, tag, sr (screen readers only), noprint, figures-row and
// figure-card (a large figure with a word). A page needs no style sheet of its
// own, and cannot have inline styles or scripts: the policy forbids them. A
// script of its own is added with static.Add and named in Base.Scripts (see
// [Base.With]).
//
// # Around the pages
//
// [Site.Wrap] is the one thing that the server puts around its routes; what a
// route may want for itself is [Long], [AllowBody] and [Limit]. Tests put a
// reader into a request with [As].
package page
