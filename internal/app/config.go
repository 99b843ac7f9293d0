// SPDX-License-Identifier: Apache-2.0

package app

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"yuanba/internal/kit/mail"
	"yuanba/internal/web/livemap"
)

// A Config is everything a site may decide before the program starts. What a
// town decides while it runs (posts, categories, limits of time, words) is in
// the database. Every field may be left out.
//
// A setting comes from, in order of increasing force: its default, the file (in
// TOML, under the name in the field's tag), the environment (the same name in
// capitals: YUANBA_LISTEN, YUANBA_MAIL_PASSWORD; with _FILE behind it, the file
// that holds the value), a flag.
type Config struct {
	// DB is where everything is kept: the path of a SQLite file, or a postgres:// URL.
	DB string `toml:"db" default:"var/yuanba.db" url:"masked"`
	// Files is the folder of photos and documents. Empty: the folder "files"
	// beside a SQLite file, or var/files.
	Files string `toml:"files"`
	// Keys is the file of the keys that private facts are encrypted with. Empty:
	// "keys.json" beside the folder of files. Without it those facts are lost:
	// keep a copy apart from the backups of the database.
	Keys string `toml:"keys"`
	// Listen is the address the pages are served at.
	Listen string `toml:"listen" default:"localhost:8080"`
	// URL is the address by which people reach the pages, for slips, mails and
	// links. Empty: http:// and the address listened at.
	URL string `toml:"url"`
	// Phone is the number that people without a screen ring; it stands on every page.
	Phone string `toml:"phone"`
	// Proxies are the networks whose word on where a request comes from is
	// believed: "10.0.0.0/8, 127.0.0.1/32". Empty: nobody's.
	Proxies string `toml:"proxies"`

	Log      Log      `toml:"log"`
	Limits   Limits   `toml:"limits"`
	Mail     Mail     `toml:"mail"`
	SMS      SMS      `toml:"sms"`
	WeCom    WeCom    `toml:"wecom"`
	WeChat   WeChat   `toml:"wechat"`
	Push     Push     `toml:"push"`
	DingTalk DingTalk `toml:"dingtalk"`
	S3       S3       `toml:"s3"`
	Map      Map      `toml:"map"`

	Open311 Open311 `toml:"open311"`
	Wording Wording `toml:"wording"`
}

// Wording is a service that puts answers to questions into words from what the town has
// published, by the interface that many share (POST …/chat/completions). Without a URL
// nothing is worded, and nothing is sent to anybody.
type Wording struct {
	// URL is the address before /chat/completions: https://ai.example.cn/v1.
	URL string `toml:"url"`
	// Model is the name of the model there.
	Model string `toml:"model"`
	// Key is sent along, if the service wants one.
	Key string `toml:"key" secret:"true"`
	// Within is how long an answer may take; the page stands without it after that.
	Within time.Duration `toml:"within" default:"8s"`
}

// Log is how the program speaks to its operator.
type Log struct {
	// Level is the least important kind of line that is written: debug, info, warn or error.
	Level string `toml:"level" default:"info"`
	// Format is text for people or json for machines.
	Format string `toml:"format" default:"text"`
}

// Limits keep one visitor from taking what is there for all.
type Limits struct {
	// Body is the most bytes of a request without files.
	Body int64 `toml:"body" default:"1048576"`
	// Upload is the most bytes of a request with files.
	Upload int64 `toml:"upload" default:"67108864"`
	// Header is how long a client may take to send its header.
	Header time.Duration `toml:"header" default:"8s"`
	// Request is how long a request may take in all.
	Request time.Duration `toml:"request" default:"30s"`
	// Idle is how long a connection may be kept without a request.
	Idle time.Duration `toml:"idle" default:"75s"`
	// AtOnce is how many requests are worked on at the same time; what comes
	// beyond is asked to try again (503).
	AtOnce int `toml:"at_once" default:"256"`
	// Rate is how many requests a second one address may make for long.
	Rate float64 `toml:"rate" default:"50"`
	// Burst is how many it may make at once.
	Burst int `toml:"burst" default:"200"`
	// Raise is how many matters a second one address may raise for long; sixty at once.
	Raise float64 `toml:"raise" default:"1"`
	// Stop is how long requests under way may take when the program is asked to stop.
	Stop time.Duration `toml:"stop" default:"20s"`
}

// Mail is the server that sends the town's letters. Without a Server none are sent.
type Mail struct {
	// Server is the host that takes mail, and its port if it is not the usual one.
	Server string `toml:"server"`
	// TLS is how the way to it is protected: starttls (port 587), tls (port 465), or
	// none (port 25), for a server on the same machine only.
	TLS string `toml:"tls" default:"starttls"`
	// User is the name to sign in with; empty: do not sign in.
	User string `toml:"user"`
	// Password goes with User.
	Password string `toml:"password" secret:"true"`
	// From is the address letters come from, and perhaps a name: 院坝 <town@example.cn>.
	From string `toml:"from"`
}

