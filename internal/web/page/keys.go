// SPDX-License-Identifier: Apache-2.0

package page

import "text/template/parse"

// keyed lists the template functions whose argument at the index is a message
// key.
var keyed = map[string]int{"t": 1, "input": 3}

// eachKey calls f with every message key written literally below n.
func eachKey(n parse.Node, f func(key string)) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, c := range n.Nodes {
				eachKey(c, f)
			}
		}
	case *parse.ActionNode:
		eachKey(n.Pipe, f)
	case *parse.TemplateNode:
		eachKey(n.Pipe, f)
	case *parse.IfNode:
		eachBranch(&n.BranchNode, f)
	case *parse.RangeNode:
		eachBranch(&n.BranchNode, f)
	case *parse.WithNode:
		eachBranch(&n.BranchNode, f)
	case *parse.ChainNode:
		eachKey(n.Node, f)
	case *parse.PipeNode:
		if n == nil {
			return
		}
		for _, c := range n.Cmds {
			eachKey(c, f)
		}
	case *parse.CommandNode:
		if id, ok := n.Args[0].(*parse.IdentifierNode); ok {
			if i, ok := keyed[id.Ident]; ok && i < len(n.Args) {
				if s, ok := n.Args[i].(*parse.StringNode); ok {
					f(s.Text)
				}
			}
		}
		for _, a := range n.Args {
			eachKey(a, f)
		}
	}
}

func eachBranch(n *parse.BranchNode, f func(string)) {
	eachKey(n.Pipe, f)
	eachKey(n.List, f)
	eachKey(n.ElseList, f)
}
