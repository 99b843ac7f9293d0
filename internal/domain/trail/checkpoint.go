// SPDX-License-Identifier: Apache-2.0

package trail

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/sqldb"
)

// A Checkpoint says how many rows were sealed at a moment, and their root: one
// number that nobody can get from other rows.
type Checkpoint struct {
	Origin string // whose trail
	Size   int64  // rows sealed
	Root   tlog.Hash
	At     time.Time
	Seq    int64  // of the last row sealed
	KeyID  string // the key that signed it, or claims to where no key was given to check; 8 hexadecimal digits
	Note   string // the signed note itself
}

// text is the body of the note: a C2SP tlog-checkpoint with two lines of ours.
func (c *Checkpoint) text() string {
	return fmt.Sprintf("%s/trail\n%d\n%s\nat %d\nseq %d\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]), c.At.UnixMilli(), c.Seq)
}

// sign fills in Note and KeyID.
func (c *Checkpoint) sign(s note.Signer) error {
	c.Origin = s.Name()
	msg, err := note.Sign(&note.Note{Text: c.text()}, s)
	c.Note, c.KeyID = string(msg), fmt.Sprintf("%08x", s.KeyHash())
	return err
}

func verifiers(publicKeys string) ([]note.Verifier, error) {
	var vs []note.Verifier
	for _, k := range strings.Fields(publicKeys) {
		v, err := note.NewVerifier(k)
		if err != nil {
			return nil, fmt.Errorf("public key %q: %w", k, err)
		}
		vs = append(vs, v)
	}
	return vs, nil
}

func readCheckpoint(text string, keys []note.Verifier) (c Checkpoint, err error) {
	n, err := note.Open([]byte(text), note.VerifierList(keys...))
	var unsigned *note.UnverifiedNoteError
	switch {
	case errors.As(err, &unsigned) && len(keys) == 0:
		n = unsigned.Note
		n.Sigs = n.UnverifiedSigs
	case err != nil:
		return c, fmt.Errorf("checkpoint: %w", err)
	}
	c.KeyID = fmt.Sprintf("%08x", n.Sigs[0].Hash)
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 6 {
		return c, errors.New("checkpoint: not five lines")
	}
	origin, ok := strings.CutSuffix(lines[0], "/trail")
	root, err1 := tlog.ParseHash(lines[2])
	size, err2 := strconv.ParseInt(lines[1], 10, 64)
	at, err3 := number(lines[3], "at ")
	seq, err4 := number(lines[4], "seq ")
	if err := errors.Join(err1, err2, err3, err4); err != nil || !ok || size < 0 {
		return c, fmt.Errorf("checkpoint: malformed: %w", err)
	}
	c.Origin, c.Size, c.Root, c.Seq, c.At, c.Note = origin, size, root, seq, time.UnixMilli(at).UTC(), text
	if c.text() != n.Text {
		return c, errors.New("checkpoint: not in canonical form")
	}
	return c, nil
}

// ReadCheckpoint reads a checkpoint that somebody kept: the signed note, or what was
// printed for the notice board, perhaps typed off a photograph. The printed one
// carries no signature: who keeps it trusts their own eyes. Of it only Size and
// Root are known.
func ReadCheckpoint(text []byte, publicKeys string) (Checkpoint, error) {
	keys, err := verifiers(publicKeys)
	if err != nil {
		return Checkpoint{}, err
	}
	return kept(string(text), keys)
}

func kept(text string, keys []note.Verifier) (Checkpoint, error) {
	if strings.Contains(text, "\n— ") {
		return readCheckpoint(text, keys)
	}
	return readPrinted(text)
}

// printedRoot is the root as Groups prints it.
var printedRoot = regexp.MustCompile(`(?:[0-9A-Fa-f]{4}\s*){15}[0-9A-Fa-f]{4}`)

// readPrinted reads the rows and the root of a printed sheet; of a sheet in two
// languages the first.
func readPrinted(text string) (c Checkpoint, err error) {
	unreadable := errors.New("neither a signed note nor a printed sheet with the number of rows and the check value")
	at := printedRoot.FindStringIndex(text)
	if at == nil {
		return c, unreadable
	}
	digits := strings.Join(strings.Fields(text[at[0]:at[1]]), "")
	if _, err := hex.Decode(c.Root[:], []byte(digits)); err != nil {
		return c, unreadable
	}
	above := strings.Split(strings.TrimSpace(text[:at[0]]), "\n")
	for i := len(above) - 1; i >= 0; i-- {
		rows := strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, above[i])
		if rows != "" {
			if c.Size, err = strconv.ParseInt(rows, 10, 64); err != nil {
				return c, unreadable
			}
			return c, nil
		}
	}
	return c, unreadable
}

func number(line, prefix string) (int64, error) {
	s, ok := strings.CutPrefix(line, prefix)
	if !ok {
		return 0, fmt.Errorf("no %q", prefix)
	}
	return strconv.ParseInt(s, 10, 64)
}

// LastCheckpoint returns the newest checkpoint, its signature unchecked. If
// nothing was sealed yet it is NotFound.
func LastCheckpoint(tx *sqldb.Tx) (Checkpoint, error) {
	stored, err := lastCheckpoint(tx)
	if err != nil {
		return Checkpoint{}, err
	}
	return readCheckpoint(stored.note, nil)
}

// PrintCheckpoint is the checkpoint as a sheet for the notice board: the day, how
// many rows, the root, the key. Whoever keeps a copy can hold the town to it.
func PrintCheckpoint(lang i18n.Lang, c Checkpoint) string {
	return strings.Join([]string{
		i18n.T(lang, "trail.notice.title"),
		"",
		i18n.T(lang, "trail.notice.at", i18n.Exact(lang, c.At)),
		i18n.T(lang, "trail.notice.rows", c.Size),
		i18n.T(lang, "trail.notice.root"),
		c.Groups(),
		i18n.T(lang, "trail.notice.key", c.Origin, c.KeyID),
		"",
		i18n.T(lang, "trail.notice.why"),
		"",
	}, "\n")
}

// Groups is the root as people compare it: 64 hexadecimal digits in groups of
// four, four groups a line.
func (c *Checkpoint) Groups() string {
	var b strings.Builder
	for i, x := range c.Root {
		switch {
		case i == 0 || i%2 == 1:
		case i%8 == 0:
			b.WriteByte('\n')
		default:
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%02X", x)
	}
	return b.String()
}
