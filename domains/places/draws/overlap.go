package draws

import (
	"context"
	"slices"
	"strings"

	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/inbox"
)

// Pair are two groups of a draw that share members beyond the rule, and what the
// office decided.
type Pair struct {
	Overlap
	Aside  db.ID // the group that was set aside; 0: none
	Reason string
	By     db.ID // who decided; 0: nobody yet
}

// mostPairs is how many pairs a draw keeps, those that share most.
const mostPairs = 500

// Pairs lists the pairs of a draw, those that share most first.
func Pairs(tx *db.Tx, id db.ID) (_ []Pair, err error) {
	defer fault.Wrap(&err, "draws.Pairs(%v)", id)
	return db.All(tx, func(p *Pair) []any { return []any{&p.A, &p.B, &p.Shared, &p.Percent, &p.Aside, &p.Reason, &p.By} },
		`SELECT group_id, other_id, shared, percent, aside_id, reason, decided_by FROM draw_overlaps
		WHERE draw_id = $1 ORDER BY percent DESC, group_id, other_id LIMIT $2`, id, mostPairs)
}

func pair(tx *db.Tx, id, a, b db.ID) (Pair, error) {
	return db.One(tx, func(p *Pair) []any { return []any{&p.A, &p.B, &p.Shared, &p.Percent, &p.Aside, &p.Reason, &p.By} },
		`SELECT group_id, other_id, shared, percent, aside_id, reason, decided_by FROM draw_overlaps
		WHERE draw_id = $1 AND group_id = $2 AND other_id = $3`, id, a, b)
}

