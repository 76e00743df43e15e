package reservation_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"kakehashi/domains/places/reservation"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
)

func TestKey_ReadsWhatItWrote(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := reservation.Key{Start: time.UnixMicro(rapid.Int64Range(1, 1<<52).Draw(t, "at")).UTC(), ID: db.ID(rapid.Int64Range(1, 1<<62).Draw(t, "id"))}
		if got := reservation.ParseKey(k.String()); got.ID != k.ID || !got.Start.Equal(k.Start) {
			t.Fatalf("%v became %v", k, got)
		}
	})
}

func FuzzParseKey(f *testing.F) {
	f.Add("0sap93rcvc0tc.0000000000001")
	f.Add(".")
	f.Fuzz(func(t *testing.T, s string) {
		if k := reservation.ParseKey(s); k.ID != 0 && reservation.ParseKey(k.String()) != k {
			t.Fatalf("%q is read as %v", s, k)
		}
	})
}

// TestList_PagesNeitherSkipNorRepeat pages through an office's list while the
// keys of neighbours are equal in time.
func TestList_PagesNeitherSkipNorRepeat(t *testing.T) {
	each(t, 3, func(t *testing.T, h *house) {
		want := map[db.ID]bool{}
		for i := range 12 {
			want[h.must(t, h.wish(i%3, i, i/6, 9+i%6/3, 10+i%6/3)).ID] = true
		}
		f := reservation.Filter{Office: 42, From: h.tomorrow, Limit: 5}
		seen := 0
		for {
			var page []reservation.Reservation
			err := h.db.Read(t.Context(), func(tx *db.Tx) (err error) { page, err = reservation.List(tx, f); return err })
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range page {
				if !want[r.ID] {
					t.Errorf("%v came twice, or from nowhere", r.ID)
				}
				delete(want, r.ID)
				seen++
			}
			if len(page) < f.Limit {
				break
			}
			f.After = reservation.KeyOf(page[len(page)-1])
		}
		if len(want) != 0 || seen != 12 {
			t.Errorf("saw %d, missed %d", seen, len(want))
		}
	})
}

// TestOwn_ListsPersonAndGroups lists what is to come and what is past for a
// person and their groups, each once.
func TestOwn_ListsPersonAndGroups(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		a := h.wish(0, 1, 0, 9, 10)
		a.Group = 5
		mine := h.must(t, a) // both hers and her group's
		b := h.wish(0, 2, 0, 11, 12)
		b.Group = 5
		group := h.must(t, b)
		h.must(t, h.wish(0, 3, 0, 13, 14)) // a stranger's
		err := h.db.Read(t.Context(), func(tx *db.Tx) error {
			got, err := reservation.Coming(tx, 1001, []db.ID{5}, 10)
			if err != nil || len(got) != 2 || got[0].ID != mine.ID || got[1].ID != group.ID {
				t.Errorf("%+v, %v", got, err)
			}
			past, err := reservation.Past(tx, 1001, []db.ID{5}, reservation.Key{}, 10)
			if len(past) != 0 {
				t.Errorf("%+v", past)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// TestHappenings_AreWhatAnybodyMayComeTo shows what has a title and stands.
func TestHappenings_AreWhatAnybodyMayComeTo(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		h.must(t, h.wish(0, 1, 0, 8, 9)) // nobody else's business
		open := h.wish(0, 1, 0, 9, 10)
		open.PublicTitle = i18n.Text{i18n.Ja: "お茶の会"}
		want := h.must(t, open)
		gone := h.wish(0, 2, 0, 11, 12)
		gone.PublicTitle = open.PublicTitle
		gone = h.must(t, gone)
		if _, err := h.svc.Cancel(t.Context(), db.Actor{}, gone.ID, 0, ""); err != nil {
			t.Fatal(err)
		}
		err := h.db.Read(t.Context(), func(tx *db.Tx) error {
			for programme, n := range map[db.ID]int{0: 1, 77: 1, 78: 0} {
				got, err := h.svc.Happenings(tx, module.HappeningQuery{Programme: programme, From: tx.Now, Until: tx.Now.AddDate(0, 0, 30), Limit: 10})
				if err != nil || len(got) != n || n > 0 && (got[0].ID != want.ID || got[0].Where[i18n.Ja] != "市民会館 会議室1") {
					t.Errorf("programme %v: %+v, %v", programme, got, err)
				}
			}
			all, err := reservation.Between(tx, h.rooms[0], h.tomorrow, h.tomorrow)
			if len(all) != 2 {
				t.Errorf("%d between", len(all))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
