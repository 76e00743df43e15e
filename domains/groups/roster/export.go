package roster

import (
	"io"
	"iter"

	"kakehashi/domains/groups/group"
	"kakehashi/platform/table"
)

var words = map[string]string{"lives": "在住", "works": "在勤", "studies": "在学", "outside": "市外"}

// Header is the first row of an exported list.
func Header() []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.Name
	}
	return out
}

// Records are the rows of an exported list; Read takes them back unchanged.
func Records(list []group.Member) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for _, m := range list {
			if !yield([]string{m.Number, m.Name, m.Kana, m.Town, words[m.Tie], m.Joined.String(), m.Note}) {
				return
			}
		}
	}
}

// Write writes the list of members.
func Write(w io.Writer, f table.Format, list []group.Member) error {
	return table.Write(w, f, Header(), Records(list))
}