// Compare looks for groups of the draw that share members beyond its rule. What
// was decided of a pair stays.
func (x *Draws) Compare(ctx context.Context, actor db.Actor, id db.ID) (err error) {
	defer fault.Wrap(&err, "draws.Compare(%v)", id)
	var found []Overlap
	err = x.deps.DB.Read(ctx, func(tx *db.Tx) error {
		found = nil
		d, err := Get(tx, id)
		if err != nil || d.Rule.Overlap == 0 || x.near.Overlap == nil {
			return err
		}
		groups, err := db.All(tx, func(id *db.ID) []any { return []any{id} },
			`SELECT DISTINCT group_id FROM draw_entries WHERE draw_id = $1 AND state <> 'withdrawn' ORDER BY group_id LIMIT 20000`, id)
		if err != nil {
			return err
		}
		found, err = x.near.Overlap(tx, groups, d.Rule.Overlap)
		return err
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(found, func(a, b Overlap) int { return int(b.Percent - a.Percent) })
	found = found[:min(len(found), mostPairs)]
	return x.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		d, err := Get(tx, id)
		if err != nil || d.State != Open {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM draw_overlaps WHERE draw_id = $1 AND decided_by = 0`, id); err != nil {
			return err
		}
		for _, o := range found {
			if _, err := tx.Exec(`INSERT INTO draw_overlaps (draw_id, group_id, other_id, shared, percent, aside_id, reason, decided_by)
				VALUES ($1, $2, $3, $4, $5, 0, '', 0) ON CONFLICT (draw_id, group_id, other_id) DO UPDATE SET shared = excluded.shared, percent = excluded.percent`,
				id, o.A, o.B, o.Shared, o.Percent); err != nil {
				return err
			}
		}
		if !tx.Now.Before(d.Closes) {
			d.Counted, d.Next = true, d.Freezes
			if ok, err := move(tx, &d); err != nil || !ok {
				return err
			}
		}
		return x.askPairs(tx, d)
	})
}

// askPairs lets the pairs that nobody has decided on wait for the office.
func (x *Draws) askPairs(tx *db.Tx, d Draw) error {
	var open int
	if err := tx.Row(`SELECT COUNT(*) FROM draw_overlaps WHERE draw_id = $1 AND decided_by = 0`, d.ID).Scan(&open); err != nil {
		return err
	}
	tx.Touch(Topic)
	if open == 0 {
		return inbox.Close(tx, OverlapInbox, d.ID)
	}
	return inbox.Open(tx, inbox.Item{
		Office: d.Office, Kind: OverlapInbox, Subject: d.ID, Key: "draws.waiting.overlap",
		Args: map[string]string{"month": d.Month.String()}, Link: "/office" + Path(d.ID),
	})
}

// Names reads the names of the members that two groups of a pair share, for the
// reason given; the reading is in the log. It returns Invalid with the field
// reason without one.
func (x *Draws) Names(ctx context.Context, actor db.Actor, id, a, b db.ID, reason string) (names []string, err error) {
	defer fault.Wrap(&err, "draws.Names(%v, %v, %v)", id, a, b)
	if err := given(reason); err != nil {
		return nil, err
	}
	err = x.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		p, err := pair(tx, id, a, b)
		if err != nil {
			return err
		}
		if names, err = x.near.Shared(tx, p.A, p.B); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "draws.overlap.read", Subject: "draw", ID: id,
			Detail: map[string]string{"groups": p.A.String() + " " + p.B.String(), "reason": strings.TrimSpace(reason)}})
	})
	return names, err
}

// given checks that a reason was given.
func given(reason string) error {
	var c fault.Check
	c.Field(strings.TrimSpace(reason) != "", "reason", "draws.error.empty")
	c.Field(len(reason) <= 3*MaxPurpose, "reason", "draws.error.wordy", "most", MaxPurpose)
	return c.Err()
}

// Decide settles a pair before the list is frozen: both stand, or the entries of
// the group aside are set aside with the reason, which the group is told.
func (x *Draws) Decide(ctx context.Context, actor db.Actor, id, a, b, aside db.ID, reason string) (err error) {
	defer fault.Wrap(&err, "draws.Decide(%v, %v, %v)", id, a, b)
	if err := given(reason); err != nil {
		return err
	}
	return x.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		p, err := pair(tx, id, a, b)
		if err != nil {
			return err
		}
		d, err := Get(tx, id)
		if err != nil {
			return err
		}
		if d.State != Open || p.By != 0 || aside != 0 && aside != a && aside != b {
			return fault.New(fault.Conflict, "draws.error.changed")
		}
		// The list that is being frozen at this moment starts anew.
		if ok, err := move(tx, &d); err != nil || !ok {
			return again(err)
		}
		if _, err := tx.Exec(`UPDATE draw_overlaps SET aside_id = $4, reason = $5, decided_by = $6 WHERE draw_id = $1 AND group_id = $2 AND other_id = $3`,
			id, a, b, aside, strings.TrimSpace(reason), tx.Actor.Person); err != nil {
			return err
		}
		if aside != 0 {
			if err := x.setAside(tx, d, aside, strings.TrimSpace(reason)); err != nil {
				return err
			}
		}
		if err := audit.Record(tx, audit.Entry{Action: "draws.overlap", Subject: "draw", ID: id,
			Detail: map[string]string{"groups": a.String() + " " + b.String(), "aside": aside.String()}}); err != nil {
			return err
		}
		return x.askPairs(tx, d)
	})
}

// setAside takes a group's entries out of the draw and tells the group why.
func (x *Draws) setAside(tx *db.Tx, d Draw, group db.ID, reason string) error {
	has, err := EntriesOf(tx, d.ID, group)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE draw_entries SET state = 'aside', reason = $3, version = version + 1, changed_at = $4
		WHERE draw_id = $1 AND group_id = $2 AND state = 'entered'`, d.ID, group, reason, tx.Now); err != nil {
		return err
	}
	told := map[db.ID]bool{}
	for _, e := range has {
		if e.Standing != Entered || told[e.Person] {
			continue
		}
		told[e.Person], e.Reason = true, reason
		if err := x.tell(tx, asideMail, d, e); err != nil {
			return err
		}
	}
	return nil
}
