// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
)

var importer = scope.Program("import")

// read reads a file to its end.
func read(t testing.TB, open func(io.Reader) (matters.ImportReader, error), text []byte) (rows []matters.Foreign, faults []matters.RowFault) {
	t.Helper()
	r, err := open(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for {
		f, err := r.Next()
		var bad *matters.RowFault
		switch {
		case errors.Is(err, io.EOF):
			return rows, faults
		case errors.As(err, &bad):
			faults = append(faults, *bad)
		case err != nil:
			t.Fatal(err)
		default:
			rows = append(rows, f)
		}
	}
}

const messageFile = "\ufeff" + `id,user,subject,time,detail,reply,reply_time
1,A1,路灯坏了,2025-11-03 09:00:00,"老菜市场门口的路灯不亮，
晚上看不见路。","已经换好灯泡，
感谢反映。",2025-11-10 15:30:00
2,A2,想问医保,2025-11-04 10:00:00,怎么给外地上学的娃娃办医保？,,
3,A3,时间不对,昨天,内容内容,,
4,A4,少一格,2025-11-04 10:00:00,内容内容
,A5,没有编号,2025-11-04 10:00:00,内容内容,,
6,A6,以后的事,2099-01-01 00:00:00,内容内容,,
1,A7,又是一号,2025-11-05 10:00:00,内容内容,,
8,A8,,2025-11-05 10:00:00,,,
`

func TestImportMessages(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d, ctx := newDesk(t, town), t.Context()
		rows, faults := read(t, matters.ReadMessages, []byte(messageFile))
		if len(rows) != 5 || len(faults) != 3 {
			t.Fatalf("%d rows and %d faults were read: %v", len(rows), len(faults), faults)
		}
		if faults[0].Row != 4 || faults[0].ID != "3" || errs.Public(faults[0].Err)[0].Field != "time" {
			t.Errorf("the fault of row 4: %+v", faults[0])
		}
		dry, err := town.Matters.TakeForeign(ctx, importer, rows, true)
		if err != nil {
			t.Fatal(err)
		}
		got, err := town.Matters.TakeForeign(ctx, importer, rows, false)
		if err != nil {
			t.Fatal(err)
		}
		if got.Read != 5 || got.Added != 2 || got.Rejected != 3 || got.Unchanged != 0 {
			t.Errorf("first time: %+v", got)
		}
		if dry.Added != got.Added || dry.Rejected != got.Rejected {
			t.Errorf("the dry run said %+v, then %+v happened", dry, got)
		}
		again, err := town.Matters.TakeForeign(ctx, importer, rows, false)
		if err != nil {
			t.Fatal(err)
		}
		if again.Added != 0 || again.Unchanged != 3 || again.Rejected != 2 {
			t.Errorf("second time: %+v", again)
		}

		p, err := town.Matters.List(ctx, d.zhao, matters.Filter{Channel: matters.Import})
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Cards) != 0 {
			t.Errorf("a street sees %d matters that belong to no street", len(p.Cards))
		}
		p, err = town.Matters.List(ctx, scope.Actor{}, matters.Filter{Channel: matters.Import})
		if err != nil || len(p.Cards) != 2 {
			t.Fatalf("the public sees %d: %v", len(p.Cards), err)
		}
		open, done := d.get(p.Cards[0].Number), d.get(p.Cards[1].Number)
		if open.Matter.State != matters.Received || open.Matter.TurnUnit == 0 || open.Matter.Due.Before(town.Clock.Now()) || len(open.Steps) != 0 {
			t.Errorf("the one without a reply: %+v", open.Matter)
		}
		m := done.Matter
		reply := time.Date(2025, 11, 10, 15, 30, 0, 0, apptest.Monday.Location())
		if m.State != matters.Closed || !m.ClosedAt.Equal(reply) || m.Result != "已经换好灯泡，\n感谢反映。" || m.Lead == 0 || m.TurnUnit != 0 || m.Category != "street-lamp" && m.Category == "other" {
			t.Errorf("the one with a reply: %+v", m)
		}
		if m.Resident != 0 || m.Contact != 0 || !strings.HasPrefix(m.Number, "QL-2025-") || m.Origin != "messages:1" {
			t.Errorf("what it brought along: %+v", m)
		}
		state := matters.Received
		for _, step := range done.Steps {
			mv, err := matters.Flow.Find(state, step.Act)
			if err != nil {
				t.Fatalf("a life that cannot be: %v", err)
			}
			state = mv.To
		}
		if state != matters.Closed {
			t.Errorf("the story ends %s", state)
		}
		outside, err := town.Matters.Get(ctx, scope.Actor{}, m.Number)
		if err != nil || len(outside.Steps) != 2 || outside.Steps[0].Words != m.Result {
			t.Errorf("the public reads %+v, %v", outside.Steps, err)
		}
		verified(t, town)
	})
}

