// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"net/http"
	"time"

	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/form"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/web/feeds"
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
	staff := page.Base{Actor: scope.Actor{Kind: scope.Staff, Name: "赵调度"}}
	desk := whose{owner: people.Owner{Kind: people.OwnedByAccount, ID: 1}, at: "/mailbox", back: page.Link{Href: "/account", Text: "我的账号"}}
	colleague := whose{owner: desk.owner, at: "/admin/accounts/1/mailbox", back: page.Link{Href: "/admin/accounts/1", Text: "赵调度"}, name: "赵调度"}
	box := func(ch notify.Channel, mask string, edit func(*people.Mailbox)) people.Mailbox {
		m := people.Mailbox{Channel: ch, Address: seal.Masked("z", mask), Wanted: true, AskedAt: now, ExpiresAt: now.Add(people.MailboxValid), ConfirmedAt: now.Add(-30 * 24 * time.Hour)}
		if edit != nil {
			edit(&m)
		}
		return m
	}
	mail := func(edit func(*people.Mailbox)) people.Mailbox { return box(notify.Mail, "z***@example.cn", edit) }
	show := func(name string, as page.Base, of whose, s shown, ms ...people.Mailbox) {
		s.boxes, s.topics = map[notify.Channel]people.Mailbox{}, people.TopicsOf(of.owner.Kind)
		for _, m := range ms {
			m.Topics = s.topics[:1]
			s.boxes[m.Channel] = m
		}
		gallery.Add("letters/"+name, as, func(w http.ResponseWriter, r *http.Request) error {
			return mailboxShown.Show(w, r, present(page.From(r), of, s))
		})
	}
	all, byMail := map[notify.Channel]bool{}, map[notify.Channel]bool{notify.Mail: true}
	for _, ch := range notify.Channels {
		all[ch] = true
	}
	unconfirmed := mail(func(m *people.Mailbox) { m.ConfirmedAt = time.Time{} })
	show("none", resident, mine, shown{offers: all, tray: true})
	show("unconfirmed", resident, mine, shown{offers: byMail, tray: true}, unconfirmed)
	show("on", resident, mine, shown{offers: all, hasFeed: true, feed: letters.Feed{MadeAt: now.Add(-48 * time.Hour)}}, mail(nil), box(notify.SMS, "199****0002", nil), box(notify.WeChat, "oA***", nil))
	show("off", resident, mine, shown{offers: all}, mail(func(m *people.Mailbox) { m.Wanted = false }), box(notify.SMS, "199****0002", func(m *people.Mailbox) { m.Wanted = false }))
	show("refused", resident, mine, shown{offers: all}, mail(func(m *people.Mailbox) { m.RefusedAt = now.Add(-24 * time.Hour) }), box(notify.SMS, "199****0002", func(m *people.Mailbox) { m.RefusedAt = now.Add(-24 * time.Hour) }))
	show("not-offered", resident, mine, shown{}, mail(nil))
	show("staff", staff, desk, shown{offers: all}, mail(nil), box(notify.WeCom, "zh***", nil), box(notify.DingTalk, "zh***", func(m *people.Mailbox) { m.ConfirmedAt = time.Time{} }))
	show("colleague", admin, colleague, shown{offers: all}, box(notify.WeCom, "zh***", nil))
	show("slip", nobody, slip, shown{offers: all}, mail(nil))
	gallery.Add("letters/wrong", staff, func(w http.ResponseWriter, r *http.Request) error {
		b := page.From(r)
		b.Form = form.Of("wecom", "赵 调度")
		b.Form.Fault("wecom", "people.mailbox.userid")
		return mailboxShown.Show(w, r, present(b, desk, shown{offers: all}))
	})
	gallery.Add("letters/bind", resident, func(w http.ResponseWriter, r *http.Request) error {
		return secretShown.Show(w, r, bindingPage(page.From(r), notify.WeChat, "邛崃院坝", "QX7M-K2PA", "今天 16:30", true))
	})
	gallery.Add("letters/desk", staff, func(w http.ResponseWriter, r *http.Request) error {
		return deskFeedShown.Show(w, r, deskFeedOf(page.From(r), 1, "/desk/residents/0000000000001"))
	})
	gallery.Add("letters/desk/slip", staff, func(w http.ResponseWriter, r *http.Request) error {
		v, err := deskSlip(page.From(r), 1, "/desk/residents/0000000000001", "https://town.example.cn"+feeds.MinePage("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
		if err != nil {
			return err
		}
		return deskFeedShown.Show(w, r, v)
	})
	gallery.Add("letters/feed", resident, func(w http.ResponseWriter, r *http.Request) error {
		return secretShown.Show(w, r, feedPage(page.From(r), "https://town.example.cn", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	})
	link := func(name string, v func(b page.Base) linkPage) {
		gallery.Add("letters/"+name, nobody, func(w http.ResponseWriter, r *http.Request) error { return linkShown.Show(w, r, v(page.From(r))) })
	}
	link("confirm", func(b page.Base) linkPage { return asking(b, "letters.confirm", letters.ConfirmPath+"x", unconfirmed) })
	link("confirmed", confirmed)
	link("stop", func(b page.Base) linkPage { return asking(b, "letters.stop", letters.StopPath+"x", mail(nil)) })
	link("delete", func(b page.Base) linkPage { return asking(b, "letters.delete", letters.StopPath+"x", unconfirmed) })
	link("stopped", func(b page.Base) linkPage { return stopped(b, mail(nil)) })
	link("deleted", func(b page.Base) linkPage { return stopped(b, unconfirmed) })

	fates := func(name string, state letters.State, offered bool, ls ...letters.Letter) {
		gallery.Add("letters/"+name, admin, func(w http.ResponseWriter, r *http.Request) error {
			return fatesShown.Show(w, r, fatesOf(page.From(r), letters.Filter{State: state}, ls, map[letters.State]int{letters.Sent: 31, letters.GivenUp: 1}, offered, offered))
		})
	}
	one := func(ch notify.Channel, kind letters.Kind, state letters.State, owner people.Ownership, tries, news int, fault string) letters.Letter {
		at := now.Add(-time.Duration(tries) * time.Hour)
		return letters.Letter{ID: id.First(at), Mailbox: 1, Channel: ch, Kind: kind, State: state, Owner: owner, MadeAt: at, DueAt: now.Add(time.Hour), TriedAt: at.Add(time.Minute), Tries: tries, News: news, Fault: fault}
	}
	fates("given-up", letters.GivenUp, true, one(notify.Mail, letters.News, letters.GivenUp, people.OwnedByAccount, 16, 0, "at the server: dial tcp: connection refused"))
	fates("refused-letters", letters.Refused, true, one(notify.Mail, letters.Confirm, letters.Refused, people.OwnedBySlip, 1, 0, "at the address: 550 5.1.1 *** unknown"))
	fates("sent", letters.Sent, true, one(notify.Mail, letters.News, letters.Sent, people.OwnedByResident, 1, 3, ""), one(notify.Mail, letters.Confirm, letters.Sent, people.OwnedByAccount, 2, 0, ""))
	fates("unknown", letters.Unknown, true, one(notify.SMS, letters.News, letters.Unknown, people.OwnedByResident, 1, 1, "sms.example.cn: context deadline exceeded"), one(notify.WeCom, letters.News, letters.Unknown, people.OwnedByAccount, 1, 4, "broken off while it was handed over"))
	fates("none-sent", letters.Waiting, false)

	gallery.Add("letters/tray", nobody, func(w http.ResponseWriter, r *http.Request) error {
		const site = "http://localhost:8080"
		return trayShown.Show(w, r, trayOf(page.From(r), site, []notify.Message{{ID: "2", Channel: notify.SMS, To: "19900000002", At: now, Text: "【邛崃市】QL-2026-004217：已受理。" + site + "/matters/QL-2026-004217", Link: site + "/matters/QL-2026-004217"}, {ID: "1", Channel: notify.Mail, To: "zhou@example.cn", At: now, Subject: "“路灯不亮，老人夜里不敢出门”已受理（QL-2026-004217）",
			Text: "您好！\n\n您关心的事有了 1 条新进展：\n\n· “路灯不亮，老人夜里不敢出门”已受理（QL-2026-004217） · 2026年3月2日 09:30\n" + site + "/matters/QL-2026-004217\n\n不想再收到这样的信：\n" + site + letters.StopPath + "01jnaaaaaaaaa-abcdefghijklmnopqrstuvwx\n"}}, 2))
	})
	gallery.Add("letters/tray-empty", nobody, func(w http.ResponseWriter, r *http.Request) error {
		return trayShown.Show(w, r, trayOf(page.From(r), "", nil, 0))
	})

	gallery.Add("letters/own-list", resident, func(w http.ResponseWriter, r *http.Request) error {
		return sentShown.Show(w, r, sentOf(page.From(r), []letters.Letter{one(notify.SMS, letters.News, letters.Sent, people.OwnedByResident, 1, 1, ""), one(notify.Mail, letters.Confirm, letters.Waiting, people.OwnedByResident, 2, 0, "at the server")}))
	})
	gallery.Add("letters/own-list-empty", resident, func(w http.ResponseWriter, r *http.Request) error {
		return sentShown.Show(w, r, sentOf(page.From(r), nil))
	})
	c := &Counter{Letters: letters.New(letters.Needs{Address: "https://town.example.cn", Town: func() i18n.Text { return i18n.Text{ZH: "邛崃市", EN: "Qionglai"} }})}
	own := []letters.Words{{Name: "short.one", Lang: i18n.ZH, Words: "【{town}】您的事 {number} 现在：{state}。"}}
	gallery.Add("letters/words", admin, func(w http.ResponseWriter, r *http.Request) error {
		return wordsShown.Show(w, r, wordsOf(page.From(r), own))
	})
	gallery.Add("letters/wording", admin, func(w http.ResponseWriter, r *http.Request) error {
		wd, _ := letters.WordingOf("short.one")
		return wordingShown.Show(w, r, c.wordingOf(page.From(r), wd, i18n.ZH, own, ""))
	})
	gallery.Add("letters/wording-wrong", admin, func(w http.ResponseWriter, r *http.Request) error {
		wd, _ := letters.WordingOf("short.code")
		b := page.From(r)
		b.Form = form.Of("words", "您的验证码")
		b.Form.Fault("words", "letter.words.need", "{code}")
		return wordingShown.Show(w, r, c.wordingOf(b, wd, i18n.EN, nil, ""))
	})
}
