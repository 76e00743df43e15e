package draws

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"kakehashi/engines/draw"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/inbox"
)

// Typed is what one clerk read of a public value.
type Typed struct {
	Person db.ID
	Value  string // as draw.CleanValue has it
	At     time.Time
}

// Values lists what clerks have typed of a draw's value, the earliest first.
func Values(tx *db.Tx, id db.ID) (_ []Typed, err error) {
	defer fault.Wrap(&err, "draws.Values(%v)", id)
	type row struct {
		Typed
		at int64
	}
	rows, err := db.All(tx, func(r *row) []any { return []any{&r.Person, &r.Value, &r.at} },
		`SELECT person_id, value, typed_at FROM draw_values WHERE draw_id = $1 ORDER BY typed_at, person_id LIMIT 100`, id)
	out := make([]Typed, len(rows))
	for i, r := range rows {
		out[i] = r.Typed
		out[i].At = db.Time(r.at)
	}
	return out, err
}

// Type keeps the value that a clerk read, and draws when another clerk has read
// the same. It reports whether the draw was run. Whoever typed before may type
// again.
func (x *Draws) Type(ctx context.Context, actor db.Actor, id db.ID, value string) (ran bool, err error) {
	defer fault.Wrap(&err, "draws.Type(%v)", id)
	value = draw.CleanValue(value)
	err = x.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		ran = false
		d, err := Get(tx, id)
		if err != nil {
			return err
		}
		var c fault.Check
		c.Field(value != "" && len(value) <= mostText, "value", "draws.error.empty")
		if err := c.Err(); err != nil {
			return err
		}
		switch {
		case d.State != Frozen || d.Source != draw.Typed:
			return fault.New(fault.Conflict, "draws.error.not_now")
		case tx.Now.Before(d.Due):
			return fault.New(fault.Conflict, "draws.error.not_due", "day", jp.DateOf(d.Due))
		}
		if _, err := tx.Exec(`INSERT INTO draw_values (draw_id, person_id, value, typed_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (draw_id, person_id) DO UPDATE SET value = excluded.value, typed_at = excluded.typed_at`,
			id, tx.Actor.Person, value, tx.Now); err != nil {
			return err
		}
		tx.Touch(Topic)
		if err := audit.Record(tx, audit.Entry{Action: "draws.type", Subject: "draw", ID: id, Detail: map[string]string{"value": value}}); err != nil {
			return err
		}
		// Two who type at once must see each other: the draw's row is held.
		if _, err := tx.Exec(`UPDATE draws SET version = version WHERE id = $1`, id); err != nil {
			return err
		}
		typed, err := Values(tx, id)
		if err != nil {
			return err
		}
		agree := slices.ContainsFunc(typed, func(t Typed) bool { return t.Person != tx.Actor.Person && t.Value == value })
		if !agree {
			return nil
		}
		ran = true
		// Who they are stays in the log: the proof is for everybody.
		return x.run(tx, d, []draw.Reveal{{Who: "clerk-1", Value: value}, {Who: "clerk-2", Value: value}})
	})
	return ran, err
}

