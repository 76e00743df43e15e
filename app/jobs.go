package app

import (
	"context"
	"time"

	"kakehashi/platform/jobs"
	"kakehashi/platform/web"
)

// sealLog puts what was logged lately under a signed root.
type sealLog struct{}

func (sealLog) Kind() string { return "audit.seal" }

// sweepWeb forgets sessions, drafts and counters that are over.
type sweepWeb struct{}

func (sweepWeb) Kind() string { return "web.sweep" }

// collectFiles removes the bytes of uploads that nothing names any more.
type collectFiles struct{}

func (collectFiles) Kind() string { return "files.collect" }

// Minutes after midnight at which the daily work of the platform begins, when
// nobody books.
const (
	sweepAt   = 3*60 + 10
	collectAt = 3*60 + 40
)

// platformJobs registers the work that the platform itself needs done.
func (c *city) platformJobs() {
	d := c.deps
	jobs.Work(d.Jobs, func(ctx context.Context, _ sealLog) error { return c.seal(ctx) })
	d.Jobs.Every("audit.seal", time.Minute, sealLog{})
	jobs.Work(d.Jobs, func(ctx context.Context, _ collectFiles) error {
		_, _, err := d.Files.Collect(ctx, d.DB)
		return err
	}, jobs.Timeout(10*time.Minute))
	d.Jobs.Daily("files.collect", collectAt, collectFiles{})
	d.Deliver.Jobs(d.Jobs)
}

// serverJobs registers the work of the server, which is put together later.
func (c *city) serverJobs(s *web.Server) {
	jobs.Work(c.deps.Jobs, func(ctx context.Context, _ sweepWeb) error { return s.Sweep(ctx) })
	c.deps.Jobs.Daily("web.sweep", sweepAt, sweepWeb{})
}
