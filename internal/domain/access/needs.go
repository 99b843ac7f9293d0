// SPDX-License-Identifier: Apache-2.0

package access

import "yuanba/internal/kit/scope"

// The needs of the town: what an act asks of the person who does it. The list
// only grows.
const (
	Intake      scope.Need = "intake"       // accept, decline, classify and close what people raise
	Dispatch    scope.Need = "dispatch"     // choose the unit that is to handle a matter
	Handle      scope.Need = "handle"       // handle what one's own unit has been given
	Verify      scope.Need = "verify"       // check on the spot what has been handled
	Supervise   scope.Need = "supervise"    // urge, supervise, extend a limit
	Command     scope.Need = "command"      // call several units at once, decide the second return, suspend
	Review      scope.Need = "review"       // decide once more, on the level above, about what a unit was late with
	Patrol      scope.Need = "patrol"       // walk the rounds of a grid and enter what is done there
	Arrange     scope.Need = "arrange"      // arrange the work of the grids: points, visits, who walks where
	Admit       scope.Need = "admit"        // decide which duties grid workers may be given
	Publish     scope.Need = "publish"      // edit the page of a village: its notices, its open affairs, its ledger
	Moderate    scope.Need = "moderate"     // hide words and pictures from the public, with a reason
	RaiseFor    scope.Need = "raise_for"    // raise and answer on behalf of somebody else
	See         scope.Need = "see"          // see the matters of the place that are not public
	ReadPrivate scope.Need = "read_private" // see the masked facts of the residents of the place
	Reveal      scope.Need = "reveal"       // see a private fact in full, for a purpose that is recorded
	Desk        scope.Need = "desk"         // serve at a desk: verify who people are, take bookings
	Visit       scope.Need = "visit"        // work on home visits: call the family, arrange, do, follow up
	Organise    scope.Need = "organise"     // draw up what volunteers help with, lead it, confirm their hours
	Offer       scope.Need = "offer"        // offer goods and services of one's own unit for volunteers' points
	Administer  scope.Need = "administer"   // places, units, posts, categories, accounts
	Audit       scope.Need = "audit"        // read everything, the trail included
	Export      scope.Need = "export"       // take a list out of the system as a file
)

// Needs lists the needs in the order of the documentation.
var Needs = []scope.Need{
	Intake, Dispatch, Handle, Verify, Supervise, Command, Review, Patrol, Arrange, Admit, Publish, Moderate, RaiseFor, See,
	ReadPrivate, Reveal, Desk, Visit, Organise, Offer, Administer, Audit, Export,
}
