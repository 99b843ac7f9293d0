// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/access"
	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/exchange"
	"yuanba/internal/domain/hotissues"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/questions"
	"yuanba/internal/domain/webhooks"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

// Everybody of the cast, a stranger first. Chen is the reporter of the matters.
var (
	everybody = strings.Fields("- zhou chen li wang zhao sun he wu zheng luo feng xu tang deng gao han admin audit yu")
	residents = everybody[1:3]
	staff     = everybody[3:]
)

// A walk is a town through whose doors everybody goes.
type walk struct {
	*apptest.Town
	t      *testing.T
	h      http.Handler
	routes []string
	marks  map[string]*cookiejar.Jar
	at     map[string]string // what stands for what in the addresses of the table
}

// walks opens a town in which a little has happened, on every engine.
func walks(t *testing.T, f func(*walk)) {
	t.Helper()
	run := func(open func(testing.TB) *apptest.Town) func(*testing.T) {
		return func(t *testing.T) {
			t.Parallel()
			x := &walk{Town: open(t), t: t, marks: map[string]*cookiejar.Jar{}}
			var err error
			if x.h, x.routes, err = x.Open(); err != nil {
				t.Fatal(err)
			}
			x.prepare()
			f(x)
		}
	}
	t.Run("sqlite", run(apptest.Lived))
	if os.Getenv(sqldbtest.PostgresEnv) != "" {
		t.Run("postgres", run(apptest.LivedPostgres))
	}
}

func (x *walk) must(err error) {
	x.t.Helper()
	if err != nil {
		x.t.Fatal(err)
	}
}

// prepare makes what the addresses of the table name.
func (x *walk) prepare() {
	x.t.Helper()
	ctx := x.t.Context()
	chen, zhao := x.guest("chen"), x.As("zhao")
	baota := x.Place("文君街道", "宝塔社区")
	raise := func(public bool) matters.Slip {
		s, err := x.Matters.Raise(ctx, chen, matters.Raising{Body: "隔壁半夜吵架，不想让人晓得。", Place: baota[scope.Village], Public: public})
		x.must(err)
		return s
	}
	pub, priv := raise(true), raise(false)
	secret, err := x.Matters.Invite(ctx, zhao, pub.ID, "物业公司", "管子是谁家的？", 7)
	x.must(err)
	dir := x.Orgs.Directory()
	post := dir.Posts(zhao.Unit)[0]
	templates, err := x.Matters.Templates(ctx)
	x.must(err)
	_, key, err := x.Access.AddKey(ctx, x.As("admin"), access.NewKey{Name: "邻居的程序", Scopes: []access.KeyScope{access.RequestsWrite}})
	x.must(err)
	conn, err := x.Exchange.Connect(ctx, x.As("admin"), exchange.Connecting{Name: "邻市", Endpoint: "http://127.0.0.1:9/v2", Unit: x.As("deng").Unit, Push: true, Services: map[string]string{"road": "1"}})
	x.must(err)
	_, hook, err := x.Webhooks.Add(ctx, webhooks.Who{Actor: x.As("admin")}, webhooks.Settling{Name: "邻居的程序", URL: "https://10.0.0.1/"})
	x.must(err)
	sent, err := x.Webhooks.Test(ctx, webhooks.Who{Actor: x.As("admin")}, hook.ID)
	x.must(err)
	x.must(x.CatchUp(ctx))
	for i, body := range []string{"桂花小区晚上水压太低，四楼以上没水用", "桂花小区水压低，热水器打不燃", "桂花小区自来水水压低得很，洗澡都不行"} {
		_, err := x.Matters.Raise(ctx, scope.Actor{Kind: scope.Resident, Resident: id.ID(1000 + i), Name: "甲"}, matters.Raising{Body: body, Place: baota[scope.Village], Public: true})
		x.must(err)
	}
	x.must(x.Hot.Count(ctx))
	hot, err := x.Hot.List(ctx, zhao, hotissues.Filter{})
	x.must(err)
	i := slices.IndexFunc(hot, func(k hotissues.Kept) bool { return strings.Contains(k.Name, "水") })
	if i < 0 {
		x.t.Fatalf("what many complain of is not found: %+v", hot)
	}
	question, err := x.Questions.Ask(ctx, chen, questions.Asking{Words: "一户一表改造要交多少钱？", Place: baota[scope.Village], Unit: x.As("wu").Unit})
	x.must(err)
	policy, err := x.Questions.Add(ctx, x.As("admin"), questions.Writing{Title: "城市供水管理办法", Body: "第一阶梯水价每吨二元八角。", Unit: x.As("wu").Unit}, 0)
	x.must(err)
	he := x.As("he")
	_, err = x.Desk.Keep(ctx, he, desk.Item{Code: "id-card-walk", Unit: he.Unit, Active: true, Spec: desk.Spec{Name: i18n.Text{ZH: "身份证换领"}, Booking: true, AtHome: true}}, "")
	x.must(err)
	counter, err := x.Desk.KeepCounter(ctx, he, desk.Counter{Unit: he.Unit, Active: true, Plan: desk.Plan{Name: i18n.Text{ZH: "户籍窗口"}, Items: []string{"id-card-walk"}, Minutes: 30, Seats: 3, Ahead: 14}})
	x.must(err)
	times, err := x.Desk.Times(ctx, "id-card-walk")
	x.must(err)
	slots := times[0].Slots
	booking, err := x.Desk.Book(ctx, chen, desk.Wish{Item: "id-card-walk", At: slots[len(slots)-1].At})
	x.must(err)
	home, err := x.Desk.Find(ctx, chen, desk.Finding{Item: "id-card-walk", Place: baota[scope.Village], Need: "卧床，来不了派出所。"})
	x.must(err)
	_, proxy, err := x.People.OfferProxy(ctx, chen, rand.Reader, people.Proxying{Relation: "neighbour", Scopes: people.ProxyScopes})
	x.must(err)
	_, err = x.Sealer.Seal(ctx)
	x.must(err)
	grid, duty, point, visit, giving := x.grid(chen)
	x.at = map[string]string{
		"pub": pub.Number, "priv": priv.Number, "privid": priv.ID.String(), "secret": secret, "place": baota[scope.Village].String(), "town": baota[scope.Town].String(),
		"unit": zhao.Unit.String(), "post": post.ID.String(), "holding": dir.Holders(post.ID, x.DB.Now())[0].ID.String(), "account": x.As("deng").Account.String(), // whose sessions nobody uses
		"category": x.Matters.Catalogue().Categories[0].Code, "template": templates[0].ID.String(), "resident": chen.Resident.String(), "none": id.ID(1).String(), "apikey": key.ID.String(), "connection": conn.ID.String(),
		"webhook": hook.ID.String(), "delivery": sent.ID.String(), "hot": hot[i].ID.String(),
		"grid": grid.String(), "duty": duty.String(), "point": point.String(), "visit": visit.String(), "giving": giving.String(), "slot": fmt.Sprint(patrol.SlotAt(x.DB.Now())), "handover": x.handover(grid).String(),
		"question": question.Number, "policy": policy.ID.String(), "knows": x.As("wu").Unit.String(), "proxy": proxy.ID.String(), "worker": x.As("li").Account.String(),
		"service": "id-card-walk", "counter": counter.String(), "booking": booking.Number, "homevisit": home.Number,
	}
	x.prepareVillage(baota[scope.Village])
	x.helping(chen)
}

