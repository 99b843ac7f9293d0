// SPDX-License-Identifier: Apache-2.0

package v1

import (
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
)

// Categories are all that can be raised.
type Categories struct {
	Items []Category `json:"items" nullable:"false"`
}

// A Category is what matters of one kind have in common.
type Category struct {
	Code      string     `json:"code"`
	Group     string     `json:"group"`
	GroupName string     `json:"group_name"`
	Kind      string     `json:"kind" enum:"part,event,request"`
	Name      string     `json:"name"`
	Hint      string     `json:"hint,omitempty"`
	Filing    string     `json:"filing,omitempty" doc:"When such a matter is taken on."`
	Closing   string     `json:"closing,omitempty" doc:"What must be true before it is closed."`
	Urgent    bool       `json:"urgent"`
	Public    bool       `json:"public" doc:"Matters of the category may be read by everybody, if the reporter likes."`
	Photo     string     `json:"photo" enum:"asked,optional,none"`
	Questions []Question `json:"questions" nullable:"false"`
	Stopper   *Stopper   `json:"stopper,omitempty" doc:"When another door is the right one."`
}

// A Question is asked of everybody who raises a matter of the category.
type Question struct {
	Key      string   `json:"key"`
	Type     string   `json:"type" enum:"text,choice,number,date,yesno"`
	Label    string   `json:"label"`
	Required bool     `json:"required"`
	Min      int      `json:"min,omitempty"`
	Max      int      `json:"max,omitempty"`
	Choices  []Choice `json:"choices" nullable:"false"`
}

// A Choice is one answer that may be picked.
type Choice struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// A Stopper says what to do before, or in place of, raising a matter.
type Stopper struct {
	Text  string `json:"text"`
	Phone string `json:"phone,omitempty" doc:"To be rung first."`
}

func (c *call) categories(nothing) (out Categories, err error) {
	for _, k := range c.s.Matters.Catalogue().Categories {
		if k.Active {
			out.Items = append(out.Items, c.categoryOf(k))
		}
	}
	return out, nil
}

func (c *call) category(nothing) (out Category, err error) {
	k, ok := c.s.Matters.Catalogue().Get(c.r.PathValue("category"))
	if !ok || !k.Active {
		return out, errs.New(errs.NotFound, "matter.category.unknown")
	}
	return c.categoryOf(k), nil
}

func (c *call) categoryOf(k matters.Category) Category {
	out := Category{Code: k.Code, Group: k.Group, Kind: k.Kind, Name: k.Name.In(c.lang), Hint: k.Hint.In(c.lang), Filing: k.Filing.In(c.lang), Closing: k.Closing.In(c.lang), Urgent: k.Urgent,
		Public: k.Public, Photo: k.Photo, Questions: []Question{}}
	for _, g := range c.s.Matters.Catalogue().Groups {
		if g.Code == k.Group {
			out.GroupName = g.Name.In(c.lang)
		}
	}
	for _, q := range k.Questions {
		x := Question{Key: q.Key, Type: q.Type, Label: q.Label.In(c.lang), Required: q.Required, Min: q.Min, Max: q.Max, Choices: []Choice{}}
		for _, o := range q.Choices {
			x.Choices = append(x.Choices, Choice{o.Value, o.Label.In(c.lang)})
		}
		out.Questions = append(out.Questions, x)
	}
	if k.Stopper != nil {
		out.Stopper = &Stopper{k.Stopper.Text.In(c.lang), k.Stopper.Phone}
	}
	return out
}

// A Place is a node of the tree of places.
type Place struct {
	ID       string  `json:"id"`
	Code     string  `json:"code,omitempty"`
	Kind     string  `json:"kind" enum:"city,town,village,grid,courtyard"`
	Name     string  `json:"name"`
	Full     string  `json:"full,omitempty" doc:"With the places above it, but for the city."`
	Parent   string  `json:"parent,omitempty" doc:"The id of the place above it."`
	Point    *Point  `json:"point,omitempty" doc:"Where the map puts its name."`
	Exact    bool    `json:"exact,omitempty" doc:"The point was measured and is no guess."`
	Children []Place `json:"children,omitempty" nullable:"false"`
}

