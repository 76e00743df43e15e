package web

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are what the operator's monitoring reads. No label holds anything of
// a person: routes are patterns.
type metrics struct {
	registry   *prometheus.Registry
	requests   *prometheus.CounterVec
	seconds    *prometheus.HistogramVec
	fromMemory prometheus.Counter
	handler    http.Handler
}

// routeMetrics are the counters of one route, looked up once.
type routeMetrics struct {
	classes [6]prometheus.Counter // by the first digit of the status
	seconds prometheus.Observer
}

func newMetrics(s *Server) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kakehashi_requests_total", Help: "Requests by route and class of status.",
		}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "kakehashi_request_seconds", Help: "Time to answer by route.",
			Buckets: []float64{.001, .005, .025, .1, .5, 2.5, 10},
		}, []string{"route"}),
		fromMemory: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "kakehashi_pages_from_memory_total", Help: "Pages served from memory, beside the requests above.",
		}),
	}
	gauge := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value)
	}
	m.registry.MustRegister(m.requests, m.seconds, m.fromMemory,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		gauge("kakehashi_requests_now", "Requests being handled.", func() float64 { return float64(len(s.busy)) }),
		gauge("kakehashi_live_connections", "Live updates open.", func() float64 { return float64(s.live.count()) }),
		gauge("kakehashi_page_cache_bytes", "Bytes of pages in memory.", func() float64 { return float64(s.cache.Bytes()) }),
	)
	m.handler = promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{DisableCompression: true})
	return m
}

// Metrics returns the registry that /metrics serves, for collectors of the
// program's other parts.
func (s *Server) Metrics() *prometheus.Registry { return s.metrics.registry }

func (m *metrics) route(pattern string) *routeMetrics {
	r := &routeMetrics{seconds: m.seconds.WithLabelValues(pattern)}
	for i, class := range []string{"none", "1xx", "2xx", "3xx", "4xx", "5xx"} {
		r.classes[i] = m.requests.WithLabelValues(pattern, class)
	}
	return r
}

func (r *routeMetrics) observe(status int, took time.Duration) {
	if class := status / 100; class >= 0 && class < len(r.classes) {
		r.classes[class].Inc()
	}
	r.seconds.Observe(took.Seconds())
}

func (m *metrics) serve(c *Context) error {
	m.handler.ServeHTTP(c.Writer(), c.Request())
	return nil
}

// fromLoopback lets in a request from this machine that came by no proxy, on a
// server that is not set up behind one.
func fromLoopback(c *Context) (bool, error) {
	h := c.r.Header
	forwarded := h.Get("X-Forwarded-For") != "" || h.Get("Forwarded") != "" || h.Get("Via") != "" || h.Get("X-Real-Ip") != ""
	cfg := c.server.cfg
	return !cfg.HTTPS && len(cfg.Proxies) == 0 && !forwarded && c.address().IsLoopback(), nil
}
