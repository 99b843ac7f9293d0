// SPDX-License-Identifier: Apache-2.0

package matters

// Raised is told when a matter has been raised.
type Raised struct{ Matter Matter }

// Moved is told when an act has been done to a matter.
type Moved struct {
	Matter Matter
	Act    Act
	From   State
	Step   Step
}
