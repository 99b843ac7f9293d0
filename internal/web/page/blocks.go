// SPDX-License-Identifier: Apache-2.0

package page

import (
	"html/template"
	"slices"
	"time"
)

// The building blocks. Each struct is the dot of the template of the same name
// in lower case: {{template "pill" .Pill}}. Texts are already in the reader's
// language, since they come from the domain's words as often as from ours.

// A Tone is what a colour means. A tone never stands alone: beside it is a word
// and a shape.
type Tone string

// The tones.
const (
	ToneQuiet Tone = "quiet" // nothing to do, waiting, closed long ago
	ToneCalm  Tone = "calm"  // on its way
	ToneDone  Tone = "done"  // done, in order
	ToneSoon  Tone = "soon"  // due soon
	ToneLate  Tone = "late"  // late, wrong, irreversible
)

func (t Tone) known() Tone {
	switch t {
	case ToneCalm, ToneDone, ToneSoon, ToneLate:
		return t
	}
	return ToneQuiet
}

// shape is the icon that says the same as the colour.
func (t Tone) shape() string {
	switch t {
	case ToneCalm:
		return "arrow"
	case ToneDone:
		return "check"
	case ToneSoon:
		return "clock"
	case ToneLate:
		return "alert"
	}
	return "dot"
}

// sign is the icon of a sentence that stands by itself: an i where it only tells.
func (t Tone) sign() string {
	if t == ToneQuiet || t == ToneCalm {
		return "info"
	}
	return t.shape()
}

// A Link is a way to go, or, with Post set, something to do at once.
type Link struct {
	Href, Text, Icon string
	Post             bool // a button that POSTs to Href
	Main             bool // the one main action of the page
	Danger           bool // what it leads to cannot be undone
}

// A Head is the top of a page: title, one line of what this is, the main action.
type Head struct {
	Title  string
	Kicker string // small, above: a number, a kind
	Lead   string // one line below
	Action Link   // shown if it has a Text
	Read   bool   // offer to read the page aloud
}

// A Pill is a state: word, shape and colour.
type Pill struct {
	Text string
	Tone Tone
	Icon string // "" takes the tone's own shape
}

// A Light is the share of its time that a thing has used.
type Light struct {
	Used int // per cent; more than 100 is late
	Tone Tone
}

// LightFor returns the light of something begun at from and due at due: quiet
// until three quarters of the time are gone, then soon, then late. A zero due
// has no light.
func LightFor(now, from, due time.Time) Light {
	if due.IsZero() || !due.After(from) {
		return Light{Used: -1}
	}
	used := int(100 * now.Sub(from) / due.Sub(from))
	switch {
	case used >= 100:
		return Light{Used: max(used, 101), Tone: ToneLate}
	case used >= 75:
		return Light{Used: used, Tone: ToneSoon}
	}
	return Light{Used: max(used, 0), Tone: ToneDone}
}

// A Row is one line of a list: what, where, whose turn, how long left. The whole
// row is the link. See [Rows], which is how long lists are written.
type Row struct {
	Href   string // "": it leads nowhere, and is no link
	Title  string
	Number string   // shown small: QL-2026-004217
	Meta   []string // place, category, when
	Turn   string   // whose turn
	Yours  bool     // it is the reader's
	Pill   Pill
	Light  Light     // Used < 0 or zero Tone: none
	Left   string    // 还剩 2 个工作日
	Due    time.Time // for the title of Left
	Select string    // value of the box for the bulk bar; "" has no box
	Photo  string    // address of a thumbnail
	Unread bool
	Tags   []string // 吹哨, 重复 …
}

// A Section is a list of its own under a heading, and the way to the whole of it.
type Section struct {
	Title string
	Rows  []Row
	More  Link
}

// An Event is one entry of a timeline.
type Event struct {
	At       time.Time
	Who      string // 赵调度（调度中心）
	What     string // 派给了城管执法队
	Note     string // in their own words, several lines
	Tone     Tone
	Icon     string
	Internal bool // not for the public: tinted, with a lock
	Files    []File
}

// A File is a photo, a recording or a document beside a text.
type File struct {
	Href, Name, Thumb string
	Size              string
	Sound             bool
}

