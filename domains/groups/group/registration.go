package group

import (
	"slices"
	"strings"
	"time"

	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/receipt"
)

// The kinds of a registration. They name the inbox's kinds too.
const (
	New     = "new"
	Renewal = "renewal"
)

// The kinds of items in an office's inbox, and of mails.
const (
	InboxNew     = "groups.registration"
	InboxRenewal = "groups.renewal"
	MailReceived = "groups.received"
	MailDecided  = "groups.decided"
	MailRenew    = "groups.renew"
)

// InboxKind is the kind of item under which a registration waits.
func InboxKind(kind string) string {
	if kind == Renewal {
		return InboxRenewal
	}
	return InboxNew
}

// Approved is the state of a registration that was granted; the others share
// the names of a group's states.
const Approved State = "approved"

// Reasons are what an office says most often, as parts of message keys.
var Reasons = []string{"members", "residents", "rules", "officers", "profile", "purpose", "papers"}

// Registration is one application of a group.
type Registration struct {
	ID        db.ID
	Group     db.ID
	Kind      string // New or Renewal
	State     State  // Draft, Sent, Changes, Refused or Approved
	Receipt   string // "" until sent
	Office    db.ID
	Applicant db.ID
	Members   int64 // when it was sent
	Residents int64
	SentAt    time.Time
	Due       jp.Date
	DecidedAt time.Time
	DecidedBy db.ID
	Reasons   []string
	Note      string  // of the office, in its own words
	Until     jp.Date // last day of what was granted
}

// Open reports whether the applicant can still work on it.
func (r *Registration) Open() bool { return r.State == Draft || r.State == Changes }

const registrationColumns = `id, group_id, kind, state, receipt, office_id, applicant, members, residents, sent_at, due, decided_at, decided_by, reasons, note, valid_until`

type registrationRow struct {
	Registration
	sent, decided int64
	reasons       string
}

func (r *registrationRow) dest() []any {
	return []any{&r.ID, &r.Group, &r.Kind, &r.State, &r.Receipt, &r.Office, &r.Applicant, &r.Members, &r.Residents, &r.sent, &r.Due,
		&r.decided, &r.DecidedBy, &r.reasons, &r.Note, &r.Until}
}

func (r *registrationRow) registration() Registration {
	r.SentAt, r.DecidedAt = db.Time(r.sent), db.Time(r.decided)
	if r.reasons != "" {
		r.Reasons = strings.Split(r.reasons, ",")
	}
	return r.Registration
}

func registrations(tx *db.Tx, query string, arg any) (out []Registration, err error) {
	rows, err := db.All(tx, (*registrationRow).dest, query, arg)
	for i := range rows {
		out = append(out, rows[i].registration())
	}
	return out, err
}

// Registrations returns every application of the group, the newest first.
func Registrations(tx *db.Tx, group db.ID) (_ []Registration, err error) {
	defer fault.Wrap(&err, "group.Registrations(%v)", group)
	return registrations(tx, `SELECT `+registrationColumns+` FROM registrations WHERE group_id = $1 ORDER BY id DESC LIMIT 200`, group)
}

// ByApplicant returns what a person applied for, the newest first.
func ByApplicant(tx *db.Tx, person db.ID) (_ []Registration, err error) {
	defer fault.Wrap(&err, "group.ByApplicant(%v)", person)
	return registrations(tx, `SELECT `+registrationColumns+` FROM registrations WHERE applicant = $1 ORDER BY id DESC LIMIT 200`, person)
}

// GetRegistration returns one application, or NotFound.
func GetRegistration(tx *db.Tx, id db.ID) (_ Registration, err error) {
	defer fault.Wrap(&err, "group.GetRegistration(%v)", id)
	row, err := db.One(tx, (*registrationRow).dest, `SELECT `+registrationColumns+` FROM registrations WHERE id = $1`, id)
	return row.registration(), err
}

// Latest returns the newest application of the group; ok is false when there
// never was one, as for offices.
func Latest(tx *db.Tx, group db.ID) (r Registration, ok bool, err error) {
	all, err := Registrations(tx, group)
	if err != nil || len(all) == 0 {
		return r, false, err
	}
	return all[0], true, nil
}

