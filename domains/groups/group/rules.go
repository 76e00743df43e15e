package group

import (
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// AnswerWithin is how many working days an office has to decide.
const AnswerWithin = 10

// Rules are what a kind of group must show to be registered.
type Rules struct {
	Kind            Kind
	MinMembers      int64
	ResidentPercent int64 // of the members: who lives, works or studies in the city
	ValidMonths     int64 // of a registration; 0 has no end
	Papers          bool  // bylaws are needed, as text or as a file
	Office          db.ID // decides; 0 is the first office there is
}

func (r *Rules) dest() []any {
	return []any{&r.Kind, &r.MinMembers, &r.ResidentPercent, &r.ValidMonths, &r.Papers, &r.Office}
}

const rulesColumns = `kind, min_members, resident_percent, valid_months, papers, office_id`

// RulesFor returns the rules of a kind. Where no office is named, it is the
// first there is, and 0 when there is none.
func RulesFor(tx *db.Tx, k Kind) (_ Rules, err error) {
	defer fault.Wrap(&err, "group.RulesFor(%s)", k)
	r, err := db.One(tx, (*Rules).dest, `SELECT `+rulesColumns+` FROM registration_rules WHERE kind = $1`, string(k))
	if err != nil || r.Office != 0 {
		return r, err
	}
	first, err := db.All(tx, func(id *db.ID) []any { return []any{id} }, `SELECT id FROM groups WHERE kind = 'office' AND state = 'registered' ORDER BY id LIMIT 1`)
	if err == nil && len(first) > 0 {
		r.Office = first[0]
	}
	return r, err
}

// AllRules returns the rules as they are kept, in the order of Kinds.
func AllRules(tx *db.Tx) (out []Rules, err error) {
	defer fault.Wrap(&err, "group.AllRules")
	all, err := db.All(tx, (*Rules).dest, `SELECT `+rulesColumns+` FROM registration_rules`)
	if err != nil {
		return nil, err
	}
	for _, k := range Kinds {
		for _, r := range all {
			if r.Kind == k {
				out = append(out, r)
			}
		}
	}
	return out, nil
}

// SaveRules changes the rules of a kind.
func SaveRules(tx *db.Tx, r Rules) (err error) {
	defer fault.Wrap(&err, "group.SaveRules(%s)", r.Kind)
	var c fault.Check
	c.Field(r.MinMembers >= 0 && r.MinMembers <= 10000, "min_members", "groups.error.number")
	c.Field(r.ResidentPercent >= 0 && r.ResidentPercent <= 100, "resident_percent", "groups.error.number")
	c.Field(r.ValidMonths >= 0 && r.ValidMonths <= 120, "valid_months", "groups.error.number")
	if err := c.Err(); err != nil {
		return err
	}
	n, err := tx.Exec(`UPDATE registration_rules SET min_members = $2, resident_percent = $3, valid_months = $4, papers = $5, office_id = $6 WHERE kind = $1`,
		string(r.Kind), r.MinMembers, r.ResidentPercent, r.ValidMonths, r.Papers, r.Office)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.NotFound, "groups.error.kind")
	}
	tx.Touch(Topic)
	return audit.Record(tx, audit.Entry{Action: "groups.rules", Subject: "group", Detail: map[string]string{"kind": string(r.Kind)}})
}

// Shown is what a group shows of itself when it applies.
type Shown struct {
	Members, Residents int64
	Representative     bool
	Papers             bool
	About              bool
}

// Check says what is missing, step by step: members, officers, papers, profile.
func (r *Rules) Check(s Shown) error {
	var c fault.Check
	c.Field(s.Members >= r.MinMembers, "members", "groups.error.members", "min", r.MinMembers, "have", s.Members)
	c.Field(s.Residents*100 >= s.Members*r.ResidentPercent, "members", "groups.error.residents", "percent", r.ResidentPercent)
	c.Field(s.Representative, "officers", "groups.error.representative")
	c.Field(s.Papers || !r.Papers, "papers", "groups.error.papers")
	c.Field(s.About, "profile", "groups.error.about")
	return c.Err()
}
