package desk

import (
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
)

// checkStep says what is wrong with a step. Before the reader has said for whom
// they book, a time is good that one of those they book for can have; then it is
// asked of the one they chose.
func (d *Desk) checkStep(tx *db.Tx, step string, person db.ID, b *bookData) error {
	if step == stepWhen && !b.Draft.has("for") && len(b.Groups) > 0 {
		var failed error
		for _, o := range b.Groups {
			one := b.Draft
			one.Group, _ = db.ParseID(o.Value) // 0: for themselves
			err := one.check(step, person, d.svc, tx, b.Room)
			if err == nil {
				return nil
			}
			if failed == nil {
				failed = err
			}
		}
		return failed
	}
	if err := b.Draft.check(step, person, d.svc, tx, b.Room); err != nil || step != stepWho {
		return err
	}
	return d.svc.CheckHolder(tx, b.Draft.wish(person, i18n.Ja), b.Room)
}
