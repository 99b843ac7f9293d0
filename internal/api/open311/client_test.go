// SPDX-License-Identifier: Apache-2.0

package open311_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// This is a client written from the text of the standard alone. It shares nothing
// with the server, and is strict: an element that is missing, out of place or of
// the wrong form stops the test.

// A record is one element with its children, or one object: texts, or lists of
// records.
type record struct {
	text map[string]string
	list map[string][]record
}

// A client speaks one format to one endpoint.
type client struct {
	t        *testing.T
	endpoint string
	format   string // xml or json
	key      string
	lang     string
	header   http.Header // of the last answer
}

// ask sends a request and returns the status and the body, whose form is checked.
func (c *client) ask(method, path string, v url.Values) (int, []byte) {
	c.t.Helper()
	var body io.Reader
	address := c.endpoint + "/" + path
	if method == "POST" {
		body = strings.NewReader(v.Encode())
	} else if len(v) > 0 {
		address += "?" + v.Encode()
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, address, body)
	if err != nil {
		c.t.Fatal(err)
	}
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	}
	if c.lang != "" {
		r.Header.Set("Accept-Language", c.lang)
	}
	res, err := (&http.Client{}).Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	c.header = res.Header
	want := map[string]string{"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}[c.format]
	if got := res.Header.Get("Content-Type"); !strings.EqualFold(got, want) {
		c.t.Fatalf("%s %s: Content-Type %q, not %q: %s", method, path, got, want, b)
	}
	if !utf8.Valid(b) {
		c.t.Fatalf("%s %s: not UTF-8", method, path)
	}
	if c.format == "xml" && !bytes.HasPrefix(bytes.ToUpper(b), []byte(`<?XML VERSION="1.0" ENCODING="UTF-8"?>`)) {
		c.t.Fatalf("%s %s: no XML declaration: %.60s", method, path, b)
	}
	return res.StatusCode, b
}

// A shape says what a record must have: fields that are always there, and others
// that may be; lists of records within.
type shape struct {
	fields []string
	may    []string
	lists  map[string]listShape
}

type listShape struct {
	item string // its element's name in XML
	of   shape
}

// read takes a list of records out of an answer.
func (c *client) read(b []byte, root, item string, s shape) []record {
	c.t.Helper()
	if c.format == "json" {
		var all []json.RawMessage
		if err := json.Unmarshal(b, &all); err != nil {
			c.t.Fatalf("%s: %v in %s", root, err, b)
		}
		out := []record{}
		for _, x := range all {
			out = append(out, c.object(x, s))
		}
		return out
	}
	n := c.tree(b)
	if n.name != root {
		c.t.Fatalf("root <%s>, not <%s>: %s", n.name, root, b)
	}
	out := []record{}
	for _, k := range n.kids {
		if k.name != item {
			c.t.Fatalf("<%s> in <%s>", k.name, root)
		}
		out = append(out, c.element(k, s))
	}
	return out
}

// readOne takes one record out of an answer.
func (c *client) readOne(b []byte, root string, s shape) record {
	c.t.Helper()
	if c.format == "json" {
		return c.object(b, s)
	}
	n := c.tree(b)
	if n.name != root {
		c.t.Fatalf("root <%s>, not <%s>", n.name, root)
	}
	return c.element(n, s)
}

func (c *client) object(b json.RawMessage, s shape) record {
	c.t.Helper()
	var o map[string]json.RawMessage
	if err := json.Unmarshal(b, &o); err != nil {
		c.t.Fatalf("%v in %s", err, b)
	}
	r := record{map[string]string{}, map[string][]record{}}
	for name, raw := range o {
		if l, ok := s.lists[name]; ok {
			var all []json.RawMessage
			if err := json.Unmarshal(raw, &all); err != nil || all == nil {
				c.t.Fatalf("%s is no list: %s", name, raw)
			}
			r.list[name] = []record{}
			for _, x := range all {
				if l.of.fields == nil {
					r.list[name] = append(r.list[name], record{text: map[string]string{"": c.scalar(name, x)}})
					continue
				}
				r.list[name] = append(r.list[name], c.object(x, l.of))
			}
			continue
		}
		if !slices.Contains(s.fields, name) && !slices.Contains(s.may, name) {
			c.t.Fatalf("a field %s that the standard does not know: %s", name, b)
		}
		r.text[name] = c.scalar(name, raw)
	}
	c.whole(r, s)
	return r
}

