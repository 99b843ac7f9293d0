// SPDX-License-Identifier: Apache-2.0

// Package replies reads a reply before it leaves, as a careful colleague would:
// does it answer each question that was asked, does it name who did what and when,
// does it cite what it relies on, and does it do without phrases that say nothing?
//
// It advises and never decides: [Check] returns what it would have another look
// at, each with the words that made it think so. It knows words, not the world: a
// reply without advice may be wrong, one with advice may be right. Texts may be
// Chinese or English. What it looks for is here and in phrases.txt, and explained
// in docs/hot.md.
package replies

import (
	_ "embed" // the list of phrases
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"yuanba/internal/kit/cluster"
	"yuanba/internal/kit/search"
)

// A Finding says what to look at again.
type Finding string

// The findings.
const (
	Unanswered Finding = "unanswered" // a question of the reporter's that shares nothing with the reply
	NoTime     Finding = "no_time"    // they asked when, and the reply names no time
	NoReason   Finding = "no_reason"  // they asked why, and the reply gives no reason
	NoFigure   Finding = "no_figure"  // they asked how much or how many, and there is no figure
	Nobody     Finding = "nobody"     // it does not say who did something
	Nothing    Finding = "nothing"    // it does not say what was done
	Undated    Finding = "undated"    // it does not say when
	Uncited    Finding = "uncited"    // it relies on rules and does not say which
	Refusal    Finding = "refusal"    // it refuses and rests on nothing named
	Empty      Finding = "empty"      // a phrase that says nothing, where nothing concrete stands beside it
)

// Findings lists every finding.
func Findings() []Finding {
	return []Finding{Unanswered, NoTime, NoReason, NoFigure, Nobody, Nothing, Undated, Uncited, Refusal, Empty}
}

// An Advice is a finding and the words that gave rise to it, "" where something is
// missing from the whole.
type Advice struct {
	Finding Finding
	Quote   string
}

// A Question is one that the reporter asked.
type Question struct {
	Words string
	Want  Finding // what would be missing if it is not answered in kind; "" if any words will do
}

//go:embed phrases.txt
var phraseList string

// phrases are those that must stand in a sentence, and those that must stand in a
// reply, which says something else.
var phrases = func() map[string][]string {
	out, within := map[string][]string{}, ""
	for l := range strings.Lines(phraseList) {
		switch l = strings.TrimSpace(l); {
		case l == "" || strings.HasPrefix(l, "#"):
		case strings.HasPrefix(l, "["):
			within = strings.Trim(l, "[]")
		default:
			out[within] = append(out[within], l)
		}
	}
	return out
}()

