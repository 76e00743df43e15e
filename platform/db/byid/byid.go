// Package byid reads the rows of many ids without a turn for each.
package byid

import (
	"slices"
	"strconv"
	"strings"

	"kakehashi/platform/db"
)

// Rows reads the rows of many ids: q holds {{ids}} where
// the list of ids stands, as in
//
//	SELECT id, name FROM persons WHERE id IN ({{ids}})
//
// and no other placeholder. Rows come in no order, each once; ids that nothing
// has are left out. The lists are padded to a few lengths, so that few
// statements are prepared.
func Rows[T any](tx *db.Tx, scan func(*T) []any, q string, ids []db.ID) ([]T, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	var out []T
	for chunk := range slices.Chunk(ids, lengths[len(lengths)-1]) {
		size := lengths[0]
		for _, n := range lengths {
			size = n
			if n >= len(chunk) {
				break
			}
		}
		args := make([]any, size)
		for i := range args {
			args[i] = chunk[min(i, len(chunk)-1)]
		}
		rows, err := db.All(tx, scan, strings.Replace(q, "{{ids}}", placeholders(size), 1), args...)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

// lengths are those of the lists that statements are prepared for.
var lengths = []int{4, 32, 256}

// placeholders returns "$1, $2, …" up to n.
func placeholders(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(i + 1))
	}
	return b.String()
}
