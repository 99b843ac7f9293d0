// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"yuanba/internal/kit/retrieve"
	"yuanba/internal/kit/sheet"
)

// evaluateRetrieval measures whether a question finds its own answer.
func (c *cli) evaluateRetrieval() *cobra.Command {
	var messages, services string
	var halves bool
	var seed uint64
	cmd := &cobra.Command{
		Use:   "retrieval --messages FILE | --services FILE",
		Short: "measure whether a question finds its own answer among many",
		Long: `Retrieval asks every question of a file and says how often its own answer is among
the first ten, by the same search with which the town answers questions.

--messages is a CSV file of citizens' messages with the columns subject, detail and
reply. Each is asked by its subject, and found among all the replies, in three ways:

  words     by the words of the replies alone
  bridged   by the words of the replies, and by what those most like them were asked;
            what a reply was asked itself is never used, nor is the message asked now
  published by everything: each reply with its own subject and detail, as a town
            publishes answers. That the own reply is found so is little wonder; it is
            what a person meets who asks what was asked before

With --halves the messages are split in two by --seed. The weights of the search are
chosen on one half, in an index of that half alone and from figures of textbooks on, and
measured bridged on the other, whose messages the choice never saw, among all replies;
and the other way round. That takes a few minutes.

--services is a file of service items, one JSON object on each line, with TASK_NAME,
DEPT_NAME, accept_standard and material_intro. A question is made of each name: without
what stands in brackets and without the words of offices (审批, 核发, 登记 …), as somebody
would ask what papers it takes, how long, or where. Items of one name are one.

A file may be packed with gzip. Its words are never printed.`,
		Example: "  yuanba evaluate retrieval --messages messages_with_replies.csv.gz\n  yuanba evaluate retrieval --services items.ndjson.gz --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if messages == "" && services == "" {
				return usageError{errors.New("name a file with --messages or --services")}
			}
			var v retrieval
			if halves && messages == "" {
				return usageError{errors.New("--halves needs --messages")}
			}
			if messages != "" {
				m, err := measureMessages(messages)
				if err != nil {
					return err
				}
				v.Messages = m
				if halves {
					if v.Halves, err = measureHalves(messages, seed); err != nil {
						return err
					}
				}
			}
			if services != "" {
				m, err := measureServices(services)
				if err != nil {
					return err
				}
				v.Services = m
			}
			return c.answer(v, v.write)
		},
	}
	cmd.Flags().StringVar(&messages, "messages", "", "a `file` of messages with replies")
	cmd.Flags().BoolVar(&halves, "halves", false, "choose the weights on one half of the messages and measure on the other")
	cmd.Flags().Uint64Var(&seed, "seed", 1, "by what the messages are split in halves")
	cmd.Flags().StringVar(&services, "services", "", "a `file` of service items")
	return cmd
}

// retrieval is the answer of evaluate retrieval.
type retrieval struct {
	Messages []lookup `json:"messages,omitempty"`
	Services []lookup `json:"services,omitempty"`
	Halves   []half   `json:"halves,omitempty"`
}

// A lookup is how often what was looked for was found, in one way.
type lookup struct {
	Way     string  `json:"way"`
	Asked   int     `json:"asked"`
	Among   int     `json:"among"`
	First   float64 `json:"first"`     // found as the first
	First3  float64 `json:"first_3"`   // among the first three
	First10 float64 `json:"first_10"`  // among the first ten
	Mean    float64 `json:"mean_ms"`   // a question
	Median  float64 `json:"median_ms"` // half of them took less
	P99     float64 `json:"p99_ms"`    // 99 of 100 took less
	Build   float64 `json:"build_sec"` // making the index
}

func (v retrieval) write(w io.Writer) {
	for i, fs := range [][]lookup{v.Messages, v.Services} {
		for j, f := range fs {
			if j == 0 {
				fmt.Fprintf(w, "%s: %d asked among %d, the index made in %.2f s\n", []string{"messages", "services"}[i], f.Asked, f.Among, f.Build)
				fmt.Fprintf(w, "first ten  first three   first  mean ms  median   p99 ms\n")
			}
			fmt.Fprintf(w, "   %.4f       %.4f  %.4f  %7.2f %7.2f  %7.2f  %s\n", f.First10, f.First3, f.First, f.Mean, f.Median, f.P99, f.Way)
		}
	}
	writeHalves(w, v.Halves)
}

