package jp

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"
)

// holidayTable is the list that the rules are held against, every holiday from
// 1970 to 2050; it lies beside the repository, and without it nothing is proved.
const holidayTable = "../../../shared/data/holidays/jp_holidays.csv"

func TestHoliday_EveryDayFrom1970To2050(t *testing.T) {
	f, err := os.Open(holidayTable)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := map[Date]string{}
	for _, r := range records[1:] {
		want[day(r[0])] = r[1]
	}
	if len(want) < 81*15 {
		t.Fatalf("only %d holidays in the table", len(want))
	}
	for d := day("1970-01-01"); d.Year <= 2050; d = d.AddDays(1) {
		name, ok := Holiday(d)
		listed, inTable := want[d]
		if ok != inTable || ok && name != inLaw(d, listed) {
			t.Errorf("%v (%v): %q %v, the table says %q", d, d.Weekday(), name, ok, listed)
		}
	}
}

// inLaw returns the name that the law uses for an entry of the table, which calls
// substitutes by the day before them and the days of 2019 only 休日.
func inLaw(d Date, listed string) string {
	switch {
	case strings.HasSuffix(listed, " "+substitute):
		return substitute
	case d == day("2019-05-01"):
		return "天皇の即位の日"
	case d == day("2019-10-22"):
		return "即位礼正殿の儀の行われる日"
	case listed == "休日":
		return between
	case d == day("2019-10-14"):
		return "体育の日"
	}
	return listed
}

func TestHoliday_OutsideTheYearsComputed(t *testing.T) {
	for _, s := range []string{"1969-01-01", "2100-01-01"} {
		if name, ok := Holiday(day(s)); ok {
			t.Errorf("%s is %s", s, name)
		}
	}
}

func BenchmarkHoliday(b *testing.B) {
	d := day("2026-01-01")
	for i := range b.N {
		Holiday(d.AddDays(i % 365))
	}
}
