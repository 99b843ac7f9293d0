// SPDX-License-Identifier: Apache-2.0

package people_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// ring is a request as it should be.
func ring(of people.Subject) people.Request {
	return people.Request{
		Of: of, Fields: []people.Field{people.FieldPhone, people.FieldName}, Purpose: people.ContactAboutMatter,
		About: "QL-2026-004217", Why: "路灯位置说不清，打电话问一下",
	}
}

func TestReveal(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		chen := w.chen()
		w.clock.Add(time.Minute)
		got, err := w.Reveal(ctx, li, ring(people.OfResident(chen.ID)))
		w.must(err)
		if got.Phone.Plain() != chenPhone || got.Name.Plain() != "陈秀珍" || !got.IDNumber.Empty() || !got.Address.Empty() {
			t.Errorf("revealed: %q %q %v %v", got.Phone.Plain(), got.Name.Plain(), got.IDNumber, got.Address)
		}
		if got.Phone.String() != "138****1234" {
			t.Errorf("a revealed number prints as %v", got.Phone)
		}
		rows := w.story("resident", chen.ID)
		if last := rows[len(rows)-1]; last.Act != "reveal" || last.Note != "contact_about_matter phone,name QL-2026-004217" || last.Account != li.Account {
			t.Errorf("trail: %+v", last)
		}
		ls, err := w.Looks(ctx, chen.Actor(), 10)
		w.must(err)
		if len(ls) != 1 {
			t.Fatalf("%d looks", len(ls))
		}
		if l := ls[0]; l.Actor != "李网格" || l.Post != "李网格的岗位" || l.Purpose != people.ContactAboutMatter || l.About != "QL-2026-004217" ||
			!l.At.Equal(day.Add(time.Minute)) || l.Why.Plain() != "路灯位置说不清，打电话问一下" || len(l.Fields) != 2 {
			t.Errorf("look: %+v %q", l, l.Why.Plain())
		}
	})
}

// Each refused reveal says why, shows nothing and leaves no look.
func TestRevealRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		chen := w.chen()
		before := len(w.story("resident", chen.ID))
		ended := li
		ended.Grants = []scope.Grant{li.Grants[0]}
		ended.Grants[0].Until = day
		for _, tc := range []struct {
			name string
			by   scope.Actor
			edit func(*people.Request)
			kind errs.Kind
			key  string
		}{
			{"nobody", scope.Actor{}, nil, errs.Denied, "people.staff.only"},
			{"a resident", chen.Actor(), nil, errs.Denied, "people.staff.only"},
			{"a job", job, nil, errs.Denied, "people.staff.only"},
			{"staff without the need", clerk(9, "赵调度", wenjun, "dispatch"), nil, errs.Denied, scope.DeniedNeed},
			{"another town's", clerk(9, "外街道", linqi, "reveal"), nil, errs.Denied, scope.DeniedPlace},
			{"one whose post has ended", ended, nil, errs.Denied, scope.DeniedEnded},
			{"no purpose", li, func(q *people.Request) { q.Purpose = "" }, errs.Invalid, "people.reveal.purpose"},
			{"a purpose of one's own", li, func(q *people.Request) { q.Purpose = "curiosity" }, errs.Invalid, "people.reveal.purpose"},
			{"the owner's purpose", li, func(q *people.Request) { q.Purpose = people.ReadByOwner }, errs.Invalid, "people.reveal.purpose"},
			{"no reason", li, func(q *people.Request) { q.Why = "" }, errs.Invalid, "people.reveal.why"},
			{"blanks for a reason", li, func(q *people.Request) { q.Why = " \n \t   " }, errs.Invalid, "people.reveal.why"},
			{"three letters for a reason", li, func(q *people.Request) { q.Why = "需要看" }, errs.Invalid, "people.reveal.why"},
			{"a novel for a reason", li, func(q *people.Request) { q.Why = strings.Repeat("因", 201) }, errs.Invalid, "people.reveal.why.long"},
			{"broken text for a reason", li, func(q *people.Request) { q.Why = "因为\xff\xfe所以" }, errs.Invalid, "people.reveal.why"},
			{"no matter", li, func(q *people.Request) { q.About = "" }, errs.Invalid, "people.reveal.about"},
			{"a name for a matter", li, func(q *people.Request) { q.About = "陈秀珍 13800001234" }, errs.Invalid, "people.reveal.about.malformed"},
			{"no fields", li, func(q *people.Request) { q.Fields = nil }, errs.Invalid, "people.reveal.fields"},
			{"an unknown field", li, func(q *people.Request) { q.Fields = []people.Field{"income"} }, errs.Invalid, "people.reveal.fields"},
			{"a field the purpose does not need", li, func(q *people.Request) { q.Fields = []people.Field{people.FieldPhone, people.FieldIDNumber} }, errs.Invalid, "people.reveal.field"},
			{"nobody there", li, func(q *people.Request) { q.Of = people.OfResident(99) }, errs.NotFound, "people.none"},
			{"the wrong kind", li, func(q *people.Request) { q.Of.Kind = people.KindContact }, errs.NotFound, "people.none"},
			{"no kind", li, func(q *people.Request) { q.Of.Kind = "matter" }, errs.NotFound, "people.none"},
		} {
			q := ring(people.OfResident(chen.ID))
			if tc.edit != nil {
				tc.edit(&q)
			}
			got, err := w.Reveal(ctx, tc.by, q)
			fails(t, tc.name, err, tc.kind, tc.key)
			if got != (people.Revealed{}) {
				t.Errorf("%s: refused, but shown", tc.name)
			}
		}
		if rows := w.story("resident", chen.ID); len(rows) != before {
			t.Errorf("refused reveals are in the trail: %v", acts(rows))
		}
		if ls, err := w.Looks(ctx, chen.Actor(), 10); err != nil || len(ls) != 0 {
			t.Errorf("looks: %v, %v", ls, err)
		}
		if _, err := w.Looks(ctx, he, 10); errs.KindOf(err) != errs.Denied {
			t.Errorf("a clerk's looks: %v", err)
		}
	})
}

