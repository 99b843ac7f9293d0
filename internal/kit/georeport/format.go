// SPDX-License-Identifier: Apache-2.0

package georeport

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
)

// A Format is how the wire writes.
type Format string

// The formats.
const (
	XML  Format = "xml"
	JSON Format = "json"
)

// ContentType is the header of the format.
func (f Format) ContentType() string {
	if f == JSON {
		return "application/json; charset=utf-8"
	}
	return "text/xml; charset=utf-8"
}

// A Doc names what an answer is in XML: the root, and each of its items. An answer
// that is one record has no items.
type Doc struct{ Root, Item string }

// The answers.
var (
	ServicesDoc   = Doc{"services", "service"}
	DefinitionDoc = Doc{"service_definition", ""}
	RequestsDoc   = Doc{"service_requests", "request"}
	UpdatesDoc    = Doc{"service_request_updates", "request_update"}
	FaultsDoc     = Doc{"errors", "error"}
	DiscoveryDoc  = Doc{"discovery", ""}
)

// List writes a list.
func List[T any](f Format, d Doc, items []T) ([]byte, error) {
	if f == JSON {
		if items == nil {
			items = []T{}
		}
		return marshalJSON(items)
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	b.WriteString("<" + d.Root + ">")
	e := xml.NewEncoder(&b)
	start := xml.StartElement{Name: xml.Name{Local: d.Item}}
	for i := range items {
		if err := e.EncodeElement(items[i], start); err != nil {
			return nil, err
		}
	}
	if err := e.Flush(); err != nil {
		return nil, err
	}
	b.WriteString("</" + d.Root + ">\n")
	return b.Bytes(), nil
}

// One writes one record.
func One[T any](f Format, d Doc, v T) ([]byte, error) {
	if f == JSON {
		return marshalJSON(v)
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).EncodeElement(v, xml.StartElement{Name: xml.Name{Local: d.Root}}); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

func marshalJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}

// ReadList reads a list as other servers write it. In JSON a single record is
// taken as a list of one.
func ReadList[T any](f Format, d Doc, b []byte) ([]T, error) {
	b = trimBOM(b)
	if f == JSON {
		if t := bytes.TrimSpace(b); len(t) > 0 && t[0] == '{' {
			var one T
			err := json.Unmarshal(t, &one)
			return []T{one}, err
		}
		var list []T
		return list, json.Unmarshal(b, &list)
	}
	var list []T
	dec := xml.NewDecoder(bytes.NewReader(b))
	depth := 0
	for {
		t, err := dec.Token()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.Root, err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch {
			case depth == 0 && t.Name.Local != d.Root:
				return nil, fmt.Errorf("<%s> is due, not <%s>", d.Root, t.Name.Local)
			case depth == 1 && t.Name.Local == d.Item:
				var v T
				if err := dec.DecodeElement(&v, &t); err != nil {
					return nil, err
				}
				list = append(list, v)
				continue
			case depth == 1:
				if err := dec.Skip(); err != nil {
					return nil, err
				}
				continue
			}
			depth++
		case xml.EndElement:
			if depth--; depth == 0 {
				if list == nil {
					list = []T{}
				}
				return list, nil
			}
		}
	}
}

// ReadOne reads one record.
func ReadOne[T any](f Format, b []byte) (v T, err error) {
	b = trimBOM(b)
	if f == JSON {
		return v, json.Unmarshal(b, &v)
	}
	return v, xml.Unmarshal(b, &v)
}

func trimBOM(b []byte) []byte { return bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")) }
