// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/field"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/trail"
	"yuanba/internal/domain/webhooks"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// everyRow is all that the town keeps: of SQLite the bytes of its files, with what lies
// beside and what is not in the main file yet; of PostgreSQL every row of every table.
func (w *hooked) everyRow() []byte {
	w.t.Helper()
	var all bytes.Buffer
	if w.DB.Engine() == sqldb.SQLite {
		names, err := filepath.Glob(w.Config.DB + "*")
		w.must(err)
		if !slices.Contains(names, w.Config.DB+sqldb.BesideEnd) {
			w.t.Fatalf("nothing lies beside: %v", names)
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			w.must(err)
			all.Write(b)
		}
		return all.Bytes()
	}
	w.must(w.DB.Read(w.t.Context(), func(tx *sqldb.Tx) error {
		read := func(r sqldb.Scanner) (s string, err error) {
			err = r.Scan(&s)
			return s, err
		}
		tables, err := sqldb.All(tx, read, `SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`)
		if err != nil {
			return err
		}
		for _, table := range tables {
			rows, err := sqldb.All(tx, read, `SELECT t::text FROM "`+table+`" t`)
			if err != nil {
				return err
			}
			all.WriteString(strings.Join(rows, "\n"))
		}
		return nil
	}))
	return all.Bytes()
}

// matterInClear is what everybody may read.
var matterInClear = matters.Raising{Body: "桥头第三盏路灯整夜不亮。", Public: true}