// grid makes a duty that is given, a point and an agreed visit in the grid that 李网格 walks.
func (x *walk) grid(chen scope.Actor) (grid, duty, point, visit, giving id.ID) {
	x.t.Helper()
	ctx := x.t.Context()
	g := x.Places.Tree().Children(x.Place("文君街道", "宝塔社区")[scope.Village])[0]
	add := func(d patrol.Duty) id.ID {
		d.Unit, d.What, d.Minutes, d.Basis, d.Often = x.As("wu").Unit, "看一看有没有问题。", 3, "城市供水条例第二十条", patrol.EachRound
		fresh, err := x.Patrol.Propose(ctx, x.As("wu"), d)
		x.must(err)
		x.must(x.Patrol.Admit(ctx, x.As("yu"), fresh, "确有必要。"))
		return fresh
	}
	duty = add(patrol.Duty{Name: i18n.Text{ZH: "看供水井"}, Kind: patrol.AtPoint, Spec: patrol.Spec{Points: []patrol.PointKind{patrol.Manhole}}})
	home := add(patrol.Duty{Name: i18n.Text{ZH: "看望老人"}, Kind: patrol.AtHome, Spec: patrol.Spec{Reads: []people.Field{people.FieldName}}})
	giving, err := x.Patrol.Give(ctx, x.As("wu"), duty, g.Path[scope.Village])
	x.must(err)
	at := g.Point
	if shape, ok := x.Places.Tree().Outline(g.ID); ok {
		at = geo.Inside(shape)
	}
	point, err = x.Patrol.AddPoint(ctx, x.As("wang"), patrol.NewPoint{Grid: g.ID, Kind: patrol.Manhole, Name: "东门供水井", At: at})
	x.must(err)
	visit, err = x.Patrol.Agree(ctx, x.As("wang"), patrol.Agreeing{Resident: chen.Resident, Grid: g.ID, Duty: home, Every: 7, Need: patrol.Asked, Consent: patrol.Said})
	x.must(err)
	_, err = x.Patrol.Begin(ctx, x.As("li"))
	x.must(err)
	return g.ID, duty, point, visit, giving
}

// handover gives the grid to 李网格, who has not taken it over yet.
func (x *walk) handover(grid id.ID) id.ID {
	x.t.Helper()
	x.must(x.Patrol.HandOver(x.t.Context(), x.As("wang"), grid, 0, x.As("li").Account, "钥匙在门卫那里。"))
	as, err := x.Patrol.Handovers(x.t.Context(), x.As("li"))
	x.must(err)
	return as[0].ID
}

