package city

import (
	"context"
	"log/slog"
	"sync/atomic"

	"kakehashi/platform/db"
	"kakehashi/ui"
)

// AboutPath is the page "how this is made".
const AboutPath = "/about"

// Cache hands the city to every page.
type Cache struct {
	db   *db.DB
	log  *slog.Logger
	last atomic.Pointer[known]
}

type known struct {
	version uint64
	city    ui.City
}

// NewCache returns a cache over d that has read nothing yet.
func NewCache(d *db.DB, log *slog.Logger) *Cache { return &Cache{db: d, log: log} }

// City returns what every page says of the city: ui.Frame.City. When the
// database cannot be read it is what was known last, since the page has more to
// say than that.
func (k *Cache) City(ctx context.Context) ui.City {
	version := k.db.Version(Topic)
	last := k.last.Load()
	if last != nil && last.version == version {
		return last.city
	}
	var c City
	// Once read it serves everybody, so one reader who goes away must not stop it.
	err := k.db.Read(context.WithoutCancel(ctx), func(tx *db.Tx) (err error) {
		c, err = Get(tx)
		return err
	})
	if err != nil {
		k.log.Error("the city's name could not be read", "err", err)
		if last != nil {
			return last.city
		}
		return ui.City{About: AboutPath}
	}
	now := &known{version, ui.City{Name: c.Name, Office: c.Office, Phone: c.Phone, Hours: c.Hours, About: AboutPath}}
	k.last.Store(now)
	return now.city
}