// Begin starts an application: a group that only the applicant and the offices
// see, with the applicant as its representative.
func (s *Service) Begin(tx *db.Tx, applicant db.ID, g Group) (_ Group, err error) {
	defer fault.Wrap(&err, "group.Begin(%v)", applicant)
	if g.Kind == Office {
		return g, fault.New(fault.Denied, "groups.error.kind")
	}
	g.State, g.Listed = Draft, true
	if err := insert(tx, &g); err != nil {
		return g, err
	}
	name, err := s.people.PersonName(tx, applicant)
	if err != nil {
		return g, err
	}
	home, err := s.people.PersonTown(tx, applicant)
	if err != nil {
		return g, err
	}
	m, err := AddMember(tx, Member{Group: g.ID, Person: applicant, Name: name, Town: home})
	if err != nil {
		return g, err
	}
	since := Today(tx)
	until := jp.NewDate(jp.FiscalYear(since)+1, 3, 31)
	if err := insertTerm(tx, Term{Group: g.ID, Member: m.ID, Role: Representative, Since: since, Until: until}); err != nil {
		return g, err
	}
	return g, draft(tx, g.ID, applicant, New)
}

// draft opens an application without a receipt.
func draft(tx *db.Tx, group, applicant db.ID, kind string) error {
	_, err := tx.Exec(`INSERT INTO registrations (`+registrationColumns+`)
		VALUES ($1, $2, $3, 'draft', '', 0, $4, 0, 0, 0, '', 0, 0, '', '', '')`, db.NewID(), group, kind, applicant)
	return err
}

// Shows gathers what the group shows of itself; files is how many it uploaded.
func Shows(tx *db.Tx, g *Group, files int) (s Shown, err error) {
	defer fault.Wrap(&err, "group.Shows(%v)", g.ID)
	if s.Members, s.Residents, err = Count(tx, g.ID); err != nil {
		return s, err
	}
	terms, err := Terms(tx, g.ID)
	if err != nil {
		return s, err
	}
	for i := range terms {
		if t := &terms[i]; t.Role == Representative && t.open(Today(tx)) {
			s.Representative = true
		}
	}
	about, _ := g.About.Pick(i18n.Ja)
	s.Papers, s.About = files > 0 || g.Rules != "", about != ""
	return s, nil
}

// Send hands the application in. It is Invalid, step by step, when the rules
// ask for more. A renewal is begun by sending it.
func (s *Service) Send(tx *db.Tx, group, applicant db.ID, files int) (_ Registration, err error) {
	defer fault.Wrap(&err, "group.Send(%v)", group)
	if err := Hold(tx, group); err != nil {
		return Registration{}, err
	}
	g, err := Get(tx, group)
	if err != nil {
		return Registration{}, err
	}
	r, err := s.toSend(tx, &g, applicant)
	if err != nil {
		return r, err
	}
	rules, err := RulesFor(tx, g.Kind)
	if err != nil {
		return r, err
	}
	shown, err := Shows(tx, &g, files)
	if err != nil {
		return r, err
	}
	if err := rules.Check(shown); err != nil {
		return r, err
	}
	if r.Receipt == "" {
		if r.Receipt, err = freshReceipt(tx); err != nil {
			return r, err
		}
	}
	r.State, r.Office, r.Members, r.Residents = Sent, rules.Office, shown.Members, shown.Residents
	r.SentAt, r.Due = tx.Now, jp.WorkingDays(Today(tx), AnswerWithin)
	if _, err := tx.Exec(`UPDATE registrations SET state = 'sent', receipt = $2, office_id = $3, members = $4, residents = $5, sent_at = $6, due = $7,
		decided_at = 0, decided_by = 0, reasons = '', note = '' WHERE id = $1`,
		r.ID, r.Receipt, r.Office, r.Members, r.Residents, r.SentAt, r.Due); err != nil {
		return r, err
	}
	if r.Kind == New {
		if err := setState(tx, group, Sent); err != nil {
			return r, err
		}
	}
	tx.Touch(Topic)
	if r.Office != 0 {
		name, _ := g.Name.Pick(i18n.Ja)
		err := inbox.Open(tx, inbox.Item{
			Office: r.Office, Kind: InboxKind(r.Kind), Subject: r.ID, Key: "groups.waiting." + r.Kind, Due: r.Due,
			Args: map[string]string{"name": name, "receipt": r.Receipt}, Link: "/office/groups/" + group.String(),
		})
		if err != nil {
			return r, err
		}
	}
	if err := s.tell(tx, MailReceived, &g, &r); err != nil {
		return r, err
	}
	return r, audit.Record(tx, audit.Entry{Action: "groups.send", Subject: "group", ID: group, Person: r.Applicant, Detail: map[string]string{"receipt": r.Receipt}})
}

