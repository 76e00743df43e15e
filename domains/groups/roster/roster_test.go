package roster_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"kakehashi/domains/groups/group"
	"kakehashi/domains/groups/roster"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/i18n"
	"kakehashi/platform/table"
)

const list = "本町会　会員名簿\n会員番号,氏　名,ﾌﾘｶﾞﾅ,町名,区分,入会日,備考\n" +
	"001,田中 一郎,ﾀﾅｶ ｲﾁﾛｳ,本町四丁目,在住,H30.4.1,\n" +
	"002,グエン・リン,グエン リン,芝園町,市内在勤,2024/5/1,=1+1\n" +
	",,,,,,\n" +
	"003,,サトウ,,,,\n" +
	"004,鈴木,スズキ,,火星,,\n" +
	"001,田中 一郎,ﾀﾅｶ ｲﾁﾛｳ,本町四丁目,在住,H30.4.1,\n"

func TestImport_TwiceChangesNothing(t *testing.T) {
	cp932, bad := jp.EncodeCP932(list)
	if len(bad) > 0 {
		t.Fatalf("not in CP932: %q", bad)
	}
	tables := []db.Migrations{audit.Migrations(), {Name: "groups", FS: os.DirFS("../migrations")}}
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		var id db.ID
		write(t, d, func(tx *db.Tx) error {
			g, err := group.Add(tx, group.Group{Kind: group.Association, Name: i18n.Text{i18n.Ja: "本町会"}})
			id = g.ID
			return err
		})
		for i, want := range []string{"imported 2, updated 0, unchanged 0, refused 3", "imported 0, updated 0, unchanged 2, refused 3"} {
			l, err := roster.Read("名簿.csv", bytes.NewReader(cp932))
			if err != nil {
				t.Fatal(err)
			}
			write(t, d, func(tx *db.Tx) error {
				kept, err := roster.Keep(tx, id, 1, l)
				if err != nil {
					return err
				}
				sum, err := roster.Import(tx, id, kept)
				if sum.String() != want {
					t.Errorf("time %d: %s: %+v", i+1, sum, sum.Refusals)
				}
				return err
			})
		}
		// What is exported comes back unchanged, in every format.
		write(t, d, func(tx *db.Tx) error {
			now, err := group.Members(tx, id)
			if err != nil {
				return err
			}
			if now[0].Town != "芝園町" || now[0].Tie != "works" || now[1].Joined.String() != "2018-04-01" {
				t.Errorf("members %+v", now)
			}
			for _, f := range table.Formats {
				var b bytes.Buffer
				if err := roster.Write(&b, f, now); err != nil {
					return err
				}
				l, err := roster.Read("members"+f.Ext(), &b)
				if err != nil {
					return err
				}
				if sum := roster.Count(l, roster.Compare(l, now)); sum.String() != "imported 0, updated 0, unchanged 2, refused 0" {
					t.Errorf("%v: %s", f, sum)
				}
			}
			return nil
		})
	})
}

func TestCompare_LeavesWhatTheFileDoesNotHave(t *testing.T) {
	now := []group.Member{{ID: 1, Number: "7", Name: "佐藤", Kana: "サトウ", Tie: "lives", Note: "会計"}}
	l, err := roster.Read("a.csv", strings.NewReader("氏名,フリガナ,町名\n佐藤,サトウ,本町一丁目\n"))
	if err != nil {
		t.Fatal(err)
	}
	steps := roster.Compare(l, now)
	if len(steps) != 1 || steps[0].Action != roster.Changes || steps[0].Member.Note != "会計" || steps[0].Member.Number != "7" || steps[0].Member.Town != "本町一丁目" {
		t.Errorf("%+v", steps)
	}
}

func write(t *testing.T, d *db.DB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), db.System, fn); err != nil {
		t.Fatal(err)
	}
}
