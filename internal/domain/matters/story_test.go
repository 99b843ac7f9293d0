// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"context"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// eventful raises a matter to which everything has happened that leaves something
// in a table beside it.
func eventful(d *desk) matters.Slip {
	d.t.Helper()
	ctx, m := d.t.Context(), d.Matters
	photo := func(c string) matters.NewFile {
		return matters.NewFile{Hash: strings.Repeat(c, 64), Type: "image/jpeg", Size: 9, Width: 1, Height: 1}
	}
	he := d.As("he")
	slip := d.raise(d.resident, func(in *matters.Raising) { in.Files = []matters.NewFile{photo("a"), photo("b")} })
	d.must(m.Support(ctx, stranger, slip.ID, matters.Supporting{Browser: "x", Words: "我家门口也是", Public: true}, photo("c")))
	d.must(m.Support(ctx, stranger, slip.ID, matters.Supporting{Browser: "y", Words: "我家门口也有", Public: true}))
	d.to(slip, matters.Classified)
	d.must(m.Dispatch(ctx, d.zhao, slip.ID, matters.Dispatching{Lead: d.water, Assist: []id.ID{he.Unit}, Words: "请尽快"}))
	d.must(m.Assist(ctx, he, slip.ID, he.Unit, "路已经封了"))
	d.must(m.Blow(ctx, d.sun, slip.ID, []id.ID{d.water, he.Unit}, 2*time.Hour, "请到现场"))
	d.must(m.Respond(ctx, he, slip.ID, he.Unit, "已到现场"))
	_, err := m.Invite(ctx, d.zhao, slip.ID, "物业公司", "钥匙在谁那里？", 3)
	d.must(err)
	d.must(m.AddNote(ctx, d.zhao, slip.ID, "物业说明天来"))
	d.must(m.AddNote(ctx, d.zhao, slip.ID, "物业没有来"))
	d.must(m.Moderate(ctx, d.zhao, slip.ID, matters.Moderating{Part: "body", Words: "下水道堵了。", Reason: "写了别人家的门牌"}))
	return slip
}

// What somebody does with the database to anything that belongs to a matter is
// found, and that it is this matter: the words of its story, its files, what
// supporters, units and outside parties said, what the moderation kept.
func TestAlteredPartsAreFound(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		slip, other := eventful(d), d.raise(d.resident, nil)
		d.must(d.Matters.AddNote(t.Context(), d.zhao, other.ID, "没有什么"))
		d.verifyTrail()
		const of = ` WHERE matter_id = $1 AND id = (SELECT max(id) FROM `
		last := func(table string) string { return of + table + ` WHERE matter_id = $1)` }
		steps := `(SELECT %s(id) FROM matter_step WHERE matter_id = $1)`
		least, most := strings.ReplaceAll(steps, "%s", "min"), strings.ReplaceAll(steps, "%s", "max")
		for what, do := range map[string][]string{
			"the words of a line":    {`UPDATE matter_step SET words = 'x'` + last("matter_step")},
			"who wrote a line":       {`UPDATE matter_step SET actor = 'x'` + last("matter_step")},
			"who may read a line":    {`UPDATE matter_step SET public = NOT public` + last("matter_step")},
			"a line taken away":      {`DELETE FROM matter_step` + last("matter_step")},
			"the first taken away":   {`DELETE FROM matter_step WHERE id = ` + least},
			"all lines taken away":   {`DELETE FROM matter_step WHERE matter_id = $1`},
			"a line put in the end":  {`INSERT INTO matter_step SELECT id + 1, matter_id, at, act, account, actor, unit_id, to_unit, public, hidden, words, until, detail, behalf, was FROM matter_step WHERE id = ` + most},
			"a line put in between":  {`INSERT INTO matter_step SELECT id + 1, matter_id, at, act, account, actor, unit_id, to_unit, public, hidden, words, until, detail, behalf, was FROM matter_step WHERE id = ` + least},
			"two lines swapped":      {`UPDATE matter_step SET id = -id WHERE id = ` + least, `UPDATE matter_step SET id = (SELECT -min(id) FROM matter_step WHERE matter_id = $1) + 1 WHERE id = ` + most, `UPDATE matter_step SET id = -id + 5 WHERE matter_id = $1 AND id < 0`},
			"a line given away":      {`UPDATE matter_step SET matter_id = (SELECT max(id) FROM matter)` + last("matter_step")},
			"the bytes of a file":    {`UPDATE matter_file SET hash = '` + strings.Repeat("f", 64) + `'` + last("matter_file")},
			"a file taken away":      {`DELETE FROM matter_file` + last("matter_file")},
			"who may see a file":     {`UPDATE matter_file SET hidden = TRUE` + last("matter_file")},
			"a supporter's words":    {`UPDATE matter_support SET words = 'x'` + last("matter_support")},
			"who the supporter is":   {`UPDATE matter_support SET browser = 'x'` + last("matter_support")},
			"a supporter taken away": {`DELETE FROM matter_support` + last("matter_support")},
			"the count of them":      {`UPDATE matter SET supporters = supporters + 1 WHERE id = $1`},
			"what a unit said":       {`UPDATE matter_assist SET answer = 'x'` + last("matter_assist")},
			"what a unit was asked":  {`UPDATE matter_assist SET words = 'x'` + last("matter_assist")},
			"a whistle":              {`UPDATE matter_whistle SET blower = 'x'` + last("matter_whistle")},
			"a response":             {`UPDATE matter_response SET words = 'x' WHERE at IS NOT NULL AND whistle_id IN (SELECT id FROM matter_whistle WHERE matter_id = $1)`},
			"who responded":          {`UPDATE matter_response SET account = 1 WHERE at IS NOT NULL AND whistle_id IN (SELECT id FROM matter_whistle WHERE matter_id = $1)`},
			"an invitation":          {`UPDATE matter_invitation SET answer = 'x'` + last("matter_invitation")},
			"the key of a link":      {`UPDATE matter_invitation SET token = (SELECT query_code FROM matter WHERE id = $1)` + last("matter_invitation")},
			"what was moderated":     {`UPDATE matter_moderation SET original = 'x'` + last("matter_moderation")},
			"a moderation":           {`DELETE FROM matter_moderation` + last("matter_moderation")},
			"how long a stage took":  {`UPDATE matter_stage SET ended_at = ended_at - 1` + last("matter_stage")},
			"that it was late":       {`UPDATE matter_stage SET late = NOT late` + last("matter_stage")},
			"a stage taken away":     {`DELETE FROM matter_stage` + last("matter_stage")},
			"the hash itself":        {`UPDATE matter SET story = (SELECT m.story FROM matter m WHERE m.id <> $1 AND m.story IS NOT NULL ORDER BY m.id LIMIT 1) WHERE id = $1`},
			"whose list it is in":    {`UPDATE matter SET turn = 'verify' WHERE id = $1`},
		} {
			found := d.tampered(do, slip.ID)
			if found == nil || found.Kind != trail.RecordAltered || found.Noun != "matter" || found.Record != slip.ID && found.Record != other.ID {
				t.Errorf("%s: found %+v", what, found)
			}
		}
		d.verifyTrail()
	})
}

