// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"yuanba/internal/domain/exchange"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/scope"
)

func (p *pair) work() {
	p.t.Helper()
	_, err := p.Jobs.RunDue(p.t.Context())
	p.must(err)
}

func (p *pair) whole(number string) matters.Whole {
	p.t.Helper()
	w, err := p.Matters.Get(p.t.Context(), p.As("audit"), number)
	p.must(err)
	return w
}

// What the reporter adds, and that they take the matter back, is told to the system to
// which it went; then it is over there too, for us. One that takes no updates is not
// asked in vain: who administers reads that somebody has to tell them.
func TestExchangeTellsOnward(t *testing.T) {
	t.Parallel()
	withFake(t, func(p *pair, other *fake) {
		ctx := p.t.Context()
		number := p.dispatched(matters.Raising{Body: "桥头的路面有个大坑，晚上看不见。", Public: true})
		p.must(p.push(1))
		reporter := scope.Actor{Kind: scope.Anonymous, Slips: []matters.ID{p.whole(number).Matter.ID}}
		p.must(p.Matters.Add(ctx, reporter, p.whole(number).Matter.ID, "坑边的栏杆也松了。"))
		p.work()
		told := func() url.Values {
			p.t.Helper()
			if len(other.told) == 0 {
				p.t.Fatal("nothing was told")
			}
			return other.told[len(other.told)-1]
		}
		if v := told(); v.Get("service_request_id") != "1" || v.Get("status") != "open" || !strings.Contains(v.Get("description"), "栏杆") || v.Get("api_key") != "their-key" || v.Get("update_id") == "" {
			p.t.Errorf("told %v", v)
		}
		p.must(p.Matters.Withdraw(ctx, reporter, p.whole(number).Matter.ID, "邻居已经填好了。"))
		p.work()
		if v := told(); v.Get("status") != "closed" || !strings.Contains(v.Get("description"), "填好") || len(other.told) != 2 {
			p.t.Errorf("told %v, %d times", v, len(other.told))
		}
		if tr := p.transfer(number); tr.State != exchange.Ended || tr.Fault != "" {
			p.t.Errorf("%+v", tr)
		}

		other.deaf = true
		number = p.dispatched(matters.Raising{Body: "河边的路面也有个坑。", Public: true})
		p.must(p.push(1))
		into := p.dispatched(matters.Raising{Body: "河边的路面有个坑，很深。", Public: true})
		p.must(p.Matters.Withdraw(ctx, scope.Actor{Kind: scope.Anonymous, Slips: []matters.ID{p.whole(number).Matter.ID}}, p.whole(number).Matter.ID, "看错了地方。"))
		p.work()
		if tr := p.transfer(number); tr.State != exchange.Ended || tr.Fault != "transfer.untold" {
			p.t.Errorf("%+v", tr)
		}
		n := len(other.told)
		p.must(p.Matters.Moderate(ctx, p.As("zhao"), p.whole(into).Matter.ID, matters.Moderating{Part: "all", Reason: "写了别人的门牌号。"}))
		p.must(p.Matters.Withdraw(ctx, scope.Actor{Kind: scope.Anonymous, Slips: []matters.ID{p.whole(into).Matter.ID}}, p.whole(into).Matter.ID, "算了吧。"))
		p.work()
		if len(other.told) != n {
			p.t.Errorf("what nobody may read was told: %v", told())
		}
	})
}