// A home visit is found on a round, by a phone, and goes its whole way. Whoever has the
// database, its search, its trail, the letters and what other programs are sent finds none
// of its words; who may see the visit reads them all; and who holds the slip reads what is
// for them.
func TestHomeVisitIsSealed(t *testing.T) {
	t.Parallel()
	withHooks(t, func(w *hooked) {
		ctx, li, lin, he, p := t.Context(), w.As("li"), w.As("lin"), w.As("he"), pointOf(t, w.Town)
		l := listen(t)
		w.hook(l, webhooks.Settling{})
		raised := w.raised(matterInClear)

		said := struct{ need, whose, none, consent, papers, why, result, more, well string }{"七十九岁肝癌卧床", "隔壁表侄女", "电话占线无人接", "大女儿点头答应", "残疾证与病历本", "血透改到下周", "床头拍照采指纹", "指纹没采全再来", "事后说都妥当"}
		words := []string{said.need, said.whose, said.none, said.consent, said.papers, said.why, said.result, said.more, said.well}

		token, _, err := w.Field.Register(ctx, li, "红米、蓝壳")
		w.must(err)
		text, err := json.Marshal(map[string]any{"v": 1, "kind": "entry", "made": w.Clock.Now().UnixMilli(), "nonce": "n", "files": []string{}, "body": map[string]any{
			"stop": p.ID.String(), "point": p.ID.String(), "did": []any{}, "words": "", "code": p.Code,
			"need": map[string]string{"words": said.need, "whose": said.whose, "phone": "19900000001", "name": "陈大爷"}}})
		w.must(err)
		as, err := w.Field.Accept(ctx, li, token, field.Batch{Now: w.Clock.Now(), Envelopes: []field.Sent{{ID: field.HashOf(string(text)), Text: string(text)}}})
		if err != nil || len(as) != 1 || as[0].Is != field.Accepted {
			t.Fatalf("%+v, %v", as, err)
		}
		v := told(t, w.Town)[0]
		if v.Need != "" {
			t.Errorf("the list opens %q", v.Need)
		}
		arrange := func() {
			t.Helper()
			free, err := w.Desk.FreeTimes(ctx, v.HomeVisit, lin.Account, li.Account, 60)
			w.must(err)
			w.must(w.Desk.Arrange(ctx, he, v.ID, desk.Arranging{At: free[0].At, Minutes: 60, Officer: lin.Account, Worker: li.Account, Papers: said.papers}))
			w.Clock.Set(free[0].At.Add(30 * time.Minute))
			lin, he = w.As("lin"), w.As("he")
		}
		w.must(w.Desk.Call(ctx, lin, v.ID, desk.NoAnswer, said.none))
		w.must(w.Desk.Call(ctx, lin, v.ID, desk.SaidYes, said.consent))
		arrange()
		w.must(w.Desk.Postpone(ctx, he, v.ID, said.why))
		arrange()
		w.must(w.Desk.Do(ctx, he, v.ID, said.result, desk.NewFile{Hash: "abc", Type: "image/png"}, desk.Drawn))
		w.must(w.Desk.FollowUp(ctx, lin, v.ID, desk.NotWell, said.more))
		arrange()
		w.must(w.Desk.Do(ctx, he, v.ID, said.result, desk.NewFile{Hash: "abc", Type: "image/png"}, desk.Drawn))
		w.must(w.Desk.FollowUp(ctx, lin, v.ID, desk.AllIsWell, said.well))
		w.must(w.Desk.Finish(ctx, he, v.ID))
		w.work()

		x, err := w.Desk.Visit(ctx, lin, v.Number)
		w.must(err)
		if x.Need != said.need || x.Consent != said.consent || x.Papers != said.papers || x.Result != said.result {
			t.Errorf("the desk reads %q, %q, %q, %q", x.Need, x.Consent, x.Papers, x.Result)
		}
		var story []string
		for _, s := range x.Steps {
			story = append(story, s.Words)
		}
		if want := []string{said.whose, said.none, said.consent, said.papers, said.why, said.papers, said.result, said.more, said.papers, said.result, said.well, ""}; !slices.Equal(story, want) {
			t.Errorf("the story says %q", story)
		}
		slip, err := w.Desk.Visit(ctx, scope.Actor{Kind: scope.Anonymous, Slips: []id.ID{v.ID}}, v.Number)
		w.must(err)
		if slip.Need != said.need || slip.Result != said.result || slip.Consent != "" {
			t.Errorf("the holder of the slip reads %q, %q, %q", slip.Need, slip.Result, slip.Consent)
		}

		rows := w.everyRow()
		for _, s := range []string{v.Number, raised.Number, matterInClear.Body} { // what is there is found
			if !bytes.Contains(rows, []byte(s)) {
				t.Errorf("%s is not found in what is kept", s)
			}
		}
		var sent strings.Builder
		for _, m := range l.messages() {
			sent.WriteString(m.Body)
		}
		if !strings.Contains(sent.String(), raised.Number) {
			t.Errorf("the other program heard of nothing: %s", sent.String())
		}
		var refs []id.ID
		for _, s := range x.Steps {
			refs = append(refs, s.ID)
		}
		w.must(w.DB.Read(ctx, func(tx *sqldb.Tx) error {
			lines, err := w.Desk.Lines(tx, people.Owner{Kind: people.OwnedByAccount, ID: lin.Account}, refs)
			if b, _ := json.Marshal(lines); len(lines) == 0 {
				t.Error("no letter tells of it")
			} else {
				sent.Write(b)
			}
			return err
		}))
		for _, s := range words {
			if bytes.Contains(rows, []byte(s)) || bytes.Contains(rows, []byte(hex.EncodeToString([]byte(s)))) {
				t.Errorf("%s is kept in clear", s)
			}
			if strings.Contains(sent.String(), s) {
				t.Errorf("%s is sent", s)
			}
		}
		rep, err := trail.Verify(ctx, w.DB, trail.Options{Records: w.Records()})
		if w.must(err); rep.FirstFault != nil && rep.FirstFault.Kind != trail.Unsealed {
			t.Errorf("the trail: %+v", rep.FirstFault)
		}

		w.Clock.Add(desk.KeepVisit + 24*time.Hour)
		_, err = w.Desk.ForgetOld(ctx, 100)
		w.must(err)
		w.must(w.DB.Read(ctx, func(tx *sqldb.Tx) error {
			n, err := sqldb.Int(tx.Row(`SELECT (SELECT count(*) FROM desk_step WHERE record_id = $1 AND words_sealed IS NOT NULL)
				+ (SELECT count(*) FROM home_visit WHERE id = $1 AND (need_sealed IS NOT NULL OR papers_sealed IS NOT NULL OR consent_sealed IS NOT NULL OR result_sealed IS NOT NULL))`, v.ID))
			if n != 0 {
				t.Errorf("%d words are kept after the years", n)
			}
			return err
		}))
	})
}
