// SPDX-License-Identifier: Apache-2.0

package places

import (
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// suffixes are the words that say what a place is, the longer before the
// shorter, and what English says instead.
var suffixes = []struct{ zh, en string }{
	{"街道", "Street"}, {"镇", "Town"}, {"乡", "Township"},
	{"社区", "Community"}, {"村", "Village"},
	{"网格", "Grid"}, {"小区", "Estate"}, {"家属院", "Staff Court"}, {"林盘", "Hamlet"},
	{"大院", "Courtyard"}, {"院子", "Courtyard"}, {"院", "Courtyard"},
	{"市", "City"}, {"县", "County"}, {"区", "District"},
}

// readings corrects the dictionary where a name is read otherwise than the
// character mostly is. Longest words first in a name win; add to it as found.
var readings = map[string]string{
	"重庆": "chong qing", "长安": "chang an", "长江": "chang jiang", "长河": "chang he", "朝阳": "chao yang",
	"乐山": "le shan", "大厦": "da sha", "六安": "lu an", "番禺": "pan yu", "牟礼": "mou li", "蚌埠": "beng bu",
	"银行": "yin hang", "重阳": "chong yang", "重新": "chong xin", "曾家": "zeng jia", "单家": "shan jia",
	"任家": "ren jia", "解家": "xie jia", "仇家": "qiu jia", "查家": "zha jia", "覃家": "qin jia",
}

// spell returns the pinyin syllables of a name in order; what is not Chinese
// stands as it is written, a run of it as one syllable.
func spell(name string) []string {
	args := pinyin.NewArgs()
	var out []string
	rs, plain := []rune(name), false
	for i := 0; i < len(rs); {
		if i+2 <= len(rs) {
			if r, ok := readings[string(rs[i:i+2])]; ok {
				out, plain = append(out, strings.Fields(r)...), false
				i += 2
				continue
			}
		}
		switch ps := pinyin.SinglePinyin(rs[i], args); {
		case len(ps) > 0:
			out, plain = append(out, ps[0]), false
		case unicode.IsSpace(rs[i]) || unicode.IsPunct(rs[i]):
			plain = false
		case plain:
			out[len(out)-1] += string(rs[i])
		default:
			out, plain = append(out, string(rs[i])), true
		}
		i++
	}
	return out
}

// English proposes an English name: the pinyin of what the place is called, by
// the rules of GB/T 28039 as people write them, and an English word for what it
// is. 文君街道 is Wenjun Street, 羊安镇 Yang'an Town, 第3网格 Grid 3.
func English(zh string) string {
	zh = strings.TrimSpace(zh)
	word := ""
	for _, s := range suffixes {
		if rest, ok := strings.CutSuffix(zh, s.zh); ok && rest != "" {
			zh, word = rest, s.en
			break
		}
	}
	if n, ok := ordinal(zh); ok && word != "" {
		return word + " " + n
	}
	name := capital(spell(zh))
	if word == "" {
		return name
	}
	return name + " " + word
}

// ordinal reads 第3 or 第三 as a number's digits.
func ordinal(zh string) (string, bool) {
	n, ok := strings.CutPrefix(zh, "第")
	if !ok {
		return "", false
	}
	if digits(n) {
		return n, true
	}
	if i := strings.Index("一二三四五六七八九", n); i >= 0 && len([]rune(n)) == 1 {
		return string(rune('1' + i/len("一"))), true
	}
	return "", false
}

// capital joins syllables into one word, with the mark that keeps two apart
// where the second begins with a vowel, and ü where pinyin keyboards write v.
func capital(syllables []string) string {
	var b strings.Builder
	for i, s := range syllables {
		s = strings.NewReplacer("lv", "lü", "nv", "nü").Replace(s)
		if i > 0 && strings.ContainsRune("aoe", []rune(s)[0]) {
			b.WriteByte('\'')
		}
		if i == 0 {
			r := []rune(s)
			s = string(unicode.ToUpper(r[0])) + string(r[1:])
		}
		b.WriteString(s)
	}
	return b.String()
}

// initials are the first letters of a name's pinyin: wjjd for 文君街道.
func initials(syllables []string) string {
	var b strings.Builder
	for _, s := range syllables {
		if r := []rune(s)[0]; r < 0x80 && !digits(s) {
			b.WriteRune(unicode.ToLower(r))
		} else {
			b.WriteString(s)
		}
	}
	return b.String()
}

// official takes the name of the office off the name of the place: 宝塔社区居委会
// is 宝塔社区, 黄鹤村村委会 is 黄鹤村.
func official(name string) string {
	name = strings.TrimSpace(name)
	for _, office := range []string{"居民委员会", "居委会"} {
		if rest, ok := strings.CutSuffix(name, office); ok && rest != "" {
			return rest
		}
	}
	for _, office := range []string{"村民委员会", "村委会"} {
		if rest, ok := strings.CutSuffix(name, office); ok && rest != "" {
			if strings.HasSuffix(rest, "村") || strings.HasSuffix(rest, "社区") {
				return rest
			}
			return rest + "村"
		}
	}
	return name
}
