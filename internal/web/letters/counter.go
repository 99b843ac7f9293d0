// SPDX-License-Identifier: Apache-2.0

// Package letters is the counter of mail: where somebody wants to be written to,
// the pages behind the links in letters, the fate of letters for those who
// administer the town, and, in a demonstration, the letters themselves.
package letters

import (
	"embed"
	"net/http"
	"time"

	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/notify"
	"yuanba/internal/web/page"
)

//go:embed *.html
var files embed.FS

// A Counter serves the pages.
type Counter struct {
	Letters *letters.Service
	Matters *matters.Service
	Tray    *letters.Tray // of a demonstration; nil elsewhere
	WeChat  WeChat
	PushKey string // by which browsers subscribe
}

// WeChat is the public account that people send codes to, and the application in
// WeChat Work to which staff do. Without a Token and without Work what comes is not
// believed, and there is no door for it.
type WeChat struct {
	Name, Token string
	Envelope    *notify.Envelope // of the public account; nil: it hands on in the open
	Work        *notify.Envelope // of the application; nil: it hands on nothing
	Now         func() time.Time // of the machine; default time.Now
}

// Routes adds the pages to mux.
func (c *Counter) Routes(mux *http.ServeMux) {
	for _, of := range []struct {
		at    string
		owner ownerOf
	}{{"/mailbox", c.mine}, {"/matters/{number}/mailbox", c.ofSlip}, {"/admin/accounts/{id}/mailbox", c.ofColleague}} {
		mux.Handle("GET "+of.at, private(c.mailbox(of.owner)))
		mux.Handle("POST "+of.at, page.Limit(0.2, 40, private(c.give(of.owner))))
		mux.Handle("POST "+of.at+"/again", page.Limit(0.2, 40, private(c.act(of.owner, c.askAgain))))
		mux.Handle("POST "+of.at+"/forget", private(c.act(of.owner, c.forget)))
		if of.at != "/admin/accounts/{id}/mailbox" { // whether they want it is for them to say
			mux.Handle("POST "+of.at+"/on", private(c.want(of.owner, true)))
			mux.Handle("POST "+of.at+"/off", private(c.want(of.owner, false)))
		}
	}
	mux.Handle("POST /mailbox/topics", private(c.choose))
	mux.Handle("POST /mailbox/code", page.Limit(0.2, 40, private(c.bind)))
	mux.Handle("GET /mailbox/sent", private(c.sent))
	mux.Handle("POST /mailbox/feed", page.Limit(0.2, 40, private(c.subscribe)))
	mux.Handle("POST /mailbox/feed/end", private(c.unsubscribe))
	mux.Handle("GET /desk/residents/{id}/feed", private(c.deskFeed))
	mux.Handle("POST /desk/residents/{id}/feed", page.Limit(0.2, 40, private(c.makeDeskFeed)))
	mux.Handle("GET "+pushWorkerPath, http.HandlerFunc(pushWorker))
	if c.WeChat.Token != "" || c.WeChat.Work != nil {
		mux.Handle("GET "+wechatPath, http.HandlerFunc(c.hello))
		mux.Handle("POST "+wechatPath, http.HandlerFunc(c.hear))
	}
	mux.Handle("GET "+letters.ConfirmPath+"{token}", private(c.askConfirm))
	mux.Handle("POST "+letters.ConfirmPath+"{token}", private(c.confirm))
	mux.Handle("GET "+letters.StopPath+"{token}", private(c.askStop))
	mux.Handle("POST "+letters.StopPath+"{token}", private(c.stop))
	mux.Handle("GET /admin/letters", private(c.fates))
	mux.Handle("POST /admin/letters/{id}/again", private(c.tryAgain))
	mux.Handle("GET "+wordsPath, private(c.words))
	mux.Handle("GET "+wordsPath+"/{name}", private(c.wording))
	mux.Handle("POST "+wordsPath+"/{name}", private(c.reword))
	mux.Handle("POST "+wordsPath+"/{name}/restore", private(c.restore))
	if c.Tray != nil {
		mux.Handle("GET "+trayPath, private(c.tray))
		mux.Handle("POST "+trayPath+"/wechat", page.Limit(0.2, 40, private(c.trayCode)))
	}
}

// private keeps what a page shows out of every cache.
func private(h page.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		h.ServeHTTP(w, r)
	})
}
