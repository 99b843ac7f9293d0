// SPDX-License-Identifier: Apache-2.0

package page

// A Share is what a page's card shows when its address is sent on: in WeChat and
// elsewhere. It holds nothing that a stranger may not read on the page.
type Share struct {
	Title, Words string
	Picture      string // whole address; "" for none
	Address      string // whole address of the page
	Signed       string // where the configuration for the browser inside WeChat is had; "" for none
}