var (
	sentence = regexp.MustCompile(`[^。！？!?；;\n]+[。！？!?；;\n]*`)
	when     = regexp.MustCompile(`(?i)什么时候|啥时候|何时|几时|几号|哪天|多久|多长时间|\bwhen\b|how long`)
	why      = regexp.MustCompile(`(?i)为什么|为何|为啥|凭什么|什么原因|\bwhy\b`)
	many     = regexp.MustCompile(`(?i)多少|几个|几元|几天|how much|how many`)
	asks     = regexp.MustCompile(`(?i)怎么办|怎么弄|怎样|如何|是否|是不是|能不能|能否|可不可以|可否|有没有|哪里|哪个|哪些|哪一|请问|谁来|该找谁|\b(who|what|which|where|how)\b.*\?|^\s*(can|could|will|would|is|are|do|does|did|has|have)\b.*\?`)
	marked   = regexp.MustCompile(`[？?]`)
	// What is asked with, and says nothing of what is asked for.
	askWords = regexp.MustCompile(`(?i)什么时候|啥时候|什么|何时|多久|为什么|为何|为啥|多少|怎么办|怎么|怎样|如何|是否|是不是|能不能|能否|可不可以|可否|有没有|哪里|哪个|哪些|请问|谁|吗|呢|我们|你们|领导|您好|问题|希望|\b(when|why|who|what|which|where|how|long|much|many|can|could|will|would|is|are|do|does|did|has|have|the|a|an|be|it|to|of|and|please|you|we|i|my|our|your|this|that)\b`)

	dated    = regexp.MustCompile(`(?i)\d{1,4}\s*年|\d{1,2}\s*月(\s*\d{1,2}\s*[日号]|[上中下]旬|底|初)?|[一二三四五六七八九十]+月[一二三四五六七八九十]*[日号]?|\d{1,2}\s*[日号]|\d{4}[-/.]\d{1,2}|[今昨前明后]天|[今昨明]日|当[天日]|本周|上周|下周|(周|星期)[一二三四五六日天]|(\d+|[一二两三四五六七八九十]+)\s*个?(工作日|小时|天|周|星期|月)(内|之内|后|以内)|\b(january|february|march|april|may \d|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|yesterday|tomorrow|this (morning|afternoon|week)|last (week|night))\b|\bwithin \w+ (hours|days|weeks)`)
	reasons  = regexp.MustCompile(`(?i)因为|由于|原因|因[^此而]|经查|经核查|经核实|系|导致|\b(because|due to|since|owing to|caused by|the reason)\b`)
	figures  = regexp.MustCompile(`[0-9０-９]|[一二两三四五六七八九十百千万]+[元个户人天次处盏条吨米]|(?i)\b(one|two|three|four|five|six|seven|eight|nine|ten|dozen|hundred)\b`)
	actors   = regexp.MustCompile(`(?i)\p{Han}(局|大队|中队|支队|办事处|街道办|中心|居委会|村委会|社区|公司|派出所|政府|委员会|村委|所|科|处|站|院|集团|校)|我(局|镇|街道|乡|单位|所|社区|村|队|中心|公司|办|区|市|县|委|处|院)|网格员|民警|师傅|维修工|工作人员|执法人员|队员|科长|主任|街道办|\b(we|our (team|crew|staff)|bureau|office|department of|crew|police|the street|engineer|inspector|mr|ms)\b`)
	done     = regexp.MustCompile(`(?i)更换|换上|换了|修复|修好|维修|抢修|检修|清理|清运|清除|疏通|安装|装上|拆除|整改|处罚|查处|罚款|立案|核实|核查|调查|查看|勘查|到现场|现场|联系|走访|上门|回访|约谈|协调|移除|搬走|劝离|消毒|消杀|补种|修剪|发放|补发|退还|退回|支付|办理|办结|办好|办了|开通|恢复|铺设|填补|加固|检测|检查|巡查|通知|告知|答复|解释|召开|签订|完成|竣工|开工|划线|施划|公示|登记|约好|拖走|关停|责令|\b(repaired|replaced|fixed|cleared|removed|installed|inspected|visited|called|checked|cleaned|measured|paid|refunded|fined|issued|painted|met|spoke|found|completed|restored|opened|closed)\b`)
	reliance = regexp.MustCompile(`(?i)(根据|依据|按照|依照|按)(国家|省|市|县|我市|我省|上级|公司)?(相关|有关|现行|上级)?(的)?(法律法规|法律|法规|规定|政策|文件|条例|要求|标准|程序|规范)|符合(相关|有关)?(规定|政策)|(according to|under|in line with) (the )?(relevant|applicable|existing|current)? ?(rules|regulations|laws?|policy|policies|provisions)`)
	cited    = regexp.MustCompile(`(?i)《[^》]+》|第[一二三四五六七八九十百\d]+[条款项]|[〔\[（(]\s*20\d\d\s*[〕\]）)]\s*\d+\s*号|\b(section|article|regulation|act|order|bylaw)\s+(no\.?\s*)?\d+|\bGB/?T?\s*\d+|DB\d+`)
	fullStop = regexp.MustCompile(`([a-z]{2}\.) +([A-Z])`)
	numbered = regexp.MustCompile(`(?m)^\s*([(（]?(\d{1,2}|[一二三四五六七八九十]+)\s*([、.．)）]|是)|第[一二三四五六七八九十][,，、])`)
	someDay  = regexp.MustCompile(`(?i)将|继续|进一步|下一步|尽快|尽早|力争|争取|逐步|适时|要求|\b(will|shall|further|going to)\b`)
	refuses  = regexp.MustCompile(`(?i)不予|不符合|无法(办理|受理|支持|满足|解决)|不能(办理|受理|享受|支持)|暂不|不属于|不具备|\b(not eligible|cannot be (granted|approved)|is refused|we refuse|not entitled|decline)\b`)
)

