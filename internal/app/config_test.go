// SPDX-License-Identifier: Apache-2.0

package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func env(pairs ...string) func(string) string {
	m := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return func(k string) string { return m[k] }
}

func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "yuanba.toml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	c, settings, err := Load("", env(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "localhost:8080" || c.Limits.Request != 30*time.Second || c.Limits.Rate != 50 {
		t.Errorf("defaults: %+v", c)
	}
	for _, s := range settings {
		if s.From != "default" {
			t.Errorf("%s comes from %s", s.Name, s.From)
		}
	}
}

func TestTheStrongerWins(t *testing.T) {
	t.Parallel()
	path := file(t, "listen = \"file:1\"\ndb = \"file.db\"\n[limits]\nrequest = \"5s\"\nburst = 7\n[log]\nlevel = \"debug\"\n")
	secret := file(t, "geheim\n")
	c, settings, err := Load(path, env("YUANBA_LISTEN", "env:2", "YUANBA_DB", "env.db", "YUANBA_MAIL_PASSWORD_FILE", secret), map[string]string{"db": "flag.db"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "env:2" || c.DB != "flag.db" || c.Limits.Request != 5*time.Second || c.Limits.Burst != 7 || c.Log.Level != "debug" || c.Mail.Password != "geheim" {
		t.Errorf("loaded: %+v", c)
	}
	want := map[string]Setting{
		"listen":         {"listen", "env:2", "environment"},
		"db":             {"db", "flag.db", "flag"},
		"limits.request": {"limits.request", "5s", "file"},
		"limits.header":  {"limits.header", "8s", "default"},
		"mail.password":  {"mail.password", "••••••", "environment"},
		"s3.secret_key":  {"s3.secret_key", "", "default"},
	}
	for _, s := range settings {
		if w, ok := want[s.Name]; ok && s != w {
			t.Errorf("setting %+v, want %+v", s, w)
		}
		delete(want, s.Name)
	}
	if len(want) > 0 {
		t.Errorf("not shown: %v", want)
	}
}

func TestSecretsNeverShow(t *testing.T) {
	t.Parallel()
	_, settings, err := Load("", env("YUANBA_DB", "postgres://town:geheim@db/town", "YUANBA_S3_SECRET_KEY", "geheim", "YUANBA_MAIL_PASSWORD", "geheim"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range settings {
		if strings.Contains(s.Value, "geheim") {
			t.Errorf("%s shows its secret: %s", s.Name, s.Value)
		}
	}
}

func TestNonsense(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, file, key, value, want string }{
		{name: "unknown setting in the file", file: "lisen = \"x\"", want: `there is no setting "lisen"`},
		{name: "no TOML", file: "db = \n", want: "line 1"},
		{name: "wrong type", file: "listen = 3", want: "configuration file"},
		{name: "no number", key: "YUANBA_LIMITS_BURST", value: "many", want: `limits.burst (from the environment): "many" is no whole number`},
		{name: "no duration", key: "YUANBA_LIMITS_HEADER", value: "8", want: "no length of time"},
		{name: "nothing", key: "YUANBA_LIMITS_BODY", value: "0", want: "limits.body: must be more than nothing"},
		{name: "level", key: "YUANBA_LOG_LEVEL", value: "loud", want: "log.level"},
		{name: "format", key: "YUANBA_LOG_FORMAT", value: "xml", want: "log.format"},
		{name: "url", key: "YUANBA_URL", value: "town.example", want: "url:"},
		{name: "proxies", key: "YUANBA_PROXIES", value: "10.0.0.0/8, nearby", want: `"nearby" is no network`},
		{name: "bucket without service", key: "YUANBA_S3_BUCKET", value: "b", want: "s3.endpoint"},
		{name: "mail from nobody", file: "[mail]\nserver = \"mail.example.cn\"\nfrom = \"town\"", want: "mail: \"town\" is no address"},
		{name: "mail's protection", file: "[mail]\nserver = \"mail.example.cn\"\nfrom = \"town@example.cn\"\ntls = \"ssl\"", want: "starttls, tls, none"},
		{name: "a password without a name", file: "[mail]\nserver = \"mail.example.cn\"\nfrom = \"town@example.cn\"\npassword = \"x\"", want: "mail.user"},
		{name: "mail without sender", key: "YUANBA_MAIL_SERVER", value: "mail:25", want: "mail.from"},
		{name: "secret's file is missing", key: "YUANBA_MAIL_PASSWORD_FILE", value: "/nowhere/at/all", want: "YUANBA_MAIL_PASSWORD_FILE"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := ""
			if c.file != "" {
				path = file(t, c.file)
			}
			_, _, err := Load(path, env(c.key, c.value), nil)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
	if _, _, err := Load(filepath.Join(t.TempDir(), "none.toml"), env(), nil); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("a missing file: %v", err)
	}
	if _, _, err := Load("", env(), map[string]string{"nonsense": "1"}); err == nil {
		t.Error("an unknown flag was taken")
	}
}

// TestEverySettingIsInTheGuide: docs/operating.md names each.
func TestEverySettingIsInTheGuide(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	_, settings, err := Load("", func(string) string { return "" }, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range settings {
		if !strings.Contains(string(guide), "`"+s.Name+"`") {
			t.Errorf("docs/operating.md does not name the setting %s", s.Name)
		}
	}
}