// Sender is what sends letters; nil without a Server.
func (m Mail) Sender() (*mail.Sender, error) {
	if m.Server == "" {
		return nil, nil
	}
	return mail.New(mail.Server{Address: m.Server, Mode: mail.Mode(m.TLS), User: m.User, Password: m.Password, From: m.From})
}

// Open311 is how other programs ask by the standard of that name.
type Open311 struct {
	// Jurisdiction is the town's jurisdiction_id. Empty: the division code of the city.
	Jurisdiction string `toml:"jurisdiction"`
	// Keys says whether a program needs a key to raise a matter: optional or required.
	Keys string `toml:"keys" default:"optional"`
	// Inside are networks that are not public and in which systems may stand with
	// which matters are exchanged: "10.20.0.0/16". Empty: none.
	Inside string `toml:"inside"`
	// Contact is whom those who write programs may ask: an address of mail or of a page.
	Contact string `toml:"contact"`
}

// S3 is where files are kept instead of in a folder. Without a Bucket they are in
// the folder.
type S3 struct {
	// Endpoint is the address of the service.
	Endpoint string `toml:"endpoint"`
	// Bucket is the bucket that holds the files, and nothing else.
	Bucket string `toml:"bucket"`
	// Region is the bucket's region, where the service has several.
	Region string `toml:"region"`
	// AccessKey names the account.
	AccessKey string `toml:"access_key"`
	// SecretKey goes with AccessKey.
	SecretKey string `toml:"secret_key" secret:"true"`
}

// A Setting is one field of a Config as doctor shows it.
type Setting struct {
	Name  string `json:"name"`  // as in the file: "mail.password"
	Value string `json:"value"` // with secrets masked
	From  string `json:"from"`  // "default", "file", "environment" or "flag"
}

// Load reads the configuration: the file, if path is not empty, then the
// environment, then set, which holds the flags that were given, by name. It also
// returns every setting and where it came from. The error of a setting that makes
// no sense names it and says what would.
func Load(path string, getenv func(string) string, set map[string]string) (Config, []Setting, error) {
	var c Config
	from := map[string]string{}
	if path != "" {
		meta, err := toml.DecodeFile(path, &c)
		if err != nil {
			return c, nil, fmt.Errorf("configuration file: %w", fileFault(path, err))
		}
		if more := meta.Undecoded(); len(more) > 0 {
			return c, nil, fmt.Errorf("configuration file %s: there is no setting %q", path, more[0].String())
		}
		for _, k := range meta.Keys() {
			from[k.String()] = "file"
		}
	}
	var settings []Setting
	known := map[string]bool{}
	err := each(reflect.ValueOf(&c).Elem(), "", func(name string, v reflect.Value, tag reflect.StructTag) error {
		known[name] = true
		where, text, err := fromOutside(name, getenv, set)
		switch {
		case err != nil:
			return err
		case where != "":
			if err := put(v, text); err != nil {
				return fmt.Errorf("%s (from the %s): %w", name, where, err)
			}
			from[name] = where
		case from[name] == "":
			from[name] = "default"
			if text := tag.Get("default"); text != "" {
				if err := put(v, text); err != nil {
					return fmt.Errorf("default of %s: %w", name, err)
				}
			}
		}
		settings = append(settings, Setting{name, mask(v, tag), from[name]})
		return nil
	})
	if err != nil {
		return c, nil, err
	}
	for name := range set {
		if !known[name] {
			return c, nil, fmt.Errorf("there is no setting %q", name)
		}
	}
	return c, settings, c.validate()
}

// fromOutside returns the value a setting has in the flags or in the environment.
func fromOutside(name string, getenv func(string) string, set map[string]string) (where, text string, err error) {
	if text, ok := set[name]; ok {
		return "flag", text, nil
	}
	variable := EnvName(name)
	if text := getenv(variable); text != "" {
		return "environment", text, nil
	}
	if file := getenv(variable + "_FILE"); file != "" {
		b, err := os.ReadFile(file)
		if err != nil {
			return "", "", fmt.Errorf("%s_FILE: %w", variable, err)
		}
		return "environment", strings.TrimRight(string(b), "\r\n"), nil
	}
	return "", "", nil
}

// EnvName returns the variable that holds the named setting: mail.password is in
// YUANBA_MAIL_PASSWORD.
func EnvName(name string) string {
	return "YUANBA_" + strings.ToUpper(strings.ReplaceAll(name, ".", "_"))
}

