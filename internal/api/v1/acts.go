// SPDX-License-Identifier: Apache-2.0

package v1

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// Plain is what an act takes that takes nothing.
type Plain struct{}

// Words is what somebody says with an act.
type Words struct {
	Words string `json:"words,omitempty" maxLength:"3000" doc:"The reason, question, answer or note."`
}

// WordsFiles is what somebody says with an act, and shows.
type WordsFiles struct {
	Words string   `json:"words,omitempty" maxLength:"3000" doc:"What is said, or what was done."`
	Files []string `json:"files,omitempty" nullable:"false" maxItems:"9" doc:"The ids that POST /files gave."`
}

// Classify is what the acceptor settles.
type Classify struct {
	Category string            `json:"category" doc:"The code of a category."`
	Answers  map[string]string `json:"answers,omitempty" doc:"To its questions; those given before stay if left out."`
	Urgent   bool              `json:"urgent,omitempty"`
	Title    string            `json:"title,omitempty" maxLength:"60" doc:"A clearer title."`
	Place    string            `json:"place,omitempty" doc:"The code or id of the right place."`
	Words    string            `json:"words,omitempty" maxLength:"3000" doc:"A note for the dispatcher."`
}

// Correct says where a matter belongs that the program sorted.
type Correct struct {
	Category string `json:"category" doc:"The code of a category."`
	Words    string `json:"words,omitempty" maxLength:"3000" doc:"Why, which everybody reads."`
}

// Dispatch says to whom a matter goes.
type Dispatch struct {
	Lead   string   `json:"lead" doc:"The id of the unit that handles it."`
	Assist []string `json:"assist,omitempty" nullable:"false" maxItems:"20" doc:"The ids of the units that help."`
	Words  string   `json:"words,omitempty" maxLength:"3000" doc:"A note for the unit."`
}

// Decide names the unit of a matter that is disputed.
type Decide struct {
	Lead  string `json:"lead" doc:"The id of the unit that handles it and cannot return it."`
	Words string `json:"words" maxLength:"3000" doc:"The reason, for the units."`
}

// Until sets a day.
type Until struct {
	Until Day    `json:"until" format:"date" doc:"The last day, by the town's calendar."`
	Words string `json:"words,omitempty" maxLength:"3000" doc:"The reason, which everybody reads."`
}

// More asks for more time.
type More struct {
	Limit string `json:"limit" example:"3 working days" doc:"How much more: 3 working days, 4 working hours, 2 hours, 10 days."`
	Words string `json:"words,omitempty" maxLength:"3000" doc:"The reason, which everybody reads."`
}

// Verify is what the verifier found.
type Verify struct {
	Met   bool     `json:"met" doc:"The closing condition of the category is met."`
	Words string   `json:"words,omitempty" maxLength:"3000"`
	Files []string `json:"files,omitempty" nullable:"false" maxItems:"9" doc:"The ids that POST /files gave."`
}

// Rate is what the reporter says at the end.
type Rate struct {
	Solved    string `json:"solved" enum:"yes,partly,no"`
	Satisfied int    `json:"satisfied,omitempty" minimum:"1" maximum:"5" doc:"Left out if they would rather not say."`
	Words     string `json:"words,omitempty" maxLength:"3000"`
}

// Join names the matter that another is to follow.
type Join struct {
	To    string `json:"to" doc:"The number of the matter to follow."`
	Words string `json:"words,omitempty" maxLength:"3000" doc:"The reason, which everybody reads."`
}

// Split takes a matter apart.
type Split struct {
	Parts []Part `json:"parts" nullable:"false" minItems:"1" maxItems:"5"`
}

// A Part is one of the matters into which another is split.
type Part struct {
	Title string `json:"title,omitempty" maxLength:"60"`
	Body  string `json:"body" minLength:"2" maxLength:"5000"`
}

// Whistle calls units to a matter.
type Whistle struct {
	Units []string `json:"units" nullable:"false" minItems:"1" maxItems:"20" doc:"The ids of the units."`
	Hours int      `json:"hours" minimum:"1" maximum:"168" doc:"Within how many hours they are to respond."`
	Words string   `json:"words,omitempty" maxLength:"3000"`
}

