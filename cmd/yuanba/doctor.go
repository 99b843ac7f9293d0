// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"yuanba/internal/app"
	"yuanba/internal/kit/mail"
	"yuanba/internal/kit/sqldb"
)

// A finding is what doctor says about one thing.
type finding struct {
	About string `json:"about"`
	State string `json:"state"`        // "ok", "note" or "wrong"
	Says  string `json:"says"`         // one sentence
	Do    string `json:"do,omitempty"` // what to do about it
}

// doctor says what is wrong with an installation and what to do about it.
func (c *cli) doctor() *cobra.Command {
	quick := false
	cmd := &cobra.Command{
		Use:     "doctor",
		GroupID: groupWatch,
		Short:   "say what is wrong with this installation and what to do",
		Long: `Doctor looks at what the program needs: the configuration, the clock, the
database and its files, the work that failed, the room on the disk, the keys, the
address it listens at. It changes nothing and may run beside a serving Yuanba. The
exit status is 0 if nothing is wrong.`,
		Example: "  yuanba doctor\n  yuanba doctor --db /srv/town/town.db --quick\n  yuanba doctor --json | jq '.findings[] | select(.state == \"wrong\")'",
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, settings, err := c.load()
			if err != nil {
				return err
			}
			fs := examine(cmd.Context(), config, quick)
			ok := true
			for _, f := range fs {
				ok = ok && f.State != "wrong"
			}
			v := struct {
				OK       bool          `json:"ok"`
				Findings []finding     `json:"findings"`
				Settings []app.Setting `json:"settings"`
			}{ok, fs, settings}
			if err := c.answer(v, func(w io.Writer) { report(w, ok, fs, settings) }); err != nil {
				return err
			}
			if !ok {
				return errSaid
			}
			return nil
		},
	}
	c.settings(cmd)
	cmd.Flags().BoolVar(&quick, "quick", false, "do not read the whole database")
	return cmd
}

func report(w io.Writer, ok bool, fs []finding, settings []app.Setting) {
	for _, f := range fs {
		sign := map[string]string{"ok": "✓", "note": "·", "wrong": "✗"}[f.State]
		fmt.Fprintf(w, "%s %-14s %s\n", sign, f.About, f.Says)
		if f.Do != "" {
			fmt.Fprintf(w, "  %-14s → %s\n", "", f.Do)
		}
	}
	fmt.Fprintf(w, "\nSettings (a secret shows as dots):\n")
	for _, s := range settings {
		fmt.Fprintf(w, "  %-20s %-32s %s\n", s.Name, s.Value, s.From)
	}
	if ok {
		fmt.Fprintf(w, "\nNothing is wrong.\n")
	} else {
		fmt.Fprintf(w, "\nSomething is wrong; see the lines with ✗.\n")
	}
}

// examine looks at everything in turn.
func examine(ctx context.Context, c app.Config, quick bool) []finding {
	fs := []finding{clock(time.Now(), newest(c.DB)), zones()}
	about, keys := database(ctx, c, quick)
	fs = append(fs, about...)
	if !sqldb.IsPostgres(c.DB) {
		fs = append(fs, room("disk", filepath.Dir(c.DB)))
	}
	if c.S3.Bucket == "" {
		fs = append(fs, folder("files", c.FilesPath()), room("disk of files", c.FilesPath()))
	}
	fs = append(fs, keys)
	if sqldb.IsPostgres(c.DB) {
		fs = append(fs, tools())
	}
	fs = append(fs, address(c.Listen))
	fs = append(fs, letters(ctx, c.Mail))
	fs = append(fs, maps(c))
	return append(fs, channels(ctx, c)...)
}

// clock: a clock that runs behind what was already written, or before this
// program was thought of, would give wrong dates to everything.
func clock(now, written time.Time) finding {
	f := finding{About: "clock", State: "ok", Says: "it is " + now.Format("2006-01-02 15:04:05 -0700")}
	switch {
	case now.Before(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)):
		f.State, f.Do = "wrong", "set the clock: it stands before this program was written"
	case written.Sub(now) > time.Minute:
		f.State, f.Do = "wrong", "set the clock: the database was written "+written.Sub(now).Round(time.Minute).String()+" later than it shows"
	}
	return f
}

