// SPDX-License-Identifier: Apache-2.0

package v1

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strings"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Raise is what somebody says when they raise a matter.
type Raise struct {
	Title      string            `json:"title,omitempty" maxLength:"60" doc:"May be left out: the first words of body are taken."`
	Body       string            `json:"body" minLength:"2" maxLength:"5000" doc:"What is the matter, in the reporter's words."`
	Category   string            `json:"category,omitempty" doc:"The code of a category; left out if the reporter does not know."`
	Answers    map[string]string `json:"answers,omitempty" doc:"To the questions of the category, by their keys."`
	Urgent     bool              `json:"urgent,omitempty"`
	Place      string            `json:"place,omitempty" doc:"The code or id of the place. One of place, place_words and point is needed."`
	PlaceWords string            `json:"place_words,omitempty" maxLength:"200" doc:"Where it is, in words."`
	Point      *Point            `json:"point,omitempty" doc:"Where exactly it is."`
	Private    bool              `json:"private,omitempty" doc:"Only those who work on it and the reporter may read it. Some categories are always private."`
	ShowName   bool              `json:"show_name,omitempty" doc:"Everybody may read the reporter's family name with it."`
	Name       string            `json:"name,omitempty" doc:"How the reporter is called. It is kept sealed and is in no answer."`
	Phone      string            `json:"phone,omitempty" doc:"Where the reporter can be rung. It is kept sealed and is in no answer."`
	Lang       string            `json:"lang,omitempty" enum:"zh-CN,en" doc:"The language in which the reporter wants to be answered; that of the request if left out."`
	ForWords   string            `json:"for_words,omitempty" maxLength:"60" doc:"For whom it is written down: how the writer stands to them."`
	Channel    string            `json:"channel,omitempty" enum:"web,phone,desk,grid,letter,meeting" doc:"How the reporter came, for keys that act for an account of the town's staff."`
	Called     bool              `json:"called,omitempty" doc:"The number that the category's stopper names has been rung."`
	Files      []string          `json:"files,omitempty" nullable:"false" maxItems:"9" doc:"The ids that POST /files gave."`
}

// Raised is what the reporter takes home.
type Raised struct {
	Number    string    `json:"number" doc:"By which everybody names the matter."`
	QueryCode string    `json:"query_code" doc:"By which the reporter asks without an account. It is told this once: give it to them."`
	Promised  time.Time `json:"promised" doc:"When it is promised to be done."`
	URL       string    `json:"url" format:"uri" doc:"Its page for people."`
}

// onceMost is how long an Idempotency-Key may be.
const onceMost = 100

// raise takes a matter in; what was asked under the same Idempotency-Key is done
// once.
func (c *call) raise(in Raise) (out Raised, err error) {
	raising, err := c.raising(in)
	if err != nil {
		return out, err
	}
	raise := func(tx *sqldb.Tx) (Raised, error) {
		slip, err := c.s.Matters.RaiseIn(tx, c.by(), raising)
		if err != nil {
			return Raised{}, named(err)
		}
		return Raised{slip.Number, slip.Code, slip.Due.UTC(), c.s.Address + "/matters/" + slip.Number}, nil
	}
	out, err = once(c, in, raise)
	if err == nil {
		c.w.Header().Set("Location", c.s.Address+Prefix+"/matters/"+out.Number)
	}
	return out, err
}

// once does in one transaction what was asked; what was asked under the same
// Idempotency-Key is done once, and answered the same.
func once[In, Out any](c *call, in In, do func(tx *sqldb.Tx) (Out, error)) (out Out, err error) {
	name := c.r.Header.Get("Idempotency-Key")
	switch {
	case len(name) > onceMost || wrongText(name) != "":
		return out, malformed("Idempotency-Key", "api.once.long", onceMost)
	case name == "":
		err = c.s.DB.Write(c.r.Context(), func(tx *sqldb.Tx) error {
			out, err = do(tx)
			return err
		})
		return out, err
	}
	asked, err := json.Marshal(in) // sorts the answers, and leaves out what the sender put between
	if err != nil {
		return out, err
	}
	asked = append(asked, c.r.URL.Path...) // the same words may be sent elsewhere
	answer, again, err := c.s.Exchange.Once(c.r.Context(), c.caller.Key.ID, name, asked, func(tx *sqldb.Tx) ([]byte, error) {
		out, err := do(tx)
		if err != nil {
			return nil, err
		}
		return json.Marshal(out)
	})
	if err != nil {
		return out, err
	}
	if again {
		c.w.Header().Set("Idempotent-Replayed", "true")
	}
	return out, json.Unmarshal(answer, &out)
}

// named gives the faults of the domain the names that the fields have here.
func named(err error) error {
	es := errs.Public(err)
	if len(es) == 0 {
		return err
	}
	var l errs.List
	for _, e := range es {
		x := *e
		if key, ok := strings.CutPrefix(x.Field, "q."); ok {
			x.Field = "answers." + key
		}
		l = append(l, &x)
	}
	return l
}