// ForUnit is what one of several units says.
type ForUnit struct {
	Unit  string   `json:"unit" doc:"The id of the unit that was asked."`
	Words string   `json:"words,omitempty" maxLength:"3000"`
	Files []string `json:"files,omitempty" nullable:"false" maxItems:"9" doc:"The ids that POST /files gave."`
}

// act makes the operation of an act on a matter. The matter is answered as it is
// afterwards; who sends If-Match has it done to that version of it alone.
func act[In any](a matters.Act, do func(c *call, ctx context.Context, m matters.Matter, in In) error) Operation {
	o := Operation{ID: "act_" + string(a), Path: "/matters/{number}/acts/" + string(a), Tag: "acts", Scope: access.APIAct,
		Errors: []int{http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed}, etag: true, match: true}
	return writes(o, func(c *call, in In) (*Matter, error) {
		m, ctx, err := c.toActOn()
		if err != nil {
			return nil, err
		}
		if err := do(c, ctx, m, in); err != nil {
			return nil, changed(named(err))
		}
		w, err := c.whole()
		if errs.KindOf(err) == errs.NotFound {
			return nil, nil //nolint:nilnil // it was done, and is not this caller's to see any more
		}
		if err != nil {
			return nil, err
		}
		out := c.matter(w)
		c.w.Header().Set("ETag", `"`+strconv.Itoa(out.Version)+`"`)
		return &out, nil
	})
}

// toActOn is the matter that the address names, if the key is for its place, and the
// context that holds it to the version that If-Match names.
func (c *call) toActOn() (m matters.Matter, ctx context.Context, err error) {
	version, err := c.expected()
	if err != nil {
		return m, nil, err
	}
	w, err := c.whole()
	if err != nil {
		return m, nil, err
	}
	if !c.caller.Key.In().Contains(w.Matter.Path) {
		return m, nil, errs.New(errs.Denied, "api.key.place", c.caller.Key.Name)
	}
	ctx = c.r.Context()
	if version != 0 {
		ctx = matters.Expecting(ctx, w.Matter.ID, version)
	}
	return w.Matter, ctx, nil
}

// changed gives what somebody else changed meanwhile its own status.
func changed(err error) error {
	for _, e := range errs.Public(err) {
		if e.Key == matters.Unexpected {
			return &refused{http.StatusPreconditionFailed, err}
		}
	}
	return err
}

type (
	saying  = func(s *matters.Service, ctx context.Context, by scope.Actor, d matters.ID, words string) error
	showing = func(s *matters.Service, ctx context.Context, by scope.Actor, d matters.ID, words string, files ...matters.NewFile) error
)

func worded(a matters.Act, do saying) Operation {
	return act(a, func(c *call, ctx context.Context, m matters.Matter, in Words) error {
		return do(c.s.Matters, ctx, c.by(), m.ID, in.Words)
	})
}

func shown(a matters.Act, do showing) Operation {
	return act(a, func(c *call, ctx context.Context, m matters.Matter, in WordsFiles) error {
		files, err := c.taken(in.Files)
		if err != nil {
			return err
		}
		return do(c.s.Matters, ctx, c.by(), m.ID, in.Words, files...)
	})
}

func plain(a matters.Act, do func(s *matters.Service, ctx context.Context, by scope.Actor, d matters.ID) error) Operation {
	return act(a, func(c *call, ctx context.Context, m matters.Matter, _ Plain) error {
		return do(c.s.Matters, ctx, c.by(), m.ID)
	})
}

// Support is what somebody says whom the matter concerns too.
type Support struct {
	Words  string   `json:"words,omitempty" maxLength:"3000" doc:"How it is at their place."`
	Public bool     `json:"public,omitempty" doc:"Everybody may read these words."`
	Phone  string   `json:"phone,omitempty" doc:"To tell them of the outcome."`
	From   string   `json:"from,omitempty" maxLength:"200" doc:"Who says it, for keys that act for no account: a name by chance that the program knows its user by, so that each counts once. It is not kept."`
	Files  []string `json:"files,omitempty" nullable:"false" maxItems:"9" doc:"The ids that POST /files gave."`
}

