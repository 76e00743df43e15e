package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// schedule starts a job at each of its turns.
type schedule struct {
	name string
	kind string
	args string
	last func(now time.Time) time.Time // the latest turn that is not after now
	next func(turn time.Time) time.Time
	turn time.Time // the latest that is known to be started, here or elsewhere
}

// Every starts a job once an interval (counted from midnight UTC of 1970, so
// that all nodes agree), on one node only. A turn that was missed while nothing
// ran is made up for once. The first turn is the next one after the schedule
// was first seen.
func (r *Registry) Every(name string, interval time.Duration, args Args) {
	if interval < time.Second {
		panic(fmt.Sprintf("jobs: schedule %s turns more than once a second", name))
	}
	r.schedule(name, args,
		func(now time.Time) time.Time {
			return db.Time(now.UnixMicro() - now.UnixMicro()%interval.Microseconds())
		},
		func(turn time.Time) time.Time { return turn.Add(interval) })
}

// Daily starts a job once a day at the minute after midnight in Tokyo, on one
// node only, as Every does.
func (r *Registry) Daily(name string, minute int, args Args) {
	r.schedule(name, args,
		func(now time.Time) time.Time {
			day := jp.DateOf(now)
			if t := day.At(minute); !t.After(now) {
				return t.UTC()
			}
			return day.AddDays(-1).At(minute).UTC()
		},
		func(turn time.Time) time.Time { return turn.AddDate(0, 0, 1) })
}

func (r *Registry) schedule(name string, args Args, last, next func(time.Time) time.Time) {
	raw, err := json.Marshal(args)
	if err != nil {
		panic(fmt.Sprintf("jobs: schedule %s: %v", name, err))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.schedules {
		if s.name == name {
			panic(fmt.Sprintf("jobs: schedule %s is set twice", name))
		}
	}
	if r.runs != nil {
		panic(fmt.Sprintf("jobs: schedule %s comes after Start", name))
	}
	r.schedules = append(r.schedules, &schedule{name: name, kind: args.Kind(), args: string(raw), last: last, next: next})
}

// recall reads which turns were started before this process began.
func (w *worker) recall(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "recall schedules")
	turns := map[string]int64{}
	err = w.db.Read(ctx, func(tx *db.Tx) error {
		type row struct {
			name string
			turn int64
		}
		rows, err := db.All(tx, func(r *row) []any { return []any{&r.name, &r.turn} }, `SELECT name, turn FROM job_schedules`)
		for _, r := range rows {
			turns[r.name] = r.turn
		}
		return err
	})
	if err != nil {
		return err
	}
	var fresh []*schedule
	for _, s := range w.schedules {
		if s.turn = db.Time(turns[s.name]); s.turn.IsZero() {
			fresh = append(fresh, s)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	now := w.db.Now()
	first := make([]time.Time, len(fresh))
	for i, s := range fresh {
		first[i] = s.last(now)
	}
	err = w.db.Write(ctx, Actor, func(tx *db.Tx) error {
		for i, s := range fresh {
			if _, err := tx.Exec(`INSERT INTO job_schedules (name, turn) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, s.name, first[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		for i, s := range fresh {
			s.turn = first[i]
		}
	}
	return err
}

// startTurns starts the jobs of the turns that have come, unless another node
// did, and returns when the next turn comes (the zero time: never).
func (w *worker) startTurns(ctx context.Context) (next time.Time, err error) {
	now := w.db.Now()
	for _, s := range w.schedules {
		if turn := s.last(now); turn.After(s.turn) {
			err := w.db.Write(ctx, Actor, func(tx *db.Tx) error { return w.startTurn(tx, s, turn) })
			if err != nil {
				return next, fmt.Errorf("schedule %s: %w", s.name, err)
			}
			s.turn = turn
		}
		if n := s.next(s.turn); next.IsZero() || n.Before(next) {
			next = n
		}
	}
	return next, nil
}

// startTurn lets exactly one of the nodes that try it at once enqueue the job:
// the one whose UPDATE finds the turn not started yet.
func (w *worker) startTurn(tx *db.Tx, s *schedule, turn time.Time) error {
	n, err := tx.Exec(`UPDATE job_schedules SET turn = $2 WHERE name = $1 AND turn < $2`, s.name, turn)
	if err != nil || n == 0 {
		return err
	}
	o := options{at: tx.Now, unique: "schedule:" + s.name, tries: DefaultTries}
	if k, ok := w.r.works[s.kind]; ok {
		o.tries = k.tries
	}
	if err := insert(tx, s.kind, s.args, o); err != nil {
		return err
	}
	return hurry(tx, s.kind, o.unique) // its next turn is reason enough to try again
}
