package groups

import (
	"kakehashi/platform/db"
	"kakehashi/platform/db/byid"
	"kakehashi/platform/fault"
)

// GroupKinds returns the kinds of the groups by id; the message groups.kind.K
// names each. Groups that do not exist are left out.
func (g *Groups) GroupKinds(tx *db.Tx, ids []db.ID) (_ map[db.ID]string, err error) {
	defer fault.Wrap(&err, "groups.GroupKinds(%d)", len(ids))
	type row struct {
		id   db.ID
		kind string
	}
	rows, err := byid.Rows(tx, func(r *row) []any { return []any{&r.id, &r.kind} }, `SELECT id, kind FROM groups WHERE id IN ({{ids}})`, ids)
	out := make(map[db.ID]string, len(rows))
	for _, r := range rows {
		out[r.id] = r.kind
	}
	return out, err
}

// KindKey returns the message that names a kind of group.
func KindKey(kind string) string { return "groups.kind." + kind }
