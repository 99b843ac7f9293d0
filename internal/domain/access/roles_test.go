// SPDX-License-Identifier: Apache-2.0

package access_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/locale"
)

var update = flag.Bool("update", false, "write ROLES.md anew")

func TestRolesAreWhole(t *testing.T) {
	t.Parallel()
	seen, given := map[string]bool{}, map[scope.Need]bool{}
	for _, r := range access.Roles {
		if seen[r.Key] {
			t.Errorf("two roles %s", r.Key)
		}
		seen[r.Key] = true
		if len(r.Needs) == 0 {
			t.Errorf("%s gives nothing", r.Key)
		}
		for i, n := range r.Needs {
			given[n] = true
			if !slices.Contains(access.Needs, n) || slices.Contains(r.Needs[:i], n) {
				t.Errorf("%s: need %s is unknown or given twice", r.Key, n)
			}
		}
		for _, key := range []string{"role." + r.Key, "role." + r.Key + ".what"} {
			if !locale.Words.Has(key) {
				t.Errorf("no text for %s", key)
			}
		}
	}
	for _, n := range access.Needs {
		if !given[n] {
			t.Errorf("no role gives %s", n)
		}
		if !locale.Words.Has("need." + string(n)) {
			t.Errorf("no text for need.%s", n)
		}
	}
	for _, r := range orgs.ShippedRoles() {
		if !access.KnownRole(r) {
			t.Errorf("the shipped organisation has a post of unknown role %s", r)
		}
	}
}

// TestAuditorWritesNothing holds a promise of the design.
func TestAuditorWritesNothing(t *testing.T) {
	t.Parallel()
	r, ok := access.RoleOf("auditor")
	if !ok || !slices.Contains(r.Needs, access.Audit) {
		t.Fatalf("auditor: %+v", r)
	}
	for _, n := range r.Needs {
		if access.Writes(n) {
			t.Errorf("the auditor may %s", n)
		}
	}
	if !access.Writes(access.Administer) || !access.Writes(access.Handle) {
		t.Error("the test would not notice")
	}
}

// TestAdministratorHandlesNothing keeps those who give permissions from using
// them on matters, and from reading those that are private.
func TestAdministratorHandlesNothing(t *testing.T) {
	t.Parallel()
	r, _ := access.RoleOf("administrator")
	for _, n := range []scope.Need{access.Handle, access.Dispatch, access.Intake, access.Command, access.Reveal, access.Audit, access.See, access.ReadPrivate} {
		if slices.Contains(r.Needs, n) {
			t.Errorf("the administrator may %s", n)
		}
	}
}

func TestRolesTable(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("# Roles and needs\n\nMade from needs.go and roles.go by `go test ./internal/domain/access -update`.\n\n")
	b.WriteString("| need | 权限 | what it lets one do |\n|---|---|---|\n")
	for _, n := range access.Needs {
		key := "need." + string(n)
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", n, i18n.T(i18n.ZH, key), i18n.T(i18n.EN, key))
	}
	b.WriteString("\n| role | 角色 | what its holder does | needs |\n|---|---|---|---|\n")
	for _, r := range access.Roles {
		var needs []string
		for _, n := range r.Needs {
			needs = append(needs, "`"+string(n)+"`")
		}
		key := "role." + r.Key
		fmt.Fprintf(&b, "| `%s` %s | %s：%s | %s | %s |\n", r.Key, i18n.T(i18n.EN, key), i18n.T(i18n.ZH, key), i18n.T(i18n.ZH, key+".what"),
			i18n.T(i18n.EN, key+".what"), strings.Join(needs, " "))
	}
	if *update {
		if err := os.WriteFile("ROLES.md", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	old, err := os.ReadFile("ROLES.md")
	if err != nil || string(old) != b.String() {
		t.Errorf("ROLES.md is not what the code says: run go test ./internal/domain/access -update (%v)", err)
	}
}
