// SPDX-License-Identifier: Apache-2.0

package people_test

import (
	"context"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"yuanba/internal/domain/people"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
	_ "yuanba/internal/locale"
	"yuanba/internal/schema"
)

var (
	wenjun = scope.Path{0, 10, 100, 1000}
	linqi  = scope.Path{0, 20, 200}
	day    = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	ctx    = context.Background()
)

// The people of the tests. Their telephones and numbers are nobody's.
const (
	chenPhone, zhouPhone = "13896371234", "13787654321"
	chenCard, zhouCard   = "510183194703152268", "510183199208183625"
)

// he is the registration officer of Wenjun street, with its desk; li a grid
// worker there who may ask to see private facts; sun has the desk of Linqi.
var (
	he  = clerk(1, "何警官", wenjun, "desk", "reveal")
	li  = clerk(2, "李网格", wenjun, "reveal")
	sun = clerk(3, "孙窗口", linqi, "desk")
	job = scope.Program("retention")
)

func clerk(account id.ID, name string, where scope.Path, needs ...scope.Need) scope.Actor {
	return scope.Actor{Kind: scope.Staff, Account: account, Name: name, Grants: []scope.Grant{{
		Post: name + "的岗位", Needs: needs, In: scope.Scope{Level: scope.Town, ID: where[scope.Town]},
	}}}
}

// town is the people of one test.
type town struct {
	*people.Service
	t     *testing.T
	db    *sqldb.DB
	clock *sqldbtest.Clock
	inbox *people.Inbox
	keys  *seal.File
}

// each runs f with a fresh town on each engine.
func each(t *testing.T, f func(t *testing.T, w town)) {
	t.Helper()
	clock := sqldbtest.NewClock(day)
	run := func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		keys, err := seal.Forgotten()
		if err != nil {
			t.Fatal(err)
		}
		inbox := &people.Inbox{}
		f(t, town{people.New(db, seal.New(keys), people.Options{Sender: inbox}), t, db, clock, inbox, keys})
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		run(t, sqldbtest.SQLite(t, sqldb.Options{Clock: clock.Now}), clock)
	})
	if os.Getenv(sqldbtest.PostgresEnv) != "" {
		clock := sqldbtest.NewClock(day)
		t.Run("postgres", func(t *testing.T) {
			t.Parallel()
			run(t, sqldbtest.Postgres(t, sqldb.Options{Clock: clock.Now}), clock)
		})
	}
}

func (w town) write(f func(tx *sqldb.Tx) error) {
	w.t.Helper()
	if err := w.db.Write(ctx, f); err != nil {
		w.t.Fatal(err)
	}
}

