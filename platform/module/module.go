// Package module is the contract between a module and the house: what one
// folder in domains/ hands to app, and what it is handed.
//
// A module is built once at start by its New, which takes Deps and the narrow
// interfaces of the neighbours it needs, and returns a Module. Everything that
// the rest of the program does with it hangs on the fields below: routes,
// navigation, permissions, migrations, messages, workers, API, inbox, demo
// data, "my data" and checks. There is no registry and no init:
// the list in domains/domains.go is the only place that names the modules.
package module

import (
	"context"
	"flag"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"time"

	"kakehashi/engines/jp"
	"kakehashi/platform/api"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/files"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/jobs"
	"kakehashi/platform/seal"
	"kakehashi/platform/web"
)

// Deps is what every module may stand on. The handles travel in; no module
// reaches for a global.
type Deps struct {
	DB      *db.DB
	Keys    *seal.Keys
	Jobs    *jobs.Registry
	Deliver *deliver.Service
	Files   *files.Store
	Audit   *audit.Log
	Catalog *i18n.Catalog
	Log     *slog.Logger
	BaseURL string // absolute address of this city, without a trailing slash, for mails and feeds
	Demo    bool   // true only under `kakehashi demo`
	// MoveClock moves the city's time ahead; nil but in a demo.
	MoveClock func(time.Duration) error
}

// Module is all that one folder in domains/ gives to the program. Every field
// but Name may be left empty.
type Module struct {
	Name       string // the noun: folder, message prefix and migration table
	Migrations fs.FS  // *.sql at the root or in migrations/ for goose, one text for both engines
	Messages   []i18n.Source
	Routes     []web.Route
	Nav        []Nav
	API        func(*api.API)
	Jobs       func(*jobs.Registry)
	Mails      []deliver.Kind
	Inbox      []inbox.Action
	Live       []string // data topics whose changes anybody may watch
	Personal   []Personal
	Demo       func(context.Context, *Demo) error
	Checks     []Check
}

// Place says where a navigation entry stands.
type Place string

// The places of navigation.
const (
	InOffice Place = "office" // the clerk's bar
	InMine   Place = "mine"   // the menu under the reader's own name
	InFooter Place = "footer"
)

// Nav is one entry of navigation.
type Nav struct {
	Place    Place
	Path     string
	LabelKey string                // message key
	Icon     string                // name in ui's icon set
	Show     func(web.Viewer) bool // nil = everybody
	Order    int                   // smaller first within a place; ties keep module order
}

// Happening is something dated that anybody may come to or should know of; the
// front page, a programme's page, feeds and calendars are made of them.
type Happening struct {
	ID        db.ID
	Programme db.ID // 0 when none
	Start     time.Time
	End       time.Time
	Title     i18n.Text
	Where     i18n.Text
	Town      string
	Path      string // page that tells more
	Field     string // colour: place, take, watch, help or ask
}

// HappeningQuery selects happenings that end after From and start before
// Until, in order of start; Programme 0 means all.
type HappeningQuery struct {
	Programme   db.ID
	From, Until time.Time
	Limit       int // 1 to 100
}

// Happenings lists what is on; a module that has dated things offers one.
type Happenings func(tx *db.Tx, q HappeningQuery) ([]Happening, error)

// Activity is one finished thing, captured once and reported everywhere: who
// did what for which programme, when, how long, with how many.
type Activity struct {
	Programme    db.ID
	Kind         string // "booking", "visit", "shift", "session", …: the module's noun
	Source       db.ID  // the thing that was finished; one Activity a Source
	On           jp.Date
	Minutes      int64
	Person       db.ID            // who did it; 0 when a group did
	Group        db.ID            // 0 when none
	Participants map[string]int64 // "ageband/language" to heads, for example "18-39/vi": 3
}

// Recorder writes activities; the programmes module is one. Recording the same
// Source again replaces the earlier record.
type Recorder interface {
	RecordActivity(tx *db.Tx, a Activity) error
}

// Personal is what one module holds about a person, for the "my data" page,
// the export, and erasure.
type Personal struct {
	Title string // message key of the section
	// Export returns the rows held about the person, ready to be read by them:
	// labels in their language, values opened.
	Export func(tx *db.Tx, loc *i18n.Localizer, person db.ID) ([]Record, error)
	// Erase deletes or anonymises what the law lets it and returns a message
	// key for each thing that stays, saying why. Nil: nothing may be erased.
	Erase func(tx *db.Tx, person db.ID) (kept []string, err error)
}

// Record is one thing held about a person: labelled values in reading order.
type Record struct {
	Title  string
	Values []Value
}

// Value is a labelled value of a Record, both already in the reader's language.
type Value struct{ Label, Value string }

// Demo is what a module fills its part of the demo city with. Modules run in
// the order of domains.go; Refs carries what later ones need, under names such
// as "person:linh", "office:kyodo", "programme:station", "group:aozora".
type Demo struct {
	DB    *db.DB
	Rand  *rand.Rand // seeded: the same city every time
	Now   time.Time
	Today jp.Date
	Refs  map[string]db.ID
	Lists map[string][]db.ID // "persons", "groups", "rooms", …
	Keys  *seal.Keys
}

// Ref returns the id under the name and panics when an earlier module did not
// set it: the demo city is code, and a missing name is a mistake in it.
func (d *Demo) Ref(name string) db.ID {
	id, ok := d.Refs[name]
	if !ok {
		panic("demo: no " + name)
	}
	return id
}

// Command is a command of the binary that belongs to a module, for example
// `kakehashi import facilities FILE`. A module's package offers its commands
// through a function Commands, since they are listed before any city is open.
type Command struct {
	Name  string // words as typed: "import facilities"
	Usage string // arguments, for the help: "FILE"
	Help  string // one line of English
	// Setup declares flags and returns the function that runs with what is
	// left of the arguments. Env.Deps is empty when Bare.
	Setup func(*flag.FlagSet) func(ctx context.Context, env Env, args []string) error
	Bare  bool
}

// Env is what a Command runs in.
type Env struct {
	Deps   Deps
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
}

// Check is one question that `kakehashi doctor` asks of a city's data.
type Check struct {
	Name string // "places.days"
	Help string // what it proves, one line of English
	// Run returns what is wrong, one line each; none when all is well.
	Run func(context.Context, Deps) (problems []string, err error)
}