// pledge keeps a group's promise of a word, where the words of entrants are the
// source. The first entry of a group needs one.
func (x *Draws) pledge(tx *db.Tx, d Draw, e Entry, first bool) error {
	if d.Source != draw.Entrants || e.Pledge == "" && !first {
		return nil
	}
	var c fault.Check
	word := plainWord(e.Pledge)
	c.Field(word != "" && len(word) <= mostText, "pledge", "draws.error.empty")
	if err := c.Err(); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO draw_pledges (draw_id, group_id, hash, word) VALUES ($1, $2, $3, '')
		ON CONFLICT (draw_id, group_id) DO UPDATE SET hash = excluded.hash`, d.ID, e.Group, draw.PledgeOf(x.Alias(d.ID, e.Group), word))
	return err
}

type pledgeRow struct {
	group      db.ID
	hash, word string
}

func pledgeRows(tx *db.Tx, id db.ID) ([]pledgeRow, error) {
	return db.All(tx, func(p *pledgeRow) []any { return []any{&p.group, &p.hash, &p.word} },
		`SELECT group_id, hash, word FROM draw_pledges WHERE draw_id = $1 ORDER BY group_id`, id)
}

// pledges are the promises of the groups on the list.
func (x *Draws) pledges(tx *db.Tx, id db.ID, on map[string]db.ID) ([]draw.Pledge, error) {
	rows, err := pledgeRows(tx, id)
	var out []draw.Pledge
	for _, p := range rows {
		if alias := x.Alias(id, p.group); on[alias] != 0 {
			out = append(out, draw.Pledge{Group: alias, Hash: p.hash})
		}
	}
	return out, err
}

// Revealed reports whether the group has promised a word, and told it.
func Revealed(tx *db.Tx, id, group db.ID) (pledged, revealed bool, err error) {
	defer fault.Wrap(&err, "draws.Revealed(%v, %v)", id, group)
	p, err := db.One(tx, func(p *pledgeRow) []any { return []any{&p.hash, &p.word} },
		`SELECT hash, word FROM draw_pledges WHERE draw_id = $1 AND group_id = $2`, id, group)
	if fault.Is(err, fault.NotFound) {
		return false, false, nil
	}
	return p.hash != "", p.word != "", err
}

// Reveal keeps the word that a group has promised, once the list is frozen and
// until the draw is run. It returns Invalid with the field word for another word.
func (x *Draws) Reveal(ctx context.Context, actor db.Actor, id, group db.ID, word string) (err error) {
	defer fault.Wrap(&err, "draws.Reveal(%v, %v)", id, group)
	word = plainWord(word)
	return x.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
		d, err := Get(tx, id)
		if err != nil {
			return err
		}
		if d.State != Frozen || d.Source != draw.Entrants {
			return fault.New(fault.Conflict, "draws.error.not_now")
		}
		n, err := tx.Exec(`UPDATE draw_pledges SET word = $3 WHERE draw_id = $1 AND group_id = $2 AND hash = $4`,
			id, group, word, draw.PledgeOf(x.Alias(id, group), word))
		if err != nil {
			return err
		}
		var c fault.Check
		c.Field(n == 1, "word", "draws.error.word")
		if err := c.Err(); err != nil {
			return err
		}
		tx.Touch(Topic)
		return audit.Record(tx, audit.Entry{Action: "draws.reveal", Subject: "draw", ID: id})
	})
}

// decide makes a draw whose value is due run, or asks its office for the value.
func (x *Draws) decide(ctx context.Context, d Draw) (err error) {
	defer fault.Wrap(&err, "draws.decide(%v)", d.ID)
	var reveals []draw.Reveal
	switch d.Source {
	case draw.Typed:
		return x.askValue(ctx, d)
	case draw.Beacon:
		value, err := x.fetch(ctx, d)
		if err != nil {
			return err
		}
		reveals = []draw.Reveal{{Who: "drand", Value: value}}
	}
	return x.deps.DB.Write(ctx, db.Actor{Via: "job"}, func(tx *db.Tx) error {
		d, err := Get(tx, d.ID)
		if err != nil || d.State != Frozen {
			return err
		}
		words := reveals
		if d.Source == draw.Entrants {
			if words, err = x.words(tx, d); err != nil {
				return err
			}
			if len(words) < 2 { // goes on as soon as a second group tells its word
				d.Next = tx.Now.Add(time.Hour)
				_, err := move(tx, &d)
				return err
			}
		}
		return x.run(tx, d, words)
	})
}

// words are those that groups have told.
func (x *Draws) words(tx *db.Tx, d Draw) ([]draw.Reveal, error) {
	rows, err := pledgeRows(tx, d.ID)
	var out []draw.Reveal
	for _, p := range rows {
		alias := x.Alias(d.ID, p.group)
		if p.word != "" && p.hash == draw.PledgeOf(alias, p.word) {
			out = append(out, draw.Reveal{Who: alias, Value: p.word})
		}
	}
	return out, err
}

// askValue lets the value wait for the office to be typed.
func (x *Draws) askValue(ctx context.Context, d Draw) error {
	return x.deps.DB.Write(ctx, db.Actor{Via: "job"}, func(tx *db.Tx) error {
		d, err := Get(tx, d.ID)
		if err != nil || d.State != Frozen {
			return err
		}
		d.Next = time.Time{}
		if ok, err := move(tx, &d); err != nil || !ok {
			return err
		}
		return inbox.Open(tx, inbox.Item{
			Office: d.Office, Kind: ValueInbox, Subject: d.ID, Key: "draws.waiting.value",
			Args: map[string]string{"what": d.What}, Due: jp.DateOf(d.Due), Link: "/office" + Path(d.ID),
		})
	})
}

// fetch asks the beacon for the round that the frozen list names.
func (x *Draws) fetch(ctx context.Context, d Draw) (string, error) {
	if x.near.Beacon == nil {
		return "", errors.New("the city asks no beacon any more, but the frozen list names one")
	}
	round, err := strconv.ParseUint(d.What[strings.LastIndexByte(d.What, ' ')+1:], 10, 64)
	if err != nil {
		return "", err
	}
	if d.What != x.near.Beacon.Chain.What(round) {
		return "", errors.New("the frozen list names another beacon")
	}
	return x.near.Beacon.Get(ctx, round)
}
