// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"net/http"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/form"
	"yuanba/internal/web/page"
)

// maxUpload bounds the body of a form with files where nothing else is said.
const maxUpload = 64 << 20

// upload takes the files of a form's field into the blob store, and says beside
// the field what is wrong with them.
func (c *Counter) upload(r *http.Request, f *form.Form, field string) ([]matters.NewFile, error) {
	var out []matters.NewFile
	for _, h := range f.Files(field, matters.MaxFiles) {
		file, err := h.Open()
		if err != nil {
			return nil, err
		}
		b, err := c.Blobs.Take(r.Context(), file, blob.Default())
		file.Close()
		if err != nil {
			return nil, beside(f, field, err)
		}
		out = append(out, matters.NewFile{Hash: string(b.Hash), Type: string(b.Type), Size: b.Size, Width: b.Width, Height: b.Height})
	}
	return out, nil
}

// file serves a photo, a sound or a document. Its address is signed and good for
// two hours at most, and the reader must be allowed to see it in some matter: who
// was sent an address by somebody else sees no more than before. What was handed in
// on the pages of raising, and is in no matter yet, is for that browser alone.
func (c *Counter) file(w http.ResponseWriter, r *http.Request) error {
	b := page.From(r)
	name, token := r.PathValue("name"), r.PathValue("token")
	n, err := c.Blobs.Allowed(name, "", token, b.Now)
	if err == nil {
		f, err := c.Matters.ReadFile(r.Context(), b.Actor, string(n.Hash()))
		if err != nil {
			return err
		}
		return c.Blobs.Serve(w, r, n, blob.Type(f.Type), blob.Disposition{Name: "yuanba"})
	}
	if mark := c.Slips.browser(r); mark != "" {
		if n, err := c.Blobs.Allowed(name, mark, token, b.Now); err == nil {
			return c.Blobs.Serve(w, r, n, typeOf(r.URL.Query().Get("t")), blob.Disposition{Name: "yuanba"})
		}
	}
	return err
}

// typeOf finds the type by the ending that the page put into the address.
func typeOf(ext string) blob.Type {
	for _, t := range []blob.Type{blob.JPEG, blob.PNG, blob.WebP, blob.PDF, blob.M4A, blob.MP3, blob.Ogg, blob.WebM, blob.AMR, blob.WAV} {
		if t.Ext() == ext {
			return t
		}
	}
	return ""
}