// Unsupport names the "me too" that is taken back.
type Unsupport struct {
	Which string `json:"which,omitempty" doc:"The id of the voice, which was written down at the desk; for keys that act for an account."`
	From  string `json:"from,omitempty" maxLength:"200" doc:"Whose voice it is, for keys that act for no account: the name under which it was given."`
}

// Invite asks somebody outside the town's organisation.
type Invite struct {
	Party string `json:"party" maxLength:"60" doc:"Who is asked."`
	Words string `json:"words" maxLength:"3000" doc:"The question."`
	Days  int    `json:"days" minimum:"1" maximum:"60" doc:"How many days the link is good for."`
}

// Invited is the link by which one question about one matter is answered.
type Invited struct {
	Link    string    `json:"link" format:"uri" doc:"Give it to whom you ask. It is told this once."`
	Expires time.Time `json:"expires"`
}

// Revoke names an invitation whose link is to be worthless.
type Revoke struct {
	Invitation string `json:"invitation" doc:"The id of the invitation."`
}

// Moderate changes or hides what the public reads.
type Moderate struct {
	Part   string `json:"part" doc:"title or body, which are changed; all, name, line:ID, file:ID or support:ID, which are hidden."`
	Words  string `json:"words,omitempty" maxLength:"5000" doc:"What is to stand there, of title and body."`
	Reason string `json:"reason" maxLength:"3000" doc:"The reporter and those at work read it beside the original."`
}

// Restore undoes a moderation.
type Restore struct {
	Moderation string `json:"moderation" doc:"The id of the moderation."`
	Reason     string `json:"reason" maxLength:"3000"`
}

