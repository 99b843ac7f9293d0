// SPDX-License-Identifier: Apache-2.0

package places

import "yuanba/internal/kit/i18n"

// Word is what people call the kind.
func (k Kind) Word() i18n.Key { return i18n.Key("place.kind." + string(k)) }

// Word is what people call the sort of community.
func (c Community) Word() i18n.Key { return i18n.Key("place.community." + string(c)) }

// Word is what people call the scheme.
func (s Scheme) Word() i18n.Key { return i18n.Key("place.scheme." + string(s)) }

// Word is what people call the accuracy.
func (a Accuracy) Word() i18n.Key { return i18n.Key("place.accuracy." + string(a)) }

// Word is what people call the act, as something that has been done.
func (a Act) Word() i18n.Key { return i18n.Key("place.act." + string(a)) }
