package mail_test

import (
	"testing"

	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/deliver"
	"kakehashi/platform/deliver/mail"
	"kakehashi/platform/fault"
)

func TestMailbox_KeepsWhatWouldHaveBeenSent(t *testing.T) {
	dbtest.Each(t, []db.Migrations{deliver.Migrations()}, func(t *testing.T, d *db.DB) {
		session, err := mail.NewMailbox(d).Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer session.Close()
		before := d.Version("mailbox")
		first, second := sample(), sample()
		second.To, second.Person = "other@example.jp", 5
		for _, m := range []*deliver.Mail{first, second, first} { // one of them twice
			if err := session.Send(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
		if d.Version("mailbox") == before {
			t.Error("nobody is told that there is mail")
		}
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			for _, c := range []struct {
				to     mail.To
				before db.ID
				want   []db.ID
			}{
				{mail.To{}, 0, []db.ID{second.ID, first.ID}},
				{mail.To{}, second.ID, []db.ID{first.ID}},
				{mail.To{Person: 5}, 0, []db.ID{second.ID}},
				{mail.To{Address: first.To}, 0, []db.ID{first.ID}},
				{mail.To{Person: 5, Address: first.To}, 0, nil},
			} {
				list, err := mail.List(tx, c.to, c.before, 10)
				if err != nil {
					return err
				}
				var got []db.ID
				for _, l := range list {
					got = append(got, l.ID)
				}
				if len(got) != len(c.want) || len(got) > 0 && got[0] != c.want[0] {
					t.Errorf("List(%+v, %v) = %v, want %v", c.to, c.before, got, c.want)
				}
			}
			l, err := mail.Get(tx, first.ID)
			if err != nil {
				return err
			}
			if l.HTML != first.HTML || l.Text != first.Text || l.Lang != first.Lang || len(l.Attachments) != 1 ||
				l.Attachments[0].Method != "PUBLISH" || string(l.Attachments[0].Data) != string(first.Attachments[0].Data) {
				t.Errorf("Get = %+v", l)
			}
			if _, err := mail.Get(tx, 1); !fault.Is(err, fault.NotFound) {
				t.Errorf("Get of nothing = %v", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
