// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"net/http"

	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/page"
)

// For whom the words of something are, as forms have it.
const (
	reachAll     = "all"
	reachMembers = "members"
)

func reachOf(members bool) string {
	if members {
		return reachMembers
	}
	return reachAll
}

// reachField asks for whom something is. Everybody, unless an editor says otherwise.
func reachField(b page.Base, f *form.Form, key string) page.Field {
	os := []page.Option{{Value: reachAll, Text: b.T("village.reach.all"), On: true}, {Value: reachMembers, Text: b.T("village.reach.members")}}
	return page.NewField(b.Lang, f, "reach", key).Of(os).Need()
}

// chosenReach reads for whom something is to be; who has chosen nothing is asked again.
func chosenReach(f *form.Form) (members bool) {
	reach := f.Choice("reach", reachAll, reachMembers)
	if reach == "" && f.At("reach") == nil {
		f.Fault("reach", "form.choose")
	}
	return reach == reachMembers
}

// closedNote says to whom something is closed, and how to come in.
func closedNote(b page.Base, p places.Place, key string) page.Note {
	n := page.Note{Tone: page.ToneCalm, Text: b.T(key)}
	switch b.Actor.Kind {
	case scope.Anonymous:
		n.Link = page.Link{Href: "/signin?next=" + b.Path, Text: b.T("village.reach.signin")}
	case scope.Resident:
		n.Link = page.Link{Href: At(p.ID) + "/talk", Text: b.T("membership.ask")}
	case scope.Staff, scope.Outside, scope.Machine, scope.System:
	}
	return n
}

// reachForm is the form by which an editor says for whom the words of an entry, or of the
// whole ledger, are.
type reachForm struct {
	Action string
	Title  string
	Help   string
	Saw    string
	Field  page.Field
}

// keepLedger says for whom the words of a ledger are.
func (c *Counter) keepLedger(w http.ResponseWriter, r *http.Request) error {
	p, f, err := c.editing(r)
	if err != nil {
		return err
	}
	members, saw := chosenReach(f), f.Int("saw", 0, 1<<40)
	if err := f.Err(); err != nil {
		return err
	}
	if err := c.Affairs.KeepLedger(r.Context(), page.Actor(r), p.ID, members, int64(saw)); err != nil {
		return err
	}
	return page.Done(w, r, At(p.ID)+"/ledger", "village.reach.done")
}

// keepEntry says for whom the words of an entry are.
func (c *Counter) keepEntry(w http.ResponseWriter, r *http.Request) error {
	d, err := recordOf(r, "ledger.none")
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	members := chosenReach(f)
	if err := f.Err(); err != nil {
		return err
	}
	if err := c.Affairs.KeepEntry(r.Context(), page.Actor(r), d, members); err != nil {
		return err
	}
	return page.Done(w, r, "/ledger/"+d.String(), "village.reach.done")
}

// keepLedgerForm is the form for the whole ledger of a page.
func keepLedgerForm(b page.Base, p places.Place, pg affairs.Page) reachForm {
	return reachForm{Action: At(p.ID) + "/ledger/reach", Title: b.T("village.reach.ledger"), Help: b.T("village.reach.ledger.help"), Saw: itoa(int(pg.Version)),
		Field: reachField(b, form.Of("reach", reachOf(pg.LedgerMembers)), "village.reach.who")}
}

// keepEntryForm is the form for one entry.
func keepEntryForm(b page.Base, e affairs.Entry) reachForm {
	return reachForm{Action: "/ledger/" + e.ID.String() + "/reach", Title: b.T("village.reach.entry"), Help: b.T("village.reach.entry.help"),
		Field: reachField(b, form.Of("reach", reachOf(e.Members)), "village.reach.who")}
}
