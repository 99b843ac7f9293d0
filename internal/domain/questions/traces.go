// SPDX-License-Identifier: Apache-2.0

package questions

import (
	"regexp"
	"slices"
	"strings"
)

// A Trace is what may tell who asked: the kind of it and the words.
type Trace struct {
	Kind  string // its name is the message "answer.trace." and this
	Words string
}

// TraceKinds lists the kinds.
func TraceKinds() []string {
	return []string{"phone", "id_number", "card", "mail", "plate", "door", "name", "age", "kin"}
}

var traces = []struct {
	kind string
	find *regexp.Regexp
}{
	{"id_number", regexp.MustCompile(`\b\d{6}(?:19|20)\d{9}[\dXx]\b`)},
	{"phone", regexp.MustCompile(`\b1[3-9]\d[ -]?\d{4}[ -]?\d{4}\b`)},
	{"card", regexp.MustCompile(`\b\d{16,19}\b`)},
	{"mail", regexp.MustCompile(`[\w.+-]+@[\w-]+\.[\w.]+`)},
	{"plate", regexp.MustCompile(`[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·. ]?[A-Z0-9]{5,6}`)},
	{"door", regexp.MustCompile(`\d+\s*(?:栋|幢|号楼|单元|组)\s*(?:\d+\s*(?:单元|室|号|楼))*|\d{3,4}\s*(?:室|房)|(?i:\b(?:room|flat|apt\.?|apartment|unit)\s+\d+)`)},
	{"name", regexp.MustCompile(`(?:我(?:叫|是|姓)|本人|姓名[:：]?|联系人[:：]?|户主)\s*[赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹章苏潘葛范彭鲁韦马方任袁柳唐罗薛贺汤罗毕郝安常于傅康余顾孟黄萧尹姚邵汪毛戴宋庞熊纪舒项祝董梁杜阮蓝季贾江颜郭梅林徐邱高夏蔡田胡凌霍万支柯管卢莫房解应丁邓洪包石崔程陆左翁曾段侯曲邹向古廖晏敖文聂辛简饶游兰龙叶黎白蒲赖谭]\p{Han}{1,2}|(?i:\bmy name is \w+(?: \w+)?)|[赵钱孙李周吴郑王冯陈蒋沈韩杨朱许何张曹谢唐罗高林徐黄邓胡郭梁宋](?:某某?|先生|女士|阿姨|大爷|婆婆|师傅)`)},
	{"age", regexp.MustCompile(`(?:我|本人|老伴|父亲|母亲|爸爸?|妈妈?|儿子|女儿|孩子|小孩|爷爷|奶奶|外公|外婆)[^，。；\n]{0,6}?\d{1,3}\s*(?:周?岁|个月大)|(?i:\b(?:i am|my \w+ is)\s+\d{1,3}\b)`)},
	{"kin", regexp.MustCompile(`我(?:的)?(?:老伴|父亲|母亲|爸爸?|妈妈?|儿子|女儿|孩子|小孩|爷爷|奶奶|外公|外婆|丈夫|妻子|老公|老婆|邻居|亲戚|房东)|(?i:\bmy (?:father|mother|son|daughter|husband|wife|neighbou?r|landlord|child|children)\b)`)},
}

// Traces are the words of a text that may tell who asked: numbers, doors, names, ages,
// kin. It advises and knows no more than forms of words: that nothing was found does
// not say that nobody can be recognised, and a person reads the text before it is
// published.
func Traces(text string) (found []Trace) {
	for _, k := range traces {
		for _, w := range k.find.FindAllString(text, -1) {
			w = strings.TrimSpace(w)
			inside := slices.ContainsFunc(found, func(t Trace) bool { return strings.Contains(t.Words, w) })
			if !inside && len(found) < 20 {
				found = append(found, Trace{k.kind, w})
			}
		}
	}
	return found
}
