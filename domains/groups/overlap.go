package groups

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"

	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/db/byid"
	"kakehashi/platform/fault"
)

// Overlap tells of two groups that share members, without saying who.
type Overlap struct {
	A, B    db.ID // A < B
	Shared  int64
	Percent int64 // of the smaller one's members
}

// commonName is in how many groups a name may stand before it says nothing any
// more: a name that so many share is many people.
const commonName = 50

// listAtOnce is how many groups' member lists are in memory at a time.
const listAtOnce = 100

type overlapRow struct {
	group      db.ID
	name, kana string
}

func (r *overlapRow) dest() []any { return []any{&r.group, &r.name, &r.kana} }

// key is what a member of one group is known by in another: name and reading
// without blanks, since a group's own numbers mean nothing elsewhere.
func (r *overlapRow) key() string {
	tight := func(s string) string { return strings.Join(strings.Fields(jp.Fold(s)), "") }
	return tight(r.name) + "/" + tight(r.kana)
}

const overlapQuery = `SELECT group_id, name, kana FROM memberships WHERE left_on = '' AND group_id IN ({{ids}})`

// Overlap returns the pairs of the groups that share at least so many of 100 of
// today's members of the smaller one, those that share most first. It takes one
// pass over the members and a sort; it keeps a hash of each, and no name leaves
// it. Members are the same when name and reading are, so a namesake counts as
// shared: what it says is a reason to look, and no verdict.
func (g *Groups) Overlap(tx *db.Tx, groups []db.ID, percent int) (_ []Overlap, err error) {
	defer fault.Wrap(&err, "groups.Overlap(%d)", len(groups))
	type member struct {
		key   uint64
		group int32
	}
	groups = slices.Compact(slices.Sorted(slices.Values(groups)))
	at := make(map[db.ID]int32, len(groups))
	for i, id := range groups {
		at[id] = int32(i)
	}
	size := make([]int64, len(groups))
	seed := maphash.MakeSeed()
	var all []member
	for some := range slices.Chunk(groups, listAtOnce) {
		rows, err := byid.Rows(tx, (*overlapRow).dest, overlapQuery, some)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			k := at[rows[i].group]
			size[k]++
			all = append(all, member{maphash.String(seed, rows[i].key()), k})
		}
	}
	slices.SortFunc(all, func(a, b member) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.group, b.group)) })
	all = slices.Compact(all) // one with the same name twice in one list
	shared := map[[2]int32]int64{}
	for from := 0; from < len(all); {
		to := from + 1
		for to < len(all) && all[to].key == all[from].key {
			to++
		}
		if to-from <= commonName {
			for i := from; i < to; i++ {
				for j := i + 1; j < to; j++ {
					shared[[2]int32{all[i].group, all[j].group}]++
				}
			}
		}
		from = to
	}
	var out []Overlap
	for pair, n := range shared {
		if share := n * 100 / max(1, min(size[pair[0]], size[pair[1]])); share >= int64(percent) {
			out = append(out, Overlap{groups[pair[0]], groups[pair[1]], n, share})
		}
	}
	slices.SortFunc(out, func(a, b Overlap) int {
		return cmp.Or(cmp.Compare(b.Percent, a.Percent), cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B))
	})
	return out, nil
}

// Shared names today's members that two groups share, for who has given a reason
// to read them; the reading is the caller's to record.
func (g *Groups) Shared(tx *db.Tx, a, b db.ID) (names []string, err error) {
	defer fault.Wrap(&err, "groups.Shared(%v, %v)", a, b)
	rows, err := byid.Rows(tx, (*overlapRow).dest, overlapQuery, []db.ID{a, b})
	if err != nil {
		return nil, err
	}
	in := map[string]bool{}
	for i := range rows {
		if rows[i].group == a {
			in[rows[i].key()] = true
		}
	}
	for i := range rows {
		if rows[i].group == b && in[rows[i].key()] {
			names = append(names, rows[i].name)
		}
	}
	slices.Sort(names)
	return names, nil
}