// acts is every act that other programs may do; a test holds it against those that
// there are.
func acts() []Operation {
	return []Operation{
		plain(matters.Accept, (*matters.Service).Accept),
		worded(matters.Decline, (*matters.Service).Decline),
		worded(matters.Ask, (*matters.Service).Ask),
		shown(matters.Answer, (*matters.Service).Answer),
		shown(matters.Add, (*matters.Service).Add),
		act(matters.Classify, classify),
		act(matters.Dispatch, dispatch),
		act(matters.Decide, decide),
		worded(matters.SendBack, (*matters.Service).SendBack),
		act(matters.Correct, func(c *call, ctx context.Context, m matters.Matter, in Correct) error {
			return c.s.Matters.Correct(ctx, c.by(), m.ID, in.Category, in.Words)
		}),
		plain(matters.Confirm, (*matters.Service).Confirm),
		worded(matters.Take, (*matters.Service).Take),
		shown(matters.Handle, (*matters.Service).Handle),
		act(matters.AskExtension, askExtension),
		worded(matters.Extend, (*matters.Service).Extend),
		worded(matters.RefuseExtension, (*matters.Service).RefuseExtension),
		act(matters.Suspend, func(c *call, ctx context.Context, m matters.Matter, in Until) error {
			day, err := in.Until.moment("until")
			if err == nil && day.IsZero() {
				err = errs.At("until", "matter.answer.date")
			}
			if err != nil {
				return err
			}
			return c.s.Matters.Suspend(ctx, c.by(), m.ID, day, in.Words)
		}),
		worded(matters.Resume, (*matters.Service).Resume),
		act(matters.Verify, func(c *call, ctx context.Context, m matters.Matter, in Verify) error {
			files, err := c.taken(in.Files)
			if err != nil {
				return err
			}
			return c.s.Matters.Verify(ctx, c.by(), m.ID, in.Met, in.Words, files...)
		}),
		worded(matters.Close, (*matters.Service).Close),
		act(matters.Rate, func(c *call, ctx context.Context, m matters.Matter, in Rate) error {
			return c.s.Matters.Rate(ctx, c.by(), m.ID, matters.Rating{Solved: matters.Solved(in.Solved), Satisfied: in.Satisfied, Words: in.Words})
		}),
		worded(matters.AppealAct, (*matters.Service).Appeal),
		worded(matters.GrantAppeal, (*matters.Service).GrantAppeal),
		worded(matters.RefuseAppeal, (*matters.Service).RefuseAppeal),
		worded(matters.AskReview, (*matters.Service).AskReview),
		worded(matters.GrantReview, (*matters.Service).GrantReview),
		worded(matters.RefuseReview, (*matters.Service).RefuseReview),
		worded(matters.Reopen, (*matters.Service).Reopen),
		worded(matters.Withdraw, (*matters.Service).Withdraw),
		worded(matters.Settle, (*matters.Service).Settle),
		act(matters.Join, func(c *call, ctx context.Context, m matters.Matter, in Join) error {
			to, err := c.s.Matters.Get(ctx, c.by(), in.To)
			if err != nil {
				return errs.At("to", "matter.none")
			}
			return c.s.Matters.Join(ctx, c.by(), m.ID, to.Matter.ID, in.Words)
		}),
		plain(matters.Unjoin, (*matters.Service).Unjoin),
		act(matters.Split, func(c *call, ctx context.Context, m matters.Matter, in Split) error {
			parts := make([]matters.Part, len(in.Parts))
			for i, p := range in.Parts {
				parts[i] = matters.Part{Title: p.Title, Body: p.Body}
			}
			_, err := c.s.Matters.Split(ctx, c.by(), m.ID, parts)
			return err
		}),
		worded(matters.Unsplit, (*matters.Service).Unsplit),
		worded(matters.Urge, (*matters.Service).Urge),
		worded(matters.Supervise, (*matters.Service).Supervise),
		shown(matters.Note, (*matters.Service).AddNote),
		shown(matters.Inform, (*matters.Service).Inform),
		act(matters.WhistleAct, func(c *call, ctx context.Context, m matters.Matter, in Whistle) error {
			if in.Hours < 1 || in.Hours > 168 {
				return errs.At("hours", "api.query.whole", "hours", 1, 168)
			}
			units, err := c.unitsOf("units", in.Units)
			if err != nil {
				return err
			}
			return c.s.Matters.Blow(ctx, c.by(), m.ID, units, time.Duration(in.Hours)*time.Hour, in.Words)
		}),
		forUsers(act(matters.SupportAct, func(c *call, ctx context.Context, m matters.Matter, in Support) error {
			files, err := c.taken(in.Files)
			if err != nil {
				return err
			}
			return c.s.Matters.Support(ctx, c.by(), m.ID, matters.Supporting{Words: in.Words, Public: in.Public, Browser: c.user(in.From), Contact: people.ContactInput{Phone: in.Phone, Lang: c.lang}}, files...)
		})),
		forUsers(act(matters.UnsupportAct, func(c *call, ctx context.Context, m matters.Matter, in Unsupport) error {
			if in.From != "" && c.by().Kind == scope.Machine {
				return c.s.Matters.Unsupport(ctx, c.by(), m.ID, matters.Unsupporting{Browser: c.user(in.From)})
			}
			which, err := id.Parse(in.Which)
			if err != nil {
				return errs.At("which", "matter.unsupport.which")
			}
			return c.s.Matters.Unsupport(ctx, c.by(), m.ID, matters.Unsupporting{Which: which})
		})),
		inviting(),
		act(matters.Revoke, func(c *call, ctx context.Context, m matters.Matter, in Revoke) error {
			d, err := id.Parse(in.Invitation)
			if err != nil {
				return errs.At("invitation", "matter.invite.none")
			}
			return c.s.Matters.Revoke(ctx, c.by(), m.ID, d)
		}),
		act(matters.Moderate, func(c *call, ctx context.Context, m matters.Matter, in Moderate) error {
			part := in.Part
			if line, ok := strings.CutPrefix(part, "line:"); ok { // as this interface calls it
				part = "step:" + line
			}
			return c.s.Matters.Moderate(ctx, c.by(), m.ID, matters.Moderating{Part: part, Words: in.Words, Reason: in.Reason})
		}),
		act(matters.Restore, func(c *call, ctx context.Context, m matters.Matter, in Restore) error {
			d, err := id.Parse(in.Moderation)
			if err != nil {
				return errs.At("moderation", "matter.moderate.none")
			}
			return c.s.Matters.Restore(ctx, c.by(), m.ID, d, in.Reason)
		}),
		plain(matters.ShowName, (*matters.Service).ShowName),
		plain(matters.HideName, (*matters.Service).HideName),
		act(matters.Respond, func(c *call, ctx context.Context, m matters.Matter, in ForUnit) error {
			unit, err := c.unitsOf("unit", []string{in.Unit})
			if err != nil {
				return err
			}
			return c.s.Matters.Respond(ctx, c.by(), m.ID, unit[0], in.Words)
		}),
		act(matters.AssistAct, func(c *call, ctx context.Context, m matters.Matter, in ForUnit) error {
			unit, err := c.unitsOf("unit", []string{in.Unit})
			if err != nil {
				return err
			}
			files, err := c.taken(in.Files)
			if err != nil {
				return err
			}
			return c.s.Matters.Assist(ctx, c.by(), m.ID, unit[0], in.Words, files...)
		}),
	}
}

