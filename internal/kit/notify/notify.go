// SPDX-License-Identifier: Apache-2.0

// Package notify takes one message to one person, whatever the way: e-mail, a text
// to a telephone through a gateway, WeChat Work (企业微信), a WeChat public account
// (公众号), DingTalk (钉钉), a browser (web push).
//
// Every way is a [Notifier]. What it answers is exact: nil only if the message was
// taken, and else a [Fault] that says what is to be expected of another try. Where
// the answer was lost behind a request that had left, the fault is [Unknown], and
// whoever sends decides; none of these services but mail promises to know a message
// that comes twice.
//
// A [Message] carries its words whole and in parts: a gateway that fills templates
// of its own is given the parts, all others the words.
//
// None of the services behind these ways could be reached where this was written.
// The clients follow their published documents and are tested against the servers
// in package notifytest.
package notify

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// A Channel is a way to reach people.
type Channel string

// The channels.
const (
	Mail     Channel = "mail"
	SMS      Channel = "sms"
	WeChat   Channel = "wechat"   // a public account's template message
	WeCom    Channel = "wecom"    // an application's message in WeChat Work
	DingTalk Channel = "dingtalk" // a work notice
	Push     Channel = "push"     // a browser, through its maker's service
)

// Channels lists the channels.
var Channels = []Channel{Mail, SMS, WeChat, WeCom, DingTalk, Push}

// Repeats reports whether a message may be sent twice without coming twice: a
// server of mail knows it again by its Message-ID.
func (c Channel) Repeats() bool { return c == Mail }

// A Kind is what a message is for; a gateway has a template for each.
type Kind string

// The kinds.
const (
	One     Kind = "one"     // one piece of news
	Many    Kind = "many"    // several
	Confirm Kind = "confirm" // asks whether the address is right
	Code    Kind = "code"    // a code to sign in with
	Alarm   Kind = "alarm"   // to the operators
)

// Kinds lists the kinds.
var Kinds = []Kind{One, Many, Confirm, Code, Alarm}

// A Message is for one person. Text, HTML and Facts say the same.
type Message struct {
	ID      string // the same for each try of the same message
	Channel Channel
	Kind    Kind
	To      string // as the channel names people: an address, a number, a user's name
	Name    string // whom it comes from
	Subject string // of mail
	Text    string
	HTML    string            // of mail; may be empty
	Stop    string            // of mail: the address that stops such letters; "" for none
	Link    string            // where to read more; "" for none
	Facts   map[string]string // the parts of the words: number, state, link …
	At      time.Time
}

// A Notifier takes messages to people by one way. It is safe for several
// goroutines.
type Notifier interface {
	// Send hands over a message. It is nil only if the message was taken; else it is
	// a *Fault.
	Send(ctx context.Context, m Message) error
	// Check says whether messages could be sent now. It sends none.
	Check(ctx context.Context) error
}

// An Outcome is what is to be expected of a message that was not taken.
type Outcome string

// The outcomes.
const (
	Later   Outcome = "later"   // another try may help
	Limited Outcome = "limited" // too many at once: another try after a while, which does not count
	Never   Outcome = "never"   // it will never be taken
	Nobody  Outcome = "nobody"  // nor will any other to this address
	Unknown Outcome = "unknown" // it may have been taken: the answer was lost
)

// A Fault is why a message was not taken. Its text names no address.
type Fault struct {
	Is   Outcome
	Code string        // the service's answer, "" if it gave none
	Wait time.Duration // of Limited: how long; 0 if it did not say
	Err  error
}

// Error says what happened, in the service's words where it had any.
func (f *Fault) Error() string { return f.Err.Error() }

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.Err }

// FaultOf is err as a fault: one that is none may help itself.
func FaultOf(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return &Fault{Is: Later, Err: err}
}

func fault(is Outcome, code, format string, args ...any) *Fault {
	return &Fault{Is: is, Code: code, Err: fmt.Errorf(format, args...)}
}

var (
	longNumber = regexp.MustCompile(`\d{7,}`)
	secrets    = regexp.MustCompile(`(?i)((?:access_token|secret|sign|signature|key)[=:"\s]+)[^\s&"]+`)
)

// maxWords bounds what is kept of a service's words.
const maxWords = 200

// scrub is a service's words as one line, without what could be a telephone, a
// token, or the person that the message was for.
func scrub(words, to string) string {
	words = strings.Join(strings.Fields(strings.ToValidUTF8(words, "\uFFFD")), " ")
	if to != "" {
		words = strings.ReplaceAll(words, to, "***")
	}
	words = secrets.ReplaceAllString(words, "$1***")
	words = longNumber.ReplaceAllString(words, "***")
	if r := []rune(words); len(r) > maxWords {
		words = string(r[:maxWords]) + "…"
	}
	return words
}