func (x *walk) guest(who string) scope.Actor {
	x.t.Helper()
	by := scope.Actor{Kind: scope.Resident}
	x.must(x.DB.Read(x.t.Context(), func(tx *sqldb.Tx) error {
		n, err := sqldb.Mark(tx, "demo."+who)
		by.Resident = id.ID(n)
		return err
	}))
	return by
}

var site = &url.URL{Scheme: "http", Host: "town.example"}

// browser is somebody's, signed in; a new one each time.
func (x *walk) browser(who string) *cookiejar.Jar {
	x.t.Helper()
	jar, err := cookiejar.New(nil)
	x.must(err)
	var code int
	switch {
	case who == "-":
		code = x.send(jar, "GET", "/raise", nil).Code // gives it its mark
		if code == 200 {
			code = 303
		}
	case slices.Contains(residents, who):
		code = x.send(jar, "POST", "/signin/guest", url.Values{"resident": {x.guest(who).Resident.String()}}).Code
	default:
		code = x.send(jar, "POST", "/signin/as", url.Values{"login": {who}}).Code
	}
	if code != 303 {
		x.t.Fatalf("%s does not get in: %d", who, code)
	}
	x.send(jar, "GET", "/raise", nil)
	return jar
}

// usual is somebody's browser, the same each time.
func (x *walk) usual(who string) *cookiejar.Jar {
	if x.marks[who] == nil {
		x.marks[who] = x.browser(who)
	}
	return x.marks[who]
}

func (x *walk) send(jar *cookiejar.Jar, method, path string, form url.Values) *httptest.ResponseRecorder {
	x.t.Helper()
	var body io.Reader
	if method == "POST" {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, site.String()+path, body)
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, c := range jar.Cookies(site) {
		r.AddCookie(c)
	}
	if strings.HasPrefix(path, "/room/events") { // goes on for as long as its reader stays
		ctx, cancel := context.WithTimeout(r.Context(), 50*time.Millisecond)
		defer cancel()
		r = r.WithContext(ctx)
	}
	w := httptest.NewRecorder()
	x.h.ServeHTTP(w, r)
	jar.SetCookies(site, w.Result().Cookies())
	return w
}

var hole = regexp.MustCompile(`\{[a-z]+\}`)

// fill puts what was prepared into an address.
func (x *walk) fill(path string) string {
	return hole.ReplaceAllStringFunc(path, func(s string) string {
		v, ok := x.at[s[1:len(s)-1]]
		if !ok {
			x.t.Fatalf("%s in %s: what is that?", s, path)
		}
		return v
	})
}

// A door is one route, with an address of it and what is sent there.
type door struct {
	route string
	path  string
	form  []string
	fresh bool   // each goes with a browser of their own, since it does not stay as it was
	want  string // status of who: "200 everybody; 303 -". Who is not named gets the usual refusal
}

// wanted reads what a door is to answer to whom.
func (d door) wanted(t *testing.T) map[string]int {
	t.Helper()
	want := map[string]int{}
	for _, who := range everybody {
		want[who] = 403
	}
	if strings.HasPrefix(d.route, "GET ") {
		want["-"] = 303 // on to sign in
	}
	for part := range strings.SplitSeq(d.want, ";") {
		var code int
		words := strings.Fields(part)
		if len(words) < 2 {
			t.Fatalf("%s: %q", d.route, part)
		}
		if _, err := fmt.Sscan(words[0], &code); err != nil {
			t.Fatalf("%s: %q: %v", d.route, part, err)
		}
		for _, word := range words[1:] {
			names := map[string][]string{"everybody": everybody, "residents": residents, "staff": staff}[word]
			if names == nil {
				names = []string{word}
			}
			for _, who := range names {
				if _, ok := want[who]; !ok {
					t.Fatalf("%s: who is %s?", d.route, who)
				}
				want[who] = code
			}
		}
	}
	return want
}

// Every route of the program is tried by everybody of the cast, and answers each
// as the table says. A route without a line in the table fails.
func TestEveryRouteForEverybody(t *testing.T) {
	t.Parallel()
	walks(t, func(x *walk) {
		tried := map[string]bool{}
		x.acts(tried)
		for _, d := range doors {
			tried[d.route] = true
			want := d.wanted(x.t)
			method, _, _ := strings.Cut(d.route, " ")
			form := url.Values{}
			for i := 0; i+1 < len(d.form); i += 2 {
				form.Add(d.form[i], x.fill(d.form[i+1]))
			}
			got := map[int][]string{}
			wrong := false
			for _, who := range everybody {
				jar := x.usual(who)
				if d.fresh {
					jar = x.browser(who)
				}
				code := x.send(jar, method, x.fill(d.path), form).Code
				got[code] = append(got[code], who)
				wrong = wrong || code != want[who]
			}
			if wrong {
				x.t.Errorf("%s at %s: %v", d.route, d.path, got)
			}
		}
		for _, r := range x.routes {
			if !tried[r] {
				x.t.Errorf("%s: nobody tries it; add a line to doors in access_doors_test.go", r)
			}
		}
		for r := range tried {
			if !slices.Contains(x.routes, r) {
				x.t.Errorf("%s is not there any more; take its line out of doors", r)
			}
		}
	})
}
