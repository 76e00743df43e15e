package demo_test

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"kakehashi/domains/programmes"
	"kakehashi/domains/programmes/demo"
	"kakehashi/domains/programmes/programme"
	"kakehashi/domains/programmes/record"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
)

var tables = []db.Migrations{audit.Migrations(), programmes.Migrations()}

func TestProgrammes_SayEverythingInTenLanguages(t *testing.T) {
	all, err := demo.Programmes()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 16 {
		t.Fatalf("%d programmes, want 16", len(all))
	}
	for i := range all {
		p := &all[i]
		if err := p.Check(); err != nil {
			t.Errorf("%s: %v", p.Slug, err)
		}
		for _, part := range programme.Parts {
			text := part.Of(&p.Texts)
			for _, l := range i18n.Langs {
				if text[l] == "" {
					t.Errorf("%s has no %s in %s", p.Slug, part.Name, l)
				}
				if l != i18n.En && part.Name != "partners" && text[l] == text[i18n.En] {
					t.Errorf("%s: %s in %s was left in English", p.Slug, part.Name, l)
				}
			}
		}
		for _, l := range i18n.Langs {
			if steps, in := p.Lines(l); len(steps) != 3 || in != l {
				t.Errorf("%s: %d steps in %s (%s), want 3", p.Slug, len(steps), in, l)
			}
		}
	}
}

// Plain Japanese has at most 24 characters a sentence.
func TestProgrammes_PlainJapaneseIsPlain(t *testing.T) {
	all, err := demo.Programmes()
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		for _, part := range programme.Parts {
			for s := range strings.FieldsFuncSeq(part.Of(&all[i].Texts)[i18n.JaEasy], func(r rune) bool { return r == '。' || r == '\n' }) {
				if n := utf8.RuneCountInString(s); n > 24 {
					t.Errorf("%s: %q has %d characters", all[i].Slug, s, n)
				}
			}
		}
	}
}

func TestDraw_TheSameSeedTheSameYears(t *testing.T) {
	all, err := demo.Programmes()
	if err != nil {
		t.Fatal(err)
	}
	today := jp.NewDate(2026, 11, 23)
	for i := range all {
		a := all[i].Season.Draw(rand.New(rand.NewPCG(1, 1)), today, []db.ID{1, 2, 3})
		b := all[i].Season.Draw(rand.New(rand.NewPCG(1, 1)), today, []db.ID{1, 2, 3})
		if !reflect.DeepEqual(a, b) {
			t.Errorf("%s differs from itself", all[i].Slug)
		}
		if len(a) == 0 {
			t.Errorf("%s has no activities", all[i].Slug)
		}
		for _, one := range a {
			if !one.On.Before(today) || one.On.Before(record.First(2024)) {
				t.Errorf("%s: %v is not between April 2024 and yesterday", all[i].Slug, one.On)
			}
		}
	}
}

func TestFill_BothEngines(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		now := d.Now()
		city := &module.Demo{DB: d, Now: now, Today: jp.DateOf(now), Rand: rand.New(rand.NewPCG(1, 1)), Refs: map[string]db.ID{"office:kyodo": 5}, Lists: map[string][]db.ID{"groups": {11, 12, 13}}}
		if err := demo.Fill(t.Context(), city); err != nil {
			t.Fatal(err)
		}
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			wrong, err := record.Prove(tx)
			if err != nil || len(wrong) > 0 {
				t.Errorf("sums: %v %v", wrong, err)
			}
			p, err := programme.BySlug(tx, "station")
			if err != nil {
				return err
			}
			if p.ID != city.Ref("programme:station") || p.Office != 5 || p.Name[i18n.Ja] != "かわくち市民パートナーステーション施設管理業務" {
				t.Errorf("station is %+v", p)
			}
			years, err := record.Years(tx, p.ID)
			if len(years) < 3 {
				t.Errorf("station has the years %v, want three", years)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
