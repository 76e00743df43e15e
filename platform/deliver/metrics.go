package deliver

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// scrapeLimit is how long counting for one scrape may take.
const scrapeLimit = 2 * time.Second

// metrics counts tries as they end, and what waits and is dead when it is
// asked.
type metrics struct {
	db     *db.DB
	tries  *prometheus.CounterVec
	queued *prometheus.Desc
}

func newMetrics(d *db.DB, reg prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		db: d,
		tries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kakehashi_delivery_tries_total", Help: "Tries to deliver a message that ended, by kind and outcome (sent, failed, dead).",
		}, []string{"kind", "outcome"}),
		queued: prometheus.NewDesc("kakehashi_deliveries", "Messages not sent, by state (waiting, dead).", []string{"state"}, nil),
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
func (m *metrics) Describe(ch chan<- *prometheus.Desc) { ch <- m.queued }

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
		ch <- prometheus.NewInvalidMetric(m.queued, err)
		return
	}
	for state, n := range map[string]int64{"waiting": c.Waiting, "dead": c.Dead} {
		ch <- prometheus.MustNewConstMetric(m.queued, prometheus.GaugeValue, float64(n), state)
	}
}

// Counts is how many messages are not sent.
type Counts struct {
	Waiting, Dead int64
}

// Count returns how many messages are not sent.
func Count(tx *db.Tx) (c Counts, err error) {
	defer fault.Wrap(&err, "deliver.Count")
	// One count an index: the table holds months of what was sent.
	err = tx.Row(`SELECT (SELECT COUNT(*) FROM deliveries WHERE state = 0 AND urgent = 0) + (SELECT COUNT(*) FROM deliveries WHERE state = 0 AND urgent = 1),
		(SELECT COUNT(*) FROM deliveries WHERE state = 2)`).Scan(&c.Waiting, &c.Dead)
	return c, err
}