// scalar is a value of JSON as its text. Empty fields are null, by the convention.
func (c *client) scalar(name string, raw json.RawMessage) string {
	c.t.Helper()
	var v any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		c.t.Fatal(err)
	}
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		if v == "" {
			c.t.Fatalf("%s is an empty text, not null", name)
		}
		return v
	case bool:
		return fmt.Sprint(v)
	case json.Number:
		return v.String()
	}
	if name == "extended_attributes" {
		return string(raw)
	}
	c.t.Fatalf("%s is %s", name, raw)
	return ""
}

type node struct {
	name string
	text string
	kids []node
}

func (c *client) tree(b []byte) node {
	c.t.Helper()
	d := xml.NewDecoder(bytes.NewReader(b))
	var root node
	stack := []*node{&root}
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			c.t.Fatalf("%v in %s", err, b)
		}
		top := stack[len(stack)-1]
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Space != "" || len(t.Attr) > 0 {
				c.t.Fatalf("a name space or an attribute at <%s>", t.Name.Local)
			}
			top.kids = append(top.kids, node{name: t.Name.Local})
			stack = append(stack, &top.kids[len(top.kids)-1])
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.text += string(t)
		}
	}
	if len(root.kids) != 1 {
		c.t.Fatalf("%d roots", len(root.kids))
	}
	return root.kids[0]
}

func (c *client) element(n node, s shape) record {
	c.t.Helper()
	r := record{map[string]string{}, map[string][]record{}}
	for _, k := range n.kids {
		if l, ok := s.lists[k.name]; ok {
			if r.list[k.name] != nil {
				c.t.Fatalf("two <%s>", k.name)
			}
			r.list[k.name] = []record{}
			for _, x := range k.kids {
				if x.name != l.item {
					c.t.Fatalf("<%s> in <%s>", x.name, k.name)
				}
				if l.of.fields == nil {
					r.list[k.name] = append(r.list[k.name], record{text: map[string]string{"": x.text}})
					continue
				}
				r.list[k.name] = append(r.list[k.name], c.element(x, l.of))
			}
			continue
		}
		if !slices.Contains(s.fields, k.name) && !slices.Contains(s.may, k.name) {
			c.t.Fatalf("<%s> in <%s>, which the standard does not know", k.name, n.name)
		}
		if _, twice := r.text[k.name]; twice {
			c.t.Fatalf("two <%s>", k.name)
		}
		if len(k.kids) > 0 && k.name != "extended_attributes" {
			c.t.Fatalf("<%s> has children", k.name)
		}
		r.text[k.name] = k.text
		for _, x := range k.kids {
			r.text[k.name] += x.name + "=" + x.text + ";"
		}
	}
	c.whole(r, s)
	return r
}

// whole sees that every field stands there, even when it is empty.
func (c *client) whole(r record, s shape) {
	c.t.Helper()
	for _, f := range s.fields {
		if _, ok := r.text[f]; !ok {
			c.t.Fatalf("%s is missing: %v", f, r.text)
		}
	}
	for l := range s.lists {
		if r.list[l] == nil {
			c.t.Fatalf("the list %s is missing: %v", l, r.text)
		}
	}
}

// The shapes of the standard.
var (
	serviceShape    = shape{fields: strings.Fields("service_code service_name description metadata type keywords group")}
	definitionShape = shape{fields: []string{"service_code"}, lists: map[string]listShape{"attributes": {"attribute", shape{
		fields: strings.Fields("variable code datatype required datatype_description order description"),
		lists:  map[string]listShape{"values": {"value", shape{fields: []string{"key", "name"}}}},
	}}}}
	receiptShape = shape{fields: []string{"service_notice", "account_id"}, may: []string{"service_request_id", "token"}}
	tokenShape   = shape{fields: []string{"service_request_id", "token"}}
	requestShape = shape{fields: strings.Fields("service_request_id status status_notes service_name service_code description agency_responsible service_notice " +
		"requested_datetime updated_datetime expected_datetime address address_id zipcode lat long media_url"), may: []string{"extended_attributes"}}
	updateShape    = shape{fields: strings.Fields("update_id service_request_id status updated_datetime description media_url")}
	errorShape     = shape{fields: []string{"code", "description"}}
	discoveryShape = shape{fields: strings.Fields("changeset contact key_service"), lists: map[string]listShape{"endpoints": {"endpoint", shape{
		fields: strings.Fields("specification url changeset type"), lists: map[string]listShape{"formats": {"format", shape{}}},
	}}}}
)

// get asks for a list and stops the test unless it is given.
func (c *client) get(path string, v url.Values, root, item string, s shape) []record {
	c.t.Helper()
	status, b := c.ask("GET", path, v)
	if status != 200 {
		c.t.Fatalf("GET %s %v: %d %s", path, v, status, b)
	}
	return c.read(b, root, item, s)
}