func TestContact(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		var contact id.ID
		w.write(func(tx *sqldb.Tx) (err error) {
			contact, err = w.NewContact(tx, people.ContactInput{Name: "唐店主", Phone: zhouPhone, Address: "文君街道南街12号", Place: wenjun})
			return err
		})
		// the telephone is proven by somebody afterwards: the contact stays apart
		zhou := w.zhou()
		if zhou.ID == contact || !zhou.Name.Empty() {
			t.Errorf("a resident was made of a contact: %+v", zhou)
		}
		q := ring(people.OfContact(contact))
		if _, err := w.Reveal(ctx, clerk(9, "外街道", linqi, "reveal"), q); errs.KindOf(err) != errs.Denied {
			t.Errorf("another town's clerk: %v", err)
		}
		got, err := w.Reveal(ctx, li, q)
		w.must(err)
		if got.Phone.Plain() != zhouPhone || got.Name.Plain() != "唐店主" {
			t.Errorf("revealed %q %q", got.Phone.Plain(), got.Name.Plain())
		}
		if as := acts(w.story("contact", contact)); len(as) != 1 || as[0] != "reveal" {
			t.Errorf("trail: %v", as)
		}
		w.must(w.db.Read(ctx, func(tx *sqldb.Tx) error {
			ls, err := w.LooksAtContact(tx, contact, 10)
			if len(ls) != 1 || ls[0].Of != people.OfContact(contact) {
				t.Errorf("looks: %+v", ls)
			}
			p, _, err2 := w.Reach(tx, people.OfContact(contact))
			if p.Plain() != zhouPhone || err2 != nil {
				t.Errorf("reach: %q, %v", p.Plain(), err2)
			}
			return err
		}))
	})
}

func TestReachIsProven(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		chen, zhou := w.chen(), w.zhou()
		w.must(w.db.Read(ctx, func(tx *sqldb.Tx) error {
			if p, _, err := w.Reach(tx, people.OfResident(chen.ID)); !p.Empty() || err != nil {
				t.Errorf("a message would go to a telephone nobody proved: %q, %v", p.Plain(), err)
			}
			if p, lang, err := w.Reach(tx, people.OfResident(zhou.ID)); p.Plain() != zhouPhone || lang != "zh-CN" || err != nil {
				t.Errorf("%q %s %v", p.Plain(), lang, err)
			}
			return nil
		}))
	})
}

