// SPDX-License-Identifier: Apache-2.0

package api

import (
	"yuanba/internal/kit/i18n"
	"yuanba/internal/web/gallery"
	"yuanba/internal/web/page"
)

// The sample of the gallery.
func init() {
	c := &Counter{Address: "https://town.example", Prefix: "/api/v1", Events: []Event{{"matter.close", i18n.Text{ZH: "结案", EN: "Closed"}}, {"webhook.test", i18n.Text{ZH: "测试", EN: "Test"}}}, Problems: []Problem{{"invalid", 422}, {"too_many", 429}}, Operations: []Operation{
		{Method: "GET", Path: "/matters", Tag: "matters", Summary: i18n.Text{ZH: "列出事项，新的在前", EN: "List matters, newest first"}},
		{Method: "POST", Path: "/matters/{number}/acts/send_back", Tag: "acts", Summary: i18n.Text{ZH: "退回，写明理由", EN: "Send a matter back, with the reason"}, Scopes: []string{"requests:write", "api:act"}},
	}}
	gallery.Add("api/show", page.Base{}, c.show)
}
