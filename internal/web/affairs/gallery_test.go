// SPDX-License-Identifier: Apache-2.0

package affairs_test

import (
	"testing"

	_ "yuanba/internal/web/affairs"
	"yuanba/internal/web/gallery/gallerytest"
)

func TestGallery(t *testing.T) {
	t.Parallel()
	gallerytest.Check(t, "affairs/")
}