// raising is what was sent as the domain understands it.
func (c *call) raising(in Raise) (out matters.Raising, err error) {
	var faults errs.List
	out = matters.Raising{Title: in.Title, Body: in.Body, Category: in.Category, Answers: in.Answers, Urgent: in.Urgent, Channel: matters.Channel(in.Channel), PlaceWords: in.PlaceWords,
		Public: !in.Private, Named: in.ShowName, ForWords: in.ForWords, Called: in.Called, Contact: people.ContactInput{Name: in.Name, Phone: in.Phone, Lang: c.lang}}
	if in.Lang != "" {
		lang, ok := i18n.Parse(in.Lang)
		if !ok {
			faults.Add("lang", "api.lang")
		}
		out.Contact.Lang = lang
	}
	if k, ok := c.s.Matters.Catalogue().Get(in.Category); ok {
		out.Public = out.Public && k.Public
	}
	if out.ForWords == "" && c.by().Kind == scope.Machine {
		out.ForWords = c.caller.Key.Name
	}
	tree := c.s.Places.Tree()
	city, _ := tree.City()
	path := city.Path
	if in.Point != nil {
		out.At = &matters.Point{Lon: in.Point.Lon, Lat: in.Point.Lat}
		if !(in.Point.Lon >= -180 && in.Point.Lon <= 180 && in.Point.Lat >= -90 && in.Point.Lat <= 90) {
			faults.Add("point", "api.point")
		} else if p, ok := tree.Locate(in.Point.Lon, in.Point.Lat); ok {
			path = p.Path
		} else if _, drawn := tree.Outline(city.ID); drawn {
			faults.Add("point", "open311.outside")
		}
	}
	if in.Place != "" {
		p, ok := c.placeOf(in.Place)
		if !ok || !p.Open() {
			faults.Add("place", "matter.place.unknown")
		} else {
			out.Place, path = p.ID, p.Path
		}
	}
	if out.Files, err = c.taken(in.Files); err != nil {
		if err := faults.Join(err); err != nil {
			return out, err
		}
	}
	if err := faults.Err(); err != nil {
		return out, err
	}
	if !c.caller.Key.In().Contains(path) {
		return out, &errs.Error{Kind: errs.Denied, Key: "api.key.place", Args: []any{c.caller.Key.Name}, Field: "place"}
	}
	return out, nil
}

// An Upload is a file that was taken, for raising or acting with it.
type Upload struct {
	ID     string `json:"id" doc:"To be named in files. It is good for this key alone and for a day."`
	Type   string `json:"type" doc:"Its media type, found out from its bytes."`
	Size   int64  `json:"size" doc:"Bytes as kept: what says who made it, where and with what has been taken out."`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
}

// uploadFor is how long an upload can be named at least. What is in no matter after
// two days is deleted.
const uploadFor = 24 * time.Hour

// upload makes the operation that takes a file: as the body itself, or as the one
// part of a form that is a file.
func upload(o Operation) Operation {
	o.Method, o.status, o.upload, o.out = http.MethodPost, http.StatusCreated, true, reflect.TypeFor[Upload]()
	o.serve = func(c *call) error {
		if err := c.noQuery(); err != nil {
			return err
		}
		body, err := c.uploaded()
		if err != nil {
			return err
		}
		b, err := c.s.Blobs.Take(c.r.Context(), body, blob.Default())
		if err != nil {
			return err
		}
		out := Upload{Type: string(b.Type), Size: b.Size, Width: b.Width, Height: b.Height}
		out.ID = c.fileID(b)
		return c.send(o.status, out)
	}
	return o
}

func (c *call) uploaded() (io.Reader, error) {
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	switch {
	case err != nil || kind == "application/json" || kind == "application/x-www-form-urlencoded":
		return nil, refusal(http.StatusUnsupportedMediaType, "api.file.kind")
	case kind != "multipart/form-data":
		return c.r.Body, nil
	}
	form, err := c.r.MultipartReader()
	if err != nil {
		return nil, malformed("", "api.file.form")
	}
	for {
		part, err := form.NextPart()
		var big *http.MaxBytesError
		switch {
		case errors.As(err, &big):
			return nil, err
		case err != nil:
			return nil, malformed("", "api.file.form")
		case part.FileName() != "":
			return part, nil
		}
	}
}

// fileID names a file that was taken, so that nobody else can name it, who only
// knows what is in it.
func (c *call) fileID(b blob.Blob) string {
	f := fileName{Hash: string(b.Hash), Type: string(b.Type), Size: b.Size, Width: b.Width, Height: b.Height}
	_, f.Token, _ = strings.Cut(c.s.Blobs.Address(b.Hash.File(), f.reader(c.caller), c.s.DB.Now(), uploadFor), "/")
	text, err := json.Marshal(f)
	if err != nil {
		panic(err) // texts and numbers can always be written
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// A fileName is what is in the name of a file that was taken.
type fileName struct {
	Hash   string `json:"h"`
	Type   string `json:"t"`
	Size   int64  `json:"s"`
	Width  int    `json:"x,omitempty"`
	Height int    `json:"y,omitempty"`
	Token  string `json:"k,omitempty"`
}

// reader is what the token in a name is good for: this key, and all that the name
// says.
func (f fileName) reader(m access.Machine) string {
	f.Token = ""
	text, err := json.Marshal(f)
	if err != nil {
		panic(err) // texts and numbers can always be written
	}
	return "api " + m.Key.ID.String() + " " + string(text)
}

// taken are the files with the names.
func (c *call) taken(names []string) ([]matters.NewFile, error) {
	if len(names) > matters.MaxFiles {
		return nil, errs.At("files", "matter.files.many", matters.MaxFiles)
	}
	var out []matters.NewFile
	for _, name := range names {
		var f fileName
		text, err := base64.RawURLEncoding.DecodeString(name)
		if err == nil {
			err = json.Unmarshal(text, &f)
		}
		if err == nil {
			_, err = c.s.Blobs.Allowed(f.Hash, f.reader(c.caller), f.Token, c.s.DB.Now())
		}
		if err != nil {
			return nil, errs.At("files", "api.file.unknown")
		}
		out = append(out, matters.NewFile{Hash: f.Hash, Type: f.Type, Size: f.Size, Width: f.Width, Height: f.Height})
	}
	return out, nil
}
