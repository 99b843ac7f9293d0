// SPDX-License-Identifier: Apache-2.0

// Package notifytest has servers that answer as WeChat Work, WeChat, DingTalk and a
// gateway for texts are documented to, on this machine, and refuse what those would
// refuse. They keep what they took, and fail as a test tells them to.
package notifytest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"
)

// A Taken message.
type Taken struct {
	To, Text string
	Body     map[string]any // the whole request
}

// Rules are how a server behaves. The zero value takes everything.
type Rules struct {
	Code     int           // an errcode instead of 0, for what is sent
	Words    string        // its errmsg
	Status   int           // an HTTP status instead of 200
	Raw      string        // an answer instead of the usual one
	Nobody   string        // whom WeChat Work does not know
	Refuse   bool          // lets nobody in
	Lasts    int           // how long a token lasts, in seconds; default 7200
	Hang     bool          // takes the message and never answers
	Wait     time.Duration // Retry-After
	BreakOff bool          // takes the message and breaks the connection off
}

// A Server is one service.
type Server struct {
	Address string
	Hung    chan struct{} // gets a word when a message is taken that is not answered
	mu      sync.Mutex
	rules   Rules
	token   string
	given   int
	taken   []Taken
	tries   int
	ids     map[string]bool
	release chan struct{}
}

func start(t testing.TB, routes func(s *Server, mux *http.ServeMux)) *Server {
	t.Helper()
	s := &Server{Hung: make(chan struct{}, 9), ids: map[string]bool{}, release: make(chan struct{})}
	mux := http.NewServeMux()
	routes(s, mux)
	h := httptest.NewServer(mux)
	t.Cleanup(func() {
		close(s.release)
		h.CloseClientConnections()
		h.Close()
	})
	s.Address = h.URL
	return s
}

// Set changes how the server behaves from now on.
func (s *Server) Set(r Rules) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = r
}

// Forget ends the token that it has given, as a service may at any time.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = ""
}

// Taken are the messages it took, in their order.
func (s *Server) Taken() []Taken {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Taken(nil), s.taken...)
}

// Tokens is how many tokens it has given.
func (s *Server) Tokens() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.given
}

// Tries is how often something was to be sent.
func (s *Server) Tries() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tries
}

func (s *Server) now() Rules {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rules
}

func say(w http.ResponseWriter, v map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // whoever asked may have gone
}

// give answers with a token if the caller has shown who it is.
func (s *Server) give(w http.ResponseWriter, right bool) {
	r := s.now()
	if r.Refuse || !right {
		say(w, map[string]any{"errcode": 40001, "errmsg": "invalid credential"})
		return
	}
	s.mu.Lock()
	if s.token == "" {
		s.given++
		s.token = fmt.Sprintf("token-%d", s.given)
	}
	tok := s.token
	s.mu.Unlock()
	lasts := r.Lasts
	if lasts == 0 {
		lasts = 7200
	}
	say(w, map[string]any{"errcode": 0, "errmsg": "ok", "access_token": tok, "expires_in": lasts})
}

// take reads a message and answers by the rules; id names one that is taken once.
func (s *Server) take(w http.ResponseWriter, r *http.Request, of func(body map[string]any) (to, text, id string)) {
	rules := s.now()
	var body map[string]any
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		say(w, map[string]any{"errcode": 47001, "errmsg": "data format error"})
		return
	}
	s.mu.Lock()
	s.tries++
	stale := r.URL.Query().Get("access_token") != s.token || s.token == ""
	s.mu.Unlock()
	if stale {
		say(w, map[string]any{"errcode": 40014, "errmsg": "invalid access_token"})
		return
	}
	to, text, id := of(body)
	keep := func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		if id != "" && s.ids[id] {
			return false
		}
		s.ids[id] = true
		s.taken = append(s.taken, Taken{to, text, body})
		return true
	}
	s.respond(w, r, rules, keep, func(first bool) {
		switch {
		case rules.Code != 0:
			say(w, map[string]any{"errcode": rules.Code, "errmsg": rules.Words})
		case rules.Nobody != "" && rules.Nobody == to:
			say(w, map[string]any{"errcode": 0, "errmsg": "ok", "invaliduser": to})
		case !first:
			say(w, map[string]any{"errcode": 45065, "errmsg": "clientmsgid exist"})
		default:
			say(w, map[string]any{"errcode": 0, "errmsg": "ok", "msgid": 1, "task_id": 1})
		}
	})
}

// respond does what every service may do: fail, hang, break off.
func (s *Server) respond(w http.ResponseWriter, r *http.Request, rules Rules, keep func() bool, usual func(first bool)) {
	switch {
	case rules.Status != 0:
		if rules.Wait != 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(rules.Wait/time.Second)))
		}
		w.WriteHeader(rules.Status)
		_, _ = io.WriteString(w, rules.Raw)
	case rules.Hang:
		keep()
		s.Hung <- struct{}{}
		select {
		case <-r.Context().Done():
		case <-s.release:
		}
	case rules.BreakOff:
		keep()
		panic(http.ErrAbortHandler)
	case rules.Raw != "":
		keep()
		_, _ = io.WriteString(w, rules.Raw)
	case rules.Code != 0:
		usual(true)
	default:
		usual(keep())
	}
}