func (w town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// chen is 陈婆婆: seen at the desk with her card, without a proven telephone.
func (w town) chen() people.Resident {
	w.t.Helper()
	r, err := w.Verify(ctx, he, people.Verifying{Name: "陈秀珍", IDNumber: chenCard, Phone: chenPhone, Address: "文君街道宝塔社区3组12号", Place: wenjun, Large: true})
	w.must(err)
	return r
}

// zhou is 周敏: known by a telephone code only.
func (w town) zhou() people.Resident {
	w.t.Helper()
	r, err := w.CheckCode(ctx, i18n.ZH, zhouPhone, w.code(zhouPhone), "10.0.0.1")
	w.must(err)
	return r
}

var sixDigits = regexp.MustCompile(`\d{6}`)

// code asks for a code and reads it from the telephone.
func (w town) code(phone string) string {
	w.t.Helper()
	w.must(w.SendCode(ctx, i18n.ZH, phone, "10.0.0.1"))
	return w.lastCode(phone)
}

func (w town) lastCode(phone string) string {
	w.t.Helper()
	texts := w.inbox.Texts(phone)
	if len(texts) == 0 {
		w.t.Fatal("no text was sent")
	}
	return sixDigits.FindString(texts[len(texts)-1])
}

// story is the acts of a record's trail, in order.
func (w town) story(noun string, d id.ID) (rows []trail.Row) {
	w.t.Helper()
	w.must(w.db.Read(ctx, func(tx *sqldb.Tx) (err error) {
		rows, err = trail.Story(tx, noun, d, 0, 100)
		return err
	}))
	return rows
}

func acts(rows []trail.Row) (as []string) {
	for _, r := range rows {
		as = append(as, r.Act)
	}
	return as
}

// fails says whether err is of the kind and says the key.
func fails(t *testing.T, what string, err error, kind errs.Kind, key string) {
	t.Helper()
	es := errs.Public(err)
	if len(es) == 0 || es[0].Kind != kind || es[0].Key != key {
		t.Errorf("%s: %v, want %s %s", what, err, kind, key)
		return
	}
	for _, lang := range i18n.Langs {
		if text := i18n.T(lang, key, es[0].Args...); strings.ContainsAny(text, "⟦{") {
			t.Errorf("%s in %s: %s", key, lang, text)
		}
	}
}

// Every sealed column of the schema has its purposes, every purpose its words.
func TestPurposes(t *testing.T) {
	t.Parallel()
	var b []byte
	names, err := fs.Glob(schema.Files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := schema.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		b = append(b, text...)
	}
	table, columns := "", map[seal.Column]bool{}
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) > 2 && f[0] == "CREATE" && f[1] == "TABLE" {
			table = f[2]
		}
		if len(f) > 1 && strings.HasSuffix(f[0], "_sealed") {
			columns[seal.Column{Table: table, Name: f[0]}] = true
		}
		if table != "resident" && table != "contact" && table != "mailbox" && table != "look" {
			continue // of these it is asked of the whole schema elsewhere
		}
		for _, word := range []string{"score", "rating", "level", "label", "tag", "rank", "points"} {
			if len(f) > 0 && strings.Contains(f[0], word) {
				t.Errorf("%s.%s: nobody is scored or labelled", table, f[0])
			}
		}
	}
	if len(columns) < 8 {
		t.Fatalf("only %d sealed columns were found", len(columns))
	}
	for c := range columns {
		if len(people.Purposes[c]) == 0 {
			t.Errorf("%s is sealed, but no purpose is named for which it may be read", c)
		}
	}
	known := append(slices.Clone(people.AllPurposes), people.ReadByOwner, people.FoundAtDesk, people.VisitAgreed, people.AnswersRead, people.Addressed, people.Served)
	for c, ps := range people.Purposes {
		if !columns[c] {
			t.Errorf("%s has purposes, but is no sealed column", c)
		}
		for _, p := range ps {
			if !slices.Contains(known, p) {
				t.Errorf("%s: no purpose is called %s", c, p)
			}
		}
	}
	for _, p := range known {
		if !i18n.Has(p.Key()) {
			t.Errorf("%s has no words", p.Key())
		}
	}
	for _, f := range people.Fields {
		if !i18n.Has(f.Key()) {
			t.Errorf("%s has no words", f.Key())
		}
	}
	if people.MayRead(people.KindContact, people.FieldIDNumber, people.LegalRequest) || people.MayRead(people.KindResident, people.FieldIDNumber, people.ContactAboutMatter) {
		t.Error("an identity number is shown to make a call")
	}
}

func TestKeysBelongToTheDatabase(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		w.must(w.CheckKeys(ctx))
		w.must(w.CheckKeys(ctx))
		w.must(w.keysAgain().CheckKeys(ctx))
		other, err := seal.Forgotten()
		w.must(err)
		if err := people.New(w.db, seal.New(other), people.Options{}).CheckKeys(ctx); err == nil || !strings.Contains(err.Error(), "put back the keys") {
			t.Errorf("another town's keys: %v", err)
		}
		w.must(w.CheckKeys(ctx))
	})
}

func (w town) keysAgain() *people.Service {
	return people.New(w.db, seal.New(w.keys), people.Options{})
}

