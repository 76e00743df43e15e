package groups

import (
	"kakehashi/platform/db"
	"kakehashi/platform/db/byid"
	"kakehashi/platform/i18n"
)

// ListedNames returns the names of those of the groups that show themselves to
// everybody, in one turn; what stands on a wall may name only them.
func (g *Groups) ListedNames(tx *db.Tx, ids []db.ID) (map[db.ID]i18n.Text, error) {
	type row struct {
		id   db.ID
		name i18n.Text
	}
	rows, err := byid.Rows(tx, func(r *row) []any { return []any{&r.id, &r.name} },
		`SELECT id, name FROM groups WHERE listed = 1 AND state = 'registered' AND id IN ({{ids}})`, ids)
	out := make(map[db.ID]i18n.Text, len(rows))
	for _, r := range rows {
		out[r.id] = r.name
	}
	return out, err
}
