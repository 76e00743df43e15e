package web

import (
	"embed"
	"fmt"
	"net/http"
	"strings"

	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web/assets"
	"kakehashi/platform/web/encode"
	"kakehashi/platform/web/limit"
	"kakehashi/platform/web/live"
	"kakehashi/platform/web/measure"
	"kakehashi/platform/web/pagecache"
	"kakehashi/platform/web/reader"
	"kakehashi/platform/web/secure"
	"kakehashi/platform/web/session"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed messages/*.toml
var messages embed.FS

// Migrations returns the tables of this package: sessions, drafts, counters.
func Migrations() db.Migrations { return db.Migrations{Name: "web", FS: migrations} }

// Messages returns the texts of this package in every language.
func Messages() i18n.Source { return i18n.Source{Name: "web", FS: messages} }

// Server serves the routes of all modules.
type Server struct {
	cfg      Config
	names    reader.Names
	mux      *http.ServeMux
	routes   []RouteInfo
	origin   *http.CrossOriginProtection
	sessions session.Store
	viewers  *session.Cache[identity]
	cache    *pagecache.Cache
	limiter  *limit.Limiter
	busy     chan struct{} // one place for each request handled now
	live     *live.Hub
	assets   *assets.Set
	metrics  *measure.Metrics
}

// New returns a Server with the routes of this package: language, aids, live
// updates, drafts, assets, health, metrics and robots.txt.
func New(cfg Config) *Server {
	cfg = cfg.withDefaults()
	s := &Server{
		cfg:      cfg,
		names:    reader.NamesOf(cfg.HTTPS),
		mux:      http.NewServeMux(),
		origin:   http.NewCrossOriginProtection(),
		sessions: session.Store{DB: cfg.DB, Idle: cfg.Idle, Absolute: cfg.Absolute},
		viewers:  session.NewCache[identity](cfg.DB.Version),
		limiter:  limit.New(cfg.DB, cfg.Secret),
		busy:     make(chan struct{}, cfg.MaxConcurrent),
		live:     live.NewHub(cfg.DB, cfg.MaxLive, cfg.LivePerReader),
		assets:   assets.New(cfg.Assets),
	}
	if cfg.Origin != "" {
		if err := s.origin.AddTrustedOrigin(cfg.Origin); err != nil {
			panic(fmt.Sprintf("web: Config.Origin: %v", err))
		}
	}
	s.cache = pagecache.NewCache(cfg.CacheBytes, cfg.DB.Version, cfg.DB.Now)
	s.live.Open(cfg.LiveTopics...)
	s.metrics = measure.New(cfg.Registry,
		measure.Gauge{Name: "kakehashi_requests_now", Help: "Requests being handled.", Value: func() float64 { return float64(len(s.busy)) }},
		measure.Gauge{Name: "kakehashi_live_connections", Help: "Live updates open.", Value: func() float64 { return float64(s.live.Count()) }},
		measure.Gauge{Name: "kakehashi_page_cache_bytes", Help: "Bytes of pages in memory.", Value: func() float64 { return float64(s.cache.Bytes()) }},
	)
	s.Handle("web", s.own())
	s.add("web", Route{Pattern: "GET /live", Access: Public(), Handle: s.serveLive, Rate: Rate{Times: -1}}, true)
	return s
}

// Handle registers the routes of a module. It panics when a route has no
// access or handler, or when its pattern is taken: both are found at start.
func (s *Server) Handle(module string, routes []Route) {
	for _, r := range routes {
		s.add(module, r, false)
	}
}

func (s *Server) add(module string, r Route, live bool) {
	method, path, ok := strings.Cut(r.Pattern, " ")
	switch {
	case !ok || !strings.HasPrefix(path, "/"):
		panic(fmt.Sprintf("web: %s: pattern %q must be a method and a path", module, r.Pattern))
	case r.Access.kind == accessNone:
		panic(fmt.Sprintf("web: %s: %q declares no access", module, r.Pattern))
	case r.Handle == nil:
		panic(fmt.Sprintf("web: %s: %q has no handler", module, r.Pattern))
	case r.Rate.Times > 0 && r.Rate.Per <= 0:
		panic(fmt.Sprintf("web: %s: the rate of %q has no time", module, r.Pattern))
	case r.Cached != nil && (method != http.MethodGet || r.Access.kind != accessPublic && r.Access.kind != accessDemo):
		panic(fmt.Sprintf("web: %s: %q is cached, but not a public GET", module, r.Pattern))
	}
	r.Access.mustBeComplete(r.Pattern)
	s.mux.Handle(r.Pattern, newEndpoint(s, r, live))
	s.routes = append(s.routes, RouteInfo{
		Module: module, Pattern: r.Pattern, Method: method, Path: path, Access: r.Access, Cached: r.Cached, JSON: r.JSON,
	})
}

// Routes lists what is registered, in order of registration.
func (s *Server) Routes() []RouteInfo { return append([]RouteInfo(nil), s.routes...) }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	cookies := s.names.Read(r.Header)
	if s.fromMemory(w, r, &cookies) {
		return
	}
	c := newContext(s, w, r, cookies)
	defer c.finish()
	secure.Put(w.Header(), s.cfg.HTTPS)
	if err := s.origin.Check(r); err != nil {
		c.refuse(crossOrigin(err))
		return
	}
	// The mux finds the endpoint, which knows the context by the writer; what
	// the mux itself would say (no such path, other method) we say instead.
	s.mux.ServeHTTP(&c.out, r)
	if c.endpoint == nil {
		c.unmatched()
	}
}

// fromMemory answers from the cache of pages, when the request is for a page
// that everybody sees alike, and reports whether it did. It comes before
// everything else: no session, no routing, no limit, no line in the log.
func (s *Server) fromMemory(w http.ResponseWriter, r *http.Request, ck *reader.Cookies) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead || !ck.Anonymous() {
		return false
	}
	lang := ck.Language(r.Header)
	p := s.cache.Get(pagecache.Key{
		Path: r.URL.Path, Query: r.URL.RawQuery, Lang: string(lang), Aids: reader.ParseAids(ck.Aids, lang).Key(),
	})
	if p == nil {
		return false
	}
	s.metrics.FromMemory.Inc()
	s.writePage(w, r, p)
	return true
}

// writePage writes a page from memory, or 304 when the reader has it already.
func (s *Server) writePage(w http.ResponseWriter, r *http.Request, p *pagecache.Page) {
	h := w.Header()
	secure.Put(h, s.cfg.HTTPS)
	h["Vary"] = headerVary
	h["Cache-Control"] = headerNoCache
	p.Variant(encode.Of(r.Header)).Write(w, r, p.Type)
}
