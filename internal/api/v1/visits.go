// SPDX-License-Identifier: Apache-2.0

package v1

import (
	"net/http"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Find tells that somebody cannot come for something.
type Find struct {
	Service  string `json:"service,omitempty" doc:"The code of a service that can be done at home; left out if nobody knows."`
	Place    string `json:"place" doc:"The code or id of the village or grid where they live."`
	Need     string `json:"need" maxLength:"1000" doc:"What they need and why they cannot come."`
	Name     string `json:"name" doc:"For whom it is. It is kept sealed and is in no answer."`
	Phone    string `json:"phone,omitempty" doc:"Where the family can be rung. It is kept sealed and is in no answer."`
	Address  string `json:"address,omitempty" doc:"Where they live. It is kept sealed and is in no answer."`
	ForWords string `json:"for_words,omitempty" maxLength:"60" doc:"How the writer stands to them; left out by who needs it themselves."`
}

func (c *call) findVisit(in Find) (out Slip, err error) {
	p, ok := c.placeOf(in.Place)
	if !ok {
		return out, errs.At("place", "visit.place")
	}
	if err := c.inPlace("place", p.Path); err != nil {
		return out, err
	}
	f := desk.Finding{Item: in.Service, Place: p.ID, Need: in.Need, ForWords: in.ForWords, Contact: people.ContactInput{Name: in.Name, Phone: in.Phone, Address: in.Address, Lang: c.lang}}
	return once(c, in, func(tx *sqldb.Tx) (Slip, error) {
		s, err := c.s.Desk.FindIn(tx, c.by(), f)
		return Slip{s.Number, s.Code, c.s.Address + "/visits/" + s.Number}, err
	})
}

// A HomeVisit is a service that somebody gets at home: never who.
type HomeVisit struct {
	Number      string     `json:"number"`
	State       string     `json:"state" enum:"found,agreed,declined,arranged,done,followed,closed,withdrawn"`
	StateName   string     `json:"state_name"`
	Service     string     `json:"service,omitempty"`
	ServiceName string     `json:"service_name,omitempty"`
	Need        string     `json:"need"`
	Place       PlaceRef   `json:"place"`
	Unit        *UnitRef   `json:"unit,omitempty" doc:"The unit that serves."`
	FoundAt     time.Time  `json:"found_at"`
	Due         *time.Time `json:"due,omitempty" doc:"When the present turn ends."`
	At          *time.Time `json:"at,omitempty" doc:"When somebody comes."`
	Ends        *time.Time `json:"ends,omitempty"`
	Acts        []string   `json:"acts" nullable:"false" doc:"What the caller may do now, here or on its page."`
	URL         string     `json:"url" format:"uri"`
}

func (c *call) visitAs(code string) (x desk.SeenVisit, by scope.Actor, err error) {
	number, err := c.numbered("visit.none")
	if err != nil {
		return x, by, err
	}
	if by, err = c.holding(number, code, c.s.Desk.ByCode); err != nil {
		return x, by, err
	}
	x, err = c.s.Desk.Visit(c.r.Context(), by, number)
	return x, by, err
}

func (c *call) visitOf(x desk.SeenVisit) HomeVisit {
	out := HomeVisit{Number: x.Number, State: string(x.State), StateName: c.T("home_visit.state." + string(x.State)), Service: x.What.Code, ServiceName: x.What.Name.In(c.lang), Need: x.Need, Place: c.placeRef(x.Path), Unit: c.unitRef(x.ServeUnit),
		FoundAt: x.FoundAt.UTC(), Due: at(x.Due), At: at(x.At), Ends: at(x.Ends), Acts: []string{}, URL: c.s.Address + "/visits/" + x.Number}
	for _, a := range x.Acts {
		out.Acts = append(out.Acts, string(a))
	}
	return out
}

func (c *call) visit(nothing) (HomeVisit, error) { return c.visitOfCode(Coded{}) }

func (c *call) visitOfCode(in Coded) (out HomeVisit, err error) {
	x, _, err := c.visitAs(in.Code)
	if err != nil {
		return out, err
	}
	return c.visitOf(x), nil
}

func (c *call) withdrawVisit(in SlippedWords) (out HomeVisit, err error) {
	x, by, err := c.visitAs(in.Code)
	if err != nil {
		return out, err
	}
	if err := c.inPlace("", x.Path); err != nil {
		return out, err
	}
	if err := c.s.Desk.Withdraw(c.r.Context(), by, x.ID, in.Words); err != nil {
		return out, err
	}
	if x, err = c.s.Desk.Visit(c.r.Context(), by, x.Number); err != nil {
		return out, err
	}
	return c.visitOf(x), nil
}

func visitOperations() []Operation {
	found := Operation{ID: "findVisit", Path: "/visits", Tag: "desk", Scope: access.RequestsWrite, status: http.StatusCreated, once: true}
	shown := Operation{ID: "getVisit", Path: "/visits/{number}", Tag: "desk", Scope: access.APIRead, Errors: []int{http.StatusNotFound}}
	slip := Operation{ID: "readVisit", Path: "/visits/{number}/read", Tag: "desk", Scope: access.RequestsWrite, Errors: []int{http.StatusNotFound}}
	return []Operation{
		writes(found, (*call).findVisit),
		reads(shown, (*call).visit),
		writes(slip, byCode((*call).visitOfCode)),
		writes(on("visit", "visits", "desk", string(desk.Withdraw), access.RequestsWrite), (*call).withdrawVisit),
	}
}