func TestSettle(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		zhou := w.zhou()
		w.must(w.Settle(ctx, zhou.Actor(), people.Settings{Lang: i18n.EN, Large: true, Place: linqi}))
		got, err := w.Get(ctx, zhou.ID)
		w.must(err)
		if got.Lang != i18n.EN || !got.Large || got.Place != linqi || got.Version != 2 {
			t.Errorf("%+v", got)
		}
		fails(t, "a clerk", w.Settle(ctx, he, people.Settings{Lang: i18n.ZH}), errs.NotFound, "people.none")
		mixed := he
		mixed.Resident = zhou.ID
		fails(t, "a clerk who names a resident", w.Settle(ctx, mixed, people.Settings{Lang: i18n.ZH}), errs.Denied, "people.own.only")
		fails(t, "no language", w.Settle(ctx, zhou.Actor(), people.Settings{Lang: "fr"}), errs.Invalid, "people.lang.unknown")

		w.must(w.Introduce(ctx, zhou.Actor(), "周敏", "文君街道宝塔社区8栋"))
		own, err := w.Own(ctx, zhou.Actor())
		w.must(err)
		if own.Name.Plain() != "周敏" || own.Address.Plain() != "文君街道宝塔社区8栋" || own.Phone.Plain() != zhouPhone {
			t.Errorf("own facts: %q %q %q", own.Name.Plain(), own.Address.Plain(), own.Phone.Plain())
		}
		_, err = w.Verify(ctx, he, people.Verifying{Resident: zhou.ID, Name: "周敏", IDNumber: zhouCard, Place: wenjun})
		w.must(err)
		fails(t, "a verified name", w.Introduce(ctx, zhou.Actor(), "周小敏", ""), errs.Denied, "people.name.verified")
		if _, err := w.Own(ctx, he); errs.KindOf(err) != errs.Denied {
			t.Errorf("a clerk's own private facts: %v", err)
		}
	})
}

func TestCards(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		chen, zhou := w.chen(), w.zhou()
		w.write(func(tx *sqldb.Tx) error {
			contact, err := w.NewContact(tx, people.ContactInput{Name: "高先生", Phone: "028-88791234"})
			if err != nil {
				return err
			}
			cards, err := w.Cards(tx, chen.ID, zhou.ID, contact, 12345)
			if err != nil {
				return err
			}
			if c := cards[chen.ID]; len(cards) != 2 || c.Name != "陈**" || c.Phone != "138****1234" || !c.Verified || c.ID != chen.ID {
				t.Errorf("cards: %+v", cards)
			}
			if c := cards[zhou.ID]; c.Name != "" || c.Phone != "137****4321" || c.Verified {
				t.Errorf("card: %+v", c)
			}
			cards, err = w.ContactCards(tx, contact, chen.ID)
			if c := cards[contact]; len(cards) != 1 || c.Name != "高**" || c.Phone != "028****1234" || c.Verified {
				t.Errorf("contact cards: %+v", cards)
			}
			none, _ := w.Cards(tx)
			if len(none) != 0 {
				t.Errorf("cards of nobody: %v", none)
			}
			return err
		})
		got, err := w.Get(ctx, chen.ID)
		w.must(err)
		if got.Name.Plain()+got.Phone.Plain()+got.IDNumber.Plain()+got.Address.Plain() != "" || got.Name.String() != "陈**" {
			t.Errorf("a resident leaves the package open: %q", got.Name.Plain())
		}
		if _, err := w.Get(ctx, 99); errs.KindOf(err) != errs.NotFound {
			t.Errorf("nobody: %v", err)
		}
	})
}

func TestNewContact(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		w.write(func(tx *sqldb.Tx) error {
			if d, err := w.NewContact(tx, people.ContactInput{Name: "  "}); d != 0 || err != nil {
				t.Errorf("nothing given: %s, %v", d, err)
			}
			return nil
		})
		in := people.ContactInput{Name: "<b>", Phone: "1", Address: "a\x01"}
		err := in.Check()
		var fields []string
		for _, e := range errs.Public(err) {
			fields = append(fields, e.Field)
		}
		if !slices.Equal(fields, []string{"name", "phone", "address"}) {
			t.Errorf("faults beside %v: %v", fields, err)
		}
		err = w.db.Write(ctx, func(tx *sqldb.Tx) error { _, err := w.NewContact(tx, in); return err })
		if errs.KindOf(err) != errs.Invalid {
			t.Errorf("broken contact: %v", err)
		}
	})
}
