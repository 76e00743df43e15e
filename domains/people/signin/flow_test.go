package signin

import (
	"context"
	"os"
	"testing"

	"kakehashi/domains/people/person"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/deliver"
	"kakehashi/platform/i18n"
	"kakehashi/platform/seal"
)

// each runs fn on both engines with a SignIn whose mails go nowhere.
func each(t *testing.T, fn func(t *testing.T, s *SignIn, write func(func(tx *db.Tx) error))) {
	keys, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	own := db.Migrations{Name: "people", FS: os.DirFS("../migrations")}
	dbtest.Each(t, []db.Migrations{audit.Migrations(), deliver.Migrations(), own}, func(t *testing.T, d *db.DB) {
		post := deliver.New(deliver.Config{DB: d, Catalog: i18n.NewCatalog()})
		s, err := New(Deps{DB: d, Keys: keys, Store: person.NewStore(keys), Deliver: post, BaseURL: "https://kakehashi.example.jp"})
		if err != nil {
			t.Fatal(err)
		}
		post.Register(s.Mails()...)
		fn(t, s, func(f func(tx *db.Tx) error) {
			t.Helper()
			if err := d.Write(t.Context(), db.Actor{Via: "web"}, f); err != nil {
				t.Fatal(err)
			}
		})
	})
}

// keepKnown keeps a flow whose code the test knows.
func keepKnown(s *SignIn, tx *db.Tx, f flow) (token string, err error) {
	token = newToken()
	f.state = stateSent
	return token, s.keep(tx, token, hashCode(token, "123456"), f, CodeFor)
}

func TestTry_RightCodeAfterFiveWrongOnes(t *testing.T) {
	each(t, func(t *testing.T, s *SignIn, write func(func(tx *db.Tx) error)) {
		var token string
		write(func(tx *db.Tx) (err error) { token, err = keepKnown(s, tx, flow{mail: "a@example.jp"}); return err })
		for i := range CodeTries {
			write(func(tx *db.Tx) error {
				a, err := s.try(tx, token, "000000")
				if a.left != CodeTries-1-i || a.over != (i == CodeTries-1) {
					t.Errorf("try %d: %+v", i+1, a)
				}
				return err
			})
		}
		write(func(tx *db.Tx) error {
			a, err := s.try(tx, token, "123456")
			if !a.over {
				t.Errorf("the right code after five wrong ones: %+v", a)
			}
			return err
		})
	})
}

func TestTry_CodeEndsWithItsTime(t *testing.T) {
	each(t, func(t *testing.T, s *SignIn, write func(func(tx *db.Tx) error)) {
		var token string
		write(func(tx *db.Tx) (err error) { token, err = keepKnown(s, tx, flow{mail: "a@example.jp"}); return err })
		write(func(tx *db.Tx) error {
			tx.Now = tx.Now.Add(CodeFor)
			a, err := s.try(tx, token, "123456")
			if !a.over {
				t.Errorf("after ten minutes: %+v", a)
			}
			return err
		})
	})
}

func TestTry_CodeForAnAddressSignsNobodyIn(t *testing.T) {
	each(t, func(t *testing.T, s *SignIn, write func(func(tx *db.Tx) error)) {
		var who person.Person
		var token string
		write(func(tx *db.Tx) (err error) {
			if who, err = s.store.Create(tx, person.Person{Name: "x", Langs: []i18n.Lang{i18n.Ja}, Account: true, Private: person.Private{Mail: "a@example.jp"}}); err != nil {
				return err
			}
			token, err = keepKnown(s, tx, flow{mail: "a@example.jp", person: who.ID})
			return err
		})
		write(func(tx *db.Tx) error {
			if a, err := s.try(tx, token, "123456"); !a.over || err != nil {
				t.Errorf("signing in with it: %+v, %v", a, err)
			}
			if refused, err := s.FinishMail(tx, who.ID+1, token, "123456"); refused == nil || err != nil {
				t.Errorf("somebody else takes the address: %v, %v", refused, err)
			}
			refused, err := s.FinishMail(tx, who.ID, token, "123456")
			if refused != nil {
				t.Errorf("its own person: %v", refused)
			}
			return err
		})
	})
}

func TestSweep_ForgetsWhatIsOver(t *testing.T) {
	each(t, func(t *testing.T, s *SignIn, write func(func(tx *db.Tx) error)) {
		write(func(tx *db.Tx) error {
			if _, err := keepKnown(s, tx, flow{mail: "new@example.jp"}); err != nil {
				return err
			}
			tx.Now = tx.Now.Add(-3 * CodeFor * 6)
			if _, err := keepKnown(s, tx, flow{mail: "old@example.jp"}); err != nil {
				return err
			}
			return begin(tx, ceremonyOIDC, newToken(), 0, question{})
		})
		if err := s.sweep(context.Background(), Sweep{}); err != nil {
			t.Fatal(err)
		}
		write(func(tx *db.Tx) error {
			var flows, ceremonies int
			err := tx.Row(`SELECT (SELECT COUNT(*) FROM sign_in_codes), (SELECT COUNT(*) FROM ceremonies)`).Scan(&flows, &ceremonies)
			if flows != 1 || ceremonies != 0 {
				t.Errorf("%d flows and %d ceremonies are left", flows, ceremonies)
			}
			return err
		})
	})
}

func TestStart_TellsTheDatabaseNothing(t *testing.T) {
	each(t, func(t *testing.T, s *SignIn, write func(func(tx *db.Tx) error)) {
		write(func(tx *db.Tx) error {
			token, err := s.start(tx, "secret@example.jp", "/me", i18n.Vi)
			if err != nil {
				return err
			}
			rows, err := tx.Query(`SELECT flow_hash, code_hash, mail, next FROM sign_in_codes`)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var flowHash, codeHash, mail []byte
				var next string
				if err := rows.Scan(&flowHash, &codeHash, &mail, &next); err != nil {
					return err
				}
				if string(flowHash) == token || len(codeHash) != 32 || string(mail) == "secret@example.jp" || next != "/me" {
					t.Errorf("the row says %q %q %q %q", flowHash, codeHash, mail, next)
				}
			}
			return rows.Err()
		})
	})
}
