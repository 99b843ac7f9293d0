// SPDX-License-Identifier: Apache-2.0

package locale_test

import (
	"strings"
	"testing"

	"yuanba/internal/kit/i18n"
	"yuanba/internal/locale"
)

func TestLanguagesAreComplete(t *testing.T) {
	t.Parallel()
	for _, fault := range locale.Words.Faults() {
		t.Error(fault)
	}
	if n := len(locale.Words.Keys(i18n.ZH)); n < 100 {
		t.Errorf("only %d keys were loaded", n)
	}
}

func TestEnglishIsEnglish(t *testing.T) {
	t.Parallel()
	for _, key := range locale.Words.Keys(i18n.EN) {
		text := locale.Words.T(i18n.EN, key, 2, 2, 2, 2)
		if strings.ContainsFunc(text, func(c rune) bool { return c >= 0x3000 && c < 0xFFF0 }) {
			t.Errorf("%s is not yet English: %s", key, text)
		}
	}
}
