package jobs

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"kakehashi/platform/db"
)

// scrapeLimit is how long counting for one scrape may take.
const scrapeLimit = 2 * time.Second

// metrics counts tries as they end, and the jobs there are when it is asked.
type metrics struct {
	db    *db.DB
	tries *prometheus.CounterVec
	jobs  *prometheus.Desc
}

func newMetrics(d *db.DB, reg prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		db: d,
		tries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kakehashi_job_tries_total", Help: "Tries of jobs that ended, by kind and outcome (done, failed, dead, interrupted).",
		}, []string{"kind", "outcome"}),
		jobs: prometheus.NewDesc("kakehashi_jobs", "Jobs there are, by state (waiting, running, dead).", []string{"state"}, nil),
	}
	if reg == nil {
		return m, nil
	}
	if err := reg.Register(m.tries); err != nil {
		return nil, err
	}
	return m, reg.Register(m)
}

// Describe is part of prometheus.Collector.
func (m *metrics) Describe(ch chan<- *prometheus.Desc) { ch <- m.jobs }

// Collect is part of prometheus.Collector.
func (m *metrics) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeLimit)
	defer cancel()
	var c Counts
	err := m.db.Read(ctx, func(tx *db.Tx) (err error) {
		c, err = Count(tx)
		return err
	})
	if err != nil {
		ch <- prometheus.NewInvalidMetric(m.jobs, err)
		return
	}
	for state, n := range map[string]int64{"waiting": c.Waiting, "running": c.Running, "dead": c.Dead} {
		ch <- prometheus.MustNewConstMetric(m.jobs, prometheus.GaugeValue, float64(n), state)
	}
}
