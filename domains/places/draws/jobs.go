package draws

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/jobs"
)

// planTurn makes the draws of the coming months; stepTurn brings those that are
// due one step on.
type (
	planTurn struct{}
	stepTurn struct{}
)

// Kind names the job.
func (planTurn) Kind() string { return "draws.plan" }

// Kind names the job.
func (stepTurn) Kind() string { return "draws.step" }

// Jobs registers the work of the clock.
func (x *Draws) Jobs(r *jobs.Registry) {
	jobs.Work(r, func(ctx context.Context, _ planTurn) error { return x.Plan(ctx) })
	jobs.Work(r, func(ctx context.Context, _ stepTurn) error { return x.Step(ctx) })
	r.Daily("draws.plan", 3*60, planTurn{})
	r.Every("draws.step", time.Minute, stepTurn{})
}

// Step brings every draw that is due as far as it can go now. One that fails
// does not keep the others back, and is tried again at the next turn.
func (x *Draws) Step(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "draws.Step()")
	var due []Draw
	err = x.deps.DB.Read(ctx, func(tx *db.Tx) (err error) {
		due, err = drawsOf(db.All(tx, (*drawRow).dest, `SELECT `+drawColumns+` FROM draws
			WHERE next_at <> 0 AND next_at <= $1 ORDER BY next_at, id LIMIT 100`, db.Micros(tx.Now)))
		return err
	})
	if err != nil {
		return err
	}
	var failed []error
	for _, d := range due {
		if err := x.advance(ctx, d.ID); err != nil {
			failed = append(failed, fmt.Errorf("draw %v: %w", d.ID, err))
		}
	}
	return errors.Join(failed...)
}

// mostSteps bounds how far one turn brings one draw: some steps, and as many
// batches of offers as there are.
const mostSteps = 10_000

// advance brings one draw on until it has to wait.
func (x *Draws) advance(ctx context.Context, id db.ID) error {
	for range mostSteps {
		var d Draw
		var now time.Time
		err := x.deps.DB.Read(ctx, func(tx *db.Tx) (err error) {
			now = tx.Now
			d, err = Get(tx, id)
			return err
		})
		if err != nil || d.Next.IsZero() || d.Next.After(now) {
			return err
		}
		if err := x.one(ctx, d, now); err != nil {
			return err
		}
	}
	return nil
}

// one takes the next step of a draw.
func (x *Draws) one(ctx context.Context, d Draw, now time.Time) error {
	switch d.State {
	case Planned:
		return x.open(ctx, d.ID)
	case Open:
		if !d.Counted && !now.Before(d.Closes) {
			return x.Compare(ctx, db.Actor{Via: "job"}, d.ID)
		}
		return x.freeze(ctx, d)
	case Frozen:
		return x.decide(ctx, d)
	case Drawn:
		_, err := x.award(ctx, d.ID)
		return err
	case Confirming:
		return x.close(ctx, d.ID)
	}
	return nil
}

// open begins to take entries.
func (x *Draws) open(ctx context.Context, id db.ID) error {
	return x.deps.DB.Write(ctx, db.Actor{Via: "job"}, func(tx *db.Tx) error {
		d, err := Get(tx, id)
		if err != nil || d.State != Planned {
			return err
		}
		d.State, d.Next = Open, d.Closes
		_, err = move(tx, &d)
		return err
	})
}