// newest is when a database file was last written, zero if there is none.
func newest(db string) time.Time {
	var t time.Time
	if sqldb.IsPostgres(db) {
		return t
	}
	for _, name := range []string{db, db + "-wal"} {
		if info, err := os.Stat(name); err == nil && info.ModTime().After(t) {
			t = info.ModTime()
		}
	}
	return t
}

func zones() finding {
	if _, err := time.LoadLocation("Asia/Shanghai"); err != nil {
		return finding{"time zones", "wrong", err.Error(), "install tzdata"}
	}
	return finding{About: "time zones", State: "ok", Says: "known"}
}

// room: a disk that fills up stops a town. A folder that does not exist yet is on
// the disk of the one it will be made in.
func room(about, dir string) finding {
	const gib = 1 << 30
	var s unix.Statfs_t
	err := unix.Statfs(dir, &s)
	for errors.Is(err, unix.ENOENT) && dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
		err = unix.Statfs(dir, &s)
	}
	if err != nil {
		return finding{about, "wrong", fmt.Sprintf("%s: %v", dir, err), "see that the folder can be read"}
	}
	free := float64(s.Bavail) * float64(s.Bsize) / gib
	f := finding{About: about, State: "ok", Says: fmt.Sprintf("%.1f GiB free", free)}
	switch {
	case free < 0.25:
		f.State, f.Do = "wrong", "make room: nothing can be taken in when the disk is full"
	case free < 2:
		f.State, f.Do = "note", "make room soon"
	}
	return f
}

// folder: may the program write there?
func folder(about, dir string) finding {
	probe := dir
	for {
		info, err := os.Stat(probe)
		if errors.Is(err, os.ErrNotExist) && probe != filepath.Dir(probe) {
			probe = filepath.Dir(probe)
			continue
		}
		switch {
		case err != nil:
			return finding{about, "wrong", err.Error(), "see that the program may use " + dir}
		case !info.IsDir():
			return finding{about, "wrong", probe + " is no folder", "name another one"}
		case unix.Access(probe, unix.W_OK) != nil:
			return finding{about, "wrong", "the program may not write in " + probe, "give it the right to, or name another folder"}
		}
		return finding{About: about, State: "ok", Says: dir + " can be written"}
	}
}

// private: a file that nobody but the program should read.
func private(about, name string) finding {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return finding{About: about, State: "note", Says: "there is no " + name + " yet; the program makes it when it first serves"}
	case err != nil:
		return finding{about, "wrong", err.Error(), "see that the program may read it"}
	case info.Mode().Perm()&0o077 != 0:
		return finding{about, "wrong", fmt.Sprintf("%s can be read by others (%s)", name, info.Mode().Perm()), "chmod 600 " + name}
	}
	return finding{About: about, State: "ok", Says: name + " is the program's own"}
}

// address: can the program listen there? That somebody does already is no fault,
// for it may be the program itself.
func address(listen string) finding {
	l, err := net.Listen("tcp", listen)
	switch {
	case errors.Is(err, unix.EADDRINUSE):
		return finding{About: "address", State: "note", Says: listen + " is in use, by a serving Yuanba or by another program"}
	case err != nil:
		return finding{"address", "wrong", err.Error(), "name another address with listen, such as localhost:8080"}
	}
	l.Close()
	return finding{About: "address", State: "ok", Says: listen + " is free"}
}

// letters: would the mail server take letters now? Nothing is sent.
func letters(ctx context.Context, m app.Mail) finding {
	if m.Server == "" {
		return finding{About: "mail", State: "note", Says: "no mail.server is set: no letters are sent, and nobody is offered any"}
	}
	sender, err := m.Sender()
	if err != nil {
		return finding{"mail", "wrong", err.Error(), "put right what stands under [mail]"}
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	if err := sender.Check(ctx); err != nil {
		do := "see that the server runs, and that mail.server and mail.tls are right"
		var f *mail.Fault
		if errors.As(err, &f) && f.Code >= 500 {
			do = "see that mail.user and mail.password are right, and that the server lets this machine send"
		}
		return finding{"mail", "wrong", m.Server + ": " + err.Error(), do}
	}
	f := finding{About: "mail", State: "ok", Says: m.Server + " lets this program send"}
	host, _, err := net.SplitHostPort(m.Server)
	if err != nil {
		host = m.Server
	}
	if ip := net.ParseIP(host); m.TLS == string(mail.Open) && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		f.State, f.Says, f.Do = "note", f.Says+", but on its way there a letter can be read by others", "set mail.tls to starttls or tls"
	}
	return f
}