// forUsers makes an act one that programs do for their users: who may raise may do it.
func forUsers(o Operation) Operation {
	o.Scope = access.RequestsWrite
	return o
}

// user is the mark of a program's user, as that of a browser; "" if none is named.
func (c *call) user(from string) string {
	if from == "" {
		return ""
	}
	return "api " + c.caller.Key.ID.String() + " " + from
}

// inviting makes the operation of asking somebody outside. It answers with the link,
// which can be found nowhere else.
func inviting() Operation {
	o := Operation{ID: "act_" + string(matters.Invite), Path: "/matters/{number}/acts/" + string(matters.Invite), Tag: "acts", Scope: access.APIAct, status: http.StatusCreated, once: true,
		Errors: []int{http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed}, match: true}
	return writes(o, func(c *call, in Invite) (out Invited, err error) {
		m, ctx, err := c.toActOn()
		if err != nil {
			return out, err
		}
		c.r = c.r.WithContext(ctx)
		return once(c, in, func(tx *sqldb.Tx) (Invited, error) {
			secret, err := c.s.Matters.InviteIn(tx, c.by(), m.ID, in.Party, in.Words, in.Days)
			return Invited{c.s.Address + "/answer/" + secret, tx.Now().AddDate(0, 0, in.Days).UTC()}, changed(named(err))
		})
	})
}

// offered reports whether an act can be done here.
func offered(a matters.Act) bool {
	return slices.ContainsFunc(acts(), func(o Operation) bool { return o.ID == "act_"+string(a) })
}

func askExtension(c *call, ctx context.Context, m matters.Matter, in More) error {
	limit, err := when.Parse(in.Limit)
	if err != nil {
		return err
	}
	return c.s.Matters.AskExtension(ctx, c.by(), m.ID, limit, in.Words)
}

func classify(c *call, ctx context.Context, m matters.Matter, in Classify) error {
	to := matters.Classifying{Category: in.Category, Answers: in.Answers, Urgent: in.Urgent, Title: in.Title, Words: in.Words}
	if in.Place != "" {
		p, ok := c.placeOf(in.Place)
		if !ok {
			return errs.At("place", "matter.place.unknown")
		}
		if last, _ := m.Path.Last(); p.ID != last {
			to.Place = p.ID
		}
	}
	return c.s.Matters.Classify(ctx, c.by(), m.ID, to)
}

func dispatch(c *call, ctx context.Context, m matters.Matter, in Dispatch) error {
	lead, err := c.unitsOf("lead", []string{in.Lead})
	if err != nil {
		return err
	}
	assist, err := c.unitsOf("assist", in.Assist)
	if err != nil {
		return err
	}
	return c.s.Matters.Dispatch(ctx, c.by(), m.ID, matters.Dispatching{Lead: lead[0], Assist: assist, Words: in.Words})
}

func decide(c *call, ctx context.Context, m matters.Matter, in Decide) error {
	lead, err := c.unitsOf("lead", []string{in.Lead})
	if err != nil {
		return err
	}
	return c.s.Matters.Decide(ctx, c.by(), m.ID, matters.Deciding{Lead: lead[0], Reason: in.Words})
}

// unitsOf are the units with the ids.
func (c *call) unitsOf(field string, names []string) ([]id.ID, error) {
	if len(names) > 20 {
		return nil, errs.At(field, "api.many", field, 20)
	}
	out := make([]id.ID, 0, len(names))
	for _, s := range names {
		d, ok := c.unitOf(s)
		if !ok {
			return nil, errs.At(field, "api.unit.unknown", short(s))
		}
		out = append(out, d)
	}
	return out, nil
}