func verified(t *testing.T, town *apptest.Town) {
	t.Helper()
	rep, err := trail.Verify(t.Context(), town.DB, trail.Options{Records: town.Records()})
	if err != nil || !rep.OK {
		t.Errorf("the trail: %+v, %v", rep.FirstFault, err)
	}
}

const requestFile = `{"service_request_id": "77", "status": "closed", "status_notes": "Fixed.", "service_name": "Street lamps", "requested_datetime": "2025-10-06T11:25:57-04:00", "updated_datetime": "2025-10-21T10:04:30-04:00", "address": "25 Sheridan St", "lat": 42.32, "long": -71.1}
{"service_request_id": 78, "status": "open", "service_name": "Pothole", "description": "Big hole.", "requested_datetime": "2025-10-06T11:25:57-04:00", "updated_datetime": "2025-10-06T11:25:57-04:00", "address": "", "lat": null, "long": null}

{"service_request_id": "79", "status": "closed", "service_name": "Noise", "requested_datetime": "2025-10-06T11:25:57Z", "updated_datetime": "2025-10-05T11:25:57Z"}
{"service_request_id": "80", "status": "lost", "service_name": "Noise", "requested_datetime": "2025-10-06T11:25:57Z", "updated_datetime": "2025-10-06T11:25:57Z"}
{"service_request_id": "81", "status": "closed", "service_name": "Noise", "requested_datetime": "2025-10-06T11:25:57Z", "updated_datetime": "2025-10-06T11:25:57Z", "lat": 142, "long": 0}
{"service_request_id": "82", "service_name": ["Noise"]}
not json
`

func TestImportRequests(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		fmt.Fprint(z, requestFile)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		rows, faults := read(t, matters.ReadOpen311, packed.Bytes())
		var at []int
		for _, f := range faults {
			at = append(at, f.Row)
		}
		if !slices.Equal(at, []int{5, 6, 7, 8}) {
			t.Errorf("faults in rows %v: %v", at, faults)
		}
		got, err := town.Matters.TakeForeign(t.Context(), importer, rows, false)
		if err != nil || got.Added != 3 {
			t.Fatalf("%+v, %v", got, err)
		}
		p, err := town.Matters.List(t.Context(), scope.Actor{}, matters.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		m := d.get(p.Cards[2].Number).Matter
		if m.Title != "Street lamps" || m.PlaceWords != "25 Sheridan St" || m.At == nil || m.Path[scope.Town] != 0 || m.Path[scope.City] == 0 || m.Result != "Fixed." {
			t.Errorf("%+v", m)
		}
		verified(t, town)
	})
}

// TestImportedBesides: only the program imports.
func TestImportedBesides(t *testing.T) {
	t.Parallel()
	town := apptest.New(t)
	if _, err := town.Matters.TakeForeign(t.Context(), town.As("admin"), nil, false); errs.KindOf(err) != errs.Denied {
		t.Errorf("the administrator imports: %v", err)
	}
}

