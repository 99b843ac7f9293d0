// SPDX-License-Identifier: Apache-2.0

package places_test

import (
	"testing"

	"yuanba/internal/domain/places"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/locale"
)

func TestWords(t *testing.T) {
	t.Parallel()
	var keys []i18n.Key
	for _, k := range places.Kinds {
		keys = append(keys, k.Word())
	}
	for _, c := range places.Communities {
		keys = append(keys, c.Word())
	}
	for _, s := range places.Schemes {
		keys = append(keys, s.Word())
	}
	for _, a := range places.Acts {
		keys = append(keys, a.Word())
	}
	keys = append(keys, places.Approximate.Word(), places.Exact.Word())
	for _, k := range keys {
		if !locale.Words.Has(string(k)) {
			t.Errorf("no words for %s", k)
		}
	}
}