// Questions are what the reporter asked: sentences with a mark or a word of asking.
func Questions(text string) []Question {
	var out []Question
	for _, s := range sentence.FindAllString(text, -1) {
		q := Question{Words: strings.TrimSpace(s)}
		switch {
		case when.MatchString(s):
			q.Want = NoTime
		case why.MatchString(s):
			q.Want = NoReason
		case many.MatchString(s) && (marked.MatchString(s) || asks.MatchString(s)):
			q.Want = NoFigure
		case asks.MatchString(s) || marked.MatchString(s):
		default:
			continue
		}
		if n := utf8.RuneCountInString(search.Fold(askWords.ReplaceAllString(s, ""))); n < 2 && q.Want == "" {
			continue // 吗？ alone
		}
		out = append(out, q)
	}
	return out[:min(len(out), maxQuestions)]
}

const (
	maxQuestions = 8
	shared       = 0.2 // the part of a question's words that its answer has at least
	maxQuote     = 60
)

// Check reads a reply to what a reporter wrote, and returns what to look at
// again: first the questions, in the order in which they were asked, then what the
// whole lacks, then empty phrases in the order of the reply. It is nil for a reply
// that is empty.
func Check(asked, reply string) []Advice {
	if strings.TrimSpace(reply) == "" {
		return nil
	}
	var out []Advice
	add := func(f Finding, quote string) { out = append(out, Advice{f, clip(quote)}) }
	has := gramsOf(reply)
	for _, q := range Questions(asked) {
		switch {
		case q.Want == NoTime && !dated.MatchString(reply), q.Want == NoReason && !reasons.MatchString(reply), q.Want == NoFigure && !figures.MatchString(reply):
			add(q.Want, q.Words)
		case q.Want == "" && !answers(q.Words, has):
			add(Unanswered, q.Words)
		}
	}
	if !actors.MatchString(reply) {
		add(Nobody, "")
	}
	if !done.MatchString(reply) {
		add(Nothing, "")
	}
	if !dated.MatchString(reply) {
		add(Undated, "")
	}
	switch words := reliance.FindString(reply); {
	case cited.MatchString(reply):
	case words != "":
		add(Uncited, words)
	default:
		if words := refuses.FindString(reply); words != "" {
			add(Refusal, words)
		}
	}
	for _, p := range empty(reply) {
		add(Empty, p)
	}
	return out
}

// concrete reports whether words say something that one can hold on to: a time, a
// figure, a rule by its name, or what somebody who is named has done. What is only
// going to be done, some day, is none of that, nor is the number of a paragraph.
func concrete(words string) bool {
	words = numbered.ReplaceAllString(words, "")
	return dated.MatchString(words) || figures.MatchString(words) || cited.MatchString(words) ||
		actors.MatchString(words) && done.MatchString(words) && !someDay.MatchString(words)
}

// empty are the phrases that say nothing where they stand: a promise in a sentence
// without anything concrete, a courtesy in a reply without. Of those that lie in one
// another only the longest is told.
func empty(reply string) []string {
	var found []string
	in := func(words, kind string) {
		words = strings.ToLower(words)
		for _, p := range phrases[kind] {
			if strings.Contains(words, p) && !slices.Contains(found, p) {
				found = append(found, p)
			}
		}
	}
	for _, s := range sentence.FindAllString(fullStop.ReplaceAllString(reply, "$1\n$2"), -1) {
		if !concrete(s) {
			in(s, "sentence")
		}
	}
	if !concrete(reply) {
		in(reply, "reply")
	}
	return slices.DeleteFunc(slices.Clone(found), func(p string) bool {
		return slices.ContainsFunc(found, func(longer string) bool { return longer != p && strings.Contains(longer, p) })
	})
}

// answers reports whether the reply takes up the words of a question.
func answers(question string, reply map[cluster.Gram]bool) bool {
	own := gramsOf(askWords.ReplaceAllString(question, " "))
	both := 0
	for g := range own {
		if reply[g] {
			both++
		}
	}
	return len(own) == 0 || float64(both) >= shared*float64(len(own))
}

// gramsOf are every two letters of a text, of other scripts every word.
func gramsOf(text string) map[cluster.Gram]bool {
	out := map[cluster.Gram]bool{}
	cluster.Grams(text, func(g cluster.Gram, letters int) {
		if letters == 2 {
			out[g] = true
		}
	})
	return out
}

func clip(s string) string {
	if rs := []rune(s); len(rs) > maxQuote {
		return string(rs[:maxQuote]) + "…"
	}
	return s
}
