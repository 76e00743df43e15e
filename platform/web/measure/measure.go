// Package measure counts requests for the operator's monitoring. No label holds
// anything of a person: routes are patterns.
package measure

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are the counters of one server.
type Metrics struct {
	Registry   *prometheus.Registry
	Handler    http.Handler       // serves them in Prometheus' text format
	FromMemory prometheus.Counter // pages served from memory, beside the requests

	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

// New returns Metrics that have counted nothing, with gauges that ask for what
// is now. Beside them the handler serves whatever else is in the registry.
func New(registry *prometheus.Registry, gauges ...Gauge) *Metrics {
	m := &Metrics{
		Registry: registry,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kakehashi_requests_total", Help: "Requests by route and class of status.",
		}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "kakehashi_request_seconds", Help: "Time to answer by route.",
			Buckets: []float64{.001, .005, .025, .1, .5, 2.5, 10},
		}, []string{"route"}),
		FromMemory: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "kakehashi_pages_from_memory_total", Help: "Pages served from memory, beside the requests above.",
		}),
	}
	m.Registry.MustRegister(m.requests, m.seconds, m.FromMemory,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, g := range gauges {
		m.Registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: g.Name, Help: g.Help}, g.Value))
	}
	m.Handler = promhttp.HandlerFor(m.Registry, promhttp.HandlerOpts{DisableCompression: true})
	return m
}

// Gauge is something that is asked for when the metrics are read.
type Gauge struct {
	Name, Help string
	Value      func() float64
}

// Route is the counters of one route, looked up once.
type Route struct {
	classes [6]prometheus.Counter // by the first digit of the status
	seconds prometheus.Observer
}

// Route returns the counters of the route.
func (m *Metrics) Route(pattern string) *Route {
	r := &Route{seconds: m.seconds.WithLabelValues(pattern)}
	for i, class := range []string{"none", "1xx", "2xx", "3xx", "4xx", "5xx"} {
		r.classes[i] = m.requests.WithLabelValues(pattern, class)
	}
	return r
}

// Observe counts one request of the route.
func (r *Route) Observe(status int, took time.Duration) {
	if class := status / 100; class >= 0 && class < len(r.classes) {
		r.classes[class].Inc()
	}
	r.seconds.Observe(took.Seconds())
}
