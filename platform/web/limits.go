package web

import (
	"context"
	"time"

	"kakehashi/platform/fault"
	"kakehashi/platform/web/limit"
)

// limit counts one more of the rate's action for the subject.
func (s *Server) limit(ctx context.Context, r Rate, subject string) error {
	key := limit.KeyOf(s.cfg.Secret, r.Name, subject)
	var wait time.Duration
	if r.Strict {
		var err error
		if wait, err = s.shared.Hit(ctx, key, r); err != nil {
			return err
		}
	} else {
		wait = s.memory.Hit(key, r, time.Now())
	}
	if wait <= 0 {
		return nil
	}
	minutes := int64((wait + time.Minute - 1) / time.Minute)
	return &tooOften{fault.New(fault.Unavailable, "web.error.rate", "count", minutes), wait}
}
