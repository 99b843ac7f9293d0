// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sheet"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// Limits of a file that is imported.
const (
	maxImport    = 1 << 30   // bytes, unpacked
	maxImportRow = 256 << 10 // bytes of one row
)

// A Foreign is an item as another system kept it, read from a file.
type Foreign struct {
	Row  int
	ID   string // what the other system calls it
	Item Item   // without a unit of the town's: Agency says who offers it
}

// A Reader reads items from a file of another system, one by one.
type Reader struct {
	r   *bufio.Reader
	row int
}

// ReadItems reads service items as the government service sites of provinces publish
// them: one JSON object on each line, packed with gzip or not, with the fields
// TASK_CODE, TASK_NAME, DEPT_NAME, matter_type, theme_category, service_object_name,
// material_intro, accept_standard, handle_time, handle_time_limit, visit_number,
// handle_location, consult_phone, complain_phone, URL, the platform, online_book,
// online_book_addr, courier_service, co_department, matter_level, matter_short and
// matter_daily.
func ReadItems(r io.Reader) (*Reader, error) {
	in, err := sheet.Open(r, maxImport, errs.New(errs.Invalid, "import.large", maxImport>>20))
	if err != nil {
		return nil, unreadable(err)
	}
	return &Reader{r: in}, nil
}

func unreadable(err error) error {
	if errors.Is(err, io.EOF) || errs.Public(err) != nil {
		return err
	}
	return &errs.Error{Kind: errs.Invalid, Key: "import.unreadable", Err: err}
}

// Next returns the next item. Its error is a *matters.RowFault for a row that cannot be
// read, after which Next may be called again, and io.EOF at the end; another one says
// that the file cannot be read any further.
func (r *Reader) Next() (f Foreign, err error) {
	for {
		line, long, err := r.line()
		if err != nil {
			return f, unreadable(err)
		}
		r.row++
		if long {
			return f, &matters.RowFault{Row: r.row, Err: errs.New(errs.Invalid, "import.row.long", maxImportRow>>10)}
		}
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		f, err = readForeign(line)
		f.Row = r.row
		if err != nil {
			return f, &matters.RowFault{Row: r.row, ID: f.ID, Err: err}
		}
		return f, nil
	}
}

// line is the next line, or that it is too long to be one.
func (r *Reader) line() (line string, long bool, err error) {
	var b []byte
	for {
		part, err := r.r.ReadSlice('\n')
		if !long {
			b = append(b, part...)
			long = len(b) > maxImportRow
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(b) > 0:
		case err != nil:
			return "", false, err
		}
		return string(b), long, nil
	}
}

// texts reads one text or a list of texts.
type texts []string