// toSend returns the application that is sent next: the open one, or a renewal
// made now.
func (s *Service) toSend(tx *db.Tx, g *Group, applicant db.ID) (Registration, error) {
	r, ok, err := Latest(tx, g.ID)
	if err != nil || ok && r.Open() {
		return r, err
	}
	if ok && r.State == Sent {
		return r, fault.New(fault.Conflict, "groups.error.waiting", "receipt", r.Receipt)
	}
	if g.State != Registered {
		return r, fault.New(fault.Conflict, "groups.error.state")
	}
	if err := draft(tx, g.ID, applicant, Renewal); err != nil {
		return r, err
	}
	r, _, err = Latest(tx, g.ID)
	return r, err
}

// freshReceipt draws until the number is nobody's; the index would refuse a
// second one, and doom the transaction with it.
func freshReceipt(tx *db.Tx) (string, error) {
	for {
		receipt := receipt.New()
		n, err := db.One(tx, func(n *int64) []any { return []any{n} }, `SELECT COUNT(*) FROM registrations WHERE receipt = $1`, receipt)
		if err != nil || n == 0 {
			return receipt, err
		}
	}
}

// Verdict is an office's decision.
type Verdict struct {
	State   State    // Approved, Changes or Refused
	Reasons []string // some of Reasons; needed, or Note, unless Approved
	Note    string
}

// Decide gives the office's answer to an application that waits, tells the
// applicant, and on approval gives the officers their posts. Deciding what is
// decided is a Conflict.
func (s *Service) Decide(tx *db.Tx, id db.ID, v Verdict) (_ Registration, err error) {
	defer fault.Wrap(&err, "group.Decide(%v, %s)", id, v.State)
	r, err := GetRegistration(tx, id)
	if err != nil {
		return r, err
	}
	if err := Hold(tx, r.Group); err != nil {
		return r, err
	}
	if r, err = GetRegistration(tx, id); err != nil { // as it stands now that nobody else decides
		return r, err
	}
	if r.State != Sent {
		return r, fault.New(fault.Conflict, "groups.error.decided")
	}
	v.Note = strings.TrimSpace(v.Note)
	v.Reasons = slices.DeleteFunc(v.Reasons, func(s string) bool { return !slices.Contains(Reasons, s) })
	var c fault.Check
	c.Field(v.State == Approved || v.State == Changes || v.State == Refused, "decision", "groups.error.decision")
	c.Field(v.State == Approved || len(v.Reasons) > 0 || v.Note != "", "note", "groups.error.reason")
	c.Field(len([]rune(v.Note)) <= MaxText, "note", "groups.error.long", "max", MaxText)
	if err := c.Err(); err != nil {
		return r, err
	}
	g, err := Get(tx, r.Group)
	if err != nil {
		return r, err
	}
	r.State, r.Reasons, r.Note, r.DecidedAt, r.DecidedBy = v.State, v.Reasons, v.Note, tx.Now, tx.Actor.Person
	if v.State == Approved {
		if err := s.register(tx, &g, &r); err != nil {
			return r, err
		}
	} else if r.Kind == New {
		if err := setState(tx, g.ID, v.State); err != nil {
			return r, err
		}
	}
	if _, err := tx.Exec(`UPDATE registrations SET state = $2, reasons = $3, note = $4, decided_at = $5, decided_by = $6, valid_until = $7 WHERE id = $1`,
		r.ID, string(r.State), strings.Join(r.Reasons, ","), r.Note, r.DecidedAt, r.DecidedBy, r.Until); err != nil {
		return r, err
	}
	tx.Touch(Topic)
	if err := inbox.CloseAs(tx, InboxKind(r.Kind), r.ID, "groups.outcome."+string(v.State)); err != nil {
		return r, err
	}
	if err := s.tell(tx, MailDecided, &g, &r); err != nil {
		return r, err
	}
	return r, audit.Record(tx, audit.Entry{Action: "groups.decide", Subject: "group", ID: g.ID, Person: r.Applicant, Detail: map[string]string{"decision": string(v.State), "receipt": r.Receipt}})
}

// register lets the group be registered until the rules say, and gives its
// officers their posts. A renewal in time goes on from the last day of what it
// renews.
func (s *Service) register(tx *db.Tx, g *Group, r *Registration) error {
	rules, err := RulesFor(tx, g.Kind)
	if err != nil {
		return err
	}
	from := Today(tx)
	if r.Kind == Renewal && !g.Until.IsZero() && !g.Until.Before(from) {
		from = g.Until.AddDays(1)
	}
	if rules.ValidMonths > 0 {
		r.Until = from.AddMonths(int(rules.ValidMonths)).AddDays(-1)
	}
	first := g.From
	if first.IsZero() {
		first = from
	}
	if _, err := tx.Exec(`UPDATE groups SET state = 'registered', registered_from = $2, registered_until = $3, reminded = 0, changed = $4 WHERE id = $1`,
		g.ID, first, r.Until, tx.Now); err != nil {
		return err
	}
	was := g.State
	g.State, g.From, g.Until = Registered, first, r.Until
	if was == Registered {
		return nil
	}
	return s.GivePosts(tx, g.ID)
}

