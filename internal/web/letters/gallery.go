// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"net/http"
	"time"

	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/mail"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/web/gallery"
	"yuanba/internal/web/page"
)

// The samples of the gallery.
func init() {
	resident, nobody := page.Base{Actor: gallery.Resident}, page.Base{}
	admin := page.Base{Actor: scope.Actor{Kind: scope.Staff, Name: "系统员"}}
	now := gallery.Now
	mine := whose{owner: people.Owner{Kind: people.OwnedByResident, ID: 1}, at: "/mailbox", back: page.Link{Href: "/me", Text: "我的信息"}}
	slip := whose{owner: people.Owner{Kind: people.OwnedBySlip, ID: 1}, at: "/matters/QL-2026-004217/mailbox", back: page.Link{Href: "/matters/QL-2026-004217", Text: "QL-2026-004217"}, number: "QL-2026-004217"}
	box := func(edit func(*people.Mailbox)) people.Mailbox {
		m := people.Mailbox{Address: people.Email{Text: seal.Masked("z", "z***@example.cn")}, Wanted: true, AskedAt: now, ExpiresAt: now.Add(people.MailboxValid), ConfirmedAt: now.Add(-30 * 24 * time.Hour)}
		if edit != nil {
			edit(&m)
		}
		return m
	}
	show := func(name string, as page.Base, of whose, m people.Mailbox, any, offered, tray bool) {
		gallery.Add("letters/"+name, as, func(w http.ResponseWriter, r *http.Request) error {
			return mailboxShown.Show(w, r, present(page.From(r), of, m, any, offered, tray))
		})
	}
	unconfirmed := box(func(m *people.Mailbox) { m.ConfirmedAt = time.Time{} })
	show("none", resident, mine, people.Mailbox{}, false, true, true)
	show("unconfirmed", resident, mine, unconfirmed, true, true, true)
	show("on", resident, mine, box(nil), true, true, false)
	show("off", resident, mine, box(func(m *people.Mailbox) { m.Wanted = false }), true, true, false)
	show("refused", resident, mine, box(func(m *people.Mailbox) { m.RefusedAt = now.Add(-24 * time.Hour) }), true, true, false)
	show("not-offered", resident, mine, box(nil), true, false, false)
	show("slip", nobody, slip, box(nil), true, true, false)
	gallery.Add("letters/wrong", resident, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		b.Form = form.Of("mailbox", "zhou.min@example")
		b.Form.Fault("mailbox", "people.mailbox.malformed")
		return mailboxShown.Show(w, r, present(b, mine, people.Mailbox{}, false, true, false))
	})
	link := func(name string, v func(b page.Base) linkPage) {
		gallery.Add("letters/"+name, nobody, func(w http.ResponseWriter, r *http.Request) error { return linkShown.Show(w, r, v(page.From(r))) })
	}
	link("confirm", func(b page.Base) linkPage { return asking(b, "letters.confirm", letters.ConfirmPath+"x", unconfirmed) })
	link("confirmed", confirmed)
	link("stop", func(b page.Base) linkPage { return asking(b, "letters.stop", letters.StopPath+"x", box(nil)) })
	link("delete", func(b page.Base) linkPage { return asking(b, "letters.delete", letters.StopPath+"x", unconfirmed) })
	link("stopped", func(b page.Base) linkPage { return stopped(b, box(nil)) })
	link("deleted", func(b page.Base) linkPage { return stopped(b, unconfirmed) })

	fates := func(name string, state letters.State, offered bool, ls ...letters.Letter) {
		gallery.Add("letters/"+name, admin, func(w http.ResponseWriter, r *http.Request) error {
			return fatesShown.Show(w, r, fatesOf(page.From(r), state, ls, map[letters.State]int{letters.Sent: 31, letters.GivenUp: 1}, offered, offered))
		})
	}
	one := func(kind letters.Kind, state letters.State, owner people.Ownership, tries, news int, fault string) letters.Letter {
		at := now.Add(-time.Duration(tries) * time.Hour)
		return letters.Letter{ID: id.First(at), Kind: kind, State: state, Owner: owner, MadeAt: at, DueAt: now.Add(time.Hour), TriedAt: at.Add(time.Minute), Tries: tries, News: news, Fault: fault}
	}
	fates("given-up", letters.GivenUp, true, one(letters.News, letters.GivenUp, people.OwnedByAccount, 16, 0, "at the server: dial tcp: connection refused"))
	fates("refused-letters", letters.Refused, true, one(letters.Confirm, letters.Refused, people.OwnedBySlip, 1, 0, "at the address: 550 5.1.1 *** unknown"))
	fates("sent", letters.Sent, true, one(letters.News, letters.Sent, people.OwnedByResident, 1, 3, ""), one(letters.Confirm, letters.Sent, people.OwnedByAccount, 2, 0, ""))
	fates("none-sent", letters.Waiting, false)

	gallery.Add("letters/tray", nobody, func(w http.ResponseWriter, r *http.Request) error {
		const site = "http://localhost:8080"
		return trayShown.Show(w, r, trayOf(page.From(r), site, []mail.Message{{ID: "1", To: "zhou@example.cn", At: now, Subject: "「路灯不亮，老人夜里不敢出门」已受理（QL-2026-004217）",
			Text: "您好！\n\n您关心的事有了 1 条新进展：\n\n· 「路灯不亮，老人夜里不敢出门」已受理（QL-2026-004217） · 2026年3月2日 09:30\n" + site + "/matters/QL-2026-004217\n\n不想再收到这样的信：\n" + site + letters.StopPath + "01jnaaaaaaaaa-abcdefghijklmnopqrstuvwx\n"}}, 2))
	})
	gallery.Add("letters/tray-empty", nobody, func(w http.ResponseWriter, r *http.Request) error {
		return trayShown.Show(w, r, trayOf(page.From(r), "", nil, 0))
	})
}
