// SPDX-License-Identifier: Apache-2.0

// Package chat asks a service that puts things into words, by the interface that many
// of them share: POST to …/chat/completions with a model and messages. What comes back
// is a text by a machine; whoever shows it has to say so, and to look at it first.
package chat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"yuanba/internal/kit/outside"
)

// A Service is where to ask. The zero Service asks nobody.
type Service struct {
	URL    string // up to /v1, or whatever stands before /chat/completions
	Model  string
	Key    string        // sent as a bearer's; "" for none
	Within time.Duration // how long an answer may take
}

// maxAnswer is how many bytes of an answer are read.
const maxAnswer = 256 << 10

type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// Complete returns what the service says to a task and the text that it is about. An
// answer that is cut off is an error. Neither the key nor the text stands in one.
func (s Service) Complete(ctx context.Context, task, text string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, s.Within)
	defer cancel()
	body, err := json.Marshal(map[string]any{"model": s.Model, "temperature": 0, "max_tokens": 800, "messages": []message{{"system", task}, {"user", text}}})
	if err != nil {
		return "", err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(s.URL, "/")+"/chat/completions", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/json")
	if s.Key != "" {
		r.Header.Set("Authorization", "Bearer "+s.Key)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }} // the key goes nowhere else
	res, err := client.Do(r)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s answered %s", r.URL.Host, res.Status)
	}
	b, err := outside.Read(res.Body, maxAnswer)
	if err != nil {
		return "", err
	}
	var answer struct {
		Choices []struct {
			Message message `json:"message"`
			Finish  string  `json:"finish_reason"`
		} `json:"choices"`
	}
	if json.Unmarshal(b, &answer) != nil || len(answer.Choices) == 0 {
		return "", errors.New("the answer is not of the kind that is expected")
	}
	if f := answer.Choices[0].Finish; f != "" && f != "stop" {
		return "", fmt.Errorf("the answer was cut off: %q", f)
	}
	return strings.TrimSpace(answer.Choices[0].Message.Content), nil
}