// UnmarshalJSON implements [json.Unmarshaler].
func (t *texts) UnmarshalJSON(b []byte) error {
	var one string
	if err := json.Unmarshal(b, &one); err == nil {
		*t = texts{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(t))
}

// foreignItem is a row of such a file.
type foreignItem struct {
	Code       string `json:"TASK_CODE"`
	Name       string `json:"TASK_NAME"`
	Agency     string `json:"DEPT_NAME"`
	Kind       string `json:"matter_type"`
	KindText   string `json:"TASK_TYPE_TEXT"`
	Themes     texts  `json:"theme_category"`
	For        texts  `json:"service_object_name"`
	Papers     texts  `json:"material_intro"`
	Conditions string `json:"accept_standard"`
	Legal      string `json:"handle_time"`
	Promised   string `json:"handle_time_limit"`
	Visits     string `json:"visit_number"`
	Where      string `json:"handle_location"`
	Phone      string `json:"consult_phone"`
	Complaints string `json:"complain_phone"`
	URL        string `json:"URL"`
	Platform   string `json:"bear_paltform"` //nolint:misspell // as the sites spell it
	Book       string `json:"online_book"`
	BookAt     string `json:"online_book_addr"`
	Courier    string `json:"courier_service"`
	With       string `json:"co_department"`
	Level      string `json:"matter_level"`
	Short      string `json:"matter_short"`
	Daily      string `json:"matter_daily"`
}

// said is a text of such a file, in which 无 is none.
func said(s string) string {
	s = strings.TrimSpace(s)
	switch s {
	case "无", "无线下办理窗口", "-", "null":
		return ""
	}
	return s
}

func saidAll(ss []string) (out []string) {
	for _, s := range ss {
		if s = said(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

var foreignLimit = regexp.MustCompile(`^(\d{1,4})\s*[(（]?\s*(工作日|自然日|天|日|小时)?\s*[)）]?$`)

// readLimit reads 20(工作日).
func readLimit(field, s string) (l when.Limit, err error) {
	if s = said(s); s == "" {
		return l, nil
	}
	m := foreignLimit.FindStringSubmatch(s)
	if m == nil {
		return l, errs.At(field, "import.limit")
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n == 0 {
		return l, err
	}
	unit := when.WorkDays
	switch m[2] {
	case "自然日", "天", "日":
		unit = when.CalendarDays
	case "小时":
		unit = when.UrgentHours
	}
	return when.Limit{N: n, Unit: unit}, nil
}

// shorten cuts a text to so many characters, which is what is shown of it.
func shorten(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

func readForeign(line string) (f Foreign, err error) {
	if !utf8.ValidString(line) {
		return f, errs.New(errs.Invalid, "import.row.utf8")
	}
	var x foreignItem
	if err := json.Unmarshal([]byte(line), &x); err != nil {
		return f, errs.New(errs.Invalid, "import.row.json")
	}
	f.ID = strings.TrimSpace(x.Code)
	var faults errs.List
	i := Item{Code: f.ID, Origin: "services:" + f.ID, Active: true, Spec: Spec{
		Name: i18n.Text{ZH: shorten(said(x.Name), maxName)}, Kind: said(x.Kind), Level: said(x.Level), Agency: said(x.Agency), With: shorten(said(x.With), maxLine), For: saidAll(x.For), Conditions: shorten(said(x.Conditions), maxLong),
		Papers: saidAll(x.Papers), Where: shorten(strings.TrimPrefix(said(x.Where), "办理地点："), maxLine), Phone: shorten(said(x.Phone), 100), Complaints: shorten(said(x.Complaints), 100), Platform: shorten(said(x.Platform), maxLine), Courier: said(x.Courier) == "是",
	}}
	if i.Kind == "" {
		i.Kind = said(x.KindText)
	}
	if themes := saidAll(x.Themes); len(themes) > 0 {
		i.Theme = themes[0]
	}
	for n := range i.Papers {
		i.Papers[n] = shorten(i.Papers[n], maxLine)
	}
	i.Papers = i.Papers[:min(len(i.Papers), maxPieces)]
	for _, s := range []string{x.Short, x.Daily} {
		for part := range strings.FieldsFuncSeq(said(s), func(r rune) bool { return strings.ContainsRune("，,、;；", r) }) {
			i.Also = append(i.Also, shorten(part, maxLine))
		}
	}
	if u := said(x.URL); strings.HasPrefix(u, "http://") || strings.HasPrefix(u, "https://") {
		i.Online = u
	}
	if u := said(x.BookAt); x.Book == "是" && (strings.HasPrefix(u, "http://") || strings.HasPrefix(u, "https://")) {
		i.BookAt = u
	}
	if i.Legal, err = readLimit("handle_time", x.Legal); err != nil {
		_ = faults.Join(err)
	}
	if i.Promised, err = readLimit("handle_time_limit", x.Promised); err != nil {
		_ = faults.Join(err)
	}
	if l, p := i.Legal, i.Promised; l.N > 0 && p.N > 0 && l.Unit == p.Unit && p.N > l.N {
		i.Promised = l // nobody may promise more time than the law gives
	}
	if v := said(x.Visits); v != "" {
		if i.Visits, err = strconv.Atoi(v); err != nil {
			faults.Add("visit_number", "form.number")
		}
	}
	if i.Agency == "" {
		faults.Add("DEPT_NAME", "import.agency", maxLine)
	}
	f.Item = i
	_ = faults.Join(f.Item.check())
	return f, faults.Err()
}

// TakeForeign takes in items that another system kept, in one transaction. Each is
// taken once: one whose origin is known is unchanged, so that an import may be run
// again, or go on where it was broken off. An agency after which a unit of the town is
// named is that unit. One that breaks a rule is rejected and the others go in. If dry
// is set it only says what would happen. Only the program itself may.
func (s *Service) TakeForeign(ctx context.Context, by scope.Actor, in []Foreign, dry bool) (t matters.Taken, err error) {
	if by.Kind != scope.System {
		return t, errs.New(errs.Denied, scope.DeniedSignIn)
	}
	work := func(tx *sqldb.Tx) error {
		t = matters.Taken{Read: len(in)}
		of := make([]string, len(in))
		for n, f := range in {
			of[n] = f.Item.Origin
		}
		known, err := origins(tx, of)
		if err != nil {
			return err
		}
		cat, err := s.catalogue(tx)
		if err != nil {
			return err
		}
		var told []trail.Entry
		seen := map[string]bool{}
		for _, f := range in {
			if _, ok := known[f.Item.Origin]; ok {
				t.Unchanged++
				continue
			}
			if _, taken := cat.Get(f.Item.Code); taken || seen[f.Item.Code] {
				t.Reject(f.Row, f.ID, errs.At("TASK_CODE", "desk.item.taken"))
				continue
			}
			seen[f.Item.Code] = true
			t.Added++
			if dry {
				continue
			}
			i := f.Item
			if u, ok := s.unitNamed(i.Agency); ok {
				i.Unit, i.Path, i.Agency = u.ID, u.Path, ""
			}
			i.ID, i.ChangedAt, i.Version = tx.NewID(), tx.Now(), 1
			if ok, err := insertItem(tx, i); err != nil || !ok {
				if err == nil {
					err = errs.New(errs.Conflict, "record.changed")
				}
				return err
			}
			if err := insertEdition(tx, by, i, ""); err != nil {
				return err
			}
			editions, err := editionsOf(tx, i.ID)
			if err != nil {
				return err
			}
			told = append(told, trail.Entry{Noun: "desk_item", Record: i.ID, Act: "add", Digest: i.digest(editions)})
		}
		if len(told) == 0 {
			return nil
		}
		if err := trail.AppendAll(tx, by, told); err != nil {
			return err
		}
		return s.changed(tx)
	}
	if dry {
		return t, s.DB.Read(ctx, work)
	}
	err = s.DB.Write(ctx, work)
	return t, err
}
