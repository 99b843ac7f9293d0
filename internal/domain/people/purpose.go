// SPDX-License-Identifier: Apache-2.0

package people

import (
	"slices"

	"yuanba/internal/kit/seal"
)

// A Purpose is what private facts are read for. The list only grows: its words
// are in the trail.
type Purpose string

// The purposes for which a clerk may ask to see private facts.
const (
	ContactAboutMatter Purpose = "contact_about_matter" // ring or write about the matter they raised
	VerifyIdentity     Purpose = "verify_identity"      // see at the desk that they are who they say
	ServeAtHome        Purpose = "serve_at_home"        // go to them with what they asked for
	CorrectRecord      Purpose = "correct_record"       // put right what is written about them
	LegalRequest       Purpose = "legal_request"        // a court, the police or an auditor asks by law
)

// VisitAgreed is the purpose of a look at what a visit needs to which the person has
// agreed: no clerk may choose it, see [Service.RevealAgreed].
const VisitAgreed Purpose = "visit_agreed"

// AnswersRead is the purpose of a look at what was answered in somebody's home to the
// duty of a department: see [Service.NoteAnswers].
const AnswersRead Purpose = "answers_read"

// Addressed is the purpose of the words of a letter to a village: who wrote it and those
// to whom it is written read them, and no clerk may ask for them.
const Addressed Purpose = "addressed"

// Served is the purpose of what is said about somebody who is served at the desk or at home:
// they, those who serve them and the auditor read it where the record is shown, and no clerk
// may ask for it elsewhere.
const Served Purpose = "served"

// AllPurposes lists the purposes, the most usual first.
var AllPurposes = []Purpose{ContactAboutMatter, ServeAtHome, VerifyIdentity, CorrectRecord, LegalRequest}

// NeedsMatter reports whether a look for this purpose must name the matter.
func (p Purpose) NeedsMatter() bool {
	return p == ContactAboutMatter || p == ServeAtHome || p == VisitAgreed
}

// Key is the message that names the purpose.
func (p Purpose) Key() string { return "people.purpose." + string(p) }

// A Field is a private fact of a subject.
type Field string

// The fields.
const (
	FieldName     Field = "name"
	FieldPhone    Field = "phone"
	FieldIDNumber Field = "id_number"
	FieldAddress  Field = "address"
)

// Fields lists the fields, in the order in which a page shows them.
var Fields = []Field{FieldName, FieldPhone, FieldIDNumber, FieldAddress}

// Key is the message that names the field.
func (f Field) Key() string { return "people.field." + string(f) }

// The private columns.
var (
	residentName     = seal.Column{Table: "resident", Name: "name_sealed"}
	residentPhone    = seal.Column{Table: "resident", Name: "phone_sealed"}
	residentIDNumber = seal.Column{Table: "resident", Name: "id_number_sealed"}
	residentAddress  = seal.Column{Table: "resident", Name: "address_sealed"}
	contactName      = seal.Column{Table: "contact", Name: "name_sealed"}
	contactPhone     = seal.Column{Table: "contact", Name: "phone_sealed"}
	contactAddress   = seal.Column{Table: "contact", Name: "address_sealed"}
	mailboxAddress   = seal.Column{Table: "mailbox", Name: "address_sealed"}
	lookWhy          = seal.Column{Table: "look", Name: "why_sealed"}
	visitNeed        = seal.Column{Table: "patrol_visit", Name: "need_sealed"}
	conflictFields   = seal.Column{Table: "field_conflict", Name: "fields_sealed"}
	missiveBody      = seal.Column{Table: "missive", Name: "body_sealed"}
	missiveReply     = seal.Column{Table: "missive", Name: "reply_sealed"}
	homeNeed         = seal.Column{Table: "home_visit", Name: "need_sealed"}
	homePapers       = seal.Column{Table: "home_visit", Name: "papers_sealed"}
	homeConsent      = seal.Column{Table: "home_visit", Name: "consent_sealed"}
	homeResult       = seal.Column{Table: "home_visit", Name: "result_sealed"}
	deskWords        = seal.Column{Table: "desk_step", Name: "words_sealed"}
)

// ReadByOwner is the purpose of a column that no clerk may ask for: the person
// concerned reads it on their own page, and nobody else.
const ReadByOwner Purpose = "read_by_owner"

// Purposes says of every private column for what it may be read. A column that
// is not here can be read for nothing; its test holds that every sealed column
// of the schema is here.
var Purposes = map[seal.Column][]Purpose{
	residentName:     {ContactAboutMatter, VerifyIdentity, ServeAtHome, CorrectRecord, LegalRequest, VisitAgreed},
	residentPhone:    {ContactAboutMatter, ServeAtHome, CorrectRecord, LegalRequest, VisitAgreed},
	residentIDNumber: {VerifyIdentity, CorrectRecord, LegalRequest},
	residentAddress:  {ServeAtHome, CorrectRecord, LegalRequest, VisitAgreed},
	contactName:      {ContactAboutMatter, ServeAtHome, LegalRequest},
	contactPhone:     {ContactAboutMatter, ServeAtHome, LegalRequest},
	contactAddress:   {ContactAboutMatter, ServeAtHome, LegalRequest},
	mailboxAddress:   {ReadByOwner}, // the program writes there; no clerk may ask for it
	lookWhy:          {ReadByOwner},
	visitNeed:        {VisitAgreed}, // why somebody is visited
	conflictFields:   {VisitAgreed, CorrectRecord},
	missiveBody:      {Addressed},
	missiveReply:     {Addressed},
	homeNeed:         {Served},
	homePapers:       {Served},
	homeConsent:      {Served},
	homeResult:       {Served},
	deskWords:        {Served},
}

// MayRead reports whether a field of this kind of subject may be read for the
// purpose, so that a page offers no more.
func MayRead(k Kind, f Field, p Purpose) bool {
	return p != ReadByOwner && slices.Contains(Purposes[k.column(f)], p)
}
