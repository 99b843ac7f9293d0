// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"testing"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/i18n"
)

// A reply is read before it leaves: what was typed stays, nothing is done, and a
// reply that says who did what and when has nothing to be pointed out.
func TestCheckBeforeItLeaves(t *testing.T) {
	t.Parallel()
	w := open(t)
	m := w.at(matters.Handling)
	wu := w.visit("wu")
	handle := "/matters/" + m.Number + "/handle"
	wu.get(handle).is(200).says(`value="check"`)
	wu.post(handle, "words", "您反映的问题我们高度重视，感谢您的关心支持！", "go", "check").is(200).
		says("高度重视，感谢您的关心支持！</textarea>", i18n.T(i18n.ZH, "reply.advice.empty"), "<q>高度重视</q>", i18n.T(i18n.ZH, "reply.advice.undated"), i18n.T(i18n.ZH, "reply.advice.free"))
	wu.post(handle, "words", "3月5日水务局王师傅到现场更换了水管，已恢复供水。", "go", "check").is(200).says(i18n.T(i18n.ZH, "reply.advice.none"))
	if now := w.whole(m.Number).Matter; now.State != matters.Handling {
		t.Errorf("checking has moved it to %s", now.State)
	}
	w.visit("zhou").post(handle, "words", "试试", "go", "check").is(403)
	wu.post(handle, "words", "3月5日水务局王师傅到现场更换了水管，已恢复供水。").is(303)
}