func text(body map[string]any, path ...string) string {
	var v any = body
	for _, p := range path {
		m, _ := v.(map[string]any)
		v = m[p]
	}
	s, _ := v.(string)
	return s
}

// WeCom is WeChat Work with the application corp, secret, agent 1000002.
func WeCom(t testing.TB) *Server {
	return start(t, func(s *Server, mux *http.ServeMux) {
		mux.HandleFunc("GET /cgi-bin/gettoken", func(w http.ResponseWriter, r *http.Request) {
			s.give(w, r.FormValue("corpid") == "corp" && r.FormValue("corpsecret") == "secret")
		})
		mux.HandleFunc("POST /cgi-bin/message/send", func(w http.ResponseWriter, r *http.Request) {
			s.take(w, r, func(b map[string]any) (string, string, string) {
				if b["agentid"] != float64(1000002) || b["msgtype"] != "text" {
					return "", "", ""
				}
				return text(b, "touser"), text(b, "text", "content"), ""
			})
		})
	})
}

// WeChat is the public account app, secret.
func WeChat(t testing.TB) *Server {
	return start(t, func(s *Server, mux *http.ServeMux) {
		mux.HandleFunc("POST /cgi-bin/stable_token", func(w http.ResponseWriter, r *http.Request) {
			var b map[string]any
			if json.NewDecoder(r.Body).Decode(&b) != nil {
				s.give(w, false)
				return
			}
			if b["force_refresh"] == true {
				s.Forget()
			}
			s.give(w, b["grant_type"] == "client_credential" && b["appid"] == "app" && b["secret"] == "secret")
		})
		mux.HandleFunc("POST /cgi-bin/message/template/send", func(w http.ResponseWriter, r *http.Request) {
			s.take(w, r, func(b map[string]any) (string, string, string) {
				data, _ := json.Marshal(b["data"])
				return text(b, "touser"), string(data), text(b, "client_msg_id")
			})
		})
	})
}

// DingTalk is the application key, secret, agent 7, and a robot that signs with
// "robot".
func DingTalk(t testing.TB) *Server {
	return start(t, func(s *Server, mux *http.ServeMux) {
		mux.HandleFunc("GET /gettoken", func(w http.ResponseWriter, r *http.Request) {
			s.give(w, r.FormValue("appkey") == "key" && r.FormValue("appsecret") == "secret")
		})
		mux.HandleFunc("POST /topapi/message/corpconversation/asyncsend_v2", func(w http.ResponseWriter, r *http.Request) {
			s.take(w, r, func(b map[string]any) (string, string, string) {
				if b["agent_id"] != float64(7) {
					return "", "", ""
				}
				return text(b, "userid_list"), text(b, "msg", "text", "content"), ""
			})
		})
		mux.HandleFunc("POST /robot/send", func(w http.ResponseWriter, r *http.Request) {
			q := r.URL.Query()
			h := hmac.New(sha256.New, []byte("robot"))
			_, _ = fmt.Fprintf(h, "%s\nrobot", q.Get("timestamp"))
			if q.Get("access_token") == "" || q.Get("sign") != base64.StdEncoding.EncodeToString(h.Sum(nil)) {
				say(w, map[string]any{"errcode": 310000, "errmsg": "sign not match"})
				return
			}
			s.mu.Lock()
			s.token = q.Get("access_token")
			s.mu.Unlock()
			s.take(w, r, func(b map[string]any) (string, string, string) { return "", text(b, "text", "content"), "" })
		})
	})
}

// A Gateway takes texts to telephones.
type Gateway struct {
	*Server
}

// SMS is a gateway that takes what check lets pass, and says what it did as
// {"code": "OK"}; check may say another code.
func SMS(t testing.TB, check func(r *http.Request, body []byte) (to, text, code string)) Gateway {
	return Gateway{start(t, func(s *Server, mux *http.ServeMux) {
		mux.HandleFunc("/send", func(w http.ResponseWriter, r *http.Request) {
			rules := s.now()
			body, err := io.ReadAll(r.Body)
			if err != nil {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			s.mu.Lock()
			s.tries++
			s.mu.Unlock()
			to, words, code := check(r, body)
			if code != "OK" {
				say(w, map[string]any{"code": code})
				return
			}
			var all map[string]any
			_ = json.Unmarshal(body, &all) // a form is none
			s.respond(w, r, rules, func() bool {
				s.mu.Lock()
				defer s.mu.Unlock()
				s.taken = append(s.taken, Taken{to, words, all})
				return true
			}, func(bool) {
				if rules.Code != 0 {
					say(w, map[string]any{"code": rules.Words})
					return
				}
				say(w, map[string]any{"code": "OK"})
			})
		})
	})}
}

// Form reads a form.
func Form(body []byte) url.Values {
	v, err := url.ParseQuery(string(body))
	if err != nil {
		return url.Values{}
	}
	return v
}
