// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"regexp"
	"strings"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// An Item is something that can be had at a counter.
type Item struct {
	ID        id.ID
	Code      string // in its address
	Origin    string // "system:code" of what was imported; "" of the town's own
	Unit      id.ID  // which offers it; 0: none of the town's, named in Agency
	Path      scope.Path
	Active    bool
	ChangedAt time.Time
	Version   int64
	Spec
}

// A Spec is what is said of an item. Everything but the name may be empty, and is then
// not said.
type Spec struct {
	Name       i18n.Text  `json:"name"`
	Also       []string   `json:"also,omitempty"`       // what people call it
	Theme      string     `json:"theme,omitempty"`      // the heading it stands under
	Kind       string     `json:"kind,omitempty"`       // 行政许可, 公共服务 …
	Level      string     `json:"level,omitempty"`      // 省级, 市级 …
	Agency     string     `json:"agency,omitempty"`     // who offers it, if it is no unit of the town's
	With       string     `json:"with,omitempty"`       // who else takes part
	For        []string   `json:"for,omitempty"`        // for whom
	Conditions string     `json:"conditions,omitempty"` // when it is granted
	Papers     []string   `json:"papers,omitempty"`     // what to bring
	Legal      when.Limit `json:"legal,omitzero"`       // how long it may take by law; zero: nothing is said
	Promised   when.Limit `json:"promised,omitzero"`    // as the unit promises
	Visits     int        `json:"visits,omitempty"`     // how often one has to come
	Fee        string     `json:"fee,omitempty"`
	Where      string     `json:"where,omitempty"`
	Hours      string     `json:"hours,omitempty"`
	Phone      string     `json:"phone,omitempty"`
	Complaints string     `json:"complaints,omitempty"` // whom to ring who is not content
	Online     string     `json:"online,omitempty"`     // an address at which it can be applied for
	Platform   string     `json:"platform,omitempty"`   // what that is called
	Courier    bool       `json:"courier,omitempty"`    // it can be sent home
	Booking    bool       `json:"booking,omitempty"`    // a time can be booked for it
	BookAt     string     `json:"book_at,omitempty"`    // where, if not here
	AtHome     bool       `json:"at_home,omitempty"`    // it can be done at home
}

// Limits of an item, in characters and pieces.
const (
	maxName   = 200
	maxLine   = 300
	maxLong   = 4000
	maxPieces = 60
)