// each calls f for every field of a struct, those of its structs included.
func each(v reflect.Value, prefix string, f func(string, reflect.Value, reflect.StructTag) error) error {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name := prefix + field.Tag.Get("toml")
		var err error
		if field.Type.Kind() == reflect.Struct {
			err = each(v.Field(i), name+".", f)
		} else {
			err = f(name, v.Field(i), field.Tag)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// put sets a field to what text says.
func put(v reflect.Value, text string) error {
	switch v.Interface().(type) {
	case string:
		v.SetString(text)
	case time.Duration:
		d, err := time.ParseDuration(text)
		if err != nil {
			return fmt.Errorf("%q is no length of time such as 30s or 5m", text)
		}
		v.SetInt(int64(d))
	case int, int64:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return fmt.Errorf("%q is no whole number", text)
		}
		v.SetInt(n)
	case float64:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return fmt.Errorf("%q is no number", text)
		}
		v.SetFloat(n)
	default:
		return fmt.Errorf("a setting cannot be a %s", v.Type())
	}
	return nil
}

// mask returns a field's value as an operator may see it over a shoulder.
func mask(v reflect.Value, tag reflect.StructTag) string {
	text := fmt.Sprint(v.Interface())
	switch {
	case text == "":
		return ""
	case tag.Get("secret") != "":
		return "••••••"
	case tag.Get("url") == "masked":
		if u, err := url.Parse(text); err == nil {
			return u.Redacted()
		}
		return "••••••" // an address that cannot be read may hold anything
	}
	return text
}

// fileFault makes the fault of reading a file one sentence.
func fileFault(path string, err error) error {
	var parse toml.ParseError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s does not exist", path)
	case errors.As(err, &parse):
		return fmt.Errorf("%s, line %d: %s", path, parse.Position.Line, parse.Message)
	}
	return err
}

// validate reports the first setting that makes no sense.
func (c Config) validate() error {
	if _, err := c.Log.level(); err != nil {
		return err
	}
	if c.Log.Format != "text" && c.Log.Format != "json" {
		return fmt.Errorf("log.format: %q is neither text nor json", c.Log.Format)
	}
	if _, err := c.ProxyNets(); err != nil {
		return err
	}
	if c.URL != "" {
		if u, err := url.Parse(c.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return fmt.Errorf("url: %q is no address that begins with http:// or https://", c.URL)
		}
	}
	if c.Open311.Keys != "optional" && c.Open311.Keys != "required" {
		return fmt.Errorf("open311.keys: %q is neither optional nor required", c.Open311.Keys)
	}
	if _, err := prefixes("open311.inside", c.Open311.Inside); err != nil {
		return err
	}
	if ground, err := livemap.Open(c.background()); err != nil {
		return fmt.Errorf("map.%w", err)
	} else if err := ground.Close(); err != nil {
		return fmt.Errorf("map.%w", err)
	}
	if w := c.Wording; w.URL != "" {
		u, err := url.Parse(w.URL)
		switch {
		case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
			return fmt.Errorf("wording.url: %q is no address that begins with http:// or https://", w.URL)
		case w.Model == "":
			return errors.New("wording.model: name the model that is to word answers")
		case w.Within <= 0:
			return errors.New("wording.within: must be more than nothing")
		}
	}
	if c.S3.Bucket != "" && c.S3.Endpoint == "" {
		return errors.New("s3.endpoint: a bucket needs the address of its service")
	}
	if c.Mail.Server != "" && c.Mail.From == "" {
		return errors.New("mail.from: letters need an address they come from")
	}
	if _, err := c.Ways(); err != nil {
		return err
	}
	if _, err := c.AlarmWay(); err != nil {
		return err
	}
	if c.Mail.Server != "" && c.Mail.User == "" && c.Mail.Password != "" {
		return errors.New("mail.user: a password needs the name it goes with")
	}
	return each(reflect.ValueOf(c.Limits), "limits.", func(name string, v reflect.Value, _ reflect.StructTag) error {
		if v.CanInt() && v.Int() <= 0 || v.CanFloat() && v.Float() <= 0 {
			return fmt.Errorf("%s: must be more than nothing", name)
		}
		return nil
	})
}

func (l Log) level() (slog.Level, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(l.Level)); err != nil {
		return 0, fmt.Errorf("log.level: %q is none of debug, info, warn, error", l.Level)
	}
	return level, nil
}

// LogLevel is the level of Log.
func (c Config) LogLevel() slog.Level {
	level, _ := c.Log.level() // Load has looked at it
	return level
}

// ProxyNets are the networks of Proxies, one by one.
func (c Config) ProxyNets() ([]string, error) {
	nets, err := prefixes("proxies", c.Proxies)
	var list []string
	for _, n := range nets {
		list = append(list, n.String())
	}
	return list, err
}

// prefixes are the networks of a setting.
func prefixes(name, text string) (nets []netip.Prefix, err error) {
	for s := range strings.SplitSeq(text, ",") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		n, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("%s: %q is no network such as 10.0.0.0/8", name, s)
		}
		nets = append(nets, n)
	}
	return nets, nil
}
