package operator

import (
	"runtime"
	"runtime/debug"
	"strconv"
	"time"

	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/deliver/paper"
	"kakehashi/platform/fault"
	"kakehashi/platform/jobs"
	"kakehashi/platform/web"
)

// state is what the first page shows.
type state struct {
	Jobs      jobs.Counts
	Mails     deliver.Counts
	Letters   int // that wait to be printed, in all offices
	Turns     []turn
	Sealed    int64  // entries under the last signed root
	Root      string // its hash
	Verified  *verification
	Verifying bool
	Database  int64 // bytes
	Files     int64 // bytes of uploads
	FileCount int64
	Engine    string
	Version   string
	GoVersion string
}

// turn is the last time that a schedule started its job.
type turn struct {
	Name string
	At   time.Time
}

// verification is the outcome of one verification of the log.
type verification struct {
	Begun, Ended         time.Time
	Entries, Checkpoints int64
	Erased               int64
	Problem              string // "" = the log is whole
}

func (o *Operator) show(c *web.Context) error {
	var s state
	err := o.d.DB.Read(c.Context(), func(tx *db.Tx) (err error) {
		s, err = read(tx)
		return err
	})
	if err != nil {
		return err
	}
	signed, err := o.d.Audit.Checkpoint(c.Context())
	if err != nil {
		return err
	}
	if signed != nil {
		root, err := audit.ParseCheckpoint(o.d.Key, signed)
		if err != nil {
			o.d.Log.Error("the newest signed root cannot be read", "err", err)
		}
		s.Sealed, s.Root = root.Size, root.Root.String()
	}
	s.Version, s.GoVersion = version(), runtime.Version()
	return c.Page(web.Meta{Title: c.Loc.T("offices.operator.title"), Wide: true}, stateView(s))
}

// version is what this program was built from, as far as the build says.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			v += " " + s.Value[:12]
		}
	}
	return v
}

func read(tx *db.Tx) (s state, err error) {
	defer fault.Wrap(&err, "operator.read")
	if s.Jobs, err = jobs.Count(tx); err != nil {
		return s, err
	}
	if s.Mails, err = deliver.Count(tx); err != nil {
		return s, err
	}
	if s.Letters, err = paper.Waiting(tx, 0); err != nil {
		return s, err
	}
	if s.Turns, err = turns(tx); err != nil {
		return s, err
	}
	if s.Verified, err = latest(tx); err != nil {
		return s, err
	}
	var living int
	if err = tx.Row(`SELECT COUNT(*) FROM jobs WHERE dead = 0 AND kind = $1`, verifyLog{}.Kind()).Scan(&living); err != nil {
		return s, err
	}
	s.Verifying = living > 0
	if err = tx.Row(`SELECT COUNT(*), COALESCE(SUM(size), 0) FROM files`).Scan(&s.FileCount, &s.Files); err != nil {
		return s, err
	}
	size, engine := sqliteSize, `SELECT 'SQLite ' || sqlite_version()`
	if tx.Engine() == db.Postgres {
		size, engine = postgresSize, `SELECT 'PostgreSQL ' || current_setting('server_version')`
	}
	if err = tx.Row(size).Scan(&s.Database); err != nil {
		return s, err
	}
	return s, tx.Row(engine).Scan(&s.Engine)
}

// How many bytes the city's tables and their indexes take.
const (
	sqliteSize   = `SELECT pc.page_count * ps.page_size FROM pragma_page_count AS pc, pragma_page_size AS ps`
	postgresSize = `SELECT CAST(COALESCE(SUM(pg_total_relation_size(c.oid)), 0) AS BIGINT) FROM pg_class AS c
		JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relkind = 'r'`
)

func turns(tx *db.Tx) ([]turn, error) {
	type row struct {
		turn
		at int64
	}
	rows, err := db.All(tx, func(r *row) []any { return []any{&r.Name, &r.at} }, `SELECT name, turn FROM job_schedules ORDER BY name`)
	out := make([]turn, len(rows))
	for i, r := range rows {
		out[i] = turn{r.Name, db.Time(r.at)}
	}
	return out, err
}

// latest returns the outcome of the last verification; nil when there was none.
func latest(tx *db.Tx) (*verification, error) {
	type row struct {
		verification
		begun, ended int64
	}
	r, err := db.One(tx, func(r *row) []any {
		return []any{&r.begun, &r.ended, &r.Entries, &r.Checkpoints, &r.Erased, &r.Problem}
	}, `SELECT begun, ended, entries, checkpoints, erased, problem FROM verifications ORDER BY id DESC LIMIT 1`)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	v := r.verification
	v.Begun, v.Ended = db.Time(r.begun), db.Time(r.ended)
	return &v, err
}

// bytes writes a number of bytes as people read it.
func bytes(n int64) string {
	switch {
	case n >= 1<<30:
		return strconv.FormatFloat(float64(n)/(1<<30), 'f', 1, 64) + " GB"
	case n >= 1<<20:
		return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB"
	}
	return strconv.FormatInt((n+1023)/1024, 10) + " kB"
}