func TestForget(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		chen := w.chen()
		var contact id.ID
		w.write(func(tx *sqldb.Tx) (err error) {
			contact, err = w.NewContact(tx, people.ContactInput{Name: "唐店主", Phone: "13612345678", Place: wenjun})
			return err
		})
		for _, of := range []people.Subject{people.OfResident(chen.ID), people.OfContact(contact)} {
			_, err := w.Reveal(ctx, li, ring(of))
			w.must(err)
			for who, by := range map[string]scope.Actor{"nobody": {}, "a clerk without desk": li, "another town's desk": sun, "another resident": {Kind: scope.Resident, Resident: 77}} {
				err := w.db.Write(ctx, func(tx *sqldb.Tx) error { return w.Forget(tx, by, of, people.RuleTerm) })
				if errs.KindOf(err) != errs.Denied {
					t.Errorf("%s forgets a %s: %v", who, of.Kind, err)
				}
			}
			if err := w.db.Write(ctx, func(tx *sqldb.Tx) error { return w.Forget(tx, job, of, "whim") }); err == nil {
				t.Error("forgotten by a rule that is none")
			}
			w.clock.Add(time.Hour)
			for range 2 { // the second time does nothing
				w.write(func(tx *sqldb.Tx) error { return w.Forget(tx, job, of, people.RuleTerm) })
			}
			rows := w.story(string(of.Kind), of.ID)
			if n := strings.Count(strings.Join(acts(rows), " "), "forget"); n != 1 || rows[len(rows)-1].Note != "" && rows[len(rows)-1].Note != "term" {
				t.Errorf("%s: %v", of.Kind, acts(rows))
			}
			_, err = w.Reveal(ctx, li, people.Request{Of: of, Fields: []people.Field{people.FieldName}, Purpose: people.LegalRequest, Why: "依法调取资料"})
			if err == nil {
				t.Errorf("a forgotten %s was shown", of.Kind)
			}
		}
		got, err := w.Get(ctx, chen.ID)
		w.must(err)
		if !got.Forgotten() || got.ForgottenRule != "term" || !got.Name.Empty() || !got.Phone.Empty() || !got.IDNumber.Empty() || !got.Address.Empty() || got.Verified() {
			t.Errorf("the tombstone: %+v", got)
		}
		found, err := w.Find(ctx, he, "", chenCard)
		w.must(err)
		if len(found.Residents) != 0 {
			t.Errorf("a forgotten resident is found: %+v", found)
		}
		again := w.chen() // comes back to the desk: a new record
		if again.ID == chen.ID {
			t.Error("the tombstone was filled again")
		}
		fails(t, "correcting a tombstone", w.Correct(ctx, he, chen.ID, people.Correcting{Name: "陈"}), errs.Conflict, "people.forgotten")
		w.write(func(tx *sqldb.Tx) error {
			if err := w.ForgetContact(tx, job, contact); err != nil {
				return err
			}
			if err := w.ForgetContact(tx, job, 4711); err != nil {
				t.Errorf("a contact that is not there: %v", err)
			}
			cards, err := w.ContactCards(tx, contact)
			if c := cards[contact]; !c.Forgotten || c.Name != "" || c.Phone != "" {
				t.Errorf("card: %+v", c)
			}
			ls, err2 := w.LooksAtContact(tx, contact, 5)
			if len(ls) != 1 || !ls[0].Why.Empty() {
				t.Errorf("the reasons of looks stay: %+v", ls)
			}
			for _, e := range []error{err, err2} {
				if e != nil {
					return e
				}
			}
			return nil
		})
	})
}

func TestOwnRequestToForget(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		chen := w.chen()
		w.write(func(tx *sqldb.Tx) error {
			return w.Forget(tx, chen.Actor(), people.OfResident(chen.ID), people.RuleOwnRequest)
		})
		rows := w.story("resident", chen.ID)
		if last := rows[len(rows)-1]; last.Act != "forget" || last.Actor != "" || last.Account != chen.ID {
			t.Errorf("trail: %+v", last)
		}
	})
}

func TestExport(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w town) {
		chen := w.chen()
		_, err := w.Reveal(ctx, li, ring(people.OfResident(chen.ID)))
		w.must(err)
		k, err := w.Export(ctx, chen.Actor())
		w.must(err)
		b, err := json.Marshal(k)
		w.must(err)
		for _, want := range []string{`"name":"陈秀珍"`, chenPhone, chenCard, "宝塔社区3组12号", `"by":"李网格"`, "路灯位置说不清", `"purpose":"contact_about_matter"`, `"phone_proven_at":null`} {
			if !strings.Contains(string(b), want) {
				t.Errorf("the export lacks %s: %s", want, b)
			}
		}
		for _, by := range []scope.Actor{he, job, {}, {Kind: scope.Resident}} {
			if k, err := w.Export(ctx, by); errs.KindOf(err) == errs.Internal || err == nil || k.Name != "" {
				t.Errorf("exported to %+v: %v", by, err)
			}
		}
	})
}