var itemCode = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{1,59}$`)

// check says what is wrong with an item, beside the fields.
func (i *Item) check() error {
	var faults errs.List
	if !itemCode.MatchString(i.Code) {
		faults.Add("code", "desk.item.code")
	}
	if i.Name.ZH = words(&faults, "name_zh", i.Name.ZH, least, maxName); i.Name.EN != "" {
		i.Name.EN = words(&faults, "name_en", i.Name.EN, least, maxName)
	}
	for _, f := range []struct {
		field string
		text  *string
		most  int
	}{
		{"theme", &i.Theme, 40}, {"kind", &i.Kind, 40}, {"level", &i.Level, 40}, {"agency", &i.Agency, maxLine}, {"with", &i.With, maxLine}, {"conditions", &i.Conditions, maxLong}, {"fee", &i.Fee, maxLine},
		{"where", &i.Where, maxLine}, {"hours", &i.Hours, maxLine}, {"phone", &i.Phone, 100}, {"complaints", &i.Complaints, 100}, {"online", &i.Online, 500}, {"platform", &i.Platform, maxLine}, {"book_at", &i.BookAt, 500},
	} {
		*f.text = words(&faults, f.field, *f.text, 0, f.most)
	}
	for _, f := range []struct {
		field string
		list  *[]string
	}{{"also", &i.Also}, {"for", &i.For}, {"papers", &i.Papers}} {
		if *f.list = pieces(*f.list); len(*f.list) > maxPieces {
			faults.Add(f.field, "desk.item.pieces", maxPieces)
		}
		for _, s := range *f.list {
			words(&faults, f.field, s, 0, maxLine)
		}
	}
	for field, address := range map[string]string{"online": i.Online, "book_at": i.BookAt} {
		if address != "" && !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") {
			faults.Add(field, "desk.item.address")
		}
	}
	if i.Legal.N > 0 && i.Promised.N > 0 && i.Legal.Unit == i.Promised.Unit && i.Promised.N > i.Legal.N {
		faults.Add("promised", "desk.item.promised")
	}
	if i.Visits < 0 || i.Visits > 20 {
		faults.Add("visits", "form.range", 0, 20)
	}
	return faults.Err()
}

// pieces are the texts that say something, each once.
func pieces(in []string) (out []string) {
	seen := map[string]bool{}
	for _, s := range in {
		if s = strings.TrimSpace(s); s != "" && !seen[s] {
			seen[s], out = true, append(out, s)
		}
	}
	return out
}

// MayKeep reports whether the actor may change what a unit offers, and its counters:
// who works at its desk or handles for it, and who administers the place.
func MayKeep(by scope.Actor, unit id.ID, path scope.Path, now time.Time) bool {
	return mayKeep(by, unit, path, now) == nil
}

func mayKeep(by scope.Actor, unit id.ID, path scope.Path, now time.Time) error {
	if unit != 0 && (allow(by, access.Desk, path, unit, now) == nil || allow(by, access.Handle, path, unit, now) == nil) {
		return nil
	}
	return allow(by, access.Administer, path, 0, now)
}

// Keep writes down an item, a new one if its ID is 0: for its unit, and for whoever
// administers its place (else Denied). What is wrong is Invalid beside its field; that
// somebody else has changed it meanwhile, or that the code is taken, a Conflict. The
// item as it was stays among its editions.
func (s *Service) Keep(ctx context.Context, by scope.Actor, i Item, note string) (d id.ID, err error) {
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		d, err = s.keep(tx, by, i, note)
		return err
	})
	return d, err
}

func (s *Service) keep(tx *sqldb.Tx, by scope.Actor, i Item, note string) (id.ID, error) {
	i.Code = strings.TrimSpace(i.Code)
	if err := s.settle(&i); err != nil {
		return 0, err
	}
	var faults errs.List
	note = words(&faults, "note", note, 0, maxWords)
	if err := faults.Join(i.check()); err != nil {
		return 0, err
	}
	if err := faults.Err(); err != nil {
		return 0, err
	}
	act := "add"
	if i.ID != 0 {
		was, err := loadItem(tx, i.ID)
		if err != nil {
			return 0, err
		}
		if err := mayKeep(by, was.Unit, was.Path, tx.Now()); err != nil {
			return 0, err
		}
		i.Origin, i.Code, act = was.Origin, was.Code, "change"
		if i.Version != was.Version {
			return 0, errs.New(errs.Conflict, "record.changed")
		}
	}
	if err := mayKeep(by, i.Unit, i.Path, tx.Now()); err != nil {
		return 0, err
	}
	i.ChangedAt = tx.Now()
	if i.ID == 0 {
		i.ID, i.Version = tx.NewID(), 1
		if ok, err := insertItem(tx, i); err != nil || !ok {
			if err == nil {
				err = &errs.Error{Kind: errs.Conflict, Key: "desk.item.taken", Field: "code"}
			}
			return 0, err
		}
	} else {
		if err := saveItem(tx, i); err != nil {
			return 0, err
		}
		i.Version++
	}
	if err := insertEdition(tx, by, i, note); err != nil {
		return 0, err
	}
	editions, err := editionsOf(tx, i.ID)
	if err != nil {
		return 0, err
	}
	if err := trail.Append(tx, by, trail.Entry{Noun: "desk_item", Record: i.ID, Act: act, Note: note, Digest: i.digest(editions)}); err != nil {
		return 0, err
	}
	return i.ID, s.changed(tx)
}

// settle puts an item where its unit serves.
func (s *Service) settle(i *Item) error {
	i.Path = scope.Path{}
	if i.Unit == 0 {
		if strings.TrimSpace(i.Agency) == "" {
			return errs.At("unit", "desk.item.unit")
		}
		return nil
	}
	u, ok := s.Orgs.Directory().Unit(i.Unit)
	if !ok || !u.Active {
		return errs.At("unit", "desk.item.unit")
	}
	i.Path = u.Path
	return nil
}

// digest is over everything that is kept of the item, and its editions.
func (i Item) digest(editions []byte) []byte {
	return trail.Digest("desk_item/2", i.ID, i.Code, i.Origin, i.Unit, i.Path[scope.Town], i.Path[scope.Village], i.Path[scope.Grid], i.Path[scope.Courtyard], i.spec(), i.Active, i.ChangedAt, i.Version, editions)
}

// An Edition is an item as it was from a moment on.
type Edition struct {
	At    time.Time
	Actor string
	Note  string
	Spec  Spec
	On    bool // it was offered
}

// History are the editions of an item, the newest first: the last hundred.
func (s *Service) History(ctx context.Context, item id.ID) (es []Edition, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		es, err = listEditions(tx, item)
		return err
	})
	return es, err
}

// changed has every process read the catalogue anew.
func (s *Service) changed(tx *sqldb.Tx) error {
	n, err := sqldb.Mark(tx, catalogueMark)
	if err != nil {
		return err
	}
	return sqldb.SetMark(tx, catalogueMark, n+1)
}

const catalogueMark = "desk.catalogue"
