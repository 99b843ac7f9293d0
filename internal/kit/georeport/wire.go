// SPDX-License-Identifier: Apache-2.0

package georeport

import "encoding/json"

// The statuses. There are no others.
const (
	Open   = "open"
	Closed = "closed"
)

// A Service is a kind of request that a server takes.
type Service struct {
	Code        Word  `xml:"service_code" json:"service_code"`
	Name        Word  `xml:"service_name" json:"service_name"`
	Description Word  `xml:"description" json:"description"`
	Metadata    Truth `xml:"metadata" json:"metadata"` // there is a Definition with questions
	Type        Word  `xml:"type" json:"type"`         // realtime, batch or blackbox
	Keywords    Word  `xml:"keywords" json:"keywords"`
	Group       Word  `xml:"group" json:"group"`
}

// A Definition is what a service asks.
type Definition struct {
	Code       Word       `xml:"service_code" json:"service_code"`
	Attributes Attributes `xml:"attributes" json:"attributes"`
}

// An Attribute is one question.
type Attribute struct {
	Variable     Truth  `xml:"variable" json:"variable"`
	Code         Word   `xml:"code" json:"code"`
	Datatype     Word   `xml:"datatype" json:"datatype"`
	Required     Truth  `xml:"required" json:"required"`
	DatatypeNote Word   `xml:"datatype_description" json:"datatype_description"`
	Order        Number `xml:"order" json:"order"`
	Description  Word   `xml:"description" json:"description"`
	Values       Values `xml:"values" json:"values"`
}

// The data types of questions.
const (
	StringType   = "string"
	NumberType   = "number"
	DatetimeType = "datetime"
	TextType     = "text"
	SingleType   = "singlevaluelist"
	MultiType    = "multivaluelist"
)

// A Value is an answer that may be picked.
type Value struct {
	Key  Word `xml:"key" json:"key"`
	Name Word `xml:"name" json:"name"`
}

// Attributes is a list that stands there even when it is empty.
type Attributes struct {
	List []Attribute `xml:"attribute"`
}

// MarshalJSON implements json.Marshaler.
func (a Attributes) MarshalJSON() ([]byte, error) { return marshalList(a.List) }

// UnmarshalJSON implements json.Unmarshaler.
func (a *Attributes) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &a.List) }

// Values is a list that stands there even when it is empty.
type Values struct {
	List []Value `xml:"value"`
}

// MarshalJSON implements json.Marshaler.
func (v Values) MarshalJSON() ([]byte, error) { return marshalList(v.List) }

// UnmarshalJSON implements json.Unmarshaler.
func (v *Values) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &v.List) }

func marshalList[T any](list []T) ([]byte, error) {
	if list == nil {
		return []byte("[]"), nil
	}
	return json.Marshal(list)
}

// A Receipt is the answer to a request that was sent: its ID, or a token by which
// the ID can be asked for later.
type Receipt struct {
	ID      Word `xml:"service_request_id,omitempty" json:"service_request_id,omitempty"`
	Token   Word `xml:"token,omitempty" json:"token,omitempty"`
	Notice  Word `xml:"service_notice" json:"service_notice"`
	Account Word `xml:"account_id" json:"account_id"`
}

// A Token is the answer to who asks with a token.
type Token struct {
	ID    Word `xml:"service_request_id" json:"service_request_id"`
	Token Word `xml:"token" json:"token"`
}

// A Request is what somebody asked for, and how it stands.
type Request struct {
	ID          Word      `xml:"service_request_id" json:"service_request_id"`
	Status      Word      `xml:"status" json:"status"`
	StatusNotes Word      `xml:"status_notes" json:"status_notes"`
	ServiceName Word      `xml:"service_name" json:"service_name"`
	ServiceCode Word      `xml:"service_code" json:"service_code"`
	Description Word      `xml:"description" json:"description"`
	Agency      Word      `xml:"agency_responsible" json:"agency_responsible"`
	Notice      Word      `xml:"service_notice" json:"service_notice"`
	Requested   Word      `xml:"requested_datetime" json:"requested_datetime"`
	Updated     Word      `xml:"updated_datetime" json:"updated_datetime"`
	Expected    Word      `xml:"expected_datetime" json:"expected_datetime"`
	Address     Word      `xml:"address" json:"address"`
	AddressID   Word      `xml:"address_id" json:"address_id"`
	Zipcode     Word      `xml:"zipcode" json:"zipcode"`
	Lat         Number    `xml:"lat" json:"lat"`
	Long        Number    `xml:"long" json:"long"`
	MediaURL    Word      `xml:"media_url" json:"media_url"`
	Extended    *Extended `xml:"extended_attributes,omitempty" json:"extended_attributes,omitempty"`
}

// Extended is what a server says of a request beyond the standard, to who asks
// with extensions=true.
type Extended struct {
	Title          Word   `xml:"title" json:"title"`
	DetailedStatus Word   `xml:"detailed_status" json:"detailed_status"` // RECEIVED, IN_PROCESS, PROCESSED, ARCHIVED or REJECTED
	State          Word   `xml:"state" json:"state"`
	StateName      Word   `xml:"state_name" json:"state_name"`
	Supporters     Number `xml:"supporters" json:"supporters"`
	Due            Word   `xml:"due_datetime" json:"due_datetime"`
	URL            Word   `xml:"url" json:"url"`
}

// An Update is one thing that happened to a request.
type Update struct {
	ID        Word `xml:"update_id" json:"update_id"`
	RequestID Word `xml:"service_request_id" json:"service_request_id"`
	Status    Word `xml:"status" json:"status"`
	Updated   Word `xml:"updated_datetime" json:"updated_datetime"`
	Words     Word `xml:"description" json:"description"`
	MediaURL  Word `xml:"media_url" json:"media_url"` // the first photo
}

// An UpdateReceipt is the answer to an update that was sent.
type UpdateReceipt struct {
	ID Word `xml:"update_id" json:"update_id"`
}

// A Fault is one thing that is wrong with what was asked.
type Fault struct {
	Code        Number `xml:"code" json:"code"`
	Description Word   `xml:"description" json:"description"`
}

// A Discovery says where a server's endpoints are.
type Discovery struct {
	Changeset  Word      `xml:"changeset" json:"changeset"`
	Contact    Word      `xml:"contact" json:"contact"`
	KeyService Word      `xml:"key_service" json:"key_service"`
	Endpoints  Endpoints `xml:"endpoints" json:"endpoints"`
}

// Endpoints is a list that stands there even when it is empty.
type Endpoints struct {
	List []Endpoint `xml:"endpoint"`
}

// MarshalJSON implements json.Marshaler.
func (e Endpoints) MarshalJSON() ([]byte, error) { return marshalList(e.List) }

// UnmarshalJSON implements json.Unmarshaler.
func (e *Endpoints) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &e.List) }

// Specification is the name of the standard in a Discovery.
const Specification = "http://wiki.open311.org/GeoReport_v2"

// An Endpoint is one address at which the standard is spoken.
type Endpoint struct {
	Specification Word    `xml:"specification" json:"specification"`
	URL           Word    `xml:"url" json:"url"`
	Changeset     Word    `xml:"changeset" json:"changeset"`
	Type          Word    `xml:"type" json:"type"` // production or test
	Formats       Formats `xml:"formats" json:"formats"`
}

// Formats is a list that stands there even when it is empty.
type Formats struct {
	List []Word `xml:"format"`
}

// MarshalJSON implements json.Marshaler.
func (f Formats) MarshalJSON() ([]byte, error) { return marshalList(f.List) }

// UnmarshalJSON implements json.Unmarshaler.
func (f *Formats) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &f.List) }
