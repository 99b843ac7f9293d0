// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// asides are the acts beside the road, and what of them changes something that is
// there already.
var asides = []matters.Act{
	matters.Note, matters.WhistleAct, matters.Respond, matters.AssistAct, matters.Invite, matters.Revoke, matters.Reply,
	matters.SupportAct, matters.UnsupportAct, matters.Moderate, matters.Restore,
}

// photo is a file nobody else has.
func (w *walker) photo() matters.NewFile {
	w.photos++
	return matters.NewFile{Hash: fmt.Sprintf("%064d", w.photos), Type: "image/jpeg", Size: 9, Width: 1, Height: 1}
}

// aside does one of them, if there is something to do it to. The program itself
// does it: who may is the concern of other tests.
func (w *walker) aside(rt *rapid.T) {
	by, slip := scope.Program("test"), pick(rt, "beside", w.slips)
	was := w.whole(rt, by, slip)
	act := rapid.SampledFrom(asides).Draw(rt, "aside")
	err := w.beside(rt, by, was, act)
	now := w.whole(rt, by, slip)
	switch k := errs.KindOf(err); {
	case err == nil && now.Matter.Version > was.Matter.Version:
		w.did[act]++
	case err == nil:
	case k != errs.Conflict && k != errs.NotFound:
		rt.Fatalf("%s: %v", act, err)
	case now.Matter.Version != was.Matter.Version:
		rt.Fatalf("%s was refused and left a trace", act)
	}
}

// beside does the act; nothing at all if there is nothing to do it to.
func (w *walker) beside(rt *rapid.T, by scope.Actor, x matters.Whole, act matters.Act) error {
	const why = "有理由，写在这里。"
	m, ctx, d := w.Matters, w.ctx, x.Matter.ID
	switch act {
	case matters.Note:
		return m.AddNote(ctx, by, d, why, w.photo())
	case matters.WhistleAct:
		return m.Blow(ctx, by, d, []id.ID{w.water, w.people[4].Unit}, 2*time.Hour, why)
	case matters.Respond:
		return m.Respond(ctx, by, d, pick(rt, "unit", []id.ID{w.water, w.people[4].Unit}), why)
	case matters.AssistAct:
		return m.Assist(ctx, by, d, w.people[4].Unit, why, w.photo())
	case matters.Invite:
		_, err := m.Invite(ctx, by, d, "物业", why, 3)
		return err
	case matters.Reply:
		link, err := m.Invite(ctx, by, d, "物业", why, 3)
		if err != nil {
			return err
		}
		return m.Reply(ctx, link, why, w.photo())
	case matters.Revoke:
		if _, err := m.Invite(ctx, by, d, "物业", why, 3); err != nil {
			return err
		}
		vs := w.get(x.Matter.Number).Invitations
		return m.Revoke(ctx, by, d, vs[len(vs)-1].ID)
	case matters.SupportAct:
		browser := rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(rt, "browser")
		return m.Support(ctx, by, d, matters.Supporting{Words: why, Public: true, Browser: browser}, w.photo())
	case matters.UnsupportAct:
		browser := rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(rt, "browser")
		if len(x.Supports) == 0 { // otherwise it would seldom have anything to take back
			if err := m.Support(ctx, by, d, matters.Supporting{Words: why, Public: true, Browser: browser}); err != nil {
				return err
			}
		}
		return m.Unsupport(ctx, by, d, matters.Unsupporting{Browser: browser})
	case matters.Moderate:
		parts := []matters.Moderating{{Part: "title", Words: "井盖"}, {Part: "body", Words: "井盖破了。"}, {Part: "all"}}
		for _, p := range x.Steps {
			parts = append(parts, matters.Moderating{Part: "step:" + p.ID.String()})
		}
		for _, f := range x.Files {
			parts = append(parts, matters.Moderating{Part: "file:" + f.ID.String()})
		}
		for _, s := range x.Supports {
			parts = append(parts, matters.Moderating{Part: "support:" + s.ID.String()})
		}
		in := pick(rt, "part", parts)
		in.Reason = why
		return m.Moderate(ctx, by, d, in)
	case matters.Restore:
		if os := x.Moderations; len(os) > 0 {
			return m.Restore(ctx, by, d, pick(rt, "moderation", os).ID, why)
		}
	default:
		rt.Fatalf("nobody knows how to %s", act)
	}
	return nil
}

// fits holds the matters against the trail, with everything that belongs to them.
func (w *walker) fits(rt *rapid.T) {
	for _, slip := range w.slips {
		if err := matters.Fits(w.ctx, w.Matters, slip.ID); err != nil {
			rt.Fatalf("%s: %v", slip.Number, err)
		}
	}
}

// forgetAll lets all that has ended be forgotten, some years later.
func (d *desk) forgetAll() (n int) {
	d.t.Helper()
	d.Clock.Add(3 * 365 * 24 * time.Hour)
	for {
		some, err := d.Matters.ForgetOld(d.t.Context(), 100)
		d.must(err)
		if n += some; some == 0 {
			return n
		}
	}
}
