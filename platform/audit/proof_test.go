package audit_test

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
	"kakehashi/platform/seal"
)

func TestProofs_CheckedWithoutTheDatabase(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		k, err := seal.New()
		if err != nil {
			t.Fatal(err)
		}
		l := audit.New(audit.Config{DB: d, Signer: k.Audit()})
		if _, err := l.ProveGrowth(t.Context(), []byte("no note")); !fault.Is(err, fault.Invalid) {
			t.Fatalf("no checkpoint: %v", err)
		}
		fill(t, d, l, 7)
		old, err := l.Checkpoint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		fill(t, d, l, 14)

		growth, err := l.ProveGrowth(t.Context(), old)
		if err != nil {
			t.Fatal(err)
		}
		travelled := viaJSON(t, growth)
		if err := audit.CheckGrowth(k.Audit().VerifierKey(), travelled); err != nil {
			t.Fatal(err)
		}
		other, _ := seal.New()
		if audit.CheckGrowth(other.Audit().VerifierKey(), growth) == nil {
			t.Error("another city's key checks the proof")
		}
		travelled.Path[0][3] ^= 1
		if audit.CheckGrowth(k.Audit().VerifierKey(), travelled) == nil {
			t.Error("a changed path checks")
		}
		growth.Old, growth.New = growth.New, growth.Old
		if audit.CheckGrowth(k.Audit().VerifierKey(), growth) == nil {
			t.Error("a shrinking log checks")
		}

		var lines []audit.Line
		if err := d.Read(t.Context(), func(tx *db.Tx) (err error) { lines, err = l.All(tx, audit.Page{}); return err }); err != nil {
			t.Fatal(err)
		}
		for _, line := range lines {
			p, err := l.ProveEntry(t.Context(), line.ID)
			if err != nil {
				t.Fatal(err)
			}
			p = viaJSON(t, p)
			if err := audit.CheckEntry(k.Audit().VerifierKey(), p); err != nil {
				t.Fatalf("entry %d: %v", line.Seq, err)
			}
			p.Record[len(p.Record)-1] ^= 1
			if audit.CheckEntry(k.Audit().VerifierKey(), p) == nil {
				t.Fatalf("entry %d: a changed record checks", line.Seq)
			}
		}
		record(t, d, byClerk, audit.Entry{Action: "places.reserve"})
		if _, err := l.ProveEntry(t.Context(), 424242); !fault.Is(err, fault.NotFound) {
			t.Errorf("no such entry: %v", err)
		}
	})
}

// viaJSON is how a proof travels to whoever checks it.
func viaJSON[T any](t testing.TB, v T) (out T) {
	t.Helper()
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestProofs_AnySizes seals in batches of any sizes and proves growth between
// any two checkpoints.
func TestProofs_AnySizes(t *testing.T) {
	d := dbtest.Open(t, db.SQLite, tables)
	k, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	l := audit.New(audit.Config{DB: d, Signer: k.Audit()})
	var points [][]byte
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(r, "entries")
		entries := make([]audit.Entry, n)
		for i := range entries {
			entries[i] = audit.Entry{
				Action:  rapid.StringMatching(`[a-z]+\.[a-z]+`).Draw(r, "action"),
				Subject: rapid.SampledFrom([]string{"", "room", "部屋"}).Draw(r, "subject"),
				Detail:  rapid.MapOfN(rapid.String(), rapid.String(), 0, 3).Draw(r, "detail"),
			}
		}
		record(t, d, byClerk, entries...)
		sealAll(t, l)
		cp, err := l.Checkpoint(t.Context())
		if err != nil {
			r.Fatal(err)
		}
		points = append(points, cp)
		old := rapid.SampledFrom(points).Draw(r, "old")
		p, err := l.ProveGrowth(t.Context(), old)
		if err != nil {
			r.Fatal(err)
		}
		if err := audit.CheckGrowth(k.Audit().VerifierKey(), p); err != nil {
			r.Fatal(err)
		}
	})
	if rep := verify(t, l, points...); !rep.OK() {
		t.Fatal(rep.Problem)
	}
}

func FuzzParseCheckpoint(f *testing.F) {
	k, err := seal.New()
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{
		"kakehashi-audit\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
		"kakehashi-audit\n-1\nAAAA\n", "other\n1\n\n", "\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		signed, err := k.Audit().SignNote(string(text))
		if err != nil {
			return
		}
		c, err := audit.ParseCheckpoint(k.Audit().VerifierKey(), signed)
		if err == nil && c.Size < 1 {
			t.Fatalf("size %d", c.Size)
		}
		if _, err := audit.ParseCheckpoint(k.Audit().VerifierKey(), text); err == nil && len(text) < 64 {
			t.Fatalf("unsigned text reads as a checkpoint: %q", text)
		}
	})
}

// BenchmarkRecord measures one entry inside a transaction of many.
func BenchmarkRecord(b *testing.B) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		b.Run(string(e), func(b *testing.B) {
			d := dbtest.Open(b, e, tables)
			entry := audit.Entry{Action: "places.reserve", Subject: "reservation", ID: 1, Person: 2, Detail: map[string]string{"room": "0123456789abc"}}
			err := d.Write(b.Context(), byClerk, func(tx *db.Tx) error {
				for b.Loop() {
					if err := audit.Record(tx, entry); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkSealVerify measures sealing 10,000 entries and verifying them; the
// figures are a single entry's.
func BenchmarkSealVerify(b *testing.B) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		b.Run(string(e), func(b *testing.B) {
			d := dbtest.Open(b, e, tables)
			l := newLog(b, d)
			entries := make([]audit.Entry, 10_000)
			for i := range entries {
				entries[i] = audit.Entry{Action: "places.reserve", Subject: "reservation", ID: db.ID(i + 1), Person: db.ID(i%300 + 1), Detail: map[string]string{"room": "0123456789abc"}}
			}
			for b.Loop() {
				b.StopTimer()
				record(b, d, byClerk, entries...)
				b.StartTimer()
				sealAll(b, l)
			}
			per := float64(b.N * len(entries))
			b.ReportMetric(float64(b.Elapsed().Microseconds())/per, "sealµs/entry")
			start := b.Elapsed()
			b.StartTimer()
			if rep := verify(b, l); !rep.OK() {
				b.Fatal(rep.Problem)
			}
			b.ReportMetric(float64((b.Elapsed()-start).Microseconds())/per, "verifyµs/entry")
		})
	}
}