func (c *client) services() []record {
	c.t.Helper()
	list := c.get("services."+c.format, nil, "services", "service", serviceShape)
	for _, s := range list {
		if !slices.Contains([]string{"realtime", "batch", "blackbox"}, s.text["type"]) || !slices.Contains([]string{"true", "false"}, s.text["metadata"]) || s.text["service_code"] == "" || s.text["service_name"] == "" {
			c.t.Fatalf("service %v", s.text)
		}
	}
	return list
}

func (c *client) definition(code string) record {
	c.t.Helper()
	status, b := c.ask("GET", "services/"+url.PathEscape(code)+"."+c.format, nil)
	if status != 200 {
		c.t.Fatalf("definition of %s: %d %s", code, status, b)
	}
	d := c.readOne(b, "service_definition", definitionShape)
	orders := map[string]bool{}
	for _, a := range d.list["attributes"] {
		if !slices.Contains([]string{"string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"}, a.text["datatype"]) || orders[a.text["order"]] || !regexp.MustCompile(`^[1-9]\d*$`).MatchString(a.text["order"]) {
			c.t.Fatalf("attribute %v", a.text)
		}
		orders[a.text["order"]] = true
		if lists := strings.HasSuffix(a.text["datatype"], "valuelist"); lists != (len(a.list["values"]) > 0) {
			c.t.Fatalf("%s with %d values", a.text["datatype"], len(a.list["values"]))
		}
	}
	return d
}

func (c *client) post(v url.Values) (status int, r record, body []byte) {
	c.t.Helper()
	if c.key != "" {
		v.Set("api_key", c.key)
	}
	status, body = c.ask("POST", "requests."+c.format, v)
	if status == 200 || status == 201 {
		list := c.read(body, "service_requests", "request", receiptShape)
		if len(list) != 1 || (list[0].text["service_request_id"] == "") == (list[0].text["token"] == "") {
			c.t.Fatalf("receipts %v", list)
		}
		r = list[0]
	}
	return status, r, body
}

var w3c = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$`)

func (c *client) checkRequest(r record) {
	c.t.Helper()
	if s := r.text["status"]; s != "open" && s != "closed" {
		c.t.Fatalf("status %q", s)
	}
	for _, f := range []string{"requested_datetime", "updated_datetime", "expected_datetime"} {
		if v := r.text[f]; !w3c.MatchString(v) && (v != "" || f != "expected_datetime") {
			c.t.Fatalf("%s %q", f, v)
		}
	}
	if r.text["service_request_id"] == "" || utf8.RuneCountInString(r.text["description"]) > 5000 {
		c.t.Fatalf("request %v", r.text)
	}
	if (r.text["lat"] == "") != (r.text["long"] == "") {
		c.t.Fatalf("half a point: %v", r.text)
	}
}

func (c *client) requests(v url.Values) []record {
	c.t.Helper()
	list := c.get("requests."+c.format, v, "service_requests", "request", requestShape)
	for _, r := range list {
		c.checkRequest(r)
	}
	return list
}

func (c *client) request(id string) (int, record) {
	c.t.Helper()
	status, b := c.ask("GET", "requests/"+url.PathEscape(id)+"."+c.format, nil)
	if status != 200 {
		c.faults(status, b)
		return status, record{}
	}
	list := c.read(b, "service_requests", "request", requestShape)
	if len(list) != 1 {
		c.t.Fatalf("%d requests %s", len(list), id)
	}
	c.checkRequest(list[0])
	return status, list[0]
}

func (c *client) updates(v url.Values) []record {
	c.t.Helper()
	list := c.get("servicerequestupdates."+c.format, v, "service_request_updates", "request_update", updateShape)
	for _, u := range list {
		if s := u.text["status"]; s != "open" && s != "closed" || !w3c.MatchString(u.text["updated_datetime"]) || u.text["update_id"] == "" {
			c.t.Fatalf("update %v", u.text)
		}
	}
	return list
}

// faults reads what is wrong, which must be said in words with a code.
func (c *client) faults(status int, b []byte) []string {
	c.t.Helper()
	var said []string
	list := c.read(b, "errors", "error", errorShape)
	for _, e := range list {
		if e.text["code"] != fmt.Sprint(status) || e.text["description"] == "" {
			c.t.Fatalf("fault %v with status %d", e.text, status)
		}
		said = append(said, e.text["description"])
	}
	if len(said) == 0 {
		c.t.Fatalf("status %d without a fault", status)
	}
	return said
}

func ids(list []record) (all []string) {
	for _, r := range list {
		all = append(all, r.text["service_request_id"])
	}
	return all
}

func moment(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