func TestBrokenFiles(t *testing.T) {
	t.Parallel()
	row := func(i int) string { return fmt.Sprintf("%d,u,题目题目,2025-11-03 09:00:00,内容内容,,\n", i) }
	head := "id,user,subject,time,detail,reply,reply_time\n"
	cases := []struct {
		name         string
		text         string
		rows, faults int
	}{
		{"a quotation without end", head + row(1) + `2,u,"题目,2025-11-03 09:00:00,内容,,` + "\n" + row(3) + row(4), 3, 1},
		{"broken UTF-8", head + row(1) + "2,u,\xff\xfe,2025-11-03 09:00:00,内容,,\n" + row(3), 2, 1},
		{"a zero character", head + "2,u,a\x00b,2025-11-03 09:00:00,内容,,\n" + row(3), 1, 1},
		{"a row without end", head + row(1) + "2,u," + strings.Repeat("长", 200_000) + "\n" + row(3), 2, 1},
		{"no end of line", head + strings.TrimSuffix(row(1), "\n"), 1, 0},
		{"Windows", strings.ReplaceAll(head+row(1)+row(2), "\n", "\r\n"), 2, 0},
	}
	for _, c := range cases {
		rows, faults := read(t, matters.ReadMessages, []byte(c.text))
		if len(rows) != c.rows || len(faults) != c.faults {
			t.Errorf("%s: %d rows and %d faults, want %d and %d: %v", c.name, len(rows), len(faults), c.rows, c.faults, faults)
		}
	}
	for name, text := range map[string]string{"empty": "", "no such columns": "a,b\n1,2\n", "half a gzip": "\x1f\x8b\x08\x00"} {
		if _, err := matters.ReadMessages(strings.NewReader(text)); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestBomb: a small file that unpacks to gigabytes is refused and fills no memory.
func TestBomb(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("unpacks a gigabyte")
	}
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range 1025 {
		if _, err := z.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := matters.ReadOpen311(&packed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Next(); errs.KindOf(err) != errs.Invalid || errors.As(err, new(*matters.RowFault)) {
		t.Errorf("a gigabyte of zeros: %v", err)
	}
}

// TestEmptyLines: a file of nothing but ends of lines is refused before they are
// all counted.
func TestEmptyLines(t *testing.T) {
	t.Parallel()
	endless := strings.NewReader(strings.Repeat("\n", 200_000))
	r, err := matters.ReadOpen311(endless)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Next(); errs.KindOf(err) != errs.Invalid || errors.As(err, new(*matters.RowFault)) {
		t.Errorf("200,000 empty lines: %v", err)
	}
	if endless.Len() == 0 {
		t.Error("all of it was read")
	}
}

// TestImportedWhereItsWordsSay: what names a town of ours belongs to it, what
// names none to the city as a whole.
func TestImportedWhereItsWordsSay(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		rows, _ := read(t, matters.ReadMessages, []byte(`id,user,subject,time,detail,reply,reply_time
1,A1,平乐镇的路灯坏了,2025-11-03 09:00:00,老街口的路灯不亮。,已经换好。,2025-11-10 15:30:00
2,A2,路灯坏了,2025-11-04 09:00:00,老街口的路灯不亮。,已经换好。,2025-11-10 15:30:00
`))
		if _, err := town.Matters.TakeForeign(t.Context(), importer, rows, false); err != nil {
			t.Fatal(err)
		}
		pingle := town.Places.Tree().ByName(places.Town, "平乐镇")[0]
		p, err := town.Matters.List(t.Context(), scope.Actor{}, matters.Filter{Channel: matters.Import, Place: scope.Of(pingle.Path)})
		if err != nil || len(p.Cards) != 1 || p.Cards[0].Title != "平乐镇的路灯坏了" {
			t.Errorf("in the town there are %+v, %v", p.Cards, err)
		}
		verified(t, town)
	})
}

// shared opens a file of the real data beside the checkout, if it is there.
func shared(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../../../../shared/data", name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("../shared/data/%s is not there: this test measures on real data", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestRealMessages takes real messages in; their words are never printed.
func TestRealMessages(t *testing.T) {
	t.Parallel()
	real := shared(t, "messages/messages_with_replies_2816.csv.gz")
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		rows, faults := read(t, matters.ReadMessages, real)
		if len(rows) != 2816 || len(faults) != 0 {
			t.Fatalf("%d rows, %d faults", len(rows), len(faults))
		}
		for _, want := range []matters.Taken{{Added: 2816}, {Unchanged: 2816}} {
			var got matters.Taken
			for some := range slices.Chunk(rows, 250) {
				part, err := town.Matters.TakeForeign(t.Context(), importer, some, false)
				if err != nil {
					t.Fatal(err)
				}
				got.Add(part)
			}
			if got.Added != want.Added || got.Unchanged != want.Unchanged || got.Rejected != 0 {
				t.Errorf("%d read, %d added, %d unchanged, %d rejected", got.Read, got.Added, got.Unchanged, got.Rejected)
			}
		}
		verified(t, town)
	})
}

