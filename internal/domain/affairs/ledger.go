// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// A Fen is an amount of money, a hundredth of a yuan.
type Fen int64

// String writes the amount in yuan: 12,345.60.
func (f Fen) String() string {
	neg := f < 0
	if neg {
		f = -f
	}
	s := strconv.FormatInt(int64(f/100), 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	s += "." + strconv.FormatInt(int64(100+f%100), 10)[1:]
	if neg {
		return "−" + s
	}
	return s
}

// MaxAmount is the greatest amount of one entry: a thousand million yuan.
const MaxAmount Fen = 100_000_000_000

// ParseFen reads an amount in yuan as people write it: 1200, 1,200.5, ￥1200.50. It is
// Invalid if it is none, not more than nothing, or has parts of a fen.
func ParseFen(s string) (Fen, error) {
	fault := errs.At("amount", "affairs.amount")
	s = strings.NewReplacer(",", "", "，", "", "￥", "", "¥", "", "元", "", " ", "", "。", ".").Replace(strings.Map(half, strings.TrimSpace(s)))
	whole, part, _ := strings.Cut(s, ".")
	if len(whole) == 0 || len(whole) > 10 || len(part) > 2 || strings.ContainsFunc(whole+part, func(r rune) bool { return r < '0' || r > '9' }) {
		return 0, fault
	}
	yuan, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return 0, fault
	}
	fen, err := strconv.ParseInt((part + "00")[:2], 10, 64)
	if err != nil {
		return 0, fault
	}
	f := Fen(yuan*100 + fen)
	if f <= 0 || f > MaxAmount {
		return 0, fault
	}
	return f, nil
}

// half writes full-width digits and the full-width stop as the machine's.
func half(r rune) rune {
	switch {
	case r >= '０' && r <= '９':
		return r - '０' + '0'
	case r == '．':
		return '.'
	}
	return r
}

// An Account is where money comes from or goes to. Its name is the message
// "ledger.account." and its word.
type Account string

// The accounts. Bank and Cash are what the village has; Opening is where that came
// from which was there when the ledger was begun.
const (
	Opening Account = "opening"
	Bank    Account = "bank"
	Cash    Account = "cash"
)

// Incomes are the accounts from which money comes, after the accounting rules of
// rural collectives (《农村集体经济组织会计制度》).
var Incomes = []Account{"in_lease", "in_business", "in_grant", "in_donation", "in_interest", "in_other"}

// Outgoes are the accounts to which it goes.
var Outgoes = []Account{"out_works", "out_welfare", "out_running", "out_wages", "out_members", "out_other"}

// AccountName is the account's name as a message.
func AccountName(a Account) i18n.Key { return i18n.Key("ledger.account." + string(a)) }

// Holds reports whether the account is money that the village has.
func (a Account) Holds() bool { return a == Bank || a == Cash }

// An Entry moves an amount from one account to another. It stays as it is for good.
type Entry struct {
	ID       ID
	Place    id.ID
	Path     scope.Path
	Number   int
	On       places.Day
	From, To Account
	Amount   Fen
	Words    string // for what
	Party    string // from whom, or to whom
	Decided  string // who decided it, and when
	Paper    File
	Counters ID // the entry that this one undoes
	At       time.Time
	Account  id.ID
	Actor    string

	Members bool // its words and paper are for members of the place alone

	Countered ID   // the entry that undoes this one; worked out
	Closed    bool // to the reader, who sees that it is there, and the money; worked out
}

// Moved is by how much the entry changes what the village has: more than nothing for
// an income, less for an outgo, nothing for what goes from the bank to the cash box.
func (e Entry) Moved() Fen {
	var f Fen
	if e.To.Holds() {
		f += e.Amount
	}
	if e.From.Holds() {
		f -= e.Amount
	}
	return f
}

// Late reports whether the entry was written more than a month after its day.
func (e Entry) Late() bool {
	on, _, ok := Period(e.On).Span()
	return ok && e.At.After(on.AddDate(0, 1, 1))
}

// Sum adds up every account. All of them together are zero, since every entry takes
// from one what it gives to another.
func Sum(es []Entry) map[Account]Fen {
	sums := map[Account]Fen{}
	for _, e := range es {
		sums[e.From] -= e.Amount
		sums[e.To] += e.Amount
	}
	return sums
}

