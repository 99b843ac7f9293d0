// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"time"

	"yuanba/internal/app"
	"yuanba/internal/kit/notify"
)

// channels: would the other channels that are set up take messages now? Nothing is
// sent. Of one that is not set up nothing is said.
func channels(ctx context.Context, c app.Config) (fs []finding) {
	ways, err := c.Ways()
	if err != nil {
		return []finding{{"channels", "wrong", err.Error(), "put right what stands there"}}
	}
	for _, ch := range notify.Channels {
		n := ways[ch]
		if n == nil || ch == notify.Mail {
			continue
		}
		f := finding{About: string(ch), State: "ok", Says: "lets this program in"}
		if ch == notify.SMS {
			f.State, f.Says = "note", "its settings make sense; whether the gateway takes texts shows only when one is sent"
		}
		wait, cancel := context.WithTimeout(ctx, 15*time.Second)
		if err := n.Check(wait); err != nil {
			f = finding{string(ch), "wrong", err.Error(), "see that what stands under [" + string(ch) + "] is right, and that the service lets this machine in"}
		}
		cancel()
		fs = append(fs, f)
	}
	return fs
}
