// SPDX-License-Identifier: Apache-2.0

package open311

import (
	"strings"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/georeport"
)

// discovery says where the endpoints are.
func (c *call) discovery() error {
	kind := georeport.Word("production")
	if c.s.Demo {
		kind = "test"
	}
	endpoint := func(path string, kind georeport.Word) georeport.Endpoint {
		return georeport.Endpoint{Specification: georeport.Specification, URL: georeport.Word(c.s.Address + path), Changeset: stamp(c.s.Changed), Type: kind,
			Formats: georeport.Formats{List: []georeport.Word{"text/xml", "application/json"}}}
	}
	return c.send(georeport.One(c.f, georeport.DiscoveryDoc, georeport.Discovery{
		Changeset: stamp(c.s.Changed), Contact: georeport.Word(c.s.Contact), KeyService: georeport.Word(c.T("open311.key_service", c.s.Contact)),
		Endpoints: georeport.Endpoints{List: []georeport.Endpoint{endpoint("/open311/v2", kind), endpoint("/open311/test/v2", "test")}},
	}))
}

// offered reports whether matters of a category can be raised at all.
func offered(k matters.Category) bool {
	return k.Active && (k.Stopper == nil || k.Stopper.When != nil)
}

// services lists what can be asked for.
func (c *call) services() error {
	cat := c.s.Matters.Catalogue()
	groups := map[string]string{}
	for _, g := range cat.Groups {
		groups[g.Code] = g.Name.In(c.lang)
	}
	list := []georeport.Service{}
	for _, k := range cat.Categories {
		if !offered(k) {
			continue
		}
		list = append(list, georeport.Service{
			Code: georeport.Word(k.Code), Name: georeport.Word(k.Name.In(c.lang)), Description: georeport.Word(k.Hint.In(c.lang)), Metadata: georeport.Truth(len(k.Questions) > 0 || k.Stopper != nil),
			Type: "realtime", Keywords: georeport.Word(strings.Join(k.Words, ", ")), Group: georeport.Word(groups[k.Group]),
		})
	}
	return c.send(georeport.List(c.f, georeport.ServicesDoc, list))
}

// category is the one that a service code names. It is NotFound if there is none.
func (c *call) category(code string) (matters.Category, error) {
	k, ok := c.s.Matters.Catalogue().Get(code)
	if !ok || !offered(k) {
		return k, &errs.Error{Kind: errs.NotFound, Key: "open311.service.none", Args: []any{short(code)}, Field: "service_code"}
	}
	return k, nil
}

// definition says what a service asks.
func (c *call) definition(code string) error {
	k, err := c.category(code)
	if err != nil {
		return err
	}
	d := georeport.Definition{Code: georeport.Word(k.Code)}
	for i, q := range k.Questions {
		d.Attributes.List = append(d.Attributes.List, c.attribute(q, i+1))
	}
	if k.Stopper != nil {
		d.Attributes.List = append(d.Attributes.List, georeport.Attribute{
			Code: "stopper", Datatype: georeport.TextType, Order: georeport.Whole(len(k.Questions) + 1), Description: georeport.Word(c.T("open311.stopper", k.Stopper.Text, k.Stopper.Phone)),
		})
	}
	return c.send(georeport.One(c.f, georeport.DefinitionDoc, d))
}

func (c *call) attribute(q matters.Question, order int) georeport.Attribute {
	a := georeport.Attribute{Variable: true, Code: georeport.Word(q.Key), Required: georeport.Truth(q.Required), Order: georeport.Whole(order), Description: georeport.Word(q.Label.In(c.lang))}
	switch q.Type {
	case "choice":
		a.Datatype = georeport.SingleType
		for _, x := range q.Choices {
			a.Values.List = append(a.Values.List, georeport.Value{Key: georeport.Word(x.Value), Name: georeport.Word(x.Label.In(c.lang))})
		}
	case "yesno":
		a.Datatype = georeport.SingleType
		for _, x := range []string{"yes", "no"} {
			a.Values.List = append(a.Values.List, georeport.Value{Key: georeport.Word(x), Name: georeport.Word(c.T("matter.answer." + x))})
		}
	case "number":
		a.Datatype = georeport.NumberType
		if q.Max > 0 {
			a.DatatypeNote = georeport.Word(c.T("matter.answer.range", q.Min, q.Max))
		}
	case "date":
		a.Datatype, a.DatatypeNote = georeport.DatetimeType, georeport.Word(c.T("open311.date"))
	default:
		a.Datatype = georeport.StringType
		if q.Max > 0 {
			a.DatatypeNote = georeport.Word(c.T("matter.answer.long", q.Max))
		}
	}
	return a
}