// TestRealRequests reads every real request, and takes some thousands in.
func TestRealRequests(t *testing.T) {
	t.Parallel()
	real := shared(t, "requests311/boston_open311_20000.ndjson.gz")
	rows, faults := read(t, matters.ReadOpen311, real)
	if len(rows) != 20_000 || len(faults) != 0 {
		t.Fatalf("%d rows, %d faults", len(rows), len(faults))
	}
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		for _, want := range []int{2500, 0} {
			added, rejected := 0, 0
			for some := range slices.Chunk(rows[:2500], 250) {
				part, err := town.Matters.TakeForeign(t.Context(), importer, some, false)
				if err != nil {
					t.Fatal(err)
				}
				added, rejected = added+part.Added, rejected+part.Rejected
			}
			if added != want || rejected != 0 {
				t.Errorf("%d added, %d rejected, want %d and none", added, rejected, want)
			}
		}
		verified(t, town)
	})
}

func FuzzMessages(f *testing.F) {
	f.Add([]byte(messageFile))
	f.Add([]byte("id,subject,time,detail\n\"\n\"\"\n\"a\n"))
	f.Fuzz(func(t *testing.T, text []byte) { fuzz(t, matters.ReadMessages, text) })
}

func FuzzOpen311(f *testing.F) {
	f.Add([]byte(requestFile))
	f.Add([]byte("{}\n[]\nnull\n{\"lat\":1e999}\n"))
	f.Fuzz(func(t *testing.T, text []byte) { fuzz(t, matters.ReadOpen311, text) })
}

// fuzz: a reader comes to an end, each row has an origin, and no row more is read
// than there are lines.
func fuzz(t *testing.T, open func(io.Reader) (matters.ImportReader, error), text []byte) {
	r, err := open(bytes.NewReader(text))
	if err != nil {
		if errs.KindOf(err) != errs.Invalid {
			t.Fatal(err)
		}
		return
	}
	packed := len(text) > 2 && text[0] == 0x1f
	for n := 0; ; n++ {
		if !packed && n > bytes.Count(text, []byte("\n"))+1 {
			t.Fatal("more rows than lines")
		}
		row, err := r.Next()
		var bad *matters.RowFault
		switch {
		case errors.Is(err, io.EOF):
			return
		case errors.As(err, &bad):
			if errs.Public(bad.Err) == nil {
				t.Fatalf("a fault that nobody can read: %v", err)
			}
		case err != nil:
			if errs.KindOf(err) != errs.Invalid {
				t.Fatal(err)
			}
			return
		case row.Origin == "" || row.ID == "" || row.RaisedAt.IsZero():
			t.Fatalf("a row without origin: %+v", row)
		}
	}
}
