package audit_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
)

// TestVerify_NamesTheEntryWhoseColumnChanged changes each column of one entry
// in turn, and puts it back.
func TestVerify_NamesTheEntryWhoseColumnChanged(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		fill(t, d, l, 12)
		const victim = 7
		for _, c := range []struct {
			column, change, restore string
			what                    string
		}{
			{"id", "id + 1000000", "id - 1000000", audit.Changed},
			{"at", "at + 1", "at - 1", audit.Changed},
			{"actor", "actor + 1", "actor - 1", audit.Changed},
			{"behalf", "behalf + 1", "behalf - 1", audit.Changed},
			{"via", "'wEb'", "'web'", audit.Changed},
			{"action", "'places.rezerve'", "'places.reserve'", audit.Changed},
			{"subject", "'reservatiom'", "'reservation'", audit.Changed},
			{"subject_id", "subject_id + 1", "subject_id - 1", audit.Changed},
			{"person", "person + 1", "person - 1", audit.Changed},
			{"detail", "REPLACE(detail, 'room', 'rOom')", "REPLACE(detail, 'rOom', 'room')", audit.Changed},
			{"erased_at", "1", "0", audit.Changed},
			{"seq", "1000", "7", audit.Inserted},
			{"seq", "-1", "7", audit.Inserted},
		} {
			where := " WHERE subject_id IN (107, 108) AND seq IN (7, -1, 1000)"
			tamper(t, d, "UPDATE audit_entries SET "+c.column+" = "+c.change+where)
			rep := verify(t, l)
			switch {
			case rep.OK():
				t.Errorf("%s changed: nothing found", c.column)
			case rep.Problem.What != c.what || (c.what == audit.Changed && rep.Problem.Seq != victim):
				t.Errorf("%s changed: %v", c.column, rep.Problem)
			}
			tamper(t, d, "UPDATE audit_entries SET "+c.column+" = "+c.restore+where)
			if rep := verify(t, l); !rep.OK() {
				t.Fatalf("%s put back: %v", c.column, rep.Problem)
			}
		}
	})
}

// readBlobs returns an entry's salt and detail hash.
func readBlobs(t testing.TB, d *db.DB, seq int) (salt, hash []byte) {
	t.Helper()
	err := d.Read(context.Background(), func(tx *db.Tx) error {
		return tx.Row(`SELECT salt, detail_hash FROM audit_entries WHERE seq = $1`, seq).Scan(&salt, &hash)
	})
	if err != nil {
		t.Fatal(err)
	}
	return salt, hash
}

func TestVerify_FlippedBitsOfSaltHashTreeAndRoot(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		fill(t, d, l, 12)
		salt, hash := readBlobs(t, d, 7)
		var block []byte
		var note string
		if err := d.Read(t.Context(), func(tx *db.Tx) error {
			if err := tx.Row(`SELECT hashes FROM audit_hashes WHERE first = 0`).Scan(&block); err != nil {
				return err
			}
			return tx.Row(`SELECT note FROM audit_roots WHERE size = 10`).Scan(&note)
		}); err != nil {
			t.Fatal(err)
		}
		rapid.Check(t, func(r *rapid.T) {
			flip := func(b []byte) []byte {
				b = bytes.Clone(b)
				i := rapid.IntRange(0, len(b)*8-1).Draw(r, "bit")
				b[i/8] ^= 1 << (i % 8)
				return b
			}
			expect := func(seq int64, whats ...string) {
				rep := verify(t, l)
				if rep.OK() {
					r.Fatal("nothing found")
				}
				if seq >= 0 && rep.Problem.Seq != seq {
					r.Fatalf("%v, not entry %d", rep.Problem, seq)
				}
				for _, w := range whats {
					if rep.Problem.What == w {
						return
					}
				}
				r.Fatalf("%v, not %v", rep.Problem, whats)
			}
			switch rapid.SampledFrom([]string{"salt", "hash", "block", "note"}).Draw(r, "where") {
			case "salt":
				tamper(t, d, `UPDATE audit_entries SET salt = $1 WHERE seq = 7`, flip(salt))
				expect(7, audit.Changed)
				tamper(t, d, `UPDATE audit_entries SET salt = $1 WHERE seq = 7`, salt)
			case "hash":
				tamper(t, d, `UPDATE audit_entries SET detail_hash = $1 WHERE seq = 7`, flip(hash))
				expect(7, audit.Changed)
				tamper(t, d, `UPDATE audit_entries SET detail_hash = $1 WHERE seq = 7`, hash)
			case "block":
				tamper(t, d, `UPDATE audit_hashes SET hashes = $1 WHERE first = 0`, flip(block))
				expect(-1, audit.Changed, audit.Tree)
				tamper(t, d, `UPDATE audit_hashes SET hashes = $1 WHERE first = 0`, block)
			case "note":
				i := rapid.IntRange(0, strings.LastIndex(note, " ")).Draw(r, "byte")
				other := []byte(note)
				other[i] ^= 1
				if !bytes.ContainsRune(other[i:i+1], 0) && other[i] < 0x80 {
					tamper(t, d, `UPDATE audit_roots SET note = $1 WHERE size = 10`, string(other))
					expect(-1, audit.Checkpointed)
					tamper(t, d, `UPDATE audit_roots SET note = $1 WHERE size = 10`, note)
				}
			}
		})
		if rep := verify(t, l); !rep.OK() {
			t.Fatalf("all put back: %v", rep.Problem)
		}
	})
}