// Balance is what a village has by its accounts' sums.
func Balance(sums map[Account]Fen) (f Fen) {
	for a, x := range sums {
		if a.Holds() {
			f += x
		}
	}
	return f
}

// A Line is an entry with the balance after it.
type Line struct {
	Entry
	Balance Fen
}

// Run writes the balance beside every entry, in the order of their days, from what was
// there before.
func Run(before Fen, es []Entry) []Line {
	es = slices.Clone(es)
	slices.SortStableFunc(es, func(a, b Entry) int { return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.Number, b.Number)) })
	ls := make([]Line, len(es))
	for i, e := range es {
		before += e.Moved()
		ls[i] = Line{e, before}
	}
	return ls
}

// A Share is one account's part of what came in or went out.
type Share struct {
	Account Account
	Sum     Fen
}

// A Statement is what happened to a village's money in a period.
type Statement struct {
	Period  Period
	Before  Fen // what was there at its beginning
	In, Out []Share
	Came    Fen // the sum of In
	Went    Fen // the sum of Out
	After   Fen // Before + Came − Went
	Lines   []Line
}

// State makes the statement of a period from what was there before it and its entries.
// What was countered is counted in and out, as it stands in the book.
func State(p Period, before Fen, es []Entry) Statement {
	s := Statement{Period: p, Before: before, Lines: Run(before, es)}
	sums := Sum(es)
	for _, a := range append([]Account{Opening}, Incomes...) {
		if f := -sums[a]; f != 0 {
			s.In, s.Came = append(s.In, Share{a, f}), s.Came+f
		}
	}
	for _, a := range Outgoes {
		if f := sums[a]; f != 0 {
			s.Out, s.Went = append(s.Out, Share{a, f}), s.Went+f
		}
	}
	s.After = before + s.Came - s.Went
	return s
}

// A Booking is what an editor writes into the ledger.
type Booking struct {
	On       places.Day
	From, To Account
	Amount   Fen
	Words    string
	Party    string
	Decided  string
	Paper    File
	Members  bool // its words and paper are for members of the place alone
}

// Bounds of an entry's texts, in characters.
const (
	MaxWords   = 80
	MaxParty   = 40
	MaxDecided = 60
)

// check says what is wrong with a booking, beside its field.
func (in *Booking) check(now time.Time) error {
	var l errs.List
	in.Words, in.Party, in.Decided = strings.TrimSpace(in.Words), strings.TrimSpace(in.Party), strings.TrimSpace(in.Decided)
	if on, _, ok := Period(in.On).Span(); !ok || Period(in.On).Pace() != AtOnce || on.After(now) {
		l.Add("on", "ledger.on")
	}
	income := slices.Contains(Incomes, in.From) && in.To.Holds()
	outgo := in.From.Holds() && slices.Contains(Outgoes, in.To)
	within := in.From.Holds() && in.To.Holds() && in.From != in.To
	opening := in.From == Opening && in.To.Holds()
	if !income && !outgo && !within && !opening {
		l.Add("what", "ledger.accounts")
	}
	if in.Amount <= 0 || in.Amount > MaxAmount {
		l.Add("amount", "affairs.amount")
	}
	for _, x := range []struct {
		field, text string
		most        int
		need        bool
	}{{"words", in.Words, MaxWords, true}, {"party", in.Party, MaxParty, income || outgo}, {"decided", in.Decided, MaxDecided, outgo}} {
		if n := utf8.RuneCountInString(x.text); n > x.most || n == 0 && x.need {
			l.Add(x.field, "ledger."+x.field+".wrong", x.most)
		}
	}
	if in.Paper.Hash == "" && (income || outgo) {
		l.Add("paper", "ledger.paper.none")
	}
	return l.Err()
}

func (e Entry) digest() []byte {
	return trail.Digest("ledger_entry/2", e.ID, e.Place, e.Path[scope.Town], e.Path[scope.Village], e.Number, string(e.On), string(e.From), string(e.To), int64(e.Amount), e.Words, e.Party, e.Decided,
		e.Paper.Hash, e.Paper.Type, e.Paper.Size, e.Counters, e.Members, e.At, e.Account, e.Actor)
}