// tampered is what the check finds while the statements are done to a matter; then
// they are undone.
func (d *desk) tampered(do []string, m id.ID) *trail.Fault {
	d.t.Helper()
	tables := []string{"matter_step", "matter_file", "matter_support", "matter_assist", "matter_response", "matter_whistle", "matter_invitation", "matter_moderation", "matter_appeal", "matter_stage"}
	all := func(table string) string { return `SELECT * FROM ` + table + ` ORDER BY 1, 2` }
	kept := map[string][][]any{}
	ctx, pool := d.t.Context(), d.DB.Pool()
	read := func(query string) (rows [][]any) {
		rs, err := pool.QueryContext(ctx, query)
		d.must(err)
		defer rs.Close()
		cs, err := rs.Columns()
		d.must(err)
		for rs.Next() {
			row, to := make([]any, len(cs)), make([]any, len(cs))
			for i := range row {
				to[i] = &row[i]
			}
			d.must(rs.Scan(to...))
			rows = append(rows, row)
		}
		d.must(rs.Err())
		return rows
	}
	for _, t := range tables {
		kept[t] = read(all(t))
	}
	ms := read(`SELECT id, story, supporters, turn FROM matter ORDER BY id`)
	d.must(d.DB.Write(ctx, func(tx *sqldb.Tx) error {
		for _, q := range do {
			if n, err := tx.Exec(q, m); err != nil || n == 0 {
				d.t.Fatalf("%s: %d rows, %v", q, n, err)
			}
		}
		return nil
	}))
	found := d.verify().FirstFault
	d.must(d.DB.Write(ctx, func(tx *sqldb.Tx) error {
		for _, t := range tables {
			if _, err := tx.Exec(`DELETE FROM ` + t); err != nil {
				return err
			}
		}
		for _, t := range []string{"matter_step", "matter_file", "matter_support", "matter_assist", "matter_whistle", "matter_response", "matter_invitation", "matter_moderation", "matter_stage", "matter_appeal"} {
			for _, row := range kept[t] {
				if _, err := tx.Exec(`INSERT INTO `+t+` VALUES (`+sqldb.List(len(row), 1)+`)`, row...); err != nil {
					return err
				}
			}
		}
		for _, row := range ms {
			if err := tx.One(`UPDATE matter SET story = $2, supporters = $3, turn = $4 WHERE id = $1`, row...); err != nil {
				return err
			}
		}
		return nil
	}))
	return found
}

