// SPDX-License-Identifier: Apache-2.0

package sim

import (
	"encoding/json"
	"fmt"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/field"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/kit/scope"
)

// goOut has 李网格 work with a phone on the year's last day: an old one was lost and wiped,
// the new one brought a matter and a change that met another. What meets is 王主任's new
// name for a point, written at the desk while the phone was out of reach.
func (s *simulation) goOut() error {
	if s.Field == nil || s.Patrol == nil {
		return nil
	}
	li, wang := s.cast["li"], s.cast["wang"]
	old, lost, err := s.Field.Register(s.ctx, li, "旧手机、屏有裂纹")
	if err != nil {
		return err
	}
	if err := s.Field.Lose(s.ctx, li, lost.ID); err != nil {
		return err
	}
	if err := s.Field.Forgot(s.ctx, old); err != nil {
		return err
	}
	token, _, err := s.Field.Register(s.ctx, li, "红米、蓝壳")
	if err != nil {
		return err
	}
	grids := li.Scopes(access.Patrol, s.DB.Now())
	if len(grids) == 0 || grids[0].Level != scope.Grid {
		return nil // nobody of that name walks a grid here
	}
	grid, ok := s.Places.Tree().Get(grids[0].ID)
	if !ok {
		return nil
	}
	point, err := s.Patrol.AddPoint(s.ctx, wang, patrol.NewPoint{Grid: grid.ID, Kind: patrol.Hydrant, Name: "巷口消火栓", At: grid.Point})
	if err != nil {
		return err
	}
	if err := s.Patrol.Rename(s.ctx, wang, point, 1, "宝塔巷 1 号消火栓"); err != nil {
		return err
	}
	made := s.DB.Now().Add(-20 * time.Minute)
	var batch field.Batch
	batch.Now = s.DB.Now()
	for i, x := range []struct {
		kind string
		body any
	}{
		{"raise", map[string]any{"body": "巷口的井盖翘起来了，晚上看不见，骑车的容易摔。", "place": grid.ID, "place_words": "巷口", "public": true}},
		{field.ChangeKind, field.Change{Noun: "patrol_point", Record: point, Version: 1, Fields: map[string]field.Edited{"name": {Was: "巷口消火栓", Now: "巷口小卖部旁的消火栓"}}}},
	} {
		text, err := json.Marshal(map[string]any{"v": 1, "kind": x.kind, "body": x.body, "made": made.UnixMilli(), "nonce": fmt.Sprint("demo ", i), "files": []string{}})
		if err != nil {
			return err
		}
		batch.Envelopes = append(batch.Envelopes, field.Sent{ID: field.HashOf(string(text)), Text: string(text)})
	}
	answers, err := s.Field.Accept(s.ctx, li, token, batch)
	if err != nil {
		return err
	}
	for _, a := range answers {
		if a.Is != field.Accepted && a.Is != field.Conflicted {
			return fmt.Errorf("the phone of 李网格 is told %s: %v", a.Is, a.Why)
		}
	}
	return nil
}
