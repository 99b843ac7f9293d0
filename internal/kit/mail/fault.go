// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"context"
	"errors"
	"fmt"
	"net/textproto"
	"regexp"
	"strings"

	smtp "github.com/wneessen/go-mail"
)

// A Point is where a letter was stopped.
type Point string

// The points, in the order in which a letter passes them.
const (
	AtLetter  Point = "letter"  // it could not be written
	AtServer  Point = "server"  // the server could not be reached, or would not let the program in
	AtSender  Point = "sender"  // it does not take letters from this address
	AtAddress Point = "address" // it does not take letters for the person
	AtContent Point = "content" // it did not take the letter itself
)

// A Fault is why a letter was not taken. Its text names no address.
type Fault struct {
	At       Point
	Code     int    // the server's answer, 0 if it gave none
	Enhanced string // its finer code, such as 5.1.1, "" if it gave none

	never bool
	err   error
}

// Error says what happened, in the server's words where it had any.
func (f *Fault) Error() string {
	return "at the " + string(f.At) + ": " + scrub(f.err)
}

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.err }

// Permanent reports whether the same letter will never be taken: the server has
// said so about the letter or the person. That it does not let the program in is
// the operator's to mend, and so is not permanent.
func (f *Fault) Permanent() bool {
	if f.never {
		return true
	}
	return f.Code >= 500 && (f.At == AtAddress || f.At == AtContent)
}

// Unreachable reports whether the fault is that nobody can be reached at the
// address: the server refused it, or said so of the letter by its finer code
// (5.1 addressing, 5.2 mailbox).
func (f *Fault) Unreachable() bool {
	if !f.Permanent() || f.never {
		return false
	}
	byCode := strings.HasPrefix(f.Enhanced, "5.1.") || strings.HasPrefix(f.Enhanced, "5.2.")
	if f.At == AtAddress { // 5.7: the server does not want us, which says nothing of the person
		return f.Enhanced == "" || byCode
	}
	return byCode
}

var (
	mailbox  = regexp.MustCompile(`<?[^\s<>"'(),;:]+@[^\s<>"'(),;]+>?`)
	enhanced = regexp.MustCompile(`\b([245])\.(\d{1,3})\.(\d{1,3})\b`)
)

// maxWords bounds what is kept of a server's words.
const maxWords = 300

// scrub is an error's text as one line without addresses.
func scrub(err error) string {
	s := mailbox.ReplaceAllString(line(err.Error()), "***")
	if r := []rune(s); len(r) > maxWords {
		s = string(r[:maxWords]) + "…"
	}
	return s
}

// faultOf is the fault of a letter that was not taken.
func faultOf(ctx context.Context, at Point, err error) *Fault {
	f := &Fault{At: at, err: err}
	if ctx.Err() != nil {
		f.err = fmt.Errorf("broken off: %w", ctx.Err())
		return f
	}
	var answer *textproto.Error
	if errors.As(err, &answer) {
		f.Code = answer.Code
		f.err = answer
	}
	var send *smtp.SendError
	if errors.As(err, &send) {
		f.Code, f.Enhanced = send.ErrorCode(), send.EnhancedStatusCode()
		switch send.Reason {
		case smtp.ErrSMTPMailFrom, smtp.ErrGetSender:
			f.At = AtSender
		case smtp.ErrSMTPRcptTo, smtp.ErrGetRcpts:
			f.At = AtAddress
		case smtp.ErrSMTPData, smtp.ErrSMTPDataClose, smtp.ErrWriteContent, smtp.ErrNoUnencoded:
			f.At = AtContent
		case smtp.ErrConnCheck, smtp.ErrSMTPReset, smtp.ErrAmbiguous:
		}
	}
	if f.Enhanced == "" && f.Code >= 400 {
		f.Enhanced = enhanced.FindString(err.Error())
	}
	return f
}
