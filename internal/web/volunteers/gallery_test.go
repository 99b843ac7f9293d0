// SPDX-License-Identifier: Apache-2.0

package volunteers_test

import (
	"testing"

	"yuanba/internal/web/gallery/gallerytest"
)

func TestGallery(t *testing.T) {
	t.Parallel()
	gallerytest.Check(t, "volunteers/")
}
