// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"time"

	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// A PointKind is what is to be seen at a point.
type PointKind string

// The kinds of points.
const (
	FireLane    PointKind = "fire_lane"   // 消防通道
	Hydrant     PointKind = "hydrant"     // 消火栓、灭火器
	River       PointKind = "river"       // 河沟、水塘
	Slope       PointKind = "slope"       // 边坡、地灾隐患点
	Waste       PointKind = "waste"       // 垃圾收集点
	Manhole     PointKind = "manhole"     // 井盖、排水口
	Power       PointKind = "power"       // 配电房、电线
	Playground  PointKind = "playground"  // 广场、健身器材
	Shop        PointKind = "shop"        // 沿街店铺
	Site        PointKind = "site"        // 工地
	NoticeBoard PointKind = "noticeboard" // 公示栏
)

// PointKinds lists the kinds of points.
var PointKinds = []PointKind{FireLane, Hydrant, River, Slope, Waste, Manhole, Power, Playground, Shop, Site, NoticeBoard}

// A Point is a spot of a grid that rounds come to.
type Point struct {
	ID      id.ID
	Path    scope.Path
	Kind    PointKind
	Name    string
	At      geo.Point // in WGS-84
	Code    string    // printed at the point
	Since   Slot      // the first slot in which it is due
	EndedAt time.Time
	Done    Done
	Version int

	origin string // what it is known by in the file that it came from; "" if it came from none
}

// Grid is the grid that the point is in.
func (p Point) Grid() id.ID { return p.Path[scope.Grid] }

// Done is when each duty was last done somewhere.
type Done map[id.ID]Slot

// near is how far from a point somebody may be and still be at it, in metres: what
// phones are wrong by between houses.
const near = 80

// A Visit is an agreement to look in on somebody.
type Visit struct {
	ID       id.ID
	Number   string // of the agreement, for the trail: V-2026-00017
	Resident id.ID
	Path     scope.Path
	Duty     id.ID
	Every    int // days
	Consent  Consent
	AgreedAt time.Time
	AgreedBy string
	Since    Slot
	EndedAt  time.Time
	EndedBy  string
	EndedWhy string
	Done     Done
	Version  int

	need []byte // which rule it follows, sealed
}

// Grid is the grid that the home is in.
func (v Visit) Grid() id.ID { return v.Path[scope.Grid] }

// A Consent is how somebody agreed to be visited.
type Consent string

// The ways to agree.
const (
	Signed   Consent = "signed"
	Said     Consent = "said"
	ByFamily Consent = "family"
)

// Consents lists the ways to agree.
var Consents = []Consent{Signed, Said, ByFamily}

// A NeedKind is why somebody is visited.
type NeedKind string

// Why somebody is visited: they asked, or a rule that the town has agreed on.
const (
	Asked       NeedKind = "asked"
	LivingAlone NeedKind = "alone"
	VeryOld     NeedKind = "very_old"
	Ill         NeedKind = "ill"
)

// NeedKinds lists why somebody is visited.
var NeedKinds = []NeedKind{Asked, LivingAlone, VeryOld, Ill}
