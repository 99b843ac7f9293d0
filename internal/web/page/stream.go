// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// A Stream is an answer that goes on: server-sent events, one after the other, for
// as long as the reader stays.
type Stream struct {
	w  http.ResponseWriter
	rc *http.ResponseController
}

// streamWrite bounds how long one event may take to be sent: who does not read is
// let go.
const streamWrite = 10 * time.Second

// NewStream begins a stream of events. It has no deadline and takes no place from
// those whose answers end; how many there are at once is for the caller to limit.
// The context ends when the reader goes.
func NewStream(w http.ResponseWriter, r *http.Request) (*Stream, context.Context, error) {
	ctx := r.Context()
	if v := visitOf(r); v != nil {
		ctx = v.root
		if v.leave != nil {
			v.leave()
		}
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Encoding", "identity") // never gathered for compressing
	h.Set("X-Accel-Buffering", "no")
	s := &Stream{w: w, rc: http.NewResponseController(w)}
	_ = s.rc.SetReadDeadline(time.Time{}) // where the server has deadlines of its own; tests have none
	return s, ctx, s.write("retry: 3000\n\n")
}

// Send sends one event. The data must be one line.
func (s *Stream) Send(id int64, event, data string) error {
	return s.write(fmt.Sprintf("id: %d\nevent: %s\ndata: %s\n\n", id, event, strings.ReplaceAll(data, "\n", " ")))
}

// Beat sends what no reader sees, so that the line stays open, and a reader who went
// away is noticed.
func (s *Stream) Beat() error { return s.write(":\n\n") }

func (s *Stream) write(text string) error {
	_ = s.rc.SetWriteDeadline(time.Now().Add(streamWrite))
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	return s.rc.Flush()
}
