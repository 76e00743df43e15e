package rules

import (
	"encoding/json"
	"unicode/utf8"

	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// mostNote is how many characters a note may have.
const mostNote = 1000

// MostRules bounds what is read of a city's rules at once: nine kinds, some
// changed every year, in some facilities on their own.
const MostRules = 5000

const columns = `id, version, kind, facility_id, valid_from, body, note, state, made_by, made_at, changed_at`

// row is a row of rules on its way into a Rule.
type row struct {
	Rule
	body          string
	made, changed int64
}

func (r *row) dest() []any {
	return []any{&r.ID, &r.Version, &r.Kind, &r.Facility, &r.From, &r.body, &r.Note, &r.State, &r.MadeBy, &r.made, &r.changed}
}

func (r *row) rule() (Rule, error) {
	var err error
	r.MadeAt, r.ChangedAt = db.Time(r.made), db.Time(r.changed)
	r.Body, err = decode(r.Kind, []byte(r.body))
	return r.Rule, err
}

// load reads what is in force, or will be.
func load(tx *db.Tx) (*Book, error) {
	rows, err := db.All(tx, (*row).dest, `SELECT `+columns+` FROM rules WHERE state = 'in_force' ORDER BY valid_from, id LIMIT $1`, MostRules)
	if err != nil {
		return nil, err
	}
	all, err := rulesOf(rows)
	return NewBook(all...), err
}

func rulesOf(rows []row) ([]Rule, error) {
	out := make([]Rule, len(rows))
	for i := range rows {
		var err error
		if out[i], err = rows[i].rule(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// List returns the rules of a kind, those of the city first and each place's
// newest first; withdrawn ones too.
func List(tx *db.Tx, kind Kind) (_ []Rule, err error) {
	defer fault.Wrap(&err, "rules.List(%s)", kind)
	rows, err := db.All(tx, (*row).dest, `SELECT `+columns+` FROM rules WHERE kind = $1 ORDER BY facility_id, valid_from DESC, id DESC LIMIT $2`, kind, MostRules)
	if err != nil {
		return nil, err
	}
	return rulesOf(rows)
}

// Get returns the rule, or NotFound.
func Get(tx *db.Tx, id db.ID) (_ Rule, err error) {
	defer fault.Wrap(&err, "rules.Get(%v)", id)
	r, err := db.One(tx, (*row).dest, `SELECT `+columns+` FROM rules WHERE id = $1`, id)
	if err != nil {
		return Rule{}, err
	}
	return r.rule()
}

// Save writes a rule as Draft or InForce: a new one, or over the version that
// was read. It returns Invalid with the fields that cannot be (those of the body
// by their path, and facility, from and note), or Conflict when somebody changed
// it meanwhile, when it has come into force, or when another rule of its kind
// and place begins on the same day. What is decided begins tomorrow at the
// earliest, so that nobody who books today meets a rule that was not there.
func Save(tx *db.Tx, r Rule) (_ Rule, err error) {
	defer fault.Wrap(&err, "rules.Save(%v)", r.ID)
	if err := r.check(jp.DateOf(tx.Now)); err != nil {
		return Rule{}, err
	}
	action := "rules.save"
	if r.State == InForce {
		action = "rules.decide"
	}
	if r.ID != 0 {
		was, err := Get(tx, r.ID)
		if err != nil {
			return Rule{}, err
		}
		if !was.Open(jp.DateOf(tx.Now)) {
			return Rule{}, fault.New(fault.Conflict, "rules.error.started")
		}
		r.Kind, r.MadeBy, r.MadeAt = was.Kind, was.MadeBy, was.MadeAt
	} else {
		r.MadeAt, r.MadeBy = tx.Now, tx.Actor.Person
	}
	return write(tx, r, action)
}

// Enter writes a rule that holds from any day, past ones too: what a city had
// before it came here, or the demo city.
func Enter(tx *db.Tx, r Rule) (_ Rule, err error) {
	defer fault.Wrap(&err, "rules.Enter(%s, %v)", r.Kind, r.From)
	if err := r.Body.Check(); err != nil {
		return Rule{}, err
	}
	r.ID, r.Version, r.State, r.MadeAt, r.MadeBy = 0, 0, InForce, tx.Now, tx.Actor.Person
	return write(tx, r, "rules.decide")
}

// Withdraw takes back a draft, or a rule that has not come into force.
func Withdraw(tx *db.Tx, id db.ID, version int64) (err error) {
	defer fault.Wrap(&err, "rules.Withdraw(%v)", id)
	r, err := Get(tx, id)
	if err != nil {
		return err
	}
	if r.Version != version {
		return fault.New(fault.Conflict, "rules.error.changed")
	}
	if !r.Open(jp.DateOf(tx.Now)) {
		return fault.New(fault.Conflict, "rules.error.started")
	}
	r.State = Withdrawn
	_, err = write(tx, r, "rules.withdraw")
	return err
}

// check returns what cannot be saved as it is.
func (r Rule) check(today jp.Date) error {
	var c fault.Check
	c.Field(r.Body != nil && r.Body.Kind() == r.Kind, "kind", "rules.error.body")
	c.Field(!r.From.IsZero(), "from", "rules.error.from")
	c.Field(r.State == Draft || r.From.After(today), "from", "rules.error.from")
	c.Field(r.State == Draft || r.State == InForce, "state", "rules.error.choice")
	c.Field(utf8.RuneCountInString(r.Note) <= mostNote, "note", "rules.error.long", "most", mostNote)
	if r.Body != nil {
		merge(&c, r.Body.Check())
	}
	return c.Err()
}

// write keeps a checked rule with its audit entry.
func write(tx *db.Tx, r Rule, action string) (Rule, error) {
	body, err := json.Marshal(r.Body)
	if err != nil {
		return Rule{}, err
	}
	if r.State == InForce {
		var n int
		if err := tx.Row(`SELECT COUNT(*) FROM rules WHERE kind = $1 AND facility_id = $2 AND valid_from = $3 AND state = 'in_force' AND id <> $4`,
			r.Kind, r.Facility, r.From, r.ID).Scan(&n); err != nil {
			return Rule{}, err
		}
		if n > 0 {
			return Rule{}, fault.New(fault.Conflict, "rules.error.day")
		}
	}
	r.ChangedAt = tx.Now
	if r.ID == 0 {
		r.ID, r.Version = db.NewID(), 1
		_, err = tx.Exec(`INSERT INTO rules (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			r.ID, r.Version, r.Kind, r.Facility, r.From, string(body), r.Note, r.State, r.MadeBy, db.Micros(r.MadeAt), db.Micros(r.ChangedAt))
	} else {
		var n int64
		n, err = tx.Exec(`UPDATE rules SET version = version + 1, facility_id = $3, valid_from = $4, body = $5, note = $6, state = $7, changed_at = $8
			WHERE id = $1 AND version = $2`, r.ID, r.Version, r.Facility, r.From, string(body), r.Note, r.State, db.Micros(r.ChangedAt))
		if err == nil && n == 0 {
			return Rule{}, fault.New(fault.Conflict, "rules.error.changed")
		}
		r.Version++
	}
	switch {
	case db.IsUnique(err):
		return Rule{}, fault.New(fault.Conflict, "rules.error.day").Because(err)
	case err != nil:
		return Rule{}, err
	}
	tx.Touch(Topic)
	return r, audit.Record(tx, audit.Entry{Action: action, Subject: "rule", ID: r.ID})
}

// merge notes the fields of an Invalid fault.
func merge(c *fault.Check, err error) {
	f, ok := err.(*fault.Error)
	if !ok {
		return
	}
	for _, field := range f.Fields {
		c.Field(false, field.Name, field.Key, field.Args...)
	}
}