// What is said to be closed here, and then not solved after all, is told, and the
// other system is asked again.
func TestExchangeTellsReopening(t *testing.T) {
	t.Parallel()
	withFake(t, func(p *pair, other *fake) {
		ctx, zheng, zhao := p.t.Context(), p.As("zheng"), p.As("zhao")
		number := p.dispatched(matters.Raising{Body: "桥头的路面有个大坑，晚上看不见。", Public: true})
		p.must(p.push(1))
		other.status["1"] = "closed Filled and level."
		p.must(p.Exchange.Exchange(ctx))
		d := p.whole(number).Matter.ID
		p.must(p.Matters.Verify(ctx, zheng, d, true, ""))
		p.must(p.Matters.Close(ctx, zhao, d, "谢谢您的反映。"))
		p.work()
		if len(other.told) != 0 {
			p.t.Errorf("it is done there, and was told %v", other.told)
		}
		p.must(p.Matters.Reopen(ctx, scope.Actor{Kind: scope.Anonymous, Slips: []matters.ID{d}}, d, "雨一下又塌了。"))
		p.work()
		if len(other.told) != 1 || other.told[0].Get("status") != "open" || !strings.Contains(other.told[0].Get("description"), "又塌了") {
			p.t.Fatalf("told %v", other.told)
		}
		if tr := p.transfer(number); tr.State != exchange.Sent {
			p.t.Errorf("%+v", tr)
		}
	})
}

// Photos go with what is told and come with what is said: kept here as they are taken
// from everybody, and never fetched from where nobody may be led.
func TestExchangePhotos(t *testing.T) {
	t.Parallel()
	withFake(t, func(p *pair, other *fake) {
		ctx := p.t.Context()
		var photo bytes.Buffer
		p.must(jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 320, 240)), nil))
		asked := map[string]int{}
		pictures := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked[r.URL.Path]++
			switch r.URL.Path {
			case "/page.jpg":
				_, _ = w.Write([]byte("<html>no photo</html>"))
			case "/led.jpg":
				http.Redirect(w, r, "http://10.1.2.3/a.jpg", http.StatusFound)
			default:
				_, _ = w.Write(photo.Bytes())
			}
		}))
		defer pictures.Close()
		b, err := p.Blobs.Take(ctx, bytes.NewReader(photo.Bytes()), blob.Default())
		p.must(err)
		own := matters.NewFile{Hash: string(b.Hash), Type: string(b.Type), Size: b.Size, Width: b.Width, Height: b.Height}
		number := p.dispatched(matters.Raising{Body: "桥头的路面有个大坑，晚上看不见。", Public: true, Files: []matters.NewFile{own}})
		p.must(p.push(1))
		if u := other.sent[0].Get("media_url"); !strings.HasPrefix(u, p.Config.Address()+"/files/") {
			p.t.Errorf("sent the photo %q", u)
		}
		d := p.whole(number).Matter.ID
		p.must(p.Matters.Add(ctx, scope.Actor{Kind: scope.Anonymous, Slips: []matters.ID{d}}, d, "又拍了一张。", own))
		p.work()
		if u := other.told[0].Get("media_url"); !strings.HasPrefix(u, p.Config.Address()+"/files/") {
			p.t.Errorf("told the photo %q", u)
		}
		update := func(id, words, photo string) string {
			return `<request_update><update_id>` + id + `</update_id><service_request_id>1</service_request_id><status>IN_PROGRESS</status><updated_datetime>2026-03-02T10:00:00+08:00</updated_datetime><description>` + words + `</description><media_url>` + photo + `</media_url></request_update>`
		}
		other.updates = update("7", "Sand is on its way.", pictures.URL+"/a.jpg") + update("8", "A page.", pictures.URL+"/page.jpg") + update("9", "Led on.", pictures.URL+"/led.jpg") + update("10", "Inside.", "http://10.1.2.3/a.jpg") + update("11", "A file.", "file:///etc/passwd")
		for range 2 {
			p.Clock.Add(5 * time.Minute)
			p.must(p.Exchange.Exchange(ctx))
			p.work()
		}
		w := p.whole(number)
		var came []string
		for _, f := range w.Files {
			for _, s := range w.Steps {
				if f.Step == s.ID && s.Act == matters.Inform {
					came = append(came, s.Words)
				}
			}
		}
		if len(came) != 1 || came[0] != "邻市：Sand is on its way." || asked["/a.jpg"] != 1 {
			p.t.Errorf("photos came with %v; asked %v", came, asked)
		}
		if s := p.story(number); strings.Count(s, "邻市：") != 5 {
			p.t.Errorf("story: %s", s)
		}
	})
}
