// SPDX-License-Identifier: Apache-2.0

package questions

import (
	"context"
)

// A Wording puts an answer into words from numbered passages, and from nothing else.
type Wording interface {
	Word(ctx context.Context, question string, passages []string) (string, error)
}
