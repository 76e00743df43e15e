package signin

import (
	"database/sql"
	"errors"

	"kakehashi/domains/people/person"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/web"
)

// Cast lists the persons of the demo's one-click sign-in, in the order of its
// page. What each of them comes for is the message people.demo.<name>.
var Cast = []string{"linh", "aozora", "chokai", "minsei", "bridge", "clerk", "colleague", "committee", "operator"}

// SetCast names who is who in the demo city.
func SetCast(tx *db.Tx, name string, who db.ID) error {
	_, err := tx.Exec(`INSERT INTO demo_people (name, person_id) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET person_id = excluded.person_id`, name, who)
	return err
}

func castMember(tx *db.Tx, name string) (who db.ID, err error) {
	err = tx.Row(`SELECT person_id FROM demo_people WHERE name = $1`, name).Scan(&who)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fault.New(fault.NotFound, "web.error.not_found")
	}
	return who, err
}

// castLine is one person of the page.
type castLine struct {
	Name   string // of the part: "linh"
	Person person.Person
}

func (s *SignIn) showDemo(c *web.Context) error {
	var lines []castLine
	err := s.db.Read(c.Context(), func(tx *db.Tx) error {
		for _, name := range Cast {
			who, err := castMember(tx, name)
			if fault.Is(err, fault.NotFound) {
				continue
			}
			if err != nil {
				return err
			}
			p, err := s.store.Get(tx, who)
			if err != nil {
				return err
			}
			lines = append(lines, castLine{Name: name, Person: p})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.Page(title(c, "people.demo.title"), demoView(lines, next(c)))
}

// demoSignIn signs in as one of the cast, and as nobody else of the city.
func (s *SignIn) demoSignIn(c *web.Context) error {
	if !s.demo {
		return fault.New(fault.NotFound, "web.error.not_found")
	}
	var who db.ID
	err := s.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) (err error) {
		if who, err = castMember(tx, c.Form().Get("as")); err != nil {
			return err
		}
		return s.entered(tx, who, "demo")
	})
	if err != nil {
		return err
	}
	if err := c.SignIn(who); err != nil {
		return err
	}
	return onward(c, next(c))
}
