// SPDX-License-Identifier: Apache-2.0

package people

import (
	"context"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Photo is a picture that the blob store has taken and checked.
type Photo struct{ Hash, Type string }

// KeepPhoto is how long the photo of a signed paper is kept after the proxy has ended: for
// as long as somebody may ask whether it was good.
const KeepPhoto = 365 * 24 * time.Hour

// ProxySigned is the purpose of a look at the photo of the paper by which somebody agreed
// that another acts for them.
const ProxySigned Purpose = "proxy_signed"

// ProxyPhoto is the photo of the signed paper of a proxy, for the two whom it concerns
// and for the desk in the resident's place, whose look the resident reads; NotFound for
// everybody else.
func (s *Service) ProxyPhoto(ctx context.Context, by scope.Actor, d id.ID) (f Photo, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		p, err := loadProxy(tx, d)
		if err != nil {
			return err
		}
		none := errs.New(errs.NotFound, "proxy.none")
		if f = p.Photo; f.Hash == "" {
			return none
		}
		if isSelf(by, p.For) || p.By != 0 && isSelf(by, p.By) || p.Account != 0 && by.Kind == scope.Staff && by.Account == p.Account {
			return nil
		}
		r, err := load(tx, s.box, p.For)
		if err != nil {
			return err
		}
		if staffMay(by, needDesk, r.Place, tx.Now()) != nil {
			return none
		}
		return s.note(tx, by, "look", Look{Of: OfResident(p.For), Purpose: ProxySigned, Fields: []Field{FieldName}, Post: postFor(by, needDesk)})
	})
	return f, err
}

// NeedsFile reports whether a proxy still has the picture, for the job that deletes those
// that nothing has.
func (s *Service) NeedsFile(ctx context.Context, hash string) (yes bool, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		yes, err = hasPhoto(tx, hash)
		return err
	})
	return yes, err
}

// ForgetPhotos takes the photos of signed papers from the proxies that ended long enough
// ago. It is the retention job's, and reports how many it took.
func (s *Service) ForgetPhotos(ctx context.Context, most int) (n int, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		ps, err := oldPhotos(tx, tx.Now().Add(-KeepPhoto), most)
		if err != nil {
			return err
		}
		for _, p := range ps {
			p.Photo = Photo{}
			if err := s.keepProxy(tx, scope.Program("retention"), &p, "forget"); err != nil {
				return err
			}
		}
		n = len(ps)
		return nil
	})
	return n, err
}
