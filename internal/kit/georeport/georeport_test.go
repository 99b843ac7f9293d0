// SPDX-License-Identifier: Apache-2.0

package georeport

import (
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"yuanba/internal/kit/errs"
)

func TestStamps(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"1994-11-05T08:15:30-05:00": "1994-11-05T13:15:30Z", "1994-11-05T13:15:30Z": "1994-11-05T13:15:30Z", "1994-11-05T13:15Z": "1994-11-05T13:15:00Z",
		"2010-01-01T00:00:00 08:00": "2009-12-31T16:00:00Z", "2010-01-01T00:00:00+0800": "2009-12-31T16:00:00Z", " 2010-01-01T00:00:00.5Z ": "2010-01-01T00:00:00.5Z",
	} {
		got, ok := ParseStamp(s)
		if !ok || got.Format(time.RFC3339Nano) != want {
			t.Errorf("%q: %v, %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "2010-01-01", "2010-01-01T00:00:00", "2010-13-01T00:00:00Z", "yesterday", "2010-01-01 00:00:00", "1262304000"} {
		if got, ok := ParseStamp(s); ok {
			t.Errorf("%q is %v", s, got)
		}
	}
	if Stamp(time.Time{}, time.UTC) != "" {
		t.Error("no moment is a stamp")
	}
}

// What is written is read back as it was, in both formats.
func TestThereAndBack(t *testing.T) {
	t.Parallel()
	requests := []Request{
		{ID: "QL-2026-000001", Status: Open, Description: "洞 <b>&\"'\n]]> 大", Lat: "30.411000", Long: "103.46", Requested: "2026-03-02T09:30:00+08:00", Extended: &Extended{Title: "洞", Supporters: "3"}},
		{},
	}
	definition := Definition{Code: "road", Attributes: Attributes{List: []Attribute{{Variable: true, Code: "what", Datatype: SingleType, Order: "1", Values: Values{List: []Value{{"hole", "有坑"}}}}, {Code: "stopper", Order: "2"}}}}
	for _, f := range []Format{XML, JSON} {
		b, err := List(f, RequestsDoc, requests)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ReadList[Request](f, RequestsDoc, b)
		if err != nil || len(got) != 2 || got[0].Description != requests[0].Description || got[0].Extended == nil || got[0].Extended.Title != "洞" || got[1] != requests[1] {
			t.Errorf("%s: %+v, %v", f, got, err)
		}
		if la, _ := got[0].Lat.Float(); la != 30.411 {
			t.Errorf("%s: lat %q", f, got[0].Lat)
		}
		if b, err = One(f, DefinitionDoc, definition); err != nil {
			t.Fatal(err)
		}
		d, err := ReadOne[Definition](f, b)
		if err != nil || len(d.Attributes.List) != 2 || !bool(d.Attributes.List[0].Variable) || !reflect.DeepEqual(d.Attributes.List[0].Values, definition.Attributes.List[0].Values) {
			t.Errorf("%s: %+v, %v in %s", f, d, err, b)
		}
		if b, err = List[Request](f, RequestsDoc, nil); err != nil {
			t.Fatal(err)
		}
		if got, err := ReadList[Request](f, RequestsDoc, b); err != nil || got == nil || len(got) != 0 {
			t.Errorf("%s: none are %v, %v", f, got, err)
		}
	}
}

// Every field stands there, even when it is empty.
func TestEmptyFieldsAreThere(t *testing.T) {
	t.Parallel()
	x, err := List(XML, RequestsDoc, []Request{{}})
	if err != nil {
		t.Fatal(err)
	}
	j, err := List(JSON, RequestsDoc, []Request{{}})
	if err != nil {
		t.Fatal(err)
	}
	rt := reflect.TypeFor[Request]()
	for i := range rt.NumField() {
		name, option, _ := strings.Cut(rt.Field(i).Tag.Get("xml"), ",")
		if option != "" {
			continue
		}
		if !strings.Contains(string(x), "<"+name+"></"+name+">") || !strings.Contains(string(j), `"`+name+`":null`) {
			t.Errorf("%s is missing in %s or %s", name, x, j)
		}
	}
}

// What other servers write is understood.
func TestReadsWhatOthersWrite(t *testing.T) {
	t.Parallel()
	for what, in := range map[string]struct {
		f    Format
		text string
	}{
		"numbers":            {JSON, `[{"service_request_id":638344,"status":"closed","lat":"37.76","long":-122.46,"service_code":6,"description":null,"unknown":{"a":[1]}}]`},
		"one record":         {JSON, `{"service_request_id":"638344","status":"closed","lat":37.76,"long":-122.46,"service_code":"6"}`},
		"a mark in front":    {JSON, "\xef\xbb\xbf" + `[{"service_request_id":"638344","status":"closed","lat":37.76,"long":"-122.46","service_code":"6"}]`},
		"spaces and strange": {XML, `<?xml version="1.0"?><service_requests><note>x</note><request><service_request_id> 638344 </service_request_id><status>closed</status><foo><bar/></foo><lat>37.76</lat><long>-122.46</long><service_code>6</service_code></request></service_requests>`},
	} {
		got, err := ReadList[Request](in.f, RequestsDoc, []byte(in.text))
		if err != nil || len(got) != 1 {
			t.Errorf("%s: %v, %v", what, got, err)
			continue
		}
		long, _ := got[0].Long.Float()
		if got[0].ID.Text() != "638344" || got[0].Status.Text() != Closed || got[0].ServiceCode.Text() != "6" || long != -122.46 {
			t.Errorf("%s: %+v", what, got[0])
		}
	}
	for what, in := range map[string]struct {
		f    Format
		text string
	}{
		"another root": {XML, `<html><body/></html>`}, "nothing": {XML, ``}, "half": {XML, `<service_requests><request>`}, "no list": {JSON, `"x"`}, "a list in a field": {JSON, `[{"status":["open"]}]`},
	} {
		if got, err := ReadList[Request](in.f, RequestsDoc, []byte(in.text)); err == nil {
			t.Errorf("%s is %v", what, got)
		}
	}
}

func TestParsePost(t *testing.T) {
	t.Parallel()
	v, err := url.ParseQuery("api_key=xyz&jurisdiction_id=city.gov&service_code=001&lat=37.76524078&long=-122.4212043&address_string=1234+5th+street&email=smit333%40sfgov.edu&device_id=tt222111&account_id=123456&first_name=john&last_name=smith&phone=111111111&description=A+large+sinkhole+is+destroying+the+street&media_url=http%3A%2F%2Ffarm3.static.flickr.com%2F2002%2F2212426634_5ed477a060.jpg&attribute[WHISPAWN]=123456&attribute[WHISDORN]=COISL001&attribute[MANY][]=a&attribute[MANY][]=b")
	if err != nil {
		t.Fatal(err)
	}
	p, err := ParsePost(v)
	if err != nil || !p.Spot || p.Lat != 37.76524078 || p.Attributes["WHISDORN"][0] != "COISL001" || len(p.Attributes["MANY"]) != 2 || len(p.Media) != 1 || p.LastName != "smith" {
		t.Errorf("the standard's own example: %+v, %v", p, err)
	}
}

func TestParseQuery(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 1, 30, 0, 0, time.UTC)
	ask := func(s string) Query {
		v, err := url.ParseQuery(s)
		if err != nil {
			t.Fatal(err)
		}
		q, err := ParseQuery(v, now)
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	if q := ask(""); q.To.Sub(q.From) < Span || q.To.Before(now) || q.PageSize != MostAnswers || !q.Open || !q.Closed {
		t.Errorf("nothing said: %+v", q)
	}
	if q := ask("start_date=2020-01-01T00:00:00Z"); !q.To.Equal(q.From.Add(Span)) || q.From.Year() != 2020 {
		t.Errorf("a beginning: %+v", q)
	}
	if q := ask("end_date=2020-01-01T00:00:00Z"); !q.From.Equal(q.To.Add(-Span)) || q.To.Year() != 2020 {
		t.Errorf("an end: %+v", q)
	}
	if q := ask("service_code=a,b&service_code=c&service_code=a&status=OPEN"); strings.Join(q.Codes, "") != "abc" || !q.Open || q.Closed {
		t.Errorf("lists: %+v", q)
	}
	if q := ask("updated_after=2020-01-01T00:00:00Z"); !q.From.IsZero() {
		t.Errorf("what changed: %+v", q)
	}
}

// Whatever is sent is read or refused in words, and what is read can be written.
func FuzzPost(f *testing.F) {
	for _, s := range []string{"service_code=1&lat=1&long=2", "attribute[a][]=1&attribute[=2&attribute[]]=3", "lat=NaN&long=Inf", "media_url=%00&status=open&service_request_id=%ff", "start_date=2010-01-01T00:00:00+08:00&page=9999999999999999999"} {
		f.Add(s)
	}
	now := time.Date(2026, 3, 2, 1, 30, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		v, _ := url.ParseQuery(s)
		said := func(err error) {
			for _, e := range errs.Public(err) {
				if e.Key == "" || e.Kind != errs.Invalid {
					t.Errorf("%q: %v", s, err)
				}
			}
			if err != nil && errs.Public(err) == nil {
				t.Errorf("%q: %v", s, err)
			}
		}
		p, err := ParsePost(v)
		said(err)
		if err == nil && (!utf8.ValidString(p.Description) || utf8.RuneCountInString(p.Description) > MaxDescription || p.Spot && (p.Lat != p.Lat || p.Lat > 90 || p.Long < -180)) {
			t.Errorf("%q: %+v", s, p)
		}
		u, err := ParseUpdate(v)
		said(err)
		if err == nil && u.Status != Open && u.Status != Closed {
			t.Errorf("%q: %+v", s, u)
		}
		q, err := ParseQuery(v, now)
		said(err)
		if err == nil && (q.PageSize < 1 || q.PageSize > MostAnswers || q.To.Sub(q.From) > Span+2*time.Minute) {
			t.Errorf("%q: %+v", s, q)
		}
	})
}

// Whatever another server answers is read or an error, and what was read can be
// written and read again.
func FuzzRead(f *testing.F) {
	for _, s := range []string{`[{"lat":1e999}]`, `<service_requests><request><lat>x</lat></request></service_requests>`, `[null]`, `{}`, "<service_requests/>", `[{"status":true}]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, format := range []Format{XML, JSON} {
			list, err := ReadList[Request](format, RequestsDoc, b)
			if err != nil {
				continue
			}
			for _, out := range []Format{XML, JSON} {
				w, err := List(out, RequestsDoc, list)
				if err != nil {
					t.Fatalf("%s: %v", out, err)
				}
				again, err := ReadList[Request](out, RequestsDoc, w)
				if err != nil || len(again) != len(list) {
					t.Fatalf("%s: %d of %d, %v in %s", out, len(again), len(list), err, w)
				}
			}
			_, _ = ReadOne[Definition](format, b)
			_, _ = ReadOne[Discovery](format, b)
			_, _ = ReadList[Update](format, UpdatesDoc, b)
		}
	})
}
