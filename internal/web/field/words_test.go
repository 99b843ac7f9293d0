// SPDX-License-Identifier: Apache-2.0

package field

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"yuanba/internal/kit/i18n"
)

// Whatever the app says is among the words that it is given, and each of those is said.
func TestWordsOfTheApp(t *testing.T) {
	t.Parallel()
	for _, m := range regexp.MustCompile(`\bt\("([a-z_.]+)"( \+ )?`).FindAllStringSubmatch(appJS+partsJS, -1) {
		if m[2] != "" { // the beginning of several
			if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, m[1]) }) {
				t.Errorf("no word begins with %q", m[1])
			}
		} else if !slices.Contains(words, m[1]) {
			t.Errorf("the app says %q, which it is not given", m[1])
		}
	}
	for _, w := range words {
		group, _, _ := strings.Cut(w, ".")
		if !strings.Contains(appJS+partsJS, `t("`+w+`"`) && !strings.Contains(appJS, `t("`+group+`." +`) {
			t.Errorf("%q is never said", w)
		}
		if !i18n.Has("field.app." + w) {
			t.Errorf("%q has no text", w)
		}
	}
}

// The app names its modules by the addresses under which they are kept, and the worker
// keeps them all.
func TestTheAppIsKeptWhole(t *testing.T) {
	t.Parallel()
	list := kept()
	for _, u := range []string{core, vault, parts, app, start, sheet, "/field", "/field/app.webmanifest"} {
		if !slices.Contains(list, u) {
			t.Errorf("%s is not kept", u)
		}
	}
	if !strings.Contains(workerJS, `["kept"]`) {
		t.Error("the worker has no place for what it keeps")
	}
	for _, m := range regexp.MustCompile(`from "([^"]+)"`).FindAllStringSubmatch(appJS, -1) {
		if m[1] != "./core.mjs" && m[1] != "./vault.mjs" && m[1] != "./parts.mjs" {
			t.Errorf("the app needs %s, which has no address", m[1])
		}
	}
}
