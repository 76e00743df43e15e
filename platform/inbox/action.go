package inbox

import (
	"context"
	"errors"
	"fmt"

	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// Action is something a clerk can do to many items of a kind at once.
type Action struct {
	Kind     string // of the items it fits
	Name     string // in URLs: "approve"
	LabelKey string // message key of its button
	Reason   bool   // whether the clerk must say why
	// Do does it to one subject in its own transaction. It closes the item
	// itself, or leaves it open.
	Do func(ctx context.Context, actor db.Actor, subject db.ID, reason string) error
}

// Actions are the bulk actions of all kinds.
type Actions struct {
	kinds  []string
	byKind map[string][]Action
}

// NewActions returns the actions of all modules. An action without a part, or
// two of one kind and name, is a mistake of the program and an error.
func NewActions(actions ...Action) (*Actions, error) {
	a := &Actions{byKind: map[string][]Action{}}
	for _, act := range actions {
		if act.Kind == "" || act.Name == "" || act.LabelKey == "" || act.Do == nil {
			return nil, fmt.Errorf("inbox action %s/%s: a part is missing", act.Kind, act.Name)
		}
		if _, ok := a.find(act.Kind, act.Name); ok {
			return nil, fmt.Errorf("inbox action %s/%s: declared twice", act.Kind, act.Name)
		}
		if a.byKind[act.Kind] == nil {
			a.kinds = append(a.kinds, act.Kind)
		}
		a.byKind[act.Kind] = append(a.byKind[act.Kind], act)
	}
	return a, nil
}

// Kinds returns the kinds that have actions, in the order they were given.
func (a *Actions) Kinds() []string { return a.kinds }

// For returns the actions of the kind, in the order they were given.
func (a *Actions) For(kind string) []Action { return a.byKind[kind] }

func (a *Actions) find(kind, name string) (Action, bool) {
	for _, act := range a.byKind[kind] {
		if act.Name == name {
			return act, true
		}
	}
	return Action{}, false
}

// MaxBulk is how many items one bulk run takes at most.
const MaxBulk = 500

// Result is what became of one item in a bulk run.
type Result struct {
	Item    db.ID
	Subject db.ID // 0 when the item was not found
	Err     error // nil when done; a fault where the clerk can do something
}

// Run applies the action to each of the open items, which must wait for one of
// the offices, and reports on each in the order given. Each item succeeds or
// fails on its own; a panic of an action is that item's failure. The error is
// about the run as a whole: nothing was done then.
func (a *Actions) Run(ctx context.Context, d *db.DB, actor db.Actor, offices []db.ID, name string, items []db.ID, reason string) (results []Result, err error) {
	defer fault.Wrap(&err, "inbox.Run(%s, %d items)", name, len(items))
	if len(items) > MaxBulk {
		return nil, fault.New(fault.Invalid, "inbox.error.many", "max", MaxBulk)
	}
	found, err := pick(ctx, d, offices, items)
	if err != nil {
		return nil, err
	}
	results = make([]Result, len(items))
	seen := make(map[db.ID]int, len(items))
	for i, id := range items {
		if first, ok := seen[id]; ok {
			results[i] = results[first]
			continue
		}
		seen[id] = i
		it, ok := found[id]
		results[i] = Result{Item: id, Subject: it.Subject}
		switch {
		case !ok:
			results[i].Err = fault.New(fault.NotFound, "inbox.error.missing")
		case !it.ClosedAt.IsZero():
			results[i].Err = fault.New(fault.Conflict, "inbox.error.closed")
		case ctx.Err() != nil:
			results[i].Err = fault.New(fault.Unavailable, "inbox.error.stopped").Because(ctx.Err())
		default:
			results[i].Err = a.one(ctx, actor, it, name, reason)
		}
	}
	return results, nil
}

// pick reads those of the items that wait, or waited, for one of the offices.
func pick(ctx context.Context, d *db.DB, offices, items []db.ID) (map[db.ID]Item, error) {
	found := make(map[db.ID]Item, len(items))
	if len(offices) == 0 || len(items) == 0 {
		return found, nil
	}
	return found, d.Read(ctx, func(tx *db.Tx) error {
		var q query
		q.text.WriteString(`SELECT ` + columns + ` FROM inbox_items WHERE `)
		q.offices(offices)
		q.text.WriteString(` AND id IN (`)
		for i, id := range items {
			if i > 0 {
				q.text.WriteString(`, `)
			}
			q.text.WriteString(q.arg(int64(id)))
		}
		q.text.WriteString(`)`)
		rows, err := db.All(tx, (*stored).scan, q.text.String(), q.args...)
		if err != nil {
			return err
		}
		for i := range rows {
			it, err := rows[i].item()
			if err != nil {
				return err
			}
			found[it.ID] = it
		}
		return nil
	})
}

// one applies the action of the item's kind to its subject.
func (a *Actions) one(ctx context.Context, actor db.Actor, it Item, name, reason string) (err error) {
	act, ok := a.find(it.Kind, name)
	if !ok {
		return fault.New(fault.Invalid, "inbox.error.action")
	}
	if act.Reason && reason == "" {
		return fault.New(fault.Invalid, "inbox.error.reason")
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("inbox action %s/%s: panic: %v", act.Kind, act.Name, p)
		}
	}()
	err = act.Do(ctx, actor, it.Subject, reason)
	if err != nil && errors.Is(err, context.Cause(ctx)) {
		return fault.New(fault.Unavailable, "inbox.error.stopped").Because(err)
	}
	return err
}