// What was altered is found after further acts too: neither one that adds nor one
// that changes what is there makes it good.
func TestNoActMakesGoodWhatWasAltered(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		by := scope.Program("test")
		for _, x := range []struct {
			what string
			act  func(matters.Slip) error
			adds bool // and leaves alone what is there
		}{
			{"a note", func(s matters.Slip) error { return d.Matters.AddNote(ctx, by, s.ID, "物业说明天来") }, true},
			{"the next act", func(s matters.Slip) error { return d.Matters.Take(ctx, d.wu, s.ID, "") }, true},
			{"a moderation", func(s matters.Slip) error {
				p := d.get(s.Number).Steps[0]
				return d.Matters.Moderate(ctx, by, s.ID, matters.Moderating{Part: "step:" + p.ID.String(), Reason: "写了别人家的门牌"})
			}, false},
			{"the answer of a unit", func(s matters.Slip) error {
				return d.Matters.Assist(ctx, by, s.ID, town.As("he").Unit, "路已经封了")
			}, false},
		} {
			slip := d.raise(d.resident, nil)
			d.to(slip, matters.Classified)
			d.must(d.Matters.Dispatch(ctx, d.zhao, slip.ID, matters.Dispatching{Lead: d.water, Assist: []id.ID{town.As("he").Unit}}))
			alter := func(words string) {
				d.must(d.DB.Write(ctx, func(tx *sqldb.Tx) error {
					return tx.One(`UPDATE matter_step SET words = $2 WHERE id = (SELECT min(id) FROM matter_step WHERE matter_id = $1)`, slip.ID, words)
				}))
			}
			alter("x")
			d.must(x.act(slip))
			if f := d.verify().FirstFault; f == nil || f.Record != slip.ID {
				t.Errorf("after %s found %+v", x.what, f)
			}
			if x.adds {
				alter("") // what stood there fits again
				d.verifyTrail()
				continue
			}
			d.must(d.DB.Write(ctx, func(tx *sqldb.Tx) error { // out of the way of the next one
				return matters.Refit(tx, d.Matters, slip.ID)
			}))
		}
	})
}

// Of two processes the one whose clock is behind gives smaller IDs: what it adds
// stands before what the other added, and the trail agrees.
func TestPartsOutOfOrder(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		slip := eventful(d)
		var last id.ID
		for _, p := range d.get(slip.Number).Steps {
			last = max(last, p.ID)
		}
		ctx := t.Context()
		early := id.First(apptest.Monday) - 1000
		for i := range 3 {
			d.must(matters.AddBehind(ctx, d.Matters, slip.ID, early+id.ID(i), "钟慢了"))
			d.must(matters.Fits(ctx, d.Matters, slip.ID))
		}
		d.must(d.Matters.AddNote(ctx, d.zhao, slip.ID, "钟对了"))
		d.verifyTrail()
		if ps := d.get(slip.Number).Steps; ps[0].Words != "钟慢了" || ps[len(ps)-1].Words != "钟对了" {
			t.Errorf("%+v", ps)
		}
	})
}

// A line about another matter is a row of the trail of that one.
func TestMentionIsInTheTrail(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		ctx := t.Context()
		a, b := d.raise(d.resident, nil), d.raise(d.resident, nil)
		d.must(d.Matters.Join(ctx, d.zhao, b.ID, a.ID, "说的是同一个井口"))
		d.must(d.DB.Read(ctx, func(tx *sqldb.Tx) error {
			r, err := trail.Last(tx, "matter", a.ID)
			if r.Act != string(matters.Mention) || r.Note != b.Number || r.From != r.To {
				t.Errorf("%+v", r)
			}
			return err
		}))
		d.verifyTrail()
	})
}

var writesParts = regexp.MustCompile(`(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+matter_(?:step|file|support|assist|whistle|response|invitation|moderation)\b`)

// Whatever writes to a table of parts goes through one file, so that none of it is
// left out of the hash; and the hash covers every column there is.
func TestPartsHaveOneDoor(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	in := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		b, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		found := writesParts.FindAllString(string(b), -1)
		if f.Name() == "store_story.go" {
			in = len(found)
		} else if len(found) > 0 {
			t.Errorf("%s: %s", f.Name(), found)
		}
	}
	if in < 5 {
		t.Errorf("store_story.go writes %d times: this test no longer sees what it is to see", in)
	}
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		for table, columns := range matters.PartColumns() {
			if got := columnsOf(t.Context(), t, town.DB, table); strings.Join(got, ", ") != columns {
				t.Errorf("%s has the columns %s, and in the hash are %s", table, got, columns)
			}
		}
	})
}

func columnsOf(ctx context.Context, t *testing.T, db *sqldb.DB, table string) []string {
	t.Helper()
	rs, err := db.Pool().QueryContext(ctx, `SELECT * FROM `+table+` LIMIT 0`)
	if err != nil {
		t.Fatal(err)
	}
	defer rs.Close()
	cs, err := rs.Columns()
	if err != nil || rs.Err() != nil {
		t.Fatal(err, rs.Err())
	}
	return cs
}
