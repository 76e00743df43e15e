package operator

import (
	"context"
	"log/slog"
	"regexp"
	"time"

	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/fault"
	"kakehashi/platform/jobs"
	"kakehashi/platform/web"
)

// Topic is touched when the log was verified.
const Topic = "verification"

// verifyAt is when the log is verified every day, in minutes after midnight in
// Tokyo: after the nightly sweeps.
const verifyAt = 4*60 + 20

// Deps are what the operator's pages look at.
type Deps struct {
	DB      *db.DB
	Jobs    *jobs.Registry
	Deliver *deliver.Service
	Audit   *audit.Log
	Key     string // verifier key of the audit log
	Log     *slog.Logger
}

// Operator serves the pages.
type Operator struct{ d Deps }

// New returns the pages.
func New(d Deps) *Operator { return &Operator{d} }

// Routes are the pages.
func (o *Operator) Routes() []web.Route {
	operator := web.Holding(web.RoleOperator)
	return []web.Route{
		{Pattern: "GET /operator", Access: operator, Handle: o.show},
		{Pattern: "POST /operator/verify", Access: operator, Handle: o.verifyNow},
		{Pattern: "GET /operator/jobs", Access: operator, Handle: o.showJobs},
		{Pattern: "POST /operator/jobs", Access: operator, Handle: o.doJobs},
		{Pattern: "GET /operator/deliveries", Access: operator, Handle: o.showDeliveries},
		{Pattern: "POST /operator/deliveries", Access: operator, Handle: o.doDeliveries},
		{Pattern: "GET /operator/audit", Access: operator, Handle: o.showAudit},
	}
}

// Register registers the job that verifies the log, every day and when the
// operator asks.
func (o *Operator) Register(r *jobs.Registry) {
	jobs.Work(r, o.verify, jobs.Timeout(30*time.Minute), jobs.Tries(3))
	r.Daily("offices.verify", verifyAt, verifyLog{})
}

// verifyLog asks for one verification of the whole audit log.
type verifyLog struct{}

// Kind names the work.
func (verifyLog) Kind() string { return "offices.verify" }

// verify seals what is pending, verifies the log and keeps the outcome.
func (o *Operator) verify(ctx context.Context, _ verifyLog) (err error) {
	defer fault.Wrap(&err, "operator.verify")
	begun := o.d.DB.Now()
	if _, err := o.d.Audit.Seal(ctx); err != nil {
		return err
	}
	rep, err := o.d.Audit.Verify(ctx)
	if err != nil {
		return err
	}
	problem := ""
	if !rep.OK() {
		problem = rep.Problem.String()
		o.d.Log.Error("the audit log is not whole", "problem", problem)
	}
	return o.d.DB.Write(ctx, jobs.Actor, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO verifications (id, begun, ended, entries, checkpoints, erased, problem) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			db.NewID(), begun, tx.Now, rep.Entries, rep.Checkpoints, rep.Erased, problem)
		tx.Touch(Topic)
		return err
	})
}

func (o *Operator) verifyNow(c *web.Context) error {
	err := o.d.DB.Write(c.Context(), c.Actor(), func(tx *db.Tx) error {
		if err := jobs.Enqueue(tx, o.d.Jobs, verifyLog{}, jobs.Unique("now")); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "offices.verify", Subject: "audit"})
	})
	if err != nil {
		return err
	}
	c.Flash("offices.verify.begun")
	return c.Redirect("/operator")
}

// address matches what may be a mail address, in what a mail server answered.
var address = regexp.MustCompile(`[^\s<>"'(),;:]+@[^\s<>"'(),;:]+`)

// mask takes mail addresses out of an error, and cuts it to a few lines.
func mask(s string) string {
	const most = 600
	s = address.ReplaceAllString(s, "…@…")
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return s
}
