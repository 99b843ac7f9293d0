// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"context"
	"testing"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/scope"
)

// BenchmarkRaise is the whole of taking a matter in, but for HTTP, with the disk
// waited for.
func BenchmarkRaise(b *testing.B) {
	town := apptest.New(b)
	at := town.Place("文君街道", "宝塔社区")
	in := matters.Raising{Body: "老菜市场门口的下水道堵了三天，臭水流到路上。", Place: at[scope.Village], Public: true,
		Contact: people.ContactInput{Name: "周敏", Phone: "19900000001"}}
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := town.Matters.Raise(context.Background(), scope.Actor{Kind: scope.Anonymous}, in); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
