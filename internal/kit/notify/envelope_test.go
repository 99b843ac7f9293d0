// SPDX-License-Identifier: Apache-2.0

package notify_test

import (
	"testing"

	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/notify/notifytest"
)

// What an implementation of its own, made from the published algorithm, has closed
// is opened, and the other way round, for every length around the padding.
func TestEnvelope(t *testing.T) {
	t.Parallel()
	const token, key, of = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7"
	e, err := notify.NewEnvelope(token, key, of)
	if err != nil {
		t.Fatal(err)
	}
	theirs := notifytest.Envelope{Token: token, Key: key, Of: of}
	text := []byte("<xml><Content><![CDATA[绑定 ABCD-EFGH，谢谢。]]></Content></xml>")
	for n := range text {
		sealed, sign := theirs.Close(t, text[:n], "1409659589", "263014780")
		got, err := e.Open(sign, "1409659589", "263014780", sealed)
		if err != nil || string(got) != string(text[:n]) {
			t.Fatalf("%d bytes: %q, %v", n, got, err)
		}
		sealed, sign = e.Close(text[:n], "1409659590", "x")
		if got := theirs.Open(t, sign, "1409659590", "x", sealed); string(got) != string(text[:n]) {
			t.Fatalf("%d bytes closed: %q", n, got)
		}
	}
}

// The example of the published documents of WeChat Work: its address check.
func TestEnvelopeOfTheDocuments(t *testing.T) {
	t.Parallel()
	e, err := notify.NewEnvelope("QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7")
	if err != nil {
		t.Fatal(err)
	}
	got, err := e.Open("5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3", "1409659589", "263014780",
		"P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==")
	if err != nil || string(got) != "1616140317555161061" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestEnvelopeRefuses(t *testing.T) {
	t.Parallel()
	const token, key, of = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7"
	e, err := notify.NewEnvelope(token, key, of)
	if err != nil {
		t.Fatal(err)
	}
	good := notifytest.Envelope{Token: token, Key: key, Of: of}
	other := good
	other.Of = "wxsomebodyelse"
	sealed, sign := good.Close(t, []byte("hello"), "1", "2")
	foreign, foreignSign := other.Close(t, []byte("hello"), "1", "2")
	for name, x := range map[string][4]string{
		"another signature": {sign[:39] + "0", "1", "2", sealed}, "another time": {sign, "3", "2", sealed},
		"another account": {foreignSign, "1", "2", foreign}, "nothing": {notify.WeChatSign(token, "1", "2", ""), "1", "2", ""},
		"no base64": {notify.WeChatSign(token, "1", "2", "§"), "1", "2", "§"}, "half a block": {notify.WeChatSign(token, "1", "2", "AAAA"), "1", "2", "AAAA"},
		"a block of nothing": {notify.WeChatSign(token, "1", "2", "AAAAAAAAAAAAAAAAAAAAAA=="), "1", "2", "AAAAAAAAAAAAAAAAAAAAAA=="},
	} {
		if got, err := e.Open(x[0], x[1], x[2], x[3]); err == nil {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, x := range [][3]string{{token, key[:42], of}, {"", key, of}, {token, key, ""}, {token, "§", of}} {
		if _, err := notify.NewEnvelope(x[0], x[1], x[2]); err == nil {
			t.Errorf("%v was taken", x)
		}
	}
}
