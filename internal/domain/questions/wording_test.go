// SPDX-License-Identifier: Apache-2.0

package questions_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"yuanba/internal/domain/questions"
	"yuanba/internal/kit/chat"
)

var passages = []string{"高龄津贴发放办法\n邛民发〔2025〕12号\n市民政局\n年满八十周岁的老人，凭身份证到社区登记，每月五十元，次月起按月发放。", "老年人乘车优待办法\n年满六十五周岁的老人免费乘坐公交车。"}

func TestSound(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		said string
		good bool
	}{
		"from the passage":    {"年满八十周岁的老人，凭身份证到社区登记，每月五十元 [1]。", true},
		"from both":           {"年满八十周岁每月五十元 [1]，年满六十五周岁的老人免费乘坐公交车 [2]。", true},
		"its number":          {"按邛民发〔2025〕12号，次月起按月发放 [1]。", true},
		"cites nothing":       {"年满八十周岁的老人每月五十元。", false},
		"what there is not":   {"年满八十周岁的老人每月五十元 [3]。", false},
		"another amount":      {"年满八十周岁的老人，凭身份证到社区登记，每月一百元 [1]。", false},
		"another amount in 9": {"年满八十周岁的老人，凭身份证到社区登记，每月发放 90 元 [1]。", false},
		"from the wrong one":  {"年满八十周岁的老人，凭身份证到社区登记 [2]。", false},
		"another document":    {"按邛民发〔2024〕9号，次月起按月发放 [1]。", false},
		"a law nobody named":  {"根据《老年人权益保障法》，年满八十周岁的老人每月五十元 [1]。", false},
		"another office":      {"年满八十周岁的老人，凭身份证到人社局登记，每月五十元 [1]。", false},
		"something else":      {"建议您多锻炼身体，保持心情愉快，祝您健康长寿万事如意 [1]。", false},
	} {
		if _, fault := questions.Sound(c.said, passages); (fault == "") != c.good {
			t.Errorf("%s: %q", what, fault)
		}
	}
}

// TestWorded asks a false service, over the wire as a real one is asked.
func TestWorded(t *testing.T) {
	t.Parallel()
	each(t, func(w town) {
		var answer string
		var status int
		var asked struct {
			Model    string `json:"model"`
			Messages []struct{ Role, Content string }
		}
		fake := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/v1/chat/completions" || r.Header.Get("Authorization") != "Bearer secret" {
				w.t.Errorf("asked at %s with %q", r.URL.Path, r.Header.Get("Authorization"))
			}
			b, err := io.ReadAll(r.Body)
			if err != nil || json.Unmarshal(b, &asked) != nil {
				w.t.Errorf("asked %s, %v", b, err)
			}
			if status != http.StatusOK {
				rw.WriteHeader(status)
				return
			}
			if answer == "" { // too slow
				<-r.Context().Done()
				return
			}
			_ = json.NewEncoder(rw).Encode(map[string]any{"choices": []any{map[string]any{"message": map[string]string{"role": "assistant", "content": answer}, "finish_reason": "stop"}}})
		}))
		defer fake.Close()
		_, err := w.Questions.Add(w.ctx, w.As("admin"), questions.Writing{Title: "高龄津贴发放办法", Body: "年满八十周岁的老人，凭身份证到社区登记，每月五十元。", Source: "市民政局"}, 0)
		w.must(err)
		old, err := w.Questions.Add(w.ctx, w.As("admin"), questions.Writing{Title: "高龄津贴旧办法", Body: "年满八十周岁的老人每月四十元津贴。", Source: "市民政局", UntilOn: "2020-01-01"}, 0)
		w.must(err)
		const q = "高龄津贴多少钱"
		hits, err := w.Questions.Nearest(w.ctx, q, 5)
		w.must(err)
		if w.Questions.Words() || w.Questions.Worded(w.ctx, q, hits) != nil {
			w.t.Error("it words without having been set up")
		}
		s := w.Questions
		s.Word = chat.Service{URL: fake.URL + "/v1/", Model: "m", Key: "secret", Within: 10 * time.Second}
		status, answer = http.StatusOK, "年满八十周岁的老人，凭身份证到社区登记，每月五十元 [1]。"
		got := s.Worded(w.ctx, q, hits)
		if got == nil || got.Text != answer || got.Cites[0].Title != "高龄津贴发放办法" {
			w.t.Fatalf("worded: %+v", got)
		}
		if asked.Model != "m" || len(asked.Messages) != 2 || !strings.Contains(asked.Messages[1].Content, "[1] 高龄津贴发放办法") || strings.Contains(asked.Messages[1].Content, old.Body) {
			w.t.Errorf("what no longer holds was given along: %+v", asked)
		}
		answer = "年满八十周岁的老人每月八十元 [1]。"
		if got := s.Worded(w.ctx, q, hits); got != nil {
			w.t.Errorf("made up: %+v", got)
		}
		status = http.StatusInternalServerError
		if got := s.Worded(w.ctx, q, hits); got != nil {
			w.t.Errorf("broken: %+v", got)
		}
		status, answer = http.StatusOK, ""
		s.Word = chat.Service{URL: fake.URL + "/v1", Model: "m", Key: "secret", Within: 50 * time.Millisecond}
		if got := s.Worded(w.ctx, q, hits); got != nil {
			w.t.Errorf("too slow: %+v", got)
		}
	})
}