// A Timeline is the story of a record, as the reader may see it.
type Timeline struct {
	Now    time.Time
	Events []Event
}

// A Turn is the banner atop a record: who must do what by when; if it is the
// reader, the buttons.
type Turn struct {
	Who     string // "" when nobody has to act any more
	What    string // 请派给承办单位
	Yours   bool
	Left    string // 还剩 1 小时 40 分
	Due     time.Time
	Tone    Tone
	Light   Light
	Why     Link // how the time was counted, if it has a Text
	Buttons []Button
}

// A Button submits a form: POST to Action, with Name=Value if Name is set.
type Button struct {
	Text, Action, Name, Value, Icon string
	Main, Danger                    bool
	Key                             string // one letter, at desks
	Link                            bool   // a GET: opens the page where it is done
}

// A Fact is a line of a facts table.
type Fact struct {
	Label   string
	Value   string
	Lines   []string // further values
	Href    string
	Private bool // has a lock; masked unless revealed
	HTML    template.HTML
}

// A Step is one of a stepper's; State is "done", "now" or "".
type Step struct{ Text, Href, State string }

// A Stepper shows where in several pages the reader is.
type Stepper struct{ Steps []Step }

// At is the number of the present step, from 1.
func (s Stepper) At() int {
	for i, st := range s.Steps {
		if st.State == "now" {
			return i + 1
		}
	}
	return len(s.Steps)
}

// Now is the present step's name.
func (s Stepper) Now() string {
	if n := s.At(); n > 0 && n <= len(s.Steps) {
		return s.Steps[n-1].Text
	}
	return ""
}

// StepsAt builds a stepper: those before now are done.
func StepsAt(now int, texts ...string) Stepper {
	var s Stepper
	for i, t := range texts {
		st := Step{Text: t}
		switch {
		case i+1 < now:
			st.State = "done"
		case i+1 == now:
			st.State = "now"
		}
		s.Steps = append(s.Steps, st)
	}
	return s
}

// A Chip is a filter in force, with the address of the same list without it.
type Chip struct{ Text, Without string }

// A Filter is a bar whose state is the address: a GET form.
type Filter struct {
	Action string // path of the list
	Search Field  // zero Name: no search
	Fields []Field
	More   []Field // the rarer ones, folded until one of them is filled in
	Hidden []Hidden
	Chips  []Chip
	Reset  string // address without any filter; "" while there is none
	Count  string // 128 件
}

// Unfolded reports whether one of the rarer fields is filled in or wrong.
func (f Filter) Unfolded() bool {
	return slices.ContainsFunc(f.More, func(d Field) bool { return d.Value != "" || d.Fault() != "" })
}

// A Hidden is a value that a form carries along.
type Hidden struct{ Name, Value string }

// A Bulk is the bar that appears when rows are selected. The rows' boxes belong
// to the form Form, by the attribute form; they are named "id".
type Bulk struct {
	Form    string // its id; "" is "bulk"
	Action  string
	Fields  []Field // choices that a button needs
	Buttons []Button
	Hidden  []Hidden
}

// An Empty is what a list shows when there is nothing in it.
type Empty struct {
	Icon, Title, Text string
	Action            Link
}

// A Confirm asks before something that cannot be undone.
type Confirm struct {
	Title, Text string
	Points      []string // what will happen
	Action      string
	Hidden      []Hidden
	Yes, No     string
	Back        string // address of No
	Danger      bool
	Field       Field // a reason, if one must be given; zero Name: none
}

// A Pager leads to newer and older entries; "" where there are none.
type Pager struct{ Newer, Older, Count string }

// A Tab is one view of the same thing.
type Tab struct {
	Text, Href string
	Count      int // below 0 shows none
	Current    bool
}

// A Door is one of the four on the home page.
type Door struct {
	Href, Icon, Title, Sub string
	Soon                   bool // not open yet; says so
}

// A Note is a box of information.
type Note struct {
	Text string
	Tone Tone
	Link Link
}

// A Slip is printed on A6 and handed over at the counter.
type Slip struct {
	Town, Number, Code, Title string
	QR                        template.HTML // an svg, already made safe
	Facts                     []Fact
	Phone, Address            string // how to ask
}