// GivePosts gives every member who holds or will hold an office, and is a
// person, the post that goes with it.
func (s *Service) GivePosts(tx *db.Tx, group db.ID) (err error) {
	defer fault.Wrap(&err, "group.GivePosts(%v)", group)
	terms, err := Terms(tx, group)
	if err != nil {
		return err
	}
	for i := range terms {
		t := &terms[i]
		if t.Person == 0 || !t.open(Today(tx)) {
			continue
		}
		if _, err := s.people.GivePost(tx, t.Person, t.Role.Post(), scope(group), t.Since, t.Until, ""); err != nil {
			return err
		}
	}
	return nil
}

// Letter is what mails about a registration are made of.
type Letter struct {
	Group   db.ID
	Name    i18n.Text
	Kind    string
	Receipt string
	State   State
	Reasons []string
	Note    string
	Due     jp.Date
	Until   jp.Date
}

func (s *Service) tell(tx *db.Tx, kind string, g *Group, r *Registration) error {
	if r.Applicant == 0 {
		return nil
	}
	return s.send.Send(tx, deliver.Message{To: r.Applicant, Kind: kind, Office: r.Office, Data: Letter{
		Group: g.ID, Name: g.Name, Kind: r.Kind, Receipt: r.Receipt, State: r.State, Reasons: r.Reasons, Note: r.Note, Due: r.Due, Until: r.Until,
	}})
}

// remindAt are the days before the end of a registration on which its officers
// are reminded.
var remindAt = []int64{60, 30, 7}

// Remind tells the officers of every group whose registration ends soon, once
// for each of 60, 30 and 7 days before, and returns how many groups there were.
// Running it twice a day changes nothing the second time.
func (s *Service) Remind(tx *db.Tx) (groups int, err error) {
	defer fault.Wrap(&err, "group.Remind")
	today := Today(tx)
	type due struct {
		groupRow
		reminded int64
	}
	rows, err := db.All(tx, func(d *due) []any { return append(d.dest(), &d.reminded) },
		`SELECT `+groupColumns+`, reminded FROM groups WHERE state = 'registered' AND registered_until >= $1 AND registered_until <= $2`,
		today, today.AddDays(int(remindAt[0])))
	if err != nil {
		return 0, err
	}
	for i := range rows {
		g := rows[i].group()
		level := remindLevel(g.Until.Sub(today))
		if level == 0 || rows[i].reminded != 0 && rows[i].reminded <= level {
			continue
		}
		if r, ok, err := Latest(tx, g.ID); err != nil {
			return groups, err
		} else if ok && r.Kind == Renewal && r.State == Sent {
			continue // it waits for the office, not for them
		}
		if err := s.remind(tx, &g, level); err != nil {
			return groups, err
		}
		groups++
	}
	tx.Touch(Topic) // what lapsed last night is no longer public
	return groups, nil
}

// remindLevel is the smallest of remindAt that has been reached; 0 when none.
func remindLevel(days int) (level int64) {
	for _, at := range remindAt {
		if int64(days) <= at {
			level = at
		}
	}
	return level
}

func (s *Service) remind(tx *db.Tx, g *Group, level int64) error {
	if _, err := tx.Exec(`UPDATE groups SET reminded = $2 WHERE id = $1`, g.ID, level); err != nil {
		return err
	}
	terms, err := Terms(tx, g.ID)
	if err != nil {
		return err
	}
	told := map[db.ID]bool{}
	for i := range terms {
		t := &terms[i]
		if t.Person == 0 || told[t.Person] || !t.On(Today(tx)) {
			continue
		}
		told[t.Person] = true
		if err := s.send.Send(tx, deliver.Message{To: t.Person, Kind: MailRenew, Data: Letter{Group: g.ID, Name: g.Name, Until: g.Until}}); err != nil {
			return err
		}
	}
	return audit.Record(tx, audit.Entry{Action: "groups.remind", Subject: "group", ID: g.ID})
}

// ReasonWord is a reason as the applicant reads it.
//
//i18n:uses groups.reason.*
func ReasonWord(loc *i18n.Localizer, reason string) string { return loc.T("groups.reason." + reason) }
