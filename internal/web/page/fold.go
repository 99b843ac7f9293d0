// SPDX-License-Identifier: Apache-2.0

package page

import (
	"fmt"
	"html/template"
	"text/template/parse"

	"yuanba/internal/kit/i18n"
	"yuanba/internal/web/static"
)

// fold says once, when a template is parsed, what it would say the same way each
// time it is shown: words without arguments, drawings and addresses of files.
// Most of a page's actions are of this kind, so pages take half the time.
//
// What it writes is escaped for text and for attributes in quotes, the only
// places where our templates have words.
func fold(t *template.Template, lang i18n.Lang) error {
	for _, one := range t.Templates() {
		if one.Tree == nil || one.Tree.Root == nil {
			continue
		}
		if err := foldList(one.Tree.Root, lang); err != nil {
			return err
		}
	}
	return nil
}

func foldList(l *parse.ListNode, lang i18n.Lang) error {
	if l == nil {
		return nil
	}
	for i, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.ActionNode:
			text, ok, err := constant(n.Pipe, lang)
			if err != nil {
				return err
			}
			if ok {
				l.Nodes[i] = &parse.TextNode{NodeType: parse.NodeText, Pos: n.Pos, Text: []byte(text)}
			}
		case *parse.IfNode:
			if err := foldBranch(&n.BranchNode, lang); err != nil {
				return err
			}
		case *parse.RangeNode:
			if err := foldBranch(&n.BranchNode, lang); err != nil {
				return err
			}
		case *parse.WithNode:
			if err := foldBranch(&n.BranchNode, lang); err != nil {
				return err
			}
		}
	}
	return nil
}

func foldBranch(n *parse.BranchNode, lang i18n.Lang) error {
	if err := foldList(n.List, lang); err != nil {
		return err
	}
	return foldList(n.ElseList, lang)
}

// constant returns what {{t "key"}}, {{icon "name"}} or {{asset "name"}} say.
func constant(p *parse.PipeNode, lang i18n.Lang) (string, bool, error) {
	if len(p.Decl) > 0 || len(p.Cmds) != 1 || len(p.Cmds[0].Args) != 2 {
		return "", false, nil
	}
	f, ok := p.Cmds[0].Args[0].(*parse.IdentifierNode)
	arg, literal := p.Cmds[0].Args[1].(*parse.StringNode)
	if !ok || !literal {
		return "", false, nil
	}
	switch f.Ident {
	case "t":
		return template.HTMLEscapeString(i18n.T(lang, arg.Text)), true, nil
	case "icon":
		if !static.HasIcon(arg.Text) {
			return "", false, fmt.Errorf("nobody has drawn the icon %q", arg.Text)
		}
		return string(static.Icon(arg.Text)), true, nil
	case "asset":
		url, err := static.URL(arg.Text)
		return url, err == nil, err
	}
	return "", false, nil
}
