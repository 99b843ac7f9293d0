// SPDX-License-Identifier: Apache-2.0

// Package georeport is the wire of Open311 GeoReport v2: what requests, services
// and updates look like in XML and in JSON, how the fields of a request that is
// sent are read, and a [Client] that asks another server.
//
// What it writes is strict: every field of the standard stands there even when it
// is empty, moments have their zone, JSON follows the Spark convention. What it
// reads is lenient, as programs in use write it: numbers where texts are due, null
// for nothing, a plus that became a space, fields in the address or in the body.
//
// It knows nothing of the town. What a request is here is decided by whoever
// calls it.
package georeport