func TestVerify_RemovedInsertedAndCutBack(t *testing.T) {
	const copyOf = `INSERT INTO audit_entries (seq, id, at, actor, behalf, via, action, subject, subject_id, person, detail, salt, detail_hash, erased_at)
		SELECT 12, id + 1000000, at, actor, behalf, via, action, subject, subject_id, person, detail, salt, detail_hash, erased_at FROM audit_entries WHERE seq = 3`
	for _, c := range []struct {
		name  string
		do    []string
		known bool
		what  string
		seq   int64
	}{
		{"an entry removed", []string{`DELETE FROM audit_entries WHERE seq = 4`}, false, audit.Removed, 4},
		{"the last entry removed", []string{`DELETE FROM audit_entries WHERE seq = 11`}, false, audit.Removed, 11},
		{"an entry added", []string{copyOf}, false, audit.Inserted, 12},
		{"an entry added and the tree made larger", []string{copyOf, `UPDATE audit_tree SET size = 13`}, false, audit.Checkpointed, -1},
		{"a root removed", []string{`DELETE FROM audit_roots WHERE size = 12`}, false, audit.Checkpointed, -1},
		{"a detail blanked", []string{`UPDATE audit_entries SET detail = '', salt = detail_hash WHERE seq = 2`}, false, audit.Changed, 2},
		{"a detail erased without a rule", []string{`UPDATE audit_entries SET detail = '', salt = $1, erased_at = 5 WHERE seq = 2`}, false, audit.Erased, 2},
		{"cut back, seen by a checkpoint kept elsewhere", []string{
			`DELETE FROM audit_entries WHERE seq >= 10`, `DELETE FROM audit_roots WHERE size > 10`,
			`DELETE FROM audit_hashes WHERE first >= 18`, `UPDATE audit_tree SET size = 10`,
		}, true, audit.Checkpointed, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
				l := newLog(t, d)
				fill(t, d, l, 12)
				kept, err := l.Checkpoint(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if rep := verify(t, l, kept); !rep.OK() {
					t.Fatalf("before: %v", rep.Problem)
				}
				for _, q := range c.do {
					if strings.Contains(q, "$1") {
						tamper(t, d, q, []byte{})
					} else {
						tamper(t, d, q)
					}
				}
				var known [][]byte
				if c.known {
					if rep := verify(t, l); !rep.OK() {
						t.Fatalf("alone, the log cannot see this: %v", rep.Problem)
					}
					known = append(known, kept)
				}
				rep := verify(t, l, known...)
				if rep.OK() {
					t.Fatal("nothing found")
				}
				if rep.Problem.What != c.what || rep.Problem.Seq != c.seq {
					t.Fatalf("found %v", rep.Problem)
				}
				if !strings.HasPrefix(rep.Problem.String(), c.what+": ") {
					t.Fatalf("String = %q", rep.Problem)
				}
			})
		})
	}
}