// depths says how far down the tree to go.
type depths struct {
	Depth int `query:"depth" minimum:"1" maximum:"4" default:"2" doc:"How many levels below it are answered."`
}

const usualDepth = 2

func (c *call) places(q depths) (out Place, err error) {
	city, ok := c.s.Places.Tree().City()
	if !ok {
		return out, errs.New(errs.NotFound, "matter.place.unknown")
	}
	return c.placeIn(city, q), nil
}

func (c *call) place(q depths) (out Place, err error) {
	p, ok := c.placeOf(c.r.PathValue("place"))
	if !ok {
		return out, errs.New(errs.NotFound, "matter.place.unknown")
	}
	return c.placeIn(p, q), nil
}

func (c *call) placeIn(p places.Place, q depths) Place {
	if q.Depth == 0 {
		q.Depth = usualDepth
	}
	return c.placeDown(p, q.Depth)
}

func (c *call) placeDown(p places.Place, depth int) Place {
	tree := c.s.Places.Tree()
	out := Place{ID: p.ID.String(), Code: p.Code, Kind: string(p.Kind), Name: p.Name.In(c.lang), Full: tree.Words(p.Path, "").In(c.lang)}
	if p.Parent != 0 {
		out.Parent = p.Parent.String()
	}
	if p.Accuracy != places.Unknown {
		out.Point, out.Exact = &Point{p.Point[0], p.Point[1]}, p.Accuracy == places.Exact
	}
	if depth > 0 {
		for _, k := range tree.Children(p.ID) {
			if k.Open() {
				out.Children = append(out.Children, c.placeDown(k, depth-1))
			}
		}
	}
	return out
}

// Units are the bodies that can be responsible for something.
type Units struct {
	Items []Unit `json:"items" nullable:"false"`
}

// A Unit is one of them.
type Unit struct {
	ID     string   `json:"id"`
	Code   string   `json:"code,omitempty"`
	Kind   string   `json:"kind"`
	Name   string   `json:"name"`
	Parent string   `json:"parent,omitempty" doc:"The id of the unit above it."`
	Phone  string   `json:"phone,omitempty" doc:"Of its office."`
	Place  PlaceRef `json:"place" doc:"The place that it serves."`
}

func (c *call) units(nothing) (out Units, err error) {
	for _, u := range c.s.Orgs.Directory().Units() {
		if !u.Active {
			continue
		}
		x := Unit{ID: u.ID.String(), Code: u.Code, Kind: string(u.Kind), Name: u.Name.In(c.lang), Phone: u.Phone, Place: c.placeRef(u.Path)}
		if u.Parent != 0 {
			x.Parent = u.Parent.String()
		}
		out.Items = append(out.Items, x)
	}
	return out, nil
}

// Me is who the key makes of the caller.
type Me struct {
	Name      string     `json:"name" doc:"Of the key, as the trail calls it."`
	Scopes    []string   `json:"scopes" nullable:"false" doc:"What the key may be used for."`
	Account   bool       `json:"account" doc:"It acts for an account."`
	Unit      *UnitRef   `json:"unit,omitempty" doc:"The unit for which it acts."`
	Place     *PlaceRef  `json:"place,omitempty" doc:"The place that it is limited to."`
	PerMinute int        `json:"per_minute" doc:"How many requests a minute it may make."`
	Expires   *time.Time `json:"expires,omitempty"`
}

func (c *call) me(nothing) (Me, error) {
	k := c.caller.Key
	out := Me{Name: k.Name, Scopes: []string{}, Account: k.Account != 0, Unit: c.unitRef(c.by().Unit), PerMinute: k.PerMinute, Expires: at(k.ExpiresAt)}
	for _, s := range k.Scopes {
		out.Scopes = append(out.Scopes, string(s))
	}
	if last, _ := k.Path.Last(); last != 0 {
		p := c.placeRef(k.Path)
		out.Place = &p
	}
	return out, nil
}
