package i18n

import (
	"embed"
	"errors"
	"fmt"
	"strings"
	"sync"
)

//go:embed messages/*.toml
var messages embed.FS

// Messages returns the messages of this package: how dates, numbers and lists look.
// Every catalog has them.
func Messages() Source { return Source{Name: "i18n", FS: messages} }

// Catalog is the messages of the whole program, in every language.
type Catalog struct {
	sources []Source
	langs   map[Lang]*slot
}

// slot is a language that is parsed when somebody first reads it.
type slot struct {
	once sync.Once
	loc  *Localizer
	err  error
}

// NewCatalog returns the catalog of the sources and our own. It reads nothing
// yet, so that starting up costs the same with ten languages as with one.
func NewCatalog(sources ...Source) *Catalog {
	c := &Catalog{sources: append([]Source{Messages()}, sources...), langs: make(map[Lang]*slot, len(Langs))}
	for _, l := range Langs {
		c.langs[l] = new(slot)
	}
	return c
}

// Add adds sources to the catalog. It is called while the program is put
// together, before anything is read.
func (c *Catalog) Add(sources ...Source) { c.sources = append(c.sources, sources...) }

// For returns the localizer of the language, or that of Ja for a language that
// is not ours. It parses the language when it is asked for it the first time.
func (c *Catalog) For(l Lang) *Localizer {
	loc, _ := c.load(l)
	return loc
}

// Check parses every language and returns what is wrong with the files; the
// messages that could be read are said all the same. For tests and doctor.
func (c *Catalog) Check() error {
	var errs []error
	for _, l := range Langs {
		_, err := c.load(l)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (c *Catalog) load(l Lang) (*Localizer, error) {
	s, ok := c.langs[l]
	if !ok {
		l, s = Ja, c.langs[Ja]
	}
	s.once.Do(func() {
		msgs, err := c.parse(l)
		s.loc, s.err = newLocalizer(l, msgs), err
	})
	return s.loc, s.err
}

// parse reads all that can be read of one language, and reports the rest.
func (c *Catalog) parse(l Lang) (map[string]*message, error) {
	msgs := make(map[string]*message)
	var errs []error
	for _, src := range c.sources {
		data, err := src.Open(l)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		read, err := parse(data)
		if err != nil {
			errs = append(errs, fmt.Errorf("i18n: %s/%s.toml: %w", src.Name, l, err))
		}
		for _, m := range read {
			msg, err := newMessage(m)
			switch {
			case err != nil:
				errs = append(errs, fmt.Errorf("i18n: %s/%s.toml: %w", src.Name, l, err))
			case !strings.HasPrefix(m.ID, src.Name+"."):
				errs = append(errs, fmt.Errorf("i18n: %s/%s.toml: key %q does not begin with %q", src.Name, l, m.ID, src.Name+"."))
			case msgs[m.ID] != nil:
				errs = append(errs, fmt.Errorf("i18n: %s/%s.toml: key %q is there twice", src.Name, l, m.ID))
			default:
				msgs[m.ID] = msg
			}
		}
	}
	return msgs, errors.Join(errs...)
}