// lookUp asks every question and looks for its own text, which has its place.
func lookUp(x *retrieve.Index, way string, asked []string, own []int, ask func(i int) retrieve.Ask) lookup {
	f := lookup{Way: way, Asked: len(asked), Among: x.Len()}
	took := make([]time.Duration, len(asked))
	var first, three, ten, all float64
	for i, q := range asked {
		began := time.Now()
		hits := x.Find(q, ask(i))
		took[i] = time.Since(began)
		all += took[i].Seconds() * 1000
		switch at := slices.IndexFunc(hits, func(h retrieve.Hit) bool { return h.Text == own[i] }); {
		case at < 0:
		case at == 0:
			first, three, ten = first+1, three+1, ten+1
		case at < 3:
			three, ten = three+1, ten+1
		default:
			ten++
		}
	}
	n := float64(max(len(asked), 1))
	f.First, f.First3, f.First10, f.Mean = first/n, three/n, ten/n, all/n
	if slices.Sort(took); len(took) > 0 {
		f.Median, f.P99 = took[len(took)/2].Seconds()*1000, took[len(took)*99/100].Seconds()*1000
	}
	return f
}

// readMessages reads the messages that have a reply.
func readMessages(name string) (texts []retrieve.Text, err error) {
	err = readTable(name, []string{"subject", "detail", "reply"}, func(f []string) error {
		if strings.TrimSpace(f[2]) == "" {
			return nil
		}
		texts = append(texts, retrieve.Text{Title: strings.Clone(f[0]), Asked: strings.Clone(f[1]), Body: strings.Clone(f[2])})
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(texts) == 0 {
		return nil, fmt.Errorf("%s: no message has a reply", name)
	}
	return texts, nil
}

func measureMessages(name string) ([]lookup, error) {
	texts, err := readMessages(name)
	if err != nil {
		return nil, err
	}
	asked, own := make([]string, len(texts)), make([]int, len(texts))
	for i, t := range texts {
		asked[i], own[i] = t.Title, i
	}
	began := time.Now()
	x := retrieve.Build(texts)
	built := time.Since(began).Seconds()
	out := []lookup{
		lookUp(x, "words", asked, own, func(int) retrieve.Ask { return retrieve.Ask{By: retrieve.Bodies} }),
		lookUp(x, "bridged", asked, own, func(i int) retrieve.Ask { return retrieve.Ask{By: retrieve.Bridged, Unknown: i + 1} }),
		lookUp(x, "published", asked, own, func(int) retrieve.Ask { return retrieve.Ask{} }),
	}
	for i := range out {
		out[i].Build = built
	}
	return out, nil
}

// officeWords are what names of services have and people who ask do not say.
var officeWords = strings.NewReplacer("审批", "", "核发", "", "核准", "", "许可", "", "备案", "", "登记", "", "确认", "", "申请", "", "申报", "", "办理", "", "审核", "", "的", "", "事项", "", "（", "(", "）", ")")

// askedAs are ways in which people ask for a service.
var askedAs = []string{"我想办%s，要带什么材料？", "%s要多久才办得下来？", "请问%s到哪里办？", "%s怎么弄？"}

// plainName is a service's name as somebody would say it.
func plainName(name string) string {
	name = officeWords.Replace(name)
	for {
		from := strings.IndexByte(name, '(')
		to := strings.IndexByte(name, ')')
		if from < 0 || to < from {
			return strings.TrimSpace(name)
		}
		name = name[:from] + name[to+1:]
	}
}

func measureServices(name string) ([]lookup, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close() // only read
	text, err := sheet.Open(file, maxLabelled, fmt.Errorf("%s: the file is larger than %d MB", name, maxLabelled>>20))
	if err != nil {
		return nil, fmt.Errorf("%s: the packed file is damaged: %w", name, err)
	}
	var texts []retrieve.Text
	var asked []string
	var own []int
	seen := map[string]bool{}
	for lines := json.NewDecoder(text); ; {
		var item struct {
			Name      string `json:"TASK_NAME"`
			Dept      string `json:"DEPT_NAME"`
			Standard  string `json:"accept_standard"`
			Materials any    `json:"material_intro"` // a list, or a word that there are none
			Where     string `json:"handle_location"`
		}
		err := lines.Decode(&item)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: item %d is no JSON object of the kind that is expected", name, len(seen)+1)
		}
		if item.Name == "" || seen[item.Name] {
			continue
		}
		seen[item.Name] = true
		if plain := plainName(item.Name); plain != "" {
			own, asked = append(own, len(texts)), append(asked, fmt.Sprintf(askedAs[len(texts)%len(askedAs)], plain))
		}
		texts = append(texts, retrieve.Text{Title: item.Name, Body: item.Dept + "\n" + item.Standard + "\n" + strings.Trim(fmt.Sprint(item.Materials), "[]") + "\n" + item.Where})
	}
	if len(asked) == 0 {
		return nil, fmt.Errorf("%s: there are no service items", name)
	}
	began := time.Now()
	x := retrieve.Build(texts)
	built := time.Since(began).Seconds()
	f := lookUp(x, "published", asked, own, func(int) retrieve.Ask { return retrieve.Ask{} })
	f.Build = built
	return []lookup{f}, nil
}
